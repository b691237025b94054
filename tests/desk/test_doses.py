"""What a desk delivered meets what measuring and rehearsing read; and no subtraction of tables tells of anybody."""

import random
from datetime import UTC, datetime

import pytest

from mechlin import measures
from mechlin.cli.main import main
from mechlin.core.errors import UsageError
from mechlin.desk.casework import doses
from mechlin.desk.casework.declare import NUMBER, Action, Field, Procedure, Stage
from mechlin.desk.casework.doses import Counted, counted, table
from mechlin.evaluation import doses as read
from mechlin.evaluation.doses import read_doses
from tests.desk.conftest import make_desk

KNOWN = measures.catalogue()


def homes(public=None):
    """Homes let for a while, with hours: the smallest procedure that delivers."""
    return Procedure(
        "homes", "H", "Homes", "mechlin.law.service_tenancy", lambda day: "x",
        (Stage("let"), Stage("ended", ends=True)),
        (Action("let", "Let", ("clerk",), after="let"),
         Action("hours", "Hours", ("clerk",), ("let",), fields=(Field("all", "Hours in all", NUMBER),)),
         Action("ended", "End", ("clerk",), ("let",), "ended")),
        public=public,
        doses=lambda look: {"service_tenancy.homes": float(look.state.stage == "let"),
                            "hours_confirmed": look.answers.get("all", 0.0)},
    )  # fmt: skip


def a_year(folder, number, hours, public=None):
    town = make_desk(folder / "desk", "sqlite", {"homes": homes(public)})
    town.now = datetime(2026, 1, 2, 9, tzinfo=UTC)
    cases = [town.act("clerk", "let", procedure="homes").case for _ in range(number)]
    town.now = datetime(2026, 7, 1, 9, tzinfo=UTC)
    for case in cases:
        town.act("clerk", "hours", case, {"all": hours})
    town.act("clerk", "ended", cases[0])
    return town


def of(town, year=2026, today="2027-02-01"):
    with town.office.home.database.read() as conn:
        return counted(town.office, conn, year, today)


def test_a_year_at_the_desk_stands_in_the_table_that_a_rehearsal_reads(tmp_path):
    town = a_year(tmp_path, 8, 100)
    found = {c.name: c for c in of(town)}
    assert found["service_tenancy.homes"].amount == 7.5 and found["hours_confirmed"].amount == 800
    assert found["service_tenancy.hours_week"].amount == pytest.approx(800 / 7.5 / (365.25 / 7))
    file = tmp_path / "doses.csv"
    file.write_text(table(of(town), 2026), encoding="utf-8")
    told = {(d.name, d.month % 12): d for d in read_doses(file, KNOWN).doses}
    assert len(told) == 24 and told["service_tenancy.homes", 0].middle == 7.5  # every month says the same
    assert told["service_tenancy.homes", 0].low == told["service_tenancy.homes", 11].high == 7.5


def test_fewer_than_five_are_told_as_one_to_four_in_every_table(tmp_path):
    found = of(a_year(tmp_path, 3, 100))
    by = {c.name: c for c in found}
    assert by["service_tenancy.homes"].told == "1 to 4" and "service_tenancy.hours_week" not in by
    file = tmp_path / "doses.csv"
    file.write_text(table(found, 2026), encoding="utf-8")
    assert {(d.low, d.high) for d in read_doses(file, KNOWN).doses} == {(1.0, 4.0)}
    assert "2.5" not in file.read_text(encoding="utf-8") and doses.MASKED_BELOW == read.MASKED_BELOW
    people = [Counted("family_therapy.families", "x", 3, True)]
    file.write_text(table(people, 2026), encoding="utf-8")
    one = read_doses(file, KNOWN).doses[0]
    assert one.masked and one.high >= 4  # masked by both


def test_what_stands_in_a_public_register_is_told_as_it_is(tmp_path):
    assert of(a_year(tmp_path, 3, 1, public=lambda look: []))[-1].masked is False


def test_a_year_that_is_not_over_is_not_told_and_later_tables_say_the_same_of_it(tmp_path):
    town = a_year(tmp_path, 6, 100)
    with pytest.raises(UsageError, match="2026 is not over"):
        of(town, today="2026-12-31")
    before = table(of(town), 2026)
    town.now = datetime(2027, 3, 1, 9, tzinfo=UTC)
    town.act("clerk", "let", procedure="homes")
    assert table(of(town, today="2028-01-01"), 2026) == before


@pytest.mark.slow
def test_no_pair_of_tables_gives_back_a_masked_count():
    """A thousand random pairs: whatever is subtracted, a masked cell looks the same for one, two, three or four."""
    rng = random.Random(3)
    for _ in range(1000):
        others = [Counted("starter_grants.meetings", "g", rng.randint(5, 90), False)]
        small = [[*others, doses._masked("service_tenancy.homes", homes(), n)] for n in rng.sample(range(1, 5), 2)]
        tables = {table([*cells, *doses._rates(cells)], 2026) for cells in small}
        assert len(tables) == 1


def test_the_command_writes_it_and_measure_reads_it(tmp_path, monkeypatch, capsys):
    """The desk's table makes the package that ``rehearse --package delivered`` takes."""
    a_year(tmp_path, 6, 100)
    monkeypatch.chdir(tmp_path)
    assert main(["desk", "doses", "--year", "2099"]) == 2
    capsys.readouterr()
    text = table(
        [Counted("cameras.cameras", "cameras", 12, False), Counted("service_tenancy.homes", "t", 3, True)], 2026
    )
    (tmp_path / "doses.csv").write_text(text, encoding="utf-8")
    assert main(["measure", "doses", "doses.csv", "--city", "mechelen"]) == 0
    out = capsys.readouterr().out
    assert "cameras.cameras" in out and "--package delivered" in out
