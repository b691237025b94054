"""The register of forecasts: sealing, what is refused, scoring, and that no change of it goes unnamed."""

import importlib
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from mechlin.cli.main import main
from mechlin.core.errors import UsageError
from mechlin.evaluation import chain
from mechlin.evaluation.forecasts import FILE, Refused, State, forecasts, score_all, seal, void
from mechlin.evaluation.observations import add, read_measured
from mechlin.evaluation.scores import Settled, pit, settle, share_between, tally, title
from mechlin.evaluation.verifying import note_head, noted_heads, verify
from mechlin.statistics.scores import crps, interval_score
from mechlin.study.foreseen import drafted, made_with, open_measured, stored_runs, tallied


@pytest.fixture(scope="module")
def scoringrules():
    """Return the yardstick of scores; importing it takes seconds, for it compiles."""
    return importlib.import_module("scoringrules")


SEALED, LATER = "2027-06-01", "2028-06-01"
NEW = "indicator,place,period,value,low,high,n,edition,published_on,status,source\n"


@pytest.fixture
def make(folder, rehearsal, at):
    """Return what seals a forecast: make(period=2027, ...)."""

    def sealed(
        indicator="trust_share",
        period=2027,
        day=SEALED,
        supersedes="",
        only_draft=False,
        settles="City monitor",
        **rest,
    ):
        rest = {"by": "data unit", **rest}
        draft = drafted(open_measured(folder), stored_runs(rehearsal), indicator, period, settles, **rest)
        return seal(open_measured(folder), draft, at(day), supersedes, only_draft)[0]

    return sealed


def came(folder, at, value, edition="2027", day="2028-05-15", status="final", period=2027):
    """Add what was published to a folder."""
    file = folder.parent / "new.csv"
    file.write_text(f"{NEW}trust_share,toy,{period},{value},,,,{edition},{day},{status},City monitor\n")
    return add(read_measured(folder), file, at("2030-01-01").date())


# ------------------------------------------------------------------------------------------------ sealing


def test_a_forecast_is_sealed_from_a_stored_rehearsal(folder, rehearsal, make):
    f = make()
    e = f.sealed
    assert f.state is State.sealed and f.id == "trust_share-toy-2027" and e["settles"]["on"] == "2028-05-15"
    runs = stored_runs(rehearsal)
    assert e["made"]["runs"] == [r.spec.id() for r in runs] and e["made"]["code"] == "test"
    moved = np.mean([r.series["trust_share"][7] - r.series["trust_share"][6] for r in runs])
    assert e["middle"] == pytest.approx(0.55 + moved / 100, abs=0.002)  # from the last that was observed on
    assert e["inside"][0] < e["middle"] < e["inside"][1] and e["baselines"]["last_value"] == 0.55
    assert e["baselines"]["similar_towns"] is None and e["conditions"]["settings"] == {"cameras": {"cameras": 4}}
    towns = make("population").sealed
    assert towns["similar"] == ["east", "north", "west"] and towns["baselines"]["similar_towns"] == pytest.approx(
        12200 / 3
    )


def test_late_without_a_source_or_for_another_definition_is_refused_with_the_repair(folder, make):
    with pytest.raises(Refused, match=r"City monitor published it on 12 May 2027, sealed on 3 June 2027; .*back-test"):
        make(period=2026, day="2027-06-03")
    with pytest.raises(Refused, match=r"nothing settles it; repair: name what will: --settles"):
        make(settles=" ")
    with pytest.raises(Refused, match=r"published on 15 May 2028, and today is 1 June 2028; repair: register a later"):
        make(day=LATER)
    (folder / "breaks.csv").write_text("indicator,period,what\ntrust_share,2027,asked by post\n")
    with pytest.raises(
        Refused, match=r"from 2027 on the number is another \(asked by post\).*last seen in 2026; repair"
    ):
        make()
    with pytest.raises(Refused, match=r"nothing settles it(.|\n)*nobody signs it"):
        make("population", settles="", by="")
    assert not (folder / FILE).exists()


