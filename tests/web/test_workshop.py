"""A workshop: groups with a code, guesses before answers, no old answer, a protocol, and a room that outlives a restart."""

import json
import re
import time

import pytest
from starlette.testclient import TestClient

from mechlin.core.errors import InputError, UsageError
from mechlin.report import everyday
from mechlin.report.texts import language
from mechlin.study.pairs import Effect
from mechlin.web import workshop_words as words
from mechlin.web.app import app
from mechlin.web.workshop import GROUPS_MAX, Room, Workshops, read_room

EFFECT = Effect("unsafe_share", "%", 2018, "in 2018", 18.0, 20.0, -2.0, -3.0, -1.0, 16, 0, "down")._asdict()


@pytest.fixture
def room():
    return Room("BCDFGH", "secret", "toy", "unsafe_share", "2018-12", 16)


def guessed(room, name="Blue", way="down", by="1,5", settings=None):
    group = room.join(name)
    room.guess(group, {"cameras": "usual"}, settings or {"cameras": {"cameras": 4}}, way, by)
    return group


# ---------------------------------------------------------------------------------------------------- the room


def test_an_answer_is_shown_only_while_it_is_asked_for(room):
    group = guessed(room)
    mark = room.mark(group)
    room.keep_answer(group, mark, EFFECT, 1.0)
    assert room.answer(group) is None  # not revealed: nobody may have it yet
    room.reveal()
    room.keep_answer(group, mark, EFFECT, 1.0)
    assert room.answer(group)["effect"] == EFFECT
    room.next_round("population", 16)
    assert room.answer(group) is None and not group.ready and group.settings
    room.guess(group, {}, {}, "up", "")
    room.reveal()
    room.keep_answer(group, mark, EFFECT, 1.0)  # of the former round, come late
    assert room.answer(group) is None


def test_an_answer_whose_file_was_of_another_package_is_not_shown(room):
    group = guessed(room)
    room.reveal()
    room.keep_answer(group, room.mark(group), EFFECT, 1.0)
    group.settings = {"cameras": {"cameras": 5}}
    assert room.answer(group) is None


def test_no_guess_after_the_answers(room):
    group = guessed(room)
    room.reveal()
    with pytest.raises(UsageError, match="shown already"):
        room.guess(group, {}, {}, "up", "")
    assert group.way == "down"


def test_a_guess_or_an_order_for_a_round_that_is_over_is_refused(client, opened):
    lead, group, at = opened
    post(client, lead, "do=next&indicator=offences&runs=4&round=1")
    late = post(client, group, "way=down&by=77&round=1&m.visible_patrol=large").text
    assert "Another question has been asked meanwhile" in late and "Offences in" in late
    assert '"large" selected' in late and "77" not in late and " checked" not in late
    assert "Another question" in post(client, lead, "do=next&indicator=population&runs=4&round=1").text
    assert "Another question" in post(client, lead, "do=reveal&round=1").text
    assert "Round 2" in client.get(lead).text and "still thinking" in client.get(f"{at}/screen").text
    post(client, group, "way=down&round=2")


@pytest.mark.slow
def test_an_answer_that_cannot_be_had_says_why_once(client, opened, monkeypatch):
    lead, group, at = opened
    desk = client.app.app.state.workshop
    monkeypatch.setattr(desk, "_told", lambda *asked: 1 / 0)
    post(client, group, "way=down")
    post(client, lead, "do=reveal")
    for _ in range(240):
        if "could not be computed" in (shown := client.get(f"{at}/screen?lang=nl").text) or "kon niet" in shown:
            break
        time.sleep(0.1)
    assert "kon niet worden berekend: Er ging iets mis in de werkbank zelf: division by zero" in shown
    assert not desk.tasks


@pytest.mark.parametrize("way", ["", "sideways"])
def test_a_guess_needs_a_way(room, way):
    with pytest.raises(UsageError, match="Say first"):
        room.guess(room.join("Blue"), {}, {}, way, "")


