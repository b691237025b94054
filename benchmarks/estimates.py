"""Are estimates calibrated? Packages of a store are left out, a fourth at a time, and held to what the others say of them.

python -m benchmarks.estimates [CITY] [OUT]: the runs in OUT, as `mechlin serve --learn` leaves them there.
"""

import sys
from pathlib import Path

import numpy as np

from mechlin.core.spec import model_version
from mechlin.runs.store import Store
from mechlin.statistics.foretelling import Foretelling, Runs
from mechlin.study.foretold import Stock
from mechlin.study.scenario import city_of, indicator_cards

MONTHS, FOLDS = 216, 4


def main(city: str = "mechelen", out: str = "report") -> None:
    place = city_of(city)
    stock = Stock(place, model_version(), indicator_cards(place)[0])
    stock.load(Store(Path(out) / "runs"))
    names, _, _, runs = stock.taught(MONTHS)
    packages = np.unique(runs.package)
    world, middle, count, silent = (np.zeros(len(names)) for _ in range(4))
    missed, plain = np.zeros(len(names)), np.zeros(len(names))
    for fold in range(FOLDS):
        out_ = np.isin(runs.package, packages[fold::FOLDS])
        fitted = Foretelling(Runs(runs.x[~out_], runs.world[~out_], runs.package[~out_], runs.y[~out_]))
        for package in packages[fold::FOLDS]:
            own = runs.package == package
            mean = runs.y[own].mean(axis=0)
            for n, told in enumerate(fitted.tell(runs.x[own][0], runs.world[own])):
                if told is None:
                    silent[n] += 1
                    continue
                count[n] += own.sum()
                world[n] += ((runs.y[own, n] >= told.low) & (runs.y[own, n] <= told.high)).sum()
                middle[n] += own.sum() * (told.middle_low <= mean[n] <= told.middle_high)
                missed[n] += (mean[n] - told.middle) ** 2
                plain[n] += (mean[n] - runs.y[~out_, n].mean()) ** 2
    print(f"{len(packages)} packages, {len(runs.package)} pairs\n")
    print(
        "| number | worlds held | middles held | error, of what the mean of all makes | silent |\n|---|---|---|---|---|"
    )
    for n, name in enumerate(names):
        print(
            f"| {name} | {world[n] / max(count[n], 1):.2f} | {middle[n] / max(count[n], 1):.2f} "
            f"| {np.sqrt(missed[n] / max(plain[n], 1e-12)):.2f} | {silent[n]:.0f} |"
        )
    print(f"| all | {world.sum() / count.sum():.2f} | {middle.sum() / count.sum():.2f} | | {silent.sum():.0f} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
