"""A calibration for readers: tables, sentences, and a page of what the record told and what it could not."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np

from mechlin.report import wording
from mechlin.report.agreement import draw_lines
from mechlin.report.markup import esc, table
from mechlin.report.parts import Parts
from mechlin.report.report import write_page_of

if TYPE_CHECKING:
    from mechlin.study.calibration import Calibration

BELIEVED, FOUND, OBSERVED = "before", "after the record", "observed"
_SIDES = {"before": BELIEVED, "after": FOUND}
_COLOURS = {BELIEVED: "#9aa0a6", FOUND: "#1f7fb8", OBSERVED: "#8457a8"}


def number_table(found: "Calibration") -> list[dict[str, str]]:
    """Return what is told of each number, as rows of text, the best told first."""
    rows = sorted(found.number_rows(), key=lambda r: -r["contraction"])
    return [
        {
            "number": r["number"],
            "believed": " to ".join(map(wording.figure, r["believed"])),
            "found": wording.figure(r["found"]),
            "range": " to ".join(map(wording.figure, r["found_range"])),
            "unit": r["unit"],
            "narrowed": wording.per_cent(r["contraction"]),
            "told": r["told"],
        }
        for r in rows
    ]


def misfit_table(found: "Calibration") -> list[dict[str, str]]:
    """Return the fit of each observed indicator before and after, as rows of text, the worst first."""
    rows = sorted(found.misfit_rows(), key=lambda r: -r["misfit_after"])
    return [
        {
            "indicator": r["title"],
            "years": str(r["years"]),
            "year": str(r["last_year"]),
            "observed": wording.figure(r["observed"]),
            "before": wording.figure(r["before"]),
            "after": wording.figure(r["after"]),
            "unit": r["unit"],
            "misfit before": wording.plain(r["misfit_before"], 1),
            "misfit after": wording.plain(r["misfit_after"], 1),
        }
        for r in rows
    ]


def told_lines(found: "Calibration") -> list[str]:
    """Return in sentences what the record cannot tell, and what no level can mend."""
    silent = [r["number"] for r in found.number_rows() if r["told"] == "not at all"]
    before, after = (wording.plain(found.misfit(side), 2) for side in ("before", "after"))
    out = [
        f"Misfit over all rows: {before} before, {after} after "
        "(standard deviations of all doubt; 1 is as good as the doubt allows)."
    ]
    if silent:
        out.append(f"The record does not tell: {', '.join(silent)}.")
    out += [f"Told only together: {a} and {b} (correlation {wording.plain(r, 2)})." for a, b, r in found.together()]
    far = [r["title"] for r in found.misfit_rows() if not r["within_reach"]]
    if far:
        out.append(f"Out of reach of these numbers, so that a rule or the record is wrong: {', '.join(far)}.")
    if found.joint:
        out += draw_lines(found.joint)
    if found.left_out:
        out.append(f"{len(found.left_out)} rows of the record are left out; the page says why.")
    return out


def write_page(found: "Calibration", path: Path) -> Path:
    """Write the page of a calibration and return where it is."""
    parts, told = Parts(), [r["told"] for r in found.number_rows()]
    opening = (
        f"<h1>{esc(found.city.title)}: levels fitted to the record up to {found.plan.until}</h1>"
        f"<p>Of {len(told)} free numbers the record tells {told.count('well')} well, {told.count('partly')} partly and "
        f"{told.count('not at all')} not at all. The misfit went from {wording.plain(found.misfit('before'), 2)} to "
        f"{wording.plain(found.misfit('after'), 2)} standard deviations of all doubt.</p>"
        '<p class="doubt">Only levels are fitted, never effects. A good fit does not prove a rule: other rules may fit as '
        "well. What came out is a set of levels that agree with the record; each later world takes one of them.</p>"
    )
    chart = parts.chart(_ranges(found), "Each number: believed before, and after the record")
    parts.add(
        "numbers",
        "What the record told of each number",
        f"<figure>{chart}</figure>"
        + _table(
            "Narrowed: the share of a number’s prior variance that the record took away. Ranges hold nine tenths.",
            number_table(found),
        ),
    )
    lines = "".join(f"<li>{esc(line)}</li>" for line in told_lines(found))
    parts.add("silent", "What it cannot tell", f"<ul>{lines}</ul>")
    figures = "".join(
        f"<figure><h3>{esc(r['title'])}</h3>{parts.chart(_series(found, r), r['title'] + ': before, after, observed')}"
        f"<figcaption>Misfit {wording.plain(r['misfit_before'], 1)} before, {wording.plain(r['misfit_after'], 1)} after. "
        "Bands: nine tenths of the runs. Diamonds: observed, with all doubt.</figcaption></figure>"
        for r in found.misfit_rows()
    )
    parts.add(
        "fit",
        "Held against the record",
        f'<div class="grid">{figures}</div>'
        + _table(
            "Medians of the runs in the last observed year. Misfits are root mean squares over the years.",
            misfit_table(found),
        ),
    )
    waves = [[str(n), str(w.runs), wording.per_cent(w.left, decimals=1)] for n, w in enumerate(found.found.waves, 1)]
    grouped: dict[tuple[str, str], list[str]] = {}
    for r in found.left_out:
        grouped.setdefault((r["indicator"], r["why"]), []).append(str(r["year"]))
    rows = [[name, ", ".join(years), why] for (name, why), years in grouped.items()]
    parts.add(
        "made",
        "How it was found",
        (
            f"<p>History matching with Gaussian-process emulators: {found.count} runs of {esc(found.plan.package)}, residents "
            "and luck of each its own. The last wave was drawn from the posterior and is the check: “after” above is real "
            "runs, not emulated ones.</p>"
            + table("Share of the prior that is not implausible after each wave.", ["Wave", "runs", "left"], waves)
            + (table("Rows of the record that are left out.", ["Indicator", "years", "why"], rows) if rows else "")
        ),
    )
    return write_page_of(path, f"{found.city.title}: calibration up to {found.plan.until}", opening, parts)


def _table(caption: str, rows: list[dict[str, str]]) -> str:
    return table(caption, [h.capitalize() for h in rows[0]], [list(r.values()) for r in rows])


def _colour(*what: str) -> alt.Color:
    return alt.Color(
        "what:N",
        title=None,
        scale=alt.Scale(domain=list(what), range=[_COLOURS[w] for w in what]),
        legend=alt.Legend(orient="bottom", direction="horizontal"),
    )


def _ranges(found: "Calibration") -> alt.LayerChart:
    """Return each number's ranges on a scale of its own: the believed range is from 0 to 1."""
    rows: list[dict[str, Any]] = []
    for r in sorted(found.number_rows(), key=lambda r: -r["contraction"]):
        low, high = r["believed"]
        width = (high - low) or 1.0
        for what, (a, b), middle in ((BELIEVED, r["believed"], r["declared"]), (FOUND, r["found_range"], r["found"])):
            rows.append(
                {
                    "number": r["number"],
                    "what": what,
                    "low": (a - low) / width,
                    "high": (b - low) / width,
                    "middle": (middle - low) / width,
                    "told": f"{wording.figure(a)} to {wording.figure(b)} {r['unit']}",
                }
            )
    base = alt.Chart(alt.Data(values=rows))
    y = alt.Y("number:N", sort=None, title=None, axis=alt.Axis(labelLimit=320))
    offset = alt.YOffset("what:N", sort=list(_COLOURS))
    x = alt.X("low:Q", title="0 to 1: the range believed before", axis=alt.Axis(tickCount=7))
    bars = base.mark_rule(strokeWidth=6, opacity=0.55).encode(
        x=x, x2="high:Q", y=y, yOffset=offset, color=_colour(BELIEVED, FOUND), tooltip=["number:N", "what:N", "told:N"]
    )
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(
        x="middle:Q", y=y, yOffset=offset, color=_colour(BELIEVED, FOUND)
    )
    return alt.LayerChart(layer=[bars, dots]).properties(width="container", height=34 * len(found.plan.free))


