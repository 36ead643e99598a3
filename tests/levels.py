"""People and teams of whom something is known, for tests of what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.models import Evidence, EvidenceKind, User
from matchmaker.queries.level_piece import today
from matchmaker.services.level_estimate import refresh
from matchmaker.workflows.evidence import EVIDENCE_WORKFLOW, EvidenceState


def show(
    session: Session,
    user: User,
    levels: Mapping[str, int],
    kind: EvidenceKind = EvidenceKind.ARTEFACT,
    state: EvidenceState = EvidenceState.VERIFIED,
    **values: Any,
) -> list[Evidence]:
    """Evidence of some levels in *state*, counted and committed."""
    rows = []
    for competency, level in levels.items():
        row = Evidence(
            user_id=user.id,
            competency=competency,
            kind=kind,
            level=level,
            obtained_on=today(),
            reason="A reason that is long enough.",
            **values,
        )
        for action in EVIDENCE_WORKFLOW.path(state):
            row.apply(action)
        session.add(row)
        rows.append(row)
    refresh(session, [user.id], cause="evidence:verify")
    session.commit()
    return rows


def rate(session: Session, user: User, levels: Mapping[str, int]) -> list[Evidence]:
    """What a person says of themselves."""
    return show(session, user, levels, EvidenceKind.SELF_ANCHORED, EvidenceState.CLAIMED)
