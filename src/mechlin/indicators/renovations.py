"""How many homes are renovated."""

from mechlin.core.declare import Indicator

INDICATORS = (
    Indicator(
        "renovations",
        "Homes renovated",
        "homes",
        "up",
        ("city.renovations",),
        lambda view: view.city.renovations[0],
        "homes renovated in the year, with or without a grant",
        source="Permits for renovation of residential buildings; here every renovation of a home counts",
        role="delivered",
    ),
)
