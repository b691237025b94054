"""The rules of encounters: who is like whom, what a meeting leaves behind, and how a partner is found.

A resident's identities (background, education, age band, family stage, language, association) are packed into one
number, so that comparing two residents is one comparison. Only the resident whose turn it is changes, and
looks at what the other was at the start of the month: the order of rows cannot matter.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled, inner

STREET, CENTRE, SCHOOL, GATE, ASSOCIATION, ACTIVITY, BUDDY = range(7)
SETTINGS = 7
BACKGROUND, EDUCATION, AGE, FAMILY, LANGUAGE, CLUB = 0xFF, 0x300, 0x1C00, 0x6000, 0x8000, 0x70000
CLUBS = 7  # kinds of associations; 0 is none
_CLUB_AT = 0x10000  # where each identity begins inside the number
_LANGUAGE_AT, _FAMILY_AT, _AGE_AT, _EDUCATION_AT = 0x8000, 0x2000, 0x400, 0x100
_SCHOOL_AGE, _TEENAGER, _ADULT = 6, 12, 18
_BANDS = (30, 45, 65)  # further limits of the age bands
_CHILD, _ALONE, _COUPLE, _PARENT = 0, 1, 2, 3
FINE = 1024  # shares are counted in this many parts, so that sums are whole numbers


@compiled
def age_band(age):
    """Return the age band: 0 below school age, 1 and 2 children, 3 to 6 adults."""
    if age < _ADULT:
        return (age >= _SCHOOL_AGE) + (age >= _TEENAGER)
    return 3 + (age >= _BANDS[0]) + (age >= _BANDS[1]) + (age >= _BANDS[2])


@compiled
def family_stage(adult, partnered, children):
    """Return 0 for a child, 1 alone, 2 a couple without children, 3 with children in the household."""
    if not adult:
        return _CHILD
    return _PARENT if children > 0 else (_COUPLE if partnered else _ALONE)


@compiled
def identities_of(background, education, band, family, fluent, club):
    """Return a resident's identities as one number."""
    return np.int32(background + (education + 1) * _EDUCATION_AT + band * _AGE_AT + family * _FAMILY_AT
                    + fluent * _LANGUAGE_AT + club * _CLUB_AT)  # fmt: skip


@compiled
def dissimilarity(mine, other, other_area, salience, p):
    """Return how unlike two residents are, 0 to 1: background weighs ``salience``, the others share the rest."""
    apart = mine ^ other
    rest = 0.0
    if apart & EDUCATION:
        rest += p.education_weight
    if apart & AGE:
        rest += p.age_weight
    if apart & FAMILY:
        rest += p.family_weight
    if apart & LANGUAGE:
        rest += p.language_weight
    if apart & CLUB:
        rest += p.club_weight
    if other_area:
        rest += p.area_weight
    whole = p.education_weight + p.age_weight + p.family_weight + p.language_weight + p.club_weight + p.area_weight
    return (salience if apart & BACKGROUND else 0.0) + (1.0 - salience) * rest / whole


@compiled
def setting_of(u, pupil, parent, member, p):
    """Return where this resident's encounter takes place (``u`` the draw)."""
    if pupil:
        return SCHOOL if u < p.school_share else (STREET if u < p.school_share + p.street_share / 2 else CENTRE)
    if u < p.street_share:
        return STREET
    if parent and u < p.street_share + p.gate_share:
        return GATE
    return ASSOCIATION if member and u >= 1.0 - p.club_share else CENTRE


@compiled
def positive_chance(setting, disorder, p):
    """Return the chance that an encounter across backgrounds is a good one."""
    if setting == STREET:
        return max(p.street_good - p.disorder_good * disorder, 0.0)
    if setting == CENTRE:
        return p.street_good
    return p.cooperative_good if setting >= ASSOCIATION else p.school_good


@compiled
def weight_of(setting, p):
    """Return how much of the effect of close cooperation on openness to strangers a setting has."""
    if setting >= ACTIVITY:
        return p.generalisation
    return p.casual_weight if setting <= CENTRE else p.shared_weight


