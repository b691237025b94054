"""Kill whoever writes, at any moment, and look whether everything acknowledged is there once and nothing else is."""

import multiprocessing
import os
import random
import signal
import time

from mechlin.desk.casework.office import Office, Request
from mechlin.desk.casework.verify import verify
from mechlin.desk.ground import home
from mechlin.desk.ground.home import DATABASE_VARIABLE
from mechlin.desk.ground.log import tip
from mechlin.desk.ground.roles import RESIDENT_ACTOR
from tests.desk.conftest import BENCHES, PERSON_GIVEN

_SPAWN = multiprocessing.get_context("forkserver")
_SPAWN.set_forkserver_preload(["tests.desk.conftest"])


def write(folder, url, pipe, who):
    """Open cases until killed, and say of each that it was acknowledged."""
    if url:
        os.environ[DATABASE_VARIABLE] = url
    office = Office(home.open_home(folder), {"benches": BENCHES})
    for n in range(10**9):
        answers = {"who": PERSON_GIVEN, "why": f"{who} {n}", "seats": 1}
        try:
            done = office.act(RESIDENT_ACTOR, Request("asked", answers, procedure="benches", form_no=f"{who}-{n}"))
        except Exception as error:  # a server that was killed: nothing was acknowledged
            os.write(pipe.fileno(), f"! {type(error).__name__}\n".encode())
            time.sleep(0.05)
            continue
        os.write(pipe.fileno(), f"{done.seq} {done.case}\n".encode())


def kills(desk, url, times, writers=2, seed=1, kill_server=None):
    """Kill a writer (or the server) ``times`` times; return how many events were acknowledged, after checking all."""
    rng, acknowledged = random.Random(seed), []
    for round_ in range(times):
        started = []
        for w in range(writers):
            out, into = _SPAWN.Pipe(duplex=False)
            job = _SPAWN.Process(target=write, args=(desk.office.home.folder, url, into, f"{round_}-{w}"), daemon=True)
            job.start()
            into.close()
            started.append((job, out))
        first = [os.read(out.fileno(), 65536) for _, out in started]  # each has written
        time.sleep(rng.random() * 0.08)
        if kill_server and rng.random() < 0.3:
            kill_server()
        for n, (job, out) in enumerate(started):
            os.kill(job.pid, signal.SIGKILL)
            job.join()
            data = first[n]
            while more := os.read(out.fileno(), 65536):
                data += more
            lines = data.decode().splitlines(keepends=True)
            acknowledged += [tuple(line.split()) for line in lines if line.endswith("\n") and not line.startswith("!")]
    verdict = verify(desk.office)
    assert verdict.sound, verdict.problems
    with desk.office.home.database.read() as conn:
        from sqlalchemy import text

        rows = conn.execute(text("SELECT seq, \"case\" FROM event WHERE kind = 'asked'"))
        there = {row[0]: row[1] for row in rows}
        assert tip(conn)[0] == verdict.events
    lost = [(seq, case) for seq, case in acknowledged if there.get(int(seq)) != case]
    assert not lost, lost
    assert len({seq for seq, _ in acknowledged}) == len(acknowledged)
    return len(acknowledged)
