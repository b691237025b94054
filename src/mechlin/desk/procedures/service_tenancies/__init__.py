"""Service tenancies: a call with its lottery, and the file of each household. The rule is ``law/service_tenancy.py``."""

from mechlin.desk.procedures.service_tenancies.call import CALL
from mechlin.desk.procedures.service_tenancies.tenancy import TENANCY

PROCEDURES = (CALL, TENANCY)
