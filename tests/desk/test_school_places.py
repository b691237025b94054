"""A whole round of school places: the draw that anybody can repeat, letters that explain, lists, calls, twins."""

import json
import random
import subprocess
import sys
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from mechlin.core.errors import InputError
from mechlin.desk import check_draw
from mechlin.desk.casework import letters
from mechlin.desk.casework.office import NotLawfulError
from mechlin.desk.casework.verify import verify
from mechlin.desk.ground.canonical import canonical, digest
from mechlin.desk.procedures import catalogue
from mechlin.law import school_draw
from mechlin.law.school_draw import as_rows, draw, explain, from_rows, unstable
from tests.desk.conftest import KINDS, PERSON_GIVEN, make_desk
from tests.desk.rounds import a_round, better_by_another_list

DRAFT = {
    "title": "Kindergarten 2026-27", "school_year": 2026, "wishes_most": 3, "distance_share": "0,5", "reserved_share": 0.2,
    "council_approved": "yes", "seed_source": "the national lottery draw of 20 March", "apply_from": "2026-03-02",
    "apply_until": "2026-03-13", "seed_day": "2026-03-20", "take_up_until": "2026-05-15", "lists_until": "2026-10-07",
}  # fmt: skip
CAPACITY = "school;name;born;places\nA;De Ark;2023;3\nB;De Brug;2023;2\nC;De Cirkel;2023;2\nA;De Ark;2024;1"
CHILD = {**PERSON_GIVEN, "given": "Noor", "born": "2023-05-06"}


@pytest.fixture(params=KINDS)
def town(request, tmp_path):
    made = make_desk(
        tmp_path / "desk", request.param, {n: p for n, p in catalogue().items() if n.startswith("school_")}
    )
    made.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    return made


def opened(town, **more):
    """Draft a round, publish its capacity, open it; return its number."""
    number = town.act("clerk", "drafted", procedure="school_round", answers={**DRAFT, **more}).case
    town.act("clerk", "capacity", number, {"capacity": CAPACITY})
    town.act("clerk", "opened", number)
    return number


def apply(town, round_, wishes, language="nl", born="2023", **more):
    answers = {
        "child": CHILD,
        "parent": {**PERSON_GIVEN, "language": language},
        "born_year": born,
        "wishes": wishes,
        **more,
    }
    return town.act("resident", "applied", procedure="school_application", parent=round_, answers=answers).case


def complete(town, case, metres=500):
    rows = [{"school": s, "metres": metres + 100 * n} for n, s in enumerate(town.state(case).answers["wishes"])]
    town.act("clerk", "completed", case, {"distances": rows})


def signed(town, case, action, answers=None):
    town.act("clerk", action, case, answers or {})
    town.office.sign(town.actor("signer"), case, None, now=town.now)


def drawn(town, round_, cases):
    """Bring a round from applications to its letters."""
    for n, case in enumerate(cases):
        complete(town, case, 100 * (n % 5))
    town.now = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
    for action in ("closed", "checked", "frozen"):
        town.act("clerk", action, round_)
    town.now = datetime(2026, 3, 20, 20, 0, tzinfo=UTC)
    signed(town, round_, "seeded", {"seed": "3 14 15 26 35 41"})
    town.act("clerk", "drawn", round_)
    town.act("auditor", "verified", round_)
    signed(town, round_, "signed")
    town.act("clerk", "letters", round_)


def look_at(town, conn, case):
    return town.office.look(conn, town.state(case), "2026-03-20", town.actor("clerk"))


def public(town, round_):
    with town.office.home.database.read() as conn:
        return town.office.procedures["school_round"].data(look_at(town, conn, round_))


