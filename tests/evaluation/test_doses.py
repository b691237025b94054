"""Doses: counted by hand, missing never as zero, people below five never told, and the package that they make."""

import json

import numpy as np
import polars as pl
import pytest

import mechlin
from mechlin import measures
from mechlin.city.tables.sources import load_city
from mechlin.city.toy import toy_city
from mechlin.cli.main import main
from mechlin.core.clock import month_number
from mechlin.core.errors import InputError, UsageError
from mechlin.core.spec import RunResult
from mechlin.engine.package import read_package as package_of
from mechlin.evaluation.doses import by_month, conditions_met, read_doses, shares
from mechlin.evaluation.plan import read_plan, sign
from mechlin.study.asked import read_package
from mechlin.study.doses_package import delivered_in, package_from
from mechlin.study.rehearsal import rehearse
from mechlin.study.worlds import with_draws, worlds

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own

KNOWN = measures.catalogue()
HEAD = "programme,parameter,area,month,planned,delivered,confirmed_share,missing_share,unit\n"
DEMO = """\
service_tenancy,homes,,2017-09,4,4,,,homes
service_tenancy,homes,,2017-10,4,3,,,homes
service_tenancy,homes,,2017-12,4,4,,,homes
service_tenancy,hours_week,,2017-09,7,5.5,0.8,0.2,hours/week
service_tenancy,hours_week,,2017-10,7,,,,hours/week
service_tenancy,hours_week,,2017-11,7,6,,,hours/week
mixed_activities,streets_per_year,,2017-01,60,198,,,streets/year
cameras,cameras,Centrum,2010-01,30,20,,,cameras
cameras,cameras,Muizen,2010-01,10,10,,0.5,cameras
"""


def read(path):
    return package_of(path, {}, KNOWN, load_city("mechelen"))


@pytest.fixture
def table(tmp_path):
    """Return what writes a table of doses: table(rows)."""

    def write(rows=DEMO, head=HEAD):
        file = tmp_path / "doses.csv"
        file.write_text(head + rows, encoding="utf-8")
        return file

    return write


def ends(dose):
    return dose.low, dose.middle, dose.high


def test_doses_are_those_counted_by_hand(table):
    found = {(d.name, d.month): d for d in by_month(read_doses(table(), KNOWN).doses, KNOWN)}
    at = lambda name, month: ends(found[name, month_number(month)])
    assert at("service_tenancy.homes", "2017-10") == (3, 3, 3)
    assert at("service_tenancy.homes", "2017-11") == (0, 2, 4)  # no row: from none to all that was planned
    # 0.2 did not report: at least 0.8 confirmed of 0.8 x 5.5, at most 0.8 x 5.5 and the plan of the others
    assert at("service_tenancy.hours_week", "2017-09") == pytest.approx((0.8 * 0.8 * 5.5, 5.5, 0.8 * 5.5 + 0.2 * 7))
    assert at("service_tenancy.hours_week", "2017-10") == (0, 3.5, 7)
    assert at("mixed_activities.streets_per_year", "2017-01") == (198, 198, 198)
    # 10 cameras from half of those who report: the other half has none to 20 x 0.5 more; 20 stand in the other area
    assert at("cameras.cameras", "2010-01") == (30, 40, 40)
    told = {s.name: s for s in shares(read_doses(table(), KNOWN), KNOWN)}
    assert (
        told["service_tenancy.homes"].delivered == (4 + 3 + 2 + 4) / 4
        and told["service_tenancy.homes"].of_plan == 13 / 16
    )
    assert told["service_tenancy.hours_week"].missing == pytest.approx(1.2 / 3)


