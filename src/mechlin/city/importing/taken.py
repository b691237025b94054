"""A quantity as it was taken out of files: a number for every area, with where each was read and by which rule."""

from dataclasses import dataclass

import numpy as np


@dataclass(eq=False)
class Taken:
    """A number for every area: NaN where there is none, then ``kinds`` says why; where it was read, by which rule."""

    values: np.ndarray
    kinds: list[str]
    rows: list[str]
    file: str = ""
    column: str = ""
    rule: str = ""
    tag: str = "counted"
    spread: float = 0.0
    year: int | None = None
    percent: bool = False


def combined(parts: list[Taken | None], sign: str) -> Taken | None:
    """Return the sum of parts (``+``), or the first less the others (``-``); None where one of them is not known."""
    known = [p for p in parts if p is not None]
    if len(known) < len(parts) or not known:
        return None
    first = known[0]
    rest = sum(p.values for p in known[1:])
    values = first.values + (rest if sign == "+" else -rest)
    kinds = [next((k for k in each if k), "") for each in zip(*(p.kinds for p in known), strict=True)]
    rows = [", ".join(dict.fromkeys(r for r in each if r)) for each in zip(*(p.rows for p in known), strict=True)]
    rules = list(dict.fromkeys(p.rule for p in known if p.rule))
    return Taken(
        values,
        kinds,
        rows,
        first.file,
        f" {sign} ".join(dict.fromkeys(p.column for p in known)),
        "; ".join([*rules, "sum of columns" if sign == "+" else "difference of columns"]),
        "counted" if all(p.tag == "counted" for p in known) else "derived",
        max(p.spread for p in known),
        first.year,
        first.percent,
    )


def rest_of(whole: float, less: Taken | None, times: float = 1.0, spread: float = 0.0) -> Taken | None:
    """Return what columns leave of a number that is the same everywhere, as of 100 per cent; None where they are not known."""
    if less is None:
        return None
    less.values = (whole - less.values) * times
    less.rule = "; ".join(r for r in (less.rule, f"what it leaves of {whole:g}") if r)
    less.tag, less.spread = "derived", max(less.spread, spread)
    return less
