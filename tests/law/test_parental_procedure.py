"""The procedure that involves parents: every path by hand, deadlines, what is impossible, and what no path may do."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlin.law import parental_procedure as law
from mechlin.law.parental_procedure import Case, ImpossibleEvent, fine_legal_max_eur, next_stage

BORN = date(2000, 6, 1)
FORMS = {1: date(2014, 3, 3), 2: date(2015, 3, 2)}  # a first finding at 13 and at 14


def follow(form, *events):
    """Return the file after these events, one every ten days from the form's first finding on."""
    case, day = Case(form, BORN), FORMS[form]
    for event in events:
        name, grave = (event[:-1], True) if event.endswith("!") else (event, False)
        if name == "deadline passed":
            day = case.deadline + timedelta(days=1)
        case = case.feed(name, day, grave)
        day += timedelta(days=10)
    return case


PATHS = [
    (1, ("finding", "accepted", "place found", "kept"), law.KEPT),
    (1, ("finding", "accepted", "place found", "deadline passed"), law.NO_REPORT),
    (1, ("finding", "accepted", "place found", "broken"), law.FINED),
    (1, ("finding", "accepted", "no place"), law.NO_PLACE),
    (1, ("finding", "accepted", "deadline passed"), law.NO_PLACE),
    (1, ("finding", "refused"), law.FINED),
    (1, ("finding", "deadline passed"), law.FINED),
    (1, ("finding", "finding", "accepted", "finding", "place found", "finding", "kept"), law.KEPT),
    (2, ("finding",), law.WARNED),
    (2, ("finding!",), law.ASKED),
    (2, ("finding", "finding"), law.ASKED),
    (2, ("finding!", "own measures enough"), law.OWN),
    (2, ("finding!", "deadline passed", "accepted", "place found", "kept"), law.KEPT),
    (2, ("finding!", "procedure started", "accepted", "no place"), law.NO_PLACE),
    (2, ("finding!", "procedure started", "accepted", "deadline passed"), law.NO_PLACE),
    (2, ("finding!", "procedure started", "accepted", "place found", "deadline passed"), law.NO_REPORT),
    (2, ("finding!", "procedure started", "refused", "accepted", "kept"), law.SERVED),
    (2, ("finding!", "procedure started", "refused", "accepted", "deadline passed"), law.NO_REPORT),
    (2, ("finding!", "procedure started", "refused", "accepted", "broken"), law.FINED),
    (2, ("finding!", "procedure started", "refused", "refused"), law.FINED),
    (2, ("finding!", "procedure started", "deadline passed", "deadline passed"), law.FINED),
    (2, ("finding!", "procedure started", "accepted", "place found", "broken", "refused"), law.FINED),
    (2, ("finding!", "own measures enough", "finding"), law.WARNED),
    (1, ("finding", "refused", "notified", "appealed", "annulled"), law.ANNULLED),
    (1, ("finding", "refused", "notified", "paid"), law.PAID),
    (1, ("finding", "refused", "notified", "appealed", "appeal rejected"), law.OWED),
    (1, ("finding", "refused", "notified", "appealed", "appeal rejected", "paid"), law.PAID),
    (1, ("finding", "refused", "no fine"), law.NO_FINE),
    (2, ("finding!", "procedure started", "refused", "refused", "notified", "paid"), law.PAID),
    (2, ("finding!", "procedure started", "refused", "refused", "no fine"), law.NO_FINE),
    (2, ("finding!", "procedure started", "refused", "refused", "notified", "appealed", "appeal rejected"), law.OWED),
    (
        2,
        ("finding!", "procedure started", "refused", "refused", "notified", "appealed", "appeal rejected", "paid"),
        law.PAID,
    ),
    (2, ("finding!", "procedure started", "refused", "refused", "notified", "appealed", "annulled"), law.ANNULLED),
]


@pytest.mark.parametrize("form,events,stage", PATHS, ids=lambda v: "-".join(v) if isinstance(v, tuple) else str(v))
def test_every_path_ends_where_the_rules_say_and_says_why(form, events, stage):
    case = follow(form, *events)
    assert case.stage == stage
    assert all(step.reason and step.basis for step in case.steps)
    assert case.fine_max_eur == ({1: 100.0, 2: 175.0}[form] if stage == law.FINED else 0.0)


def test_the_paths_use_every_rule():
    used = set()
    for form, events, _ in PATHS:
        used |= {(form, step.reason) for step in follow(form, *events).steps}
    joined = "A further finding joins the case that is open."
    assert {(r.form, r.reason) for r in law.RULES if r.reason != joined} <= used


