"""Who may do what. The table here and what each procedure declares make the one matrix of roles and actions."""

from dataclasses import dataclass

ROLES = {
    "clerk": "clerk",
    "signer": "head of service, who signs",
    "school": "head teacher",
    "official": "sanctioning official",
    "mediator": "mediator",
    "coordinator": "coordinator",
    "jury": "member of a jury",
    "police": "police",
    "council": "member of the council",
    "auditor": "auditor",
    "dpo": "data protection officer",
    "admin": "administrator of accounts",
}
RESIDENT = "resident"  # whoever has no account
SYSTEM = "system"  # what follows by rule, with nobody's doing
EVERYBODY = (*ROLES, RESIDENT)

# What is no step of a procedure. Steps and their roles are declared with the procedure.
GROUND: dict[str, tuple[str, ...]] = {
    "read a case": ("clerk", "signer", "auditor", "dpo"),  # of any procedure; others where they take a step
    "stop the clock": ("clerk", "official", "coordinator"),
    "start the clock": ("clerk", "official", "coordinator"),
    "correct a person": ("clerk",),
    "send a letter": ("clerk", "official", "coordinator"),
    "enter an objection": ("clerk", RESIDENT),
    "see the oversight": ("council", "auditor", "signer", "dpo", "official"),
    "see who is late": ("clerk", "signer", "official", "coordinator", "mediator", "auditor"),
    "check the log": ("auditor", "dpo", "signer"),
    "export a case": ("clerk", "auditor", "dpo"),
    "list what must go": ("clerk", "dpo"),
    "prepare destruction": ("clerk",),
    "sign destruction": ("dpo",),
    "keep accounts": ("admin",),
    "see public pages": EVERYBODY,
}


@dataclass(frozen=True)
class RoleGiven:
    """A role that an account has: for which procedure and area ("*" for all), and as whose deputy."""

    role: str
    procedure: str = "*"
    area: str = "*"
    deputy_of: str = ""


@dataclass(frozen=True)
class Actor:
    """Whoever does something: an account with its roles, a resident, or the desk itself."""

    account: str
    name: str = ""
    roles: tuple[RoleGiven, ...] = (RoleGiven(RESIDENT),)
    browser: str = ""

    def role_for(self, allowed: tuple[str, ...], procedure: str = "*", area: str = "*") -> RoleGiven | None:
        """Return the role by which the actor may do what ``allowed`` roles may, or None.

        A role for one procedure or area says nothing about another; ``"*"`` asks for any.
        """
        for given in self.roles:
            if given.role in allowed and _fits(given.procedure, procedure) and _fits(given.area, area):
                return given
        return None

    @property
    def hands(self) -> frozenset[str]:
        """The account, and everybody in whose place it may stand: none of them is a second person."""
        return frozenset({self.account, *(given.deputy_of for given in self.roles if given.deputy_of)})


RESIDENT_ACTOR = Actor(RESIDENT)
SYSTEM_ACTOR = Actor(SYSTEM, roles=(RoleGiven(SYSTEM),))


def _fits(given: str, asked: str) -> bool:
    return given == "*" or asked in ("*", "", given)


def may(actor: Actor, action: str, procedure: str = "*", area: str = "*") -> bool:
    """Return whether the actor may do what stands in ``GROUND``."""
    return actor.role_for(GROUND[action], procedure, area) is not None
