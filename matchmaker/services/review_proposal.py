"""Propose readers: the matcher compares what reviewers know with what applications say.

Only workers load this: it needs the matching library, which no web process has to hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, sessionmaker

from matchmaker.clock import utcnow
from matchmaker.competency import load_taxonomy
from matchmaker.db import unit_of_work
from matchmaker.matching import (
    ProblemDocument,
    TeamDocument,
    Text,
    problem_document,
    team_document,
)
from matchmaker.matching.allocation import Candidates, Limits, Objective, allocate
from matchmaker.models import Application, Problem, ReviewAssignment, ReviewerProfile, Team
from matchmaker.policies.application_review import READABLE_STATES
from matchmaker.queries.application import latest_revisions
from matchmaker.queries.application_reading import names_around
from matchmaker.queries.application_review import seats_of
from matchmaker.queries.review_candidate import ReaderCandidate, candidates_for
from matchmaker.queries.review_round import round_of
from matchmaker.services.match_basis import Basis
from matchmaker.services.match_documents import matcher_id
from matchmaker.workflows.review_assignment import SEATED_STATES

#: The level a reviewer who names a competency is taken to have.
_LEVEL = 4.0
#: A score of the matcher that is as good as not; half of the scale from 0 to 1 lies there.
_MIDDLE = 1.0

Progress = Callable[[int, int], None]
Fits = dict[int, dict[int, float]]


def carry_out(
    sessions: sessionmaker[Session], call_id: int, basis: Basis, progress: Progress
) -> int:
    """Compare, choose and keep the proposal; the number of applications that got readers."""
    with sessions() as session:
        applications = _applications(session, call_id)
        documents = [_application_document(session, row) for row in applications]
        profiles = _profiles(session)
        reviewers = [_reviewer_document(profile) for profile in profiles]
        pairs = basis.pipeline.run(documents, reviewers, reference=basis.reference)
        progress(1, 2)
        fits = _fits([(int(p.problem_id), int(p.team_id), p.score) for p in pairs])
        chosen = _choose(session, call_id, applications, fits)
    with unit_of_work(sessions) as session:
        found = round_of(session, call_id, lock=True)
        if found is not None:
            found.proposal = {"fits": fits, "chosen": chosen}
            found.proposed_at = utcnow()
    progress(2, 2)
    return len(chosen)


def _applications(session: Session, call_id: int) -> Sequence[Application]:
    statement = (
        sa.select(Application)
        .where(Application.call_id == call_id, Application.state.in_(READABLE_STATES))
        .options(
            joinedload(Application.problem).selectinload(Problem.requirements),
            joinedload(Application.team).joinedload(Team.organization),
        )
        .order_by(Application.id)
    )
    return session.scalars(statement).unique().all()


def _profiles(session: Session) -> Sequence[ReviewerProfile]:
    return session.scalars(sa.select(ReviewerProfile).order_by(ReviewerProfile.user_id)).all()


def _application_document(session: Session, application: Application) -> ProblemDocument:
    """What the proposal says, under the problem it is for; no names, as everywhere."""
    revision = latest_revisions(session, [application.id]).get(application.id)
    problem = application.problem
    said = "\n\n".join(str(text) for text in revision.parts.values()) if revision else ""
    names, people = names_around(session, application)
    return problem_document(
        matcher_id(application.id),
        [
            Text(problem.title_zh, _joined(problem.text_zh, said), None),
            Text(problem.title_en, _joined(problem.text_en, said), None),
        ],
        techniques=problem.techniques,
        sectors=[problem.sector] if problem.sector else [],
        names=[*names, *people],
    )


def _reviewer_document(profile: ReviewerProfile) -> TeamDocument:
    """What a reviewer says of themselves, with the competencies and sectors they name."""
    taxonomy = load_taxonomy()
    codes = [*profile.competencies, *profile.sectors]
    known = [code for code in codes if code in {*taxonomy.competencies, *taxonomy.sectors}]
    texts = [
        Text(
            "", _joined(profile.expertise, ", ".join(taxonomy.label(c, lang) for c in known)), None
        )
        for lang in ("zh", "en")
    ]
    return team_document(
        matcher_id(profile.user_id),
        texts,
        sectors=profile.sectors,
        competencies=dict.fromkeys(profile.competencies, _LEVEL),
        names=[profile.user.name],
    )


def _joined(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _fits(scores: Sequence[tuple[int, int, float]]) -> Fits:
    """Scores as shares from 0 to 1, by application and reviewer."""
    found: Fits = {}
    for application_id, user_id, score in scores:
        share = 1 / (1 + math.exp(min(50.0, _MIDDLE - score)))
        found.setdefault(application_id, {})[user_id] = round(share, 4)
    return found


def _choose(
    session: Session, call_id: int, applications: Sequence[Application], fits: Fits
) -> dict[int, list[int]]:
    """The readers of each application that still lacks some: the worst-off application first."""
    found = round_of(session, call_id)
    offered = candidates_for(session, applications)
    held = seats_of(session, [row.id for row in applications])
    lacking = {
        row.id: max(0, (found.readers if found else 2) - _seated(held.get(row.id, [])))
        for row in applications
    }
    pairs, room = _pairs(offered, fits)
    if not pairs:
        return {}
    result = allocate(
        Candidates.from_scores(pairs),
        Limits(
            demand={matcher_id(key): n for key, n in lacking.items() if _has(pairs, key)},
            capacity={matcher_id(key): n for key, n in room.items()},
        ),
        objective=Objective.FAIR,
    )
    chosen: dict[int, list[int]] = {}
    for place in result.places:
        chosen.setdefault(int(place.problem_id), []).append(int(place.team_id))
    return chosen


def _seated(seats: Sequence[ReviewAssignment]) -> int:
    return len([seat for seat in seats if seat.state in SEATED_STATES])


def _has(pairs: Mapping[tuple[str, str], float], application_id: int) -> bool:
    return any(pair[0] == matcher_id(application_id) for pair in pairs)


def _pairs(
    offered: Mapping[int, Sequence[ReaderCandidate]], fits: Fits
) -> tuple[dict[tuple[str, str], float], dict[int, int]]:
    """Who may read what, how well it fits, and how many further cases each takes."""
    pairs: dict[tuple[str, str], float] = {}
    room: dict[int, int] = {}
    for application_id, people in offered.items():
        for one in people:
            if one.why_not is None and not one.is_full:
                key = matcher_id(application_id), matcher_id(one.user.id)
                pairs[key] = fits.get(application_id, {}).get(one.user.id, 0.0)
                room[one.user.id] = one.capacity - one.load
    return pairs, room
