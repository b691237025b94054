"""What the numbers in coded columns mean, each in one place: tenure, work, education, role, offences, who pays.

Compiled code and NumPy take a member for the whole number that it is.
"""

from enum import IntEnum

MAJORITY = 18  # years: the age from which somebody is an adult
MAJORITY_MONTHS = 12 * MAJORITY


class Tenure(IntEnum):
    """How a household holds its home; a home is owned, let privately or social, whoever lives there."""

    LODGING = -1  # no home of its own
    OWNER = 0
    PRIVATE = 1
    SOCIAL = 2
    SERVICE = 3  # let in return for community work


class Work(IntEnum):
    """Whether somebody works."""

    OUTSIDE = 0  # of the labour force: in education, at home, retired
    LOOKING = 1
    WORKING = 2


class Education(IntEnum):
    """The highest level completed."""

    NONE = -1  # not of age yet
    LOW = 0
    MIDDLE = 1
    HIGH = 2


class Role(IntEnum):
    """What somebody is in their household."""

    HEAD = 0  # or the partner, or another adult beside them
    CHILD = 1  # of any age, who lives with parents


class Offence(IntEnum):
    """The kinds of offence."""

    BURGLARY = 0
    THEFT = 1  # of bicycles, of bags, in shops
    VEHICLE = 2  # of and from vehicles
    VIOLENCE = 3
    NUISANCE = 4


class Payer(IntEnum):
    """Who pays for a measure."""

    CITY = 0
    REGION = 1
    RESIDENTS = 2


def words(codes: type[IntEnum]) -> tuple[str, ...]:
    """Return what the codes from 0 on are called, in their order: the columns of what is counted by them.

    >>> words(Education)
    ('low', 'middle', 'high')
    """
    return tuple(code.name.lower() for code in codes if code >= 0)


EDUCATIONS, OFFENCES = len(words(Education)), len(words(Offence))
