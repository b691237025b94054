"""Pieces of HTML: text made safe, and tables that a screen reader can read."""

import html
from collections.abc import Sequence


def esc(text: object) -> str:
    """Return text that stands in HTML as it is, whoever wrote it."""
    return html.escape(str(text), quote=True)


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose first column names the row; cells that are numbers stand flush right."""
    top = "".join(f'<th scope="col">{esc(h)}</th>' for h in head)
    body = "".join(
        f'<tr><th scope="row">{esc(row[0])}</th>{"".join(_cell(cell) for cell in row[1:])}</tr>' for row in rows
    )
    return (
        f'<div class="scroll"><table><caption>{esc(caption)}</caption><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(text: str) -> str:
    number = text[:1] in "+−0123456789" and len(text) < 40
    return f'<td class="w">{esc(text)}</td>' if number else f"<td>{esc(text)}</td>"
