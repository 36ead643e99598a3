"""Members of organizations and teams: who sees and changes them; there is always a lead."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from matchmaker.errors import NotFound, NotSignedIn, PermissionDenied
from matchmaker.models import AuditEvent, MemberRole, Role
from matchmaker.policies.membership import (
    may_change_role,
    may_leave,
    may_manage_members,
    may_read_members,
    may_remove_member,
    may_transfer_lead,
)
from matchmaker.queries.membership import GroupKind, kind_of, members_of
from matchmaker.services import membership
from tests.backends import on_both

pytestmark = on_both

LEAD, MEMBER = MemberRole.LEAD, MemberRole.MEMBER
LEADS_ONLY = "Only a lead may do this."
LAST_LEAD = "There must always be a lead. Make somebody else a lead first."
KINDS = ["organization", "team"]


@pytest.fixture(params=KINDS)
def place(request, make):
    """A group with a lead and a member, a person for each role, and a stranger."""
    persons = {role.value: make.user(role) for role in Role}
    persons |= {"lead": make.user(), "member": make.user(), "stranger": make.user()}
    make.organization(persons["stranger"])
    make.team(persons["stranger"])
    group = getattr(make, request.param)(persons["lead"], persons["member"])
    return persons, group


def row(group, person):
    return next(member for member in group.members if member.user_id == person.id)


def roles(session, group) -> dict[int, MemberRole]:
    session.commit()
    session.expire_all()
    return {member.user_id: member.role for member in group.members}


def events(session):
    return [
        (e.action, e.data) for e in session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id))
    ]


def test_policy_table(place):
    persons, group = place
    lead, member = row(group, persons["lead"]), row(group, persons["member"])
    table = [
        # permission, subject, who may, reason for the others unless listed by name
        (may_read_members, (group,), {"lead", "member", "officer", "administrator"},
         {"": "Only members see who else is a member."}),
        (may_manage_members, (group,), {"lead"}, {"": LEADS_ONLY}),
        (may_change_role, (member, LEAD), {"lead"}, {"": LEADS_ONLY}),
        (may_change_role, (lead, LEAD), {"lead"}, {"": LEADS_ONLY}),
        (may_change_role, (lead, MEMBER), set(), {"": LEADS_ONLY, "lead": LAST_LEAD}),
        (may_remove_member, (member,), {"lead"}, {"": LEADS_ONLY}),
        (may_remove_member, (lead,), set(),
         {"": LEADS_ONLY, "lead": "You cannot remove yourself. Leave instead."}),
        (may_leave, (group,), {"member"}, {"": "You are not a member.", "lead": LAST_LEAD}),
        (may_transfer_lead, (member,), {"lead"}, {"": LEADS_ONLY}),
        (may_transfer_lead, (lead,), set(), {"": LEADS_ONLY, "lead": "You are a lead already."}),
    ]  # fmt: skip
    for permission, subject, allowed, reasons in table:
        given = {name: permission(person, *subject) for name, person in persons.items()}
        expected = {
            name: None if name in allowed else reasons.get(name, reasons[""]) for name in persons
        }
        assert given == expected, (permission.name, subject)
        assert not permission.allows(None, *subject)
        with pytest.raises(NotSignedIn):
            permission.require(None, *subject)


def test_leads_come_first(place, session):
    persons, group = place
    assert [m.user for m in members_of(session, group)] == [persons["lead"], persons["member"]]


def test_number_of_queries_does_not_grow_with_members(make, session, engine):
    group = make.organization(*(make.user() for _ in range(12)))
    session.commit()
    session.expunge_all()
    count = []
    sa.event.listen(engine, "before_cursor_execute", lambda *_: count.append(1))
    found = members_of(session, group)
    assert len({member.user.name for member in found}) == 12
    assert len(count) <= 4


def test_a_lead_makes_others_leads_and_members_again(place, ctx, session):
    persons, group = place
    lead, member = persons["lead"], persons["member"]
    context, at = ctx(lead), (kind_of(group), group.id)
    membership.change_role(context, *at, member.id, LEAD)
    membership.change_role(context, *at, member.id, LEAD)
    assert roles(session, group) == {lead.id: LEAD, member.id: LEAD}
    membership.change_role(context, *at, lead.id, MEMBER)
    assert roles(session, group) == {lead.id: MEMBER, member.id: LEAD}
    assert events(session) == [
        ("membership:change_role", {"user_id": member.id, "role": "lead"}),
        ("membership:change_role", {"user_id": lead.id, "role": "member"}),
    ]


def test_the_last_lead_stays_lead(place, ctx, session):
    persons, group = place
    lead, at = persons["lead"], (kind_of(group), group.id)
    for call in (
        lambda: membership.change_role(ctx(lead), *at, lead.id, MEMBER),
        lambda: membership.leave(ctx(lead), *at),
    ):
        with pytest.raises(PermissionDenied) as caught:
            call()
        assert str(caught.value) == LAST_LEAD
    assert roles(session, group)[lead.id] is LEAD


def test_handing_over_the_lead(place, ctx, session):
    persons, group = place
    lead, member = persons["lead"], persons["member"]
    membership.transfer_lead(ctx(lead), kind_of(group), group.id, member.id)
    assert roles(session, group) == {lead.id: MEMBER, member.id: LEAD}
    assert events(session) == [
        ("membership:transfer_lead", {"from_id": lead.id, "to_id": member.id})
    ]
    with pytest.raises(PermissionDenied, match=LEADS_ONLY):
        membership.transfer_lead(ctx(lead), kind_of(group), group.id, lead.id)


def test_removing_and_leaving(place, ctx, session, make):
    persons, group = place
    lead, member, third = persons["lead"], persons["member"], make.user()
    group.members.append(type(group.members[0])(user=third))
    at = (kind_of(group), group.id)
    membership.remove(ctx(lead), *at, third.id)
    membership.leave(ctx(member), *at)
    assert roles(session, group) == {lead.id: LEAD}
    assert events(session) == [
        ("membership:remove", {"user_id": third.id}),
        ("membership:leave", {"user_id": member.id}),
    ]
    assert may_read_members(member, group) == "Only members see who else is a member."


@pytest.mark.parametrize("name", ["member", "officer", "administrator"])
def test_others_change_nothing(place, ctx, name, session):
    persons, group = place
    before = roles(session, group)
    context, at = ctx(persons[name]), (kind_of(group), group.id)
    for call in (
        lambda: membership.change_role(context, *at, persons["member"].id, LEAD),
        lambda: membership.remove(context, *at, persons["member"].id),
        lambda: membership.transfer_lead(context, *at, persons["member"].id),
    ):
        with pytest.raises(PermissionDenied, match=LEADS_ONLY):
            call()
    assert roles(session, group) == before


def test_strangers_do_not_learn_that_it_exists(make, ctx):
    organization, team = make.organization(make.user()), make.team(make.user(), is_public=False)
    stranger = ctx(make.user())
    with pytest.raises(NotFound):
        membership.leave(stranger, GroupKind.ORGANIZATIONS, organization.id)
    with pytest.raises(NotFound):
        membership.leave(stranger, GroupKind.TEAMS, team.id)


def test_an_unknown_member_is_not_found(place, ctx):
    persons, group = place
    with pytest.raises(NotFound):
        membership.remove(ctx(persons["lead"]), kind_of(group), group.id, persons["stranger"].id)


def test_one_person_in_several_groups(make, session):
    person = make.user()
    groups = [make.organization(person), make.organization(person), make.team(person)]
    assert person.organization_ids == {groups[0].id, groups[1].id}
    assert person.team_ids == {groups[2].id}
