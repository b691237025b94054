"""Long tables as people have them: everything that is wrong is told at once, with row and repair."""

import numpy as np
import polars as pl
import pytest

from mechlin.core.errors import InputError
from mechlin.evaluation import periods
from mechlin.evaluation.panel import read_panel
from mechlin.evaluation.pool import apart, nearest_before, place_km, towns_table
from mechlin.evaluation.shipped import shipped

YEARS = range(2000, 2010)


def rows(towns="ABCDEF", years=YEARS, seed=1):
    rng = np.random.default_rng(seed)
    return [(t, y, round(float(20 + k + rng.normal()), 3)) for k, t in enumerate(towns) for y in years]


def written(tmp_path, lines, name="panel.csv", head="town,year,value"):
    file = tmp_path / name
    file.write_text("\n".join([head, *(",".join(str(c) for c in line) for line in lines)]) + "\n", encoding="utf-8")
    return file


def problems(*given, **more):
    with pytest.raises(InputError) as caught:
        read_panel(*given, **more)
    return [str(p) for p in caught.value.problems]


def test_everything_wrong_is_told_at_once_with_its_row(tmp_path):
    lines = rows()
    lines[0] = ("A", 2000, '"12,5"')
    lines[3] = ("A", "20x3", 4)
    lines[5] = ("", 2005, 4)
    lines[12] = ("B", 2002, "inf")
    lines.append(("C", 2004, 3))
    told = problems(written(tmp_path, lines), "Z", 1500)
    assert len(told) == 6
    assert "panel.csv, row 7, column town: no town is named" in told[0]
    assert "row 5, column year: '20x3' is no year" in told[1]
    assert "row 2, column value: '12,5' is no number" in told[2] and "point for decimals" in told[2]
    assert "row 14, column value: inf is no figure" in told[3]
    assert "C has 2 rows for 2004: rows 26, 62" in told[4] and "keep one row" in told[4]
    assert "'Z' is not in the table" in told[5]


def test_a_wrong_cell_of_another_town_does_not_hide_what_is_wrong_with_the_town_itself(tmp_path):
    lines = [(t, y, 7.0 if t == "A" else v) for t, y, v in rows()]
    lines[12] = ("B", 2002, "inf")
    told = problems(written(tmp_path, lines), "A", 2015)
    assert len(told) == 3 and "inf is no figure" in told[0]
    assert "A has no figure from 2015 on" in told[1] and "A has 7 in every period" in told[2]
    lines[2] = ("A", 2002, "many")  # what cannot be read of the town itself is told, and nothing that follows from it
    told = problems(written(tmp_path, lines), "A", 2015)
    assert len(told) == 2 and "'many' is no number" in told[0] + told[1]


def test_many_problems_of_one_kind_are_counted(tmp_path):
    some = [(t, y, v if t in "ABCD" else "few") for t, y, v in rows()]
    told = problems(written(tmp_path, some), "A", 2005)
    assert len(told) == 13 and "8 more rows" in told[-1]
    told = problems(written(tmp_path, [(t, y, "few") for t, y, _ in rows()]), "A", 2005)
    assert len(told) == 1 and "row 2" in told[0] and "and so in 60 of 60 rows" in told[0]


def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path):
    file = written(tmp_path, rows(), head="Gemeente,Jaar,Waarde")
    assert read_panel(file, "A", 2005).town == "A"  # usual names are found by themselves
    told = problems(file, "A", 2005, {"value": "Warde"})
    assert "there is no column 'Warde'" in told[0] and "did you mean 'Waarde'?" in told[0]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_usual_mark_between_cells_and_a_mark_of_order(tmp_path, mark):
    file = tmp_path / "p.csv"
    text = "\n".join([mark.join(("town", "year", "value")), *(mark.join(map(str, r)) for r in rows())])
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_panel(file, "A", 2005).before == 5


