"""What each measure costs and who pays it: a bar for each measure, so that no two are told apart by shades."""

from collections.abc import Mapping
from typing import Any

import altair as alt

from mechlin.core.codes import Payer, words
from mechlin.report import wording
from mechlin.report.texts import ENGLISH, Language
from mechlin.study.comparison import Comparison

_COLOURS = ("#1f7fb8", "#c8641b", "#6a737b")
_ROW = 22  # points of height for a measure


def costs(c: Comparison, titles: Mapping[str, str], say: Language = ENGLISH) -> alt.Chart:
    """Return what each measure costs over all years, dearest first, by who pays; in millions of euros."""
    rows = cost_rows(c, titles, say)
    totals: dict[str, float] = {}
    for row in rows:
        totals[row["measure"]] = totals.get(row["measure"], 0.0) + row["million"]
    payers = [wording.payer(name, say) for name in words(Payer)]
    chart: alt.Chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            y=alt.Y(
                "measure:N", sort=sorted(totals, key=lambda m: -totals[m]), title=None, axis=alt.Axis(labelLimit=280)
            ),
            x=alt.X("million:Q", title=say("EUR million")),
            color=alt.Color(
                "payer:N",
                title=None,
                scale=alt.Scale(domain=payers, range=list(_COLOURS[: len(payers)])),
                legend=alt.Legend(orient="bottom", direction="horizontal"),
            ),
        )
        .properties(width="container", height=_ROW * max(len(totals), 3))
    )
    return chart


def cost_rows(c: Comparison, titles: Mapping[str, str], say: Language = ENGLISH) -> list[dict[str, Any]]:
    """Return what :func:`costs` draws: a row for each measure and payer."""
    return [
        {
            "measure": titles.get(r["programme"], r["programme"]),
            "payer": wording.payer(r["payer"], say),
            "million": float(f"{r['eur'] / 1e6:.6g}"),
        }
        for r in c.costs("programme", "payer")
    ]
