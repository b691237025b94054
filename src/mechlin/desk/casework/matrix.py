"""The one matrix of roles and actions, made from what is declared; and what is wrong with a desk's settings."""

from collections.abc import Mapping

from sqlalchemy import select

from mechlin.core.errors import MechlinError
from mechlin.desk.casework.declare import Procedure
from mechlin.desk.casework.office import Office
from mechlin.desk.ground.roles import GROUND, ROLES
from mechlin.desk.ground.tables import account, role_given


def matrix(procedures: Mapping[str, Procedure]) -> dict[str, frozenset[str]]:
    """Return every action with the roles that may take it; a step that another signs has a second line."""
    out = {name: frozenset(roles) for name, roles in GROUND.items()}
    for procedure in procedures.values():
        out[f"{procedure.name}: read a case"] = frozenset(procedure.readers)
        for action in procedure.actions:
            out[f"{procedure.name}: {action.name}"] = frozenset(action.by)
            if action.signed_by:
                out[f"{procedure.name}: sign {action.name}"] = frozenset(action.signed_by)
    return out


def wrong_with(office: Office, today: str) -> list[str]:
    """Return what keeps this desk from working, each in a sentence."""
    out = []
    settings = office.home.settings
    if not settings.contact:
        out.append("desk.toml: contact is empty; residents are told where to turn")
    try:
        with office.home.database.read() as conn:
            held = {
                row.role
                for row in conn.execute(
                    select(role_given.c.role)
                    .join(account, account.c.id == role_given.c.account)
                    .where(role_given.c.from_day <= today, role_given.c.to_day >= today, account.c.locked == 0)
                )
            }
            out += [f"the trigger {name} is not there" for name in office.home.database.missing_triggers(conn)]
    except MechlinError as error:
        return [*out, str(error)]
    needed = {role for roles in matrix(office.procedures).values() for role in roles if role in ROLES}
    for action, roles in matrix(office.procedures).items():
        if not roles & (held | {"resident", "system"}) and roles & needed:
            out.append(f"nobody can {action}: give somebody the role {' or '.join(sorted(roles))}")
    return out
