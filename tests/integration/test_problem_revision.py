"""Versions of a problem: numbered, attributed, kept as they were, read by those they are for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.competency import Requirement
from matchmaker.models import Role
from matchmaker.queries import problem_revision as queries
from matchmaker.services import problem as problem_service
from matchmaker.services import problem_revision as service
from matchmaker.services.problem_values import ProblemValues, values_of
from matchmaker.workflows.problem import ProblemState

S = ProblemState
NEEDS = st.builds(
    Requirement,
    st.sampled_from(["PER-CV", "FND-DL", "SYS-EDG"]),
    st.integers(1, 5),
    st.integers(1, 3),
)
VALUES = st.builds(
    ProblemValues,
    title_zh=st.text(max_size=20),
    text_en=st.text(max_size=50),
    sector=st.sampled_from([None, "IND-MFG"]),
    techniques=st.tuples(st.text(min_size=1, max_size=5)),
    requirements=st.lists(NEEDS, max_size=3, unique_by=lambda n: n.competency).map(tuple),
    has_personal_data=st.sampled_from([None, True, False]),
    deadline_at=st.sampled_from([None, datetime(2099, 1, 1, 9, tzinfo=UTC)]),
    intake=st.dictionaries(st.sampled_from(["who", "today"]), st.text(max_size=9)),
)


@given(VALUES)
def test_what_is_kept_is_read_back(values):
    assert service.values_from(service.to_data(values)) == values
    assert service.changed_names(values, values) == []


@given(VALUES)
def test_the_order_of_requirements_is_no_change(values):
    turned = replace(values, requirements=values.requirements[::-1])
    assert service.changed_names(values, turned) == []


def test_contents_of_another_time_are_read():
    assert service.values_from({"title_en": "Old", "gone": 1}) == ProblemValues(title_en="Old")


@pytest.fixture
def owner(make):
    return make.user(name="Owner")


@pytest.fixture
def problem(make, owner):
    return make.problem(
        S.RETURNED, organization=make.organization(owner), author_id=owner.id, title_en="Bolts"
    )


def numbers(session, reader, problem):
    return [
        (row.number, row.author_id, row.by_office, row.changed)
        for row in queries.revisions(session, reader, problem)
    ]


def test_every_saved_change_is_numbered_with_its_author(make, owner, problem, ctx, session):
    officer = make.officer()
    values = values_of(problem)
    problem_service.update(ctx(owner), problem.id, replace(values, title_en="Nuts"))
    session.commit()
    problem_service.update(ctx(owner), problem.id, replace(values, title_en="Nuts"))
    problem_service.update(
        ctx(officer), problem.id, replace(values, title_en="Screws", data_volume="9")
    )
    session.commit()
    assert numbers(session, owner, problem) == [
        (3, officer.id, True, ["title_en", "data_volume"]),
        (2, owner.id, False, ["title_en"]),
        (1, owner.id, False, []),
    ]
    titles = [row.content["title_en"] for row in queries.revisions(session, owner, problem)]
    assert titles == ["Screws", "Nuts", "Bolts"]


def test_a_draft_is_not_tracked_and_its_first_submission_is_version_one(make, owner, ctx, session):
    text = "字" * 90
    problem = make.problem(
        S.DRAFT,
        organization=make.organization(owner),
        text_zh=text,
        submitted_at=None,
        published_at=None,
    )
    problem_service.update(ctx(owner), problem.id, replace(values_of(problem), title_en="Draft"))
    assert numbers(session, owner, problem) == []
    problem_service.submit(ctx(owner), problem.id)
    session.commit()
    assert numbers(session, owner, problem) == [(1, owner.id, False, [])]
    problem_service.screen(ctx(make.officer()), problem.id)
    problem_service.return_to_owner(ctx(make.officer()), problem.id, note="more")
    problem_service.submit(ctx(owner), problem.id)
    session.commit()
    assert len(numbers(session, owner, problem)) == 1


def test_who_reads_versions(make, owner, problem, ctx, session):
    mentor = make.user(Role.MENTOR)
    make.broker(problem, mentor)
    problem_service.update(ctx(owner), problem.id, replace(values_of(problem), title_en="Nuts"))
    session.commit()
    session.expire_all()
    readers = {
        "owner": owner,
        "officer": make.officer(),
        "administrator": make.user(Role.ADMINISTRATOR),
        "broker": mentor,
    }
    for reader in readers.values():
        assert len(numbers(session, reader, problem)) == 2
    for other in (make.user(), make.user(Role.MENTOR), make.user(Role.REVIEWER), None):
        assert numbers(session, other, problem) == []


def test_two_people_save_over_each_other(make, owner, problem, ctx, session):
    from matchmaker.errors import StaleVersion

    officer, values = make.officer(), values_of(problem)
    problem_service.update(ctx(officer), problem.id, replace(values, title_en="A"), version=1)
    session.commit()
    with pytest.raises(StaleVersion):
        problem_service.update(ctx(owner), problem.id, replace(values, title_en="B"), version=1)
    assert [row[0] for row in numbers(session, owner, problem)] == [2, 1]
