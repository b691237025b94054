"""A folder of what was measured, a stored rehearsal without a city, and a clock that tests set."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from mechlin.core.spec import RunResult, RunSpec
from mechlin.runs.store import Store

HEAD = 'title = "What was observed in Toy"\npublisher = "Data unit"\nplace = "toy"\n'
CARDS = """\
name,title_en,definition,unit,better,level,source,licence,next_release
trust_share,Residents who trust the city,those who answer 4 or 5,share,up,city,City monitor,CC BY 4.0,2028-05-15
population,Residents on 1 January,residents,persons,neither,town,Population register,CC0,2028-03-01
"""
OBSERVATIONS = """\
indicator,place,period,value,low,high,n,edition,published_on,status,source
trust_share,toy,2020,0.50,0.47,0.53,900,2020,2021-05-10,final,City monitor
trust_share,toy,2023,0.53,0.50,0.56,950,2023,2024-05-12,final,City monitor
trust_share,toy,2026,0.55,0.52,0.58,940,2026,2027-05-12,final,City monitor
population,toy,2026,4000,,,,2026,2026-03-01,final,Population register
population,east,2026,3800,,,,2026,2026-03-01,final,Population register
population,west,2026,4100,,,,2026,2026-03-01,final,Population register
population,north,2026,4300,,,,2026,2026-03-01,final,Population register
"""


@pytest.fixture
def at():
    """Return what makes a moment of a day: at("2027-06-01")."""
    return lambda day: datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    """Return a folder of what was measured in a made-up town."""
    place = tmp_path / "measured"
    place.mkdir()
    for name, text in (("measured.toml", HEAD), ("indicators.csv", CARDS), ("observations.csv", OBSERVATIONS)):
        (place / name).write_text(text, encoding="utf-8")
    return place


@pytest.fixture
def rehearsal(tmp_path):
    """Return a folder with eight stored pairs of runs, 2020 to 2030, as `mechlin rehearse --out` leaves it."""
    place, years = tmp_path / "report", np.arange(2020, 2031)
    store, pairs = Store(place / "runs"), []
    for seed in range(1, 9):
        pair = {}
        for side, package, lift in (("with", {"cameras": {"cameras": 4}}, 0.002), ("without", {}, 0.0)):
            spec = RunSpec("toy", "abc", package, seed=seed, start="2020-01", months=132, version="test")
            slope = 0.005 + lift + 0.001 * np.sin(seed)
            series = {
                "trust_share": 100 * (0.48 + slope * (years - 2020) + 0.004 * np.cos(seed)),  # simulated in %
                "population": 4000.0 + 10 * (years - 2026) + seed,
            }
            store.write(RunResult(spec, years, series, {}))
            pair[side] = spec.id()
        pairs.append(pair)
    (place / "results.json").write_text(json.dumps({"runs": pairs}), encoding="utf-8")
    return place
