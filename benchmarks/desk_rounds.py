"""A thousand random rounds of school places: the rule against the plain program, and pairs that would rather differ.

python -m benchmarks.desk_rounds [ROUNDS] [ROUNDS THROUGH EACH DATABASE]

The second number of rounds goes the whole way at a desk, from the draft to the draw, and what the town then publishes is
what the plain program repeats; on SQLite, and on PostgreSQL where MECHLIN_TEST_POSTGRES holds an address.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from mechlin.desk.casework.letters import of_children
from mechlin.desk.casework.loading import load
from mechlin.desk.check_draw import differences
from mechlin.desk.ground.canonical import canonical
from mechlin.desk.procedures import catalogue
from mechlin.law.school_draw import Place, School, from_rows, unstable
from tests.desk.conftest import POSTGRES, make_desk
from tests.desk.rounds import a_round, at_desk, better_by_another_list

A_DESK = 25  # rounds on one desk


def blocking(data) -> int:
    """Return how many pairs of a child and a school would rather have each other."""
    places = [Place(**p) for p in data["places"]]
    shares = data["distance_share"], data["reserved_share"], data["round"], data["seed"]
    return len(unstable(from_rows(data["list"]), [School(**s) for s in data["schools"]], *shares, places))


def by_the_rule_alone(rounds: int) -> str:
    """Return what random rounds without a desk say."""
    began, different, pairs = time.perf_counter(), 0, 0
    for seed in range(rounds):
        data = a_round(seed)
        different += bool(differences(data))
        pairs += blocking(data)
    return f"{rounds} rounds, {different} different, {pairs} blocking pairs, {time.perf_counter() - began:.0f} s"


def through_a_desk(rounds: int, kind: str) -> str:
    """Return what random rounds say that went the whole way at a desk."""
    began, different, pairs, children = time.perf_counter(), 0, 0, 0
    schools = {n: p for n, p in catalogue().items() if n.startswith("school_")}
    for first in range(0, rounds, A_DESK):
        with tempfile.TemporaryDirectory() as folder:
            desk = make_desk(Path(folder) / "desk", kind, schools)
            for seed in range(first, min(first + A_DESK, rounds)):
                data = json.loads(canonical(at_desk(desk, seed)))
                different += bool(differences(data))
                pairs += blocking(data)
                children += len(data["list"])
            if kind == "sqlite":
                desk.office.home.database.close()
    seconds = time.perf_counter() - began
    return f"{kind}: {rounds} rounds with {children} children, {different} different, {pairs} blocking pairs, {seconds:.0f} s"


def by_other_lists(rounds: int, lists: int = 10) -> str:
    """Return whether any child would be better off with other wishes than its true ones."""
    began = time.perf_counter()
    better = sum(better_by_another_list(seed, lists) for seed in range(rounds))
    return f"{rounds * lists} other lists of wishes, {better} better for the child, {time.perf_counter() - began:.0f} s"


def of_full_size() -> str:
    """Return how long a draw of 1,200 children takes, and repeating it."""
    began = time.perf_counter()
    large = a_round(1, children=1200, schools=60)
    drawn = time.perf_counter() - began
    began = time.perf_counter()
    wrong = differences(large)
    repeated = time.perf_counter() - began
    return f"1,200 children, 60 schools: {drawn:.2f} s drawn, {repeated:.2f} s repeated, {len(wrong)} different"


def letters_of_full_size() -> str:
    """Return how long the letters of a draw of 1,200 children take, each made anew from the log."""
    schools = {n: p for n, p in catalogue().items() if n.startswith("school_")}
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "desk", "sqlite", schools)
        data = at_desk(desk, 1, children=1200, schools=60, sign=True)
        office = desk.office
        with office.home.database.read() as conn:
            began = time.perf_counter()
            made = sum(
                1 for _ in of_children(office.look(conn, load(conn, data["round"]), "", desk.actor("clerk")), "")
            )
            seconds = time.perf_counter() - began
        office.home.database.close()
    return f"{made} letters made in {seconds:.1f} s"


def main(rounds: int = 1000, at_desks: int = 1000) -> None:
    """Print what was measured."""
    print(of_full_size(), flush=True)
    print(by_the_rule_alone(rounds), flush=True)
    print(by_other_lists(rounds), flush=True)
    for kind in ("sqlite", *(("postgresql",) if POSTGRES else ())):
        print(through_a_desk(at_desks, kind), flush=True)
    print(letters_of_full_size(), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
