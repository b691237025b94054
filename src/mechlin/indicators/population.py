"""How many people live in the city, and where."""

from mechlin.core.declare import Indicator

INDICATORS = (
    Indicator(
        name="population",
        title="Residents on 1 January",
        unit="persons",
        better="neither",
        reads=("areas.people",),
        measure=lambda view: view.areas.people.sum(),
        numerator="residents, children and newcomers included",
        source="Population register, 1 January",
        when="january",
    ),
    Indicator(
        name="areas.population",
        title="Residents by area",
        unit="persons",
        better="neither",
        reads=("areas.people",),
        measure=lambda view: view.areas.people,
        numerator="residents of the area",
        source="Population register by statistical sector, 1 January",
        when="january",
        by_area=True,
    ),
)
