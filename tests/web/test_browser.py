"""The page in a real browser: quick, usable by keyboard and ear, honest, alone with its own machine.

Every wait is for a mark that the page sets when it has painted, never for a time. Pictures of each state are kept in
``tests/web/pictures`` (not in git) to be looked at.
"""

import json
import time
from pathlib import Path

import pytest

from tests.web.conftest import DONE, PHONE, PICTURES, QUERY, barriers

pytestmark = pytest.mark.slow


def state(page):
    return page.evaluate("document.body.dataset.state")


def health(page, served):
    return page.request.get(served.url + "health").json()


def addressed(page, words):
    """Wait until the address holds ``words``: the browser tells the test of a new address a moment after it has it."""
    page.wait_for_url(lambda url: words in url, timeout=10_000)


def painted(page, pairs):
    """Go down to the first chart, which is drawn when somebody comes near, and wait until it shows so many pairs."""
    page.locator("[data-indicator] .chart").first.scroll_into_view_if_needed()
    page.wait_for_selector(f'[data-indicator] .chart[data-painted="{pairs}"] svg', timeout=60_000)


def digits(page):
    """Return the numbers behind every chart on the page."""
    return page.evaluate(
        "[...document.querySelectorAll('figure .chart')].map(c => JSON.stringify(c.spec?.datasets ?? null))"
    )


def slide(page, name, by=1):
    """Move a slider by keyboard and let it go."""
    slider = page.locator(f"#{name}")
    slider.focus()
    for _ in range(abs(by)):
        page.keyboard.press("ArrowRight" if by > 0 else "ArrowLeft")
    return slider


def test_the_first_paint_is_soon(visit):
    visit()  # the first visit pays for the server's own first page
    page = visit(wait=None)
    page.wait_for_selector("[data-measure]")
    paint = page.evaluate(
        "new Promise(d => new PerformanceObserver(l => d(l.getEntries()[0].startTime))"
        ".observe({type: 'paint', buffered: true}))"
    )
    assert paint < 1500, f"{paint:.0f} ms"  # 500 on a machine that does nothing else
    page.wait_for_selector(DONE, timeout=60_000)


def test_a_slider_moves_a_curve(visit):
    page = visit()
    painted(page, 4)
    before = digits(page)
    slide(page, "home_renovation-homes_per_year", 5)
    page.wait_for_selector("body[data-state=running], body[data-state=first]")
    page.wait_for_selector(DONE, timeout=60_000)
    painted(page, 4)
    assert digits(page) != before
    addressed(page, "home_renovation.homes_per_year=")
    assert "steady" in page.locator("#home_renovation-homes_per_year").get_attribute("aria-valuetext")


def test_bands_name_a_size_and_set_it(visit):
    page = visit()
    measure = page.locator("[data-measure=home_renovation]")
    assert measure.locator("input[value=usual]").is_checked()
    measure.locator("label:has(input[value=large])").click()
    addressed(page, "home_renovation.homes_per_year=1500")
    measure.locator("label:has(input[value=none])").click()
    addressed(page, "off=home_renovation")
    assert not measure.locator("[role=switch]").is_checked()
    measure.locator("[role=switch]").click()
    assert measure.locator("input[value=usual]").is_checked() and "home_renovation" not in page.url
    page.wait_for_selector(DONE, timeout=60_000)


def test_a_measure_in_phases_says_that_only_the_first_is_shown(visit):
    page = visit(QUERY + "&base=in-phases")
    measure = page.locator("[data-measure=street_renewal]")
    assert "In 2 phases" in measure.locator(".phases").inner_text()
    assert not page.locator("[data-measure=home_renovation] .phases").is_visible()
    slide(page, "street_renewal-squares_per_year", 1)
    page.wait_for_selector(DONE, timeout=60_000)
    assert not measure.locator(".phases").is_visible()


def test_ten_quick_changes_leave_one_job(visit, served):
    page = visit()
    before = health(page, served)
    for _ in range(10):
        slide(page, "street_renewal-squares_per_year", 1)
    found = health(page, served)
    assert found["jobs"] <= 1
    page.wait_for_selector(DONE, timeout=60_000)
    after = health(page, served)
    assert after["jobs"] == 0 == after["running"]
    assert after["computed"] - before["computed"] < 10 * 4, "stale work was not cancelled"


def test_stop_stops(visit, served):
    page = visit("?until=2040-12&runs=64", wait="body[data-state=running], body[data-state=first]")
    page.locator("#stop").click()
    assert state(page) == "stopped"
    while health(page, served)["running"]:
        time.sleep(0.02)
    assert health(page, served)["jobs"] == 0


