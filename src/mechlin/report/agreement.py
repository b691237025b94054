"""Whether the worlds of a report agree with the record: which draws were looked at, what ruled them out, who lives there."""

import numpy as np

from mechlin.report import wording
from mechlin.report.markup import esc, table
from mechlin.report.parts import Page
from mechlin.study.comparison import Comparison
from mechlin.study.draws import Draws
from mechlin.study.joining import RESIDENTS

_FAR = 0.05  # of the residents counted; a world further from them is not this city
_NOT_HELD = (
    "The worlds of this page were not held against the record first: what is believed of people and the levels fitted to "
    "the city were drawn apart, so single worlds may lie far from it."
)


def agreement(page: Page) -> str:
    """Return of how many draws these worlds were taken, what ruled out the others, and residents modelled and counted."""
    draws, c = page.setting.draws, page.comparison
    told = " ".join(draw_lines(draws, c)) if draws is not None else _NOT_HELD
    return f"<h3>Do these worlds agree with the record?</h3><p>{esc(told)}</p>{_residents(page)}"


def draw_lines(draws: Draws, c: Comparison | None = None) -> list[str]:
    """Return in sentences how many draws were looked at, what ruled out the others, and what none of them reaches."""

    def title(name: str) -> str:
        return wording.name_of(c.card(name).title) if c is not None else name

    out = [
        f"{draws.looked_at} draws of everything believed were looked at, each with levels of its own; "
        f"{len(draws.draws)} are not ruled out by the record up to {draws.until}."
    ]
    if draws.ruled_out:
        by = ", ".join(f"{title(name)} ({count})" for name, count in draws.ruled_out.items())
        out.append(f"Ruled out by (a draw may be so by several): {by}.")
    if draws.beyond:
        by = ", ".join(
            f"{title(name)} ({far:.1f} standard deviations of all doubt)" for name, far in draws.beyond.items()
        )
        out.append(f"This model cannot explain changes of this size, whatever is believed: {by}.")
    return out


def off_by_world(c: Comparison, counted: float, year: int) -> np.ndarray:
    """Return by which share of the residents counted in a year each world with the package differs from them."""
    at = int(np.flatnonzero(c.years == year)[0])
    return np.asarray(c.values(RESIDENTS, "with")[:, at] / counted - 1.0)


def _residents(page: Page) -> str:
    c = page.comparison
    seen = [r for r in page.setting.observed.get(RESIDENTS, ()) if r["year"] in c.years.tolist()]
    if RESIDENTS not in c.indicators or not seen:
        return ""
    rows, worst = [], 0.0
    for row in (seen[0], seen[-1]) if len(seen) > 1 else seen:
        off = off_by_world(c, row["value"], row["year"])
        ends = [float(end) for end in np.quantile(c.values(RESIDENTS, "with")[:, c.years == row["year"]], (0, 0.5, 1))]
        far = int((np.abs(off) > _FAR).sum())
        worst = max(worst, float(np.abs(off).max()))
        levels = [wording.level(v, "persons") for v in (*ends, row["value"])]
        rows.append([str(row["year"]), *levels, f"{far} of {off.size}"])
    head = ["1 January", "lowest world", "middle", "highest world", "counted", "more than 5 % off"]
    said = (
        ""
        if worst <= _FAR
        else (
            f'<p class="doubt">Some worlds differ from the residents counted by up to {100 * worst:.0f} %: read every number of '
            "this page with that doubt.</p>"
        )
    )
    return table("Residents with the package: modelled and counted.", head, rows) + said
