"""Until when something may be done: terms in calendar days, which never end on a day when offices are shut.

A term runs from the day after the event and holds its last day whole. Where that is a Saturday, a Sunday or a legal
holiday, it ends on the next working day. Where the clock is stopped, the days of the stop are added.

Source: articles 52 and 53 of the Judicial Code, and the ten legal holidays of the royal decree of 18 April 1974
[GK: to be confirmed by a lawyer for each procedure of a town]. Days are ordinals, as ``datetime.date.toordinal`` counts.
"""

BASIS = "articles 52 and 53 of the Judicial Code [GK]"
_FIXED = ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))  # month and day
_AFTER_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday
_WEEK, _SATURDAY = 7, 5
_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def ordinal(year: int, month: int, day: int) -> int:
    """Return the day's number, 1 for the first day of the year 1.

    >>> ordinal(2026, 11, 28)
    739948
    """
    before = year - 1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    passed = before * 365 + before // 4 - before // 100 + before // 400
    return passed + _DAYS_BEFORE[month - 1] + (1 if leap and month > 2 else 0) + day


def easter(year: int) -> int:
    """Return the ordinal of Easter Sunday (Gregorian; Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    el = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * el) // 451
    month, day = divmod(h + el - 7 * m + 114, 31)
    return ordinal(year, month, day + 1)


def holidays(year: int) -> frozenset[int]:
    """Return the legal holidays of a year as ordinals."""
    return frozenset({ordinal(year, *day) for day in _FIXED} | {easter(year) + days for days in _AFTER_EASTER})


def works(day: int, year: int) -> bool:
    """Return whether offices are open on a day (an ordinal) of a year."""
    return (day - 1) % _WEEK < _SATURDAY and day not in holidays(year)


def due(day: int, days: int, years: tuple[int, ...]) -> int:
    """Return the last day of a term of ``days`` that begins on ``day``; ``years`` are those in which it may end.

    >>> due(ordinal(2026, 11, 28), 7, (2026, 2027)) - ordinal(2026, 12, 7)  # a Saturday, so Monday
    0
    """
    last = day + days
    shut = frozenset().union(*(holidays(year) for year in years))
    while (last - 1) % _WEEK >= _SATURDAY or last in shut:
        last += 1
    return last
