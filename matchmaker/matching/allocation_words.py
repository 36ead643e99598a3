"""The limits of an allocation that can be relaxed, and how that is said."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.i18n import N_, Message


class Limit(StrEnum):
    """A kind of limit that can be relaxed."""

    CAPACITY = "capacity"
    DEMAND = "demand"
    AT_LEAST = "at_least"
    FLOOR = "floor"
    MINIMUM = "minimum"
    BAN = "ban"
    PIN = "pin"


WORDS = {
    Limit.CAPACITY: N_(
        "Let team %(team)s take on %(needed)s instead of %(now)s problems at a time."
    ),
    Limit.DEMAND: N_("Let problem %(problem)s take %(needed)s instead of %(now)s teams."),
    Limit.AT_LEAST: N_(
        "Ask for at least %(needed)s instead of %(now)s teams for problem %(problem)s."
    ),
    Limit.FLOOR: N_(
        "Ask that at least %(needed)s instead of %(now)s problems of %(group)s get a team."
    ),
    Limit.MINIMUM: N_("Lower the minimum fit from %(now)s to %(needed)s."),
    Limit.BAN: N_("Allow team %(team)s on problem %(problem)s again."),
    Limit.PIN: N_("Do not insist on team %(team)s for problem %(problem)s."),
}


#: How many changes of one way out are told one by one.
SHOWN_CHANGES = 10
AND_MORE = N_("And %(count)s more of the kind.")


def change_message(
    limit: str,
    *,
    problem: Message | str,
    team: Message | str,
    group: Message | str,
    now: float,
    needed: float,
) -> Message:
    """Say which limit to relax and how far; names are the reader's."""
    return Message(
        WORDS[Limit(limit)],
        {
            "problem": problem,
            "team": team,
            "group": group,
            "now": f"{now:g}",
            "needed": f"{needed:g}",
        },
    )
