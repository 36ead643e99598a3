"""The page of a case in grading: everything the office sees of it, with the forms it may use now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from matchmaker.errors import NotSignedIn
from matchmaker.models import GradeAppeal, GradingPanel, Problem, Seat, User
from matchmaker.policies.base import Reason
from matchmaker.policies.grade_appeal import may_decide_appeal
from matchmaker.policies.grading_panel import may_manage_panel
from matchmaker.policies.problem import may_decide
from matchmaker.queries import grade_appeal as appeals
from matchmaker.queries import grade_decision as decisions
from matchmaker.queries import grading_panel as queries
from matchmaker.queries.screening import is_listed
from matchmaker.queries.similar_problems import Similar, similar_to
from matchmaker.services import rubric as rubrics
from matchmaker.services.grade_decision import Basis, basis_of
from matchmaker.services.grade_learning import learned_grade
from matchmaker.services.grading_panel import differences, taken_by
from matchmaker.web import grading_words, problem_words
from matchmaker.web.auth import actor
from matchmaker.web.forms.grade_decision import SignForm, sign_form
from matchmaker.web.forms.grade_review import CommentForm
from matchmaker.web.forms.grading_panel import AssignForm, PanelForm, SettleForm, offer
from matchmaker.web.transaction import db_session
from matchmaker.workflows.grade_appeal import OPEN_STATES as OPEN_APPEALS
from matchmaker.workflows.grade_appeal import GradeAppealState
from matchmaker.workflows.grading_panel import OPEN_STATES, GradingPanelState
from matchmaker.workflows.problem import ProblemState


@dataclass
class Forms:
    """What the reader can do now; a form that was sent and refused takes the place of its fresh one."""

    panel: PanelForm | None = None
    assign: dict[Seat, AssignForm] = field(default_factory=dict)
    comment: CommentForm | None = None
    settle: SettleForm | None = None
    sign: SignForm | None = None


def reader() -> User:
    """The reader of a page that only signed-in people reach."""
    found = actor()
    if found is None:
        raise NotSignedIn
    return found


def case_page(problem_id: int, typed: Forms | None = None, **values: Any) -> str:
    """The page of a case; *typed* are forms that were refused."""
    session = db_session()
    problem = queries.get_case(session, actor(), problem_id)
    panels = queries.panels_of(session, problem.id)
    panel = next((one for one in panels if one.state in OPEN_STATES), None)
    appeal = appeals.appeal_of(session, problem.id)
    basis = basis_of(session, problem)
    refusal = _refusal(problem, appeal)
    forms = _forms(session, problem, panel, basis, refusal is None, appeal)
    similar = similar_to(session, actor(), problem, among=Problem.grade.is_not(None)).found
    return render_template(
        "grading_panel/show.html",
        problem=problem,
        panel=panel,
        panels=panels,
        basis=basis,
        appeal=appeal,
        refusal=refusal,
        forms=_with_typed(forms, typed),
        decisions=decisions.decisions_of(session, problem.id),
        similar=similar,
        far_apart=is_far_apart(basis, similar),
        learned=learned_grade(session, problem, basis),
        rubric_of=lambda one: rubrics.version(session, "grading", one.rubric_version),
        differences=differences,
        not_offered=_not_offered(session, problem, panel) if forms.panel or forms.assign else [],
        one_gender=_one_gender(session, panel),
        changed_since=panel is not None and _changed_since(problem, panel),
        words=problem_words,
        grading=grading_words,
        Seat=Seat,
        **values,
    )


def _refusal(problem: Problem, appeal: GradeAppeal | None) -> Reason:
    """Why the reader decides nothing here, or None."""
    if appeal is not None and appeal.state in OPEN_APPEALS:
        return may_decide_appeal(reader(), appeal)
    return may_decide(reader(), problem)


def _forms(
    session: Session,
    problem: Problem,
    panel: GradingPanel | None,
    basis: Basis,
    may: bool,
    appeal: GradeAppeal | None,
) -> Forms:
    """The forms for what can be done now."""
    forms = Forms()
    if not may or not _is_under_way(problem, appeal):
        return forms
    S = GradingPanelState
    manages = may_manage_panel.allows(reader(), problem)
    if panel is None and manages:
        forms.panel = _panel_form(session, problem)
    elif panel is not None and panel.state is S.SCORING:
        vacant = [seat for seat in Seat if panel.in_seat(seat) is None]
        forms.assign = {seat: _assign_form(session, problem, panel, seat) for seat in vacant}
    elif panel is not None and panel.state is S.DISCUSSION:
        forms.comment = CommentForm(formdata=None)
        forms.settle = SettleForm(formdata=None, data={"version": panel.version})
    if not basis.needs_panel or (panel is not None and panel.state is S.SETTLED):
        forms.sign = sign_form(basis, problem.version, formdata=None)
    return forms


def _is_under_way(problem: Problem, appeal: GradeAppeal | None) -> bool:
    """Whether the problem waits for a grade: for the first time, or because the owner asked."""
    if appeal is not None and appeal.state in OPEN_APPEALS:
        return appeal.state is GradeAppealState.TAKEN and appeal.officer_id == reader().id
    return problem.state is ProblemState.SCREENING and is_listed(db_session(), problem)


def _panel_form(session: Session, problem: Problem) -> PanelForm:
    return offer_both(PanelForm(formdata=None), session, problem)


def offer_both(form: PanelForm, session: Session, problem: Problem) -> PanelForm:
    """Give both seats of *form* those who may be asked; the best fit of each is chosen."""
    gone = taken_by(session, None, problem)
    for seat, at in ((Seat.AI, form.ai), (Seat.SECTOR, form.sector)):
        offer(at, queries.candidates(session, problem, seat, taken=gone))
    return form


def _assign_form(session: Session, problem: Problem, panel: GradingPanel, seat: Seat) -> AssignForm:
    form = AssignForm(formdata=None, data={"seat": seat.value})
    gone = taken_by(session, panel, problem)
    offer(form.user_id, queries.candidates(session, problem, seat, taken=gone))
    return form


def _with_typed(forms: Forms, typed: Forms | None) -> Forms:
    if typed is None:
        return forms
    for name, value in vars(typed).items():
        if value:
            setattr(forms, name, {**forms.assign, **value} if name == "assign" else value)
    return forms


def _not_offered(
    session: Session, problem: Problem, panel: GradingPanel | None
) -> Sequence[queries.Candidate]:
    """The reviewers who cannot be asked, with the reason."""
    found = queries.candidates(session, problem, Seat.AI, taken=taken_by(session, panel, problem))
    return [one for one in found if one.why_not is not None]


def _one_gender(session: Session, panel: GradingPanel | None) -> bool:
    """Whether both reviewers have declared their gender, and the same one; only ever a hint."""
    if panel is None or len(panel.seated) < len(Seat):
        return False
    declared = queries.declared_genders(session, [r.reviewer_id for r in panel.seated])
    return len(declared) == len(Seat) and len(set(declared)) == 1


def _changed_since(problem: Problem, panel: GradingPanel) -> bool:
    """Whether somebody changed the text after the reviewers were named."""
    return problem.updated_at is not None and problem.updated_at > panel.created_at


def is_far_apart(basis: Basis, similar: Sequence[Similar]) -> bool:
    """Whether the rules and the graded problems most like this one differ by more than a grade."""
    steps = sorted(int(one.problem.grade[1]) for one in similar if one.problem.grade)
    if len(steps) < 3:
        return False
    return abs(steps[len(steps) // 2] - int(basis.suggestion.grade[1])) > 1
