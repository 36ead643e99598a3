"""Accounts: opened, confirmed, used, changed and closed; who may, and what stays behind."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker import passwords
from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, NotFound, NotSignedIn, PermissionDenied
from matchmaker.models import (
    AccountKind,
    AuditEvent,
    FormDraft,
    Invitation,
    MemberRole,
    OrganizationMember,
    OutboxMessage,
    Role,
    TeamMember,
    User,
)
from matchmaker.policies.account import may_administer, may_change, may_delete
from matchmaker.services import account, account_administration, audit
from matchmaker.workflows.invitation import InvitationState
from matchmaker.workflows.problem import ProblemState

PASSWORD = "correct horse battery"
HASH = passwords.hash_password(PASSWORD)
OTHER = "seven green bottles"
NEW_PERSON = {"email": "New.Person@Example.com", "name": "New Person", "password": PASSWORD}


def fields_of(caught) -> dict[str, list[str]]:
    return {name: [str(m) for m in found] for name, found in caught.value.fields.items()}


def letters(session) -> list[OutboxMessage]:
    return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def actions(session) -> list[str]:
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))


def token_in(message: OutboxMessage) -> str:
    return re.search(r"http://localhost/account/\w+/(\S+)", message.body)[1]


def register(context, **values):
    values = {"locale": "en", **NEW_PERSON, **values}
    account.register(context, values.pop("kind", AccountKind.SOLVER), **values)


@pytest.fixture
def made(session):
    """Finds an account by its address."""
    return lambda email: session.scalar(sa.select(User).where(User.email == email))


# Policies


@pytest.mark.parametrize("role", [None, *Role])
def test_people_change_their_own_account_alone(make, role):
    person, other = make.user(*([role] if role else [])), make.user()
    assert may_change(person, person) is None
    assert may_change(person, other) == "You can change your own account only."
    assert may_delete(person, person) is None
    assert may_delete(person, other) == "You can delete your own account only."


@pytest.mark.parametrize("role", [None, *Role])
def test_only_administrators_administer(make, role):
    person = make.user(*([role] if role else []))
    expected = "Only administrators manage other people's accounts."
    assert may_administer(person) == (None if role is Role.ADMINISTRATOR else expected)


@pytest.mark.parametrize("permission", [may_change, may_delete, may_administer])
def test_nobody_may_anything(make, permission):
    subject = [make.user()] if permission.needs_subject else []
    assert not permission.allows(None, *subject)
    with pytest.raises(NotSignedIn):
        permission.require(None, *subject)


# Addresses


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ann@Example.COM", "ann@example.com"),
        ("  ann@example.com ", "ann@example.com"),
        ("Ann@例え.jp", "ann@xn--r8jz45g.jp"),
        ("ann@xn--r8jz45g.jp", "ann@xn--r8jz45g.jp"),
        ("ann+tag@example.com", "ann+tag@example.com"),
    ],
)
def test_addresses_are_kept_in_one_form(typed, kept):
    assert account.normalize_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "ann", "ann@", "@example.com", "ann@localhost", "a b@example.com", "安@example.com",
     "ann@example.com\nBcc: x@example.com", "<script>@example.com", "a" * 300 + "@example.com"],
)  # fmt: skip
def test_what_is_no_address_is_refused_beside_its_field(typed):
    with pytest.raises(InvalidInput) as caught:
        account.normalize_email(typed)
    expected = "This is not an e-mail address. Example: name@company.com.tw"
    assert fields_of(caught) == {"email": [expected]}


# Registering


def test_registering_waits_for_the_address(ctx, session, made):
    register(ctx(None), kind=AccountKind.ENTERPRISE)
    user = made("new.person@example.com")
    assert (user.kind, user.name, user.confirmed_at) == ("enterprise", "New Person", None)
    assert passwords.verify(user.password_hash, PASSWORD)
    (letter,) = letters(session)
    assert (letter.kind, letter.recipient) == ("account.confirm", "new.person@example.com")
    assert actions(session) == ["account:register"]
    assert PASSWORD not in letter.body


def test_a_known_address_gets_another_letter_and_the_same_outcome(ctx, session, make):
    owner = make.user(email="new.person@example.com", name="Owner", password_hash=HASH)
    register(ctx(None), password=OTHER)
    session.refresh(owner)
    assert (owner.name, owner.password_hash) == ("Owner", HASH)
    assert [letter.kind for letter in letters(session)] == ["account.exists"]
    assert actions(session) == []


def test_a_second_click_sends_no_second_letter(ctx, session, made):
    for _click in range(2):
        register(ctx(None))
        account.ask_reset(ctx(None), "new.person@example.com")
    assert [letter.kind for letter in letters(session)] == ["account.confirm", "account.reset"]


def test_registering_twice_sends_the_link_twice_and_changes_nothing(ctx, session, made):
    register(ctx(None))
    letters(session)[0].created_at -= timedelta(minutes=1)
    register(ctx(None), name="Impostor", password=OTHER)
    user = made("new.person@example.com")
    assert user.name == "New Person"
    assert passwords.verify(user.password_hash, PASSWORD)
    assert [letter.kind for letter in letters(session)] == ["account.confirm"] * 2


@pytest.mark.parametrize("is_known", [False, True])
def test_a_bad_password_is_refused_whether_the_address_is_known_or_not(ctx, make, is_known):
    if is_known:
        make.user(email="new.person@example.com")
    with pytest.raises(InvalidInput) as caught:
        register(ctx(None), password="short")
    assert fields_of(caught) == {"password": ["Please use at least 10 characters."]}


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"name": " "}, "name", "Please give your name."),
        ({"name": "x" * 121}, "name", "Please use at most 120 characters."),
        ({"locale": "fr"}, "locale", "Choose a language from the list."),
        (
            {"password": "New Person 1"},
            "password",
            "This password contains your name or e-mail address.",
        ),
    ],
)
def test_bad_values_are_refused_beside_their_field(ctx, values, field, message):
    with pytest.raises(InvalidInput) as caught:
        register(ctx(None), **values)
    assert fields_of(caught) == {field: [message]}


def test_nobody_registers_as_staff(ctx):
    with pytest.raises(InvalidInput) as caught:
        register(ctx(None), kind=AccountKind.STAFF)
    assert str(caught.value) == "Accounts of the programme office are made by its administrator."


# Confirming


def test_the_link_confirms_once_and_does_no_harm_twice(ctx, session, made):
    register(ctx(None), next_path="/invitations/open/t")
    token = token_in(letters(session)[0])
    user, next_path = account.confirm(ctx(None), token)
    assert (user.is_usable, next_path) == (True, "/invitations/open/t")
    at = user.confirmed_at
    assert account.confirm(ctx(None), token)[0].confirmed_at == at
    assert actions(session) == ["account:register", "account:confirm"]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "😀"])
def test_a_damaged_link_confirms_nothing(ctx, token):
    with pytest.raises(account.BadLink):
        account.confirm(ctx(None), token)


def test_a_link_ends_with_its_time(ctx, session, monkeypatch):
    register(ctx(None))
    monkeypatch.setattr(account, "CONFIRM_WITHIN", timedelta(seconds=-1))
    with pytest.raises(account.BadLink) as caught:
        account.confirm(ctx(None), token_in(letters(session)[0]))
    assert str(caught.value) == "This link is too old. Ask for a new one."


def test_a_link_serves_one_purpose(ctx, session, make):
    user = make.user(confirmed_at=None)
    token = account.reset_url(ctx(None), user).rsplit("/", 1)[1]
    with pytest.raises(account.BadLink):
        account.confirm(ctx(None), token)


def test_the_letter_is_sent_again_only_where_one_is_awaited(ctx, session, make):
    waiting, done = make.user(confirmed_at=None), make.user()
    blocked = make.user(confirmed_at=None, disabled_at=utcnow())
    for email in (waiting.email.upper(), done.email, blocked.email, "nobody@example.com"):
        account.resend_confirmation(ctx(None), email)
    assert [letter.recipient for letter in letters(session)] == [waiting.email]


# Signing in


def test_signing_in(ctx, session, make):
    user = make.user(email="ann@example.com", password_hash=HASH)
    assert account.authenticate(ctx(None), " ANN@example.com", PASSWORD) is user
    assert utcnow() - user.last_login_at < timedelta(minutes=1)
    event = session.scalar(sa.select(AuditEvent))
    assert (event.action, event.actor_id, event.subject_id) == ("account:sign_in", user.id, user.id)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ann@example.com", "wrong"),
        ("ann@example.com", ""),
        ("nobody@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("ann@example.com", PASSWORD + "\x00"),
        ("ann@example.com", "x" * 1_000_000),
    ],
)
def test_what_is_wrong_is_never_said(ctx, make, email, password):
    make.user(email="ann@example.com", password_hash=HASH)
    with pytest.raises(InvalidInput) as caught:
        account.authenticate(ctx(None), email, password)
    assert str(caught.value) == "The e-mail address or the password is not right."
    assert type(caught.value) is InvalidInput


def test_only_the_right_password_learns_that_the_address_is_not_confirmed(ctx, make):
    make.user(email="ann@example.com", password_hash=HASH, confirmed_at=None)
    with pytest.raises(account.NotConfirmed):
        account.authenticate(ctx(None), "ann@example.com", PASSWORD)
    with pytest.raises(InvalidInput, match="is not right"):
        account.authenticate(ctx(None), "ann@example.com", OTHER)


def test_a_blocked_account_does_not_sign_in(ctx, make):
    make.user(email="ann@example.com", password_hash=HASH, disabled_at=utcnow())
    with pytest.raises(InvalidInput, match="This account is blocked"):
        account.authenticate(ctx(None), "ann@example.com", PASSWORD)


def test_an_outdated_hash_is_renewed_on_signing_in(ctx, make):
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    user = make.user(email="ann@example.com", password_hash=weak)
    account.authenticate(ctx(None), "ann@example.com", PASSWORD)
    assert not passwords.is_outdated(user.password_hash)
    assert passwords.verify(user.password_hash, PASSWORD)


# Passwords


def test_a_forgotten_password_is_replaced_once(ctx, session, make):
    user = make.user(password_hash=HASH)
    account.ask_reset(ctx(None), user.email)
    token = token_in(letters(session)[0])
    account.reset_password(ctx(None), token, OTHER)
    assert passwords.verify(user.password_hash, OTHER)
    assert user.session_epoch == 2
    assert [letter.kind for letter in letters(session)] == [
        "account.reset",
        "account.password_changed",
    ]
    with pytest.raises(account.BadLink):
        account.reset_password(ctx(None), token, "third one of mine")
    assert actions(session) == ["account:reset_password"]


def test_a_reset_confirms_the_address_it_was_mailed_to(ctx, make):
    user = make.user(password_hash=HASH, confirmed_at=None)
    token = account.reset_url(ctx(None), user).rsplit("/", 1)[1]
    account.reset_password(ctx(None), token, OTHER)
    assert user.is_usable


@pytest.mark.parametrize("mark", ["disabled_at", "erased_at"])
def test_no_new_password_for_a_closed_account(ctx, make, session, mark):
    user = make.user(password_hash=HASH)
    token = account.reset_url(ctx(None), user).rsplit("/", 1)[1]
    setattr(user, mark, utcnow())
    session.commit()
    with pytest.raises(account.BadLink):
        account.reset_password(ctx(None), token, OTHER)


def test_asking_for_a_reset_tells_nothing(ctx, session, make):
    blocked = make.user(disabled_at=utcnow())
    assert account.ask_reset(ctx(None), "nobody@example.com") is None
    assert account.ask_reset(ctx(None), blocked.email) is None
    assert letters(session) == []


def test_a_weak_new_password_leaves_the_old_one(ctx, make):
    user = make.user(password_hash=HASH)
    token = account.reset_url(ctx(None), user).rsplit("/", 1)[1]
    with pytest.raises(InvalidInput) as caught:
        account.reset_password(ctx(None), token, "password1234")
    assert list(caught.value.fields) == ["new_password"]
    assert (user.password_hash, user.session_epoch) == (HASH, 1)


def test_changing_the_password_asks_for_the_present_one(ctx, session, make):
    user = make.user(password_hash=HASH)
    with pytest.raises(InvalidInput) as caught:
        account.change_password(ctx(user), OTHER, OTHER)
    assert fields_of(caught) == {"password": ["This is not your password."]}
    account.change_password(ctx(user), PASSWORD, OTHER)
    assert passwords.verify(user.password_hash, OTHER)
    assert user.session_epoch == 2
    assert [letter.kind for letter in letters(session)] == ["account.password_changed"]


def test_letters_are_in_the_language_of_their_reader(ctx, session, make):
    account.ask_reset(ctx(None), make.user(locale="zh_Hant_TW").email)
    (letter,) = letters(session)
    assert letter.subject == "設定新密碼"
    assert re.search(r"有效至 \d{4}年\d+月\d+日 \d\d:\d\d（UTC\+08:00）", letter.body)


# The rest of one's account


def test_profile_and_sessions(ctx, session, make):
    user = make.user()
    account.change_profile(ctx(user), name="  Ann   Lee ", locale="zh_Hant_TW")
    account.sign_out_everywhere(ctx(user))
    assert (user.name, user.locale, user.session_epoch) == ("Ann Lee", "zh_Hant_TW", 2)
    assert actions(session) == ["account:change", "account:sign_out_everywhere"]


def test_nobody_in_particular_has_no_account_to_change(ctx):
    with pytest.raises(NotSignedIn):
        account.change_profile(ctx(None), name="x", locale="en")
    with pytest.raises(NotSignedIn):
        account.delete(ctx(None), PASSWORD)


# Closing


def test_deleting_forgets_the_person_and_keeps_the_trail(ctx, session, make):
    user, colleague = make.user(password_hash=HASH, name="Ann"), make.user()
    organization, team = make.organization(colleague, user), make.team(user)
    address, user_id = user.email, user.id
    make.save(FormDraft(user_id=user.id, form="team:new", values={}, saved_at=utcnow()))
    inviting = make.organization(colleague)
    invitation = make.save(
        Invitation(organization=inviting, inviter=colleague, email=address, token_hash="h",
                   expires_at=utcnow() + timedelta(days=1))
    )  # fmt: skip
    account.ask_reset(ctx(None), address)
    session.commit()

    account.delete(ctx(user), PASSWORD)
    session.commit()
    session.expire_all()

    erased = session.get(User, user_id)
    assert (erased.email, erased.name, erased.password_hash) == (None, "", None)
    assert not erased.is_usable
    assert (erased.organization_ids, erased.team_ids) == (set(), set())
    assert [member.user_id for member in organization.members] == [colleague.id]
    assert team.archived_at is not None
    assert (invitation.state, invitation.email) == (InvitationState.EXPIRED, "")
    assert session.scalar(sa.select(sa.func.count()).select_from(FormDraft)) == 0
    (letter,) = letters(session)
    assert (letter.recipient, letter.subject, letter.body) == ("", "", "")
    assert letter.sent_at is not None
    assert actions(session) == [
        "account:delete", "membership:leave", "team:archive", "membership:leave",
    ]  # fmt: skip
    report = audit.verify(session)
    assert (report.n_events, report.broken_id) == (4, None)
    stored = str(session.execute(sa.select(AuditEvent.data)).all())
    assert address not in stored
    assert "Ann" not in stored


def test_deleting_asks_for_the_password(ctx, make):
    user = make.user(password_hash=HASH)
    with pytest.raises(InvalidInput) as caught:
        account.delete(ctx(user), OTHER)
    assert fields_of(caught) == {"password": ["This is not your password."]}
    assert user.erased_at is None


@pytest.mark.parametrize("kind", ["organization", "team"])
def test_the_last_lead_of_others_cannot_be_deleted(ctx, make, session, kind):
    lead, member = make.user(password_hash=HASH), make.user()
    group = getattr(make, kind)(lead, member, name_en="Acme")
    with pytest.raises(PermissionDenied) as caught:
        account.delete(ctx(lead), PASSWORD)
    assert str(caught.value) == ("You are the only lead of Acme. Make another member a lead first.")
    second = next(row for row in group.members if row.user_id == member.id)
    second.role = MemberRole.LEAD
    session.commit()
    assert may_delete(lead, lead) is None


@pytest.mark.parametrize(
    ("state", "is_free"),
    [
        (ProblemState.DRAFT, True),
        (ProblemState.SUBMITTED, False),
        (ProblemState.PUBLISHED, False),
        (ProblemState.SOLVING, False),
        (ProblemState.CLOSED, True),
        (ProblemState.WITHDRAWN, True),
    ],
)
def test_the_last_person_behind_a_problem_under_way_cannot_be_deleted(make, state, is_free):
    lead = make.user(locale="zh_Hant_TW")
    organization = make.organization(lead, name_zh="甲公司")
    make.problem(state, organization=organization)
    reason = may_delete(lead, lead)
    expected = (
        "You are the only lead of 甲公司, which has problems under way. "
        "Invite another lead, or withdraw the problems first."
    )
    assert (None if reason is None else str(reason)) == (None if is_free else expected)


def test_nobody_can_join_what_its_last_member_has_left(ctx, make, session):
    lead = make.user(password_hash=HASH)
    organization = make.organization(lead)
    invitation = make.save(
        Invitation(organization=organization, inviter=lead, email="x@example.com", token_hash="h",
                   expires_at=utcnow() + timedelta(days=1))
    )  # fmt: skip
    account.delete(ctx(lead), PASSWORD)
    session.commit()
    assert invitation.state is InvitationState.REVOKED
    assert session.scalar(sa.select(sa.func.count()).select_from(OrganizationMember)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(TeamMember)) == 0


# The operator


def test_the_operator_makes_accounts_that_work_at_once(ctx, session):
    user = account_administration.create(
        ctx(None), AccountKind.STAFF, email="Off@Example.com", name="Off", password=PASSWORD,
        roles=[Role.OFFICER, Role.OFFICER],
    )  # fmt: skip
    assert (user.email, user.roles, user.is_usable) == ("off@example.com", {Role.OFFICER}, True)
    with pytest.raises(
        Conflict, match=r"There is already an account with the address off@example\.com"
    ):
        account_administration.create(
            ctx(None), AccountKind.STAFF, email="off@example.com", name="Off", password=PASSWORD
        )
    assert actions(session) == ["account:create"]


def test_the_operator_gives_and_takes_roles_once(ctx, session, make):
    user = make.user()
    for _ in range(2):
        account_administration.grant_role(ctx(None), user.email, Role.MENTOR)
    assert user.roles == {Role.MENTOR}
    for _ in range(2):
        account_administration.withdraw_role(ctx(None), user.email, Role.MENTOR)
    assert user.roles == set()
    assert actions(session) == ["account:grant_role", "account:withdraw_role"]


def test_the_operator_blocks_and_unblocks(ctx, session, make):
    user = make.user()
    for _ in range(2):
        account_administration.disable(ctx(None), user.email)
    assert (user.is_usable, user.session_epoch) == (False, 2)
    with pytest.raises(Conflict):
        account_administration.reset_link(ctx(None), user.email)
    for _ in range(2):
        account_administration.enable(ctx(None), user.email)
    assert user.is_usable
    assert actions(session) == ["account:disable", "account:enable"]


def test_an_unknown_address_is_said_to_the_operator(ctx):
    with pytest.raises(NotFound, match=r"There is no account with the address nobody@example\.com"):
        account_administration.disable(ctx(None), "nobody@example.com")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_others_do_not_administer(ctx, make, role):
    person, victim = make.user(role), make.user()
    context = ctx(person)
    calls = [
        lambda: account_administration.disable(context, victim.email),
        lambda: account_administration.enable(context, victim.email),
        lambda: account_administration.grant_role(context, person.email, Role.ADMINISTRATOR),
        lambda: account_administration.withdraw_role(context, victim.email, role),
        lambda: account_administration.reset_link(context, victim.email),
        lambda: account_administration.create(
            context, AccountKind.STAFF, email="x@example.com", name="x", password=PASSWORD
        ),
    ]
    for call in calls:
        with pytest.raises(PermissionDenied, match="Only administrators manage"):
            call()
