"""Work out what would fit a team now."""

from __future__ import annotations

from typing import Any

from matchmaker.services.preview_ranking import LiveMatching
from matchmaker.tasks import TaskContext, task
from matchmaker.tasks.basis import basis

#: Both sides as this process last saw them, by what scores rested on; the latest one alone is kept.
_KEPT: dict[tuple[Any, ...], LiveMatching] = {}


@task("preview.refresh")
def refresh(
    context: TaskContext, *, team_id: int | None = None, problem_id: int | None = None
) -> dict[str, Any]:
    """Rank one team or one problem again."""
    live = _live(context)
    if team_id is not None:
        return {"pairs": live.refresh_team(team_id)}
    return {"pairs": live.refresh_problem(problem_id or 0)}


@task("preview.refresh_all")
def refresh_all(context: TaskContext) -> dict[str, Any]:
    """Rank every team again."""
    return {"pairs": _live(context).refresh_all(context.progress)}


def _live(context: TaskContext) -> LiveMatching:
    """Both sides prepared: those of the job before, unless scores rest on something else now."""
    found = basis(context, renew=False)
    config = found.pipeline.describe_config(found.reference) if found.reference else {}
    key = (context.settings.url, str(config))
    if key not in _KEPT:
        _KEPT.clear()
        _KEPT[key] = LiveMatching(context.sessions, found)
    live = _KEPT[key]
    live.sessions = context.sessions
    return live
