"""What the signs in place of a number mean, by the office's own key: no sign is zero unless the key says so.

The keys are those that the offices print below their tables. ``GENERAL`` is what most offices mean; a sign about which
offices differ is not decided there.
"""

from typing import NamedTuple

SUPPRESSED = "suppressed"  # counted, but not published: too few people, or too unsure
NOT_ASKED = "not asked"  # not available: nobody counted it, or not yet
NONE = "does not apply"  # cannot be, as the income of an area without people
ZERO = "zero"
UNSAID = "unsaid"  # offices differ on this sign, and no key was given
BLANK = "blank"
KINDS = (SUPPRESSED, NOT_ASKED, NONE, ZERO, UNSAID, BLANK)


class Office(NamedTuple):
    """An office's key of signs: sign in small letters -> kind."""

    name: str
    signs: dict[str, str]


_CODES = {str(n): SUPPRESSED for n in (-99999, -99998, -99997, -99996, -99995, -9999, -999)}
GENERAL = Office(
    "no office's key",
    {
        ".": SUPPRESSED,
        "..": NOT_ASKED,
        "...": NOT_ASKED,
        "…": NOT_ASKED,
        ":": NOT_ASKED,
        "x": SUPPRESSED,
        "c": SUPPRESSED,
        "s": SUPPRESSED,
        "*": SUPPRESSED,
        "na": NOT_ASKED,
        "n/a": NOT_ASKED,
        "n.a.": NOT_ASKED,
        "nd": NOT_ASKED,
        "n.d.": NOT_ASKED,
        "n/d": NOT_ASKED,
        "s/d": NOT_ASKED,
        "k.a.": NOT_ASKED,
        "nan": NOT_ASKED,
        "null": NOT_ASKED,
        "none": NOT_ASKED,
        "#n/a": NOT_ASKED,
        "-": UNSAID,
        "–": UNSAID,
        "—": UNSAID,
        "/": SUPPRESSED,
        "//": NONE,
        "///": NONE,
        "z": NONE,
        **_CODES,
    },
)
# Each office's own legend, as printed below its tables; signs it does not mention keep their general meaning.
OFFICES = {
    "cbs": Office("Statistics Netherlands", {".": SUPPRESSED, "x": SUPPRESSED, "-": ZERO, "–": ZERO}),
    "scb": Office("Statistics Sweden", {"..": NOT_ASKED, ".": NONE, "-": ZERO, "–": ZERO}),
    "statbel": Office("Statbel", {"-": ZERO, ".": NOT_ASKED, "x": SUPPRESSED}),
    "destatis": Office(
        "Destatis", {"-": ZERO, "–": ZERO, ".": SUPPRESSED, "...": NOT_ASKED, "/": SUPPRESSED, "x": NONE}
    ),
    "insee": Office("INSEE", {"s": SUPPRESSED, "nd": NOT_ASKED, "///": NONE, "...": NOT_ASKED, "-": ZERO}),
    "ons": Office(
        "ONS", {"c": SUPPRESSED, "[c]": SUPPRESSED, ":": NOT_ASKED, "[x]": NOT_ASKED, "z": NONE, "[z]": NONE, "-": ZERO}
    ),
    "eurostat": Office("Eurostat", {":": NOT_ASKED, ":c": SUPPRESSED, "c": SUPPRESSED, ":z": NONE}),
}


def signs_of(office: str = "", own: dict[str, str] | None = None) -> dict[str, str]:
    """Return the meaning of every sign: the general key, over it the office's, over it what the mapping says."""
    table = {**GENERAL.signs, **(OFFICES[office].signs if office else {})}
    return {**table, **{sign.strip().casefold(): kind for sign, kind in (own or {}).items()}}
