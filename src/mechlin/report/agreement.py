"""Whether the worlds of a report agree with the record: which draws were looked at, what ruled them out, who lives there."""

import numpy as np

from mechlin.report import wording
from mechlin.report.markup import esc, table
from mechlin.report.parts import Page
from mechlin.report.texts import ENGLISH, Language
from mechlin.study.comparison import Comparison
from mechlin.study.draws import Draws
from mechlin.study.joining import RESIDENTS

_FAR = 0.05  # of the residents counted; a world further from them is not this city


def agreement(page: Page) -> str:
    """Return of how many draws these worlds were taken, what ruled out the others, and residents modelled and counted."""
    draws, c, say = page.setting.draws, page.comparison, page.say
    told = say(
        "The worlds of this page were not held against the record first: what is believed of people and the levels fitted to "
        "the city were drawn apart, so single worlds may lie far from it."
    )
    if draws is not None:
        told = " ".join(draw_lines(draws, c, say))
    return f"<h3>{say('Do these worlds agree with the record?')}</h3><p>{esc(told)}</p>{_residents(page)}"


def draw_lines(draws: Draws, c: Comparison | None = None, say: Language = ENGLISH) -> list[str]:
    """Return in sentences how many draws were looked at, what ruled out the others, and what none of them reaches."""

    def title(name: str) -> str:
        return wording.name_of(c.card(name).title, say) if c is not None else name

    out = [
        say(
            "{looked} draws of everything believed were looked at, each with levels of its own; {left} are not ruled out by the "
            "record up to {until}.",
            looked=draws.looked_at,
            left=len(draws.draws),
            until=draws.until,
        )
    ]
    if draws.ruled_out:
        by = ", ".join(f"{title(name)} ({count})" for name, count in draws.ruled_out.items())
        out.append(say("Ruled out by (a draw may be so by several): {by}.", by=by))
    if draws.beyond:
        by = ", ".join(title(name) for name in draws.beyond)
        out.append(say("This model cannot explain changes of this size, whatever is believed: {by}.", by=by))
    return out


def off_by_world(c: Comparison, counted: float, year: int) -> np.ndarray:
    """Return by which share of the residents counted in a year each world with the package differs from them."""
    at = int(np.flatnonzero(c.years == year)[0])
    return np.asarray(c.values(RESIDENTS, "with")[:, at] / counted - 1.0)


def _residents(page: Page) -> str:
    c, say = page.comparison, page.say
    seen = [r for r in page.setting.observed.get(RESIDENTS, ()) if r["year"] in c.years.tolist()]
    if RESIDENTS not in c.indicators or not seen:
        return ""
    rows, worst = [], 0.0
    for row in (seen[0], seen[-1]) if len(seen) > 1 else seen:
        off = off_by_world(c, row["value"], row["year"])
        ends = [float(end) for end in np.quantile(c.values(RESIDENTS, "with")[:, c.years == row["year"]], (0, 0.5, 1))]
        far = int((np.abs(off) > _FAR).sum())
        worst = max(worst, float(np.abs(off).max()))
        levels = [wording.level(v, "persons", say) for v in (*ends, row["value"])]
        rows.append([str(row["year"]), *levels, say("{far} of {all}", far=far, all=off.size)])
    head = [
        say("1 January"),
        say("lowest world"),
        say("middle"),
        say("highest world"),
        say("counted"),
        say("more than 5 % off"),
    ]
    told = table(say("Residents with the package: modelled and counted."), head, rows)
    if worst <= _FAR:
        return told
    off_by = say(
        "Some worlds differ from the residents counted by up to {share} %: read every number of this page with that doubt.",
        share=round(100 * worst),
    )
    return f'{told}<p class="doubt">{off_by}</p>'
