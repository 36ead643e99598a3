"""Learning over HTTP: from the plan to the result, in both languages, with what goes wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.models import Enrolment, LearningResource, Role, User
from matchmaker.services import learning_resource as catalogue
from matchmaker.services.context import Context
from tests.factories import Factory

Login = Callable[..., FlaskClient]
Ctx = Callable[[User | None], Context]
WHY = "The split is clean and the errors are explained."


@pytest.fixture
def course(make: Factory, ctx: Ctx, session: Session) -> LearningResource:
    row = catalogue.create(ctx(make.officer()), "LR-09", catalogue.shipped_values("LR-09"))
    session.commit()
    return row


def enrolled(session: Session) -> Enrolment:
    session.rollback()
    session.expire_all()
    return session.scalars(sa.select(Enrolment)).one()


def test_from_enrolling_to_passing(
    make: Factory, login: Login, course: LearningResource, session: Session
) -> None:
    learner = make.user()
    mine, mentor = login(learner, "zh_Hant_TW"), login(make.user(Role.MENTOR), "en")
    told = mine.post(f"/learning/{course.id}/enrol", follow_redirects=True).text
    assert "報名完成" in told
    mine.post(f"/learning/{course.id}/enrol")
    row = enrolled(session)
    page = mine.get(f"/learning/mine/{row.id}").text
    assert "需繳交：模型與錯誤分析" in page

    bad = {"url": "javascript:alert(1)", "note": "<script>x</script>", "version": row.version}
    refused = mine.post(f"/learning/mine/{row.id}", data=bad)
    assert refused.status_code == 422
    assert "請填寫完整網址" in refused.text
    assert "&lt;script&gt;x&lt;/script&gt;" in refused.text
    good = {"url": "https://example.org/a?b=1&c=2", "version": row.version}
    assert "已繳交" in mine.post(f"/learning/mine/{row.id}", data=good, follow_redirects=True).text
    stale = mine.post(f"/learning/mine/{row.id}", data=good | {"url": "https://example.org/z"})
    assert (stale.status_code, "https://example.org/z" in stale.text) == (409, True)

    row = enrolled(session)
    address = f"/office/learning/handed-in/{row.id}"
    assert "Vision starter kit" in mentor.get("/office/learning/handed-in").text
    assert "https://example.org/a?b=1&amp;c=2" in mentor.get(address).text
    result = {"passed": "yes", "reason": WHY, "version": row.version, "levels-PER-CV": "9"}
    answer = mentor.post(address, data=result)
    assert (answer.status_code, WHY in answer.text) == (422, True)
    assert "Say for at least one competency" in answer.text
    result |= {"levels-PER-CV": "2", "score": "85"}
    assert (
        "Noted. The person reads" in mentor.post(address, data=result, follow_redirects=True).text
    )

    page = mine.get("/learning/mine").text
    assert "通過" in page
    assert WHY in page
    assert "分數：85／100" in page
    statements = mine.get("/learning/mine/xapi.json").get_json()
    verbs = [s["verb"]["display"]["en"] for s in statements]
    assert verbs == ["registered", "submitted", "passed"]
    assert statements[2]["result"]["score"]["scaled"] == 0.85

    row = enrolled(session)
    short = mentor.post(f"{address}/revoke", data={"version": row.version, "reason": "No"})
    assert (short.status_code, "Say why in 15 to 600" in short.text) == (422, True)
    taken = {"version": row.version, "reason": "It was the work of somebody else."}
    told = mentor.post(f"{address}/revoke", data=taken, follow_redirects=True).text
    assert "Taken back. It can be assessed again." in told


def test_attending_and_giving_up(
    make: Factory, login: Login, course: LearningResource, session: Session
) -> None:
    mine = login(make.user(), "en")
    mine.post(f"/learning/{course.id}/enrol")
    row = enrolled(session)
    given_up = {"version": row.version}
    told = mine.post(f"/learning/mine/{row.id}/withdraw", data=given_up, follow_redirects=True)
    assert "Given up. You can come back" in told.text
    again = mine.post(f"/learning/mine/{row.id}/attend", data={"version": 99})
    assert (again.status_code, "This was not done" in again.text) == (409, True)
    mine.post(f"/learning/{course.id}/enrol")
    row = enrolled(session)
    data = {"version": row.version}
    told = mine.post(f"/learning/mine/{row.id}/attend", data=data, follow_redirects=True)
    assert "Attendance is no evidence of a level." in told.text


def test_nobody_reaches_what_is_not_theirs(
    make: Factory, login: Login, client: FlaskClient, course: LearningResource, session: Session
) -> None:
    owner = make.user()
    login(owner).post(f"/learning/{course.id}/enrol")
    row = enrolled(session)
    stranger = login(make.user())
    enterprise_lead = make.user()
    make.organization(enterprise_lead)
    for person in (stranger, login(enterprise_lead), login(make.user(Role.REVIEWER))):
        for address in (f"/learning/mine/{row.id}", f"/learning/mine/{row.id}/withdraw"):
            assert person.post(address).status_code == 404
        for address in ("", f"/{row.id}"):
            assert person.get(f"/office/learning/handed-in{address}").status_code == 403
        assert person.get("/office/learning/xapi.json").status_code == 403
        assert person.get("/learning/mine/xapi.json").get_json() == []
    mentor = login(make.user(Role.MENTOR))
    assert mentor.get(f"/office/learning/handed-in/{row.id}").status_code == 404
    assert mentor.get("/office/learning/xapi.json").status_code == 403
    officer = login(make.officer())
    assert len(officer.get("/office/learning/xapi.json").get_json()) == 1
    client.get("/language/en?next=/")
    assert client.get("/learning/mine").status_code == 302
    assert client.post(f"/learning/{course.id}/enrol").status_code == 401
    assert "Sign in to enrol" in client.get(f"/learning/{course.id}").text


def test_the_plan_follows_the_problem_asked_for(
    make: Factory, login: Login, course: LearningResource
) -> None:
    learner = make.user()
    make.team(learner)
    problem = make.problem(requirements=[("PER-CV", 3, 3)], title_en="Scratches")
    hidden = make.problem(title_en="Not for your eyes", organization=make.organization())
    mine = login(learner, "en")
    page = mine.get(f"/learning/mine?aim=problem-{problem.id}&hours=20").text
    assert "For the problem “Scratches”." in page
    assert "First: find out where you stand" in page
    assert "Vision starter kit" in page
    assert "rises to" in page
    for odd in (
        "role-NOBODY",
        f"problem-{hidden.id + 99}",
        "%00",
        "problem-" + "9" * 40,
        "x" * 500,
    ):
        answer = mine.get(f"/learning/mine?aim={odd}&hours=-1")
        assert (answer.status_code, "For the role" in answer.text) == (200, True)


def test_the_team_reads_who_carries_what(
    make: Factory, login: Login, session: Session, course: LearningResource, ctx: Ctx
) -> None:
    lead = make.user(name="Ada")
    team = make.team(lead)
    page = login(lead, "en").get(f"/teams/{team.id}/recommendations")
    assert page.status_code == 200
    enterprise = make.user()
    make.organization(enterprise)
    assert login(enterprise).get(f"/teams/{team.id}/recommendations").status_code == 403
