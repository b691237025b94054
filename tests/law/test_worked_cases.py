"""Each rule has one table of worked cases; the rule alone and a month in the simulated city must both answer so."""

import numpy as np
import pytest

from mechlin.core.clock import month_number
from mechlin.core.codes import Tenure
from mechlin.core.errors import InputError
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation
from mechlin.law import cameras, grants, parental_procedure, service_tenancy
from mechlin.law.cases import worked_cases

TENURE = {"owner": 0, "private": 1, "social": 2, "service": 3, "none": -1}
SAYS = {"goes on": service_tenancy.GOES_ON, "term reached": service_tenancy.TERM_REACHED,
        "warned twice": service_tenancy.WARNED_TWICE}  # fmt: skip
STAGE = {name: n for n, name in enumerate(parental_procedure.STAGES)}
EVENT = {name: n for n, name in enumerate(parental_procedure.EVENTS)}
FORM = {form.name: n for n, form in enumerate(parental_procedure.FORMS)}


def yes(text):
    assert text in ("yes", "no")
    return text == "yes"


# ------------------------------------------------------------------------------------------ service tenancies

SIGNING, REVIEWS, RENTS = (worked_cases(f"service_tenancy{part}") for part in ("", "_review", "_rent"))


def test_who_may_sign_and_why():
    for case in SIGNING:
        household = int(case["adults"]), float(case["oldest_age"]), TENURE[case["tenure"]]
        assert service_tenancy.qualifies(*household) == yes(case["may_sign"]), case
        said = service_tenancy.reasons(*household)
        assert all(reason.met for reason in said) == yes(case["may_sign"]), case
        assert all(reason.condition and reason.basis for reason in said)


def test_who_may_sign_in_a_simulated_month(toy):
    sim = Simulation(RunSpec("toy", package={"service_tenancy": {"homes": 6}}, months=1), toy)
    rows = np.flatnonzero(sim.state["households.alive"])[: len(SIGNING)]
    for h, case in zip(rows, SIGNING, strict=True):
        sim.state["households.adults"][h] = int(case["adults"])
        sim.state["households.oldest_born_month"][h] = -12 * float(case["oldest_age"])
        sim.state["households.tenure"][h] = TENURE[case["tenure"]]
    out = np.zeros(sim.state["households.alive"].size, dtype=bool)
    plan = sim.enrolments[0].plan
    plan.programme.eligible(sim.enrolments[0].view, plan.params, sim.months[0], out)
    assert out[rows].tolist() == [yes(case["may_sign"]) for case in SIGNING]


def test_what_a_review_says():
    for case in REVIEWS:
        said = service_tenancy.review(int(case["months_left"]), int(case["warnings"]), yes(case["offered"]))
        assert said == SAYS[case["says"]], case


def test_what_a_review_says_in_a_simulated_month(toy):
    for case in REVIEWS:
        sim = Simulation(RunSpec("toy", package={"service_tenancy": {"homes": 6}}, months=1,
                                 params={"housing": {"hours_missed": 0.0}}), toy)  # fmt: skip
        state = sim.state
        h = np.flatnonzero(state["households.alive"] & (state["households.tenure"] == Tenure.SOCIAL))[0]
        state["households.tenure"][h] = Tenure.SERVICE
        state["households.service_programme"][h] = 0 if yes(case["offered"]) else 9
        state["households.service_months_left"][h] = int(case["months_left"]) + 1
        state["households.warnings"][h] = int(case["warnings"])
        sim.month(sim.months[0])
        ended = [0, 0]
        if case["says"] != "goes on":
            ended[SAYS[case["says"]]] = 1
        assert state["city.service_ended"][0, :2].tolist() == ended, case


def test_what_rent_and_hours_are():
    for case in RENTS:
        rent = service_tenancy.rent_eur(float(case["market_eur"]), float(case["discount_share"]))
        hours = service_tenancy.hours_month(float(case["hours_week"]), float(case["weeks_a_month"]))
        assert (rent, hours) == (pytest.approx(float(case["rent_eur"])), float(case["hours_month"])), case


