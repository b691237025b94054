"""Single years of age and sex within the broad age bands that a city's tables give.

Source of the profile: residents of Belgium on 1 January 2001 by five years of age and sex, recalled and rounded, so
an assumption. Only the shape within a band counts; how many live in each band comes from the city's table.
"""

import numpy as np

_STEP = 5.0  # years of age in each figure below
_RESIDENTS = (  # thousands, from age 0 to 104
    573,
    610,
    614,
    610,
    640,
    680,
    755,
    820,
    790,
    720,
    680,
    525,
    510,
    510,
    460,
    370,
    180,
    130,
    48,
    8.4,
    0.8,
)
_WOMEN_AT_YEARS = (0.0, 50.0, 62.5, 67.5, 72.5, 77.5, 82.5, 87.5, 92.5, 97.5)
_WOMEN_SHARE = (0.489, 0.495, 0.508, 0.53, 0.56, 0.605, 0.66, 0.72, 0.775, 0.83)


def age_months(low: np.ndarray, high: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return an age in months between ``low`` and ``high`` whole years (both included) for each draw in [0, 1)."""
    edges = _STEP * np.arange(len(_RESIDENTS) + 1)
    younger = np.append(0.0, np.cumsum(_RESIDENTS))
    first, last = np.interp(low, edges, younger), np.interp(high + 1.0, edges, younger)
    years = np.interp(first + u * (last - first), younger, edges)
    months: np.ndarray = np.clip(np.floor(12.0 * years), 12 * low, 12 * high + 11).astype(np.int64)
    return months


def women_share(months: np.ndarray) -> np.ndarray:
    """Return the share of women at an age in months."""
    share: np.ndarray = np.interp(months / 12.0, _WOMEN_AT_YEARS, _WOMEN_SHARE)
    return share
