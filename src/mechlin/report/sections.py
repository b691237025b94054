"""The sections of the report: each answers one question, in sentences first, then charts, then tables."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mechlin.engine import cards
from mechlin.report import charts, doubt, fairness, other_towns, votes, where_acted, wording
from mechlin.report.agreement import agreement
from mechlin.report.beyond import beyond
from mechlin.report.bibliography import sources_table
from mechlin.report.blocks.findings import findings
from mechlin.report.blocks.money import money
from mechlin.report.blocks.people import people as who_paid
from mechlin.report.blocks.reached import reached
from mechlin.report.blocks.shares import shares
from mechlin.report.claimed import doses_in_doubt
from mechlin.report.diversity_link import link_sentence
from mechlin.report.markup import esc, table
from mechlin.report.parts import Page
from mechlin.report.record import against_record
from mechlin.study import turning
from mechlin.study.comparison import Comparison
from mechlin.study.pairs import Effect
from mechlin.study.scenario import Package, to_text

DISCLAIMER = "Not a forecast: these are the knobs of a model, turned with and without the package."
_BESIDE = "Not a forecast."
_HANGING = 5  # kinds of findings named as hanging on figures that are borrowed or assumed
_MAPS_OPEN = 1
_HELD = {
    False: "The ranges on this page hold chance only: other residents drawn from the same totals, other luck in the "
    "months that follow. With what nobody knows about how people react, every range would be wider.",
    True: "The ranges on this page hold chance (other residents drawn from the same totals, other luck), what is "
    "believed about every number whose range is declared, and the disputed alternatives that the model declares. "
    "They do not hold what nobody thought of.",
}


def opening(page: Page) -> str:
    """Return the title, what was rehearsed against what, and how to read a number."""
    s, c = page.setting, page.comparison
    one, other = (s.packages.get(side, {}) for side in ("with", "without"))
    what = esc(one.get("title") or one.get("name") or "the package")
    against = esc(other.get("title") or other.get("name") or "nothing")
    by = f" Author: {esc(one['author'])}." if one.get("author") else ""
    out = f" It leaves out: {esc(one['leaves_out'])}." if one.get("leaves_out") else ""
    note = f"<p>{esc(one['note'])}</p>" if one.get("note") else ""
    return (
        f"<h1>{esc(s.city or 'The city')}: “{what}” rehearsed, {c.years[0]} to {c.years[-1]}</h1>"
        f"<p>Every resident simulated month by month, in two worlds: with “{what}”, and with “{against}” in its place."
        f"{by}{out}</p>{note}"
        f'<p class="doubt">{DISCLAIMER} Every number comes with a range; where the range includes zero, '
        f"the page says “cannot tell”.</p>{_worth(page)}"
    )


def _worth(page: Page) -> str:
    """Return what the city's figures are worth, and what else about the city belongs above the findings."""
    s = page.setting
    lines = []
    if s.standing is not None and s.standing.total:
        said = [s.standing.sentence]
        if s.standing.donors:
            said.append(f"Borrowed from {', '.join(s.standing.donors)}.")
        for tag in ("borrowed", "assumed"):
            if touched := s.standing.touched(tag)[:_HANGING]:
                said.append(f"On {tag} figures hang findings about {'; '.join(touched)}.")
        lines.append(esc(" ".join(said)))
    lines += [esc(doubt) for doubt in s.doubts]
    return "".join(f'<p class="doubt">{line}</p>' for line in lines)


def changed(page: Page) -> str:
    """What the city looks like with the package, beside the record, whoever or whatever caused it."""
    c = page.comparison
    figures = "".join(_figure(page, name) for name in c.headlines)
    told = page.block(findings(c, c.headlines, page.say, others=True), opened=True)
    return (
        "<p>The findings first; below them, year by year, both worlds and what was observed. A change that happens in "
        "both worlds is not the package’s doing: the next section takes the two apart.</p>"
        f'{told}{_link(c)}<div class="grid">{figures}</div>{_maps(page)}'
    )