def test_what_rent_and_hours_are_in_a_simulated_month(toy):
    for case in RENTS:
        terms = {name: float(case[name]) for name in ("discount_share", "hours_week")}
        given = {"hours_missed": 0.0, "weeks_a_month": float(case["weeks_a_month"])}
        package = {"service_tenancy": {"homes": 6, **terms}}
        sim = Simulation(RunSpec("toy", package=package, months=6, params={"housing": given}), toy)
        state, signed = sim.state, 0
        for clock in sim.months:
            sim.month(clock)
            new = np.flatnonzero(state["households.alive"] & (state["households.tenure"] == Tenure.SERVICE)
                                 & (state["households.moved_month"] == clock.t))  # fmt: skip
            home = state["households.home"][new]
            market = state["homes.value_eur"][home] * state["areas.rent_index"][state["homes.area"][home]]
            part = float(case["rent_eur"]) / float(case["market_eur"])
            np.testing.assert_allclose(
                state["households.cost_eur"][new], market * part, rtol=0.01
            )  # the index moves on
            signed += new.size
        hours = state["areas.service_hours"].sum()
        assert signed > 0 and hours % max(float(case["hours_month"]), 1.0) == 0, case
        assert (hours > 0) == (float(case["hours_month"]) > 0), case


# -------------------------------------------------------------------------------------------------- grants

GRANTS = worked_cases("grants")


def test_which_plans_are_paid():
    assert grants.refusal(open_to_all=True) == "" != grants.refusal(open_to_all=False)
    for case in GRANTS:
        paid = grants.paid_share(float(case["one_group_share"]), yes(case["rule_in_force"]))
        assert paid == (float(case["paid_open_share"]), float(case["paid_one_group_share"])), case


def test_which_plans_are_paid_in_a_simulated_month(toy):
    for case in GRANTS:
        separate, rule = float(case["one_group_share"]), yes(case["rule_in_force"])
        settings = {"one_group_share": separate, "refuse_separate": int(rule), "streets_per_year": 120.0}
        spec = RunSpec("toy", package={"mixed_activities": settings}, months=1)
        if separate and rule:
            with pytest.raises(InputError, match="only where people meet"):
                Simulation(spec, toy)
            continue
        sim = Simulation(spec, toy)
        sim.month(sim.months[0])
        p = sim.enrolments[0].plan.params
        a_month = p.streets_per_year * p.additional_share * p.places_per_street / 12
        levers = [sim.levers.merged[f"encounters.{kind}_places"].sum() / a_month for kind in ("mixed", "single_group")]
        assert levers == pytest.approx([float(case["paid_open_share"]), float(case["paid_one_group_share"])]), case


# ------------------------------------------------------------------------------------------------- cameras

CAMERAS = worked_cases("cameras")
CONDITIONS = tuple(c.name for c in cameras.CONDITIONS)


def test_what_the_law_asks_of_cameras():
    for case in CAMERAS:
        stands = {name: yes(case[name]) for name in CONDITIONS}
        asked = cameras.missing(month_number(case["month"]), **stands)
        assert [c.name for c in asked] == case["missing"].split(), case
        assert all(c.what and c.basis for c in asked)


def test_what_the_law_asks_of_cameras_in_a_simulated_month(toy):
    """A measure knows the two advices; that it hangs up pictograms and declares its cameras is taken for granted."""
    for case in CAMERAS:
        wrong = [name for name in case["missing"].split() if name.endswith("_advice")]
        given = {name: int(yes(case[name])) for name in CONDITIONS if name.endswith("_advice")}
        spec = RunSpec("toy", package={"cameras": given}, start=case["month"], months=1)
        try:
            Simulation(spec, toy)
            found = []
        except InputError as error:
            found = [problem.column.rpartition(".")[2] for problem in error.problems]
        assert found == wrong, case


# -------------------------------------------------------------------------------------- the parental procedure

PARENTS = worked_cases("parental_procedure")
ANSWERS = {  # what makes every family answer so
    "own measures enough": {"enough_share": 1.0}, "procedure started": {"enough_share": 0.0},
    "accepted": {"accept_share": 1.0, "service_share": 1.0}, "refused": {"accept_share": 0.0, "service_share": 0.0},
    "kept": {"kept_share": 1.0}, "broken": {"kept_share": 0.0},
    "place found": {"place_wait_months": 36}, "no place": {"place_wait_months": 1},
}  # fmt: skip