@compiled
def openness_after(openness, other, across, good, weight, p):
    """Return openness after an encounter: talk draws it a little to the ``other``'s; across backgrounds it counts."""
    openness += p.influence * (other - openness)
    if across:
        openness += weight * p.gain * ((1.0 - openness) if good else -p.loss_ratio * openness)
    return min(max(openness, 0.0), 1.0)


@compiled
def salience_goal(trait, bridging, group_dealings, stance, p):
    """Return the weight of background among identities towards which a resident slowly moves."""
    goal = p.salience_base + p.salience_trait * (0.5 - trait) + p.threat_news + p.dealings_effect * group_dealings
    return min(max(goal - p.ties_effect * bridging - p.stance_effect * stance, 0.0), 1.0)


@inner
def newcomer(people, i, p, lasting):
    """Set what is lasting in a resident who is new to the city, by birth or arrival."""
    key = people.key[i]
    trait = p.openness_mean + p.openness_spread * rng.normal(rng.draw(lasting, key, 0))
    trait = min(max(trait, 0.0), 1.0)
    people.openness_trait[i] = trait
    people.openness[i] = trait
    people.salience[i] = salience_goal(trait, 0.0, 0.0, 0.0, p)
    people.bridging_share[i] = 0.0
    people.meeting_phase[i] = rng.bits(lasting, key, 1) % np.uint64(p.cycle_months)
    people.buddy[i] = np.int32(-1)
    people.buddy_months[i] = 0


@inner
def _identify(people, households, i, p, lasting, t):
    """Bring the packed identities of a resident up to date."""
    key = people.key[i]
    age = (np.int64(t) - np.int64(people.born_month[i])) // 12
    adult = age >= _ADULT
    club = 0
    if age >= _SCHOOL_AGE and rng.draw(lasting, key, 2) < p.member_share:
        club = 1 + np.int64(rng.bits(lasting, key, 3) % np.uint64(CLUBS))
    family = family_stage(adult, people.partner[i] >= 0, households.children[people.household[i]])
    fluent = people.local_language_share[i] >= p.fluent_share
    education = np.int64(people.education[i]) if adult else -1
    people.identities[i] = identities_of(np.int64(people.background[i]), education, age_band(age), family, fluent, club)


@compiled
def begin_month(people, households, p, lasting, due, t, first):
    """Keep what everybody was at the start of the month; bring identities of those due up to date."""
    for i in range(people.alive.size):
        if not people.alive[i]:
            continue
        new = first or people.entered_month[i] == t
        if new:
            newcomer(people, i, p, lasting)
        if new or people.meeting_phase[i] == due:
            _identify(people, households, i, p, lasting, t)
        people.openness_before[i] = people.openness[i]
        people.salience_before[i] = people.salience[i]


@inner
def _may_meet(mine, other):
    """Adults meet adults, children of school age meet one another."""
    adult, band = (mine & AGE) >= 3 * _AGE_AT, other & AGE
    return band >= 3 * _AGE_AT if adult else 0 < band < 3 * _AGE_AT


@inner
def member_of(people, households, h, mine, bits):
    """Return a member of household ``h`` whom somebody with the identities ``mine`` may meet, by lot; -1 none."""
    best, found = np.uint64(0), np.int32(-1)
    j = households.first[h]
    while j >= 0:
        if _may_meet(mine, people.identities[j]):
            ticket = rng.mix(people.key[j] ^ bits)
            if found < 0 or ticket > best:
                best, found = ticket, j
        j = people.next[j]
    return found


@inner
def household_at(households, homes, home):
    """Return the household that lives in ``home``, or -1."""
    h = homes.occupant[home]
    return h if h >= 0 and households.alive[h] and households.home[h] == home else np.int32(-1)


@inner
def home_in(homes, areas, area, u):
    """Return one of an area's homes (``u`` the draw), or -1 when it has none."""
    n = areas.listed_homes[area]
    return homes.by_area[areas.first_home[area] + np.int64(u * n)] if n > 0 else np.int32(-1)


@inner
def pupil_of(people, schools, school, u):
    """Return a pupil of ``school`` (``u`` the draw), or -1."""
    n = schools.pupils[school]
    j = people.pupil[schools.first_pupil[school] + np.int64(u * n)] if n > 0 else np.int32(-1)
    return j if j >= 0 and people.alive[j] and people.school[j] == school else np.int32(-1)


