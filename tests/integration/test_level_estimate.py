"""Levels are worked out from stored evidence, kept, and travel with the person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.competency import succession
from matchmaker.competency.diagnosis import Rating, estimate, team_at_least
from matchmaker.models import (
    Evidence,
    EvidenceKind,
    Job,
    LevelChange,
    LevelEstimate,
    Team,
    User,
)
from matchmaker.queries import level_estimate as queries
from matchmaker.queries.level_piece import today
from matchmaker.queries.preview import team_versions
from matchmaker.services import membership
from matchmaker.services.level_estimate import (
    estimates_of,
    half_life,
    pieces_of,
    refresh,
    rows_of,
)
from matchmaker.services.match_documents import read_team
from matchmaker.workflows.evidence import EVIDENCE_WORKFLOW, EvidenceState
from tests.backends import on_both
from tests.factories import Factory

CV = "PER-CV"
Kind, State = EvidenceKind, EvidenceState


def give(
    session: Session,
    user: User,
    level: int | None,
    kind: EvidenceKind = Kind.ARTEFACT,
    *,
    state: EvidenceState = State.CLAIMED,
    competency: str = CV,
    days_ago: int = 0,
    **values: Any,
) -> Evidence:
    row = Evidence(
        user_id=user.id,
        competency=competency,
        kind=kind,
        level=level,
        obtained_on=today() - dt.timedelta(days=days_ago),
        reason="A reason that is long enough.",
        **values,
    )
    for action in EVIDENCE_WORKFLOW.path(state):
        row.apply(action)
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def person(make: Factory) -> User:
    return make.user()


def test_the_stored_figures_are_those_of_the_diagnosis(session: Session, person: User) -> None:
    row = give(session, person, 3, state=State.CHECKED)
    assert refresh(session, [person.id], cause="evidence:check", cause_id=row.id) == 1
    expected = estimate([Rating("artefact_e2", 3)], half_life_months=half_life(CV))
    assert estimates_of(session, person.id) == {CV: expected}
    change = session.scalars(sa.select(LevelChange)).one()
    assert (change.mean_before, change.mean_after) == (None, expected.mean)
    assert (change.cause, change.cause_id) == ("evidence:check", row.id)
    assert refresh(session, [person.id]) == 0
    assert session.scalar(sa.select(sa.func.count(LevelChange.id))) == 1


@pytest.mark.parametrize(
    ("kind", "state", "source"),
    [
        (Kind.SELF_ANCHORED, State.CLAIMED, "self_anchored"),
        (Kind.PEER, State.CHECKED, "peer"),
        (Kind.MENTOR, State.CHECKED, "mentor"),
        (Kind.ARTEFACT, State.CLAIMED, "artefact_e1"),
        (Kind.ARTEFACT, State.ASKED, "artefact_e1"),
        (Kind.CERTIFICATE, State.CHECKED, "artefact_e2"),
        (Kind.CERTIFICATE, State.VERIFIED, "artefact_e3"),
        (Kind.COURSE, State.CHECKED, "artefact_e2"),
        (Kind.COURSE, State.VERIFIED, "mentor"),
    ],
)
def test_each_kind_counts_as_what_it_is(
    session: Session, person: User, kind: EvidenceKind, state: EvidenceState, source: str
) -> None:
    give(session, person, 2, kind, state=state)
    assert pieces_of(session, person.id) == {CV: [Rating(source, 2)]}


def test_what_was_refused_taken_back_or_not_answered_counts_nothing(
    session: Session, person: User
) -> None:
    give(session, person, 4, state=State.REJECTED)
    give(session, person, 4, Kind.SELF_ANCHORED, state=State.WITHDRAWN)
    give(session, person, None, Kind.PEER, state=State.ASKED)
    assert pieces_of(session, person.id) == {}


def test_nobodys_word_counts_twice_and_two_colleagues_at_most(
    session: Session, person: User, make: Factory
) -> None:
    mentor, *peers = (make.user() for _ in range(4))
    give(session, person, 1, Kind.MENTOR, state=State.CHECKED, reviewer_id=mentor.id, days_ago=300)
    give(session, person, 3, Kind.MENTOR, state=State.CHECKED, reviewer_id=mentor.id)
    for level, peer in enumerate(peers, 2):
        give(session, person, level, Kind.PEER, state=State.CHECKED, reviewer_id=peer.id)
    found = pieces_of(session, person.id)[CV]
    assert sorted((said.source, said.level) for said in found if isinstance(said, Rating)) == [
        ("mentor", 3),
        ("peer", 3),
        ("peer", 4),
    ]


def test_evidence_fades_and_a_clock_that_runs_ahead_makes_it_no_newer_than_new(
    session: Session, person: User
) -> None:
    give(session, person, 4, state=State.CHECKED, days_ago=365)
    give(session, person, 4, state=State.CHECKED, competency="FND-ML", days_ago=-1)
    found = pieces_of(session, person.id)
    assert found[CV][0].age_months == pytest.approx(12, abs=0.05)
    assert found["FND-ML"][0].age_months == 0


def test_results_in_problems_count_on_their_curve(session: Session, person: User) -> None:
    facts = {"stage": "PoS", "result": "passed", "share": "led", "needed": 3, "importance": 3}
    for days in (10, 20, 30, 40):
        give(
            session, person, None, Kind.MILESTONE, state=State.VERIFIED, days_ago=days, facts=facts
        )
    found = pieces_of(session, person.id)[CV]
    assert [said.part for said in found] == [1.0, 1.0, 1.0, 0.5]  # type: ignore[attr-defined]
    refresh(session, [person.id])
    assert estimates_of(session, person.id)[CV].confirmed >= 2


def test_old_data_follow_a_competency_that_was_split(
    session: Session, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(session, person, 3, state=State.CHECKED, competency="PER-OLD")
    assert pieces_of(session, person.id) == {}
    monkeypatch.setattr(
        succession, "shipped_successors", lambda: {"PER-OLD": {CV: 1.0, "PER-SIG": 0.4}}
    )
    assert refresh(session, [person.id], cause="level_estimate:age") == 2
    assert pieces_of(session, person.id) == {
        CV: [Rating("artefact_e2", 3)],
        "PER-SIG": [Rating("artefact_e2", 3, relevance=0.4)],
    }
    assert session.scalars(sa.select(Evidence.competency)).all() == ["PER-OLD"]
    piece = rows_of(session, [person.id])[person.id][CV][0]
    assert (piece.kind, piece.on, piece.row.competency) == ("artefact", today(), "PER-OLD")  # type: ignore[attr-defined]


def test_a_level_that_rests_on_nothing_any_more_goes(session: Session, person: User) -> None:
    row = give(session, person, 3, state=State.CHECKED)
    refresh(session, [person.id])
    session.delete(row)
    refresh(session, [person.id], cause="evidence:withdraw")
    assert estimates_of(session, person.id) == {}
    last = session.scalars(sa.select(LevelChange).order_by(LevelChange.id.desc())).first()
    assert last is not None
    assert (last.mean_after, last.cause) == (None, "evidence:withdraw")


@pytest.fixture
def team(make: Factory, person: User) -> Team:
    return make.team(make.user(), person, competencies=[("FND-DL", 3)])


@on_both
def test_a_teams_document_carries_what_its_members_have_shown(
    session: Session, person: User, team: Team
) -> None:
    give(session, person, 5, Kind.SELF_ANCHORED)
    refresh(session, [person.id])
    assert queries.team_levels(session, [team.id]) == {}  # A person's own word stays in the team.
    before = team_versions(session)[team.id]
    give(session, person, 4, state=State.VERIFIED)
    refresh(session, [person.id])
    levels = queries.team_levels(session, [team.id])[team.id]
    known = estimates_of(session, person.id)[CV]
    assert levels == {CV: tuple(team_at_least([known], n) for n in range(6))}
    assert dict(read_team(team, levels).estimates) == levels
    assert dict(read_team(team).estimates) == {}
    assert team_versions(session)[team.id] != before
    waiting = session.scalars(sa.select(Job).where(Job.kind == "preview.refresh")).all()
    assert [job.payload for job in waiting] == [{"team_id": team.id}]


def test_who_leaves_takes_the_level_along_at_once(
    session: Session, person: User, team: Team, ctx: Any
) -> None:
    give(session, person, 4, state=State.VERIFIED)
    refresh(session, [person.id])
    before = team_versions(session)[team.id]
    session.refresh(person)
    membership.leave(ctx(person), "team", team.id)
    assert queries.team_levels(session, [team.id]) == {}
    assert team_versions(session)[team.id] != before
    assert CV in estimates_of(session, person.id)


def test_successors_are_followed_to_the_end_and_never_in_circles() -> None:
    table = {"A-1": {"B-1": 0.5}, "B-1": {CV: 0.5, "A-1": 1.0}, "C-1": {}}
    assert succession.follow("A-1", successors=table) == (succession.Heir(CV, 0.25),)
    assert succession.follow("C-1", successors=table) == ()
    assert dict(succession.shipped_successors()) == {}


def test_stored_rows_are_never_doubled(session: Session, person: User) -> None:
    give(session, person, 3, state=State.CHECKED)
    refresh(session, [person.id])
    give(session, person, 4, state=State.VERIFIED)
    refresh(session, [person.id])
    row = session.scalars(sa.select(LevelEstimate)).one()
    assert row.parameters_version == estimates_of(session, person.id)[CV].version
    assert len(row.at_least) == 6
