"""Where the package that was delivered stands: doses as they came, what is not known as a range by month.

    [service_tenancy]
    start = 2026-01
    hours_week = { "2026-01" = 2.0, "2026-02" = 1.7 }
    doubt = { hours_week = { "2026-02" = [1.2, 2.0] } }

`mechlin measure doses` writes it into the folder of what was measured; `mechlin rehearse CITY --package delivered` takes
it from there. It is a package like any other.
"""

from pathlib import Path

from mechlin.city.tables.model import City
from mechlin.core.errors import UsageError
from mechlin.evaluation.cards import read_head

NAME, FILE, FOLDER = "delivered", "delivered.toml", "measured"


def is_delivered(source: object, city: City | None) -> bool:
    """Whether the package is asked for that was delivered, by its name; a city's own of that name comes first."""
    return isinstance(source, str | Path) and str(source) == NAME and (city is None or NAME not in city.packages)


def find_delivered(city: City | None) -> Path:
    """Return the file of the package that was delivered; raise UsageError that says how to make it where there is none."""
    name = city.name if city else "CITY"
    path = Path(FOLDER) / FILE
    if not path.is_file():
        raise UsageError(
            f"there is no package {NAME!r} yet: `mechlin measure doses FILE.csv --city {name}` makes {path} from a table "
            "of what was delivered, and is run in the same folder as this command"
        )
    if city is not None and (own := other_city(path.parent, city)):
        raise UsageError(f"{path} is what was delivered in {own}, not in {city.name}")
    return path


def other_city(folder: Path, city: City) -> str:
    """Return whose folder of what was measured it is, where that is another city; '' where it is this one's or no-one's."""
    own = read_head(folder).city if (folder / "measured.toml").is_file() else ""
    return own if own and Path(own).name != city.name else ""
