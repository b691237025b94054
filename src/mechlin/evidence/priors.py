"""What is believed about a number: its prior, as declared beside it.

The default is the middle of belief; ``likely`` holds nine tenths of it. Between them lies a two-piece normal
distribution (as in the fan charts of central banks), cut off at what is possible. A number without ``likely`` is a
definition or a setting, not a belief, and stays as it is. A switch between structural alternatives is a coin.

Source: two-piece normal: Wallis 2014, Statistical Science 29(1):106-112.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from mechlin.core.declare import Declared, declared

_NINE_TENTHS = float(ndtri(0.95))  # standard deviations from the middle to either end of nine tenths
_KNOWLEDGE_SEED, _STRUCTURE_SEED, _DOSE_SEED = 20010101, 20181231, 20030605  # the same draws on every machine

Draw = dict[str, dict[str, float]]


def quantile(d: Declared, u: float) -> float:
    """Return the value below which a share ``u`` of belief in the number lies, in its declared type."""
    if d.param.structure:
        value: float = u >= 0.5
    else:
        assert d.param.likely is not None
        value = min(max(two_piece(d.default, d.param.likely, u), d.param.low), d.param.high)
        value = round(value) if d.type is int else value
    found: float = d.type(value)
    return found


def two_piece(middle: float, likely: tuple[float, float], u: float) -> float:
    """Return the value below which a share ``u`` of belief lies, of which ``likely`` holds nine tenths."""
    z = float(ndtri(min(max(u, 1e-9), 1.0 - 1e-9))) / _NINE_TENTHS
    return middle + z * ((likely[1] - middle) if z > 0 else (middle - likely[0]))


def beliefs(owners: Mapping[str, Any]) -> list[tuple[str, Declared]]:
    """Return every number that is a belief, by owner; ``owners`` have ``params``."""
    return [
        (name, d)
        for name, thing in owners.items()
        for d in declared(thing.params)
        if d.param.likely is not None and not d.param.structure
    ]


def switches(owners: Mapping[str, Any]) -> list[tuple[str, Declared]]:
    """Return every switch between structural alternatives, by owner."""
    return [(name, d) for name, thing in owners.items() for d in declared(thing.params) if d.param.structure]


def knowledge_draws(owners: Mapping[str, Any], count: int) -> list[Draw]:
    """Return ``count`` joint draws from the priors (a scrambled Sobol sequence): owner -> number -> value.

    The first draws stay the same when more are asked for, and an owner's draws do not depend on which of the other
    owners take part in a package, as long as all are given here.
    """
    return _draws(beliefs(owners), count, _KNOWLEDGE_SEED)


def structure_draws(owners: Mapping[str, Any], count: int) -> list[Draw]:
    """Return ``count`` joint settings of all structural switches, each alternative in half of them."""
    return _draws(switches(owners), count, _STRUCTURE_SEED)


def dose_draws(doses: list[tuple[str, str]], count: int) -> list[Draw]:
    """Return ``count`` joint draws of where in its range each dose lies: measure -> number -> share of belief, 0 to 1.

    What a share means is for the package to say, which has the range; see ``doubt`` in a package file.
    """
    return [_by_owner(doses, point) for point in _points(len(doses), count, _DOSE_SEED)]


def _draws(numbers: list[tuple[str, Declared]], count: int, seed: int) -> list[Draw]:
    names = [(owner, d.name) for owner, d in numbers]
    return [
        _by_owner(names, [quantile(d, float(u)) for (_, d), u in zip(numbers, point, strict=True)])
        for point in _points(len(numbers), count, seed)
    ]


def _points(dims: int, count: int, seed: int) -> np.ndarray:
    """Return ``count`` points of a scrambled Sobol sequence, shape (count, dims)."""
    if not dims:
        return np.zeros((count, 0))
    sequence = qmc.Sobol(dims, scramble=True, rng=np.random.default_rng(seed))
    return np.asarray(sequence.random_base2(max(int(np.ceil(np.log2(max(count, 1)))), 0))[:count])


def _by_owner(names: list[tuple[str, str]], values: Iterable[float]) -> Draw:
    out: Draw = {}
    for (owner, number), value in zip(names, values, strict=True):
        out.setdefault(owner, {})[number] = float(value) if isinstance(value, np.floating) else value
    return out
