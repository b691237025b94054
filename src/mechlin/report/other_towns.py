"""What other towns did, beside what was rehearsed: the second answer to "how much of it may the city claim?"."""

from mechlin.report import charts, wording
from mechlin.report import measured_words as words
from mechlin.report.markup import esc, table
from mechlin.report.parts import Page
from mechlin.study.other_towns import OtherTowns

DELIVERED = "delivered"  # the role of an indicator that counts a dose
_CAPTION = (
    "Differences a year, the mean of these years; in brackets what placebos in other towns do not rule out (90 %)."
)
_HEAD = ("", "years", "rehearsed, a year", "beside other towns, a year", "smallest that could be seen", "verdict")


def told(page: Page) -> str:
    """Return the section: a table, a chart for each indicator that has a panel, and for which headlines there is none."""
    c, found = page.comparison, page.setting.other_towns
    without = [c.card(name).title for name in c.headlines if name not in found]
    if not found:
        return (
            "<h3>What other towns did</h3><p>No panel of other towns goes with this city, so that only the model says what "
            "would have come anyway. <code>mechlin measure evaluate</code> holds a town against others.</p>"
        )
    rows = [_row(page, one) for one in found.values()]
    figures = "".join(_figure(page, one) for one in found.values())
    none = (
        f"<p>For {len(without)} headline{'s' if len(without) > 1 else ''} no panel of other towns goes with this city: "
        f"{esc('; '.join(without))}. "
        "What would have come anyway, there only the model says.</p>"
        if without
        else ""
    )
    return (
        "<h3>What other towns did</h3>"
        "<p>The table above is the model’s answer. The record has one of its own: how the city moved beside towns where the "
        "same was counted. It cannot tell the package from whatever else was peculiar to the city in these years, and "
        "the model cannot tell what it leaves out; where the two disagree, neither may be claimed.</p>"
        + table(_CAPTION, list(_HEAD), rows)
        + f'<div class="grid">{figures}</div>{none}'
    )


def _row(page: Page, one: OtherTowns) -> list[str]:
    card, say = page.comparison.card(one.beside.indicator), page.say
    e = one.found.main
    rehearsed = "–" if one.rehearsed is None else wording.change(one.rehearsed, card.unit, say)
    visible = "none" if one.visible is None else wording.level(one.visible, card.unit, say)
    span = f"{one.found.panel.start} to {one.years[-1]}"
    gap = wording.difference(e.effect, e.low, e.high, card.unit, say)
    return [card.title, span, rehearsed, gap, visible, words.word(one.found.verdict.word, say)]


def _figure(page: Page, one: OtherTowns) -> str:
    c, say, b = page.comparison, page.say, one.beside
    card = c.card(b.indicator)
    factor = wording.scaled(card.unit)[0]
    seen = page.setting.observed.get(b.indicator) or [
        {"year": year, "value": value, "low": None, "high": None, "source": b.source}
        for year, value in zip(one.years, one.observed, strict=True)
    ]
    others = [(year, value * factor) for year, value in zip(one.years, one.others, strict=True)]
    chart = page.chart(
        charts.lines(c, b.indicator, seen, others=others),
        f"{card.title} by year: both worlds, the record and other towns",
    )
    panel, main = one.found.panel, one.found.main
    most = sorted(zip(main.fit.weights.tolist(), panel.donors, strict=True), reverse=True)[:3]
    mix = ", ".join(f"{town} {words.share(weight)}" for weight, town in most if weight >= 0.005)
    why = "".join(f"<li>{esc(text)}</li>" for text in words.reasons(one.found, say))
    reasons = f"<p>{esc(words.because(one.found, say))}:</p><ul>{why}</ul>" if why else ""
    method = words.method(main.method, say)
    note = f" {b.note}" if b.note else ""
    if card.role == DELIVERED:
        note += " This is what the package does itself, not what comes of it."
    return (
        f"<figure><h3>{esc(words.sentence(one.found, say))}</h3>{chart}"
        f"<figcaption>The line of other towns is what {len(panel.donors)} of them make of the city ({esc(method)}; most of it "
        f"{esc(mix)}), fitted before {esc(panel.start)}. {esc(b.title)}: {esc(b.source)}; {esc(b.licence)}.{esc(note)}"
        "</figcaption>"
        f"{reasons}</figure>"
    )
