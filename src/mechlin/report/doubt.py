"""What a finding rests on: of the numbers behind it, how many have evidence and of which strength."""

from collections.abc import Iterable
from typing import Any

from mechlin import indicators, mechanisms
from mechlin import measures as measure_folder
from mechlin.core.declare import declared
from mechlin.evidence.registry import evidence

STRENGTHS = ("firm", "weak", "assumption")


def rests_on(indicator: str, package: Iterable[str], backgrounds: Iterable[str] = ()) -> dict[str, float]:
    """Return of the numbers behind an effect, the share of each strength.

    Behind it stand the numbers of the package's measures, of the mechanisms whose levers these pull, and of the
    mechanisms that own the columns the indicator reads.
    """
    moving, measures, known = mechanisms.catalogue(), measure_folder.catalogue(), evidence()
    used = [measures[name] for name in package if name in measures]
    names = {lever.partition(".")[0] for m in used for lever in m.levers}
    cards = indicators.catalogue(backgrounds)
    reads = set(cards[indicator].reads) if indicator in cards else set()
    names |= {m.name for m in moving.values() if reads & {f.name for f in m.fields}}
    behind: list[Any] = [*used, *(moving[name] for name in sorted(names) if name in moving)]
    strengths = [
        known[d.param.evidence].strength if d.param.evidence in known else "assumption"
        for thing in behind
        for d in declared(thing.params)
    ]
    return {s: strengths.count(s) / max(len(strengths), 1) for s in STRENGTHS}
