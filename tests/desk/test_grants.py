"""Grants where people meet: plans read against conditions, ranked by the round's rule, paid in parts, reported by counts."""

import random
from datetime import UTC, datetime
from html import unescape

import pytest

from mechlin.core.errors import InputError, UsageError
from mechlin.desk.casework import letters
from mechlin.desk.casework.office import NotAllowedError, NotLawfulError
from mechlin.desk.casework.verify import verify
from mechlin.desk.procedures import catalogue
from mechlin.law import grants
from mechlin.law.cases import worked_cases
from mechlin.law.grants import Ready, allot
from tests.desk.conftest import KINDS, PERSON_GIVEN, make_desk

DRAFT = {
    "title": "Meeting in the street 2026", "budget_eur": 600, "street_eur": 150, "neighbourhood_eur": 500, "how": "arrival",
    "spend": "next", "first_share": "0,8", "days_ahead": 28, "addresses_least": 3, "apply_from": "2026-03-02",
    "apply_until": "2026-03-31", "areas": "area\nBruul\nNekkerspoel",
}  # fmt: skip
WANTED = {
    "applicant": PERSON_GIVEN, "kind": "street", "area": "Bruul", "activity_day": "2026-06-06", "addresses": 4,
    "what": "A long table, one dish from every door.", "invitation": "A leaflet in all 62 letter boxes.", "asked_eur": 150,
}  # fmt: skip
READ = {"open_to_all": "yes", "in_scope": "yes"}
WAIVED = {"outcome": "Your plan takes part in the round", "code": "office", "sentence": "The post was ours."}