def test_a_second_finding_leads_further_only_within_a_year_of_the_warning():
    first = Case(2, BORN).feed("finding", date(2015, 3, 2))
    assert first.feed("finding", date(2016, 3, 1)).stage == law.ASKED
    assert first.feed("finding", date(2016, 3, 2)).stage == law.WARNED  # 2016 has a 29 February: day 366


def test_deadlines_run_from_the_day_and_bind():
    case = Case(2, BORN).feed("finding", date(2015, 3, 2), grave=True)
    assert case.deadline == date(2015, 3, 17)
    assert case.feed("procedure started", date(2015, 3, 17)).deadline == date(2015, 4, 16)
    with pytest.raises(ImpossibleEvent, match="no deadline has passed"):
        case.feed("deadline passed", date(2015, 3, 17))
    with pytest.raises(ImpossibleEvent, match="feed 'deadline passed' first"):
        case.feed("procedure started", date(2015, 3, 18))
    assert case.feed("finding", date(2015, 3, 10)).deadline == case.deadline


IMPOSSIBLE = [
    (1, (), "kept", date(2014, 3, 3), "cannot follow on 'none'"),
    (2, ("finding",), "refused", date(2015, 3, 20), "cannot follow on 'warned'"),
    (2, ("finding!", "procedure started", "refused", "refused"), "kept", date(2015, 5, 1), "cannot follow on 'fined'"),
    (
        2,
        ("finding!", "procedure started", "refused", "refused", "notified", "appealed", "appeal rejected"),
        "appealed",
        date(2015, 9, 1),
        "cannot follow on 'fine owed'",  # a court rules once
    ),
    (2, ("finding",), "finding", date(2015, 3, 1), "before the last event"),
    (1, (), "finding", date(2019, 3, 1), "age|not in force"),
    (2, (), "finding", date(2013, 12, 31), "not in force"),
    (1, (), "finding", date(2012, 5, 31), "at 11 the procedure does not apply: from 12"),
    (2, (), "finding", date(2014, 5, 31), "at 13 the procedure does not apply: from 14"),
    (2, (), "finding", date(2018, 6, 1), "at 18"),
    (2, (), "arrested", date(2015, 6, 1), "no event of the procedure"),
]


@pytest.mark.parametrize("form,before,event,day,why", IMPOSSIBLE)
def test_impossible_events_are_refused_with_the_reason(form, before, event, day, why):
    with pytest.raises(ImpossibleEvent, match=why):
        follow(form, *before).feed(event, day)


steps = st.lists(st.tuples(st.integers(0, len(law.EVENTS) - 1), st.booleans(), st.integers(-1, 400)), max_size=14)


@pytest.mark.slow
@given(st.sampled_from((1, 2)), steps)
def test_nobody_who_kept_the_agreement_is_fined(form, events):
    stage = law.NONE
    for event, grave, since in events:
        after = int(next_stage(form, stage, event, grave, since))
        if after == law.IMPOSSIBLE:
            continue
        if after == law.FINED:
            assert event in (law.REFUSED, law.BREAKS, law.EXPIRES)
            assert stage not in (law.AGREED, law.KEPT, law.SERVED, law.OWN, law.NO_PLACE)
            assert not (stage in (law.PLAN, law.SERVING) and event != law.BREAKS)
        if event == law.EXPIRES and stage in (law.PLAN, law.SERVING):  # silence is no success
            assert after == law.NO_REPORT
        if event in (law.KEEPS, law.ENOUGH, law.LACKS_PLACE):
            assert law.KEPT <= after < law.FINED
        if form == 2 and after == law.FINED:  # mediation was offered, and service after it
            assert stage in (law.SERVICE_OFFERED, law.SERVING)
        stage = after


@given(st.dates(date(2001, 1, 1), date(2030, 12, 31)), st.sampled_from((1, 2)))
def test_no_fine_is_above_what_the_law_allows_on_its_date(day, form):
    most = fine_legal_max_eur(day.year * 12 + day.month - 1, form)
    born = date(day.year - 15, 1, 1)
    grave = form == 2
    try:
        case = Case(form, born).feed("finding", day, grave)
    except ImpossibleEvent:
        assert most == 0.0
        return
    while case.deadline is not None:  # nobody ever answers
        case = case.feed("deadline passed", case.deadline + timedelta(days=1))
    assert case.stage == law.FINED and case.fine_max_eur == most <= 175.0


def test_the_table_of_the_simulation_and_the_file_agree():
    for rule in law.RULES:
        grave = rule.grave == 1
        since = 10 if rule.stage == law.WARNED else -1
        assert next_stage(rule.form, rule.stage, rule.event, grave, since) == rule.after
