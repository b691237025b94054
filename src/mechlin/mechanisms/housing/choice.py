"""The loops behind housing: who looks, what a home is worth to whom, who gets it.

Scalar rules: ``home_worth``. How a looker comes upon a vacant home: ``vacancies``. Moving itself: ``moving``.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.codes import MAJORITY_MONTHS, Tenure
from mechlin.core.compiled import compiled, fetch
from mechlin.core.state import count_taken, taken
from mechlin.mechanisms.housing.appeal import (
    appeal,
    looking_rate,
    rim_appeal,
    rim_at_most,
    rooms_wanted,
    search_reach,
    social_income_limit,
    social_rent,
    surroundings,
    taste_at_most,
)
from mechlin.mechanisms.housing.moves import (
    NOT_REGISTERED,
    count_before,
    count_displaced,
    count_move,
    move_in,
    near_whom,
)
from mechlin.mechanisms.housing.vacancies import FOR_RENT, FOR_SALE, next_offer

STAYS, LEAVES_BY_CHOICE, LEAVES_PRICED_OUT, LEAVES_WITHOUT_HOME = 0, 1, 2, 3
LEFT = 2  # how a service tenancy may end beside what the law says of it
_PUPIL = 12  # years: under which residents need a primary school nearby
_PARTS = 1024.0  # salience is added up in whole parts, so that the order of members cannot move a digit
_SAFE = 1e-6  # between a bound and what it bounds, for the digits lost on the way
_AHEAD = 8  # lookers whose rows are asked for before they are read
MAY_LOOK = 2  # of those who may do something, who may look for another home
_MIDDLE = 45  # years: an age past every possible peak of looking


@compiled
def market_cost(home, homes, areas, p):
    """Return the monthly cost of a home to somebody who moves in now: rent, or the mortgage of a buyer."""
    area = homes.area[home]
    if homes.tenure[home] == Tenure.OWNER:
        return homes.value_eur[home] * areas.buyer_index[area]
    return homes.value_eur[home] * areas.rent_index[area]


@compiled
def background_of(people, households, h):
    """Return the background that counts for a household: that of the member with the smallest key."""
    i = households.first[h]
    best, key = people.background[i], people.key[i]
    while i >= 0:
        if people.key[i] < key:
            best, key = people.background[i], people.key[i]
        i = people.next[i]
    return best


@compiled
def _who_they_are(people, households, h, t):
    """Return a household's background, the mean salience of its adults, and whether it has a child under 12."""
    i = households.first[h]
    background, key = people.background[i], people.key[i]
    salience = adults = 0
    with_pupils = False
    while i >= 0:
        if people.key[i] < key:
            background, key = people.background[i], people.key[i]
        months = t - people.born_month[i]
        if months >= MAJORITY_MONTHS and people.entered_month[i] != t:  # of those who came just now it is not known yet
            salience += np.int64(people.salience[i] * _PARTS + 0.5)
            adults += 1
        with_pupils |= months < _PUPIL * 12
        i = people.next[i]
    return background, (salience / _PARTS / adults if adults > 0 else 0.5), with_pupils


@compiled
def _newcomer(people, households, areas, h, salt):
    """Set what a new household starts with: no home; it stays with the family it left, or near people like it."""
    households.home[h] = -1
    households.tenure[h] = Tenure.LODGING
    households.cost_eur[h] = 0.0
    households.rent_base_eur[h] = 0.0
    households.registered_month[h] = NOT_REGISTERED
    households.service_months_left[h] = 0
    households.service_programme[h] = -1
    households.warnings[h] = 0
    households.lodging_months[h] = 0
    households.moved_month[h] = 0
    households.leaving[h] = STAYS
    households.priced_out[h] = False
    origin = households.from_household[h]
    if origin >= 0:
        households.area[h] = households.area[origin]
    else:
        group = background_of(people, households, h)
        households.area[h] = near_whom(areas, group, rng.draw(salt, households.key[h], 0))


@compiled
def welcome_households(people, households, areas, salt, t):
    """Give each household begun this month what it starts with, in the order in which they began."""
    count_before(areas)
    for n in range(count_taken(households)):
        h = taken(households, n)
        if households.entered_month[h] == t and households.alive[h]:
            _newcomer(people, households, areas, h, salt)