def test_a_closed_page_leaves_no_work(visit, served):
    page = visit("?until=2040-12&runs=64&off=street_renewal", wait="body[data-state=running], body[data-state=first]")
    other = visit()
    page.goto("about:blank")
    while health(other, served)["running"]:
        time.sleep(0.02)
    assert health(other, served)["jobs"] == 0


def test_a_shared_link_shows_the_same_digits_elsewhere(visit):
    page = visit()
    page.locator("[data-measure=street_renewal] [role=switch]").click()
    slide(page, "home_renovation-homes_per_year", 3)
    page.wait_for_selector(DONE, timeout=60_000)
    painted(page, 4)
    page.locator("#share").click()
    page.wait_for_selector("body[data-shared]")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "v=" in link and "off=street_renewal" in link
    other = visit(link.partition("/?")[2].join(["?", ""]))
    painted(other, 4)
    assert digits(other) == digits(page)
    assert not other.locator("[data-measure=street_renewal] [role=switch]").is_checked()
    assert other.locator(".alert:not(.note)").count() == 0


def test_a_link_from_another_version_says_so(visit):
    page = visit(QUERY + "&v=0.0.1%2Bold")
    assert "other digits" in page.locator("#alerts").inner_text()


def test_an_impossible_address_is_refused_on_the_page(visit):
    page = visit("?home_renovation.homes_per_year=-7&untill=2005", wait=None)
    said = page.locator("#alerts").inner_text()
    assert "outside what is possible" in said and "untill" in said


def test_bad_files_get_a_sentence_and_a_good_one_is_opened(visit, tmp_path):
    page = visit()
    bad, huge, good = (tmp_path / f"{name}.toml" for name in ("bad", "huge", "good"))
    bad.write_text("[cameraz]\nstart = 2003-01\n")
    with huge.open("wb") as file:
        file.truncate(200_000_000)
    good.write_text('title = "Ours"\n[street_renewal]\nstart = 2002-01\nsquares_per_year = 3.0\n')
    page.set_input_files("#upload", bad)
    page.wait_for_selector(".alert:has-text('cameraz is not a known measure')")
    page.set_input_files("#upload", huge)
    page.wait_for_selector(".alert:has-text('too large')")
    page.set_input_files("#upload", good)
    page.wait_for_selector("#alerts .alert", state="detached")
    page.wait_for_selector("body[data-state=running], body[data-state=first], " + DONE)
    assert not page.locator("#on-home_renovation").is_checked() and page.locator("#on-street_renewal").is_checked()
    addressed(page, "title=Ours")
    page.locator("#stop, #share").first.wait_for(state="attached")
    with page.expect_download() as kept:
        page.locator("#download").click()
    assert "squares_per_year = 3.0" in Path(kept.value.path()).read_text()


def test_behind_every_chart_stand_its_numbers(visit):
    page = visit()
    painted(page, 4)
    first = page.locator("figure[data-indicator]").first
    with page.expect_download() as kept:
        first.get_by_text("CSV").click()
    rows = Path(kept.value.path()).read_text().splitlines()
    assert rows[0] == "world,year,low,value,high" and len(rows) == 1 + 3 * 6, "both worlds and the difference"
    with page.expect_download() as kept:
        first.get_by_text("PNG").click()
    assert Path(kept.value.path()).read_bytes().startswith(b"\x89PNG")
    first.locator("summary").click()
    first.locator("tbody tr").nth(17).wait_for()  # filled when it is opened
    assert first.locator("tbody tr").count() == 18


def test_python_and_command_for_what_is_on_the_screen(visit):
    page = visit()
    page.locator(".menu summary").click()
    assert "--package as-it-went" in page.locator("#command").inner_text()
    slide(page, "street_renewal-squares_per_year", 2)
    python = page.locator("#python").inner_text()
    assert "[street_renewal]" in python and 'package="package.toml"' in python
    compile(python, "page", "exec")
    page.wait_for_selector(DONE, timeout=60_000)


FOCUSED = "document.activeElement.id || document.activeElement.name || document.activeElement.tagName"


def test_everything_by_keyboard(visit):
    page = visit()
    for target, wanted in (
        ("answers", {"share", "map", "year"}),
        ("controls", {"base", "upload", "download", "on-home_renovation", "band-home_renovation"}),
    ):
        page.locator(f"body > .skip[href='#{target}']").focus()
        page.keyboard.press("Enter")
        seen = []
        for _ in range(60):
            page.keyboard.press("Tab")
            seen.append(page.evaluate(FOCUSED))
        assert wanted <= {*seen}, wanted - {*seen}