def test_a_card_that_changed_since_it_was_made_is_refused(folder, rehearsal, at):
    draft = drafted(open_measured(folder), stored_runs(rehearsal), "trust_share", 2027, "City monitor", "data unit")
    cards = folder / "indicators.csv"
    cards.write_text(cards.read_text().replace("answer 4 or 5", "answer 5"))
    with pytest.raises(Refused, match="another than when it was made"):
        seal(open_measured(folder), draft, at(SEALED))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"indicator": "trust"}, "did you mean 'trust_share'"),
        ({"period": 2040}, "runs from 2020 to 2030, not to 2040; repair: rehearse until 2040-12"),
        ({"on": "soon"}, "'soon' is no date; repair: write --on"),
        ({"similar": ("ost",)}, "no observation of trust_share in 'ost'"),
    ],
)
def test_what_cannot_be_forecast_is_told(make, asked, said):
    with pytest.raises(UsageError, match=said):
        make(**asked)


def test_a_second_forecast_of_a_question_supersedes_and_the_first_stays(folder, make, at):
    first = make()
    with pytest.raises(Refused, match=f"--supersedes {first.id}; it stays in the register and is counted"):
        make()
    second = make(supersedes=first.id, day="2027-07-01")
    other = make(by="audit office", day="2027-07-01")
    known = forecasts(chain.read(folder / FILE), at("2027-07-01").date())
    assert [f.state for f in known.values()] == [State.superseded, State.sealed, State.sealed]
    assert known[first.id].superseded_by == second.id and other.id.endswith("-3")
    with pytest.raises(Refused, match="it is superseded"):
        make(supersedes=first.id, day="2027-07-01")
    with pytest.raises(Refused, match="of another office"):
        make(supersedes=other.id, day="2027-07-01")


def test_a_draft_is_sealed_under_its_own_name(folder, make, at):
    draft = make(only_draft=True)
    assert draft.state is State.draft and score_all(open_measured(folder), at(LATER))[0] == []
    assert make().id == draft.id
    register = chain.read(folder / FILE)
    assert [e["kind"] for e in register.entries] == ["draft", "sealed"] and verify(register, at(SEALED)) == []


# ------------------------------------------------------------------------------------------------ scoring


def test_from_sealed_to_closed(folder, make, at):
    f = make()
    state = lambda day: forecasts(chain.read(folder / FILE), at(day).date())[f.id].state
    assert [state(d) for d in (SEALED, "2028-05-14", "2028-05-15")] == [State.sealed, State.sealed, State.due]
    came(folder, at, 0.56, "2027 first", status="provisional")
    (scored,), problems, _ = score_all(open_measured(folder), at(LATER))
    assert problems == [] and scored.state is State.provisional and scored.score.inside
    assert score_all(open_measured(folder), at(LATER))[0] == []  # once for each edition
    came(folder, at, 0.70, "2027 final", "2028-09-01")
    (scored,), _, register = score_all(open_measured(folder), at("2028-10-01"))
    assert scored.state is State.final and not scored.score.inside and len(scored.scored) == 2
    assert state("2029-10-01") is State.closed
    assert verify(register, at("2028-10-01"), measured=open_measured(folder)) == []
    came(folder, at, 0.71, "2027 again", "2029-09-15", "revised")
    assert score_all(open_measured(folder), at("2029-10-01"))[0] == []  # closed: a later edition moves no score


@pytest.mark.slow
def test_a_score_is_that_of_the_sealed_values(folder, make, at, scoringrules):
    f = make()
    came(folder, at, 0.5)
    (scored,), _, _ = score_all(open_measured(folder), at(LATER))
    values, s = np.array(f.sealed["values"]), scored.score
    assert s.crps == pytest.approx(scoringrules.crps_ensemble(0.5, values, estimator="fair"), abs=1e-9)
    low, high = np.quantile(values, [0.1, 0.9])
    assert s.interval == pytest.approx(scoringrules.interval_score(0.5, low, high, 0.2), abs=1e-9)
    assert s.skill()["last_value"] == pytest.approx(1 - s.crps / 0.05) and s.skill()["similar_towns"] is None


