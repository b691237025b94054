"""Numbers that are made to fit keep what was counted, and say how far they were moved."""

import numpy as np
import pytest

from mechlin.city.importing.fit import as_shares, edges_of, fitted_to, rebinned, whole_parts, without_twice
from mechlin.city.importing.labels import Label, join, shared_frame, split_label
from mechlin.city.importing.mapping import band_of
from mechlin.city.importing.outlines import area_of_points, in_kilometres, joined_pieces, middles, overlaps, weights


def test_bands_that_need_no_cutting_keep_their_numbers():
    shares = np.array([[0.2, 0.3, 0.35, 0.15], [0.1, 0.4, 0.3, 0.2]])
    assert np.allclose(rebinned(shares, [0, 18, 35, 65, 105], [0, 18, 35, 65, 105]), shares)


def test_cut_bands_lie_near_the_truth_and_never_below_zero():
    ages = np.arange(105)
    alive = np.exp(-((np.maximum(ages - 40, 0) / 30) ** 2)) * (1 + 0.3 * np.exp(-(((ages - 27) / 8) ** 2)))
    alive /= alive.sum()
    younger = np.concatenate([[0], np.cumsum(alive)])
    coarse = np.diff(younger[[0, 18, 27, 66, 105]])[None]
    found = rebinned(coarse, [0, 18, 27, 66, 105], [0, 18, 35, 65, 105])[0]
    truth = np.diff(younger[[0, 18, 35, 65, 105]])
    assert found.sum() == pytest.approx(1) and (found >= 0).all()
    assert np.abs(found / truth - 1).max() < 0.08  # what the importer declares as its error
    empty = rebinned(np.array([[0.0, 1.0, 0.0, 0.0], [np.nan] * 4]), [0, 18, 27, 66, 105], [0, 18, 35, 65, 105])
    assert empty[0].tolist() == [0, 1, 0, 0] and np.isnan(empty[1]).all()


def test_gaps_and_overlaps_of_ages_are_told():
    assert edges_of([(0, 18), (18, 26), (27, 65), (66, None)]) == ([0, 18, 27, 66, 105], [])
    assert edges_of([(66, None), (0, 17), (18, 65)]) == ([0, 18, 66, 105], [])
    assert edges_of([(0, 17), (20, None)])[1] == ["nobody counts ages 18 to 19"]
    assert edges_of([(0, 30), (18, None)])[1] == ["the bands from 0 and from 18 overlap"]
    assert edges_of([(5, 17), (18, 64)])[1] == [
        "nobody counts those older than 64",
        "nobody counts those younger than 5",
    ]
    assert [band_of(t) for t in ("0-17", "65+", "18 t/m 26", "80 en ouder", "x", "9-3")] == [
        (0, 17), (65, None), (18, 26), (80, None), None, None]  # fmt: skip


def test_an_age_counted_in_two_bands_is_counted_once():
    bands, parts = [(0, 18), (18, 64), (65, None)], np.array([[0.20, 0.62, 0.20]])
    kept, twice = without_twice(parts / 1.02, np.array([1.02]), bands)
    assert twice == pytest.approx(0.02) and kept[0] == pytest.approx([0.18, 0.62, 0.20])
    assert without_twice(parts / 1.02, np.array([1.001]), bands)[1] == 0.0


def test_parts_are_counts_per_cents_or_shares_by_what_they_add_up_to():
    assert as_shares(np.array([[50.0, 53.0], [40.0, 60.0]])).unit == "per cent"
    assert as_shares(np.array([[0.4, 0.6]])).unit == "shares"
    counts = as_shares(np.array([[40.0, 60.0], [50.0, 50.0]]), np.array([100.0, 100.0]))
    assert counts.unit == "counts" and counts.sums.tolist() == [1, 1]
    assert np.isnan(as_shares(np.array([[0.0, 0.0], [1.0, 0.0]])).shares[0]).all()


def test_totals_are_met_and_what_was_moved_is_told():
    seed, rows, columns = np.array([[30.0, 70.0], [50.0, 50.0]]), np.array([100.0, 300.0]), np.array([150.0, 250.0])
    table, moved = fitted_to(seed, rows, columns)
    assert np.allclose(table.sum(axis=1), rows) and np.allclose(table.sum(axis=0), columns) and moved > 0.1
    assert fitted_to(table, rows, columns)[1] == pytest.approx(0, abs=1e-6)


