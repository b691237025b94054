"""What a request says of who asks: their language, their address, what they sent; and the workbench it is asked of."""

from starlette.requests import Request

from mechlin.report.texts import LANGUAGES, Language, language, preferred
from mechlin.study.scenario import FILE_MAX
from mechlin.web.bench import Bench


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
    """Return what was sent, read no further than it may be large; None where it is larger."""
    text = bytearray()
    if int(request.headers.get("content-length") or 0) > FILE_MAX:
        return None
    async for chunk in request.stream():
        text += chunk
        if len(text) > FILE_MAX:
            return None
    return bytes(text)