def claim(page: Page) -> str:
    """How much of each change is there without the package too."""
    c = page.comparison
    rows = []
    for name in c.headlines:
        e = c.effect(name)
        if e is None:
            continue
        card = c.card(name)
        if e.span.startswith("over"):
            total, own = wording.level(e.with_, e.unit), wording.level(e.without, e.unit)
        else:
            first = _first(c, name)
            total, own = wording.change(e.with_ - first, e.unit), wording.change(e.without - first, e.unit)
        rows.append([card.title, e.span, total, own, wording.gap(e), e.verdict, *_beside_usual(page, name)])
    head = ["", "", "With the package", "of which anyway", "of which the package", "verdict", *_usual_head(page)]
    return (
        "<p>In this model, what differs between the two worlds is the package’s doing. A city may claim no more than that, and "
        "no more than the model’s assumptions carry: whether it came about, only real figures can show. What also happens "
        "without the package (ageing, arrivals, prices, the country’s economy) is in the column “anyway”. No city does "
        "nothing: the last columns, where there are any, hold the package against what cities like this one usually did, as "
        "far as that could be put together.</p>"
        + table(
            "Change since the first year; of what is counted by the year, the sum. Medians need not add up.", head, rows
        )
        + f"<p>{esc(votes.tide_of_crime(c))}</p>{votes.decomposed(c)}"
        + f'<p class="caption">{esc(c.caption(page.say.code))}</p><p class="doubt">{DISCLAIMER}</p>'
        + other_towns.told(page)
    )


def _usual_head(page: Page) -> list[str]:
    return ["against what other cities did", "verdict"] if page.setting.usual is not None else []


def _beside_usual(page: Page, name: str) -> list[str]:
    """Return the effect against what other cities did, and its verdict, where that was run."""
    if page.setting.usual is None:
        return []
    e = page.setting.usual.effect(name)
    return ["–", ""] if e is None else [wording.gap(e), e.verdict]


def measures(page: Page) -> str:
    """What each measure carried, reached and cost."""
    carried = page.block(shares(page.comparison, page.setting.attribution, page.say))
    told = page.block(reached(page.comparison, page.titles, page.say))
    return f"{carried}{told}{where_acted.acted_maps(page)}"


def people(page: Page) -> str:
    """Who carried the cost in money, home and place in the queue."""
    told = page.block(who_paid(page.comparison, page.titles, page.say), opened=True)
    return f"{told}<h3>Who was stopped, fined, refused, displaced and helped</h3>{_groups(page)}"


def _groups(page: Page) -> str:
    told = fairness.tables(page.comparison, page.setting.backgrounds)
    return (
        f"<details><summary>By income, age and background</summary>{told}</details>" if told else "<p>Not counted.</p>"
    )


def cost(page: Page) -> str:
    """What the package cost, by measure, year and payer."""
    c = page.comparison
    found = money(c, page.titles, page.say)
    told = page.block(found)
    if not found.rows:
        return told
    chart = page.chart(charts.costs(c, page.titles), "Cost of each measure by year, in millions of euros")
    return (
        f"{told}<figure><h3>Cost by measure and year</h3>{chart}"
        f"<figcaption>Median over runs; unit costs are settings of each measure. {_BESIDE}</figcaption></figure>"
    )


def guesses(page: Page) -> str:
    """Every number without evidence, and what the ranges on this page leave out."""
    package = _package(page.comparison)
    found = cards.guesses(package)
    backed = cards.known_numbers(package)
    rows = [[g.owner, g.name, g.meaning, f"{g.value:g} {g.unit}", f"{g.low:g} to {g.high:g}"] for g in found]
    head = ["Where", "number", "meaning", "used", "possible"]
    tags = {r.get("tag", "") for rows_ in page.setting.observed.values() for r in rows_} - {"", "official"}
    about = f" Of the record itself, some is {esc(', '.join(sorted(tags)))} rather than official." if tags else ""
    return (
        f"<p>{len(found)} numbers of this model rest on judgement alone; {backed} point to evidence. "
        f"{_HELD[len(page.comparison.varied) > 1]} `mechlin assumptions` lists every guess, those first that move the "
        f"main findings most.{about}</p>"
        f"<details><summary>All {len(found)} numbers that rest on judgement</summary>"
        f"{table('Numbers without evidence.', head, rows)}</details>{doses_in_doubt(page)}"
    )


