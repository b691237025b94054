"""Buddies: screening, matches with reasons, what follows when it does not go well, and when a certificate is due."""

import random
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from mechlin.core.errors import InputError
from mechlin.desk.casework import letters
from mechlin.desk.casework.office import NotAllowedError, NotLawfulError
from mechlin.desk.casework.usual import completed
from mechlin.desk.casework.verify import verify
from mechlin.desk.procedures.buddies import PROCEDURES
from mechlin.law import buddies as law
from mechlin.law.cases import worked_cases
from tests.desk.conftest import KINDS, PERSON_GIVEN, make_desk

ANN = {"interests": ["cooking", "football"], "moments": ["week evening"]}


def a_desk(folder, kind="sqlite"):
    return make_desk(folder / "desk", kind, {p.name: completed(p) for p in PROCEDURES})


@pytest.fixture
def town(tmp_path):
    return a_desk(tmp_path)


@pytest.fixture(params=KINDS)
def each_town(request, tmp_path):
    """On each database: for the one test that goes through everything."""
    return a_desk(tmp_path, request.param)


def registered(town, side, given="Ann", language="nl", **more):
    who = {**PERSON_GIVEN, "given": given, "language": language}
    return town.act("resident", "registered", procedure="buddy", answers={"who": who, "side": side, **ANN, **more}).case


def waiting(town, side, given="Ann", clear="yes", **more):
    case = registered(town, side, given, **more)
    talked = {"talked_day": town.now.date().isoformat(), **({"extract_clear": clear} if side == "volunteer" else {})}
    town.act("coordinator", "screened", case, talked)
    town.office.sign(town.actor("signer"), case, None, now=town.now)
    if clear == "yes":
        town.act("coordinator", "intake", case, {**ANN, **{k: v for k, v in more.items() if k in ANN}})
    return case


def pair(town, newcomer, volunteer, **more):
    answers = {"volunteer": volunteer, **more}
    return town.act("coordinator", "proposed", procedure="buddy_pair", parent=newcomer, answers=answers).case


def running(town, newcomer, volunteer, **more):
    case = pair(town, newcomer, volunteer, **more)
    town.act("coordinator", "answered", case, {"newcomer_agrees": "yes", "volunteer_agrees": "yes"})
    town.act("coordinator", "began", case, {"first_day": town.now.date().isoformat()})
    return case