def test_what_follows_on_what():
    for case in PARENTS:
        since = int(case["days_since_warning"] or -1)
        form, stage, event = FORM[case["form"]], STAGE[case["stage"]], EVENT[case["event"]]
        after = parental_procedure.next_stage(form, stage, event, yes(case["grave"]), since)
        assert parental_procedure.STAGES[after] == case["after"], case
        assert case["fine_max_eur"] in ("", f"{parental_procedure.FINE_MAX_EUR[form]:g}"), case
        assert bool(case["fine_max_eur"]) == (after == parental_procedure.FINED), case


def test_the_table_holds_every_rule():
    held = {(FORM[c["form"]], STAGE[c["stage"]], EVENT[c["event"]], STAGE[c["after"]]) for c in PARENTS}
    assert {rule[:4] for rule in parental_procedure.RULES} <= held


@pytest.mark.parametrize("event", ANSWERS)
def test_what_follows_on_what_in_a_simulated_month(toy, event):
    """One minor for each case; all families give the same answer in the same month."""
    cases = [case for case in PARENTS if case["event"] == event]
    assert cases
    sim = Simulation(RunSpec("toy", months=1, params={"safety": ANSWERS[event]}), toy)
    state = sim.state
    born = state["people.born_month"].astype(int)
    minors = np.flatnonzero(state["people.alive"] & (born < -12 * 13) & (born > -12 * 16))
    _, one_a_household = np.unique(state["people.household"][minors], return_index=True)
    rows = minors[one_a_household][: len(cases)]
    for i, case in zip(rows, cases, strict=True):
        state["people.case_form"][i], state["people.case_stage"][i] = FORM[case["form"]], STAGE[case["stage"]]
        state["people.case_month"][i], state["people.plan_months"][i] = -1, int(case["stage"] == "plan followed")
    keys = state["people.key"][rows].copy()
    levers = {"procedure": 2.0, "fine_eur": 1000.0, "plan_places": 0.0 if event == "no place" else 500.0}
    for name, value in levers.items():
        sim.levers.merged[f"safety.{name}"][:] = value
    state["city.open_cases"][0] = len(cases)
    sim.month(sim.months[0])
    at = {key: i for i, key in enumerate(state["people.key"].tolist())}
    after = [parental_procedure.STAGES[state["people.case_stage"][at[key]]] for key in keys.tolist()]
    expected = [case["after"] for case in cases]
    if event == "accepted":  # with places free, a plan begins in the month in which it is agreed
        expected = ["plan followed" if stage == "plan agreed" else stage for stage in expected]
    assert after == expected
    fines = np.zeros(len(FORM), dtype=int)
    for case in cases:
        fines[FORM[case["form"]]] += int(case["fine_max_eur"] or 0)
    assert state["city.fines_month_eur"][0].tolist() == fines.tolist()
    assert state["city.fines_eur"][0] == fines.sum()


def test_findings_lead_where_the_table_says_in_a_simulated_year(toy):
    """Whoever is found for the first time gets what the table says of a first finding, slight or grave."""
    seen = set()
    for form in (1, 2):
        sim = Simulation(RunSpec("toy", months=12, params={"safety": {"nuisance_level": 2.0}}), toy)
        sim.levers.merged["safety.procedure"][:] = form
        for clock in sim.months:
            before = dict(zip(sim.state["people.key"].tolist(), sim.state["people.case_stage"].tolist(), strict=True))
            sim.month(clock)
            entered = sim.state["people.alive"] & (sim.state["people.case_month"] == clock.t)
            for i in np.flatnonzero(entered):
                if before.get(int(sim.state["people.key"][i])) == parental_procedure.NONE:
                    seen.add((form, parental_procedure.STAGES[sim.state["people.case_stage"][i]]))
    first = {(FORM[c["form"]], c["after"]) for c in PARENTS if c["stage"] == "none" and c["event"] == "finding"}
    assert seen <= first and {form for form, _ in seen} == {1, 2}
