"""Looking for members: who may, who is found, what others learn of them, offers, invitations."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import (
    InvalidInput,
    NotFound,
    PermissionDenied,
    RateLimited,
    StaleVersion,
)
from matchmaker.i18n import translate
from matchmaker.models import (
    AuditEvent,
    EvidenceKind,
    FindConsent,
    Invitation,
    MemberOffer,
    OutboxMessage,
    Role,
)
from matchmaker.policies.member_wish import may_keep, may_offer, may_read_wishes
from matchmaker.queries import member_wish as queries
from matchmaker.services import find_consent, member_wish
from matchmaker.services.erasure import erase
from matchmaker.workflows.evidence import EvidenceState
from matchmaker.workflows.invitation import InvitationState
from tests.backends import on_both
from tests.levels import rate, show

EDGE = "SYS-EDG"


@pytest.fixture
def team(make):
    lead, member = make.user(name="Lead"), make.user(name="Member")
    return make.team(lead, member, is_public=True)


@pytest.fixture
def lead(team):
    return team.members[0].user


@pytest.fixture
def wish(ctx, session, team, lead):
    """An open wish for somebody who does edge AI without supervision."""
    row = member_wish.add(ctx(lead), team.id, competency=EDGE, level=3, text="Two evenings a week.")
    session.commit()
    return row


def consent(ctx, session, user, text="Ask me."):
    find_consent.give(ctx(user), agreed=True, text=text)
    session.commit()


def refused(error):
    return {k: [translate(m, "en") for m in v] for k, v in error.value.fields.items()}


def actions(session):
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))


def test_only_leads_of_an_active_team_look(make, team, lead, session):
    member = team.members[1].user
    outside = [make.officer(), *(make.user(role) for role in Role), make.user()]

    reasons = {str(may_keep(user, team)) for user in (member, *outside)}
    assert reasons == {"Only a lead of the team looks for members."}
    assert may_keep(lead, team) is None
    assert [may_read_wishes(user, team) for user in (lead, member)] == [None, None]
    assert may_read_wishes(outside[0], team) == "Only members see whom the team looked for."
    team.archived_at = utcnow()
    assert may_keep(lead, team) == "This team has disbanded; nobody can join it."


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"competency": "NO-SUCH"}, "competency", "Please choose what you look for."),
        ({"level": 0}, "level", "Please choose a level."),
        ({"level": 6}, "level", "Please choose a level."),
        ({"text": "x" * 501}, "text", "Please use at most 500 characters."),
    ],
)
def test_what_makes_no_wish(ctx, team, lead, values, field, text):
    with pytest.raises(InvalidInput) as error:
        member_wish.add(ctx(lead), team.id, **{"competency": EDGE, "level": 3, **values})
    assert refused(error) == {field: [text]}


def test_a_second_click_is_the_same_wish_and_ten_are_enough(ctx, session, team, lead, wish):
    again = member_wish.add(
        ctx(lead), team.id, competency=EDGE, level=3, text="Two evenings a week."
    )
    assert again.id == wish.id
    with pytest.raises(InvalidInput) as error:
        member_wish.add(ctx(lead), team.id, competency=EDGE, level=4)
    assert refused(error) == {"competency": ["You look for this already. Close that wish first."]}
    for name in [
        "FND-ML",
        "FND-DL",
        "FND-EVL",
        "DAT-PRE",
        "DAT-ACQ",
        "PER-CV",
        "LNG-GEN",
        "DEL-PJM",
        "DEL-COM",
    ]:
        member_wish.add(ctx(lead), team.id, competency=name, level=2)
    with pytest.raises(InvalidInput) as error:
        member_wish.add(ctx(lead), team.id, competency="SYS-OPS", level=2)
    assert refused(error) == {"competency": ["A team looks for at most 10 things at once."]}


def test_closing_needs_the_version_seen_and_happens_once(ctx, session, lead, wish, make):
    with pytest.raises(StaleVersion):
        member_wish.close(ctx(lead), wish.id, 7)
    with pytest.raises(PermissionDenied, match="Only a lead"):
        member_wish.close(ctx(make.user()), wish.id, 1)
    closed = member_wish.close(ctx(lead), wish.id, 1).closed_at
    assert member_wish.close(ctx(lead), wish.id, 1).closed_at == closed
    assert actions(session).count("member_wish:close") == 1
    with pytest.raises(NotFound):  # Nobody else knows of it any more.
        queries.get_wish(session, make.user(), wish.id)


@on_both
def test_nobody_is_found_who_did_not_agree_and_only_what_is_confirmed_counts(
    ctx, session, make, lead, team, wish
):
    able, almost, boaster, silent, gone = (make.user(name=n) for n in "ABCDE")
    for user, level in ((able, 4), (almost, 3), (silent, 4), (gone, 4)):
        show(session, user, {EDGE: level})
    show(session, able, {EDGE: 4}, EvidenceKind.MENTOR, EvidenceState.CHECKED)
    rate(session, boaster, {EDGE: 5})
    for user in (able, almost, boaster, gone, team.members[1].user):
        consent(ctx, session, user, f"I am {user.name}.")
    gone.disabled_at = utcnow()
    session.commit()

    found = queries.found_for(session, lead, wish)
    assert [(f.user.name, f.text) for f in found] == [("A", "I am A."), ("B", "I am B.")]
    assert [f.confirmed for f in found] == [3, 2]
    for reader in (team.members[1].user, make.officer(), able):
        assert queries.found_for(session, reader, wish) == []

    find_consent.take_back(ctx(able))
    session.flush()
    assert [f.user.name for f in queries.found_for(session, lead, wish)] == ["B"]


def test_an_invitation_goes_the_usual_way_and_only_to_whoever_agreed(
    ctx, session, make, lead, team, wish
):
    able, silent = make.user(email="able@example.com"), make.user()
    for user in (able, silent):
        show(session, user, {EDGE: 4})
    consent(ctx, session, able)

    with pytest.raises(NotFound):
        member_wish.invite(ctx(lead), wish.id, silent.id)
    with pytest.raises(PermissionDenied, match="Only a lead"):
        member_wish.invite(ctx(able), wish.id, able.id)
    sent = member_wish.invite(ctx(lead), wish.id, able.id)
    session.commit()

    assert (sent.email, sent.team_id, sent.state) == (able.email, team.id, InvitationState.PENDING)
    assert able.id not in {place.user_id for place in team.members}
    assert actions(session)[-2:] == ["member_wish:invite", "invitation:send"]
    with pytest.raises(InvalidInput) as error:
        member_wish.invite(ctx(lead), wish.id, able.id)
    assert refused(error) == {
        "email": ["This address was invited already and has not answered yet."]
    }
    assert session.scalar(sa.select(sa.func.count(Invitation.id))) == 1


def test_an_offer_tells_the_leads_once_and_can_be_taken_back(ctx, session, make, lead, team, wish):
    person = make.user(name="Someone New")
    member_wish.offer(ctx(person), wish.id, "I have done this.")
    member_wish.offer(ctx(person), wish.id, "A second click.")
    session.commit()

    letters = session.scalars(sa.select(OutboxMessage)).all()
    assert [(letter.recipient, letter.kind) for letter in letters] == [
        (lead.email, "member_wish.offered")
    ]
    assert letters[0].subject == f"Someone New would like to join {team.name_en}"
    assert "Edge AI" in letters[0].body
    assert [offer.text for offer in wish.offers] == ["I have done this."]
    assert member_wish.invite(ctx(lead), wish.id, person.id).email == person.email

    member_wish.take_back_offer(ctx(person), wish.id)
    member_wish.take_back_offer(ctx(person), wish.id)
    assert session.scalar(sa.select(sa.func.count(MemberOffer.id))) == 0
    assert actions(session).count("member_wish:take_back_offer") == 1


def test_who_may_not_offer(ctx, session, make, monkeypatch, lead, team, wish):
    assert may_offer(lead, wish) == "You are a member of this team already."
    monkeypatch.setattr(member_wish, "MOST_OFFERS", 0)
    with pytest.raises(RateLimited, match="many teams"):
        member_wish.offer(ctx(make.user()), wish.id)
    wish.closed_at = utcnow()
    assert may_offer(make.user(), wish) == "The team no longer looks for somebody."


@on_both
def test_wishes_of_teams_that_are_not_public_stay_with_the_team(ctx, session, make, team, wish):
    stranger = make.user()
    assert [c.wish.id for c in queries.chances(session, stranger)] == [wish.id]
    assert queries.chances(session, stranger, competency="FND-ML") == []
    assert queries.chances(session, stranger, sector="IND-XXX") == []
    assert queries.chances(session, team.members[1].user) == []
    team.is_public = False
    session.flush()
    assert queries.chances(session, stranger) == []
    assert queries.get_wish(session, team.members[1].user, wish.id) is wish
    with pytest.raises(NotFound):
        queries.get_wish(session, make.officer(), wish.id)


def test_what_one_likely_can_comes_first(ctx, session, make, team, lead, wish):
    other = member_wish.add(ctx(lead), team.id, competency="DAT-PRE", level=3)
    person = make.user()
    show(session, person, {EDGE: 4})
    first, second = queries.chances(session, person)
    assert (first.wish.id, second.wish.id) == (wish.id, other.id)
    assert first.likely > 0.6 > second.likely
    assert second.known is None


def test_consent_is_explicit_kept_once_and_forgotten_with_the_account(ctx, session, make, wish):
    person = make.user(password_hash=None)
    with pytest.raises(InvalidInput) as error:
        find_consent.give(ctx(person), agreed=False)
    assert refused(error) == {"agreed": ["Please tick the box to agree."]}
    with pytest.raises(InvalidInput) as error:
        find_consent.give(ctx(person), agreed=True, text="x" * 501)
    assert refused(error) == {"text": ["Please use at most 500 characters."]}
    consent(ctx, session, person, "One")
    consent(ctx, session, person, "Two")
    row = session.scalars(sa.select(FindConsent)).one()
    assert (row.text, row.consent) == ("Two", "find-1")
    assert actions(session).count("find_consent:give") == 1
    member_wish.offer(ctx(person), wish.id)

    erase(ctx(person), person)
    assert session.scalar(sa.select(sa.func.count(FindConsent.id))) == 0
    assert session.scalar(sa.select(sa.func.count(MemberOffer.id))) == 0
