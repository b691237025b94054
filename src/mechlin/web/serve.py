"""Start and stop: a socket on this machine (or, with a token, on the network), the server, and a clean end."""

import secrets
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn

from mechlin.core.errors import UsageError
from mechlin.web.app import app
from mechlin.web.bench import Bench
from mechlin.web.estimates import Learning
from mechlin.web.warm import warm_up

LOCAL = ("127.0.0.1", "localhost", "::1")
_GRACE_SECONDS = 2
_TURN_SECONDS = 0.001  # for which one thread computes before another may: answers wait for several such turns


class _Server(uvicorn.Server):
    """A server that ends its streams before it waits for them."""

    def __init__(self, config: uvicorn.Config, bench: Bench) -> None:
        super().__init__(config)
        self.bench = bench

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals to stop for the time of serving; being asked to stop is no failure."""
        before = {asked: signal.signal(asked, self._asked) for asked in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for asked, handler in before.items():
                signal.signal(asked, handler)

    def _asked(self, _signal: int, _frame: FrameType | None) -> None:
        """Stop all work at once, then let the answers under way end; asked twice, do not wait for them."""
        self.bench.pool.close()
        self.force_exit = self.should_exit
        self.should_exit = True


def serve(city: str, out: Path, host: str, port: int, workers: int | None = None, learn: int = 0) -> None:
    """Serve the workbench until it is stopped; raise UsageError when the port cannot be had.

    While nobody asks, ``learn`` packages are run to estimate others from.
    """
    listening = _listen(host, port)
    sys.setswitchinterval(_TURN_SECONDS)
    bench = Bench.of(city, out, workers)
    token = "" if host in LOCAL else secrets.token_urlsafe(24)
    shown = "localhost" if host in LOCAL else host if host not in ("0.0.0.0", "::") else socket.gethostname()
    at = f"http://{shown}:{listening.getsockname()[1]}/"
    threading.Thread(target=warm_up, name="warm", daemon=True).start()
    Learning(bench, learn)
    print(f"{bench.city.title}: {at}{f'?token={token}' if token else ''}", flush=True)
    if token:
        print("Whoever has this address may use the workbench; the token is not shown again.", flush=True)
    print("Ctrl-C stops.", file=sys.stderr, flush=True)
    config = uvicorn.Config(
        app(bench, token),
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        limit_concurrency=256,
        h11_max_incomplete_event_size=64 * 1024,
        ws="none",
        http="h11",
        loop="asyncio",
    )
    _Server(config, bench).run(sockets=[listening])
    print("Stopped. What was computed is kept.", file=sys.stderr)


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at host and port."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
    except OSError as error:
        raise UsageError(f"cannot listen at {host}, port {port}: {error.strerror or error}; try --port 0") from None
    found.listen(128)
    found.set_inheritable(True)
    return found
