"""Problems over HTTP: the owner's journey, the office's, the public's, in both languages."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import AuditEvent, FormDraft, OfficeSetting, Problem, Screening
from matchmaker.workflows.problem import ProblemState

S = ProblemState

TEXT_ZH = "產線目前以目視檢查金屬零件，容易漏看細小刮痕，希望以深度學習做瑕疵檢測。" * 3
NASTY = "😀 مرحبا <script>alert(1)</script>"


@pytest.fixture
def owner(make):
    """A lead of an enterprise; the organization and an open call exist."""
    user = make.user()
    make.organization(user)
    make.call()
    return user


def saved(session):
    session.rollback()  # A new transaction sees what the requests committed,
    session.expire_all()  # and old objects are read again.
    return session.scalars(sa.select(Problem).order_by(Problem.id)).all()


def hidden(page, name):
    return re.search(rf'name="{name}" type="hidden" value="([^"]*)"', page).group(1)


def complete(user, call_id=1, **changes):
    """A form that can be submitted."""
    return {
        "organization_id": str(next(iter(user.organization_ids))),
        "call_id": str(call_id),
        "title_zh": "金屬零件刮痕檢測",
        "text_zh": TEXT_ZH,
        "sector": "IND-MET",
        "region": "south",
        "techniques": "深度學習、YOLO, deep learning",
        "requirements-0-competency": "PER-CV",
        "requirements-0-level": "3",
        "requirements-0-importance": "3",
        "teams_wanted": "2",
        "deadline_at": "2098-12-31T17:00",
        "personal_data": "no",
        "contact_name": "林小姐",
        "contact_email": "lin@example.com",
        **changes,
    }


def test_from_an_empty_form_to_a_submitted_problem(make, login, session, owner):
    client = login(owner, "zh_Hant_TW")
    page = client.get("/problems/new")
    assert page.status_code == 200
    assert "提出命題</h1>" in page.text
    token = hidden(page.text, "token")

    answer = client.post("/problems/new", data={**complete(owner), "token": token, "save": "1"})
    (problem,) = saved(session)
    assert (answer.status_code, answer.location) == (303, f"/problems/{problem.id}/edit")
    assert (problem.state, problem.techniques) == (S.DRAFT, ["深度學習", "YOLO", "deep learning"])
    assert problem.deadline_at.isoformat() == "2098-12-31T09:00:00+00:00"
    assert problem.data_details == {"formats": [], "volume": "", "personal": False}

    page = client.get(answer.location)
    assert "草稿已儲存。" in page.text
    assert 'value="2098-12-31T17:00"' in page.text
    assert '<option selected value="PER-CV">電腦視覺</option>' in page.text
    data = {**complete(owner), "version": hidden(page.text, "version"), "submit": "1"}
    answer = client.post(f"/problems/{problem.id}/edit", data=data)
    assert (answer.status_code, answer.location) == (303, f"/problems/{problem.id}")
    assert saved(session)[0].state is S.SUBMITTED
    page = client.get(answer.location)
    assert "已送出，計畫辦公室將進行審查。" in page.text
    assert "lin@example.com" in page.text


def test_a_second_click_on_a_new_form_makes_no_second_problem(make, login, session, owner):
    client = login(owner)
    data = {**complete(owner), "token": hidden(client.get("/problems/new").text, "token")}
    first = client.post("/problems/new", data={**data, "submit": "1"})
    second = client.post("/problems/new", data={**data, "submit": "1"})
    assert len(saved(session)) == 1
    assert (second.status_code, second.location) == (303, first.location)
    assert "This problem had already been saved" in client.get(second.location).text


def test_a_second_click_on_submit_leads_to_the_submitted_problem(make, login, session, owner):
    client = login(owner)
    client.post("/problems/new", data={**complete(owner), "save": "1"})
    (problem,) = saved(session)
    url, data = f"/problems/{problem.id}/edit", {**complete(owner), "version": "1", "submit": "1"}
    assert client.post(url, data=data).status_code == 303
    again = client.post(url, data=data)
    assert (again.status_code, again.location) == (303, f"/problems/{problem.id}")
    assert "This problem has already been submitted." in client.get(again.location).text


def test_what_is_missing_stands_beside_its_field_and_nothing_is_lost(login, session, owner):
    typed = {
        "organization_id": "1",
        "call_id": "1",
        "text_zh": "太短",
        "contact_name": NASTY,
        "teams_wanted": "1",
        "submit": "1",
    }
    answer = login(owner).post("/problems/new", data=typed)
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert "太短" in page
    assert html.escape(NASTY) in answer.text.replace("&#34;", '"')
    assert "<script>alert" not in answer.text
    for field, message in (
        ("title_zh", "Give the problem a title."),
        ("text_zh", "Describe the problem in at least 80 characters; there are 2."),
        ("sector", "Choose the sector the problem comes from."),
        ("region", "Choose the region where the work takes place."),
        ("deadline_at", "Say until when teams can apply."),
        ("contact_email", "Give this person's e-mail address."),
    ):
        beside = page.split(f'id="{field}-error"')[1].split("</p>")[0]
        assert message in beside, field
    assert "Name at least one competency a team needs." in page
    assert saved(session) == []


def test_the_missing_is_said_in_chinese(login, owner):
    answer = login(owner, "zh_Hant_TW").post(
        "/problems/new", data={"organization_id": "1", "call_id": "1", "submit": "1"}
    )
    assert answer.status_code == 422
    assert "請以中文或英文（或兩者）填寫命題名稱與說明。" in answer.text
    assert "請至少列出一項團隊需要的職能。" in answer.text


def test_the_librarys_own_messages_are_in_traditional_chinese(login, owner):
    data = complete(owner, sector="IND-XXX", deadline_at="soon", save="1")
    answer = login(owner, "zh_Hant_TW").post("/problems/new", data=data)
    assert "不是有效的選擇。" in answer.text
    assert "不是有效的日期與時間值。" in answer.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text_en": "x" * 1_000_000}, "Please use at most 20000 characters."),
        ({"title_zh": "x" * 201}, "Please use at most 200 characters."),
        ({"sector": "IND-XXX"}, "Not a valid choice"),
        ({"requirements-0-level": "9"}, "Not a valid choice"),
        ({"requirements-0-competency": "<script>"}, "Not a valid choice"),
        ({"teams_wanted": "0"}, "Not a valid choice"),
        ({"deadline_at": "soon"}, "Not a valid datetime value"),
        ({"deadline_at": "0001-01-01T00:00"}, "Not a valid datetime value"),
        ({"techniques": ",".join(f"t{n}" for n in range(21))}, "Name at most 20."),
        (
            {
                "requirements-1-competency": "PER-CV",
                "requirements-1-level": "1",
                "requirements-1-importance": "1",
            },
            "is listed more than once: keep one line.",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_text_kept(login, session, owner, change, message):
    answer = login(owner).post("/problems/new", data={**complete(owner, **change), "save": "1"})
    assert answer.status_code == 422
    assert message in html.unescape(answer.text)
    assert TEXT_ZH in answer.text
    assert saved(session) == []


def test_control_and_direction_characters_are_left_out_emoji_stay(login, session, owner):
    typed = complete(owner, title_zh="\u202e刮\x00痕\x07 😀", save="1")
    assert login(owner).post("/problems/new", data=typed).status_code == 303
    assert saved(session)[0].title_zh == "刮痕 😀"


def test_suggestions_keep_what_was_typed_and_are_added_when_ticked(login, session, owner):
    client = login(owner)
    typed = complete(owner, contact_name="Kept", sector="", suggest="1")
    page = client.post("/problems/new", data=typed)
    assert page.status_code == 200
    assert "Kept" in page.text
    assert 'name="accept" type="checkbox" value="FND-DL:3:3"' in page.text
    assert 'value="PER-CV:3:3"' not in page.text, "it is listed already"
    assert "(your text speaks of: Defect inspection)" in page.text
    assert saved(session) == []

    ticked = {**typed, "accept": "FND-DL:3:3", "accept_techniques": "瑕疵檢測"}
    page = client.post("/problems/new", data=ticked)
    assert '<option selected value="FND-DL">Deep learning</option>' in page.text
    assert "deep learning, 瑕疵檢測" in page.text

    ticked = {**complete(owner), "accept": ["FND-DL:3:3", "nonsense", "NO-SUCH:9:9"], "save": "1"}
    assert client.post("/problems/new", data=ticked).status_code == 303
    (problem,) = saved(session)
    assert {(r.competency, r.level, r.importance) for r in problem.requirements} == {
        ("PER-CV", 3, 3),
        ("FND-DL", 3, 3),
    }


def test_a_text_that_suggests_nothing_says_so(login, owner):
    page = login(owner).post("/problems/new", data={"text_en": "zzz", "suggest": "1"})
    assert "Your text suggests nothing that is not listed yet." in page.text


def test_two_people_at_once_see_both_texts(make, login, session, owner):
    colleague = make.user()
    make.organization(colleague)
    problem = make.problem(
        S.DRAFT, organization=owner.organization_memberships[0].organization, title_en="Original"
    )
    client = login(owner)
    stale = hidden(client.get(f"/problems/{problem.id}/edit").text, "version")
    data = complete(owner, call_id=problem.call_id)
    first = {**data, "title_zh": "先存的名稱", "version": stale, "save": "1"}
    assert client.post(f"/problems/{problem.id}/edit", data=first).status_code == 303

    second = {**data, "title_zh": "後存的名稱", "version": stale, "save": "1"}
    answer = client.post(f"/problems/{problem.id}/edit", data=second)
    assert answer.status_code == 409
    assert "Somebody else saved this after you opened it." in answer.text
    sides = answer.text.split('<div class="difference columns-2">')[1].split("</section>")[0]
    assert "先存的名稱" in sides.split("is-new")[0]
    assert "後存的名稱" in sides.split("is-new")[1]
    assert answer.text.count('<div class="difference columns-2">') == 1, "only what differs"
    assert saved(session)[0].title_zh == "先存的名稱"

    second["version"] = hidden(answer.text, "version")
    assert client.post(f"/problems/{problem.id}/edit", data=second).status_code == 303
    assert saved(session)[0].title_zh == "後存的名稱"


def test_typing_while_a_colleague_submits_loses_nothing(make, login, session, owner):
    organization = owner.organization_memberships[0].organization
    problem = make.problem(S.SUBMITTED, organization=organization)
    data = complete(owner, call_id=problem.call_id, title_zh="晚了一步", version="1", save="1")
    answer = login(owner).post(f"/problems/{problem.id}/edit", data=data)
    assert answer.status_code == 409
    assert "and can no longer be changed" in answer.text
    assert "晚了一步" in answer.text
    assert saved(session)[0].title_zh != "晚了一步"


def test_a_call_that_closed_while_typing_is_said_and_nothing_is_lost(make, login, session, owner):
    now = utcnow()
    closed = make.call(
        opens_at=now - timedelta(days=9), closes_at=now - timedelta(seconds=1), name_en="Call 2025"
    )
    typed = complete(owner, call_id=closed.id)
    client = login(owner)
    answer = client.post("/problems/new", data={**typed, "submit": "1"})
    assert answer.status_code == 422
    assert "“Call 2025” closed on" in html.unescape(answer.text)
    assert TEXT_ZH in answer.text
    assert saved(session) == []
    assert client.post("/problems/new", data={**typed, "save": "1"}).status_code == 303


def test_a_deadline_that_passed_while_typing_is_said_beside_it(login, owner):
    data = complete(owner, deadline_at="2020-01-01T09:00", submit="1")
    answer = login(owner).post("/problems/new", data=data)
    assert answer.status_code == 422
    beside = answer.text.split('id="deadline_at-error"')[1].split("</p>")[0]
    assert "This moment has passed. Choose a deadline in the future." in beside
    assert TEXT_ZH in answer.text


def test_unsaved_typing_comes_back_and_goes_once_saved(make, login, session, owner):
    client = login(owner)
    token = hidden(client.get("/problems/new").text, "token")
    typed = {**complete(owner, title_zh="打到一半"), "token": token}
    assert client.post("/drafts/problem:new", data=typed).status_code == 200
    page = client.get("/problems/new")
    assert "打到一半" in page.text
    assert "was restored" in page.text
    assert '<option selected value="PER-CV">' in page.text
    assert hidden(page.text, "token") == token

    assert client.post("/problems/new", data={**typed, "save": "1"}).status_code == 303
    session.rollback()
    assert session.scalars(sa.select(FormDraft)).all() == []
    client.post("/drafts/problem:new", data=typed)  # A save under way when the form was sent.
    assert "打到一半" not in client.get("/problems/new").text


def test_restored_typing_over_an_older_version_is_compared_not_saved_over(
    make, login, session, owner
):
    organization = owner.organization_memberships[0].organization
    problem = make.problem(S.DRAFT, organization=organization)
    client, url = login(owner), f"/problems/{problem.id}/edit"
    data = complete(owner, call_id=problem.call_id, version="1")
    client.post(f"/drafts/problem:{problem.id}", data={**data, "title_zh": "離線時打的"})
    client.post(url, data={**data, "title_zh": "同事存的", "save": "1"})
    client.post(f"/drafts/problem:{problem.id}", data={**data, "title_zh": "離線時打的"})
    page = client.get(url)
    assert "離線時打的" in page.text
    answer = client.post(
        url, data={**data, "title_zh": "離線時打的", "version": hidden(page.text, "version")}
    )
    assert answer.status_code == 409
    assert "同事存的" in answer.text


def test_people_without_an_organization_are_told_what_to_do(make, login):
    make.call()
    page = login(make.user()).get("/problems/new")
    assert page.status_code == 200
    assert "You set problems for an organization" in page.text


def test_without_a_call_nothing_can_be_set(make, login):
    user = make.user()
    make.organization(user)
    page = login(user, "zh_Hant_TW").get("/problems/new")
    assert "目前沒有徵題中的梯次" in page.text


def test_visitors_sign_in_before_they_write(client):
    answer = client.get("/problems/new")
    assert answer.status_code in (302, 401)


@pytest.mark.parametrize("path", ["", "/edit", ".json", "/withdraw"])
def test_drafts_of_others_do_not_exist(make, login, path):
    problem = make.problem(S.DRAFT)
    client = login(make.user())
    url = f"/problems/{problem.id}{path}"
    answer = client.post(url) if path == "/withdraw" else client.get(url)
    assert answer.status_code == 404


def test_others_may_not_edit_a_published_problem(make, login):
    problem = make.problem()
    answer = login(make.user()).get(f"/problems/{problem.id}/edit")
    assert answer.status_code == 403
    assert "Only members of the organization that sets this problem may do this." in answer.text


def test_withdrawing_asks_why_and_happens_once(make, login, session, owner):
    organization = owner.organization_memberships[0].organization
    problem = make.problem(S.SUBMITTED, organization=organization)
    client, url = login(owner), f"/problems/{problem.id}/withdraw"
    answer = client.post(url, data={"reason": "  "})
    assert answer.status_code == 422
    assert "Say why: the reason is kept on record." in answer.text
    assert saved(session)[0].state is S.SUBMITTED
    assert client.post(url, data={"reason": "Solved in house"}).status_code == 303
    assert saved(session)[0].state is S.WITHDRAWN
    again = client.post(url, data={"reason": "Solved in house"})
    assert (again.status_code, again.location) == (303, f"/problems/{problem.id}")
    assert "Your organization withdrew this problem." in client.get(again.location).text


def test_a_withdrawal_that_comes_too_late_keeps_the_reason(make, login, session, owner):
    organization = owner.organization_memberships[0].organization
    problem = make.problem(S.CLOSED, organization=organization)
    answer = login(owner).post(f"/problems/{problem.id}/withdraw", data={"reason": "Typed slowly"})
    assert answer.status_code == 409
    assert "is not possible in the state" in answer.text
    assert "Typed slowly</textarea>" in answer.text
    assert saved(session)[0].state is S.CLOSED


def test_the_owner_sees_public_words_the_note_and_the_step(make, login, owner):
    organization = owner.organization_memberships[0].organization
    problem = make.problem(S.RETURNED, organization=organization, office_note="Say how many.")
    page = login(owner).get(f"/problems/{problem.id}").text
    assert "Needs your changes" in page
    assert "Returned to owner" not in page
    assert "Say how many." in page
    assert "It is your turn: make the changes the office asks for and submit again." in page
    assert page.count('class="step is-') == 5
    now = page.split('class="step is-now"')[1].split("</li>")[0]
    assert "Draft" in now


def test_the_offices_journey_from_received_to_published(make, login, session, run_jobs):
    lead, officer = make.user(email="lead@example.com"), make.officer(name="Officer Wu")
    organization = make.organization(lead, name_en="Bolts Ltd")
    problem = make.problem(
        S.SUBMITTED, organization=organization, title_en="Bolts", grade=None, published_at=None
    )
    client, url = login(officer), f"/office/problems/{problem.id}"
    queue = client.get("/office/problems").text
    assert "Bolts Ltd" in queue
    assert "Waiting for screening" in queue

    assert client.post(f"{url}/screen").location == url
    make.save(OfficeSetting(key="grading_needs_panel", value=0))
    case = f"/office/grading/{problem.id}"
    signed = {"grade": "G3", "award_tier": "B", "weeks": "16", "reason": "Needs a site."}
    signed["difference_reason"] = "The site decides."
    signed["version"] = str(saved(session)[0].version)
    early = client.post(f"{case}/sign", data=signed)
    assert early.status_code == 409
    assert "Finish the screening first" in html.unescape(early.text)
    screening = session.scalars(sa.select(Screening)).one()
    points = dict.fromkeys(screening.points, "3")
    path = f"/office/screenings/{screening.id}"
    answer = client.post(f"{path}/points", data={**points, "version": "1"})
    assert (answer.status_code, answer.location) == (303, f"{url}#screening")
    answer = client.post(f"{path}/list", data={"version": "2"})
    assert (answer.status_code, answer.location) == (303, url)
    assert "Listed, waits for its grade" in client.get(url).text
    assert f'href="{case}"' in client.get(url).text
    signed["version"] = str(saved(session)[0].version)
    answer = client.post(f"{case}/sign", data=signed)
    assert (answer.status_code, answer.location) == (303, case)
    answer = client.post(f"{url}/publish")
    assert (answer.status_code, answer.location) == (303, url)
    page = client.get(url).text
    assert "Needs a site." in page
    assert "Officer Wu" in page
    (problem,) = saved(session)
    assert (problem.state, problem.grade) == (S.PUBLISHED, "G3")
    actions = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == [
        "problem:screen",
        "screening:score",
        "screening:list",
        "problem:grade",
        "grade_decision:sign",
        "problem:publish",
    ]
    again = client.post(f"{url}/publish")
    assert again.location == url
    assert "is not possible in the state" in client.get(url).text


def test_each_grade_says_what_it_means_where_it_is_chosen(make, login):
    problem = make.problem(S.SCREENING)
    make.listed(problem)
    make.save(OfficeSetting(key="grading_needs_panel", value=0))
    page = html.unescape(login(make.officer()).get(f"/office/grading/{problem.id}").text)
    for words in ("about 8 weeks", "about 12 weeks", "16 to 20 weeks", "20 to 26 weeks"):
        assert words in page
    assert page.count('name="grade"') == 4


def test_a_decision_without_its_reason_keeps_what_was_typed(make, login, session):
    problem = make.problem(S.SCREENING)
    client = login(make.officer(), "zh_Hant_TW")
    answer = client.post(
        f"/office/problems/{problem.id}/decline", data={"note": "長篇說明 " + NASTY}
    )
    assert answer.status_code == 422
    assert "請至少選擇一項原因。" in answer.text
    assert "長篇說明" in answer.text
    assert "<script>alert" not in answer.text
    assert saved(session)[0].state is S.SCREENING


def test_an_officer_of_the_owner_is_told_why_not(make, login, session):
    officer = make.officer()
    problem = make.problem(S.SCREENING, organization=make.organization(officer))
    client = login(officer)
    page = client.get(f"/office/problems/{problem.id}").text
    assert "another programme officer has to decide" in page
    assert "/grade" not in page
    assert client.get(f"/office/grading/{problem.id}").status_code == 403
    answer = client.post(f"/office/grading/{problem.id}/sign", data={"grade": "G1", "reason": "x"})
    assert answer.status_code == 403
    assert "how it is graded is for others to see" in answer.text
    assert saved(session)[0].state is S.SCREENING


@pytest.mark.parametrize("path", ["/office/problems", "/office/problems/1"])
def test_the_office_is_closed_to_others(make, login, client, path):
    make.problem()
    assert login(make.user()).get(path).status_code == 403
    assert client.get(path).status_code in (302, 401)


def test_unknown_decisions_and_problems_are_not_found(make, login):
    problem, client = make.problem(), login(make.officer())
    assert client.post(f"/office/problems/{problem.id}/explode").status_code == 404
    assert client.post(f"/office/problems/{problem.id}/submit").status_code == 404
    assert client.get("/problems/999").status_code == 404
    assert client.get("/problems/99999999999999999999").status_code == 404


SECRETS = ("secret-person", "secret@example.com", "secret note", "secret author")


@pytest.fixture
def published(make):
    author = make.user(name="secret author")
    return make.problem(
        contact_name="secret-person",
        contact_email="secret@example.com",
        office_note="secret note",
        author_id=author.id,
        organization=make.organization(author, name_en="Bolts Ltd", name_zh="螺絲公司"),
    )


def test_the_public_sees_no_person_anywhere(make, login, client, published):
    readers = [client, login(make.user())]
    for reader in readers:
        for path in ("", ".json"):
            answer = reader.get(f"/problems/{published.id}{path}")
            assert answer.status_code == 200
            assert [s for s in SECRETS if s in answer.text] == []
        assert [s for s in SECRETS if s in reader.get("/problems").text] == []
    office = login(make.officer()).get(f"/problems/{published.id}").text
    assert "secret@example.com" in office


def test_programs_read_the_public_facts(client, published):
    record = client.get(f"/problems/{published.id}.json").json
    assert record["organization"] == {"zh": "螺絲公司", "en": "Bolts Ltd"}
    assert record["requirements"] == [
        {"competency": "PER-CV", "level": 3, "importance": 3},
        {"competency": "FND-DL", "level": 2, "importance": 2},
    ]
    assert set(record) == {
        "id",
        "title",
        "text",
        "sector",
        "region",
        "techniques",
        "grade",
        "state",
        "requirements",
        "data",
        "capacity",
        "deadline",
        "organization",
    }


def test_a_missing_language_is_said(make, client):
    problem = make.problem(title_zh="", text_zh="")
    client.get("/language/zh_Hant_TW")
    page = client.get(f"/problems/{problem.id}").text
    assert "出題單位尚未提供中文內容。" in page
    assert f'<span lang="en">{problem.title_en}</span></h1>' in page


def test_the_problem_page_speaks_plainly(client, published):
    client.get("/language/en")
    page = html.unescape(client.get(f"/problems/{published.id}").text)
    assert "Must have" in page
    assert "3 Independent" in page
    assert "Delivers on real, imperfect data without supervision" in page
    assert "Grade G2: Applied" in page
    assert "Contact goes through this platform" in page
    assert "(Taipei)" in page


def test_the_gallery_filters_by_a_plain_form(make, client):
    client.get("/language/en")
    make.problem(title_en="Bolts", grade="G1", region="south")
    make.problem(title_en="Fish", grade="G3", sector="IND-AGR", title_zh="養殖池溶氧")
    page = client.get("/problems?q=溶氧&grade=G3").text
    assert "Fish" in page
    assert "Bolts" not in page
    assert "1 of 2" in page
    assert '<option value="G3" selected>G3 Field (1)</option>' in page
    assert 'href="/problems?q=' in page, "each filter can be taken away alone"
    page = client.get("/problems?q=nothing+like+it").text
    assert "No problem fits these filters" in page


def test_odd_addresses_of_the_gallery_are_answered(make, client):
    make.problem()
    for query in (
        "page=-1",
        "page=99999999999",
        "page=x",
        "sort=%00",
        "q=%00",
        "technique=%27%22",
        "q=" + "x" * 5000,
        "q=%ff%fe",
        "endpoint=x&_scheme=y&_anchor=z",
        "sector=%3Cscript%3Ealert(1)%3C/script%3E",
    ):
        answer = client.get(f"/problems?{query}")
        assert answer.status_code == 200, query
        assert "<script>alert" not in answer.text


def test_the_gallery_pages(make, client):
    client.get("/language/en")
    call, organization = make.call(), make.organization()
    for number in range(25):
        make.problem(title_en=f"Number {number:02}", call=call, organization=organization)
    first, second = client.get("/problems").text, client.get("/problems?page=2").text
    assert first.count("<article") == 24
    assert second.count("<article") == 1
    assert 'href="/problems?page=2"' in first


def test_an_empty_gallery_says_what_will_come(client):
    client.get("/language/zh_Hant_TW")
    assert "尚無上架的命題" in client.get("/problems").text
