"""The page of what was measured: verdicts first, then what each rests on, and what would have to be true for it to fail."""

from pathlib import Path
from typing import TYPE_CHECKING

from mechlin.core.files import write_text
from mechlin.evaluation.evaluate import Evaluation
from mechlin.report import measured_beside as beside
from mechlin.report import measured_charts as charts
from mechlin.report import measured_numbers as numbers
from mechlin.report import measured_words as words
from mechlin.report import texts, wording
from mechlin.report.donor_map import donor_map
from mechlin.report.markup import esc, table
from mechlin.report.measured_told import estimate_rows
from mechlin.report.parts import Parts
from mechlin.report.report import page_of
from mechlin.report.texts import Language

if TYPE_CHECKING:
    from mechlin.study.measurement import Measurement

_MOST_DONORS = 25  # rows of the table of weights
_MOST_LEFT_OUT = 40
_NO_WEIGHT = 0.0005  # weights below it are none in the table
_LITTLE = 0.005  # weights below it round to 0 %
_HALF = 300  # points of a chart that takes half a line


def write_page(found: "Measurement", path: Path, language: str = "en") -> Path:
    """Write the page in a language and return where it is."""
    return write_text(path, page(found, language))


def page(found: "Measurement", language: str = "en") -> str:
    """Return the page in a language."""
    say = texts.asked(language)
    parts = Parts(say)
    first = found.evaluations[0]
    parts.add("verdicts", say("The verdicts"), _verdicts(found, say))
    for n, e in enumerate(found.evaluations):
        parts.add(f"figure{n}", esc(words.title_of(e, say)), _figure(e, _sealed(found, e, say), parts, say))
    parts.add("rehearsed", say("What was rehearsed"), beside.rehearsed(found, say))
    parts.add("doses", say("What was delivered of what was planned"), beside.doses(found, say))
    parts.add("donors", say("Donors and weights"), _donors(found, parts, say))
    parts.add("wrong", say("What would have to be true for this to be wrong?"), _wrong(found, say))
    parts.add("data", say("Data, plan and method"), _data(found, say))
    title = say("{place} held against other towns", place=first.panel.town)
    return page_of(title, _opening(found, title, say), parts, say.code, _foot(say))


def _sealed(found: "Measurement", e: Evaluation, say: Language) -> tuple[str, str]:
    """Return when something was sealed about a figure, its plan or a forecast, and the sentence that says so."""
    if found.signature:
        return found.signature.on, say("The dashed one: the plan was signed.")
    return found.sealed.get(e.outcome.name, ""), say("The dashed one: a forecast of it was sealed.")


def _foot(say: Language) -> str:
    return say("Other towns say what would have come anyway, never with certainty.")


def _opening(found: "Measurement", title: str, say: Language) -> str:
    red = "".join(f"<li>{esc(text)}</li>" for text in words.deviations(found, say))
    head = esc(say("Not as planned"))
    deviations = f'<div class="deviation" role="note"><h2>{head}</h2><ul>{red}</ul></div>' if red else ""
    told = "".join(
        f'<li class="{_mark(e)}"><strong>{esc(words.headed(e, say))}</strong>. {esc(words.sentence(e, say))}.</li>'
        for e in found.evaluations
    )
    return (
        f"{deviations}<h1>{esc(title)}</h1><ul class='findings'>{told}</ul>"
        f'<p class="doubt">{esc(words.exploratory(found, say))}</p>'
    )


def _mark(e: Evaluation) -> str:
    return "up" if e.verdict.word in ("holds", "leans") else "unclear"


def _verdicts(found: "Measurement", say: Language) -> str:
    """Return one row for each figure: word, effect by estimator, p, what could be seen."""
    methods = [e.method for e in found.evaluations[0].estimates]
    head = [say("Figure"), say("Verdict"), *(words.method(m, say) for m in methods), say("Smallest visible effect")]
    rows = []
    for e in found.evaluations:
        cells = list(estimate_rows(e, say))
        effects = [f"{cell[1]} ({cell[2]}; {cell[3]}), p {cell[4]}" for cell in cells]
        name = words.title_of(e, say) + (f", {numbers.unit_of(e, say)}" if e.outcome.unit else "")
        kind = "" if e.outcome.primary else " " + say("(explored)")
        rows.append([name + kind, words.word(e.verdict.word, say), *effects, cells[e.estimates.index(e.main)][6]])
    level = wording.per_cent(found.evaluations[0].choices.rules.set_level)
    caption = say(
        "In brackets: the {level} confidence set, every effect that the permutation test does not reject.", level=level
    )
    reasons = "".join(
        f"<h3>{esc(say('{title}: {text}', title=words.title_of(e, say), text=words.because(e, say)))}</h3>"
        f"<ul>{''.join(f'<li>{esc(text)}</li>' for text in words.reasons(e, say))}</ul>"
        for e in found.evaluations
    )
    return table(caption, head, rows) + reasons


