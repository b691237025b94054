"""The parts of a page while it is made: sections, and the charts drawn so far."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mechlin.report import charts
from mechlin.report.markup import esc
from mechlin.report.templates import block_html
from mechlin.report.texts import ENGLISH, Language
from mechlin.study.comparison import Comparison
from mechlin.study.setting import Setting

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass
class Page:
    """The page while it is made: what it is about, and the charts drawn so far."""

    comparison: Comparison
    setting: Setting
    charts: dict[str, dict[str, Any]] = field(default_factory=dict)
    say: Language = ENGLISH

    @property
    def titles(self) -> dict[str, str]:
        """The titles of measures in the language of the page."""
        return {name: self.say(title) for name, title in self.setting.titles.items()}

    def block(self, block: "DataclassInstance", **how: Any) -> str:
        """Return a block as the page shows it."""
        return block_html(block, self.say, **how)

    def chart(self, chart: Any, label: str, is_map: bool = False) -> str:
        """Keep a chart's specification and return the place where the page draws it."""
        spec = chart.to_dict()
        if is_map:  # the page holds the shapes once, for all maps
            for feature in spec["data"]["values"]["features"]:
                feature["geometry"] = None
        return _kept(self.charts, spec, label, ' data-map="1"' if is_map else "")

    def lines(self, indicator: str) -> str:
        """Return the place of an indicator's chart over the years."""
        rows = self.setting.observed.get(indicator, [])
        label = f"{self.comparison.card(indicator).title} by year, with and without the package"
        return self.chart(charts.lines(self.comparison, indicator, rows), label)


class Parts:
    """The sections and charts of another page, added one by one."""

    def __init__(self) -> None:
        """Start with none."""
        self.sections: list[tuple[str, str, str]] = []
        self.charts: dict[str, dict[str, Any]] = {}

    def add(self, name: str, title: str, html: str) -> None:
        """Add a section."""
        self.sections.append((name, title, html))

    def chart(self, chart: Any, label: str) -> str:
        """Keep a chart's specification and return the place where the page draws it."""
        return _kept(self.charts, chart.to_dict(), label)


def _kept(charts: dict[str, dict[str, Any]], spec: dict[str, Any], label: str, mark: str = "") -> str:
    name = f"chart{len(charts)}"
    spec.pop("$schema", None)
    spec.pop("config", None)
    charts[name] = spec
    return f'<div class="chart" data-chart="{name}"{mark} role="img" aria-label="{esc(label)}"></div>'
