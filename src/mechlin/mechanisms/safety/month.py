"""A month of safety in one piece: who comes, what is guarded, who offends, whom the procedure and the police meet."""

from typing import NamedTuple

import numpy as np

from mechlin.core.codes import OFFENCES
from mechlin.core.compiled import compiled
from mechlin.mechanisms.safety.deeds import first_sort_share
from mechlin.mechanisms.safety.elsewhere import elsewhere_month
from mechlin.mechanisms.safety.guardianship import close_month, guard_areas
from mechlin.mechanisms.safety.offending import new_households, offending_month
from mechlin.mechanisms.safety.parental_cases import cases_month
from mechlin.mechanisms.safety.stops import stops_month


class Salts(NamedTuple):
    """What addresses the draws of each decision this month."""

    trait: np.uint64
    offend: np.uint64
    deed: np.uint64
    look: np.uint64
    case: np.uint64
    order: np.uint64
    stop: np.uint64
    elsewhere: np.uint64


@compiled
def safety_month(
    people, households, homes, areas, city, levers, p, level, others, shares, highest, salts, years, t, last
):
    """Advance a month at these levels of attempts: ``level`` by residents, ``others`` by people from elsewhere.

    ``last`` is the last month of the year, ``highest`` the largest that circumstances make of a rate, ``years`` those
    since 2001.
    """
    for kind in range(OFFENCES):
        city.first_sort_share[0, kind] = first_sort_share(kind, p, years)
    new_households(households, t)
    guard_areas(areas, city, levers, p)
    offending_month(
        people,
        households,
        homes,
        areas,
        city,
        levers,
        p,
        level,
        shares,
        highest * level.sum(),
        salts.trait,
        salts.offend,
        salts.deed,
        salts.look,
        t,
        last,
    )
    elsewhere_month(people, households, homes, areas, city, levers, p, others, salts.elsewhere, t)
    city.fines_month_eur[0, :] = 0
    if levers.procedure[0] > 0 or levers.therapy_places[0] > 0 or city.open_cases[0] > 0:
        cases_month(people, households, city, levers, p, salts.case, salts.order, t)
    stops_month(people, households, homes, areas, city, levers, p, salts.stop, t)
    close_month(areas, p, t == 0)
