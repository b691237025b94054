"""The procedures of the desk: one file each, found by standing here.

**To add one**, write ``procedures/NAME.py`` with one constant ``PROCEDURE`` (see
:class:`mechlin.desk.casework.declare.Procedure`), and its rule in ``law/``: dated, pure, importing only ``core``.

- *Stages* with the days within which something is due; a stage with ``ends=True`` closes the case.
- *Actions*, the only ways from stage to stage. ``fields`` say what is asked; the page, the command line and the checks are
  made from them. ``by`` says which roles may, ``signed_by`` which other person must sign. ``article`` and
  ``consequence`` stand beside the button; where the article was not confirmed by a lawyer it ends in ``[GK]``.
- A step that decides about somebody has ``decides``: it returns a ``Decision`` with every condition (met, not met, not
  known) and reasons as sentences of the catalogue with values. The letter follows by itself, in the person's language.
- ``possible`` says in a sentence why a step cannot follow today; ``check`` returns problems with answers; ``works_out`` adds
  what is computed; ``then`` names steps in other cases that follow by rule.
- Functions get a ``Look``: ``look.state``, ``look.answers``, ``look.day``, ``look.parent``, ``look.children()``. They write
  nothing and draw nothing.
- ``stops``, ``objection``, ``keep_years``, ``minors``, ``public``, ``letter_parts`` and ``doses`` are for what their names say.
  Stopping the clock, objecting, answering objections, retention, export, letters and oversight come by themselves.

Text that residents read is an English sentence; Dutch and French stand in ``texts/NAME.nl.po`` and ``NAME.fr.po``.
Names and free texts of people are sealed (``TEXT``, ``LONG_TEXT``, ``PERSON``); only ``PUBLIC_TEXT`` reaches the log. No
field may ask for background, nationality, religion or origin: a test reads every declaration.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from mechlin.desk.casework.declare import Look, Procedure
from mechlin.desk.casework.office import Office
from mechlin.desk.casework.usual import completed
from mechlin.desk.ground.home import Home


@cache
def catalogue() -> dict[str, Procedure]:
    """Return every procedure by name."""
    found = {}
    for module in iter_modules(__path__):
        declared = getattr(import_module(f"{__name__}.{module.name}"), "PROCEDURE", None)
        if declared is not None:
            found[declared.name] = completed(declared)
        more = getattr(import_module(f"{__name__}.{module.name}"), "PROCEDURES", ())
        found.update({p.name: completed(p) for p in more})
    return found


def office_of(home: Home) -> Office:
    """Return the office of a desk, with every procedure."""
    return Office(home, catalogue())


def replays() -> dict[str, Callable[[Look, str, float | None, float | None], list[dict[str, str]]]]:
    """Return the rules by which a real list can be run again, by name."""
    found = {}
    for module in iter_modules(__path__):
        again = getattr(import_module(f"{__name__}.{module.name}"), "REPLAY", None)
        if again is not None:
            found[module.name] = again
    return found
