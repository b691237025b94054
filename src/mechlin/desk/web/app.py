"""The routes of the desk: plain pages that need no script; every change is a form that this desk gave out."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from mechlin.core.errors import MechlinError
from mechlin.core.language import LANGUAGES
from mechlin.desk.casework.office import Office
from mechlin.desk.web import door, pages, registers, staff
from mechlin.desk.web.door import LANGUAGE, RefusedError, Visit

_STATIC = {"desk.css": ("web/static/desk.css", "text/css"), "check_draw.py": ("check_draw.py", "text/plain")}


def app(office: Office) -> ASGIApp:
    """Return the desk as an ASGI application."""
    routes = [
        _page("/", pages.start),
        _page("/open/{procedure}/{action}", _with_parent(pages.opening), _with_parent(pages.opened)),
        _page("/mine", pages.own, pages.own_shown),
        _page("/heads", pages.public_heads),
        _page("/public/{case}", pages.public_case),
        _page("/public/{case}/data.json", pages.public_data),
        _page("/register/{procedure}", registers.register),
        _page("/register/{procedure}/data.csv", registers.register_data),
        _page("/sign-in", pages.sign_in, pages.signed_in),
        _page("/sign-out", None, staff.signed_out),
        _page("/today", staff.today),
        _page("/case/{number}", staff.case),
        _page("/case/{number}/sign", None, staff.sign),
        _page("/case/{case}/{action}", pages.next_step, pages.taken),
        _page("/letter/{number}", staff.letter),
        _page("/oversight", staff.oversight),
        _page("/log", staff.checked_log),
        _page("/retention", staff.retention, staff.retained),
        _page("/demonstration/ahead", None, pages.put_ahead),
        Route("/language/{code}", language),
        Route("/static/{name}", static),
        Route("/health", health),
    ]
    inner = Starlette(routes=routes, exception_handlers={404: _nowhere, 405: _nowhere, Exception: _broken})
    inner.state.office = office
    return door.Headers(inner)


def _page(path: str, shown: Callable[..., Response] | None, sent: Callable[..., Response] | None = None) -> Route:
    """Return a route: one function to show a page, one for the form that was sent."""

    async def answer(request: Request) -> Response:
        office: Office = request.app.state.office
        try:
            fields = await door.sent(request) if request.method == "POST" else []
            chosen = sent if request.method == "POST" else shown
            return await run_in_threadpool(_answer, request, office, fields, chosen)
        except RefusedError as error:
            return PlainTextResponse(str(error), error.status)

    methods = [m for m, f in (("GET", shown), ("POST", sent)) if f is not None]
    return Route(path, answer, methods=methods)


def _answer(request: Request, office: Office, fields: list[tuple[str, str]], chosen: Any) -> Response:
    found = door.visit(request, office, fields)
    try:
        out: Response = chosen(found, **request.path_params)
        return out
    except RefusedError as error:
        if error.status == 401:
            return pages.sign_in(found, str(error), 401)
        return pages.refused(found, error)
    except MechlinError as error:
        return pages.refused(found, error)
    except (SQLAlchemyError, OSError):
        return pages.refused(
            found, MechlinError("the desk cannot store anything now; nothing was stored: try again"), 503
        )


def _with_parent(page: Callable[..., Response]) -> Callable[..., Response]:
    def shown(found: Visit, procedure: str, action: str) -> Response:
        return page(found, procedure, action, found.request.query_params.get("parent", ""))

    return shown


async def language(request: Request) -> Response:
    """Keep the language that somebody chose, and go back to where they were."""
    code, back = request.path_params["code"], request.query_params.get("back", "/")
    safe = back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
    there = RedirectResponse(safe, 303)
    if code in LANGUAGES:
        there.set_cookie(LANGUAGE, code, samesite="strict", httponly=True, max_age=34_000_000)
    return there


async def static(request: Request) -> Response:
    """The style sheet."""
    name = request.path_params["name"]
    if name not in _STATIC:
        return PlainTextResponse("There is nothing here.", 404)
    place, kind = _STATIC[name]
    data = files("mechlin.desk").joinpath(*place.split("/")).read_bytes()
    return Response(data, media_type=kind, headers={"cache-control": "public, max-age=3600"})


async def health(request: Request) -> Response:
    """Whether the desk answers and its database does."""

    def asked() -> None:
        with request.app.state.office.home.database.read():
            pass

    try:
        await run_in_threadpool(asked)
    except MechlinError as error:
        return PlainTextResponse(str(error), 503)
    return PlainTextResponse("well")


async def _nowhere(request: Request, error: Exception) -> Response:
    """Say so on a page like any other: in the reader's language, with a way back."""

    def shown(found: Visit, **_: Any) -> Response:
        return pages.refused(found, MechlinError("There is nothing here."), getattr(error, "status_code", 404))

    try:
        return await run_in_threadpool(_answer, request, request.app.state.office, [], shown)
    except RefusedError as refusal:
        return PlainTextResponse(str(refusal), refusal.status)


async def _broken(request: Request, error: Exception) -> Response:
    """Say nothing of what was typed or stored."""
    return PlainTextResponse("Something went wrong in the desk itself; nothing was stored.", 500)