@pytest.mark.slow
def test_a_round_from_draft_to_the_end_of_its_lists(town, tmp_path):
    round_ = opened(town)
    wishes = (["A", "B"], ["A"], ["B", "A", "C"], ["A", "C"], ["A"], ["A", "B"], ["B"], ["A", "C", "B"], ["A"])
    cases = [apply(town, round_, w, ("nl", "fr", "en")[n % 3]) for n, w in enumerate(wishes)]
    drawn(town, round_, cases)
    states = {c: town.state(c) for c in cases}
    assert {s.stage for s in states.values()} == {"placed", "unplaced"}

    # anybody repeats the draw, with nothing but Python
    file = tmp_path / "round.json"
    file.write_text(json.dumps(public(town, round_)), encoding="utf-8")
    program = Path(check_draw.__file__)
    done = subprocess.run(
        [sys.executable, "-I", program, file], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (0, "The same: 9 children, seed '3 14 15 26 35 41'.\n"), done
    assert len(program.read_text(encoding="utf-8").splitlines()) <= 120

    # every letter explains every wish, in the parent's language, by its own words
    with town.office.home.database.read() as conn:
        for n, case in enumerate(cases):
            look = look_at(town, conn, case)
            made = letters.of_number(look, letters.rows_of(look)[0].id)
            assert made.language == ("nl", "fr", "en")[n % 3]
            say = letters.language(made.language)
            assert made.html.count("<tr>") == 1 + len(wishes[n]) + 2  # wishes, a heading each, one condition
            for text in ("Each of your wishes", "If you do not agree"):
                assert say(text) in unescape(made.html) and (say(text) != text or made.language == "en")
            assert all(name in made.html for name in ("De Ark",) if "A" in wishes[n])

    placed = [c for c in cases if states[c].stage == "placed"]
    first = placed[0]
    for case in placed[1:]:
        town.act("school", "taken_up", case)
    town.now = datetime(2026, 5, 18, 9, 0, tzinfo=UTC)
    town.act("clerk", "waiting", round_)
    assert town.state(first).stage == "lapsed"  # not taken up in time

    # the place that came free goes to the first on the list, who has seven days; the next is called when it is declined
    school = states[first].answers["school"]
    called = [c for c in cases if can_call(town, c, school)]
    assert len(called) == 1
    town.act("clerk", "called", called[0], {"called_to": school})
    assert town.state(called[0]).due == "2026-05-26"  # the seventh day, 25 May 2026, is Whit Monday
    with pytest.raises(NotLawfulError, match="no place is free"):
        town.act("clerk", "called", next(c for c in cases if c not in (called[0], first)), {"called_to": school})
    town.act("resident", "declined", called[0])
    again = [c for c in cases if can_call(town, c, school)]
    assert called[0] not in again

    late = apply(town, round_, [school])  # late arrivals stand behind everybody else
    complete(town, late)
    assert town.state(late).stage == "unplaced"
    if again:
        assert not can_call(town, late, school)
        town.act("clerk", "called", again[0], {"called_to": school})
        town.act("school", "taken_up", again[0])
        assert town.state(again[0]).answers["school"] == school
    town.now = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)
    town.act("clerk", "ended", round_)
    assert {town.state(c).stage for c in cases} <= {"enrolled", "list_ended", "lapsed"}
    verdict = verify(town.office)
    assert verdict.sound, verdict.problems


def can_call(town, case, school):
    from mechlin.desk.procedures.school_places.lists import first_for

    with town.office.home.database.read() as conn:
        look = look_at(town, conn, case)
        return look.state.stage in ("placed", "unplaced", "taken_up") and school in first_for(look)


def test_what_the_form_of_the_law_forbids_is_said_all_at_once(town):
    wrong = {"reserved_share": 0.3, "council_approved": "no", "seed_day": "2026-03-10"}
    with pytest.raises(InputError) as error:
        town.act("clerk", "drafted", procedure="school_round", answers={**DRAFT, **wrong})
    assert [p.column for p in error.value.problems] == ["reserved_share", "council_approved", "seed_day"]
    older = {**DRAFT, "school_year": 2022, "reserved_share": 0.55, "council_approved": "no"}
    assert town.state(town.act("clerk", "drafted", procedure="school_round", answers=older).case).form == "2012"
    number = town.act("clerk", "drafted", procedure="school_round", answers=DRAFT).case
    assert town.state(number).form == "2023"
    with pytest.raises(InputError, match="row 3, column places"):
        town.act("clerk", "capacity", number, {"capacity": CAPACITY.replace("2023;2", "2023;-2", 1)})
    with pytest.raises(InputError, match="stands here twice"):
        town.act("clerk", "capacity", number, {"capacity": CAPACITY + "\nA;De Ark;2023;9"})


def test_nothing_can_be_skipped_and_applying_ends_for_whoever_is_still_typing(town):
    round_ = opened(town)
    case = apply(town, round_, ["A"])
    with pytest.raises(NotLawfulError, match="applying ends on 2026-03-13"):
        town.act("clerk", "closed", round_)
    town.now = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
    with pytest.raises(NotLawfulError, match="applying ended on 2026-03-13"):
        apply(town, round_, ["A"])
    town.act("clerk", "closed", round_)
    with pytest.raises(NotLawfulError, match="applying has ended"):
        apply(town, round_, ["A"])
    with pytest.raises(NotLawfulError, match="1 applications are not complete"):
        town.act("clerk", "checked", round_)
    with pytest.raises(NotLawfulError, match="cannot follow on 'closed'"):
        town.act("clerk", "drawn", round_)
    complete(town, case)
    town.now = datetime(2026, 3, 21, 9, 0, tzinfo=UTC)
    town.act("clerk", "checked", round_)
    town.act("clerk", "frozen", round_)
    with pytest.raises(InputError, match="was public before the list was frozen"):
        town.act("clerk", "seeded", round_, {"seed": "known"})
    with pytest.raises(InputError, match="must lie ahead"):
        town.act("clerk", "seed_put_off", round_, {"seed_source": "today's", "seed_day": "2026-03-21"})
    with pytest.raises(InputError, match="does not lie before 2026-05-15"):
        town.act("clerk", "seed_put_off", round_, {"seed_source": "far away", "seed_day": "2026-05-15"})
    signed(town, round_, "seed_put_off", {"seed_source": "the lottery of 27 March", "seed_day": "2026-03-27"})
    with pytest.raises(NotLawfulError, match="the seed is known on 2026-03-27"):
        town.act("clerk", "seeded", round_, {"seed": "guessed"})
    town.now = datetime(2026, 3, 27, 21, 0, tzinfo=UTC)
    signed(town, round_, "seeded", {"seed": "4 8 15 16 23 42"})
    assert town.state(round_).stage == "seed"