def test_the_answers_are_reached_in_few_steps(visit):
    page = visit(wait="#controls")
    steps = []
    while not steps or (steps[-1] != "share" and len(steps) < 40):
        page.keyboard.press("Tab")
        steps.append(page.evaluate(FOCUSED))
    assert len(steps) < 40 and {"look", "guess", "projector"} <= {*steps}
    assert page.evaluate("document.querySelectorAll('body > .skip').length") == 2


def test_a_band_and_a_switch_are_moved_by_keyboard(visit):
    page = visit()
    page.locator("#on-street_renewal").focus()
    page.keyboard.press("Space")
    addressed(page, "off=street_renewal")
    page.locator("[name=band-home_renovation][value=usual]").focus()
    page.keyboard.press("ArrowRight")
    addressed(page, "home_renovation.homes_per_year=1500")
    page.wait_for_selector(DONE, timeout=60_000)


def test_five_people_at_once(visit, served):
    pages = [visit(f"?until=2003-12&runs=2&home_renovation.homes_per_year={n}", wait=None) for n in (4, 8, 16, 32, 64)]
    for page in pages:
        page.wait_for_selector(DONE, timeout=90_000)
    assert len({digits(p)[0] for p in pages}) > 1
    assert health(pages[0], served)["jobs"] == 0


def test_the_room_guesses_before_it_sees(visit):
    page = visit()
    page.locator("#guess").click()
    assert page.locator("#revealed").get_attribute("class") == "covered"
    page.wait_for_selector("#guess-chart svg")
    slide(page, "street_renewal-squares_per_year", 4)
    page.wait_for_selector(DONE, timeout=60_000)
    assert "covered" in page.locator("#revealed").get_attribute("class"), "covered until revealed"
    slide(page, "guess-value", 2)
    page.wait_for_selector("#guess-chart svg")
    page.screenshot(path=PICTURES / "guess.png")
    page.locator("#reveal").click()
    assert "The room guessed" in page.locator("#guessed").inner_text()
    page.wait_for_selector("#revealed:not(.covered)")
    page.wait_for_timeout(300)
    page.screenshot(path=PICTURES / "revealed.png")


LOOKS = {
    "wide": ({}, "&lang=nl"),
    "dark": ({"color_scheme": "dark"}, "&lang=fr"),
    "phone": (PHONE, "&lang=en"),
    "phone-fr": ({**PHONE, "color_scheme": "dark", "reduced_motion": "reduce"}, "&lang=fr"),
    "zoomed": ({"viewport": {"width": 720, "height": 500}, "device_scale_factor": 2}, "&lang=nl"),
    "projector": ({"viewport": {"width": 1920, "height": 1080}}, "&projector=1"),
}


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_is_in_the_way_of_anybody(look, visit):
    """No violations that axe-core can find; nothing wider than the screen; a picture to look at."""
    options, query = LOOKS[look]
    page = visit(QUERY + query, **options)
    page.evaluate("document.querySelectorAll('details').forEach(d => { if (!d.closest('.menu')) d.open = true; })")
    page.evaluate("document.querySelector('#charts').scrollIntoView()")
    painted(page, 4)
    page.screenshot(path=PICTURES / f"{look}-charts.png")
    page.evaluate("document.querySelector('#where').scrollIntoView()")
    page.wait_for_selector("#map-with svg, #map-with canvas", timeout=30_000)
    page.screenshot(path=PICTURES / f"{look}-map.png")
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=PICTURES / f"{look}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    told = barriers(page)
    assert told == [], json.dumps(told, indent=1)
    if look in ("dark", "phone"):
        page.emulate_media(color_scheme="light" if look == "dark" else "dark")
        assert barriers(page, "color-contrast") == [], "in the other of light and dark"


def test_the_report_is_in_nobodys_way_and_in_the_language_of_the_page(visit):
    page = visit("?until=2002-12&runs=1&lang=fr")
    page.goto(page.evaluate("document.querySelector('#report').href"))
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert barriers(page) == []
    page.set_viewport_size(PHONE["viewport"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than a phone"


def test_a_printed_page_has_all_charts(visit):
    page = visit()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function("() => [...document.querySelectorAll('#charts .chart')].every(c => c.querySelector('svg'))")
    assert not page.locator("#controls").is_visible()
    PICTURES.joinpath("print.pdf").write_bytes(page.pdf())
