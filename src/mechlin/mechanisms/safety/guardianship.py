"""Where offences can happen and what stands in their way: the pull of each area, and the guardianship of each place.

Guardianship is what lets an attempt fail: the usual one that every place has, and what measures add. Each measure
multiplies the risk that an attempt succeeds, by kind of offence and by setting. A relative risk may lie above one:
a measure can also let more succeed, up to every attempt.
"""

import numpy as np

from mechlin.core.codes import OFFENCES, Offence
from mechlin.core.compiled import compiled
from mechlin.mechanisms.safety.recording import recording, usually_recorded

_FEW = 100  # residents: an area with fewer counts as having this many where a rate per resident is told
_SETTLING = 24  # months: a household that has moved in less long ago is new to its neighbours
_POOL = 50  # young people of the city's average added to an area's own, so that small numbers say little
_MOST_SD = 2.0  # SD: no area's young people count as further from the average
_PEOPLE_PER_1000 = 1000.0
_FEWEST_OFFICERS = 0.01  # an area with fewer counts as having this many


@compiled
def by_share(risk, share):
    """Return the risk in an area where a ``share`` of places has the relative risk ``risk``.

    >>> round(by_share(0.63, 0.5), 3)
    0.815
    """
    return 1.0 - min(max(share, 0.0), 1.0) * (1.0 - risk)


@compiled
def camera_risk(kind, street, carpark, home, p):
    """Return the relative risk where shares of streets, car parks and homes are seen by watched cameras."""
    if kind == Offence.BURGLARY:
        return by_share(p.camera_home_risk, home)
    if kind == Offence.VEHICLE:
        parked = by_share(p.camera_carpark_risk, carpark)
        return p.carpark_share * parked + (1.0 - p.carpark_share) * by_share(p.camera_home_risk, home)
    if kind == Offence.VIOLENCE:
        return by_share(p.camera_violence_risk, street)
    return by_share(p.camera_street_risk, street)


@compiled
def police_dose(extra, usual, p):
    """Return the number of officers against the usual one, up to a largest dose."""
    return min(1.0 + max(extra, 0.0) / max(usual, _FEWEST_OFFICERS), p.police_dose_max)


@compiled
def police_risk(kind, dose, p):
    """Return the relative risk with ``dose`` times the usual number of officers: a constant elasticity.

    What they do counts as what officers usually do: the elasticity is one of their number, not of hours in sight.
    """
    violent = kind == Offence.VIOLENCE or kind == Offence.NUISANCE
    return dose ** (p.police_violence if violent else p.police_property)


@compiled
def style_risk(kind, solving, extra_stops, usual_stops, p):
    """Return the relative risk of working on nuisance spots: by solving the problem, and by stopping people."""
    at_spots = 1.0 if kind == Offence.NUISANCE else (0.0 if kind == Offence.BURGLARY else p.spot_share)
    stops = (1.0 + max(extra_stops, 0.0) / max(usual_stops, 1.0)) ** p.stops_elasticity
    return by_share(p.solving_risk, solving * at_spots) * stops


@compiled
def lighting_risk(kind, lit, p):
    """Return the relative risk of property offences where a share of streets is better lit than before."""
    of_property = kind == Offence.BURGLARY or kind == Offence.THEFT or kind == Offence.VEHICLE
    return by_share(p.lighting_risk, lit) if of_property else 1.0


@compiled
def usual_success(kind, disorder, new_neighbours, p):
    """Return the chance that an attempt succeeds without any measure.

    ``new_neighbours`` is the share of households new to the area, beyond the city's.
    """
    success = 1.0 - p.usual_prevented
    if p.disorder_to_crime > 0:
        success *= np.exp(p.disorder_weight * (disorder - p.disorder_usual))
    if kind == Offence.BURGLARY:
        success *= np.exp(p.neighbours_weight * new_neighbours)
    return min(success, 1.0)


@compiled
def stop_harm(trained, p):
    """Return what of the usual harm a stop does where a share of officers is trained in fair conduct."""
    return 1.0 - p.training_gain * min(trained, 1.0)


@compiled
def guarded_success(usual, risk):
    """Return the chance that an attempt succeeds where measures multiply the ``usual`` one by ``risk``: below or above.

    >>> guarded_success(0.8, 0.5), guarded_success(0.8, 1.1), guarded_success(0.8, 2.0)
    (0.4, 0.88, 1.0)
    """
    return min(usual * risk, 1.0)


