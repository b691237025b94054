"""Templates filled in: what stands in them is escaped unless it is ours."""

from dataclasses import fields
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2

from mechlin.report.markup import table
from mechlin.report.texts import Language

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@cache
def templates(package: str, folder: str) -> jinja2.Environment:
    """Return the templates in a folder of a package; ``table`` makes a table in any of them."""
    loader = jinja2.FunctionLoader(lambda name: (files(package) / folder / name).read_text(encoding="utf-8"))
    found = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, cache_size=50)
    found.globals["table"] = table
    return found


def block_html(block: "DataclassInstance", say: Language, **how: Any) -> str:
    """Return a block as HTML, by the template named after it; ``how`` says how it is to be shown here."""
    data = {f.name: getattr(block, f.name) for f in fields(block)}
    template = templates("mechlin.report", "templates").get_template(f"{type(block).__name__.lower()}.html")
    return template.render(say=say, **data, **how)
