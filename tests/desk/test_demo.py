"""The demonstration town: made by the same steps as any case, sound, and a whole round in a browser with its clock put ahead."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

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
from tests.desk.keyboard import CONTROLS, Served, fill, follow, native, stops
from tests.desk.test_web import hidden, send

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own

PASSWORD = "demonstration town"
AXE = Path(__file__).parents[1] / "web" / "assets" / "axe.min.js"
PHONE, SCREEN = {"width": 390, "height": 800}, {"width": 1280, "height": 900}


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


def opened(town, name=""):
    client = TestClient(app(town), headers={"accept-language": "nl"})
    client.event_hooks = {"response": [native]}  # every page that these tests open, of every procedure
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
    clerk = opened(town, "clerk")
    seen = {(s.procedure, s.stage): s.id for s in states}
    for (procedure, stage), case in seen.items():
        page = clerk.get(f"/case/{case}")
        assert page.status_code == 200, (procedure, stage)
    for address in ("/", "/today", "/register/cameras", "/register/cameras/data.csv", "/heads", "/mine"):
        assert clerk.get(address).status_code == 200
    assert "Gaaf" in opened(town, "auditor").get("/log").text


def test_nobody_reads_a_file_that_they_have_no_part_in(town):
    """A head teacher reads applications and no family's file; police, juries and coordinators what is theirs."""
    with town.home.database.read() as conn:
        look = town.look(conn, State(), "2026-01-01", None, "buddy")
        one = {name: look.beside(name)[0].id for name in catalogue()}
    for role, part in {
        "school": {"school_application"},
        "police": {"parents", "cameras"},
        "jury": {"grant", "tenancy"},
        "mediator": {"parents"},
        "auditor": set(catalogue()),
    }.items():
        client = opened(town, role)
        read = {name for name, case in one.items() if client.get(f"/case/{case}").status_code == 200}
        assert read == part, role
        listed = set(re.findall(r'href="/case/([A-Z])-', client.get("/today").text))
        assert listed <= {town.procedures[name].letter for name in part}, role
    page = opened(town, "school").get(f"/case/{one['school_application']}")
    assert re.search(r'href="/public/R-[^"]+"', page.text)  # the round as everybody sees it


HOSTILE = "<script>alert('x')</script>\"'&{{7*7}}{% raw %}\u202e=1+1 李 محمد"


def test_every_form_of_every_procedure_takes_hostile_answers_as_text_or_says_what_is_wrong(town):
    """Whatever is typed in each field, and whichever case a form is said to belong to: a sentence, and never an accident."""
    clients = {who: opened(town, who) for who in ("", "clerk", "coordinator", "police", "official")}
    with town.home.database.read() as conn:
        look = town.look(conn, State(), "2026-01-01", None, "buddy")
        parents = {n: [s.id for s in look.beside(n)][-1] for n in catalogue()}
    for name, procedure in catalogue().items():
        for action in procedure.opening():
            who = next((w for w in clients if w in action.by or (not w and "resident" in action.by)), None)
            if who is None:
                continue
            wrong = (parents["buddy"], "../desk.toml", "R-1' OR 1=1 --") if procedure.parent else ()
            for parent in (parents.get(procedure.parent, ""), *wrong):
                address = f"/open/{name}/{action.name}?parent={parent}"
                page = clients[who].get(address)
                assert page.status_code in (200, 409), (address, page.status_code)
                asked = set(re.findall(r'name="([^"-][^"]*)"', page.text))
                for text in (HOSTILE, "x" * 10_001):
                    sent = clients[who].post(address, data={**hidden(page), **dict.fromkeys(asked, text)})
                    assert sent.status_code == 422 and "<script" not in sent.text, (
                        address,
                        sent.status_code,
                        sent.text[:300],
                    )
    for name, case in parents.items():
        for action in catalogue()[name].actions:
            assert clients["clerk"].get(f"/case/{case}/{action.name}").status_code in (200, 403, 404, 409), (
                case,
                action.name,
            )


# ------------------------------------------------------------------------- in a real browser, for everybody


@pytest.fixture(scope="module")
def served(town):
    found = Served(town)
    yield found
    found.stop()


