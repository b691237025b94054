"""A city made ready to run: its residents and homes in one state, every mechanism's columns beside them."""

from collections.abc import Hashable, Mapping
from threading import Lock

import numpy as np

from mechlin.city.residents.population import Population
from mechlin.city.tables.model import City
from mechlin.core.declare import Field, Mechanism
from mechlin.core.state import State, build_state
from mechlin.core.views import Table

STATIC_FIELDS: tuple[Field, ...] = (
    Field("homes.key", np.uint64, "identity", 0, "Which home this is"),
    Field("homes.area", np.int16, "row of areas", 0, "Area it stands in"),
    Field("homes.tenure", np.int8, "code", 0, "0 for owners, 1 private rent, 2 social"),
    Field("homes.rooms", np.int8, "rooms", 0, "Rooms"),
    Field("homes.value_eur", np.float32, "EUR/month", 0, "Monthly market value at the start, euros of 2018"),
    Field("homes.built_month", np.int16, "month", -1, "Month it is built; -1 stood at the start"),
    Field("homes.by_area", np.int32, "row of homes", -1, "Homes in the order of their areas"),
    Field("areas.first_home", np.int64, "place in homes.by_area", 0, "Where the area's homes begin in that order"),
    Field("areas.homes_listed", np.int64, "homes", 0, "How many there are"),
    Field("areas.x_km", np.float64, "km", 0, "East of the origin"),
    Field("areas.y_km", np.float64, "km", 0, "North of the origin"),
    Field("areas.area_km2", np.float64, "km2", 0, "Size"),
    Field(
        "areas.district", np.int16, "code", 0, "District it belongs to; each area its own where no districts are named"
    ),
    Field("areas.kind", np.int8, "code", 0, "Kind of area, as the city's table names it"),
    Field("schools.x_km", np.float64, "km", 0, "East of the origin"),
    Field("schools.y_km", np.float64, "km", 0, "North of the origin"),
    Field("schools.area", np.int16, "row of areas", 0, "Area it stands in"),
    Field("schools.places", np.int16, "places", 0, "Entry places a year"),
    Field("schools.class_size", np.int16, "pupils", 0, "Class size at entry"),
    Field("schools.quality", np.float32, "share", 0.5, "Quality, 0 to 1"),
    Field("groups.share", np.float64, "share", 0, "Of residents of foreign origin, those of each background"),
)


def build_world(
    city: City, population: Population, mechanisms: Mapping[str, Mechanism], programmes: int, spare_share: float
) -> State:
    """Return the state before the first month: the population's columns, everything else empty."""
    fields = (*STATIC_FIELDS, *(f for m in mechanisms.values() for f in m.fields))
    filled = dict(population.columns)
    counts = np.bincount(filled["people.background"], minlength=len(city.backgrounds)).astype(float)
    counts[0] = 0.0
    filled["groups.share"] = counts / max(counts.sum(), 1.0)
    filled.setdefault("homes.area", np.zeros(0, dtype=np.int16))
    filled["homes.by_area"] = np.argsort(filled["homes.area"], kind="stable")
    listed = np.bincount(filled["homes.area"], minlength=population.sizes["areas"])
    filled["areas.homes_listed"], filled["areas.first_home"] = listed, np.cumsum(listed) - listed
    filled["areas.district"] = _districts(city)
    for column in ("disorder", "shops", "shops_vacant"):
        if column in city.areas.columns:
            filled[f"areas.{column}"] = city.areas[column].to_numpy()
    for table in ("people", "households"):
        filled[f"{table}.alive"] = np.ones(population.sizes[table], dtype=np.bool_)
    declared = {f.name for f in fields}
    filled = {name: values for name, values in filled.items() if name in declared}
    sizes = {**population.sizes, "groups": len(city.backgrounds), "city": 1}
    widths = {"backgrounds": len(city.backgrounds), "programmes": max(programmes, 1)}
    for mechanism in mechanisms.values():
        if mechanism.widths is not None:
            widths.update(mechanism.widths(population.sizes["areas"]))
    return build_state(fields, filled, sizes, widths, spare_share)


def _districts(city: City) -> np.ndarray:
    """Return the district of each area, as numbers in the order of their names."""
    column = "district" if "district" in city.areas.columns else "code"
    return np.unique(city.areas[column].cast(str).to_numpy(), return_inverse=True)[1].astype(np.int16)


class Starts:
    """Cities as they stood before their first month, so that runs which differ in measures only share the making."""

    def __init__(self, room: int) -> None:
        """Keep those used last, as many as take no more than ``room`` bytes together."""
        self.room = room
        self.kept: dict[Hashable, State] = {}
        self.lock = Lock()

    def get(self, key: Hashable, programmes: int) -> State | None:
        """Return a state of one's own, if there is one for this ``key``, with room for so many measures."""
        with self.lock:
            found = self.kept.pop(key, None)
            if found is not None:
                self.kept[key] = found
        return None if found is None else found.copy({"programmes": max(programmes, 1)})

    def forget(self) -> None:
        """Let go of all."""
        with self.lock:
            self.kept.clear()

    def keep(self, key: Hashable, state: State) -> None:
        """Keep a copy if there is room for it, and let go those not asked for the longest."""
        if state.bytes() > self.room:
            return
        copy = state.copy()
        with self.lock:
            self.kept[key] = copy
            while sum(one.bytes() for one in self.kept.values()) > self.room:
                del self.kept[next(iter(self.kept))]


def outside_series(city: City, names: tuple[str, ...], start: str, months: int) -> Table:
    """Return the city's outside series as a table, one number a month."""
    return Table({name: np.ascontiguousarray(city.series_by_month(name, start, months)) for name in names})
