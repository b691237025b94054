"""``mechlin follow``: one simulated household in two worlds."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mechlin.cli.shared import AsJson, Out, Package, Until, bar, ready
from mechlin.core.files import write_text

_PAGE = "household.html"


def follow(
    city: Annotated[str, typer.Argument(help="A city by name, or its folder.")] = "mechelen",
    package: Package = None,
    against: Annotated[str, typer.Option(help="What to compare with: a name or a .toml file.")] = "nothing",
    area: Annotated[str, typer.Option(help="An area or a district by name; the whole city unless told.")] = "",
    kind: Annotated[
        str, typer.Option(help="family (a child under 12), lone parent, couple, one person, or older (all 65 or over).")
    ] = "family",
    tenure: Annotated[
        str, typer.Option(help="Of their home at the start: owner, private or social; any unless told.")
    ] = "",
    until: Until = "2018-12",
    households: Annotated[int, typer.Option(help="How many such households to follow, by lot.")] = 32,
    world: Annotated[int, typer.Option(help="In which pair of a rehearsal.")] = 1,
    out: Out = Path("report"),
    language: Annotated[str, typer.Option(help="The language of the page: en, nl, fr or sv.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Follow one simulated household through both worlds: what befalls it with a package, and what without.

    The report of the same package in the same folder then tells of it too.
    """
    from mechlin.report import texts
    from mechlin.study.household import HOUSEHOLD_FILE
    from mechlin.study.household import follow as follow_city

    ready(out, _PAGE, HOUSEHOLD_FILE)
    texts.asked(language)
    with bar("Following", "months") as progress:
        story = follow_city(city, package, against, area, kind, tenure, until, households, world, progress)
    page = story.to_html(out / _PAGE, language)
    numbers = write_text(out / HOUSEHOLD_FILE, story.to_json())
    if as_json:
        print(story.to_json())
    else:
        story.summary()
    told = f"\nThe page:    {page.resolve()}\nThe numbers: {numbers.resolve()}"
    print(told, file=sys.stderr if as_json else sys.stdout)
