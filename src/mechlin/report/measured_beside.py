"""What stands beside what was measured: what was rehearsed, and what was delivered of what was planned."""

from typing import TYPE_CHECKING

from mechlin.core.clock import month_text
from mechlin.evaluation.evaluate import Evaluation
from mechlin.report import measured_numbers as numbers
from mechlin.report import measured_words as words
from mechlin.report import wording
from mechlin.report.markup import esc, table
from mechlin.report.texts import Language

if TYPE_CHECKING:
    from mechlin.study.measurement import Measurement


def rehearsed(found: "Measurement", say: Language) -> str:
    """Return the rehearsed differences beside those from other towns; where there is none, how to get them."""
    if not found.rehearsed and all(e.outcome.rehearsed is None for e in found.evaluations):
        return f"<p>{esc(_no_rehearsal(found, say))}</p>"
    head = words.beside_head(say)
    rows = [_row(found, e, say) for e in found.evaluations]
    caption = say(
        "Differences a year, the mean of these years; in brackets what placebos in other towns do not rule out ({level}).",
        level=wording.per_cent(found.evaluations[0].choices.rules.set_level),
    )
    return f"<p>{esc(_of_which(found, say))}</p>" + table(caption, head, rows)


def _of_which(found: "Measurement", say: Language) -> str:
    r = found.rehearsed
    if r is None:
        return say("The effect that was rehearsed was given with the question.")
    return say(
        "{package}, compared with: {against}. Stored pairs of runs: {pairs}. In brackets where four pairs in five lie.",
        package=say(r.package),
        against=say(r.against),
        pairs=r.pairs,
    )


def _row(found: "Measurement", e: Evaluation, say: Language) -> list[str]:
    ends = found.rehearsed.differences.get(e.outcome.name) if found.rehearsed else None
    told = say("not simulated") if found.rehearsed else "–"
    if ends:
        low, middle, high = ends
        told = numbers.amount(middle, low, high, e, say, of_pairs=True)
    elif e.outcome.rehearsed is not None:
        told = numbers.number(e.outcome.rehearsed, e, say)
    main, panel = e.main, e.panel
    span = say("{first} to {last}", first=panel.start, last=panel.labels[-1])
    gap = numbers.amount(main.effect, main.low, main.high, e, say)
    return [words.title_of(e, say), span, told, gap, words.visible(main, e, say), words.word(e.verdict.word, say)]


def _no_rehearsal(found: "Measurement", say: Language) -> str:
    if found.missing:
        return say(
            "No pair of runs of this package is stored here yet, so nothing rehearsed stands beside these figures. The "
            "workbench keeps what its page shows; this command computes it too: {command}",
            command=found.missing.rehearse,
        )
    return say(
        "No effect was rehearsed for these figures, or none was given: --rehearsed NUMBER sets it beside them, and in a plan "
        "rehearsed = NUMBER."
    )


def _no_doses(found: "Measurement", say: Language) -> str:
    if found.missing:
        return say(
            "No table of what was delivered is there, so nobody can tell here how much of the plan came. It is read from {file}, "
            "in the folder in which mechlin serve was started, with the columns programme, parameter, month, planned, delivered.",
            file=found.missing.doses,
        )
    return say(
        "No table of what was delivered was given, so nobody can tell here how much of the plan came: --doses FILE.csv counts "
        "it, and in a plan doses = FILE.csv."
    )


def doses(found: "Measurement", say: Language) -> str:
    """Return planned against delivered of every number, and what is not known of it; without a table how to get it."""
    if not found.doses:
        return f"<p>{esc(_no_doses(found, say))}</p>"

    def told(value: float | None) -> str:
        return "–" if value is None else wording.plain(value, numbers.decimals(value), say)

    head = [
        say("Dose"),
        say("Months"),
        say("Planned"),
        say("Delivered"),
        say("from"),
        say("to"),
        say("Of the plan"),
        say("Did not report"),
    ]
    rows = [
        [
            f"{d.name}, {say(d.unit)}",
            f"{month_text(d.first)}–{month_text(d.last)}",
            told(d.planned),
            told(d.delivered),
            told(d.low),
            told(d.high),
            "–" if d.of_plan is None else wording.per_cent(d.of_plan),
            wording.per_cent(d.missing),
        ]
        for d in found.doses
    ]
    caption = say("A month on average. What is not known is a range, never zero.")
    return table(caption, head, rows)
