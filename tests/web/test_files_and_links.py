"""Links and files on the page: what was saved opens again, what is bad is named, the rest is kept, in the page's language."""

from urllib.parse import parse_qsl

import pytest
from starlette.testclient import TestClient

from mechlin.report.texts import language
from mechlin.web import address, refusals
from mechlin.web.app import app
from mechlin.web.bench import Bench


@pytest.fixture(scope="module")
def mechelen(tmp_path_factory):
    """Return the workbench of the city that comes along; nothing is simulated."""
    found = Bench.of("mechelen", tmp_path_factory.mktemp("mechelen"), workers=1)
    yield found
    found.pool.close()


def test_every_package_that_comes_along_opens_can_be_saved_and_opens_again(mechelen):
    with TestClient(app(mechelen)) as client:
        assert client.get("/?lang=fr").status_code == 200
        for name, package in mechelen.presets.items():
            saved = client.get(f"/package.toml?base={name}").content
            opened = client.post("/package", content=saved)
            assert opened.status_code == 200 and opened.json()["settings"] == package.settings, name
            query = address.write(address.Scenario("nothing", package.settings, "2018-12"), mechelen.ground)
            there = address.read(parse_qsl(query, keep_blank_values=True), mechelen.ground, mechelen.city)
            assert there.settings == package.settings, name


def test_a_saved_file_in_phases_opens_again(client, bench):
    saved = client.get("/package.toml?base=in-phases&home_renovation.homes_per_year=30").content
    opened = client.post("/package", content=saved).json()
    assert len(opened["settings"]["street_renewal"]) == 2
    again = address.read(parse_qsl(opened["query"], keep_blank_values=True), bench.ground, bench.city)
    assert again.settings == opened["settings"]


@pytest.mark.parametrize(("lang", "told"), [("nl", "is geen bekende maatregel"), ("fr", "n’est pas une mesure connue")])
def test_refusals_are_in_the_language_of_the_page(client, lang, told):
    page = client.get(f"/?lang={lang}&cameraz.start=2003-01&street_renewal.squares_per_year=2").text
    assert told in page and '"squares_per_year":2.0' in page
    assert told in client.post(f"/package?lang={lang}", content=b"[cameraz]\nstart = 2003-01\n").json()["problems"][0]
    assert told in client.get(f"/stream?lang={lang}&cameraz.start=2003-01").json()["problems"][0]


MALFORMED = [
    b"",
    b"\x00\xff\xfe",
    b"[[[",
    b"[cameras]\n" * 2,
    b"a=" + b"[" * 5000,
    b'title = "only"',
    b"= 3",
    b"[cameras]\nareas = 1",
]


@pytest.mark.parametrize("content", MALFORMED)
def test_a_malformed_file_gets_sentences_never_a_fault(client, content):
    answer = client.post("/package", content=content)
    assert answer.status_code in (200, 422) and (answer.status_code == 200 or answer.json()["problems"])


def test_thirty_megabytes_are_refused_and_the_sender_is_told(client):
    refused = client.post("/package?lang=nl", content=b"x" * 30_000_000)
    assert refused.status_code == 413 and "te groot" in refused.json()["problems"][0]


def test_an_endless_word_is_shown_cut(client):
    told = client.get(f"/stream?home_renovation.homes_per_year={'a' * 5000}").json()["problems"][0]
    assert "aaaa…" in told and "is not a number" in told and len(told) < 400


BAD_LINKS = [
    "cameras.cameras=abc",
    "cameras.doubt=[]",
    "cameras.areas=1",
    "cameras.start=2001-13",
    "visible_patrol.ramp_months=1000000",
    "family_therapy.ramp_months=3",
    "school_tours.ramp_months=-1",
    "cameraz=1&runs=0&until=1900-01&base=x&show=y&map=z&title=" + "x" * 300,
]


@pytest.mark.parametrize("link", BAD_LINKS)
def test_no_refusal_of_a_link_is_left_in_english(link, mechelen):
    """What is wrong in a link, and how to mend it, is found in the catalogue, whatever stands in it."""
    _, wrong = address.read_kept(parse_qsl(link), mechelen.ground, mechelen.city)
    assert wrong
    for problem in wrong:
        for text in filter(None, (problem.what, problem.repair)):
            assert refusals._what(text, language("nl")) != text, text
