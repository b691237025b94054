"""The routes: the page, the stream of answers, files in and out. Nothing about a page is remembered on the server."""

import asyncio
import contextlib
import gzip
import json
import zlib
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from mechlin.core.errors import InputError, MechlinError, Problem
from mechlin.report.report import report, vega_bundle
from mechlin.report.texts import Language, language
from mechlin.runs.pool import Job
from mechlin.study.scenario import NOTHING, checked, from_text, to_text
from mechlin.web import address, answers, side_by_side, view
from mechlin.web.address import Scenario
from mechlin.web.bench import Bench
from mechlin.web.estimates import estimated
from mechlin.web.guard import Guard
from mechlin.web.measured import measured_page
from mechlin.web.openapi import description
from mechlin.web.refusals import said
from mechlin.web.turns import BEGINNINGS, DRAWINGS, ESTIMATES, in_turn
from mechlin.web.visitor import bench_of, body_of, client_of, say_of
from mechlin.web.work import finished
from mechlin.web.workshop_pages import Desk, workshop_routes

_TICK = 0.25  # seconds between two reports of progress
_JOBS_MAX = 40  # of one client at once: a room of twenty behind one address, each with a phone and a table
_PACKED = 5  # of 9: more takes longer than it saves on a slow line
_GZIP_WINDOW = 31  # zlib's word for gzip with the largest window
_GZIP = {"content-encoding": "gzip", "vary": "accept-encoding"}
_STATIC = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_KEEP = "public, max-age=31536000, immutable"
_SHOWN_AT = (1, 2, 3, 4, 6, 8, 12)  # pairs after which the page is drawn anew; then every eighth
_BESIDE_AT = (1, 4, 8)  # pairs after which map, money and people are drawn anew; and at the end
_NOT_FOUND = 404
_POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:"
_ALONE = {"content-security-policy": f"sandbox allow-scripts allow-downloads allow-modals; {_POLICY}"}  # may be printed


def app(bench: Bench, token: str = "") -> Guard:
    """Return the workbench as an ASGI application; with a ``token``, only who holds it is answered."""
    routes = [
        Route("/", page),
        Route("/health", health),
        Route("/openapi.json", openapi),
        Route("/stream", stream),
        Route("/estimate", estimate),
        Route("/rehearse", rehearse),
        Route("/package.toml", package_file),
        Route("/package", upload, methods=["POST"]),
        Route("/side-by-side", beside_each_other, methods=["POST"]),
        Route("/report.html", whole_report),
        Route("/measured", measured_beside),
        Route("/controls", controls),
        *workshop_routes(),
        Route("/shapes/{stamp}", shapes),
        Route("/vega/{stamp}", vega),
        Route("/static/{stamp}/{name}", static),
    ]
    inner = Starlette(
        routes=routes, exception_handlers={MechlinError: _refused, _NOT_FOUND: _nowhere, Exception: _broken}
    )
    inner.state.bench, inner.state.workshop, inner.state.begun = bench, Desk(bench), Counter[str]()
    inner.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=_PACKED)
    return Guard(inner, token, lambda path: HTMLResponse(view.locked(), 401), inner.state.workshop.is_open)


def _scenario(request: Request) -> Scenario:
    """Return the scenario that the address asks for; raise InputError with every problem."""
    bench = bench_of(request)
    return address.read(_pairs(request), bench.ground, bench.city)


def _pairs(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.url.query, keep_blank_values=True)


def _sentences(error: Exception, say: Language) -> list[str]:
    problems = error.problems if isinstance(error, InputError) else [Problem(str(error))]
    return [said(p, say) for p in problems]


async def _refused(request: Request, error: Exception) -> Response:
    return JSONResponse({"problems": _sentences(error, say_of(request))}, 422)


async def _nowhere(request: Request, error: Exception) -> Response:
    told = say_of(request)("There is nothing at {path}.", path=request.url.path)
    return JSONResponse({"problems": [told]}, _NOT_FOUND)


async def _broken(request: Request, error: Exception) -> Response:
    told = say_of(request)("Something went wrong in the workbench itself: {error}", error=str(error))
    return JSONResponse({"problems": [told]}, 500)


# ------------------------------------------------------------------------------------------------- the page


async def page(request: Request) -> Response:
    """The page itself; what cannot be in its address is said on it, and left out."""
    bench, say = bench_of(request), say_of(request)
    scenario, problems = address.read_kept(_pairs(request), bench.ground, bench.city)
    wrong = [say("Left out of this link: {problem}", problem=said(p, say)) for p in problems]
    wrong += view.other_version(dict(_pairs(request)), bench, say)
    return HTMLResponse(view.page(bench, scenario, say, wrong))


