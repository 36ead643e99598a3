"""How well a pair went, as far as anybody can tell: the last word on it counts.

What was found out later outranks what was thought before: a review of the match, the team's answer,
the selection, then results. Whatever had nothing to do with the fit leaves the worth as it was: a
place that went to another team, an offer nobody answered, and every cause on the side of the owner,
the programme or the world outside. So nothing the owner did ever counts against a team.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.models import CauseSide, DeclineCause, Match
from matchmaker.queries.ranker_history import Fate
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.milestone import MilestoneState

#: What the office and the team made of a match. What the office endorsed and the team has not
#: answered, or turned down for reasons that have nothing to do with fit, counts as endorsed.
OF_MATCH = MappingProxyType(
    {
        MatchState.DECLINED: 0.0,
        MatchState.SUGGESTED: 0.3,
        MatchState.HELD: 0.3,
        MatchState.ENDORSED: 0.4,
        MatchState.INVITED: 0.4,
        MatchState.REFUSED: 0.4,
        MatchState.EXPIRED: 0.4,
        MatchState.ACCEPTED: 0.5,
    }
)
#: Reasons of a team, and of the office for not selecting it, that do speak of fit.
MISFIT, MISFIT_CODES = 0.2, ("field", "too_hard", "too_easy")
UNFIT, UNFIT_CAUSES = (
    0.3,
    (DeclineCause.BELOW_MINIMUM, DeclineCause.NOT_FEASIBLE, DeclineCause.GAPS),
)
APPLIED, SELECTED, COMPLETED = 0.5, 0.7, 0.9
_SELECTED = (ApplicationState.OFFERED, ApplicationState.CONFIRMED, ApplicationState.EXPIRED)
#: What a milestone says: passed, in part, or failed by the team's own doing.
OF_RESULT = MappingProxyType(
    {MilestoneState.PASSED: 1.0, MilestoneState.PARTLY: 0.8, MilestoneState.FAILED: 0.1}
)
BROKEN_OFF = 0.1

#: Where the last word on a pair came from, in words.
SOURCES = MappingProxyType(
    {
        "review": N_("Officers’ reviews and teams’ answers"),
        "selection": N_("Selection"),
        "result": N_("Results of the work"),
    }
)


def worth(match: Match, fate: Fate | None = None) -> tuple[float, str]:
    """How well a pair went, in [0, 1], and which of `SOURCES` says so."""
    value, source = _of_match(match), "review"
    if fate is None:
        return value, source
    steps: tuple[tuple[str, Callable[[Fate], float | None]], ...] = (
        ("selection", _of_selection),
        ("result", _of_results),
    )
    for name, step in steps:
        found = step(fate)
        if found is not None:
            value, source = found, name
    return value, source


def _of_match(match: Match) -> float:
    if match.state is MatchState.REFUSED and match.reason_code in MISFIT_CODES:
        return MISFIT
    return OF_MATCH[match.state]


def _of_selection(fate: Fate) -> float | None:
    """A team that applied was interested; one that was selected convinced the readers."""
    if fate.work is not None or fate.application in _SELECTED:
        return SELECTED
    if fate.application is ApplicationState.DECLINED and fate.cause in UNFIT_CAUSES:
        return UNFIT
    return APPLIED if fate.application is not None else None


def _of_results(fate: Fate) -> float | None:
    """The mean of the milestones that speak of the team; without any, how the work ended."""
    said = [OF_RESULT[state] for state, side in fate.results if _speaks(state, side)]
    if said:
        return sum(said) / len(said)
    if fate.work is EngagementState.COMPLETED:
        return COMPLETED
    if fate.work is EngagementState.STOPPED and fate.stop_side is CauseSide.TEAM:
        return BROKEN_OFF
    return None


def _speaks(state: MilestoneState, side: CauseSide | None) -> bool:
    return state is MilestoneState.PASSED or side in (None, CauseSide.TEAM)
