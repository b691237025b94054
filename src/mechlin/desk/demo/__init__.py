"""A demonstration: an invented town with a whole year of procedures, made by the same steps as at any desk."""

from pathlib import Path

from mechlin.desk.demo import buddies, cameras, grants, parents, schools, tenancies
from mechlin.desk.demo.town import Event, Town, make
from mechlin.desk.ground.home import Home
from mechlin.desk.procedures import office_of


def demonstration(folder: Path, database: str, language: str) -> Home:
    """Make the demonstration town in ``folder``."""
    return make(folder, database, language, _everything, office_of)


def _everything(town: Town) -> list[Event]:
    return [event for part in (schools, cameras, buddies, grants, tenancies, parents) for event in part.plans(town)]
