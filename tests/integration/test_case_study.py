"""Case studies: consent of both to exactly one text, published by the office, down at once without it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.clock import utcnow
from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import CaseStudySide, MemberRole, PointKind, PrivateCall
from matchmaker.policies.case_study import may_read_case_study
from matchmaker.queries import case_study as queries
from matchmaker.queries import case_study_figure as figures
from matchmaker.queries.point_source import deeds
from matchmaker.services import case_study as service
from matchmaker.services.case_study import CaseStudyTexts
from matchmaker.services.case_study_proposal import proposal
from matchmaker.workflows.case_study_version import CaseStudyVersionState as S
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.milestone import MilestoneState

TEXTS = CaseStudyTexts(
    title_zh="刮痕少一半",
    problem_en="Scratches were found late.",
    approach_en="Pictures and a small model.",
    results_zh="不良品少一半。",
    results_en="Half as many rejects.",
)


class Case:
    """Completed work with its people."""

    def __init__(self, make, ctx):
        self.row = make.engagement(EngagementState.COMPLETED)
        self.owner = ctx(self.row.problem.organization.members[0].user)
        lead = self.row.team.members[0]
        lead.role = MemberRole.LEAD
        self.team = ctx(lead.user)
        self.officer = ctx(make.officer())
        self.stranger = ctx(make.user())

    def propose(self, texts=TEXTS):
        study = queries.case_study_of(self.owner.session, self.row)
        study = service.save(self.owner, self.row.id, texts, version=study.version if study else 0)
        self.owner.session.flush()
        return service.propose(self.owner, self.row.id, version=study.version)

    def agree(self, version, *sides):
        for side in sides or (self.owner, self.team):
            service.agree(side, self.row.id, version.number, content_hash=version.content_hash)


@pytest.fixture
def case(make, ctx):
    return Case(make, ctx)


def public(session):
    return queries.list_public(session, queries.CaseStudyFilter()).items


def test_public_only_with_the_consent_of_both(case, session):
    version = case.propose()
    with pytest.raises(InvalidTransition, match="Both sides"):
        service.publish(case.officer, case.row.id, 1)
    case.agree(version, case.owner)
    with pytest.raises(InvalidTransition, match="Both sides"):
        service.publish(case.officer, case.row.id, 1)
    case.agree(version, case.owner, case.team)
    assert [one.side for one in version.consents] == [CaseStudySide.OWNER, CaseStudySide.TEAM]
    assert public(session) == []

    service.publish(case.officer, case.row.id, 1)

    assert public(session) == [version]
    assert version.content["title"] == {"zh": "刮痕少一半", "en": ""}
    assert version.content["names"]["team"]["en"] == case.row.team.name("en")
    assert service.publish(case.officer, case.row.id, 1) is version


@pytest.mark.parametrize("side", ["owner", "team"])
def test_taking_consent_back_takes_it_down_at_once(case, session, side):
    version = case.propose()
    case.agree(version)
    service.publish(case.officer, case.row.id, 1)

    service.withdraw_consent(getattr(case, side), case.row.id, 1)

    assert version.state is S.TAKEN_DOWN
    assert public(session) == []
    with pytest.raises(NotFound):
        queries.get_public(session, version.case_study_id)
    assert version.consents[0 if side == "owner" else 1].withdrawn_at is not None
    again = case.propose()
    assert again.number == 2
    assert not again.is_agreed


def test_an_edit_after_consent_needs_it_anew_and_versions_are_kept(case, session):
    first = case.propose()
    case.agree(first)
    service.publish(case.officer, case.row.id, 1)

    second = case.propose(CaseStudyTexts(**{**TEXTS.__dict__, "results_en": "A third fewer."}))

    assert (first.state, second.state) == (S.PUBLISHED, S.PROPOSED)
    assert second.consent_of(CaseStudySide.OWNER) is None
    assert public(session) == [first]
    case.agree(second)
    service.publish(case.officer, case.row.id, 2)
    assert (first.state, second.state) == (S.SUPERSEDED, S.PUBLISHED)
    assert public(session) == [second]
    assert first.content["results"]["en"] == "Half as many rejects."


def test_consent_is_for_what_was_read(case):
    version = case.propose()

    with pytest.raises(StaleVersion):
        service.agree(case.team, case.row.id, 1, content_hash="0" * 64)
    assert case.propose() is version
    changed = case.propose(CaseStudyTexts(**{**TEXTS.__dict__, "title_zh": "另一個題名"}))
    assert (version.state, changed.number) == (S.DROPPED, 2)
    with pytest.raises(InvalidTransition, match="does not wait"):
        case.agree(version, case.team)
    with pytest.raises(NotFound):
        service.agree(case.team, case.row.id, 9, content_hash="")


def test_what_is_written_is_checked(case):
    with pytest.raises(InvalidInput) as refused:
        service.save(case.owner, case.row.id, CaseStudyTexts(title_en="x" * 201), version=0)
    assert list(refused.value.fields) == ["title_en"]
    service.save(case.owner, case.row.id, CaseStudyTexts(title_en="Half"), version=0)
    case.owner.session.flush()
    with pytest.raises(StaleVersion):
        service.save(case.officer, case.row.id, TEXTS, version=0)
    with pytest.raises(InvalidInput) as missing:
        service.propose(case.owner, case.row.id, version=1)
    assert list(missing.value.fields) == ["problem_zh", "approach_zh", "results_zh"]


def test_each_side_does_its_own_part(case):
    version = case.propose()

    with pytest.raises(PermissionDenied, match="writes the case study"):
        service.save(case.team, case.row.id, TEXTS, version=1)
    with pytest.raises(PermissionDenied, match="agree to the case study"):
        case.agree(version, case.officer)
    for side in (case.owner, case.team):
        with pytest.raises(PermissionDenied, match="Only programme officers"):
            service.publish(side, case.row.id, 1)
    with pytest.raises(NotFound):
        service.publish(case.stranger, case.row.id, 1)
    case.agree(version)
    service.publish(case.officer, case.row.id, 1)
    with pytest.raises(InvalidInput):
        service.take_down(case.officer, case.row.id, 1, reason=" ")
    service.take_down(case.officer, case.row.id, 1, reason="The firm asked.")
    assert (version.state, version.reason) == (S.TAKEN_DOWN, "The firm asked.")


def test_only_completed_work_of_the_programme_has_one(make, ctx):
    live = make.engagement(EngagementState.POC)
    owner = ctx(live.problem.organization.members[0].user)
    with pytest.raises(InvalidTransition, match="once the work is completed"):
        service.save(owner, live.id, TEXTS, version=0)
    done = make.engagement(EngagementState.COMPLETED)
    make.save(PrivateCall(call=done.call, organization=done.problem.organization))
    assert "in-house" in str(may_read_case_study(owner.actor, done))


def test_the_figures_say_whose_they_are(make, case, session):
    make.milestone(MilestoneState.PASSED, engagement=case.row, stage=case.row.stages[0])
    make.milestone(MilestoneState.FAILED, engagement=case.row, stage=case.row.stages[0], number=2)

    found = {one.key: one for one in figures.available(session, case.row)}

    assert found["milestones"].value["en"] == "1 of 2"
    version = case.propose(CaseStudyTexts(**{**TEXTS.__dict__, "figures": ("milestones", "x")}))
    assert [one["source"] for one in version.content["figures"]] == ["programme"]


def test_it_begins_from_what_is_known(case):
    case.row.problem.text_en = "The problem as published."

    assert proposal(case.officer, case.row).problem_en == "The problem as published."


def test_who_agreed_for_the_team_earns_points_once(case, session):
    version = case.propose()
    case.agree(version)
    service.publish(case.officer, case.row.id, 1)
    session.flush()

    earned = [
        (one.user_id, one.kind)
        for one in deeds(session, utcnow() - timedelta(days=1))
        if one.source.startswith("case_study:")
    ]

    assert earned == [(case.team.actor.id, PointKind.SHARING)]
