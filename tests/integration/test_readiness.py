"""Readiness checks: who may what, what is kept, what counts."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.assessment.shipped import shipped_data, shipped_rubric
from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, NotFound, PermissionDenied, StaleVersion
from matchmaker.models import (
    SETTINGS,
    AuditEvent,
    MemberRole,
    Organization,
    OrganizationKind,
    OrganizationMember,
    ReadinessAssessment,
    Role,
    User,
)
from matchmaker.policies import readiness as policies
from matchmaker.queries import readiness as queries
from matchmaker.services import office_setting, readiness, rubric
from matchmaker.services.context import Context
from tests.backends import on_both
from tests.factories import Factory

Ctx = Callable[..., Context]
RUBRIC = shipped_rubric("readiness")


@pytest.fixture
def owner(make: Factory) -> User:
    return make.user()


@pytest.fixture
def colleague(make: Factory) -> User:
    return make.user()


@pytest.fixture
def firm(make: Factory, owner: User, colleague: User) -> Organization:
    return make.organization(owner, colleague)


def page(side: str, score: int | None = 2) -> dict[str, int | None]:
    return {item.id: score for item in RUBRIC.items.values() if item.dimension == side}


def fill(ctx: Context, check: ReadinessAssessment, score: int | None = 2) -> ReadinessAssessment:
    for side in RUBRIC.dimensions:
        readiness.save_page(ctx, check.id, check.version, side, page(side, score))
    return check


def completed(
    ctx: Context, firm: Organization, score: int = 2, beside: int | None = None, days: int = 0
) -> ReadinessAssessment:
    check = readiness.start(ctx, firm.id, beside)
    readiness.complete(ctx, fill(ctx, check, score).id)
    check.completed_at = utcnow() - timedelta(days=days)
    ctx.session.commit()
    return check


def message(error: pytest.ExceptionInfo[Exception]) -> str:
    return str(error.value)


class TestWhoMayWhat:
    def actors(self, make: Factory, owner: User, colleague: User, firm: Organization) -> list[User]:
        insider = make.officer()
        make.save(OrganizationMember(organization=firm, user=insider))
        return [
            owner,
            colleague,
            make.user(),
            make.user(Role.REVIEWER),
            make.user(Role.MENTOR),
            make.user(Role.ASSOCIATION),
            make.user(Role.ADMINISTRATOR),
            make.officer(),
            insider,
        ]

    @pytest.mark.parametrize(
        ("rule", "allowed"),
        [
            (policies.may_answer, [True] + [False] * 8),
            (policies.may_discard, [True] + [False] * 8),
            (policies.may_take_over, [False] * 9),
            (policies.may_verify, [False] * 7 + [True, False]),
        ],
    )
    def test_on_a_check(self, make, ctx, owner, colleague, firm, rule, allowed):
        check = readiness.start(ctx(owner), firm.id)
        actors = self.actors(make, owner, colleague, firm)
        assert [rule(actor, check) is None for actor in actors] == allowed

    def test_to_begin_one(self, make, owner, colleague, firm):
        actors = self.actors(make, owner, colleague, firm)
        begins = [policies.may_start(actor, firm) is None for actor in actors]
        assert begins == [True, True, False, False, False, False, False, False, True]

    def test_to_know_of_one(self, make, ctx, session, owner, colleague, firm):
        readiness.start(ctx(owner), firm.id)
        actors = self.actors(make, owner, colleague, firm)
        shown = [
            session.scalar(
                sa.select(sa.func.count())
                .select_from(ReadinessAssessment)
                .where(policies.visible_assessments(actor))
            )
            for actor in [None, *actors]
        ]
        assert shown == [0, 1, 1, 0, 0, 0, 0, 1, 1, 1]

    def test_once_the_one_who_began_has_left(self, make, ctx, session, owner, colleague, firm):
        check = readiness.start(ctx(colleague), firm.id)
        session.commit()
        session.execute(
            sa.delete(OrganizationMember).where(OrganizationMember.user_id == colleague.id)
        )
        session.commit()
        session.expire_all()
        third = make.user()
        make.save(OrganizationMember(organization=firm, user=third, role=MemberRole.MEMBER))
        session.expire_all()
        assert policies.may_answer(colleague, check) is not None
        assert policies.may_discard(colleague, check) is not None
        assert policies.may_discard(third, check) is not None
        assert policies.may_discard(owner, check) is None
        assert policies.may_take_over(third, check) is None
        taken = readiness.take_over(ctx(third), check.id)
        assert taken.respondent_id == third.id
        assert readiness.take_over(ctx(third), check.id) is taken  # A second click.

    def test_nobody_takes_over_beside_a_check_of_their_own(
        self, ctx, session, owner, colleague, firm
    ):
        check = readiness.start(ctx(colleague), firm.id)
        readiness.start(ctx(owner), firm.id)
        session.execute(
            sa.delete(OrganizationMember).where(OrganizationMember.user_id == colleague.id)
        )
        session.commit()
        session.expire_all()
        with pytest.raises(Conflict) as error:
            readiness.take_over(ctx(owner), check.id)
        assert "half-filled check" in message(error)

    def test_an_organization_that_stops_setting_problems_stops_answering(self, ctx, owner, firm):
        check = readiness.start(ctx(owner), firm.id)
        firm.kind = OrganizationKind.ASSOCIATION
        with pytest.raises(PermissionDenied) as error:
            readiness.save_page(ctx(owner), check.id, check.version, "N", page("N"))
        assert "for enterprises and public bodies" in message(error)

    def test_an_erased_account_leaves_the_answers_behind(
        self, ctx, session, owner, colleague, firm
    ):
        check = completed(ctx(colleague), firm)
        session.execute(
            sa.delete(OrganizationMember).where(OrganizationMember.user_id == colleague.id)
        )
        colleague.erase(utcnow())
        session.commit()
        session.expire_all()
        assert queries.latest(session, firm.id) is check
        assert check.respondent.name == ""


class TestAnswering:
    @on_both
    def test_every_page_is_kept_and_the_result_with_it(self, ctx, session, owner, firm):
        check = completed(ctx(owner), firm, 3)
        session.expire_all()
        saved = session.scalars(sa.select(ReadinessAssessment)).one()
        assert saved.sides == dict.fromkeys(RUBRIC.dimensions, 75.0)
        assert (saved.overall, saved.stage, saved.grade_cap) == (75.0, "S4", "G4")
        assert len(saved.answers) == 20
        assert saved.id == check.id

    def test_a_check_is_not_complete_before_its_time(self, ctx, owner, firm):
        check = readiness.start(ctx(owner), firm.id)
        for side in list(RUBRIC.dimensions)[:-1]:
            readiness.save_page(ctx(owner), check.id, check.version, side, page(side, None))
        with pytest.raises(Conflict) as error:
            readiness.complete(ctx(owner), check.id)
        assert "“I don't know” is an answer too." in message(error)
        assert not check.is_completed

    def test_a_month_makes_no_difference(self, ctx, session, owner, firm):
        check = readiness.start(ctx(owner), firm.id)
        readiness.save_page(ctx(owner), check.id, 1, "N", page("N", 4))
        check.created_at = check.updated_at = utcnow() - timedelta(days=40)
        session.commit()
        assert readiness.start(ctx(owner), firm.id) is check
        assert queries.own_unfinished(session, owner) == [check]
        for side in list(RUBRIC.dimensions)[1:]:
            readiness.save_page(ctx(owner), check.id, check.version, side, page(side))
        assert readiness.complete(ctx(owner), check.id).overall == 60.0

    def test_a_stale_page_is_refused_and_changes_nothing(self, ctx, owner, firm):
        check = readiness.start(ctx(owner), firm.id)
        readiness.save_page(ctx(owner), check.id, 1, "N", page("N", 1))
        with pytest.raises(StaleVersion):
            readiness.save_page(ctx(owner), check.id, 1, "N", page("N", 4))
        assert check.answers == page("N", 1)

    @pytest.mark.parametrize(
        "answers", [{"N1": 5}, {"N1": -1}, {"D1": 2}, {"X9": 1}, {"N1": 2.5}, {"N1": "3"}]
    )
    def test_what_is_no_answer_is_refused_by_name(self, ctx, owner, firm, answers):
        check = readiness.start(ctx(owner), firm.id)
        with pytest.raises(InvalidInput) as error:
            readiness.save_page(ctx(owner), check.id, check.version, "N", answers)
        assert list(error.value.fields) == list(answers)
        assert check.answers == {}

    def test_a_new_version_of_the_questions_does_not_reach_into_a_check(
        self, make, ctx, session, owner, firm
    ):
        before = readiness.start(ctx(owner), firm.id)
        readiness.save_page(ctx(owner), before.id, before.version, "N", page("N", 4))
        content = copy.deepcopy(dict(shipped_data()["readiness", "1"]))
        dropped = {item["id"] for item in content["items"] if item["id"] in ("O4", "T4")}
        content["items"] = [item for item in content["items"] if item["id"] not in dropped]
        content["groups"] = {
            name: [item for item in items if item not in dropped]
            for name, items in content["groups"].items()
        }
        rubric.make_version(
            ctx(make.officer()), "readiness", "1", content, note="Two fewer.", seen="1"
        )
        session.commit()
        assert len(readiness.rubric_of(session, before).items) == 20
        fill(ctx(owner), before, 4)
        readiness.complete(ctx(owner), before.id)
        assert before.rubric_version == "1"
        after = readiness.start(ctx(owner), firm.id)
        assert after.rubric_version != "1"
        assert len(readiness.rubric_of(session, after).items) == 18
        assert readiness.result_of(session, before).overall == 100


class TestSecondOpinions:
    def test_one_is_set_beside_and_never_counts(self, ctx, session, owner, colleague, firm):
        first = completed(ctx(owner), firm, 2)
        second = completed(ctx(colleague), firm, 4, beside=first.id)
        assert queries.latest(session, firm.id) is first
        assert queries.opinions(session, owner, first) == [second]
        assert queries.completed(session, owner, firm) == [first]
        assert [row.id for row in queries.standing(session, owner)] == [first.id]

    def test_it_answers_the_questions_of_the_first(self, ctx, session, owner, colleague, firm):
        first = completed(ctx(owner), firm)
        first.rubric_version = "1"
        second = readiness.start(ctx(colleague), firm.id, first.id)
        assert second.rubric_version == "1"
        with pytest.raises(Conflict) as error:
            readiness.start(ctx(colleague), firm.id)
        assert "half-filled check" in message(error)

    def test_not_by_the_same_person(self, ctx, owner, firm):
        first = completed(ctx(owner), firm)
        with pytest.raises(Conflict) as error:
            readiness.start(ctx(owner), firm.id, first.id)
        assert "somebody else gives the second opinion" in message(error)

    def test_not_on_an_opinion_nor_on_a_half_filled_check(self, ctx, owner, colleague, firm):
        half = readiness.start(ctx(owner), firm.id)
        with pytest.raises(Conflict) as error:
            readiness.start(ctx(colleague), firm.id, half.id)
        assert "given on a completed check" in message(error)
        readiness.discard(ctx(owner), half.id)
        first = completed(ctx(owner), firm)
        second = completed(ctx(colleague), firm, beside=first.id)
        with pytest.raises(Conflict):
            readiness.start(ctx(owner), firm.id, second.id)

    def test_not_on_a_check_of_another_organization(self, make, ctx, owner, colleague, firm):
        elsewhere = completed(ctx(owner), make.organization(owner))
        with pytest.raises(NotFound):
            readiness.start(ctx(colleague), firm.id, elsewhere.id)


class TestWhatCounts:
    def test_the_newest_completed_check_does(self, ctx, session, owner, firm):
        assert queries.latest(session, firm.id) is None
        old = completed(ctx(owner), firm, 1, days=400)
        new = completed(ctx(owner), firm, 3, days=3)
        readiness.start(ctx(owner), firm.id)
        assert queries.latest(session, firm.id) is new
        assert queries.completed(session, owner, firm) == [old, new]
        assert queries.score_histories(session, owner) == {firm.id: [25.0, 75.0]}
        assert [row.id for row in queries.standing(session, owner)] == [new.id]

    def test_the_cap_holds_only_while_the_office_wants_it(self, make, ctx, session, owner, firm):
        completed(ctx(owner), firm, 1)
        unchecked = make.organization()
        assert queries.grade_cap(session, firm.id) is None
        values = {key: item.default for key, item in SETTINGS.items()}
        office_setting.update(ctx(make.officer()), 0, {**values, "readiness_caps_grade": 1})
        assert queries.grade_cap(session, firm.id) == "G2"
        assert (
            queries.grade_cap(session, unchecked.id) is None
        )  # Nobody is shut out for want of one.

    def test_who_never_began_is_asked_to(self, make, ctx, session, owner, firm):
        make.organization(owner, kind=OrganizationKind.UNIVERSITY)
        assert queries.never_checked(session, owner) == [firm]
        readiness.start(ctx(owner), firm.id)
        assert queries.never_checked(session, owner) == []

    def test_the_number_of_queries_does_not_grow(self, make, ctx, session, owner):
        officer = make.officer()
        completed(ctx(owner), make.organization(owner))
        one = n_queries(session, officer)
        for _number in range(3):
            completed(ctx(owner), make.organization(owner))
        assert n_queries(session, officer) == one


def n_queries(session: Session, actor: User) -> int:
    """How many queries it takes to read what stands, with the organizations."""
    assert actor.role_grants
    for row in session.scalars(sa.select(ReadinessAssessment)).all():
        session.expire(row)
    statements: list[str] = []

    def note(*facts: object) -> None:
        statements.append(str(facts[2]))

    sa.event.listen(session.bind, "before_cursor_execute", note)
    assert all(row.organization.name_en for row in queries.standing(session, actor))
    sa.event.remove(session.bind, "before_cursor_execute", note)
    return len(statements)


def test_every_decision_is_on_the_record(make, ctx, session, owner, firm):
    check = readiness.start(ctx(owner), firm.id)
    readiness.discard(ctx(owner), check.id)
    done = completed(ctx(owner), firm)
    readiness.verify(ctx(make.officer()), done.id, "Seen on site")
    readiness.verify(ctx(make.officer()), done.id, "Again")  # Once confirmed it stays so.
    events = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(event.action, event.data.get("stage")) for event in events] == [
        ("readiness:start", None),
        ("readiness:discard", None),
        ("readiness:start", None),
        ("readiness:complete", "S3"),
        ("readiness:verify", None),
    ]
    assert done.verifier_note == "Seen on site"
