"""The demonstration town: made by the same steps as any case, sound, and a whole round in a browser with its clock put ahead."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from starlette.testclient import TestClient

from mechlin.cli.main import main
from mechlin.core.errors import UsageError
from mechlin.desk.casework.state import State
from mechlin.desk.demo import schools
from mechlin.desk.ground import home
from mechlin.desk.procedures import catalogue, office_of
from mechlin.desk.web.app import app
from tests.desk.conftest import make_desk
from tests.desk.test_web import hidden, send

PASSWORD = "demonstration town"


@pytest.fixture(scope="module")
def town(tmp_path_factory, quick_passwords):
    """A small one, made by the command."""
    folder = tmp_path_factory.mktemp("demo") / "desk"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schools, "CHILDREN", 40)
        patch.setattr(schools, "STILL_APPLYING", 4)
        patch.setattr(schools, "_PLACES", 3)
        assert main(["desk", "init", "--demo", "--home", str(folder)]) == 0
    made = home.open_home(folder)
    yield office_of(made)
    made.database.close()


def browser(town, name=""):
    client = TestClient(app(town), headers={"accept-language": "nl"})
    if name:
        fields = {**hidden(client.get("/sign-in")), "-name": name, "-password": PASSWORD}
        assert client.post("/sign-in", data=fields).url.path == "/today"
    return client


def ahead(client, *days):
    page = client.get("/")
    token = re.search(r'name="-token" value="([^"]+)"', page.text)[1]
    for n in days:
        client.post("/demonstration/ahead", data={"-token": token, "-days": n})


def sign(client, case):
    page = client.get(f"/case/{case}")
    data = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text.partition('/sign"')[2]))
    page = client.post(f"/case/{case}/sign", data={**data, "-do": "sign"})
    assert page.status_code == 200, page.text


def test_a_year_of_every_procedure_is_there_and_every_page_of_it_opens(town):
    with town.home.database.read() as conn:
        states = [s for n in catalogue() for s in town.look(conn, State(), "2026-01-01", None, n).beside(n)]
    assert {s.procedure for s in states} >= set(catalogue())
    files = {s.stage for s in states if s.procedure == "parents"}
    assert files == {
        "closed: parents' own measures",
        "closed: plan kept",
        "closed: no report",
        "closed: fine paid",
        "warned",
        "parents asked",
    }
    clerk = browser(town, "clerk")
    seen = {(s.procedure, s.stage): s.id for s in states}
    for (procedure, stage), case in seen.items():
        page = clerk.get(f"/case/{case}")
        assert page.status_code == 200, (procedure, stage)
    for address in ("/", "/today", "/register/cameras", "/register/cameras/data.csv", "/heads", "/mine"):
        assert clerk.get(address).status_code == 200
    assert "Gaaf" in browser(town, "auditor").get("/log").text


def test_a_whole_round_in_the_browser_and_a_parents_letter_in_her_language(town):
    parent = browser(town)
    page = parent.get("/")
    address = unescape(re.search(r'href="(/open/school_application/applied\?parent=[^"]+)"', page.text)[1])
    round_ = address.rpartition("=")[2]
    person = {"given": "Amélie", "family": "Ortega", "street": "Markt 3", "place": "9999 Lindeveld", "post": "no"}
    born = str(datetime.now(UTC).year + 1 - 2)
    fields = {
        **{f"child.{k}": v for k, v in {**person, "born": f"{born}-02-03", "language": "nl"}.items()},
        **{f"parent.{k}": v for k, v in {**person, "born": "1990-02-03", "language": "fr"}.items()},
        "born_year": born, "wishes_1": "A", "wishes_2": "B",
    }  # fmt: skip
    page = send(parent, address, **fields)
    number, code = re.findall(r'<p class="big">([^<]+)</p>', page.text)
    clerk, signer = browser(town, "clerk"), browser(town, "signer")
    with town.home.database.read() as conn:
        look = town.look(conn, State(), "2026-01-01", None, "school_application")
        cases = [s for s in look.beside("school_application") if s.parent == round_]
    for state in cases:
        rows = "school,metres\n" + "".join(
            f"{s},{700 if state.id != number else 90}\n" for s in state.answers["wishes"]
        )
        assert send(clerk, f"/case/{state.id}/completed", distances=rows).status_code == 200
    page = clerk.get(f"/case/{round_}/closed")
    assert page.status_code == 409 and "aanmelden eindigt op" in page.text  # in the clerk's language
    ahead(clerk, "7", "7")
    for action in ("closed", "checked", "frozen"):
        assert send(clerk, f"/case/{round_}/{action}").status_code == 200
    ahead(clerk, "7")
    send(clerk, f"/case/{round_}/seeded", seed="3 1 4 1 5")
    sign(signer, round_)
    send(clerk, f"/case/{round_}/drawn")
    assert send(browser(town, "auditor"), f"/case/{round_}/verified").status_code == 200
    send(clerk, f"/case/{round_}/signed")
    sign(signer, round_)
    own = {**hidden(parent.get("/mine")), "-number": number, "-code": code}
    page = parent.post("/mine", data=own)
    letter = re.search(r'name="-letter" value="([^"]+)"', page.text)[1]
    text = unescape(parent.post("/mine", data={**own, "-letter": letter}).text)
    assert 'lang="fr"' in text and "Amélie Ortega" in text and "De Ark" in text and "De Brug" in text
    assert "Chacun de vos" in text  # why each wish, and what she can do


def test_only_a_demonstrations_clock_can_be_put_ahead(town, tmp_path):
    real = make_desk(tmp_path / "desk", "sqlite", {})
    with pytest.raises(UsageError, match="only the clock of a demonstration"):
        real.office.home.put_ahead(7)
    client = TestClient(app(real.office))
    page = client.get("/sign-in")
    token = re.search(r'name="-token" value="([^"]+)"', page.text)[1]
    assert "invented" not in page.text and PASSWORD not in page.text
    before = real.office.home.moment()
    client.post("/demonstration/ahead", data={"-token": token, "-days": "30"})
    assert (real.office.home.moment() - before).days == 0
