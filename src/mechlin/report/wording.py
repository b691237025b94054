"""Numbers and verdicts in words: units, signs and doubt as a council member reads them."""

import math

_COUNTED = ("persons", "households", "homes", "births", "deaths", "contracts", "hours", "offences", "votes")


def is_count(unit: str) -> bool:
    """Return whether the unit counts people or things."""
    return unit in _COUNTED


def scaled(unit: str) -> tuple[float, str]:
    """Return by what a number of this unit is multiplied for reading, and the unit written behind it."""
    if unit == "share":
        return 100.0, " %"
    if unit.startswith("%"):
        return 1.0, " %"
    if unit == "EUR/month":
        return 1.0, " EUR a month"
    return 1.0, ""


def beside_title(unit: str) -> str:
    """Return the unit where a bare number would leave the reader to guess it: rates and indices."""
    return unit if unit.startswith(("per ", "index,")) else ""


def places_for(value: float, low: float, high: float) -> int:
    """Return how many decimals show two figures of the largest, and no end as nought that is not (six at most).

    An interval that excludes nought would otherwise be read as one that touches it.
    """
    size = max((abs(v) for v in (value, low, high) if math.isfinite(v)), default=0.0)
    if size == 0.0:
        return 0
    decimals = max(0, min(6, 1 - math.floor(math.log10(size))))
    near = min(abs(low), abs(high)) if low * high > 0.0 else math.inf
    while decimals < 6 and round(near, decimals) == 0.0:
        decimals += 1
    return decimals


def plain(value: float, decimals: int) -> str:
    """Return a number with thousands separated, a true minus sign, and no minus before nought."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:,.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if float(text.replace(",", "")) == 0 else "−" + text[1:]
    return text


def level(value: float, unit: str) -> str:
    """Return how high an indicator stands: "12.3 %", "78,268", "1.042"."""
    factor, behind = scaled(unit)
    return plain(value * factor, _decimals(unit)) + (behind if math.isfinite(value) else "")


def change(value: float, unit: str) -> str:
    """Return how far an indicator has moved, as finely as its level is shown: "+1,200", "−4.8 points"."""
    factor, behind = scaled(unit)
    points = " points" if behind == " %" else behind
    return f"{'+' if value > 0 else ''}{plain(value * factor, _decimals(unit))}{points if math.isfinite(value) else ''}"


def _decimals(unit: str) -> int:
    if is_count(unit) or unit == "EUR/month":
        return 0
    return 1 if scaled(unit)[1] else 3


def difference(value: float, low: float, high: float, unit: str) -> str:
    """Return a difference with its interval: "+310 (120 to 480)", "−0.8 (−1.2 to −0.3) points"."""
    factor, behind = scaled(unit)
    decimals = places_for(*(v * factor for v in (value, low, high)))
    sign = "+" if value > 0 else ""
    points = " points" if behind == " %" else behind
    return f"{sign}{plain(value * factor, decimals)}{between(low, high, unit, decimals)}{points}"


def between(low: float, high: float, unit: str, decimals: int) -> str:
    """Return " (120 to 480)", or nothing where there is no interval."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    factor, _ = scaled(unit)
    return f" ({plain(low * factor, decimals)} to {plain(high * factor, decimals)})"


def sentence(title: str, unit: str, span: str, verdict: str, value: float, low: float, high: float) -> str:
    """Return the finding as a sentence; it speaks of a difference only when the interval excludes nought."""
    factor, behind = scaled(unit)
    decimals = places_for(*(v * factor for v in (value, low, high)))
    title += f" ({beside_title(unit)})" if beside_title(unit) else ""
    if verdict == "no change":
        return f"{title}: exactly the same with the package as without, in every pair of runs"
    if verdict == "cannot tell":
        doubt = between(low, high, unit, decimals).strip(" ()")
        rest = f": anything from {_worded(low, high, unit, doubt)}" if doubt else ""
        return f"Cannot tell whether the package makes a difference to {_lower(title)} {span}{rest}"
    more = ("more", "fewer") if is_count(unit) else ("higher", "lower")
    word = more[0] if value > 0 else more[1]
    amount = plain(abs(value) * factor, decimals)
    if behind == " %":
        amount += " percentage points"
    else:
        amount += behind
    near, far = sorted((abs(low), abs(high)))
    return f"{title}: {amount} {word} {span} with the package{between(near, far, unit, decimals)}"


def _worded(low: float, high: float, unit: str, doubt: str) -> str:
    return f"{doubt} percentage points" if scaled(unit)[1] == " %" else f"{doubt}{scaled(unit)[1]}"


def _lower(title: str) -> str:
    """Return a title as it stands inside a sentence; names in capitals keep them."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def eur(value: float) -> str:
    """Return an amount of money: "EUR 1.2 million", "EUR 430,000", "EUR 5,400"."""
    size = abs(value)
    sign = "−" if value < 0 else ""
    if size >= 1e9:
        return f"{sign}EUR {size / 1e9:,.2f} billion"
    if size >= 1e6:
        return f"{sign}EUR {size / 1e6:,.1f} million"
    if size >= 1e5:
        return f"{sign}EUR {round(size, -3):,.0f}"
    return f"{sign}EUR {size:,.0f}"
