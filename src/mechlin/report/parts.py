"""The parts of a page while it is made: sections and pictures."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mechlin.report import charts, maps, pictures, wording
from mechlin.report.difference_chart import difference
from mechlin.report.templates import block_html
from mechlin.report.texts import ENGLISH, Language
from mechlin.study.comparison import Comparison
from mechlin.study.setting import Setting

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass
class Page:
    """The page while it is made: what it is about, and in which language."""

    comparison: Comparison
    setting: Setting
    say: Language = ENGLISH

    @property
    def titles(self) -> dict[str, str]:
        """The titles of measures in the language of the page."""
        return {name: self.say(title) for name, title in self.setting.titles.items()}

    def block(self, block: "DataclassInstance", **how: Any) -> str:
        """Return a block as the page shows it."""
        return block_html(block, self.say, **how)

    def chart(self, chart: Any, label: str, width: int = pictures.WIDTH) -> str:
        """Return a chart drawn in the page."""
        return pictures.inline(pictures.svg(chart.to_dict(validate=False), self.say, width), label)

    def map(self, values: np.ndarray, label: str, unit: str, gaps: bool = False) -> str:
        """Return a map of one value for each area; the page holds the outlines once."""
        s = self.setting
        assert s.shapes is not None
        return maps.area_map(values, s.shapes, s.area_names, label, unit, gaps, self.say)

    def difference(self, indicator: str) -> str:
        """Return the picture of what the package adds to an indicator."""
        label = self.say("{title}: difference by year", title=self.title(indicator))
        return self.chart(difference(self.comparison, indicator, self.say), label)

    def lines(self, indicator: str) -> str:
        """Return the picture of an indicator over the years, beside the record and, where they exist, other towns."""
        one = self.setting.other_towns.get(indicator)
        factor = charts.factor_of(self.comparison, indicator)
        others = [(y, v * factor) for y, v in zip(one.years, one.others, strict=True)] if one else []
        rows = self.setting.observed.get(indicator, [])
        if one and not rows:
            known = {"low": None, "high": None, "source": one.beside.source}
            rows = [{"year": y, "value": v, **known} for y, v in zip(one.years, one.observed, strict=True)]
        words = charts.words_of(self.comparison.card(indicator).unit, self.say)
        drawn = charts.lines(self.comparison, indicator, rows, words, others)
        return self.chart(drawn, self.say("{title} by year, with and without the package", title=self.title(indicator)))

    def title(self, indicator: str) -> str:
        """Return what an indicator is called in the language of the page."""
        return wording.name_of(self.comparison.card(indicator).title, self.say)


class Parts:
    """The sections of another page, added one by one, and its charts."""

    def __init__(self, say: Language = ENGLISH) -> None:
        """Start with none; numbers in charts are written as the language does."""
        self.say = say
        self.sections: list[tuple[str, str, str]] = []

    def add(self, name: str, title: str, html: str) -> None:
        """Add a section."""
        self.sections.append((name, title, html))

    def chart(self, chart: Any, label: str, width: int = pictures.WIDTH) -> str:
        """Return a chart drawn in the page, in so many points of its own; the fewer, the larger its words."""
        return pictures.inline(pictures.svg(chart.to_dict(validate=False), self.say, width), label)
