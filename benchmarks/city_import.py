"""How long an import takes: the given files, and a country of ten thousand areas with twenty years of figures.

    python benchmarks/city_import.py [FOLDER OF PUBLISHED FILES]

Prints seconds and the most memory for each. Measures to reach: 5 s for a file; a minute and 2 GB for the large one.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from mechlin.city.importing.mapping import read_mapping
from mechlin.city.importing.opening import open_grid
from mechlin.city.importing.steps import draft_of

AREAS, YEARS, PEOPLE = 10_000, range(2000, 2020), 5_000_000
LARGE = """title = "Large"
country = "NL"
start = "2010-01"
[files.all]
file = "all.csv"
code = "code"
name = "name"
[files.map]
file = "map.geojson"
code = "code"
[areas]
outlines = "map"
people = "people"
households = "households"
income_median_eur = "income"
shops = "shops"
age = { "0-14" = "a0", "15-24" = "a15", "25-44" = "a25", "45-64" = "a45", "65+" = "a65" }
background = { majority = "b0", europe = "b1", other = "b2" }
education = { low = "e0", mid = "e1", high = "e2" }
homes = { owner = "h0", private_rent = "h1", social = "h2", vacant = "h3" }
"""


def write_large(folder: Path) -> None:
    """Write the figures and outlines of a made-up country: a row for every area and year."""
    rng, n = np.random.default_rng(1), AREAS * len(YEARS)
    people = np.repeat(rng.multinomial(PEOPLE, np.full(AREAS, 1 / AREAS)), len(YEARS))
    table = {"code": np.repeat([f"BU{i:08d}" for i in range(AREAS)], len(YEARS)), "year": np.tile(list(YEARS), AREAS)}
    table["name"] = np.repeat([f"Buurt {i}" for i in range(AREAS)], len(YEARS))
    table["people"], table["households"] = people, (people / 2.2).astype(int)
    table["income"], table["shops"] = rng.integers(1200, 3000, n), rng.integers(0, 20, n)
    for start, parts, whole in (("a", (0, 15, 25, 45, 65), people), ("b", (0, 1, 2), people), ("e", (0, 1, 2), people)):
        shares = rng.dirichlet(np.full(len(parts), 5.0), n)
        for k, part in enumerate(parts):
            table[f"{start}{part}"] = (shares[:, k] * whole).astype(int)
    for k, part in enumerate((0.5, 0.25, 0.2, 0.05)):
        table[f"h{k}"] = (people / 2.1 * part).astype(int)
    pl.DataFrame(table).write_csv(folder / "all.csv")
    side = int(np.ceil(np.sqrt(AREAS)))
    with (folder / "map.geojson").open("w") as file:
        file.write('{"type":"FeatureCollection","features":[\n')
        for i in range(AREAS):
            x, y = 4.5 + 0.01 * (i % side), 51.5 + 0.006 * (i // side)
            ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.006], [x, y + 0.006], [x, y]]
            shape = f'"geometry":{{"type":"Polygon","coordinates":[{ring}]}}'
            file.write(("," if i else "") + f'{{"type":"Feature","properties":{{"code":"BU{i:08d}"}},{shape}}}\n')
        file.write("]}")
    (folder / "large.toml").write_text(LARGE)


def most_memory() -> float:
    """Return the most memory this process has had, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    for file in sorted(Path(sys.argv[1]).iterdir()) if len(sys.argv) > 1 else ():
        began = time.perf_counter()
        rows = open_grid(file).cells.height
        print(f"{file.name:45s} {rows:7,d} rows {time.perf_counter() - began:6.2f} s")
    with tempfile.TemporaryDirectory() as aside:
        write_large(Path(aside))
        before, began = most_memory(), time.perf_counter()
        draft = draft_of(read_mapping(Path(aside) / "large.toml"))
        took = time.perf_counter() - began
        lines = len(draft.origins())
        print(
            f"{AREAS:,} areas, {len(YEARS)} years, {draft.series['population_1_january'][2010]:,.0f} people: {took:.1f} s"
        )
        print(f"{lines:,} numbers with their origin; most memory {most_memory():.2f} GB (before: {before:.2f})")


if __name__ == "__main__":
    main()
