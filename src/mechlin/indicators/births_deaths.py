"""How many residents are born and die in a year."""

from mechlin.core.declare import Indicator

INDICATORS = (
    Indicator(
        name="births",
        title="Births in the year",
        unit="births",
        better="neither",
        reads=("city.births",),
        measure=lambda view: view.city.births[0],
        numerator="children born to residents",
        source="Population register",
    ),
    Indicator(
        name="deaths",
        title="Deaths in the year",
        unit="deaths",
        better="neither",
        reads=("city.deaths",),
        measure=lambda view: view.city.deaths[0],
        numerator="residents who died",
        source="Population register",
    ),
)
