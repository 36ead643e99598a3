"""Invitations: nobody becomes a member without having said yes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotSignedIn,
    PermissionDenied,
)
from matchmaker.models import AuditEvent, Invitation, MemberRole, OutboxMessage, Role
from matchmaker.policies.invitation import may_answer, may_invite, may_revoke
from matchmaker.queries import invitation as invitations
from matchmaker.queries.membership import GroupKind, kind_of
from matchmaker.services import invitation
from matchmaker.workflows.invitation import InvitationState
from tests.backends import on_both

pytestmark = on_both

ANOTHER_ADDRESS = (
    "This invitation was sent to another address. Sign in with the account it was sent to."
)


@pytest.fixture(params=["organization", "team"])
def place(request, make):
    """A group with a lead and a member, a person for each role, somebody to invite, a stranger."""
    persons = {role.value: make.user(role) for role in Role}
    persons |= {name: make.user() for name in ("lead", "member", "stranger", "invited")}
    make.organization(persons["stranger"])
    return persons, getattr(make, request.param)(persons["lead"], persons["member"])


@pytest.fixture
def invite(ctx, session):
    """Invites somebody to a group in its lead's name."""

    def send(place, email=None, role=MemberRole.MEMBER):
        persons, group = place
        email = email or persons["invited"].email
        sent = invitation.send(
            ctx(persons["lead"]), kind_of(group), group.id, email=email, role=role
        )
        session.commit()
        return sent

    return send


def said(caught) -> dict[str, list[str]]:
    return {name: [str(m) for m in found] for name, found in caught.value.fields.items()}


def actions(session) -> list[str]:
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))


def test_policy_table(place, invite):
    persons, group = place
    sent = invite(place)
    table = [
        (may_invite, group, {"lead"}, "Only a lead invites people."),
        (may_revoke, sent, {"lead"}, "Only a lead takes an invitation back."),
        (may_answer, sent, {"invited"}, ANOTHER_ADDRESS),
    ]
    for permission, subject, allowed, reason in table:
        given = {name: permission(person, subject) for name, person in persons.items()}
        assert given == {name: None if name in allowed else reason for name in persons}
        assert not permission.allows(None, subject)
        with pytest.raises(NotSignedIn):
            permission.require(None, subject)


def test_who_knows_of_an_invitation(place, invite, session):
    persons, _group = place
    sent = invite(place)

    def knows(person) -> bool:
        try:
            return invitations.get(session, person, sent.id) is sent
        except NotFound:
            return False

    knowing = {name for name, person in persons.items() if knows(person)}
    assert knowing == {"lead", "invited", "officer", "administrator"}
    assert not knows(None)


def test_an_invitation_is_mailed_and_its_secret_is_not_kept(place, invite, session):
    persons, group = place
    sent = invite(place, "Somebody.New@Example.com", MemberRole.LEAD)
    letter = session.scalar(sa.select(OutboxMessage))
    token = re.search(r"http://localhost/invitations/open/(\S+)", letter.body)[1]
    assert (letter.kind, letter.recipient) == ("invitation.sent", "somebody.new@example.com")
    assert letter.subject == f"{persons['lead'].name} invites you to join {group.name('en')}"
    assert sent.token_hash == invitations.digest(token)
    assert token not in sent.token_hash
    assert invitations.by_token(session, token) is sent
    assert timedelta(days=13, hours=23) < sent.expires_at - utcnow() <= timedelta(days=14)
    event = session.scalar(sa.select(AuditEvent))
    expected = {"role": "lead", "group": kind_of(group), "group_id": group.id}
    assert (event.action, event.data) == ("invitation:send", expected)


def test_the_letter_is_in_the_language_of_an_invited_who_has_an_account(make, ctx, session):
    lead, invited = make.user(), make.user(locale="zh_Hant_TW")
    group = make.organization(lead, name_zh="甲公司")
    invitation.send(
        ctx(lead), GroupKind.ORGANIZATIONS, group.id, email=invited.email, role=MemberRole.MEMBER
    )
    letter = session.scalar(sa.select(OutboxMessage))
    assert letter.subject == f"{lead.name} 邀請您加入「甲公司」"


def test_a_wrong_link_leads_nowhere(session):
    with pytest.raises(NotFound):
        invitations.by_token(session, "guess")


def test_accepting_makes_a_member(place, invite, ctx, session):
    persons, group = place
    sent = invite(place, role=MemberRole.LEAD)
    assert list(invitations.received(session, persons["invited"])) == [sent]
    joined = invitation.accept(ctx(persons["invited"]), sent.id, consent=True)
    session.commit()
    assert joined is group
    places = {member.user_id: member.role for member in group.members}
    assert places[persons["invited"].id] is MemberRole.LEAD
    assert (sent.state, sent.answered_at is None) == (InvitationState.ACCEPTED, False)
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()[-1]
    assert (event.action, event.data["consent"]) == ("invitation:accept", "membership-1")
    assert event.actor_id == persons["invited"].id
    assert list(invitations.received(session, persons["invited"])) == []


def test_nobody_joins_without_agreeing(place, invite, ctx, session):
    persons, group = place
    sent = invite(place)
    with pytest.raises(InvalidInput) as caught:
        invitation.accept(ctx(persons["invited"]), sent.id, consent=False)
    assert said(caught) == {
        "consent": ["Please tick the box to agree, or turn the invitation down."]
    }
    assert persons["invited"].id not in {member.user_id for member in group.members}


