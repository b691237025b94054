"""How many residents often feel unsafe: everybody, as surveyed, and by area and group."""

from mechlin.core.declare import Indicator
from mechlin.indicators.shared.monitor import ANSWERS, answer_cards, answers_of, backgrounds

INDICATORS = answer_cards(ANSWERS[1])


def of_backgrounds(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    """Return the share of each background, because that is how unfairness is seen."""
    return answers_of(ANSWERS[1], backgrounds(names))