@pytest.mark.slow
def test_crps_and_interval_score_are_those_of_scoringrules(scoringrules):
    rng = np.random.default_rng(7)
    for n in (2, 3, 9, 144, 1000):
        for _ in range(20):
            x, y = rng.normal(rng.normal(), rng.exponential(), n) * 10 ** rng.uniform(-3, 4), rng.normal()
            assert crps(x, y) == pytest.approx(scoringrules.crps_ensemble(y, x, estimator="fair"), rel=1e-9, abs=1e-9)
            low, high = np.sort(rng.normal(size=2))
            assert interval_score(low, high, y) == pytest.approx(
                scoringrules.interval_score(y, low, high, 0.2), abs=1e-9
            )


def test_what_was_sealed_late_or_is_counted_otherwise_is_not_scored(folder, make, at):
    f = make()
    came(folder, at, 0.56, day="2027-05-20")  # it turns out that it was out before
    scored, (problem,), register = score_all(open_measured(folder), at(LATER))
    assert scored == [] and f'mechlin forecast void {f.id} --reason "sealed late"' in str(problem)
    assert any("after its first observation" in p for p in verify(register, at(LATER), measured=open_measured(folder)))


def test_a_changed_definition_or_a_break_is_not_scored(folder, make, at):
    f = make()
    came(folder, at, 0.56)
    cards, before = folder / "indicators.csv", (folder / "indicators.csv").read_text()
    cards.write_text(before.replace("answer 4 or 5", "answer 5"))
    _, (problem,), _ = score_all(open_measured(folder), at(LATER))
    assert "definition of trust_share is another" in str(problem) and f"void {f.id}" in str(problem)
    cards.write_text(before.replace("Residents who trust", "People who trust"))  # a title defines nothing
    (folder / "breaks.csv").write_text("indicator,period,what\ntrust_share,2027,asked by post\n")
    _, (problem,), _ = score_all(open_measured(folder), at(LATER))
    assert "asked by post" in str(problem)
    (folder / "breaks.csv").unlink()
    assert len(score_all(open_measured(folder), at(LATER))[0]) == 1


def test_void_needs_a_reason_and_two_offices_and_cannot_follow_a_score(folder, make, at):
    f = make()
    measured = open_measured(folder)
    with pytest.raises(Refused, match=r"no reason is given(.|\n)*two offices must sign"):
        void(measured, f.id, " ", "data unit", "Data unit", at(SEALED))
    other = make("population")
    assert void(measured, other.id, "the source ended", "data unit", "audit office", at(SEALED)).state is State.void
    came(folder, at, 0.56)
    score_all(open_measured(folder), at(LATER))
    with pytest.raises(Refused, match="what has been scored cannot be withdrawn"):
        void(measured, f.id, "it was wrong", "data unit", "audit office", at(LATER))
    with pytest.raises(UsageError, match=f"did you mean '{f.id}'"):
        void(measured, "trust_share-toy-2028", "x", "a", "b", at(LATER))


# ------------------------------------------------------------------------------------------------ many scores


def settled(count, observed=0.0, last=1.0):
    values = np.linspace(-1, 1, 99)
    return [settle(values, observed, (observed, observed), {"last_value": last}) for _ in range(count)]


def test_scores_are_added_and_the_last_value_is_named_when_it_did_better():
    bad = tally(settled(12, observed=3.0, last=3.1))
    assert bad.beaten_by == ("last_value",) and bad.inside == 0 and bad.pit_bins is None
    assert title(bad).startswith("The last value would have done better")
    good = tally(settled(20, observed=0.1, last=3.0))
    assert good.beaten_by == () and "would have done better" not in title(good) and sum(good.pit_bins) == 20
    assert good.skill["line"] is None and good.counted == {"last_value": 20, "line": 0, "similar_towns": 0}


def test_the_interval_of_a_share_is_that_of_clopper_and_pearson():
    assert share_between(0, 10) == pytest.approx((0, 0.3085), abs=1e-4)
    assert share_between(8, 10) == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert share_between(10, 10) == pytest.approx((0.6915, 1), abs=1e-4)