def _series(found: "Calibration", row: dict[str, Any]) -> alt.LayerChart:
    """Return an indicator over the years: runs at the declared levels, runs at the found ones, and the record."""
    name, bands = row["indicator"], []
    for side, what in _SIDES.items():
        years, runs = found.lines[side][name][0], found.lines[side][name][1:]
        for n in np.flatnonzero(np.isfinite(runs).all(axis=0)):
            low, middle, high = np.quantile(runs[:, n], [0.05, 0.5, 0.95])
            bands.append(
                {"what": what, "year": int(years[n]), "low": _short(low), "value": _short(middle), "high": _short(high)}
            )
    doubt = found.doubt
    seen = [
        {
            "what": OBSERVED,
            "year": t.year,
            "value": _short(t.value),
            "low": _short(t.value - 1.645 * doubt[n]),
            "high": _short(t.value + 1.645 * doubt[n]),
        }
        for n, t in enumerate(found.targets)
        if t.indicator == name
    ]
    x = alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1, tickCount=6), scale=alt.Scale(nice=False))
    axis = alt.Axis(title=row["unit"], titleAngle=0, titleAlign="left", titleY=-10, titleX=0, tickCount=6)
    ends, y = (
        alt.Y("low:Q", axis=axis, scale=alt.Scale(zero=False)),
        alt.Y("value:Q", axis=axis, scale=alt.Scale(zero=False)),
    )
    runs_, facts = alt.Chart(alt.Data(values=bands)), alt.Chart(alt.Data(values=seen))
    layers = [
        runs_.mark_area(opacity=0.18).encode(x=x, y=ends, y2="high:Q", color=_colour(*_COLOURS)),
        runs_.mark_line(strokeWidth=2).encode(x=x, y=y, color=_colour(*_COLOURS)),
        facts.mark_rule().encode(x=x, y=ends, y2="high:Q", color=_colour(*_COLOURS)),
        facts.mark_point(filled=True, size=55, shape="diamond", opacity=1).encode(x=x, y=y, color=_colour(*_COLOURS)),
    ]
    return alt.LayerChart(layer=layers).properties(width="container", height=230)


def _short(value: float) -> float:
    return float(f"{value:.6g}")
