"""The smallest difference that matters, by the unit of an indicator; a file that knows better says so itself.

All are judgements, taken from how these numbers are used: below them neither a survey nor a register would show the
difference, or nobody in the city would decide otherwise for it.
"""

from mechlin.core.declare import Matters

_POINTS = "half a point: a survey of a city of this size cannot show less"
_RATE = "two hundredths of the level: registers move by more from one year to the next"
_PEOPLE = "ten, or one in a hundred: fewer is a large household or two"
_THINGS = "five, or one in a hundred: fewer is one site more or less"
_PRICES = "one hundredth: less than prices differ from one quarter to the next"

_BY_UNIT = {
    "%": Matters(0.5, 0.0, _POINTS),
    "percentage points": Matters(0.5, 0.0, _POINTS),
    "share": Matters(0.005, 0.0, _POINTS),
    "index": Matters(0.01, 0.0, "one hundredth of an index from 0 to 1: redrawing areas moves it by more"),
    "index, 0 to 1": Matters(0.01, 0.0, "one hundredth of the scale: two observers differ by more"),
    "index, start = 1": Matters(0.01, 0.0, _PRICES),
    "EUR/month": Matters(
        10.0, 0.005, "ten euros a month, or one in two hundred: the step in which incomes are published"
    ),
    "EUR": Matters(1000.0, 0.01, "a thousand euros, or one hundredth"),
    "SD": Matters(0.02, 0.0, "one fiftieth of a standard deviation: smaller than any effect that is called small"),
    "SD per SD": Matters(0.05, 0.0, "a twentieth: less than the slope differs from one year to the next"),
    "per 100": Matters(0.1, 0.02, _RATE),
    "per 100 residents": Matters(0.05, 0.02, _RATE),
    "per 100 residents and year": Matters(0.05, 0.02, _RATE),
    "per 1,000 residents": Matters(0.5, 0.02, _RATE),
    "persons": Matters(10.0, 0.01, _PEOPLE),
    "births": Matters(10.0, 0.01, _PEOPLE),
    "deaths": Matters(10.0, 0.01, _PEOPLE),
    "children": Matters(10.0, 0.01, _PEOPLE),
    "households": Matters(10.0, 0.01, _PEOPLE),
    "families": Matters(5.0, 0.01, _THINGS),
    "homes": Matters(10.0, 0.01, _THINGS.replace("five", "ten")),
    "shops": Matters(2.0, 0.01, "two, or one in a hundred: what one owner may open or close"),
    "premises": Matters(2.0, 0.01, "two, or one in a hundred: what one owner may open or close"),
    "offences": Matters(10.0, 0.02, _RATE),
    "facts": Matters(10.0, 0.02, _RATE),
    "cases": Matters(5.0, 0.02, _RATE),
    "contracts": Matters(2.0, 0.02, _THINGS.replace("five", "two")),
    "pairs": Matters(2.0, 0.02, _THINGS.replace("five", "two")),
    "hours": Matters(100.0, 0.02, "a hundred hours, or two in a hundred: one worker's fortnight"),
    "months": Matters(1.0, 0.02, "a month: the step in which waits are told"),
    "m": Matters(25.0, 0.02, "twenty-five metres: less than half a minute on foot"),
    "pupils": Matters(0.25, 0.0, "a quarter of a pupil in a class: one pupil in four classes"),
    "sign": Matters(1.0, 0.0, "from one sign to the other"),
}


def matters_of(unit: str) -> Matters:
    """Return the smallest difference that matters for a unit; those of a survey's per cents are per cents.

    Raises KeyError for a unit that nobody has judged yet.
    """
    return _BY_UNIT["%"] if unit.startswith("%") else _BY_UNIT[unit]
