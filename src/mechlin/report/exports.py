"""What leaves the report: a picture of each figure, the numbers with their units, and ten slides.

A picture carries its message, its source and its caveat, so that it stays right wherever it is shown.
"""

import csv
import io
import re
import textwrap
from pathlib import Path
from typing import Any

from mechlin.core.extras import extra
from mechlin.core.files import whole
from mechlin.report import cost_chart, pictures
from mechlin.report.blocks.summary import Line, summary
from mechlin.report.difference_chart import difference
from mechlin.report.figures import finding_title
from mechlin.report.front import chosen, heading, leading, worth_lines
from mechlin.report.markup import esc
from mechlin.report.parts import Page
from mechlin.report.texts import asked
from mechlin.study.comparison import Comparison
from mechlin.study.setting import Setting

_WIDTH, _HEIGHT, _EDGE = 1280, 720, 70  # points of a slide
_SIZES = (30, 26, 22, 19, 16, 14)  # of letters, the largest first that fits
_LETTER = 0.5  # mean width of a letter for its size
_LEADING = 1.35  # of a line for the size of its letters
_PICTURE = (960, 600)
_SHARP = 2  # points of a picture for a point of its drawing
_FONT = 'font-family="Liberation Sans, Arial, sans-serif"'
_SLIDE_FIGURES = 4


def write_exports(c: Comparison, folder: Path, setting: Setting, language: str = "en") -> tuple[Path, ...]:
    """Write numbers.csv, a picture of each figure and slides.pdf into a folder, and return them all."""
    pypdf = extra("pypdf", "slides")
    page = Page(c, setting, say=asked(language))
    written = [_write(folder / "numbers.csv", numbers(page).encode("utf-8"))]
    for name in c.headlines:
        written.append(_write(folder / "pictures" / f"{name}.png", picture(page, name)))
    written.append(_write(folder / "slides.pdf", _bound(pypdf, slides(page), heading(page))))
    return tuple(written)


def _write(path: Path, data: bytes) -> Path:
    with whole(path) as half:
        half.write_bytes(data)
    return path


# ------------------------------------------------------------------------------------------- numbers


def numbers(page: Page) -> str:
    """Return every effect as a table of commas: what it is, its unit, the year, both worlds, difference, range, verdict."""
    c, say = page.comparison, page.say
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    head = (
        "indicator",
        "title",
        "unit",
        "better",
        "year",
        "with",
        "without",
        "difference",
        "low",
        "high",
        "verdict",
        "pairs",
    )
    rows.writerow(head)
    for e in c.effects:
        card = c.card(e.indicator)
        figures = [f"{v:.6g}" if v == v else "" for v in (e.with_, e.without, e.difference, e.low, e.high)]
        named = (e.indicator, page.title(e.indicator), say(e.unit), card.better)
        rows.writerow([*named, e.year, *figures, say(e.verdict), e.pairs])
    return out.getvalue()


# ------------------------------------------------------------------------------------------ pictures


def picture(page: Page, name: str) -> bytes:
    """Return a PNG of what the package adds to an indicator: message, chart, source and caveat."""
    import vl_convert

    width, height = _PICTURE
    drawing = _Drawing(width, height)
    drawing.text(finding_title(page, name), 40, 30, width - 80, 90, bold=True)
    drawing.chart(
        difference(page.comparison, name, page.say).to_dict(validate=False), page, 40, 130, width - 80, height - 260
    )
    drawing.text(
        "\n".join((_source(page, name), caveat(page))), 40, height - 110, width - 80, 100, largest=19, soft=True
    )
    return bytes(vl_convert.svg_to_png(drawing.svg(), scale=_SHARP))


def _source(page: Page, name: str) -> str:
    c, say = page.comparison, page.say
    version = c.pairs[0][0].spec.version
    return say(
        "{title}, {unit}. Mechlin {version}, {pairs} pairs of simulated cities, {first} to {last}.",
        title=page.title(name),
        unit=say(c.card(name).unit) or say("number"),
        version=version,
        pairs=len(c.pairs),
        first=c.years[0],
        last=c.years[-1],
    )


def caveat(page: Page) -> str:
    """Return what is to be said beside any number of this comparison."""
    c, say = page.comparison, page.say
    told = say("Not a forecast: two simulated worlds that differ in the package alone.")
    if c.provisional:
        counted = {"pairs": len(c.pairs), "full": c.full}
        few = say("Provisional, {pairs} of {full} pairs of runs: no verdict before all are there.", **counted)
        return f"{few} {told}"
    return told


# -------------------------------------------------------------------------------------------- slides


