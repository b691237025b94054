"""``mechlin measure`` as somebody types it."""

import json

import pytest

from mechlin.cli.main import main
from mechlin.evaluation.shipped import shipped


@pytest.fixture
def run(capsys):
    def run(*words):
        code = main(list(map(str, words)))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def table(tmp_path):
    text = shipped()["proposition-99"].path.read_text(encoding="utf-8")
    file = tmp_path / "mine.csv"
    file.write_text(text.replace("town,year,packs", "state,when,sold"), encoding="utf-8")
    return file


@pytest.mark.slow
def test_one_line_on_a_table_of_ones_own(run, table, tmp_path):
    words = ["--panel", table, "--unit", "state", "--time", "when", "--value", "sold", "--treated", "California"]
    code, out, err = run("measure", "evaluate", *words, "--from", "1989", "--json", "--out", tmp_path / "o")
    told = json.loads(out)
    assert code == 0 and told["exploratory"] is True and (tmp_path / "o" / "measured.html").is_file()
    assert json.loads((tmp_path / "o" / "measured.json").read_text(encoding="utf-8")) == told and "The page" in err
    found = told["evaluations"][0]
    assert found["verdict"]["word"] == "leans" and found["verdict"]["next_better"] == "holds"
    assert "p 0.103; at most 0.05" in found["verdict"]["reasons"][0]
    levels = found["estimates"][1]
    assert levels["estimator"] == "levels" and levels["p"] == pytest.approx(3 / 39)
    assert {"effect", "low", "high", "weights", "placebo_effects", "fake_starts", "smallest_visible", "power"} <= set(
        levels
    )
    assert next(iter(levels["weights"])) == "Utah" and len(levels["placebo_effects"]) == 38


def test_python_and_the_command_line_give_the_same_digits(run):
    import mechlin

    code, out, _ = run("measure", "evaluate", "--panel", "basque-country", "--json")
    assert code == 0 and out.strip() == mechlin.measure("basque-country").to_json()


def test_the_terminal_says_verdict_reasons_and_estimates(run):
    code, out, _ = run("measure", "evaluate", "--panel", "proposition-99")
    assert code == 0 and out.startswith("LEANS. Cigarettes sold")
    assert "Synthetic control: p 0.077; at most 0.05 is asked." in out and "1979: 0.436" in out
    assert out.rstrip().endswith("Exploratory: no plan was signed beforehand.")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "name a plan, or a table with --panel"),
        (["p.csv"], 2, "p.csv is no plan: a plan ends in .toml; a table is named with --panel p.csv"),
        (["p.toml", "--panel", "x.csv"], 2, "a plan says everything"),
        (["p.toml", "--treated", "x"], 2, "a plan says everything"),
        (["p.toml"], 3, "there is no file p.toml; repair: mechlin measure plan new FILE"),
        (["--panel", "propositon-99"], 2, "did you mean 'proposition-99'?"),
        (["--panel", "dutch-crime"], 2, "no town is named; repair: name the place, on the command line with --treated"),
        (["--panel", "dutch-crime", "--treated", "Utrech"], 3, "did you mean 'Utrecht'?"),
        (["--panel", "proposition-99", "--from", "soon"], 3, "the start 'soon' is no year of the table"),
        (["--panel", "proposition-99", "--estimators", "did,level"], 2, "did you mean 'levels'?"),
        (["--panel", "proposition-99", "--penalty", "-1"], 2, "penalty = -1.0 is outside what is possible"),
        (["--panel", "proposition-99", "--donors", "0"], 2, "donors_at_most = 0 is outside what is possible"),
        (["--panel", "proposition-99", "--matters", "0"], 2, "an effect that matters is above 0"),
        (["--panel", "proposition-99", "--better", "less"], 2, "allowed: up, down, neither"),
        (["--panel", "proposition-99", "--dose-share", "80"], 2, "dose_share = 80.0 is no share; allowed: 0 to 1"),
        (["--panel", "proposition-99", "--estimators", "did,did"], 2, "each estimator is named once"),
        (["--panel", "proposition-99", "--language", "de"], 2, "nl (Nederlands)"),
        (["--panel", "proposition-99", "--exclude", "Utha"], 3, "did you mean 'Utah'?"),
        (["--panel", "proposition-99", "--window", "1990", "1980"], 3, "window"),
        (["--panel", "proposition-99", "--window", "1990", "x"], 3, "window"),
        (["--panel", "proposition-99", "--value", "pack"], 3, "did you mean 'packs'?"),
        (["--panel", "proposition-99", "--break", "x"], 3, "break"),
    ],
)
def test_wrong_use_is_told_with_its_repair(run, words, code, said):
    got, out, err = run("measure", "evaluate", *words)
    assert (got, out) == (code, "") and said in err and "Traceback" not in err


@pytest.mark.slow
def test_a_plan_from_new_to_signed_to_measured(run, table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("measure", "plan", "new", "plan.txt")[0] == 2
    assert run("measure", "plan", "new", "plan.toml")[0] == 0
    code, _, err = run("measure", "plan", "new", "plan.toml")
    assert code == 2 and "is there already" in err
    plan = (tmp_path / "plan.toml").read_text(encoding="utf-8")
    for old, new in (("panel.csv", "mine.csv"), ('"town"', '"state"'), ('"year"', '"when"'), ('"burglaries"', '"sold"'),
                     ("Mechelen", "California"), ("2014", "1989"), ("matters = 0.5", "matters = 60")):  # fmt: skip
        assert old in plan
        plan = plan.replace(old, new, 1)
    (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
    code, out, _ = run("measure", "power", "plan.toml")
    assert code == 0 and "levels" in out and "visible: the smallest effect" in out
    code, out, _ = run("measure", "power", "plan.toml", "--json")
    assert code == 0 and json.loads(out)[1]["enough"] is True
    code, out, _ = run("measure", "plan", "sign", "plan.toml", "--by", "Ann")
    assert code == 0 and "hash " in out and "12 periods after the start are known already" in out
    (tmp_path / "plan.toml").write_text(plan.replace("spill_km = 15", "spill_km = 20"), encoding="utf-8")
    code, out, _ = run("measure", "evaluate", "plan.toml", "--out", "o", "--language", "nl")
    assert code == 0 and out.startswith("DEVIATION FROM THE PLAN: spill_km: planned 15, done 20. No reason is given.")
    page = (tmp_path / "o" / "measured.html").read_text(encoding="utf-8")
    assert 'lang="nl"' in page and page.index('class="deviation"') < page.index("<h1>")
    assert "spill_km: gepland 15, gedaan 20. Er wordt geen reden gegeven." in page
