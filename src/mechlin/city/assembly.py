"""Households put together from persons: who lives with whom in one area, so that the count of households is met.

Adults who are still at their parents' are chosen first; of the others enough are paired into couples to leave
as many households as the area has; children and adult children then find parents of a plausible age.
"""

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import allocating, compiled

_TRIES = 14  # households looked at when a child finds parents
_NO_ONE = -1


@compiled
def at_home_share(age):
    """Return the share of adults of this age who live at their parents' (Belgian census of 2001, rounded)."""
    if age < 21:
        return 0.93
    if age < 25:
        return 0.72
    if age < 30:
        return 0.28
    return 0.07 if age < 45 else 0.0


@compiled
def couple_weight(age):
    """Return how likely an adult who has left home is to live with a partner, relative to others."""
    if age < 22:
        return 0.3
    if age < 30:
        return 0.9
    if age < 70:
        return 1.0
    return max(0.75 - 0.03 * (age - 70), 0.08)


@compiled
def parent_fit(gap, same_background, children, couple, adult_child):
    """Return how plausible it is that a child has this parent: by years between them, children there, couple."""
    fit = -(((gap - 29.0) / 6.0) ** 2) - 0.55 * max(children - 1, 0) ** 1.5
    if gap < 16 or gap > 48:
        fit -= 60.0
    fit += 3.0 if same_background else 0.0
    fit += 1.2 if couple else 0.0
    return fit - (0.5 if adult_child else 0.0)


@allocating
def assemble(age, female, background, key, households, salt):
    """Return (household of each person, role, partner, plausible) for one area.

    ``households`` is how many there must be; roles are 0 for adults of the household and 1 for those who live
    with parents; ``plausible`` is False for children who were placed with parents of an implausible age.
    """
    n = age.size
    home, partner = np.full(n, _NO_ONE, np.int32), np.full(n, _NO_ONE, np.int32)
    role, plausible = np.zeros(n, np.int8), np.ones(n, np.bool_)
    left = _leave_home(age, key, role, households, salt)
    women, men = np.empty(left.size, np.int32), np.empty(left.size, np.int32)
    w = m = 0
    for i in left:
        if female[i]:
            women[w] = i
            w += 1
        else:
            men[m] = i
            m += 1
    couples = max(min(left.size - households, w, m, households), 0)
    women = _by_wish(women[:w], age, key, salt)[:couples]
    men = _by_wish(men[:m], age, key, salt)[:couples]
    _pair(women, men, age, background, key, partner, salt)
    h = 0
    lead = np.empty(households, np.int32)
    for i in women:
        home[i] = home[partner[i]] = h
        lead[h] = i
        h += 1
    for i in left:
        if h < households and home[i] < 0:
            home[i] = h
            lead[h] = i
            h += 1
    _place_children(age, background, key, home, role, partner, lead[:h], plausible, salt)
    return home, role, partner, plausible


@allocating
def _in_order(order, rows):
    """Return ``rows`` by rising ``order`` (numbers between -500 and 10^5; differences below 10^-8 are ties)."""
    priority, out = np.empty(rows.size, np.uint64), rows.copy()
    for k in range(rows.size):
        priority[k] = np.uint64((min(order[k], 1e5) + 500.0) * 1e8)
    rng.sort_by_priority(priority, out, rows.size)
    return out


@allocating
def _leave_home(age, key, role, households, salt):
    """Choose which adults live at their parents', so that at least one adult is left for each household."""
    n = age.size
    order = np.empty(n, np.float64)
    adults = 0
    for i in range(n):
        order[i] = 2.0
        role[i] = 1
        if age[i] >= 18:
            adults += 1
            share = at_home_share(age[i])
            order[i] = rng.draw(salt, key[i], 0) / max(share, 1e-9)  # below 1: lives at the parents'
    first = _in_order(order, np.arange(n).astype(np.int32))
    spare = adults - households
    for k in range(n):
        i = first[k]
        if age[i] < 18:
            continue
        if spare > 0 and order[i] < 1.0:
            spare -= 1
        else:
            role[i] = 0
    return np.flatnonzero(role == 0).astype(np.int32)


