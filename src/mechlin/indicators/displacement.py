"""Who is pushed out of a home or finds none."""

from mechlin.core.declare import Indicator

INDICATORS = (
    Indicator(
        "displaced", "Residents displaced by rising rents", "persons", "down", ("city.displaced",),
        lambda view: view.city.displaced[0],
        "people who moved or left after a rise of their private rent that they could not carry",
        source="Not counted by any register; defined by the model", headline=True,
    ),
    Indicator(
        "turned_away", "People who found no home", "persons", "down", ("city.turned_away",),
        lambda view: view.city.turned_away[0], "people who left because they found no home they could pay",
        source="Not counted by any register; defined by the model",
    ),
)  # fmt: skip