@inner
def school_of(people, households, i):
    """Return the school that a resident belongs to: their own, or a child's in the household; -1 none."""
    if people.school[i] >= 0:
        return np.int64(people.school[i])
    school, j = -1, households.first[people.household[i]]
    while j >= 0:
        school = max(school, np.int64(people.school[j]))
        j = people.next[j]
    return school


@inner
def _candidate(people, households, homes, areas, schools, i, setting, school, bits, u):
    """Return somebody whom resident ``i`` might meet in this setting, or -1."""
    mine = people.identities[i]
    if setting == SCHOOL:
        j = pupil_of(people, schools, school, u)
        return j if j >= 0 and _may_meet(mine, people.identities[j]) else np.int32(-1)
    if setting == GATE:
        child = pupil_of(people, schools, school, u)
        h = people.household[child] if child >= 0 else np.int32(-1)
    else:
        area = households.area[people.household[i]]
        home = home_in(homes, areas, area, u) if setting == STREET else np.int64(u * homes.occupant.size)
        h = household_at(households, homes, home) if home >= 0 else np.int32(-1)
    return member_of(people, households, h, mine, bits) if h >= 0 else np.int32(-1)


@inner
def mark(people, city, i, j, setting, disorder, u, p):
    """Let an encounter with ``j`` leave its mark on resident ``i``."""
    across = ((people.identities[i] ^ people.identities[j]) & BACKGROUND) != 0
    good = u < positive_chance(setting, disorder, p)
    people.openness[i] = openness_after(
        np.float64(people.openness[i]), np.float64(people.openness_before[j]), across, good, weight_of(setting, p), p
    )
    bridging = np.float64(people.bridging_share[i])
    people.bridging_share[i] = bridging + p.bridging_speed * (across - bridging)
    city.meetings[0, setting] += 1
    city.meetings_across[0, setting] += across


@compiled
def everyday(people, households, homes, areas, schools, city, levers, p, pace, salt, due):
    """Let everybody whose turn it is have one encounter, and drift a little towards who they are."""
    dealings, stance = levers.group_dealings[0], levers.one_city_stance[0]
    for i in range(people.alive.size):
        if people.meeting_phase[i] != due or not people.alive[i] or (people.identities[i] & AGE) == 0:
            continue
        key, mine, h = people.key[i], people.identities[i], people.household[i]
        trait, openness = np.float64(people.openness_trait[i]), np.float64(people.openness[i])
        people.openness[i] = openness + pace.fade * (trait - openness)
        salience = np.float64(people.salience_before[i])
        goal = salience_goal(trait, np.float64(people.bridging_share[i]), dealings, stance, p)
        people.salience[i] = salience + pace.salience_step * (goal - salience)
        setting = setting_of(rng.draw(salt, key, 0), people.school[i] >= 0, households.children[h] > 0,
                             (mine & CLUB) != 0, p)  # fmt: skip
        school = -1
        if setting == SCHOOL or setting == GATE:
            school = school_of(people, households, i)
            if school < 0:
                setting = STREET
        area = households.area[h]
        for attempt in range(p.attempts):
            bits = rng.bits(salt, key, 1 + 2 * attempt)
            u = np.float64(bits >> np.uint64(11)) * pace.to_unit
            j = _candidate(people, households, homes, areas, schools, i, setting, school, bits, u)
            if j < 0 or people.household[j] == h:
                continue
            if setting == ASSOCIATION and (people.identities[j] & CLUB) == 0:
                continue
            salience_of_both = 0.5 * (salience + np.float64(people.salience_before[j]))
            apart = dissimilarity(mine, people.identities[j], households.area[people.household[j]] != area,
                                  salience_of_both, p)  # fmt: skip
            lot = rng.draw(salt, key, 2 + 2 * attempt)
            if lot < np.exp(-p.homophily * apart):
                u_good = rng.draw(rng.mix(bits), key, 0)
                mark(people, city, i, j, setting, areas.disorder[area], u_good, p)
                break
