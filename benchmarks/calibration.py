"""Three ways to find constants from the same few runs: history matching, ABC-SMC (pyABC), Optuna with its near-best.

    python -m benchmarks.calibration [city]

Constants are planted, a history is made with them, and each way gets the same number of runs to find them again: first a
made-up simulator that costs nothing, with many planted truths; with the word ``city`` then a small copy of Mechelen.
Needs pyABC and cmaes, which Mechlin itself does not.
"""

import logging
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import ndtr

from mechlin.core.spec import RunSpec
from mechlin.statistics.emulate import Observed, match
from mechlin.study.calibration_plan import Plan

RUNS, POPULATION, NEAR_BEST = 96, 20, 10
FREE = (
    "demography.couple_rate",
    "demography.leave_home_rate",
    "economy.find_rate",
    "housing.register_rate",
    "housing.rim_level",
)
SEEN = (
    "population",
    "households",
    "households_one_person",
    "unemployment_rate",
    "social_waiting_list",
    "share_age_0_19",
)
YEARS, PEOPLE = (2003, 2005, 2007), 5000

Simulate = Callable[[np.ndarray, int], np.ndarray]


def history_matching(simulate: Simulate, dims: int, observed: Observed, chance: np.ndarray, seed: int) -> np.ndarray:
    """Return draws by the method that Mechlin keeps."""
    return match(simulate, dims, observed, RUNS, seed).draws


def abc_smc(simulate: Simulate, dims: int, observed: Observed, chance: np.ndarray, seed: int) -> np.ndarray:
    """Return draws by ABC-SMC: ever smaller distances from the observed, populations of 20."""
    import pyabc

    logging.getLogger("ABC").setLevel(logging.ERROR)
    np.random.seed(seed)  # noqa: NPY002 (pyABC draws from the global state)
    count, names = [0], [f"z{n}" for n in range(dims)]
    doubt = Observed(observed.values, observed.covariance + np.diag(chance))

    def model(point: Any) -> dict[str, np.ndarray]:
        count[0] += 1
        return {"y": simulate(np.array([[point[n] for n in names]]), count[0])[0]}

    def distance(x: Any, _: Any) -> float:
        return float(np.sqrt((doubt.in_doubts(x["y"][None]) ** 2).sum()))

    prior = pyabc.Distribution(**{n: pyabc.RV("norm", 0, 1) for n in names})
    smc = pyabc.ABCSMC(model, prior, distance, population_size=POPULATION, sampler=pyabc.sampler.SingleCoreSampler())
    with tempfile.TemporaryDirectory() as folder:
        smc.new(f"sqlite:///{folder}/abc.db", {"y": observed.values})
        found = smc.run(max_total_nr_simulations=RUNS, minimum_epsilon=0.0)
        frame, weights = found.get_distribution()
    rng = np.random.default_rng(seed)
    rows = rng.choice(len(frame), 256, p=np.asarray(weights) / np.sum(weights))
    return np.asarray(frame[names].to_numpy()[rows])


def near_best(sampler: str) -> Callable[..., np.ndarray]:
    """Return a method: search with Optuna for the smallest misfit, and keep the ten best trials as draws."""

    def method(simulate: Simulate, dims: int, observed: Observed, chance: np.ndarray, seed: int) -> np.ndarray:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        kind = {"TPE": lambda: optuna.samplers.TPESampler(multivariate=True, seed=seed),
                "CMA-ES": lambda: optuna.samplers.CmaEsSampler(seed=seed)}[sampler]()  # fmt: skip
        doubt = Observed(observed.values, observed.covariance + np.diag(chance))

        def misfit(trial: Any) -> float:
            point = np.array([[trial.suggest_float(f"z{n}", -2.5, 2.5) for n in range(dims)]])
            distance = doubt.in_doubts(simulate(point, trial.number + 1))
            return float((distance**2).sum() + (point**2).sum())  # the prior counts, as it does for the others

        study = optuna.create_study(sampler=kind)
        study.optimize(misfit, n_trials=RUNS)
        best = sorted(study.trials, key=lambda t: t.value)[:NEAR_BEST]
        return np.array([[t.params[f"z{n}"] for n in range(dims)] for t in best])

    return method


METHODS = {
    "history matching": history_matching, "pyABC (ABC-SMC)": abc_smc, "Optuna TPE, ten best": near_best("TPE"),
    "Optuna CMA-ES, ten best": near_best("CMA-ES"),
}  # fmt: skip


