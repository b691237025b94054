"""``mechlin forecast``: seal what a rehearsal says before it is known, and score it when it is.

Each command works on a folder of what was measured, `--in measured` unless told (see `mechlin measure`).
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mechlin.cli.shared import AsJson, plain, to_folder

if TYPE_CHECKING:
    from mechlin.evaluation.chain import Head
    from mechlin.evaluation.forecasts import Forecast
    from mechlin.evaluation.scores import Tally

forecast_app = typer.Typer(
    help="Seal forecasts before the number is known, and score them after.", no_args_is_help=True, rich_markup_mode=None
)
MeasuredIn = Annotated[Path, typer.Option("--in", help="The folder of what was measured.", parser=to_folder)]
Name = Annotated[str, typer.Argument(help="The id of a forecast, as `mechlin forecast list` shows it.")]
By = Annotated[str, typer.Option(help='The office that signs, such as "data unit"; nobody\'s name.')]
Second = Annotated[str, typer.Option(help="Another office that signs too.")]
_MEASURED = Path("measured")
_LEGEND = """
In brackets: where the share of forecasts that come true lies, in 95 cases of 100. CRPS and interval score: how far off, the
width included, in the unit; smaller is better. Skill: 1 is perfect, 0 no better than that baseline, below 0 worse."""


@forecast_app.command("register")
def register(
    result: Annotated[Path, typer.Argument(help="The folder that was --out of `mechlin rehearse`.")],
    indicator: Annotated[str, typer.Option(help="The indicator.")],
    period: Annotated[int, typer.Option(help="The year that is forecast.")],
    by: By,
    settles: Annotated[str, typer.Option(help="The source whose number settles it.")] = "",
    on: Annotated[
        str, typer.Option(help="The day on which that is published; next_release of its card unless told.")
    ] = "",
    second: Second = "",
    side: Annotated[str, typer.Option(help="With or without the package.")] = "with",
    similar: Annotated[
        list[str] | None, typer.Option(help="A similar town; may be repeated. All others unless told.")
    ] = None,
    question: Annotated[str, typer.Option(help="The question in one sentence; made from the card unless told.")] = "",
    supersedes: Annotated[str, typer.Option(help="The id of an earlier forecast of the same question.")] = "",
    draft: Annotated[
        bool, typer.Option("--draft", help="Write a draft, which may still change; nothing is sealed.")
    ] = False,
    place: MeasuredIn = _MEASURED,
    as_json: AsJson = False,
) -> None:
    """Seal a forecast from a stored rehearsal, before the first observation of its year is published."""
    from mechlin.evaluation.forecasts import seal
    from mechlin.study.foreseen import drafted, open_measured, stored_runs

    measured = open_measured(place)
    runs = stored_runs(result, side)
    made = drafted(measured, runs, indicator, period, settles, by, on, second, side, tuple(similar or ()), question)
    sealed, register_after = seal(measured, made, _now(), supersedes, draft)
    if as_json:
        print(json.dumps(_record(sealed), indent=1))
        return
    _tell(sealed)
    if not draft:
        print(f"\nThe head of the register is now\n{register_after.head}")
        print(
            "Publish it elsewhere today, by mail to two offices for instance; then nobody can write the register anew."
        )


@forecast_app.command("list")
def list_forecasts(
    state: Annotated[str, typer.Option(help="Only those in this state: sealed, due, scored, closed, void ...")] = "",
    place: MeasuredIn = _MEASURED,
    as_json: AsJson = False,
) -> None:
    """List the forecasts: state, question, what was forecast, when it is settled."""
    from mechlin.cli.shared import print_rows

    found = [f for f in _all(place) if f.state.startswith(state)]
    if as_json:
        print(json.dumps([_record(f, values=False) for f in found], indent=1))
        return
    print_rows([_row(f) for f in found], as_json=False) if found else print("No forecast.")


@forecast_app.command("show")
def show(name: Name, place: MeasuredIn = _MEASURED, as_json: AsJson = False) -> None:
    """Show a forecast: its question, values, baselines, conditions, and its scores."""
    from mechlin.evaluation.chain import read
    from mechlin.evaluation.forecasts import FILE, find

    found = find(read(_folder(place) / FILE), name, _now().date())
    print(json.dumps(_record(found), indent=1)) if as_json else _tell(found)


@forecast_app.command("due")
def due(place: MeasuredIn = _MEASURED, as_json: AsJson = False) -> None:
    """List what should have been published by now and has not been scored."""
    list_forecasts("due", place, as_json)


@forecast_app.command("score")
def score(
    doses: Annotated[
        Path | None, typer.Option(help="A table of what was delivered: whether the conditions of a forecast were met.")
    ] = None,
    place: MeasuredIn = _MEASURED,
    as_json: AsJson = False,
) -> None:
    """Score every forecast that has an observation, and say how good they were; exit code 1 if some cannot be scored."""
    from mechlin.evaluation.forecasts import score_all
    from mechlin.study.foreseen import met_conditions, open_measured

    measured, now = open_measured(place), _now()
    met = met_conditions(_all(place), doses) if doses else {}
    scored, problems, _ = score_all(measured, now, met)
    settled = [f for f in _all(place) if f.scored and f.state != "void"]
    if as_json:
        print(
            json.dumps(
                {"scored": [_record(f, values=False) for f in scored], **_summary(settled, as_json=True)}, indent=1
            )
        )
    else:
        print(f"{len(scored)} scored now." if scored else "Nothing new to score.")
        _summary(settled)
    for problem in problems:
        print(f"Not scored: {problem}")
    if problems:
        raise typer.Exit(1)


@forecast_app.command("verify")
def verify(
    head: Annotated[
        list[str] | None, typer.Option(help="A head that was published, NUMBER:HASH; may be repeated.")
    ] = None,
    runs: Annotated[
        Path | None, typer.Option(help="A folder of rehearsals, whose store must still hold the runs.")
    ] = None,
    place: MeasuredIn = _MEASURED,
) -> None:
    """Check that nothing in the register was changed, dated back, taken out, moved or cut; exit code 1 if anything was."""
    from mechlin.evaluation import chain
    from mechlin.evaluation.forecasts import FILE
    from mechlin.evaluation.verifying import verify as look_through
    from mechlin.study.foreseen import made_with, open_measured

    measured = open_measured(place)
    path = measured.folder / FILE
    if not path.is_file():
        from mechlin.core.errors import UsageError

        raise UsageError(f"there is no register in {place}; `mechlin forecast register` begins one")
    register_now = chain.read(path)
    heads = [*(chain.Head.of(text) for text in head or ()), *_published(place)]
    problems = look_through(register_now, _now(), heads, measured)
    notes = made_with(register_now, runs)
    for line in (*problems, *notes):
        print(line)
    if problems:
        print(f"Not as it was sealed: {len(problems)}.")
        raise typer.Exit(1)
    print(f"Entries that follow one another: {len(register_now.entries)}. The head is {register_now.head}")
    print(
        f"It holds against {len(heads)} published head{'s' if len(heads) > 1 else ''}."
        if heads
        else "No published head was given: a register written anew as a whole, or cut at its end, would not show."
    )


@forecast_app.command("void")
def make_void(
    name: Name,
    reason: Annotated[str, typer.Option(help="Why: the source ended, the definition changed.")],
    by: By,
    second: Second = "",
    place: MeasuredIn = _MEASURED,
) -> None:
    """Make a forecast void, with a reason and two signatures; it stays in the register and is counted."""
    from mechlin.evaluation.forecasts import void
    from mechlin.study.foreseen import open_measured

    f = void(open_measured(place), name, reason, by, second, _now())
    print(f"{f.id} is void: {reason} (signed by {by} and {second})")


@forecast_app.command("head")
def head(
    published: Annotated[
        str, typer.Option(help='Note that it is published, and where: "mail to the audit office".')
    ] = "",
    place: MeasuredIn = _MEASURED,
) -> None:
    """Print the head of the register, to be published where whoever keeps the register cannot change it."""
    from mechlin.evaluation.chain import read
    from mechlin.evaluation.forecasts import FILE
    from mechlin.evaluation.verifying import note_head

    folder = _folder(place)
    found = read(folder / FILE)
    if published:
        note_head(folder, found.head, published, _now())
    print(found.head)


# ---------------------------------------------------------------------------------------------- what is shown


def _now() -> datetime:
    return datetime.now(UTC)


def _folder(place: Path) -> Path:
    """Return the folder; raise UsageError where it is none of what was measured."""
    from mechlin.evaluation.cards import read_head

    read_head(place)
    return place


def _published(place: Path) -> "list[Head]":
    from mechlin.evaluation.verifying import noted_heads

    return noted_heads(place)


def _all(place: Path) -> "list[Forecast]":
    from mechlin.evaluation.chain import read
    from mechlin.evaluation.forecasts import FILE, forecasts

    return list(forecasts(read(_folder(place) / FILE), _now().date()).values())


def _row(f: "Forecast") -> dict[str, str]:
    e = f.sealed
    said = f"{plain(e['middle'])} ({plain(e['inside'][0])} to {plain(e['inside'][1])}) {e['unit']}"
    seen = f"{plain(f.scored[-1]['value'])}{' inside' if f.scored[-1]['inside'] else ' outside'}" if f.scored else ""
    return {
        "forecast": f.id,
        "state": str(f.state),
        "sealed": e["at"][:10],
        "by": e["by"],
        "said (80 %)": said,
        "settles": f"{e['settles']['source']}, {e['settles']['on']}",
        "came": seen,
    }


def _record(f: "Forecast", values: bool = True) -> dict[str, Any]:
    left_out = () if values else ("values", "conditions")
    score = f.score
    return {
        "id": f.id,
        "state": str(f.state),
        **{k: v for k, v in f.sealed.items() if k not in ("id", "kind", *left_out)},
        "superseded_by": f.superseded_by or None,
        "void": f.void["reason"] if f.void else None,
        "score": None
        if score is None
        else {**score._asdict(), "skill": score.skill(), "observed": f.scored[-1]["value"]},
    }


def _tell(f: "Forecast") -> None:
    from mechlin.evaluation.scores import BASELINE_TEXTS

    e = f.sealed
    print(f"{f.id}: {f.state}\n{e['question']}")
    print(
        f"Said: {plain(e['middle'])} {e['unit']}, with 80 % between {plain(e['inside'][0])} and {plain(e['inside'][1])}"
    )
    print(f"Sealed: {e['at']}, by {e['by']}{' and ' + e['second'] if e['second'] else ''}")
    print(f"Settles: {e['settles']['source']}, on {e['settles']['on']}")
    for name, value in e["baselines"].items():
        if value is not None:
            print(f"Beside it, {BASELINE_TEXTS[name]}: {plain(value)}")
    if e["since"] is None:
        print("Nothing was observed before: no other forecast to beat, and a width that is a judgement")
    _tell_conditions(e)
    if f.void:
        print(f"Void: {f.void['reason']} (signed by {f.void['by']} and {f.void['second']})")
    if f.superseded_by:
        print(f"Superseded by {f.superseded_by}")
    for one in f.scored:
        where = "inside" if one["inside"] else "outside"
        edition = f"edition {one['edition']!r}, {one['status']}, published on {one['published_on']}"
        print(
            f"Came: {plain(one['value'])} ({edition}): {where}; CRPS {plain(one['crps'])}, interval score "
            f"{plain(one['interval'])}, PIT {one['pit']:.2f}; conditions: {one['conditions']}"
        )
    if f.score:
        for name, skill in f.score.skill().items():
            if skill is not None:
                better = "the forecast did better" if skill > 0 else f"{BASELINE_TEXTS[name]} would have done better"
                print(f"Skill against {BASELINE_TEXTS[name]}: {skill:.2f}: {better}")


def _tell_conditions(e: Any) -> None:
    conditions = e["conditions"]
    measures = ", ".join(conditions["settings"]) or "no measures"
    print(f"If: {measures} as planned (package {e['made']['package_digest']})")
    held = conditions["context_held_from"]
    if held:
        print(f"If: {', '.join(held)} stay as they were last known ({min(held.values())} to {max(held.values())})")
    print(f"Made from {len(e['made']['runs'])} runs of {e['made']['city']}, code {e['made']['code']}")


def _summary(settled: "list[Forecast]", as_json: bool = False) -> dict[str, Any]:
    """Print how good settled forecasts were, or return it as JSON: by indicator and by maker, and all when ten are."""
    from mechlin.evaluation.scores import FEWEST_FOR_ONE_SCORE, title
    from mechlin.study.foreseen import tallied

    by_indicator, by_maker, everything = tallied(settled)
    if as_json:
        groups = {"by_indicator": by_indicator, "by_maker": by_maker}
        said = {name: {key: t.to_json() for key, t in group.items()} for name, group in groups.items()}
        return {**said, "all": everything.to_json() if everything else None}
    if not settled:
        return {}
    for heading, group in (("By indicator", by_indicator), ("By maker", by_maker)):
        if group:
            print(f"\n{heading}")
            _table(group)
    print(_LEGEND)
    if everything is None:
        print(f"\n{len(settled)} settled: no score of all below {FEWEST_FOR_ONE_SCORE}.")
    else:
        print(f"\n{title(everything)}")
        _table({"all": everything})
    return {}


def _table(group: "dict[str, Tally]") -> None:
    from mechlin.cli.shared import print_rows
    from mechlin.evaluation.scores import BASELINE_TEXTS, title

    rows = []
    for name, t in group.items():
        hits = f"{t.inside} of {t.settled} ({100 * t.inside_low:.0f} to {100 * t.inside_high:.0f} %)"
        row = {"": name, "inside 80 %": hits, "CRPS": plain(t.crps), "interval score": plain(t.interval)}
        row |= {f"skill, {BASELINE_TEXTS[b]}": plain(s) for b, s in t.skill.items()}
        rows.append(row | {"in a word": title(t)})
    print_rows(rows, as_json=False)
