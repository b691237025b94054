"""Parents: a lawyer before any talk, mediation or nothing, silence that is never success, a fine by two and no more than law."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from mechlin.core.errors import InputError
from mechlin.desk.casework import letters
from mechlin.desk.casework.office import NotAllowedError, NotLawfulError
from mechlin.desk.casework.verify import verify
from mechlin.desk.procedures import catalogue
from mechlin.law import parental_procedure as law
from mechlin.law.cases import worked_cases
from tests.desk.conftest import KINDS, make_desk
from tests.desk.histories import MINOR, STEP, differences, fine, open_file, prepare, step, today


def on(day):
    return datetime.fromisoformat(day).replace(hour=9, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def town(request, tmp_path):
    made = make_desk(tmp_path / "desk", request.param, {"parents": catalogue()["parents"]})
    made.now = on("2026-03-02")
    return made


def stage(town, case):
    return town.state(case).stage


def past_due(town, case):
    town.now = on(town.state(case).due) + timedelta(days=1)


def feed(town, case, *events):
    """Feed events of the law, one after the other, with all that must come before each."""
    for event in events:
        prepare(town, case)
        if event == "deadline passed":
            past_due(town, case)
        step(town, case, event)
    prepare(town, case)


def letter(town, case, n=-1):
    with town.office.home.database.read() as conn:
        look = town.office.look(conn, town.state(case), today(town), town.actor("clerk"))
        return unescape(letters.of_number(look, letters.rows_of(look)[n].id).html)


def doses(town, case):
    with town.office.home.database.read() as conn:
        look = town.office.look(conn, town.state(case), today(town), town.actor("clerk"))
        return look.procedure.doses(look)


# ------------------------------------------------------------------------------------------------- by hand


def test_from_a_warning_to_a_fine_that_a_court_annuls(town):
    case = open_file(town)
    assert stage(town, case) == "warned" and "un avertissement et rien de plus" in letter(town, case)
    town.now = on("2026-04-01")
    step(town, case, "finding")
    assert stage(town, case) == "parents asked"
    assert "Dites avant le 16 avril 2026" in letter(town, case) and "un avocat gratuit" in letter(town, case)
    for action, who, answers in (("talked", "clerk", {"talk_on": "2026-04-01", "talk": "x"}),
                                 ("started", "official", {}), ("own_measures", "official", {})):  # fmt: skip
        with pytest.raises(NotLawfulError, match="a lawyer, free of charge"):
            town.act(who, action, case, answers)
    town.act("clerk", "lawyer_asked", case, {"lawyer_on": "2026-04-01"})
    town.act("clerk", "talked", case, {"talk_on": "2026-04-01", "talk": "They work nights."})
    step(town, case, "procedure started")
    with pytest.raises(NotLawfulError, match="mediation is to be offered first"):
        step(town, case, "refused")
    past_due(town, case)
    with pytest.raises(NotLawfulError, match="mediation is to be offered first"):
        step(town, case, "deadline passed")  # silence on an offer that nobody made
    town.act("mediator", "mediation_offered", case, {"offered_on": today(town)})
    assert town.state(case).due > today(town)  # the term runs from the offer
    assert "Sans cette proposition, aucune amende" in letter(town, case)
    feed(town, case, "accepted", "place found", "broken")
    assert stage(town, case) == "service offered"
    with pytest.raises(InputError, match="1 to 15"):
        town.act("clerk", "service_accepted", case, {"service_hours": 16})
    feed(town, case, "accepted", "broken")
    assert stage(town, case) == "fined"
    with pytest.raises(NotLawfulError, match="no fine is imposed yet"):
        step(town, case, "notified")
    with pytest.raises(InputError, match="at most 175"):
        town.act("clerk", "fine", case, {"fine_eur": 176, "fine_why": "x"})
    with pytest.raises(NotAllowedError):
        town.act(
            "official", "fine", case, {"fine_eur": 100, "fine_why": "x"}
        )  # prepared by one, signed by the official
    fine(town, case, 100)
    text = letter(town, case)
    for said in ("L'amende est de 100 euros", "175 euros", "tribunal de la jeunesse", "Une médiation a été proposée"):
        assert said in text
    met = town.state(case).decisions[-1].body["decision"]["conditions"]
    assert len(met) == 4 and {c["met"] for c in met} == {"yes"}
    step(town, case, "notified")
    step(town, case, "appealed")
    step(town, case, "annulled")
    assert stage(town, case) == "closed: fine annulled" and town.state(case).closed
    assert verify(town.office).sound


def test_silence_about_a_plan_is_a_stage_of_its_own_and_never_kept(town):
    kept, silent = open_file(town, grave="yes"), open_file(town, grave="yes")
    for case in (kept, silent):
        feed(town, case, "procedure started", "accepted", "place found")
    step(town, kept, "kept")
    feed(town, silent, "deadline passed")
    assert (stage(town, kept), stage(town, silent)) == ("closed: plan kept", "closed: no report")
    assert "On ne sait pas si ce qui était convenu a été respecté" in letter(town, silent)
    assert doses(town, kept) == {"families_asked": 1, "plans_started": 1, "plans_kept": 1, "plans_without_report": 0}
    assert doses(town, silent) == {"families_asked": 1, "plans_started": 1, "plans_kept": 0, "plans_without_report": 1}


def test_a_fine_is_paid_or_left_after_its_appeal_and_too_late_is_too_late(town):
    paid, late, spared = (open_file(town, grave="yes") for _ in range(3))
    for case in (paid, late, spared):
        feed(town, case, "procedure started", "refused", "refused")
    fine(town, paid, 175)
    with pytest.raises(NotLawfulError, match="imposed already"):
        fine(town, paid, 1)
    step(town, paid, "notified")
    step(town, paid, "appealed")
    step(town, paid, "appeal rejected", court_eur=60)
    with pytest.raises(NotLawfulError, match="the court has ruled"):
        step(town, paid, "appealed")
    step(town, paid, "paid")
    assert (stage(town, paid), town.state(paid).answers["fine_eur"]) == ("closed: fine paid", 60)
    step(town, spared, "no fine")
    assert "Il n'y a pas d'amende" in letter(town, spared)
    town.now = on("2026-09-03")  # six months and a day after the facts
    with pytest.raises(NotLawfulError, match="until 2026-09-02; close the file without one"):
        fine(town, late)
    step(town, late, "no fine")
    assert stage(town, late) == "closed: no fine"


def test_own_measures_an_older_warning_and_a_year_that_is_over(town):
    case = open_file(town, warned_before="2025-09-01")
    assert stage(town, case) == "parents asked"  # a second within a year of the warning in an older file
    town.act("clerk", "lawyer_asked", case, {"lawyer_on": "2026-03-02"})
    step(town, case, "own measures enough")
    assert stage(town, case) == "closed: parents' own measures"
    first = open_file(town)
    with pytest.raises(NotLawfulError, match="the year runs until 2027-03-02"):
        town.act("clerk", "warning_lapsed", first)
    town.now = on("2027-03-03")
    with pytest.raises(NotLawfulError, match="the year of the warning is over"):
        step(town, first, "finding")
    town.act("clerk", "warning_lapsed", first)
    assert stage(town, open_file(town, warned_before="2026-03-02")) == "warned"


# ---------------------------------------------------------------------------------- whatever is typed in


def test_ages_days_and_hands_that_cannot_be_are_refused(town):
    for facts, more, why in (
        ("2026-03-03", {}, "not come yet"), ("2024-05-31", {}, "at 13 the procedure does not apply"),
        ("2026-03-02", {"by_law_age": "16"}, "at 15 the procedure does not apply"),
        ("2026-03-02", {"minor": {**MINOR, "born": "2008-03-02"}}, "at 18 the procedure"),
        ("2026-03-02", {"warned_before": "2026-03-03"}, "lies behind the facts"), ("", {"by_law_age": "13"}, "chosen"),
        ("2026-03-02", {"minor": ""}, "an answer is needed"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=why):
            open_file(town, facts, **more)
    for who in ("resident", "school", "mediator"):
        with pytest.raises(NotAllowedError):
            town.act(who, "found", procedure="parents", answers={})
    case = open_file(town, grave="yes")
    with pytest.raises(InputError, match="this day cannot be"):
        town.act("clerk", "lawyer_asked", case, {"lawyer_on": "2026-03-01"})
    with pytest.raises(NotLawfulError, match="the term runs until 2026-03-17"):
        step(town, case, "deadline passed")
    past_due(town, case)
    town.act("clerk", "lawyer_asked", case, {"lawyer_on": today(town)})
    with pytest.raises(NotLawfulError, match="has passed: enter that first"):
        step(town, case, "procedure started")


def test_a_fine_below_the_law_of_2006_is_that_of_its_form(town):
    """A file of older facts keeps the form of their day; its fine can no longer come in time."""
    old = open_file(town, "2013-12-01", minor={**MINOR, "born": "2000-06-01"}, by_law_age="12")
    assert (town.state(old).form, stage(town, old)) == ("2006", "plan offered")
    step(town, old, "refused")
    with pytest.raises(NotLawfulError, match="until 2014-06-01"):
        fine(town, old)
    assert law.fine_legal_max_eur("2013-12", 1) == 100.0


# ------------------------------------------------------------------------------------------ one definition

_TO = {  # how a file comes to each stage by other steps, in either form
    "2006": {"plan offered": (), "plan agreed": ("accepted",), "plan followed": ("accepted", "place found"),
             "fined": ("refused",), "none": ()},
    "2013": {"warned": (), "parents asked": (), "plan offered": ("procedure started",),
             "plan agreed": ("procedure started", "accepted"), "service offered": ("procedure started", "refused"),
             "plan followed": ("procedure started", "accepted", "place found"), "none": (),
             "service done": ("procedure started", "refused", "accepted"),
             "fined": ("procedure started", "refused", "refused")},
}  # fmt: skip
_ENDED = {"2006": ("closed: plan kept", "fined"), "2013": ("closed: parents' own measures", "fined")}
_MORE = {"fine notified": ("notified",), "fine appealed": ("notified", "appealed"),
         "fine owed": ("notified", "appealed", "appeal rejected")}  # fmt: skip


def _file_at(town, case):
    """Return a file at the stage of a worked case, or None where the case begins with the finding itself."""
    older = case["form"] == "2006"
    facts = {"minor": {**MINOR, "born": "2000-06-01"}, "by_law_age": "12"} if older else {}
    day = "2013-12-01" if older else today(town)
    grave = case["grave"] == "yes" if case["stage"] == "none" else case["stage"] != "warned"
    number = open_file(town, day, grave="yes" if grave else "no", **facts)
    base = case["stage"] if case["stage"] not in _MORE else "fined"
    feed(town, number, *_TO[case["form"]][base])
    return number


def _new_file(town, case):
    """Return the file in which a finding stands that comes after a file was closed, or after the year of a warning."""
    older, days = case["form"] == "2006", case["days_since_warning"]
    facts = {"minor": {**MINOR, "born": "2000-06-01"}, "by_law_age": "12"} if older else {}
    if days:
        facts["warned_before"] = (town.now - timedelta(days=int(days))).date().isoformat()
    return open_file(town, "2013-12-01" if older else today(town), grave=case["grave"], **facts)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["2006", "2013"])
def test_every_worked_case_is_so_at_the_desk(town, form):
    """The table that the rule alone and a simulated month answer; a fine of the older form can no longer be imposed."""
    for case in (c for c in worked_cases("parental_procedure") if c["form"] == form):
        if case["event"] == "finding" and (case["stage"] in _ENDED[form] or int(case["days_since_warning"] or 0) > 365):
            assert stage(town, _new_file(town, case)) == case["after"], case
            continue
        number = _file_at(town, case)
        if case["stage"] in (*_MORE, "fined") and case["event"] != "no fine":
            if form == "2006":
                continue
            fine(town, number)
            feed(town, number, *_MORE.get(case["stage"], ()))
        if case["stage"] == "none":
            assert stage(town, number) == case["after"], case
            continue
        if case["event"] == "deadline passed":
            past_due(town, number)
        if case["event"] == "finding" and case["days_since_warning"]:
            town.now += timedelta(days=int(case["days_since_warning"]))
        day = {"facts_on": "2013-12-01"} if form == "2006" and case["event"] == "finding" else {}
        step(town, number, case["event"], **day)
        assert stage(town, number) == case["after"], case


def test_the_desk_has_a_step_for_every_event_of_the_law():
    assert {"finding", *STEP} == set(law.EVENTS)


@pytest.mark.slow
def test_random_files_agree_with_the_rule_alone(town):
    """Ten here; ``benchmarks/desk_histories.py`` runs as many as it is told."""
    found = [text for seed in range(10) for text in differences(town, seed)]
    assert found == []
