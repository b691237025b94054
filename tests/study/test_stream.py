"""A list of cities, one at a time: what is there is not computed again, what cannot be is said and passed by."""

import polars as pl
import pytest

import mechlin.engine.simulation as engine_run
from mechlin.city.tables.scaffold import write_city
from mechlin.core.errors import InputError, UsageError
from mechlin.study.stream import cities_in, stream

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own

MEASURE = "[home_renovation]\nhomes_per_year = 60.0\n"


@pytest.fixture
def towns(tmp_path):
    """Two small towns and one whose tables cannot be, in a folder; and a package."""
    for name in ("Aalst", "Boom", "Lier"):
        write_city(tmp_path / "towns" / name, name)
    (tmp_path / "towns" / "Lier" / "areas.csv").write_text("code\n", encoding="utf-8")
    (tmp_path / "measure.toml").write_text(MEASURE, encoding="utf-8")
    return tmp_path


def test_cities_stream_one_after_the_other_and_a_stopped_stream_goes_on(towns):
    wrong, out = [], towns / "out"
    names = cities_in(towns / "towns")
    assert len(names) == 3
    rest = stream(names, towns / "measure.toml", out=out, runs=2, until="2001-12", refused=lambda *w: wrong.append(w))
    first = next(rest)
    stamp = first.stat().st_mtime_ns
    files = list(
        stream(names, towns / "measure.toml", out=out, runs=2, until="2001-12", refused=lambda *w: wrong.append(w))
    )
    assert [f.stem for f in files] == ["Aalst", "Boom"] and files[0].stat().st_mtime_ns == stamp
    assert wrong[0][0] == "Lier" and "areas.csv" in wrong[0][1]
    table = pl.read_parquet(out / "cities" / "*.parquet")
    assert set(table["city"]) == {"Aalst", "Boom"} and table["pairs"].unique().to_list() == [2]


def test_residents_of_a_finished_city_are_let_go(towns):
    for _ in stream(cities_in(towns / "towns")[:2], "nothing", out=towns / "let_go", runs=1, until="2001-12"):
        assert engine_run.residents.cache_info().currsize == 0 and not engine_run._STARTS.kept


def test_without_anybody_to_tell_the_error_is_raised(towns):
    with pytest.raises(InputError):
        list(stream([str(towns / "towns" / "Lier")], "nothing", out=towns / "out", runs=1, until="2001-12"))


def test_a_list_of_names_may_have_comments(tmp_path):
    (tmp_path / "list.txt").write_text("mechelen\n# not this one\n\n/there # a folder\n", encoding="utf-8")
    assert cities_in(tmp_path / "list.txt") == ["mechelen", "/there"]
    with pytest.raises(UsageError):
        cities_in(tmp_path / "none.txt")
