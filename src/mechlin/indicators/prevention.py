"""What measures stop, and what of that happens elsewhere instead."""

from typing import Any

from mechlin.core.codes import Offence, words
from mechlin.core.declare import Indicator
from mechlin.core.views import View

_KINDS = words(Offence)
_SOURCE = "Only a simulation can count this: attempts that would have succeeded without any measure"


def _card(name: str, title: str, column: str, kinds: slice, meaning: str) -> Indicator:
    def measure(view: View) -> Any:
        return getattr(view.city, column)[0, kinds].sum()

    return Indicator(
        name, title, "offences", "neither", (f"city.{column}",), measure, meaning, source=_SOURCE, role="delivered"
    )


_STOPPED = (
    "Offences prevented by guarding places",
    "offences_prevented",
    "attempts that measures stopped for good, less those that they let happen",
)
_MOVED = ("Offences displaced", "offences_moved", "attempts that measures stopped and that succeeded elsewhere")

INDICATORS = tuple(
    _card(
        name if kind is None else f"{name}.{_KINDS[kind]}",
        title if kind is None else f"{title}: {_KINDS[kind]}",
        column,
        slice(None) if kind is None else slice(kind, kind + 1),
        meaning,
    )
    for name, (title, column, meaning) in (("offences_prevented", _STOPPED), ("offences_displaced", _MOVED))
    for kind in (None, *range(len(_KINDS)))
)
