"""A country's profile in words: its rules by date, its words, and the figures that a city may borrow, each with its source."""

from mechlin.city.tables.countries import Country, Figures

_MOST_YEARS = 6  # of a series that are told
_HAD = {"official": "read in the table named", "recalled": "recalled from memory", "assumption": "assumed"}


def country_text(country: Country) -> str:
    """Return what is known of a country."""
    parts = [
        f"{country.name} ({country.code}): {country.currency}; languages {', '.join(country.languages)}; people come of age "
        f"at {country.majority_age}; figures of {country.office}.",
        how_had(country),
        "Elections\n" + "\n".join(_elections(country)),
        "Places at school, and whom the law counts as a group (a package says which rule is in force)\n"
        + "\n".join(f"  from {s.since}: {s.rule}. {s.source}" for s in country.schools),
        "School year\n" + _school_year(country.holidays),
        "Words for tenures\n" + "\n".join(f"  {t}: {', '.join(words)}" for t, words in country.tenure_words.items()),
        "Figures that a city may borrow (spread: how far a city lies from its country)\n"
        + "\n".join(_figures(name, f) for name, f in country.figures().items()),
    ]
    return "\n\n".join(parts)


def how_had(country: Country) -> str:
    """Return how many of a profile's figures were read in their source, recalled and assumed."""
    counts = country.by_tag()
    had = ", ".join(f"{counts[tag]} {words}" for tag, words in _HAD.items())
    lacking = [name for name, f in country.figures().items() if f.tag != "official"]
    return f"Of its {counts.total()} figures: {had}. No copy of the source was read for: {', '.join(lacking)}."


def _elections(country: Country) -> list[str]:
    return [
        f"  {v.level}: {', '.join(v.dates)}; compulsory {v.compulsory}; from the age of {v.voting_age}; "
        f"threshold {100 * v.threshold:g} %. {v.source}"
        for v in country.voting
    ]


def _school_year(holidays: dict[str, str]) -> str:
    until, source = holidays["summer_until"], holidays["source"]
    return f"  from {holidays['school_year_from']}; summer {holidays['summer_from']} to {until}. {source}"


def _figures(name: str, found: Figures) -> str:
    values = list(found.values.items())
    step = max(1, len(values) // _MOST_YEARS)
    told = ", ".join(f"{k} {v:g}" for k, v in (values if len(values) <= _MOST_YEARS else values[::step]))
    memory = f" (but recalled: {_runs(found.recalled)})" if found.recalled else ""
    copies = f". Read in {'; '.join(found.read_in)}" if found.read_in else ""
    return f"  {name}: {told}; spread {100 * found.spread:g} %; {found.tag}{memory}. {found.source}{copies}"


def _runs(names: tuple[str, ...]) -> str:
    """Return names, with years that follow one another as one run: "2000 to 2004, 2024"."""
    runs: list[list[str]] = []
    for name in names:
        if runs and name.isdigit() and int(name) == int(runs[-1][-1]) + 1:
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else run[0] for run in runs)