@compiled
def _review_rent(households, areas, h, income, p):
    """Index the rent once a year; a private rent that has risen past what can be carried prices people out."""
    tenure = households.tenure[h]
    if tenure == Tenure.SOCIAL:
        households.cost_eur[h] = social_rent(income, p)
    elif tenure == Tenure.PRIVATE:
        before = households.cost_eur[h]
        rent = households.rent_base_eur[h] * areas.rent_index[households.area[h]]
        households.cost_eur[h] = rent
        limit = p.carry_max * max(income, 1.0)
        if before <= limit < rent:
            households.priced_out[h] = True


@compiled
def _list_acting(households, p, salts, t):
    """List the households that may do something this month; return how many, and how many wait for a social home.

    A first pass without jumps marks them, and so is quick.
    """
    young = (p.look_floor + p.look_peak) * p.look_crowded / 12.0  # nobody looks more often than this
    middle = looking_rate(_MIDDLE, Tenure.PRIVATE, True, p) / 12.0  # nor anybody past the middle of life than this
    acting = waiting = 0
    for h in range(households.alive.size):
        tenure, key = households.tenure[h], households.key[h]
        most = young if t - households.oldest_born_month[h] < _MIDDLE * 12 else middle
        most *= p.look_owner if tenure == Tenure.OWNER else (p.look_social if tenure == Tenure.SOCIAL else 1.0)
        reviewed = ((tenure == Tenure.PRIVATE) | (tenure == Tenure.SOCIAL)) & (
            (t - households.moved_month[h]) % 12 == 0
        )
        registers = rng.draw(salts.look, key, 1) < p.register_rate / 12.0
        unsettled = (tenure == Tenure.LODGING) | households.priced_out[h]
        looks = rng.draw(salts.look, key, 0) < most
        households.may_act[h] = households.alive[h] * ((looks | reviewed | registers | unsettled) + looks)
        waiting += households.alive[h] & (households.registered_month[h] != NOT_REGISTERED)
    for h in range(households.alive.size):
        households.looker[acting] = h
        acting += households.may_act[h] != 0
    return acting, waiting