def meets(town, case, months, hours=1.5):
    """Enter meetings of whole months, two or as many as told in each."""
    first = date.fromisoformat(town.state(case).answers["first_day"])
    for n, times in enumerate(months):
        month = (first.month - 1 + n) % 12 + 1
        for k in range(times):
            day = date(first.year + (first.month - 1 + n) // 12, month, 10 + 3 * k)
            town.now = max(town.now, datetime(day.year, day.month, day.day, 20, tzinfo=UTC))
            town.act("coordinator", "met", case, {"met_day": day.isoformat(), "met_hours": hours})
    last = town.now.date().replace(day=28) + timedelta(days=5)
    town.now = datetime(last.year, last.month, 3, 9, tzinfo=UTC)


def dose(town, case):
    with town.office.home.database.read() as conn:
        look = town.office.look(conn, town.state(case), town.now.date().isoformat(), town.actor("clerk"))
        return town.office.procedures["buddy_pair"].doses(look)


def test_from_registering_to_the_certificate(each_town):
    town = each_town
    ann, bob = waiting(town, "newcomer", language="fr"), waiting(town, "volunteer", "Bob")
    case = running(town, ann, bob)
    assert town.state(ann).stage == town.state(bob).stage == "paired"
    with town.office.home.database.read() as conn:
        look = town.office.look(conn, town.state(ann), "2026-03-02", town.actor("clerk"))
        made = letters.of_number(look, letters.rows_of(look)[-1].id)
    text = unescape(made.html)
    assert made.language == "fr" and "cuisiner et manger" in text and "le football" in text  # the reasons
    assert "Bob" not in text and "coordinator" in text  # no other's name; a named coordinator
    meets(town, case, (2, 2, 2, 2))
    with pytest.raises(NotLawfulError, match="12 hours so far"):
        town.act("coordinator", "completed", case)
    assert dose(town, case) == {"buddies.pairs_per_year": 0.0}
    meets(town, case, (0, 0, 0, 0, 2, 2))
    assert dose(town, case) == {"buddies.pairs_per_year": 1.0}
    town.act("coordinator", "completed", case)
    town.office.sign(town.actor("signer"), case, None, now=town.now)
    assert {town.state(c).stage for c in (ann, bob)} == {"done"} and town.state(case).closed
    assert verify(town.office).sound


def test_a_mismatch_is_talked_about_and_the_two_are_never_proposed_again(town):
    ann, bob = waiting(town, "newcomer"), waiting(town, "volunteer", "Bob")
    case = running(town, ann, bob)
    town.act("coordinator", "mismatch", case, {"mismatch_why": "boundary"})
    with pytest.raises(InputError, match="they are parted"):
        town.act("coordinator", "talked", case, {"go_on": "yes"})
    town.act("coordinator", "talked", case, {"go_on": "no"})
    assert town.state(case).stage == "parted" and town.state(ann).stage == "waiting"
    with pytest.raises(NotLawfulError, match="no volunteer who waits"):
        pair(town, ann, bob)
    cas = waiting(town, "volunteer", "Cas")
    again = pair(town, ann, cas)
    town.act("coordinator", "answered", again, {"newcomer_agrees": "no", "volunteer_agrees": "yes"})
    with pytest.raises(NotLawfulError, match="talk with this person first"):
        pair(town, ann, cas)
    town.act("coordinator", "talked", ann, {"talk": "She would rather cook than play."})
    waiting(town, "volunteer", "Dan")
    assert pair(town, ann, town.state(ann).id[:-1] + "4")


def test_who_comes_first_is_proposed_or_a_reason_is_given(town):
    ann = waiting(town, "newcomer")
    bob = waiting(town, "volunteer", "Bob", interests=["cooking"])
    cas = waiting(town, "volunteer", "Cas")
    with pytest.raises(InputError, match=f"{cas} comes first"):
        pair(town, ann, bob)
    assert town.state(pair(town, ann, bob, other_why="too far")).answers["shared_interests"] == ["cooking"]


def test_a_volunteer_is_screened_and_refused_with_a_letter(town):
    case = registered(town, "volunteer")
    with pytest.raises(InputError, match="extract of the register"):
        town.act("coordinator", "screened", case, {"talked_day": "2026-03-02"})
    with pytest.raises(NotAllowedError):
        town.act("clerk", "screened", case, {})
    refused = waiting(town, "volunteer", clear="no")
    state = town.state(refused)
    assert state.stage == "refused" and state.objection_until
    with pytest.raises(InputError, match="18 or older"):
        town.act("resident", "registered", procedure="buddy",
                 answers={"who": {**PERSON_GIVEN, "born": "2010-01-01"}, "side": "newcomer", **ANN})  # fmt: skip


def test_a_meeting_is_entered_once_and_in_its_time(town):
    case = running(town, waiting(town, "newcomer"), waiting(town, "volunteer", "Bob"))
    for day in ("2026-03-01", "2026-03-03"):
        with pytest.raises(InputError, match="no meeting can have been"):
            town.act("coordinator", "met", case, {"met_day": day, "met_hours": 1})
    town.act("coordinator", "met", case, {"met_day": "2026-03-02", "met_hours": 1})
    with pytest.raises(InputError, match="is there already"):
        town.act("coordinator", "met", case, {"met_day": "2026-03-02", "met_hours": 1})


@pytest.mark.slow
@pytest.mark.parametrize("case", worked_cases("buddies"))
def test_the_worked_cases_by_the_rule_and_at_the_desk(tmp_path_factory, case):
    counts = [int(n) for n in case["meetings"].split()]
    form = next(f for f in law.FORMS if f.name == case["form"])
    done = law.completed(form, dict(enumerate(counts)), 0, float(case["hours"]))
    assert done == (case["completed"] == "yes")
    town = a_desk(tmp_path_factory.mktemp("b"))
    town.now = datetime(2021 if case["form"] == "2012" else 2026, 1, 3, 9, tzinfo=UTC)
    with town.office.home.database.write() as conn:
        from sqlalchemy import text

        conn.execute(text("UPDATE role_given SET from_day = '2020-01-01'"))
    number = running(town, waiting(town, "newcomer"), waiting(town, "volunteer", "Bob"))
    meets(town, number, counts if sum(counts) else (1,), 0.5)
    given = sum(float(r["hours"]) for r in town.state(number).answers["meetings"])
    if given < float(case["hours"]):  # what is left, in days of at most twelve hours
        start = date.fromisoformat(town.state(number).answers["first_day"])
        for k in range(6):
            left = min(12.0, float(case["hours"]) - given)
            if left > 0:
                day = (start + timedelta(days=k + 1)).isoformat()
                town.act("coordinator", "met", number, {"met_day": day, "met_hours": left})
                given += left
    assert town.state(number).form == case["form"]
    try:
        town.act("coordinator", "completed", number)
        assert done
    except NotLawfulError:
        assert not done


def test_random_lists_nobody_is_matched_twice_or_apart():
    rng = random.Random(7)
    for _ in range(2_000):
        people = [
            law.Person(f"B-{n}", f"2026-01-{rng.randint(1, 9):02d}", frozenset(rng.sample("abcdef", rng.randint(1, 4))),
                       frozenset(rng.sample("wxyz", rng.randint(1, 2))), frozenset({f"B-{rng.randrange(8)}"}))
            for n in range(8)
        ]  # fmt: skip
        left, right = people[:4], people[4:]
        found = law.proposals(left, right)
        by = {p.number: p for p in people}
        assert len({m.volunteer for m in found}) == len({m.newcomer for m in found}) == len(found)
        for m in found:
            a, b = by[m.newcomer], by[m.volunteer]
            assert a.moments & b.moments and b.number not in a.apart and a.number not in b.apart
        alone = [p for p in left if p.number not in {m.newcomer for m in found}]
        free = [v for v in right if v.number not in {m.volunteer for m in found}]
        assert not any(law.candidates(p, free) for p in alone)
        assert law.proposals(left[::-1], right[::-1]) == found  # the order of rows does not matter
