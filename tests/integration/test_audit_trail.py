"""Reading the audit trail, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.clock import utcnow
from matchmaker.errors import NotSignedIn, PermissionDenied
from matchmaker.queries import audit as trail
from matchmaker.queries.audit import AuditFilter
from matchmaker.services import audit
from tests.backends import on_both


@on_both
def test_every_filter_leaves_the_right_events(make, session):
    officer, lin = make.officer(), make.user(name="Lin 100%")
    for actor_id, action, kind, number in [
        (lin.id, "team:update", "Team", 7),
        (officer.id, "problem:grade", "Problem", 7),
        (None, "team:archive", "Team", 8),
    ]:
        audit.append(
            session, actor_id=actor_id, action=action, subject_type=kind, subject_id=number, data={}
        )
    session.commit()

    def shown(**wanted):
        page = trail.trail(session, officer, AuditFilter(**wanted))
        return [(line.event.action, line.name) for line in page.items]

    updated = ("team:update", "Lin 100%")
    graded = ("problem:grade", officer.name)
    archived = ("team:archive", None)
    assert shown() == [archived, graded, updated]
    assert shown(actor="100%") == shown(actor=str(lin.id)) == [updated]
    assert shown(actor="0") == [archived]
    assert shown(subject_type="Team") == [archived, updated]
    assert shown(subject_id=7) == [graded, updated]
    assert shown(action="problem:grade", since=utcnow() - timedelta(hours=1)) == [graded]
    assert shown(until=utcnow() - timedelta(hours=1)) == []
    assert trail.actions(session, officer) == ["problem:grade", "team:archive", "team:update"]
    assert trail.subject_types(session, officer) == ["Problem", "Team"]
    assert trail.count(session, officer) == 3


def test_nobody_else_reads_any_of_it(make, session):
    for read in (
        lambda actor: trail.trail(session, actor, AuditFilter()),
        lambda actor: trail.actions(session, actor),
        lambda actor: trail.subject_types(session, actor),
        lambda actor: trail.count(session, actor),
    ):
        with pytest.raises(NotSignedIn):
            read(None)
        with pytest.raises(PermissionDenied) as error:
            read(make.user())
        assert str(error.value) == "Only the programme office reads the audit trail."
