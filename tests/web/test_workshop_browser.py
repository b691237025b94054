"""A workshop of twenty: a facilitator, two phones and a screen in real browsers, seventeen groups more as plain clients."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.web.conftest import PHONE, PICTURES, barriers

pytestmark = pytest.mark.slow
OTHERS = 17
WALL = {"viewport": {"width": 1920, "height": 1080}}


def join(served, code, n):
    """Join as one more group, by plain requests; return its address."""
    import httpx2 as http

    with http.Client(follow_redirects=True, timeout=60) as phone:
        return str(phone.post(f"{served.url}workshop/{code}", data={"name": f"Table {n + 3}"}).url)


def guess(address, round_=1):
    import httpx2 as http

    with http.Client(follow_redirects=True, timeout=60) as phone:
        return phone.post(address, data={"round": round_, "way": "down", "by": "2"}).text


def looked(page):
    """Have a page look for what is new now, not in four seconds; what it shows then comes a moment later."""
    with page.expect_response(lambda r: r.url == page.url):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def shows(page, what, *, within="main"):
    """Hold that a page comes to show a text."""
    from playwright.sync_api import expect

    expect(page.locator(within)).to_contain_text(what, timeout=20_000)


def counts(page, what, n):
    """Hold that a page comes to show a number of elements."""
    from playwright.sync_api import expect

    expect(page.locator(what)).to_have_count(n, timeout=20_000)


def test_twenty_groups_guess_and_are_answered(served, browser):
    room = [browser.new_context(**{"locale": "en-GB", **look}) for look in (WALL, PHONE, {**PHONE, "locale": "nl-BE"})]
    lead, phone, keys = (context.new_page() for context in room)
    wrong = []
    for page in (lead, phone, keys):
        page.on("pageerror", lambda e: wrong.append(str(e)))
    lead.goto(served.url + "workshop/new")
    lead.select_option("[name=indicator]", "unsafe_share")
    lead.get_by_role("button", name="Open").click()
    lead.wait_for_url("**/lead/*")
    code = lead.locator("strong").first.inner_text()
    assert "on this machine alone" in lead.locator("main").inner_text()
    screen = room[0].new_page()
    screen.goto(f"{served.url}workshop/{code}/screen")

    phone.goto(served.url + "workshop")
    phone.fill("[name=code]", code.lower())
    phone.get_by_role("button", name="Join").click()
    phone.fill("[name=name]", "Blue")
    phone.get_by_role("button", name="Join").click()
    phone.wait_for_url("**/group/*")
    by_keyboard(keys, served, code)
    with ThreadPoolExecutor(OTHERS) as pool:
        others = list(pool.map(lambda n: join(served, code, n), range(OTHERS)))
        assert all("/group/" in address for address in others)
        list(pool.map(guess, others))
    looked(lead)
    shows(lead, "18 of 19 groups are ready.", within="[role=status]")
    phone.select_option("[name='m.visible_patrol']", "pilot")
    phone.fill("[name=by]", "many")
    phone.check("[value=down]")
    phone.locator("button.main").click()
    phone.wait_for_selector("main [role=alert]:has-text('as a number')")
    assert phone.locator("[name='m.visible_patrol']").input_value() == "pilot", "what was chosen is lost"
    room[1].set_offline(True)
    phone.fill("[name=by]", "1,5")
    phone.locator("button.main").click()
    phone.wait_for_selector("#gone:visible")
    assert phone.locator("[name=by]").input_value() == "1,5"
    room[1].set_offline(False)
    phone.locator("button.main").click()
    phone.wait_for_selector("main .state")
    assert not phone.locator("#gone").is_visible()
    phone.locator("summary").click()
    looked(phone)
    assert phone.locator("details").get_attribute("open") is not None, "a page that is written on stays as it is"
    looked(screen)
    counts(screen, ".groups .ready", 19)
    assert "lower" not in screen.locator("main").inner_text()
    screen.screenshot(path=PICTURES / "workshop-guessing.png")
    phone.screenshot(path=PICTURES / "workshop-phone.png", full_page=True)

    lead.get_by_role("button", name="Close the guesses").click()
    lead.wait_for_selector("table")
    looked(phone)
    shows(phone, "You expected")
    assert phone.locator("form").count() == 0
    for _ in range(200):
        looked(screen)
        if screen.locator("tbody td:nth-of-type(3) strong").count() == 19:
            break
        screen.wait_for_timeout(100)
    counts(screen, "tbody td:nth-of-type(3) strong", 19)
    assert "provisional, 4 of 16" in screen.locator("main .state").inner_text()
    looked(phone)
    for page, name in ((screen, "screen"), (lead, "lead"), (phone, "answered")):
        page.screenshot(path=PICTURES / f"workshop-{name}.png", full_page=True)
    lead.select_option("[name=indicator]", "offences")
    lead.get_by_role("button", name="Ask this next").click()
    lead.wait_for_selector("h2:has-text('Round 2')")
    assert "Another question has been asked meanwhile" in guess(others[0], 1), "a guess of the former question"
    for page in (screen, phone):
        looked(page)
        shows(page, "Offences")
        assert not re.search(r"provisional|lower, by", page.locator("main").inner_text()), "an old answer"
    assert phone.locator("[name='m.visible_patrol']").input_value() == "pilot"
    protocol = room[0].new_page()
    protocol.goto(f"{served.url}workshop/{code}/protocol")
    assert protocol.locator("tbody tr").count() == 19 and "Round 2" in protocol.locator("main").inner_text()
    PICTURES.joinpath("protocol.pdf").write_bytes(protocol.pdf())
    for page in (lead, phone, keys, screen, protocol):
        assert barriers(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url}: wider than the screen"
    assert wrong == []
    for context in room:
        context.close()


def by_keyboard(page, served, code):
    """Join, choose and guess in Dutch without a pointer."""

    def tab_to(name):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name || document.activeElement.className") == name:
                return
        raise AssertionError(f"{name} is not reached")

    page.goto(f"{served.url}workshop?code={code}")
    tab_to("name")
    page.keyboard.type("Groen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/group/*")
    tab_to("way")
    page.keyboard.press("Space")
    tab_to("m.visible_patrol")
    page.keyboard.press("ArrowDown")
    tab_to("main")
    page.keyboard.press("Enter")
    page.wait_for_selector("main .state:has-text('zijn binnen')")