def test_pit_lies_where_the_observation_lies():
    assert [pit(np.array([1.0, 2, 3, 4]), y) for y in (0, 2.5, 3, 9)] == [0, 0.5, 0.625, 1]
    rng = np.random.default_rng(3)
    u = [pit(rng.normal(size=400), rng.normal()) for _ in range(400)]
    assert np.histogram(u, 5, (0, 1))[0].min() > 55  # flat where the forecast is right


def test_no_single_score_below_ten(folder, make, at):
    f = make()
    came(folder, at, 0.56)
    (scored,), _, _ = score_all(open_measured(folder), at(LATER))
    by_indicator, by_maker, everything = tallied([scored] * 9)
    assert everything is None and by_maker == {} and by_indicator["trust_share"].settled == 9
    assert tallied([scored] * 10)[2].settled == 10 and tallied([scored] * 10)[1]["data unit"].scaled
    assert isinstance(scored.score, Settled) and f.id == scored.id


# ------------------------------------------------------------------------------------------------ tampering


@pytest.fixture
def sealed(tmp_path, at):
    """Return a register of 24 entries over 24 days, and a moment after it."""
    path = tmp_path / FILE
    for day in range(1, 25):
        entry = {
            "kind": "sealed",
            "id": f"f{day}",
            "period": 2030,
            "values": [float(day), day + 0.5],
            "by": "data unit",
        }
        chain.append(path, [entry], at(f"2027-03-{day:02d}"))
    return path, at("2027-06-01")


def rehashed(lines):
    """Return lines of entries chained anew, as somebody would who knows how."""
    out, head = [], chain.Head(0, chain.FIRST)
    for line in lines:
        entry = {k: v for k, v in json.loads(line).items() if k not in ("hash", "n", "prev")}
        rest = chain._rest({"n": head.lines + 1, "prev": head.hash, **entry})
        head = chain.Head(head.lines + 1, chain.hashlib.sha256(rest).hexdigest())
        out.append(chain._OPENING + head.hash.encode() + chain._CLOSING + rest)
    return out


def changed_byte(lines, rng):
    n = rng.integers(len(lines))
    at = rng.integers(len(lines[n]))
    lines[n] = lines[n][:at] + bytes([lines[n][at] ^ (1 << rng.integers(7))]) + lines[n][at + 1 :]


def other_value(lines, rng):
    n = rng.integers(len(lines))
    lines[n] = lines[n].replace(b'.5],"by"', b'.6],"by"')


def dated_back(lines, rng):
    n = rng.integers(1, len(lines))
    lines[n] = lines[n].replace(b'"at":"2027-03-', b'"at":"2026-03-')


def taken_out(lines, rng):
    del lines[rng.integers(len(lines) - 1)]


def cut(lines, rng):
    del lines[rng.integers(1, len(lines)) :]


def moved(lines, rng):
    n = rng.integers(len(lines) - 1)
    lines[n], lines[n + 1] = lines[n + 1], lines[n]


def put_in(lines, rng):
    n = rng.integers(len(lines))
    lines.insert(n, lines[n].replace(b'"id":"f', b'"id":"g'))


ATTACKS = (changed_byte, other_value, dated_back, taken_out, cut, moved, put_in)


def attacked(path, attack, rng, chain_anew):
    lines = path.read_bytes().split(b"\n")[:-1]
    before = list(lines)
    attack(lines, rng)
    assert lines != before
    path.write_bytes(b"\n".join(rehashed(lines) if chain_anew else lines) + b"\n")


@pytest.mark.parametrize("chain_anew", [False, True])
def test_a_hundred_attacks_of_every_kind_are_named(sealed, tmp_path, chain_anew):
    """Somebody changes, dates back, takes out, cuts, moves or puts in; and then chains all of it anew."""
    path, now = sealed
    whole, head = path.read_bytes(), chain.read(path).head
    rng, named, tried = np.random.default_rng(11), 0, 0
    for n in range(150):
        attack = ATTACKS[n % len(ATTACKS)]
        path.write_bytes(whole)
        try:
            attacked(path, attack, rng, chain_anew)
        except (ValueError, KeyError):  # a changed byte that leaves no JSON cannot be chained anew
            continue
        if path.read_bytes() == whole:  # a byte of a hash that was then computed again: nothing was changed
            continue
        tried += 1
        named += bool(verify(chain.read(path), now, [head]))
    assert tried >= 100 and named == tried
    path.write_bytes(whole)
    assert verify(chain.read(path), now, [head]) == []