def wrong(page: Page) -> str:
    """The doubts that each file of the model declares, and where the model disagrees with the record."""
    s, package = page.setting, _package(page.comparison)
    doubts = [(s.titles.get(n, n), cards.said(n, "Doubt")) for n in package]
    gaps = [(n.capitalize(), cards.said(n, "Leaves out")) for n in cards.mechanism_names()]
    told = "".join(f"<li><strong>{esc(t)}:</strong> {esc(d)}</li>" for t, d in doubts if d)
    left = "".join(f"<li><strong>{esc(t)}:</strong> {esc(d)}</li>" for t, d in gaps if d)
    return (
        agreement(page)
        + (f"<p>The findings above are wrong if any of these doubts is true:</p><ul>{told}</ul>" if told else "")
        + (f"<p>…or if what the model leaves out matters here:</p><ul>{left}</ul>" if left else "")
        + "<p>…or if the model moves otherwise than the city did:</p>"
        + against_record(page.comparison, page.setting.observed)
        + beyond(page.comparison)
    )


def method(page: Page) -> str:
    """How it was made, how to make it again, what each indicator means, and every number."""
    c, s = page.comparison, page.setting
    spec = c.pairs[0][0].spec
    runs = "".join(
        f"<tr><td>{w.spec.seed}</td><td>{w.spec.population}</td><td><code>{w.spec.id()}</code></td>"
        f"<td><code>{o.spec.id()}</code></td></tr>"
        for w, o in c.pairs
    )
    again = "".join(f"<pre>{esc(text)}</pre>" for text in (s.command, s.python) if text)
    settings = "".join(_settings(page, side) for side in ("with", "without"))
    head = ["Indicator", "year or span", "with", "without", "difference", "other way", "verdict"]
    rows = []
    for name in c.indicators:
        e = c.effect(name)
        if e is not None:
            numbers = [wording.level(e.with_, e.unit), wording.level(e.without, e.unit), wording.gap(e)]
            rows.append([c.card(name).title, e.span, *numbers, f"{e.other_way} of {e.pairs}", e.verdict])
    return (
        f"<p>{esc(c.caption(page.say.code))} “The other way” counts the pairs whose difference has the opposite sign.</p>"
        f"<p>Start {esc(spec.start)}, {spec.months} months. Model version {esc(spec.version)}; the same version, city "
        f"and settings give the same digits on any machine.</p>{again}{settings}"
        f"<details><summary>Every indicator</summary>{table('Last year or all years; medians.', head, rows)}</details>"
        f"{sources_table({*s.packages.get('with', {}).get('settings', {}), *s.packages.get('without', {}).get('settings', {})})}"
        f'<details><summary>Seeds and names of runs</summary><div class="scroll"><table><thead><tr><th>seed</th>'
        f"<th>residents</th><th>with</th><th>without</th></tr></thead><tbody>{runs}</tbody></table></div></details>"
    )


# ----------------------------------------------------------------------------------------------- pieces


def _link(c: Comparison) -> str:
    said = link_sentence(c)
    return f"<p>{esc(said)}</p>" if said else ""


def _figure(page: Page, name: str) -> str:
    c = page.comparison
    seen = page.setting.observed.get(name)
    e = c.effect(name)
    caption = "Lines are medians, bands hold four runs in five; both worlds share residents and random numbers."
    if len(c.pairs) < 9:
        caption = "Lines are medians, bands all runs; both worlds share residents and random numbers."
    marks = " Diamonds: observed; the tooltip says by whom." if seen else " No observed series bears this name."
    title = c.sentence(name) if e is not None and e.verdict in ("up", "down") else c.card(name).title
    told = f"{caption}{marks} {_doubt(page, name, e)} {_BESIDE}"
    return (
        f"<figure><h3>{esc(title)}</h3>{page.lines(name)}"
        f"<figcaption>{told}</figcaption>{_card(c, name)}{_numbers(c, name, seen)}</figure>"
    )


