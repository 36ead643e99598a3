"""After new evidence what fits a team is ranked anew, and the page can say how it moved and why."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.db import make_sessions
from matchmaker.models import Band, Job, LearningResource, Preview, RankingChange, Role, User
from matchmaker.queries.ranking_change import latest
from matchmaker.services import enrolment
from matchmaker.services import learning_resource as catalogue
from matchmaker.services.context import Context
from matchmaker.services.ranking_change import KEPT, note
from matchmaker.settings import Settings
from matchmaker.worker import Worker
from tests.factories import Factory

Ctx = Callable[[User | None], Context]
SPOKEN = {"title_en": "Voices", "text_en": "Find scratches on metal parts.", "techniques": []}


def do_work(session: Session, settings: Settings, engine: sa.Engine) -> None:
    session.execute(sa.update(Job).values(not_before=None))
    session.commit()
    Worker(settings, make_sessions(engine)).run_all()
    session.expire_all()


def pass_course(ctx: Ctx, learner: User, mentor: User, course: LearningResource) -> None:
    row = enrolment.enrol(ctx(learner), course.id)
    enrolment.hand_in(ctx(learner), row.id, row.version, url="https://example.org/work")
    facts = {"reason": "Clean and well explained.", "levels": {"PER-CV": 3, "FND-DL": 2}}
    enrolment.assess(ctx(mentor), row.id, row.version, is_passed=True, **facts)


def test_an_assessed_course_moves_the_list_and_says_why(
    make: Factory, ctx: Ctx, session: Session, settings: Settings, engine: sa.Engine
) -> None:
    learner, mentor = make.user(), make.user(Role.MENTOR)
    team = make.team(learner, competencies=[])
    problem = make.problem(requirements=[("PER-CV", 2, 3)])
    other = make.problem(requirements=[("DEL-COM", 3, 1)], **SPOKEN)
    course = catalogue.create(ctx(make.officer()), "LR-09", catalogue.shipped_values("LR-09"))
    ctx(None).record("team:update", team)
    do_work(session, settings, engine)
    assert latest(session, learner, team) is None

    pass_course(ctx, learner, mentor, course)
    do_work(session, settings, engine)

    found = latest(session, learner, team)
    assert found is not None
    assert found.competencies == ["FND-DL", "PER-CV"]
    assert found.problems.keys() <= {problem.id, other.id}
    move = next(m for m in found.change.moves if m["problem"] == problem.id)
    assert move["score"][1] > move["score"][0]
    assert move["parts"]["requirements"] > 0
    assert move["needs"]["PER-CV"][0] != move["needs"]["PER-CV"][1]
    assert found.change.before_at < found.change.made_at
    assert latest(session, make.user(), team) is None
    assert latest(session, make.user(Role.MENTOR), team) is None
    assert latest(session, make.officer(), team) is not None

    do_work(session, settings, engine)
    ctx(None).record("team:update", team)
    do_work(session, settings, engine)
    assert session.scalar(sa.select(sa.func.count(RankingChange.id))) == 1


def test_only_the_latest_changes_are_kept(make: Factory, session: Session) -> None:
    team, problem = make.team(make.user()), make.problem()
    for number in range(KEPT + 2):
        kept = {"team_id": team.id, "problem_id": problem.id, "made_at": utcnow()}
        sketch = {"explanation": {}, "config": {}, "confidence": "thin", "band": Band.WEAK}
        session.execute(sa.delete(Preview))
        session.add(Preview(score=float(number), **kept, **sketch))
        session.flush()
        after = {"problem_id": problem.id, "score": number + 1.0, "explanation": {}}
        assert note(session, team.id, [after]) is not None
    kept_moves = session.scalars(sa.select(RankingChange.moves).order_by(RankingChange.id)).all()
    assert [moves[0]["score"] for moves in kept_moves] == [
        [float(n), n + 1.0] for n in range(2, KEPT + 2)
    ]
