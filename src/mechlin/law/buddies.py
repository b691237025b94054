"""Buddies: who is proposed to whom and why, when a pair has kept what was agreed, and what follows on a mismatch.

Somebody who came not long ago is proposed the volunteer with whom they share a free moment and most interests. Whoever
waits longest is served first; nobody is matched twice with the same person. A language counts only where somebody
names practising it as an interest. The rule knows no more about anybody than that, and asks for no more.

Two forms. Before 2023 a pair met for half a year, twice a month. From 2023 newcomers owe forty hours of taking part and
meeting people, which a pair may fill; half a year with two meetings a month counts as well.

Sources: the fourth part of civic integration in Flanders (vvsg.be; Het Belang van Limburg, 20 September 2022); the
handbook for buddy projects (screening, intake, matching on interests, a named coordinator, a procedure for mismatches)
[GK: the decree itself was not at hand]. What is an assumption of this desk is marked so.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from mechlin.core.clock import month_number

BASIS = "Flemish decree on civic integration, fourth part: network and participation [GK]"
PROJECT = "handbook for buddy projects: screening, intake, matching, mismatch"
HOURS = 40.0
MONTHS, MEETINGS_A_MONTH = 6, 2
MONTHS_MISSED = 1  # of the six that may have fewer meetings and still count as kept; assumption
TALK_AFTER = 2  # mismatches of one person before the coordinator talks with them first; assumption
ANSWER_DAYS, SCREENING_DAYS, MEETING_DAYS, MISMATCH_DAYS, PAUSE_DAYS = 14, 14, 35, 14, 60  # assumptions


class Form(NamedTuple):
    """The rule as it stood from a month on; ``hours`` complete it, or nothing but the months do (None)."""

    name: str
    first_month: int
    hours: float | None


FORMS = (Form("2012", month_number("2012-01"), None), Form("2023", month_number("2023-01"), HOURS))


class Person(NamedTuple):
    """Somebody who waits: number, since when, interests, free moments, and with whom never again."""

    number: str
    since: str
    interests: frozenset[str]
    moments: frozenset[str]
    apart: frozenset[str] = frozenset()


class Match(NamedTuple):
    """Two who could be proposed to each other, with the reasons."""

    newcomer: str
    volunteer: str
    interests: tuple[str, ...]
    moments: tuple[str, ...]


def form_of(month: int) -> Form:
    """Return the form of the rule in ``month`` (counted from year 0); the first before it began.

    >>> form_of(month_number("2022-12")).name, form_of(month_number("2023-01")).name
    ('2012', '2023')
    """
    return [f for f in FORMS if f.first_month <= max(month, FORMS[0].first_month)][-1]


def candidates(newcomer: Person, volunteers: Iterable[Person]) -> list[Match]:
    """Return the volunteers who could be proposed to somebody, the best first: most interests, then longest waiting.

    >>> ann = Person("B-1", "2026-01-01", frozenset({"football", "cooking"}), frozenset({"evening"}))
    >>> bob = Person("B-2", "2026-02-01", frozenset({"football", "cooking"}), frozenset({"evening"}))
    >>> cas = Person("B-3", "2026-01-15", frozenset({"football"}), frozenset({"evening"}))
    >>> dan = Person("B-4", "2025-01-01", frozenset({"football", "cooking"}), frozenset({"weekend"}))
    >>> [m.volunteer for m in candidates(ann, [cas, bob, dan])]
    ['B-2', 'B-3']
    """
    found = []
    for other in volunteers:
        moments = newcomer.moments & other.moments
        if not moments or other.number in newcomer.apart or newcomer.number in other.apart:
            continue
        shared = tuple(sorted(newcomer.interests & other.interests))
        rank = (-len(shared), other.since, other.number)
        found.append((rank, Match(newcomer.number, other.number, shared, tuple(sorted(moments)))))
    return [match for _, match in sorted(found, key=lambda pair: pair[0])]


def proposals(newcomers: Iterable[Person], volunteers: Iterable[Person]) -> list[Match]:
    """Return one proposal for each who can have one: whoever waits longest first, each volunteer once."""
    free, out = {v.number: v for v in volunteers}, []
    for person in sorted(newcomers, key=lambda p: (p.since, p.number)):
        found = candidates(person, free.values())
        if found:
            out.append(found[0])
            del free[found[0].volunteer]
    return out


def kept(meetings: Mapping[int, int], first_month: int, months: int = MONTHS) -> bool:
    """Return whether a pair met as agreed in its first ``months``; ``meetings`` are counts by month.

    >>> kept({0: 2, 1: 2, 2: 0, 3: 3, 4: 2, 5: 2}, 0), kept({0: 2, 1: 2, 2: 0, 3: 1, 4: 2, 5: 2}, 0)
    (True, False)
    """
    short = sum(meetings.get(month, 0) < MEETINGS_A_MONTH for month in range(first_month, first_month + months))
    return short <= MONTHS_MISSED * months // MONTHS


def completed(form: Form, meetings: Mapping[int, int], first_month: int, hours: float) -> bool:
    """Return whether a pair has done what a certificate is given for: the hours of its form, or six months kept.

    >>> completed(FORMS[1], {}, 0, 40.0), completed(FORMS[0], {}, 0, 40.0)
    (True, False)
    """
    return (form.hours is not None and hours >= form.hours) or kept(meetings, first_month)


def talk_first(mismatches: int) -> bool:
    """Return whether the coordinator talks with somebody before another proposal."""
    return mismatches >= TALK_AFTER


def wrong_with_person(interests: Collection[str], moments: Collection[str]) -> str:
    """Return why nobody could be proposed to such a person; nothing where somebody could."""
    return "" if interests and moments else "at least one interest and one free moment are needed to match anybody"
