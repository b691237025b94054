"""Families of indicators whose forecasts go wrong alike: how far, is learnt within a family."""

_FAMILIES = {
    "crime": ("offences", "facts", "victims", "solved", "stops", "prevention", "disorder"),
    "attitudes": ("trust", "pride", "unsafe", "belonging", "openness", "salience"),
    "votes": ("votes",),
    "shops": ("shop",),
    "prices": ("price", "rent", "income", "poverty"),
    "work": ("employment", "unemployment"),
    "flows": (
        "births",
        "deaths",
        "arrivals",
        "leavers",
        "net_migration",
        "move_rate",
        "turned_away",
        "displaced",
        "young_family",
    ),
    "schools": ("school", "attainment", "class_size", "first_wish"),
    "stocks": (
        "population",
        "households",
        "homes",
        "social",
        "tenure",
        "share_age",
        "foreign",
        "shops",
        "vacant",
        "poor_homes",
    ),
}
OTHER = "other"


def family_of(indicator: str) -> str:
    """Return the family of an indicator: crime, attitudes, votes, shops, prices, work, flows, schools, stocks or other."""
    name = indicator.removeprefix("areas.")
    return next((family for family, stems in _FAMILIES.items() if name.startswith(stems)), OTHER)