def at(month, day):
    return datetime(2026, month, day, 9, 0, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def town(request, tmp_path):
    made = make_desk(tmp_path / "desk", request.param, {n: p for n, p in catalogue().items() if n.startswith("grant")})
    made.now = at(3, 2)
    return made


def opened(town, **more):
    number = town.act("clerk", "drafted", procedure="grant_round", answers={**DRAFT, **more}).case
    town.act("clerk", "opened", number)
    return number


def hand_in(town, round_, read=READ, **more):
    """Hand in a plan, and have it read where ``read`` says how."""
    case = town.act("resident", "handed_in", procedure="grant", parent=round_, answers={**WANTED, **more}).case
    if read:
        town.act("clerk", "checked", case, read)
    return case


def signed(town, case, action, answers=None, **more):
    town.act("clerk", action, case, answers or {}, **more)
    return town.office.sign(town.actor("signer"), case, None, now=town.now)


def ranked(town, round_):
    town.now = at(4, 1)
    town.act("clerk", "closed", round_)
    town.act("clerk", "ranked", round_)
    signed(town, round_, "signed")


def look_at(town, conn, case):
    return town.office.look(conn, town.state(case), town.now.date().isoformat(), town.actor("clerk"))


def letter(town, case, n=-1):
    with town.office.home.database.read() as conn:
        look = look_at(town, conn, case)
        return unescape(letters.of_number(look, letters.rows_of(look)[n].id).html)


def outcome(town, case):
    return town.state(case).decisions[-1].body["decision"]["outcome"]


# ------------------------------------------------------------------------------------------------- by hand


def test_a_round_from_its_rule_to_the_last_euro(town):
    round_ = opened(town)
    first = hand_in(town, round_)
    wide = hand_in(town, round_, kind="neighbourhood", asked_eur=500)
    third = hand_in(town, round_, asked_eur=120)
    separate = hand_in(town, round_, read={"open_to_all": "no", "in_scope": "yes"})
    assert [town.state(c).stage for c in (first, wide, third, separate)] == ["complete"] * 3 + ["doubtful"]
    with pytest.raises(NotLawfulError, match="plans are taken until 2026-03-31"):
        town.act("clerk", "closed", round_)
    town.now = at(4, 1)
    town.act("clerk", "closed", round_)
    with pytest.raises(NotLawfulError, match=separate):  # nobody is passed over unread
        town.act("clerk", "ranked", round_)
    signed(town, separate, "refused")
    assert (town.state(separate).stage, outcome(town, separate)) == ("refused", "Your plan is refused")
    text = letter(town, separate)
    assert "Votre projet n'invite pas toutes les personnes qui y habitent." in text and "collège" in text

    town.act("clerk", "ranked", round_)
    signed(town, round_, "signed")
    got = {c: town.state(c).answers["granted_eur"] for c in (first, wide, third)}
    assert got == {first: 150.0, wide: 0.0, third: 120.0}  # 500 does not fit in 450: passed over, as the round says
    assert town.state(wide).stage == "not_granted" and "l'argent est épuisé" in letter(town, wide)

    signed(town, first, "first_paid", {"paid_on": "2026-04-01"})
    assert town.state(first).answers["first_eur"] == 120.0  # 80 % of 150
    with pytest.raises(NotLawfulError, match="the activity is on 2026-06-06"):
        town.act("resident", "held", first)
    town.now = at(6, 8)
    town.act("resident", "held", first)
    assert town.state(first).due == "2026-08-07"  # sixty days
    counts = {"came": 55, "from_streets": 4, "met_new": 21, "method": "tokens", "cost_eur": "163,20"}
    town.act("resident", "reported", first, counts)
    signed(town, first, "settled", {"proven_eur": 163.2})
    assert (town.state(first).stage, town.state(first).answers["second_eur"]) == ("settled", 30.0)
    with town.office.home.database.read() as conn:
        procedure = town.office.procedures["grant"]
        assert procedure.doses(look_at(town, conn, first)) == {
            "mixed_activities.streets_per_year": 1, "people_came": 55, "met_somebody_new": 21, "granted_eur": 150.0
        }  # fmt: skip
        assert procedure.doses(look_at(town, conn, third)) == {}
        page = town.office.procedures["grant_round"].public(look_at(town, conn, round_))
        assert page[-1].sentences[0].values == {"n": 1, "came": 55, "new": 21}

    # the third never happened: the first part comes back, by two people
    signed(town, third, "first_paid", {"paid_on": "2026-06-08"})
    signed(town, third, "not_held")
    assert (town.state(third).stage, town.state(third).answers["back_eur"]) == ("recovering", 96.0)
    with pytest.raises(NotLawfulError, match=third):
        town.act("clerk", "ended", round_)
    with pytest.raises(InputError, match="has not come yet"):
        town.act("clerk", "recovered", third, {"recovered_on": "2026-12-01"})
    town.act("clerk", "recovered", third, {"recovered_on": "2026-06-08"})
    town.act("clerk", "ended", round_)
    assert verify(town.office).sound


def test_too_little_shown_is_paid_back_and_no_report_takes_all(town):
    round_ = opened(town, budget_eur=300)
    dear, silent = hand_in(town, round_), hand_in(town, round_)
    ranked(town, round_)
    for case in (dear, silent):
        signed(town, case, "first_paid", {"paid_on": "2026-04-01"})
    town.now = at(6, 8)
    for case in (dear, silent):
        town.act("resident", "held", case)
    counts = {"came": 9, "from_streets": 1, "met_new": 0, "method": "estimate", "cost_eur": 80}
    town.act("resident", "reported", dear, counts)
    signed(town, dear, "settled", {"proven_eur": 80})
    assert (town.state(dear).stage, town.state(dear).answers["back_eur"]) == ("recovering", 40.0)
    with pytest.raises(NotLawfulError, match="the report can be handed in until 2026-08-07"):
        town.act("clerk", "not_held", silent)
    town.now = at(8, 8)
    signed(town, silent, "not_held")
    assert town.state(silent).answers["back_eur"] == 120.0
    assert "Aucun rapport sur l'activité n'est arrivé à temps." in letter(town, silent)

    # a reckoning that was wrong is made anew after an objection, and nothing is paid twice
    town.act("resident", "objection", dear, {"objection_ground": "A bill was in the second envelope."})
    signed(town, dear, "objection decided", {"objection_outcome": "objection upheld", "objection_reason": "It was."})
    assert town.state(dear).stage == "reported"
    signed(town, dear, "settled", {"proven_eur": 150})
    assert town.state(dear).answers["second_eur"] == 30.0
    town.act("resident", "objection", dear, {"objection_ground": "And this one."})
    signed(town, dear, "objection decided", {"objection_outcome": "objection upheld", "objection_reason": "Well."})
    signed(town, dear, "settled", {"proven_eur": 150})
    assert town.state(dear).answers["second_eur"] == 0.0


def test_an_objection_upheld_after_the_round_is_paid_beside_it(town):
    round_ = opened(town)
    kept, refused = hand_in(town, round_), hand_in(town, round_, read={"open_to_all": "not known", "in_scope": "yes"})
    town.now = at(4, 1)
    signed(town, refused, "refused")
    assert "ne dit pas comment" in letter(town, refused)
    ranked(town, round_)
    with pytest.raises(NotLawfulError, match="cannot follow"):
        town.act("clerk", "granted_after", refused, {"granted_eur": 10})
    town.act("resident", "objection", refused, {"objection_ground": "Look at the leaflet again."})
    signed(town, refused, "objection decided", {"objection_outcome": "objection upheld", "objection_reason": "Yes."})
    with pytest.raises(InputError, match="at most 150"):
        town.act("clerk", "granted_after", refused, {"granted_eur": 151})
    signed(town, refused, "granted_after", {"granted_eur": 150})
    assert town.state(refused).stage == "granted" == town.state(kept).stage
    assert "Avant l'activité, 120 euros vous sont versés." in letter(town, refused)


def test_a_lot_that_nobody_could_know_and_points_of_two(town):
    lot = opened(town, how="lot", budget_eur=150, seed_source="the lottery of 3 April", seed_day="2026-04-03")
    plans = [hand_in(town, lot) for _ in range(5)]
    jury = opened(town, how="points", budget_eur=150, criteria="criterion,most\nWho is reached,10\nNew encounters,5")
    less, more = (hand_in(town, jury) for _ in range(2))
    town.now = at(4, 1)
    town.act("clerk", "closed", lot)
    for why in ("the list is not frozen", "the seed is known on 2026-04-03"):
        with pytest.raises(NotLawfulError, match=why):
            town.act("clerk", "seeded", lot, {"seed": "4 8 15"})
        town.act("clerk", "frozen", lot)
    with pytest.raises(NotLawfulError, match="the seed is not known"):
        town.act("clerk", "ranked", lot)
    town.now = at(4, 3)
    signed(town, lot, "seeded", {"seed": "4 8 15"})
    town.act("clerk", "ranked", lot)
    signed(town, lot, "signed")
    first = min(plans, key=lambda p: (grants.ticket(lot, "4 8 15", p), p))
    assert [p for p in plans if town.state(p).stage == "granted"] == [first]
    with town.office.home.database.read() as conn:
        data = town.office.procedures["grant_round"].data(look_at(town, conn, lot))
    assert data["seed"] == "4 8 15" and {r["plan"] for r in data["ranking"]} == set(plans)

    town.act("clerk", "closed", jury)
    with pytest.raises(NotLawfulError, match="lack the points"):
        town.act("clerk", "ranked", jury)
    with pytest.raises(InputError) as error:
        town.act("jury", "scored", less, {"points": "criterion,points\nWho is reached,11"})
    assert [p.allowed for p in error.value.problems] == ["0 to 10", ""]
    for member, points in (("jury", (5, 1)), ("jury2", (9, 2))):
        for case, n in ((less, 0), (more, 1)):
            rows = f"criterion,points\nWho is reached,{points[n] + n}\nNew encounters,{n * 5}"
            town.act(member, "scored", case, {"points": rows})
    with pytest.raises(NotLawfulError, match="you have given your points"):
        town.act("jury", "scored", less, {"points": "criterion,points\nWho is reached,1\nNew encounters,1"})
    town.act("clerk", "ranked", jury)
    signed(town, jury, "signed")
    # less: 5 and 9, so 7; more: 2 + 5 and 3 + 5, so 7.5
    assert {c: town.state(c).answers["points_mean"] for c in (less, more)} == {less: 7.0, more: 7.5}
    assert (town.state(more).stage, town.state(less).stage) == ("granted", "not_granted")


def test_a_seed_that_was_public_before_the_list_was_frozen_is_put_off(town):
    lot = opened(town, how="lot", seed_source="the lottery of 3 April", seed_day="2026-04-03")
    plans = [hand_in(town, lot, read=None) for _ in range(2)]
    town.now = at(4, 3)
    town.act("clerk", "closed", lot)
    with pytest.raises(NotLawfulError, match="2 plans are not decided"):
        town.act("clerk", "frozen", lot)
    for plan in plans:
        town.act("clerk", "checked", plan, READ)
    town.act("clerk", "frozen", lot)
    with pytest.raises(InputError, match="was public before the list was frozen"):
        town.act("clerk", "seeded", lot, {"seed": "4 8 15"})
    with pytest.raises(InputError, match="must lie ahead"):
        town.act("clerk", "seed_put_off", lot, {"seed_source": "today's", "seed_day": "2026-04-03"})
    signed(town, lot, "seed_put_off", {"seed_source": "the lottery of 10 April", "seed_day": "2026-04-10"})
    town.now = at(4, 10)
    signed(town, lot, "seeded", {"seed": "16 23 42"})
    with pytest.raises(NotLawfulError, match="can no longer change"):
        town.act("clerk", "frozen", lot)
    town.act("clerk", "ranked", lot)


# ---------------------------------------------------------------------------------- whatever is typed in


def test_a_draft_that_does_not_go_together_is_told_at_once(town):
    wrong = {"apply_until": "2026-03-01", "how": "lot", "areas": "area\nBruul\nBruul"}
    with pytest.raises(InputError) as error:
        town.act("clerk", "drafted", procedure="grant_round", answers={**DRAFT, **wrong})
    assert [p.column for p in error.value.problems] == ["apply_until", "seed_source", "seed_day", "area"]
    with pytest.raises(InputError, match="points need criteria"):
        town.act("clerk", "drafted", procedure="grant_round", answers={**DRAFT, "how": "points"})
    with pytest.raises(InputError, match="budget_eur"):
        town.act("clerk", "drafted", procedure="grant_round", answers={**DRAFT, "budget_eur": "lots"})


def test_a_plan_that_cannot_be_is_told_at_once_and_nothing_is_stored(town):
    round_ = opened(town)
    wrong = {"area": "Brul", "asked_eur": 150, "addresses": 0, "activity_day": "32/13/2026"}
    with pytest.raises(InputError) as error:
        hand_in(town, round_, **wrong)
    assert [p.column for p in error.value.problems] == ["area", "activity_day", "addresses"]
    assert error.value.problems[0].nearest == "Bruul"
    for more, why in (({"activity_day": "2026-03-01"}, "has passed"), ({"asked_eur": 151}, "more than the round")):
        with pytest.raises(InputError, match=why):
            hand_in(town, round_, **more)
    with pytest.raises(NotLawfulError, match="a plan belongs to a round"):
        hand_in(town, "")
    with pytest.raises(InputError, match="nothing is asked by the name open_to_all"):
        hand_in(town, round_, open_to_all="yes")  # the clerk reads that, nobody claims it
    town.now = at(4, 1)
    with pytest.raises(NotLawfulError, match="plans were taken until"):
        hand_in(town, round_)
    with town.office.home.database.read() as conn:
        assert look_at(town, conn, round_).children("grant") == []


def test_counts_of_who_met_fit_and_nobody_alone_refuses(town):
    round_ = opened(town)
    case, late = hand_in(town, round_), hand_in(town, round_, activity_day="2026-03-20")
    assert town.state(late).stage == "doubtful"  # eighteen days ahead
    town.act("clerk", "refused", late)
    with pytest.raises(NotAllowedError, match="same person"):
        town.office.sign(_both(town), late, None, now=town.now)
    with pytest.raises(InputError, match="'mood' cannot be chosen"):
        town.act("clerk", "refused", late, override={**WAIVED, "code": "mood"})
    signed(town, late, "refused", override=WAIVED)
    assert town.state(late).stage == "complete"
    with pytest.raises(NotAllowedError):
        town.act("resident", "checked", case, READ)
    ranked(town, round_)
    town.now = at(6, 8)
    town.act("clerk", "held", case)
    with pytest.raises(InputError) as error:
        counts = {"came": 5, "from_streets": 6, "met_new": 7, "method": "tally", "cost_eur": 1}
        town.act("resident", "reported", case, counts)
    assert [p.column for p in error.value.problems] == ["met_new", "from_streets"]
    with pytest.raises(UsageError, match="there is no case"):
        town.act("clerk", "held", "P-2026-99999")


def _both(town):
    from dataclasses import replace

    from mechlin.desk.ground.roles import RoleGiven

    clerk = town.actor("clerk")
    return replace(clerk, roles=(*clerk.roles, RoleGiven("signer")))


def test_a_ranking_that_no_longer_holds_is_not_signed(town):
    round_ = opened(town)
    case, other = hand_in(town, round_), hand_in(town, round_)
    town.now = at(4, 1)
    town.act("clerk", "closed", round_)
    town.act("clerk", "ranked", round_)
    town.act("resident", "withdrawn", other)
    with pytest.raises(NotLawfulError, match="rank again"):
        town.act("clerk", "signed", round_)
    town.act("clerk", "ranked", round_)
    signed(town, round_, "signed")
    assert town.state(case).stage == "granted"


# ------------------------------------------------------------------------------------------ one definition

SAID = {"yes": True, "no": False, "not known": None}


def test_the_desk_reads_a_plan_as_the_worked_cases_say(town):
    """The same table that the rule alone answers; the condition of openness is the one that a simulated month obeys."""
    for case in worked_cases("grants_plan"):
        asks = {"days_ahead": case["asked_days_ahead"], "addresses_least": case["asked_addresses"]}
        round_ = opened(town, **asks)
        day = datetime.fromordinal(town.now.toordinal() + int(case["days_ahead"])).date().isoformat()
        number = hand_in(town, round_, {n: case[n] for n in READ}, activity_day=day, addresses=case["addresses"])
        assert (town.state(number).stage == "complete") == (not case["not_met"]), case
        if not case["not_met"]:
            continue
        signed(town, number, "refused")
        told = town.state(number).decisions[-1].body["decision"]["conditions"]
        names = (grants.OPEN, grants.SCOPE, grants.AHEAD, grants.ADDRESSES)
        assert [n for n, c in zip(names, told, strict=True) if c["met"] != "yes"] == case["not_met"].split(), case


def test_the_desk_pays_the_share_that_a_simulated_month_pays(town):
    """Where the rule is in force; a desk has no way to switch it off, a rehearsal may."""
    rounds = []
    for case in (c for c in worked_cases("grants") if c["rule_in_force"] == "yes"):
        round_, separate = opened(town, budget_eur=10_000), round(4 * float(case["one_group_share"]))
        plans = [hand_in(town, round_, {**READ, "open_to_all": "no" if n < separate else "yes"}) for n in range(4)]
        for plan in plans[:separate]:
            signed(town, plan, "refused")
        rounds.append((case, round_, plans, separate))
    for case, round_, plans, separate in rounds:
        ranked(town, round_)
        paid = [town.state(p).stage == "granted" for p in plans]
        shares = sum(paid[separate:]) / 4, sum(paid[:separate]) / 4
        assert shares == (float(case["paid_open_share"]), float(case["paid_one_group_share"])), case


@pytest.mark.slow
def test_the_desk_spends_a_budget_as_the_worked_cases_say(town):
    rounds = []
    for case in worked_cases("grants_budget"):
        more = {n: case[n] for n in ("how", "spend", "budget_eur")}
        if case["how"] == "points":
            more["criteria"] = "criterion,most\nWho is reached,10"
        round_ = opened(town, street_eur=500, **more)
        plans = [hand_in(town, round_, asked_eur=eur) for eur in case["asked_eur"].split()]
        rounds.append((case, round_, plans))
    for case, round_, plans in rounds:
        for plan, points in zip(plans, case["points"].split(), strict=True):
            for member in ("jury", "jury2") if case["how"] == "points" else ():
                town.act(member, "scored", plan, {"points": [{"criterion": "Who is reached", "points": int(points)}]})
        ranked(town, round_)
        got = [town.state(p).answers["granted_eur"] for p in plans]
        assert got == [float(eur) for eur in case["granted_eur"].split()], case


def test_the_rule_alone_answers_as_the_worked_cases_say():
    for case in worked_cases("grants_plan"):
        plan = grants.Plan(*(SAID[case[n]] for n in READ), int(case["days_ahead"]), int(case["addresses"]))
        asked = grants.Asked(int(case["asked_days_ahead"]), int(case["asked_addresses"]))
        assert [n for n, m in grants.conditions(plan, asked) if m is not True] == case["not_met"].split(), case
    for case in worked_cases("grants_budget"):
        rows = zip(case["asked_eur"].split(), case["points"].split(), strict=True)
        plans = [Ready(f"P-{n}", n, float(p), 100 * int(eur)) for n, (eur, p) in enumerate(rows)]
        got = allot(plans, case["how"], case["spend"], 100 * int(case["budget_eur"]), "G-1")
        assert [g.cents / 100 for g in sorted(got)] == [float(e) for e in case["granted_eur"].split()], case


def test_no_random_round_spends_more_than_it_has_or_passes_anybody_unseen():
    rng = random.Random(17)
    for n in range(2000):
        plans = [
            Ready(f"P-{i}", i, rng.randrange(9), rng.choice((100, 9_999, 15_000, 50_000)))
            for i in range(rng.randrange(12))
        ]
        how, spend = rng.choice(("arrival", "lot", "points")), rng.choice(("part", "next", "stop"))
        budget = rng.choice((0, 100, 40_000, 100_000))
        got = allot(plans, how, spend, budget, f"G-{n}", "seed")
        asked = {p.plan: p.asked_cents for p in plans}
        assert sum(g.cents for g in got) <= budget and [g.rank for g in got] == list(range(1, len(plans) + 1))
        assert all(0 <= g.cents <= asked[g.plan] for g in got)
        short = [g.cents < asked[g.plan] for g in got]
        if spend == "stop":
            assert short == sorted(short)
        if spend != "part":
            assert all(g.cents in (0, asked[g.plan]) for g in got)
        assert allot(plans[::-1], how, spend, budget, f"G-{n}", "seed") == got or how == "points"
