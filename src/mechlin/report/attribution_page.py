"""The page of an attribution: for each effect the measures that carried it, what goes together, what it cost."""

from pathlib import Path
from typing import TYPE_CHECKING

from mechlin.report import charts
from mechlin.report.attribution_tables import SHARE_HEADINGS, share_rows, share_table, together_lines
from mechlin.report.markup import esc, table
from mechlin.report.parts import Parts
from mechlin.report.report import write_page_of

if TYPE_CHECKING:
    from mechlin.study.shared_out import Attribution


def write_page(found: "Attribution", path: Path) -> Path:
    """Write the page of an attribution and return where it is."""
    parts = Parts()
    opening = (
        f"<h1>{esc(found.city.capitalize())}: which measure carried the effect of “{esc(found.package)}”</h1>"
        f"<p>{esc(found.method)}, {found.runs} runs, to {esc(found.until)}, against “{esc(found.against)}”. A measure’s "
        "share is what it adds, averaged over the orders in which the measures could have come.</p>"
        '<p class="doubt">Ranges are 80 % intervals of the mean over worlds; where one includes zero, nobody can tell '
        "whether the measure carried anything. Of many ranges some miss by luck; so “up” or “down” is said only where at "
        "most one such word in ten is expected to be luck. Not a forecast.</p>"
    )
    for name in found.indicators:
        card = found.cards[name]
        chart = parts.chart(
            charts.carried(share_rows(found, name), card.unit), f"{card.title}: what each measure carried"
        )
        told = table("Shares of the effect.", [h.capitalize() for h in SHARE_HEADINGS], share_table(found, name))
        more = "".join(f"<li>{esc(line)}</li>" for line in together_lines(found, name))
        parts.add(name, esc(card.title), f"<figure>{chart}</figure>{told}<ul>{more}</ul>")
    return write_page_of(path, f"{found.city.capitalize()}: attribution", opening, parts)
