"""Figures of other areas than the city's (of another year, of post codes): shared out by the ground both have in common.

Counts go where people live: an overlap counts by its ground times how densely our area there is lived on. Means and
shares are averaged over the ground. What falls whole into one area stays whole; only what is cut is uncertain.
"""

import numpy as np
import polars as pl

from mechlin.city.importing.labels import Label, join
from mechlin.city.importing.outlines import in_kilometres, joined_pieces, overlap_ground, weights
from mechlin.city.importing.source import Source

CUT_SPREAD = 0.10  # of a count that came out of an area that was cut: assumption
_WHOLE = 0.98  # of an area: what falls into one of ours to this share is not cut


class Overlay:
    """Other areas over the city's: their names, and which part of each falls into which of ours."""

    def __init__(
        self, source: Source, drawn: Source, ours: np.ndarray, country: str, people: np.ndarray | None
    ) -> None:
        """Lay the areas of ``source``, whose outlines are in ``drawn``, over ours (shapes in kilometres)."""
        kept = zip(source.labels, source.kept, strict=True)
        self.roster: list[Label] = [
            label for label in dict.fromkeys(x for x, keep in kept if keep) if label.code or label.name
        ]
        placed = in_kilometres(drawn.grid.shapes, drawn.grid.crs, country, drawn.spec.text("crs"))
        shapes, pieces = joined_pieces(placed.shapes, join(drawn.labels, self.roster).places, len(self.roster))
        self.lost = [self.roster[n].name or self.roster[n].code for n in np.flatnonzero(pieces == 0)]
        self.known = pieces > 0
        self.counts = np.zeros((len(self.roster), len(ours)))
        self.ground = np.zeros((len(self.roster), len(ours)))
        self.counts[self.known] = weights(shapes[self.known], ours, people)
        self.ground[self.known] = overlap_ground(shapes[self.known], ours)

    def places(self, source: Source) -> pl.Series:
        """Return for every row of the file which of its own areas it is about."""
        at = {label: n for n, label in enumerate(self.roster)}
        return pl.Series([at.get(label) for label in source.labels], dtype=pl.Int64)

    def shared_out(self, values: np.ndarray, mean: bool) -> np.ndarray:
        """Return numbers of their areas as numbers of ours: sums of what falls into each, or means over its ground."""
        known = np.isfinite(values)
        if not mean:
            out = np.nan_to_num(values) @ self.counts
            return np.where(self.counts[known].sum(axis=0) > 0, out, np.nan)
        weight = self.ground * known[:, None]
        total = weight.sum(axis=0)
        found: np.ndarray = np.divide(
            np.nan_to_num(values) @ weight, total, out=np.full(len(total), np.nan), where=total > 0
        )
        return found

    def is_cut(self) -> np.ndarray:
        """Return whether each of ours got part of an area that was cut."""
        cut = (self.counts > 1 - _WHOLE) & (self.counts < _WHOLE)
        return np.asarray(cut.any(axis=0))

    def rows_of(self, rows: list[str]) -> list[str]:
        """Return for each of ours the rows of the file that went into it."""
        return [
            ", ".join(rows[i] for i in np.flatnonzero(self.counts[:, j] > 0) if rows[i])
            for j in range(self.counts.shape[1])
        ]
