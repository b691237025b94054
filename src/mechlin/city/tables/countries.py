"""Profiles of countries: rules by date, words, and national figures that a city may borrow.

One file for each country in `mechlin/countries`. A figure there says its source, how it was had (read in the source,
recalled from it, or judged) and how far a city of the country usually lies from it.
"""

from collections import Counter
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from mechlin.core.clock import month_number
from mechlin.core.toml import read_toml

TAGS = ("official", "recalled", "assumption")
_SAME_LEVEL = {"federal": "national", "national": "federal"}  # one parliament, by the name that the country gives it


class Figures(NamedTuple):
    """National figures of one kind: by name, or by year; ``spread`` is of a city, as a share of the value.

    ``read_in`` are the public copies ("repository: path") of the source that official figures were read in, ``recalled``
    the names among them that no copy had.
    """

    values: dict[str, float]
    spread: float
    source: str
    tag: str
    note: str = ""
    read_in: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()

    def by_tag(self) -> Counter[str]:
        """Return how many of the figures are official, recalled and assumed."""
        memory = len(self.recalled)
        return Counter({self.tag: len(self.values) - memory}) + Counter({"recalled": memory})

    def at(self, year: int) -> float:
        """Return the value of a year: on a straight line between years that are known, held beyond them."""
        years = sorted(map(int, self.values))
        year = min(max(year, years[0]), years[-1])
        before = max(y for y in years if y <= year)
        after = min(y for y in years if y >= year)
        low, high = self.values[str(before)], self.values[str(after)]
        return low if after == before else low + (high - low) * (year - before) / (after - before)

    def last(self, year: int) -> float:
        """Return the value of the last year known by then; of the first where none is."""
        known = [y for y in sorted(map(int, self.values)) if y <= year] or [min(map(int, self.values))]
        return self.values[str(known[-1])]


class Voting(NamedTuple):
    """Elections of one level: when they were, whether everybody must vote, threshold and age."""

    level: str
    dates: tuple[str, ...]
    compulsory: str
    threshold: float
    voting_age: int
    source: str

    def is_compulsory(self, month: str) -> bool:
        """Return whether everybody had to vote in a month: "always", "never", or "until" a last month."""
        if self.compulsory.startswith("until "):
            return month_number(month) <= month_number(self.compulsory.removeprefix("until "))
        return self.compulsory == "always"


class SchoolRule(NamedTuple):
    """How places at school go, or whom the law counts as a group, from a month on."""

    rule: str
    since: str
    source: str


class Country(NamedTuple):
    """What is known of one country."""

    code: str
    name: str
    names: tuple[str, ...]
    languages: tuple[str, ...]
    currency: str
    majority_age: int
    office: str
    holidays: dict[str, str]
    tenure_words: dict[str, list[str]]
    voting: tuple[Voting, ...]
    schools: tuple[SchoolRule, ...]
    numbers: dict[str, dict[str, float]]
    tables: dict[str, Figures]
    series: dict[str, Figures]
    model: Figures  # the numbers once more, by full name, with their source

    def figures(self) -> dict[str, Figures]:
        """Return all figures by kind: tables, series, and the numbers of the model that the country gives."""
        return {**self.tables, **self.series, **({"numbers of the model": self.model} if self.model.values else {})}

    def by_tag(self) -> Counter[str]:
        """Return how many figures of the profile are official, recalled and assumed."""
        return sum((f.by_tag() for f in self.figures().values()), Counter())

    def voting_at(self, level: str) -> Voting | None:
        """Return the elections of a level, or None where the country has none of that name."""
        wanted = (level, _SAME_LEVEL.get(level, level))
        return next((v for v in self.voting if v.level in wanted), None)


def country_codes() -> tuple[str, ...]:
    """Return the codes of the countries that have a profile."""
    there = files("mechlin.countries").iterdir()
    return tuple(sorted(p.name.removesuffix(".toml") for p in there if p.name.endswith(".toml")))


@lru_cache(maxsize=16)
def country_of(said: str) -> Country | None:
    """Return the profile of a country by code or by one of its names; None where there is none.

    >>> country_of("Nederland").code
    'NL'
    """
    wanted = said.strip().casefold()
    for code in country_codes():
        profile = _read(code)
        if wanted in (code.casefold(), *(n.casefold() for n in profile.names)):
            return profile
    return None


@lru_cache(maxsize=16)
def _read(code: str) -> Country:
    file = f"{code}.toml"
    said: dict[str, Any] = read_toml((files("mechlin.countries") / file).read_text(encoding="utf-8"), file)
    numbers: dict[str, dict[str, float]] = {}
    for name, value in said["numbers"].items():
        owner, _, number = name.partition(".")
        numbers.setdefault(owner, {})[number] = float(value)
    told = said.get("numbers_source", {"source": "", "tag": "assumption"})
    plain = ("code", "name", "currency", "majority_age", "office", "holidays", "tenure_words")
    return Country(
        **{key: said[key] for key in plain},
        names=tuple(said["names"]),
        languages=tuple(said["languages"]),
        voting=tuple(
            Voting(v["level"], tuple(v["dates"]), v["compulsory"], v["threshold"], v["voting_age"], v["source"])
            for v in said["voting"]
        ),
        schools=tuple(SchoolRule(s["rule"], s["since"], s["source"]) for s in said["schools"]),
        numbers=numbers,
        tables={name: _figures(given) for name, given in said["tables"].items()},
        series={name: _figures(given) for name, given in said["series"].items()},
        model=_figures({"values": said["numbers"], "spread": 0.0, **told}),
    )


def _figures(said: dict[str, Any]) -> Figures:
    values = {str(k): float(v) for k, v in said["values"].items()}
    lists = {key: tuple(said.get(key, ())) for key in ("read_in", "recalled")}
    return Figures(values, float(said["spread"]), said["source"], said["tag"], said.get("note", ""), **lists)