def test_gaps_are_named_and_never_counted_as_zero(table):
    found = read_doses(table(), KNOWN)
    assert found.gaps() == [
        "cameras.cameras in Muizen, 2010-01: 50 % did not report; counted as missing, not as zero",
        "service_tenancy.homes, 2017-11: no row; counted as missing, not as zero",
        "service_tenancy.hours_week, 2017-09: 20 % did not report; counted as missing, not as zero",
        "service_tenancy.hours_week, 2017-10: nothing reported; counted as missing, not as zero",
    ]
    assert all(d.high > 0 for d in found.doses if d.gap or d.missing > 0)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("service_tenancy,hours_wek,,2017-09,7,5,,,", "did you mean 'hours_week'"),
        ("service_tenanc,homes,,2017-09,7,5,,,", "did you mean 'service_tenancy'"),
        ("service_tenancy,hours_week,,2017-09,7,5,,,hours", "allowed: hours/week; repair: count it in that unit"),
        ("service_tenancy,hours_week,,2017-09,7,50,,,", "allowed: 0 to 40 hours/week"),
        ("service_tenancy,hours_week,,2017-09,7,5,80,,", "80 is no share"),
        ("service_tenancy,hours_week,,9-2017,7,5,,,", "is not a month"),
        ("service_tenancy,hours_week,,2017-09,,,,,", "neither planned nor delivered"),
        ("service_tenancy,hours_week,,2017-09,7,nan,,,", "not a number"),
        ("service_tenancy,homes,,2017-09,7,5.5,,,\ncameras,cameras,Centrun,2017-09,7,5,,,", "did you mean 'Centrum'"),
        ("service_tenancy,homes,,2017-09,7,5,,,\nservice_tenancy,homes,,2017-09,7,6,,,", "row 2 says it already"),
        ("cameras,cameras,,2017-09,7,5,,,\ncameras,cameras,Centrum,2017-09,7,6,,,", "beside rows of areas"),
    ],
)
def test_what_is_wrong_in_a_table_is_told_with_its_row(table, row, said):
    with pytest.raises(InputError) as wrong:
        read_doses(table(row + "\n"), KNOWN, {"Centrum", "Muizen"})
    assert said in str(wrong.value) and "doses.csv, row " in str(wrong.value)


def test_people_below_five_cannot_be_got_back_by_subtraction(table):
    """A thousand small counts in tables, each twice with another one: all that is told or written is the same."""
    rng, attacks, recovered = np.random.default_rng(8), 0, 0
    while attacks < 1000:
        counts = rng.integers(0, 12, (8, 12))
        small = (counts > 0) & (counts < 5)
        told = []
        for people in (counts, np.where(small, rng.integers(1, 5, counts.shape), counts)):
            rows = "".join(
                f"family_therapy,families,area {a},2017-{m + 1:02d},20,{people[a, m]},,,\n"
                for a in range(8)
                for m in range(12)
            )
            found = read_doses(table(rows), KNOWN)
            package = package_from(found, KNOWN, "x")
            told.append((shares(found, KNOWN), shares(found, KNOWN, by_area=True), package.settings))
        attacks += int(small.sum())
        recovered += int(small.sum()) if told[0] != told[1] else 0
    assert recovered == 0
    one = read_doses(table("family_therapy,families,,2017-01,20,3,,,\n"), KNOWN).doses[0]
    assert ends(one) == (1, 2.5, 4) and one.masked


def test_the_order_of_rows_moves_nothing(table):
    lines = DEMO.splitlines()
    first = [d._replace(row=0) for d in read_doses(table(), KNOWN).doses]
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(lines))
        rows = "".join(lines[n] + "\n" for n in order)
        assert [d._replace(row=0) for d in read_doses(table(rows), KNOWN).doses] == first


def test_the_package_reads_back_as_it_was_written(table, tmp_path):
    _, _, package, path = delivered_in(table(), "mechelen", None, tmp_path)
    assert package.settings["service_tenancy"]["homes"] == {"2017-09": 4, "2017-10": 3, "2017-11": 2, "2017-12": 4}
    assert (
        package.settings["cameras"]["areas"] == ["Centrum", "Muizen"]
        and package.settings["cameras"]["start"] == "2010-01"
    )
    assert package.settings["service_tenancy"]["doubt"]["homes"] == {"2017-11": [0, 4]}
    assert read(path) == package


def test_what_was_not_counted_stays_as_planned(table, tmp_path):
    rows = "cameras,cameras,,2010-01,50,40,,,\nyouth_workers,workers,,2005-06,12,9,,,\n"
    _, _, package, _ = delivered_in(table(rows), "mechelen", "as-it-went", tmp_path)
    plan = read_package("as-it-went", "mechelen").settings
    assert set(package.settings) == set(plan) and package.settings["home_renovation"] == plan["home_renovation"]
    cameras = package.settings["cameras"]["cameras"]
    assert (
        cameras["2003-01"] == 12 and cameras["2010-01"] == 40 and cameras["2011-01"] == 90 and cameras["2010-02"] > 70
    )
    assert package.settings["youth_workers"]["workers"]["2005-06"] == 9


