"""Every number behind the mechanism ``upkeep``: homes, public space, disorder and shops."""

from typing import Annotated, NamedTuple

from mechlin.core.declare import Param


class Params(NamedTuple):
    """How homes, streets and shops wear and are renewed."""

    decay: Annotated[
        float, Param("1/year", 0, 0.2, "Quality lost in a year", evidence="upkeep.wear", likely=(0.002, 0.007))
    ] = 0.004
    usual_rate: Annotated[
        float,
        Param(
            "1/year", 0, 0.2, "Homes renovated without any programme", "upkeep.usual_renovation", likely=(0.0035, 0.006)
        ),
    ] = 0.0047
    gain: Annotated[
        float, Param("1", -1, 1, "Quality gained in a renovation", evidence="upkeep.wear", likely=(0.2, 0.6))
    ] = 0.4
    need_below: Annotated[float, Param("1", 0, 1, "Quality below which a home is in need")] = 0.5
    need_power: Annotated[
        float, Param("1", 0, 5, "How strongly need decides who is first", evidence="upkeep.wear", likely=(0.5, 2))
    ] = 1.0

    space_decay: Annotated[
        float,
        Param("1/year", 0, 0.2, "Quality of public space lost in a year", evidence="streets.wear", likely=(0.01, 0.04)),
    ] = 0.02
    space_usual: Annotated[
        float,
        Param(
            "1/year",
            0,
            0.5,
            "Of public space, renewed in a year without any programme",
            evidence="streets.wear",
            likely=(0.01, 0.05),
        ),
    ] = 0.035
    space_new: Annotated[float, Param("share", 0, 1, "Quality of public space just renewed")] = 0.95
    space_weight: Annotated[
        float,
        Param(
            "1",
            0,
            1,
            "Disorder taken away by good public space against bad",
            evidence="streets.wear",
            likely=(0.05, 0.5),
        ),
    ] = 0.25
    fade: Annotated[
        float, Param("1/year", 0, 24, "Speed at which disorder goes to its level", "streets.fading", likely=(1, 6))
    ] = 2.0
    spread: Annotated[
        float,
        Param(
            unit="share",
            low=-0.6,
            high=0.6,
            doc="Of a rise of disorder, added because disorder invites more",
            evidence="streets.spreading",
            likely=(-0.05, 0.35),
            nil=0.0,
        ),
    ] = 0.15
    nuisance_weight: Annotated[
        float,
        Param(
            "1",
            0,
            0.2,
            "Disorder from one nuisance offence a year for 100 residents",
            evidence="streets.nuisance",
            likely=(0.005, 0.05),
        ),
    ] = 0.02
    vacancy_weight: Annotated[
        float, Param("1", 0, 5, "Disorder when every door is shut against none", "streets.emptiness", likely=(0.2, 2.0))
    ] = 0.8
    shop_doors: Annotated[float, Param("homes", 0, 20, "Homes that an empty shop is as visible as")] = 3.0
    cleaning_most: Annotated[
        float,
        Param(
            unit="share",
            low=-0.9,
            high=0.9,
            doc="Of disorder, taken away by the most cleaning",
            evidence="streets.cleaning",
            likely=(0.1, 0.45),
            nil=0.0,
        ),
    ] = 0.3
    cleaning_scale: Annotated[
        float, Param("hours/100/month", 0.1, 1000, "Cleaning for 100 residents that brings two thirds of that")
    ] = 20.0

    halving_km: Annotated[
        float,
        Param(
            "km", 0.01, 10, "Distance over which what is felt of renewal halves", "streets.halving", likely=(0.15, 0.5)
        ),
    ] = 0.3
    space_counts: Annotated[
        float,
        Param("share", 0, 2, "What renewal of all public space counts against that of all homes", likely=(0.1, 1.0)),
    ] = 0.5

    closing_rate: Annotated[
        float, Param("1/year", 0, 1, "Shops that close in a year", evidence="upkeep.levels", likely=(0.05, 0.12))
    ] = 0.08
    shops_pool: Annotated[
        float, Param("shops", 0, 1000, "Shops of the city's vacancy added to an area's own count at the start")
    ] = 30.0
    walking_km: Annotated[
        float,
        Param("km", 0.05, 10, "Distance over which buying falls to a third", evidence="shops.place", likely=(0.4, 1.5)),
    ] = 0.8
    spending_lost: Annotated[
        float,
        Param(
            unit="1/year",
            low=-0.1,
            high=0.2,
            doc="Buying that moves away to other cities and to the web",
            evidence="shops.tide",
            likely=(-0.005, 0.02),
        ),
    ] = 0.005
    unsafe_weight: Annotated[
        float,
        Param(
            "1",
            0,
            5,
            "Fall of footfall (log) when all feel unsafe against none",
            evidence="shops.place",
            likely=(0.0, 1.5),
        ),
    ] = 0.5
    empty_weight: Annotated[
        float,
        Param(
            "1", 0, 5, "Fall of footfall (log) when all shops nearby are vacant", "shops.emptiness", likely=(0.0, 2.0)
        ),
    ] = 0.8
    footfall_rent: Annotated[
        float, Param("1", 0, 1, "Elasticity of what a place brings to footfall", "shops.footfall", likely=(0.15, 0.35))
    ] = 0.25
    rent_follows: Annotated[
        float, Param("1/year", 0, 5, "Speed at which rents asked follow", evidence="shops.rents", likely=(0.05, 0.3))
    ] = 0.1
    margin_weight: Annotated[
        float,
        Param("1", 0, 20, "Change (log) of letting, and of closing, by margin", evidence="shops.place", likely=(2, 6)),
    ] = 4.0
    levy_gain: Annotated[
        float,
        Param(
            "1", -2, 2, "Rise (log) of letting by a levy of 100 euros a month", "shops.levy", likely=(0.0, 0.3), nil=0.0
        ),
    ] = 0.15
    empty_between: Annotated[
        float,
        Param(
            unit="share",
            low=0,
            high=0.5,
            doc="Of shops, empty only between two tenants: help lets none of these sooner",
            evidence="shops.friction",
            likely=(0.03, 0.07),
        ),
    ] = 0.05
    merged_share: Annotated[float, Param("share", 0, 1, "Of shops helped, joined to the shop next door")] = 0.1
    converted_usual: Annotated[
        float,
        Param(
            "1/year", 0, 0.5, "Of vacant shops, turned into homes in a year", evidence="shops.place", likely=(0.0, 0.03)
        ),
    ] = 0.005
