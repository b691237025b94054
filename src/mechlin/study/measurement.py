"""``mechlin.measure``: one town held against other towns, from a table alone or by a plan signed beforehand."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from mechlin import measures
from mechlin.core.errors import InputError, Problem, UsageError, all_of, nearest
from mechlin.core.spec import model_version
from mechlin.evaluation import periods
from mechlin.evaluation.doses import Delivered, Share, by_month, least_share, read_doses, shares
from mechlin.evaluation.estimators import METHODS
from mechlin.evaluation.evaluate import NUMBERS, Choices, Evaluation, Outcome, evaluate, power, rows_of
from mechlin.evaluation.panel import Panel, read_panel
from mechlin.evaluation.plan import BETTER, Deviation, Plan, Signature, held_against, panels, read_plan
from mechlin.evaluation.pool import MOST_DONORS, SPILL_KM, apart, towns_table
from mechlin.evaluation.shipped import Shipped, shipped
from mechlin.evaluation.shipped import place as place_of
from mechlin.study import pages
from mechlin.study.results import Result

if TYPE_CHECKING:
    import altair

_PLAN = ".toml"


class Origin(NamedTuple):
    """Where the figures of a panel are from."""

    source: str
    licence: str
    note: str


class Rehearsed(NamedTuple):
    """A rehearsal that stands beside what was measured: its packages' titles, its pairs of runs, and what they say.

    ``differences`` has by figure the low, median and high over pairs of the mean difference a year, up to ``until``.
    """

    package: str
    against: str
    pairs: int
    differences: Mapping[str, tuple[float, float, float]]
    until: int


class Missing(NamedTuple):
    """How to get what a page lacks: the command that rehearses, and the file in which a table of doses is looked for."""

    rehearse: str
    doses: str


@dataclass(frozen=True, repr=False)
class Measurement(Result):
    """What was found about one town: an evaluation for each figure, and the plan it was made by, if any.

    ``deviations`` are all differences from the plan as signed. ``places`` says where towns lie, where that is known,
    ``origins`` where the figures of each evaluation are from, ``sealed`` on which day a forecast of a figure was sealed,
    ``doses`` what was delivered of what was planned, ``rehearsed`` what a rehearsal says of the same figures, ``missing`` how
    to get either.
    """

    evaluations: tuple[Evaluation, ...]
    plan: Plan | None = None
    signature: Signature | None = None
    deviations: tuple[Deviation, ...] = ()
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    origins: tuple["Origin | None", ...] = ()
    sealed: Mapping[str, str] = field(default_factory=dict)
    doses: tuple[Share, ...] = ()
    rehearsed: Rehearsed | None = None
    missing: Missing | None = None

    bars = ("estimator", "effect")

    @property
    def exploratory(self) -> bool:
        """Whether no plan was signed before figures of after the start were known."""
        return self.signature is None or self.signature.known_after > 0

    def line(self) -> str:
        """Return the verdicts in one line."""
        return str(pages.maker("measured line")(self))

    def records(self) -> list[dict[str, Any]]:
        """Return a row for each figure and estimator."""
        return [row for found in self.evaluations for row in rows_of(found)]

    def summary(self) -> None:
        """Print the verdicts with their reasons, and the estimates as a table."""
        pages.maker("measured summary")(self)

    def plot(self) -> "altair.Chart":
        """Return the chart of the first figure: the town, its lines from other towns, and those towns."""
        chart: altair.Chart = pages.maker("measured chart")(self.evaluations[0])
        return chart

    def to_json(self) -> str:
        """Return everything as JSON: estimates by method, sets, p, donors, what could be seen, verdict and reasons."""
        return json.dumps(
            {
                "result": self.line(),
                "exploratory": self.exploratory,
                "plan": self.plan
                and {
                    "file": self.plan.path.name,
                    "hash": self.plan.hash,
                    "signed": self.signature and self.signature._asdict(),
                    "deviations": [d._asdict() for d in self.deviations],
                },
                "evaluations": [_told(found) for found in self.evaluations],
                "version": model_version(),
            },
            indent=1,
            ensure_ascii=False,
        )

    def to_html(self, path: str | Path, language: str = "en") -> Path:
        """Write the page in the language of that code (en, nl, fr) and return where it is."""
        return pages.write("measured", Path(path), self, language)


def measure(
    panel: "str | Path | pl.DataFrame | Any",
    place: str | None = None,
    start: str | int | None = None,
    *,
    unit: str | None = None,
    time: str | None = None,
    value: str | Sequence[str] | None = None,
    weight: str | None = None,
    window: Sequence[str | int] = (),
    exclude: Mapping[str, str] | Sequence[str] = (),
    towns: str | Path | None = None,
    spill_km: float = SPILL_KM,
    crosswalk: str | Path | None = None,
    estimators: Sequence[str] = METHODS,
    penalty: float = 0.0,
    donors_at_most: int = MOST_DONORS,
    matters: float | None = None,
    rehearsed: float | None = None,
    breaks: Sequence[str] = (),
    better: str = "neither",
    dose_share: float | None = None,
    doses: str | Path | None = None,
) -> Measurement:
    """Hold what happened in ``place`` from ``start`` on against other towns.

    Parameters
    ----------
    panel
        A long table, with a row for each town and period: a file, a Polars or pandas frame, or the name of a panel
        that comes with Mechlin. Or a plan (a file that ends in .toml), which says everything else.
    place, start
        The town, as the table writes it, and the first period in which the measure was there.
    unit, time, value
        The columns of towns, periods and figures, where their names do not tell. Several figures may be named.
    weight, crosswalk
        Towns that merged: a table of old and new names; figures are added up, or averaged by the column ``weight``.
    window
        The first and the last period that count.
    exclude, towns, spill_km
        Towns that are no comparison (with the reason), and a table of where towns lie and what they share: those
        within ``spill_km`` kilometres, or with the same police zone, programme or school platform, are set apart.
    estimators, penalty, donors_at_most
        Which of did, levels and changes are made; how far weights are drawn towards equal ones; how many towns.
    matters, rehearsed, breaks, better, dose_share
        The smallest effect that would matter, the effect that was rehearsed, periods in which the way of counting
        changed, which direction is better, and the share of the planned doses that was delivered.
    doses
        A table of what was delivered, month by month, from which that share is counted: the least share of any number's
        plan that surely came while the measure was there.

    Returns
    -------
    Measurement
        A verdict for each figure, with what it rests on: ``summary``, ``plot``, ``to_frame``, ``to_json``, ``to_html``.
        Without a plan signed beforehand it is exploratory, and says so.

    Raises
    ------
    InputError
        With every problem of the table or the plan, each with its row and repair.

    Examples
    --------
    >>> found = measure("proposition-99")
    >>> found.evaluations[0].verdict.word
    'leans'
    >>> [(row["estimator"], round(row["effect"], 1)) for row in found.records()]
    [('did', -27.3), ('levels', -19.5), ('changes', -11.1)]
    """
    if isinstance(panel, str | Path) and str(panel).endswith(_PLAN):
        return by_plan(read_plan(panel))
    origin = shipped().get(str(panel)) if isinstance(panel, str | Path) else None
    town, since = place or (origin.place if origin else None), start or (origin.start if origin else None)
    problems = [*_of_outcome(matters, better, dose_share), *_of_choices(estimators, penalty, donors_at_most)]
    if dose_share is not None and doses:
        problems.append(Problem("both a share and a table of doses are given", repair="give the table alone"))
    _refuse([*_of_panel(panel, town, since), *problems])
    source = place_of(str(panel)) if isinstance(panel, str | Path) else panel
    why = dict(exclude) if isinstance(exclude, Mapping) else dict.fromkeys(exclude, "")
    where = towns or (origin.towns_path if origin else None)
    names = [value] if isinstance(value, str) or value is None else list(value)
    given = [
        {"unit": unit, "time": time, "value": name or (origin.value if origin else None), "weight": weight}
        for name in names
    ]
    told, came, *panels_ = all_of(
        lambda: towns_table(where) if where else {},
        lambda: read_doses(doses, measures.catalogue()) if doses else None,
        *(partial(read_panel, source, str(town), since or 0, g, crosswalk, window, why) for g in given),
    )
    if told:
        panels_ = all_of(*(partial(apart, panel, told, spill_km, why) for panel in panels_))
    cases = []
    for name, found in zip(names, panels_, strict=True):
        usual = origin.outcome if origin and name in (None, origin.value) else Outcome()
        about = usual._replace(
            name=found.column,
            title=usual.title or found.column,
            better=better if better != "neither" else usual.better,
            matters=matters,
            rehearsed=rehearsed,
            breaks=tuple(str(b) for b in breaks),
            dose_share=dose_share if came is None else share_that_came(came, found),
        )
        cases.append((found, about))
    chosen = Choices(tuple(estimators), penalty, donors_at_most)
    evaluations = tuple(evaluate(cases, chosen))
    from_ = (_origin(origin),) * len(evaluations)
    return Measurement(evaluations, places=_places(told), origins=from_, doses=shares_of(came))


def _origin(found: Shipped | None) -> Origin | None:
    return Origin(found.source, found.licence, found.note) if found else None


def shares_of(came: Delivered | None) -> tuple[Share, ...]:
    """Return planned against delivered of every number; none without a table."""
    return tuple(shares(came, measures.catalogue())) if came else ()


def share_that_came(doses: Delivered, panel: Panel) -> float | None:
    """Return the share of the planned doses that surely came in the periods with the measure."""
    first, last = (periods.months(panel.kind, panel.numbers[k])[k != panel.before] for k in (panel.before, -1))
    return least_share(by_month(doses.doses, measures.catalogue()), first, last)


def by_plan(plan: Plan) -> Measurement:
    """Return the evaluation that a plan describes, with every deviation from what was signed."""
    doses = plan.content.get("doses")
    cases, came = all_of(
        lambda: panels(plan), lambda: read_doses(plan.beside(doses), measures.catalogue()) if doses else None
    )
    signature, deviations = held_against(plan, cases)
    told = towns_table(plan.beside(plan.content["towns"])) if plan.content.get("towns") else {}
    if came:
        cases = [(panel, outcome._replace(dose_share=share_that_came(came, panel))) for panel, outcome in cases]
    found = tuple(evaluate(cases, plan.choices))
    origins = (_origin(shipped().get(plan.content["panel"])),) * len(found)
    return Measurement(found, plan, signature, tuple(deviations), _places(told), origins, doses=shares_of(came))


def _places(told: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[float, float]]:
    from mechlin.evaluation.pool import place_km

    return {name: where for name, town in told.items() if (where := place_km(town)) is not None}


def _refuse(problems: Sequence[Problem]) -> None:
    """Raise UsageError, with all problems, for a call that cannot mean anything."""
    if problems:
        raise UsageError("\n".join(map(str, problems)))


def _of_panel(panel: Any, town: str | None, since: Any) -> list[Problem]:
    problems = []
    if isinstance(panel, str | Path) and not Path(panel).is_file() and str(panel) not in shipped():
        known, close = ", ".join(shipped()), nearest(str(panel), shipped())
        problems.append(Problem(f"there is no panel {panel}", allowed=f"a file, or one of {known}", nearest=close))
    if not town:
        problems.append(Problem("no town is named", repair="name the place, on the command line with --treated"))
    if since is None:
        problems.append(Problem("no start is named", repair="name the start, on the command line with --from"))
    return problems


def _of_choices(estimators: Sequence[str], penalty: float, most: int) -> list[Problem]:
    known = ", ".join(METHODS)
    problems = [
        Problem(f"{name!r} is no estimator", allowed=known, nearest=nearest(name, METHODS))
        for name in estimators
        if name not in METHODS
    ]
    if not estimators or len(set(estimators)) < len(estimators):
        problems.append(Problem("each estimator is named once, and one at least", allowed=known))
    given = {"penalty": penalty, "donors_at_most": most}
    return problems + [wrong for name, value in given.items() if (wrong := NUMBERS[name].problem(name, value))]


def _of_outcome(matters: float | None, better: str, dose_share: float | None) -> list[Problem]:
    problems = []
    if matters is not None and not matters > 0:
        problems.append(Problem(f"matters = {matters!r}: an effect that matters is above 0, whichever way it goes"))
    if better not in BETTER:
        problems.append(Problem(f"better = {better!r} is not possible", allowed=", ".join(BETTER)))
    if dose_share is not None and not 0 <= dose_share <= 1:
        problems.append(Problem(f"dose_share = {dose_share!r} is no share", allowed="0 to 1"))
    return problems


def _told(found: Evaluation) -> dict[str, Any]:
    """Return an evaluation as plain data."""
    panel, main = found.panel, found.main
    estimates = []
    for e, row in zip(found.estimates, rows_of(found), strict=True):
        weights = sorted(zip(panel.donors, e.fit.weights.tolist(), strict=True), key=lambda w: (-w[1], w[0]))
        estimates.append(
            row
            | {
                "gap": dict(zip(panel.labels, e.fit.gap.tolist(), strict=True)),
                "weights": {town: round(w, 6) for town, w in weights if w > 0.0} if e.method != "did" else "equal",
                "placebo_effects": dict(zip(panel.donors, e.placebo_effects, strict=True)),
                "fake_starts": [{"start": s, "effect": v, "p": p} for s, v, p in e.fakes],
                "by_penalty": [{"penalty": p, "effect": v} for p, v in e.penalties],
                "with_towns_set_apart": e.with_spill and {"effect": e.with_spill[0], "p": e.with_spill[1]},
                "power": [{"effect": x, "seen": y} for x, y in e.visible.curve],
            }
        )
    words = pages.maker("measured words")
    return {
        "outcome": found.outcome._asdict(),
        "place": panel.town,
        "start": panel.start,
        "periods": panel.labels,
        "before": panel.before,
        "observed": panel.table[0].tolist(),
        "panel_digest": panel.digest(),
        "verdict": {
            "word": found.verdict.word,
            "limit": found.verdict.limit,
            "next_better": found.verdict.next_better,
            "why_not": [{"rule": r.rule, **r.values} for r in found.verdict.why],
            **words(found),
        },
        "told_first": main.method,
        "estimates": estimates,
        "two_out_bound": found.two_out_bound,
        "regression_to_the_mean": found.regression._asdict(),
        "donors": list(panel.donors),
        "set_apart": list(panel.spill_towns),
        "left_out": [t._asdict() for t in panel.left_out],
        "notes": [{"note": n, **v} for n, v in panel.notes],
    }


def power_of(file: str | Path) -> list[dict[str, Any]]:
    """Return which effect could be seen by a plan, from its past alone: a row for each figure and estimator.

    The last periods of the past, as many as the plan reads afterwards, play those with the measure. Raises InputError
    where the past is too short for that.
    """
    plan = read_plan(file)
    after = int(plan.content.get("periods_after", 0))
    rows = []
    for panel, outcome in panels(plan, planned_only=True):
        reach = after or max(1, len(panel.numbers) // 4)
        least = plan.choices.rules.periods_before
        if panel.before - reach < least:
            what = f"{panel.before} periods before the start are too few to read an effect over {reach}"
            fix = f"write periods_after = {max(1, panel.before - least)}, or add earlier figures"
            raise InputError([Problem(what, file=plan.path.name, column="periods_after", repair=fix)])
        for method, seen in power(panel, reach, plan.choices).items():
            finite = math.isfinite(seen.effect)
            rows.append(
                {
                    "figure": outcome.name,
                    "estimator": method,
                    "visible": seen.effect if finite else None,
                    "size": seen.size,
                    "matters": outcome.matters,
                    "rehearsed": outcome.rehearsed,
                    "enough": None if outcome.matters is None else finite and seen.effect <= outcome.matters,
                    "donors": len(panel.donors),
                    "before": panel.before - reach,
                    "after": reach,
                    "curve": [{"effect": x, "seen": y} for x, y in seen.curve],
                }
            )
    return rows
