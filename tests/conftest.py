"""What the tests share: small generated cities and made-up results, nothing downloaded, nothing random by the clock."""

import os
import shutil

import numpy as np
import pytest
from hypothesis import settings

from mechlin.core.declare import Card
from mechlin.core.spec import RunResult, RunSpec
from mechlin.study.comparison import Comparison

# Compiled code is slow the first time; a deadline would blame the property for it. Derandomised: the same
# cases on every machine, every time.
settings.register_profile("mechlin", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("mechlin")


def pytest_collection_modifyitems(items):
    """Let the files with a browser begin first: they are the longest, and so the cores end together."""
    items.sort(key=lambda item: "web" not in item.path.parts)


@pytest.fixture(scope="session")
def toy():
    """Return the small generated city."""
    from mechlin.city.toy import toy_city

    return toy_city()


FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    """Return where a browser is; without one these tests are skipped, and say so."""
    found = os.environ.get("MECHLIN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("NO BROWSER: install Debian's chromium, or set MECHLIN_CHROMIUM, to test the page in one")
    return found


@pytest.fixture(scope="session")
def browser(chromium):
    """Return the browser that all tests share."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


# -------------------------------------- made-up results, so that what is said about them is tested without a city

YEARS = np.arange(2001, 2019)
AREAS = 12
CARDS = {
    "population": Card("population", "Residents on 1 January", "persons", headline=True, when="january"),
    "net_migration.families": Card(
        "net_migration.families", "Net migration of families", "persons", headline=True, adds_up=True,
        numerator="arrivals less leavers", source="Population register",
    ),
    "rent_burden": Card("rent_burden", "Rent as a share of income", "share", "down", headline=True),
    "poverty": Card("poverty", "Residents in poverty", "share", "down", headline=True, denominator="residents"),
    "displaced": Card("displaced", "Residents displaced", "persons", "down", headline=True, adds_up=True),
    "births": Card("births", "Births in the year", "births", adds_up=True),
    "areas.population": Card("areas.population", "Residents by area", "persons"),
}  # fmt: skip


def a_result(seed, with_package, notes=()):
    """Return a result: families stay with the package, poverty is noise, births are the same to the bit."""
    noise, own = np.random.default_rng(seed), np.random.default_rng(seed + 1000 * with_package)
    n = YEARS.size
    series = {
        "population": 75000
        + 700 * np.arange(n)
        + noise.normal(0, 300, n)
        + with_package * (20 + own.normal(0, 9)) * np.arange(n),
        "net_migration.families": np.round(noise.normal(-60, 25, n) + with_package * own.normal(17, 8, n)),
        "rent_burden": 0.27
        + 0.002 * np.arange(n)
        + noise.normal(0, 0.002, n)
        + with_package * own.normal(0.004, 0.0015),
        "poverty": 0.15 + own.normal(0, 0.004, n),
        "displaced": np.round(noise.normal(90, 9, n) + with_package * own.normal(12, 5)),
        "births": np.round(noise.normal(1000, 20, n)),
    }
    series["population"][0] = 75500.0
    areas = noise.normal(900, 40, (n, AREAS)) + with_package * np.linspace(-30, 60, AREAS) * np.arange(n)[:, None] / n
    ledger = [
        {"programme": p, "year": int(y), "payer": payer, "kind": kind, "eur": float(eur + seed * 100)}
        for y in YEARS
        for p, payer, kind, eur in (
            ("home_renovation", "city", "investment", 900_000),
            ("home_renovation", "residents", "investment", 2_400_000),
            ("service_tenancy", "city", "running", 60_000),
        )
    ]
    package = {"home_renovation": {"start": "2003-01"}, "service_tenancy": {"start": "2017-01"}}
    return RunResult(
        spec=RunSpec("toy", package=package if with_package else {}, seed=seed, population=seed, version="test"),
        years=YEARS, series=series, areas={"areas.population": areas},
        ledger=tuple(ledger) if with_package else (),
        reached={"home_renovation": [4] * n, "service_tenancy": [0] * (n - 2) + [4, 15]} if with_package else {},
        acted={
            "home_renovation": np.outer(np.arange(n) >= 2, np.arange(AREAS) % 3) * 0.5 * seed,
            "service_tenancy": np.zeros((n, AREAS)),
        } if with_package else {},
        notes=tuple(notes) if with_package else (), seconds=1.0,
    )  # fmt: skip


def a_comparison(pairs=16, notes=()):
    runs = [[a_result(seed, world, notes) for seed in range(1, pairs + 1)] for world in (True, False)]
    return Comparison.of(*runs, cards=CARDS)


@pytest.fixture(scope="session")
def comparison():
    return a_comparison()


@pytest.fixture(scope="session")
def build():
    return a_comparison


@pytest.fixture(scope="session")
def made_up():
    return a_result


@pytest.fixture
def instead_of_runs(monkeypatch):
    """Return what puts a function in the place of running a city; the work then stays in this process, however much."""

    def put(run):
        monkeypatch.setattr("mechlin.runs.workers.run", run)
        monkeypatch.setattr("mechlin.runs.workers._WORTH_PROCESSES", float("inf"))

    return put