def test_wishes_that_cannot_be_are_said(town):
    round_ = opened(town)
    with pytest.raises(InputError) as error:
        apply(town, round_, ["B", "A", "C"], born="2024", linked="S-2026-99999")
    assert [p.column for p in error.value.problems] == ["wishes", "wishes", "linked"]
    with pytest.raises(InputError, match="chosen twice"):
        apply(town, round_, ["A", "A"])


def test_linked_children_share_a_ticket_and_a_school_may_take_the_second_of_twins(town):
    round_ = opened(town, distance_share=0, reserved_share=0)
    first = apply(town, round_, ["B"])
    twin = apply(town, round_, ["B"], linked=first)
    others = [apply(town, round_, ["B"]) for _ in range(3)]
    drawn(town, round_, [first, twin, *others])
    data = public(town, round_)
    assert check_draw.first_of_linked(data["list"])[twin] == first
    stages = [town.state(c).stage for c in (first, twin)]
    ranked = school_draw.order(from_rows(data["list"]), round_, data["seed"])
    assert abs(ranked[first] - ranked[twin]) == 1
    if sorted(stages) == ["placed", "unplaced"]:
        left = (first, twin)[stages.index("unplaced")]
        town.act("school", "above", left, {"above_capacity": "B"})
        assert town.state(left).stage == "taken_up"
    with pytest.raises(NotLawfulError, match=r"no brother or sister|cannot follow"):
        town.act("school", "above", others[0], {"above_capacity": "B"})


# ---------------------------------------------------------------------------------------- the rule itself


def test_rule_and_plain_verifier_agree_in_random_rounds_and_nobody_is_passed_over():
    """The full thousand is in benchmarks/desk_rounds.py."""
    for seed in range(60):
        data = a_round(seed, children=40, schools=5)
        assert check_draw.differences(data) == [], seed
        children, offers = from_rows(data["list"]), [school_draw.School(**s) for s in data["schools"]]
        shares = data["distance_share"], data["reserved_share"], data["round"], data["seed"]
        places = [school_draw.Place(**p) for p in data["places"]]
        assert unstable(children, offers, *shares, places) == []
        random.Random(seed).shuffle(children)
        assert draw(children, offers, *shares) == places  # whatever the order of rows
        told = explain(children, offers, *shares, places)
        for child, place in ((c, next(p for p in places if p.application == c.application)) for c in children):
            wishes = told[child.application]
            assert [w.school for w in wishes] == list(child.wishes)
            assert [w.outcome for w in wishes].count("granted") == bool(place.school)


def test_the_same_list_has_the_same_result_on_every_machine():
    results = digest(canonical([a_round(seed, children=40, schools=5)["places"] for seed in range(5)]))
    assert results == "8fafb8d691cd9517dcfacc932d181bccda8e8760e4dc1ad7d7d9238d66cb146e"


def test_a_published_round_that_was_touched_is_found():
    data = a_round(3)
    other = next(p for p in data["places"] if p["school"])
    assert check_draw.differences({**data, "seed": "another"})
    assert check_draw.differences(
        {**data, "places": [{**p, "school": ""} if p is other else p for p in data["places"]]}
    )
    rows = [dict(r) for r in data["list"]]
    rows[0]["sibling"] = "S01"
    assert any("digest" in d for d in check_draw.differences({**data, "list": rows}))


def test_no_other_list_of_wishes_gives_a_better_place():
    """Sampled; ten thousand other lists are in benchmarks/desk_rounds.py."""
    assert sum(better_by_another_list(seed, 8) for seed in range(12)) == 0


def test_tickets_are_worked_out_alike_in_both_programs():
    for n in range(50):
        assert school_draw.ticket("R", "s", f"S-{n}") == check_draw.ticket("R", "s", f"S-{n}")
    assert as_rows(from_rows(a_round(1)["list"])) == a_round(1)["list"]
