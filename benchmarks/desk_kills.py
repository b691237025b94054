"""Kill writers, and on PostgreSQL the server too, two hundred times; every acknowledged event must be there once.

python -m benchmarks.desk_kills [KILLS]; PostgreSQL where MECHLIN_TEST_POSTGRES holds an address.
"""

import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from tests.desk.conftest import BENCHES, POSTGRES, make_desk
from tests.desk.killing import kills

WRITERS = 8


def main(times: int = 200) -> None:
    for kind in ("sqlite", *(("postgresql",) if POSTGRES else ())):
        desk = make_desk(Path(tempfile.mkdtemp()) / "desk", kind, {"benches": BENCHES})
        database = desk.office.home.database

        def end_sessions(database=database) -> None:
            with database.engine.connect() as conn:
                others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
                conn.execute(text(f"{others} current_database()"))

        began = time.perf_counter()
        url, ends = ("", None) if kind == "sqlite" else (POSTGRES, end_sessions)
        done = kills(desk, url, times // WRITERS, writers=WRITERS, kill_server=ends)
        print(f"{kind}: {times} kills, {done} acknowledged, 0 lost, {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
