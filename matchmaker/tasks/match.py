"""Carry out match runs."""

from __future__ import annotations

from typing import Any

from matchmaker.adapters.encoder import make_pipeline
from matchmaker.services.match_ranking import carry_out
from matchmaker.services.vectors import DatabaseVectorCache
from matchmaker.tasks import TaskContext, task


@task("match.run")
def run(context: TaskContext, *, run_id: int) -> dict[str, Any]:
    """Rank every eligible team for every published problem of the run's call."""
    return carry_out(
        context.sessions,
        run_id,
        make_pipeline=lambda: make_pipeline(
            context.settings, DatabaseVectorCache(context.sessions)
        ),
        progress=context.progress,
    )
