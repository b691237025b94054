"""The message: what gets better, what gets worse, what cannot be told, what it costs and who pays, how sure."""

from collections.abc import Iterable
from dataclasses import dataclass

from mechlin.report import doubt, everyday, wording
from mechlin.report.blocks.findings import rest
from mechlin.report.texts import Language
from mechlin.statistics.intervals import held
from mechlin.study.comparison import Comparison
from mechlin.study.pairs import Effect

_SIDES = ("better", "worse", "moved")


@dataclass(frozen=True)
class Line:
    """What is said of one number: in things people know, ``behind`` it the number itself, and a ``note`` of doubt."""

    indicator: str
    title: str
    text: str
    behind: str
    verdict: str
    note: str = ""


@dataclass(frozen=True)
class Summary:
    """The message of a comparison; ``moved`` are numbers of which neither direction is the better one.

    While pairs are missing (``provisional``) nothing has a direction and everything stands in ``so_far``. ``others`` says of
    the numbers beside these how many get better and worse; '' where they were not looked through.
    """

    better: tuple[Line, ...]
    worse: tuple[Line, ...]
    moved: tuple[Line, ...]
    unclear: tuple[Line, ...]
    small: tuple[Line, ...]
    so_far: tuple[Line, ...]
    others: str
    cost: tuple[str, ...]
    sure: tuple[str, ...]
    pairs: int
    full: int
    provisional: bool


def summary(c: Comparison, names: Iterable[str], say: Language, others: bool = False) -> Summary:
    """Return the message about these numbers and, with ``others``, how many beside them have a direction."""
    found = [e for n in names if n in c.indicators and (e := c.effect(n)) is not None]
    sides: dict[str, list[Line]] = {side: [] for side in (*_SIDES, "unclear", "small", "so_far")}
    for e in found:
        sides[_side(c, e)].append(line(c, e, say))
    told = _others(c, {e.indicator for e in found}, say) if others and not c.provisional else ""
    return Summary(
        **{side: tuple(lines) for side, lines in sides.items()},
        others=told,
        cost=cost(c, say),
        sure=sure(c, say),
        pairs=len(c.pairs),
        full=c.full,
        provisional=c.provisional,
    )


def _side(c: Comparison, e: Effect) -> str:
    if c.provisional:
        return "so_far"  # what is the same so far too: the next pair may move it
    if e.verdict in ("up", "down"):
        better = c.card(e.indicator).better
        return "moved" if better == "neither" else "better" if better == e.verdict else "worse"
    return "unclear" if e.verdict == "cannot tell" else "small"


def line(c: Comparison, e: Effect, say: Language) -> Line:
    """Return what is said of one number; as strong as its verdict and no stronger."""
    title, when = wording.name_of(c.card(e.indicator).title, say), wording.span_of(e.span, say)
    known = everyday.known(c, e)
    clear = e.verdict in ("up", "down")
    text = everyday.told(known, clear, say) if known and (e.difference or e.low or e.high) else ""
    if e.verdict == "no change" and not c.provisional:
        text = say("exactly the same with the package as without")
    elif not text:
        text = wording.gap(e, say)
        title += f" ({say(beside)})" if (beside := wording.beside_title(e.unit)) else ""
    behind = say("{span}; without the package {level}", span=when, level=everyday.stands(e, say))
    if known is not None and known.value != e.difference * wording.scaled(e.unit)[0]:  # not the same number twice
        behind = say(
            "{span}; without the package {level}, difference {gap}",
            span=when,
            level=everyday.stands(e, say),
            gap=wording.gap(e, say),
        )
    if e.verdict == "cannot tell" and e.low * e.high > 0.0:
        note = say("On one side of zero, but among so many numbers that may be luck, or too little to matter")
        return Line(e.indicator, title, text, behind, e.verdict, note)
    return Line(e.indicator, title, text, behind, e.verdict)


def _others(c: Comparison, shown: set[str], say: Language) -> str:
    beside = rest(c, shown)
    clear = [_side(c, e) for e in c.clear_others() if e.indicator in beside]
    if not beside:
        return ""
    if not clear:
        return say("Of {rest} other numbers none has a direction.", rest=len(beside))
    counts = {side: clear.count(side) for side in _SIDES}
    return say(
        "Of {rest} other numbers: better {better}, worse {worse}, otherwise changed {moved}.",
        rest=len(beside),
        **counts,
    )


def cost(c: Comparison, say: Language) -> tuple[str, ...]:
    """Return what the package costs, a year and resident too, and who pays; a sentence each."""
    total, against = c.costs(), c.costs(side="without")
    if not total:
        return (say("The package costs nothing that the model keeps accounts of."),)
    first, last = int(c.years[0]), int(c.years[-1])
    whole = total[0]["eur"]
    said = [say("{eur} over {first} to {last}, all payers together", eur=_eur(total[0], say), first=first, last=last)]
    if residents := everyday.residents(c):
        each = wording.plain(whole / residents / len(c.years), 0, say)
        said[0] += say(": about EUR {each} a year for each resident", each=each)
    said[0] += "."
    payers = sorted(c.costs("payer"), key=lambda row: -row["eur"])
    parts = dict(zip((r["payer"] for r in payers), everyday.of_100([r["eur"] for r in payers]), strict=True))
    told = say.joined(  # no euros: middles of parts do not add up to the middle of the whole
        say("{payer} {share} %", payer=wording.payer(r["payer"], say), share=parts[r["payer"]])
        for r in payers
        if parts[r["payer"]]
    )
    said.append(say("Who pays: {payers}.", payers=told))
    if against:
        said.append(say("The other world costs {eur}.", eur=_eur(against[0], say)))
    return tuple(said)


def _eur(row: dict[str, float], say: Language) -> str:
    ends = wording.eur_range(row, say)
    return wording.eur(row["eur"], say) + (f" ({ends})" if ends else "")


def sure(c: Comparison, say: Language) -> tuple[str, ...]:
    """Return how sure the message is, a sentence each."""
    pairs = len(c.pairs)
    if c.provisional:
        first = say(
            "Provisional, {pairs} of {full} pairs of runs: no verdict before all are there.", pairs=pairs, full=c.full
        )
    else:
        first = say(
            "{pairs} pairs of simulated cities; in brackets the range within which {share} of 100 further pairs would lie. "
            "Of ten differences with a direction, at most one is expected to be luck.",
            pairs=pairs,
            share=round(100 * held(pairs)),
        )
    rests = doubt.rests_on("", sorted({*c.pairs[0][0].spec.package, *c.pairs[0][1].spec.package}))
    tens = {name: round(10 * part) for name, part in rests.items()}
    return (
        first,
        say(
            "Of every ten numbers behind the measures, {firm} rest on firm evidence, {weak} on weak evidence and "
            "{assumption} on judgement alone.",
            **tens,
        ),
        say("Not a forecast: two simulated worlds that differ in the package alone."),
    )
