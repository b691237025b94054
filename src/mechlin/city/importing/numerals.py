"""Numbers as offices write them: what the points, commas and gaps in a column mean is told from the whole column.

``1.234`` is twelve hundred and thirty-four in one country and a bit over one in another. A column says which it is by
its other cells; where it does not, the other columns of the file do; where neither does, nothing is decided silently.
"""

from typing import NamedTuple

import polars as pl

from mechlin.city.tables.signs import BLANK, ZERO

MIXED = "both"
_SPACES = r"[\s\u00a0\u2007\u2009\u202f'’]"
_FLAG = r"([0-9])\s*(?:[a-zA-Z*]|[0-9]\)|\([a-zA-Z0-9]\))$"  # provisional, estimated, a footnote
_NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"


class Numbers(NamedTuple):
    """A column as numbers: the values, for every cell without one the kind of missing, and the cells that are neither.

    ``decimal`` is the mark that the column uses ("" where it has none), ``unsure`` whether it could not be told;
    ``percent`` whether cells carry the sign.
    """

    values: pl.Series
    kinds: pl.Series
    bad: pl.Series
    decimal: str
    unsure: bool
    percent: bool


def decimal_mark(cells: pl.Series) -> str:
    """Return the mark that a column's cells leave no doubt about, ``MIXED`` for one that uses both, or an empty word."""
    text = cells.drop_nulls().str.replace_all(_SPACES, "")
    text = text.filter(text.str.contains(r"^[+-]?[0-9.,]+%?$") & text.str.contains(r"[.,]"))
    sure = [mark for mark in (".", ",") if bool(_certainly(text, mark).any())]
    return MIXED if len(sure) > 1 else sure[0] if sure else ""


def _certainly(text: pl.Series, mark: str) -> pl.Series:
    """Return where ``mark`` can only be the decimal mark."""
    own, other = (r"\.", ",") if mark == "." else (",", r"\.")
    alone = text.str.contains(rf"^[+-]?[0-9]*{own}[0-9]*%?$")
    odd = text.str.contains(rf"{own}(?:[0-9]{{1,2}}|[0-9]{{4,}})?%?$") | text.str.contains(rf"^[+-]?0*{own}")
    last = text.str.contains(rf"{other}[0-9]{{3}}{own}[0-9]*%?$")
    grouped = text.str.contains(rf"{other}[0-9]+{other}")
    return (alone & odd) | last | grouped


def parse(cells: pl.Series, signs: dict[str, str], decimal: str = "") -> Numbers:
    """Return a column of text as numbers; ``decimal`` is the mark of the file, for a column that does not say.

    In a column that uses both marks each cell is read by itself, and one that may be either is bad.
    """
    text = cells.fill_null("").str.strip_chars().str.replace_all("\u2212", "-")
    small = text.str.to_lowercase().str.replace_all(r"[\u00a0\s]", "")
    kinds = small.replace_strict(list(signs), list(signs.values()), default=None, return_dtype=pl.String)
    kinds = pl.select(pl.when(small == "").then(pl.lit(BLANK)).otherwise(kinds)).to_series()
    own = decimal_mark(text.filter(kinds.is_null()))
    mark = own or decimal
    plain = text.str.replace(_FLAG, "$1").str.replace_all(_SPACES, "")
    percent = bool(plain.str.ends_with("%").any())
    plain = plain.str.strip_suffix("%")
    grouped = bool(plain.filter(kinds.is_null()).str.contains(r"^[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}$").any())
    point, comma = plain.str.replace_all(",", ""), _pointed(plain)
    if mark == MIXED:
        by_comma, by_point = _certainly(plain, ","), _certainly(plain, ".")
        either = plain.str.contains(r"[.,]") & ~by_comma & ~by_point
        plain = pl.select(pl.when(either).then(pl.lit("?")).when(by_comma).then(comma).otherwise(point)).to_series()
    else:
        plain = comma if mark == "," else point
    is_number = plain.str.contains(_NUMBER) & kinds.is_null()
    values = pl.select(pl.when(is_number).then(plain)).to_series().cast(pl.Float64, strict=False)
    values = pl.select(pl.when(values.is_finite()).then(values)).to_series()  # 1e999 is no number
    values = pl.select(pl.when(kinds == ZERO).then(0.0).otherwise(values)).to_series()
    bad = values.is_null() & kinds.is_null()
    return Numbers(values, kinds, bad, own, grouped and not mark, percent)


def _pointed(text: pl.Series) -> pl.Series:
    return text.str.replace_all(".", "", literal=True).str.replace_all(",", ".", literal=True)
