"""A plan, written and signed before the figures came: outcomes, towns, window, estimators, rules; and what changed since.

A plan is a short TOML file. Signing writes ``NAME.signed.json`` beside it, with a hash of the plan, its whole content and
a fingerprint of the figures of before; publish the hash elsewhere, for a file alone proves no date. Whatever differs
later is a deviation, whether or not the plan owns up to it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from mechlin.core.declare import declared
from mechlin.core.errors import InputError, Problem, UsageError, all_of, nearest
from mechlin.core.files import write_text
from mechlin.core.toml import decoded, read_toml, with_rows
from mechlin.evaluation.estimators import METHODS
from mechlin.evaluation.evaluate import NUMBERS, Choices, Outcome
from mechlin.evaluation.panel import Panel, read_panel
from mechlin.evaluation.pool import SPILL_KM, apart, towns_table
from mechlin.evaluation.verdict import Rules

MOST_PRIMARY = 5  # outcomes named in advance; with more, something always stands out
_TEXT, _NUMBER, _LIST, _TABLE, _PERIOD, _YES = "text", "a number", "a list", "a table", "a period", "true or false"
_KEYS = {
    "title": _TEXT,
    "panel": _TEXT,
    "unit": _TEXT,
    "time": _TEXT,
    "place": _TEXT,
    "start": _PERIOD,
    "window": _LIST,
    "periods_after": _NUMBER,
    "estimators": _LIST,
    "donors_at_most": _NUMBER,
    "penalty": _NUMBER,
    "towns": _TEXT,
    "spill_km": _NUMBER,
    "crosswalk": _TEXT,
    "weight": _TEXT,
    "exclude": _TABLE,
    "doses": _TEXT,
    "outcome": _LIST,
    "rules": _TABLE,
    "deviation": _LIST,
}
_NEEDED = ("panel", "place", "start", "outcome")
_OUTCOME = {
    "value": _TEXT,
    "title": _TEXT,
    "unit": _TEXT,
    "better": _TEXT,
    "matters": _NUMBER,
    "rehearsed": _NUMBER,
    "primary": _YES,
    "breaks": _LIST,
    "dose_share": _NUMBER,
}
_DEVIATION = {"date": _PERIOD, "what": _TEXT, "why": _TEXT}
BETTER = ("up", "down", "neither")

SKELETON = """\
# A plan for `mechlin measure`. Fill it in, then: mechlin measure power FILE, mechlin measure plan sign FILE --by NAME.
# Sign before the figures of after the start are known. Later changes are told on the page, in red.
title = "What the teams changed"
panel = "panel.csv"            # a long table: a row for each town and period
unit = "town"                  # its columns
time = "year"
place = "Mechelen"
start = 2014                   # the first period with the measure
periods_after = 5              # after how many the effect is read
estimators = ["did", "levels", "changes"]
# window = [2003, 2018]        # the first and last period that count
# donors_at_most = 60          # those whose past lies nearest
# towns = "towns.csv"          # where towns lie and what they share: neighbours are set apart
spill_km = 15
# doses = "doses.csv"          # what was delivered, month by month, once it is known

# At most five primary outcomes; others are looked at as well and called exploratory.
[[outcome]]
value = "burglaries"           # the column
title = "Burglaries of homes"
unit = "per 1,000 homes"
better = "down"
matters = 0.5                  # the smallest effect that would matter
# rehearsed = 0.8              # the effect that the rehearsal gave
# breaks = [2018]              # when the way of counting changed

