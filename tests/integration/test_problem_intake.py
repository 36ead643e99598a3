"""The guide's answers: kept, turned into text, never over what the owner wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.assessment.intake import Intake, questions
from matchmaker.competency import Requirement
from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import AuditEvent, Job, Problem
from matchmaker.records import ProblemRecord
from matchmaker.services import problem as problems
from matchmaker.services import problem_intake as service
from matchmaker.services.importing_problem import take_problem
from matchmaker.services.problem_values import ANSWERS, MAX_ANSWER, ProblemValues, values_of
from matchmaker.workflows.problem import EDITABLE_STATES, ProblemState

S = ProblemState
TODAY = "目檢人員用肉眼看螺絲頭部。"


@pytest.fixture
def owner(make):
    user = make.user()
    make.organization(user)
    return user


@pytest.fixture
def draft(ctx, make, owner):
    """A draft that has a title and nothing else."""
    context = ctx(owner)
    problem = problems.create(
        context,
        organization_id=next(iter(owner.organization_ids)),
        call_id=make.call().id,
        values=ProblemValues(title_zh="螺絲刮痕"),
    )
    context.session.commit()
    return problem


def answer(ctx, owner, problem, **given):
    saved = service.answer(ctx(owner), problem.id, given)
    ctx(owner).session.commit()
    return saved


def test_answers_write_the_text_and_the_data(ctx, owner, draft):
    answer(ctx, owner, draft, today=TODAY, data_amount="12,000 張影像", personal="none", site=True)
    assert draft.intake == {
        "today": TODAY,
        "data_amount": "12,000 張影像",
        "personal": "none",
        "site": True,
    }
    assert draft.text_zh == f"現在怎麼處理\n{TODAY}\n\n我們提供\n提供試驗場域"
    assert draft.data_zh == "資料量：12,000 張影像\n資料裡認得出人嗎？沒有個人資料"
    assert (draft.text_en, draft.data_en) == ("", "")
    assert draft.data_details == {"formats": [], "volume": "12,000 張影像", "personal": False}


def test_the_text_follows_until_the_owner_changes_it(ctx, owner, draft):
    answer(ctx, owner, draft, today=TODAY)
    answer(ctx, owner, draft, today="現在改用抽檢。")
    assert draft.text_zh == "現在怎麼處理\n現在改用抽檢。"
    answer(ctx, owner, draft, text_zh="我自己寫的。")
    answer(ctx, owner, draft, who="品管課")
    assert draft.text_zh == "我自己寫的。"
    (unlike,) = service.written(values_of(draft), "zh_Hant_TW")
    assert (unlike.name, unlike.own) == ("text_zh", "我自己寫的。")
    assert unlike.built == "現在怎麼處理\n現在改用抽檢。\n\n誰受影響\n品管課"

    service.use_built(ctx(owner), draft.id, ["text_zh", "title_zh"])
    assert (draft.text_zh, draft.title_zh) == (unlike.built, "螺絲刮痕")
    assert service.written(values_of(draft), "zh_Hant_TW") == []
    answer(ctx, owner, draft, who="")  # And follows again.
    assert draft.text_zh == "現在怎麼處理\n現在改用抽檢。"


def test_a_text_that_was_there_before_the_answers_stays(ctx, owner, draft):
    answer(ctx, owner, draft, text_zh="先寫好的說明。", data_zh="先寫好的資料。")
    answer(ctx, owner, draft, today=TODAY, data_amount="少")
    assert (draft.text_zh, draft.data_zh) == ("先寫好的說明。", "先寫好的資料。")
    names = [item.name for item in service.written(values_of(draft), "en")]
    assert names == ["text_zh", "data_zh"]


def test_answers_that_change_language_take_their_text_along(ctx, owner, draft):
    answer(ctx, owner, draft, today=TODAY)
    answer(ctx, owner, draft, today="Inspectors look at every screw by eye under a lamp.")
    assert draft.text_en.startswith("What happens today\nInspectors look")
    assert draft.text_zh == ""


def test_a_text_that_was_cleared_comes_back_with_the_next_answer_only(ctx, owner, draft):
    answer(ctx, owner, draft, today=TODAY)
    answer(ctx, owner, draft, text_zh="")
    assert draft.text_zh == ""
    answer(ctx, owner, draft, who="品管課")
    assert draft.text_zh == f"現在怎麼處理\n{TODAY}\n\n誰受影響\n品管課"


def test_two_tabs_on_different_questions_do_not_meet(ctx, owner, draft):
    seen = service.fingerprint(values_of(draft), ["today"])
    other = service.fingerprint(values_of(draft), ["who"])
    service.answer(ctx(owner), draft.id, {"today": TODAY}, seen=seen)
    ctx(owner).session.commit()
    service.answer(ctx(owner), draft.id, {"who": "品管課"}, seen=other)
    assert (draft.intake["today"], draft.intake["who"]) == (TODAY, "品管課")


def test_two_tabs_on_the_same_question_are_told(ctx, owner, draft):
    seen = service.fingerprint(values_of(draft), ["today"])
    service.answer(ctx(owner), draft.id, {"today": TODAY}, seen=seen)
    ctx(owner).session.commit()
    with pytest.raises(StaleVersion):
        service.answer(ctx(owner), draft.id, {"today": "別的"}, seen=seen)
    assert draft.intake == {"today": TODAY}
    again = service.answer(ctx(owner), draft.id, {"today": TODAY}, seen=seen)  # A second click.
    assert again.version == draft.version


def test_what_is_not_an_answer_is_refused_by_its_question(ctx, owner, draft):
    wrong = {"harm": "huge", "who": "a" * (MAX_ANSWER + 1), "pattern": "PT-NO", "site": "yes"}
    with pytest.raises(InvalidInput) as refusal:
        service.answer(ctx(owner), draft.id, wrong)
    assert {name: str(found[0]) for name, found in refusal.value.fields.items()} == {
        "harm": "Choose one of the answers.",
        "pattern": "Choose one of the answers.",
        "site": "Choose one of the answers.",
        "who": f"Please use at most {MAX_ANSWER} characters.",
    }
    assert draft.intake == {}


@pytest.mark.parametrize("state", [state for state in S if state not in EDITABLE_STATES])
def test_nothing_is_answered_once_the_office_has_it(ctx, make, owner, state):
    (organization,) = (row.organization for row in owner.organization_memberships)
    problem = make.problem(state, organization=organization)
    with pytest.raises(InvalidTransition):
        service.answer(ctx(owner), problem.id, {"today": TODAY})
    assert problem.intake == {}


def test_only_the_owner_answers(ctx, make, draft, owner):
    for other in (make.user(), make.officer()):
        for act in (
            lambda who: service.answer(ctx(who), draft.id, {"today": "x"}),
            lambda who: service.use_built(ctx(who), draft.id, ["text_zh"]),
            lambda who: service.dismiss(ctx(who), draft.id, ["technique:OCR"]),
        ):
            with pytest.raises(NotFound):
                act(other)
    public = make.problem()
    with pytest.raises(PermissionDenied, match="Only members of the organization"):
        service.answer(ctx(owner), public.id, {"today": "x"})


def test_suggestions_set_aside_stay_so_and_are_on_record(ctx, session, owner, draft):
    service.dismiss(ctx(owner), draft.id, ["technique:OCR", "goal:PT-AOI"])
    service.dismiss(ctx(owner), draft.id, ["technique:OCR"])
    assert draft.dismissed == ["technique:OCR", "goal:PT-AOI"]
    events = session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action == "problem:dismiss")
    ).all()
    assert [event.data for event in events] == [{"suggestions": ["technique:OCR", "goal:PT-AOI"]}]


def test_new_text_is_encoded_once_however_often_it_is_saved(ctx, session, owner, draft):
    answer(ctx, owner, draft, today=TODAY)
    answer(ctx, owner, draft, today="別的做法")
    answer(ctx, owner, draft, domain="mentor")
    jobs = session.scalars(sa.select(Job).where(Job.kind == "problem.encode")).all()
    assert len(jobs) == 1


def test_the_intake_speaks_of_everything_said_in_any_way(make):
    problem = make.problem(
        S.DRAFT, text_en="A longer text in English than in Chinese, so it counts."
    )
    problem.intake = {"harm": "severe"}
    intake = service.intake_of(problem)
    assert (intake.title, intake.text) == (problem.title_en, problem.text_en)
    assert (intake.harm, intake.sector) == ("severe", "IND-MFG")
    assert intake.requirements == (Requirement("PER-CV", 3, 3), Requirement("FND-DL", 2, 2))


def test_a_language_nobody_reads_is_said_to_be_so():
    assert not service.is_foreign(ProblemValues())
    assert not service.is_foreign(ProblemValues(title_zh="螺絲"))
    assert not service.is_foreign(ProblemValues(intake={"today": "by hand"}))
    assert service.is_foreign(ProblemValues(intake={"today": "사람이 눈으로 나사를 검사합니다"}))
    assert service.is_foreign(ProblemValues(title_zh="ねじのきずをみつける"))


TEXTS = st.text(max_size=30)
CHOICES = {
    name: st.sampled_from([None, *(item.value for item in question.answers)])
    for name, question in questions().items()
    if question.kind == "choice" and name in ANSWERS
}
GIVEN = st.fixed_dictionaries(
    {}, optional={"today": TEXTS, "who": TEXTS, "metric": TEXTS, "text_zh": TEXTS, **CHOICES}
)


@settings(max_examples=80, deadline=None)
@given(st.lists(GIVEN, max_size=4), GIVEN)
def test_no_answer_ever_replaces_what_the_owner_wrote(earlier, last):
    values = ProblemValues(title_zh="題目")
    for given_ in earlier:
        values = service.rebuilt(values, service.merged(values, given_), "zh_Hant_TW")
    values = replace(values, text_zh="我寫的", text_en="mine")
    answers = {name: value for name, value in last.items() if name != "text_zh"}
    after = service.rebuilt(values, service.merged(values, answers), "zh_Hant_TW")
    assert (after.text_zh, after.text_en) == ("我寫的", "mine")
    assert Intake.from_data(after.intake).to_data() == after.intake
    names = [*answers, "text_zh"]
    same = service.fingerprint(values, names) == service.fingerprint(after, names)
    assert same == (service.merged(values, answers).intake == values.intake)


def test_a_record_imported_again_leaves_the_answers(ctx, session, owner, draft):
    answer(ctx, owner, draft, today=TODAY)
    draft.external_id = "P-1"
    draft.organization.external_id = "O-1"
    session.commit()
    record = {"id": "P-1", "organization": "O-1", "call": draft.call.external_id, "lang": "zh"}
    changed = {"title": "新題名", "text": "全新的說明", "state": "draft"}
    take_problem(ctx(), ProblemRecord.model_validate(record | changed))
    session.commit()
    session.expire_all()
    row = session.get(Problem, draft.id)
    assert (row.title_zh, row.text_zh, row.intake) == ("新題名", "全新的說明", {"today": TODAY})


def test_answers_are_adopted_only_where_permissions_were_decided_elsewhere(ctx, make, owner):
    problem = make.problem()
    service.adopt(ctx(), problem, {"harm": "costly", "mentor": True, "who": ""})
    assert problem.intake == {"harm": "costly", "mentor": True}
    assert problem.text_zh == "用相機找出金屬零件上的刮痕。"
    with pytest.raises(InvalidInput):
        service.adopt(ctx(), problem, {"harm": "huge"})
    with pytest.raises(PermissionDenied):
        service.adopt(ctx(owner), problem, {"harm": "cheap"})
