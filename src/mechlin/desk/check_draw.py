"""Repeat a draw of school places with plain Python and nothing else: no library, and no line of the program that drew.

    python check_draw.py round.json

``round.json`` is what the town publishes: the frozen list without names, the places, the seed, and who got what. The
digest of the list is worked out anew, every ticket, and every place. It prints what differs, or that nothing does.
"""

import hashlib
import json
import sys


def ticket(round_id, seed, application):
    """First eight bytes of SHA-256 over round, seed and application number, as a whole number."""
    return int.from_bytes(hashlib.sha256(f"{round_id}|{seed}|{application}".encode()).digest()[:8], "big")


def first_of_linked(children):
    """For each application the lowest number among those linked with it, directly or through others."""
    groups = [{c["application"]} for c in children]
    for child in children:
        if child["linked"]:
            joined = [g for g in groups if child["application"] in g or child["linked"] in g]
            if len(joined) > 1:
                groups = [g for g in groups if g not in joined] + [set().union(*joined)]
    return {name: min(group) for group in groups for name in group}


def pools(places, reserved_share, distance_share):
    """Places of a school by pool: reserved by distance, reserved by lot, others by distance, others by lot."""
    reserved = round(places * min(max(reserved_share, 0.0), 1.0))
    near, near_others = round(reserved * distance_share), round((places - reserved) * distance_share)
    return [near, reserved - near, near_others, places - reserved - near_others]


def holds(applicants, school, places, rank, shares):
    """Whom a school keeps: brothers and sisters, children of staff, then all; each on own places first, then on any."""
    reserved_share, distance_share = shares
    left, waiting, kept = pools(places, reserved_share, distance_share), list(applicants), []
    if len(waiting) <= places:
        return waiting
    for who in ("sibling", "staff", ""):
        for anybody in (False, True):
            for pool in range(4):

                def key(child, pool=pool):
                    metres = child["metres"][child["wishes"].index(school)] if pool in (0, 2) else 0
                    return metres, rank[child["application"]]

                def fits(child, pool=pool, anybody=anybody, who=who):
                    own = (child["reserved"] and reserved_share > 0) == (pool < 2)
                    return (not who or child[who] == school) and (anybody or own)

                for child in sorted(filter(fits, waiting), key=key)[: left[pool]]:
                    kept.append(child)
                    waiting.remove(child)
                    left[pool] -= 1
    return kept


def draw(data):
    """The place of every application: all ask their first wish; who is refused asks the next, until nobody is."""
    children, shares = data["list"], (data["reserved_share"], data["distance_share"])
    places = {(s["school"], s["born"]): s["places"] for s in data["schools"]}
    head = first_of_linked(children)
    tickets = {name: (ticket(data["round"], data["seed"], head[name]), head[name], name) for name in head}
    rank = {name: n for n, name in enumerate(sorted(tickets, key=tickets.get))}
    held = {key: [] for key in places}
    left = {c["application"]: [w for w in c["wishes"] if (w, c["born"]) in places] for c in children}
    asking = sorted(children, key=lambda c: c["application"])
    while asking:
        asked = {}
        for child in asking:
            if left[child["application"]]:
                asked.setdefault((left[child["application"]].pop(0), child["born"]), []).append(child)
        asking = []
        for key, new in asked.items():
            before = held[key] + new
            held[key] = holds(before, key[0], places[key], rank, shares)
            kept = {c["application"] for c in held[key]}
            asking += [c for c in before if c["application"] not in kept]
    got = {c["application"]: key[0] for key, there in held.items() for c in there}
    return {c["application"]: got.get(c["application"], "") for c in children}


def differences(data):
    """Every way in which what was published differs from what the rule gives."""
    written = json.dumps(data["list"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    found = []
    if hashlib.sha256(written.encode()).hexdigest() != data["frozen_hash"]:
        found.append("the list is not the one whose digest was published")
    mine, theirs = draw(data), {p["application"]: p["school"] for p in data["places"]}
    for name in sorted(mine.keys() | theirs.keys()):
        if mine.get(name) != theirs.get(name):
            found.append(
                f"{name}: published {theirs.get(name) or 'no place'}, by the rule {mine.get(name) or 'no place'}"
            )
    return found


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        published = json.load(file)
    wrong = differences(published)
    print("\n".join(wrong) or f"The same: {len(published['list'])} children, seed {published['seed']!r}.")
    sys.exit(1 if wrong else 0)
