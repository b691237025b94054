"""Kill clients, the server and the database two hundred times; every acknowledged event must be there once.

python -m benchmarks.desk_kills [KILLS]

Eight residents' browsers, each a process, send forms to ``mechlin desk serve``, and send one again until it is
acknowledged. One by one a random one of them, the server, or (PostgreSQL, where it is installed) the database itself gets
SIGKILL and is started again. In the end: no acknowledged form is missing, none is stored twice, none under two numbers.
"""

import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

CLIENTS = 8
_POSTGRES = Path(__file__).parents[1] / "tests" / "desk" / "postgres.sh"
_ADDRESS = "/open/buddy/registered"
_ANSWERS = {
    "who.given": "Robin", "who.family": "Maes", "who.born": "1990-02-03", "who.street": "Markt 3",
    "who.place": "2800 Mechelen", "who.language": "nl", "who.post": "no", "side": "volunteer",
}  # fmt: skip


def client(port: int, who: str, out: str) -> None:
    """Send forms until killed, each until it is acknowledged; note each number that was."""
    for n in range(10**9):
        form = f"{who}-{n}"
        while not (case := _sent(port, form)):
            time.sleep(0.05)
        with open(out, "a", encoding="ascii") as file:
            file.write(f"{form} {case}\n")


def _sent(port: int, form: str) -> str:
    """Send one form; return the number that is acknowledged, or nothing."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        line.request("GET", _ADDRESS)
        answer = line.getresponse()
        page, cookie = answer.read().decode(), (answer.headers.get("set-cookie") or "").partition(";")[0]
        token = re.search(r'action="/open/[^"]*"[^>]*>\s*<input type="hidden" name="-token" value="([^"]+)"', page)
        if token is None:
            return ""
        chosen = {name: re.search(f'name="{name}" value="([^"]+)"', page) for name in ("interests", "moments")}
        fields = {**_ANSWERS, **{k: v[1] for k, v in chosen.items() if v}, "-token": token[1], "-form": form}
        headers = {"cookie": cookie, "content-type": "application/x-www-form-urlencoded"}
        line.request("POST", _ADDRESS, urlencode(fields), headers)
        answer = line.getresponse()
        page = answer.read().decode()
        found = re.search(r'<p class="big">(B-[\d-]+)</p>', page)
        return found[1] if found and answer.status == 200 else ""
    except (OSError, http.client.HTTPException):  # whoever should have answered was killed: nothing is acknowledged
        return ""
    finally:
        line.close()


class Running:
    """A desk served, with clients that write; parts of it can be killed."""

    def __init__(self, folder: Path, postgres: Path | None) -> None:
        """Start everything."""
        self.folder, self.postgres, self.began = folder, postgres, 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.server = self._serve()
        self.clients = [self._client() for _ in range(CLIENTS)]

    def kill(self, what: str, rng: random.Random) -> None:
        """Kill one part, and start it again."""
        if what == "database":
            subprocess.run([_POSTGRES, "kill", str(self.postgres)], check=True)
        elif what == "server":
            self.server.kill()
            self.server.wait()
            self.server = self._serve()
        else:
            n = rng.randrange(CLIENTS)
            self.clients[n].kill()
            self.clients[n].wait()
            self.clients[n] = self._client()

    def end(self) -> None:
        """Kill everything."""
        for one in (*self.clients, self.server):
            os.kill(one.pid, signal.SIGKILL)
            one.wait()

    def acknowledged(self) -> list[tuple[str, str]]:
        """Return (form, case) of everything acknowledged; a line that was cut off counts as not."""
        lines = [line for f in self.folder.glob("client-*") for line in f.read_text("ascii").splitlines(keepends=True)]
        return [tuple(line.split()) for line in lines if line.endswith("\n")]  # type: ignore[misc]

    def _serve(self) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "mechlin",
            "desk",
            "serve",
            "--home",
            str(self.folder),
            "--port",
            str(self.port),
        ]
        return subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def _client(self) -> subprocess.Popen[bytes]:
        self.began += 1
        out = self.folder / f"client-{self.began}"
        return subprocess.Popen([sys.executable, __file__, str(self.port), f"form-{self.began}", str(out)])


def measure(kind: str, times: int, postgres: Path | None, address: str) -> str:
    """Kill ``times`` times and return what was found."""
    from mechlin.desk.ground import home  # here, so that a client starts quickly
    from mechlin.desk.ground.home import Settings

    folder = Path(tempfile.mkdtemp()) / "desk"
    home.init(folder, Settings(town="Mechelen", contact="Grote Markt 21", **({"database": address} if address else {})))
    victims = ["client", "server", *(["database"] if postgres else [])]
    rng, began, running = random.Random(1), time.perf_counter(), Running(folder, postgres)
    counts = dict.fromkeys(victims, 0)
    for n in range(times):
        before, waited = len(running.acknowledged()), time.perf_counter()
        while len(running.acknowledged()) == before and time.perf_counter() - waited < 60:  # somebody is writing again
            time.sleep(0.02)
        time.sleep(0.3 * rng.random())
        victim = victims[n % len(victims)]
        running.kill(victim, rng)
        counts[victim] += 1
    running.end()
    lost, sound = checked(folder, running.acknowledged())
    killed = ", ".join(f"{name} {n}" for name, n in counts.items())
    return (f"{kind}: {times} kills ({killed}), {len(running.acknowledged())} acknowledged, {lost} lost or twice, "
            f"sound: {sound}, {time.perf_counter() - began:.0f} s")  # fmt: skip


def checked(folder: Path, told: list[tuple[str, str]]) -> tuple[int, bool]:
    """Return how many acknowledged forms are not there just once, and whether the log is sound and without gap."""
    from sqlalchemy import select

    from mechlin.desk.casework.verify import verify
    from mechlin.desk.ground import home, log
    from mechlin.desk.ground.tables import event
    from mechlin.desk.procedures import office_of

    office = office_of(home.open_home(folder))
    there: dict[str, list[str]] = {}
    with office.home.database.read() as conn:
        for row in conn.execute(select(event.c.form_no, event.c.case).where(event.c.kind == "registered")):
            there.setdefault(row.form_no, []).append(row.case)
        last = log.tip(conn)[0]
    verdict = verify(office)
    return sum(there.get(form) != [case] for form, case in told), verdict.sound and verdict.events == last


def main(times: int = 200) -> None:
    """Kill on SQLite, and on PostgreSQL where it is installed."""
    print(measure("SQLite", times, None, ""), flush=True)
    folder = Path(tempfile.mkdtemp()) / "postgres"
    folder.parent.chmod(0o755)
    started = subprocess.run([_POSTGRES, "start", str(folder)], capture_output=True, text=True, check=False)
    if started.returncode:
        print("PostgreSQL is not installed: not measured on it")
        return
    try:
        print(measure("PostgreSQL", times, folder, started.stdout.strip()), flush=True)
    finally:
        subprocess.run([_POSTGRES, "stop", str(folder)], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        client(int(sys.argv[1]), sys.argv[2], sys.argv[3])
    main(*map(int, sys.argv[1:]))
