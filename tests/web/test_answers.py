"""Questions and answers without a browser: the same digits as the command line, sentences for what cannot be."""

import json
import re
import threading
import time
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pytest
from starlette.testclient import TestClient

import mechlin
from mechlin.city.tables.sources import load_city
from mechlin.core.declare import Card
from mechlin.core.spec import RunResult
from mechlin.report import charts
from mechlin.report.difference_chart import difference
from mechlin.report.texts import language
from mechlin.runs.pool import Pool
from mechlin.runs.store import Store
from mechlin.statistics.foretelling import Told
from mechlin.study.attribution import Attribution, Share
from mechlin.study.delivered import other_city
from mechlin.study.foretold import Estimate
from mechlin.study.scenario import from_text, to_text
from mechlin.study.worlds import model_stamp
from mechlin.web import address, answers
from mechlin.web.app import app
from mechlin.web.drawings import words_for
from mechlin.web.estimates import estimated

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own

SHORT = "until=2006-12"


def events(response):
    """Return the events of a stream as (name, data)."""
    found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", response.text)
    return [(name, json.loads(data)) for name, data in found]


# ------------------------------------------------------------------------------------------- same digits


def test_page_command_and_python_give_the_same_digits(client, bench, folder, tmp_path):
    query = f"{SHORT}&runs=2&off=street_renewal&home_renovation.homes_per_year=30"
    here = client.get(f"/rehearse?{query}").json()
    file = tmp_path / "package.toml"
    file.write_bytes(client.get(f"/package.toml?{query}").content)
    there = mechlin.rehearse(str(folder), file, runs=2, until="2006-12", out=tmp_path)
    assert here == json.loads(there.to_json())
    streamed = [d for n, d in events(client.get(f"/stream?{query}")) if n == "answer"][-1]
    assert streamed["runs"] == [[r["with"], r["without"]] for r in here["runs"]]
    for name in bench.pool.store.list():
        assert bench.pool.store.read(name).spec.id() == name


def test_runs_of_the_command_line_are_not_computed_again(folder, tmp_path):
    from mechlin.web.bench import Bench

    mechlin.rehearse(str(folder), runs=1, until="2002-12", out=tmp_path)
    found = Bench.of(str(folder), tmp_path, workers=1)
    with TestClient(app(found)) as client:
        client.get("/rehearse?until=2002-12&runs=1")
        assert client.get("/health").json()["computed"] == 0
    found.pool.close()


# ----------------------------------------------------------------------------------------------- stream


@pytest.fixture(scope="module")
def stream(client):
    return events(client.get(f"/stream?{SHORT}&runs=5"))


def test_a_stream_ends_with_all_pairs(stream):
    assert stream[-1][0] == "done" and stream[-1][1]["pairs"] == 5
    pairs = [d["pairs"] for n, d in stream if n == "answer"]
    assert pairs == sorted(set(pairs)) and pairs[-1] == 5


def test_while_pairs_are_missing_everything_is_provisional_and_nothing_is_found(stream):
    for name, data in stream:
        if name == "answer":
            assert data["provisional"] == (data["pairs"] < 16)
            if data["provisional"]:
                assert not any(c["clear"] for c in data["charts"])
                assert 'class="up' not in data["html"]["findings"] and 'class="down' not in data["html"]["findings"]


def test_progress_never_goes_back(stream):
    shares = [d["share"] for n, d in stream if n == "progress"]
    assert shares == sorted(shares) and all(0 <= s <= 1 for s in shares)


def test_the_whole_answer_looks_through_every_number(stream):
    last = [d for n, d in stream if n == "beside"][-1]
    assert "Provisional: 5 of 16 pairs" in last["html"]["findings"] and last["costs"] and last["map"]["specs"]
    assert all(f["geometry"] is None for f in last["map"]["specs"]["with"]["data"]["values"]["features"])


def test_a_measure_that_touched_nobody_says_so_and_why(client):
    found = events(client.get(f"/stream?{SHORT}&runs=1&on=service_tenancy&service_tenancy.start=2017-01"))
    told = [d for n, d in found if n == "beside"][-1]["html"]["reached"]
    assert "touched nobody, because its dates lie outside" in told


