"""Carry out match runs."""

from __future__ import annotations

from typing import Any

from matchmaker.services.match_ranking import carry_out
from matchmaker.tasks import TaskContext, task
from matchmaker.tasks.basis import basis


@task("match.run")
def run(context: TaskContext, *, run_id: int) -> dict[str, Any]:
    """Rank every eligible team for every published problem of the run's call."""
    return carry_out(
        context.sessions,
        run_id,
        find_basis=lambda report: basis(context, report),
        progress=context.progress,
    )