def _doubt(page: Page, name: str, e: Effect | None) -> str:
    """Return of what the spread of a finding is made, what would turn it, and what it rests on."""
    spread = wording.spread(e.parts) if e is not None else ""
    turns = turning.line(e, page.setting.reactions)
    rests = wording.rests(doubt.rests_on(name, _package(page.comparison)))
    return esc(" ".join(part for part in (spread, turns, rests) if part))


def _card(c: Comparison, name: str) -> str:
    card = c.card(name)
    better = {"up": "higher", "down": "lower", "neither": "neither direction"}[card.better]
    when = "1 January" if card.when == "january" else "the year, or its December"
    parts = [
        ("Name", card.name),
        ("Unit", card.unit),
        ("Counts", card.numerator),
        ("Out of", card.denominator),
        ("Taken", when),
        ("Better", better),
        ("Source", card.source),
    ]
    rows = "".join(f"<dt>{label}</dt><dd>{esc(text)}</dd>" for label, text in parts if text)
    return f"<details><summary>What this number means</summary><dl>{rows}</dl></details>"


def _numbers(c: Comparison, name: str, seen: Sequence[dict[str, Any]] | None) -> str:
    facts = {row["year"]: wording.level(row["value"], c.card(name).unit) for row in seen or ()}
    rows = [
        [
            str(e.year),
            wording.level(e.with_, e.unit),
            wording.level(e.without, e.unit),
            wording.gap(e),
            facts.get(e.year, ""),
        ]
        for e in c.effects
        if e.indicator == name
    ]
    head = ["Year", "with", "without", "difference", "observed"]
    return f"<details><summary>The numbers</summary>{table(c.card(name).title, head, rows)}</details>"


def _maps(page: Page) -> str:
    s, c = page.setting, page.comparison
    if s.shapes is None or not c.pairs[0][0].areas:
        return ""
    where = (
        "The borders on these maps are drawn from the centre point of each area: they show roughly where it lies, and "
        "are not the official ones."
        if s.drawn_from_points
        else "Borders are those of the statistical sectors."
    )
    first, last = c.years[0], c.years[-1]
    slider = (
        f'<label class="year">Year <input type="range" id="year" min="{first}" max="{last}" value="{last}" step="1">'
        f'<output id="year-shown" for="year">{last}</output></label>'
    )
    blocks = []
    for n, name in enumerate(c.pairs[0][0].areas):
        title = esc(c.card(name).title)
        level, gap = (
            page.chart(
                charts.area_map(c, name, s.shapes, s.area_names, show, slider=False), f"Map: {name}", is_map=True
            )
            for show in ("with", "difference")
        )
        told = "What the package adds; grey where nobody can tell"
        pair = (
            f'<div class="grid"><figure><h3>With the package</h3>{level}</figure>'
            f"<figure><h3>{told}</h3>{gap}</figure></div>"
        )
        shown = " open" if n < _MAPS_OPEN else ""
        blocks.append(f"<details{shown}><summary>{title}</summary>{pair}</details>")
    return f'<h3>Where in the city</h3>{slider}{"".join(blocks)}<p class="caption">{where} {_BESIDE}</p>'


def _settings(page: Page, side: str) -> str:
    package = page.setting.packages.get(side, {})
    told = to_text(Package("", settings=package.get("settings") or {})).strip()
    title = esc(package.get("title") or package.get("name") or side)
    text = esc(told or "none of the measures")
    return f"<details><summary>Settings {side}: {title}</summary><pre>{text}</pre></details>"


def _first(c: Comparison, name: str) -> float:
    """Return the indicator's first value, the same in both worlds unless a measure starts at once."""
    without = c.band(name, "without")[1]
    known = without[np.isfinite(without)]
    return float(known[0]) if known.size else math.nan


def _package(c: Comparison) -> list[str]:
    return sorted({*c.pairs[0][0].spec.package, *c.pairs[0][1].spec.package})
