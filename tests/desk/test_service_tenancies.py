"""Service tenancies: a call without an upper age, two readers, a lottery, hours that another confirms, and how it ends."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from starlette.testclient import TestClient

from mechlin.core.errors import InputError
from mechlin.desk.casework import letters
from mechlin.desk.casework.office import NotAllowedError, NotLawfulError
from mechlin.desk.casework.verify import verify
from mechlin.desk.procedures import catalogue
from mechlin.desk.web.app import app
from mechlin.law import service_tenancy as law
from mechlin.law.cases import worked_cases
from mechlin.law.school_draw import ticket
from tests.desk.conftest import KINDS, PERSON_GIVEN, make_desk

DRAFT = {
    "title": "Homes for a helping hand 2026", "homes": "home,estate,market_eur\nA1,Otterbeek,700\nA2,Otterbeek,600",
    "discount_share": 0.25, "hours_week": 7, "weeks_a_month": 4, "criteria": "criterion\nTime for neighbours\nAn own idea",
    "seed_source": "the lottery of 20 March", "apply_from": "2026-03-02", "apply_until": "2026-03-13",
    "seed_day": "2026-03-20",
}  # fmt: skip
APPLIES = {"applicant": PERSON_GIVEN, "adults": 2, "oldest": 34, "tenure": "private", "motivation": "I like teaching."}
SEEN = {"adults_seen": 2, "oldest_seen": 34, "tenure_seen": "private"}
YES = {"shown": ["Time for neighbours"], "convinced": "yes", "motivation_why": "Concrete."}
NO = {"convinced": "no", "motivation_why": "Only about the rent."}


def on(day):
    return datetime.fromisoformat(day).replace(hour=9, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def town(request, tmp_path):
    made = make_desk(
        tmp_path / "desk", request.param, {n: p for n, p in catalogue().items() if n.startswith("tenancy")}
    )
    made.now = on("2026-03-02")
    return made


def opened(town, **more):
    number = town.act("clerk", "drafted", procedure="tenancy_call", answers={**DRAFT, **more}).case
    town.act("clerk", "opened", number)
    return number


def apply(town, call, seen=SEEN, readers=(YES, YES), **more):
    """Apply; have papers and motivation read where it is said how."""
    case = town.act("resident", "applied", procedure="tenancy", parent=call, answers={**APPLIES, **more}).case
    if seen:
        town.act("clerk", "checked", case, seen)
    for reader, said in zip(("jury", "jury2", "both"), readers if seen == SEEN else (), strict=False):
        town.act(reader, "read_motivation", case, said)
    return case


def signed(town, case, action, answers=None, **more):
    town.act("clerk", action, case, answers or {}, **more)
    return town.office.sign(town.actor("signer"), case, None, now=town.now)


def drawn(town, *calls):
    town.now = on("2026-03-16")
    for call in calls:
        for action in ("closed", "frozen"):
            town.act("clerk", action, call)
    town.now = on("2026-03-20")
    for call in calls:
        signed(town, call, "seeded", {"seed": "4 8 15"})
        town.act("clerk", "drawn", call)
        signed(town, call, "signed")


def let(town, call, home, starts="2026-05-01"):
    """Offer a home to whoever is next, and have the contract signed; return the household."""
    from mechlin.desk.procedures.service_tenancies.lists import first_waiting

    with town.office.home.database.read() as conn:
        case = first_waiting(town.office.look(conn, town.state(_any(town, call)), "2026-04-01", town.actor("clerk")))
    town.act("clerk", "offered", case, {"home": home})
    town.act("resident", "accepted", case)
    signed(town, case, "signed", {"starts_on": starts})
    return case


def _any(town, call):
    with town.office.home.database.read() as conn:
        look = town.office.look(conn, town.state(call), "2026-04-01", town.actor("clerk"))
        return look.children("tenancy")[0].id


def look_at(town, conn, case, name="clerk"):
    return town.office.look(conn, town.state(case), town.now.date().isoformat(), town.actor(name))


def letter(town, case, n=-1):
    with town.office.home.database.read() as conn:
        look = look_at(town, conn, case)
        return unescape(letters.of_number(look, letters.rows_of(look)[n].id).html)


def decided(town, case):
    return town.state(case).decisions[-1].body["decision"]


def work(town, case, minutes, day=None):
    """Write hours down as the tenant would on a phone, and have the coordinator confirm them."""
    town.act("resident", "hours", case, {"minutes": minutes, "task": "homework", **({"worked_on": day} if day else {})})
    last = str(town.state(case).events[-1].seq)
    town.act("coordinator", "hours_confirmed", case, {"entries": [last]})


# ------------------------------------------------------------------------------------------------- by hand


def test_from_the_call_to_six_years(town):
    call = opened(town)
    old = apply(town, call, {**SEEN, "oldest_seen": 74}, oldest=74)
    assert town.state(old).stage == "eligible"  # nobody is too old where the by-law gives no reason
    for reader in ("jury", "jury2"):
        town.act(reader, "read_motivation", old, YES)
    split = apply(town, call, readers=(YES, NO))
    assert town.state(split).stage == "eligible"  # they differ: a third reads
    with pytest.raises(NotLawfulError, match="you have read this motivation"):
        town.act("jury", "read_motivation", split, NO)
    town.act("both", "read_motivation", split, NO)
    owner = apply(town, call, {**SEEN, "tenure_seen": "owner"}, tenure="owner")
    plain = apply(town, call)
    town.now = on("2026-03-16")
    town.act("clerk", "closed", call)
    with pytest.raises(NotLawfulError, match=split):
        town.act("clerk", "frozen", call)
    signed(town, split, "refused")
    signed(town, owner, "refused")
    assert "la plupart ont dit non" in letter(town, split) and "1 lecteurs sur 3" in letter(town, split)
    assert {c["name"]: c["met"] for c in decided(town, owner)["conditions"]}[
        "The household does not own its home"
    ] == "no"
    town.act("clerk", "frozen", call)
    with pytest.raises(NotLawfulError, match="the seed is known on 2026-03-20"):
        town.act("clerk", "seeded", call, {"seed": "4 8 15"})
    town.now = on("2026-03-20")
    signed(town, call, "seeded", {"seed": "4 8 15"})
    town.act("clerk", "drawn", call)
    signed(town, call, "signed")
    first, second = sorted((old, plain), key=lambda n: (ticket(call, "4 8 15", n), n))
    assert town.state(call).answers["order"] == [first, second]
    with town.office.home.database.read() as conn:
        data = town.office.procedures["tenancy_call"].data(look_at(town, conn, call))
    assert sorted(data["order"], key=lambda n: (ticket(data["call"], data["seed"], n), n)) == data["order"]

    with pytest.raises(NotLawfulError, match=f"{first} comes before"):
        town.act("clerk", "offered", second, {"home": "A1"})
    town.act("clerk", "offered", first, {"home": "A1"})
    assert town.state(first).answers["rent_eur"] == 525.0  # 700 less a quarter
    assert "525 euros par mois" in letter(town, first) and "28 heures par mois" in letter(town, first)
    assert town.state(first).due == "2026-04-03"  # fourteen days
    with pytest.raises(InputError, match="cannot be chosen"):
        town.act("clerk", "offered", second, {"home": "A1"})  # taken
    town.now = on("2026-04-04")
    with pytest.raises(NotLawfulError, match="the offer stood until 2026-04-03"):
        town.act("resident", "accepted", first)
    signed(town, first, "not_answered")
    assert town.state(first).stage == "declined"
    town.act("clerk", "offered", second, {"home": "A1"})
    town.act("resident", "accepted", second)
    signed(town, second, "signed", {"starts_on": "2026-05-01"})
    assert town.state(second).stage == "serving" and town.state(second).due == "2027-04-05"  # 4 April 2027 is a Sunday

    town.now = on("2026-05-04")
    work(town, second, 90)
    entry = town.state(second).events[-2].body["answers"]
    assert (entry["worked_on"], entry["estate"]) == ("2026-05-04", "Otterbeek")  # both left empty
    with town.office.home.database.read() as conn:
        doses = town.office.procedures["tenancy"].doses(look_at(town, conn, second))
    assert doses == {"service_tenancy.homes": 1.0, "hours_confirmed": 1.5}

    for left, outcome in ((72, "goes on"), (1, "goes on"), (0, "has reached its term")):
        town.now = on({72: "2026-05-31", 1: "2032-04-30", 0: "2032-05-01"}[left])
        if left == 1:
            with pytest.raises(InputError, match="1 months of the term are left"):
                town.act("clerk", "ended", second, {"end_ground": "term", "ends_on": "2032-05-31"})
        town.act("clerk", "reviewed", second)
        assert outcome in decided(town, second)["outcome"], left
    signed(town, second, "ended", {"end_ground": "term", "ends_on": "2032-05-31"})
    assert town.state(second).stage == "ended" and "prend fin" in letter(town, second)
    assert verify(town.office).sound


def test_too_few_hours_warn_twice_talk_thirty_days_then_end(town):
    call = opened(town)
    apply(town, call)
    drawn(town, call)
    case = let(town, call, "A1")
    town.now = on("2026-06-30")
    with pytest.raises(NotLawfulError, match="two whole months in a row"):
        town.act("clerk", "warned", case)  # June is not over
    town.now = on("2026-07-01")
    signed(town, case, "warned")
    assert town.state(case).answers["short_months"] == [
        {"month": "2026-05", "minutes": 0, "owed": 1680}, {"month": "2026-06", "minutes": 0, "owed": 1680}
    ]  # fmt: skip
    text = letter(town, case)
    assert "2026-05\u00a0: 0 heures sur 28." in text and "l'avertissement 1 sur 2" in text
    breach = {"end_ground": "breach", "ends_on": "2026-12-31"}
    with pytest.raises(InputError, match="only after two warnings"):
        town.act("clerk", "ended", case, breach)
    with pytest.raises(InputError, match="the talk follows on the warning"):
        town.act("coordinator", "talked", case, {"talk_on": "2026-06-30", "talk": "x"})
    town.act("coordinator", "talked", case, {"talk_on": "2026-07-01", "talk": "Evenings suit better."})
    town.now = on("2026-07-20")
    work(town, case, 1260)  # three quarters of 28 hours
    with pytest.raises(NotLawfulError, match="is not over"):
        town.act("coordinator", "on_track", case)
    town.now = on("2026-08-03")
    town.act("coordinator", "on_track", case)
    assert town.state(case).stage == "serving"
    town.now = on("2026-10-01")
    signed(town, case, "warned")  # August and September
    assert town.state(case).answers["warning"] == 2
    town.act("clerk", "reviewed", case)
    assert decided(town, case)["outcome"] == "Your contract may be ended: two warnings"
    with pytest.raises(InputError, match="thirty days after that talk"):  # the talk of July was before this warning
        town.act("clerk", "ended", case, breach)
    town.act("coordinator", "talked", case, {"talk_on": "2026-10-01", "talk": "No answer at the door."})
    town.now = on("2026-10-30")
    with pytest.raises(InputError, match="thirty days after that talk"):
        town.act("clerk", "ended", case, breach)
    town.now = on("2026-10-31")
    signed(town, case, "ended", breach)
    assert town.state(case).stage == "ended" and not decided(town, case)["favourable"]
    town.act("resident", "objection", case, {"objection_ground": "I was in hospital."})
    signed(town, case, "objection decided", {"objection_outcome": "objection upheld", "objection_reason": "Shown."})
    assert town.state(case).stage == "serving"


def test_illness_stops_the_clock_and_owes_nothing(town):
    call = opened(town)
    apply(town, call)
    drawn(town, call)
    case = let(town, call, "A1")
    due = town.state(case).due
    town.now = on("2026-05-01")
    town.act("clerk", "clock stopped", case, {"stop_reason": "illness"})
    with pytest.raises(NotLawfulError, match="the clock"):
        town.act("resident", "hours", case, {"minutes": 60, "task": "homework"})
    town.now = on("2026-06-16")
    town.act("clerk", "clock started", case)
    assert date.fromisoformat(town.state(case).due) >= date.fromisoformat(due) + timedelta(days=46)
    town.now = on("2026-07-01")
    with town.office.home.database.read() as conn:
        from mechlin.desk.procedures.service_tenancies.lists import months_worked

        assert months_worked(look_at(town, conn, case)) == [("2026-05", 0, 0), ("2026-06", 0, 840)]
    with pytest.raises(NotLawfulError, match="two whole months"):
        town.act("clerk", "warned", case)  # nothing was owed in May


def test_hours_are_confirmed_by_another_or_do_not_count(town):
    call = opened(town)
    apply(town, call)
    drawn(town, call)
    case = let(town, call, "A1")
    town.now = on("2026-05-04")
    for wrong, why in (
        ({"minutes": 4}, "outside what is possible"), ({"minutes": 60, "worked_on": "2026-05-05"}, "not come yet"),
        ({"minutes": 60, "worked_on": "2026-04-30"}, "begins on 2026-05-01"), ({"minutes": 60, "task": "x"}, "chosen"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=why):
            town.act("resident", "hours", case, {"task": "homework", **wrong})
    town.act("coordinator", "hours", case, {"minutes": 1000, "task": "presence"})
    with pytest.raises(InputError, match="has 1000 minutes already"):
        town.act("resident", "hours", case, {"minutes": 441, "task": "other"})
    own = str(town.state(case).events[-1].seq)
    with pytest.raises(NotLawfulError, match="no hours wait for you"):
        town.act("coordinator", "hours_confirmed", case, {"entries": [own]})
    town.act("resident", "hours", case, {"minutes": 30, "task": "other"})
    with pytest.raises(InputError, match="cannot be chosen"):
        town.act("coordinator", "hours_confirmed", case, {"entries": [own]})
    town.act("clerk", "hours_confirmed", case, {"entries": [own]})
    with pytest.raises(NotAllowedError):
        town.act("resident", "hours_confirmed", case, {"entries": [own]})
    wrong = str(town.state(case).events[-2].seq)
    town.act("coordinator", "hours_struck", case, {"struck": [wrong], "struck_why": "Nobody was there."})
    with town.office.home.database.read() as conn:
        assert town.office.procedures["tenancy"].doses(look_at(town, conn, case))["hours_confirmed"] == 1000 / 60


def test_a_tenant_sees_hours_and_a_wrong_entry_comes_back_filled(town):
    """On the page of one's own case: number and code, no account, no script."""
    call = opened(town)
    receipt = town.act("resident", "applied", procedure="tenancy", parent=call, answers=APPLIES)
    town.act("clerk", "checked", receipt.case, SEEN)
    for reader in ("jury", "jury2"):
        town.act(reader, "read_motivation", receipt.case, YES)
    drawn(town, call)
    assert let(town, call, "A1") == receipt.case
    client = TestClient(app(town.office), headers={"accept-language": "en"})
    page = client.get("/mine")
    token = re.search(r'name="-token" value="([^"]*)"', page.text)[1]
    own = {"-token": token, "-number": receipt.case, "-code": receipt.code}
    entry = {**own, "-action": "hours", "minutes": "90", "task": "homework"}
    page = client.post("/mine", data={**entry, "-form": "F1"})
    assert page.text.count("not confirmed yet") == 1 and "Help with homework" in page.text
    assert "not confirmed yet" in client.post("/mine", data={**entry, "-form": "F1"}).text
    assert len([e for e in town.state(receipt.case).events if e.kind == "hours"]) == 1  # sent twice, stored once
    page = client.post("/mine", data={**entry, "-form": "F2", "minutes": "9000"})
    assert 'value="9000"' in page.text and 'href="#f-minutes"' in page.text and "5 to 1440" in page.text
    assert "5 to 1440" not in page.text.partition("Object to a decision")[2]