def test_without_a_published_head_all_but_the_cut_and_the_rewritten_are_named(sealed):
    path, now = sealed
    whole, rng = path.read_bytes(), np.random.default_rng(5)
    for n in range(100):
        path.write_bytes(whole)
        attack = [a for a in ATTACKS if a is not cut][n % 6]
        attacked(path, attack, rng, chain_anew=False)
        assert verify(chain.read(path), now), attack.__name__


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (changed_byte, "changed after it was sealed"),
        (dated_back, "before the entry that it follows"),
        (taken_out, "an entry was taken out"),
        (cut, "were taken out"),
        (moved, "does not follow"),
        (put_in, "put in"),
    ],
)
def test_what_was_done_is_said_in_words(sealed, attack, said):
    path, now = sealed
    head = chain.read(path).head
    attacked(path, attack, np.random.default_rng(2), chain_anew=False)
    assert said in "\n".join(verify(chain.read(path), now, [head]))


def test_nothing_is_added_to_a_broken_register_or_before_its_last_entry(sealed, at):
    path, now = sealed
    with pytest.raises(chain.BrokenRegister, match="the clock of this machine says 2027-01-01"):
        chain.append(path, [{"kind": "sealed", "id": "x"}], at("2027-01-01"))
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(chain.BrokenRegister, match="not whole"):
        chain.append(path, [{"kind": "sealed", "id": "x"}], now)


def test_an_entry_of_tomorrow_and_a_score_that_is_none_are_named(folder, make, at):
    make()
    came(folder, at, 0.56)
    _, _, register = score_all(open_measured(folder), at(LATER))
    assert "yet to come" in verify(register, at("2028-05-01"))[0]
    lines = (folder / FILE).read_bytes().split(b"\n")[:-1]
    lines[-1] = lines[-1].replace(b'"inside":true', b'"inside":false')
    (folder / FILE).write_bytes(b"\n".join(rehashed(lines)) + b"\n")
    assert verify(chain.read(folder / FILE), at(LATER)) == [
        "entry 2 (trust_share-toy-2027): the score is not that of what was sealed"
    ]


def test_an_observation_that_was_scored_and_is_gone_or_changed_is_named(folder, make, at):
    make()
    came(folder, at, 0.56)
    _, _, register = score_all(open_measured(folder), at(LATER))
    assert verify(register, at(LATER), measured=open_measured(folder)) == []
    file = folder / "observations.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("0.56", "0.66"), encoding="utf-8")
    assert "scores 0.56; edition '2027' says 0.66" in verify(register, at(LATER), measured=open_measured(folder))[0]
    file.write_text("".join(line for line in text.splitlines(True) if "0.56" not in line), encoding="utf-8")
    assert "is no longer among the observations" in verify(register, at(LATER), measured=open_measured(folder))[0]


def test_one_observation_is_no_line_and_an_id_is_easy_to_type(folder, make):
    file = folder / "observations.csv"
    kept = [
        line
        for line in file.read_text(encoding="utf-8").splitlines(True)
        if ",2020," not in line and ",2023," not in line
    ]
    file.write_text("".join(kept).replace("trust_share,toy,", 'trust_share,"Sint-Toy, 2026",'), encoding="utf-8")
    (folder / "measured.toml").write_text(
        (folder / "measured.toml").read_text(encoding="utf-8").replace('"toy"', '"Sint-Toy, 2026"'), encoding="utf-8"
    )
    f = make()
    assert f.id == "trust_share-Sint_Toy_2026-2027"
    assert f.sealed["baselines"]["last_value"] == 0.55 and f.sealed["baselines"]["line"] is None


