"""The sections of the annex: each answers one question, in sentences first, then charts, then tables."""

import math

import numpy as np

from mechlin.engine import cards
from mechlin.report import charts, fairness, other_towns, votes, where_acted, wording
from mechlin.report.agreement import agreement
from mechlin.report.beyond import beyond
from mechlin.report.bibliography import sources_table
from mechlin.report.blocks.findings import findings
from mechlin.report.blocks.household import household
from mechlin.report.blocks.money import money
from mechlin.report.blocks.people import people as who_paid
from mechlin.report.blocks.reached import reached
from mechlin.report.blocks.shares import shares
from mechlin.report.claimed import doses_in_doubt
from mechlin.report.diversity_link import link_sentence
from mechlin.report.figures import area_maps, figure, package
from mechlin.report.markup import esc, table
from mechlin.report.parts import Page
from mechlin.report.record import against_record, tag_of
from mechlin.report.texts import Language
from mechlin.study.comparison import Comparison
from mechlin.study.scenario import Package, to_text


def disclaimer(say: Language) -> str:
    """Return what every page says of itself."""
    return say("Not a forecast: these are the knobs of a model, turned with and without the package.")


def changed(page: Page) -> str:
    """What the city looks like with the package, beside the record, whoever or whatever caused it."""
    c, say = page.comparison, page.say
    drawn = "".join(figure(page, name) for name in c.headlines)
    told = page.block(findings(c, c.headlines, say, others=True), opened=True)
    link = link_sentence(c, say)
    lead = say(
        "The findings first; below them, for each number, what the package adds and then both worlds beside what was "
        "observed. A change that happens in both worlds is not the package’s doing: the next section takes the two apart."
    )
    linked = f"<p>{esc(link)}</p>" if link else ""
    return f'<p>{lead}</p>{told}{linked}<div class="grid">{drawn}</div>{area_maps(page)}'


def claim(page: Page) -> str:
    """How much of each change is there without the package too."""
    c, say = page.comparison, page.say
    rows = []
    for name in c.headlines:
        e = c.effect(name)
        if e is None:
            continue
        if e.span.startswith("over"):
            own = wording.level(e.without, e.unit, say)
        else:
            own = wording.change(e.without - _first(c, name), e.unit, say)
        verdict = say(e.verdict)
        rows.append(
            [page.title(name), wording.span_of(e.span, say), own, wording.gap(e, say), verdict, *_usual(page, name)]
        )
    head = ["", "", say("would have come anyway"), say("the package"), say("verdict"), *_usual_head(page)]
    lead = say(
        "In this model, what differs between the two worlds is the package’s doing. A city may claim no more than that, and no "
        "more than the model’s assumptions carry: whether it came about, only real figures can show. What also happens without "
        "the package (ageing, arrivals, prices, the country’s economy) is in the column “anyway”."
    )
    usual = say(
        "No city does nothing: the last columns hold the package against what cities like this one usually did, as far as that "
        "could be put together."
    )
    caption = say("Change since the first year; of what is counted by the year, the sum. Medians over pairs.")
    return (
        f"<p>{lead} {usual if page.setting.usual is not None else ''}</p>{table(caption, head, rows)}"
        f"<p>{esc(votes.tide_of_crime(c, say))}</p>{votes.decomposed(c, say)}"
        f'<p class="caption">{esc(c.caption(say.code))}</p><p class="doubt">{disclaimer(say)}</p>{other_towns.told(page)}'
    )


def _usual_head(page: Page) -> list[str]:
    say = page.say
    return [say("against what other cities did"), say("verdict")] if page.setting.usual is not None else []


def _usual(page: Page, name: str) -> list[str]:
    """Return the effect against what other cities did, and its verdict, where that was run."""
    if page.setting.usual is None:
        return []
    e = page.setting.usual.effect(name)
    return ["–", ""] if e is None else [wording.gap(e, page.say), page.say(e.verdict)]


def measures(page: Page) -> str:
    """What each measure carried, reached and cost."""
    carried = page.block(shares(page.comparison, page.setting.attribution, page.say))
    told = page.block(reached(page.comparison, page.titles, page.say))
    return f"{carried}{_apart(page)}{told}{where_acted.acted_maps(page)}"