async def static(request: Request) -> Response:
    """A style sheet or a module of the page; its address changes with the version."""
    name = request.path_params["name"]
    folder = files("mechlin.report" if name == "report.css" else "mechlin.web") / "page"
    known = {f.name for f in folder.iterdir()}
    kind = _STATIC.get(name.rpartition(".")[2])
    if kind is None or name not in known:
        return await _nowhere(request, KeyError(name))
    return Response((folder / name).read_bytes(), media_type=kind, headers={"cache-control": _KEEP})


async def vega(request: Request) -> Response:
    """Vega, Vega-Lite and their embedding, as in the report: one script, from this machine."""
    if _takes_gzip(request):
        packed = await asyncio.to_thread(_vega_packed)
        return Response(packed, media_type="text/javascript", headers={"cache-control": _KEEP, **_GZIP})
    script = await asyncio.to_thread(vega_bundle)
    return Response(script, media_type="text/javascript", headers={"cache-control": _KEEP})


@cache
def _vega_packed() -> bytes:
    return gzip.compress(vega_bundle().encode(), _PACKED)


async def shapes(request: Request) -> Response:
    """The outlines of the areas, once for all maps."""
    return JSONResponse(await asyncio.to_thread(view.outlines, bench_of(request)), headers={"cache-control": _KEEP})


# ------------------------------------------------------------------------------------------------ the answers


