"""Why a candidate was not placed, and in words."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.i18n import N_


class Because(StrEnum):
    """A reason for not placing a candidate. The first group was never in the running."""

    CONFLICT = "conflict"
    ARCHIVED = "archived"
    NO_CAPACITY = "no_capacity"
    NO_SCORE = "no_score"
    BANNED = "banned"
    BELOW_MINIMUM = "below_minimum"
    PROBLEM_FULL = "problem_full"
    TEAM_ELSEWHERE = "team_elsewhere"
    OVERALL = "overall"


BECAUSE_WORDS = {
    Because.CONFLICT: N_("Conflict of interest"),
    Because.ARCHIVED: N_("The team has paused or disbanded"),
    Because.NO_CAPACITY: N_("The team takes on no problem at present"),
    Because.NO_SCORE: N_("No score yet to compare it by"),
    Because.BANNED: N_("Ruled out by the office"),
    Because.BELOW_MINIMUM: N_("Below the minimum fit"),
    Because.PROBLEM_FULL: N_("All places went to teams that fit at least as well"),
    Because.TEAM_ELSEWHERE: N_("The team has its place on another problem"),
    Because.OVERALL: N_("The place does more for the whole with another team"),
}

#: Reasons that keep a candidate from the solver altogether.
KEPT_OUT = (
    Because.CONFLICT,
    Because.ARCHIVED,
    Because.NO_CAPACITY,
    Because.NO_SCORE,
)
#: Reasons that a reserve may have: it would do, if a place became free.
WOULD_DO = (Because.PROBLEM_FULL, Because.TEAM_ELSEWHERE, Because.OVERALL)
