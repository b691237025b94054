"""How long it takes to verify a register of 10,000 forecasts, half of them scored: `python -m benchmarks.register`.

The aim is 2 seconds of one core. Every line is hashed and read, every score computed again from the sealed values.
"""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from mechlin.evaluation import chain
from mechlin.evaluation.forecasts import FILE, score_of
from mechlin.evaluation.verifying import verify

FORECASTS, SCORED, VALUES = 10_000, 5_000, 144  # sixteen runs, nine values around each
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def entries() -> list[dict]:
    rng = np.random.default_rng(1)
    sealed = [
        {
            "kind": "sealed", "id": f"trust_share-town{n}-2027", "indicator": "trust_share", "place": f"town{n}",
            "period": 2027, "baselines": {"last_value": 0.54},
            "values": [float(f"{v:.6g}") for v in rng.normal(0.55, 0.02, VALUES)],
            "settles": {"source": "Monitor", "on": "2028-05-15"}, "by": "data unit",
            "made": {"runs": [f"{n:020x}"] * 16, "code": "0+x", "city": "toy", "city_hash": "y", "package_digest": "z"},
        }
        for n in range(FORECASTS)
    ]  # fmt: skip
    scored = []
    for e in sealed[:SCORED]:
        one = {"kind": "scored", "id": e["id"], "edition": "2027", "published_on": "2028-05-15", "status": "final",
               "value": float(rng.normal(0.56, 0.02)), "low": None, "high": None}  # fmt: skip
        s = score_of(e, one)
        scored.append(one | {"crps": s.crps, "interval": s.interval, "pit": s.pit, "inside": s.inside})
    return [*sealed, *scored]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        chain.append(path, entries(), NOW)
        times = []
        for _ in range(3):
            began = time.process_time()
            register = chain.read(path)
            problems = verify(register, NOW, [register.head])
            times.append(time.process_time() - began)
        assert problems == []
        began = time.process_time()
        chain.append(path, [{"kind": "sealed", "id": "one more", "values": [0.1]}], NOW)
        adding = time.process_time() - began
        size = path.stat().st_size / 1e6
    print(
        f"{FORECASTS} forecasts, {SCORED} scored, {size:.0f} MB: verified in {min(times):.2f} s; one more in {adding:.2f} s"
    )


if __name__ == "__main__":
    main()
