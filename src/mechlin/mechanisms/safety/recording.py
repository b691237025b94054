"""What the police hear of: most offences are suffered without being recorded, and most recorded ones stay unsolved."""

from mechlin.core.codes import Offence
from mechlin.core.compiled import compiled


@compiled
def usually_recorded(kind, p):
    """Return the share of a kind of offence that the police record where their number is the usual one."""
    if kind == Offence.BURGLARY:
        return p.reported_burglary
    if kind == Offence.THEFT:
        return p.reported_theft
    if kind == Offence.VEHICLE:
        return p.reported_vehicle
    return p.reported_violence if kind == Offence.VIOLENCE else p.reported_nuisance


@compiled
def recording(kind, dose, p):
    """Return the chance that the police record an offence, where their number is ``dose`` times the usual one.

    More of them also see, and are told, more of violence and nuisance.
    """
    seen = kind == Offence.VIOLENCE or kind == Offence.NUISANCE
    return min(usually_recorded(kind, p) * (dose**p.detection if seen else 1.0), 1.0)


@compiled
def clearance(kind, filmed, p):
    """Return the chance that a recorded offence is solved; pictures add evidence to part of what would stay unsolved."""
    usual = p.solved_burglary
    if kind == Offence.THEFT:
        usual = p.solved_theft
    elif kind == Offence.VEHICLE:
        usual = p.solved_vehicle
    elif kind == Offence.VIOLENCE:
        usual = p.solved_violence
    elif kind == Offence.NUISANCE:
        usual = p.solved_nuisance
    return usual + (1.0 - usual) * p.evidence_gain * min(filmed, 1.0)