def _apart(page: Page) -> str:
    """Return why shares of measures and the effect of the whole need not agree, where shares are given."""
    if page.setting.attribution is None:
        return ""
    told = page.say(
        "These shares come from worlds of their own, in which measures were left out one by one; the effect of the whole "
        "package comes from the pairs of this report. The two were not run with the same luck, so they agree within their ranges "
        "and not to the digit. A measure may rest on good evidence and still show no share here: its dose may be too small for a "
        "whole city to feel. And one with a share may rest on judgement: then the share holds only if the judgement does."
    )
    return f'<p class="soft">{told}</p>'


def people(page: Page) -> str:
    """Who carried the cost in money, home and place in the queue."""
    say = page.say
    told = page.block(who_paid(page.comparison, page.titles, say), opened=True)
    groups = fairness.tables(page.comparison, page.setting.backgrounds, say, page.setting.area_names)
    gains = fairness.gains(page.comparison, say)
    title = say("Who gains and who pays")
    taxes = say(
        "The money of the city and the region is everybody’s. The model knows no taxes, so it cannot say which incomes carry "
        "these costs; what is told below is who was stopped, fined, refused, displaced and helped."
    )
    folded = (
        f"<details><summary>{say('The numbers by income, age, home, area and background')}</summary>{groups}</details>"
    )
    every = f"<p>{taxes}</p>{gains}{folded}" if groups else say("Not counted.")
    return f"{told}<h3>{title}</h3>{every}{_household(page)}"


def _household(page: Page) -> str:
    """Return what befell one simulated household in both worlds, where one was followed."""
    story, say = page.setting.household, page.say
    if story is None:
        return ""
    return f"<h3>{say('One household in two worlds')}</h3>{page.block(household(story, say))}"


def cost(page: Page) -> str:
    """What the package cost, by measure, year and payer."""
    c, say = page.comparison, page.say
    found = money(c, page.titles, say)
    told = page.block(found)
    if not found.rows:
        return told
    chart = page.chart(charts.cost_by_year(c, say("EUR million")), say("Cost by year, in millions of euros"))
    note = say("Median over runs; unit costs are settings of each measure.")
    return f"{told}<figure><h3>{say('Cost by year')}</h3>{chart}<figcaption>{note}</figcaption></figure>"


def guesses(page: Page) -> str:
    """Every number without evidence, and what the ranges on this page leave out."""
    say, names = page.say, package(page.comparison)
    found = cards.guesses(names)
    rows = [
        [
            page.titles.get(g.owner, say(g.owner)),
            say(g.meaning),
            f"{wording.figure(g.value, say)} {say(g.unit)}",
            say("{low} to {high}", low=wording.figure(g.low, say), high=wording.figure(g.high, say)),
        ]
        for g in found
    ]
    head = [say("Where"), say("meaning"), say("used"), say("possible")]
    held = say(
        "The ranges on this page hold chance only: other residents drawn from the same totals, other luck in the months that "
        "follow. With what nobody knows about how people react, every range would be wider."
    )
    if len(page.comparison.varied) > 1:
        held = say(
            "The ranges on this page hold chance (other residents drawn from the same totals, other luck), what is believed "
            "about every number whose range is declared, and the disputed alternatives that the model declares. They do not hold "
            "what nobody thought of."
        )
    tags = {r.get("tag", "") for rows_ in page.setting.observed.values() for r in rows_} - {"", "official"}
    about = (
        say(
            "Of the record itself, some is {how} rather than official.",
            how=", ".join(tag_of(t, say) for t in sorted(tags)),
        )
        if tags
        else ""
    )
    counted = say(
        "{guesses} numbers of this model rest on judgement alone; {backed} point to evidence.",
        guesses=len(found),
        backed=cards.known_numbers(names),
    )
    listed = table(say("Numbers without evidence."), head, rows)
    summary = say("All {count} numbers that rest on judgement", count=len(found))
    return f"<p>{counted} {held} {esc(about)}</p><details><summary>{summary}</summary>{listed}</details>{doses_in_doubt(page)}"