def test_whole_parts_add_up():
    rng = np.random.default_rng(3)
    totals, shares = rng.integers(0, 500, 50).astype(float), rng.random((50, 4))
    parts = whole_parts(totals, shares)
    assert (parts.sum(axis=1) == totals).all() and (
        np.abs(parts - totals[:, None] * shares / shares.sum(1, keepdims=True)) < 1
    ).all()
    assert whole_parts(np.array([5.0]), np.array([[0.0, 0.0]])).tolist() == [[0, 0]]


@pytest.mark.parametrize(("cell", "code", "name"), [
    ("036300 Area 1", "036300", "Area 1"), ("Area 1 (036300)", "036300", "Area 1"), ("A00 - Jordaan", "A00", "Jordaan"),
    ("Jordaan", "", "Jordaan"), ("036300", "036300", ""), ("1280C1010 Malmö norr", "1280C1010", "Malmö norr"),
    ("Wijk 12", "", "Wijk 12"), ("2e Exloërmond", "", "2e Exloërmond")])  # fmt: skip
def test_code_and_name_are_taken_out_of_one_cell(cell, code, name):
    if cell == "2e Exloërmond":  # looks like a code and a name; the two together join as well
        code, name = "2e", "Exloërmond"
    assert split_label(cell) == Label(code, name)


def test_what_all_names_have_in_common_is_left_out():
    assert shared_frame(["Malmö (RegSO-A)", "Malmö (RegSO-B)", "Malmö (RegSO-C)"]) == ("Malmö (RegSO-", ")")
    assert shared_frame(["Wijk 1", "Wijk 2", "Wijk 3"]) == ("", "")


def test_areas_join_by_code_by_name_and_though_written_otherwise_but_never_by_guess():
    ours = [Label("036300", "Indische Buurt West"), Label("036301", "Östra hamnen"), Label("036302", "Waterland")]
    theirs = [Label("36300", ""), Label("", "indische buurt-west"), Label("", "Ostra Hamnen"), Label("", "Waterland (12)"),
              Label("", "Waterlant")]  # fmt: skip
    found = join(theirs, ours)
    assert found.places == [0, 0, 1, 2, None] and found.near == {"Waterlant": ["Waterland"]}
    assert join([Label("", "Havens")], ours, {"Havens": "Waterland"}).places == [2]
    twins = [Label("1", "Centrum"), Label("2", "Centrum")]
    assert join([Label("", "Centrum")], twins).places == [None]  # whose it is cannot be told


def squares(*corners, side=1000.0):
    shapely = pytest.importorskip("shapely")
    return np.array([shapely.box(x, y, x + side, y + side) for x, y in corners], dtype=object)


def test_degrees_become_kilometres_in_the_countrys_projection():
    shapely = pytest.importorskip("shapely")
    placed = in_kilometres(np.array([shapely.box(4.88, 52.37, 4.90, 52.38)]), "EPSG:4326", "NL")
    x, y, ground = middles(placed.shapes)
    assert placed.projection == "EPSG:28992" and (x[0], y[0]) == pytest.approx((121.0, 487.3), abs=0.5)
    assert ground[0] == pytest.approx(1.36 * 1.11, rel=0.03) and "Amersfoort" in placed.notes[0]


def test_metres_that_a_file_calls_degrees_are_recognised_and_another_country_gets_its_zone():
    placed = in_kilometres(squares((121000, 487000)), "EPSG:4326", "NL")
    assert placed.projection == "EPSG:28992" and "does not say" in placed.notes[0]
    shapely = pytest.importorskip("shapely")
    assert in_kilometres(np.array([shapely.box(19.0, 47.4, 19.1, 47.5)]), "EPSG:4326", "HU").projection == "EPSG:32634"


def test_pieces_are_joined_and_overlaps_are_found():
    shapes, pieces = joined_pieces(squares((0, 0), (1000, 0), (5000, 0)), [0, 0, None], 2)
    assert pieces.tolist() == [2, 0] and shapes[1] is None and middles(shapes)[2][0] == 2_000_000
    assert overlaps(squares((0, 0), (500, 0), (5000, 0))) == [(0, 1, pytest.approx(0.5))]


def test_counts_of_other_areas_go_where_people_live_and_none_are_lost():
    ours, theirs = squares((0, 0), (1000, 0)), squares((500, 0))
    assert weights(theirs, ours)[0] == pytest.approx([0.5, 0.5])
    assert weights(theirs, ours, np.array([300.0, 100.0]))[0] == pytest.approx([0.75, 0.25])
    outside = weights(squares((1500, 0)), ours)
    assert outside.sum() == pytest.approx(0.5)  # half of it lies beyond the city


def test_a_point_lies_in_one_area_or_in_none():
    assert area_of_points(np.array([100.0, 9e9]), np.array([100.0, 0.0]), squares((0, 0))) == [0, None]
