"""Do verdicts hold? What sixteen draws call up or down, against what 256 say: how many keep their sign, and their word.

    python -m benchmarks.verdicts                     # a made-up city, 16 disjoint sets of 16 draws
    python -m benchmarks.verdicts mechelen --draws 80  # a real one, five sets of 16 against the eighty

Aims: at least 95 % keep their sign and 85 % their verdict. Which headlines these are depends on the package; that of a
made-up city has a measure of each pillar at a dose that a town of 4,000 might have.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from mechlin.city.toy import toy_city
from mechlin.statistics.intervals import FULL_PAIRS
from mechlin.study.comparison import Comparison
from mechlin.study.rehearsal import rehearse

PACKAGE = {
    "cameras": {"start": "2003-01", "cameras": 12},
    "visible_patrol": {"start": "2002-01", "officers": 6},
    "youth_workers": {"start": "2002-01", "workers": 2},
    "home_renovation": {"start": "2002-01", "homes_per_year": 20},
    "street_renewal": {"start": "2002-01", "squares_per_year": 1},
    "double_contingents": {"start": "2003-01"},
    "mixed_activities": {"start": "2002-01", "streets_per_year": 10},
    "buddies": {"start": "2002-01", "pairs_per_year": 6},
}
DIRECTIONS = ("up", "down")


def kept(whole: Comparison, size: int = FULL_PAIRS) -> dict[str, float]:
    """Return how many directions sets of ``size`` pairs give, and which shares keep their sign and their verdict."""
    said = signs = words = 0
    for first in range(0, len(whole.pairs) - size + 1, size):
        some = replace(whole, pairs=whole.pairs[first : first + size])
        for name in some.headlines:
            one, all_ = some.effect(name), whole.effect(name)
            if one is None or all_ is None or one.verdict not in DIRECTIONS:
                continue
            said += 1
            signs += (all_.difference > 0) == (one.difference > 0)
            words += all_.verdict == one.verdict
    return {"said": said, "sign kept": signs / max(said, 1), "verdict kept": words / max(said, 1)}


def main() -> None:
    """Run the draws and print a row."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("city", nargs="?", default="")
    asked.add_argument("--draws", type=int, default=256)
    asked.add_argument("--until", default="2012-12")
    asked.add_argument("--out", type=Path, default=Path("report"))
    given = asked.parse_args()
    city = given.city or toy_city(4000)
    package = None if given.city else PACKAGE
    found = rehearse(city, package, runs=given.draws, until=given.until, out=given.out)
    row = kept(found.comparison)
    print(
        f"{found.city.name}, {given.draws} draws to {given.until}: " + ", ".join(f"{k} {v:.3g}" for k, v in row.items())
    )


if __name__ == "__main__":
    main()