@pytest.mark.parametrize("text", ["many", "nan", "1e99", "inf"])
def test_what_is_no_number_is_refused(room, text):
    with pytest.raises(UsageError, match="as a number"):
        room.guess(room.join("Blue"), {}, {}, "up", text)


@pytest.mark.parametrize(("text", "meant"), [("1,000", 1000), ("1.250", 1250), ("2 500 000", 2.5e6), ("0,125", 0.125),
                                             ("1,5", 1.5), ("12.75", 12.75), ("−1.000,5", None)])  # fmt: skip
def test_a_thousand_is_a_thousand_however_it_is_written(room, text, meant):
    group = room.join("Blue")
    if meant is None:
        with pytest.raises(UsageError, match="as a number"):
            room.guess(group, {}, {}, "up", text)
        return
    room.guess(group, {}, {}, "up", text)
    assert group.by == meant


def test_names_are_each_groups_own(room):
    assert room.join("  Blue\n\x07 team ").name == "Blue team"
    for name, told in (("blue TEAM", "already"), (" \t", "Give the group")):
        with pytest.raises(UsageError, match=told):
            room.join(name)
    for n in range(GROUPS_MAX - 1):
        room.join(str(n))
    with pytest.raises(UsageError, match="full"):
        room.join("One more")


def test_a_restart_resumes_and_a_broken_file_is_left_alone(tmp_path, caplog):
    rooms = Workshops(tmp_path, "toy")
    room = rooms.open("unsafe_share", "2018-12", 16)
    group = guessed(room)
    room.reveal()
    room.keep_answer(group, room.mark(group), EFFECT, 5.0)
    rooms.save(room)
    (tmp_path / "ZZZZZZ.json").write_text('{"code": 1}', encoding="utf-8")
    again = Workshops(tmp_path, "toy")
    assert list(again.rooms) == [room.code] and again.find(room.code.lower()) == room
    assert again.find(room.code).answer(again.find(room.code).groups[0])["cost_eur"] == 5.0
    assert "ZZZZZZ.json" in caplog.text and (tmp_path / "ZZZZZZ.json").is_file()
    assert not Workshops(tmp_path, "elsewhere").rooms
    with pytest.raises(InputError):
        read_room(tmp_path / "ZZZZZZ.json")


def test_an_answer_is_told_in_things_people_know_and_held_to_the_guess_in_the_same(room, client):
    """A guess of 300 offences a year is held to offences a year, not to the number by 100 residents."""
    card = client.app.app.state.bench.cards[0]["offences"]
    effect = EFFECT | {
        "indicator": "offences",
        "unit": "per 100 residents",
        "difference": -0.4,
        "low": -0.6,
        "high": -0.1,
    }
    known = everyday.Known("offences a year", "count", -300.0, -450.0, -75.0)._asdict()
    room.indicator = "offences"
    group = guessed(room, by="300")
    room.reveal()
    room.keep_answer(group, room.mark(group), effect, 1.0, known)
    told = words.line(room, group, card, {}, language("en"))
    assert told.guess == "lower, by about 300 offences a year"
    assert told.answer == "about 300 fewer offences a year (80 to 450)"
    assert told.held == "as expected; the guess lies within the range"
    (round_,) = words.rounds(room, {"offences": card}, {}, language("nl"))
    assert round_.note == "" and "misdrijven per jaar" in round_.rows[0][1].answer


# --------------------------------------------------------------------------------------------------- the pages


def post(client, path, content, **headers):
    return client.post(path, content=content, headers={"sec-fetch-site": "same-origin", **headers})


@pytest.fixture
def opened(client, bench, monkeypatch):
    """Return the facilitator's address and a group's; runs are few and short, as the city allows."""
    lead = post(client, "/workshop/new", "indicator=unsafe_share&runs=4").url.path
    code = lead.split("/")[2]
    group = post(client, f"/workshop/{code}", "name=Blue").url.path
    room = client.app.app.state.workshop.rooms.find(code)
    room.until = "2001-12"
    return lead, group, f"/workshop/{code}"


