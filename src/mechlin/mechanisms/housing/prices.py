"""The housing market as a whole: prices and rents of areas, and the month's addresses of random numbers."""

from typing import NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled
from mechlin.core.state import State
from mechlin.core.views import Table

NEWCOMER, LOOK, ORDER, VIEW, TASTE, RIM, WAIT, SERVICE = (
    rng.stream(f"housing.{s}") for s in ("newcomer", "look", "order", "view", "taste", "rim", "wait", "service")
)


class Salts(NamedTuple):
    """The month's addresses of the market's random numbers; taste is lasting."""

    look: np.uint64
    order: np.uint64
    viewing: np.uint64
    taste: np.uint64
    rim: np.uint64


def salts_at(seed: int, t: int) -> Salts:
    """Return the addresses for month ``t``."""
    look, order, view, rim = (rng.salted(seed, s, t) for s in (LOOK, ORDER, VIEW, RIM))
    return Salts(look, order, view, rng.salted(seed, TASTE, 0), rim)


def country_growth(series: Table, t: int) -> float:
    """Return this month's growth of the country's real house prices (nominal index over consumer prices)."""
    prices, inflation = series.house_price_index_region, series.inflation
    after = min(t + 12, prices.size - 1)
    return float((prices[after] / prices[t] / (1.0 + inflation[after] / 100.0)) ** (1.0 / 12.0)) if after > t else 1.0


@compiled
def update_prices(areas, p, growth):
    """Move each area's price with the country and with its own scarcity; rents follow slowly and in part."""
    for a in range(areas.price_index.size):
        vacant = (areas.vacant_homes[a] + p.vacancy_natural * p.vacancy_pool) / (areas.built_homes[a] + p.vacancy_pool)
        scarce = p.vacancy_natural - vacant
        areas.price_index[a] *= growth * np.exp(
            p.price_speed * scarce / 12.0 + p.renewal_gain * areas.renewal_nearby[a]
        )
        goal = areas.price_index[a] ** p.rent_follows
        areas.rent_index[a] += (goal - areas.rent_index[a]) * p.rent_speed / 12.0
        areas.lookers[a] = 0


def homes_and_households_agree(state: State) -> str:
    """Every living household with a home is its occupant, and every occupant that lives, lives there."""
    home, alive, occupant = state["households.home"], state["households.alive"], state["homes.occupant"]
    housed = np.flatnonzero(alive & (home >= 0))
    bad = np.count_nonzero(occupant[home[housed]] != housed)
    taken = np.flatnonzero(occupant >= 0)
    taken = taken[alive[occupant[taken]]]
    bad += np.count_nonzero(home[occupant[taken]] != taken)
    bad += np.count_nonzero(state["households.area"][housed] != state["homes.area"][home[housed]])
    return f"{bad} disagreements about who lives where" if bad else ""


_EMPTY = 0.12  # share of dwellings that stand empty: more than this is plenty
_MANY_TURNED_AWAY = 0.003  # of residents in a year, and no fewer than a hundred


def nobody_is_turned_away_from_empty_homes(state: State) -> str:
    """Where homes stand empty by the eighth, hundreds do not leave for want of one."""
    vacant, standing = (
        int(state["homes.vacant"].sum()),
        int(((state["homes.occupant"] >= 0) | state["homes.vacant"]).sum()),
    )
    empty = vacant / max(standing, 1)
    turned_away, people = int(state["city.turned_away"].sum()), int(state["people.alive"].sum())
    if empty <= _EMPTY or turned_away <= max(100, _MANY_TURNED_AWAY * people):
        return ""
    return f"{turned_away} people found no home in a year in which {empty:.0%} of the homes stood empty"
