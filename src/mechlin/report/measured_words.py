"""What was measured in words: the verdict, why it is not the next better one, and what could overturn it.

A title has no verb of change: it speaks of an effect, of none larger than a limit, or says that nobody can tell.
"""

import math
from typing import TYPE_CHECKING

from mechlin.evaluation.estimators import DID
from mechlin.evaluation.evaluate import Estimate, Evaluation
from mechlin.evaluation.verdict import CANNOT, HOLDS, LEANS, NO_LARGER, UNSEEN, Reason
from mechlin.report import measured_numbers as numbers
from mechlin.report import wording
from mechlin.report.texts import ENGLISH, Language

if TYPE_CHECKING:
    from mechlin.study.measurement import Measurement


def title_of(found: Evaluation, say: Language = ENGLISH) -> str:
    """Return what the figure is called."""
    return say(found.outcome.title) if say.has(found.outcome.title) else found.outcome.title or found.outcome.name


def method(name: str, say: Language = ENGLISH) -> str:
    """Return what an estimator is called."""
    return {
        "did": say("difference-in-differences"),
        "levels": say("synthetic control on levels"),
        "changes": say("synthetic control on changes"),
    }[name]


def word(name: str, say: Language = ENGLISH) -> str:
    """Return a verdict's word; the limit or the rehearsed effect stands in its sentence."""
    return {
        HOLDS: say("holds"),
        LEANS: say("leans"),
        NO_LARGER: say("no effect larger than a limit"),
        UNSEEN: say("could not have been seen"),
        CANNOT: say("cannot tell"),
    }[name]


def headed(found: Evaluation, say: Language = ENGLISH) -> str:
    """Return a verdict's word as it begins a line."""
    return _first_capital(word(found.verdict.word, say))


def sentence(found: Evaluation, say: Language = ENGLISH) -> str:
    """Return the verdict as a sentence."""
    what = found.verdict.word
    named = {"title": title_of(found, say), "place": found.panel.town, "start": found.panel.start}
    effect = _by_method(found, say)
    if what == HOLDS:
        return say(
            "{title}: an effect of {effect} in {place} from {start} on holds against other towns",
            effect=effect,
            **named,
        )
    if what == LEANS:
        return say("{title}: leans towards an effect of {effect} in {place} from {start} on", effect=effect, **named)
    if what == NO_LARGER:
        limit = numbers.number(found.verdict.limit or 0.0, found, say)
        return say("{title}: no effect larger than {limit} in {place} from {start} on", limit=limit, **named)
    if what == UNSEEN:
        size = numbers.number(abs(found.outcome.rehearsed or 0.0), found, say)
        return say(
            "{title}: an effect of {size}, as rehearsed, could not have been seen in {place}", size=size, **named
        )
    return say("{title}: cannot tell whether there was an effect in {place} from {start} on", **named)


def _by_method(found: Evaluation, say: Language) -> str:
    """Return the effect, or between which effects the estimators lie, with its unit."""
    effects = sorted((e.effect for e in found.estimates), key=abs)
    near, far = effects[0], effects[-1]
    if near == far:
        return numbers.number(near, found, say)
    factor = wording.scaled(found.outcome.unit)[0]
    places = numbers.decimals(far * factor, near * factor)
    ends = [wording.plain(v * factor, places, say) for v in (near, far)]
    return f"{say('{low} to {high}', low=ends[0], high=ends[1])} {numbers.behind(found, say)}".rstrip()


def reason(why: Reason, found: Evaluation, say: Language = ENGLISH) -> str:
    """Return why a verdict is not the next better one, as a sentence."""
    v = why.values
    methods = ", ".join(method(m, say) for m in v.get("methods", ()))
    p, most = numbers.p_value(v.get("p"), say), numbers.limit_of(v.get("most"), say)
    told = {
        "short": lambda: say("Periods before the start: {before}; {least} are needed.", **v),
        "few": lambda: say("Towns to compare with: {donors}; {least} are needed.", **v),
        "fit": lambda: say(
            "No mix of other towns tells its past well: {share} of them are told better by theirs.",
            share=wording.per_cent(v["share"]),
        ),
        "signs": lambda: say("The estimators do not agree on the direction."),
        "fake": lambda: say(
            "A start pretended in {start} gives an effect too ({method}, p {p}).",
            start=v["start"],
            method=method(v["method"], say),
            p=p,
        ),
        "one_out": lambda: say(
            "Without one of the towns the effect points the other way ({methods}).", methods=methods
        ),
        "equal_sign": lambda: say(
            "Mixes of towns that fit the past equally well give effects in both directions ({methods}).",
            methods=methods,
        ),
        "equal": lambda: say(
            "More towns than periods before: mixes that fit equally well give effects more than {share} apart ({methods}).",
            share=wording.per_cent(v["share"]),
            methods=methods,
        ),
        "regression": lambda: say(
            "Beyond what any town with that past may expect, p is {p}; at most {most} is asked.", p=p, most=most
        ),
        "regression_sign": lambda: say("Regression to the mean alone would explain it all."),
        "p_plain": lambda: say("Difference-in-differences: p {p}; at most {most} is asked.", p=p, most=most),
        "p_matched": lambda: (
            say("No well-fitting synthetic control: p {p}; at most {most} is asked.", p=p, most=most)
            if v.get("p") is None
            else say("Synthetic control: p {p}; at most {most} is asked.", p=p, most=most)
        ),
        "break": lambda: say("The way of counting changed in {at}.", at=v["at"]),
        "dose": lambda: say(
            "Of the planned doses {share} was delivered; {least} is asked.",
            share=wording.per_cent(v["share"]),
            least=wording.per_cent(v["least"]),
        ),
        "unseen": lambda: say(
            "The smallest effect that would have been seen is {least}.", least=numbers.number(v["least"], found, say)
        ),
        "matters": lambda: say("It was not said beforehand which effect would matter."),
        "set": lambda: say(
            "The sets, from {low} to {high}, do not exclude an effect of {matters}.",
            **numbers.ends(v["low"], v["high"], found, say),
            matters=numbers.number(v["matters"], found, say),
        ),
    }
    return told[why.rule]()


