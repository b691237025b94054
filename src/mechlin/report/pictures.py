"""Charts as still pictures inside a page: they print as they are seen and need no script."""

import re
from itertools import count
from typing import Any

from mechlin.report.markup import esc
from mechlin.report.texts import ENGLISH, Language

WIDTH = 560  # of a chart in a page, in its own points; the page scales it
INK = "#1d2328"  # of text and lines; in a page it is the colour of the text around
_LOCALES: dict[str, Any] = {"en": "en-US", "nl": "nl-NL", "fr": "fr-FR", "sv": "sv-SE"}
_LOOK = {
    "aria": False,
    "background": None,
    "font": "Liberation Sans, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "domainColor": INK,
        "tickColor": INK,
        "gridColor": "#8a9097",
        "gridOpacity": 0.3,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
}
_PLACES = re.compile(r' (?:d|transform|x1?|x2|y1?|y2)="[^"]*"')  # where a tenth of a point is fine enough
_ROLES = re.compile(r' (?:role|aria-\w+)="[^"]*"')  # of marks: a picture has one name, that of the whole
_numbers = count()


def svg(spec: dict[str, Any], say: Language = ENGLISH, width: int = WIDTH, height: int | None = None) -> str:
    """Return a chart's specification drawn, with the marks of the language in its numbers."""
    import vl_convert

    spec = {**spec, "width": width, **({"height": height} if height else {})}
    drawn = vl_convert.vegalite_to_svg(
        spec, config=_LOOK, format_locale=_LOCALES.get(say.code, "en-US"), allowed_base_urls=[]
    )
    return str(drawn)


def inline(drawn: str, label: str) -> str:
    """Return a drawing as it stands in a page: as wide as its place, in the colour of the text, its names its own."""
    own = f"p{next(_numbers)}"
    head, _, body = drawn.partition(">")
    view = re.search(r'viewBox="[^"]*"', head)
    body = re.sub(r'(id="|url\(#|href="#)', rf"\1{own}", body)
    body = _ROLES.sub("", body)
    body = _PLACES.sub(lambda m: re.sub(r"(\d\.\d)\d+", r"\1", m[0]), body).replace(INK, "currentColor")
    return f'<div class="chart still"><svg {view[0] if view else ""} role="img" aria-label="{esc(label)}">{body}</div>'
