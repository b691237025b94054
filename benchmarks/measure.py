"""How far the words of `mechlin measure` may be trusted, on panels whose truth is known; and how long it takes.

    python -m benchmarks.measure                the full numbers (about half an hour on two slow cores)
    python -m benchmarks.measure --panels 100   a tenth of them
    python -m benchmarks.measure --rows         ten million rows alone (three minutes)

Towns have a level of their own, share a national movement to which each answers a little differently, and move by an
autocorrelated noise. Nothing happens in any of them, unless an effect is planted.

    size        how often nothing is called something, towns drawn at random: p <= 0.05 by estimator, and the word holds
    extreme     the same where the town stood out: its level far above the others' (Illenberger, Small & Shaw 2020,
                Epidemiology 31:815: the plain test on a synthetic control rejects 0.2 to 0.5), or the town chosen
                because its last years were extreme for itself
    few towns   how often the p with two towns left out calls nothing something, beside its bound
    coverage    how often the 90 % set holds the planted effect
    power       how often the stated smallest visible effect, planted in the town, is seen
    speed       one figure, 100 towns, 30 periods, everything on; and its power curve
    rows        `mechlin measure evaluate` on tables of ten million rows, good ones and bad ones: seconds, peak memory
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from mechlin.evaluation.estimators import DID, MATCHED, METHODS
from mechlin.evaluation.evaluate import Evaluation, Outcome, evaluate
from mechlin.evaluation.inference import (
    confidence_set,
    left_out,
    permutation_p,
    placebos,
    smallest_visible,
    two_out_bound,
    two_out_p,
)
from mechlin.evaluation.panel import Panel
from mechlin.evaluation.verdict import HOLDS

AFTER = 5
FIRST_YEAR = 2000
HIGH_SD = 1.0  # how far the level of a town that stands out lies above the others', in deviations of one year's noise


def noise(rng: np.random.Generator, towns: int, periods: int, rho: float) -> np.ndarray:
    """Return autocorrelated noise of deviation 1, in its long-run state from the first period on."""
    out = np.empty((towns, periods))
    out[:, 0] = rng.normal(size=towns)
    for t in range(1, periods):
        out[:, t] = rho * out[:, t - 1] + np.sqrt(1.0 - rho**2) * rng.normal(size=towns)
    return out


def a_table(rng: np.random.Generator, towns: int, before: int, rho: float = 0.5) -> np.ndarray:
    """Return figures of towns with levels of their own, a shared movement and noise; the last of them after a start."""
    periods = before + AFTER
    shared = rng.normal(size=periods).cumsum() * 0.5
    answer = 1.0 + 0.2 * rng.normal(size=(towns, 1))
    return 20.0 + 2.0 * rng.normal(size=(towns, 1)) + answer * shared + noise(rng, towns, periods, rho)


def alike(rng: np.random.Generator, towns: int, before: int, rho: float) -> np.ndarray:
    """Return figures of towns that differ by noise alone, but for the first, whose level is above all others'."""
    table = 20.0 + noise(rng, towns, before + AFTER, rho)
    table[0] += HIGH_SD
    return table


