"""Organizations: who may register, change and know of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from matchmaker.errors import InvalidInput, NotFound, NotSignedIn, PermissionDenied, StaleVersion
from matchmaker.models import (
    AuditEvent,
    MemberRole,
    Organization,
    OrganizationKind,
    OrganizationSize,
    Role,
)
from matchmaker.policies.organization import (
    may_create,
    may_edit,
    may_read_details,
    visible_organizations,
)
from matchmaker.queries import organization as organizations
from matchmaker.queries.membership import GroupKind
from matchmaker.services import invitation, organization
from matchmaker.services.organization import OrganizationValues, values_of
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both

pytestmark = on_both

EDIT_REASON = "Only a lead of the organization changes what it says about itself."
DETAILS_REASON = "Only members and the programme office see this."
ACME = OrganizationValues(kind=OrganizationKind.ENTERPRISE, name_en="Acme", sector="IND-MFG")


@pytest.fixture
def people(make):
    """One person for each place somebody can have towards an organization, and the organization."""
    found = {role.value: make.user(role) for role in Role}
    found |= {"lead": make.user(), "member": make.user(), "stranger": make.user()}
    make.organization(found["stranger"])
    return found, make.organization(found["lead"], found["member"])


POLICY_TABLE = [
    # permission, who may, reason for the others
    (may_edit, {"lead"}, EDIT_REASON),
    (may_read_details, {"lead", "member", "officer", "administrator"}, DETAILS_REASON),
]


@pytest.mark.parametrize(("permission", "allowed", "reason"), POLICY_TABLE)
def test_policy_table(people, permission, allowed, reason):
    persons, row = people
    given = {name: permission(person, row) for name, person in persons.items()}
    assert given == {name: None if name in allowed else reason for name in persons}
    assert not permission.allows(None, row)


def test_everybody_signed_in_may_register_one(people):
    persons, _row = people
    assert {may_create(person) for person in persons.values()} == {None}
    with pytest.raises(NotSignedIn):
        may_create.require(None)


def visible(session, actor) -> set[int]:
    return set(session.scalars(sa.select(Organization.id).where(visible_organizations(actor))))


def test_who_knows_of_an_organization(people, session):
    persons, row = people
    sees = {name for name, person in persons.items() if row.id in visible(session, person)}
    assert sees == {"lead", "member", "officer", "administrator"}
    assert visible(session, None) == set()


@pytest.mark.parametrize(
    ("state", "is_public"),
    [
        (ProblemState.DRAFT, False),
        (ProblemState.GRADED, False),
        (ProblemState.PUBLISHED, True),
        (ProblemState.CLOSED, True),
        (ProblemState.WITHDRAWN, False),
    ],
)
def test_a_published_problem_makes_it_known(make, session, state, is_public):
    row = make.organization()
    make.problem(state, organization=row)
    assert (row.id in visible(session, None)) == is_public


def test_a_public_team_makes_it_known(make, session):
    row, hidden = make.organization(), make.organization()
    make.team(organization=row)
    make.team(organization=hidden, is_public=False)
    assert visible(session, None) == {row.id}


def test_an_invitation_makes_it_known_to_the_invited_alone(make, ctx, session):
    lead, invited, other = make.user(), make.user(), make.user()
    row = make.organization(lead)
    invitation.send(
        ctx(lead), GroupKind.ORGANIZATIONS, row.id, email=invited.email, role=MemberRole.MEMBER
    )
    assert visible(session, invited) == {row.id}
    assert visible(session, other) == set()


def test_whoever_registers_leads(make, ctx, session):
    person = make.user()
    row = organization.create(ctx(person), ACME)
    session.commit()
    assert [(m.user_id, m.role) for m in row.members] == [(person.id, MemberRole.LEAD)]
    assert may_edit(person, row) is None
    assert list(organizations.own(session, person)) == [row]
    event = session.scalar(sa.select(AuditEvent))
    assert (event.action, event.subject_id, event.actor_id) == (
        "organization:create", row.id, person.id,
    )  # fmt: skip


def test_saving_names_what_changed_and_counts_the_version(make, ctx, session):
    lead = make.user()
    row = make.organization(lead, name_en="Before", name_zh="")
    values = OrganizationValues(
        kind=OrganizationKind.PUBLIC_BODY,
        name_en="After",
        sector="IND-HLT",
        region="east",
        size=OrganizationSize.LARGE,
        website="https://after.example.com",
    )
    organization.update(ctx(lead), row.id, row.version, values)
    session.commit()
    assert values_of(row) == values
    assert row.version == 2
    event = session.scalar(sa.select(AuditEvent))
    changed = ["kind", "name_en", "region", "sector", "size", "website"]
    assert (event.action, event.data) == ("organization:edit", {"fields": changed})


def test_saving_nothing_new_leaves_no_trace(make, ctx, session):
    lead = make.user()
    row = make.organization(lead)
    organization.update(ctx(lead), row.id, row.version, values_of(row))
    session.commit()
    assert row.version == 1
    assert session.scalar(sa.select(AuditEvent)) is None


def test_the_second_of_two_who_save_is_told(make, ctx, session):
    lead = make.user()
    row = make.organization(lead)
    organization.update(ctx(lead), row.id, 1, ACME)
    session.commit()
    with pytest.raises(StaleVersion):
        organization.update(ctx(lead), row.id, 1, replace(ACME, name_en="Other"))


def test_a_second_click_changes_nothing(make, ctx, session):
    lead = make.user()
    first = organization.create(ctx(lead), ACME)
    assert organization.create(ctx(lead), ACME) is first
    organization.update(ctx(lead), first.id, 1, replace(ACME, about_en="More"))
    session.commit()
    organization.update(ctx(lead), first.id, 1, replace(ACME, about_en="More"))
    session.commit()
    assert first.version == 2
    assert organization.create(ctx(lead), ACME) is not first
    done = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert done == ["organization:create", "organization:edit", "organization:create"]


def test_members_and_the_office_know_of_it_but_do_not_edit(make, ctx):
    member, officer = make.user(), make.officer()
    row = make.organization(make.user(), member)
    for person in (member, officer):
        with pytest.raises(PermissionDenied, match=EDIT_REASON):
            organization.update(ctx(person), row.id, 1, ACME)
    with pytest.raises(NotFound):
        organization.update(ctx(make.user()), row.id, 1, ACME)


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"name_en": ""}, {"name_zh": "Give a name in Chinese or in English, or both.",
                           "name_en": "Give a name in Chinese or in English, or both."}),
        ({"name_zh": "字" * 201}, {"name_zh": "Please use at most 200 characters."}),
        ({"about_en": "x" * 5001}, {"about_en": "Please use at most 5000 characters."}),
        ({"sector": "PER-CV"}, {"sector": "Choose a sector from the list."}),
        ({"region": "moon"}, {"region": "Choose a region from the list."}),
        *(
            ({"website": text}, {"website": "This is not a web address. Example: https://www.company.com.tw"})
            for text in ("javascript:alert(1)", "www.acme.com", "ftp://acme.com", "https://", "http://[", "https://acme")
        ),
    ],
)  # fmt: skip
def test_bad_values_are_refused_beside_their_field(make, ctx, values, fields):
    given = {"kind": OrganizationKind.ENTERPRISE, "name_en": "Acme", **values}
    with pytest.raises(InvalidInput) as caught:
        organization.create(ctx(make.user()), OrganizationValues(**given))
    found = {name: [str(m) for m in messages] for name, messages in caught.value.fields.items()}
    assert found == {name: [message] for name, message in fields.items()}


def test_its_problems_as_the_reader_may_know_them(make, session):
    member = make.user()
    row = make.organization(member)
    draft = make.problem(ProblemState.DRAFT, organization=row)
    published = make.problem(organization=row)
    make.problem()
    assert list(organizations.problems(session, None, row)) == [published]
    assert list(organizations.problems(session, member, row)) == [published, draft]
