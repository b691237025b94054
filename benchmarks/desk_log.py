"""How quick the log is: events a second with every one on the disk, and how long a check of many takes.

python -m benchmarks.desk_log
"""

import random
import tempfile
import time
from pathlib import Path

from mechlin.desk.ground import log
from mechlin.desk.ground.canonical import chained
from mechlin.desk.ground.log import Entry
from tests.desk.conftest import BENCHES, make_desk

EVENTS, ONE_BY_ONE = 10_000, 200


def main() -> None:
    desk = make_desk(Path(tempfile.mkdtemp()) / "desk", "sqlite", {"benches": BENCHES})
    database = desk.office.home.database
    began = time.perf_counter()
    for n in range(ONE_BY_ONE):
        with database.write() as conn:
            log.append(conn, Entry(f"B-{n}", "asked", "A-0001", "clerk", {"n": n}))
    print(f"{ONE_BY_ONE / (time.perf_counter() - began):.0f} events a second, one by one")
    with database.write() as conn:
        for n in range(EVENTS - ONE_BY_ONE):
            log.append(conn, Entry(f"C-{n % 99}", "asked", "A-0001", "clerk", {"n": n}))
    with database.read() as conn:
        began = time.perf_counter()
        rows = list(log.rows(conn))
        assert log.first_wrong(rows) is None
        print(f"{len(rows)} events checked in {time.perf_counter() - began:.2f} s")
    rng, named = random.Random(1), 0
    for trial in range(100):
        at, bad = rng.randrange(len(rows) - 1), list(rows)
        match trial % 4:
            case 0:
                bad[at] = {**bad[at], "body": '{"n":-1}'}
            case 1:
                del bad[at]
            case 2:
                bad[at], bad[at + 1] = {**bad[at + 1], "seq": at + 1}, {**bad[at], "seq": at + 2}
            case 3:
                forged = {**bad[at], "body": "{}"}
                forged["hash"] = chained(forged, forged["prev"])
                bad = [*bad[:at], forged, *({**row, "seq": row["seq"] + 1} for row in bad[at:])]
        found = log.first_wrong(bad)
        # an event forged with its own right hash is itself sound: what follows on it is not
        named += found is not None and found[0] in ((at + 1, at + 2) if trial % 4 == 3 else (at + 1,))
    print(f"one of {len(rows)} changed, deleted, swapped or inserted: named {named} times in 100")


if __name__ == "__main__":
    main()
