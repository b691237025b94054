"""School places: a round, and the application of each child in it. The rule is ``law/school_draw.py``."""

from mechlin.desk.procedures.school_places.application import APPLICATION
from mechlin.desk.procedures.school_places.replay import replay
from mechlin.desk.procedures.school_places.round import ROUND

PROCEDURES = (ROUND, APPLICATION)
REPLAY = replay
