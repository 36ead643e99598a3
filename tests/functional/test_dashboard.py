"""The desk over HTTP: every kind of person finds what waits for them and what to do next."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from matchmaker.clock import utcnow
from matchmaker.models import AccountKind, Band, Invitation, Job, Match, MatchRun, Role
from matchmaker.workflows.job import JobAction
from matchmaker.workflows.match import MatchAction
from matchmaker.workflows.match_run import MatchRunAction
from matchmaker.workflows.problem import ProblemState


def words(response):
    """The text of a page as people read it."""
    body = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def links(response):
    return {html.unescape(link) for link in re.findall(r'href="([^"]+)"', response.text)}


def publish(make, call, problem, team):
    run = MatchRun(call=call, starter=make.officer(), finished_at=utcnow(), published_at=utcnow())
    for action in (MatchRunAction.START, MatchRunAction.FINISH, MatchRunAction.PUBLISH):
        run.apply(action)
    match = Match(
        run=run,
        problem=problem,
        team=team,
        score=1.0,
        band=Band.GOOD,
        confidence="thin",
        problem_rank=1,
        team_rank=1,
    )
    match.apply(MatchAction.ENDORSE)
    match.apply(MatchAction.INVITE)
    return make.save(match)


def test_visitors_are_sent_to_sign_in(client):
    response = client.get("/desk")
    assert (response.status_code, response.location) == (302, "/account/login?next=/desk")


@pytest.mark.parametrize(
    ("kind", "locale", "said", "link"),
    [
        (AccountKind.SOLVER, "en", "First, create your team", "/teams/new"),
        (AccountKind.SOLVER, "zh_Hant_TW", "第一步：成立團隊", "/teams/new"),
        (AccountKind.ENTERPRISE, "en", "First, tell us who you are", "/organizations/new"),
        (AccountKind.ENTERPRISE, "zh_Hant_TW", "第一步：登錄您的單位", "/organizations/new"),
    ],
)
def test_people_with_nothing_yet_are_told_the_first_step(make, login, kind, locale, said, link):
    page = login(make.user(kind=kind), locale).get("/desk")
    assert said in words(page)
    assert link in links(page)


def test_an_owner_with_no_problem_is_asked_for_one(make, login):
    user = make.user(kind=AccountKind.ENTERPRISE)
    make.organization(user)
    page = login(user).get("/desk")
    assert "See how ready you are for AI" in words(page)
    assert "No problem yet" in words(page)
    assert "/problems/guide" in links(page)


@pytest.mark.parametrize(
    ("locale", "returned", "draft", "state", "step"),
    [
        (
            "en",
            "Change and submit again: Reading orders",
            "Complete and submit: Untitled problem",
            "Received",
            "You need do nothing; you get a letter.",
        ),
        (
            "zh_Hant_TW",
            "修改後重新送出：訂單建檔",
            "完成並送出：未命名的命題",
            "已收件",
            "等您處理",
        ),
    ],
)
def test_an_owner_sees_what_to_do_now_for_each_problem(
    make, login, locale, returned, draft, state, step
):
    owner = make.user(kind=AccountKind.ENTERPRISE)
    same = {"organization": make.organization(owner), "call": make.call()}
    back = make.problem(
        ProblemState.RETURNED, **same, title_en="Reading orders", title_zh="訂單建檔"
    )
    begun = make.problem(ProblemState.DRAFT, **same, title_en="", title_zh="")
    make.problem(ProblemState.SUBMITTED, **same)
    page = login(owner, locale).get("/desk")
    for text in (returned, draft, state, step):
        assert text in words(page)
    assert {f"/problems/{back.id}/edit", f"/problems/{begun.id}/edit"} <= links(page)
    assert page.text.index(f"/problems/{back.id}/edit") < page.text.index(
        f"/problems/{begun.id}/edit"
    )


def test_an_owner_goes_from_the_desk_to_the_matched_teams(make, login):
    owner = make.user(kind=AccountKind.ENTERPRISE)
    problem = make.problem(organization=make.organization(owner))
    publish(make, problem.call, problem, make.team())
    assert f"/problems/{problem.id}/candidates" in links(login(owner).get("/desk"))


@pytest.mark.parametrize(
    ("locale", "whose", "others", "thin"),
    [
        ("en", "You", "Your team’s lead", "Thin profile"),
        ("zh_Hant_TW", "您", "團隊的負責人", "還要寫"),
    ],
)
def test_a_team_sees_the_problems_that_wait_and_whose_answer_counts(
    make, login, locale, whose, others, thin
):
    lead, member = make.user(), make.user()
    problem, team = make.problem(title_en="Screws", title_zh="螺絲"), make.team(lead, member)
    publish(make, problem.call, problem, team)
    for person, owner in ((lead, whose), (member, others)):
        page = login(person, locale).get("/desk")
        assert f'<span class="clock-owner">{owner}</span>' in page.text
        assert ("Screws" if locale == "en" else "螺絲") in words(page)
        assert thin in words(page)
        assert f"/teams/{team.id}/recommendations" in links(page)


def test_an_invitation_waits_on_the_desk(make, login):
    invited, lead = make.user(), make.user(name="Lin Lead")
    invitation = make.save(
        Invitation(
            email=invited.email,
            inviter=lead,
            team=make.team(lead, name_en="Seven"),
            token_hash="a",
            expires_at=utcnow() + timedelta(days=2),
        )
    )
    page = login(invited).get("/desk")
    assert "Invitation to join Seven" in words(page)
    assert "From Lin Lead" in words(page)
    assert f"/invitations/{invitation.id}" in links(page)


@pytest.mark.parametrize(
    ("locale", "screen", "late", "job", "collected", "share"),
    [
        (
            "en",
            "Screen: Screws",
            "2 months ago",
            "Reminding of unanswered questions",
            "Collected",
            "2 · 100 %",
        ),
        ("zh_Hant_TW", "審查：螺絲", "2 個月前", "提醒尚未回答的提問", "徵得", "2 · 100 %"),
    ],
)
def test_an_officer_sees_what_waits_late_things_first(
    make, login, locale, screen, late, job, collected, share
):
    call = make.call(name_en="Spring call", name_zh="春季徵題")
    old = utcnow() - timedelta(days=60)
    problem = make.problem(
        ProblemState.SUBMITTED, call=call, title_en="Screws", title_zh="螺絲", submitted_at=old
    )
    fresh = make.problem(ProblemState.SUBMITTED, call=call)
    run = MatchRun(call=call, starter=make.officer(), finished_at=utcnow())
    run.apply(MatchRunAction.START)
    run.apply(MatchRunAction.FINISH)
    make.save(run)
    failed = Job(kind="question.remind", error="no route to host", finished_at=utcnow())
    failed.apply(JobAction.FAIL)
    make.save(failed)
    page = login(make.officer(), locale).get("/desk")
    for text in (screen, late, job, "no route to host", collected, share):
        assert text in words(page)
    assert ("Spring call" if locale == "en" else "春季徵題") in words(page)
    places = [
        page.text.index(link)
        for link in (
            f"/office/problems/{problem.id}",  # Late.
            f"/office/runs/{run.id}/review",  # Due in a week.
            f"/office/problems/{fresh.id}",  # Due in two.
        )
    ]
    assert places == sorted(places)


def test_an_office_without_a_call_or_problems_is_told_so(make, login):
    client = login(make.officer())
    assert "There is no call yet" in words(client.get("/desk"))
    make.call()
    assert "No problem has come in yet" in words(client.get("/desk"))


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.REVIEWER, "You score how hard problems are, each with another reviewer"),
        (Role.MENTOR, "Help owners to say their problem precisely"),
        (Role.ASSOCIATION, "Tell your members of the call"),
        (Role.ADMINISTRATOR, "You see what the office sees and decide nothing in its stead."),
        (None, "Your account belongs to the programme but has no role yet."),
    ],
)
def test_every_other_role_is_told_what_it_can_do(make, login, role, said):
    user = make.user(*([role] if role else []), kind=AccountKind.STAFF)
    page = login(user).get("/desk")
    assert said in words(page)
    assert ("/office/audit" in links(page)) is (role is Role.ADMINISTRATOR)
    assert "/problems" in links(page)


def test_names_and_titles_show_as_text(make, login):
    user = make.user(kind=AccountKind.ENTERPRISE, name="<b>Lin</b>")
    make.problem(
        ProblemState.DRAFT, organization=make.organization(user), title_en="<script>x</script>"
    )
    page = login(user).get("/desk")
    assert "<b>Lin" not in page.text
    assert "<script>x" not in page.text
    assert "&lt;script&gt;x" in page.text
