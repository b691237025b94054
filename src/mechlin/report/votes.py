"""Elections taken apart: what of a change since the base election is the country's, the electorate's, the lists', the city's."""

import numpy as np

from mechlin.report import wording
from mechlin.report.markup import table
from mechlin.report.texts import ENGLISH, Language
from mechlin.study.comparison import Comparison

_LISTS = {
    "votes.radical_right.municipal": "Radical right, municipal",
    "votes.radical_right.regional_federal": "Radical right, regional or federal",
    "votes.mayor_list": "Mayor's list, municipal",
}
_PARTS = ("tide", "electorate", "rivals", "local")


def decomposed(c: Comparison, say: Language = ENGLISH) -> str:
    """Return a table of elections with the parts of each change, and what of the local part is the package's."""
    rows = []
    for name, title in _LISTS.items():
        if name not in c.indicators:
            continue
        for at, year in enumerate(c.years):
            level = c.values(name, "with")[:, at]
            if not np.isfinite(level).any():
                continue
            parts = [float(np.nanmedian(c.values(f"{name}.{p}", "with")[:, at])) for p in _PARTS]
            e = c.effect(name, int(year))
            own = "–" if e is None else wording.difference(e.difference, e.low, e.high, e.unit, say)
            word = "" if e is None else say(e.verdict)
            rows.append(
                [
                    f"{say(title)} {year}",
                    wording.level(float(np.nanmedian(level)), "%", say),
                    *(wording.change(part, "%", say) for part in parts),
                    own,
                    word,
                ]
            )
    if not rows:
        return ""
    head = [
        say("Election"),
        say("share"),
        say("tide"),
        say("electorate"),
        say("lists that stand"),
        say("local"),
        say("of which the package"),
        say("verdict"),
    ]
    lead = say(
        "Each change since the last election before the start, taken apart. The swing of the whole "
        "region, who may vote, which lists stand and who heads them are nobody’s policy. A municipal election knows the "
        "region from its last vote or poll, with the doubt of its age; what persons and joint lists add is an input with a "
        "range. Only the local part can be the city’s, and of that only what differs between the two worlds."
    )
    return f"<h3>{say('Elections')}</h3><p>{lead}</p>{table(say('Medians over runs, in points.'), head, rows)}"


def tide_of_crime(c: Comparison, say: Language = ENGLISH) -> str:
    """Return a sentence on how far offences fell in the world without any measure."""
    name = "offences"
    if name not in c.indicators:
        return ""
    without = c.band(name, "without")[1]
    known = np.flatnonzero(np.isfinite(without))
    if known.size <= 1:
        return ""
    first, last = float(without[known[0]]), float(without[known[-1]])
    ends = {"first": wording.plain(first, 1, say), "last": wording.plain(last, 1, say)}
    given = say("How crime moved in the whole country is given to the model, not found by it.")
    if last < first:
        return (
            f"{say('Offences per 100 residents fell from {first} to {last} without the package too.', **ends)} {given}"
        )
    return f"{say('Offences per 100 residents rose from {first} to {last} without the package too.', **ends)} {given}"