@pytest.mark.slow
def test_a_whole_round(client, opened):
    lead, group, at = opened
    assert "still thinking" in client.get(f"{at}/screen").text
    sent = post(client, group, "way=down&by=1%2C5&m.visible_patrol=large")
    assert "Your package and your guess are in" in sent.text
    before = client.get(f"{at}/screen").text
    assert "ready" in before and "lower" not in before and "officers" not in before
    post(client, lead, "do=reveal")
    for _ in range(240):
        shown = client.get(f"{at}/screen").text
        if "provisional" in shown:
            break
        time.sleep(0.1)
    assert "lower, by about 1.5 of every 100 adults" in shown and shown.count("provisional, 4 of 16 pairs of runs") == 1
    assert "as expected" not in shown  # with four pairs nothing has a direction
    assert "More officers on foot and bicycle (large)" in client.get(group).text
    assert "shown already" in post(client, group, "way=up").text
    post(client, lead, "do=next&indicator=offences&runs=8")
    after = client.get(f"{at}/screen").text
    assert "provisional" not in after and "lower" not in after and "Offences in 2001" in after
    told = client.get(f"{at}/protocol").text
    assert "lower, by about 1.5 of every 100 adults" in told and "Answer for Blue" in told and "Round 2" in told


def test_the_protocol_hides_guesses_that_are_still_open(client, opened):
    _, group, at = opened
    post(client, group, "way=down&by=77")
    told = client.get(f"{at}/protocol?lang=nl").text
    assert "77" not in told and "heeft een pakket gekozen en gegist" in told and "Ronde 1" in told


def test_only_who_has_the_address_leads(client, opened):
    lead, group, at = opened
    assert client.get(f"{at}/lead/wrong").status_code == 404 and client.get(f"{at}/group/wrong").status_code == 404
    assert lead.rpartition("/")[2] not in client.get(f"{at}/screen").text + client.get(group).text
    assert group.rpartition("/")[2] not in client.get(f"{at}/screen").text


@pytest.mark.parametrize("way", ["group", "lead"])
def test_an_address_in_any_script_leads_nowhere(client, opened, way):
    assert client.get(f"{opened[2]}/{way}/ключ").status_code == 404


def test_another_site_cannot_send_a_form(client, opened):
    lead, _, _ = opened
    refused = post(client, lead, "do=reveal", **{"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"})
    assert "another site" in refused.text and "Close the guesses" in client.get(lead).text


def test_a_code_that_is_not_there_gets_a_sentence(client):
    assert "no workshop with the code NOPE" in client.get("/workshop?code=NOPE").text
    assert client.get("/workshop/NOPE").status_code == 404
    assert post(client, "/workshop/new", "indicator=drop+table&runs=9").text.count("Choose a question.") == 1


def test_names_are_text_on_every_page(client, opened):
    _, _, at = opened
    post(client, at, "name=%3Cscript%3Ealert(1)%3C/script%3E")
    shown = client.get(f"{at}/screen").text
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_on_the_network_a_code_opens_its_room_and_nothing_else(bench):
    with TestClient(app(bench, "a-token-of-some-length")) as locked:
        assert locked.get("/workshop/new").status_code == 401 and locked.get("/workshop/BCDFGH").status_code == 401
        held = {"authorization": "Bearer a-token-of-some-length"}
        lead = post(locked, "/workshop/new", "indicator=unsafe_share&runs=4", **held).url.path
        code = lead.split("/")[2]
        locked.cookies.clear()
        assert locked.get("/workshop").status_code == 200
        page = locked.get(f"/workshop/{code}")
        assert page.status_code == 200
        assert locked.get(re.search(r"/static/\w+/workshop.css", page.text)[0]).status_code == 200
        for path in ("/", "/stream", "/controls", "/static/x/main.js"):
            assert locked.get(path).status_code == 401


def test_what_is_kept_is_a_file_of_plain_data(client, bench, opened):
    _, _, at = opened
    kept = json.loads((bench.out / "workshops" / f"{at.rpartition('/')[2]}.json").read_text(encoding="utf-8"))
    assert kept["groups"][0]["name"] == "Blue" and kept["entries"][-1]["kind"] == "joined"
