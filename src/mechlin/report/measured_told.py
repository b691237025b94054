"""What was measured on a terminal, and as sentences in JSON."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mechlin.evaluation.evaluate import Evaluation
from mechlin.report import measured_numbers as numbers
from mechlin.report import measured_words as words
from mechlin.report import wording
from mechlin.report.texts import ENGLISH, Language

if TYPE_CHECKING:
    from mechlin.study.measurement import Measurement


def line(found: "Measurement") -> str:
    """Return the verdicts in one line."""
    return "; ".join(words.sentence(e) for e in found.evaluations)


def spoken(found: Evaluation) -> dict[str, object]:
    """Return the sentences of an evaluation, for JSON."""
    return {
        "sentence": words.sentence(found),
        "reasons": words.reasons(found),
        "notes": words.notes(found),
        "overturned": words.overturned(found),
    }


def print_summary(found: "Measurement") -> None:
    """Print the verdicts with their reasons, and the estimates as tables."""
    from mechlin.report.tables import print_table

    for text in words.deviations(found):
        print(f"DEVIATION FROM THE PLAN: {text}")
    for n, e in enumerate(found.evaluations):
        print(("\n" if n or found.deviations else "") + f"{words.word(e.verdict.word).upper()}. {words.sentence(e)}.")
        if told := words.wanted(e):
            print(f"  {told}")
        for text in words.reasons(e):
            print(f"  {text}")
        print()
        print_table(HEADINGS, list(estimate_rows(e)), right=(1, 2, 3, 4, 5, 6))
        expected = numbers.number(e.regression.expected, e)
        print(f"\nRegression to the mean: {expected} expected; p beyond it {numbers.p_value(e.regression.p)}.")
        for text in words.notes(e):
            print(f"Note: {text}")
        if gone := e.panel.left_out:
            told = "; ".join(f"{t.town} ({words.left_out_why(t.why, t.more)})" for t in gone[:8])
            print(f"Not compared with: {told}{f' and {len(gone) - 8} more' if len(gone) > 8 else ''}.")
    print(f"\n{words.exploratory(found)}")


HEADINGS = ("estimator", "effect", "from", "to", "p", "fit, rank", "visible", "pretended starts, p")


def estimate_rows(found: Evaluation, say: Language = ENGLISH) -> Iterable[tuple[str, ...]]:
    """Return the estimates as cells: effect, set, p, how many towns fit better, what could be seen, pretended starts."""
    for e, p in zip(found.estimates, found.adjusted, strict=True):
        unit = found.outcome.unit
        factor = wording.scaled(unit)[0]
        decimals = numbers.decimals(e.effect * factor, e.low * factor, e.high * factor)

        def told(value: float, decimals: int = decimals, factor: float = factor) -> str:
            return wording.plain(value * factor, decimals, say)

        better = round(e.worse_fit * len(found.panel.donors)) + 1
        yield (
            words.method(e.method, say),
            told(e.effect),
            told(e.low),
            told(e.high),
            numbers.p_value(p, say),
            f"{better}/{len(found.panel.towns)}",
            told(e.visible.effect),
            ", ".join(f"{s}: {numbers.p_value(q, say)}" for s, _, q in e.fakes) or say("not possible"),
        )
