"""The door of the desk's pages: who asks, from where, and whether a form is one that this desk gave to this browser."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mechlin.core.errors import MechlinError
from mechlin.core.headers import WITHOUT_SCRIPT, safe_headers
from mechlin.core.language import LANGUAGES, preferred
from mechlin.desk.casework.letters import language
from mechlin.desk.casework.office import Office
from mechlin.desk.casework.sentences import Spoken
from mechlin.desk.ground import accounts
from mechlin.desk.ground.roles import RESIDENT_ACTOR, Actor

SESSION, VISITOR, LANGUAGE = "desk-session", "desk-visitor", "desk-language"
LARGEST_BODY = 2 * 1024 * 1024  # bytes: a table of 5,000 rows fits
LOCAL = ("localhost", "127.0.0.1", "[::1]", "testserver")
_HEADERS = {**safe_headers(WITHOUT_SCRIPT), "cache-control": "no-store"}


class RefusedError(MechlinError):
    """A request that is not answered; with the status of the answer."""

    def __init__(self, status: int, why: str) -> None:
        """Keep the status and the sentence."""
        super().__init__(why)
        self.status = status


@dataclass(frozen=True)
class Visit:
    """One request with all that is known of whoever asks."""

    request: Request
    office: Office
    actor: Actor
    say: Spoken
    visitor: str
    fields: tuple[tuple[str, str], ...] = ()  # of the form that was sent

    @property
    def token(self) -> str:
        """The token that every form of this browser carries."""
        return self.office.home.keys.token(f"form {self.visitor}")

    @property
    def is_resident(self) -> bool:
        """Whether nobody has signed in."""
        return self.actor is RESIDENT_ACTOR

    def one(self, name: str) -> str:
        """Return the first answer of that name, or nothing."""
        return next((value for key, value in self.fields if key == name), "")

    def answers(self) -> dict[str, str | list[str]]:
        """Return what was filled in: names that come more than once as a list; the form's own fields left out."""
        out: dict[str, str | list[str]] = {}
        for key, value in self.fields:
            if key.startswith("-"):
                continue
            before = out.get(key)
            out[key] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
        return out


class Headers:
    """Adds the headers of safety to every answer, error pages included."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before ``app``."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_safely if scope["type"] == "http" else send)


def visit(request: Request, office: Office, fields: Iterable[tuple[str, str]] = ()) -> Visit:
    """Return who asks, and refuse whoever comes by another name or with a form that is not this desk's."""
    _check_host(request, office)
    visitor = request.cookies.get(VISITOR) or secrets.token_urlsafe(24)
    token = request.cookies.get(SESSION, "")
    actor = RESIDENT_ACTOR
    if token:
        with office.home.database.read() as conn:
            actor = accounts.whose(conn, token) or RESIDENT_ACTOR
    asked = request.cookies.get(LANGUAGE, "")
    code = asked if asked in LANGUAGES else preferred(request.headers.get("accept-language", ""))
    found = Visit(request, office, actor, language(code), visitor, tuple(fields))
    if request.method == "POST":
        _check_form(found)
    return found


async def sent(request: Request) -> list[tuple[str, str]]:
    """Return the fields of a form; refuse files, and more than a form can hold."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise RefusedError(415, "A form is asked for, with text and without files.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise RefusedError(413, "This is more than a form can hold; nothing was stored.")
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=5_000)
    except (UnicodeError, ValueError):
        raise RefusedError(400, "This form cannot be read; nothing was stored. Open it anew.") from None


def remember(found: Visit, response: Response, token: str | None = None) -> Response:
    """Have the browser keep who it is; ``token`` is a session that begins, or "" for one that ends."""
    secure = found.office.home.settings.address.startswith("https:")
    if found.request.cookies.get(VISITOR) != found.visitor:
        response.set_cookie(VISITOR, found.visitor, httponly=True, samesite="strict", secure=secure, max_age=34_000_000)
    if token:
        response.set_cookie(SESSION, token, httponly=True, samesite="strict", secure=secure)
    elif token == "":
        response.delete_cookie(SESSION)
    return response


def _check_host(request: Request, office: Office) -> None:
    host = request.headers.get("host", "")
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    address = urlsplit(office.home.settings.address)
    if name not in (*LOCAL, address.hostname):
        raise RefusedError(421, "This desk is not reached by that address.")


def _check_form(found: Visit) -> None:
    site = found.request.headers.get("sec-fetch-site", "same-origin")
    given = found.one("-token")
    right = hmac.compare_digest(given.encode("utf-8", "replace"), found.token.encode())
    if site not in ("same-origin", "none") or not right:
        raise RefusedError(
            403,
            "This form was not opened in this browser, or long ago; nothing was stored. Open it anew and send it again.",
        )
