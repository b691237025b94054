"""What goes wrong at a desk: each with a clear sentence, nothing half stored, nothing lost."""

import re
import sqlite3
from datetime import date, timedelta
from html import unescape

import pytest
from starlette.testclient import TestClient

from mechlin.core.errors import InputError, MechlinError
from mechlin.desk.casework.keeping import imported
from mechlin.desk.casework.office import day_of
from mechlin.desk.casework.verify import verify
from mechlin.desk.ground.database import NothingStored
from mechlin.desk.ground.home import DEMO
from mechlin.desk.web.app import app
from tests.desk.conftest import BENCHES, PASSWORD, PERSON_GIVEN, make_desk
from tests.desk.test_web import answers, asked, hidden, send, signed_in

NAMES = (
    "Ngọc Ánh", "李小龍", "محمد بن سلمان", "Владимир", "Ὀδυσσεύς", "שרה", "ಕನ್ನಡ", "O'Brien-D’Hondt", "Ñandú Ümläut",
    "ሰላም", "दीपिका", "a\u0301e\u0308", "🙂 Emoji", "\u200fRTL\u200f",
)  # fmt: skip


@pytest.fixture
def desk(tmp_path):
    return make_desk(tmp_path / "desk", "sqlite", {"benches": BENCHES})


@pytest.fixture
def browser(desk):
    def opened(language="en"):
        return TestClient(app(desk.office), follow_redirects=True, headers={"accept-language": language})

    return opened


def tip(desk):
    return verify(desk.office).events


# ------------------------------------------------------------------------------------------- what is typed


@pytest.mark.slow
def test_names_from_every_script_come_back_as_they_were_given(browser):
    resident = browser()
    numbers = {name: asked(resident, **{"who.given": name, "who.street": name})[0] for name in NAMES}
    clerk = signed_in(browser, "clerk")
    for name, number in numbers.items():
        assert name.strip() in unescape(clerk.get(f"/case/{number}").text), name


@pytest.mark.slow
def test_a_long_answer_is_kept_whole_and_one_too_long_is_said_with_its_length(browser, desk):
    resident = browser()
    number, code = asked(resident)
    clerk, signer = signed_in(browser, "clerk"), signed_in(browser, "signer")
    send(clerk, f"/case/{number}/decided", open="no", place="Bruul")
    signer.post(f"/case/{number}/sign", data={**_sign_fields(signer, number), "-do": "sign"})
    own = {**hidden(resident.get("/mine")), "-number": number, "-code": code, "-action": "objection", "-form": "F"}
    before = tip(desk)
    page = resident.post("/mine", data={**own, "objection_ground": "x" * 10_001})
    assert "10,001 characters" in page.text and tip(desk) == before
    text = "Zin met é. " * 909  # 9,999 signs
    page = resident.post("/mine", data={**own, "objection_ground": text})
    assert text.strip() in unescape(clerk.get(f"/case/{number}").text)  # an objection that waits is read by the clerk


def _sign_fields(client, number):
    page = client.get(f"/case/{number}")
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text.partition('/sign"')[2]))


def test_fields_nobody_asked_for_and_answers_of_the_wrong_kind(browser, desk):
    for extra in ({"nationality": "x"}, {"seats": ["1", "2"]}, {"who": "x"}, {"why": "\x00"}, {"seats": "9" * 4000}):
        page = send(browser(), "/open/benches/asked", **{**answers(), **extra})
        assert page.status_code in (200, 422), extra
        assert page.status_code == 422 or "who" in extra, extra
    assert "Traceback" not in page.text


# ----------------------------------------------------------------------------------- at the wrong moment


def test_back_after_sending_shows_the_form_and_sends_nothing_twice(browser, desk):
    """The page before is kept by no browser; the old form sent again gives the first receipt, changed or not."""
    client = browser()
    page = client.get("/open/benches/asked")
    assert page.headers["cache-control"] == "no-store"
    fields = {**hidden(page), **answers()}
    first = client.post("/open/benches/asked", data=fields)
    again = client.post("/open/benches/asked", data={**fields, "why": "Something else."})
    assert re.search(r"B-\d{4}-\d{5}", first.text)[0] in again.text and "stored once" in again.text
    assert tip(desk) == 2  # the rule, and one case