[exclude]
# Ninove = "took the same measure from 2018 on"
"""


class Deviation(NamedTuple):
    """What is not as it was signed: what, before and now, and why (empty where the plan does not say)."""

    what: str
    was: str
    now: str
    why: str = ""


@dataclass(frozen=True)
class Plan:
    """A plan as read: its content, and where it stands."""

    content: Mapping[str, Any]
    path: Path

    @property
    def hash(self) -> str:
        """The fingerprint of what is planned; spaces, comments and deviations do not change it."""
        return hashlib.sha256(_canonical(self.planned).encode()).hexdigest()

    @property
    def planned(self) -> dict[str, Any]:
        """The content but for the deviations, and for the table of what was delivered, which comes later."""
        return {k: v for k, v in self.content.items() if k not in ("deviation", "doses")}

    @property
    def signed_path(self) -> Path:
        """Where its signature stands."""
        return self.path.with_suffix(".signed.json")

    @property
    def choices(self) -> Choices:
        """How the evaluation is to be made."""
        c, usual = self.content, Choices()
        return Choices(
            tuple(c.get("estimators", usual.estimators)),
            float(c.get("penalty", 0.0)),
            int(c.get("donors_at_most", usual.donors_at_most)),
            Rules(**c.get("rules", {})),
        )

    @property
    def outcomes(self) -> list[Outcome]:
        """The figures that are looked at."""
        return [
            Outcome(
                o["value"],
                o.get("title", o["value"]),
                o.get("unit", ""),
                o.get("better", "neither"),
                o.get("matters"),
                o.get("rehearsed"),
                o.get("primary", True),
                tuple(str(b) for b in o.get("breaks", ())),
                o.get("dose_share"),
            )
            for o in self.content["outcome"]
        ]

    def beside(self, name: str) -> Path | str:
        """Return a file that the plan names, from where the plan stands; the name of a shipped panel stays."""
        from mechlin.evaluation.shipped import names

        return name if name in names() else self.path.parent / name


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def read_plan(path: str | Path) -> Plan:
    """Return the plan in a file; raise InputError with every problem found."""
    path = Path(path)
    if not path.is_file():
        raise InputError([Problem(f"there is no file {path}", repair="mechlin measure plan new FILE writes one")])
    text = decoded(path.read_bytes(), path.name)
    content = read_toml(text, path.name)
    problems = [*_keys(content, _KEYS, "", path.name), *_missing(content, path.name)]
    fit = {key: value for key, value in content.items() if key not in {p.column for p in problems}}
    problems += [*_outcomes(fit, path.name), *_numbers(fit, path.name)]
    if problems:
        raise InputError(with_rows(problems, text))
    return Plan(content, path)


def _keys(table: Mapping[str, Any], known: Mapping[str, str], of: str, file: str) -> list[Problem]:
    """Return what is unknown or of the wrong kind in a table of a plan."""
    problems = []
    kinds: dict[str, type | tuple[type, ...]] = {
        _TEXT: str,
        _NUMBER: (int, float),
        _LIST: list,
        _TABLE: dict,
        _PERIOD: (int, str),
        _YES: bool,
    }
    for key, value in table.items():
        column = f"{of}{key}"
        if key not in known:
            close = nearest(key, known)
            said = Problem(f"{key} is unknown", file=file, column=column, allowed=", ".join(known), nearest=close)
            problems.append(said)
        elif not isinstance(value, kinds[known[key]]) or (isinstance(value, bool) and known[key] != _YES):
            problems.append(Problem(f"{key} = {value!r} is not {known[key]}", file=file, column=column))
    return problems


def _missing(content: Mapping[str, Any], file: str) -> list[Problem]:
    return [
        Problem(f"{key} is missing", file=file, repair=f"write {key} = ..." if key != "outcome" else "add [[outcome]]")
        for key in _NEEDED
        if not content.get(key)
    ]


def _outcomes(content: Mapping[str, Any], file: str) -> list[Problem]:
    """Return what is wrong with the outcomes and the deviations."""
    problems, seen = [], set[str]()
    for n, outcome in enumerate(content.get("outcome", ()), 1):
        of = f"outcome[{n}]."
        if not isinstance(outcome, dict):
            problems.append(Problem("an outcome is a table", file=file, column="outcome", repair="write [[outcome]]"))
            continue
        problems += _keys(outcome, _OUTCOME, of, file)
        name = outcome.get("value")
        if not name:
            problems.append(Problem("value is missing", file=file, column=of, repair="name the column of the figure"))
        elif name in seen:
            problems.append(Problem(f"{name} is an outcome twice", file=file, column=f"{of}value", repair="remove one"))
        seen.add(str(name))
        if outcome.get("better", "neither") not in BETTER:
            what = f"better = {outcome['better']!r} is not possible"
            problems.append(Problem(what, file=file, column=f"{of}better", allowed=", ".join(BETTER)))
        share = outcome.get("dose_share")
        if isinstance(share, int | float) and not 0 <= share <= 1:
            what = f"dose_share = {share:g} is no share"
            problems.append(Problem(what, file=file, column=f"{of}dose_share", allowed="0 to 1"))
        matters = outcome.get("matters")
        if isinstance(matters, int | float) and not matters > 0:
            what = f"matters = {matters:g}: an effect that matters is above 0, whichever way it goes"
            problems.append(Problem(what, file=file, column=f"{of}matters"))
    primary = sum(o.get("primary", True) is True for o in content.get("outcome", ()) if isinstance(o, dict))
    if primary > MOST_PRIMARY:
        what = f"{primary} primary outcomes are too many"
        fix = "write primary = false for those that are explored"
        problems.append(Problem(what, file=file, column="outcome", allowed=f"up to {MOST_PRIMARY}", repair=fix))
    for n, deviation in enumerate(content.get("deviation", ()), 1):
        of = f"deviation[{n}]."
        if not isinstance(deviation, dict):
            what = "a deviation is a table"
            problems.append(Problem(what, file=file, column="deviation", repair="write [[deviation]]"))
            continue
        problems += _keys(deviation, _DEVIATION, of, file)
        for key in ("what", "why"):
            if not deviation.get(key):
                problems.append(Problem(f"{key} is missing", file=file, column=of, repair=f"write {key} = ..."))
    return problems


def _numbers(content: Mapping[str, Any], file: str) -> list[Problem]:
    """Return numbers and names that are not possible."""
    problems = []
    estimators = content.get("estimators", METHODS)
    for name in estimators:
        if name not in METHODS:
            what = f"{name!r} is no estimator"
            close = nearest(str(name), METHODS)
            problems.append(Problem(what, file=file, column="estimators", allowed=", ".join(METHODS), nearest=close))
    if not estimators or len(set(estimators)) < len(estimators):
        problems.append(
            Problem(
                "each estimator is named once, and one at least",
                file=file,
                column="estimators",
                allowed=", ".join(METHODS),
            )
        )
    known = {d.name: d.param for d in declared(Rules)}
    for key, value in content.get("rules", {}).items():
        if key not in known:
            close = nearest(key, known)
            problems.append(Problem(f"{key} is no rule", file=file, column=f"rules.{key}", nearest=close))
        elif wrong := known[key].problem(key, value):
            problems.append(
                Problem(wrong.what, file, column=f"rules.{key}", allowed=wrong.allowed, repair=wrong.repair)
            )
    for key, number in NUMBERS.items():
        if key in content and (wrong := number.problem(key, content[key])):
            problems.append(Problem(wrong.what, file, column=key, allowed=wrong.allowed, repair=wrong.repair))
    if len(content.get("window", (0, 0))) != 2:
        problems.append(Problem("window is a first and a last period", file=file, column="window"))
    if not 1 <= content.get("periods_after", 1) <= 100:
        problems.append(Problem("periods_after is 1 to 100", file=file, column="periods_after"))
    return problems


def panels(plan: Plan, planned_only: bool = False) -> list[tuple[Panel, Outcome]]:
    """Return the panel of each outcome of a plan, read and looked through.

    ``planned_only``: the start may lie after the last figure, and what comes from it on is left away.
    """
    from mechlin.evaluation.shipped import place

    c = plan.content
    excluded = {str(k): str(v) for k, v in c.get("exclude", {}).items()}
    crosswalk = plan.beside(c["crosswalk"]) if c.get("crosswalk") else None
    more = crosswalk, c.get("window", ()), excluded, planned_only
    given = [{**{k: c.get(k) for k in ("unit", "time", "weight")}, "value": o.name} for o in plan.outcomes]
    where = place(str(plan.beside(c["panel"])))
    told, *found = all_of(
        lambda: towns_table(plan.beside(c["towns"])) if c.get("towns") else {},
        *(partial(read_panel, where, c["place"], c["start"], g, *more) for g in given),
    )
    if told:
        found = all_of(*(partial(apart, p, told, float(c.get("spill_km", SPILL_KM)), excluded) for p in found))
    return list(zip(found, plan.outcomes, strict=True))


def sign(plan: Plan, by: str) -> Path:
    """Write the signature of a plan beside it and return where it is; raise UsageError where one stands already."""
    if not by.strip():
        raise UsageError("a plan is signed by somebody; write --by NAME")
    if plan.signed_path.exists():
        told = json.loads(plan.signed_path.read_text(encoding="utf-8"))
        raise UsageError(
            f"{plan.path.name} was signed by {told['by']} on {told['on'][:10]}; a signature is not replaced: "
            "write what changed as [[deviation]] with what and why"
        )
    said = {
        "hash": plan.hash,
        "by": by.strip(),
        "on": datetime.now(UTC).isoformat(timespec="seconds"),
        **_known(plan),
        "plan": plan.planned,
    }
    return write_text(plan.signed_path, json.dumps(said, indent=1, ensure_ascii=False, default=str) + "\n")


def _known(plan: Plan) -> dict[str, Any]:
    """Return what was known of the figures at signing: fingerprints of the past, and how much of after."""
    past = {outcome.name: panel.digest(of_past=True) for panel, outcome in panels(plan, planned_only=True)}
    try:
        known = max(len(p.numbers) - p.before for p, _ in panels(plan))
    except InputError:
        known = 0  # none of after the start yet: as it should be
    return {"past": past, "known_after": known}


class Signature(NamedTuple):
    """Who signed a plan and when, and how many periods after the start were known then."""

    by: str
    on: str
    hash: str
    known_after: int


def held_against(plan: Plan, found: Sequence[tuple[Panel, Outcome]]) -> tuple[Signature | None, list[Deviation]]:
    """Return the signature of a plan, if it has one, and everything in which it is no longer what was signed."""
    whys = {d["what"]: str(d["why"]) for d in plan.content.get("deviation", ())}
    if not plan.signed_path.is_file():
        return None, [Deviation(what, "", "", why) for what, why in whys.items()]
    told = _signature(plan)
    was, now = _flat(told["plan"]), _flat(json.loads(_canonical(plan.planned)))
    out = [
        Deviation(key, _said(was.get(key)), _said(now.get(key)), whys.pop(key, ""))
        for key in sorted(was.keys() | now.keys())
        if was.get(key) != now.get(key)
    ]
    for panel, outcome in found:
        before = told.get("past", {}).get(outcome.name)
        if before and before != panel.digest(of_past=True) and not {d.what.partition(".")[0] for d in out} & _PAST:
            out.append(Deviation("past", before[:12], panel.digest(of_past=True)[:12], whys.pop("past", "")))
    out += [Deviation(what, "", "", why) for what, why in whys.items()]
    return Signature(told["by"], told["on"], told["hash"], int(told.get("known_after", 0))), out


_PAST = {"panel", "place", "start", "window", "exclude", "towns", "spill_km", "crosswalk", "weight", "unit", "time"}


def _flat(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan as single settings: "packs.matters" for an outcome's, "rules.holds_p", "exclude.Ninove"."""
    out: dict[str, Any] = {}
    for key, value in content.items():
        if key == "outcome":
            for outcome in value:
                out |= {f"{outcome['value']}.{k}" if k != "value" else outcome["value"]: v for k, v in outcome.items()}
        elif isinstance(value, dict):
            out |= {f"{key}.{k}": v for k, v in value.items()}
        else:
            out[key] = value
    return out


def _signature(plan: Plan) -> dict[str, Any]:
    """Return the signature beside a plan; raise InputError where it does not fit itself."""
    name = plan.signed_path.name
    try:
        told: dict[str, Any] = json.loads(plan.signed_path.read_text(encoding="utf-8"))
        fits = hashlib.sha256(_canonical(told["plan"]).encode()).hexdigest() == told["hash"]
    except (ValueError, KeyError, TypeError):
        raise InputError([Problem("this is no signature", file=name, repair="put the file back as it was")]) from None
    if not fits:
        what = "its hash is not that of the plan in it: it was changed after signing"
        raise InputError([Problem(what, file=name, repair="put the file back as it was")])
    return told


def _said(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
