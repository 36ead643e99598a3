"""Count terms anew."""

from __future__ import annotations

from typing import Any

from matchmaker.services.match_basis import refit
from matchmaker.tasks import TaskContext, task
from matchmaker.tasks.basis import pipeline


@task("term_statistics.refit")
def run(context: TaskContext, *, user_id: int | None = None) -> dict[str, Any]:
    """Count terms and measure scales over the programme's texts; earlier versions stay."""

    def report(stage: str, done: int, total: int) -> None:
        context.progress(done, total)

    kept = refit(context.sessions, pipeline(context), user_id=user_id, report=report)
    return {"version": kept.id if kept else None}