def test_a_table_as_a_spreadsheet_saves_it_in_mechelen_is_read(tmp_path):
    """Semicolons, decimal commas, Windows-1252: what Excel writes in Dutch and French."""
    lines = ["Gemeente;Jaar;Inbraken", *(f"Liège {t};{y};{v:.2f}".replace(".", ",") for t, y, v in rows())]
    file = tmp_path / "p.csv"
    file.write_bytes("\r\n".join(lines).encode("cp1252"))
    found = read_panel(file, "Liège A", 2005)
    assert found.table[0, 0] == round(rows()[0][2], 2) and found.towns[1] == "Liège B"


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda v: f"{v * 50:.0f}" if v < 20 else f"{v / 20:.3f}", "may be 1."),  # 985 beside 1.020
        (lambda v: f"{v:.3f}".replace(".", ","), "may be "),  # 19,412 in every row
        (lambda v: f"€ {v:.2f}", "no unit"),
    ],
)
def test_figures_that_can_be_read_in_two_ways_are_told_once(tmp_path, write, said):
    file = tmp_path / "p.csv"
    file.write_text("\n".join(["town;year;value", *(f"{t};{y};{write(v)}" for t, y, v in rows())]), encoding="utf-8")
    told = problems(file, "A", 2005)
    assert len(told) == 1 and said in told[0]


@pytest.mark.parametrize(
    "write",
    [
        lambda v: f"{v:.3f}",
        lambda v: f"{1000 * v:,.0f}".replace(",", " "),
        lambda v: f"{v:.1f} %",
        lambda v: f"{v:.2f} p",
    ],
)
def test_figures_as_offices_write_them_are_read(tmp_path, write):
    lines = [(t, y, write(v) if (t, y) != ("B", 2003) else ":") for t, y, v in rows()]
    found = read_panel(written(tmp_path, lines), "A", 2005)
    assert found.donors == ("C", "D", "E", "F") and len(str(int(found.table[0, 0]))) in (2, 5)


def test_a_code_for_what_is_not_known_is_no_figure(tmp_path):
    lines = [(t, y, -999 if (t, y) == ("B", 2003) else v) for t, y, v in rows()]
    told = problems(written(tmp_path, lines), "A", 2005)
    assert len(told) == 1 and "row 15, column value: -999 stands alone below zero" in told[0]
    below = [(t, y, v - 20) for t, y, v in lines]
    assert read_panel(written(tmp_path, below), "A", 2005).donors[0] == "B", "among others below zero it may be one"


def test_a_name_is_one_name_however_it_was_typed(tmp_path):
    names = dict(zip("ABCDEF", ["Sint\u00a0Niklaas", "Lie\u0300ge", " Ath ", "D", "E", "F"], strict=True))
    file = written(tmp_path, [(names[t], y, v) for t, y, v in rows()])
    assert read_panel(file, "Liège", 2005).donors == ("Ath", "D", "E", "F", "Sint Niklaas")


def test_a_table_of_single_cases_is_told_once(tmp_path):
    lines = [(t, y, kind, 1) for t, y, _ in rows() for kind in ("theft", "fraud")]
    told = problems(written(tmp_path, lines, head="town,year,kind,value"), "A", 2005)
    assert len(told) == 1 and "in 60 of 60 towns and periods" in told[0] and "one value of kind" in told[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("town,2004,2005,2006\nA,1,2,3\n", "a column for each period (2004, 2005 and so on)"),
        ("town,value,value\nA,1,2\n", "two columns are named 'value'"),
        ("Figures of 2019\n\ntown,year,value\nA,2004,3\n", "is no heading: row 3 has more cells"),
        ('town,year,value\nA,2004,"3\nB,2004,4\n', "a quotation mark may have no end"),
    ],
)
def test_what_is_no_long_table(tmp_path, text, said):
    file = tmp_path / "p.csv"
    file.write_text(text, encoding="utf-8")
    told = problems(file, "A", 2005)
    assert len(told) == 1 and said in told[0]
    assert "a dict is no table" in problems({"town": ["A"]}, "A", 2005)[0]


