"""Homes, streets and shops wear and are renewed: what a street looks like, and what its shops live on."""

import numpy as np

from mechlin.core import rng
from mechlin.core.clock import Clock
from mechlin.core.declare import Field, Lever, Mechanism, MechanismText
from mechlin.core.state import State
from mechlin.core.views import Table, View
from mechlin.mechanisms.upkeep.homes import homes_months
from mechlin.mechanisms.upkeep.params import Params
from mechlin.mechanisms.upkeep.shops import shops_month
from mechlin.mechanisms.upkeep.streets import look_around, settle, streets_month, sum_spending

RENOVATE, SHOP = rng.stream("upkeep.renovate"), rng.stream("upkeep.shop")
QUARTER = 3  # months


def start(view: View, p: Params, seed: int, clock: Clock) -> None:
    """Count homes in need, empty homes and what is spent around before the first month."""
    homes_months(view.homes, view.areas, view.city, p, 0, rng.salted(seed, RENOVATE, clock.t), clock.t)
    sum_spending(view.households, view.areas, p)


def step(view: View, levers: Table, p: Params, seed: int, clock: Clock) -> None:
    """Advance one month; homes and surroundings are looked at once a quarter, incomes once a year."""
    areas, t = view.areas, clock.t
    areas.renovations_due[:] += levers.homes_renovated
    areas.renewed_share[:] = 0.0
    areas.renewal_nearby[:] = 0.0
    if clock.month % QUARTER == 0:
        homes_months(view.homes, areas, view.city, p, QUARTER, rng.salted(seed, RENOVATE, t), t)
        look_around(areas, p)
    if clock.is_january:
        sum_spending(view.households, areas, p)
    if t == 0:  # by now every mechanism has set its start
        look_around(areas, p)
        settle(areas, p)
    streets_month(areas, levers, p)
    shops_month(areas, view.city, levers, p, rng.salted(seed, SHOP, t), t)


def shares_are_shares(state: State) -> str:
    """Quality of homes and public space, disorder and renewal nearby lie between 0 and 1."""
    bad = 0
    for name in ("homes.quality", "areas.disorder", "areas.public_space"):
        bad += int((~((state[name] >= 0) & (state[name] <= 1))).sum())
    return f"{bad} homes or areas with an impossible quality or disorder" if bad else ""


def shops_add_up(state: State) -> str:
    """No area has more vacant shops than shops, or fewer than none."""
    shops, vacant = state["areas.shops"], state["areas.shops_vacant"]
    bad = int(((vacant < 0) | (vacant > shops)).sum())
    return f"{bad} areas with an impossible number of vacant shops" if bad else ""


def _area(name: str, unit: str, doc: str, empty: float = 0.0, kind: type = np.float64) -> Field:
    return Field(f"areas.{name}", kind, unit, empty, doc)


FIELDS = (
    Field("homes.quality", np.float32, "share", 0.5, "State of the home, 0 to 1; below 0.3 poor"),
    _area("disorder", "share", "Disorder seen in the street, 0 to 1"),
    _area("shops", "shops", "Shop premises, vacant ones included", kind=np.int32),
    _area("shops_vacant", "shops", "Of these, vacant", kind=np.int32),
    _area("public_space", "share", "Quality of public space, 0 to 1", 0.5),
    _area("renewal_nearby", "share", "Of homes and public space around, renewed this month; nearer ones count more"),
    _area("need", "need", "Homes in need, weighted by how much"),
    _area("next_need", "need", "The same, being counted"),
    _area("renovations_due", "homes", "Renovations that programmes add, not yet carried out"),
    _area("renewed", "homes", "Homes renewed this month", kind=np.int64),
    _area("renewed_share", "share", "Of the area's homes, those renewed this month"),
    _area("space_renewed", "share", "Of public space, renewed since surroundings were last looked at"),
    _area("standing_homes", "homes", "Homes that exist this month", kind=np.int64),
    _area("next_standing", "homes", "The same, being counted", kind=np.int64),
    _area("homes_poor", "homes", "Homes in a poor state, once a quarter", kind=np.int64),
    _area("homes_empty", "homes", "Homes where nobody lives, once a quarter", kind=np.int64),
    _area("disorder_structural", "share", "Part of disorder that nothing here explains: so that the start is at rest"),
    _area("disorder_start", "share", "Disorder in the first month"),
    _area("space_start", "share", "Quality of public space in the first month"),
    _area("unsafe_start", "share", "Of adults, feeling unsafe in the first month"),
    _area("vacant_nearby", "share", "Of shops around, vacant; nearer ones count more"),
    _area("vacant_nearby_start", "share", "The same in the first month"),
    _area("incomes_eur", "EUR/month", "Incomes of the households that live here", kind=np.int64),
    _area("spending_eur", "EUR/month", "Incomes of households around, nearer ones counting more"),
    _area("spending_start_eur", "EUR/month", "The same in the first month"),
    _area("shop_rent", "ratio", "Rent asked for a shop against the start", 1.0),
    _area("letting_rate", "1/year", "Usual letting of a vacant shop: so that the start is at rest"),
    Field("city.renovations", np.int64, "homes", 0, "Homes renovated", flow=True),
    Field("city.shops_let", np.int64, "shops", 0, "Vacant shops let", flow=True),
    Field("city.shops_closed", np.int64, "shops", 0, "Shops that closed", flow=True),
    Field("city.shops_merged", np.int64, "shops", 0, "Vacant shops joined to the shop next door", flow=True),
    Field("city.shops_converted", np.int64, "shops", 0, "Vacant shops turned into homes", flow=True),
)