def test_a_mistake_found_after_the_lottery_moves_nobody(town):
    call = opened(town)
    wronged, lucky = apply(town, call, {**SEEN, "tenure_seen": "not known"}), apply(town, call)
    signed(town, wronged, "refused")
    assert "vos papiers ne le montrent pas" in letter(town, wronged)
    drawn(town, call)
    town.act("resident", "objection", wronged, {"objection_ground": "The lease was in the envelope."})
    signed(town, wronged, "objection decided", {"objection_outcome": "objection upheld", "objection_reason": "It was."})
    town.act("clerk", "checked", wronged, SEEN)
    for reader in ("jury", "jury2"):
        town.act(reader, "read_motivation", wronged, YES)
    signed(town, wronged, "drawn_after")
    assert town.state(lucky).answers["rank"] == 1
    with pytest.raises(NotLawfulError, match=f"{wronged} comes before"):
        town.act("clerk", "offered", lucky, {"home": "A1"})
    town.act("clerk", "offered", wronged, {"home": "A1"})


# ---------------------------------------------------------------------------------- whatever is typed in


def test_an_upper_age_needs_its_reason_and_everything_wrong_is_told(town):
    wrong = {"upper_age": 60, "seed_day": "2026-03-13", "homes": "home,estate,market_eur\nA1,O,700\nA1,O,700"}
    with pytest.raises(InputError) as error:
        town.act("clerk", "drafted", procedure="tenancy_call", answers={**DRAFT, **wrong})
    assert [p.column for p in error.value.problems] == ["upper_reason", "seed_day", "home"]
    with pytest.raises(InputError, match="discount_share"):
        town.act("clerk", "drafted", procedure="tenancy_call", answers={**DRAFT, "discount_share": 35})


