"""The workbench under a room of people: how soon an estimate, a first pair, a page; and what one greedy client does to others.

python -m benchmarks.workbench [CITY] [CLIENTS] [LESSONS] [OUT]

Each client has a network address of its own (127.0.0.2 and on), as phones in a room have. Prints a table of Markdown.
"""

import http.client
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

GREEDY = 200  # streams by one client
WAIT = 1800.0  # seconds for lessons and runs on a slow machine
SHORT = "until=2008-12&runs=4"


class Server:
    """`mechlin serve` as a process of its own, and questions to it from any address of this machine."""

    def __init__(self, city: str, out: str, lessons: int) -> None:
        code = "import sys; from mechlin.cli.main import main; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-c", code, "serve", city, "--out", out, "--port", "0", "--learn", str(lessons)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = re.search(r"http://\S+", self.process.stdout.readline())[0]
        self.port = int(self.url.rstrip("/").rpartition(":")[2])

    def open(self, path: str, client: int) -> http.client.HTTPResponse:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT, source_address=(f"127.0.0.{client}", 0))
        link.request("GET", path)
        return link.getresponse()

    def json(self, path: str, client: int = 1) -> dict:
        return json.loads(self.open(path, client).read())

    def timed(self, path: str, client: int = 1) -> float:
        began = time.perf_counter()
        self.open(path, client).read()
        return time.perf_counter() - began


class Stream(threading.Thread):
    """One page's stream: when its first pair came, and which places in the queue it was shown before."""

    def __init__(self, server: Server, query: str, client: int) -> None:
        super().__init__(daemon=True)
        self.server, self.query, self.client = server, query, client
        self.first, self.ahead, self.stopped = 0.0, [], False

    def run(self) -> None:
        began = time.perf_counter()
        answer = self.server.open(f"/stream?{self.query}", self.client)
        name = ""
        while not self.stopped and (line := answer.readline()):
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
            elif line.startswith(b"data: ") and name == "progress" and not self.first:
                self.ahead.append(json.loads(line[6:])["ahead"])
            elif line.startswith(b"data: ") and name == "answer" and not self.first:
                self.first = time.perf_counter() - began
                return
            elif name in ("done", "problem", "stopped"):
                return


def first_pair(server: Server, query: str, client: int) -> float:
    """Return seconds until the first pair of a page."""
    one = Stream(server, query, client)
    one.start()
    one.join()
    return one.first


def moved(n: int) -> str:
    """Return the address of a slider's n-th place."""
    return f"{SHORT}&street_renewal.squares_per_year={1 + 0.01 * n:g}"


def at_once(ask, count: int) -> list[float]:
    """Return how long each of ``count`` questions took, all asked together."""
    took = [0.0] * count

    def one(n: int) -> None:
        took[n] = ask(n)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def health_while(server: Server, streams: list[Stream]) -> float:
    """Return the slowest answer of /health until all first pairs are there."""
    worst = 0.0
    while any(s.is_alive() for s in streams):
        worst = max(worst, server.timed("/health"))
        time.sleep(0.05)
    return worst


def first_paint(server: Server) -> float:
    """Return seconds until the browser has painted something, on the second visit; NaN without a browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        found = None
    if not found:
        return float("nan")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(2):
            page = browser.new_context().new_page()
            page.goto(server.url + "?" + SHORT, wait_until="domcontentloaded")
            page.wait_for_selector("[data-measure]")
            entry = "new Promise(d => new PerformanceObserver(l => d(l.getEntries()[0].startTime))"
            paint = page.evaluate(entry + ".observe({ type: 'paint', buffered: true }))")
            page.close()
        browser.close()
    return paint / 1000.0


def main(city: str = "mechelen", clients: str = "20", lessons: str = "40", out: str = "") -> None:
    count = int(clients)
    server = Server(city, out or tempfile.mkdtemp(), int(lessons))
    rows = []
    try:
        server.json(f"/rehearse?{SHORT.replace('runs=4', 'runs=1')}")  # compiles, where nothing is compiled yet
        began = time.perf_counter()
        while not server.json(f"/estimate?{moved(0)}")["told"] and time.perf_counter() - began < WAIT:
            time.sleep(2.0)
        told = bool(server.json(f"/estimate?{moved(0)}")["told"])
        alone = server.timed(f"/estimate?{moved(1)}")
        many = at_once(lambda n: server.timed(f"/estimate?{moved(n + 2)}", n + 2), count)
        rows.append(("slider to estimate, one client", f"{alone:.2f} s", "1 s"))
        rows.append((f"slider to estimate, {count} clients at once, slowest", f"{max(many):.2f} s", "1 s"))
        rows.append(("an estimate was there", "yes" if told else "no", "yes"))
        runs = [server.timed(f"/rehearse?{moved(900 + n).replace('runs=4', 'runs=1')}", 2) for n in range(3)]
        firsts = [first_pair(server, moved(1000 + n), 2) for n in range(3)]
        asked = f"a run's time + 0.2 s: {statistics.median(runs) + 0.2:.1f} s"
        rows.append(("first pair, one client alone, the middle of three", f"{statistics.median(firsts):.1f} s", asked))
        streams = [Stream(server, moved(1011 + n), n + 2) for n in range(count)]
        for n, stream in enumerate(streams):
            stream.start()
            time.sleep(0.3 if n == 0 else 0.02)
        busy = at_once(lambda n: server.timed(f"/estimate?{moved(n + 2000)}", n + 2), count)
        worst = health_while(server, streams)
        firsts = [s.first for s in streams]
        placed = sum(max(s.ahead, default=0) > 0 for s in streams)
        rows.append(
            (f"first pair, {count} clients, soonest and latest", f"{min(firsts):.1f} s, {max(firsts):.1f} s", "")
        )
        rows.append(("clients that were shown their place in the queue", f"{placed} of {count}", "all that waited"))
        rows.append(("slider to estimate while all of them wait, slowest", f"{max(busy):.2f} s", "1 s"))
        rows.append(("/health under that load, slowest", f"{worst:.2f} s", "0.2 s"))
        greedy = [Stream(server, moved(5000 + n), 250) for n in range(GREEDY)]
        for stream in greedy:
            stream.start()
        time.sleep(1.0)
        other = first_pair(server, moved(6000), 3)
        rows.append(
            (f"first pair of another beside {GREEDY} streams of one client", f"{other:.1f} s", "twice one's own")
        )
        for stream in greedy:
            stream.stopped = True
        rows.append(("first paint", f"{first_paint(server):.2f} s", "0.5 s"))
    finally:
        server.process.terminate()
        server.process.wait(20)
    print("| what | measured | asked |\n|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
