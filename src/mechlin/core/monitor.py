"""What a city monitor counts, and of whom: the layout of rows that attitudes fill and indicators read.

A count is one row of numbers in the order of :class:`Counted`, for an area, or for everybody of one background, fifth
of income and age band. Answers are added up in parts of 1,024, since everybody has a chance of each answer; the rest in people.
"""

from typing import NamedTuple

PARTS = 1024  # of an answer
AGE_BANDS = ("0_17", "18_34", "35_64", "65_up")
FIFTHS = 5


class Counted(NamedTuple):
    """Places in a row of counts; answers and belonging are in parts, the rest people."""

    residents: int = 0
    adults: int = 1
    trusting: int = 2
    unsafe: int = 3
    proud: int = 4
    belonging: int = 5
    victims: int = 6
    housed: int = 7
    placed: int = 8
    first_wish: int = 9


ITEM = Counted()
ITEMS = len(ITEM)
