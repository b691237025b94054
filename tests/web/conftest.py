"""A made-up city on the workbench: within this process for questions and answers, as a command for browsers."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mechlin.city.tables.scaffold import write_city
from mechlin.web.app import app
from mechlin.web.bench import Bench

PACKAGE = """title = "The approach as it really ran"
author = "Nobody"

[home_renovation]
start = 2001-01
homes_per_year = { "2001-01" = 20, "2004-01" = 40, "2010-01" = 10 }

[street_renewal]
start = 2003-01
squares_per_year = 1.0
"""
IN_PHASES = """title = "In phases"

[[street_renewal]]
start = 2002-01
end = 2003-12
squares_per_year = 1.0
[[street_renewal]]
start = 2004-01
squares_per_year = 2.0
"""
DONE = "body[data-state=done]"
QUERY = "?until=2006-12&runs=4"
PICTURES = Path(__file__).parent / "pictures"
PICTURES.mkdir(exist_ok=True)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
AXE = Path(__file__).parent / "assets" / "axe.min.js"


def barriers(page, only=""):
    """Return what axe-core finds on a page, of one rule or of all."""
    if not AXE.is_file():
        pytest.skip("NO AXE: tests/web/fetch_axe.sh fetches it (see .ci/run)")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = f"{{ resultTypes: ['violations'], preload: false{only and f', runOnly: {[only]}'} }}"
    found = page.evaluate(f"axe.run({options}).then(r => r.violations)")
    return [(v["id"], v["nodes"][0]["target"], v["nodes"][0].get("failureSummary", "")[:300]) for v in found]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return the folder of a small made-up city with a package as it went."""
    path = write_city(tmp_path_factory.mktemp("cities") / "lacetown", "Lacetown")
    (path / "packages" / "as-it-went.toml").write_text(PACKAGE, encoding="utf-8")
    (path / "packages" / "in-phases.toml").write_text(IN_PHASES, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def bench(folder, tmp_path_factory):
    found = Bench.of(str(folder), tmp_path_factory.mktemp("out"), workers=2)
    yield found
    found.pool.close()


@pytest.fixture(scope="session")
def client(bench):
    from starlette.testclient import TestClient

    with TestClient(app(bench)) as found:
        yield found


class Served:
    """``mechlin serve`` as a process of its own."""

    def __init__(self, folder, out, *options):
        code = "import sys; from mechlin.cli.main import main; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-c", code, "serve", str(folder), "--out", str(out), "--port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.said = self.process.stdout.readline()
        self.url = re.search(r"http://\S+", self.said)[0]

    def stop(self, how=signal.SIGTERM):
        """Ask it to stop, and return its exit code and what it said last."""
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@pytest.fixture(scope="session")
def served(folder, tmp_path_factory):
    import httpx2 as http

    found = Served(folder, tmp_path_factory.mktemp("served"))
    http.get(f"{found.url}rehearse?until=2001-12&runs=1", timeout=400)  # compiles, where nothing is compiled yet
    yield found
    if found.process.poll() is None:
        found.stop()


@pytest.fixture
def visit(browser, served):
    """Return a function that opens the page in a browser of its own and returns it."""
    opened = []

    def open_page(query=QUERY, wait=DONE, **options):
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 1000}, "locale": "en-GB", **options})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        opened.append(context)
        page = context.new_page()
        page.set_default_navigation_timeout(90_000)  # another worker may be compiling on the same core
        page.asked, page.wrong = [], []
        page.on("request", lambda r: page.asked.append(r.url))
        page.on("pageerror", lambda e: page.wrong.append(str(e)))
        page.on("console", lambda m: page.wrong.append(m.text) if m.type == "error" else None)
        page.goto(served.url + query)
        if wait:
            page.wait_for_selector(wait, timeout=60_000)
        return page

    yield open_page
    for context in opened:
        for page in context.pages:
            assert [w for w in page.wrong if "status of 4" not in w] == []
            outside = [u for u in page.asked if not u.startswith((served.url, "data:", "blob:"))]
            assert outside == [], "asked for something elsewhere"
        context.close()