def wrong(page: Page) -> str:
    """The doubts that each file of the model declares, and where the model disagrees with the record."""
    s, say, names = page.setting, page.say, package(page.comparison)
    doubts = [(page.titles.get(n, n), say(cards.said(n, "Doubt"))) for n in names]
    gaps = [(say(n.capitalize()), say(cards.said(n, "Leaves out"))) for n in cards.mechanism_names()]
    told, left = (
        "".join(f"<li><strong>{esc(say('{title}:', title=t))}</strong> {esc(d)}</li>" for t, d in rows if d)
        for rows in (doubts, gaps)
    )
    return (
        agreement(page)
        + (
            f"<p>{say('The findings above are wrong if any of these doubts is true:')}</p><ul>{told}</ul>"
            if told
            else ""
        )
        + (f"<p>{say('…or if what the model leaves out matters here:')}</p><ul>{left}</ul>" if left else "")
        + f"<p>{say('…or if the model moves otherwise than the city did:')}</p>"
        + against_record(page.comparison, s.observed, say)
        + beyond(page.comparison, say)
    )


def method(page: Page) -> str:
    """How it was made, how to make it again, what each indicator means, and every number."""
    c, s, say = page.comparison, page.setting, page.say
    spec = c.pairs[0][0].spec
    runs = "".join(
        f"<tr><td>{w.spec.seed}</td><td>{w.spec.population}</td><td><code>{w.spec.id()}</code></td>"
        f"<td><code>{o.spec.id()}</code></td></tr>"
        for w, o in c.pairs
    )
    again = "".join(f"<pre>{esc(text)}</pre>" for text in (s.command, s.python) if text)
    settings = "".join(_settings(page, side) for side in ("with", "without"))
    heads = "".join(f"<th>{h}</th>" for h in (say("seed"), say("residents"), say("with"), say("without")))
    stamp = say(
        "Start {start}, {months} months. Model version {version}; the same version, city and settings give the same digits on "
        "any machine.",
        start=spec.start,
        months=spec.months,
        version=spec.version,
    )
    sides = ("with", "without")
    used = {name for side in sides for name in s.packages.get(side, {}).get("settings", {})}
    return (
        f"<p>{esc(c.caption(say.code))}</p><p>{esc(stamp)}</p>{again}{settings}"
        f"<details><summary>{say('Every number')}</summary>{_every(page)}</details>{sources_table(used, say)}"
        f'<details><summary>{say("Seeds and names of runs")}</summary><div class="scroll"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{runs}</tbody></table></div></details>"
    )


# ----------------------------------------------------------------------------------------------- pieces


def _every(page: Page) -> str:
    """Return a table of every number that says something of the city; errors of surveys are none."""
    c, say = page.comparison, page.say
    rows = []
    for name in c.indicators:
        e = c.effect(name)
        if e is not None and c.card(name).role != "survey error":
            numbers = [wording.level(e.with_, e.unit, say), wording.level(e.without, e.unit, say), wording.gap(e, say)]
            rows.append([page.title(name), wording.span_of(e.span, say), *numbers, say(e.verdict)])
    head = [say("Number"), say("when"), say("with"), say("without"), say("difference"), say("verdict")]
    return table(say("Last year or all years; medians."), head, rows)


def _settings(page: Page, side: str) -> str:
    say, chosen = page.say, page.setting.packages.get(side, {})
    told = to_text(Package("", settings=chosen.get("settings") or {})).strip()
    name = say(chosen.get("title") or chosen.get("name") or side)
    title = (
        say("Settings with: {package}", package=name)
        if side == "with"
        else say("Settings without: {package}", package=name)
    )
    return f"<details><summary>{esc(title)}</summary><pre>{esc(told or say('none of the measures'))}</pre></details>"


def _first(c: Comparison, name: str) -> float:
    """Return the indicator's first value, the same in both worlds unless a measure starts at once."""
    without = c.band(name, "without")[1]
    known = without[np.isfinite(without)]
    return float(known[0]) if known.size else math.nan
