"""What households have to live on, and where those with least live."""

from mechlin.core.declare import Indicator
from mechlin.statistics.counting import share

INDICATORS = (
    Indicator(
        "income_median_eur",
        "Median income",
        "EUR/month",
        "up",
        ("city.income_median_eur",),
        lambda view: view.city.income_median_eur[0],
        "net income of the household per equivalent adult (modified OECD scale), of the median resident",
        source="EU-SILC median equivalised income; euros of 2018",
    ),
    Indicator(
        "areas.income_fifth_bottom_share",
        "Residents in the lowest income fifth by area",
        "share",
        "neither",
        ("areas.income_fifths", "areas.people"),
        lambda view: share(view.areas.income_fifths[:, 0], view.areas.people),
        "residents of the area in the city's lowest fifth of equivalised income",
        "residents of the area",
        "Fiscal and EU-SILC incomes by statistical sector",
        by_area=True,
    ),
)
