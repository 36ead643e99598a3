"""The writing guide over HTTP: from an empty page to a submitted problem, in both languages."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import AuditEvent, FormDraft, Problem
from matchmaker.web.guide import STEPS
from matchmaker.workflows.problem import ProblemState

S = ProblemState
NASTY = "😀 مرحبا <script>alert(1)</script>"
ANSWERS = {
    "name": {"title_zh": "每五十顆螺絲就有一顆有刮痕沒被發現", "region": "south", "call_id": "1"},
    "who": {"who": "品管課每班六位目檢人員，與收到不良品的汽車零件客戶。", "reuse": "several"},
    "frequency": {"frequency": "每天兩班，每小時三千顆。", "value": "saving"},
    "today": {"today": "目檢人員在燈下用肉眼看螺絲頭部，疲勞時會漏看刮痕與裂紋，客戶退貨才知道。"},
    "better": {"better": "輸送帶上的相機當場挑出有刮痕、裂紋的螺絲。", "run_time": "edge"},
    "notice": {"notice": "退貨變少。", "metric": "瑕疵檢出率", "baseline": "90%", "target": "98%"},
    "data": {"data_period": "2024 年起的相機照片", "data_amount": "12,000 張", "data_band": "B"},
    "access": {"personal": "none", "access": "two_weeks", "legal": "listed"},
    "limits": {"must_not": "不可讓產線停下來。", "harm": "costly"},
    "when": {"by_when": "明年三月前。", "deadline_at": "2098-12-31T17:00", "calendar": "y"},
    "help": {
        "helpers": "品管課長每週兩小時。",
        "brings": ["contact", "site"],
        "teams_wanted": "2",
        "contact_name": "林小姐",
        "contact_email": "lin@example.com",
    },
    "needs": {
        "sector": "IND-MET",
        "pattern": "PT-AOI",
        "requirements-0-competency": "PER-CV",
        "requirements-0-level": "3",
        "requirements-0-importance": "3",
    },
    "sheet": {"data_unit": "一張照片一顆螺絲", "data_fields": "影像：螺絲頭部\n標註：刮痕或裂紋"},
}


@pytest.fixture
def owner(make):
    user = make.user(name="Lin", email="lin@metal.example")
    make.organization(user)
    make.call()
    return user


@pytest.fixture
def draft(make, owner):
    (membership,) = owner.organization_memberships
    call = make.call()
    return make.problem(
        S.DRAFT,
        organization=membership.organization,
        call=call,
        title_zh="螺絲刮痕",
        title_en="",
        text_zh="",
        text_en="",
        requirements=[],
        submitted_at=None,
        published_at=None,
        grade=None,
    )


def saved(session, problem_id=None):
    session.rollback()
    session.expire_all()
    rows = session.scalars(sa.select(Problem).order_by(Problem.id)).all()
    return rows[-1] if problem_id is None else session.get(Problem, problem_id)


def hidden(page, name):
    return re.search(rf'name="{name}" type="hidden" value="([^"]*)"', page).group(1)


def answer(client, problem, step, go="next", **given):
    """Fill in one step as its page shows it, and press a button."""
    address = f"/problems/{problem.id}/guide/{step}"
    seen = hidden(client.get(address).text, "seen")
    return client.post(address, data={"seen": seen, "go": go, **given})


@pytest.mark.parametrize("locale", ["zh_Hant_TW", "en"])
def test_from_the_first_question_to_a_submitted_problem(login, session, owner, locale):
    client = login(owner, locale)
    page = client.get("/problems/guide")
    assert (
        "一步一步出題" if locale == "zh_Hant_TW" else "Set a problem, step by step"
    ) in page.text
    begin = {
        **ANSWERS["name"],
        "token": hidden(page.text, "token"),
        "organization_id": str(next(iter(owner.organization_ids))),
    }
    first = client.post("/problems/guide", data=begin)
    problem = saved(session)
    assert (first.status_code, first.location) == (303, f"/problems/{problem.id}/guide/who")
    assert client.post("/problems/guide", data=begin).location == first.location  # A second click.
    assert (problem.state, problem.contact_name, problem.sector) == (S.DRAFT, "Lin", "IND-MFG")

    for step, after in zip(STEPS, [*STEPS[1:], None], strict=True):
        done = answer(client, problem, step.name, **ANSWERS[step.name])
        target = f"/problems/{problem.id}/guide" + (f"/{after.name}" if after else "")
        assert (done.status_code, done.location) == (303, target), step.name

    overview = client.get(target)
    words = (
        ("送出前還缺什麼", "沒有缺漏") if locale == "zh_Hant_TW" else ("Before you can submit", "")
    )
    assert words[0] in overview.text
    problem = saved(session)
    assert problem.text_zh.startswith("現在怎麼處理\n目檢人員在燈下用肉眼看螺絲頭部")
    assert "衡量指標：瑕疵檢出率\n現況數值：90%\n目標數值：98%" in problem.text_zh
    assert problem.text_zh.endswith("我們提供\n提供試驗場域")
    assert problem.data_zh.splitlines()[0] == "資料來源與期間：2024 年起的相機照片"
    assert problem.intake["pattern"] == "PT-AOI"
    assert (problem.intake["contact"], problem.intake["site"]) == (True, True)
    assert "mentor" not in problem.intake
    assert [(n.competency, n.level, n.importance) for n in problem.requirements] == [
        ("PER-CV", 3, 3)
    ]

    texts = {
        n: getattr(problem, n)
        for n in ("title_zh", "title_en", "text_zh", "text_en", "data_zh", "data_en")
    }
    sent = client.post(target, data={**texts, "seen": hidden(overview.text, "seen"), "submit": "1"})
    assert (sent.status_code, sent.location) == (303, f"/problems/{problem.id}")
    assert saved(session).state is S.SUBMITTED
    assert client.get(target).location == f"/problems/{problem.id}"  # The text is closed now.


def test_every_step_says_why_and_shows_a_good_and_a_poor_answer(login, draft, owner):
    for locale, words in (
        ("en", ("A good answer", "An answer that helps nobody")),
        ("zh_Hant_TW", ("好的寫法", "幫不上忙的寫法")),
    ):
        client = login(owner, locale)
        for step in STEPS:
            page = client.get(f"/problems/{draft.id}/guide/{step.name}")
            assert page.status_code == 200
            assert all(word in page.text for word in words)
            if locale == "en":
                text = html.unescape(page.text)
                assert all(part in text for part in (step.question, step.why, step.good, step.poor))


def test_buttons_go_on_back_out_and_to_the_overview(login, session, draft, owner):
    client = login(owner)
    place = f"/problems/{draft.id}/guide"
    assert answer(client, draft, "today", "back", today="By hand").location == f"{place}/frequency"
    assert answer(client, draft, "today", "overview", today="By hand").location == place
    assert answer(client, draft, "today", "nonsense", today="By hand").location == place
    left = answer(client, draft, "today", "leave", today="By eye")
    assert left.location == "/desk"
    assert saved(session, draft.id).intake == {"today": "By eye"}
    desk = client.get("/desk").text
    assert f'href="{place}"' in desk
    assert client.get(f"{place}/nothing").status_code == 404


def test_a_draft_left_for_a_month_says_what_changed(login, session, make, draft, owner):
    client = login(owner)
    answer(client, draft, "today", "leave", today="By hand")
    seen = hidden(client.get(f"/problems/{draft.id}/guide/who").text, "seen")
    typed = {"who": "The night shift, six people", "seen": seen}
    client.post(f"/drafts/guide:{draft.id}:who", data=typed)
    draft = saved(session, draft.id)
    draft.call.closes_at = datetime(2026, 1, 2, tzinfo=UTC)
    draft.deadline_at = utcnow() - timedelta(days=3)
    other = make.call(name_en="The next call")
    session.commit()
    page = html.unescape(client.get(f"/problems/{draft.id}/guide").text)
    assert "closed on 2 Jan 2026, 08:00 (Taipei). Everything you wrote is here" in page
    assert "The deadline you set for teams" in page
    assert "You typed something under “Who suffers”" in page
    assert "By hand" in page
    # What was typed is in its step, what closed can be chosen anew, and the old call stays to be seen.
    step = client.get(f"/problems/{draft.id}/guide/who").text
    assert "The night shift, six people</textarea>" in step
    assert "What you typed on" in step
    name = client.get(f"/problems/{draft.id}/guide/name").text
    assert "The next call" in name
    moved = answer(
        client, draft, "name", title_zh="螺絲刮痕", region="south", call_id=str(other.id)
    )
    assert moved.status_code == 303
    assert saved(session, draft.id).call_id == other.id
    answer(client, draft, "who", who="The night shift")
    session.rollback()
    assert session.scalars(sa.select(FormDraft)).all() == []


def test_two_tabs_lose_nothing(login, session, draft, owner):
    first, second = login(owner), login(owner)
    address = f"/problems/{draft.id}/guide/today"
    seen = hidden(first.get(address).text, "seen")
    assert first.post(address, data={"seen": seen, "today": "Typed first"}).status_code == 303
    assert answer(second, draft, "who", who="Another question").status_code == 303
    late = second.post(address, data={"seen": seen, "today": "Typed second"})
    assert late.status_code == 409
    text = html.unescape(late.text)
    assert "Saved version and yours" in text
    assert "Typed first" in text
    assert "Typed second</textarea>" in text
    assert saved(session, draft.id).intake["today"] == "Typed first"
    again = second.post(address, data={"seen": hidden(late.text, "seen"), "today": "Typed second"})
    assert again.status_code == 303
    assert saved(session, draft.id).intake["today"] == "Typed second"


def test_the_office_took_it_meanwhile(login, session, draft, owner):
    client = login(owner)
    address = f"/problems/{draft.id}/guide/today"
    seen = hidden(client.get(address).text, "seen")
    session.execute(sa.update(Problem).values(state=S.WITHDRAWN))
    session.commit()
    late = client.post(address, data={"seen": seen, "today": "Too late"})
    assert late.status_code == 409
    assert "Too late</textarea>" in late.text
    assert client.get(address).location == f"/problems/{draft.id}"
    assert saved(session, draft.id).intake == {}


def test_suggestions_are_added_or_set_aside_only_when_ticked(login, session, draft, owner):
    client = login(owner)
    answer(
        client,
        draft,
        "today",
        today="We look for scratches by eye; surface inspection with deep learning, OCR and YOLO.",
    )
    address = f"/problems/{draft.id}/guide/needs"
    page = client.get(address).text
    assert 'value="PER-CV:3:3"' in page
    assert saved(session, draft.id).requirements == []
    common = {"sector": "IND-MFG", "techniques": ""}
    added = answer(
        client,
        draft,
        "needs",
        "accept",
        **common,
        accept=["PER-CV:3:3"],
        accept_techniques=["YOLO"],
    )
    assert added.location == f"{address}#suggestions"
    row = saved(session, draft.id)
    assert ([n.competency for n in row.requirements], row.techniques) == (["PER-CV"], ["YOLO"])
    assert 'value="PER-CV:3:3"' not in client.get(address).text
    kept = {
        "requirements-0-competency": "PER-CV",
        "requirements-0-level": "3",
        "requirements-0-importance": "3",
    }
    answer(
        client,
        draft,
        "needs",
        "dismiss",
        **common | {"techniques": "YOLO"},
        **kept,
        accept=["FND-DL:3:3"],
    )
    row = saved(session, draft.id)
    assert ([n.competency for n in row.requirements], row.dismissed) == (
        ["PER-CV"],
        ["requirement:FND-DL"],
    )
    assert 'value="FND-DL:3:3"' not in client.get(address).text
    # Ticks alone are no decision: “Save and go on” adds nothing that was not asked for by a button.
    actions = session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.action == "problem:dismiss")
    ).all()
    assert actions == ["problem:dismiss"]


def test_the_usual_goal_fills_only_what_is_empty(login, session, draft, owner):
    client = login(owner)
    answer(
        client, draft, "today", today="We look for scratches on steel by eye: surface inspection."
    )
    page = html.unescape(client.get(f"/problems/{draft.id}/guide/notice").text)
    assert "What others measure: Defect inspection" in page
    back = answer(client, draft, "notice", "goal:PT-AOI", target="Our own target")
    assert back.location == f"/problems/{draft.id}/guide/notice#suggestions"
    row = saved(session, draft.id)
    assert row.intake["target"] == "Our own target"
    assert row.intake["metric"].startswith("Share of defective pieces that are found")
    answer(
        client,
        draft,
        "notice",
        "not_goal:PT-AOI",
        **{k: row.intake[k] for k in ("metric", "target")},
    )
    assert saved(session, draft.id).dismissed == ["goal:PT-AOI"]
    assert "What others measure" not in client.get(f"/problems/{draft.id}/guide/notice").text


def test_an_edited_text_is_shown_beside_what_the_answers_make(login, session, draft, owner):
    client = login(owner)
    place = f"/problems/{draft.id}/guide"
    answer(client, draft, "today", today="By hand, every morning.")
    page = client.get(place)
    mine = {
        "title_zh": "螺絲刮痕",
        "text_en": "My own words.",
        "seen": hidden(page.text, "seen"),
        "save": "1",
    }
    assert client.post(place, data=mine).status_code == 303
    answer(client, draft, "who", who="The early shift")
    row = saved(session, draft.id)
    assert row.text_en == "My own words."
    page = html.unescape(client.get(place).text)
    assert "Your answers and your text differ" in page
    assert "The early shift" in page
    used = client.post(f"{place}/use", data={"name": "text_en"})
    assert used.location == place
    assert (
        saved(session, draft.id).text_en
        == "What happens today\nBy hand, every morning.\n\nWho suffers from it\nThe early shift"
    )
    assert "Your answers and your text differ" not in client.get(place).text


def test_what_is_missing_is_said_with_the_way_there(login, draft, owner):
    client = login(owner)
    place = f"/problems/{draft.id}/guide"
    page = html.unescape(client.get(place).text)
    assert "Name at least one competency a team needs." in page
    assert f'href="{place}/needs"' in page
    assert "Say who else has the same need." in page
    sent = client.post(
        place, data={"title_zh": "螺絲刮痕", "seen": hidden(page, "seen"), "submit": "1"}
    )
    assert sent.status_code == 422
    assert "Describe the problem in at least 80 characters; there are 0." in html.unescape(
        sent.text
    )


def test_a_finished_twin_shows_while_writing(login, make, draft, owner):
    twin = make.problem(
        S.CLOSED,
        title_zh="螺絲刮痕",
        text_zh="目檢人員用肉眼看螺絲頭部的刮痕與裂紋，疲勞時漏看。",
        title_en="",
        text_en="",
    )
    client = login(owner)
    answer(client, draft, "today", today="目檢人員用肉眼看螺絲頭部的刮痕與裂紋，疲勞時會漏看。")
    for page in ("", "/better"):
        text = html.unescape(client.get(f"/problems/{draft.id}/guide{page}").text)
        assert "May be the same problem" in text
        assert f'href="/problems/{twin.id}"' in text
        assert "Finished: read what came out before you set it again." in text
        assert "Compared by words and subject so far." in text


@pytest.mark.parametrize("step", ["today", "notice", "sheet"])
def test_bad_input_is_refused_or_kept_as_text(login, session, draft, owner, step):
    client = login(owner)
    field = STEPS[[s.name for s in STEPS].index(step)].fields[0]
    huge = answer(client, draft, step, **{field: "字" * 350_000})
    assert huge.status_code in (413, 422)
    assert saved(session, draft.id).intake == {}
    assert answer(client, draft, step, **{field: NASTY + "\x00\x07\u202e"}).status_code == 303
    assert saved(session, draft.id).intake == {field: NASTY}
    page = client.get(f"/problems/{draft.id}/guide/{step}").text
    assert "<script>alert(1)" not in page
    assert html.escape(NASTY, quote=False) in page or NASTY in html.unescape(page)
    assert answer(client, draft, step, **{field: " "}).status_code == 303
    assert saved(session, draft.id).intake == {}


def test_a_choice_that_is_none_is_refused_beside_its_question(login, session, draft, owner):
    client = login(owner)
    for step, given in (
        ("limits", {"harm": "huge"}),
        ("access", {"access": "<b>"}),
        ("limits", {"prohibited_uses": "war"}),
        ("needs", {"pattern": "PT-NO", "sector": "IND-MFG"}),
        ("when", {"deadline_at": "soon"}),
        ("help", {"brings": "money"}),
    ):
        refused = answer(client, draft, step, **given)
        assert refused.status_code == 422, given
        assert 'class="error-summary"' in refused.text
    assert saved(session, draft.id).intake == {}


def test_a_third_language_is_kept_and_said_to_be_unreadable(login, session, draft, owner):
    client = login(owner)
    draft = saved(session, draft.id)
    draft.title_zh, draft.title_en = "", ""
    session.commit()
    answer(client, draft, "today", today="작업자가 눈으로 나사의 흠집을 검사합니다.")
    page = html.unescape(client.get(f"/problems/{draft.id}/guide").text)
    assert "Please write in Chinese or English" in page
    assert saved(session, draft.id).intake["today"].startswith("작업자가")


def test_nobody_else_gets_in(client, login, make, draft):
    for path in ("", "/today"):
        address = f"/problems/{draft.id}/guide{path}"
        assert client.get(address).status_code == 302  # To the sign-in page.
        assert login(make.user()).get(address).status_code == 404
        assert login(make.officer()).get(address).status_code == 404
        assert login(make.user()).post(address, data={"today": "x"}).status_code == 404
    public = make.problem()
    assert login(make.user()).get(f"/problems/{public.id}/guide").status_code == 403


def test_who_can_set_no_problem_is_told_why(login, make):
    page = login(make.user()).get("/problems/guide")
    assert page.status_code == 200
    assert "/problems/guide" not in re.findall(r'<form[^>]*action="([^"]*)"', page.text)


def test_the_one_page_form_and_the_guide_lead_to_each_other(login, draft, owner):
    client = login(owner)
    assert f'href="/problems/{draft.id}/guide"' in client.get(f"/problems/{draft.id}/edit").text
    assert f'href="/problems/{draft.id}/edit"' in client.get(f"/problems/{draft.id}/guide").text
    assert 'href="/problems/guide"' in client.get("/problems/new").text
    assert 'href="/problems/new"' in client.get("/problems/guide").text


def test_the_one_page_form_keeps_the_answers(login, session, draft, owner):
    client = login(owner)
    answer(client, draft, "today", today="By hand, every morning.")
    page = client.get(f"/problems/{draft.id}/edit").text
    form = {
        "version": hidden(page, "version"),
        "call_id": str(draft.call_id),
        "title_zh": "新題名",
        "teams_wanted": "1",
    }
    assert client.post(f"/problems/{draft.id}/edit", data=form).status_code == 303
    row = saved(session, draft.id)
    assert (row.title_zh, row.intake) == ("新題名", {"today": "By hand, every morning."})


def test_the_office_sees_what_is_alike_when_it_screens(login, make):
    texts = {
        "title_zh": "螺絲刮痕",
        "text_zh": "用肉眼看螺絲頭部的刮痕。",
        "title_en": "",
        "text_en": "",
    }
    earlier = make.problem(S.DECLINED, **texts)
    asked = make.problem(S.SUBMITTED, grade=None, published_at=None, **texts)
    page = login(make.officer()).get(f"/office/problems/{asked.id}")
    assert page.status_code == 200
    assert "May be the same problem" in page.text
    assert f'href="/problems/{earlier.id}"' in page.text
    assert "The programme office did not take it up." in page.text


def test_typing_that_was_kept_never_covers_a_newer_answer(login, session, draft, owner):
    client, place = login(owner), f"/problems/{draft.id}/guide/today"
    seen = hidden(client.get(place).text, "seen")
    client.post(f"/drafts/guide:{draft.id}:today", data={"today": "Typed last month", "seen": seen})
    assert answer(login(owner), draft, "who", who="Another step").status_code == 303
    session.rollback()
    row = saved(session, draft.id)
    row.intake = {**row.intake, "today": "A colleague’s answer"}
    session.commit()
    page = client.get(place).text
    assert "Typed last month</textarea>" in page
    late = client.post(place, data={"seen": hidden(page, "seen"), "today": "Typed last month"})
    assert late.status_code == 409
    assert "A colleague’s answer" in html.unescape(late.text)
    assert saved(session, draft.id).intake["today"] == "A colleague’s answer"
