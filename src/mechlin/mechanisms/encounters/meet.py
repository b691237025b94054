"""The rules of encounters: who is like whom, what a meeting leaves behind, and how a partner is found.

Once in half a year everybody gets a card: all that others see of a resident (background, education, age band, family
stage, language, association, openness, salience) packed into one number; and every home shows the card of one of
its adults and one of its children, by lot. A resident whose turn it is looks at a few cards and changes;
nobody else does. So finding a partner is one look-up, comparing two residents is one comparison, and the order
of rows cannot matter.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import MAJORITY, Education
from mechlin.core.compiled import compiled
from mechlin.core.rows import STRETCH, anyone

STREET, CENTRE, SCHOOL, GATE, ASSOCIATION, ACTIVITY, BUDDY = range(7)
SETTINGS = 7
# Where each identity stands in a card, bit by bit.
BACKGROUND, EDUCATION, AGE, FAMILY, LANGUAGE, CLUB = 0xFF, 0x300, 0x1C00, 0x6000, 0x8000, 0x70000
_EDUCATION_AT, _AGE_AT, _FAMILY_AT, _LANGUAGE_AT, _CLUB_AT = 0x100, 0x400, 0x2000, 0x8000, 0x10000
_SALIENCE_BIT, _OPENNESS_BIT, TICKET_BIT, _PARTS = 19, 29, 40, 1023
SHOWN = (1 << TICKET_BIT) - 1
ADULT_CARD = 3 * _AGE_AT  # the card of an adult about whom nothing else is known
CLUBS = 7  # kinds of associations; 0 is none
_SCHOOL_AGE, _TEENAGER = 6, 12
_BANDS = (30, 45, 65)  # further limits of the age bands
_CHILD, _ALONE, _COUPLE, _PARENT = 0, 1, 2, 3
_PIECES, _THIRD, _FOURTH, _FIFTH = 32.0, 1.0 / 3.0, 1.0 / 4.0, 1.0 / 5.0  # of a short series for exp(-x)
_HALF = np.uint64(32)  # a draw of 64 bits serves twice: its upper half and its lower half
_LOWER, _TO_UNIT = np.uint64(0xFFFFFFFF), 1.0 / 4294967296.0


@compiled
def age_band(age):
    """Return the age band: 0 below school age, 1 and 2 children, 3 to 6 adults."""
    if age < MAJORITY:
        return (age >= _SCHOOL_AGE) + (age >= _TEENAGER)
    return 3 + (age >= _BANDS[0]) + (age >= _BANDS[1]) + (age >= _BANDS[2])


@compiled
def family_stage(adult, partnered, children):
    """Return 0 for a child, 1 alone, 2 a couple without children, 3 with children in the household."""
    if not adult:
        return _CHILD
    return _PARENT if children > 0 else (_COUPLE if partnered else _ALONE)


@compiled
def card_of(background, education, band, family, fluent, club, salience, openness):
    """Return what others see of a resident as one number; shares in 1/1023."""
    identities = (
        background
        + (education + 1) * _EDUCATION_AT
        + band * _AGE_AT
        + family * _FAMILY_AT
        + fluent * _LANGUAGE_AT
        + club * _CLUB_AT
    )
    return (
        np.int64(identities)
        + (np.int64(salience * _PARTS + 0.5) << _SALIENCE_BIT)
        + (np.int64(openness * _PARTS + 0.5) << _OPENNESS_BIT)
    )


@compiled
def salience_on(card):
    """Return the salience that a card shows."""
    return ((card >> _SALIENCE_BIT) & _PARTS) / _PARTS


@compiled
def openness_on(card):
    """Return the openness that a card shows."""
    return ((card >> _OPENNESS_BIT) & _PARTS) / _PARTS


@compiled
def dissimilarity(mine, other, other_area, p):
    """Return how unlike two residents are, 0 to 1, from their cards.

    Background weighs the mean of their saliences; the other identities share the rest.
    """
    apart = mine ^ other
    salience = (((mine >> _SALIENCE_BIT) & _PARTS) + ((other >> _SALIENCE_BIT) & _PARTS)) * (0.5 / _PARTS)
    rest = (
        (p.education_weight if apart & EDUCATION else 0.0)
        + (p.age_weight if apart & AGE else 0.0)
        + (p.family_weight if apart & FAMILY else 0.0)
        + (p.language_weight if apart & LANGUAGE else 0.0)
        + (p.club_weight if apart & CLUB else 0.0)
        + (p.area_weight if other_area else 0.0)
    )
    whole = p.education_weight + p.age_weight + p.family_weight + p.language_weight + p.club_weight + p.area_weight
    return (salience if apart & BACKGROUND else 0.0) + (1.0 - salience) * (rest * (1.0 / whole))


@compiled
def is_kept(unlikeness, lot, p):
    """Whether somebody met is kept as a partner: with chance exp(-x), the likelier the more alike (``lot`` the draw).

    The exponential is that of x / 32 by its series, squared five times: right to eight digits, and many at once.
    """
    z = p.homophily * unlikeness * (1.0 / _PIECES)
    chance = 1.0 - z * (1.0 - z / 2 * (1.0 - z * _THIRD * (1.0 - z * _FOURTH * (1.0 - z * _FIFTH))))
    chance *= chance
    chance *= chance
    chance *= chance
    chance *= chance
    chance *= chance
    return lot < chance


@compiled
def setting_of(u, pupil, parent, member, p):
    """Return where this resident's encounter takes place (``u`` the draw)."""
    school = p.school_share if pupil else 0.0
    street = school + p.street_share / 2 if pupil else p.street_share
    setting = CENTRE
    if member & (not pupil) & (u >= 1.0 - p.club_share):
        setting = ASSOCIATION
    if parent & (not pupil) & (u < street + p.gate_share):
        setting = GATE
    if u < street:
        setting = STREET
    return SCHOOL if u < school else setting


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


