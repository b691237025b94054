"""Going back, keeping, comparing and coming back, in a real browser."""

import os
import signal

import pytest

from tests.web.conftest import DONE, Served

pytestmark = pytest.mark.slow
SHORT = "?until=2003-12&runs=2"


def addressed(page, words, there=True):
    page.wait_for_function("([w, there]) => location.search.includes(w) === there", arg=[words, there], timeout=10_000)


def test_a_change_can_be_undone_kept_and_put_beside_another(visit):
    page = visit(SHORT)
    switch = page.locator("[data-measure=street_renewal] [role=switch]")
    switch.click()
    addressed(page, "off=street_renewal")
    page.locator("#undo").click()
    addressed(page, "off=street_renewal", there=False)
    assert switch.is_checked()
    page.locator("#redo").click()
    addressed(page, "off=street_renewal")
    page.go_back()
    addressed(page, "off=street_renewal", there=False)
    page.fill("#home_renovation-homes_per_year-exact", "33")
    page.keyboard.press("Tab")
    addressed(page, "homes_per_year=33")
    page.locator(".kept summary").click()
    page.fill("#keep-name", "thirty-three")
    page.locator("#keep-now").click()
    page.locator("#reset").click()
    addressed(page, "homes_per_year=33", there=False)
    page.fill("#keep-name", "as it went")
    page.locator("#keep-now").click()
    for box in page.locator("#kept-list input").all():
        box.check()
    page.locator("#side-by-side").click()
    page.wait_for_selector("table.beside", timeout=60_000)
    told = page.locator("#beside-table").inner_text()
    assert "thirty-three" in told and "Cost over all years" in told and "Provisional" in told


def test_a_second_tab_takes_nothing_from_the_first(visit):
    """Two tabs of one browser: each has its package, its way back and its answers; what is kept by a name is in both."""
    one = visit(SHORT)
    two = one.context.new_page()
    two.asked, two.wrong = [], []
    two.goto(one.url)
    two.wait_for_selector(DONE, timeout=60_000)
    for page, measure in ((one, "street_renewal"), (two, "home_renovation")):
        page.locator(f"[data-measure={measure}] [role=switch]").click()
        addressed(page, f"off={measure}")
    for page in (one, two):
        page.wait_for_selector(DONE, timeout=60_000)
    one.locator("#undo").click()
    addressed(one, "off=street_renewal", there=False)
    assert "off=home_renovation" in two.url and not two.locator("#on-home_renovation").is_checked()
    assert one.locator("#on-home_renovation").is_checked()
    for page, name in ((one, "first"), (two, "second")):
        page.locator(".kept summary").click()
        page.fill("#keep-name", name)
        page.locator("#keep-now").click()
    for page in (one, two):
        page.wait_for_selector("#kept-list li:nth-child(2)")
        assert {"first", "second"} <= {*page.locator("#kept-list").inner_text().split()}
    one.goto(one.url.partition("?")[0] + "?until=2018-12&runs=64")
    one.wait_for_selector("body[data-state=first]", timeout=60_000)
    two.locator("[data-measure=street_renewal] [role=switch]").click()
    two.wait_for_selector("body[data-state=running], body[data-state=first]")
    two.wait_for_selector(DONE, timeout=60_000)
    assert one.evaluate("document.body.dataset.state") == "first", "the long work of one tab goes on"
    one.locator("#stop").click()


def test_a_measure_is_found_and_says_that_it_changes_nothing(visit):
    page = visit(SHORT)
    page.fill("#sift", "renovation")
    assert 0 < page.locator("[data-measure]:visible").count() < 5
    page.fill("#sift", "zzzz")
    assert page.locator("#none-found").is_visible()
    page.fill("#sift", "")
    page.fill("#home_renovation-homes_per_year-exact", "0")
    page.keyboard.press("Tab")
    addressed(page, "homes_per_year=0")
    assert "does nothing" in page.locator("[data-measure=home_renovation] .idle").inner_text()


def test_an_area_has_a_card_and_a_measure_can_be_held_to_it(visit):
    page = visit(SHORT)
    page.locator("#where").scroll_into_view_if_needed()
    page.wait_for_selector("#map-with svg .mark-shape path", timeout=30_000)
    page.locator("#map-with svg .mark-shape path").nth(1).click(force=True)
    card = page.locator("#area")
    card.wait_for()
    assert "without" in card.inner_text() and "How sure" in card.inner_text()
    card.locator(".hold input").first.check()
    addressed(page, ".areas=")
    page.wait_for_selector(DONE, timeout=60_000)


