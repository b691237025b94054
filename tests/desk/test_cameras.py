"""The register of cameras: nothing is used without what the law asks for, and anybody can read what there is."""

import csv
import io

import pytest
from starlette.testclient import TestClient

from mechlin.core.errors import InputError
from mechlin.desk.casework.office import NotAllowedError, NotLawfulError
from mechlin.desk.casework.usual import completed
from mechlin.desk.casework.verify import verify
from mechlin.desk.procedures.cameras import PROCEDURE, _conditions
from mechlin.desk.web.app import app
from mechlin.desk.web.registers import plan
from mechlin.law.cases import worked_cases
from tests.desk.conftest import KINDS, make_desk

PLACE = {"place": "Vaartstraat, parking", "owner": "town", "purpose": "=thefts from cars", "kind": "fixed", "cameras": 3,
         "retention_days": 30, "north": 51.025, "east": 4.478}  # fmt: skip


@pytest.fixture
def town(tmp_path):
    return make_desk(tmp_path / "desk", "sqlite", {"cameras": completed(PROCEDURE)})


@pytest.fixture(params=KINDS)
def each_town(request, tmp_path):
    """On each database: for the one test that goes through everything."""
    return make_desk(tmp_path / "desk", request.param, {"cameras": completed(PROCEDURE)})


def signed(town, action, case, answers=None):
    town.act("clerk", action, case, answers or {})
    town.office.sign(town.actor("signer"), case, None, now=town.now)


def proposed(town, **more):
    return town.act("clerk", "proposed", procedure="cameras", answers={**PLACE, **more}).case


def advised(town, case, police="positive", council="positive"):
    yes = {"police_day": "2026-02-01", "police_why": "Many thefts.", "police_advice": police}
    town.act("police", "police_advised", case, yes)
    if police == "positive":
        given = {"council_day": "2026-03-01", "council_minutes": "2026/14", "council_advice": council}
        signed(town, "council_advised", case, given)


def used(town, pictogram="yes"):
    case = proposed(town)
    advised(town, case)
    town.act("clerk", "installed", case, {"installed_day": "2026-03-02", "pictogram": pictogram})
    town.act("clerk", "declared", case, {"declared_day": "2026-03-02"})
    if pictogram == "yes":
        signed(town, "in_use", case)
    return case


def test_cameras_from_the_proposal_to_the_yearly_review_and_their_end(each_town):
    town = each_town
    case = used(town)
    state = town.state(case)
    assert state.stage == "in_use" and state.due == "2027-03-02"
    decision = state.decisions[0].body["decision"]
    assert [c["met"] for c in decision["conditions"]] == ["yes"] * 5 and decision["form"] == "2007"
    town.later(days=360)
    review = {"review_day": "2027-02-20", "review_why": "Half as many.", "images_asked": 4, "retention_days": 20}
    signed(town, "reviewed", case, {**review, "still_needed": "yes"})
    assert town.state(case).stage == "in_use" and town.state(case).due > "2028-02-01"  # the year begins anew
    signed(town, "reviewed", case, {**review, "still_needed": "no"})
    assert town.state(case).closed == "2027-02-25" and verify(town.office).sound


def test_nothing_is_used_without_pictogram_advices_and_a_short_term(town):
    for days in (31, 365):
        with pytest.raises(InputError, match="30"):
            proposed(town, retention_days=days)
    case = used(town, pictogram="no")
    with pytest.raises(NotLawfulError, match="A pictogram says that there are cameras"):
        town.act("clerk", "in_use", case)
    town.act("clerk", "pictogram_seen", case, {"pictogram": "yes"})
    signed(town, "in_use", case)
    other = proposed(town)
    with pytest.raises(NotAllowedError, match="police"):  # nobody gives another's advice
        town.act("clerk", "police_advised", other, {})
    with pytest.raises(InputError, match="has not come yet"):
        town.act("police", "police_advised", other,
                 {"police_advice": "positive", "police_day": "2030-01-01", "police_why": "x"})  # fmt: skip
    advised(town, other, council="negative")
    assert town.state(other).stage == "advised_against"
    with pytest.raises(NotLawfulError):
        town.act("clerk", "installed", other, {"installed_day": "2026-03-02", "pictogram": "yes"})
    town.act("clerk", "proposed_again", other, {**PLACE, "cameras": 1})
    assert town.state(other).answers["council_advice"] == ""  # both advices are asked anew


@pytest.mark.parametrize("case", worked_cases("cameras"))
def test_the_desk_answers_the_worked_cases_as_the_rule_does(tmp_path_factory, case):
    """One table: the rule alone, a simulated month (tests/law) and the desk."""
    town = make_desk(tmp_path_factory.mktemp("d") / "desk", "sqlite", {"cameras": completed(PROCEDURE)})
    number = proposed(town)
    given = {"council_advice": "positive", "police_advice": "positive", "pictogram": "yes", "declared": "yes"}
    stands = {name: value for name, value in given.items() if case[name] == "yes"}
    with town.office.home.database.read() as conn:
        look = town.office.look(conn, town.state(number), f"{case['month']}-15", town.actor("clerk"))
        look.answers.update(stands)
        found = {c.article for c in _conditions(look) if c.met == "no"}
        lacking = [c.name for c in _conditions(look) if c.met == "no"]
    assert len(lacking) == len(case["missing"].split()) and len(found) <= 1


def test_the_register_is_public_with_its_map_and_open_data(town):
    case = used(town)
    proposed(town, place="Bruul", north=51.03, east=4.481)
    client = TestClient(app(town.office), headers={"accept-language": "nl"})
    page = client.get("/register/cameras")
    assert page.status_code == 200 and "Vaartstraat, parking" in page.text and "<circle" in page.text
    assert "/register/cameras" in client.get("/").text
    rows = list(csv.DictReader(io.StringIO(client.get("/register/cameras/data.csv").text)))
    assert [r["stage"] for r in rows] == ["in_use", "proposed"] and rows[0]["in_use_from"] == "2026-03-02"
    assert rows[0]["purpose"] == "'=thefts from cars"  # no spreadsheet computes it
    assert "clerk" not in page.text and client.get("/register/nowhere").status_code == 404
    public = client.get(f"/public/{case}").text
    assert "29 maart" not in public and "2 maart 2027" in public
    assert plan([]) is None and plan([{"number": "1", "north": 1.0, "east": 2.0}]).points[0][1:] == (24.0, 24.0)