def test_a_draw_lies_within_the_ranges_and_is_the_same_everywhere(table, tmp_path):
    _, _, package, _ = delivered_in(table(), "mechelen", None, tmp_path)
    drawn = [with_draws(package.settings, world)["service_tenancy"] for world in worlds(toy_city(), 128)]
    hours = [d["hours_week"]["2017-10"] for d in drawn]
    assert min(hours) < 1 and max(hours) > 6 and all(0 <= h <= 7 for h in hours)
    assert hours[::2] == hours[1::2] and len({*hours[::2]}) > 40  # two in a row share what is believed
    homes = {d["homes"]["2017-11"] for d in drawn}
    assert homes == {0, 1, 2, 3, 4} and all(d["homes"]["2017-09"] == 4 for d in drawn)
    (as_written,) = worlds(toy_city(), 1, ("chance",))
    plain = with_draws(package.settings, as_written)["service_tenancy"]
    assert plain == {k: v for k, v in package.settings["service_tenancy"].items() if k != "doubt"}


def test_a_doubt_of_the_plan_goes_on_for_months_that_were_not_counted(table, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text(
        '[cameras]\nstart = 2003-01\ncameras = { "2003-01" = 12, "2011-01" = 90 }\ndoubt = { cameras = [0.5, 1.5] }\n'
    )
    _, _, package, _ = delivered_in(table("cameras,cameras,,2010-01,50,40,,,\n"), "mechelen", str(plan), tmp_path)
    doubt = package.settings["cameras"]["doubt"]["cameras"]
    assert doubt["2003-01"] == [6, 18] and doubt["2011-01"] == [45, 135] and "2010-01" not in doubt


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[0, 4]", "[4, 0]"), r"delivered.toml, row \d+, .*\[4, 0\] is no range"),
        (("[0, 4]", "[0, 400000]"), "delivered.toml.*400000.*outside what is possible"),
        (("[0, 4]", "[3, 4]"), r"is no range.*with 2 between them"),
        (('"2017-11" = [', '"2018-11" = ['), "says nothing for that month"),
        (("[0, 4]", "4"), "is no range"),
        (('"homes" = ', '"home" = '), "home is by month, and home is not"),
    ],
)
def test_a_range_that_cannot_be_is_refused(table, tmp_path, change, said):
    *_, path = delivered_in(table(), "mechelen", None, tmp_path)
    text = path.read_text()
    head, doubt, rest = text.partition("doubt = ")
    assert change[0] in rest
    path.write_text(head + doubt + rest.replace(change[0], change[1]))
    with pytest.raises(InputError, match=said):
        read(path)


def test_a_missing_package_says_how_to_make_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        UsageError, match=r"mechlin measure doses FILE.csv --city mechelen. makes measured.delivered.toml"
    ):
        read_package("delivered", "mechelen")
    (tmp_path / "measured").mkdir()
    (tmp_path / "measured" / "delivered.toml").write_text("[cameras]\nstart = 2010-01\n")
    assert read_package("delivered", "mechelen").settings == {"cameras": {"start": "2010-01"}}
    (tmp_path / "measured" / "measured.toml").write_text('title="x"\npublisher="y"\nplace="z"\ncity="zwolle"\n')
    with pytest.raises(UsageError, match="was delivered in zwolle, not in mechelen"):
        read_package("delivered", "mechelen")


def test_whether_the_conditions_of_a_forecast_were_met(table):
    doses = by_month(read_doses(table(), KNOWN).doses, KNOWN)
    assert conditions_met({"cameras": {}}, doses, 2027) == "met"
    assert conditions_met({"service_tenancy": {}}, doses, 2027) == "cannot tell"
    assert conditions_met({"buddies": {}}, doses, 2027) == "not counted" == conditions_met({"cameras": {}}, doses, 2009)
    poor = by_month(read_doses(table("cameras,cameras,,2010-01,50,10,,,\n"), KNOWN).doses, KNOWN)
    assert conditions_met({"cameras": {}}, poor, 2027) == "not met"


