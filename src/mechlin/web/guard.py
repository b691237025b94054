"""What every request passes: who may ask, from where, what a browser may do with the answer, and how it is cut short."""

import asyncio
import hmac
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mechlin.core.headers import WITH_SCRIPT, safe_headers

COOKIE = "mechlin-token"
_LOCAL = ("localhost", "127.0.0.1", "[::1]", "testserver")
_OPEN = ("/health",)
_HEADERS = safe_headers(WITH_SCRIPT)


class Guard:
    """Lets in who holds the token, or, without one, who asks on this machine; adds the headers of safety."""

    def __init__(
        self,
        app: ASGIApp,
        token: str = "",
        refused: Callable[[str], Response] | None = None,
        is_open: Callable[[str], bool] = lambda path: False,
    ) -> None:
        """Guard ``app``; ``refused`` makes the page for whoever has no token, from the path asked for.

        ``is_open`` says of a path whether it needs no token: the pages of a workshop, which have a code of their own.
        """
        self.app, self.token, self.refused, self.is_open = app, token, refused, is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it; when the server stops and waits no longer, end the answer where it is."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_safely(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        try:
            await (refusal or self.app)(scope, receive, send_safely)
        except asyncio.CancelledError:
            if begun:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await _no(503, "The workbench has been stopped.")(scope, receive, send_safely)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, path = Headers(scope=scope), scope["path"]
        if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            return _no(403, "Another site may not ask this workbench anything.")
        if path in _OPEN:
            return None
        if not self.token:
            host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
            return None if host in _LOCAL else _no(403, "This workbench answers on this machine only.")
        if self.is_open(path):
            return None
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if "token" in query and self._is_token(query.pop("token")):
            there = RedirectResponse(path + (f"?{urlencode(query)}" if query else ""), status_code=303)
            there.set_cookie(COOKIE, self.token, httponly=True, samesite="strict")
            return there
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        cookies = cookie_parser(headers.get("cookie", ""))
        if self._is_token(cookies.get(COOKIE, "")) or self._is_token(bearer):
            return None
        return self.refused(path) if self.refused else _no(401, "A token is needed.")

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())


def _no(status: int, why: str) -> Response:
    return JSONResponse({"problems": [why]}, status_code=status)
