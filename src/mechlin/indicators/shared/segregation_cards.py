"""Definition cards of the segregation indices, for whatever is spread over whatever: residents, pupils, agents."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from mechlin.core.declare import Direction, Indicator
from mechlin.core.views import View
from mechlin.statistics import segregation as s

Spread = tuple[s.Counts, s.Together]
WARNING = (
    "Small places and small groups look segregated by chance alone: compare only over the same places, beside "
    "the value by chance"
)


class Index(NamedTuple):
    """One index: its name and card, how it is measured, and what chance alone would give."""

    name: str
    title: str
    unit: str
    better: Direction
    numerator: str
    denominator: str
    source: str
    measure: Callable[[s.Counts], float]
    by_chance: Callable[[s.Counts, s.Together], float]


DISSIMILARITY = Index(
    "dissimilarity",
    "Dissimilarity of {one} and {other}",
    "index",
    "down",
    "people of one group who would have to move for all {places} to be alike",
    "those who would have to, were the groups completely apart",
    "Duncan & Duncan 1955; Reardon & Firebaugh 2002",
    s.dissimilarity,
    s.dissimilarity_by_chance,
)
THEIL_H = Index(
    "theil_h",
    "Theil's information index of {one}",
    "index",
    "down",
    "how much less mixed the {places} are than the city (entropy), weighted by people",
    "how mixed the city is (entropy)",
    "Theil & Finizza 1971; Reardon & Firebaugh 2002",
    s.theil_h,
    s.theil_h_by_chance,
)
HUTCHENS = Index(
    "hutchens",
    "Hutchens' square root index of {one} and {other}",
    "index",
    "down",
    "1 minus the sum over {places} of the root of the product of both groups' shares",
    "1",
    "Hutchens 2001, 2004",
    s.hutchens,
    s.hutchens_by_chance,
)
ISOLATION = Index(
    "isolation",
    "Isolation of {one}",
    "share",
    "down",
    "people of the first group met in the {places} of its average member",
    "all people met there",
    "Bell 1954; Massey & Denton 1988",
    lambda n: s.isolation(n, 0),
    lambda n, together: s.isolation_by_chance(n, 0, together),
)
EXPOSURE = Index(
    "exposure",
    "Exposure of {one} to {other}",
    "share",
    "up",
    "people of the second group met in the {places} of the average member of the first",
    "all people met there",
    "Bell 1954; Massey & Denton 1988",
    lambda n: s.exposure(n, 0, 1),
    lambda n, together: s.exposure_by_chance(n, 0, 1, together),
)


def cards(
    prefix: str,
    one: str,
    other: str,
    reads: tuple[str, ...],
    table: Callable[[Any], Spread],
    indices: Iterable[Index],
    places: str = "areas",
    headline: tuple[str, ...] = (),
) -> tuple[Indicator, ...]:
    """Return cards of each index: measured, by chance, and how far it lies beyond chance.

    ``table(view)`` returns counts (places x groups), and how many people count as one draw by chance.
    ``one`` and ``other`` say in words who is in the first column and who in the second. What is met, isolation
    and exposure, has no 0 and 1 to lie between and is only set beside chance.
    """
    made, indices = [], tuple(indices)
    of_all = _Values(indices, table, reads)
    for index in indices:
        name, what = f"{prefix}.{index.name}", index.title.format(one=one, other=other)
        source, values = f"{index.source}. {WARNING}", _One(of_all, index.name)
        made.append(
            Indicator(
                name,
                what,
                index.unit,
                index.better,
                reads,
                values.measured,
                index.numerator.format(places=places),
                index.denominator,
                source,
                headline=index.name in headline,
            )
        )
        made.append(
            Indicator(
                f"{name}.chance",
                f"{what}, by chance alone",
                index.unit,
                "neither",
                reads,
                values.by_chance,
                "the same, expected if households were spread at random",
                "over places that keep their size, in groups that keep their total",
                "Cortese, Falk & Cohen 1976; Winship 1977; people of one household count as fewer draws (Kish 1965)",
            )
        )
        if index.unit == "index":
            made.append(
                Indicator(
                    f"{name}.beyond_chance",
                    f"{what}, beyond chance",
                    "index",
                    "down",
                    reads,
                    values.beyond,
                    "the index less its value by chance",
                    "1 less the value by chance (the value, when below it)",
                    f"Carrington & Troske 1997. {WARNING}",
                )
            )
    return tuple(made)


class _Values:
    """Indices of one table and their values by chance, kept until what is read changes: several cards ask for them."""

    def __init__(self, indices: tuple[Index, ...], table: Callable[[Any], Spread], reads: tuple[str, ...]) -> None:
        self.indices, self.table = indices, table
        self.columns = [name.split(".") for name in reads]
        self.read: list[bytes] = []
        self.found: dict[str, tuple[float, float]] = {}

    def of(self, view: View) -> dict[str, tuple[float, float]]:
        read = [getattr(getattr(view, table), column).tobytes() for table, column in self.columns]
        if self.read != read:
            counts, together = self.table(view)
            self.found = {i.name: (i.measure(counts), i.by_chance(counts, together)) for i in self.indices}
            self.read = read
        return self.found


class _One(NamedTuple):
    """One index of those of a table."""

    values: _Values
    name: str

    def measured(self, view: View) -> float:
        return self.values.of(view)[self.name][0]

    def by_chance(self, view: View) -> float:
        return self.values.of(view)[self.name][1]

    def beyond(self, view: View) -> float:
        return s.beyond_chance(*self.values.of(view)[self.name])
