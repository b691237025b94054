"""What a request says of who asks: their language, their address, what they sent; and the workbench it is asked of."""

from starlette.requests import Request

from mechlin.report.texts import LANGUAGES, Language, language, preferred
from mechlin.study.scenario import FILE_MAX
from mechlin.web.bench import Bench

_HEARD_OUT = 40_000_000  # bytes


def bench_of(request: Request) -> Bench:
    """Return the workbench."""
    found: Bench = request.app.state.bench
    return found


def client_of(request: Request) -> str:
    """Return the network address of whoever asks."""
    return request.client.host if request.client else ""


def say_of(request: Request) -> Language:
    """Return the language asked for, or the one that the browser prefers."""
    asked = request.query_params.get("lang", "")
    return language(asked if asked in LANGUAGES else preferred(request.headers.get("accept-language", "")))


async def body_of(request: Request) -> bytes | None:
    """Return what was sent, kept no further than it may be large; None where it is larger.

    Whoever sends too much is heard out for a while, thrown away as it comes: who is cut off hears no reason.
    """
    text, size = bytearray(), 0
    if int(request.headers.get("content-length") or 0) > _HEARD_OUT:
        return None
    async for chunk in request.stream():
        size += len(chunk)
        if size <= FILE_MAX:
            text += chunk
        elif size > _HEARD_OUT:
            break
    return bytes(text) if size <= FILE_MAX else None