def test_what_exports_put_around_a_table_is_passed_by(tmp_path):
    """A line for Excel, an index without a heading, lines in which nothing stands, old line ends."""
    lines = [f"{k};{t};{y};{v}" for k, (t, y, v) in enumerate(rows())]
    file = tmp_path / "p.csv"
    file.write_bytes("\r".join(["sep=;", ";town;year;value", *lines, ";;;", ";;;"]).encode())
    assert read_panel(file, "A", 2005).table[0].tolist() == [v for _, _, v in rows()[:10]]


def test_points_and_commas_for_decimals_in_one_column_are_refused(tmp_path):
    lines = rows()
    lines[3] = ("A", 2003, '"1,25"')
    assert "'1,25' is no number" in problems(written(tmp_path, lines), "A", 2005)[0]


@pytest.mark.parametrize(("data", "said"), [(b"", "empty"), (b"PK\x03\x04\x14\x00rest\n", "save its sheet as CSV")])
def test_what_is_no_table(tmp_path, data, said):
    file = tmp_path / "p.csv"
    file.write_bytes(data)
    assert said in problems(file, "A", 2005)[0]
    assert "there is no file" in problems(tmp_path / "none.csv", "A", 2005)[0]


def test_a_row_with_too_many_cells_is_told(tmp_path):
    told = problems(written(tmp_path, [*rows(), ("A", 2011, 3, 4)]), "A", 2005)
    assert len(told) == 1 and "row 62: the row has 4 cells, the heading 3" in told[0]


def test_one_town_is_no_comparison(tmp_path):
    assert "A is the only town" in problems(written(tmp_path, rows("A")), "A", 2005)[0]


@pytest.mark.parametrize(
    ("change", "start", "said"),
    [
        (lambda t, y, v: (t, y, "" if (t, y) == ("A", 2003) else v), 2005, "A has no figure for 2003"),
        (lambda t, y, v: (t, y, 7 if t == "A" else v), 2005, "A has 7 in every period"),
        (lambda t, y, v: (t, y, "" if t == "A" and y > 2004 else v), 2005, "no figure from 2005 on"),
        (lambda t, y, v: (t, y, "" if t == "A" and y < 2005 else v), 2005, "no figure before 2005"),
        (lambda t, y, v: (t, y, "" if t == "A" else v), 2005, "A has no figure"),
        (lambda t, y, v: (t, y, v), 2000, "no figure before 2000"),
        (lambda t, y, v: (t, y, v), 2015, "no figure from 2015 on"),
        (lambda t, y, v: (t, y, v if t == "A" else 3), 2005, "left to compare with, beside 5 that never move"),
        (
            lambda t, y, v: (t, y, v if t in "AB" or y != 2003 else ""),
            2005,
            "beside 4 with gaps; repair: fill the gaps, of C",
        ),
        (lambda t, y, v: (t, y, v if y > 2004 else 0), 2005, "nothing moves in any town before 2005"),
        (lambda t, y, v: (t, y, v * (1e300 if t == "A" else 1)), 2005, "is no figure"),
    ],
)
def test_what_makes_the_town_itself_unfit(tmp_path, change, start, said):
    assert said in problems(written(tmp_path, [change(*r) for r in rows()]), "A", start)[0]


def test_towns_that_are_no_comparison_are_left_out_with_their_reason(tmp_path):
    change = {("B", 2003): "", ("B", 2004): "NA", ("B", 2009): "."}
    lines = [(t, y, change.get((t, y), 5 if t == "C" else v)) for t, y, v in rows()]
    found = read_panel(written(tmp_path, lines), "A", 2005, excluded={"D": "took it too"})
    assert found.donors == ("E", "F")
    assert [tuple(t) for t in found.left_out] == [
        ("D", "named", "took it too"), ("B", "gaps", "2003 to 2004, 2009"), ("C", "constant", "5")
    ]  # fmt: skip
    assert (
        "'Q' is excluded and not in the table" in problems(written(tmp_path, lines), "A", 2005, excluded={"Q": ""})[0]
    )


