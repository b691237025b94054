"""How good would forecasts have been from earlier years on, each from a fit that knew nothing later?

    python -m benchmarks.rolling            # Mechelen, from fits to 2004, 2006 and 2008
    python -m benchmarks.rolling --origins 2005 2009
    python -m benchmarks.rolling --keep FOLDER        # fits stay there: a second call only forecasts

A copy of the city forgets all its levels and draws, is fitted anew to its record up to a year (levels from what is
believed, then draws of everything, of which the record of then rules some out), and forecasts every later row of the record that
ships with the city. Rules and priors were written by people who knew these years: a fair test is one on years that nobody
has seen, and such years are withheld from the project on purpose.
"""

import argparse
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import beta

from mechlin.city.tables.sources import load_city
from mechlin.runs.store import Store
from mechlin.study.backtesting import Backtest, backtest
from mechlin.study.calibration import calibrate
from mechlin.study.calibration_plan import DRAWS_FILE, read_plan

AHEAD = {"1 to 2 years": range(3), "3 to 5 years": range(3, 6), "6 years and more": range(6, 99)}
FORGOTTEN = ("calibration.csv", "draws.json", "attribution.json")


def forecast_from(origin: int, place: Path, draws: int, joint: int, runs: int) -> Backtest:
    """Return the forecasts of a copy of Mechelen that was fitted to its record up to ``origin``."""
    folder, store = place / f"mechelen-{origin}", Store(place / "runs")
    if not folder.exists():
        copy = place / "being fitted" / f"mechelen-{origin}"
        shutil.copytree(load_city("mechelen").folder, copy, dirs_exist_ok=True)
        for name in FORGOTTEN:
            (copy / name).unlink(missing_ok=True)
        city = load_city(copy)
        found = calibrate(
            city, plan=read_plan(city)._replace(until=origin), draws=draws, joint=joint, quick=True, store=store
        )
        found.save(copy / DRAWS_FILE)
        found.save_joint(copy)
        kept = len(found.joint.draws) if found.joint is not None else 0
        print(f"{origin}: {kept} of {joint} draws kept", flush=True)
        copy.rename(folder)
    city = load_city(folder)
    return backtest(city, folder / "history.csv", origin + 1, read_plan(city).package, runs, store)


class Told(NamedTuple):
    """One observation against its forecast: inside the middle 80 % or not, how wide that was, how many years ahead."""

    family: str
    series: str
    inside: bool
    width: float
    ahead: int


def row(title: str, told: list[Told]) -> str:
    """Return a row of the table; what the coverage could be goes by series, since observations of one are not independent."""
    series = len({t.series for t in told})
    share = float(np.mean([t.inside for t in told]))
    low, high = beta.ppf([0.1, 0.9], share * series + 0.5, (1.0 - share) * series + 0.5)  # Jeffreys' interval
    width = np.median([t.width for t in told])
    return f"| {title} | {series} | {len(told)} | {share:.0%} | {low:.0%} to {high:.0%} | {width:.2f} |"


def main() -> None:
    """Fit, forecast, and print coverage and skill by family over all origins."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--origins", type=int, nargs="+", default=[2004, 2006, 2008])
    parser.add_argument("--draws", type=int, default=64)
    parser.add_argument("--joint", type=int, default=48)
    parser.add_argument("--runs", type=int, default=16)
    parser.add_argument("--keep", type=Path, help="where fits and runs stay; else they are thrown away")
    asked = parser.parse_args()
    told: list[Told] = []
    skills: dict[str, dict[str, list[float]]] = {
        "skill_last_value": defaultdict(list),
        "skill_linear_trend": defaultdict(list),
    }
    with tempfile.TemporaryDirectory() as place:
        for origin in asked.origins:
            found = forecast_from(origin, asked.keep or Path(place), asked.draws, asked.joint, asked.runs)
            for track in (t for t in found.tracks if t.scores):
                told += [
                    Told(
                        track.family, track.card.name, s.inside, (s.high - s.low) / abs(s.middle), s.seen.year - origin
                    )
                    for s in track.scores
                    if s.middle
                ]
                for name, by in skills.items():
                    value = getattr(track.summary, name)
                    if value is not None:
                        by[track.card.name].append(value)
    print("\n| family | series | observations | inside the middle 80 % | could be | width, of the middle |")
    print("|---|---|---|---|---|---|")
    for family in sorted({t.family for t in told}):
        print(row(family, [t for t in told if t.family == family]))
    print(row("all", told))
    print("\n| ahead of the fit | observations | inside the middle 80 % |\n|---|---|---|")
    for words, years in AHEAD.items():
        those = [t.inside for t in told if t.ahead in years]
        print(f"| {words} | {len(those)} | {np.mean(those):.0%} |")
    for name, by in skills.items():
        means = {n: float(np.mean(v)) for n, v in by.items()}
        best = max(means, key=lambda n: means[n])
        without = np.mean([v for n, v in means.items() if n != best])
        print(
            f"{name}: mean {np.mean(list(means.values())):.2f} over {len(means)} indicators, {without:.2f} without {best}"
        )


if __name__ == "__main__":
    main()