def wanted(found: Evaluation, say: Language = ENGLISH) -> str:
    """Return whether an effect goes the way that is better; empty where there is none or no way is."""
    better, up = found.outcome.better, found.main.effect > 0
    if found.verdict.word not in (HOLDS, LEANS) or better not in ("up", "down"):
        return ""
    if (better == "up") == up:
        return say("That is the direction wanted.")
    return say("That is against the direction wanted.")


def reasons(found: Evaluation, say: Language = ENGLISH) -> list[str]:
    """Return every reason why the verdict is not the next better one."""
    return [reason(why, found, say) for why in found.verdict.why]


def because(found: Evaluation, say: Language = ENGLISH) -> str:
    """Return the heading of the reasons."""
    better = found.verdict.next_better
    return say("Why not “{word}”", word=word(better, say)) if better else say("Nothing stands in its way")


def visible(e: Estimate, found: Evaluation, say: Language = ENGLISH) -> str:
    """Return what could have been seen with one estimator."""
    if not math.isfinite(e.visible.effect):
        return say("nothing: with so few towns p cannot be small enough")
    return numbers.number(e.visible.effect, found, say)


def notes(found: Evaluation, say: Language = ENGLISH) -> list[str]:
    """Return what a reader should know about the table and the towns."""
    panel, choices = found.panel, found.choices
    told = {
        "late": lambda v: say("Its figures begin in {first}; what other towns have from before is not used.", **v),
        "hole": lambda v: say("No town has a figure for {periods}.", periods=_spans(v["periods"])),
        "merged": lambda v: say(
            "{ended} end where {began} begin, in {at}: if they merged, add them up with a crosswalk.", **v
        ),
        "jump": lambda v: say("In {at} all towns jump at once: was the way of counting changed?", **v),
        "until": lambda v: say("Figures of after {last} are not used: the rehearsal beside them ends then.", **v),
        "alone": lambda v: say(
            "No other town lies within {km} km or shares a police zone, programme or school platform with it, as far as the "
            "table of towns says: none was set apart.",
            **v,
        ),
        "nearest": lambda v: say("{gone} towns with a more distant past were not used, {kept} were.", **v),
    }
    out = [told[name](values) for name, values in panel.notes]
    thin = choices.rules.donors_per_period * panel.before
    if len(panel.donors) > thin and choices.penalty == 0.0:
        out.append(
            say(
                "{before} periods before, {donors} towns: the mix is not the only one that fits. At most {most} towns "
                "(--donors), or a penalty (--penalty), would make it firmer.",
                before=panel.before,
                donors=len(panel.donors),
                most=int(thin),
            )
        )
    for e in found.estimates:
        heavy = float(e.fit.weights.max())
        if e.method != DID and heavy > choices.rules.heavy_share:
            out.append(
                say(
                    "One town carries {share} of the mix: {town} ({method}).",
                    share=wording.per_cent(heavy),
                    town=panel.donors[int(e.fit.weights.argmax())],
                    method=method(e.method, say),
                )
            )
        if e.visible.size > 0.1:
            out.append(
                say(
                    "Where nothing happened, the test calls {share} of towns an effect ({method}): read its p with care.",
                    share=wording.per_cent(e.visible.size),
                    method=method(e.method, say),
                )
            )
    if found.two_out_bound is not None:
        out.append(
            say(
                "With {donors} towns no p of one town can reach {level}; p is that with two towns left out, which errs in "
                "at most {bound} of towns.",
                donors=len(panel.donors),
                level=numbers.limit_of(choices.rules.holds_p, say),
                bound=wording.per_cent(found.two_out_bound),
            )
        )
    if found.outcome.breaks and not any(r.rule == "break" for r in found.verdict.why):
        out.append(say("The way of counting changed in {at}.", at=", ".join(found.outcome.breaks)))
    if not panel.spill_towns and not any(name == "alone" for name, _ in panel.notes):
        out.append(say("Which towns the measure may have reached was not looked at: no table of towns was given."))
    if found.outcome.dose_share is None:
        out.append(say("How much of the measure was delivered was not looked at."))
    return out


