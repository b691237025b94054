"""Buddies: everybody who takes part, and each pair. The rule is ``law/buddies.py``."""

from mechlin.desk.procedures.buddies.pair import PAIR
from mechlin.desk.procedures.buddies.person import PERSON_CASE

PROCEDURES = (PERSON_CASE, PAIR)
