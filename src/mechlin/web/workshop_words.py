"""What a workshop says: the question, a group's package and guess, the answer beside it, the rounds of the protocol."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mechlin.core.declare import Card
from mechlin.report import everyday, wording
from mechlin.report.difference_chart import difference_unit
from mechlin.report.everyday import Known
from mechlin.report.texts import Language
from mechlin.study.pairs import Effect
from mechlin.web.workshop import Group, Room

FULL = 16  # pairs of runs from which on an answer has a verdict


@dataclass(frozen=True)
class Line:
    """A group's row: what it chose, what it expects, the answer, whether the guess held, the cost; '' where not yet."""

    package: str
    guess: str
    answer: str
    held: str
    cost: str
    state: str


@dataclass(frozen=True)
class Round:
    """A round of the protocol: its number, the question, what is provisional, a row for each group, the log with its times."""

    number: int
    question: str
    note: str
    rows: tuple[tuple[str, Line], ...]
    log: tuple[tuple[str, str], ...]


def question(card: Card, until: str, say: Language) -> str:
    """Return the question of a round."""
    title, year = wording.name_of(card.title, say), until[:4]
    if card.adds_up:
        return say(
            "{title}, all years up to {year} together: what will your package change, held against none?",
            title=title,
            year=year,
        )
    return say("{title} in {year}: what will your package change, held against none?", title=title, year=year)


def unit_of(card: Card, say: Language) -> str:
    """Return in what a guess is given."""
    return everyday.unit_of(card.name, say) or difference_unit(card.unit, say)


def band(name: str, usual: str, say: Language) -> str:
    """Return what a size is called."""
    return say.of("band", usual if name == "usual" else name)


def line(
    room: Room,
    group: Group,
    card: Card,
    titles: Mapping[str, str],
    say: Language,
    failed: str = "",
    waits: tuple[int, int, int] | None = None,
) -> Line:
    """Return a group's row as the room may see it now: neither guess nor answer before the reveal.

    ``waits`` says of an answer on its way how many pairs are there, of how many, and how many runs of others come first.
    """
    found = room.answer(group)
    package = _package(group.bands, titles, say)
    if not group.ready:
        return Line("", "", "", "", "", say("still thinking") if not room.revealed else say("no guess in this round"))
    if not room.revealed:
        return Line("", "", "", "", "", say("ready"))
    guess = _guess(group.way, group.by, card, say)
    if found is None:
        state = say("could not be computed: {error}", error=failed) if failed else _waiting(waits, say)
        return Line(package, guess, "", "", "", state)
    return _answered(package, guess, group.way, group.by, found, card, room.runs, say)


def _waiting(waits: tuple[int, int, int] | None, say: Language) -> str:
    pairs, of, ahead = waits or (0, 0, 0)
    if ahead:
        return say("In the queue: {n} runs of others come first", n=ahead)
    return say("is being computed: {pairs} of {of} pairs", pairs=pairs, of=of) if of else say("is being computed")


def _answered(
    package: str, guess: str, way: str, by: float | None, found: Mapping[str, Any], card: Card, runs: int, say: Language
) -> Line:
    cost = wording.eur(found["cost_eur"], say)
    if found["effect"] is None:
        return Line(package, guess, say("this number has no value here"), "", cost, "")
    e, known = Effect(**found["effect"]), Known(**found["known"]) if found.get("known") else None
    answer, within = _answer(e, known, say), _within(way, by, e, known, card, say)
    if runs < FULL:
        return Line(package, guess, answer, within, cost, "")
    held = {"up": way == "up", "down": way == "down", "no change": way == "same", "too small to matter": way == "same"}
    as_told = (say("as expected") if held[e.verdict] else say("other than expected")) if e.verdict in held else ""
    return Line(package, guess, answer, say.joined(t for t in (as_told, within) if t), cost, say(e.verdict))


def provisional(runs: int, say: Language) -> str:
    """Return what is to be said of all answers from so few pairs of runs; '' where there are enough."""
    return say("provisional, {pairs} of {full} pairs of runs", pairs=runs, full=FULL) if runs < FULL else ""