def slides(page: Page) -> list[str]:
    """Return the slides as drawings: title, message, what cannot be told, costs, four figures, how sure, what to doubt."""
    c, say = page.comparison, page.say
    s = summary(c, c.headlines, say, others=True)
    against = [*_lines(say("What gets better"), s.better), *_lines(say("What gets worse"), s.worse)]
    against += _lines(say("What changes, for better or worse"), s.moved)
    if c.provisional:
        against = [caveat(page), *_lines(say("So far, from the pairs that are there"), s.so_far)]
    elif not against:
        against = [say("Of the main numbers none has a direction.")]
    open_ = [*_lines("", s.unclear), *_lines(say("What hardly changes"), s.small)]
    told = [
        _worded(page, heading(page), [leading(page), caveat(page)]),
        _worded(page, say("In short"), [*against, s.others]),
        _worded(page, say("What cannot be told"), open_ or [say("nothing")]),
        _drawn(page, say("What it costs and who pays"), list(s.cost), _costs(page)),
    ]
    for name in chosen(page)[:_SLIDE_FIGURES]:
        spec = difference(c, name, say).to_dict(validate=False)
        told.append(_drawn(page, finding_title(page, name), [_source(page, name)], spec))
    rest = say(
        "The annex of the report lists every number that rests on judgement, and what would have to be true for this to be wrong."
    )
    told.append(_worded(page, say("How sure"), [*s.sure, c.caption(say.code)]))
    told.append(_worded(page, say("What to doubt"), [*worth_lines(page), rest]))
    return told


def _lines(title: str, lines: tuple[Line, ...]) -> list[str]:
    told = [f"• {one.title}: {one.text}{f' ({one.note})' if one.note else ''}" for one in lines]
    return ([title.upper()] if title and told else []) + told


def _costs(page: Page) -> dict[str, Any] | None:
    c = page.comparison
    return cost_chart.costs(c, page.titles, page.say).to_dict(validate=False) if c.costs() else None


def _worded(page: Page, title: str, lines: list[str]) -> str:
    drawing = _slide(page, title)
    drawing.text("\n".join(line for line in lines if line), _EDGE, 160, _WIDTH - 2 * _EDGE, 470)
    return drawing.svg()


def _drawn(page: Page, title: str, lines: list[str], spec: dict[str, Any] | None) -> str:
    drawing = _slide(page, title)
    drawing.text("\n".join(lines), _EDGE, 150, _WIDTH - 2 * _EDGE, 100, largest=22)
    if spec is not None:
        drawing.chart(spec, page, _EDGE, 260, _WIDTH - 2 * _EDGE, 370)
    return drawing.svg()


def _slide(page: Page, title: str) -> "_Drawing":
    drawing = _Drawing(_WIDTH, _HEIGHT)
    drawing.text(title, _EDGE, 40, _WIDTH - 2 * _EDGE, 100, bold=True, largest=38)
    drawing.text(caveat(page), _EDGE, _HEIGHT - 55, _WIDTH - 2 * _EDGE, 40, largest=16, soft=True)
    return drawing


def _bound(pypdf: Any, drawings: list[str], title: str) -> bytes:
    """Return drawings as the pages of one PDF."""
    import vl_convert

    bound = pypdf.PdfWriter()
    for drawing in drawings:
        bound.append(io.BytesIO(vl_convert.svg_to_pdf(drawing)))
    bound.add_metadata({"/Title": title})
    out = io.BytesIO()
    bound.write(out)
    return out.getvalue()


class _Drawing:
    """Text and charts on a sheet; what does not fit is set smaller."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.parts: list[str] = []

    def text(
        self,
        text: str,
        x: int,
        y: int,
        width: int,
        height: int,
        bold: bool = False,
        largest: int = 30,
        soft: bool = False,
    ) -> None:
        """Set text into a box."""
        sizes = [largest, *(size for size in _SIZES if size < largest)]
        lines: list[str] = []
        for size in sizes:
            letters = int(width / (size * _LETTER))
            lines = [part for line in text.split("\n") for part in textwrap.wrap(line, letters) or [""]]
            if len(lines) * size * _LEADING <= height:
                break
        weight = ' font-weight="bold"' if bold else ""
        colour = "#545e67" if soft else pictures.INK
        for n, line in enumerate(lines):
            at = f'x="{x}" y="{y + size * (1 + n * _LEADING):.0f}" font-size="{size}"'
            self.parts.append(f'<text {at} {_FONT}{weight} fill="{colour}">{esc(line)}</text>')

    def chart(self, spec: dict[str, Any], page: Page, x: int, y: int, width: int, height: int) -> None:
        """Draw a chart into a box."""
        drawn = pictures.svg(spec, page.say, width=int(width * 0.62), height=int(height * 0.58))
        view = re.search(r'viewBox="[^"]*"', drawn)
        body = drawn.partition(">")[2]
        self.parts.append(
            f'<svg x="{x}" y="{y}" width="{width}" height="{height}" {view[0] if view else ""} '
            f'preserveAspectRatio="xMinYMin meet">{body}'
        )

    def svg(self) -> str:
        """Return the sheet."""
        width, height = self.size
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" '
            f'height="{height}" viewBox="0 0 {width} {height}"><rect width="{width}" height="{height}" fill="#ffffff"/>'
            f"{''.join(self.parts)}</svg>"
        )
