"""Measure everything and write it down: ``make bench``.

Every part runs in a process of its own on one thread, between two timings of a reference loop (a gather and a mix, the
two things that a month of residents consists of). Beside seconds stands the ratio to the reference: seconds differ
between machines and hours, ratios much less. Results go to ``benchmarks/results/DATE.json`` and ``DATE.md``.

    python -m benchmarks.bench                    all parts
    python -m benchmarks.bench schelling start    some, for a look: nothing is written
    python -m benchmarks.bench --quick            smaller sizes, for a look: nothing is written
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
REFERENCE_ROWS = 1 << 20
REFERENCE_ROUNDS = 24
MEGABYTE = 1024.0  # kilobytes, as the system reports peak memory
Rows = list[dict[str, Any]]


# ------------------------------------------------------------------------------------------------ reference


def reference_s() -> float:
    """Return the seconds of the reference loop: the best of three."""
    import numpy as np

    from benchmarks.reference import gather_and_mix

    rows = np.random.default_rng(1).permutation(REFERENCE_ROWS).astype(np.int32)
    values = np.arange(REFERENCE_ROWS, dtype=np.uint64)
    gather_and_mix(values, rows, 1)
    return min(_seconds(lambda: gather_and_mix(values, rows, REFERENCE_ROUNDS)) for _ in range(3))


def _seconds(job: Callable[[], Any]) -> float:
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def peak_mb() -> float:
    """Return the greatest memory that this process has held."""
    import resource

    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / MEGABYTE if sys.platform != "darwin" else kilobytes / MEGABYTE**2


# ---------------------------------------------------------------------------------------------------- parts


def schelling(quick: bool) -> Rows:
    """Measure Schelling's model, ours and Mesa's, with what came out."""
    from importlib.util import find_spec

    from benchmarks.schelling import compare

    return compare(with_mesa=find_spec("mesa") is not None, large=not quick)


def mechelen(quick: bool) -> Rows:
    """Measure the embedded city, 2001 to 2018, without measures and with all as they went: by mechanism."""
    from mechlin import measures
    from mechlin.city.tables.sources import load_city
    from mechlin.engine.package import read_package

    city, months = load_city("mechelen"), 36 if quick else 216
    package = read_package("as-it-went", city.packages, measures.catalogue()).settings
    return [city_run(city, "mechelen", months), city_run(city, "mechelen", months, package)]


def sizes(quick: bool) -> Rows:
    """Measure generated cities from ten thousand to two million residents, two years each."""
    rows: Rows = []
    for people in (10_000, 100_000) if quick else (10_000, 100_000, 500_000, 2_000_000):
        rows += _apart("one_size", str(people))
    return rows


def one_size(people: str) -> Rows:
    """Measure one generated city."""
    from mechlin.city.toy import toy_city

    return [city_run(toy_city(people=int(people)), "toy", 24)]


def city_run(city: Any, name: str, months: int, package: Any = None, compile_on: Any = None) -> dict[str, Any]:
    """Build the residents of ``city``, run once to compile (that city, or a smaller one), then again, on one thread."""
    import numpy as np

    from mechlin.city.residents.population import build_population
    from mechlin.core.spec import RunSpec
    from mechlin.engine.simulation import Simulation, run

    run(RunSpec(city=name, months=max(months, 24) if compile_on else months, package=package or {}), compile_on or city)
    population_s = _seconds(lambda: build_population(city, 2))
    state_bytes = Simulation(RunSpec(city=name, months=1), city).state.bytes()
    timings: dict[str, float] = {}
    result = run(RunSpec(city=name, months=months, package=package or {}), city, timings=timings)
    loop_s, start_s = timings.pop("months"), timings.pop("build")
    people = result.series["population"]
    resident_months = 12 * float(np.nansum(people))
    return {
        "city": name, "measures": len(package or {}), "residents": int(people[0]), "months": months,
        "population_s": population_s, "start_s": start_s,
        "loop_s": loop_s, "resident_months_per_s": resident_months / loop_s,
        "bytes_per_resident": state_bytes / float(people[0]), "peak_mb": peak_mb(),
        **{f"{mechanism}_s": seconds for mechanism, seconds in timings.items()},
    }  # fmt: skip


def country(quick: bool) -> Rows:
    """Measure a million residents over 18 years, ten million over one, and a hundred cities as a stream."""
    sizes = ((20_000, 24), (40_000, 12)) if quick else ((1_000_000, 216), (10_000_000, 12))
    rows = [row for people, months in sizes for row in _apart("one_large", f"{people} {months}")]
    return [*rows, *_apart("many_cities", "10" if quick else "100")]


def one_large(size: str) -> Rows:
    """Measure one generated city of so many residents over so many months."""
    from mechlin.city.toy import toy_city

    people, months = map(int, size.split())
    return [city_run(toy_city(people=people), "toy", months, compile_on=toy_city(people=10_000))]


def many_cities(number: str) -> Rows:
    """Measure a stream of cities of ten thousand residents, a pair of runs of a year each, and what memory it holds."""
    from dataclasses import replace

    from mechlin.city.toy import toy_city
    from mechlin.study.stream import stream

    cities = (replace(toy_city(10_000, seed=n), name=f"town_{n}") for n in range(1, int(number) + 1))
    rows: Rows = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        for done, _ in enumerate(stream(cities, "nothing", out=folder, runs=1, until="2001-12", threads=1), 1):
            if done in (1, 10, int(number)):
                seconds = time.perf_counter() - began
                rows.append({"cities": done, "seconds_in_all": seconds, "peak_mb": peak_mb()})
    return rows


def start(quick: bool) -> Rows:
    """Measure what a person waits for first: importing, asking for help, compiling cold and from the cache."""
    rounds = 3 if quick else 7
    python = [sys.executable, "-c"]
    rows: Rows = [
        {"what": "python alone", "seconds": _process_s([*python, "pass"], rounds)},
        {"what": "import mechlin", "seconds": _process_s([*python, "import mechlin"], rounds)},
        {
            "what": "mechlin --help",
            "seconds": _process_s([str(Path(sys.executable).parent / "mechlin"), "--help"], rounds),
        },
    ]
    one_year = (
        "from mechlin.city.toy import toy_city; from mechlin.core.spec import RunSpec; "
        "from mechlin.engine.simulation import run; run(RunSpec(city='toy', months=12), toy_city())"
    )
    with tempfile.TemporaryDirectory() as folder:
        env = {"MECHLIN_CACHE": folder}
        rows.append({"what": "toy city, first year, cold", **_cold(one_year, env)})
        rows.append(
            {"what": "toy city, first year, from the cache", "seconds": _process_s([*python, one_year], 3, env)}
        )
    return rows


def _cold(job: str, env: dict[str, str]) -> dict[str, float]:
    """Return the processor seconds of a cold start, and of the reference compilation in the same process."""
    code = (
        "import json, time; from benchmarks.reference import compile_reference as c; c(); first = c(); "
        f"began = time.process_time(); {job}; cpu = time.process_time() - began; reference = (first + c()) / 2; "
        "print(json.dumps({'cpu_s': cpu, 'reference_compilation_s': reference, 'cpu_ratio': cpu / reference}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={**os.environ, **env}
    )
    return dict(json.loads(done.stdout))


def _process_s(command: list[str], rounds: int, env: dict[str, str] | None = None) -> float:
    """Return the best wall time of a process."""

    def once() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **(env or {})})

    return min(_seconds(once) for _ in range(rounds))


def pairing(quick: bool) -> Rows:
    """Measure by how much pairing divides the variance of differences: a town of 8,000, a very small package, five years."""
    from benchmarks.pairing import table as pairing_table

    return pairing_table((1,) if quick else (1, 2, 3))


def ensemble(quick: bool) -> Rows:
    """Measure pairs of runs of the embedded city, the package as it went, one at a time and two, with all it takes to begin."""
    from mechlin import measures
    from mechlin.city.tables.sources import load_city
    from mechlin.core.spec import RunSpec
    from mechlin.engine.package import read_package
    from mechlin.runs.ensemble import run_all

    city, pairs = load_city("mechelen"), 2 if quick else 64
    package = read_package("as-it-went", city.packages, measures.catalogue()).settings
    specs = [
        RunSpec("mechelen", package=p, seed=s, months=24 if quick else 216)
        for s in range(1, pairs + 1) for p in (package, {})
    ]  # fmt: skip
    run_all(specs[:2], city, threads=1)
    one, two = (_seconds(lambda n=n: run_all(specs, city, threads=n)) for n in (1, 2))  # type: ignore[misc]
    return [{"pairs": pairs, "one_at_a_time_s": one, "two_at_a_time_s": two, "scaling": one / two}]


PARTS: dict[str, Callable[[bool], Rows]] = {
    f.__name__: f for f in (schelling, start, mechelen, sizes, country, pairing, ensemble)
}


# ---------------------------------------------------------------------------------------------------- runner


def _apart(part: str, argument: str) -> Rows:
    """Run one part in a process of its own and return its rows, with the reference loop beside them."""
    before = reference_s()
    env = {**os.environ, "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.bench", "--inside", part, argument]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        return [{"failed": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}"}]
    reference = (before + reference_s()) / 2
    rows: Rows = json.loads(done.stdout.splitlines()[-1])
    for row in rows:
        if "reference_s" not in row:
            row["reference_s"] = reference
            row.update({f"{k}_ratio": v / reference for k, v in row.items() if k in ("median_s", "loop_s", "seconds")})
    return rows


def machine() -> dict[str, Any]:
    """Return what the figures were taken on; no names of machines or people."""
    cpu = platform.processor()
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        cpu = next((r.split(":")[1].strip() for r in facts.read_text().splitlines() if r.startswith("model name")), cpu)
    libraries = {name: version(name) for name in ("numpy", "numba", "polars")}
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(load, 2),
        **libraries,
    }


def table(rows: Rows) -> str:
    """Return rows as a Markdown table."""
    columns = list(dict.fromkeys(k for row in rows for k in row))
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(row.get(c, "")) for c in columns) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def write(found: dict[str, Any]) -> Path:
    """Write the results as JSON and Markdown; return the Markdown file."""
    RESULTS.mkdir(exist_ok=True)
    stem = RESULTS / found["date"]
    stem.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    facts = ", ".join(f"{k} {v}" for k, v in found["machine"].items())
    text = [f"# Benchmarks of {found['date']}", "", f"Mechlin {found['version']}; {facts}.", ""]
    text += ["`_ratio`: times the reference loop on the same machine in the same minute.", ""]
    for part, rows in found["parts"].items():
        text += [f"## {part}", "", PARTS[part].__doc__ or "", "", table(rows), ""]
    page = stem.with_suffix(".md")
    page.write_text("\n".join(text))
    return page


def main() -> int:
    """Run the parts asked for; return 1 when one failed."""
    parser = argparse.ArgumentParser(prog="benchmarks.bench", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help=f"which of {', '.join(PARTS)} (all)")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, nothing is written")
    parser.add_argument("--inside", nargs=2, metavar=("PART", "ARGUMENT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if asked.inside:
        part, argument = asked.inside
        alone = {f.__name__: f for f in (one_size, one_large, many_cities)}
        print(json.dumps(alone[part](argument) if part in alone else PARTS[part](argument == "quick")))
        return 0
    from mechlin.core.spec import model_version

    found: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "version": model_version(),
        "machine": machine(),
        "parts": {},
    }
    for part in asked.parts or PARTS:
        print(f"{part} ...", file=sys.stderr, flush=True)
        found["parts"][part] = _apart(part, "quick" if asked.quick else "full")
        print(f"\n{part}\n\n{table(found['parts'][part])}\n", flush=True)
    if not (asked.quick or asked.parts):
        print(f"Written to {write(found)}")
    return int(any("failed" in row for rows in found["parts"].values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
