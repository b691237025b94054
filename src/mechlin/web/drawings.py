"""Charts as the page gets them: the report's own specifications, made once, then only their numbers exchanged.

To make a specification takes Altair a tenth of a second, to fill it with new numbers nothing worth naming. What comes
out is what `experiments.charts` would have made of the same runs; a test holds the two together.
"""

import copy
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt

from mechlin.report import charts, difference_chart, wording
from mechlin.report.texts import Language
from mechlin.study.comparison import Comparison

WORDS = (charts.WITH, charts.WITHOUT, charts.OBSERVED, "points", "difference")
_KEPT = 600


class Drawings:
    """The specifications made so far, by what they show; the outlines of areas are left to the page."""

    def __init__(self, area_names: Sequence[str]) -> None:
        """Start with none."""
        self._made: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._making = threading.Lock()
        self._names = tuple(area_names)

    def lines(self, c: Comparison, name: str, seen: Sequence[Mapping[str, Any]], say: Language) -> dict[str, Any]:
        """Return the chart of an indicator; its rows stand once, under ``datasets``."""
        words = words_for(c.card(name).unit, say)

        def make() -> dict[str, Any]:
            spec = _plain(charts.lines(c, name, seen, words))
            facts: list[Any] = []
            for part in [spec, *spec["layer"]]:
                rows = part.get("data", {}).get("values")
                if rows is None:
                    continue
                is_seen = bool(rows) and rows[0]["world"] == words[charts.OBSERVED]
                facts = rows if is_seen else facts
                part["data"] = {"name": "observed" if is_seen else "runs"}
            return {**spec, "datasets": {"runs": [], **({"observed": facts} if facts else {})}}

        spec = self._template(("lines", name, say.code, _span(c)), make)
        return {**spec, "datasets": {**spec["datasets"], "runs": charts.world_rows(c, name, words)}}

    def difference(self, c: Comparison, name: str, say: Language) -> dict[str, Any]:
        """Return the chart of what the package adds to an indicator: grey until it has a direction."""
        e = c.effect(name)
        clear = e is not None and e.verdict in ("up", "down") and not c.provisional

        def make() -> dict[str, Any]:
            spec = _plain(difference_chart.difference(c, name, say, coloured=False))
            for part in [spec, *spec["layer"]]:
                if "year" in next(iter(part.get("data", {}).get("values", ())), {}):
                    part["data"] = {"name": "differences"}
                if part.get("mark", {}).get("type") == "rule" and "x" not in part["encoding"]:
                    del part["mark"]["color"]  # the line of no difference has the ink of the page, light or dark
            return spec

        spec = self._template(("difference", name, say.code, _span(c)), make)
        layer = [_coloured(part, difference_chart.BLUE) for part in spec["layer"]] if clear else spec["layer"]
        return {**spec, "layer": layer, "datasets": {"differences": difference_chart.difference_rows(c, name)}}

    def costs(self, c: Comparison, titles: Mapping[str, str], say: Language) -> dict[str, Any]:
        """Return the chart of what each measure cost."""
        spec = self._template(("costs", say.code), lambda: _plain(charts.costs(c, titles, say("EUR million"))))
        return {**spec, "data": {"values": charts.cost_rows(c, titles)}}

    def map(self, c: Comparison, name: str, show: str, say: Language) -> dict[str, Any]:
        """Return the map of an area indicator, its areas without outlines."""
        bare = {"type": "FeatureCollection", "features": [{"geometry": None} for _ in self._names]}

        def make() -> dict[str, Any]:
            return _plain(charts.area_map(c, name, bare, self._names, show, False, words_for(c.card(name).unit, say)))

        spec = copy.deepcopy(self._template(("map", name, show, say.code, _span(c)), make))
        values = charts.area_values(c, name, show)
        for a, feature in enumerate(spec["data"]["values"]["features"]):
            feature["properties"]["v"] = [None if math.isnan(v) else v for v in values[:, a].tolist()]
        scale = charts.map_scale(values, show).to_dict()
        for layer in spec["layer"]:
            if "scale" in layer.get("encoding", {}).get("color", {}):
                layer["encoding"]["color"]["scale"] = scale
        return spec

    def _template(self, key: tuple[Any, ...], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        with self._making:
            if key not in self._made:
                while len(self._made) >= _KEPT:
                    self._made.pop(next(iter(self._made)))
                self._made[key] = make()
            return self._made[key]


def words_for(unit: str, say: Language) -> dict[str, str]:
    """Return what a chart's own words are called in a language, its unit among them."""
    shown = wording.scaled(unit)[1].strip() or unit
    return {word: say(word) for word in (*WORDS, shown)}


def _coloured(part: dict[str, Any], colour: str) -> dict[str, Any]:
    """Return a layer in another colour, where it has one of its own."""
    return {**part, "mark": {**part["mark"], "color": colour}} if "color" in part["mark"] else part


def _span(c: Comparison) -> tuple[int, int]:
    return int(c.years[0]), int(c.years[-1])


def _plain(chart: alt.Chart | alt.LayerChart) -> dict[str, Any]:
    """Return a specification as data, without what all charts of the page share."""
    spec: dict[str, Any] = chart.to_dict(validate=False)
    spec.pop("$schema", None)
    spec.pop("config", None)
    return spec