def _spans(said: str) -> str:
    """Return periods as they are written in every language: "2003–2004, 2009"."""
    return said.replace(" to ", "–").replace(" and ", " + ").removesuffix(" more")


def left_out_why(why: str, more: str, say: Language = ENGLISH) -> str:
    """Return why a town is no comparison."""
    return {
        "gaps": say("no figure for {periods}", periods=_spans(more)),
        "constant": say("{value} in every period", value=more),
        "near": say("nearby: {km}", km=more),
        "shared": say("shares {what}", what=more),
        "named": more or say("left out by choice"),
    }[why]


def overturned(found: Evaluation, say: Language = ENGLISH) -> list[str]:
    """Return what would have to be true for the verdict to be wrong, or what would let one tell."""
    main, panel = found.main, found.panel
    named = {"place": panel.town, "start": panel.start}
    if found.verdict.word in (CANNOT, UNSEEN):
        out = [
            say(
                "There was an effect, smaller than {least}: less than that is not seen in four of five towns.",
                least=visible(main, found, say),
            )
            if math.isfinite(main.visible.effect)
            else say("There was an effect: with so few towns none could be seen."),
            say("More towns, a longer past, or a figure that moves less from year to year would show smaller effects."),
        ]
    else:
        out = [
            say(
                "Something else happened in {place} from {start} on and not in the other towns: a large employer, another "
                "way of recording, another measure.",
                **named,
            ),
            say("The measure also reached the towns that it is compared with."),
        ]
    for e in found.estimates:
        low, high = (min(e.without_one), max(e.without_one)) if e.without_one else (e.effect, e.effect)
        out.append(
            say(
                "{method}: {effect}; with one town left out {low} to {high}.",
                method=_first_capital(method(e.method, say)),
                effect=numbers.number(e.effect, found, say),
                **numbers.ends(low, high, found, say),
            )
        )
        if e.equal[1] - e.equal[0] > found.choices.rules.equal_share * abs(e.effect):
            out.append(
                say("Mixes that fit the past equally well: {low} to {high}.", **numbers.ends(*e.equal, found, say))
            )
        if e.with_spill is not None:
            out.append(
                say(
                    "With the towns set apart as donors too: {effect}, p {p}.",
                    effect=numbers.number(e.with_spill[0], found, say),
                    p=numbers.p_value(e.with_spill[1], say),
                )
            )
    r = found.regression
    out.append(
        say(
            "Of any town with that past one may expect {expected} beside the others' change; {beyond} lies beyond it (p {p}).",
            expected=numbers.number(r.expected, found, say),
            beyond=numbers.number(r.beyond, found, say),
            p=numbers.p_value(r.p, say),
        )
    )
    return out


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def exploratory(found: "Measurement", say: Language = ENGLISH) -> str:
    """Return how far what was found had been planned."""
    if found.signature is None:
        return say("Exploratory: no plan was signed beforehand.")
    if found.signature.known_after:
        return say(
            "Exploratory: when {by} signed the plan on {on}, {known} periods after the start were known already.",
            by=found.signature.by,
            on=found.signature.on[:10],
            known=found.signature.known_after,
        )
    return say(
        "Planned: signed by {by} on {on}, before any figure of after the start; hash {hash}.",
        by=found.signature.by,
        on=found.signature.on[:10],
        hash=found.signature.hash[:16],
    )


def deviations(found: "Measurement", say: Language = ENGLISH) -> list[str]:
    """Return what is not as it was signed, each with its reason, or that none is given."""
    out = []
    for d in found.deviations:
        if d.what == "past":
            told = say("The figures of before the start are no longer those of the day of signing.")
        elif d.was or d.now:
            told = say("{what}: planned {was}, done {now}.", what=d.what, was=d.was or "–", now=d.now or "–")
        else:
            told = f"{d.what}."
        why = say("Why: {why}", why=d.why) if d.why else say("No reason is given.")
        out.append(f"{told} {why}")
    return out


def beside_head(say: Language) -> list[str]:
    """Return the heads of a table that sets rehearsed differences beside those from other towns."""
    return [
        "",
        say("years"),
        say("rehearsed, a year"),
        say("beside other towns, a year"),
        say("smallest that could be seen"),
        say("verdict"),
    ]