def _answer(e: Effect, known: Known | None, say: Language) -> str:
    """Return an answer in things people know, where its number stands for any."""
    told = everyday.told(known, e.verdict in ("up", "down"), say) if known and e.verdict != "no change" else ""
    return told or wording.gap(e, say)


def _within(way: str, by: float | None, e: Effect, known: Known | None, card: Card, say: Language) -> str:
    """Return whether a guess with a number lies within the range of the answer, both in the unit of the guess."""
    if by is None or not e.low <= e.high or (everyday.unit_of(e.indicator) and known is None):
        return ""
    factor = wording.scaled(card.unit)[0]
    low, high = (known.low, known.high) if known else (e.low * factor, e.high * factor)
    inside = low <= {"up": by, "down": -by, "same": 0.0}[way] <= high
    return say("the guess lies within the range") if inside else say("the guess lies outside the range")


def _guess(way: str, by: float | None, card: Card, say: Language) -> str:
    told = {"up": say("higher"), "down": say("lower"), "same": say("no difference")}[way]
    if by is None or way == "same":
        return told
    number = say.marked(f"{by:,g}")
    return say("{way}, by about {number} {unit}", way=told, number=number, unit=unit_of(card, say))


def _package(bands: Mapping[str, str], titles: Mapping[str, str], say: Language) -> str:
    told = [f"{say(titles.get(n, n))} ({band(b, 'usual', say)})" for n, b in bands.items()]
    return say.joined(told) or say("none of the measures")


# --------------------------------------------------------------------------------------------------- protocol


def rounds(room: Room, cards: Mapping[str, Card], titles: Mapping[str, str], say: Language) -> tuple[Round, ...]:
    """Return what the room tried, round by round, from the log alone."""
    found = []
    for number in sorted({e["round"] for e in room.entries}):
        entries = [e for e in room.entries if e["round"] == number]
        first = next((e for e in entries if e["kind"] == "round"), {})
        asked, runs = first.get("indicator", room.indicator), first.get("runs", room.runs)
        if asked not in cards:
            continue
        card, rows = cards[asked], []
        guesses = {e["group"]: e for e in entries if e["kind"] == "guessed"}
        answers = {e["group"]: e for e in entries if e["kind"] == "answer"}
        shown = any(e["kind"] == "revealed" for e in entries)
        for name, g in guesses.items() if shown else ():
            package, guess = _package(g["bands"], titles, say), _guess(g["way"], g["by"], card, say)
            a = answers.get(name)
            rows.append(
                (
                    name,
                    Line(package, guess, "", "", "", "–")
                    if a is None
                    else _answered(package, guess, g["way"], g["by"], a, card, runs, say),
                )
            )
        log = tuple((_time(e["at"]), _logged(e, shown, card, say)) for e in entries)
        note = provisional(runs, say) if shown else ""
        found.append(Round(number, question(card, room.until, say), note, tuple(rows), log))
    return tuple(found)


def days(room: Room, say: Language) -> str:
    """Return the day of a workshop, or its first and last."""
    at = [datetime.fromisoformat(e["at"]).astimezone().date().isoformat() for e in room.entries]
    return " – ".join(say.day(day) for day in dict.fromkeys((at[0], at[-1])))


def _time(at: str) -> str:
    return datetime.fromisoformat(at).astimezone().strftime("%H:%M")


def _logged(e: Mapping[str, Any], shown: bool, card: Card, say: Language) -> str:
    """Return a line of the log; what a group expects is told once the round's answers are shown."""
    kind, group = e["kind"], e["group"]
    if kind == "guessed" and shown:
        return say("{group} expects: {guess}.", group=group, guess=_guess(e["way"], e["by"], card, say))
    if kind == "answer" and e["effect"] is not None:
        known = Known(**e["known"]) if e.get("known") else None
        return say("Answer for {group}: {answer}.", group=group, answer=_answer(Effect(**e["effect"]), known, say))
    told = {
        "joined": say("{group} joins.", group=group),
        "left": say("{group} leaves.", group=group),
        "guessed": say("{group} has chosen a package and guessed.", group=group),
        "round": say("The round begins."),
        "revealed": say("The answers are shown."),
        "answer": say("Answer for {group}: this number has no value here.", group=group),
    }
    return told[kind]
