"""Fifty clerks at one desk on SQLite: how long pages take while ten of them store something every second.

python -m benchmarks.desk_clerks [MINUTES] [CLERKS] [WRITES A SECOND]

The desk is ``mechlin desk serve`` with the demonstration town, a process of its own. Each clerk goes round: the list of
cases, a case, an empty form, and then either types an application that came on paper or completes the one before; what
follows is the page of that case. Who is late begins the next round at once, so that a slow desk is not spared.
"""

import http.client
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select

from mechlin.desk.casework.state import State
from mechlin.desk.casework.verify import verify
from mechlin.desk.demo import demonstration
from mechlin.desk.ground import accounts, home
from mechlin.desk.ground.roles import RESIDENT_ACTOR, RoleGiven
from mechlin.desk.ground.tables import event
from mechlin.desk.procedures import office_of

PASSWORD, LONGEST_SECONDS = "a long password of a benchmark", 0.3
_PERSON = {
    "given": "Robin",
    "family": "Maes",
    "street": "Markt 3",
    "place": "9999 Lindeveld",
    "language": "nl",
    "post": "no",
}


@dataclass
class Clerk:
    """One clerk with a browser: what was acknowledged, and how long each page took."""

    name: str
    port: int
    seconds: list[tuple[str, float]] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, address: str, form: dict[str, str] | None = None, kind: str = "") -> tuple[str, str]:
        """Return (address in the end, page)."""
        if not hasattr(self, "line"):
            self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "accept-language": "nl"}
        if form is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        answer = self._answer(address, urlencode(form) if form else None, headers)
        page = answer.read().decode()
        self.seconds.append((kind or address, time.perf_counter() - began))
        for value in answer.headers.get_all("set-cookie") or ():
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        if answer.status == 303:
            return self.ask(answer.headers["location"], kind="case")
        if answer.status != 200:
            self.refused.append(f"{answer.status} {address}: {re.sub('<[^>]+>', ' ', page)[-300:]}")
        return address, page

    def _answer(self, address: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        """Ask; a line that stood idle is closed by the server, and opened anew as a browser does."""
        for last in (False, True):
            try:
                self.line.request("GET" if body is None else "POST", address, body, headers)
                return self.line.getresponse()
            except (http.client.RemoteDisconnected, ConnectionError):
                self.line.close()
                if last:
                    raise
        raise AssertionError("one of the two has answered or raised")

    def send(self, address: str, answers: dict[str, str], kind: str) -> str:
        """Open a form, fill it in and send it; return the case that follows, or nothing where it was not stored."""
        _, page = self.ask(address, kind="form")
        last = page.rpartition('<form method="post"')[2]
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', last))
        where = self.ask(address, {**hidden, **answers}, kind)[0]
        return where.rpartition("/")[2] if where != address else ""

    def work(self, round_: str, born: str, starts: float, every: float, ends: float) -> None:
        """Go round until the end."""
        last = ""
        while (now := time.perf_counter()) < ends:
            time.sleep(max(0.0, starts - now))
            starts += every
            self.ask("/today", kind="today")
            if last:
                self.ask(f"/case/{last}", kind="case")
                rows = "school,metres\nA,120\nB,900"
                self.stored += [s for s in (self.send(f"/case/{last}/completed", {"distances": rows}, "store"),) if s]
                last = ""
                continue
            people = {f"{who}.{k}": v for who in ("child", "parent") for k, v in _PERSON.items()}
            answers = {
                **people, "child.born": f"{born}-03-02", "parent.born": "1990-02-03", "born_year": born, "wishes_1": "A",
                "wishes_2": "B",
            }  # fmt: skip
            last = self.send(f"/open/school_application/applied?parent={round_}", answers, "store")
            self.stored += [last] if last else []


def main(minutes: float = 10.0, clerks: int = 50, writes: float = 10.0) -> None:
    """Serve a town, let clerks work, and say how it went."""
    folder = Path(tempfile.mkdtemp()) / "desk"
    town = office_of(demonstration(folder, "sqlite:///desk.db", "nl"))
    with town.home.database.write() as conn:
        for n in range(clerks):
            accounts.add_account(conn, f"clerk{n}", PASSWORD, "2026-01-01")
            accounts.give_role(conn, f"clerk{n}", RoleGiven("clerk"), "2026-01-01")
        look = town.look(conn, State(), town.home.moment().date().isoformat(), RESIDENT_ACTOR)
        open_ = next(s for s in look.beside("school_round") if s.stage == "open")
    round_, born = open_.id, str(open_.answers["capacity"][0]["born"])
    command = [sys.executable, "-m", "mechlin", "desk", "serve", "--home", str(folder), "--port", "8917"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        server.stderr.readline()
        time.sleep(2)
        at_work = [Clerk(f"clerk{n}", 8917) for n in range(clerks)]
        for one in at_work:
            one.send("/sign-in", {"-name": one.name, "-password": PASSWORD}, "sign in")
            assert not one.refused, one.refused
            one.seconds.clear()
        every, began = clerks / writes, time.perf_counter()
        ends = began + 60 * minutes
        threads = [threading.Thread(target=c.work, args=(round_, born, began + n * every / clerks, every, ends))
                   for n, c in enumerate(at_work)]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(timeout=30)
    _say(at_work, took, folder)


def _say(at_work: list[Clerk], took: float, folder: Path) -> None:
    times = [t for c in at_work for t in c.seconds]
    stored = [s for c in at_work for s in c.stored]
    office = office_of(home.open_home(folder))
    with office.home.database.read() as conn:
        rows = conn.execute(select(event.c.case).where(event.c.kind.in_(("applied", "completed"))))
        there = Counter(row.case for row in rows)
    lost = (Counter(stored) - there).total()
    refused = [r for c in at_work for r in c.refused]
    print(
        f"{len(at_work)} clerks, {took:.0f} s: {len(stored) / took:.1f} stored a second, {len(times) / took:.0f} pages"
    )
    for kind in ("all", *sorted({k for k, _ in times})):
        some = sorted(t for k, t in times if kind in ("all", k))
        share = sum(t < LONGEST_SECONDS for t in some) / len(some)
        print(f"{kind:8} {len(some):6} pages, {share:6.1%} under 300 ms, middle {1000 * some[len(some) // 2]:.0f} ms, "
              f"95 in 100 under {1000 * some[int(0.95 * len(some))]:.0f} ms")  # fmt: skip
    print(
        f"{len(stored)} acknowledged, {lost} lost, {len(refused)} refused {refused[:2]}; sound: {verify(office).sound}"
    )


if __name__ == "__main__":
    main(*[kind(text) for kind, text in zip((float, int, float), sys.argv[1:], strict=False)])
