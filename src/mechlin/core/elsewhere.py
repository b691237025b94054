"""How far an indicator has moved in comparable cities: what a model must reach before it may explain as much."""

from typing import NamedTuple


class Elsewhere(NamedTuple):
    """How far a number has moved in comparable cities: so many units within so many years, and where that was found."""

    units: float
    years: int
    where: str
