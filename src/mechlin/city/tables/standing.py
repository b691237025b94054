"""What a city's figures are worth: how many of its cells were counted, derived, borrowed or assumed."""

from typing import NamedTuple

from mechlin.city.tables.model import City
from mechlin.city.tables.origins import TAGS, cell_origins

# Columns of numbers that a run reads, by table; a year or a code is no figure.
_NO_FIGURES = ("year",)
_CELLS_TOUCH = (  # how a column begins, and the findings that hang on it
    ("areas.csv share_age", "births, deaths, ages and schools"),
    ("areas.csv share_background", "segregation by background, encounters and votes"),
    ("areas.csv share_education", "segregation by education, work and incomes"),
    ("areas.csv income", "incomes, poverty, segregation by income, rents and prices"),
    ("areas.csv people", "every count"),
    ("areas.csv group_quarters", "every count"),
    ("areas.csv households", "households, homes and moves"),
    ("areas.csv homes", "homes, tenures, prices and displacement"),
    ("areas.csv shops", "shops"),
    ("areas.csv disorder", "streets, safety and feeling unsafe"),
    ("areas.csv x_km", "distances, meetings and schools"),
    ("areas.csv y_km", "distances, meetings and schools"),
    ("areas.csv area_km2", "density and meetings"),
    ("schools.csv", "schools"),
    ("elections.csv", "votes"),
    ("context.csv", "the tide that both worlds share: residents, births, arrivals, work and prices"),
)


class Standing(NamedTuple):
    """How many figures of a city were counted, derived, borrowed or assumed, and of which columns the last two are.

    ``borrowed`` and ``assumed`` name each column with a figure of that kind, as table and column, with how many.
    """

    counts: dict[str, int]
    borrowed: dict[str, int]
    assumed: dict[str, int]
    donors: tuple[str, ...]

    @property
    def total(self) -> int:
        """All figures."""
        return sum(self.counts.values())

    def share(self, tag: str) -> float:
        """Return the share of figures with this tag, 0 for a city without figures."""
        return self.counts[tag] / self.total if self.total else 0.0

    @property
    def sentence(self) -> str:
        """The shares in one sentence."""
        if not self.total:
            return "Nothing is said about where the city's figures come from."
        said = [f"{self.share(tag):.0%} {tag}" for tag in TAGS]
        return f"Of the city's {self.total:,} figures {', '.join(said[:-1])} and {said[-1]}."

    def touched(self, tag: str) -> tuple[str, ...]:
        """Return the findings that hang on borrowed (or assumed) figures, as words, those with most figures first."""
        found: dict[str, int] = {}
        for column, cells in (self.borrowed if tag == "borrowed" else self.assumed).items():
            words = next((words for start, words in _CELLS_TOUCH if column.startswith(start)), "")
            if words:
                found[words] = found.get(words, 0) + cells
        return tuple(sorted(found, key=lambda w: -found[w]))

    def to_row(self) -> dict[str, float | int]:
        """Return the number of figures and the share of each tag."""
        return {"figures": self.total, **{tag: round(self.share(tag), 4) for tag in TAGS}}


def standing(city: City) -> Standing:
    """Return how the figures came to be from which the city's residents, homes, schools and outside series are made."""
    counts = dict.fromkeys(TAGS, 0)
    columns: dict[str, dict[str, int]] = {tag: {} for tag in TAGS}
    donors: dict[str, None] = {}
    tables = {
        "areas.csv": city.areas,
        "schools.csv": city.schools,
        "context.csv": city.context,
        "elections.csv": city.elections,
    }
    for file, table in tables.items():
        numbers = [c for c in table.columns if table[c].dtype.is_float() and c not in _NO_FIGURES]
        if table.is_empty() or not numbers:
            continue
        cells = cell_origins(file, table, city.statuses)
        cells = cells.filter(cells["column"].is_in(numbers))
        for (tag, column), part in cells.group_by("tag", "column", maintain_order=True):
            counts[str(tag)] += part.height
            columns[str(tag)][f"{file} {column}"] = part.height
        lent = cells.filter(cells["tag"] == "borrowed")
        donors.update(dict.fromkeys(lent["source_file"].unique(maintain_order=True)))
    return Standing(counts, columns["borrowed"], columns["assumed"], tuple(d for d in donors if d))
