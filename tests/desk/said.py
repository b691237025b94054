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


ERRORS = (
    "Problem",
    "MechlinError",
    "RefusedError",
    "NotAllowedError",
    "NotLawfulError",
    "ChangedMeanwhileError",
    "NothingStored",
    "UsageError",
    "_wrong",
    "sign_in",
)
SEEN = ("casework", "procedures", "web", "ground/database.py", "ground/accounts.py")  # what pages can show
TYPED = ("serve.py", "replay.py", "doses.py")  # read on a terminal only


def pattern(node):
    """Return a sentence as a catalogue holds it, from a text or an f-string: "applying begins on {day}"."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        out, seen = "", []
        for v in node.values:
            if isinstance(v, ast.Constant):
                out += v.value
            else:
                seen.append(name_of(v.value))
                number = seen.count(seen[-1])
                out += f"{{{seen[-1]}{number if number > 1 else ''}}}"
        return out
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return pattern(node.left) + pattern(node.right)
    return ""


def name_of(node):
    """Return the word by which a hole is called: the last name in what fills it."""
    names = [n.attr if isinstance(n, ast.Attribute) else n.id for n in ast.walk(node)
             if isinstance(n, ast.Attribute | ast.Name)]  # fmt: skip
    texts = [
        n.value
        for n in ast.walk(node)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value.isidentifier()
    ]
    return (texts or names or ["what"])[0]


def both(node):
    """Yield a node, or both ways of a condition."""
    if isinstance(node, ast.IfExp):
        yield from both(node.body)
        yield from both(node.orelse)
    else:
        yield node


def of_errors(root=ROOT):
    """Return every sentence with which the desk can refuse something on a page, as patterns."""
    found = set()
    files = [
        f for place in SEEN for f in ([root / place] if place.endswith(".py") else sorted((root / place).rglob("*.py")))
    ]
    for path in files:
        if path.name in TYPED:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in ERRORS:
                    found |= {pattern(w) for a in node.args for w in both(a)}
                    found |= {pattern(w) for k in node.keywords if k.arg == "repair" for w in both(k.value)}
                found |= {pattern(w) for k in node.keywords if k.arg == "possible" and isinstance(k.value, ast.Lambda)
                          for w in both(k.value.body)}  # fmt: skip
            elif isinstance(node, ast.FunctionDef) and getattr(node.returns, "id", "") == "str":
                found |= {
                    pattern(w) for n in ast.walk(node) if isinstance(n, ast.Return) and n.value for w in both(n.value)
                }
    return {
        text
        for text in found
        if len(re.sub(r"\{\w+\}", "", text).split()) >= 2 and "_LIKE" not in text and "\n" not in text
    }
