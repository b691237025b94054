"""How many residents have much trust in the city's government: everybody, as surveyed, and by area and group."""

from mechlin.core.declare import Indicator
from mechlin.indicators.shared.monitor import ANSWERS, answer_cards, answers_of, backgrounds

INDICATORS = answer_cards(ANSWERS[0])


def of_backgrounds(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    """Return the share of each background, because that is how unfairness is seen."""
    return answers_of(ANSWERS[0], backgrounds(names))