def test_an_evaluation_counts_the_doses_that_came_while_the_measure_was_there(table, tmp_path):
    rng = np.random.default_rng(1)
    towns, years = [f"town {k:02d}" for k in range(14)], range(2000, 2011)
    panel = pl.DataFrame([{"town": t, "year": y, "value": 20 + rng.normal()} for t in towns for y in years])
    rows = "cameras,cameras,,2005-12,10,0,,,\ncameras,cameras,,2006-01,10,4,,,\ncameras,cameras,,2006-02,10,8,,0.5,\n"
    file = table(rows + "buddies,pairs_per_year,,2006-01,10,90,,,\n")
    found = mechlin.measure(panel, "town 00", 2006, doses=file)
    one = found.evaluations[0]
    assert one.outcome.dose_share == pytest.approx((4 + 8) / 20), "what did not report is not counted as delivered"
    assert {d.name: d.of_plan for d in found.doses}["buddies.pairs_per_year"] == 9.0
    few = mechlin.measure(panel, "town 00", 2006, doses=table("cameras,cameras,,2006-01,10,4,,,\n")).evaluations[0]
    assert few.outcome.dose_share == 0.4
    assert mechlin.measure(panel, "town 00", 2007, doses=file).evaluations[0].outcome.dose_share is None
    text = found.to_html(tmp_path / "page.html", "nl").read_text()
    assert "Wat geleverd werd van wat gepland was" in text and "cameras.cameras" in text
    with pytest.raises(UsageError, match="both a share and a table of doses"):
        mechlin.measure(panel, "town 00", 2006, doses=file, dose_share=0.5)
    panel.write_csv(tmp_path / "panel.csv")
    plan = 'panel = "panel.csv"\nplace = "town 00"\nstart = 2006\n{doses}[[outcome]]\nvalue = "value"\n'
    (tmp_path / "plan.toml").write_text(plan.format(doses=""))
    sign(read_plan(tmp_path / "plan.toml"), "data unit")
    (tmp_path / "plan.toml").write_text(plan.format(doses='doses = "doses.csv"\n'))
    planned = mechlin.measure(tmp_path / "plan.toml")
    assert planned.evaluations[0].outcome.dose_share == few.outcome.dose_share and planned.deviations == ()


# ------------------------------------------------------------------------------- from a rehearsal to the next


def a_run(spec, city):
    """Trust follows the hours of service tenants: each hour a week in November 2017 lifts it by a point."""
    years = np.arange(2001, 2001 + spec.months // 12)
    steps = spec.package.get("service_tenancy", {}).get("hours_week", 0.0)
    hours = steps.get("2017-10", 0.0) if isinstance(steps, dict) else steps
    return RunResult(spec, years, {"trust_share": 50 + 0.2 * (years - 2001) + hours * (years >= 2017)}, {})


@pytest.fixture
def no_city(tmp_path, monkeypatch, instead_of_runs):
    """Work in an empty folder, with made-up runs."""
    monkeypatch.chdir(tmp_path)
    instead_of_runs(a_run)
    return tmp_path


def test_what_is_not_known_widens_the_band(table, no_city):
    delivered_in(table(), "mechelen", None, no_city / "measured")
    done = rehearse("mechelen", "delivered", runs=32, until="2018-12", out=no_city / "a")
    e = done.effect("trust_share")
    assert e.high - e.low > 3 and 0 <= e.low and e.high <= 7
    drawn = [w.series["trust_share"][-1] for w, _ in done.comparison.pairs]
    assert drawn[0::2] == drawn[1::2] and len(set(drawn)) == 16  # two in a row share what is known
    assert "--package delivered" in done._again()[0]


def test_rehearse_register_observe_score_and_rehearse_again(table, no_city, capsys, monkeypatch, at):
    """The whole way by the command line, and the same digits from Python."""
    monkeypatch.setattr("mechlin.cli.forecast_command._now", lambda: at("2028-06-01"))

    def said(*words):
        assert main([*words]) == 0
        return capsys.readouterr().out

    rehearsal = ["rehearse", "mechelen", "--runs", "4", "--until", "2028-12", "--json"]
    said(*rehearsal, "--package", "as-it-went", "--out", "one")
    said("measure", "indicators", "new", "measured")
    ask = ["--indicator", "trust_share", "--period", "2028", "--settles", "Monitor", "--on", "2029-05-01"]
    said("forecast", "register", "one", *ask, "--by", "data unit")
    new = (
        "indicator,period,value,edition,published_on,status,source\ntrust_share,2028,61,2028,2029-05-02,final,Monitor\n"
    )
    (no_city / "new.csv").write_text(new)
    monkeypatch.setattr("mechlin.cli.forecast_command._now", lambda: at("2029-06-01"))
    monkeypatch.setattr("mechlin.cli.indicator_commands._today", lambda: at("2029-06-01").date())
    assert "trust_share" in said("measure", "add", "new.csv")
    said("measure", "doses", str(table()), "--city", "mechelen", "--plan", "as-it-went")
    scored = json.loads(said("forecast", "score", "--json", "--doses", str(table())))
    (one,) = scored["scored"]
    assert one["score"]["observed"] == 61 and scored["by_indicator"]["trust_share"]["crps"] == one["score"]["crps"]
    shown = said("forecast", "show", "trust_share-Mechelen-2028")
    assert "conditions: cannot tell" in shown  # hours of a month may be none or all that were planned
    printed = json.loads(said(*rehearsal, "--package", "delivered", "--out", "two"))
    again = rehearse("mechelen", "delivered", runs=4, until="2028-12", out="three", threads=1)
    assert json.loads(again.to_json()) == printed
    assert "follow one another" in said("forecast", "verify")
