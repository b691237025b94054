"""The pages of a workshop: plain forms for phones, one screen for the room, one page for the facilitator, the protocol."""

import asyncio
from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from mechlin.core.errors import InputError, MechlinError, Problem, UsageError
from mechlin.report import everyday, wording
from mechlin.report.texts import LANGUAGES, Language
from mechlin.runs.pool import Job
from mechlin.study.controls import PILLARS
from mechlin.study.scenario import NOTHING, checked
from mechlin.web import workshop_words as words
from mechlin.web.address import Scenario
from mechlin.web.answers import rendered
from mechlin.web.bench import Bench
from mechlin.web.refusals import said
from mechlin.web.view import stamp
from mechlin.web.visitor import bench_of, body_of, say_of
from mechlin.web.work import finished
from mechlin.web.workshop import Group, Room, Workshops, log

RUNS = (4, 8, 16)  # pairs of runs to choose from; only from sixteen on has an answer a verdict
FOLDER = "workshops"
_BANDS = ("pilot", "usual", "large")
_CALL = 4  # seconds between two looks of a page at what is new
_OPEN_FILES = ("report.css", "workshop.css", "workshop.js", "mark.svg")
_LOCAL = ("localhost", "127.0.0.1", "::1")


class Desk:
    """The rooms of a workbench, what its measures may be set to, and the answers that are being computed."""

    def __init__(self, bench: Bench) -> None:
        """Begin with the rooms that were kept."""
        self.bench = bench
        self.rooms = Workshops(bench.out / FOLDER, bench.city.name)
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.jobs: dict[str, Job] = {}
        self.failed: dict[str, str] = {}
        self._settings: dict[str, dict[str, dict[str, Any]]] = {}

    def is_open(self, path: str) -> bool:
        """Whether a page needs no token: that where a code is given, those of a room, and their style."""
        parts = path.strip("/").split("/")
        if parts[0] == "static":
            return parts[-1] in _OPEN_FILES
        return parts == ["workshop"] or (
            parts[0] == "workshop" and parts[1:2] != ["new"] and self.rooms.find(parts[1]) is not None
        )

    @property
    def settings(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What each measure is set to in each band that this city allows."""
        if not self._settings:
            went = self.bench.presets[self.bench.ground.opens_with.base].settings
            for c in self.bench.controls:
                for band in _BANDS:
                    made = {d.name: d.bands[band] for d in c.doses}
                    if band == "usual" and c.name in went:
                        made = deepcopy(went[c.name])
                    try:
                        checked({c.name: made}, "", self.bench.city)
                    except (InputError, UsageError):
                        continue
                    self._settings.setdefault(c.name, {})[band] = made
        return self._settings

    def compute(self, room: Room) -> None:
        """See to it that every answer that the room waits for is being computed."""
        for group in room.groups if room.revealed else ():
            mark = room.mark(group)
            if group.ready and room.answer(group) is None and mark not in self.failed:
                key = f"{room.code} {group.key} {mark}"
                if key not in self.tasks:
                    self.tasks[key] = asyncio.create_task(self._answer(room, group, mark, key))

    async def _answer(self, room: Room, group: Group, mark: str, key: str) -> None:
        scenario = Scenario(NOTHING, group.settings, room.until, NOTHING, room.runs, group.name)
        indicator = room.indicator

        def begun(job: Job) -> None:
            self.jobs[mark] = job

        try:
            pairs = await finished(self.bench, scenario, f"workshop {room.code} {group.key}", begun)
            room.keep_answer(group, mark, *await asyncio.to_thread(self._told, scenario, pairs, indicator))
            self.rooms.save(room)
        except MechlinError as error:
            self.failed[mark] = str(error)
        except Exception as error:  # else every look at the page would compute it anew, and nobody be told
            log.exception("the answer for %s in workshop %s", group.name, room.code)
            self.failed[mark] = f"Something went wrong in the workbench itself: {error}"
        finally:
            self.tasks.pop(key, None)
            self.jobs.pop(mark, None)

    def waits(self, room: Room, group: Group) -> tuple[int, int, int] | None:
        """Return of an answer on its way how many pairs are there, of how many, and how many runs of others come first."""
        job = self.jobs.get(room.mark(group))
        if job is None:
            return None
        pairs = len(job.pairs)
        return pairs, len(job.specs), 0 if pairs else self.bench.pool.ahead(job)

    def _told(
        self, scenario: Scenario, pairs: list[Any], indicator: str
    ) -> tuple[dict[str, Any] | None, float, dict[str, Any] | None]:
        """Return the effect, the cost in euros, and the effect in things people know."""
        found = self.bench.rehearsal(scenario, pairs).comparison
        effect = found.effect(indicator)
        cost = sum(float(row["eur"]) for row in found.costs())
        known = effect and everyday.known(found, effect)
        return effect and effect._asdict(), cost, known and known._asdict()


def workshop_routes() -> list[Route]:
    """Return the routes of workshops."""
    both = ["GET", "POST"]
    return [
        Route("/workshop", door),
        Route("/workshop/new", new_room, methods=both),
        Route("/workshop/{code}", join, methods=both),
        Route("/workshop/{code}/group/{key}", group_page, methods=both),
        Route("/workshop/{code}/lead/{key}", lead_page, methods=both),
        Route("/workshop/{code}/screen", screen),
        Route("/workshop/{code}/protocol", protocol),
    ]


# ------------------------------------------------------------------------------------------------------ pages


async def door(request: Request) -> Response:
    """Where a code is given: on the phone of a group."""
    code = request.query_params.get("code", "")
    if _desk(request).rooms.find(code) is not None:
        return _to(request, f"/workshop/{code.strip().upper()}")
    say = say_of(request)
    wrong = say("There is no workshop with the code {code}.", code=code[:20]) if code else ""
    return _page(request, "workshop_door.html", wrong=wrong)


async def new_room(request: Request) -> Response:
    """Open a room: the address that follows is the facilitator's alone."""
    desk, wrong = _desk(request), ""
    if request.method == "POST":
        try:
            given = await _form(request)
            room = desk.rooms.open(_indicator(request, given), bench_of(request).ground.opens_with.until, _runs(given))
            return _to(request, f"/workshop/{room.code}/lead/{room.lead}")
        except UsageError as error:
            wrong = say_of(request)(str(error))
    return _page(request, "workshop_new.html", wrong=wrong, questions=_questions(request), runs=RUNS)


async def join(request: Request) -> Response:
    """A group gives itself a name; the address that follows is its own."""
    room = _room(request)
    if room is None:
        return _nowhere(request)
    wrong = ""
    if request.method == "POST":
        try:
            made = room.join((await _form(request)).get("name", ""))
            _desk(request).rooms.save(room)
            return _to(request, f"/workshop/{room.code}/group/{made.key}")
        except UsageError as error:
            wrong = say_of(request)(str(error))
    return _page(request, "workshop_join.html", room=room, wrong=wrong)


async def group_page(request: Request) -> Response:
    """A group's page: its package, its guess, and after the reveal its answer."""
    room, desk, say = _room(request), _desk(request), say_of(request)
    group = room.group(request.path_params["key"]) if room else None
    if room is None or group is None:
        return _nowhere(request)
    wrong, by = "", "" if group.by is None else f"{group.by:.15g}"
    chosen = {"bands": group.bands, "way": group.way, "by": by}
    if request.method == "POST":
        try:
            given = await _form(request)
            bands = {n: b for n in desk.settings if (b := given.get(f"m.{n}", "")) in desk.settings[n]}
            settings = {name: desk.settings[name][band] for name, band in bands.items()}
            chosen = {"bands": bands, "way": "", "by": ""}
            room.check_round(given.get("round", ""))
            chosen |= {"way": given.get("way", ""), "by": given.get("by", "")[:20]}
            room.guess(group, bands, settings, given.get("way", ""), given.get("by", ""))
            desk.rooms.save(room)
            return _to(request, request.url.path)
        except UsageError as error:
            wrong = say(str(error))
    desk.compute(room)
    waits = group.ready and (not room.revealed or room.answer(group) is None)
    card = bench_of(request).cards[0][room.indicator]
    return _page(
        request,
        "workshop_group.html",
        room=room,
        group=group,
        wrong=wrong,
        question=words.question(card, room.until, say),
        unit=words.unit_of(card, say),
        pillars=_measures(desk, say),
        line=_line(desk, room, group, say),
        note=words.provisional(room.runs, say),
        chosen=chosen,
        call=_CALL,
        refresh=_CALL if (waits or room.revealed) and not wrong else 0,
        phase=f"{room.round} {room.revealed} {group.ready}",
    )


async def lead_page(request: Request) -> Response:
    """The facilitator's page: who is there, reveal, the next question."""
    room, desk = _room(request), _desk(request)
    if room is None or not room.is_led_by(request.path_params["key"]):
        return _nowhere(request)
    wrong = ""
    if request.method == "POST":
        try:
            given = await _form(request)
            if given.get("do") in ("reveal", "next"):
                room.check_round(given.get("round", ""))
            if given.get("do") == "reveal":
                room.reveal()
            elif given.get("do") == "next":
                room.next_round(_indicator(request, given), _runs(given))
            elif given.get("do") == "remove":
                room.remove(given.get("group", ""))
            desk.rooms.save(room)
            return _to(request, request.url.path)
        except UsageError as error:
            wrong = say_of(request)(str(error))
    shown = _shown(request, room)
    return _page(
        request,
        "workshop_lead.html",
        wrong=wrong,
        questions=_questions(request),
        runs=RUNS,
        ready=sum(g.ready for g in room.groups),
        alone=request.url.hostname in _LOCAL,
        **shown,
    )


async def screen(request: Request) -> Response:
    """The one screen of the room: the question and the code, then guesses beside answers."""
    room = _room(request)
    if room is None:
        return _nowhere(request)
    return _page(request, "workshop_screen.html", refresh=_CALL, **_shown(request, room))


async def protocol(request: Request) -> Response:
    """What the room tried, to print: a table for each round, then every line of the log."""
    room, desk, say = _room(request), _desk(request), say_of(request)
    if room is None:
        return _nowhere(request)
    bench = bench_of(request)
    rounds = words.rounds(room, bench.cards[0], desk.bench.titles, say)
    told = f"{words.days(room, say)}. {say('Made by Mechlin {version}.', version=bench.version)}"
    return _page(request, "workshop_protocol.html", room=room, rounds=rounds, told=told)


# ----------------------------------------------------------------------------------------------------- pieces


def _desk(request: Request) -> Desk:
    found: Desk = request.app.state.workshop
    return found


def _room(request: Request) -> Room | None:
    return _desk(request).rooms.find(request.path_params["code"])


def _page(request: Request, template: str, status: int = 200, **told: Any) -> Response:
    bench, say = bench_of(request), say_of(request)
    shared = {
        "say": say,
        "stamp": stamp(bench),
        "city": bench.city.title,
        "languages": LANGUAGES,
        "base": str(request.base_url),
        "call": 0,
        "refresh": 0,
        "phase": "",
        "wrong": "",
    }
    return HTMLResponse(rendered(template, **{**shared, **told}), status, {"cache-control": "no-store"})


def _nowhere(request: Request) -> Response:
    wrong = say_of(request)("There is no such workshop here, or this address is not whole.")
    return _page(request, "workshop_door.html", 404, wrong=wrong)


def _to(request: Request, path: str) -> Response:
    lang = request.query_params.get("lang", "")
    return RedirectResponse(f"{path}?lang={lang}" if lang in LANGUAGES else path, 303)


async def _form(request: Request) -> dict[str, str]:
    """Return what a form of ours sent; raise UsageError for one of another site, or for too much."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise UsageError("This form was sent from another site.")
    text = await body_of(request)
    if text is None:
        raise UsageError("That is too much for this form.")
    return dict(parse_qsl(text.decode("utf-8", "replace"), keep_blank_values=True))


def _questions(request: Request) -> list[tuple[str, str]]:
    say, cards = say_of(request), bench_of(request).cards[0]
    return [(n, wording.name_of(c.title, say)) for n, c in cards.items() if c.headline]


def _indicator(request: Request, given: Mapping[str, str]) -> str:
    name = given.get("indicator", "")
    if name not in dict(_questions(request)):
        raise UsageError("Choose a question.")
    return name


def _runs(given: Mapping[str, str]) -> int:
    asked = given.get("runs", "")
    return int(asked) if asked in [str(n) for n in RUNS] else RUNS[0]


def _measures(desk: Desk, say: Language) -> list[tuple[str, list[tuple[str, str, list[tuple[str, str]]]]]]:
    """Return by pillar each measure with the bands that it may be set to."""
    found = []
    for pillar in PILLARS:
        rows = [
            (c.name, say(c.title), [(b, words.band(b, c.usual, say)) for b in desk.settings[c.name]])
            for c in desk.bench.controls
            if c.pillar == pillar and c.name in desk.settings
        ]
        if rows:
            found.append((say.of("pillar", pillar), rows))
    return found


def _shown(request: Request, room: Room) -> dict[str, Any]:
    """Return what screen and facilitator see of a room."""
    desk, say = _desk(request), say_of(request)
    desk.compute(room)
    card = bench_of(request).cards[0][room.indicator]
    lines = [(g, _line(desk, room, g, say)) for g in room.groups]
    phase = f"{room.round} {room.revealed}"
    return {
        "room": room,
        "question": words.question(card, room.until, say),
        "lines": lines,
        "note": words.provisional(room.runs, say) if any(line.answer for _, line in lines) else "",
        "call": _CALL,
        "phase": phase,
    }


def _line(desk: Desk, room: Room, group: Group, say: Language) -> words.Line:
    card = desk.bench.cards[0][room.indicator]
    failed = desk.failed.get(room.mark(group), "")
    told = said(Problem(failed), say) if failed else ""
    return words.line(room, group, card, desk.bench.titles, say, told, desk.waits(room, group))