@allocating
def _by_wish(rows, age, key, salt):
    """Return ``rows`` with those likeliest to live with a partner first."""
    order = np.empty(rows.size, np.float64)
    for k in range(rows.size):
        i = rows[k]
        order[k] = -np.log(1.0 - rng.draw(salt, key[i], 1)) / couple_weight(age[i])
    return _in_order(order, rows)


@allocating
def _pair(women, men, age, background, key, partner, salt):
    """Pair women and men of close ages, mostly of the same background (nine in ten)."""
    groups = 0
    for i in women:
        groups = max(groups, background[i] + 1)
    for i in men:
        groups = max(groups, background[i] + 1)
    rest_w, rest_m = np.empty(women.size, np.int32), np.empty(men.size, np.int32)
    nw = nm = 0
    for g in range(groups):
        ws, ms = _of_group(women, background, key, g, salt), _of_group(men, background, key, g, salt)
        both = min(ws.size, ms.size)
        ws, ms = _by_age(ws, age, key, 0.0, salt), _by_age(ms, age, key, 2.2, salt)
        skip_w, skip_m = ws.size - both, ms.size - both
        start_w, start_m = skip_w // 2, skip_m // 2
        for k in range(both):
            partner[ws[start_w + k]], partner[ms[start_m + k]] = ms[start_m + k], ws[start_w + k]
        for k in range(ws.size):
            if partner[ws[k]] < 0:
                rest_w[nw] = ws[k]
                nw += 1
        for k in range(ms.size):
            if partner[ms[k]] < 0:
                rest_m[nm] = ms[k]
                nm += 1
    for i in women:
        if partner[i] < 0 and not _kept(i, background, key, salt):
            rest_w[nw] = i
            nw += 1
    for i in men:
        if partner[i] < 0 and not _kept(i, background, key, salt):
            rest_m[nm] = i
            nm += 1
    ws, ms = _by_age(rest_w[:nw], age, key, 0.0, salt), _by_age(rest_m[:nm], age, key, 2.2, salt)
    for k in range(min(nw, nm)):
        partner[ws[k]], partner[ms[k]] = ms[k], ws[k]


@compiled
def _kept(i, background, key, salt):
    """Return whether somebody looks for a partner within the same background first."""
    return rng.draw(salt, key[i], 2) < 0.9


@allocating
def _of_group(rows, background, key, group, salt):
    out = np.empty(rows.size, np.int32)
    n = 0
    for i in rows:
        if background[i] == group and _kept(i, background, key, salt):
            out[n] = i
            n += 1
    return out[:n]


@allocating
def _by_age(rows, age, key, shift, salt):
    """Return ``rows`` by age, a few years of chance added so that partners differ somewhat."""
    order = np.empty(rows.size, np.float64)
    for k in range(rows.size):
        i = rows[k]
        order[k] = age[i] - shift + 2.5 * rng.normal(rng.draw(salt, key[i], 3))
    return _in_order(order, rows)


@allocating
def _place_children(age, background, key, home, role, partner, lead, plausible, salt):
    """Let every child and adult child find parents: the best of a few households looked at, oldest first."""
    children = np.zeros(lead.size, np.int32)
    rows = np.flatnonzero(home < 0)
    rows = rows[np.argsort(-age[rows])]
    for i in rows:
        best, best_fit = _NO_ONE, -np.inf
        for k in range(_TRIES):
            h = np.int64(rng.draw(salt, key[i], 10 + k) * lead.size)
            parent = lead[h]
            gap = np.float64(age[parent]) - np.float64(age[i])
            fit = parent_fit(gap, background[parent] == background[i], children[h], partner[parent] >= 0, age[i] >= 18)
            if fit > best_fit:
                best, best_fit = h, fit
        if best_fit < -40.0:  # nobody suitable among those looked at: look at everybody
            for h in range(lead.size):
                parent = lead[h]
                gap = np.float64(age[parent]) - np.float64(age[i])
                fit = parent_fit(
                    gap, background[parent] == background[i], children[h], partner[parent] >= 0, age[i] >= 18
                )
                if fit > best_fit:
                    best, best_fit = h, fit
        home[i] = best
        role[i] = 1
        children[best] += 1
        plausible[i] = best_fit > -40.0
