"""Every study goes to the cluster that was named, and to nobody when there is none."""

import inspect
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

import mechlin
from mechlin.city.toy import toy_city
from mechlin.core.errors import UsageError
from mechlin.runs import cluster as runs_cluster
from mechlin.runs.store import Store

pytestmark = pytest.mark.slow

CAMERAS = {"cameras": {"start": "2001-01", "cameras": 4}}
BOTH = CAMERAS | {"youth_workers": {"start": "2001-01", "workers": 2}}
ROWS = "indicator,year,value,low,high,unit,source,tag,note\n" + "\n".join(
    f"population,{year},{people},,,persons,,," for year, people in ((2001, 598), (2002, 604), (2003, 611))
)


def backtest(city, tmp_path, **more):
    (tmp_path / "seen.csv").write_text(ROWS, encoding="utf-8")
    return mechlin.backtest(city, tmp_path / "seen.csv", since=2003, package="nothing", runs=4, **more)


STUDIES = {
    "attribute": lambda city, _, **more: mechlin.attribute(
        city, BOTH, indicators=["offences"], runs=2, until="2001-12", **more
    ),
    "backtest": backtest,
    "discover": lambda city, _, **more: mechlin.discover(
        city, "offences", CAMERAS, count=4, people=None, until="2001-12", **more
    ),
    "optimise": lambda city, _, **more: mechlin.optimise(
        city, 1e6, "offences", CAMERAS, trials=4, runs=2, until="2001-12", **more
    ),
    "rehearse": lambda city, _, **more: mechlin.rehearse(city, CAMERAS, runs=2, until="2001-12", **more),
    "screen": lambda city, _, **more: mechlin.screen(
        city, CAMERAS, trajectories=2, people=None, until="2001-12", numbers=["safety.theft_level"], **more
    ),
}


def test_every_study_can_be_sent_elsewhere():
    """Whatever in Mechlin's own Python runs many worlds takes the address of a scheduler."""
    functions = [n for n in mechlin.__all__ if inspect.isfunction(getattr(mechlin, n))]
    many = [n for n in functions if "threads" in inspect.signature(getattr(mechlin, n)).parameters]
    assert {"calibrate", *STUDIES} <= set(many)
    assert [n for n in many if "cluster" not in inspect.signature(getattr(mechlin, n)).parameters] == []


@pytest.mark.parametrize("name", STUDIES)
def test_runs_go_to_the_address_that_was_named(name, tmp_path, monkeypatch):
    asked = []

    class Counting(ThreadPoolExecutor):
        def submit(self, *given, **more):
            asked.append("run")
            return super().submit(*given, **more)

    @contextmanager
    def at(address):
        asked.append(address)
        with Counting(1) as pool:
            yield pool

    for module in ("attribution", "discovery", "optimisation", "rehearsal", "sensitivity"):
        monkeypatch.setattr(f"mechlin.study.{module}.executor_at", at)
    keeps = {"store": Store(tmp_path / "runs")} if name != "rehearse" else {"out": tmp_path}
    STUDIES[name](toy_city(600), tmp_path, cluster="tcp://somewhere:8786", **keeps)
    assert asked[0] == "tcp://somewhere:8786" and "run" in asked


def test_an_empty_address_is_refused():
    with pytest.raises(UsageError, match="names no scheduler"), runs_cluster.executor_at(" "):
        pass
