"""Tables of countries without a profile, as nobody here has seen them: taken in, or refused with what is wrong."""

import numpy as np
import pytest

from mechlin.city.importing.grid import grid_of
from mechlin.city.importing.mapping import read_mapping
from mechlin.city.importing.steps import draft_of, import_city
from mechlin.city.tables.sums import sum_at_end
from mechlin.core.errors import InputError

SPANISH = """Ayuntamiento de Villafría. Padrón municipal
Código;Barrio;Población;0-17 (%);18-64 (%);65 y más (%);Extranjeros (%);En propiedad;En alquiler
01;Casco Antiguo;12.345;14,2;61,3;24,5;18,7;3.210;2.105
02;Peñuelas;8.910;19,8;63,1;17,1;12,3;2.890;640
03;Señorío;1.204;22,1;60,0;17,9;4,2;410;s/d
04;Polígono;0;s/d;s/d;s/d;s/d;0;0
05;Año Nuevo;6.300;17,5;62,5;20,0;9,9;1.980;505
T;Conjunto;28.759;16,9;61,9;21,2;13,6;8.490;3.250
Fuente: padrón. s/d: sin dato.
"""
MAPPING = """title = "Villafria"
country = "ES"
start = "2019-01"
[files.v]
file = "v.csv"
code = "Código"
name = "Barrio"
[areas]
people = "Población"
age = { "0-18" = "0-17 (%)", "18-65" = "18-64 (%)", "65+" = "65 y más (%)" }
background = { foreign = "Extranjeros (%)", spanish = { value = 100, less = "Extranjeros (%)" } }
homes = { owner = "En propiedad", private_rent = "En alquiler" }
"""


def test_a_town_of_a_country_without_a_profile_is_taken_in_with_a_neighbour(tmp_path):
    """Its total is known by its number, what is left of 100 by subtraction; homes that are known are lived in."""
    (tmp_path / "v.csv").write_bytes(SPANISH.encode("latin-1"))
    (tmp_path / "v.toml").write_text(MAPPING, encoding="utf-8")
    made = import_city(tmp_path / "v.toml", neighbour="mechelen")
    assert made.areas == 5 and any("'Conjunto' has as many people as all others" in note for note in made.notes)
    draft = draft_of(read_mapping(tmp_path / "v.toml"), "mechelen")
    foreign = draft.columns["share_background_foreign"]
    np.testing.assert_allclose(foreign[[0, 4]], [0.187, 0.099])
    assert {line.tag for line in draft.lines["share_background_spanish"]} == {"derived"}


def test_parts_that_are_not_everybody_are_refused_and_never_scaled_up(tmp_path):
    (tmp_path / "v.csv").write_bytes(SPANISH.encode("latin-1"))
    alone = MAPPING.replace(', spanish = { value = 100, less = "Extranjeros (%)" }', "")
    (tmp_path / "v.toml").write_text(alone, encoding="utf-8")
    with pytest.raises(InputError, match="the parts of background do not make up the residents") as error:
        import_city(tmp_path / "v.toml", neighbour="mechelen")
    assert "{ value = 100, less" in str(error.value) and sorted(p.name for p in tmp_path.iterdir()) == [
        "v.csv",
        "v.toml",
    ]


@pytest.mark.parametrize(
    ("rows", "headings"),
    [
        ([["Befolkning", "", "", ""], ["Bydel", "Folketal", "Herkomst", ""], ["", "", "Dansk", "Anden"]],
         ["Bydel", "Folketal", "Herkomst: Dansk", "Herkomst: Anden"]),
        ([["", "Homes", "", "", ""], ["Zone", "Number", "Share", "Number", "Share"]],
         ["Zone", "Number", "Share", "Number (2)", "Share (2)"]),
        ([["", "Homes", "", "Shops", ""], ["Zone", "Number", "Share", "Number", "Share"]],
         ["Zone", "Homes: Number", "Homes: Share", "Shops: Number", "Shops: Share"]),
        ([["Town of 4 areas", "", "", ""], ["Zone", "People", "Owned", "Let"]], ["Zone", "People", "Owned", "Let"]),
    ],
)  # fmt: skip
def test_headings_of_several_rows_are_put_together(rows, headings):
    n = len(headings)
    grid = grid_of("t.xlsx", [*rows, *([area, *["10"] * (n - 1)] for area in "ABC")])
    assert grid.headings == headings and grid.cells.height == 3


def test_a_first_or_last_row_of_as_many_people_as_the_others_is_their_sum():
    assert sum_at_end(np.array([60.0, 10, 20, 30])) == 0 and sum_at_end(np.array([10, 20, 30, np.nan, 60])) == 4
    assert sum_at_end(np.array([10.0, 60, 20, 30])) is None and sum_at_end(np.array([30.0, 10, 20])) is None
