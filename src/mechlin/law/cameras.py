"""Cameras in public places: what must stand before the first is put up, by date.

Before June 2007 no law asked for anything. Since then the municipal council must have advised in favour, after the
chief of police; a pictogram must say that there are cameras, and they must be declared to the police, beside a register that
is kept current and shown on demand. Images are kept for a month, but where they are evidence; for places named by decree
three months [GK: the text of that decree was not at hand, so the desk allows a month everywhere].

A rehearsal asks only :func:`missing`; the rest is for real cameras.

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
RETENTION_DAYS = 30  # images: "one month" (ccvs.be), counted as the shortest usual month of offices
REVIEW_DAYS = 365  # a register is kept current: looked at once a year; assumption of this desk, no text sets it
ADVICE_DAYS = 60  # within which each advice is asked back; assumption of this desk
OPEN_PLACE = "law of 21 March 2007, article 5 [GK]"  # only a public authority decides on cameras in an open place
REGISTER = "law of 21 March 2007, article 5, paragraph 3, and royal decree of 2 July 2008 [GK]"


class Form(NamedTuple):
    """The law as it stood from a month on: its name, that month, and what it asks for."""

    name: str
    first_month: int
    asks: tuple[Condition, ...]


FORMS = (Form("none", 0, ()), Form("2007", _FROM, CONDITIONS))


def form_of(month: int) -> Form:
    """Return the form of the law in ``month``, counted from year 0.

    >>> form_of(month_number("2007-05")).name, form_of(month_number("2026-01")).name
    ('none', '2007')
    """
    return [f for f in FORMS if f.first_month <= month][-1]


def retention_wrong(days: int) -> str:
    """Return why images may not be kept for so many days; nothing where they may.

    >>> retention_wrong(30)
    ''
    >>> retention_wrong(31)
    'images are kept for 30 days at most'
    """
    return "" if 0 < days <= RETENTION_DAYS else f"images are kept for {RETENTION_DAYS} days at most"


def missing(month: int, **stands: bool) -> tuple[Condition, ...]:
    """Return what the law still asks for in ``month`` (counted from year 0); name in ``stands`` what there is.

    >>> [c.name for c in missing(month_number("2007-06"), council_advice=True, pictogram=True, declared=True)]
    ['police_advice']
    >>> missing(month_number("2007-05"))
    ()
    """
    asked = (c for c in CONDITIONS if c.first_month <= month <= c.last_month)
    return tuple(c for c in asked if not stands.get(c.name, False))