def _figure(e: Evaluation, sealed: tuple[str, str], parts: Parts, say: Language) -> str:
    title = words.title_of(e, say)
    line = parts.chart(
        charts.series(e, say, sealed[0]), say("{title}: {place} and other towns", title=title, place=e.panel.town)
    )
    strip = parts.chart(charts.placebo_strip(e, say), say("{title}: effects found in every town", title=title), _HALF)
    curve = charts.power_curve(e, say)
    seen = parts.chart(curve, say("{title}: which effect is seen how often", title=title), _HALF) if curve else ""
    head = [
        say("Estimator"),
        say("Effect"),
        say("from"),
        say("to"),
        "p",
        say("Rank of fit"),
        say("Smallest visible effect"),
        say("Pretended starts, p"),
    ]
    rows = [list(row) for row in estimate_rows(e, say)]
    heads = say("Effects where nothing was done"), say("What could have been seen")
    caption = say("Unit: {unit}.", unit=numbers.unit_of(e, say)) if e.outcome.unit else ""
    start = say(
        "The upright line: {start}, the first period with the measure. Thin grey lines: other towns.",
        start=e.panel.start,
    )
    if charts.is_within(e, sealed[0]):
        start += f" {sealed[1]}"
    told = say(
        "Each tick is the effect that the same estimator finds in a town where nothing was done; the diamond is {place}, "
        "its line the confidence set.",
        place=e.panel.town,
    )
    size = say(
        "An effect planted in other towns: in how many it is seen (p up to {level}). Without any, {size} are called one.",
        level=numbers.limit_of(e.choices.rules.holds_p, say),
        size=wording.per_cent(e.main.visible.size),
    )
    shown = f"<figure><h3>{esc(heads[1])}</h3>{seen}<figcaption>{esc(size)}</figcaption></figure>"
    notes = "".join(f"<li>{esc(text)}</li>" for text in words.notes(e, say))
    return (
        f"<p>{esc(words.sentence(e, say))}. {esc(words.wanted(e, say))}</p>"
        f"<figure>{line}<figcaption>{esc(start)}</figcaption></figure>"
        f"<div class='grid below'><figure><h3>{esc(heads[0])}</h3>{strip}"
        f"<figcaption>{esc(told)}</figcaption></figure>{shown if curve else ''}</div>"
        + table(caption, head, rows)
        + (f"<ul class='soft'>{notes}</ul>" if notes else "")
    )


def _donors(found: "Measurement", parts: Parts, say: Language) -> str:
    out = []
    for e in found.evaluations:
        matched = [x for x in e.estimates if x.method != "did"]
        if chart := donor_map(e, found.places or {}, say):
            where = parts.chart(chart, say("Where the donors lie"))
            out.append(f"<figure>{where}</figure>")
        weights = {t: [float(x.fit.weights[k]) for x in matched] for k, t in enumerate(e.panel.donors)}
        some = sorted(
            (t for t in weights if max(weights[t], default=0.0) >= _NO_WEIGHT), key=lambda t: (-max(weights[t]), t)
        )
        rows = [[t, *(_weight(w) for w in weights[t])] for t in some[:_MOST_DONORS]]
        caption = say(
            "{title}: weights of {some} of {all} towns; the others have none.",
            title=words.title_of(e, say),
            some=len(some),
            all=len(e.panel.donors),
        )
        if matched:
            out.append(table(caption, [say("Town"), *(words.method(x.method, say) for x in matched)], rows))
        gone = [[t.town, words.left_out_why(t.why, t.more, say)] for t in e.panel.left_out[:_MOST_LEFT_OUT]]
        if gone:
            more = len(e.panel.left_out) - len(gone)
            told = say("Towns that are no comparison") + (" " + say("(and {n} more)", n=more) if more > 0 else "")
            out.append(table(told, [say("Town"), say("Why")], gone))
    return "".join(out)


def _weight(share: float) -> str:
    if share < _NO_WEIGHT:
        return "–"
    return "< 1 %" if share < _LITTLE else wording.per_cent(share)


def _wrong(found: "Measurement", say: Language) -> str:
    return "".join(
        f"<h3>{esc(say('{title}: {text}', title=words.title_of(e, say), text=words.word(e.verdict.word, say)))}</h3>"
        f"<ul>{''.join(f'<li>{esc(text)}</li>' for text in words.overturned(e, say))}</ul>"
        for e in found.evaluations
    )


def _data(found: "Measurement", say: Language) -> str:
    out = []
    for n, e in enumerate(found.evaluations):
        origin = found.origins[n] if n < len(found.origins) else None
        if n and origin is not None and e.panel.source == found.evaluations[0].panel.source:
            origin = None  # told once
        rows = [[say("Table"), e.panel.source], [say("Fingerprint of the figures"), e.panel.digest()[:32]]]
        if origin:
            rows += [
                [say("Source"), origin.source],
                [say("Licence"), origin.licence],
                [say("Note"), say(origin.note) if say.has(origin.note) else origin.note],
            ]
        before = e.panel.before
        span = f"{e.panel.labels[0]}–{e.panel.labels[-1]}; {before} + {len(e.panel.labels) - before}"
        rows += [[say("Periods"), span], [say("Towns compared with"), str(len(e.panel.donors))]]
        named = say("{title}: {text}", title=words.title_of(e, say), text=say("where the figures are from"))
        out.append(table(named, ["", ""], rows))
    if found.plan:
        out.append(
            table("", ["", ""], [[say("Plan"), found.plan.path.name], [say("Hash of the plan"), found.plan.hash]])
        )
    how = say(
        "Difference-in-differences takes the mean of all other towns, moved to the town's own level of before. Synthetic "
        "control takes the mix of towns nearest to its past, by level or by movement alone. Each is also made for every "
        "other town in its place: p is the share of effects at least as large. The town itself is never a donor. No "
        "standard error is shown, for with one town there is none."
    )
    return "".join(out) + f"<p>{esc(how)}</p>"
