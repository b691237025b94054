"""Plans: what is planned is signed, and whatever differs later is told."""

import json

import numpy as np
import pytest

import mechlin
from mechlin.core.errors import InputError, UsageError
from mechlin.evaluation.plan import SKELETON, held_against, panels, read_plan, sign
from mechlin.study.measurement import power_of

PLAN = """title = "Teams"
panel = "panel.csv"
place = "A00"
start = 2012
periods_after = 3

[[outcome]]
value = "burglaries"
better = "down"
matters = 2.0
"""


def figures(last=2014, shift=0.0):
    rng = np.random.default_rng(3)
    noise = 20.0 + 2 * rng.normal(size=(24, 1)) + 0.3 * rng.normal(size=(24, 20))
    noise[0, 12:] += shift
    lines = [f"A{k:02d},{2000 + t},{noise[k, t]:.4f}" for k in range(24) for t in range(20) if 2000 + t <= last]
    return "\n".join(["town,year,burglaries", *lines]) + "\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "panel.csv").write_text(figures(2011), encoding="utf-8")
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    return tmp_path


def problems(tmp_path, text):
    file = tmp_path / "p.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_plan(file)
    return [str(p) for p in caught.value.problems]


def test_the_skeleton_is_a_plan(tmp_path):
    file = tmp_path / "p.toml"
    file.write_text(SKELETON, encoding="utf-8")
    assert read_plan(file).outcomes[0].matters == 0.5


def test_everything_wrong_in_a_plan_is_told_at_once_with_its_row(tmp_path):
    text = PLAN.replace('place = "A00"', 'place = "A00"\nestimators = ["did", "level"]\npenalty = -1\nstrat = 3')
    text = text.replace("matters = 2.0", "matters = -2.0\nbetter_ = 1")
    told = problems(tmp_path, text)
    assert [p.partition(":")[0] for p in told] == [
        "p.toml, row 4, column estimators", "p.toml, row 5, column penalty", "p.toml, row 6, column strat",
        "p.toml, row 13, column outcome[1].matters", "p.toml, row 14, column outcome[1].better_",
    ]  # fmt: skip
    assert "did you mean 'levels'?" in told[0] and "0 to 100" in told[1] and "did you mean 'start'?" in told[2]


@pytest.mark.parametrize(
    "text",
    ["outcome = 3", "outcome = [1]", "deviation = [1]", "exclude = 1", "window = 3", 'rules = "x"', "start = true"],
)
def test_the_wrong_kind_of_value_is_told_and_never_a_traceback(tmp_path, text):
    assert any(text.split()[0] in p for p in problems(tmp_path, f"{text}\n"))


def test_what_is_missing_is_told(tmp_path):
    told = problems(tmp_path, "title = 'x'")
    assert len(told) == 4 and "panel is missing" in told[0]


def test_at_most_five_primary_outcomes(tmp_path):
    many = PLAN + "".join(f'[[outcome]]\nvalue = "y{k}"\n' for k in range(5))
    assert "6 primary outcomes are too many" in problems(tmp_path, many)[0]
    (tmp_path / "p.toml").write_text(many.replace('"y4"', '"y4"\nprimary = false'), encoding="utf-8")
    assert len(read_plan(tmp_path / "p.toml").outcomes) == 6


def test_rules_are_part_of_the_plan_and_have_limits(tmp_path):
    assert "holds_p = 0.7 is outside" in problems(tmp_path, PLAN + "[rules]\nholds_p = 0.7\n")[0]
    assert "did you mean 'holds_p'?" in problems(tmp_path, PLAN + "[rules]\nhold_p = 0.01\n")[0]
    (tmp_path / "p.toml").write_text(PLAN + "[rules]\nholds_p = 0.01\n", encoding="utf-8")
    assert read_plan(tmp_path / "p.toml").choices.rules.holds_p == 0.01


def test_spaces_and_comments_do_not_change_the_hash_and_any_other_edit_does(folder):
    file = folder / "plan.toml"
    first = read_plan(file).hash
    file.write_text("# a comment\n" + PLAN.replace("start = 2012", "start   =   2012"), encoding="utf-8")
    assert read_plan(file).hash == first
    file.write_text(PLAN.replace("matters = 2.0", "matters = 2.1"), encoding="utf-8")
    assert read_plan(file).hash != first


def test_power_from_the_past_alone(folder):
    """Before anything is spent: the last three years of the past play those with the measure."""
    rows = power_of(folder / "plan.toml")
    assert [r["estimator"] for r in rows] == ["did", "levels", "changes"]
    assert all(r["before"] == 9 and r["after"] == 3 and r["size"] <= 0.1 for r in rows)
    assert 0.1 < rows[0]["visible"] < 2.0 and rows[0]["enough"] is True
    (folder / "panel.csv").write_text(figures(2014, shift=50.0), encoding="utf-8")
    assert power_of(folder / "plan.toml") == rows, "what came after the start is not looked at"


