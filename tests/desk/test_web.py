"""The pages, as a resident, a clerk and an attacker use them: without script, whole flows, and nothing by accident."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from mechlin.desk.casework.keeping import leave_no_trace
from mechlin.desk.web.app import app
from tests.desk.conftest import BENCHES, PASSWORD, PERSON_GIVEN, make_desk

HOSTILE = "<script>alert('x')</script>\"'&{{7*7}}{% raw %}𝕳 Ω 李 محمد"


@pytest.fixture
def desk(tmp_path):
    return make_desk(tmp_path / "desk", "sqlite", {"benches": BENCHES})


@pytest.fixture
def browser(desk):
    def opened():
        return TestClient(app(desk.office), follow_redirects=True, headers={"accept-language": "en"})

    return opened


def hidden(page):
    """Return the hidden fields of the last form of a page."""
    form = page.text.rpartition('<form method="post"')[2]
    return {k: unescape(v) for k, v in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)}


def send(client, address, **fields):
    """Open a form, fill it in, and send it, as a browser does."""
    return client.post(address, data={**hidden(client.get(address)), **fields})


def answers(**more):
    return {**{f"who.{k}": v for k, v in PERSON_GIVEN.items()}, "why": "My knees hurt.", "seats": "3", **more}


def signed_in(browser, name):
    client = browser()
    page = client.post("/sign-in", data={**hidden(client.get("/sign-in")), "-name": name, "-password": PASSWORD})
    assert page.status_code == 200 and page.url.path == "/today", page.text
    return client


def asked(client, **more):
    page = send(client, "/open/benches/asked", **answers(**more))
    assert page.status_code == 200, page.text
    number, code = re.findall(r'<p class="big">([^<]+)</p>', page.text)
    return number, code


# ------------------------------------------------------------------------------------------------- flows


@pytest.mark.slow
def test_a_whole_case_in_the_browser_with_two_people_and_a_letter(browser):
    resident = browser()
    number, code = asked(resident)
    clerk, signer = signed_in(browser, "clerk"), signed_in(browser, "signer")
    page = clerk.get(f"/case/{number}")
    assert "Aïcha" in page.text and "Decide" in page.text
    page = send(clerk, f"/case/{number}/decided", open="no", place="Bruul")
    assert "Prepared by clerk" in page.text and "Sign</button>" not in page.text
    page = signer.get("/today")
    assert number in page.text
    page = signer.get(f"/case/{number}")
    data = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text.partition('/sign"')[2]))
    page = signer.post(f"/case/{number}/sign", data={**data, "-do": "sign"})
    assert "No bench is placed" in page.text
    own = {**hidden(resident.get("/mine")), "-number": number, "-code": code}
    page = resident.post("/mine", data=own)
    assert "refused" in page.text and "Object to a decision" in page.text
    letter = re.search(r'name="-letter" value="([^"]+)"', page.text)[1]
    page = resident.post("/mine", data={**own, "-letter": letter})
    assert "Aïcha" in page.text and 'lang="fr"' in page.text
    page = resident.post("/mine", data={**own, "-action": "objection", "objection_ground": "No!", "-form": "F"})
    assert "being looked at by somebody else" in page.text
    page = clerk.get("/today")  # the case is closed, and the objection is on the list all the same
    assert f'<a href="/case/{number}">' in page.text.partition("Objections that wait for an answer")[2]
    answer = {"objection_outcome": "objection rejected", "objection_reason": "Only some may sit on it."}
    send(clerk, f"/case/{number}/objection decided", **answer)
    assert f'<a href="/case/{number}">' in signer.get("/today").text.partition("Waits for your signature")[2]
    assert "Sound" in signer.get("/log").text
    assert "Upheld" in signer.get("/oversight").text


def test_a_form_that_is_wrong_comes_back_filled_with_everything_that_is_wrong(browser):
    page = send(browser(), "/open/benches/asked", **answers(seats="twelve", **{"who.born": ""}))
    assert page.status_code == 422
    assert page.text.count('class="wrong" id="w-') == 2 and 'aria-invalid="true"' in page.text
    assert 'value="twelve"' in page.text and 'value="Aïcha"' in page.text


def test_sent_twice_stored_once(browser, desk):
    client = browser()
    fields = {**hidden(client.get("/open/benches/asked")), **answers()}
    first, second = (client.post("/open/benches/asked", data=fields) for _ in range(2))
    number = re.search(r"B-2\d{3}-\d{5}", first.text)[0]
    assert number in second.text and "stored once" in second.text
    assert not desk.state(f"{number[:-1]}{int(number[-1]) + 1}").id


def test_hostile_text_stays_text_everywhere(browser):
    resident = browser()
    number, _ = asked(resident, why=HOSTILE, **{"who.family": HOSTILE, "who.street": HOSTILE})
    clerk = signed_in(browser, "clerk")
    send(clerk, f"/case/{number}/decided", open="no", place=HOSTILE)
    page = clerk.get(f"/case/{number}")
    assert (
        "<script" not in page.text
        and "&lt;script&gt;" in page.text
        and "{{7*7}}" in page.text
        and "49" not in (page.text.partition("Street")[2][:50])
    )
    page = send(resident, "/open/benches/asked", **answers(why=HOSTILE, seats="x"))
    assert "<script" not in page.text
    assert "<script" not in clerk.get("/today?case=" + HOSTILE[:30]).text


@pytest.mark.parametrize("code", ["nl", "fr", "en"])
def test_three_languages(browser, code):
    client = browser()
    client.get(f"/language/{code}?back=//evil.example")
    page = client.get("/")
    assert f'<html lang="{code}">' in page.text


# ---------------------------------------------------------------------------------------------- attackers


def test_every_answer_carries_the_headers_and_no_page_needs_script(browser):
    client = signed_in(browser, "clerk")
    for address in ("/", "/today", "/nowhere", "/open/benches/asked", "/static/desk.css", "/case/B-2026-99999"):
        page = client.get(address)
        assert "default-src 'none'" in page.headers["content-security-policy"], address
        assert "script" not in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "<script" not in page.text and " style=" not in page.text and " onclick" not in page.text


def test_a_form_from_elsewhere_changes_nothing(browser, desk):
    client = browser()
    fields = {**hidden(client.get("/open/benches/asked")), **answers()}
    for bad in ({**fields, "-token": "x"}, {k: v for k, v in fields.items() if k != "-token"}):
        assert client.post("/open/benches/asked", data=bad).status_code == 403
    assert browser().post("/open/benches/asked", data=fields).status_code == 403  # another browser
    headers = {"sec-fetch-site": "cross-site"}
    assert client.post("/open/benches/asked", data=fields, headers=headers).status_code == 403
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421
    assert client.post("/open/benches/asked", files={"why": b"x"}, data=fields).status_code == 415
    assert client.post("/open/benches/asked", data={**fields, "why": "x" * 2_100_000}).status_code == 413
    with desk.office.home.database.read() as conn:
        from mechlin.desk.ground import log

        assert log.tip(conn)[0] == 0


def test_forged_cookies_and_other_peoples_cases_are_refused(browser):
    client = browser()
    number, code = asked(client)
    client.cookies.set("desk-session", "forged")
    assert client.get("/today").status_code == 401
    assert client.get(f"/case/{number}").status_code == 401
    other, _ = asked(client)
    own = hidden(client.get("/mine"))
    for pair in ((other, code), (number, code[:-1]), ("' OR 1=1 --", code), (number, "")):
        assert client.post("/mine", data={**own, "-number": pair[0], "-code": pair[1]}).status_code == 404
    assert client.get("/letter/L-1").status_code in (401, 404)


@pytest.mark.slow
def test_the_matrix_of_roles_holds_at_every_door(browser, desk):
    """Who may do what in the declared table is what the pages let through, for every role."""
    number, _ = asked(browser())
    pages = {"see the oversight": "/oversight", "check the log": "/log", "list what must go": "/retention",
             "benches: read a case": f"/case/{number}"}  # fmt: skip
    from mechlin.desk.casework.matrix import matrix

    table = matrix(desk.office.procedures)
    for role in ("clerk", "signer", "auditor", "dpo", "admin", "school", "council"):
        client = signed_in(browser, role)
        for action, address in pages.items():
            assert (client.get(address).status_code == 200) == (role in table[action]), (role, action)
        for name in ("decided", "measured", "objection", "clock stopped"):
            may = client.get(f"/case/{number}/{name}").status_code != 403
            assert may == (role in table[f"benches: {name}"]), (role, name)


def test_a_damaged_database_is_said_and_nothing_is_told_of_anybody(browser, desk):
    client = browser()
    asked(client)
    leave_no_trace(desk.office)
    desk.office.home.database.close()
    for name in ("desk.db", "desk.db-wal", "desk.db-shm"):
        path = desk.office.home.folder / name
        if path.exists():
            path.write_bytes(b"not a database at all" * 400)
    page = client.get("/")
    assert page.status_code in (422, 503) and "nothing was stored" in page.text
    assert "Aïcha" not in page.text and client.get("/health").status_code == 503