def scores(
    draws: np.ndarray, truth: np.ndarray, outputs: np.ndarray, observed: Observed, chance: np.ndarray
) -> dict[str, float]:
    """Return how well planted constants are found, and how well fresh runs at the draws fit the history."""
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    gaps = np.abs(draws[:, None] - draws[None]).mean(axis=(0, 1))
    doubt = np.sqrt(np.diag(observed.covariance) + chance)
    return {
        "error": float(np.sqrt(((draws.mean(axis=0) - truth) ** 2).mean())),
        "coverage": float(((low <= truth) & (truth <= high)).mean()),
        "width": float(((high - low) / 3.29).mean()),
        "crps": float((np.abs(draws - truth).mean(axis=0) - 0.5 * gaps).mean()),
        "misfit": float(np.sqrt((((np.median(outputs, axis=0) - observed.values) / doubt) ** 2).mean())),
    }


def compare(make: Callable[[int], tuple[Simulate, int, float]], truths: int, fresh: int) -> None:
    """Print the mean scores of every method over planted truths, and its seconds of computing a truth, runs included."""
    table: dict[str, list[dict[str, float]]] = {}
    for n in range(truths):
        simulate, dims, share = make(n)
        truth = np.clip(np.random.default_rng(1000 + n).standard_normal(dims), -1.6, 1.6)
        same = simulate(np.repeat(truth[None], 12, axis=0), 10_000)
        values, chance = same[0], same.var(axis=0, ddof=1)
        observed = Observed(values, np.diag((share * np.abs(same).mean(axis=0)) ** 2))
        for name, method in METHODS.items():
            began = time.process_time()
            draws = method(simulate, dims, observed, chance, n + 1)
            seconds = time.process_time() - began
            some = draws[np.linspace(0, len(draws) - 1, fresh).astype(int)]
            row = scores(draws, truth, simulate(some, 20_000), observed, chance)
            table.setdefault(name, []).append({**row, "seconds": seconds})
            print(f"  truth {n}: {name}: " + ", ".join(f"{k} {v:.2f}" for k, v in table[name][-1].items()), flush=True)
    head = list(next(iter(table.values()))[0])
    print(f"| method | {' | '.join(head)} |\n|---|{'---|' * len(head)}")
    for name, rows in table.items():
        print(f"| {name} | " + " | ".join(f"{np.mean([r[k] for r in rows]):.2f}" for k in head) + " |", flush=True)


def made_up(n: int) -> tuple[Simulate, int, float]:
    """Return a simulator of five numbers and ten outputs: bent, noisy, one number without any influence."""
    rng = np.random.default_rng(n)
    slopes, bends = rng.normal(0, 1, (10, 5)), rng.normal(0, 0.4, (10, 5))
    slopes[:, 4] = bends[:, 4] = 0.0

    def simulate(points: np.ndarray, first: int) -> np.ndarray:
        noise = np.random.default_rng([n, first]).normal(0, 0.4, (len(points), 10))
        return 20.0 + points @ slopes.T + np.tanh(points) ** 2 @ bends.T + np.sin(points[:, :1]) + noise

    return simulate, 5, 0.02


def small_city(n: int) -> tuple[Simulate, int, float]:
    """Return a simulator that runs a small copy of Mechelen without measures, residents and luck as the seed says."""
    from mechlin.city.tables.sources import load_city
    from mechlin.city.toy import scaled_city
    from mechlin.runs.ensemble import run_all

    city = scaled_city(load_city("mechelen"), PEOPLE)
    plan = Plan(FREE, YEARS[-1], "nothing")

    def simulate(points: np.ndarray, first: int) -> np.ndarray:
        specs = [
            RunSpec(city.name, city.hash, {}, plan.values(shares), seed=s, population=s, months=12 * (YEARS[-1] - 2000))
            for s, shares in enumerate(ndtr(points), 100_000 * (n + 1) + first)
        ]
        found = run_all(specs, city, threads=os.cpu_count())
        return np.array([[found[s.id()].series[i][y - 2001] for i in SEEN for y in YEARS] for s in specs])

    return simulate, len(FREE), 0.01


def main() -> None:
    """Compare on the made-up simulator, and with ``city`` on the small city."""
    warnings.simplefilter("ignore")
    if "city" in sys.argv[1:]:
        print(f"Small city, {PEOPLE:,} residents, {RUNS} runs each")
        compare(small_city, 3, 12)
    else:
        print(f"Made-up simulator, {RUNS} runs each")
        compare(made_up, 10, 48)


if __name__ == "__main__":
    main()
