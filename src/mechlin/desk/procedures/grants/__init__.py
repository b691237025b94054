"""Grants where people meet: a round, and the plan of each street or neighbourhood in it. The rule is ``law/grants.py``."""

from mechlin.desk.procedures.grants.plan import PLAN
from mechlin.desk.procedures.grants.round import ROUND

PROCEDURES = (ROUND, PLAN)
