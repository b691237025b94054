"""Where a city's cameras stand: at hot spots and in the centre, in car parks, around homes, and at the entries."""

from typing import Any, NamedTuple

import numpy as np

from mechlin.core.codes import Offence
from mechlin.measures.siting.siting import demand_of, most_covered, outermost, seen_share, spots

_AGAINST = (  # what cameras look out for: in streets, in car parks, around homes
    (Offence.THEFT, Offence.VIOLENCE, Offence.NUISANCE),
    (Offence.VEHICLE,),
    (Offence.BURGLARY,),
)


class Sites(NamedTuple):
    """Where cameras stand this year: shares seen by area, the chosen spots, how many are new, and since when."""

    street: np.ndarray
    carpark: np.ndarray
    home: np.ndarray
    recorded: np.ndarray
    chosen: tuple[np.ndarray, ...]
    cameras: int
    added: int
    month: int


def numbers_by_kind(p: Any) -> tuple[int, int, int, int]:
    """Return how many cameras stand in streets, in car parks, around homes and at entries; together all."""
    carpark, home, entry = (int(p.cameras * s + 0.5) for s in (p.carpark_share, p.home_share, p.entry_share))
    return max(p.cameras - carpark - home - entry, 0), carpark, home, entry


def site_cameras(areas: Any, allowed: np.ndarray, p: Any, month: int, before: Sites | None) -> Sites:
    """Return where cameras stand from ``month`` on: those of each kind where most of its offences were.

    Only in ``allowed`` areas; cameras that stood ``before`` stay, as far as their number reaches.
    """
    at = spots(areas.x_km, areas.y_km, areas.area_km2, p.view_km, p.evenness)
    usual = areas.people + p.shop_visitors * areas.shops
    *numbers, entry = numbers_by_kind(p)
    chosen, seen = [], []
    for n, kinds in enumerate(_AGAINST):
        rate = areas.offence_rate[:, kinds].sum(axis=1)
        demand = demand_of(rate, areas.people, usual)[at.area] * at.share
        kept = before.chosen[n] if before is not None and before.chosen[n].size == at.area.size else None
        chosen.append(most_covered(demand, at.sees, numbers[n], kept, allowed[at.area]))
        seen.append(seen_share(at, chosen[n], allowed.size))
    plates = outermost(areas.x_km, areas.y_km, p.entries, entry, allowed) * np.pi * p.view_km**2 / areas.area_km2
    added = max(p.cameras - (before.cameras if before is not None else 0), 0)
    recorded = np.minimum(seen[0] + plates, 1.0)
    return Sites(seen[0], seen[1], seen[2], recorded, tuple(chosen), p.cameras, added, month)
