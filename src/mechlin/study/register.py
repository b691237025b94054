"""``mechlin.open_forecasts``: the register of forecasts in a folder of what was measured, as the command line keeps it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from mechlin.core.errors import MechlinError
from mechlin.core.spec import RunResult
from mechlin.evaluation import chain, verifying
from mechlin.evaluation import forecasts as kept
from mechlin.evaluation.cards import read_head
from mechlin.evaluation.chain import Head
from mechlin.evaluation.forecasts import FILE, Forecast
from mechlin.evaluation.scores import Tally
from mechlin.study.foreseen import drafted, met_conditions, open_measured, stored_runs, tallied
from mechlin.study.rehearsal import Rehearsal
from mechlin.study.results import Result


@dataclass(frozen=True, repr=False)
class Forecasts(Result):
    """The register in a folder, read anew whenever it is asked; ``today`` stands for the clock where it is given."""

    folder: Path
    today: date | None = None

    bars = ("id", "crps")

    @property
    def all(self) -> tuple[Forecast, ...]:
        """Every forecast in the order in which they came, drafts, void and superseded ones too."""
        return tuple(kept.forecasts(self._register, self._now.date()).values())

    @property
    def due(self) -> tuple[Forecast, ...]:
        """Those whose number should have been published by now and that have not been scored."""
        return tuple(f for f in self.all if f.state is kept.State.due)

    @property
    def head(self) -> Head:
        """How many entries there are and the hash of the last: what is to be published elsewhere."""
        return self._register.head

    @property
    def tallies(self) -> tuple[dict[str, Tally], dict[str, Tally], Tally | None]:
        """How good settled forecasts were: by indicator, by maker, and all together where there are ten."""
        return tallied([f for f in self.all if f.scored and f.state is not kept.State.void])

    def __getitem__(self, name: str) -> Forecast:
        """Return the forecast of that id; raise UsageError, with the nearest, where there is none."""
        return kept.find(self._register, name, self._now.date())

    def seal(
        self,
        result: Rehearsal | str | Path,
        indicator: str,
        period: int,
        *,
        settles: str,
        by: str,
        on: str = "",
        second: str = "",
        side: str = "with",
        similar: Iterable[str] = (),
        question: str = "",
        supersedes: str = "",
        draft: bool = False,
    ) -> Forecast:
        """Seal what a rehearsal says of an indicator in a year, and return it.

        ``result`` is a rehearsal or the folder in which one was stored, ``settles`` the source whose number settles it, ``on``
        the day on which that is published (next_release of its card unless told), ``by`` and ``second`` offices. With
        ``draft`` nothing is sealed. Raises Refused, with every reason and repair.
        """
        measured = open_measured(self.folder)
        runs = _runs(result, side) if isinstance(result, Rehearsal) else stored_runs(result, side)
        made = drafted(measured, runs, indicator, period, settles, by, on, second, side, similar, question)
        return kept.seal(measured, made, self._now, supersedes, draft)[0]

    def score(self, doses: str | Path | None = None) -> list[Forecast]:
        """Score every forecast that has an observation it was not scored on yet, and return those.

        With a table of ``doses`` each score also says whether half of what its package planned was delivered. Raises
        Refused, after the others were scored, where some cannot be.
        """
        met = met_conditions(self.all, Path(doses)) if doses else {}
        scored, problems, _ = kept.score_all(open_measured(self.folder), self._now, met)
        if problems:
            raise kept.Refused("\n".join(map(str, problems)))
        return scored

    def void(self, name: str, reason: str, *, by: str, second: str) -> Forecast:
        """Make a forecast void, with a reason and the signatures of two offices; it stays and is counted."""
        return kept.void(open_measured(self.folder), name, reason, by, second, self._now)

    def verify(self, heads: Iterable[str] = ()) -> list[str]:
        """Return everything that is not as it was sealed, held against published heads ("12:9f2c…"); none where all is."""
        published = [*(Head.of(text) for text in heads), *verifying.noted_heads(self.folder)]
        return verifying.verify(self._register, self._now, published, open_measured(self.folder))

    def line(self) -> str:
        """Return how many there are in each state, and the head."""
        found = Counter(str(f.state) for f in self.all)
        told = ", ".join(f"{count} {state}" for state, count in found.items())
        return f"{sum(found.values())} forecasts: {told}; head {self.head}" if found else "no forecast yet"

    def records(self) -> list[dict[str, Any]]:
        """Return a row for each forecast: what it says, where it stands, what came and its scores."""
        return [_row(f) for f in self.all]

    @property
    def _register(self) -> chain.Register:
        return chain.read(self.folder / FILE)

    @property
    def _now(self) -> datetime:
        return datetime.combine(self.today, time(12), UTC) if self.today else datetime.now(UTC)


def _runs(result: Rehearsal, side: str) -> list[RunResult]:
    if side not in ("with", "without"):
        raise MechlinError(f"side = {side!r} is not possible; write with or without")
    return [pair[side == "without"] for pair in result.comparison.pairs]


def _row(f: Forecast) -> dict[str, Any]:
    e, score, came = f.sealed, f.score, f.scored[-1] if f.scored else {}
    return {
        "id": f.id,
        "state": str(f.state),
        "indicator": e["indicator"],
        "place": e["place"],
        "period": e["period"],
        "unit": e["unit"],
        "middle": e["middle"],
        "low": e["inside"][0],
        "high": e["inside"][1],
        "sealed_at": e["at"],
        "by": e["by"],
        "source": e["settles"]["source"],
        "on": e["settles"]["on"],
        "observed": came.get("value"),
        "inside": came.get("inside"),
        "crps": came.get("crps"),
        "interval_score": came.get("interval"),
        "pit": came.get("pit"),
        "conditions": came.get("conditions"),
        **{f"skill_{name}": value for name, value in (score.skill() if score else {}).items()},
    }


def open_forecasts(folder: str | Path = "measured", today: date | None = None) -> Forecasts:
    """Open the register of forecasts in a folder of what was measured, to seal, list, score and verify.

    ``today`` stands for the clock. Raises UsageError where the folder is none of what was measured.

    >>> import tempfile
    >>> from datetime import date
    >>> import mechlin
    >>> from mechlin.city.toy import toy_city
    >>> from mechlin.study.measured_folder import new_folder
    >>> city = toy_city(600)
    >>> register = mechlin.open_forecasts(new_folder(tempfile.mkdtemp(), city), today=date(2002, 6, 1))
    >>> register
    <Forecasts: no forecast yet>
    >>> result = mechlin.rehearse(city, {"cameras": {"cameras": 4}}, runs=2, until="2002-12")
    >>> one = register.seal(result, "poverty", 2002, settles="Register", on="2003-03-01", by="data unit")
    >>> one.id, str(one.state), register.verify()
    ('poverty-A_made_up_city-2002', 'sealed', [])
    >>> register.to_frame().select("id", "state", "source").rows()
    [('poverty-A_made_up_city-2002', 'sealed', 'Register')]
    """
    read_head(Path(folder))
    return Forecasts(Path(folder), today)
