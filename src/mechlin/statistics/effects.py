"""The effect of a package on one indicator in one pair of runs: one definition for all who ask."""

import numpy as np


def level(series: np.ndarray, adds_up: bool) -> np.ndarray:
    """Return an indicator over the years, its last axis: the sum of what adds up, else the last value that is known.

    Years without a value are NaN; where no year has one the level is 0.
    """
    known = np.isfinite(series)
    if adds_up:
        return np.asarray(np.where(known, series, 0.0).sum(axis=-1))
    last = series.shape[-1] - 1 - np.argmax(known[..., ::-1], axis=-1)
    found = np.take_along_axis(series, np.expand_dims(last, -1), axis=-1)[..., 0]
    return np.where(known.any(axis=-1), found, 0.0)


def effect(with_it: np.ndarray, without: np.ndarray, adds_up: bool) -> float:
    """Return the level of the difference between both worlds of a pair, over the years that both know."""
    return float(level(with_it - without, adds_up))
