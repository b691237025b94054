"""The indicators: read no more than they say, have a card, and measure what a hand would."""

from types import SimpleNamespace

import numpy as np
import pytest

import mechlin.indicators
from mechlin.indicators import catalogue

BACKGROUNDS = ("belgian", "eu", "maghreb")
AREAS = {
    "people": [60, 40, 0],
    "households": [30, 20, 0],
    "backgrounds": [[50, 4, 6], [10, 0, 30], [0, 0, 0]],
    "educations": [[10, 20, 10], [20, 5, 0], [0, 0, 0]],
    "income_fifths": [[5, 10, 15, 15, 15], [15, 10, 5, 5, 5], [0, 0, 0, 0, 0]],
    "children": [10, 15, 0],
    "children_of_minorities": [2, 9, 0],
    "district": [0, 1, 1],
    "poor_people": [4, 16, 0],
    "homes": [30, 25, 0],
    "poor_homes": [3, 8, 0],
    "vacant_homes": [2, 9, 0],
    "disorder": [0.5, 0.2, 0.9],
    "public_space": [0.4, 0.6, 0.5],
    "shops": [10, 6, 0],
    "shops_vacant": [1, 3, 0],
    "price_index": [1.5, 0.9, 1.0],
    "rent_index": [1.2, 1.0, 1.0],
    "adults_met": [50, 30, 0],
    "openness_parts": [25_600, 10_240, 0],
    "salience_parts": [20_480, 20_480, 0],
    "bridging_parts": [5_120, 15_360, 0],
    "without_contact": [40, 8, 0],
}
BANDS = [6, 5, 5, 4, 10, 10, 10, 5, 5, 5, 5, 5, 5, 5, 5, 4, 3, 2, 1, 0]  # of 100 residents 20 under 20, 20 of 65 up
CITY = {
    "births": [2], "deaths": [1], "arrivals": [9], "leavers": [7], "displaced": [3], "turned_away": [1],
    "arrivals_by_group": [[1, 0, 0, 2, 0, 0, 3, 2, 1]], "leavers_by_group": [[0, 1, 0, 0, 0, 0, 0, 5, 1]],
    "departures_by_age": [[0] * 20],
    "moves_by_age": [[1, 0, 0, 0, 4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]], "people_by_age": [BANDS],
    "renovations": [7], "shops_let": [8], "shops_closed": [5], "shops_merged": [2], "shops_converted": [1],
    "waiting_list": [12], "service_homes": [4], "service_hours": [900], "service_ended": [[1, 2, 3]],
    "people_20_64": [60], "working_20_64": [42], "working_18_64": [44], "looking_18_64": [6],
    "households_one_person": [15], "households_by_tenure": [[1, 30, 10, 8, 1]], "homes_by_tenure": [[33, 11, 10, 1]],
    "poor_children": [5], "income_median_eur": [1700], "rent_burden_permille": [315], "overburdened_renters": [2],
    "meetings": [[40, 50, 10, 5, 8, 20, 4]], "meetings_across": [[10, 10, 4, 1, 2, 10, 3]], "pairs_started": [3],
    "activity_meetings": [8], "activity_across": [[4, 1, 2, 6]], "participants": [[12, 1, 9]],
    "learners_once": [32], "learners_fluent": [24], "lesson_hours": [1200.0],
    "backgrounds_together": [[2.0] * 3], "income_fifths_together": [[2.0] * 5], "educations_together": [[1.5] * 3],
}  # fmt: skip
SCHOOLS = {
    "pupils": [60, 40, 0], "indicator_pupils": [15, 25, 0], "classes": [3, 2, 0],
    "backgrounds": [[50, 4, 6], [10, 0, 30], [0, 0, 0]], "educations": [[10, 20, 30], [20, 10, 10], [0, 0, 0]],
}  # fmt: skip
CITY |= {
    "children_of_school_age": [103],
    "school_entrants": [10], "first_wishes": [7], "wishes_granted": [9], "unplaced": [1], "tour_families": [6],
    "pupils_by_kind": [[60, 40]], "school_metres": [[54_000, 30_000]], "pupils_not_nearest": [65],
    "attainment_sums": [[61_440, -20_480]], "school_age_families": [[50, 40]], "school_age_families_left": [[1, 2]],
    "pupils_together": [[1.5] * 3], "kinds_together": [[1.5] * 2], "parents_together": [[1.5] * 3],
}  # fmt: skip
AREAS |= {
    "offence_rate": [[1.0, 2.0, 0.5, 0.5, 1.0], [2.0, 3.0, 1.0, 1.0, 3.0], [0.0] * 5],
}  # fmt: skip
CITY |= {
    "displaced_by_fifth": [[2, 1, 0, 0, 0]], "displaced_by_age": [[1, 1, 1, 0]], "displaced_by_background": [[1, 0, 2]],
    "social_waited_months": [84], "social_lettings": [2],
    "votes_municipal": [[50, 20, 30]], "votes_regional_federal": [[80, 20, 0]], "electorate": [[120, 12]],
    "right_parts": [[6.0, -1.5, -3.0, -2.0, 0.1, 8.0, -1.0, 0.0, -1.0, 0.0]],
    "mayor_parts": [[-2.0, 0.5, 9.0, 1.0, -0.2, 0.0, 0.0, 0.0, 0.0, 0.0]],
}  # fmt: skip
PEOPLE = {
    "alive": np.array([True, True, True, True, False]), "education": [0, 0, 2, -1, 0], "work": [1, 2, 2, 0, 1],
    "background": [1, 0, 2, 1, 1],
}  # fmt: skip
# Residents, adults; much trust, often unsafe, proud, belonging in 1/1024; victims, housed, placed, first wish
MONITOR = [100, 80, 24 * 1024, 12 * 1024, 56 * 1024, -8 * 1024, 8, 1, 10, 9]
AREAS["monitor"] = [[n // 2 for n in MONITOR], [n - n // 2 for n in MONITOR], [0] * len(MONITOR)]
CITY["surveyed"] = [[1000, 300, 150, 700]]
GROUPS = {"monitor": [MONITOR + [0] * 190, [0] * 200, [0] * 200]}
TABLES = {"areas": AREAS, "city": CITY, "people": PEOPLE, "groups": GROUPS, "schools": SCHOOLS}
SAFETY = {
    "offences": [[10, 40, 20, 8, 22]], "offences_solved": [[1, 4, 1, 4, 5]], "victims": [[8, 30, 10, 2, 0]],
    "offences_recorded": [[8, 16, 10, 4, 12]], "offences_from_elsewhere": [[3, 20, 6, 2, 4]],
    "facts": [[8, 2, 10, 30, 17, 3, 2, 6, 22, 0]], "offences_by_age": [[0, 0, 10, 30, 20, 15, 10, 5, 5, 5] + [0] * 10],
    "offences_prevented": [[1, 2, 3, 4, 5]], "offences_moved": [[0, 1, 0, 0, 2]], "victims_by_fifth": [[20, 10, 10, 5, 5]],
    "stops_by_age": [[2, 3, 1, 0]], "stops_by_fifth": [[3, 1, 1, 1, 0]], "stops_by_background": [[3, 1, 2]],
    "procedure": [[9, 4, 5, 4, 3, 1, 2]], "procedure_by_fifth": [range(35)], "procedure_by_age": [range(21)],
    "findings_by_background": [[5, 1, 3]], "plans_by_background": [[2, 0, 2]], "fines_by_background": [[0, 1, 0]],
    "refusals_by_background": [[1, 1, 0]], "fines_eur": [175], "therapies": [2],
}  # fmt: skip
AREAS["offence_rate"] = [[1, 2, 3, 4, 5], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0]]
CITY.update(SAFETY)


def measured(indicator):
    """Return what the indicator measures when shown only the columns that it declares."""
    shown: dict[str, dict[str, np.ndarray]] = {}
    for name in indicator.reads:
        table, column = name.split(".")
        shown.setdefault(table, {})[column] = np.array(TABLES[table][column])
    return indicator.measure(SimpleNamespace(**{t: SimpleNamespace(**columns) for t, columns in shown.items()}))


ALL = catalogue(BACKGROUNDS)
BY_HAND = {
    "population": 100,
    "births": 2,
    "deaths": 1,
    "arrivals": 9,
    "leavers": 7,
    "net_migration": 2,
    "net_migration.low_education_young": 1,
    "net_migration.low_education_families": -1,
    "net_migration.middle_education_young": 2,
    "net_migration.high_education_families": -3,
    "net_migration.high_education_older": 0,
    "young_family_migration_balance_sign": -1,
    "households": 50,
    "households_one_person": 15,
    "foreign_origin_share": 40.0,
    "foreign_origin_share.minors.highest_district": 60.0,
    "foreign_origin_share.minors.lowest_district": 20.0,
    "offences_recorded": 50.0,
    "offences_from_elsewhere_share": 0.35,
    "share_age_0_19": 20.0,
    "share_age_65_up": 20.0,
    "move_rate": 0.08,
    "move_rate.age_20_24": 0.4,
    "price_index": (1.5 * 30 + 0.9 * 25) / 55,
    "rent_index": (1.2 * 30 + 1.0 * 25) / 55,
    "rent_burden": 0.315,
    "rent_burden.over_40_share": 0.2,
    "openness": 35_840 / 80 / 1024,
    "salience": 0.5,
    "bridging_share": 0.25,
    "without_contact_share": 0.6,
    "meetings_across.street": 0.25,
    "meetings_across.pair": 0.75,
    "activity_meetings": 80.0,
    "activity_meetings.across_background": 40.0,
    "activity_meetings.across_age": 60.0,
    "participants.belgian": 200.0,
    "participants.maghreb": 250.0,
    "buddy_pairs": 3,
    "good_language_share": 0.75,
    "lesson_hours": 1200.0,
    "poverty": 0.2,
    "poverty.children": 0.2,
    "income_median_eur": 1700,
    "employment": 0.7,
    "unemployment_rate": 12.0,
    "tenure.lodging_share": 0.02,
    "tenure.owner_share": 0.6,
    "tenure.private_rent_share": 0.2,
    "tenure.social_share": 0.16,
    "tenure.service_share": 0.02,
    "social_homes": 10,
    "social_homes_share": 100 * 10 / 55,
    "social_waiting_list": 12,
    "displaced": 3,
    "turned_away": 1,
    "service_homes": 4,
    "service_hours": 900,
    "service_ended.term_reached": 1,
    "service_ended.two_warnings": 2,
    "service_ended.left": 3,
    "poor_homes_share": 0.2,
    "vacant_homes_share": 0.2,
    "renovations": 7,
    "disorder": 0.5 * 0.6 + 0.2 * 0.4,
    "public_space": 0.4 * 0.6 + 0.6 * 0.4,
    "shop_vacancy_rate": 25.0,
    "shop_vacancy_count": 4,
    "shops": 16,
    "shops_let": 8,
    "shops_closed": 5,
    "shops_merged": 2,
    "shops_converted": 1,
    "trust_share": 30.0,
    "trust_survey_share": 30.0,
    "trust_survey_error": 100 * (0.3 * 0.7 / 1000) ** 0.5,
    "trust_share.income_fifth_1": 30.0,
    "trust_share.background_belgian": 30.0,
    "unsafe_share": 15.0,
    "pride_survey_share": 70.0,
    "belonging": -0.1,
    "victims_per_100": 8.0,
    "social_home_given_per_100.age_0_17": 1.0,
    "victims_per_100.income_fifth_1": 8.0,
    "social_home_given_per_100": 1.0,
    "first_wish_per_100": 90.0,
    "offences": 100.0,
    "offences.burglary": 10.0,
    "solved_share": 0.3,
    "solved_share.violence": 1.0,
    "facts.home_burglary": 8,
    "facts.burglary_other_buildings": 2,
    "facts.bicycle_theft": 10,
    "facts.theft_from_vehicles": 17,
    "facts.theft_with_violence": 2,
    "facts.theft_and_extortion": 72,  # all but 6 assaults and 22 of nuisance
    "offences_by_young_share": 0.4,
    "victims": 50.0,
    "victims.theft": 30.0,
    "victims.fifth_1": 100.0,  # 20 among 20
    "stops": 6.0,
    "stops.age_under_20": 10.0,
    "stops.age_30_49": 4.0,
    "stops.fifth_1": 15.0,
    "stops.background_belgian": 5.0,
    "stops.background_maghreb": 100 * 2 / 36,
    "offences_prevented": 15,
    "offences_prevented.theft": 2,
    "offences_displaced": 3,
    "procedure.findings": 9,
    "procedure.refusals": 2,
    "procedure.plans.fifth_2": 16,  # the fourth row of five, its second
    "procedure.fines.fifth_1": 25,
    "procedure.refusals.fifth_5": 34,
    "procedure.findings.age_16_17": 2,
    "procedure.fines.background_eu": 1,
    "procedure.fines_eur": 175,
    "procedure.therapies": 2,
    # 40 of 100 of minority background, 10 + 30 among 60 + 40 residents: half of |1/4 - 5/6| + |3/4 - 1/6|
    "segregation.background.dissimilarity": 7 / 12,
    "segregation.background.isolation": (10 * 10 / 60 + 30 * 30 / 40) / 40,
    "segregation.background.exposure": (10 * 50 / 60 + 30 * 10 / 40) / 40,
    "segregation.background.hutchens": 1 - (1 / 4 * 5 / 6) ** 0.5 - (3 / 4 * 1 / 6) ** 0.5,
    "segregation.background.eu.isolation": 4 / 60,
    "segregation.income.dissimilarity": 0.5 * (abs(5 / 20 - 55 / 80) + abs(15 / 20 - 25 / 80)),
    "segregation.income.exposure": (5 * 15 / 60 + 15 * 5 / 40) / 20,
    "segregation.education.exposure": (10 * 10 / 40 + 20 * 0 / 25) / 30,
    "segregation.education.isolation": (10 * 10 / 40 + 20 * 20 / 25) / 30,
    "school_first_choice_share": 70.0,
    "school_wish_granted_share": 90.0,
    "children_without_school": 3.0,
    "school_unplaced_share": 10.0,
    "school_entry_cohort": 10,
    "school_tour_families": 6,
    "school_metres": 840,
    "school_metres.other": 900,
    "school_metres.indicator": 750,
    "school_not_nearest_share": 0.65,
    "class_size": 20,
    "attainment": 0.4,  # 40 SD over 100 pupils
    "attainment_gap": 1.5,  # 60 others at 1 SD, 40 indicator pupils at -0.5 SD
    "school_age_families_left.high": 0.05,
    "school_age_families_left.other": 0.02,
    "school_segregation.background.dissimilarity": 7 / 12,
    "school_segregation.background.eu.isolation": 4 / 60,
    "school_segregation.indicator.dissimilarity": 0.5 * (abs(15 / 40 - 45 / 60) + abs(25 / 40 - 15 / 60)),
    "school_segregation.indicator.exposure": (15 * 45 / 60 + 25 * 15 / 40) / 40,
    "school_segregation.education.isolation": (30 * 30 / 60 + 10 * 10 / 40) / 40,
    # by chance 50 draws in 2 areas: (50 - 2) / (50 - 1) of those met are others, 60 in 100 of majority background
    "segregation.background.exposure.chance": 0.6 * 48 / 49,
    "displaced.fifth_1": 2,
    "displaced.age_35_64": 1,
    "displaced.maghreb": 2,
    "social_waiting_months": 42.0,
    "votes.radical_right.municipal": 20.0,
    "votes.radical_right.municipal.tide": 6.0,
    "votes.radical_right.municipal.local": -2.0,
    "votes.radical_right.regional_federal": 20.0,
    "votes.radical_right.regional_federal.tide": 8.0,
    "votes.mayor_list": 30.0,
    "votes.mayor_list.rivals": 9.0,
    "votes.electorate_foreign_origin": 10.0,
    "unemployment_rate.low_education": 50.0,
    "unemployment_rate.high_education": 0.0,
    "unemployment_rate.majority_origin": 0.0,
    "unemployment_rate.foreign_origin": 50.0,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_measures_what_a_hand_would(name):
    assert measured(ALL[name]) == pytest.approx(BY_HAND[name], abs=1e-12)


def test_each_reads_only_what_it_declares_and_gives_one_number_or_one_an_area():
    shapes = {name: np.asarray(measured(indicator), dtype=float).shape for name, indicator in ALL.items()}
    assert shapes == {name: (3,) if indicator.by_area else () for name, indicator in ALL.items()}


def test_each_has_a_card():
    told = {n: (i.title, i.unit, i.numerator, i.source) for n, i in ALL.items()}
    assert not [name for name, parts in told.items() if not all(parts)]
    assert not [name for name, (title, *_) in told.items() if title.endswith(".") or not title[0].isupper()]


def test_a_share_of_nobody_has_no_value():
    assert np.isnan(measured(ALL["areas.foreign_origin_share"])[2])
    assert np.isnan(measured(ALL["move_rate.age_95_up"]))


@pytest.mark.parametrize("name", [n for n in ALL if n.endswith(".beyond_chance")])
def test_beyond_chance_follows_from_the_index_and_its_chance(name):
    base = name.removesuffix(".beyond_chance")
    index, chance = measured(ALL[base]), measured(ALL[f"{base}.chance"])
    room = 1 - chance if index >= chance else chance
    assert measured(ALL[name]) == pytest.approx((index - chance) / room)


def test_names_and_units_are_those_of_the_observed_history():
    observed = {
        "population": "persons", "births": "births", "deaths": "deaths", "arrivals": "persons",
        "households": "households", "households_one_person": "households", "foreign_origin_share": "%",
        "share_age_0_19": "%", "share_age_65_up": "%", "social_homes": "homes",
        "social_homes_share": "% of dwellings", "social_waiting_list": "households", "unemployment_rate": "%",
        "young_family_migration_balance_sign": "sign",
        "trust_survey_share": "% much trust", "pride_survey_share": "% proud", "facts.theft_and_extortion": "facts",
    }  # fmt: skip
    assert {name: ALL[name].unit for name in observed} == observed


def test_the_catalogue_is_sorted_and_names_backgrounds_only_when_told():
    assert list(ALL) == sorted(ALL)
    assert all(name == indicator.name for name, indicator in ALL.items())
    assert not any("maghreb" in name for name in catalogue())
    assert 10 <= sum(indicator.headline for indicator in ALL.values()) <= 16


def test_two_files_may_not_use_one_name(monkeypatch):
    twin = SimpleNamespace(INDICATORS=(ALL["births"],))
    monkeypatch.setattr(mechlin.indicators, "import_module", lambda name: twin)
    with pytest.raises(ValueError, match="births"):
        catalogue(["a background that only this test asks for"])