def test_readers_say_by_the_criteria_and_late_is_late(town):
    call = opened(town)
    case = apply(town, call, readers=())
    with pytest.raises(InputError, match="yes needs a criterion"):
        town.act("jury", "read_motivation", case, {"convinced": "yes", "motivation_why": "Nice."})
    every = {**NO, "shown": ["Time for neighbours", "An own idea"]}
    with pytest.raises(InputError, match="no cannot stand"):
        town.act("jury", "read_motivation", case, every)
    with pytest.raises(NotAllowedError):
        town.act("clerk", "read_motivation", case, YES)
    town.now = on("2026-03-14")
    with pytest.raises(NotLawfulError, match="applying ended on 2026-03-13"):
        apply(town, call)
    with pytest.raises(NotLawfulError, match="belongs to a call"):
        apply(town, "")


# ------------------------------------------------------------------------------------------ one definition


def test_the_desk_says_who_may_sign_as_the_worked_cases_say(town):
    """The table that a simulated month answers too; its upper age is that of a by-law, which the call must give."""
    call = opened(town, upper_age=law.AGE_END, upper_reason="hours at night, by-law article 4")
    plain = opened(town)
    for case in worked_cases("service_tenancy"):
        seen = {"adults_seen": case["adults"], "oldest_seen": case["oldest_age"], "tenure_seen": case["tenure"]}
        number = apply(town, call, seen)
        assert (town.state(number).stage == "eligible") == (case["may_sign"] == "yes"), case
        if float(case["oldest_age"]) >= law.AGE_END:
            assert town.state(apply(town, plain, seen)).stage == "eligible"


