"""A thousand random rounds of school places: the rule against the plain program, and pairs that would rather differ.

python -m benchmarks.desk_rounds [ROUNDS]
"""

import sys
import time

from mechlin.desk.check_draw import differences
from mechlin.law.school_draw import Place, School, from_rows, unstable
from tests.desk.rounds import a_round


def main(rounds: int = 1000) -> None:
    began, different, blocking = time.perf_counter(), 0, 0
    for seed in range(rounds):
        data = a_round(seed)
        different += bool(differences(data))
        places = [Place(**p) for p in data["places"]]
        shares = data["distance_share"], data["reserved_share"], data["round"], data["seed"]
        blocking += len(unstable(from_rows(data["list"]), [School(**s) for s in data["schools"]], *shares, places))
    seconds = time.perf_counter() - began
    print(f"{rounds} rounds, {different} different, {blocking} blocking pairs, {seconds:.0f} s")
    began = time.perf_counter()
    large = a_round(1, children=1200, schools=60)
    drawn = time.perf_counter() - began
    began = time.perf_counter()
    wrong = differences(large)
    repeated = time.perf_counter() - began
    print(f"1,200 children, 60 schools: {drawn:.2f} s drawn, {repeated:.2f} s repeated, {len(wrong)} different")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
