"""The assignment of school places for real pupils: tables in, a table with the reason for every child out.

The rule is the one that simulated pupils go through (:mod:`mechlin.law.school_places`); nothing here decides
anything. Anything wrong with the tables is refused before a single place is given, all of it at once.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from mechlin.core.errors import InputError, Problem, nearest
from mechlin.law.school_places import Market, deferred_acceptance, reasons, split_places, tickets

_CHILDREN = ("id", "wishes", "km", "indicator", "sibling", "staff")
_SCHOOLS = ("id", "places")
_CLOSE = 1e-9


def assign_places(
    children: pl.DataFrame,
    schools: pl.DataFrame,
    public_seed: int,
    order: Mapping[str, float],
    contingents: Mapping[str, float] | None = None,
) -> pl.DataFrame:
    """Return a table of children with the school each gets, which wish that was, and why.

    ``children`` has the columns ``id`` (text), ``wishes`` (school ids, best first), ``km`` (the distance to each of
    them), ``indicator`` (yes/no), ``sibling`` and ``staff`` (the school where the child has that priority, or null).
    ``schools`` has ``id`` and ``places``. ``order`` says which part of the places goes by ``distance`` and which by
    ``lottery``; ``contingents``, where in force, which part is held for ``indicator`` pupils and which for ``other``.
    ``public_seed`` draws the lottery: announce it beforehand, so that everybody can repeat the draw.

    Raise InputError with every problem found.
    """
    if problems := [*_columns(children, _CHILDREN, "children"), *_columns(schools, _SCHOOLS, "schools")]:
        raise InputError(problems)
    problems = [*_shares(order, ("distance", "lottery"), "order"), *_schools(schools), *_children(children, schools)]
    if contingents is not None:
        problems += _shares(contingents, ("indicator", "other"), "contingents")
    if problems:
        raise InputError(problems)
    market = _market(children, schools, public_seed, order, contingents)
    assigned, rank = deferred_acceptance(market)
    names = schools["id"].to_list()
    why = [
        "; ".join(f"{names[r.school]}: {r.text}" for r in reasons(market, assigned, c)) for c in range(children.height)
    ]
    return pl.DataFrame(
        {
            "id": children["id"],
            "school": pl.Series([names[s] if s >= 0 else None for s in assigned], dtype=pl.String),
            "wish": pl.Series([int(r) + 1 if r >= 0 else None for r in rank], dtype=pl.Int64),
            "reason": pl.Series(why, dtype=pl.String),
        }
    )


def key_of(name: Any) -> int:
    """Return the number that stands for a child in the lottery: anybody can work it out from the child's id."""
    return int.from_bytes(hashlib.blake2b(str(name).encode(), digest_size=8).digest(), "little")


def _market(
    children: pl.DataFrame,
    schools: pl.DataFrame,
    seed: int,
    order: Mapping[str, float],
    held: Mapping[str, float] | None,
) -> Market:
    row = {name: n for n, name in enumerate(schools["id"])}
    longest = max((len(w) for w in children["wishes"]), default=1)
    wishes = np.full((children.height, max(longest, 1)), -1, dtype=np.int32)
    km = np.zeros(wishes.shape)
    for c, (listed, far) in enumerate(zip(children["wishes"].to_list(), children["km"].to_list(), strict=True)):
        wishes[c, : len(listed)] = [row[s] for s in listed]
        km[c, : len(far)] = far
    sibling, staff = (
        np.array([row.get(s, -1) for s in children[column]], dtype=np.int32) for column in ("sibling", "staff")
    )
    keys = [key_of(name) for name in children["id"]]
    indicator = children["indicator"].to_numpy().astype(np.bool_) & (held is not None)
    places = split_places(schools["places"].to_numpy(), held["indicator"] if held else 0.0, order["distance"])
    return Market(wishes, km, indicator, sibling, staff, places, tickets(np.array(keys, dtype=np.uint64), seed))


def _columns(table: pl.DataFrame, wanted: tuple[str, ...], file: str) -> list[Problem]:
    return [
        Problem(
            f"{file} has no column {name}",
            file=file,
            column=name,
            allowed=", ".join(wanted),
            nearest=nearest(name, table.columns),
        )
        for name in wanted
        if name not in table.columns
    ]


def _shares(shares: Mapping[str, float], parts: tuple[str, str], name: str) -> list[Problem]:
    found = []
    if set(shares) != set(parts):
        found.append(
            Problem(f"{name} needs a share for {parts[0]} and {parts[1]}", column=name, allowed=", ".join(parts))
        )
    if any(not 0.0 <= share <= 1.0 for share in shares.values()):
        found.append(Problem(f"{name} has a share outside 0 to 1", column=name, allowed="0 to 1"))
    if abs(sum(shares.values()) - 1.0) > _CLOSE:
        found.append(
            Problem(
                f"{name} adds up to {sum(shares.values()):g} and not to 1",
                column=name,
                repair=f"make {' and '.join(parts)} add up to 1",
            )
        )
    return found


def _twice(table: pl.DataFrame, file: str) -> list[Problem]:
    double = table["id"].filter(table["id"].is_duplicated()).unique().sort()
    return [Problem(f"{name} stands in {file} more than once", file=file, column="id") for name in double]


def _schools(schools: pl.DataFrame) -> list[Problem]:
    empty = schools.filter(pl.col("places").fill_null(0) <= 0)["id"]
    return [
        *_twice(schools, "schools"),
        *(
            Problem(
                f"school {name} has no places",
                file="schools",
                column="places",
                allowed="1 or more",
                repair="give it places or leave it out",
            )
            for name in empty
        ),
    ]


def _children(children: pl.DataFrame, schools: pl.DataFrame) -> list[Problem]:
    known, found = set(schools["id"]), _twice(children, "children")

    def unknown(child: Any, school: str, column: str) -> Problem:
        return Problem(
            f"child {child}: {school} is not a school of the table",
            file="children",
            column=column,
            nearest=nearest(school, sorted(known)),
        )

    for row in children.iter_rows(named=True):
        listed, far = row["wishes"] or [], row["km"] or []
        found += [unknown(row["id"], s, "wishes") for s in listed if s not in known]
        found += [unknown(row["id"], row[c], c) for c in ("sibling", "staff") if row[c] and row[c] not in known]
        if not listed:
            found.append(Problem(f"child {row['id']} has no wishes", file="children", column="wishes"))
        if len(set(listed)) != len(listed):
            found.append(Problem(f"child {row['id']} lists a school twice", file="children", column="wishes"))
        if len(far) != len(listed) or any(km is None or not km >= 0 for km in far):
            found.append(
                Problem(
                    f"child {row['id']} needs one distance of 0 km or more for each wish", file="children", column="km"
                )
            )
        if row["indicator"] is None:
            found.append(
                Problem(f"child {row['id']}: indicator must be yes or no", file="children", column="indicator")
            )
    return found
