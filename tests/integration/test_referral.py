"""Referrals: who sends and answers them, what consent shows, and what it never does."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import (
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
)
from matchmaker.models import (
    AccountKind,
    AuditEvent,
    Organization,
    OrganizationKind,
    OutboxMessage,
    Problem,
    Referral,
    Role,
    User,
)
from matchmaker.policies.problem import visible_problems
from matchmaker.policies.referral import followed_problems
from matchmaker.queries import referral as queries
from matchmaker.reference import is_registration_number
from matchmaker.reports.referral import members_csv
from matchmaker.services import referral as service
from matchmaker.services.context import Context
from matchmaker.services.referral import Addressee
from matchmaker.workflows.problem import ProblemState
from matchmaker.workflows.referral import REFERRAL_WORKFLOW, ReferralAction, ReferralState
from tests.factories import Factory

Ctx = Callable[..., Context]
A, S = ReferralAction, ReferralState
NUMBER = "04595257"


@dataclass
class People:
    """An association, an enterprise known to the public, and everybody around them."""

    secretary: User
    association: Organization
    lead: User
    member: User
    enterprise: Organization
    officer: User
    stranger: User


@pytest.fixture
def people(make: Factory) -> People:
    secretary, lead, member = make.user(), make.user(kind=AccountKind.ENTERPRISE), make.user()
    association = make.organization(secretary, kind=OrganizationKind.ASSOCIATION)
    enterprise = make.organization(lead, member, name_en="Bolts", registration_number=NUMBER)
    make.problem(organization=enterprise, title_en="Shown to all")
    stranger = make.user(Role.ASSOCIATION)
    make.organization(stranger, kind=OrganizationKind.ASSOCIATION)
    return People(secretary, association, lead, member, enterprise, make.officer(), stranger)


def refer(ctx: Ctx, people: People, to: Addressee | None = None) -> Referral:
    to = to or Addressee(organization_id=people.enterprise.id)
    return service.send(ctx(people.secretary), people.association.id, to, message="Do come")


def accepted(ctx: Ctx, people: People, session: Session) -> Referral:
    referral = refer(ctx, people)
    service.accept(ctx(people.lead), referral.id)
    session.commit()
    return referral


def letters(session: Session) -> list[str]:
    return sorted(session.scalars(sa.select(OutboxMessage.recipient)))


class TestSending:
    def test_a_known_enterprise_gets_a_letter_and_sees_it(
        self, people: People, session: Session, ctx: Ctx
    ) -> None:
        referral = refer(ctx, people)

        assert letters(session) == [people.lead.email]
        assert list(queries.received(session, people.lead)) == [referral]
        assert list(queries.received(session, people.member)) == []
        event = session.scalars(sa.select(AuditEvent)).one()
        assert (event.action, event.data) == (
            "referral:send",
            {"association_id": people.association.id},
        )

    def test_by_address_it_waits_until_the_person_leads_an_enterprise(
        self, people: People, make: Factory, session: Session, ctx: Ctx
    ) -> None:
        referral = refer(ctx, people, Addressee(email="New.Comer@Example.com "))
        session.commit()
        assert letters(session) == ["new.comer@example.com"]
        newcomer = make.user(email="new.comer@example.com")

        assert list(queries.received(session, newcomer)) == [referral]
        with pytest.raises(PermissionDenied, match="Register your organization first"):
            service.accept(ctx(newcomer), referral.id)
        firm = make.organization(newcomer)
        session.expire_all()
        service.accept(ctx(newcomer), referral.id, organization_id=firm.id)
        assert (referral.organization_id, referral.state) == (firm.id, S.ACCEPTED)

    def test_by_number_its_leads_hear_of_it_and_others_do_not(
        self, people: People, session: Session, ctx: Ctx
    ) -> None:
        referral = refer(ctx, people, Addressee(registration_number=NUMBER))
        session.commit()

        assert referral.organization_id is None
        assert letters(session) == [people.lead.email]
        assert list(queries.received(session, people.lead)) == [referral]
        assert list(queries.received(session, people.stranger)) == []

    def test_the_association_learns_nothing_from_a_wrong_guess(
        self, people: People, session: Session, ctx: Ctx
    ) -> None:
        known = refer(ctx, people, Addressee(registration_number=NUMBER))
        unknown = refer(ctx, people, Addressee(registration_number="22099131"))
        session.commit()

        (second, first) = queries.of_association(session, people.secretary, people.association)
        assert (first.referral, second.referral) == (known, unknown)
        assert first.state is second.state
        assert first.referral.organization is second.referral.organization is None

    @pytest.mark.parametrize(
        ("to", "field", "text"),
        [
            (Addressee(), "email", "Give an e-mail address or a registration number."),
            (Addressee(email="no address"), "email", ""),
            (
                Addressee(registration_number="04595258"),
                "registration_number",
                "This is not a valid registration number.",
            ),
            (Addressee(organization_id=999), "organization_id", "Choose an enterprise"),
        ],
    )
    def test_bad_addressees(
        self, people: People, ctx: Ctx, to: Addressee, field: str, text: str
    ) -> None:
        with pytest.raises(InvalidInput) as caught:
            refer(ctx, people, to)

        assert list(caught.value.fields) == [field]
        assert caught.value.fields[field][0].text.startswith(text)

    def test_an_enterprise_hidden_from_the_public_cannot_be_chosen(
        self, people: People, make: Factory, session: Session, ctx: Ctx
    ) -> None:
        hidden = make.organization(make.user(), name_en="Hidden Works")

        assert list(queries.find_enterprises(session, people.secretary, "hidden")) == []
        assert list(queries.find_enterprises(session, people.secretary, "bolt")) == [
            people.enterprise
        ]
        with pytest.raises(InvalidInput):
            refer(ctx, people, Addressee(organization_id=hidden.id))

    def test_nobody_is_referred_twice_at_a_time(
        self, people: People, session: Session, ctx: Ctx
    ) -> None:
        referral = refer(ctx, people)
        with pytest.raises(InvalidInput, match="You have referred this enterprise already"):
            refer(ctx, people)
        referral.expires_at = utcnow() - timedelta(days=1)
        session.commit()

        assert refer(ctx, people).id != referral.id
        assert referral.state is S.EXPIRED

    @pytest.mark.parametrize("who", ["lead", "officer", "stranger"])
    def test_only_members_of_an_association_refer_in_its_name(
        self, people: People, make: Factory, session: Session, ctx: Ctx, who: str
    ) -> None:
        make.problem(organization=people.association)  # Everybody may know of it.
        to = Addressee(email="a@b.example")

        with pytest.raises(PermissionDenied, match="an association you belong to"):
            service.send(ctx(getattr(people, who)), people.association.id, to)
        with pytest.raises(PermissionDenied, match="Only industry associations"):
            service.send(ctx(people.lead), people.enterprise.id, to)


ALLOWED = {
    A.ACCEPT: {"lead"},
    A.DECLINE: {"lead"},
    A.REVOKE: {"secretary"},
    A.END: {"lead"},
}
REFUSALS = {
    A.ACCEPT: "Only a lead of the organization that is referred answers.",
    A.DECLINE: "Only a lead of the organization that is referred answers.",
    A.REVOKE: "You refer enterprises only for an association you belong to.",
    A.END: "Only a lead of the organization decides what the association sees.",
}
ACT = {
    A.ACCEPT: service.accept,
    A.DECLINE: service.decline,
    A.REVOKE: service.revoke,
    A.END: service.end,
}
KNOWING = ("secretary", "lead")


@pytest.mark.parametrize("state", list(S))
def test_every_state_action_and_role(
    people: People, session: Session, ctx: Ctx, state: ReferralState
) -> None:
    referral = refer(ctx, people)
    for step in REFERRAL_WORKFLOW.path(state):
        referral.apply(step)
    session.commit()

    for action, role in itertools.product(ACT, (*KNOWING, "member", "officer", "stranger")):
        with session.begin_nested() as attempt:
            told = _attempt(ctx(getattr(people, role)), session, referral.id, action)
            attempt.rollback()
        assert told == _expected(state, action, role), (action, role)


def _attempt(ctx: Context, session: Session, referral_id: int, action: A) -> object:
    try:
        ACT[action](ctx, referral_id)
    except (NotFound, InvalidTransition) as error:
        return type(error)
    except PermissionDenied as error:
        return error.message.text
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    state = session.get_one(Referral, referral_id).state
    return state, event.action if event else None


def _expected(state: S, action: A, role: str) -> object:
    if role not in KNOWING:
        return NotFound
    if role not in ALLOWED[action]:
        return REFUSALS[action]
    if (state, action) == (S.ACCEPTED, A.ACCEPT):
        return S.ACCEPTED, "referral:send"  # A second click changes nothing.
    if not REFERRAL_WORKFLOW.can(state, action):
        return InvalidTransition
    return REFERRAL_WORKFLOW.target(state, action), f"referral:{action}"


def test_an_answer_that_comes_too_late(people: People, session: Session, ctx: Ctx) -> None:
    referral = refer(ctx, people)
    referral.expires_at = utcnow() - timedelta(seconds=1)
    session.commit()

    for act in (service.accept, service.decline):
        with pytest.raises(DeadlinePassed, match="has expired"):
            act(ctx(people.lead), referral.id)
    assert queries.state_now(referral) is S.EXPIRED


class TestConsent:
    def test_accepting_shows_nothing_and_consent_is_given_apart(
        self, people: People, session: Session, ctx: Ctx
    ) -> None:
        referral = refer(ctx, people)
        with pytest.raises(InvalidInput, match="Accept the referral first"):
            service.consent(ctx(people.lead), referral.id, is_given=True)
        service.accept(ctx(people.lead), referral.id)
        session.commit()
        (line,) = queries.of_association(session, people.secretary, people.association)
        assert line.standings == []
        service.consent(ctx(people.lead), referral.id, is_given=True)
        session.commit()
        (line,) = queries.of_association(session, people.secretary, people.association)
        assert [one.title_en for one in line.standings] == ["Shown to all"]

    def test_what_is_shown_and_what_never_is(
        self, people: People, make: Factory, session: Session, ctx: Ctx
    ) -> None:
        received = make.problem(
            ProblemState.SCREENING, organization=people.enterprise, title_en="Secret title"
        )
        make.problem(
            ProblemState.DRAFT,
            organization=people.enterprise,
            title_en="Secret draft",
            submitted_at=None,
        )
        referral = accepted(ctx, people, session)
        service.consent(ctx(people.lead), referral.id, is_given=True)
        session.commit()

        lines = queries.of_association(session, people.secretary, people.association)
        table = members_csv(lines, "en", ctx(None).settings.timezone)

        assert {(one.number, one.state) for one in lines[0].standings} >= {
            (received.id, ProblemState.SCREENING)
        }
        assert len(lines[0].standings) == 2
        assert "Being looked at" in table
        assert "Secret" not in table + repr(lines[0].standings)
        assert received.contact_email not in table
        known = sa.select(Problem.id).where(visible_problems(people.secretary))
        assert received.id not in session.scalars(known).all()

    def test_withdrawing_hides_at_once_and_history_stays(
        self, people: People, session: Session, ctx: Ctx
    ) -> None:
        referral = accepted(ctx, people, session)
        for is_given in (True, True, False):
            service.consent(ctx(people.lead), referral.id, is_given=is_given)
            session.commit()

        lines = queries.of_association(session, people.secretary, people.association)
        assert lines[0].standings == []
        assert "Shown to all" not in members_csv(lines, "en", ctx(None).settings.timezone)
        followed = sa.select(Problem.id).where(followed_problems(people.secretary))
        assert session.scalars(followed).all() == []
        assert [one.is_given for one in queries.history(session, referral)] == [False, True]
        actions = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert actions[-2:] == ["referral:consent", "referral:withdraw_consent"]

    def test_ending_the_referral_ends_consent(
        self, people: People, session: Session, ctx: Ctx
    ) -> None:
        referral = accepted(ctx, people, session)
        service.consent(ctx(people.lead), referral.id, is_given=True)
        service.end(ctx(people.lead), referral.id)
        session.commit()

        assert (referral.state, referral.consented_at) == (S.ENDED, None)
        assert [one.is_given for one in queries.history(session, referral)] == [False, True]

    @pytest.mark.parametrize(
        ("who", "error"), [("secretary", PermissionDenied), ("member", NotFound)]
    )
    def test_only_a_lead_consents(
        self, people: People, session: Session, ctx: Ctx, who: str, error: type[Exception]
    ) -> None:
        referral = accepted(ctx, people, session)

        with pytest.raises(error):
            service.consent(ctx(getattr(people, who)), referral.id, is_given=True)

    def test_another_association_sees_nothing(
        self, people: People, session: Session, ctx: Ctx
    ) -> None:
        referral = accepted(ctx, people, session)
        service.consent(ctx(people.lead), referral.id, is_given=True)
        session.commit()

        followed = sa.select(Problem.id).where(followed_problems(people.stranger))
        assert session.scalars(followed).all() == []
        with pytest.raises(NotFound):
            queries.get(session, people.stranger, referral.id)
        assert queries.of_association(session, people.stranger, people.association) == []


def test_the_offices_figures(people: People, make: Factory, session: Session, ctx: Ctx) -> None:
    referral = accepted(ctx, people, session)
    service.consent(ctx(people.lead), referral.id, is_given=True)
    refer(ctx, people, Addressee(email="a@b.example"))
    session.commit()

    associations, sectors = queries.figures(session, people.officer)

    (line,) = associations
    assert (line.key, line.total, line.consenting) == (people.association, 2, 1)
    assert {state: n for state, n in line.by_state.items() if n} == {S.ACCEPTED: 1, S.SENT: 1}
    assert [(line.key, line.total) for line in sectors] == [("", 1), ("IND-MFG", 1)]
    for who in (people.secretary, people.lead, people.stranger):
        with pytest.raises(PermissionDenied):
            queries.figures(session, who)


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        (NUMBER, True),
        ("22099131", True),
        ("04595258", False),
        ("0459525", False),
        ("０４５９５２５７", False),
        ("1234567x", False),
        ("", False),
    ],
)
def test_registration_numbers(text: str, is_valid: bool) -> None:
    assert is_registration_number(text) is is_valid
