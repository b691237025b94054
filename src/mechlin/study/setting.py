"""What a rehearsal knows beside its runs, for whoever puts its results on a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mechlin.city.tables.standing import Standing
from mechlin.study.comparison import Comparison
from mechlin.study.draws import Draws
from mechlin.study.household import HouseholdStory
from mechlin.study.other_towns import OtherTowns
from mechlin.study.shared_out import Attribution
from mechlin.study.turning import Reaction


@dataclass(frozen=True)
class Setting:
    """What the page knows beside the runs: the city, the packages, the record, the shapes.

    ``observed`` maps an indicator to rows of year, value, low, high, source, tag, note; ``shapes`` is a GeoJSON
    FeatureCollection in kilometres, ``drawn_from_points`` says that its borders are not the official ones;
    ``packages`` maps "with" and "without" to title, author, leaves_out, note and settings; ``reactions`` and
    ``attribution`` are what studies of this package have found before; ``draws`` those that the worlds were taken from;
    ``usual`` compares the package with what other cities did;
    ``household`` is one that was followed through both worlds. ``standing`` says what the city's figures are worth,
    ``doubts`` what else about the city belongs above the findings, a sentence each.
    """

    city: str = ""
    packages: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    observed: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    shapes: Mapping[str, Any] | None = None
    drawn_from_points: bool = False
    area_names: tuple[str, ...] = ()
    backgrounds: tuple[str, ...] = ()
    command: str = ""
    python: str = ""
    standing: Standing | None = None
    doubts: tuple[str, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    attribution: Attribution | None = None
    draws: Draws | None = None
    usual: Comparison | None = None
    household: HouseholdStory | None = None
    other_towns: Mapping[str, OtherTowns] = field(default_factory=dict)
