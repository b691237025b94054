"""Scenarios in an address: read back as written, and what cannot be is refused with a sentence each."""

from dataclasses import replace

import pytest

from mechlin.core.errors import InputError
from mechlin.study.scenario import NOTHING
from mechlin.web import address
from mechlin.web.address import Scenario

GOOD = [
    "",
    "base=nothing",
    "off=street_renewal",
    "home_renovation.homes_per_year=80",
    "home_renovation.homes_per_year=2001-01:5,2010-06:12.5",
    "on=service_tenancy",
    "service_tenancy.homes=4&service_tenancy.start=2010-01&service_tenancy.end=2015-12",
    "street_renewal.squares_per_year=-",
    "against=as-it-went&base=nothing&until=2005-12&runs=4",
    "base=in-phases",
    "base=in-phases&street_renewal.squares_per_year=3",
    "street_renewal.1.start=2002-01&street_renewal.1.end=2003-12&street_renewal.2.start=2004-01",
    "street_renewal.doubt=%7B%22squares_per_year%22%3A%5B0.5%2C1.5%5D%7D&street_renewal.squares_per_year=2",
    "title=A%20%22title%22%20%26%20more&show=births",
]


def read(query, bench):
    from urllib.parse import parse_qsl

    return address.read(parse_qsl(query, keep_blank_values=True), bench.ground, bench.city)


@pytest.mark.slow
@pytest.mark.parametrize("query", GOOD)
def test_what_is_written_is_read_back(query, bench):
    scenario = read(query, bench)
    again = read(address.write(scenario, bench.ground), bench)
    assert again == scenario
    assert bench.specs(again, 1) == bench.specs(scenario, 1)


def test_only_what_differs_stands_in_an_address(bench):
    first = bench.ground.opens_with
    assert first.base == "as-it-went" and address.write(first, bench.ground) == ""
    settings = {**first.settings, "street_renewal": {**first.settings["street_renewal"], "squares_per_year": 2.0}}
    assert (
        address.write(Scenario(first.base, settings, first.until), bench.ground) == "street_renewal.squares_per_year=2"
    )


def test_areas_and_doubt_of_a_package_file_stand_in_an_address(bench):
    doubt, area = {"homes": {"2005-01": [0.0, 5.0]}}, bench.city.areas["code"][0]
    settings = {
        "cameras": {"start": "2003-01", "cameras": 12, "areas": [area], "doubt": {"cameras": [0.5, 2.0]}},
        "service_tenancy": {"homes": {"2005-01": 3, "2006-01": 4}, "doubt": doubt},
    }
    there = replace(bench.ground.opens_with, base=NOTHING, settings=settings)
    assert read(address.write(there, bench.ground), bench).settings == settings
    presets = {**bench.ground.presets, NOTHING: replace(bench.ground.presets[NOTHING], settings=settings)}
    moved = address.read([("base", NOTHING), ("service_tenancy.homes", "2")], replace(bench.ground, presets=presets))
    assert moved.settings["service_tenancy"] == {"homes": 2}, "moved by hand, a number is no longer in doubt"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("cameraz.start=2003-01", "cameraz is not a known measure"),
        ("home_renovation.homes_per_yeer=3", "did you mean 'homes_per_year'"),
        ("home_renovation.homes_per_year=-5", "outside what is possible"),
        ("home_renovation.homes_per_year=lots", "is not a number"),
        ("home_renovation.homes_per_year=nan", "is not a number"),
        ("home_renovation.homes_per_year=inf", "outside what is possible"),
        ("home_renovation.start=2003-13", "not a month"),
        ("home_renovation.start=2010-01&home_renovation.end=2005-01", "ends before it starts"),
        ("base=everything", "there is no package 'everything'"),
        ("until=1066-01", "until '1066-01' is not possible"),
        ("runs=1000000", "pairs of runs are not possible"),
        ("runs=٣", "pairs of runs are not possible"),
        ("show=happiness", "no number 'happiness' to show"),
        ("untill=2005-12", "did you mean 'until'"),
        ("x" * 20_000 + "=1", "too long"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(query, said, bench):
    with pytest.raises(InputError) as refused:
        read(query, bench)
    assert said in str(refused.value)


def test_all_problems_are_said_at_once(bench):
    with pytest.raises(InputError) as refused:
        read("base=x&until=y&runs=z&home_renovation.homes_per_year=q", bench)
    assert len(refused.value.problems) == 4


def test_one_bad_setting_is_named_and_the_rest_of_the_link_is_kept(bench):
    from urllib.parse import parse_qsl

    query = "home_renovation.homes_per_year=-3&street_renewal.squares_per_year=2&street_renewal.start=1066-01&runs=x&cameraz=1"
    kept, wrong = address.read_kept(parse_qsl(query), bench.ground, bench.city)
    assert [p.what.split()[0] for p in wrong] != [] and len(wrong) == 4
    first = bench.ground.opens_with.settings
    assert kept.settings["street_renewal"]["squares_per_year"] == 2.0
    assert kept.settings["home_renovation"] == first["home_renovation"]
    assert kept.settings["street_renewal"]["start"] == first["street_renewal"]["start"] and kept.runs == 16


FUZZ = [
    "%00",
    "..",
    "=",
    "1e999",
    "0x10",
    "&&",
    "a.b.c=1",
    "x.1.y=2",
    "\u202e",
    "street_renewal.99.start=2001-01",
    "-",
    "~",
]


@pytest.mark.parametrize("turn", range(60))
def test_no_link_breaks_the_page(turn, bench):
    """Sixty links cut, doubled and mixed from good ones and rubbish: each gives a package that can be run."""
    import random
    from urllib.parse import parse_qsl

    dice = random.Random(turn)
    parts = dice.choices([*GOOD, *FUZZ], k=4)
    query = "&".join(p[dice.randrange(len(p) // 2 + 1) :] if dice.random() < 0.5 else p for p in parts)
    kept, _ = address.read_kept(parse_qsl(query, keep_blank_values=True), bench.ground, bench.city)
    again = address.read(parse_qsl(address.write(kept, bench.ground), keep_blank_values=True), bench.ground, bench.city)
    assert again.settings == kept.settings
