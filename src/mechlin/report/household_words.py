"""What befalls a simulated household, in words: a sentence for each kind of event, and a short name to count it by.

Every text here is the key of the catalogues in ``texts``; a test looks whether each is there.
"""

from collections.abc import Sequence

from mechlin.report.texts import Language
from mechlin.study.household import HouseholdStory, Told

SENTENCES = {
    "born": "A child is born.",
    "died": "A member of the household ({age}) dies.",
    "moved in": "Somebody ({age}) comes to live with them.",
    "moved out": "A member ({age}) moves out.",
    "went away": "A member ({age}) moves to another city.",
    "found work": "An adult ({age}) finds work.",
    "lost work": "An adult ({age}) loses their work and looks for another.",
    "stopped working": "An adult ({age}) stops working.",
    "retired": "An adult ({age}) retires.",
    "other school": "A child ({age}) changes school.",
    "burglary": "Their home is broken into.",
    "victim": "A member ({age}) is the victim of an offence.",
    "stopped": "A member ({age}) is stopped by the police.",
    "warned": "A member ({age}) and the parents get a warning for nuisance.",
    "plan": "Parents and a member ({age}) agree on a plan of help.",
    "fined": "The parents are fined.",
    "buddy": "A member ({age}) begins to meet somebody regularly, a newcomer and a resident together.",
    "activity": "A member ({age}) meets others at a joint activity for the first time.",
    "no home": "They have no home of their own any more and stay with others.",
    "renovated": "Their home is renovated.",
    "rent too high": "The rent has risen past what they can carry.",
    "waiting list": "They are put on the waiting list for a social home.",
    "moved": "They move to {area}: {tenure}.",
    "tenure": "They stay in their home, from now on {tenure}.",
    "place": "They are given a place in a measure: {measure}.",
}
_BEGINS = "Begins in their neighbourhood: {measure}."
LEAVING = {
    "own reasons": "They leave the city, for reasons of their own.",
    "choice": "They leave the city: a home elsewhere suits them better.",
    "priced out": "They leave the city: the rent had become too high.",
    "no home": "They leave the city: they found no home.",
}
SCHOOL = {
    "0": "A child gets a place at a school, but none of the wishes was granted.",
    "1": "A child gets a place at a school: the first wish.",
    "": "A child gets a place at a school: wish number {rank}.",
}
TENURES = {
    "owner": "a home of their own",
    "private": "privately rented",
    "social": "a social home",
    "service": "let in return for community work",
    "lodging": "no home of their own",
}
COUNTED = {
    "born": "a child was born",
    "died": "somebody died",
    "moved in": "somebody moved in",
    "moved out": "somebody moved out",
    "went away": "somebody left for another city",
    "found work": "somebody found work",
    "lost work": "somebody lost their work",
    "stopped working": "somebody stopped working",
    "retired": "somebody retired",
    "school place": "a child got a place at a school",
    "other school": "a child changed school",
    "burglary": "the home was broken into",
    "victim": "somebody was the victim of an offence",
    "stopped": "somebody was stopped by the police",
    "warned": "a warning for nuisance",
    "plan": "a plan of help agreed",
    "fined": "the parents were fined",
    "buddy": "met a newcomer or a resident regularly",
    "activity": "met others at a joint activity",
    "no home": "lost the home of their own",
    "renovated": "the home was renovated",
    "rent too high": "the rent rose too high",
    "waiting list": "put on the waiting list for a social home",
    "moved": "moved within the city",
    "tenure": "kept the home on other terms",
    "place": "were given a place in a measure",
    "left city": "left the city",
}
KINDS = {
    "family": "a family with a child under 12",
    "lone parent": "a lone parent",
    "couple": "a couple without children",
    "one person": "one person, under 65",
    "older": "residents of 65 and over",
}


def texts() -> set[str]:
    """Return every text that stands here, for whoever checks the catalogues."""
    return {_BEGINS} | {
        text for known in (SENTENCES, LEAVING, SCHOOL, TENURES, COUNTED, KINDS) for text in known.values()
    }


def told(event: Told, story: HouseholdStory, say: Language) -> str:
    """Return an event as a sentence."""
    if event.kind == "left city":
        return say(LEAVING.get(event.detail, COUNTED[event.kind]))
    if event.kind == "school place":
        return say(SCHOOL.get(event.detail, SCHOOL[""]), rank=event.detail)
    measure = say(story.titles.get(event.detail, event.detail))
    tenure = say(TENURES.get(event.detail, event.detail))
    return say(SENTENCES.get(event.kind, event.kind), age=event.age, area=event.area, tenure=tenure, measure=measure)


def begins(measures: Sequence[str], say: Language) -> str:
    """Return that these measures, by their English titles, begin where the household lives."""
    return say(_BEGINS, measure=say.joined(say(title) for title in measures))
