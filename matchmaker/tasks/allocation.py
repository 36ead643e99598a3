"""Carry out allocations."""

from __future__ import annotations

from typing import Any

from matchmaker.services.allocation_solving import carry_out
from matchmaker.tasks import TaskContext, task


@task("allocation.run")
def run(context: TaskContext, *, allocation_id: int) -> dict[str, Any]:
    """Place teams on the problems of the allocation's call."""
    return carry_out(context.sessions, allocation_id, progress=context.progress)
