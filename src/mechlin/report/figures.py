"""Figures of the annex: an indicator's difference first, its levels second, its card and its numbers; and the maps."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mechlin.report import charts, doubt, wording
from mechlin.report.blocks.summary import line
from mechlin.report.definitions import definition_of
from mechlin.report.difference_chart import difference_unit
from mechlin.report.markup import esc, table
from mechlin.report.parts import Page
from mechlin.report.texts import Language
from mechlin.statistics.intervals import FEWEST_APART
from mechlin.study import turning
from mechlin.study.comparison import Comparison
from mechlin.study.pairs import Effect

_OPEN_MAP = "areas.unsafe_share"  # the map that stands open, on paper too


def finding_title(page: Page, name: str) -> str:
    """Return the message of a figure: what is found, or that nobody can tell."""
    c, say = page.comparison, page.say
    e = c.effect(name)
    if e is None:
        return page.title(name)
    told = line(c, e, say)
    if e.verdict in ("up", "down"):
        return say("{title}: {finding}", title=told.title, finding=told.text)
    if e.verdict == "provisional":
        return say("{title}: provisional", title=told.title)
    return say("{title}: {verdict}", title=told.title, verdict=say(e.verdict))


def figure(page: Page, name: str) -> str:
    """Return what the package adds, then both worlds beside the record and other towns, then what the number means."""
    c, say = page.comparison, page.say
    seen = page.setting.observed.get(name)
    e = c.effect(name)
    below = said_below(len(c.pairs), bool(seen), say, name in page.setting.other_towns)
    told = esc(" ".join(part for part in (below, _doubt(page, name, e)) if part))
    return (
        f"<figure><h3>{esc(finding_title(page, name))}</h3>{page.difference(name)}{page.lines(name)}"
        f"<figcaption>{told}</figcaption>{_card(page, name)}{_numbers(page, name, seen)}</figure>"
    )


def said_below(pairs: int, is_seen: bool, say: Language, has_towns: bool = False) -> str:
    """Return what the second chart of a figure shows, which stands below what the package adds."""
    told = [say("Below: both worlds, the middle of all runs and a band that holds four runs in five.")]
    if pairs < FEWEST_APART:
        told = [say("Below: both worlds, the middle of all runs and a band that holds all runs.")]
    told.append(say("Diamonds: observed.") if is_seen else say("Nobody has observed this number in the city."))
    return " ".join([*told, say("Dotted: what other towns make of the city.")] if has_towns else told)


def _doubt(page: Page, name: str, e: Effect | None) -> str:
    """Return of what the spread of a finding is made, what would turn it, and what it rests on."""
    say = page.say
    spread = wording.spread(e.parts, say) if e is not None else ""
    turns = turning.line(e, page.setting.reactions)
    rests = wording.rests(doubt.rests_on(name, package(page.comparison)), say)
    return " ".join(part for part in (spread, turns, rests) if part)


def _card(page: Page, name: str) -> str:
    card, say = page.comparison.card(name), page.say
    better = {"up": say("higher"), "down": say("lower"), "neither": say("neither direction")}[card.better]
    when = say("1 January") if card.when == "january" else say("the year, or its December")
    parts = [
        (say("Unit"), say(card.unit)),
        (say("Counts"), definition_of(card.numerator, say)),
        (say("Out of"), definition_of(card.denominator, say)),
        (say("Taken"), when),
        (say("Better"), better),
        (say("Source"), say(card.source)),
    ]
    rows = "".join(f"<dt>{esc(label)}</dt><dd>{esc(text)}</dd>" for label, text in parts if text)
    return f"<details><summary>{say('What this number means')}</summary><dl>{rows}</dl></details>"


def _numbers(page: Page, name: str, seen: Sequence[dict[str, Any]] | None) -> str:
    c, say = page.comparison, page.say
    unit = c.card(name).unit
    facts = {row["year"]: wording.level(row["value"], unit, say) for row in seen or ()}
    rows = [
        [
            str(e.year),
            wording.level(e.with_, e.unit, say),
            wording.level(e.without, e.unit, say),
            wording.gap(e, say),
            facts.get(e.year, ""),
        ]
        for e in c.effects
        if e.indicator == name
    ]
    head = [say("Year"), say("with"), say("without"), say("difference"), say("observed")]
    return f"<details><summary>{say('The numbers')}</summary>{table(page.title(name), head, rows)}</details>"


def area_maps(page: Page) -> str:
    """Return where in the city numbers stand and what the package adds there, in the last year."""
    s, c, say = page.setting, page.comparison, page.say
    if s.shapes is None or not c.pairs[0][0].areas:
        return ""
    where = say("Borders are those of the statistical sectors.")
    if s.drawn_from_points:
        where = say(
            "The borders on these maps are drawn from the centre point of each area: they show roughly where it lies, and "
            "are not the official ones."
        )
    blocks = "".join(_map_pair(page, name) for name in c.pairs[0][0].areas)
    title = say("Where in the city, in {year}", year=c.years[-1])
    return f'<h3>{title}</h3>{blocks}<p class="caption">{where}</p>'


def _map_pair(page: Page, name: str) -> str:
    c, say = page.comparison, page.say
    title, unit = page.title(name), c.card(name).unit
    shown = {show: charts.area_values(c, name, show)[-1] for show in ("with", "difference")}
    behind = wording.scaled(unit)[1].strip()
    level = page.map(shown["with"], say("{title}: map", title=title), "%" if behind == "%" else say(behind or unit))
    if np.isfinite(shown["difference"]).any():
        label = say("{title}: map of the difference", title=title)
        gap = page.map(shown["difference"], label, difference_unit(unit, say), gaps=True)
        added = f"<figure><h3>{say('What the package adds; grey where nobody can tell')}</h3>{gap}</figure>"
    else:
        added = f'<p class="soft">{say("Of no area can it be told that the package makes a difference.")}</p>'
    pair = f'<div class="grid"><figure><h3>{say("With the package")}</h3>{level}</figure>{added}</div>'
    opened = " open" if name == _OPEN_MAP else ""  # what is closed is not printed
    return f"<details{opened}><summary>{esc(title)}</summary>{pair}</details>"


def package(c: Comparison) -> list[str]:
    """Return the measures of both worlds."""
    return sorted({*c.pairs[0][0].spec.package, *c.pairs[0][1].spec.package})