def test_the_first_picture_is_the_difference_and_the_map_names_areas_and_follows_the_year(visit):
    page = visit(SHORT)
    first = page.locator("[data-indicator]").first
    kinds = first.evaluate("f => [...f.querySelectorAll('.chart')].map(c => Object.keys(c.spec.datasets))")
    assert kinds[0] == ["differences"] and kinds[1][0] == "runs"
    page.locator("#where").scroll_into_view_if_needed()
    page.wait_for_selector("#map-with .names span", timeout=30_000)
    boxes = page.evaluate(
        "[...document.querySelectorAll('#map-with .names span')].map(s => s.getBoundingClientRect())"
        ".map(r => [r.left, r.top, r.right, r.bottom])"
    )
    for n, one in enumerate(boxes):
        assert not any(
            one[0] < b[2] - 1 and one[2] > b[0] + 1 and one[1] < b[3] - 1 and one[3] > b[1] + 1 for b in boxes[:n]
        ), "two names lie over each other"
    colours = "[...document.querySelectorAll('#map-with .mark-shape path')].map(p => p.getAttribute('fill')).join()"
    last = page.evaluate(colours)
    year = page.locator("#year")
    year.fill(year.get_attribute("min"))
    assert page.locator("#year-shown").inner_text() == "2001"
    page.wait_for_function(f"last => {colours} !== last", arg=last)


def test_a_page_comes_back_when_its_server_does(folder, tmp_path, browser):
    """The server is killed; old answers are grey and say so; it comes back at the same place and the page goes on."""
    own = Served(folder, tmp_path)
    page = browser.new_context().new_page()
    page.goto(own.url + SHORT)
    page.wait_for_selector(DONE, timeout=120_000)
    os.kill(own.process.pid, signal.SIGKILL)
    own.process.wait()
    page.locator("[data-measure=street_renewal] [role=switch]").click()
    page.wait_for_selector("body[data-state=failed]")
    assert page.locator("#old").is_visible() and "stale" in page.locator("#answers").get_attribute("class")
    again = Served(folder, tmp_path, "--port", own.url.rstrip("/").rpartition(":")[2])
    page.wait_for_selector(DONE, timeout=60_000)
    assert not page.locator("#old").is_visible() and page.locator(".alert:visible:not(.note)").count() == 0
    page.context.close()
    again.stop()


def test_an_estimate_is_marked_gives_way_and_is_held_to_the_runs(visit):
    page = visit(SHORT)
    # from few packages nothing is said once runs are there; from enough, of other tests, it has been held to them
    page.wait_for_function("document.querySelector('#estimate').hidden || document.body.dataset.estimate == 'held'")
    one = {
        "name": "offences",
        "title": "Offences",
        "text": "about −1.0 (−2.0 to −0.5)",
        "middle": -1.0,
        "ends": [-1.5, -0.7],
    }
    told = {"told": [one], "said": "From 12 other packages.", "outside": "", "why": ""}
    asked = []
    page.route("**/estimate?*", lambda route: (asked.append(route.request.url), route.fulfill(json=told)))
    page.evaluate("window.estimates = []; new MutationObserver(() => window.estimates.push("
                  "document.querySelector('#estimate-title').textContent)).observe(document.querySelector('#estimate'),"
                  " { childList: true, subtree: true })")  # fmt: skip
    waiting, told_of = [], []  # runs of a town this small may be there before any estimate: they wait until it is told
    page.route("**/stream?*", lambda route: route.continue_() if told_of else waiting.append(route))
    slider = page.locator("#home_renovation-homes_per_year")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("body[data-estimate=told]")
    told_of.append(True)
    for route in waiting:
        route.continue_()
    page.wait_for_selector("body[data-estimate=held]", timeout=60_000)
    assert "Estimate from stored runs, not a run" in page.evaluate("window.estimates")
    page.locator("#estimate-title").click()
    assert "How far off the estimate was" in page.locator("#estimate-title").inner_text()
    row = page.locator("#estimate-list li").inner_text()
    assert "about −1.0" in row and "the runs say" in row and "apart" in row
    assert all("homes_per_year" in url for url in asked)
