"""Nobody is a group at the desk either: no field, column, filter or export can hold background, nationality or religion."""

from dataclasses import replace

import pytest

from mechlin.desk.casework.declare import CHOICE, Field, Procedure
from mechlin.desk.casework.fields import PERSON_FIELDS
from mechlin.desk.ground.tables import METADATA
from mechlin.desk.procedures import catalogue
from mechlin.law.school_draw import Child, Wish
from tests.contract.groups import named
from tests.desk.conftest import BENCHES
from tests.desk.said import ROOT, of_procedure, of_source, of_templates


def of_fields(fields):
    """Return every name and word by which fields ask for something."""
    for field in fields:
        yield from (field.name, field.label, field.hint)
        if not callable(field.choices):
            yield from (word for pair in field.choices for word in pair)
        yield from of_fields(field.columns)


def asked(procedure: Procedure):
    """Return everything that a procedure can ask, store or tell."""
    found = {text for action in procedure.actions for text in of_fields(action.fields)}
    return found | of_procedure(procedure, roles=()) | {w for pair in procedure.stops for w in pair}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_no_procedure_asks_for_a_group(name):
    assert not named(asked(catalogue()[name]))


def test_no_table_export_page_or_list_holds_a_group():
    columns = [f"{t.name}.{c.name}" for t in METADATA.tables.values() for c in t.columns]
    assert not named([*columns, *of_fields(PERSON_FIELDS), *Child._fields, *Wish._fields])
    assert not named(of_templates() | of_templates(("today", "case", "retention")))
    assert not named(of_source(ROOT))


@pytest.mark.parametrize(
    "field",
    [
        Field("nationality", "Passport", CHOICE, choices=(("be", "Belgian"),)),
        Field("extra", "Religion of the parents"),
        Field("extra", "Anything else", CHOICE, choices=(("x", "of foreign origin"),)),
        Field("extra", "Anything else", hint="for instance their ethnic background"),
        Field("extra", "A table", "table", columns=(Field("origin_country", "Country"),)),
    ],
)
def test_a_field_that_asks_for_one_is_found(field):
    action = BENCHES.actions[0]
    mutant = replace(BENCHES, actions=(replace(action, fields=(*action.fields, field)), *BENCHES.actions[1:]))
    assert not named(asked(BENCHES)) and named(asked(mutant))