def chosen(rng: np.random.Generator, towns: int, before: int, rho: float) -> np.ndarray:
    """Return figures with that town first whose last years before lay farthest from its own earlier ones."""
    table = a_table(rng, towns, before, rho)
    late = max(1, before // 4)
    turn = table[:, before - late : before].mean(axis=1) - table[:, : before - late].mean(axis=1)
    first = int(np.argmax(turn - np.median(turn)))
    return np.vstack([table[first], np.delete(table, first, 0)])


def a_panel(table: np.ndarray, before: int) -> Panel:
    """Return figures as a panel about its first row."""
    names = tuple(f"town {k:03d}" for k in range(table.shape[0]))
    return Panel(names, "year", tuple(range(FIRST_YEAR, FIRST_YEAR + table.shape[1])), table, before)


def judged(table: np.ndarray, before: int) -> Evaluation:
    """Return the evaluation of a table."""
    return evaluate([(a_panel(table, before), Outcome())])[0]


def sizes(make, panels: int, towns: int, before: int, seed: int, *more: float) -> dict[str, float]:
    """Return how often each estimator rejects at 0.05, and how often the word "holds" is said.

    The word needs a small p twice, so that only such panels are looked at whole.
    """
    rng = np.random.default_rng([seed, towns, before])
    said = dict.fromkeys((*METHODS, HOLDS), 0.0)
    for _ in range(panels):
        table = make(rng, towns, before, *more)
        places = {m: placebos(table, before, m, leave_out=False) for m in METHODS}
        small = {m: permutation_p(p.own, p.others) <= 0.05 for m, p in places.items()}
        for method in METHODS:
            said[method] += small[method] / panels
        if small[DID] and any(small[m] for m in MATCHED):
            said[HOLDS] += (judged(table, before).verdict.word == HOLDS) / panels
    return {k: round(v, 4) for k, v in said.items()}


def few_towns(panels: int, towns: int, before: int = 10, seed: int = 5) -> dict[str, float]:
    """Return how often the p with two towns left out is at most 0.05 where nothing happens, and the bound for it."""
    rng = np.random.default_rng([seed, towns, before])
    said = dict.fromkeys(METHODS, 0.0)
    for _ in range(panels):
        table = a_table(rng, towns, before)
        for method in METHODS:
            _, two = left_out(table, before, method, pairs=True)
            small = two is not None and two_out_p(two, placebos(table, before, method).without) <= 0.05
            said[method] += small / panels
    return {k: round(v, 4) for k, v in said.items()} | {"bound": round(two_out_bound(towns, 0.05), 4)}


def planted(panels: int, towns: int, before: int, seed: int = 7) -> dict[str, dict[str, float]]:
    """Return, by estimator, how often the 90 % set holds a planted effect, and how often what is visible is seen."""
    rng = np.random.default_rng([seed, towns, before])
    held = dict.fromkeys(METHODS, 0.0)
    seen = dict.fromkeys(METHODS, 0.0)
    for _ in range(panels):
        table = a_table(rng, towns, before)
        sign = 1.0 if rng.random() < 0.5 else -1.0
        for method in METHODS:
            places = placebos(table, before, method)  # an effect after the start moves no weight: it may be added
            least = smallest_visible(places).effect
            effect = 1.5 * sign
            low, high = confidence_set(places.own + effect, places.others)
            held[method] += (low <= effect <= high) / panels
            seen[method] += (permutation_p(places.own + sign * least, places.others) <= 0.05) / panels
    return {"coverage": {m: round(v, 4) for m, v in held.items()}, "power": {m: round(v, 4) for m, v in seen.items()}}


def speed() -> dict[str, float]:
    """Return the seconds that one evaluation takes, and its power curves alone."""
    table = a_table(np.random.default_rng(1), 101, 25)
    began = time.perf_counter()
    judged(table, 25)
    whole = time.perf_counter() - began
    began = time.perf_counter()
    for method in METHODS:
        smallest_visible(placebos(table, 25, method))
    return {"evaluation_s": round(whole, 2), "power_curves_s": round(time.perf_counter() - began, 2)}


ROWS = 10_000_000
WIDE, LONG = 25, 500  # periods: 400,000 places over 25 years, 20,000 over 500 months


def a_long_table(periods: list[str], seed: int = 9) -> pl.DataFrame:
    """Return ten million rows, a row for each place and period, with three decimals."""
    rng, many = np.random.default_rng([seed, len(periods)]), len(periods)
    places = ROWS // many
    shared = rng.normal(size=many).cumsum() / 2
    values = (20 + 2 * rng.normal(size=(places, 1)) + shared + rng.normal(size=(places, many))).round(3)
    names = np.char.add("place ", np.char.zfill(np.arange(places).astype(str), 6))
    return pl.DataFrame(
        {"town": names.repeat(many), "time": np.tile(np.array(periods), places), "value": values.ravel()}
    )


def commanded(table: pl.DataFrame, start: str, mark: str = ",") -> dict[str, str | float]:
    """Return the processor seconds and peak memory of the command on a table, its exit code, and its first line."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "long.csv"
        table.write_csv(file, separator=mark)
        del table
        asked = ["--panel", str(file), "--unit", "town", "--time", "time", "--value", "value"]
        command = [sys.executable, "-m", "mechlin", "measure", "evaluate", *asked, "--treated", "place 000007"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([*command, "--from", start], capture_output=True, text=True, check=False)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    said = (done.stdout or done.stderr).splitlines()[0]
    return {
        "processor_s": round(seconds, 1),
        "peak_gb": round(used.ru_maxrss / 1e6, 2),
        "exit": done.returncode,
        "said": said[:200],
    }


def ten_million() -> None:
    """Print what the command does with ten million rows; peak memory is the largest so far, so that small ones come first."""
    years, months = [str(1994 + k) for k in range(WIDE)], [f"{1980 + k // 12}-{k % 12 + 1:02d}" for k in range(LONG)]
    table = a_long_table(years)
    rng = np.random.default_rng(4)
    cases = {
        "a row for each case, not for each town": table.with_columns(
            pl.Series("town", rng.integers(0, 300, ROWS)).cast(pl.String), pl.lit(1).alias("value")
        ),
        "no figure in any row": table.with_columns(pl.lit("many").alias("value")),
        "every second place in shares": table.with_columns(
            pl.when(pl.int_range(ROWS) // WIDE % 2 == 0)
            .then(pl.col("value") / 100)
            .otherwise(pl.col("value"))
            .alias("value")
        ),
        "years": table,
    }
    for what, given in cases.items():
        print(json.dumps({"rows": what, **commanded(given, "2011")}), flush=True)
    print(json.dumps({"rows": "months", **commanded(a_long_table(months), "2010-06")}), flush=True)
    commas = table.with_columns(pl.col("value").cast(pl.String).str.replace(".", ",", literal=True))
    print(json.dumps({"rows": "years, decimal commas", **commanded(commas, "2011", ";")}), flush=True)


def main() -> None:
    """Print the numbers as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--panels", type=int, default=1000)
    parser.add_argument("--rows", action="store_true", help="ten million rows alone")
    asked = parser.parse_args()
    if asked.rows:
        ten_million()
        return
    panels = asked.panels
    print(json.dumps({"speed": speed()}), flush=True)
    for towns in (12, 17):
        print(json.dumps({"few towns": few_towns(panels, towns), "towns": towns}), flush=True)
    for towns in (30, 100):
        for before in (4, 10):
            where = {"towns": towns, "before": before}
            for rho in (0.0, 0.5):
                print(json.dumps({"extreme level": sizes(alike, panels, towns, before, 2, rho), "rho": rho, **where}))
                print(json.dumps({"chosen": sizes(chosen, panels, towns, before, 3, rho), "rho": rho, **where}))
            print(json.dumps({"size": sizes(a_table, panels, towns, before, 1), **where}))
            print(json.dumps({**planted(panels, towns, before), **where}), flush=True)


if __name__ == "__main__":
    main()
