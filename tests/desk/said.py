"""Every text that the desk says, found in its templates and source: what translators have to translate."""

import ast
import re
from pathlib import Path

import mechlin.desk
from mechlin.desk.casework.declare import Procedure
from mechlin.desk.casework.fields import PERSON_FIELDS
from mechlin.desk.ground.roles import ROLES

ROOT = Path(mechlin.desk.__path__[0])
PUBLIC_PAGES = (
    "base",
    "part",
    "start",
    "form",
    "fields",
    "own",
    "receipt",
    "letter",
    "refused",
    "parts",
    "sign_in",
    "register",
)


def of_templates(names=PUBLIC_PAGES):
    """Return what templates say."""
    texts = [(ROOT / "web" / "templates" / f"{name}.html").read_text(encoding="utf-8") for name in names]
    return {s for text in texts for s in re.findall(r'say\("([^"]+)"', text)}


def of_source(folder):
    """Return sentences said, outcomes decided and conditions named in the source of a folder or file."""
    found = set()
    for path in [folder] if folder.is_file() else folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if name == "say" or name == "Decision" or (name, owner) == ("of", "Condition"):
                ways = (
                    [node.args[0].body, node.args[0].orelse] if isinstance(node.args[0], ast.IfExp) else [node.args[0]]
                )
                found |= {n.value for n in ways if isinstance(n, ast.Constant)}
    return found


def of_procedure(procedure: Procedure, roles=("resident",)):
    """Return what a procedure declares: stages, and the steps that any of these roles may take (all where none is given)."""
    found = {procedure.title, *(s.said for s in procedure.stages)}
    if procedure.objection:
        found |= {procedure.objection.to, procedure.objection.article}
    for action in procedure.actions:
        if roles and not set(roles) & set(action.by):
            found.add(action.article) if action.decides else None
            continue
        found |= {action.label, action.consequence, action.article}
        fields = [*action.fields, *(PERSON_FIELDS if any(f.kind == "person" for f in action.fields) else ())]
        for field in fields:
            found |= {field.label, field.hint}
            if not callable(field.choices):
                found |= {label for _, label in field.choices}
        found |= {label for _, label in (*action.outcomes, *action.overrides)}
    return {text for text in found if text} - {"English", "Nederlands", "Français"}


def of_roles():
    """Return the names of roles."""
    return set(ROLES.values())