def test_per_cents_beside_shares_between_towns_and_within_one(tmp_path):
    shares = [(t, y, round((v if t != "B" else v / 100) / 1.0, 4)) for t, y, v in rows()]
    told = problems(written(tmp_path, shares), "A", 2005)
    assert len(told) == 1 and "B has shares" in told[0] and "row 12, column value" in told[0]
    inside = [(t, y, round(v / 100, 4) if (t, y) == ("C", 2006) else v) for t, y, v in rows()]
    told = problems(written(tmp_path, inside), "A", 2005)
    assert "C has 0.2" in told[0] and "row 28" in told[0] and "a share beside per cents" in told[0] and len(told) == 1


def test_small_numbers_are_not_taken_for_shares():
    """Rates near one, figures around zero, an index: none of them is a mixture of units."""
    rng = np.random.default_rng(1)
    near_one = [(f"T{k}", 2000 + t, float(np.exp(rng.normal()))) for k in range(20) for t in range(9)]
    around = [(f"T{k}", 2000 + t, float(rng.normal())) for k in range(20) for t in range(9)]
    small = [(f"T{k}", 2000 + t, float(rng.gamma(0.5) * (1 + k))) for k in range(20) for t in range(9)]
    for lines in (near_one, around, small):
        frame = pl.DataFrame(lines, schema=["town", "year", "value"], orient="row")
        assert len(read_panel(frame, "T0", 2005).donors) == 19


def test_counts_of_small_and_large_towns_are_not_taken_for_shares(tmp_path):
    lines = [(t, y, v * 1000 if t == "B" else v / 30) for t, y, v in rows()]
    assert len(read_panel(written(tmp_path, lines), "A", 2005).donors) == 5


def test_towns_that_merged_are_noted_and_added_up_with_a_crosswalk(tmp_path):
    """B and C became G in 2005: without a crosswalk all three have gaps; with it their sum runs through."""
    lines = [("G", y, "") if t == "C" and y > 2004 else (t, y, v) for t, y, v in rows() if not (t == "B" and y > 2004)]
    lines = [("G", y, 40.0 + y - 2005) if t == "G" else (t, y, v) for t, y, v in lines]
    file = written(tmp_path, lines)
    found = read_panel(file, "A", 2005)
    assert found.donors == ("D", "E", "F") and ("merged", {"ended": "B, C", "began": "G", "at": "2005"}) in found.notes
    cross = written(tmp_path, [("B", "G"), ("C", "G")], "cross.csv", "old,new")
    whole = read_panel(file, "A", 2005, crosswalk=cross)
    assert whole.donors == ("D", "E", "F", "G")
    b, c = (next(v for t, y, v in rows() if t == name and y == 2003) for name in "BC")
    assert whole.table[4, 3] == pytest.approx(b + c) and whole.table[4, 6] == 41.0
    about_g = read_panel(file, "G", 2005, crosswalk=cross)
    assert about_g.town == "G"
    assert "G has no figure before 2005" in problems(file, "G", 2005)[0]


def test_merged_rates_are_averaged_by_weight(tmp_path):
    lines = [(*r, 10 if r[0] == "B" else 30) for r in rows()]
    file = written(tmp_path, lines, head="town,year,value,people")
    cross = written(tmp_path, [("B", "G"), ("C", "G")], "cross.csv", "old,new")
    found = read_panel(file, "A", 2005, {"weight": "people"}, cross)
    b, c = (next(v for t, y, v in rows() if t == name and y == 2003) for name in "BC")
    assert found.table[4, 3] == pytest.approx((10 * b + 30 * c) / 40)