def test_power_needs_a_past(folder):
    (folder / "plan.toml").write_text(PLAN.replace("periods_after = 3", "periods_after = 9"), encoding="utf-8")
    with pytest.raises(InputError, match="periods_after = 8"):
        power_of(folder / "plan.toml")


def test_signed_beforehand_then_measured(folder):
    plan = read_plan(folder / "plan.toml")
    told = json.loads(sign(plan, "Ann").read_text(encoding="utf-8"))
    assert told["hash"] == plan.hash and told["known_after"] == 0 and told["past"]
    (folder / "panel.csv").write_text(figures(shift=-3.0), encoding="utf-8")
    found = mechlin.measure(folder / "plan.toml")
    assert not found.exploratory and found.deviations == () and found.signature.by == "Ann"
    assert found.evaluations[0].verdict.word == "holds"


def test_a_signature_is_not_replaced_and_needs_somebody(folder):
    plan = read_plan(folder / "plan.toml")
    with pytest.raises(UsageError, match="--by NAME"):
        sign(plan, " ")
    sign(plan, "Ann")
    with pytest.raises(UsageError, match=r"was signed by Ann .*deviation"):
        sign(plan, "Bob")


def test_signing_after_the_figures_came_is_exploratory(folder):
    (folder / "panel.csv").write_text(figures(2014), encoding="utf-8")
    sign(read_plan(folder / "plan.toml"), "Ann")
    found = mechlin.measure(folder / "plan.toml")
    assert found.exploratory and found.signature.known_after == 3


def test_every_change_since_signing_is_told_whether_owned_up_to_or_not(folder):
    sign(read_plan(folder / "plan.toml"), "Ann")
    (folder / "panel.csv").write_text(figures(2014), encoding="utf-8")
    late = PLAN.replace("start = 2012", "start = 2013\nspill_km = 9").replace("2.0", "1.0")
    late += '[[deviation]]\ndate = "2015-01"\nwhat = "start"\nwhy = "the teams came late"\n'
    (folder / "plan.toml").write_text(late, encoding="utf-8")
    plan = read_plan(folder / "plan.toml")
    _, told = held_against(plan, panels(plan))
    assert [(d.what, d.why) for d in told] == [
        ("burglaries.matters", ""), ("spill_km", ""), ("start", "the teams came late"),
    ]  # fmt: skip
    assert (told[2].was, told[2].now) == ("2012", "2013")


def test_figures_of_before_that_were_revised_are_told(folder):
    sign(read_plan(folder / "plan.toml"), "Ann")
    text = figures(2014).replace("A03,2004,", "A03,2004,1")
    (folder / "panel.csv").write_text(text, encoding="utf-8")
    assert [d.what for d in mechlin.measure(folder / "plan.toml").deviations] == ["past"]


@pytest.mark.parametrize("how", [lambda t: t.replace("2.0", "9.0"), lambda t: t[:40], lambda t: "[]"])
def test_a_signature_that_was_tampered_with_is_refused(folder, how):
    where = sign(read_plan(folder / "plan.toml"), "Ann")
    (folder / "panel.csv").write_text(figures(2014), encoding="utf-8")
    where.write_text(how(where.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError, match=r"plan\.signed\.json"):
        mechlin.measure(folder / "plan.toml")


def test_a_donor_excluded_in_the_plan_is_named_with_its_reason(folder):
    (folder / "panel.csv").write_text(figures(2014), encoding="utf-8")
    (folder / "plan.toml").write_text(PLAN + '[exclude]\nA05 = "took it too"\n', encoding="utf-8")
    found = mechlin.measure(folder / "plan.toml").evaluations[0]
    assert "A05" not in found.panel.donors and ("A05", "named", "took it too") in [
        tuple(t) for t in found.panel.left_out
    ]


def test_what_is_wrong_in_several_files_is_told_together(folder):
    (folder / "towns.csv").write_text("town,lat,lon\nA00,51,north\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        mechlin.measure(
            folder / "panel.csv", "A00", 2015, value=["burglaries", "thefts"], towns=folder / "towns.csv", spill_km=9
        )
    told = [str(p) for p in caught.value.problems]
    assert [t.partition(",")[0] for t in told] == ["towns.csv", "panel.csv", "panel.csv"]
    assert "'north' is no number" in told[0] and "A00 has no figure from 2015 on" in told[1] and "'thefts'" in told[2]
