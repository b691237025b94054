"""The report: one page of HTML that holds everything it needs and asks nothing of any network.

It answers seven questions in a fixed order. A title says that something rises or falls only when the interval
excludes zero; every figure says how it was made; what this release cannot answer is said where the answer
would stand.
"""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from mechlin.core.files import write_text
from mechlin.core.spec import model_version
from mechlin.report import sections, texts
from mechlin.report.markup import esc
from mechlin.report.parts import Page, Parts
from mechlin.report.texts import ENGLISH
from mechlin.study.comparison import Comparison
from mechlin.study.setting import Setting

_POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:"


def write_report(
    comparison: Comparison, path: Path, setting: Setting | None = None, language: str = ENGLISH.code
) -> Path:
    """Write the report of ``comparison`` to ``path`` and return it; the file appears whole or not at all."""
    return _write(path, report(comparison, setting or Setting(), language))


def _write(path: Path, text: str) -> Path:
    return write_text(path, text)


def report(comparison: Comparison, setting: Setting, language: str = ENGLISH.code) -> str:
    """Return the whole page as text, its blocks in the language of that code; what is no block yet stands in English."""
    page = Page(comparison, setting, say=texts.language(language))
    parts: list[tuple[str, str, Callable[[Page], str]]] = [
        ("changed", "What changed in the city?", sections.changed),
        ("claim", "How much of it may the city claim?", sections.claim),
        ("measures", "Which measures carried it?", sections.measures),
        ("people", "Who paid and who was displaced?", sections.people),
        ("cost", "What did it cost?", sections.cost),
        ("guesses", "What rests on guesses?", sections.guesses),
        ("wrong", "What would have to be true for this to be wrong?", sections.wrong),
        ("method", "Method, seeds and definitions", sections.method),
    ]
    body = [(i, t, make(page)) for i, t, make in parts]
    title = f"{setting.city or 'A city'}, with and without the package"
    version = comparison.pairs[0][0].spec.version
    return _whole(title, sections.opening(page), body, page.charts, _shapes(setting), version, page.say.code)


def write_page_of(
    path: Path, title: str, opening: str, parts: Parts, lang: str = ENGLISH.code, foot: str = sections.DISCLAIMER
) -> Path:
    """Write a page of sections and charts to ``path``, whole or not at all, and return it; ``foot`` ends the page."""
    return _write(path, page_of(title, opening, parts, lang, foot))


def page_of(title: str, opening: str, parts: Parts, lang: str = ENGLISH.code, foot: str = sections.DISCLAIMER) -> str:
    """Return a page of sections and charts as text; ``foot`` ends the page."""
    return _whole(title, opening, parts.sections, parts.charts, "[]", model_version(), lang, foot)


def _whole(
    title: str,
    opening: str,
    parts: list[tuple[str, str, str]],
    charts: dict[str, dict[str, Any]],
    shapes: str,
    version: str,
    lang: str = ENGLISH.code,
    foot: str = sections.DISCLAIMER,
) -> str:
    """Return a page that holds everything it needs: sections with a list of contents, charts, shapes."""
    body = "".join(f'<section aria-labelledby="{i}"><h2 id="{i}">{t}</h2>{html}</section>' for i, t, html in parts)
    contents = "".join(f'<li><a href="#{i}">{t}</a></li>' for i, t, _ in parts)
    specs = json.dumps(charts, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{esc(title)} – Mechlin</title><style>{_own('report.css')}</style></head><body>"
        f'<header>{opening}<nav aria-label="Contents"><ol>{contents}</ol></nav></header>'
        f'<main>{body}</main><footer><p class="soft">{foot} Made by Mechlin {esc(version)}.</p></footer>'
        "<noscript><p>The charts need JavaScript; every number also stands in the tables.</p></noscript>"
        f'<script type="application/json" id="charts">{specs}</script>'
        f'<script type="application/json" id="shapes">{shapes}</script>'
        f'<script type="module">{vega_bundle()}</script>'
        f'<script type="module">{_own("report.js")}</script></body></html>\n'
    )


def vega_bundle() -> str:
    """Return Vega, Vega-Lite and their embedding as one script that may stand inside a page.

    Made by vl-convert without any network, and kept in the user's cache because that takes two seconds.
    """
    from importlib.metadata import version

    import vl_convert

    from mechlin.core.places import cache_home

    kept = cache_home() / f"vega-{version('vl-convert-python')}.js"
    if kept.is_file():
        return kept.read_text(encoding="utf-8")
    script = (
        str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
        .replace("</script", "<\\/script")
        .replace("<!--", "<\\!--")
    )
    half = kept.with_suffix(".writing")
    half.write_text(script, encoding="utf-8")
    half.replace(kept)
    return script


def rounded(part: Any) -> Any:
    """Return coordinates in kilometres to the metre."""
    if isinstance(part, float):
        return round(part, 3)
    return [rounded(p) for p in part] if isinstance(part, list | tuple) else part


def _shapes(setting: Setting) -> str:
    """Return the outlines of the areas in order, to the metre."""
    features = (setting.shapes or {"features": ()})["features"]
    outlines = [{**f["geometry"], "coordinates": rounded(f["geometry"]["coordinates"])} for f in features]
    return json.dumps(outlines, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _own(name: str) -> str:
    return (files("mechlin.report") / "page" / name).read_text(encoding="utf-8")