def test_what_is_wrong_with_a_crosswalk(tmp_path):
    file = written(tmp_path, rows())
    cross = written(tmp_path, [("B", "C"), ("Q", "C")], "cross.csv", "old,new")
    told = problems(file, "A", 2005, crosswalk=cross)
    assert "Q is not in the panel" in told[0] and "cross.csv, row 3" in told[0]
    assert "C has figures of its own and of towns that became it, in 2000" in told[1]
    cross = written(tmp_path, [("B", ""), ("C", "G"), ("C", "H")], "cross.csv", "old,new")
    told = problems(file, "A", 2005, crosswalk=cross)
    assert "row 2: B has no new name" in told[0] and "row 4: C became both G and H" in told[1]
    assert (
        "there is no column 'new'"
        in problems(file, "A", 2005, crosswalk=written(tmp_path, [("B", "C")], "c2.csv", "old,neww"))[0]
    )


def test_a_period_that_no_town_has_and_a_common_jump_are_noted(tmp_path):
    lines = [(t, y, v + (200 if y > 2006 else 0)) for t, y, v in rows() if y != 2003]
    found = read_panel(written(tmp_path, lines), "A", 2006)
    assert dict(found.notes) == {"hole": {"periods": "2003"}, "jump": {"at": "2007"}}


@pytest.mark.parametrize(
    ("texts", "start", "label", "before"),
    [
        ([f"{y}Q{q}" for y in (2010, 2011, 2012) for q in (1, 2, 3, 4)], "2012", "2012Q1", 8),
        ([f"{y}Q{q}" for y in (2010, 2011, 2012) for q in (1, 2, 3, 4)], "2011Q2", "2011Q2", 5),
        ([f"2015-{m:02d}" for m in range(1, 13)], "2015-07", "2015-07", 6),
        ([f"2015-{m:02d}-01" for m in range(1, 13)], "2015-07", "2015-07", 6),
        ([f"2015/{m:02d}" for m in range(1, 13)], "2015-07", "2015-07", 6),
        ([f"2015M{m:02d}" for m in range(1, 13)], "2015M07", "2015-07", 6),  # Eurostat
        ([f"{y}KW0{q}" for y in (2010, 2011, 2012) for q in (1, 2, 3, 4)], "2011KW02", "2011Q2", 5),  # CBS
        ([f"{y}JJ00" for y in YEARS], "2005", "2005", 5),
        ([f"{y}.0" for y in YEARS], "2005.0", "2005", 5),  # a column of years that once had a gap
        ([f"{y}-12-31 00:00:00" for y in YEARS], 2005, "2005", 5),  # dates of which each year has one
        ([f"{y}-{m}-30" for y in (2010, 2011, 2012) for m in ("03", "06", "09", "12")], "2011Q2", "2011Q2", 5),
    ],
)
def test_periods_as_tables_write_them(tmp_path, texts, start, label, before):
    found = read_panel(written(tmp_path, rows(years=texts)), "A", start)
    assert (found.start, found.before, len(found.labels)) == (label, before, len(texts))


def test_a_start_of_another_kind_is_refused(tmp_path):
    assert "is no year of the table" in problems(written(tmp_path, rows()), "A", "2005Q2")[0]
    assert periods.period("2005Q5") is None and periods.period("2005-13") is None


def test_frames_of_both_kinds_are_read_alike(tmp_path):
    import pandas as pd

    one = pl.DataFrame(rows(), schema=["town", "year", "value"], orient="row")
    two = pd.DataFrame(rows(), columns=["town", "year", "value"])
    three = tmp_path / "p.parquet"
    one.write_parquet(three)
    digests = {read_panel(given, "A", 2005).digest() for given in (one, two, three, written(tmp_path, rows()))}
    assert len(digests) == 1


@pytest.mark.slow
def test_many_rows_are_read_quickly():
    """A million here, in a moment; ten million take some ten seconds, most of it to read the text."""
    towns = np.repeat(np.arange(10_000), 100)
    frame = pl.DataFrame(
        {"town": towns, "year": np.tile(np.arange(1900, 2000), 10_000), "value": np.sin(np.arange(1_000_000)) + 10}
    )
    found = read_panel(frame, "17", 1980)
    assert len(found.donors) == 9_999 and found.table.shape == (10_000, 100)