def test_nothing_against_nothing_is_the_same_to_the_digit(client):
    found = events(client.get(f"/stream?{SHORT}&runs=1&base=nothing"))
    assert "exactly 0" in [d for n, d in found if n == "beside"][-1]["html"]["findings"]


def test_a_bad_address_is_refused_before_anything_runs(client):
    before = client.get("/health").json()["computed"]
    refused = client.get("/stream?home_renovation.homes_per_year=abc&runs=0")
    assert refused.status_code == 422 and len(refused.json()["problems"]) == 2
    assert client.get("/health").json()["computed"] == before


def test_the_message_stands_on_top_and_is_provisional_until_all_pairs_are_there(stream):
    first = next(d for n, d in stream if n == "answer")
    told = first["html"]["summary"]
    assert re.search(r"Provisional, [1-4] of 16 pairs", told) and 'class="message better"' not in told


def test_a_stream_is_sent_whole_event_by_event_also_when_it_is_compressed(client):
    with client.stream("GET", f"/stream?{SHORT}&runs=1", headers={"accept-encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert next(answer.iter_text()).startswith("event: ")
    plain = client.get(f"/stream?{SHORT}&runs=1", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.text.startswith("event: ")


def test_the_page_comes_compressed(client):
    assert client.get("/", headers={"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert client.get("/vega/x", headers={"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"


def test_a_client_that_has_its_share_is_told_to_wait(client, bench, monkeypatch):
    monkeypatch.setattr(bench.pool, "alive", lambda name: 40)
    refused = client.get(f"/stream?{SHORT}&lang=fr")
    assert refused.status_code == 429 and "attendez" in refused.json()["problems"][0]
    monkeypatch.setattr(bench.pool, "alive", lambda name: 20)
    monkeypatch.setitem(client.app.app.state.begun, "testclient", 20)  # as many again that came at the same moment
    assert client.get(f"/stream?{SHORT}&lang=fr").status_code == 429


def test_a_newer_change_of_the_same_page_ends_the_older_stream_with_a_sentence(client):
    older = []
    listener = threading.Thread(target=lambda: older.extend(events(client.get("/stream?runs=256&page=mine&lang=nl"))))
    listener.start()
    while not client.get("/health").json()["running"]:
        assert not older, older  # the stream ended before it had begun to work
        time.sleep(0.05)
    newer = events(client.get(f"/stream?{SHORT}&runs=1&page=mine"))
    listener.join(30)
    assert newer[-1][0] == "done"
    assert older[-1] == ("stopped", {"why": "Gestopt door een nieuwere wijziging."})


def test_what_goes_wrong_in_a_run_is_told_on_the_page(client, monkeypatch):
    from mechlin.runs import pool

    def broken(spec, city, wanted):
        raise MemoryError("no room left")

    monkeypatch.setattr(pool, "run_one", broken)
    found = events(client.get("/stream?until=2003-12&runs=1&home_renovation.homes_per_year=77"))
    assert found[-1] == ("problem", {"problems": ["no room left"]})
    assert client.get("/rehearse?until=2003-12&runs=1&home_renovation.homes_per_year=77").status_code >= 400
    assert client.get("/health").json()["ok"]


# ------------------------------------------------------------------------------------------------ charts


def test_the_charts_of_the_page_are_those_of_the_report(bench, client):
    query = [("until", "2006-12"), ("runs", "2")]
    client.get("/rehearse?until=2006-12&runs=2")
    scenario = address.read(query, bench.ground, bench.city)
    pairs = [(bench.pool.store.read(a.id()), bench.pool.store.read(b.id())) for a, b in bench.specs(scenario)]
    found = bench.rehearsal(scenario, pairs)
    c, seen = found.comparison, found.observed
    for say in (language("en"), language("nl")):
        for name in answers.shown_of(bench, scenario, pairs[0][0].series):
            ours = bench.drawings.lines(c, name, seen.get(name, []), say)
            theirs = charts.lines(c, name, seen.get(name, []), words_for(c.card(name).unit, say)).to_dict()
            assert inlined(ours) == {k: v for k, v in theirs.items() if k not in ("$schema", "config")}
            gap, other = bench.drawings.difference(c, name, say), difference(c, name, say).to_dict()
            for one, two in zip(gap["layer"], other["layer"], strict=True):
                assert one["encoding"] == two["encoding"] and one["mark"]["type"] == two["mark"]["type"]
                assert one["mark"].get("color") in (two["mark"]["color"], None)
    setting = found.setting()
    name = next(iter(pairs[0][0].areas))
    for show in ("with", "difference"):
        ours = bench.drawings.map(c, name, show, language("en"))
        theirs = charts.area_map(c, name, setting.shapes, setting.area_names, show, slider=False).to_dict()
        for feature in theirs["data"]["values"]["features"]:
            feature["geometry"] = None
        assert ours == {k: v for k, v in theirs.items() if k not in ("$schema", "config")}


def inlined(spec):
    """Return a chart with its rows where they are used."""
    spec = json.loads(json.dumps(spec))
    rows = spec.pop("datasets")
    for part in [spec, *spec["layer"]]:
        if "data" in part:
            part["data"] = {"values": rows[part["data"]["name"]]}
    return spec


# ------------------------------------------------------------------------------------------------- files


def test_a_package_file_goes_out_and_comes_in_the_same(client):
    query = "off=street_renewal&home_renovation.homes_per_year=2001-01:5,2010-06:12&title=Half%20%22as%22%20much"
    text = client.get(f"/package.toml?{query}").content
    back = client.post("/package", content=text, headers={"x-file-name": "mine.toml"}).json()
    again = client.get(f"/package.toml?{back['query']}").content
    assert again == text and from_text(text, "x").title == 'Half "as" much'


def test_every_package_of_the_city_can_be_written_and_read(bench):
    for package in bench.presets.values():
        if package.settings:  # a file without measures is refused: that package is called "nothing"
            assert from_text(to_text(package).encode(), "x").settings == package.settings


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"[cameraz]\nstart = 2003-01\n", 422, "cameraz is not a known measure"),
        (b"[home_renovation]\nhomes_per_year = -4\n", 422, "outside what is possible"),
        (b"this is no TOML", 422, "not valid TOML"),
        (b"\xff\xfe\x00", 422, "not UTF-8"),
        (b"home_renovation = 3", 422, "must be a table"),
        (b"#" * 1_000_001, 413, "too large"),
    ],
    ids=["unknown", "impossible", "no TOML", "no text", "no table", "too large"],
)
def test_a_bad_file_is_refused_with_a_sentence(content, status, said, client):
    refused = client.post("/package", content=content, headers={"x-file-name": "bad.toml"})
    assert refused.status_code == status and said in refused.json()["problems"][0]
    assert "bad.toml" in refused.json()["problems"][0]
    assert client.get("/health").json()["ok"]


def test_a_file_that_hides_its_size_is_cut_off(client):
    refused = client.post("/package", content=(b"#" * 600_000 for _ in range(3)))
    assert refused.status_code == 413 and "content-length" not in refused.request.headers


# ------------------------------------------------------------------------------------------------- page


@pytest.mark.parametrize("code", ["en", "nl", "fr"])
def test_the_page_in_each_language(code, client, bench):
    text = client.get(f"/?lang={code}").text
    assert f'<html lang="{code}">' in text
    for control in bench.controls:
        assert f'data-measure="{control.name}"' in text
    assert {"en": "Measures", "nl": "Maatregelen", "fr": "Mesures"}[code] in text


def test_the_language_of_the_browser_is_asked_for(client):
    assert '<html lang="nl">' in client.get("/", headers={"accept-language": "nl-BE,fr;q=0.5"}).text
    assert '<html lang="en">' in client.get("/", headers={"accept-language": "de"}).text


def test_what_stands_in_an_address_cannot_write_on_the_page(client):
    text = client.get("/?base=<script>alert(1)</script>&title=</script><img src=x>").text
    assert "<script>alert" not in text and "<img src=x" not in text
    assert "there is no package" in text


def test_a_link_of_another_version_says_what_differs(client, bench):
    assert "other digits" in client.get("/?v=0.0.1%2Babc").text
    assert "other source" in client.get(f"/?v={bench.version.partition('+')[0]}%2Babc").text
    assert "have changed since" in client.get("/?c=00000000").text
    same = f"/?v={bench.version.replace('+', '%2B')}&c={bench.city.hash[:8]}"
    assert "other digits" not in client.get(same).text and "have changed since" not in client.get(same).text


def an_attribution(bench, settings, package="as-it-went", **changes):
    share = Share("poverty", "street_renewal", 0.01, 0.005, 0.02, 0.5, "up", 1e6, None, "")
    cards = {"poverty": Card("poverty", "Poverty", "share", "down")}
    found = Attribution(bench.city.name, package, "nothing", "2006-12", 4, 8, "all sets", cards,
                        {"street_renewal": "Renewal of streets"}, (share,), (), (), settings, "0", model_stamp())  # fmt: skip
    return replace(found, **changes)


def scenario_of(query, bench):
    return address.read(parse_qsl(query), bench.ground, bench.city)


def test_shares_go_with_the_settings_whatever_the_package_is_called(bench):
    """What the page tells people to run is what it finds afterwards."""
    scenario = scenario_of(f"{SHORT}&off=street_renewal&home_renovation.homes_per_year=30", bench)
    saved = from_text(to_text(bench.packages(scenario)[0]).encode(), "package.toml")
    assert "--package package.toml" in bench.attribute_command(scenario) and bench.needs_file(scenario)
    file = bench.out / "attribution.json"
    try:
        file.write_text(an_attribution(bench, saved.settings, "package").to_json(), encoding="utf-8")
        assert bench.attribution(scenario).package == "package"
        assert bench.attribution(scenario_of(SHORT, bench)) is None
        for other in (
            {"city": "elsewhere"},
            {"until": "2007-12"},
            {"against": "in-phases"},
            {"shares": ()},
            {"model": "of another"},
        ):
            file.write_text(an_attribution(bench, saved.settings, "package", **other).to_json(), encoding="utf-8")
            assert bench.attribution(scenario) is None, other
        for broken in ("", "{", "[]", "{}", "null"):
            file.write_text(broken, encoding="utf-8")
            assert bench.attribution(scenario) is None
    finally:
        file.unlink()


def test_a_package_is_known_by_its_settings_not_by_where_the_page_started(bench, client):
    went = bench.presets["as-it-went"]
    same = replace(bench.ground.opens_with, base="nothing", settings=went.settings)
    assert bench.packages(same)[0] is went and not bench.needs_file(same)
    command = bench.attribute_command(same)
    assert command.startswith(f"mechlin attribute {bench.given} --package as-it-went --against nothing --until")
    back = client.post("/package", content=to_text(went).encode(), headers={"x-file-name": "mine.toml"}).json()
    assert back["query"] == ""
    changed = replace(same, settings={"home_renovation": went.settings["home_renovation"]})
    assert bench.packages(changed)[0].name == "scenario"


def test_shares_are_shown_where_they_have_been_computed(client, bench):
    before = [d for n, d in events(client.get(f"/stream?{SHORT}&runs=1")) if n == "beside"][-1]["html"]["shares"]
    assert "mechlin attribute" in before
    file = bench.out / "attribution.json"
    file.write_text(an_attribution(bench, bench.presets["as-it-went"].settings).to_json(), encoding="utf-8")
    try:
        after = [d for n, d in events(client.get(f"/stream?{SHORT}&runs=1")) if n == "beside"][-1]["html"]["shares"]
        assert "Shares of the effect (all sets" in after and "mechlin attribute" not in after
        assert "cannot be told whether the package as a whole moved them: Poverty." in after  # one pair tells nothing
        other = events(client.get(f"/stream?{SHORT}&runs=1&off=street_renewal"))
        assert "mechlin attribute" in [d for n, d in other if n == "beside"][-1]["html"]["shares"]
    finally:
        file.unlink()


def test_the_whole_report_can_be_taken_along(client):
    found = client.get(f"/report.html?{SHORT}&runs=2")
    assert found.status_code == 200 and "What changed in the city?" in found.text
    assert found.headers["content-security-policy"].startswith("sandbox")


def test_what_other_towns_did_is_a_page_of_its_own_where_panels_go_with_the_city(bench, client):
    none = client.get("/measured")
    assert none.status_code == 404 and "/measured" not in client.get("/").text
    with_panels = TestClient(app(replace(bench, city=load_city("mechelen"))))
    found = with_panels.get("/measured?lang=nl")
    assert (
        found.status_code == 200
        and '<html lang="nl">' in found.text
        and "sandbox" in found.headers["content-security-policy"]
    )
    assert "Waar de vergeleken gemeenten liggen" in found.text
    assert 'href="/measured?lang=nl"' in with_panels.get("/?lang=nl").text
    assert "mechlin rehearse" in found.text and "measured/doses.csv" in found.text


def test_stored_pairs_of_the_package_stand_beside_what_was_measured(bench, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mechelen = replace(bench, city=load_city("mechelen"), pool=Pool(Store(tmp_path / "runs"), 1))
    scenario = address.read([], mechelen.ground, mechelen.city)
    years = np.arange(2001, 2019)
    for k, pair in enumerate(mechelen.specs(scenario)[:2]):
        for spec, homes in zip(pair, (90.0 + k, 50.0), strict=True):
            mechelen.pool.store.write(RunResult(spec, years, {"renovations": np.full(years.size, homes)}, {}))
    (tmp_path / "measured").mkdir()
    (tmp_path / "measured" / "doses.csv").write_text(
        "programme,parameter,month,planned,delivered\nhome_renovation,homes_per_year,2001-01,100,40\n"
    )
    client = TestClient(app(mechelen))
    text = client.get("/measured").text
    assert "Stored pairs of runs: 2." in text and "+40" in text and "home_renovation.homes_per_year" in text
    (tmp_path / "measured" / "doses.csv").write_text(
        "programme,parameter,month,planned,delivered\nhome_renovation,homes,2001-01,100,40\n"
    )
    wrong = client.get("/measured")
    assert wrong.status_code == 422 and "doses.csv, row 2" in wrong.json()["problems"][0]
    (tmp_path / "measured" / "measured.toml").write_text(
        'title = "t"\npublisher = "p"\nplace = "x"\ncity = "elsewhere"\n'
    )
    assert other_city(tmp_path / "measured", mechelen.city) == "elsewhere", "whose doses are not shown"
    mechelen.pool.close()


def test_packages_stand_side_by_side_with_the_difference_between_them(client):
    asked = [
        {"name": name, "query": f"until=2003-12&runs=2&{q}"}
        for name, q in (("<b>", ""), ("less", "off=street_renewal"))
    ]
    table = client.post("/side-by-side?lang=nl", json=asked).json()["html"]
    assert "&lt;b&gt;" in table and "Verschil met" in table and 'class="good"' not in table
    again = [{"name": "one", "query": asked[0]["query"]}, {"name": "same", "query": asked[0]["query"]}]
    assert client.post("/side-by-side", json=again).json()["html"].count("exactly 0") >= 3


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[1, 2]", b'[{"name": 1}]', b"[" * 9999, b"\xff"])
def test_a_bad_list_of_packages_is_refused_with_a_sentence(client, body):
    refused = client.post("/side-by-side?lang=fr", content=body)
    assert refused.status_code == 422 and refused.json()["problems"]


# --------------------------------------------------------------------------------------------- estimates


def test_without_stored_runs_no_estimate_is_made(client):
    found = client.get(f"/estimate?{SHORT}&runs=2&lang=nl").json()
    assert found["told"] == [] and found["why"].startswith("Nog geen schatting")
    assert client.get("/estimate?home_renovation.homes_per_year=abc").status_code == 422


def test_an_estimate_says_a_middle_only_where_its_range_has_one_side(bench, monkeypatch):
    told = {
        "offences": Told(-50.0, -60.0, -40.0, -90.0, -10.0, True),
        "unsafe_share": Told(0.0, -0.01, 0.01, -0.02, 0.02, False),
    }
    monkeypatch.setattr(bench, "estimate", lambda scenario: Estimate(told, 12, 24))
    say = language("fr")
    found = estimated(bench, bench.ground.opens_with, say)
    offences, unsafe = (one["text"] for one in found["told"])
    assert offences.startswith("environ −50") and unsafe.endswith("on ne peut pas dire")
    assert found["outside"] and "12 autres paquets" in found["said"]


def test_an_unknown_measure_is_named(bench, monkeypatch):
    monkeypatch.setattr(bench, "estimate", lambda scenario: Estimate({}, 12, 24, ("cameras",), "unknown"))
    assert "Cameras in public space" in estimated(bench, bench.ground.opens_with, language("en"))["why"]
