"""Parts of a whole, where the whole may be empty."""

from typing import Any

import numpy as np

_NUMBER = (int, float, np.integer, np.floating)


def share(part: Any, whole: Any) -> Any:
    """Return ``part / whole``, number by number; no value (NaN) where the whole is 0.

    >>> float(share(1, 4)), float(share(1, 0))
    (0.25, nan)
    """
    if isinstance(part, _NUMBER) and isinstance(whole, _NUMBER):  # most calls: ten times quicker than what follows
        return np.float64(np.nan if whole == 0 else float(part) / float(whole))
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.where(whole == 0, np.nan, part / np.where(whole == 0, 1.0, whole))[()]  # a number stays a number


def percent(part: Any, whole: Any) -> Any:
    """Return ``part`` in percent of ``whole``: only for what the source statistic counts in percent."""
    return 100.0 * share(part, whole)
