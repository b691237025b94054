"""Random rounds of school places, as a town could have them."""

import random
from datetime import timedelta

from mechlin.desk.casework.loading import load
from mechlin.desk.casework.office import Request
from mechlin.desk.ground.canonical import canonical, digest
from mechlin.desk.ground.roles import RESIDENT_ACTOR
from mechlin.law.school_draw import Child, School, as_rows, draw, from_rows
from tests.desk.conftest import PERSON_GIVEN


def a_round(seed, children=60, schools=6):
    """Return what a town publishes of a random round: list, schools, shares, seed and places."""
    rng = random.Random(seed)
    years = [2023, 2024][: rng.choice((1, 2))]
    names = [f"S{n:02d}" for n in range(schools)]
    offers = [School(name, year, rng.randrange(0, 2 * children // schools // len(years) + 1))
              for name in names for year in years if rng.random() < 0.95]  # fmt: skip
    listed = []
    for n in range(children):
        wishes = rng.sample(names, rng.randint(1, min(5, schools)))
        listed.append(Child(
            f"S-2026-{n:05d}", rng.choice(years), tuple(wishes), tuple(rng.choice((100, 250, 900, 3000)) for _ in wishes),
            rng.random() < 0.3, rng.choice(names) if rng.random() < 0.1 else "", rng.choice(names) if rng.random() < 0.05 else "",
            f"S-2026-{rng.randrange(children):05d}" if rng.random() < 0.05 else "",
        ))  # fmt: skip
    rng.shuffle(listed)
    distance, reserved = rng.choice((0.0, 0.5, 0.75, 0.9, 1.0)), rng.choice((0.0, 0.15, 0.2, 0.5))
    drawn = draw(listed, offers, distance, reserved, "R-2026-00001", f"seed {seed}")
    rows = as_rows(listed)
    return {
        "round": "R-2026-00001", "seed": f"seed {seed}", "list": rows, "frozen_hash": digest(canonical(rows)),
        "schools": [s._asdict() for s in offers], "distance_share": distance, "reserved_share": reserved,
        "places": [p._asdict() for p in drawn],
    }  # fmt: skip


def better_by_another_list(seed, lists):
    """Return how often a child would be better off with other wishes, judged by what it truly likes: some lists at random."""
    data, better, rng = a_round(seed, children=25, schools=4), 0, random.Random(seed)
    children, offers = from_rows(data["list"]), [School(**s) for s in data["schools"]]
    shares = data["distance_share"], data["reserved_share"], data["round"], data["seed"]
    for child in rng.sample(children, lists):
        mine = next(p for p in data["places"] if p["application"] == child.application)
        spots = list(range(len(child.wishes)))
        rng.shuffle(spots)
        spots = spots[: rng.randint(1, len(spots))]
        other = child._replace(
            wishes=tuple(child.wishes[n] for n in spots), metres=tuple(child.metres[n] for n in spots)
        )
        got = draw([other if c is child else c for c in children], offers, *shares)
        place = next(p for p in got if p.application == child.application)
        liked = child.wishes.index(place.school) + 1 if place.school else 99
        better += liked < (mine["wish"] or 99)
    return better


def at_desk(desk, seed, children=12, schools=4, sign=False):
    """Bring a random round the whole way at a desk, in one transaction; return what the town then publishes of it."""
    made = a_round(seed, children, schools)
    held = made["reserved_share"]
    year = 2020 if held > 0.2 else desk.now.year  # before 2023 more could be held for a group
    actors = {who: desk.actor(who) for who in ("clerk", "auditor", "signer")} | {"resident": RESIDENT_ACTOR}
    with desk.office.home.database.write() as conn:

        def act(who, action, case="", answers=None, **more):
            desk.now += timedelta(seconds=1)
            return desk.office.act_within(
                conn, actors[who], Request(action, answers or {}, case=case, **more), desk.now
            ).case

        def signed(action, case, answers=None):
            act("clerk", action, case, answers)
            desk.now += timedelta(seconds=1)
            desk.office.sign_within(conn, actors["signer"], case, None, None, desk.now)

        def day(days):
            return (desk.now.date() + timedelta(days=days)).isoformat()

        dates = {
            "apply_from": day(0),
            "apply_until": day(2),
            "seed_day": day(4),
            "take_up_until": day(60),
            "lists_until": day(90),
        }
        round_ = act("clerk", "drafted", procedure="school_round", answers={
            "title": f"Round {seed}", "school_year": year, "wishes_most": 5, "distance_share": made["distance_share"],
            "reserved_share": held, "council_approved": "yes", "seed_source": f"dice {seed}", **dates,
        })  # fmt: skip
        rows = [
            {"school": s["school"], "name": s["school"], "born": s["born"], "places": s["places"]}
            for s in made["schools"]
        ]
        act("clerk", "capacity", round_, {"capacity": rows})
        act("clerk", "opened", round_)
        there, numbers = {(s["school"], s["born"]) for s in made["schools"]}, {}
        for child in made["list"]:
            far = {w: m for w, m in zip(child["wishes"], child["metres"], strict=True) if (w, child["born"]) in there}
            if not far:
                continue
            at = {k: child[k] for k in ("sibling", "staff") if (child[k], child["born"]) in there}
            if child["linked"] in numbers:
                at["linked"] = numbers[child["linked"]]
            numbers[child["application"]] = act("resident", "applied", procedure="school_application", parent=round_, answers={
                "child": PERSON_GIVEN, "parent": PERSON_GIVEN, "born_year": str(child["born"]), "wishes": list(far),
                "reserved": "yes" if child["reserved"] else "no", **at,
            })  # fmt: skip
            distances = [{"school": w, "metres": m} for w, m in far.items()]
            act("clerk", "completed", numbers[child["application"]], {"distances": distances})
        desk.later(days=3)
        for action in ("closed", "checked", "frozen"):
            act("clerk", action, round_)
        desk.later(days=2)
        signed("seeded", round_, {"seed": made["seed"]})
        act("clerk", "drawn", round_)
        act("auditor", "verified", round_)
        if sign:
            signed("signed", round_)
        look = desk.office.look(conn, load(conn, round_), day(0), actors["clerk"])
        return look.procedure.data(look)
