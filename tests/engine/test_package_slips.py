"""Slips in a package that were once accepted without a word, or refused in a parser's: row, words and repair."""

import numpy as np
import pytest

from mechlin import measures
from mechlin.core.errors import InputError, UsageError
from mechlin.engine.package import Package, read_package, within_dates

KNOWN = measures.catalogue()
CAMERAS = "[cameras]\ncameras = 12\n"


def refused(tmp_path, data, city=None):
    file = tmp_path / "package.toml"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(InputError) as caught:
        read_package(file, {}, KNOWN, city)
    return caught.value.problems


SLIPS = [
    ("", None, "there is no measure", "write [cameras]"),
    ("# nothing yet\n", None, "there is no measure", "'nothing'"),
    ('title = ""\n', None, "there is no measure", "[cameras]"),
    (f"title = 42\n{CAMERAS}", 1, "title = 42 is not text", 'title = "..."'),
    (f'note = ["a"]\n{CAMERAS}', 1, "note = ['a'] is not text", 'note = "..."'),
    ('[cameras]\ncameras = { "2003" = 5, "2003-01" = 9 }\n', 2, "has 2003-01 twice", "remove one"),
    ("[cameras]\nstart = 0000-01\n", 2, "before the city starts", "start = 2001-01"),
    ("[cameras]\nstart = 1990-01\n", 2, "before the city starts", "leave it out"),
    ('[cameras]\nstart = 2003-01\ncameras = { "2001-06" = 5, "2004-01" = 9 }\n', 3, "2001-06, when it does not run",
     "move start or end"),
    ('[cameras]\nend = 2004-01\ncameras = { "2003-01" = 5, "2009-01" = 9 }\n', 3, "2009-01, when it does not run",
     "move start or end"),
    ("[cameras]\nstart = ２００３-01\n", 2, "not valid TOML", ""),
    ('[cameras]\nstart = "２００３-01"\n', 2, "is not a month", ""),
    ('[cameras]\ncameras = { "２００３-01" = 5 }\n', 2, "is not a month", ""),
    (f"[cameras]\ncameras = {'9' * 5000}\n", 2, "a number of 5,000 digits", ""),
    (f"[cameras]\ncameras = {'9' * 400}\n", 2, "outside what is possible", ""),
    ("[cameras]\ncamera_eur = 1,5\n", 2, "1,5 has a decimal comma", "write a point: 1.5"),
    ("[cameras]\nstart = 01/2003\n", 2, "01/2003 is not a month", "2003-01"),
    ("[cameras]\nstart = 15.01.2003\n", 2, "15.01.2003 is not a month", "2003-01"),
    ('[cameras]\nstart = "01/2003"\n', 2, "'01/2003' is not a month", ""),
    ("[cameras]\ncameras = 1\n\ncameras = 2\n", 4, "cameras is written twice", "remove one"),
    ("[cameras]\ncameras = 1\n[cameras]\ncameras = 2\n", 3, "[cameras] is written twice", "[[measure]]"),
    (b"[cameras]\n# caf\xe9\n", 2, "not UTF-8", "save it as UTF-8"),
    ("a = " + "[" * 5000, None, "brackets", ""),
    ("[cameras]\ncameras = 12\ndoubt = 0.5\n", 3, "doubt = 0.5 is not a table", "doubt = { cameras = [0.5, 1.5] }"),
    ("[cameras]\ncameras = 12\ndoubt = { camera = [0.5, 1.5] }\n", 3, "doubt speaks of camera, which is no dose", ""),
    ("[cameras]\ncameras = 12\ndoubt = { cameras = [1.2, 1.5] }\n", 3, "not a range around 1", "cameras = [0.5, 1.5]"),
    ("[cameras]\ncameras = 12\ndoubt = { cameras = [0.5, \"2\"] }\n", 3, "not a range around 1", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "row", "what", "repair"), SLIPS)
def test_a_slip_is_refused_with_its_row_and_its_repair(tmp_path, toy, text, row, what, repair):
    first = refused(tmp_path, text, toy)[0]
    assert first.file == "package.toml" and what in first.what and repair in first.repair
    assert row is None or first.row == row


def test_yes_is_no_number_of_months(tmp_path):
    (problem,) = refused(tmp_path, "[buddies]\npairs_per_year = 4\nramp_months = true\n")
    assert problem.row == 3 and "ramp_months = True is not possible" in problem.what


def test_a_mark_that_an_editor_puts_first_is_no_slip(tmp_path):
    file = tmp_path / "package.toml"
    file.write_bytes(b"\xef\xbb\xbf" + CAMERAS.encode())
    assert read_package(file, {}, KNOWN).settings == {"cameras": {"cameras": 12}}


def test_a_city_that_starts_earlier_takes_earlier_measures(tmp_path):
    file = tmp_path / "package.toml"
    file.write_text("[cameras]\nstart = 1990-01\n")
    assert read_package(file, {}, KNOWN).settings["cameras"]["start"] == "1990-01"


def test_settings_may_be_given_as_they_are():
    given = {"title": "Mine", "cameras": {"cameras": np.int64(12), "areas": ("Centrum",)}}
    package = read_package(given, {}, KNOWN)
    assert package == Package("own", title="Mine", settings={"cameras": {"cameras": 12, "areas": ["Centrum"]}})
    assert read_package(package, {}, KNOWN) == package


@pytest.mark.parametrize("given", [None, 3, ["cameras"], {"cameras"}])
def test_what_is_no_package_is_refused(given):
    with pytest.raises(UsageError, match="is not a package"):
        read_package(given, {}, KNOWN)


@pytest.mark.parametrize("given", [{}, {"camera": {}}, {"cameras": 5}, {"cameras": {"cameras": "many"}}])
def test_settings_that_cannot_be_are_refused(given):
    with pytest.raises(InputError):
        read_package(given, {}, KNOWN)


def test_numbers_are_cut_to_the_dates_without_becoming_others():
    steps = {"2001-01": 0.0, "2003-01": 24.0, "2009-01": 24.0}
    cut = within_dates({"start": "2002-01", "end": "2004-12", "workers": steps, "reach": 3.0})
    assert cut == {"start": "2002-01", "end": "2004-12", "reach": 3.0,
                   "workers": {"2002-01": 12.0, "2003-01": 24.0, "2004-12": 24.0}}  # fmt: skip
    assert within_dates({"start": "2010-01", "workers": steps})["workers"] == {"2010-01": 24.0}
    assert within_dates({"start": "2002-01", "workers": steps}, {"workers"})["workers"] == steps
    assert within_dates({"start": "soon", "workers": steps}) == {"start": "soon", "workers": steps}