def test_declining(place, invite, ctx, session):
    persons, group = place
    sent = invite(place)
    invitation.decline(ctx(persons["invited"]), sent.id)
    session.commit()
    assert (sent.state, len(group.members)) == (InvitationState.DECLINED, 2)
    with pytest.raises(InvalidTransition):
        invitation.accept(ctx(persons["invited"]), sent.id, consent=True)
    assert actions(session) == ["invitation:send", "invitation:decline"]


def test_taking_back(place, invite, ctx, session):
    persons, group = place
    sent = invite(place)
    invitation.revoke(ctx(persons["lead"]), sent.id)
    session.commit()
    for answer in (
        lambda: invitation.accept(ctx(persons["invited"]), sent.id, consent=True),
        lambda: invitation.decline(ctx(persons["invited"]), sent.id),
        lambda: invitation.revoke(ctx(persons["lead"]), sent.id),
    ):
        with pytest.raises(InvalidTransition):
            answer()
    assert list(invitations.sent_by(session, persons["lead"], group)) == []
    assert actions(session) == ["invitation:send", "invitation:revoke"]


def test_an_invitation_ends_with_its_time(place, invite, ctx, session):
    persons, _group = place
    sent = invite(place)
    sent.expires_at = utcnow() - timedelta(seconds=1)
    session.commit()
    for answer in (
        lambda: invitation.accept(ctx(persons["invited"]), sent.id, consent=True),
        lambda: invitation.decline(ctx(persons["invited"]), sent.id),
    ):
        with pytest.raises(
            DeadlinePassed, match=r"This invitation has expired\. Ask for a new one\."
        ):
            answer()
    again = invite(place)
    assert (sent.state, again.state) == (InvitationState.EXPIRED, InvitationState.PENDING)
    assert actions(session) == ["invitation:send", "invitation:expire", "invitation:send"]


def test_others_do_not_answer(place, invite, ctx):
    persons, _group = place
    sent = invite(place)
    for name in ("lead", "officer", "administrator"):
        with pytest.raises(PermissionDenied) as caught:
            invitation.accept(ctx(persons[name]), sent.id, consent=True)
        assert str(caught.value) == ANOTHER_ADDRESS
    with pytest.raises(NotFound):
        invitation.accept(ctx(persons["stranger"]), sent.id, consent=True)


def test_one_invitation_waits_for_each_address_and_group(place, invite, make, ctx, session):
    persons, _group = place
    invite(place)
    with pytest.raises(InvalidInput) as caught:
        invite(place, persons["invited"].email.upper())
    assert said(caught) == {"email": ["This address was invited already and has not answered yet."]}
    other = make.organization(persons["lead"])
    invitation.send(
        ctx(persons["lead"]), GroupKind.ORGANIZATIONS, other.id,
        email=persons["invited"].email, role=MemberRole.MEMBER,
    )  # fmt: skip
    assert len(invitations.received(session, persons["invited"])) == 2


def test_members_are_not_invited(place, invite):
    persons, _group = place
    with pytest.raises(InvalidInput) as caught:
        invite(place, persons["member"].email)
    assert said(caught) == {"email": ["This person is a member already."]}


def test_what_is_no_address_is_refused(place, invite):
    with pytest.raises(InvalidInput) as caught:
        invite(place, "nobody")
    expected = "This is not an e-mail address. Example: name@company.com.tw"
    assert said(caught) == {"email": [expected]}


def test_too_many_invitations_are_refused(place, invite, monkeypatch):
    monkeypatch.setattr(invitation, "MAX_PENDING", 2)
    invite(place, "a@example.com")
    invite(place, "b@example.com")
    with pytest.raises(InvalidInput) as caught:
        invite(place, "c@example.com")
    assert said(caught) == {
        "email": ["Too many invitations wait for an answer. Take some back first."]
    }


@pytest.mark.parametrize("name", ["member", "officer", "administrator"])
def test_others_do_not_invite(place, ctx, name):
    persons, group = place
    with pytest.raises(PermissionDenied, match=r"Only a lead invites people\."):
        invitation.send(
            ctx(persons[name]),
            kind_of(group),
            group.id,
            email="x@example.com",
            role=MemberRole.MEMBER,
        )


def test_nobody_joins_a_team_that_has_disbanded(make, ctx, session):
    lead, invited = make.user(), make.user()
    team = make.team(lead)
    sent = invitation.send(
        ctx(lead), GroupKind.TEAMS, team.id, email=invited.email, role=MemberRole.MEMBER
    )
    team.archived_at = utcnow()
    session.commit()
    assert may_invite(lead, team) == "This team has disbanded; nobody can join it."
    with pytest.raises(Conflict, match=r"This team has disbanded; nobody can join it\."):
        invitation.accept(ctx(invited), sent.id, consent=True)


def test_a_member_who_accepts_a_second_invitation_stays_as_they_are(make, ctx, session):
    lead, member = make.user(), make.user()
    team = make.team(lead, member)
    sent = make.save(
        Invitation(
            team=team,
            inviter=lead,
            email=member.email,
            token_hash="h",
            expires_at=utcnow() + timedelta(days=1),
            role=MemberRole.LEAD,
        )
    )
    invitation.accept(ctx(member), sent.id, consent=True)
    session.commit()
    assert sorted(row.role for row in team.members) == ["lead", "member"]
