"""The report: one page of HTML that holds everything it needs and asks nothing of any network.

Two pages say the message and show a figure for each of its parts; everything else is an annex that answers seven
questions in a fixed order. A title says that something rises or falls only when the interval excludes zero. All
pictures are still: what is printed is what is seen.
"""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from mechlin.core.files import write_text
from mechlin.core.spec import model_version
from mechlin.report import maps, sections, texts
from mechlin.report.front import front
from mechlin.report.markup import esc
from mechlin.report.parts import Page, Parts
from mechlin.report.texts import ENGLISH, Language
from mechlin.study.comparison import Comparison
from mechlin.study.setting import Setting

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def write_report(
    comparison: Comparison, path: Path, setting: Setting | None = None, language: str = ENGLISH.code
) -> Path:
    """Write the report of ``comparison`` to ``path`` and return it; the file appears whole or not at all."""
    return _write(path, report(comparison, setting or Setting(), language))


def _write(path: Path, text: str) -> Path:
    return write_text(path, text)


def report(comparison: Comparison, setting: Setting, language: str = ENGLISH.code) -> str:
    """Return the whole page as text, in the language of that code."""
    page = Page(comparison, setting, say=texts.language(language))
    say = page.say
    parts: list[tuple[str, str, Callable[[Page], str]]] = [
        ("changed", say("What changed in the city?"), sections.changed),
        ("claim", say("How much of it may the city claim?"), sections.claim),
        ("measures", say("Which measures carried it?"), sections.measures),
        ("people", say("Who paid and who was displaced?"), sections.people),
        ("cost", say("What did it cost?"), sections.cost),
        ("guesses", say("What rests on guesses?"), sections.guesses),
        ("wrong", say("What would have to be true for this to be wrong?"), sections.wrong),
        ("method", say("Method, seeds and definitions"), sections.method),
    ]
    body = [(i, t, make(page)) for i, t, make in parts]
    title = say("{city}, with and without the package", city=setting.city or say("A city"))
    opening = f'{maps.outlines(setting.shapes)}{front(page)}<section class="annex"><h1>{say("Annex")}</h1>'
    version = comparison.pairs[0][0].spec.version
    foot = sections.disclaimer(say)
    return _whole(title, opening, body, version, say, foot, "</section>")


def write_page_of(
    path: Path, title: str, opening: str, parts: Parts, lang: str = ENGLISH.code, foot: str | None = None
) -> Path:
    """Write a page of sections to ``path``, whole or not at all, and return it; ``foot`` ends the page."""
    return _write(path, page_of(title, opening, parts, lang, foot))


def page_of(title: str, opening: str, parts: Parts, lang: str = ENGLISH.code, foot: str | None = None) -> str:
    """Return a page of sections as text; ``foot`` ends the page."""
    say = texts.language(lang)
    foot = sections.disclaimer(say) if foot is None else foot
    return _whole(title, f"<header>{opening}</header>", parts.sections, model_version(), say, foot)


def _whole(
    title: str,
    opening: str,
    parts: list[tuple[str, str, str]],
    version: str,
    say: Language,
    foot: str,
    closing: str = "",
) -> str:
    """Return a page that holds everything it needs: what stands on top, sections and, of several, a list."""
    body = "".join(f'<section aria-labelledby="{i}"><h2 id="{i}">{t}</h2>{html}</section>' for i, t, html in parts)
    listed = "".join(f'<li><a href="#{i}">{t}</a></li>' for i, t, _ in parts)
    contents = f'<nav aria-label="{say("Contents")}"><ol>{listed}</ol></nav>' if len(parts) > 1 else ""
    made = f"{say('Made by Mechlin {version}.', version=version)} {texts.what_is_missing(say)}".rstrip()
    return (
        f'<!doctype html>\n<html lang="{say.code}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{esc(title)} – Mechlin</title><style>{_own('report.css')}</style></head><body>"
        f"<main>{opening}{contents}{body}{closing}</main>"
        f'<footer><p class="soft">{foot} {esc(made)}</p></footer></body></html>\n'
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


def _own(name: str) -> str:
    return (files("mechlin.report") / "page" / name).read_text(encoding="utf-8")