def test_published_heads_are_noted_and_held_against(folder, make, at):
    make()
    register = chain.read(folder / FILE)
    note_head(folder, register.head, "mail to the audit office", at(SEALED))
    assert noted_heads(folder) == [register.head]
    (folder / FILE).write_bytes(b"")
    assert "had 1 entries, here are 0" in verify(chain.read(folder / FILE), at(SEALED), noted_heads(folder))[0]
    (folder / "heads.csv").write_text("published_at,head,where\nx,y,z\n")
    with pytest.raises(Exception, match=r"heads.csv, row 2, column head: 'y' is no head"):
        noted_heads(folder)


_ADDING = """
import sys, itertools
from datetime import UTC, datetime
from pathlib import Path
from mechlin.evaluation import chain
print("ready", flush=True)
for n in itertools.count():
    chain.append(Path(sys.argv[1]), [{"kind": "sealed", "id": f"x{n}", "values": [0.1] * 2000}], datetime.now(UTC))
"""


@pytest.mark.slow
def test_a_process_killed_while_it_adds_leaves_the_register_whole(tmp_path):
    path = tmp_path / FILE
    for n in range(4):
        process = subprocess.Popen([sys.executable, "-c", _ADDING, str(path)], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(0.15 + 0.037 * n)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert chain.read(path).problems == ()
    assert len(chain.read(path).entries) > 0


def test_two_that_add_at_once_both_stay(tmp_path, at):
    from concurrent.futures import ThreadPoolExecutor

    path = tmp_path / FILE
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: chain.append(path, [{"kind": "sealed", "id": f"x{n}"}], at(SEALED)), range(40)))
    register = chain.read(path)
    assert register.problems == () and {e["id"] for e in register.entries} == {f"x{n}" for n in range(40)}


# ------------------------------------------------------------------------------------------------ the command line


@pytest.mark.slow
def test_the_command_line_seals_lists_scores_and_verifies(folder, rehearsal, at, capsys, monkeypatch):
    clock = ["2027-06-01"]
    monkeypatch.setattr("mechlin.cli.forecast_command._now", lambda: at(clock[0]))
    here = ["--in", str(folder)]

    def said(*words, code=0):
        assert main(["forecast", *words, *here]) == code
        told = capsys.readouterr()
        return told.out + told.err

    ask = ["--indicator", "trust_share", "--period", "2027", "--by", "data unit", "--settles", "City monitor 2027"]
    assert "The head of the register is now" in said("register", str(rehearsal), *ask)
    assert "repair: write --supersedes" in said("register", str(rehearsal), *ask, code=3)
    assert "there is no rehearsal" in said("register", str(folder), *ask, code=2)
    assert "trust_share-toy-2027" in said("list") and "No forecast" in said("due")
    first = said("head", "--published", "mail to the audit office").strip()
    assert first.startswith("1:") and "holds against 1 published head" in said("verify", "--runs", str(rehearsal))
    clock[0] = "2028-06-01"
    assert "due" in said("due")
    came(folder, at, 0.56)
    out = said("score")
    assert "1 scored now" in out and "no score of all below 10" in out and "inside" in out
    assert "By maker" not in out and "smaller is better" in out, "no empty table, and what the figures mean"
    shown = json.loads(said("show", "trust_share-toy-2027", "--json"))
    frame = forecasts(chain.read(folder / FILE), at(clock[0]).date())["trust_share-toy-2027"]
    assert shown["score"]["crps"] == frame.score.crps and shown["values"] == list(frame.sealed["values"])
    assert "PIT" in said("show", "trust_share-toy-2027")
    assert "cannot be withdrawn" in said(
        "void", "trust_share-toy-2027", "--reason", "x", "--by", "a", "--second", "b", code=3
    )
    (folder / FILE).write_bytes((folder / FILE).read_bytes().replace(b"0.56", b"0.57"))
    assert "changed after it was sealed" in said("verify", code=1)


def test_code_and_runs_behind_a_forecast_are_told(folder, rehearsal, make):
    f = make()
    register = chain.read(folder / FILE)
    assert "made with other code" in made_with(register)[0]
    (rehearsal / "runs" / f.sealed["made"]["runs"][0] / "versions.json").unlink()
    assert f"the runs of {f.id} are no longer" in made_with(register, rehearsal)[1]
