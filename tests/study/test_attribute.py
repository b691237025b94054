"""Attribution with made-up runs whose shares are known: what each measure does is added by hand."""

import json
from dataclasses import replace

import pytest

from mechlin.cli.main import main
from mechlin.core.errors import UsageError
from mechlin.runs.store import Store
from mechlin.study import attribution as module
from mechlin.study.attribution import attribute

pytestmark = pytest.mark.slow

BOTH = """[home_renovation]
homes_per_year = 50.0
[service_tenancy]
homes = 20
"""


@pytest.fixture
def store(tmp_path, instead_of_runs, made_up):
    """Renovation adds 100 residents, tenancies 40, both together 30 more; luck adds the same to all sets."""
    done = []

    def run(spec, city):
        done.append(spec)
        result = made_up(spec.seed, False)
        both = {"home_renovation", "service_tenancy"}
        extra = 100.0 * ("home_renovation" in spec.package) + 40.0 * ("service_tenancy" in spec.package)
        extra += 30.0 * (both <= set(spec.package))
        series = {**result.series, "population": result.series["population"] + extra}
        rows = [{"programme": p, "year": 2001, "payer": "city", "kind": "running", "eur": 1000.0} for p in spec.package]
        return replace(result, spec=spec, series=series, ledger=tuple(rows), areas={})

    instead_of_runs(run)
    kept = Store(tmp_path / "runs")
    kept.computed = done
    return kept


@pytest.fixture
def package(tmp_path):
    file = tmp_path / "both.toml"
    file.write_text(BOTH, encoding="utf-8")
    return file


def told(found):
    return {s.measure: s for s in found.shares if s.indicator == "population"}


def test_shares_synergy_and_additivity_are_those_put_in(store, package):
    found = attribute("mechelen", package, indicators=["population"], runs=4, store=store)
    shares = told(found)
    assert (shares["home_renovation"].share, shares["service_tenancy"].share) == (115.0, 55.0)
    assert shares["home_renovation"].verdict == "up" and shares["home_renovation"].part == pytest.approx(115 / 170)
    assert shares["home_renovation"].eur_per_unit == pytest.approx(1000 / 115)
    assert [s.synergy for s in found.synergies] == [30.0]
    (whole,) = found.additivity
    assert (whole.alone, whole.together, whole.verdict) == (140.0, 170.0, "more together")
    assert len(store.computed) == 16  # four sets in four worlds, none twice


def test_beyond_ten_measures_orders_are_sampled_and_shares_still_add_up(store, package, monkeypatch):
    monkeypatch.setattr(module, "EXACT", 1)
    found = attribute("mechelen", package, indicators=["population"], runs=5, store=store)
    shares = told(found)
    assert shares["home_renovation"].share + shares["service_tenancy"].share == pytest.approx(170.0)
    assert shares["home_renovation"].share == pytest.approx(115.0)  # an order and its reverse average the two
    assert found.additivity[0].verdict == "more together" and "reverse" in found.method


def test_what_is_kept_is_not_computed_again(store, package):
    first = attribute("mechelen", package, indicators=["population"], runs=4, store=store)
    again = attribute("mechelen", package, indicators=["population"], runs=4, store=store)
    assert again.to_json() == first.to_json() and len(store.computed) == 16


def test_nothing_to_share_out_and_unknown_indicators_are_wrong_use(store, package):
    with pytest.raises(UsageError, match="same package"):
        attribute("mechelen", "nothing", store=store)
    with pytest.raises(UsageError, match="popularity"):
        attribute("mechelen", package, indicators=["popularity"], runs=4, store=store)


def test_the_command_writes_page_and_numbers(store, package, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    out = tmp_path / "out"
    words = ["attribute", "mechelen", "--package", str(package), "--runs", "4", "--indicator", "population"]
    assert main([*words, "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert "Renovation of poor homes" in text and "+115 (the same in" in text
    assert json.loads((out / "attribution.json").read_text())["shares"][0]["share"] == 115.0
    assert "which measure carried" in (out / "attribution.html").read_text(encoding="utf-8")
