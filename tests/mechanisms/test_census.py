"""The census: a tiny city counted by hand, and the order of rows changes nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlin.core.clock import Clock
from mechlin.core.declare import Field
from mechlin.core.state import build_state
from mechlin.mechanisms.census.counts import line_at, rent_permille
from mechlin.mechanisms.census.mechanism import FIELDS, MECHANISM, Params, counts_add_up
from mechlin.statistics.incomes import HIGHEST_EUR, equivalised_eur, fifth_of

READ = {
    "people": {
        "alive": bool, "household": np.int32, "born_month": np.int16, "background": np.int8, "education": np.int8,
        "work": np.int8,
    },
    "households": {
        "alive": bool, "area": np.int16, "tenure": np.int8, "members": np.int8, "children": np.int8,
        "income_eur": np.float32, "equivalent_adults": np.float32, "cost_eur": np.float32,
    },
    "homes": {"area": np.int16, "tenure": np.int8, "quality": np.float32, "built_month": np.int16},
}  # fmt: skip
DECLARED = [Field(f"{t}.{name}", kind, "", 0, "") for t, columns in READ.items() for name, kind in columns.items()]
DEFAULTS = Params()
T = 24  # the census of the second December, so that months of birth are easy to read


def born(years, months=0):
    """Return the month of birth of somebody who is this old."""
    return T - 12 * years - months


# household, born, background, education, work; area and what a household has stand below
PEOPLE = [
    (0, born(40), 0, 2, 2),       # works
    (0, born(38), 0, 1, 0),       # at home
    (0, born(7), 0, -1, 0),
    (1, born(70), 0, 0, 0),
    (2, born(25), 2, 0, 1),       # looks for work, 25 today: counted with education
    (2, born(0), 2, -1, 0),
    (3, born(18), 1, 1, 2),       # 18 today: works, too young for the rate of 20 to 64
    (4, born(97), 3, 0, 0),
    (4, born(64, 11), 3, 2, 2),
    (5, born(65), 0, 1, 2),       # works at 65: beyond both rates
    (5, born(17, 11), 0, -1, 2),  # works at 17: a child all the same
]  # fmt: skip
# area, tenure, income, equivalent adults, cost
HOUSEHOLDS = [
    (0, 0, 3600.0, 1.8, 500.0),   # 2,000 for each of three
    (0, 2, 1100.0, 1.0, 300.0),   # 1,100, alone
    (1, 1, 1300.0, 1.3, 650.0),   # 1,000 for each of two: poor; half of income to rent
    (1, 1, 1500.0, 1.0, 450.0),   # 1,500, alone; 30 % to rent
    (1, 3, 3450.0, 1.5, 400.0),   # 2,300 for each of two
    (0, -1, 3000.0, 1.5, 0.0),    # 2,000 for each of two, lodging
]  # fmt: skip
# area, tenure, quality, month built
HOMES = [
    (0, 0, 0.8, -1), (0, 2, 0.2, -1), (1, 1, 0.29, -1), (1, 1, 0.3, -1), (1, 3, 0.9, 24),
    (0, 1, 0.1, 25),  # not there yet
]  # fmt: skip


def columns_of(rows, *names):
    """Return named columns of a table written row by row."""
    return dict(zip(names, (np.array(column) for column in zip(*rows, strict=True)), strict=True))


def tiny_city():
    """Return the tables of the city above, an empty row at the end of people and households included."""
    people = columns_of([*PEOPLE, (0, 0, 0, 0, 0)], "household", "born_month", "background", "education", "work")
    people["alive"] = np.arange(len(PEOPLE) + 1) < len(PEOPLE)
    names = ("area", "tenure", "income_eur", "equivalent_adults", "cost_eur")
    households = columns_of([*HOUSEHOLDS, (0, 0, 9e4, 1.0, 0.0)], *names)
    households["alive"] = np.arange(len(HOUSEHOLDS) + 1) < len(HOUSEHOLDS)
    living = people["household"][people["alive"]]
    young = people["alive"] & (people["born_month"] > T - 18 * 12)
    households["members"] = np.bincount(living, minlength=len(HOUSEHOLDS) + 1)
    households["children"] = np.bincount(people["household"][young], minlength=len(HOUSEHOLDS) + 1)
    homes = columns_of(HOMES, "area", "tenure", "quality", "built_month")
    return {"people": people, "households": households, "homes": homes}


def census_of(city, areas=2, t=T, params=DEFAULTS):
    """Return the state after one census of ``city``."""
    filled = {f"{table}.{name}": values for table, columns in city.items() for name, values in columns.items()}
    sizes = {table: len(next(iter(columns.values()))) for table, columns in city.items()} | {"areas": areas, "city": 1}
    state = build_state([*DECLARED, *FIELDS], filled, sizes, {"backgrounds": 4})
    view = state.view(MECHANISM.reads, MECHANISM.writes)
    MECHANISM.step(view, None, params, 1, Clock(t, 2002, 12))
    return state


BY_HAND = {
    "areas.people": [6, 5],
    "areas.households": [3, 3],
    "areas.backgrounds": [[6, 0, 0, 0], [0, 1, 2, 2]],
    "areas.educations": [[1, 2, 1], [2, 0, 1]],
    # 1,000 1,000 1,100 1,500 2,000 x 5 2,300 2,300: the lines after 2.2, 4.4, 6.6 and 8.8 residents;
    # equal incomes share the lowest fifth that they reach
    "areas.income_fifths": [[1, 5, 0, 0, 0], [2, 1, 0, 0, 2]],
    "areas.children": [2, 1],
    "areas.poor_people": [1, 2],  # below 60 % of 2,000
    "areas.homes": [2, 3],
    "areas.poor_homes": [1, 1],
    "city.people_20_64": [4],
    "city.working_20_64": [2],
    "city.working_18_64": [3],
    "city.looking_18_64": [1],
    "city.households_one_person": [2],
    "city.households_by_tenure": [[1, 1, 2, 1, 1]],
    "city.homes_by_tenure": [[1, 2, 1, 1]],
    "city.poor_children": [1],
    "city.income_median_eur": [2000],
    "city.income_limits_eur": [[1100, 2000, 2000, 2000]],
    "city.poverty_line_eur": [1200],
    "city.rent_burden_permille": [300],
    "city.overburdened_renters": [1],
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_tiny_city_counted_by_hand(name):
    assert census_of(tiny_city())[name].tolist() == BY_HAND[name]


def test_people_of_one_household_count_as_fewer_draws():
    state = census_of(tiny_city())
    # lowest fifth: 3 of 11 residents in households of 2 and 1; all households squared: 9+1+4+1+4+4 = 23;
    # (5 - 2 * 3/11 * 5 + (3/11)**2 * 23) / (3 * 8/11)
    assert state["city.income_fifths_together"][0, 0] == pytest.approx(1.825758, abs=1e-6)
    # third background: a household of 2; (4 - 2 * 2/11 * 4 + (2/11)**2 * 23) / (2 * 9/11)
    assert state["city.backgrounds_together"][0, 2] == pytest.approx(2.020202, abs=1e-6)


def test_ages_are_counted_in_bands_of_five_years():
    bands = census_of(tiny_city())["city.people_by_age"][0]
    assert {band: int(n) for band, n in enumerate(bands) if n} == {
        0: 1, 1: 1, 3: 2, 5: 1, 7: 1, 8: 1, 12: 1, 13: 1, 14: 1, 19: 1,
    }  # fmt: skip


def test_a_second_census_starts_afresh_and_follows_the_calendar():
    city = tiny_city()
    state = census_of(city)
    view = state.view(MECHANISM.reads, MECHANISM.writes)
    MECHANISM.step(view, None, Params(), 1, Clock(T, 2002, 12))
    assert state["areas.people"].tolist() == BY_HAND["areas.people"]
    assert census_of(city, t=T + 12)["areas.homes"].tolist() == [3, 3]  # the planned dwelling stands


def test_the_start_counts_what_a_december_counts():
    state = census_of(tiny_city())
    before = {name: state[name].copy() for name in MECHANISM.writes}
    MECHANISM.start(state.view(MECHANISM.reads, MECHANISM.writes), Params(), 1, Clock(T, 2003, 1))
    assert all(np.array_equal(before[name], state[name]) for name in MECHANISM.writes)


@settings(deadline=None, max_examples=30)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(random):
    city, moved = tiny_city(), {}
    for table, columns in city.items():
        order = list(range(len(next(iter(columns.values())))))
        random.shuffle(order)
        moved[table] = {name: values[order] for name, values in columns.items()}
        if table == "households":
            place = np.argsort(order)
    moved["people"]["household"] = place[moved["people"]["household"]]
    first, second = census_of(city), census_of(moved)
    assert all(np.array_equal(first[name], second[name]) for name in MECHANISM.writes)


def test_lines_can_be_drawn_elsewhere():
    state = census_of(tiny_city(), params=Params(poverty_share=0.5, overburden_share=0.25, poor_quality=0.25))
    assert state["areas.poor_people"].sum() == 0  # 1,000 is not below half of 2,000
    assert state["city.overburdened_renters"][0] == 2
    assert state["areas.poor_homes"].tolist() == [1, 0]


def test_an_empty_city_can_be_counted():
    city = tiny_city()
    city["people"]["alive"][:] = False
    city["households"]["alive"][:] = False
    state = census_of(city)
    assert state["areas.people"].sum() == 0
    assert state["city.income_median_eur"][0] == 0


def test_the_invariant_notices_a_resident_who_is_counted_twice():
    state = census_of(tiny_city())
    assert counts_add_up(state) == ""
    state["areas.people"][0] += 1
    assert counts_add_up(state) != ""


@settings(deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=60), st.integers(1, 4))
def test_a_line_leaves_the_wanted_share_at_or_below(values, part):
    values = np.array(values)
    line = line_at(np.bincount(values, minlength=400), part, 5)
    assert np.count_nonzero(values <= line) * 5 >= len(values) * part
    assert np.count_nonzero(values < line) * 5 < len(values) * part


def test_a_fifth_ends_at_its_line():
    limits = np.array([10, 20, 30, 40])
    assert [fifth_of(eur, limits) for eur in (0, 10, 11, 40, 41)] == [0, 0, 1, 3, 4]


def test_euros_and_burdens_are_whole_and_stay_inside_the_histogram():
    assert equivalised_eur(1999.9, 1.0) == 1999
    assert equivalised_eur(-5.0, 1.0) == 0
    assert equivalised_eur(1e9, 1.5) == HIGHEST_EUR
    assert [rent_permille(cost, 1000.0) for cost in (0.0, 333.3, 400.0)] == [0, 333, 400]
    assert rent_permille(500.0, 0.0) == 2000