MECHANISM = Mechanism(
    name="upkeep",
    text=MechanismText(
        summary=(
            "Homes, streets and shops wear and are renewed: what a street looks like, and what its shops live on."
        ),
        about=(
            "Homes lose a little quality every month; some are renovated, those in greater need more often. "
            "Public space wears and is renewed. Disorder seen in the street moves towards what nuisance, "
            "emptiness and public space make of it, and cleaning takes a part away. A shop may close and an empty "
            "one may be let, by the margin between what its place brings and the rent asked; some empty ones are "
            "merged or become homes. What is renewed is felt around, half as much every 300 m. In its own start "
            "every area is at rest: only what changes afterwards moves it."
        ),
        rule=(
            "disorder -> (structure + nuisance + emptiness - public space + spreading) x (1 - cleaned); letting = "
            "usual x exp(margin + levy), closing = usual x exp(-margin); margin = what footfall brings - rent"
        ),
        reads="homes, incomes around (once a year), nuisance, how many feel unsafe",
        writes="quality of homes and public space, disorder, shops and vacant shops, renewal nearby",
        leaves_out=(
            "new shops, kinds and sizes of shops, visitors from outside, offences caused by disorder (see "
            "safety); a shop that becomes a home is counted, but no dwelling is added: new dwellings come from "
            "the city's series"
        ),
        sources=(
            "Keizer et al. 2008, Keuschnigg & Wolbring 2015 (spreading, weak); Branas et al. 2018 (cleaning); "
            "Rossi-Hansberg et al. 2010 (halving every 300 m); Koster et al. 2019 (footfall and rent). Levels of "
            "shops are judged by hand."
        ),
    ),
    params=Params,
    fields=FIELDS,
    levers=(
        Lever("upkeep.homes_renovated", "areas", "homes/month", "add", "Renovations that programmes add"),
        Lever("upkeep.cleaning_hours", "areas", "hours/month", "add", "Cleaning of streets beyond the usual"),
        Lever("upkeep.public_space", "areas", "share/month", "add", "Of public space, renewed this month"),
        Lever("upkeep.vacancy_levy_eur", "areas", "EUR/month", "add", "Levy on each vacant shop"),
        Lever("upkeep.shop_grants", "areas", "shops/month", "add", "Vacant shops helped to let or to merge"),
        Lever("upkeep.shops_converted", "areas", "shops/month", "add", "Shops at the edge helped to become homes"),
    ),
    reads=(
        "homes.key",
        "homes.area",
        "homes.built_month",
        "homes.occupant",
        "households.alive",
        "households.area",
        "households.income_eur",
        "areas.x_km",
        "areas.y_km",
        "areas.area_km2",
        "areas.people",
        "areas.offence_rate",
        "areas.unsafe_share",
    ),
    writes=tuple(f.name for f in FIELDS),
    step=step,
    start=start,
    invariants=(shares_are_shares, shops_add_up),
)