@pytest.fixture
def keyboard(browser, served):
    """Return the first page in a browser that runs no script, and in which only keys are pressed."""
    context = browser.new_context(locale="en-GB", java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(served.url)
    yield page
    context.close()


def test_a_parent_applies_and_a_clerk_completes_it_by_keyboard_alone_and_without_script(keyboard):
    page = keyboard
    follow(page, lambda focus: "/open/school_application/applied" in focus["href"])
    assert page.locator("select[name^=wishes_]").count() == 3  # as many as the round allows
    person = {"given": "Robin", "family": "Maes", "street": "Markt 3", "place": "9999 Lindeveld", "post": ["Space"]}
    born = str(datetime.now(UTC).year + 1 - 2)
    child = {**person, "born": f"0302{born}", "language": "Nederlands"}
    parent = {**person, "born": "03021990", "language": "Fran"}
    wishes = {"born_year": born, "wishes_1": ["ArrowDown"], "wishes_2": ["ArrowDown", "ArrowDown"]}
    typed = {f"child.{k}": v for k, v in child.items()} | {f"parent.{k}": v for k, v in parent.items()} | wishes
    fill(page, {k: v for k, v in typed.items() if k != "parent.street"})
    assert page.locator("[role=alert]").count() == 1  # something is missing, and said beside its field
    fill(page, {"parent.street": "Markt 3"})
    assert page.locator("p.big").count() == 2, page.locator("main").inner_text()  # a number and a code
    number, code = page.locator("p.big").all_inner_texts()

    follow(page, lambda focus: focus["href"].endswith("/mine") and focus["main"])
    fill(page, {"-number": number, "-code": code})
    assert number in page.locator("main").inner_text()

    follow(page, lambda focus: focus["href"].endswith("/sign-in"))
    fill(page, {"-name": "clerk", "-password": PASSWORD})
    assert page.url.endswith("/today")
    assert len(list(stops(page))) == page.evaluate(CONTROLS)  # nothing that can be used is passed over
    fill(page, {"case": number})
    follow(page, lambda focus: focus["href"].endswith("/completed"))
    fill(page, {"distances": ["Control+End", *"A,120", "Enter", *"B,900"]})
    assert page.url.endswith(number) and page.locator("[role=alert]").count() == 0
    follow(page, lambda focus: focus["text"].startswith("Sign out"))
    assert page.locator("nav a[href='/sign-in']").count() == 1


def barriers(page, only=""):
    """Return what axe-core finds on a page, of one rule or of all."""
    options = f"{{ resultTypes: ['violations'], preload: false{only and f', runOnly: {[only]}'} }}"
    found = page.evaluate(f"axe.run({options}).then(r => r.violations)")
    return [(v["id"], v["nodes"][0]["target"], v["nodes"][0].get("failureSummary", "")[:300]) for v in found]


def look_at(page, addresses, url):
    """Look for barriers on pages as a telephone shows them, and then for colours that are hard to tell in the dark."""
    for address in addresses:
        if address:
            page.goto(url + address)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        page.emulate_media(color_scheme="light")
        assert barriers(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address}: wider than the screen"
        page.emulate_media(color_scheme="dark")
        assert barriers(page, "color-contrast") == [], f"{address}, dark"


def sign_in(page, url, name):
    page.goto(f"{url}/sign-in")
    page.fill("[name=-name]", name)
    page.fill("[name=-password]", PASSWORD)
    page.click("main form:not(.demo) button")


def test_no_page_has_a_barrier_that_a_program_can_find(town, served, browser):
    if not AXE.is_file():
        pytest.skip("NO AXE: tests/web/fetch_axe.sh fetches it (see .ci/run)")
    with town.home.database.read() as conn:
        cases = {
            n: town.look(conn, State(), "2026-01-01", None, n).beside(n)[-1 if n == "parents" else 0].id
            for n in catalogue()
        }
    page = browser.new_context(locale="fr-BE", viewport=PHONE).new_page()
    page.goto(served.url)
    apply = page.locator("a[href*='/open/school']").first.get_attribute("href")
    look_at(page, ["/", apply, "/sign-in", "/register/cameras", f"/public/{cases['school_round']}"], served.url)
    page.goto(served.url + apply)
    page.click("main form:not(.demo) button")  # nothing is filled in, and everything that is wrong is said
    look_at(page, [""], served.url)
    sign_in(page, served.url, "clerk")
    shown = [f"/case/{cases[name]}" for name in ("cameras", "grant", "parents", "school_round")]
    look_at(page, ["/today", "/open/grant_round/drafted", *shown], served.url)
    page.goto(f"{served.url}/case/{cases['school_application']}")
    look_at(page, [page.locator("a[href^='/letter/']").first.get_attribute("href")], served.url)
    sign_in(page, served.url, "dpo")
    look_at(page, ["/retention", "/oversight"], served.url)
    page.context.close()


def test_a_whole_round_in_the_browser_and_a_parents_letter_in_her_language(town):
    parent = opened(town)
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
    clerk, signer = opened(town, "clerk"), opened(town, "signer")
    with town.home.database.read() as conn:
        look = town.look(conn, State(), "2026-01-01", None, "school_application")
        cases = [s for s in look.beside("school_application") if (s.parent, s.stage) == (round_, "applied")]
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
    assert send(opened(town, "auditor"), f"/case/{round_}/verified").status_code == 200
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
