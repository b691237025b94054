"""The numbers of cases: S-2026-00417 is the 417th of its letter in its year."""

from sqlalchemy import Connection, func, select

from mechlin.desk.ground.tables import cases

_DIGITS = 5  # at least


def next_number(conn: Connection, letter: str, year: int) -> str:
    """Return the next free number of a letter in a year: five digits, and more once those are used up."""
    start, end, digits, before = f"{letter}-{year}-", f"{letter}-{year + 1}", _DIGITS, 0
    while True:
        last = conn.execute(
            select(cases.c.id)
            .where(cases.c.id.startswith(start, autoescape=True), cases.c.id < end)
            .where(func.length(cases.c.id) == len(start) + digits)  # of one length the last by name is the last
            .order_by(cases.c.id.desc())
            .limit(1)
        ).scalar()
        number = int(last.removeprefix(start)) if last else before
        if number < 10**digits - 1:
            return f"{start}{number + 1:0{_DIGITS}d}"
        digits, before = digits + 1, number
