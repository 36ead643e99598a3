"""What the talent report reads: the programme's problems and people, and what they declared."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker import passwords
from matchmaker.clock import utcnow
from matchmaker.competency.shortage import Able, Need
from matchmaker.errors import InvalidInput, NotSignedIn, PermissionDenied
from matchmaker.models import (
    AccountKind,
    AuditEvent,
    GenderDeclaration,
    LevelEstimate,
    Role,
    TeamKind,
    User,
)
from matchmaker.queries import gender_declaration as declared
from matchmaker.queries import talent as queries
from matchmaker.queries.talent import Participant
from matchmaker.services import account
from matchmaker.services import gender_declaration as service
from matchmaker.services.context import Context
from matchmaker.workflows.problem import ProblemState
from tests import private_world
from tests.factories import Factory

Ctx = Callable[..., Context]
AT_LEAST = [1, 1, 0.9, 0.6, 0.1, 0]


def know(session: Session, user: User, *, unknown: bool = False, confirmed: int = 2) -> None:
    row = LevelEstimate(
        user_id=user.id,
        competency="PER-CV",
        mean=2.6,
        sd=0.6,
        low=2,
        high=3,
        at_least=AT_LEAST,
        confirmed=confirmed,
        is_unknown=unknown,
        parameters_version="test",
        computed_at=utcnow(),
    )
    session.add(row)
    session.commit()


class TestShortage:
    def test_published_problems_ask_under_their_sector_and_region_or_their_owner_s(
        self, make: Factory, session: Session
    ) -> None:
        officer, wanted = make.officer(), [("PER-CV", 3, 3)]
        shown = make.problem(requirements=wanted)
        owner = make.organization(sector="IND-FOD", region="south")
        make.problem(organization=owner, sector=None, region=None, requirements=wanted)
        make.problem(ProblemState.SUBMITTED, requirements=wanted)
        assert queries.needs(session, officer) == [
            Need("PER-CV", 3, 3, frozenset({"IND-MFG", "central"})),
            Need("PER-CV", 3, 3, frozenset({"IND-FOD", "south"})),
        ]
        assert len(queries.needs(session, officer, shown.call_id)) == 1

    def test_people_count_with_what_is_known_beyond_their_own_word(
        self, make: Factory, session: Session
    ) -> None:
        member, alone, says, gone, staff, enterprise = (make.user() for _ in range(6))
        make.team(member, region="north", sectors=["IND-MFG", "IND-FOD"])
        staff.kind, enterprise.kind = AccountKind.STAFF, AccountKind.ENTERPRISE
        gone.disabled_at = utcnow()
        for user in (member, alone, gone, staff, enterprise):
            know(session, user)
        know(session, says, unknown=True)
        found = queries.people(session, make.officer())
        assert found == [
            Able("PER-CV", tuple(AT_LEAST), frozenset({"IND-MFG", "IND-FOD", "north"})),
            Able("PER-CV", tuple(AT_LEAST), frozenset()),
        ]

    @pytest.mark.parametrize("roles", [(), (Role.MENTOR,), (Role.REVIEWER,), (Role.ASSOCIATION,)])
    def test_only_the_office_reads_it(
        self, make: Factory, session: Session, roles: tuple[Role, ...]
    ) -> None:
        reader = make.user(*roles)
        for read in (queries.needs, queries.people, queries.participants):
            with pytest.raises(PermissionDenied, match="figures"):
                read(session, reader)


class TestDeclaring:
    def test_one_says_changes_and_takes_back_and_the_trail_knows_only_that(
        self, make: Factory, session: Session, ctx: Ctx
    ) -> None:
        ada, own = make.user(), declared.own_declaration
        assert service.declare(ctx(ada), "woman")
        assert not service.declare(ctx(ada), "woman")
        session.commit()
        found = own(session, ada.id)
        assert found is not None
        assert found.gender.value == "woman"
        assert service.declare(ctx(ada), "another")
        assert service.declare(ctx(ada), "")
        session.commit()
        assert own(session, ada.id) is None
        events = session.scalars(sa.select(AuditEvent)).all()
        assert [(event.action, event.data) for event in events] == [
            ("gender_declaration:change", {})
        ] * 3

    @pytest.mark.parametrize("value", ["WOMAN", "<script>", "\x00", "x" * 10_000])
    def test_anything_else_is_refused(self, make: Factory, ctx: Ctx, value: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            service.declare(ctx(make.user()), value)
        assert list(refused.value.fields) == ["gender"]
        with pytest.raises(NotSignedIn):
            service.declare(ctx(), "woman")

    def test_it_goes_with_the_account(self, make: Factory, session: Session, ctx: Ctx) -> None:
        ada = make.user(password_hash=passwords.hash_password("a password for tests"))
        service.declare(ctx(ada), "woman")
        account.delete(ctx(ada), "a password for tests")
        assert session.scalars(sa.select(GenderDeclaration)).all() == []


def test_everybody_who_takes_part_counts_once(make: Factory, session: Session, ctx: Ctx) -> None:
    lead, member = make.user(), make.user()
    make.user()  # Without a team yet.
    make.team(lead, member, kind=TeamKind.STARTUP, region="south")
    make.team(member, kind=TeamKind.STUDENT, region="north")
    make.organization(make.user(kind=AccountKind.ENTERPRISE))
    make.user(Role.REVIEWER, kind=AccountKind.STAFF)
    make.user(Role.MENTOR, kind=AccountKind.STAFF, disabled_at=utcnow())
    make.user(confirmed_at=None)
    service.declare(ctx(lead), "woman")
    know(session, lead, confirmed=3)
    assert queries.participants(session, make.officer()) == [
        Participant("woman", "lead", "startup", "south", 3),
        Participant("", "lead", "student", "north", 0),
        Participant("", "solver", "", "", 0),
        Participant("", "organization", "", "", 0),
        Participant("", "expert", "", "", 0),
    ]


def test_nothing_of_an_in_house_call_is_counted(
    make: Factory, session: Session, ctx: Ctx, run_jobs: Callable[[], int]
) -> None:
    world = private_world.surroundings(make)
    officer = world.outsiders["officer"]
    needs = queries.needs(session, officer)
    parts = {one.team_kind for one in queries.participants(session, officer)}
    private_world.fill(make, session, ctx, run_jobs, world)
    know(session, world.solver)

    assert queries.needs(session, officer) == needs
    assert queries.people(session, officer) == []
    assert {one.team_kind for one in queries.participants(session, officer)} == parts
