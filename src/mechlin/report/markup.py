"""Pieces of HTML: text made safe, and tables that a screen reader can read."""

import html
from collections.abc import Sequence


def esc(text: object) -> str:
    """Return text that stands in HTML as it is, whoever wrote it."""
    return html.escape(str(text), quote=True)


_ON_A_PAGE = 12  # rows of a table that stays whole in print: of a longer one half a page would stay empty before it


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose first column names the row; cells that are numbers or money do not break."""
    top = "".join(f'<th scope="col">{esc(h)}</th>' if h else "<td></td>" for h in head)
    body = "".join(
        f'<tr><th scope="row">{esc(row[0])}</th>{"".join(_cell(cell) for cell in row[1:])}</tr>' for row in rows
    )
    named = f' tabindex="0" role="region" aria-label="{esc(caption)}"' if caption else ""
    told = f"<caption>{esc(caption)}</caption>" if caption else ""
    whole = " whole" if len(rows) <= _ON_A_PAGE else ""
    return f'<div class="scroll{whole}"{named}><table>{told}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(text: str) -> str:
    number = (text[:1] in "+−0123456789" or text.startswith("EUR ")) and len(text) < 40
    return f'<td class="w">{esc(text)}</td>' if number else f"<td>{esc(text)}</td>"
