"""What other towns did, beside what was rehearsed: the second answer to "how much of it may the city claim?"."""

from mechlin.report import measured_words as words
from mechlin.report import wording
from mechlin.report.markup import esc, table
from mechlin.report.parts import Page
from mechlin.study.other_towns import OtherTowns

DELIVERED = "delivered"  # the role of an indicator that counts a dose


def told(page: Page) -> str:
    """Return the section: a table, a chart for each indicator that has a panel, and for which headlines there is none."""
    c, found, say = page.comparison, page.setting.other_towns, page.say
    without = [wording.name_of(c.card(name).title, say) for name in c.headlines if name not in found]
    heading = f"<h3>{esc(say('What other towns did'))}</h3>"
    if not found:
        none = say(
            "No panel of other towns goes with this city, so that only the model says what would have come anyway. The command "
            "mechlin measure evaluate holds a town against others."
        )
        return f"{heading}<p>{esc(none)}</p>"
    about = say(
        "The table above is the model’s answer. The record has one of its own: how the city moved beside towns where the same "
        "was counted. It cannot tell the package from whatever else was peculiar to the city in these years, and the model "
        "cannot tell what it leaves out; where the two disagree, neither may be claimed."
    )
    caption = say(
        "Differences a year, the mean of these years; in brackets what placebos in other towns do not rule out (90 %)."
    )
    head = words.beside_head(say)
    figures = "".join(_figure(page, one) for one in found.values())
    none = say(
        "No panel of other towns goes with the city for {titles}. What would have come anyway, there only the model says.",
        titles=say.joined(without),
    )
    return (
        f"{heading}<p>{esc(about)}</p>"
        + table(caption, head, [_row(page, one) for one in found.values()])
        + f'<div class="grid">{figures}</div>'
        + (f"<p>{esc(none)}</p>" if without else "")
    )


def _row(page: Page, one: OtherTowns) -> list[str]:
    card, say = page.comparison.card(one.beside.indicator), page.say
    e = one.found.main
    rehearsed = "–" if one.rehearsed is None else wording.change(one.rehearsed, card.unit, say)
    visible = say("none") if one.visible is None else wording.level(one.visible, card.unit, say)
    span = say("{first} to {last}", first=one.found.panel.start, last=one.years[-1])
    gap = wording.difference(e.effect, e.low, e.high, card.unit, say)
    return [wording.name_of(card.title, say), span, rehearsed, gap, visible, words.word(one.found.verdict.word, say)]


def _figure(page: Page, one: OtherTowns) -> str:
    c, say, b = page.comparison, page.say, one.beside
    card = c.card(b.indicator)
    chart = page.lines(b.indicator)
    panel, main = one.found.panel, one.found.main
    most = sorted(zip(main.fit.weights.tolist(), panel.donors, strict=True), reverse=True)[:3]
    mix = ", ".join(f"{town} {wording.per_cent(weight)}" for weight, town in most if weight >= 0.005)
    why = "".join(f"<li>{esc(text)}</li>" for text in words.reasons(one.found, say))
    reasons = f"<p>{esc(words.because(one.found, say))}:</p><ul>{why}</ul>" if why else ""
    method = words.method(main.method, say)
    note = f" {say(b.note)}" if b.note else ""
    if card.role == DELIVERED:
        note += " " + say("This is what the package does itself, not what comes of it.")
    line = say(
        "The line of other towns is what {n} of them make of the city ({method}; most of it {mix}), fitted before {start}.",
        n=len(panel.donors),
        method=method,
        mix=mix,
        start=panel.start,
    )
    return (
        f"<figure><h3>{esc(words.sentence(one.found, say))}</h3>{chart}"
        f"<figcaption>{esc(line)} {esc(say(b.title))}: {esc(b.source)}; {esc(b.licence)}.{esc(note)}</figcaption>"
        f"{reasons}</figure>"
    )