def test_the_desk_asks_rent_and_hours_as_the_worked_cases_say(town):
    for case in worked_cases("service_tenancy_rent"):
        more = {n: case[n] for n in ("discount_share", "hours_week", "weeks_a_month")}
        call = town.act(
            "clerk", "drafted", procedure="tenancy_call",
            answers={**DRAFT, "homes": f"home,estate,market_eur\nA1,O,{case['market_eur']}", **more},
        ).case  # fmt: skip
        with town.office.home.database.read() as conn:
            from mechlin.desk.procedures.service_tenancies.lists import hours_a_month, rent_eur

            look = look_at(town, conn, "")
            inside = type(look)(
                look.home, look.conn, look.procedures, look.state, look.day, look.actor, "tenancy", call
            )
            got = rent_eur(inside, "A1"), hours_a_month(inside.parent)
        assert got == (float(case["rent_eur"]), float(case["hours_month"])), case


@pytest.mark.slow
def test_the_desk_reviews_as_the_worked_cases_say(town):
    """Each case is a household whose contract began so long ago, warned so often, in a call that goes on or does not."""
    reviews = worked_cases("service_tenancy_review")
    calls, cases = {}, []
    for offered in ("yes", "no"):
        listed = [c for c in reviews if c["offered"] == offered]
        rows = "\n".join(f"A{n},O,700" for n in range(len(listed)))
        calls[offered] = opened(town, homes=f"home,estate,market_eur\n{rows}")
        for _ in listed:
            apply(town, calls[offered])
    drawn(town, *calls.values())
    for offered, call in calls.items():
        listed = [c for c in reviews if c["offered"] == offered]
        cases += [(case, let(town, call, f"A{n}")) for n, case in enumerate(listed)]
    for n in (1, 2):
        town.now = on(f"2026-{5 + 2 * n:02d}-01")
        for case, number in cases:
            if int(case["warnings"]) >= n:
                signed(town, number, "warned")
    signed(town, calls["no"], "ended")
    for case, number in sorted(cases, key=lambda pair: -int(pair[0]["months_left"])):
        months = law.TERM_MONTHS - int(case["months_left"])
        town.now = max(town.now, on(f"{2026 + (4 + months) // 12}-{(4 + months) % 12 + 1:02d}-01"))
        town.act("clerk", "reviewed", number)
        said = {"goes on": "Your contract goes on", "term reached": "Your contract has reached its term"}
        outcome = said.get(case["says"], "Your contract may be ended: two warnings")
        assert decided(town, number)["outcome"] == outcome, case


