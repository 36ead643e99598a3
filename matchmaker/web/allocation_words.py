"""What allocations show, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from matchmaker.i18n import N_, Message
from matchmaker.matching.allocation_words import AND_MORE, SHOWN_CHANGES, change_message
from matchmaker.models import Allocation, Problem, Team
from matchmaker.queries import allocation as queries
from matchmaker.queries.allocation_reason import BECAUSE_WORDS, Because
from matchmaker.services.allocation_config import (
    AIM_LABELS,
    BASIS_LABELS,
    AllocationConfig,
    group_label,
)
from matchmaker.web.i18n import current_language, say
from matchmaker.workflows.allocation import ALLOCATION_WORKFLOW, AllocationState

_STAGES = {
    "served": N_("Problems with a team"),
    "filled": N_("Places filled"),
    "worst": N_("Fit of the weakest team placed, locked ones left out"),
    "total": N_("Total fit"),
}
#: Per cent of the job -> what it is doing from there on.
_STEPS = (
    (0, N_("Reading applications, matches and scores")),
    (10, N_("Looking for the best allocation")),
    (95, N_("Storing the results")),
)


def state_label(allocation: Allocation) -> tuple[str, str]:
    """What its state is called, and its tone; one whose job died counts as failed."""
    dead = queries.is_dead(allocation)
    label = ALLOCATION_WORKFLOW.labels[AllocationState.FAILED if dead else allocation.state]
    return say(label.staff), label.tone


def step_at(percent: int) -> str:
    """What an allocation that is so far is doing: a message."""
    return next(text for start, text in reversed(_STEPS) if start <= max(percent, 0))


def fit_words(config: AllocationConfig) -> str:
    """What the fit is made of."""
    if config.review_share == 0:
        return say(
            N_("The matcher’s score alone, from 0 (no likeness) to 100 (best pair of its run).")
        )
    if config.review_share == 100:
        return say(N_("The reviewers’ score alone, evened out for harsh and lenient readers."))
    text = N_(
        "%(review)s %% the reviewers’ score, evened out for harsh and lenient readers, and "
        "%(match)s %% the matcher’s score. Where one is missing, the other counts alone."
    )
    shares = {"review": config.review_share, "match": 100 - config.review_share}
    return say(Message(text, shares))


def config_facts(config: AllocationConfig) -> list[tuple[str, str]]:
    """What the allocation was asked for with, line by line."""
    floors = [f"{say(group_label(f.key))} ≥ {f.at_least}" for f in config.floors]
    none = _("none")
    return [
        (_("Who can be placed"), say(BASIS_LABELS[config.basis])),
        (_("What counts most"), say(AIM_LABELS[config.aim])),
        (_("Worst-off problem raised"), _("%(count)s times", count=config.rounds)),
        (_("What the fit is made of"), fit_words(config)),
        (_("Minimum fit"), none if config.minimum is None else f"{config.minimum:g}"),
        (_("Teams that every problem must get"), str(config.at_least)),
        (_("Problems a team gets at most"), str(config.capacity_at_most or _("as it says itself"))),
        (_("Problems that must get a team"), "、".join(floors) if floors else none),
        (_("Reserves kept for each problem"), str(config.reserves)),
    ]


def proof_words(allocation: Allocation) -> str:
    """How good the allocation is known to be."""
    if allocation.result["is_optimal"]:
        return say(N_("Proven: no other allocation within these limits is better."))
    text = N_(
        "The search was stopped by its time limit. The best possible is at most %(gap)s %% better."
    )
    return say(Message(text, {"gap": f"{100 * allocation.result['gap']:.2f}"}))


def stage_rows(allocation: Allocation) -> list[tuple[str, str, str]]:
    """Each aim with what was reached and what is out of reach."""
    rows = []
    for number, stage in enumerate(allocation.result["stages"]):
        # The stages before the first raising are the problems served and the places filled.
        again = stage["name"] == "worst" and number > 2
        label = say(N_("Then the next weakest") if again else _STAGES[stage["name"]])
        rows.append((label, f"{stage['value']:g}", f"{stage['bound']:g}"))
    return rows


def because_words(code: str) -> str:
    """Why a candidate was not placed."""
    return say(BECAUSE_WORDS[Because(code)]) if code else ""


def remedy_lines(session: Session, allocation: Allocation) -> list[tuple[list[str], bool]]:
    """The sets of limits to relax, in words with names, and whether each is proven the smallest."""
    remedies: list[dict[str, Any]] = allocation.result.get("remedies", [])
    changes = [change for remedy in remedies for change in remedy["changes"]]
    problems = queries.problems_by_id(session, {c["problem_id"] for c in changes})
    teams = queries.teams_by_id(session, {c["team_id"] for c in changes})
    return [
        (_told(remedy["changes"], problems, teams), remedy["is_smallest"]) for remedy in remedies
    ]


def _told(
    changes: list[dict[str, Any]], problems: dict[int, Problem], teams: dict[int, Team]
) -> list[str]:
    """The first changes of one way out, and how many more there are."""
    told = [say(_change(change, problems, teams)) for change in changes[:SHOWN_CHANGES]]
    more = len(changes) - SHOWN_CHANGES
    return [*told, say(Message(AND_MORE, {"count": more}))] if more > 0 else told


def _change(
    change: dict[str, Any], problems: dict[int, Problem], teams: dict[int, Team]
) -> Message:
    problem, team = problems.get(change["problem_id"]), teams.get(change["team_id"])
    return change_message(
        change["limit"],
        problem=quoted(problem.title(current_language())) if problem else "",
        team=quoted(team.name(current_language())) if team else "",
        group=group_label(change["group"]),
        now=change["now"],
        needed=change["needed"],
    )


def quoted(name: str) -> str:
    """A name in the reader's quotation marks."""
    return f"「{name}」" if current_language() == "zh" else f"“{name}”"


def move_words(reason: Message) -> str:
    """Why a team moved, with the names of problem and team."""
    language = current_language()
    named = {
        key: value.title(language)
        if isinstance(value, Problem)
        else value.name(language)
        if isinstance(value, Team)
        else value
        for key, value in reason.params.items()
    }
    return say(Message(reason.text, named))
