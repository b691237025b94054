"""Random files of the parental procedure: the desk and the rule alone, fed the same events, agree at every step.

python -m benchmarks.desk_histories [FILES] [FIRST]
"""

import sys
import tempfile
import time
from pathlib import Path

from mechlin.desk.procedures import catalogue
from tests.desk.conftest import make_desk
from tests.desk.histories import differences

_A_DESK = 100  # files on one desk: its clock only goes on, by half a year a file


def main(files: int = 1000, start: int = 0) -> None:
    began, found = time.perf_counter(), []
    for first in range(start, start + files, _A_DESK):
        with tempfile.TemporaryDirectory() as folder:
            town = make_desk(Path(folder) / "desk", "sqlite", {"parents": catalogue()["parents"]})
            for seed in range(first, min(first + _A_DESK, start + files)):
                found += differences(town, seed)
            town.office.home.database.close()
    for text in found[:20]:
        print(text)
    print(f"{files} random files of parents, {len(found)} different, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
