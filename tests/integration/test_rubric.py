"""Rubric versions: who may make them, what is refused, and that old ones never change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.assessment.grading import suggest_grade
from matchmaker.assessment.rubric_edit import changed, differences
from matchmaker.assessment.shipped import shipped_data, shipped_rubric
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotFound, PermissionDenied, StaleVersion
from matchmaker.models import AuditEvent, GradingPanel, Role, RubricVersion, Screening, User
from matchmaker.models.screening import ScreeningOutcome
from matchmaker.policies.rubric import may_edit_rubrics, may_read_rubrics
from matchmaker.queries import rubric as queries
from matchmaker.services import rubric as service
from matchmaker.services.context import Context
from matchmaker.workflows.problem import ProblemState
from tests.factories import Factory
from tests.unit.assessment.examples import CHEST_CT

MakeContext = Callable[..., Context]
GRADING = shipped_data()["grading", "1"]
#: Data count more, the method less.
WEIGHTS = {"criteria.DF1.weight": 30, "criteria.DF2.weight": 10}


@pytest.fixture
def officer(make: Factory) -> User:
    return make.officer()


@pytest.fixture
def office(ctx: MakeContext, officer: User) -> Context:
    return ctx(officer)


def make_version(ctx: Context, values: dict[str, Any], **options: Any) -> RubricVersion:
    kind, base = options.get("kind", "grading"), options.get("base", "1")
    content = changed(service.content(ctx.session, kind, base), values)
    seen = options.get("seen", service.current_version(ctx.session, kind))
    note = options.get("note", "Data decide")
    return service.make_version(ctx, kind, base, content, note=note, seen=seen)


def said(error: InvalidInput) -> dict[str, list[str]]:
    return {name: [str(message) for message in found] for name, found in error.fields.items()}


@pytest.mark.parametrize(
    ("roles", "reads", "edits"),
    [
        ((Role.OFFICER,), True, True),
        ((Role.ADMINISTRATOR,), True, False),
        ((Role.REVIEWER,), False, False),
        ((), False, False),
    ],
)
def test_who_may_read_and_edit(
    make: Factory, ctx: MakeContext, roles: tuple[Role, ...], reads: bool, edits: bool
) -> None:
    user = make.user(*roles)
    refusals = [may_read_rubrics(user), may_edit_rubrics(user)]
    expected = [
        None if reads else "The rubrics' versions are the programme office's to look after.",
        None if edits else "Only programme officers change a rubric.",
    ]
    assert [None if refusal is None else str(refusal) for refusal in refusals] == expected
    if not reads:
        with pytest.raises(NotFound):
            queries.list_versions(ctx(user).session, user, "grading")
    if not edits:
        with pytest.raises(PermissionDenied, match="Only programme officers change a rubric"):
            make_version(ctx(user), WEIGHTS)


def test_without_versions_of_its_own_the_office_goes_by_what_ships(session: Session) -> None:
    assert service.current(session, "grading") is shipped_rubric("grading")
    assert service.version(session, "screening", "1") is not None
    for kind, version in (("grading", "9"), ("nothing", "1")):
        with pytest.raises(NotFound):
            service.version(session, kind, version)


def test_a_new_version_is_in_force_at_once_and_the_old_one_stays(office: Context) -> None:
    row = make_version(office, WEIGHTS)

    assert (row.version, row.base, row.note) == ("1.1", "1", "Data decide")
    now = service.current(office.session, "grading")
    assert (now.version, now.criteria["DF1"].weight, now.criteria["DF2"].weight) == ("1.1", 30, 10)
    assert service.version(office.session, "grading", "1").criteria["DF1"].weight == 20
    assert service.current(office.session, "screening").version == "1"
    found = {c.path: (c.before, c.after) for c in differences(GRADING, row.content)}
    assert found == {"criteria.DF1.weight": (20, 30), "criteria.DF2.weight": (20, 10)}
    event = office.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.action, event.data) == (
        "rubric:edit",
        {"kind": "grading", "version": "1.1", "base": "1", "reason": "Data decide"},
    )


def test_versions_count_up_and_an_old_one_can_come_back(office: Context) -> None:
    make_version(office, WEIGHTS)
    back = make_version(office, {}, base="1", note="Back to what shipped")

    assert back.version == "1.2"
    assert service.current(office.session, "grading").criteria["DF1"].weight == 20


def test_a_rubric_edited_during_scoring_changes_no_running_score(
    office: Context, make: Factory
) -> None:
    problem = make.problem(ProblemState.SCREENING)
    panel = make.save(GradingPanel(problem=problem, number=1, rubric_version="1"))
    before = suggest_grade(
        CHEST_CT, service.version(office.session, "grading", panel.rubric_version)
    )

    make_version(office, WEIGHTS)
    make_version(office, {"grades.G4.minimum": 60}, base="1.1")

    office.session.expire_all()
    after = suggest_grade(
        CHEST_CT, service.version(office.session, "grading", panel.rubric_version)
    )
    assert after.graded == before.graded
    assert (after.score, after.grade, after.rubric_version) == (68, "G3", "1")
    now = suggest_grade(CHEST_CT, service.current(office.session, "grading"))
    assert (now.grade, now.rubric_version) == ("G4", "1.2")
    listed = queries.list_versions(office.session, office.actor, "grading")
    assert [(v.version, v.in_force, v.running) for v in listed] == [
        ("1.2", True, 0),
        ("1.1", False, 0),
        ("1", False, 1),
    ]


def test_decisions_are_listed_under_the_version_they_were_made_under(
    office: Context, make: Factory
) -> None:
    moment = utcnow()
    rows = [
        Screening(
            problem=make.problem(ProblemState.GRADED),
            opened_at=moment,
            due_at=moment,
            rubric_version=version,
            outcome=ScreeningOutcome.LIST if decided else None,
            decided_at=moment if decided else None,
        )
        for version, decided in (("1", True), ("1", False), ("1.1", True))
    ]
    for row in rows:
        make.save(row)
    make_version(office, {"list_from": 60}, kind="screening")

    listed = queries.list_versions(office.session, office.actor, "screening")

    assert [(v.version, v.decided, v.running) for v in listed] == [("1.1", 1, 0), ("1", 1, 1)]
    under = queries.decisions(office.session, office.actor, "screening", "1")
    assert list(under.items) == [rows[0]]


def test_somebody_who_was_faster_is_not_overruled_unseen(office: Context) -> None:
    make_version(office, WEIGHTS)

    with pytest.raises(StaleVersion):
        make_version(office, {"criteria.DF1.weight": 25, "criteria.DF2.weight": 15}, seen="1")

    assert service.current_version(office.session, "grading") == "1.1"


def test_a_second_click_makes_no_second_version(office: Context) -> None:
    first = make_version(office, WEIGHTS)

    assert make_version(office, WEIGHTS, seen="1") is first
    rows = sa.select(sa.func.count()).select_from(RubricVersion)
    assert office.session.scalar(rows) == 1


REFUSALS = [
    (
        "grading",
        {"criteria.DF1.weight": 30},
        {"criteria": ["The weights must add up to 100; now they make 110."]},
    ),
    (
        "grading",
        {"grades.G2.minimum": 50},
        {"grades.G3.minimum": ["Cut points must rise from step to step."]},
    ),
    (
        "grading",
        {"grades.G1.minimum": 5},
        {
            "grades.G1.minimum": [
                "The lowest cut point must be 0, or some scores would have no result."
            ]
        },
    ),
    (
        "grading",
        {"grades.G3.milestones.PoC": 50},
        {
            "grades.G3.milestones": [
                "The shares of the milestones must add up to 100; now they make 110."
            ]
        },
    ),
    (
        "grading",
        {"grades.G3.amount.1": 1},
        {
            "grades.G3.amount": [
                "The second number must not be below the first, and neither be zero."
            ]
        },
    ),
    (
        "grading",
        {"floors.data.grade": "G9"},
        {"floors.data.grade": ["G9 is not part of this rubric."]},
    ),
    (
        "grading",
        {"value_classes.A.factor": 0},
        {"value_classes.A.factor": ["Choose a factor above 0, at most 10."]},
    ),
    (
        "grading",
        {"criteria.DF3.anchors.2.zh": " "},
        {"criteria.DF3.anchors.2.zh": ["Write this in both languages."]},
    ),
    ("screening", {"coach_from": 65}, {"list_from": ["Cut points must rise from step to step."]}),
    (
        "screening",
        {"gates.data.minimum": 5},
        {"gates.data.minimum": ["Choose a number from 0 to 4."]},
    ),
    (
        "screening",
        {"coaching_rounds": 20},
        {"coaching_rounds": ["Choose a number from 0 to 9."]},
    ),
    (
        "readiness",
        {"stages.S3.cap": "G1"},
        {"stages.S3.cap": ["A later stage cannot have a lower cap than the one before."]},
    ),
    (
        "readiness",
        {"stages.S4.supported_cap": "G3"},
        {
            "stages.S4.supported_cap": ["With support the cap cannot be lower than without."],
        },
    ),
    (
        "readiness",
        {"stages.S4.floors.*": 101},
        {"stages.S4.floors": ["Choose a number from 0 to 100."]},
    ),
]


@pytest.mark.parametrize(("kind", "values", "expected"), REFUSALS)
def test_a_rubric_that_contradicts_itself_is_refused(
    office: Context, kind: str, values: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_version(office, values, kind=kind)

    assert said(refused.value) == expected
    assert service.current_version(office.session, kind) == "1"


def test_a_note_is_required_and_something_must_differ(office: Context) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_version(office, WEIGHTS, note="  ")
    assert said(refused.value) == {"note": ["Say why the rubric changes."]}
    with pytest.raises(InvalidInput) as refused:
        make_version(office, WEIGHTS, note="x" * 1001)
    assert said(refused.value) == {"note": ["Please use at most 1000 characters."]}
    with pytest.raises(InvalidInput, match=r"Nothing differs from the version in force\."):
        make_version(office, {})
