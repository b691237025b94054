"""The first two pages: the message, then a figure for each of its parts; everything else is the annex."""

import math

from mechlin.city.tables.origins import TAGS
from mechlin.report import cost_chart, everyday, wording
from mechlin.report.blocks.summary import summary
from mechlin.report.figures import finding_title
from mechlin.report.markup import esc
from mechlin.report.parts import Page
from mechlin.study.pairs import Effect

_FIGURES = 4  # on the second page, beside the costs
_HANGING = 3  # kinds of findings named as hanging on figures that are borrowed or assumed


def front(page: Page) -> str:
    """Return the two pages: title, message, what the city's figures are worth; then the chosen figures."""
    c, say = page.comparison, page.say
    told = page.block(summary(c, c.headlines, say, others=True))
    worth = "".join(f'<p class="doubt">{esc(line)}</p>' for line in worth_lines(page))
    key = say(
        "Blue: the package makes a difference. Grey: nobody can tell. The line is the middle of all pairs of runs, the band "
        "holds four pairs in five; at zero the package makes no difference."
    )
    if c.provisional:
        key = say(
            "Grey: provisional. The line is the middle of the pairs that are there; at zero the package makes no difference."
        )
    message = f'<h2 class="unseen">{say("The message")}</h2>'
    return (
        f'<section class="front">{_title(page)}{message}{told}{worth}</section>'
        f'<section class="front figures"><h2 id="figures">{say("The figures")}</h2>'
        f'<p class="soft">{key}</p>'
        f'<div class="grid">{_figures(page)}</div></section>'
    )


def heading(page: Page) -> str:
    """Return what was rehearsed, where and when."""
    s, c, say = page.setting, page.comparison, page.say
    return say(
        "{city}: “{package}” rehearsed, {first} to {last}",
        city=s.city or say("The city"),
        package=_named(page, "with") or say("the package"),
        first=c.years[0],
        last=c.years[-1],
    )


def leading(page: Page) -> str:
    """Return how it was rehearsed, against what, by whom, and what it leaves out."""
    say, one = page.say, page.setting.packages.get("with", {})
    lead = say(
        "The city simulated twice, resident by resident: with “{package}”, and with “{against}” in its place. What differs is "
        "the package’s doing in the model.",
        package=_named(page, "with") or say("the package"),
        against=_named(page, "without") or say("nothing"),
    )
    by = say("Author: {author}.", author=say(one["author"])) if one.get("author") else ""
    out = say("It leaves out: {what}.", what=say(one["leaves_out"])) if one.get("leaves_out") else ""
    return " ".join(part for part in (lead, by, out) if part)


def _named(page: Page, side: str) -> str:
    chosen = page.setting.packages.get(side, {})
    return page.say(str(chosen.get("title") or chosen.get("name") or ""))


def _title(page: Page) -> str:
    told = page.setting.packages.get("with", {}).get("note")
    note = f'<p class="soft">{esc(page.say(told))}</p>' if told else ""
    return f"<h1>{esc(heading(page))}</h1><p>{esc(leading(page))}</p>{note}"


def worth_lines(page: Page) -> list[str]:
    """Return what the city's figures are worth, and what else about the city belongs beside the findings."""
    s, say = page.setting, page.say
    lines = []
    if s.standing is not None and s.standing.total:
        parts = everyday.of_100([s.standing.share(tag) for tag in TAGS])
        counts = {tag: wording.per_cent(part / 100.0, say) for tag, part in zip(TAGS, parts, strict=True)}
        said = [
            say(
                "Of the {total} figures that the city brings {counted} are counted, {derived} derived, {borrowed} borrowed and "
                "{assumed} assumed.",
                total=wording.plain(s.standing.total, 0, say),
                **counts,
            )
        ]
        if s.standing.donors:
            said.append(say("Borrowed from {donors}.", donors=", ".join(s.standing.donors)))
        for tag, form in (
            ("borrowed", say("On borrowed figures hang findings about {findings}.")),
            ("assumed", say("On assumed figures hang findings about {findings}.")),
        ):
            if touched := s.standing.touched(tag)[:_HANGING]:
                said.append(form.format(findings=say.joined(say(words) for words in touched)))
        lines.append(" ".join(said))
    lines += [say(line) for line in s.doubts]
    return lines


def chosen(page: Page) -> list[str]:
    """Return which numbers have a figure on the second page: those with a direction first, the clearest of them on top."""
    found = [e for n in page.comparison.headlines if (e := page.comparison.effect(n)) is not None]
    clear = sorted((e for e in found if e.verdict in ("up", "down")), key=_blur)
    rest = sorted((e for e in found if e.verdict in ("cannot tell", "provisional")), key=_blur)
    return [e.indicator for e in (*clear, *rest)][:_FIGURES]


def _blur(e: Effect) -> float:
    """Return how wide an effect's interval is for its size; the smaller the clearer."""
    width = e.high - e.low
    return width / abs(e.difference) if e.difference and math.isfinite(width) else math.inf


def _figures(page: Page) -> str:
    c, say = page.comparison, page.say
    told = "".join(
        f"<figure><h3>{esc(finding_title(page, name))}</h3>{page.difference(name)}</figure>" for name in chosen(page)
    )
    if not c.costs():
        return told
    chart = page.chart(cost_chart.costs(c, page.titles, say), say("Cost of each measure, by who pays"))
    total = wording.eur(c.costs()[0]["eur"], say)
    title = say("What each measure costs and who pays: {total} in all", total=total)
    return f'{told}<figure class="wide"><h3>{esc(title)}</h3>{chart}</figure>'