@compiled
def _fetch_acting(households, homes, n, acting):
    """Ask for what will be read of those who may act, some places ahead."""
    if n + _AHEAD < acting:
        h = households.looker[n + _AHEAD]
        fetch((households.home, households.income_eur, households.members, households.lodging_months), h)
    if n + _AHEAD // 2 < acting:
        fetch(homes.rooms, max(households.home[households.looker[n + _AHEAD // 2]], 0))


@compiled
def household_month(people, households, homes, areas, city, p, salts, t):
    """Update rents and the waiting list, and return how many households look (listed in drawn order)."""
    lookers = 0
    acting, waiting = _list_acting(households, p, salts, t)
    for n in range(acting):
        _fetch_acting(households, homes, n, acting)
        h = np.int64(households.looker[n])  # lookers are written over the list from its front, never past ``n``
        key = households.key[h]
        income, members = households.income_eur[h], households.members[h]
        looks = households.home[h] < 0
        if looks:
            households.lodging_months[h] += 1
            if households.lodging_months[h] > p.lodging_months:
                waiting -= households.registered_month[h] != NOT_REGISTERED
                _give_up(people, households, city, h, t)
                continue
        else:
            if (t - households.moved_month[h]) % 12 == 0:
                _review_rent(households, areas, h, income, p)
            u = rng.draw(salts.look, key, 0)
            looks = households.priced_out[h]
            if not looks and households.may_act[h] == MAY_LOOK:
                age = (t - households.oldest_born_month[h]) / 12.0
                crowded = homes.rooms[households.home[h]] < members
                looks = u < 1.0 - np.exp(-looking_rate(age, households.tenure[h], crowded, p) / 12.0)
        tenure = households.tenure[h]
        if households.registered_month[h] == NOT_REGISTERED:
            if (
                (tenure == Tenure.PRIVATE or tenure == Tenure.LODGING)
                and income < social_income_limit(members, p)
                and rng.draw(salts.look, key, 1) < p.register_rate / 12.0
            ):
                households.registered_month[h] = t
                waiting += 1
        if looks:
            households.looker[lookers] = h
            households.looker_priority[lookers] = rng.bits(salts.order, key, 0)
            lookers += 1
    city.waiting_list[0] = waiting
    rng.sort_by_priority(households.looker_priority, households.looker, lookers)
    return lookers


@compiled
def _give_up(people, households, city, h, t):
    """Let a household that has found no home for too long leave the city."""
    if households.priced_out[h]:
        households.leaving[h] = LEAVES_PRICED_OUT
        count_displaced(people, households, city, h, t)
    else:
        households.leaving[h] = LEAVES_WITHOUT_HOME
        city.turned_away[0] += households.members[h]
    count_move(people, households, city, h, t)


@compiled
def _support(households, levers, h, area, row):
    """Return the monthly support that programmes offer household ``row`` for buying in ``area``."""
    total = 0.0
    for k in range(levers.buyer_support_eur.shape[0]):
        total += levers.buyer_support_eur[k, row] * levers.buyer_support_area[k, area]
    return total


@compiled
def _liking(households, homes, areas, h, home, cost, who, p):
    """Return the appeal of ``home`` at ``cost`` to household ``h``, but for its personal taste."""
    area, here = homes.area[home], households.area[h]
    income = max(households.income_eur[h], 1.0)
    km = np.hypot(areas.x_km[area] - areas.x_km[here], areas.y_km[area] - areas.y_km[here])
    same_class = areas.educations[area, max(households.education[h], 0)] / areas.educated[area]
    background, salience, with_pupils = who
    own_group = areas.backgrounds[area, background] / max(areas.people[area], 1)
    lack = max(rooms_wanted(households.members[h]) - homes.rooms[home], 0)
    worth = appeal(
        cost / income,
        homes.quality[home],
        areas.disorder[area],
        km,
        same_class,
        own_group,
        salience,
        lack,
        homes.tenure[home] == Tenure.OWNER,
        p,
    )
    return worth + surroundings(
        areas.safety[area], areas.offences_felt[area], areas.school_appeal[area], with_pupils, p
    )


@compiled
def _taste_draw(households, homes, h, home, salt):
    """Return the draw of a household's taste for a home, which lasts."""
    return rng.draw(salt, rng.join(households.key[h], homes.key[home]), 0)


@compiled
def _net_cost(households, homes, areas, levers, h, home, kind, p):
    """Return what ``home`` would cost household ``h`` a month, after the support that it gets for buying."""
    cost = market_cost(home, homes, areas, p)
    return max(cost - _support(households, levers, h, homes.area[home], h), 0.0) if kind == FOR_SALE else cost


@compiled
def _view(households, homes, areas, levers, city, p, salts, h, key):
    """List the vacant homes that household ``h`` hears of, reaches and can pay; return how many (in ``city.viewed``)."""
    income = max(households.income_eur[h], 1.0)
    reach = search_reach(rng.draw(salts.look, key, 2), households.lodging_months[h], p)
    x_km, y_km, near, found = areas.x_km[households.area[h]], areas.y_km[households.area[h]], 0, 0
    size, offers = homes.area.size, (city.offers[0, FOR_SALE], city.offers[0, FOR_RENT])
    for v in range(p.homes_heard_of):
        city.heard_at[0, v] = np.int64(rng.draw(salts.viewing, key, v) * size)
    for v in range(p.homes_heard_of):
        place, kind = np.int64(city.heard_at[0, v]), FOR_SALE if v % 2 == 0 else FOR_RENT
        if offers[kind] == 0:
            continue
        n = next_offer(homes, place, kind, offers[kind])
        area = np.uint64(homes.offer_area[n, np.uint64(kind)])
        east, north = areas.x_km[area] - x_km, areas.y_km[area] - y_km
        if east * east + north * north > reach * reach:
            continue
        home = np.int64(homes.offer[n, kind])
        if homes.occupant[home] >= 0:
            continue
        near += 1
        if near > p.viewings:
            break
        net = _net_cost(households, homes, areas, levers, h, home, kind, p)
        if net <= income * (p.buyer_burden_max if kind == FOR_SALE else p.burden_max):
            city.viewed[0, found] = home
            found += 1
    return found


@compiled
def _fetch_looker(people, households, homes, n, lookers):
    """Ask for what will be read of the lookers some places ahead: first their rows, then where these lead."""
    if n + _AHEAD < lookers:
        h = households.looker[n + _AHEAD]
        fetch(
            (
                households.key,
                households.income_eur,
                households.home,
                households.area,
                households.children,
                households.first,
                households.members,
                households.cost_eur,
                households.education,
                households.entered_month,
                households.priced_out,
            ),
            h,
        )
    if n + _AHEAD // 2 < lookers:
        h = households.looker[n + _AHEAD // 2]
        i, home = households.first[h], households.home[h]
        fetch((people.key, people.background, people.born_month, people.entered_month, people.salience, people.next), i)
        if home >= 0:
            fetch((homes.key, homes.area, homes.quality, homes.rooms, homes.tenure), home)


@compiled
def choose_homes(people, households, homes, areas, levers, city, p, salts, lookers, t):
    """Let each looker, in drawn order, view some vacant homes and take the best, stay, or leave the city."""
    for area in range(areas.price_index.size):
        areas.buyer_index[area] = areas.price_index[area] ** p.price_passed_on
        areas.educated[area] = max(areas.educations[area].sum(), 1)
        areas.offences_felt[area] = areas.offence_rate[area, 1:].sum()  # burglary, the first kind, moves no prices
    for n in range(lookers):
        _fetch_looker(people, households, homes, n, lookers)
        h = np.int64(households.looker[n])
        key, income, housed = households.key[h], max(households.income_eur[h], 1.0), households.home[h] >= 0
        areas.lookers[households.area[h]] += 1
        family = households.children[h] > 0
        school = np.float64(households.school_rim_pull[h]) if family and households.entered_month[h] != t else 0.0
        rim_u = rng.draw(salts.rim, key, 0)
        found = _view(households, homes, areas, levers, city, p, salts, h, key)
        if not housed and found == 0:  # most who wait see nothing, and few of them are drawn to the rim
            rim = rim_at_most(income, family, p) + school - p.lodging_patience + p.taste_spread * taste_at_most(rim_u)
            if rim < p.waiting_appeal - _SAFE:
                continue
        who = _who_they_are(people, households, h, t)
        best, best_worth, best_cost = np.int64(-1), p.waiting_appeal, 0.0
        if housed:
            home, cost = np.int64(households.home[h]), np.float64(households.cost_eur[h])
            best_worth = _liking(households, homes, areas, h, home, cost, who, p)
            best_worth += p.taste_spread * rng.gumbel(_taste_draw(households, homes, h, home, salts.taste))
            best_worth += p.staying_weight
            if households.priced_out[h]:
                best_worth -= p.priced_out_weight
        rim = rim_appeal(income, family, who[0] == 0, areas.backgrounds.shape[1], who[1], p) + school
        rim -= 0.0 if housed else p.lodging_patience
        rim += p.taste_spread * rng.gumbel(rim_u)
        leaves = rim > best_worth
        best_worth = max(best_worth, rim)
        for v in range(found):
            home = np.int64(city.viewed[0, v])
            kind = FOR_SALE if homes.tenure[home] == Tenure.OWNER else FOR_RENT
            net = _net_cost(households, homes, areas, levers, h, home, kind, p)
            worth, u = (
                _liking(households, homes, areas, h, home, net, who, p),
                _taste_draw(households, homes, h, home, salts.taste),
            )
            if worth + p.taste_spread * taste_at_most(u) <= best_worth:
                continue
            worth += p.taste_spread * rng.gumbel(u)
            if worth > best_worth:
                best, best_worth, best_cost, leaves = home, worth, net, False
        if best >= 0:
            if households.tenure[h] == Tenure.SERVICE:
                city.service_ended[0, LEFT] += 1
            move_in(people, households, homes, areas, city, h, best, homes.tenure[best], best_cost, t)
        elif leaves:
            households.leaving[h] = LEAVES_PRICED_OUT if households.priced_out[h] else LEAVES_BY_CHOICE
            if households.priced_out[h]:
                count_displaced(people, households, city, h, t)
            count_move(people, households, city, h, t)
