"""How many households there are, and how many people live alone."""

from mechlin.core.declare import Indicator

INDICATORS = (
    Indicator(
        name="households",
        title="Households on 1 January",
        unit="households",
        better="neither",
        reads=("areas.households",),
        measure=lambda view: view.areas.households.sum(),
        numerator="private households, those who stay with others until they find a home included",
        source="Population register and census, private households",
        when="january",
    ),
    Indicator(
        name="households_one_person",
        title="People living alone",
        unit="households",
        better="neither",
        reads=("city.households_one_person",),
        measure=lambda view: view.city.households_one_person[0],
        numerator="private households of one person",
        source="Population register and census, private households",
        when="january",
    ),
)
