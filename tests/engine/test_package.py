"""Packages: phases that never overlap, areas that exist, what the law allows in a month; all that is wrong at once."""

import numpy as np
import pytest

from mechlin import measures
from mechlin.core.clock import month_number
from mechlin.core.errors import InputError
from mechlin.core.spec import RunSpec
from mechlin.engine.package import plans, read_package
from mechlin.engine.simulation import Simulation, run

KNOWN = measures.catalogue()


def read(tmp_path, text, city=None, last=None):
    file = tmp_path / "package.toml"
    file.write_text(text, encoding="utf-8")
    return read_package(file, {}, KNOWN, city, last)


def refused(tmp_path, text, city=None, last=None):
    with pytest.raises(InputError) as caught:
        read(tmp_path, text, city, last)
    return caught.value.problems


# ----------------------------------------------------------------------------------------------- phases


def test_each_phase_has_its_own_settings_and_dates(tmp_path):
    text = """
[[visible_patrol]]
start = 2003-01
end = 2004-12
officers = 20
[[visible_patrol]]
start = 2001-01
end = 2001-12
officers = 10
"""
    package = read(tmp_path, text)
    (plan,) = plans(package.settings, KNOWN)
    assert [phase.start for phase in plan.phases] == [month_number("2001-01"), month_number("2003-01")]
    assert [plan.phase_at(month_number(m)) for m in ("2001-12", "2002-01", "2004-12", "2005-01")] == [0, -1, 1, -1]


def test_phases_of_one_measure_are_told_as_one(toy):
    phases = [
        {"start": "2001-01", "end": "2001-12", "officers": 4.0, "areas": ["Area 1"]},
        {"start": "2003-01", "officers": 8.0},
    ]
    result = run(RunSpec(city="toy", package={"visible_patrol": phases}, months=36), toy)
    assert result.reached == {"visible_patrol": [1, 0, toy.areas.height]}
    acted = result.acted["visible_patrol"]
    assert np.flatnonzero(acted[0]).tolist() == [0] and not acted[1].any() and (acted[2] > 0).all()
    assert acted[2].sum() == pytest.approx(2 * acted[0].sum())
    assert [r["year"] for r in result.ledger] == [2001, 2003]


def test_a_list_of_one_phase_is_the_same_run_as_a_table(tmp_path):
    one = read(tmp_path, "[visible_patrol]\nofficers = 20\n")
    other = read(tmp_path, "[[visible_patrol]]\nofficers = 20.0\n")
    assert one.settings == other.settings


def test_two_phases_that_follow_on_are_one_long_one(toy):
    whole = {"home_renovation": {"homes_per_year": 50.0}}
    split = {
        "home_renovation": [{"homes_per_year": 50.0, "end": "2001-12"}, {"homes_per_year": 50.0, "start": "2002-01"}]
    }
    one, other = (run(RunSpec(city="toy", package=package, months=30), toy) for package in (whole, split))
    assert one.ledger == other.ledger and one.reached == other.reached
    assert all(np.array_equal(one.series[n], other.series[n], equal_nan=True) for n in one.series)


@pytest.mark.parametrize("end", ["end = 2003-01\n", ""])
def test_overlapping_phases_are_refused_with_the_repair(tmp_path, end):
    text = f"[[cameras]]\nstart = 2001-06\n{end}[[cameras]]\nstart = 2003-01\n"
    (problem,) = refused(tmp_path, text)
    assert "2001-06" in problem.what and problem.repair == "write end = 2002-12 in the earlier one"


def test_a_measure_that_stands_twice_is_told_how_to_write_phases(tmp_path):
    (problem,) = refused(tmp_path, "[cameras]\ncameras = 4\n[cameras]\ncameras = 12\n")
    assert "[[measure]]" in problem.repair


def test_a_problem_names_its_phase(tmp_path):
    problems = refused(tmp_path, "[[cameras]]\nend = 2002-12\ncameras = -4\n[[cameras]]\nstart = 2003-01\nview = 2\n")
    assert [problem.column for problem in problems] == ["cameras[1].cameras", "cameras[2].view"]


def test_a_slow_start_is_for_measures_with_places(tmp_path):
    assert read(tmp_path, "[service_tenancy]\nramp_months = 12\n").settings
    (problem,) = refused(tmp_path, "[cameras]\nstart = 2003-01\nramp_months = 12\n")
    assert "no places" in problem.what and '"2003-01" = 0' in problem.repair


# ------------------------------------------------------------------------------------------------ areas


def test_areas_are_found_by_district_name_or_code(toy):
    for names, rows in ((["District 1"], [0, 1, 2, 3]), (["Area 2", "T0004"], [1, 4])):
        result = run(RunSpec(city="toy", package={"visible_patrol": {"areas": names}}, months=12), toy)
        assert np.flatnonzero(result.acted["visible_patrol"][0]).tolist() == rows


def test_unknown_areas_are_refused_with_the_nearest(toy, tmp_path):
    (problem,) = refused(tmp_path, '[cameras]\nareas = ["Distrct 1", "Area 1"]\n', toy)
    assert "'Distrct 1'" in problem.what and problem.nearest == "District 1"
    assert read(tmp_path, '[cameras]\nareas = ["Distrct 1"]\n').settings  # no city, no answer yet


@pytest.mark.parametrize("areas", ['"Area 1"', "[]", "[1]"])
def test_areas_are_a_list_of_names(tmp_path, areas):
    (problem,) = refused(tmp_path, f"[cameras]\nareas = {areas}\n")
    assert "list of names" in problem.what and "areas = [" in problem.repair