@compiled
def guard_areas(areas, city, levers, p):
    """Set each area's chances that an attempt succeeds, without and with this month's measures, and is recorded."""
    city.highest_success[0] = 0.0
    for a in range(areas.people.size):
        residents, dose = max(areas.people[a], _FEW), police_dose(levers.officers[a], areas.usual_officers[a], p)
        areas.patrol_seen[a] = levers.patrol_hours[a] * _PEOPLE_PER_1000 / residents
        guarded = levers.camera_share[a] + levers.carpark_camera_share[a] + levers.home_camera_share[a] > 0.0
        guarded |= (
            levers.officers[a] + levers.problem_solving[a] + levers.aggressive_stops[a] + levers.lighting[a] > 0.0
        )
        for kind in range(OFFENCES):
            areas.recorded[a, kind] = recording(kind, dose, p)
            usual = usual_success(kind, areas.disorder[a], areas.new_neighbours[a], p)
            areas.usual_success[a, kind] = areas.success[a, kind] = usual
            city.highest_success[0] = max(city.highest_success[0], usual)
            if not guarded:
                continue
            risk = camera_risk(
                kind, levers.camera_share[a], levers.carpark_camera_share[a], levers.home_camera_share[a], p
            )
            risk *= police_risk(kind, dose, p)
            risk *= style_risk(kind, levers.problem_solving[a], levers.aggressive_stops[a], areas.usual_stops[a], p)
            risk *= lighting_risk(kind, levers.lighting[a], p)
            areas.success[a, kind] = guarded_success(usual, risk)
            city.highest_success[0] = max(city.highest_success[0], areas.success[a, kind])
    city.stop_harm[0] = stop_harm(levers.conduct_training[0], p)


@compiled
def pull(kind, homes, people, young, shops, p):
    """Return an area's opportunities for a kind of offence, counted in homes or people."""
    if kind == Offence.BURGLARY:
        return homes + p.burglary_shops * shops
    if kind == Offence.THEFT:
        return people + p.theft_shops * shops
    if kind == Offence.VEHICLE:
        return homes + p.vehicle_shops * shops
    return young + p.centre_shops * shops


@compiled
def opportunities(areas, a, kind, p):
    """Return area ``a``'s opportunities for a kind of offence."""
    shops = max(areas.shops[a] - areas.shops_vacant[a], 0)
    return pull(kind, areas.homes[a], areas.people[a], areas.young[a], shops, p)


@compiled
def open_areas(areas, p):
    """Add up each kind's opportunities over the areas, once a year; share out usual officers and stops by them."""
    residents = areas.people.sum()
    for kind in range(OFFENCES):
        total = 0.0
        for a in range(areas.people.size):
            total += opportunities(areas, a, kind, p)
            areas.opportunity[a, kind] = total
        for a in range(areas.people.size):
            areas.opportunity[a, kind] /= max(total, 1.0)
    for a in range(areas.people.size):
        part = opportunity_share(areas, a, Offence.NUISANCE)
        areas.usual_officers[a] = part * p.usual_officers * residents / _PEOPLE_PER_1000
        areas.usual_stops[a] = part * p.stops_per_100_per_year * residents / 100.0 / 12.0
    _peers(areas, p)


@compiled
def opportunity_share(areas, a, kind):
    """Return area ``a``'s part of the city's opportunities."""
    return areas.opportunity[a, kind] - (areas.opportunity[a - 1, kind] if a > 0 else 0.0)


@compiled
def peer_risk(z, weight):
    """Return the relative risk of growing up where ``z`` SD more young people have been charged."""
    return np.exp(weight * min(max(z, -_MOST_SD), _MOST_SD))


@compiled
def _peers(areas, p):
    """Compare each area's share of young people charged in the past year with the other areas'."""
    n, charged, young = areas.people.size, areas.young_charged.sum(), max(areas.young.sum(), 1)
    mean, spread = charged / young, 0.0
    for a in range(n):
        areas.peer[a] = (areas.young_charged[a] + _POOL * mean) / (areas.young[a] + _POOL) - mean
        spread += areas.peer[a] ** 2
    spread = np.sqrt(spread / n)
    for a in range(n):
        areas.peer[a] = peer_risk(areas.peer[a] / spread if spread > 0 else 0.0, p.peer_weight)


@compiled
def count_neighbours(households, areas, t):
    """Count how many households are new to their neighbours, by area, against the city."""
    areas.newly[:] = 0
    areas.settled[:] = 0
    for h in range(households.alive.size):
        if households.alive[h]:
            if households.moved_month[h] > t - _SETTLING and t > _SETTLING:
                areas.newly[households.area[h]] += 1
            else:
                areas.settled[households.area[h]] += 1
    city = areas.newly.sum() / max(areas.newly.sum() + areas.settled.sum(), 1)
    for a in range(areas.newly.size):
        both = areas.newly[a] + areas.settled[a]
        areas.new_neighbours[a] = areas.newly[a] / both - city if both > 0 else 0.0


@compiled
def close_month(areas, p, first):
    """Let this month's offences become last month's, and smooth the yearly rate by area, as usually recorded.

    The rate is what residents, shops and streets answer to. It is told in offences that the police record where their
    number is the usual one, as its effects were measured, and more recording alone does not move it. The first month has
    no year behind it: the city's offences stand where the opportunities are.
    """
    for kind in range(OFFENCES):
        total, recorded = areas.next_offences[:, kind].sum(), usually_recorded(kind, p)
        for a in range(areas.people.size):
            per_100_in_a_year = recorded * 12.0 * 100.0 / max(areas.people[a], _FEW)
            now = areas.next_offences[a, kind]
            if first:
                areas.offence_rate[a, kind] = total * opportunity_share(areas, a, kind) * per_100_in_a_year
            areas.offence_rate[a, kind] += (now * per_100_in_a_year - areas.offence_rate[a, kind]) / 12.0
            areas.offences[a, kind] = now
            areas.next_offences[a, kind] = 0
