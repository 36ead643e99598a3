"""Learn weights."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.reports.ranker_effect import effects
from matchmaker.services.ranker_learning import learn as learn_ranker
from matchmaker.tasks import TaskContext, task


@task("ranker.learn")
def learn(context: TaskContext, *, user_id: int | None = None) -> dict[str, Any]:
    """Learn from what was decided so far; nothing is switched on."""
    with unit_of_work(context.sessions) as session:
        ranker = learn_ranker(session, user_id=user_id)
        ranker.card = {**ranker.card, "effects": effects(session, ranker)}
        return {"ranker": ranker.id, "is_better": ranker.is_better}
