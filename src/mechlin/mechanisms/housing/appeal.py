"""The rules behind housing as plain numbers: who looks, what a home and its surroundings are worth, what is due."""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import Tenure
from mechlin.core.compiled import compiled

_STEPS = 64
_TASTE_STEPS = np.array([rng.gumbel.py_func((i + 1) / _STEPS) for i in range(_STEPS)]) + 1e-9


@compiled
def looking_rate(age, tenure, crowded, p):
    """Return the yearly rate at which a household looks for another home, by age of its oldest member."""
    fall = np.exp(-abs(age - p.look_peak_age) / (p.look_rise if age < p.look_peak_age else p.look_fall))
    rate = p.look_floor + p.look_peak * fall
    if tenure == Tenure.OWNER:
        rate *= p.look_owner
    elif tenure == Tenure.SOCIAL:
        rate *= p.look_social
    return rate * (p.look_crowded if crowded else 1.0)


@compiled
def own_group_liking(share, p):
    """Return the liking of a share of one's own background: smooth, or with a kink at the tipping share."""
    if p.tipping < 0.5:
        return share
    return share if share >= 1.0 - p.tipping_share else share - p.tipping_drop


@compiled
def rim_appeal(income, family, majority, groups, salience, p):
    """Return the appeal of leaving for the rim: it pulls families most, and has its own mix of backgrounds.

    Of ``groups`` backgrounds one is the majority, there as here; the others share the rest evenly.
    """
    pull = p.rim_family + (p.rim_income if income > p.rim_income_eur else 0.0) if family else 0.0
    own = p.rim_majority_share if majority else (1.0 - p.rim_majority_share) / max(groups - 1, 1)
    return p.rim_level + pull + p.own_weight * salience * own_group_liking(own, p)


@compiled
def rim_at_most(income, family, p):
    """Return what the rim can appeal at most to a household of this income, whoever its members are."""
    pull = p.rim_family + (p.rim_income if income > p.rim_income_eur else 0.0) if family else 0.0
    return p.rim_level + pull + p.own_weight


@compiled
def taste_at_most(u):
    """Return the least of a few steps that lies above the Gumbel number of a draw: no logarithm is needed."""
    return _TASTE_STEPS[np.int64(u * _STEPS)]


@compiled
def appeal(burden, quality, disorder, km, same_class, own_group, salience, room_lack, owns, p):
    """Return how much a household likes a home (higher is better), before personal taste.

    ``salience`` is the weight of background among the many identities of the household's adults.
    """
    return (
        -p.burden_weight * burden
        - p.strain_weight * max(burden - p.strain_from, 0.0)
        + p.quality_weight * quality
        - p.disorder_weight * disorder
        - p.distance_weight * km
        + p.class_weight * same_class
        + p.own_weight * salience * own_group_liking(own_group, p)
        - p.crowding_weight * room_lack
        + (p.owning_weight if owns else 0.0)
    )


@compiled
def surroundings(safety, offences, school, with_pupils, p):
    """Return what else counts about an area: feeling safe there, offences, and schools for those who need one."""
    return p.safety_weight * safety - p.offence_weight * offences + (p.school_weight * school if with_pupils else 0.0)


@compiled
def social_rent(income, p):
    """Return the monthly rent of a social home: a share of income between a floor and a ceiling."""
    return min(max(p.social_rent_share * income, p.social_rent_low_eur), p.social_rent_high_eur)


@compiled
def social_income_limit(members, p):
    """Return the highest income with which a household may register for a social home."""
    return p.social_limit_single_eur + p.social_limit_person_eur * (members - 1)


@compiled
def rooms_wanted(members):
    """Return the rooms a household of this size looks for."""
    return members + 1


@compiled
def search_reach(u, months, p):
    """Return how far (km) a household looks this month; who has gone ``months`` without a home looks farther."""
    return -p.search_km * (1.0 + p.search_wider * months) * np.log(1.0 - u)