def test_a_session_that_ends_in_the_middle_stores_nothing_and_says_so(browser, desk):
    number, _ = asked(browser())
    clerk = signed_in(browser, "clerk")
    address = f"/case/{number}/decided"
    fields = {**hidden(clerk.get(address)), "open": "yes", "place": "Bruul"}
    from mechlin.desk.ground import accounts

    with desk.office.home.database.write() as conn:
        accounts.lock(conn, "clerk")
    before = tip(desk)
    page = clerk.post(address, data=fields)
    assert page.status_code == 401 and "sign in first" in page.text and tip(desk) == before
    with desk.office.home.database.write() as conn:
        accounts.lock(conn, "clerk", False)
    clerk = signed_in(browser, "clerk")
    assert "Prepared by clerk" in send(clerk, address, open="yes", place="Bruul").text


def test_a_role_taken_back_ends_at_once(browser, desk):
    number, _ = asked(browser())
    clerk = signed_in(browser, "clerk")
    from mechlin.desk.ground import accounts

    with desk.office.home.database.write() as conn:
        accounts.end_roles(conn, "clerk", "clerk", "2026-01-02")
    assert clerk.get(f"/case/{number}").status_code == 403


def test_two_clerks_the_slower_one_keeps_what_was_typed_and_sees_who_was_faster(browser, desk):
    number, _ = asked(browser())
    first, second = signed_in(browser, "clerk"), signed_in(browser, "clerk")
    address = f"/case/{number}/measured"
    slow = {**hidden(second.get(address)), "width": "2.5", "side": "left"}
    send(first, address, width="2", side="right")
    page = second.post(address, data=slow)
    assert page.status_code == 422 and "this case changed at" in page.text and 'value="2.5"' in page.text
    assert desk.state(number).answers["width"] == 2


def test_a_round_that_closes_while_a_parent_types(tmp_path):
    from mechlin.desk.procedures import catalogue
    from tests.desk import test_school_places as rounds

    town = make_desk(tmp_path / "desk", "sqlite", {n: p for n, p in catalogue().items() if n.startswith("school_")})
    town.now = town.office.home.moment()
    day = date.fromisoformat(day_of(town.now))  # the town's: near midnight not the one of UTC
    dates = {name: (day + timedelta(days=n)).isoformat() for name, n in
             (("apply_from", -2), ("apply_until", 0), ("seed_day", 5), ("take_up_until", 60), ("lists_until", 90))}  # fmt: skip
    round_ = rounds.opened(town, school_year=day.year, **dates)
    client = TestClient(app(town.office), headers={"accept-language": "fr"})
    address = f"/open/school_application/applied?parent={round_}"
    fields = hidden(client.get(address))
    who = {f"{who}.{k}": v for who in ("child", "parent") for k, v in PERSON_GIVEN.items()}
    (tmp_path / "desk" / DEMO).write_text("1\n")  # the clock is put a day ahead
    page = client.post(address, data={**fields, **who, "born_year": "2023", "wishes_1": "A"})
    assert page.status_code == 422 and "étaient reçues jusqu" in page.text and "Aïcha" in page.text  # still filled in
    town.later(days=1)
    town.act("clerk", "closed", round_)
    page = client.post(address, data={**fields, **who, "born_year": "2023", "wishes_1": "A"})
    assert page.status_code == 422 and "les demandes sont closes" in page.text and "Aïcha" in page.text
    assert client.get(address).status_code == 409


# ------------------------------------------------------------------------------------------- from outside


def test_another_towns_link_and_forms_lead_nowhere(browser, desk, tmp_path):
    other = make_desk(tmp_path / "other", "sqlite", {"benches": BENCHES})
    theirs = TestClient(app(other.office), headers={"accept-language": "en"})
    number, code = asked(theirs)
    ours = browser()
    own = hidden(ours.get("/mine"))
    assert ours.post("/mine", data={**own, "-number": number, "-code": code}).status_code == 404
    assert ours.get("/open/benches/asked?parent=R-2026-99999").status_code == 200  # belongs to nothing: an empty form
    fields = {**hidden(theirs.get("/open/benches/asked")), **answers()}
    assert ours.post("/open/benches/asked", data=fields).status_code == 403
    ours.cookies.set("desk-session", "' OR 1=1 --")
    assert ours.get("/today").status_code == 401


@pytest.mark.parametrize(
    "address",
    ["/case/..%2f..%2fetc%2fpasswd", "/public/%00", "/letter/L-1'--", "/register/../log", "/static/..%2fdesk.toml",
     "/open/benches/nothing", "/open/none/asked", "/case/B-2026-00001/nothing", "/today?case=%0d%0aSet-Cookie:x=1"],
)  # fmt: skip
def test_addresses_that_lead_nowhere_say_so_and_nothing_else(browser, address):
    page = signed_in(browser, "clerk").get(address)
    assert page.status_code in (404, 403) and "Traceback" not in page.text and "set-cookie: x" not in str(page.headers)


