"""What reviewers say of themselves: who may, what is kept, conflicts declared and taken back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from matchmaker.errors import InvalidInput, NotFound, PermissionDenied, StaleVersion
from matchmaker.models import AuditEvent, DeclaredConflict, DeclaredGender, ReviewerProfile, Role
from matchmaker.queries import grading_panel as panels
from matchmaker.queries import reviewer_profile as queries
from matchmaker.services import reviewer_profile as service
from matchmaker.services.reviewer_profile import ProfileValues

VALUES = ProfileValues(
    competencies=("PER-CV", "PER-CV"), sectors=("IND-FOD",), capacity=2, gender="woman"
)


@pytest.fixture
def reviewer(make):
    return make.user(Role.REVIEWER, email="r@one.edu.tw")


def test_only_reviewers_have_a_profile(make, ctx):
    for person in (make.user(), make.officer(), make.user(Role.MENTOR)):
        for attempt in (
            lambda c: service.save(c, VALUES, version=0),
            lambda c: service.declare(c, "Company", reason="x"),
            lambda c: service.take_back(c, 1),
        ):
            with pytest.raises(PermissionDenied, match="Only reviewers have a page"):
                attempt(ctx(person))


def test_a_profile_is_kept_and_its_gender_is_no_fact_of_the_trail(ctx, session, reviewer):
    profile = service.save(ctx(reviewer), VALUES, version=0)
    session.commit()
    assert (profile.competencies, profile.sectors, profile.capacity, profile.gender) == (
        ["PER-CV"], ["IND-FOD"], 2, DeclaredGender.WOMAN,
    )  # fmt: skip
    assert queries.own_profile(session, reviewer) is profile
    (event,) = session.scalars(sa.select(AuditEvent)).all()
    assert (event.action, event.data) == ("reviewer_profile:edit", {})
    assert service.save(ctx(reviewer), VALUES, version=0) is profile  # A second click.
    with pytest.raises(StaleVersion):
        service.save(ctx(reviewer), ProfileValues(capacity=3), version=0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (ProfileValues(competencies=("PER-XX",)), "competencies"),
        (ProfileValues(sectors=("Mars",)), "sectors"),
        (ProfileValues(capacity=None), "capacity"),
        (ProfileValues(capacity=51), "capacity"),
        (ProfileValues(capacity=-1), "capacity"),
        (ProfileValues(gender="<script>"), "gender"),
    ],
)
def test_bad_values_are_refused_beside_their_field(ctx, session, reviewer, values, field):
    with pytest.raises(InvalidInput) as refused:
        service.save(ctx(reviewer), values, version=0)
    assert list(refused.value.fields) == [field]
    assert session.scalar(sa.select(sa.func.count(ReviewerProfile.id))) == 0


@pytest.mark.parametrize("name", ["Foods Ltd", "foods ltd", " 豐食股份有限公司 ", "12345675"])
def test_a_conflict_is_declared_by_name_or_number(make, ctx, session, reviewer, name):
    organization = make.organization(
        name_en="Foods Ltd", name_zh="豐食股份有限公司", registration_number="12345675"
    )
    row = service.declare(ctx(reviewer), name, reason=" I advise them. ")
    session.commit()
    assert (row.organization_id, row.reason) == (organization.id, "I advise them.")
    assert service.declare(ctx(reviewer), name, reason="Twice.") is row
    assert [c.id for c in queries.own_conflicts(session, reviewer)] == [row.id]


@pytest.mark.parametrize(
    ("name", "reason", "field"),
    [
        ("", "x", "name"),
        ("Foods", "x", "name"),
        ("%", "x", "name"),
        ("Foods Ltd", " ", "reason"),
        ("Foods Ltd", "x" * 501, "reason"),
    ],
)
def test_what_cannot_be_declared(make, ctx, session, reviewer, name, reason, field):
    make.organization(name_en="Foods Ltd")
    with pytest.raises(InvalidInput) as refused:
        service.declare(ctx(reviewer), name, reason=reason)
    assert list(refused.value.fields) == [field]
    assert session.scalar(sa.select(sa.func.count(DeclaredConflict.id))) == 0


def test_only_ones_own_conflict_can_be_taken_back(make, ctx, session, reviewer):
    make.organization(name_en="Foods Ltd")
    row = service.declare(ctx(reviewer), "Foods Ltd", reason="I advise them.")
    session.commit()
    other = make.user(Role.REVIEWER, email="o@two.org.tw")
    assert list(queries.own_conflicts(session, other)) == []
    with pytest.raises(NotFound):
        service.take_back(ctx(other), row.id)
    service.take_back(ctx(reviewer), row.id)
    session.commit()
    assert list(queries.own_conflicts(session, reviewer)) == []


def test_suggestions_name_public_organizations_only(make, session, reviewer):
    shown = make.problem().organization
    make.organization(name_en="Nobody knows of it")
    found = queries.organizations_to_declare(session, reviewer)
    assert [organization.id for organization in found] == [shown.id]


def test_declared_genders_serve_the_hint_and_nothing_else(make, ctx, session, reviewer):
    service.save(ctx(reviewer), VALUES, version=0)
    silent = make.user(Role.REVIEWER, email="s@two.org.tw")
    session.commit()
    assert panels.declared_genders(session, [reviewer.id, silent.id]) == [DeclaredGender.WOMAN]
    assert panels.declared_genders(session, [silent.id]) == []
