"""How a team stands to a problem, and how its list moved, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.competency.reach import Reach
from matchmaker.i18n import N_, Message
from matchmaker.queries.ranking_change import LatestChange
from matchmaker.services.problem_fit import HOURS_A_WEEK, NeedLine, ProblemFit, Way
from matchmaker.web.explanations import FEATURES, concept, joined
from matchmaker.web.i18n import current_language, say
from matchmaker.web.learning_words import check_url as check_url

REACH = {
    Reach.EASY: N_("Rather easy for you: you are likely a level above everything it asks for."),
    Reach.RIGHT: N_("The right difficulty for you."),
    Reach.STRETCH: N_("A stretch: within reach if you close what is open below."),
    Reach.BEYOND: N_("Out of reach for now: something it cannot do without is far above you."),
    Reach.UNKNOWN: N_(
        "Too little is known of your levels to say whether it is too hard or too easy."
    ),
}
TONES = {
    Reach.EASY: "neutral",
    Reach.RIGHT: "good",
    Reach.STRETCH: "waiting",
    Reach.BEYOND: "stop",
    Reach.UNKNOWN: "neutral",
}
REACH_SHORT = {
    Reach.EASY: N_("Rather easy"),
    Reach.RIGHT: N_("Right difficulty"),
    Reach.STRETCH: N_("A stretch"),
    Reach.BEYOND: N_("Out of reach for now"),
    Reach.UNKNOWN: N_("Difficulty not known"),
}
#: The part of the score by which a missing must-have outweighs everything else.
GATE = "must_have"
STATUS = {
    "met": N_("shown"),
    "below": N_("below the level"),
    "unconfirmed": N_("named, not shown"),
    "missing": N_("not shown"),
}


def percent(fit: ProblemFit) -> str:
    """How likely the team has what is asked for."""
    return "–" if math.isnan(fit.fit) else f"{fit.fit:.0%}"


def reach_text(fit: ProblemFit) -> str:
    """Whether the difficulty is right."""
    return say(REACH[fit.reach])


def reach_short(fit: ProblemFit) -> str:
    """The same in two words."""
    return say(REACH_SHORT[fit.reach])


def reach_tone(fit: ProblemFit) -> str:
    """The tone it is shown in."""
    return TONES[fit.reach]


def carried_by(line: NeedLine) -> str:
    """Who on the team carries a requirement."""
    return joined(user.name for user in line.carriers)


def way_text(way: Way, fit: ProblemFit) -> str:
    """Who would learn what to close a gap, and whether there is time."""
    names = joined(resource.title(current_language()) for _step, resource in way.steps)
    facts = {
        "who": way.member.name,
        "names": names,
        "hours": f"{way.hours:g}",
        "weeks": way.weeks,
        "pace": HOURS_A_WEEK,
    }
    text = (
        N_(
            "Shortest way: %(who)s takes %(names)s (%(hours)s hours, "
            "about %(weeks)s weeks at %(pace)s hours a week)."
        )
        if way.closes
        else N_(
            "A part of the way: %(who)s takes %(names)s (%(hours)s hours, "
            "about %(weeks)s weeks at %(pace)s hours a week)."
        )
    )
    return say(Message(text, facts))


def learn_url(problem_id: int) -> str:
    """Where a member sees what to learn for a problem."""
    return url_for("enrolment.mine", aim=f"problem-{problem_id}")


def wish_url(team_id: int, line: NeedLine, problem_id: int) -> str:
    """Where the team says that it looks for somebody who can."""
    need = line.need
    return url_for(
        "member_wish.index",
        team_id=team_id,
        competency=need.competency,
        level=need.level,
        problem_id=problem_id,
    )


def moves(latest: LatestChange) -> list[dict[str, Any]]:
    """Each problem that moved, with where from, where to, by how much and why."""
    return [
        _move(move, latest) for move in latest.change.moves if move["problem"] in latest.problems
    ]


def _move(move: Mapping[str, Any], latest: LatestChange) -> dict[str, Any]:
    problem = latest.problems[move["problem"]]
    before, after = move["score"]
    gate = move["parts"].get(GATE, 0.0)  # It is said in words: its size means nothing.
    return {
        "title": problem.title(current_language()),
        "url": url_for("problem.show", problem_id=problem.id),
        "place": _place(*move["rank"]),
        "score": "–" if None in (before, after) else f"{after - before - gate:+.2f}",
        "why": _why(move),
    }


def _place(before: int | None, after: int | None) -> str:
    if before is None:
        return str(_("new, at place %(after)s", after=after))
    if after is None:
        return str(_("gone, was at place %(before)s", before=before))
    if before == after:
        return str(_("place %(after)s as before", after=after))
    return str(_("from place %(before)s to %(after)s", before=before, after=after))


def _why(move: Mapping[str, Any]) -> str:
    needs = [
        _(
            "%(name)s: %(before)s → %(after)s",
            name=concept(name),
            before=_status(a),
            after=_status(b),
        )
        for name, (a, b) in sorted(move["needs"].items())
    ]
    parts = sorted(move["parts"].items(), key=lambda item: -abs(item[1]))
    known = [
        f"{say(FEATURES[name])} {change:+.2f}"
        for name, change in parts
        if name in FEATURES and name != GATE
    ]
    told = [*_gate(move["parts"].get(GATE, 0.0)), *needs, *known]
    if told:
        return say(N_("; ")).join(told)
    if None in move["rank"]:
        return str(_("It was opened or closed, or others moved past it."))
    return str(_("Others moved past it."))


def _gate(change: float) -> list[str]:
    """Whether must-haves came to be missing, or are no longer."""
    if change > 0:
        return [_("fewer must-haves are missing")]
    return [_("more must-haves are missing")] if change < 0 else []


def _status(status: str) -> str:
    return say(STATUS[status]) if status in STATUS else status


def levels_changed(latest: LatestChange) -> str:
    """The competencies in which a member's level changed meanwhile."""
    return joined(concept(name) for name in latest.competencies)
