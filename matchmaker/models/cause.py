"""Why work did not go as planned, and on whose side the cause lies: one list for all who ask.

Stage decisions, early stops, results of milestones and extensions use it. A cause belongs to
exactly one side, so that what lay with the owner, the programme or the world outside is never
counted against the team.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_


class CauseSide(StrEnum):
    TEAM = "team"
    OWNER = "owner"
    PROGRAMME = "programme"
    OUTSIDE = "outside"


CAUSE_SIDE_LABELS = MappingProxyType(
    {
        CauseSide.TEAM: N_("The team’s side"),
        CauseSide.OWNER: N_("The owner’s side"),
        CauseSide.PROGRAMME: N_("The programme’s side"),
        CauseSide.OUTSIDE: N_("Outside everybody’s reach"),
    }
)


class Cause(StrEnum):
    # The team's side.
    CAPACITY = "capacity"
    QUALITY = "quality"
    METHOD = "method"
    SKILLS = "skills"
    LEFT = "left"
    DISSOLVED = "dissolved"
    WITHDREW = "withdrew"
    TEAM_SILENT = "team_silent"
    TERMS_BROKEN = "terms_broken"
    # The owner's side.
    OWNER_SILENT = "owner_silent"
    DATA_LATE = "data_late"
    DATA_UNFIT = "data_unfit"
    ACCESS = "access"
    PRIORITIES = "priorities"
    BUDGET = "budget"
    SCOPE_CHANGED = "scope_changed"
    PROBLEM_WITHDRAWN = "problem_withdrawn"
    # The programme's side.
    RULES = "rules"
    FUNDS = "funds"
    SCHEDULE = "schedule"
    CALL_CANCELLED = "call_cancelled"
    # Outside.
    LAW = "law"
    MARKET = "market"
    SUPPLIER = "supplier"
    FORCE_MAJEURE = "force_majeure"


CAUSE_LABELS = MappingProxyType(
    {
        Cause.CAPACITY: N_("The team had too little time or too few people"),
        Cause.QUALITY: N_("What was delivered does not reach what was agreed"),
        Cause.METHOD: N_("The approach did not work"),
        Cause.SKILLS: N_("A competency turned out to be missing in the team"),
        Cause.LEFT: N_("Somebody the work rests on has left the team"),
        Cause.DISSOLVED: N_("The team broke up"),
        Cause.WITHDREW: N_("The team gave the work up"),
        Cause.TEAM_SILENT: N_("The team does not answer"),
        Cause.TERMS_BROKEN: N_("The team broke the terms"),
        Cause.OWNER_SILENT: N_("The owner does not answer"),
        Cause.DATA_LATE: N_("The data came late or not at all"),
        Cause.DATA_UNFIT: N_("The data do not suit the task"),
        Cause.ACCESS: N_("No access to the site, machines or people needed"),
        Cause.PRIORITIES: N_("The owner has other priorities now"),
        Cause.BUDGET: N_("The owner has no budget for it any more"),
        Cause.SCOPE_CHANGED: N_("The owner changed what is asked for"),
        Cause.PROBLEM_WITHDRAWN: N_("The owner withdrew the problem"),
        Cause.RULES: N_("The programme’s rules changed"),
        Cause.FUNDS: N_("The programme’s funds came late or fell away"),
        Cause.SCHEDULE: N_("The programme’s own steps took too long"),
        Cause.CALL_CANCELLED: N_("The call was cancelled"),
        Cause.LAW: N_("A law or an authority stands in the way"),
        Cause.MARKET: N_("The market changed: the result is no longer needed"),
        Cause.SUPPLIER: N_("A supplier or a service outside failed"),
        Cause.FORCE_MAJEURE: N_("Earthquake, typhoon, epidemic or the like"),
    }
)

CAUSES_OF = MappingProxyType(
    {
        CauseSide.TEAM: (
            Cause.CAPACITY,
            Cause.QUALITY,
            Cause.METHOD,
            Cause.SKILLS,
            Cause.LEFT,
            Cause.DISSOLVED,
            Cause.WITHDREW,
            Cause.TEAM_SILENT,
            Cause.TERMS_BROKEN,
        ),
        CauseSide.OWNER: (
            Cause.OWNER_SILENT,
            Cause.DATA_LATE,
            Cause.DATA_UNFIT,
            Cause.ACCESS,
            Cause.PRIORITIES,
            Cause.BUDGET,
            Cause.SCOPE_CHANGED,
            Cause.PROBLEM_WITHDRAWN,
        ),
        CauseSide.PROGRAMME: (
            Cause.RULES,
            Cause.FUNDS,
            Cause.SCHEDULE,
            Cause.CALL_CANCELLED,
        ),
        CauseSide.OUTSIDE: (
            Cause.LAW,
            Cause.MARKET,
            Cause.SUPPLIER,
            Cause.FORCE_MAJEURE,
        ),
    }
)
#: The side on which each cause lies.
SIDE_OF = MappingProxyType({cause: side for side, causes in CAUSES_OF.items() for cause in causes})