def test_hours_and_warnings_are_those_of_the_worked_cases():
    for case in worked_cases("service_tenancy_hours"):
        since, given = [], 0
        for owed, done in zip(case["owed"].split(), case["worked"].split(), strict=True):
            since.append(law.is_short(int(done), int(owed)))
            if law.warning_due(since):
                given, since = given + 1, []
        assert given == int(case["warnings"]), case


def test_the_desk_counts_random_months_as_the_rule_alone(town):
    """Random hours in random months: the file warns when the rule, fed month by month, says so."""
    rng = random.Random(17)
    call = opened(town)
    apply(town, call)
    drawn(town, call)
    case = let(town, call, "A1")
    since, given = [], 0
    for n in range(12):
        month = date(2026 + (4 + n) // 12, (4 + n) % 12 + 1, 15)
        minutes = rng.choice((0, 1259, 1260))
        town.now = on(month.isoformat())
        if minutes:
            work(town, case, minutes)
        since.append(law.is_short(minutes, 1680))
        following = (month.replace(day=28) + timedelta(days=5)).replace(day=1)
        town.now = on(following.isoformat())
        if law.warning_due(since) and given < law.WARNINGS_END:
            signed(town, case, "warned")
            since, given = [], given + 1
        else:
            with pytest.raises(NotLawfulError):
                town.act("clerk", "warned", case)
    assert given
