"""Random rounds of school places, as a town could have them."""

import random

from mechlin.desk.ground.canonical import canonical, digest
from mechlin.law.school_draw import Child, School, as_rows, draw


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
