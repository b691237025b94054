"""City money for residents' plans: only where people meet.

A plan is paid when everybody who lives in the street or neighbourhood is invited; one that keeps residents apart is
refused, whoever hands it in. The rule looks at the invitation and never at who the residents are.

Source: the city's condition "everyone living there is invited", and 150 EUR for a street, 500 EUR for a neighbourhood
(Het Laatste Nieuws, 2018, on 198 initiatives paid 71,650 EUR together in 2017). Grants to start a project had the same
condition; what a project was granted was not published.
"""

STREET_EUR, NEIGHBOURHOOD_EUR = 150.0, 500.0
BASIS = "the city's condition for grants: everyone living there is invited"


def refusal(open_to_all: bool) -> str:
    """Return why a plan is refused, or nothing when it is paid.

    >>> refusal(open_to_all=True)
    ''
    >>> refusal(open_to_all=False)
    'a plan for one group only is refused: money goes only where people meet'
    """
    return "" if open_to_all else "a plan for one group only is refused: money goes only where people meet"


def paid_share(one_group_share: float, in_force: bool) -> tuple[float, float]:
    """Return the shares of all plans that are paid: those open to all, and those for one group.

    Without the rule ``in_force``, plans for one group are paid too: a rehearsal may look at that.
    """
    separate = 0.0 if in_force and refusal(open_to_all=False) else one_group_share
    return 1.0 - one_group_share, separate
