"""Scan the files of evidence; let levels age."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from matchmaker.db import unit_of_work
from matchmaker.models import Evidence, EvidenceAttachment, LevelEstimate
from matchmaker.services import evidence_file
from matchmaker.services.level_estimate import refresh
from matchmaker.tasks import TaskContext, task
from matchmaker.tasks.attachment import scan_content

_BATCH = 500


@task("evidence.scan")
def scan_evidence(context: TaskContext, *, attachment_id: int) -> dict[str, Any]:
    """Ask the scanner about one file; nobody opens it before it has passed."""
    with context.sessions() as session:
        row = session.get(EvidenceAttachment, attachment_id)
    if row is None:
        return {}
    return scan_content(context, row.sha256, evidence_file.take_verdict, attachment_id)


@task("level_estimate.refresh")
def refresh_levels(context: TaskContext) -> dict[str, Any]:
    """Work out every level anew: evidence fades, parameters and the framework change."""
    with context.sessions() as session:
        people = sorted(
            {
                *session.scalars(sa.select(LevelEstimate.user_id).distinct()),
                *session.scalars(sa.select(Evidence.user_id).distinct()),
            }
        )
    changed = 0
    for start in range(0, len(people), _BATCH):
        context.progress(start, len(people))
        with unit_of_work(context.sessions) as session:
            batch = people[start : start + _BATCH]
            changed += refresh(session, batch, cause="level_estimate:age")
    return {"people": len(people), "changed": changed}