@compiled
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
    people.club[i] = 0
    if rng.draw(lasting, key, 2) < p.member_share:
        people.club[i] = 1 + rng.bits(lasting, key, 3) % np.uint64(CLUBS)
    people.buddy[i] = np.int32(-1)
    people.buddy_months[i] = 0
    people.joined[i] = 0


@compiled
def card_now(background, education, age, partnered, children, language, club, salience, openness, fluent_share):
    """Return a resident's card from what is known of them; a child's education is that of a child."""
    adult = age >= MAJORITY
    return card_of(
        np.int64(background),
        np.int64(education) if adult else Education.NONE,
        age_band(age),
        family_stage(adult, partnered, children),
        np.float64(language) >= fluent_share,
        np.int64(club),
        np.float64(salience),
        np.float64(openness),
    )


@compiled
def _card(people, households, i, t, p):
    """Return a resident's card as of month ``t``."""
    age = np.int64(np.uint32(np.int64(t) - np.int64(people.born_month[i])) // np.uint32(12))
    return card_now(
        people.background[i],
        people.education[i],
        age,
        people.partner[i] >= 0,
        households.children[people.household[i]],
        people.local_language_share[i],
        people.club[i],
        people.salience[i],
        people.openness[i],
        p.fluent_share,
    )


@compiled
def show_cards(people, households, homes, p, salt, lasting, t, first):
    """Renew everybody's card, and show at every home that of one adult and one child of school age, by lot."""
    homes.adult_card[:] = 0
    homes.child_card[:] = 0
    for i in range(people.alive.size):
        if not people.alive[i]:
            continue
        if first:
            newcomer(people, i, p, lasting)
        elif people.entered_month[i] == t:
            continue  # nobody knows them yet
        card = _card(people, households, i, t, p)
        people.card[i] = card
        home, band = households.home[people.household[i]], card & AGE
        if home < 0 or band == 0:
            continue
        shown = card + (np.int64(rng.bits(salt, people.key[i], 0) >> np.uint64(TICKET_BIT + 1)) << TICKET_BIT)
        if band >= ADULT_CARD:
            homes.adult_card[home] = max(homes.adult_card[home], shown)
        else:
            homes.child_card[home] = max(homes.child_card[home], shown)


@compiled
def home_in(homes, areas, area, u):
    """Return one of an area's homes (``u`` the draw), or -1 when it has none."""
    n = areas.homes_listed[area]
    return np.int64(homes.by_area[areas.first_home[area] + np.int64(u * n)]) if n > 0 else np.int64(-1)


@compiled
def household_school(first, following, school, h):
    """Return the school of a household's pupils (of several, the last in the city's table); -1 none."""
    found, j = np.int64(-1), first[h]
    while j >= 0:
        found = max(found, np.int64(school[j]))
        j = following[j]
    return found


@compiled
def mark(openness, bridging_share, meetings, meetings_across, i, mine, other, setting, disorder, u, p):
    """Let an encounter with whoever has the card ``other`` leave its mark on resident ``i``."""
    across = ((mine ^ other) & BACKGROUND) != 0
    good = across and u < positive_chance(setting, disorder, p)
    openness[i] = openness_after(np.float64(openness[i]), openness_on(other), across, good, weight_of(setting, p), p)
    bridging = np.float64(bridging_share[i])
    bridging_share[i] = bridging + p.bridging_speed * (across - bridging)
    meetings[0, setting] += 1
    meetings_across[0, setting] += across


@compiled
def receive(people, households, p, lasting, t):
    """Receive those who are new this month: what is lasting in them, and their card."""
    for stretch in range(0, people.alive.size, STRETCH):
        if anyone(people.entered_month, t, stretch):
            for i in range(stretch, min(stretch + STRETCH, people.alive.size)):
                if people.entered_month[i] == t and people.alive[i]:
                    newcomer(people, i, p, lasting)
                    people.card[i] = _card(people, households, i, t, p)


@compiled
def upper(bits):
    """Return the upper half of a draw's bits as a number in [0, 1)."""
    return np.float64(np.int64(bits >> _HALF)) * _TO_UNIT


@compiled
def lower(bits):
    """Return the lower half of a draw's bits as a number in [0, 1)."""
    return np.float64(np.int64(bits & _LOWER)) * _TO_UNIT


@compiled
def place_of(bits, places):
    """Return one of so many ``places``, 0 to ``places - 1``, by the upper half of a draw's bits."""
    return np.int64((np.uint64(bits) >> _HALF) * np.uint64(places) >> _HALF)