def test_towns_and_periods_that_do_not_fit_a_table_are_refused():
    frame = pl.DataFrame({"town": np.arange(60_000), "year": 1000 + np.arange(60_000) % 8000, "value": np.ones(60_000)})
    assert "is this the column of towns?" in problems(frame, "17", 1980)[0]


# ----------------------------------------------------------------------------------------------- the pool


def test_neighbours_and_those_who_share_something_are_set_apart(tmp_path):
    panel = read_panel(written(tmp_path, rows()), "A", 2005)
    head = "town,x_km,y_km,police_zone"
    told = [("A", 0, 0, "z1"), ("B", 9, 12, ""), ("C", 0, 15.1, ""), ("D", 90, 0, "z1"), ("E", 50, 0, "z2")]
    found = apart(panel, towns_table(written(tmp_path, told, "towns.csv", head)))
    assert found.donors == ("C", "E", "F") and found.spill_towns == ("B", "D")
    assert [tuple(t) for t in found.left_out] == [("B", "near", "15 km"), ("D", "shared", "police_zone z1")]
    assert found.spill == pytest.approx(panel.table[[1, 3]])


def test_degrees_are_kilometres_on_the_ground(tmp_path):
    """Mechelen and Leuven lie 23 km apart."""
    lines = [("A", 51.028, 4.480), ("B", 50.879, 4.701)]
    told = towns_table(written(tmp_path, lines, "towns.csv", "town,lat,lon"))
    panel = read_panel(written(tmp_path, rows()), "A", 2005)
    assert apart(panel, told, 22.0).spill_towns == () and apart(panel, told, 23.5).spill_towns == ("B",)


def test_a_donor_that_took_the_measure_too_is_refused_until_it_is_excluded(tmp_path):
    told = towns_table(written(tmp_path, [("A", ""), ("B", "2008"), ("C", "2030")], "pool.csv", "town,treated_from"))
    panel = read_panel(written(tmp_path, rows()), "A", 2005)
    with pytest.raises(InputError, match=r"pool.csv, row 3, column treated_from: B took the measure too, from 2008"):
        apart(panel, told)
    assert apart(panel, told, excluded=["B"]).donors == panel.donors
    month = towns_table(written(tmp_path, [("A", ""), ("B", "2008-05")], "pool.csv", "town,treated_from"))
    with pytest.raises(InputError, match="B took the measure too, from 2008-05"):
        apart(panel, month)
    with pytest.raises(InputError, match="'spring 2008' is no period"):
        towns_table(written(tmp_path, [("A", ""), ("B", "spring 2008")], "pool.csv", "town,treated_from"))


def test_what_is_wrong_with_a_table_of_towns(tmp_path):
    with pytest.raises(InputError) as caught:
        towns_table(written(tmp_path, [("A", "x", 1), ("A", 2, 3)], "towns.csv", "town,x_km,y_km"))
    assert [p.row for p in caught.value.problems] == [2, 3]
    panel = read_panel(written(tmp_path, rows()), "A", 2005)
    with pytest.raises(InputError, match="A is not in the table of towns"):
        apart(panel, towns_table(written(tmp_path, [("B", 2, 3)], "towns.csv", "town,x_km,y_km")))


def test_the_nearest_past_is_kept(tmp_path):
    panel = read_panel(written(tmp_path, rows()), "A", 2005)
    found = nearest_before(panel, 2)
    assert found.donors == ("B", "C") and ("nearest", {"kept": 2, "gone": 3}) in found.notes
    assert nearest_before(panel, 5) is panel


@pytest.mark.parametrize("name", [n for n, s in shipped().items() if s.towns])
def test_every_town_of_a_shipped_panel_has_its_place(name):
    """A name that the table of towns spells otherwise would never be set apart as a neighbour."""
    panel = shipped()[name]
    assert panel.towns_path is not None
    towns = towns_table(panel.towns_path)
    named = set(pl.read_csv(panel.path)["town"])
    assert named <= set(towns) and all(place_km(towns[t]) for t in named)