async def stream(request: Request) -> Response:
    """Server-sent events: progress, and the answer after the first pair and after more and more of them."""
    bench, say = bench_of(request), say_of(request)
    client, begun = client_of(request), request.app.state.begun
    if bench.pool.alive(client) + begun[client] >= _JOBS_MAX:
        told = say("{n} pages of yours are being answered already; close some, or wait.", n=_JOBS_MAX)
        return JSONResponse({"problems": [told]}, 429, {"retry-after": "5"})
    begun[client] += 1  # those that are not yet in the pool: two hundred that come at once are as many
    try:
        scenario = await in_turn(BEGINNINGS, _scenario, request)
        specs = await in_turn(BEGINNINGS, bench.specs, scenario)
    finally:
        begun[client] -= 1
        if not begun[client]:
            del begun[client]
    loop, bell = asyncio.get_running_loop(), asyncio.Event()

    def tell() -> None:
        loop.call_soon_threadsafe(bell.set)

    owner, _, turn = request.query_params.get("page", "")[:64].partition(".")
    job = Job(specs, tell, owner, int(turn) if turn.isascii() and turn.isdigit() else 0, client)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    events = _events(bench, scenario, say, job, bell)
    if _takes_gzip(request):
        events, headers = _packed(events), {**headers, **_GZIP}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _packed(events: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield the events compressed, each whole at once: a stream that waits to fill a block would come late."""
    packing = zlib.compressobj(_PACKED, wbits=_GZIP_WINDOW)
    async with contextlib.aclosing(events):
        async for event in events:
            yield packing.compress(event) + packing.flush(zlib.Z_SYNC_FLUSH)
    yield packing.flush()


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


async def _events(
    bench: Bench, scenario: Scenario, say: Language, job: Job, bell: asyncio.Event
) -> AsyncGenerator[bytes, None]:
    """Yield what happens to a job until it is over; when the page goes away, so does its work."""
    shown = 0
    try:
        bench.pool.submit(job, bench.city)
        headlines = [n for n, card in bench.cards[0].items() if card.headline]
        await in_turn(DRAWINGS, bench.prepare, scenario, answers.shown_of(bench, scenario, headlines), say)
        while True:
            over, pairs = job.over, job.pairs  # in this order: what is over has all its pairs
            if _is_due(len(pairs), len(job.specs), shown):
                shown = len(pairs)
                yield _event("answer", await in_turn(DRAWINGS, answers.answer, bench, scenario, pairs, say))
                if shown in _BESIDE_AT and shown < len(job.specs):
                    found = await in_turn(DRAWINGS, answers.beside, bench, scenario, pairs, say, False)
                    yield _event("beside", found)
            if over:
                break
            so_far = {"share": round(job.progress, 4), "pairs": len(pairs), "of": len(job.specs)}
            yield _event("progress", {**so_far, "ahead": 0 if pairs else bench.pool.ahead(job)})
            bell.clear()
            try:
                await asyncio.wait_for(bell.wait(), _TICK)
            except TimeoutError:
                continue
        if job.error is not None:
            yield _event("problem", {"problems": _sentences(job.error, say)})
        elif job.cancelled:
            yield _event("stopped", {"why": say(f"Stopped by {job.stopped_by}.")})
        else:
            found = await in_turn(DRAWINGS, answers.beside, bench, scenario, job.pairs, say, True)
            yield _event("beside", found)
            yield _event("done", {"pairs": len(job.specs), **bench.pool.counts()})
    finally:
        bench.pool.cancel(job)


def _is_due(pairs: int, of: int, shown: int) -> bool:
    """Return whether so many pairs are worth drawing anew."""
    steps = [n for n in (*_SHOWN_AT, of) if n <= pairs] + ([pairs - pairs % 8] if pairs >= 8 else [])
    return max(steps, default=0) > shown


def _event(name: str, data: Mapping[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'), allow_nan=False)}\n\n".encode()


async def estimate(request: Request) -> Response:
    """What stored runs say before any run: sentences and numbers, or why there are none."""
    bench = bench_of(request)
    found = await in_turn(ESTIMATES, lambda: estimated(bench, _scenario(request), say_of(request)))
    return JSONResponse(found, headers={"cache-control": "no-store"})


async def rehearse(request: Request) -> Response:
    """Everything as JSON, as the command line writes it: the same digits."""
    bench, scenario = bench_of(request), _scenario(request)
    pairs = await finished(bench, scenario, client_of(request))
    found = await asyncio.to_thread(bench.rehearsal, scenario, pairs)
    return Response(await asyncio.to_thread(found.to_json), media_type="application/json")


async def whole_report(request: Request) -> Response:
    """The whole report, to read, print or keep: one file that needs nothing else."""
    bench, scenario = bench_of(request), _scenario(request)
    pairs = await finished(bench, scenario, client_of(request))
    found = await asyncio.to_thread(bench.rehearsal, scenario, pairs)
    text = await asyncio.to_thread(lambda: report(found.comparison, found.setting(), say_of(request).code))
    return HTMLResponse(text, headers=_ALONE)


async def measured_beside(request: Request) -> Response:
    """What other towns did beside the city, where panels of them go with it."""
    bench, scenario, say = bench_of(request), _scenario(request), say_of(request)
    text = await asyncio.to_thread(measured_page, bench, scenario, say)
    return HTMLResponse(text, headers=_ALONE) if text else await _nowhere(request, KeyError("measured"))


async def beside_each_other(request: Request) -> Response:
    """Two or three packages side by side, as a table."""
    bench, say = bench_of(request), say_of(request)
    body = await body_of(request)
    if body is None:
        return _too_large(request, "")
    asked = await asyncio.to_thread(side_by_side.chosen, bench, body)
    pairs = [await finished(bench, scenario, client_of(request)) for _, scenario in asked]
    return JSONResponse({"html": await asyncio.to_thread(side_by_side.table, bench, asked, pairs, say)})


# ---------------------------------------------------------------------------------------------------- files


def _too_large(request: Request, name: str) -> Response:
    problem = Problem("the file is too large for a package", file=name, allowed="1 MB")
    return JSONResponse({"problems": [said(problem, say_of(request))]}, 413, {"connection": "close"})


async def package_file(request: Request) -> Response:
    """The scenario as a package file."""
    package, _ = bench_of(request).packages(_scenario(request))
    named = {"content-disposition": 'attachment; filename="package.toml"', "cache-control": "no-store"}
    return PlainTextResponse(to_text(package), headers=named, media_type="application/toml")


async def upload(request: Request) -> Response:
    """A package file, read as data: the query of the page that shows it, or every problem with it."""
    bench = bench_of(request)
    name = request.headers.get("x-file-name", "package.toml")[:100]
    text = await body_of(request)
    if text is None:
        return _too_large(request, name)
    package = await asyncio.to_thread(from_text, text, name)
    package = await asyncio.to_thread(checked, package.settings, package.title, bench.city)
    first = bench.ground.opens_with
    scenario = Scenario(NOTHING, package.settings, first.until, title=package.title)
    if known := bench.preset_of(scenario):
        scenario = replace(scenario, base=known.name, title="" if known.title == package.title else package.title)
    return JSONResponse({"query": address.write(scenario, bench.ground), "settings": package.settings})


# ------------------------------------------------------------------------------------------------ for machines


async def health(request: Request) -> Response:
    """Whether the server lives, and how much it has to do."""
    bench = bench_of(request)
    return JSONResponse({"ok": not bench.pool.closed, "version": bench.version, **bench.pool.counts()})


async def controls(request: Request) -> Response:
    """Every measure with its doses and bands, and the packages to start from."""
    bench = bench_of(request)
    return JSONResponse(view.start(bench, bench.ground.opens_with, language("en")))


async def openapi(request: Request) -> Response:
    """What may be asked, as OpenAPI."""
    return JSONResponse(description(bench_of(request).version))
