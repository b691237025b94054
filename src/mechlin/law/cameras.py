"""Cameras in public places: what must stand before the first is put up, by date.

Before June 2007 no law asked for anything. Since then the municipal council must have advised in favour, after the
chief of police; a pictogram must say that there are cameras, and they must be declared. Of how long images may be kept
no text was at hand: that is left out until it is.

Sources: law of 21 March 2007 on cameras, article 5 (ccvs.be, besafe.be); from 2018 cameras of the police fall under
the law on the police, which is not told apart here.
"""

from typing import NamedTuple

from mechlin.core.clock import month_number


class Condition(NamedTuple):
    """One thing that the law asks for: its name, what it is, and the months in which it is asked."""

    name: str
    what: str
    first_month: int
    last_month: int
    basis: str


_LAW = "law of 21 March 2007, article 5"
_FROM, _OPEN_END = month_number("2007-06"), month_number("9999-12")
CONDITIONS = (
    Condition("council_advice", "the positive advice of the municipal council", _FROM, _OPEN_END, _LAW),
    Condition("police_advice", "the positive advice of the police chief", _FROM, _OPEN_END, _LAW),
    Condition("pictogram", "a pictogram that says that there are cameras", _FROM, _OPEN_END, _LAW),
    Condition("declared", "a declaration of the cameras", _FROM, _OPEN_END, _LAW),
)
LAST_FREE_MONTH = "2007-05"  # before the law


def missing(month: int, **stands: bool) -> tuple[Condition, ...]:
    """Return what the law still asks for in ``month`` (counted from year 0); name in ``stands`` what there is.

    >>> [c.name for c in missing(month_number("2007-06"), council_advice=True, pictogram=True, declared=True)]
    ['police_advice']
    >>> missing(month_number("2007-05"))
    ()
    """
    asked = (c for c in CONDITIONS if c.first_month <= month <= c.last_month)
    return tuple(c for c in asked if not stands.get(c.name, False))