# --------------------------------------------------------------------------------------- under the desk


def test_a_clock_that_jumps_back_stores_nothing_and_one_that_jumps_ahead_is_seen_later(desk):
    desk.ask()
    desk.later(days=-40)
    with pytest.raises(MechlinError, match="set the clock right"):
        desk.ask()
    desk.later(days=80)
    desk.ask()
    desk.later(days=-40)
    with pytest.raises(MechlinError, match="the last event was at"):
        desk.ask()
    assert verify(desk.office).sound


def test_a_full_disk_stores_nothing_and_says_so(desk, browser):
    asked(browser())
    before = tip(desk)
    database = desk.office.home.database
    with database.engine.connect() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar()
    from sqlalchemy import event

    def full(connection, *_):
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(database.engine, "checkout", full)
    try:
        told = ""
        for _ in range(60):
            page = send(browser(), "/open/benches/asked", **answers(why="x" * 1900))
            if page.status_code != 200:
                told = page.text
                break
        assert "the disk is full; nothing was stored" in told
    finally:
        event.remove(database.engine, "checkout", full)
        database.close()
    with database.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count=1073741823")
    assert verify(desk.office).sound and tip(desk) >= before
    asked(browser())


def test_a_database_that_is_gone_is_said_and_comes_back_whole(desk, browser, tmp_path):
    client = browser()
    asked(client)
    desk.office.home.database.close()
    connect = sqlite3.connect(desk.office.home.folder / "desk.db")
    connect.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connect.close()
    there, away = desk.office.home.folder / "desk.db", tmp_path / "away.db"
    there.rename(away)
    there.mkdir()  # what cannot be opened
    page = client.get("/")
    assert page.status_code in (422, 503) and "nothing was stored" in page.text
    with pytest.raises(NothingStored):
        desk.ask()
    there.rmdir()
    away.rename(there)
    desk.office.home.database.close()
    assert verify(desk.office).sound and client.get("/").status_code == 200


def test_nothing_of_a_step_is_stored_when_its_letter_cannot_be(desk, monkeypatch):
    """Event, case and letter belong together: whatever fails in between, all of it is undone."""
    from mechlin.desk.casework.writer import Writer

    case = desk.ask().case
    desk.act("clerk", "decided", case, {"open": "yes", "place": "Bruul"})
    before = tip(desk)

    def fails(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(Writer, "letter", fails)
    with pytest.raises(OSError, match="no space"):
        desk.office.sign(desk.actor("signer"), case, None, now=desk.now)
    monkeypatch.undo()
    assert tip(desk) == before and desk.state(case).waiting is not None and verify(desk.office).sound
    desk.office.sign(desk.actor("signer"), case, None, now=desk.now)


@pytest.mark.slow
def test_wrong_passwords_say_nothing_of_whether_there_is_such_an_account(browser, desk):
    texts = set()
    for name in ("clerk", "nobody", "clerk' --", "x" * 5000):
        client = browser()
        fields = {**hidden(client.get("/sign-in")), "-name": name, "-password": "wrong " + PASSWORD}
        page = client.post("/sign-in", data=fields)
        texts.add(re.sub(r'value="[^"]*"', "", page.text))
        assert page.status_code == 403
    assert len(texts) == 1


def test_an_address_without_a_page_gets_a_page_in_the_readers_language_with_a_way_back(browser):
    page = browser().get("/nowhere", headers={"accept-language": "nl"})
    assert page.status_code == 404 and 'lang="nl"' in page.text and "Hier is niets." in page.text
    assert 'href="/"' in page.text and browser().get("/sign-out").status_code == 405


def test_everything_wrong_in_a_file_of_steps_is_said_with_its_row_and_nothing_is_taken(desk):
    """What is not lawful, not allowed or not there is told beside wrong answers, not alone and first."""
    lines = [
        '{"procedure": "benchs", "action": "asked", "answers": {}}',
        '{"procedure": "benches", "action": "asked", "answers": {"who": {}, "seats": "twelve"}}',
        '{"case": "B-2026-99999", "action": "measured", "answers": {}}',
        "not a step",
    ]
    with pytest.raises(InputError) as error:
        imported(desk.office, desk.actor("clerk"), lines, "steps.jsonl", desk.now)
    assert {p.row for p in error.value.problems} == {1, 2, 3, 4} and "benches" in str(error.value)
    assert verify(desk.office).events == 0
