"""Serve a desk until it is stopped: on this machine, or behind something that speaks TLS."""

import sys
from pathlib import Path

import uvicorn
from filelock import FileLock, Timeout

from mechlin.core.errors import UsageError
from mechlin.desk.casework.office import Office
from mechlin.desk.casework.verify import rebuild
from mechlin.desk.web.app import app
from mechlin.desk.web.door import LOCAL

_GRACE_SECONDS = 5


def brought_up_to_date(office: Office) -> None:
    """Give a desk that an earlier version made the tables of this one; its cases are folded anew from the log."""
    if office.home.database.migrate():
        with office.home.database.write() as conn:
            rebuild(conn)


def serve(office: Office, host: str, port: int) -> None:
    """Serve ``office``; raise UsageError for a host that is open to others without TLS, or a desk served already."""
    address = office.home.settings.address
    if host not in LOCAL and host != "::1" and not address.startswith("https://"):
        raise UsageError(
            f"{host} can be reached by others, and nothing here encrypts what they send: put a server with TLS in front, "
            f'write address = "https://..." in {office.home.folder / "desk.toml"}, then serve again'
        )
    lock = FileLock(Path(office.home.folder) / "serving.lock", blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise UsageError(f"the desk in {office.home.folder} is served already; one server writes at a time") from None
    with lock:
        brought_up_to_date(office)
        print(f"{office.home.settings.town}: http://{host}:{port}/\nCtrl-C stops.", file=sys.stderr, flush=True)
        config = uvicorn.Config(
            app(office),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            limit_concurrency=256,
            ws="none",
            http="h11",
        )
        uvicorn.Server(config).run()
