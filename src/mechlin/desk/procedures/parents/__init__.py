"""Parents involved when a minor was found causing nuisance. The rule is ``law/parental_procedure.py``."""

from mechlin.desk.procedures.parents.file import FILE

PROCEDURE = FILE