def test_a_measure_that_enrols_households_cannot_be_held_to_areas(tmp_path):
    (problem,) = refused(tmp_path, '[service_tenancy]\nareas = ["Area 1"]\n')
    assert "enrols households" in problem.what


def test_a_run_refuses_unknown_areas_too(toy):
    with pytest.raises(InputError, match="no area 'Nowhere'"):
        Simulation(RunSpec(city="toy", package={"cameras": {"areas": ["Nowhere"]}}, months=12), toy)


# ----------------------------------------------------------------------------------- checks of a month


def test_a_fine_above_the_maximum_of_its_date_is_refused_with_the_month(tmp_path):
    text = "[parental_involvement]\nstart = 2006-09\nend = 2018-12\nprocedure = 1\nfine_eur = { 2006-09 = 80, 2018-09 = 128 }\n"
    (problem,) = refused(tmp_path, text.replace("2006-09 = 80", '"2006-09" = 80').replace("2018-09 =", '"2018-09" ='))
    assert problem.column == "parental_involvement.fine_eur" and problem.repair == "write fine_eur = 100"
    assert "in 2011-10" in problem.what  # 80 + 48 * 61/144 is the first above 100


def test_a_form_before_its_law_is_refused_and_after_it_only_within_the_run(tmp_path):
    (problem,) = refused(tmp_path, "[parental_involvement]\nstart = 2010-01\nprocedure = 2\n")
    assert problem.column == "parental_involvement.procedure" and "2010-01" in problem.what
    text = "[parental_involvement]\nstart = 2010-01\nprocedure = 1\n"
    assert read(tmp_path, text, last=month_number("2018-12")).settings
    (problem,) = refused(tmp_path, text, last=month_number("2020-12"))
    assert "2019-03" in problem.what


def test_true_and_false_are_switches(tmp_path):
    assert read(tmp_path, "[cameras]\nwatched = true\n").settings["cameras"]["watched"] == 1
    (problem,) = refused(tmp_path, "[cameras]\nwatched = false\npolice_advice = false\n", last=month_number("2018-12"))
    assert problem.column == "cameras.police_advice" and "2007-06" in problem.what
    (problem,) = refused(tmp_path, "[cameras]\ncameras = true\n")
    assert "not a number" in problem.what


def test_everything_impossible_is_refused_at_once_before_anything_runs(toy, tmp_path):
    text = """
[cameras]
areas = ["Atlantis"]
police_advice = 0
[visible_patrol]
officers = 99999
[zero_tolerance]
start = 2005-01
end = 2004-01
[[youth_workers]]
start = 2001-01
[[youth_workers]]
start = 2002-01
[parental_involvement]
procedure = 2
start = 2015-01
fine_eur = 250
"""
    said = [str(problem) for problem in refused(tmp_path, text, toy, month_number("2018-12"))]
    assert len(said) == 5
    for words in ("'Atlantis'", "0 to 1000 full-time", "ends before it starts", "2001-12", "0 to 175 EUR"):
        assert sum(words in line for line in said) == 1, words


def test_a_wrong_number_hides_no_wrong_date_and_a_wrong_date_no_number(toy, tmp_path):
    text = """
[service_tenancy]
start = 1990-01
homes = 2.5
ramp_months = true
[youth_workers]
start = 2003-13
workers = { "2003-01" = 8, "soon" = 3 }
"""
    problems = refused(tmp_path, text, toy)
    assert [(p.row, p.column) for p in problems] == [
        (3, "service_tenancy.start"),
        (4, "service_tenancy.homes"),
        (5, "service_tenancy.ramp_months"),
        (7, "youth_workers.start"),
        (8, "youth_workers.workers"),
    ]
    assert problems[1].repair == "write homes = 2" and "whole numbers from 0" in problems[1].allowed


def test_an_empty_package_is_refused_and_one_with_a_title_is_a_city_without_measures(tmp_path):
    assert "no measure" in refused(tmp_path, "# nothing yet\n")[0].what
    assert read(tmp_path, 'title = "All off"\n').settings == {}


def test_effects_measured_abroad_are_moved_in_dated_settings_too():
    from typing import Annotated, NamedTuple

    from mechlin.core.declare import Param
    from mechlin.engine.plan import Dated, Phase

    class Abroad(NamedTuple):
        risk: Annotated[float, Param("ratio", 0, 2, "A relative risk", nil=1.0)] = 0.8

    phase = Phase(Abroad(), 0, dated={"risk": Dated((0,), (0.5,))}).transported(0.5)
    assert phase.params.risk == pytest.approx(0.9) and phase.params_at(7).risk == pytest.approx(0.75)


def test_the_package_in_the_documentation_can_be_read(tmp_path):
    import re
    from pathlib import Path

    from mechlin.city.tables.sources import load_city

    page = Path(__file__).resolve().parents[2] / "docs" / "concepts" / "packages.md"
    blocks = re.findall(r"^```toml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    found = [read(tmp_path, block, load_city("mechelen"), month_number("2018-12")).settings for block in blocks]
    settings = found[0]
    assert found[1]["visible_patrol"]["doubt"] == {"officers": [0.1, 1.1]}
    assert found[2]["service_tenancy"]["doubt"] == {"hours_week": {"2026-02": [1.2, 2.0]}}
    assert len(settings["cameras"]) == 2 and settings["visible_patrol"]["areas"] == [
        "Centrum",
        "Esdoorn",
        "Nekkerspoel",
    ]
