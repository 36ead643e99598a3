"""Journeys through matching over HTTP: the office, the owner, the team; in both languages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import (
    Job,
    Match,
    MatchExclusion,
    MatchReview,
    MatchRun,
    OrganizationMember,
    OutboxMessage,
    PairRule,
    Problem,
    Team,
    User,
)
from matchmaker.web import Matchmaker
from matchmaker.workflows.job import JobState
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.match_run import MatchRunState
from tests.factories import Factory

Login = Callable[..., FlaskClient]
TAGS = re.compile(r"<[^>]+>")


def words(html: str) -> str:
    """What a reader sees of a page, on one line."""
    return " ".join(unescape(TAGS.sub(" ", html)).split())


@dataclass
class World:
    """A call with one problem and three teams, and the people around it."""

    office: User
    owner: User
    lead: User
    problem: Problem
    teams: list[Team]


@pytest.fixture
def world(make: Factory) -> World:
    owner, lead = make.user(), make.user()
    problem = make.problem(
        organization=make.organization(owner),
        title_en="Scratch finder",
        title_zh="刮痕檢測",
        teams_wanted=2,
    )
    teams = [
        make.team(
            lead,
            name_en="Bright Eyes",
            name_zh="明眼隊",
            works=[("Defect camera", "We find scratches on metal parts with a camera.")],
        ),
        make.team(make.user(), name_en="Second Sight", competencies=[("PER-CV", 2)]),
        make.team(make.user(), name_en="Third Party", competencies=[("PER-CV", 3)]),
    ]
    return World(make.officer(), owner, lead, problem, teams)


@pytest.fixture
def run(world: World, login: Login, run_jobs: Callable[[], int], session: Session) -> MatchRun:
    """A finished run, started over HTTP."""
    login(world.office).post("/office/runs", data={"call_id": world.problem.call_id})
    run_jobs()
    return session.scalars(sa.select(MatchRun)).one()


@pytest.fixture
def pairs(run: MatchRun, session: Session) -> Sequence[Match]:
    return session.scalars(sa.select(Match).order_by(Match.problem_rank)).all()


def key(match: Match) -> str:
    return f"{match.id}:{match.version}"


def decide(client: FlaskClient, run: MatchRun, action: str, *matches: Match, reason: str = ""):
    data = {"action": action, "reason": reason, "pairs": [key(m) for m in matches]}
    return client.post(f"/office/runs/{run.id}/review", data=data)


@contextmanager
def counted(app: Matchmaker) -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    engine = app.sessions.kw["bind"]
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


class TestRuns:
    def test_from_start_to_result(
        self, world: World, login: Login, run_jobs: Callable[[], int], session: Session
    ) -> None:
        client = login(world.office)
        page = words(client.get("/office/runs").text)
        assert f"{world.problem.call.name_en} 1 3 Start a run" in page
        answer = client.post("/office/runs", data={"call_id": world.problem.call_id})
        run = session.scalars(sa.select(MatchRun)).one()
        assert answer.location == f"/office/runs/{run.id}"
        waiting = client.get(answer.location).text
        assert "The run waits for its turn." in words(waiting)
        assert f'data-poll="/jobs/{run.job_id}/progress"' in waiting
        fragment = client.get(f"/jobs/{run.job_id}/progress").text
        assert "The next free worker takes it up." in fragment
        assert "<html" not in fragment
        run_jobs()
        assert "data-poll-reload" in client.get(f"/jobs/{run.job_id}/progress").text
        page = words(client.get(answer.location).text)
        assert "Ready for review" in page
        assert "Review the pairs" in page
        assert "Nothing: every team was ranked for every problem." in page

    def test_a_second_run_is_refused_on_the_page(self, world: World, login: Login) -> None:
        client = login(world.office, "zh_Hant_TW")
        for status in (302, 409):
            answer = client.post("/office/runs", data={"call_id": world.problem.call_id})
            assert answer.status_code == status
        assert "這個梯次已有媒合作業進行中" in answer.text

    def test_an_empty_call_says_why_it_cannot_start(self, make: Factory, login: Login) -> None:
        call, office = make.call(), make.officer()
        page = words(login(office).get("/office/runs").text)
        assert f"{call.name_en} 0 0 No problem is published yet." in page
        answer = login(office).post("/office/runs", data={"call_id": call.id})
        assert answer.status_code == 409
        assert "This call has no published problem yet" in answer.text
        make.problem(call=call)
        assert f"{call.name_en} 1 0 There is no team yet." in words(
            login(office).get("/office/runs").text
        )

    def test_progress_names_the_stage(self, world: World, login: Login, session: Session) -> None:
        login(world.office).post("/office/runs", data={"call_id": world.problem.call_id})
        job = session.scalars(sa.select(Job)).one()
        session.execute(
            sa.update(Job).values(
                state="running", lease_until=utcnow() + timedelta(1), done_steps=40, total_steps=100
            )
        )
        session.commit()
        fragment = login(world.office, "zh_Hant_TW").get(f"/jobs/{job.id}/progress").text
        assert "理解文字內容" in fragment
        assert 'value="40"' in fragment

    def test_cancel(
        self, world: World, login: Login, session: Session, run_jobs: Callable[[], int]
    ) -> None:
        client = login(world.office)
        client.post("/office/runs", data={"call_id": world.problem.call_id})
        run = session.scalars(sa.select(MatchRun)).one()
        answer = client.post(f"/jobs/{run.job_id}/cancel", follow_redirects=True)
        assert "The run was cancelled" in answer.text
        assert "Start again" in answer.text
        assert run_jobs() == 0
        assert client.post(f"/jobs/{run.job_id}/cancel").status_code == 409
        assert client.get(f"/office/runs/{run.id}/review").status_code == 404

    def test_failure_says_why_in_both_languages(
        self, world: World, login: Login, session: Session
    ) -> None:
        from matchmaker.matching import ModelUnusable
        from matchmaker.services.match_run import dump_failure

        client = login(world.office)
        client.post("/office/runs", data={"call_id": world.problem.call_id})
        failure = dump_failure(ModelUnusable(model="/m", reason="there is no such folder").message)
        session.execute(sa.update(MatchRun).values(state=MatchRunState.FAILED, failure=failure))
        session.execute(sa.update(Job).values(state=JobState.FAILED))
        session.commit()
        run = session.scalars(sa.select(MatchRun)).one()
        english = words(client.get(f"/office/runs/{run.id}").text)
        assert "The embedding model /m cannot be used: there is no such folder." in english
        assert "Start again" in english
        chinese = login(world.office, "zh_Hant_TW").get(f"/office/runs/{run.id}").text
        assert "無法使用文字模型 /m" in chinese

    def test_a_dead_worker_is_told(self, world: World, login: Login, session: Session) -> None:
        client = login(world.office)
        client.post("/office/runs", data={"call_id": world.problem.call_id})
        session.execute(sa.update(MatchRun).values(state=MatchRunState.RUNNING))
        session.execute(sa.update(Job).values(state=JobState.FAILED))
        session.commit()
        run = session.scalars(sa.select(MatchRun)).one()
        page = words(client.get(f"/office/runs/{run.id}").text)
        assert "Failed" in page
        assert "The run ended through a fault" in page
        client.post("/office/runs", data={"call_id": world.problem.call_id})
        session.rollback()
        assert session.scalar(sa.select(sa.func.count(MatchRun.id))) == 2

    def test_what_was_left_out_is_listed(
        self,
        world: World,
        make: Factory,
        login: Login,
        session: Session,
        run_jobs: Callable[[], int],
    ) -> None:
        make.team(world.owner, name_en="Insiders", name_zh="自家隊")
        make.team(make.user(), name_en="Sleepers", name_zh="休息隊", archived_at=utcnow())
        login(world.office).post("/office/runs", data={"call_id": world.problem.call_id})
        run_jobs()
        run = session.scalars(sa.select(MatchRun)).one()
        english = words(login(world.office).get(f"/office/runs/{run.id}").text)
        assert "Sleepers The team has paused or disbanded" in english
        assert (
            "Scratch finder Insiders Conflict of interest: "
            "A member of the team belongs to the organization that owns the problem." in english
        )
        chinese = words(login(world.office, "zh_Hant_TW").get(f"/office/runs/{run.id}").text)
        assert "刮痕檢測 自家隊 利益衝突：團隊有成員屬於出題單位。" in chinese

    def test_export(
        self, world: World, login: Login, run: MatchRun, pairs: Sequence[Match], session: Session
    ) -> None:
        decide(login(world.office), run, "decline", pairs[1], reason="Too small")
        session.rollback()
        pairs[0].team.name_zh, pairs[0].team.name_en = "", '=HYPERLINK("x")'
        session.add(MatchExclusion(run_id=run.id, team_id=world.teams[2].id, reason="no_capacity"))
        session.commit()
        answer = login(world.office, "zh_Hant_TW").get(f"/office/runs/{run.id}/export.csv")
        assert answer.mimetype == "text/csv"
        assert answer.data.startswith(b"\xef\xbb\xbf")
        assert f'filename="match-run-{run.id}.csv"' in answer.headers["Content-Disposition"]
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert rows[0][:4] == ["命題編號", "命題", "團隊編號", "團隊"]
        assert rows[1][:5] == [
            str(world.problem.id),
            "刮痕檢測",
            str(pairs[0].team_id),
            '\'=HYPERLINK("x")',
            "系統建議",
        ]
        assert rows[2][-1] == "Too small"
        assert rows[4][2:5] == [str(world.teams[2].id), world.teams[2].name_zh, "未評比"]
        assert rows[4][-1] == "團隊沒有餘力"
        assert len(rows) == 5


class TestReview:
    def test_shows_why_in_both_languages(
        self, world: World, login: Login, run: MatchRun, pairs: Sequence[Match]
    ) -> None:
        english = words(login(world.office).get(f"/office/runs/{run.id}/review").text)
        for text in (
            "Inside a band the order is open",
            "0 of 2 endorsed 3 new",
            "Bright Eyes",
            "The team shows the level asked for in every competency: Computer vision, Deep learning.",
            "It works in the problem's sector, and both speak of",
            "Similar meaning",
            "Asked for and shown",
            "Nobody has decided on this pair yet.",
        ):
            assert text in english
        assert english.index("Why The team shows") < english.index("Asked for and shown")
        chinese = words(login(world.office, "zh_Hant_TW").get(f"/office/runs/{run.id}/review").text)
        for text in ("明眼隊", "所需職能團隊全部達到要求的程度：電腦視覺、深度學習。", "語意相近"):
            assert text in chinese

    def test_parts_in_figures_add_up_to_the_score(
        self, world: World, login: Login, run: MatchRun, pairs: Sequence[Match]
    ) -> None:
        html = login(world.office).get(f"/office/runs/{run.id}/review?pair={pairs[1].id}").text
        figures = [float(x) for x in re.findall(r'data-label="Points">([+-][\d.]+)<', html)]
        assert len(figures) == 7
        assert sum(figures[:-1]) == pytest.approx(figures[-1], abs=0.004)
        assert figures[-1] == pytest.approx(pairs[1].score, abs=0.001)
        assert html.index("<details>") < html.index('data-label="Points"')

    def test_keys_find_what_they_press(
        self, world: World, login: Login, run: MatchRun, pairs: Sequence[Match]
    ) -> None:
        html = login(world.office).get(f"/office/runs/{run.id}/review?weak=1").text
        assert html.count("data-review-row") == 3
        for action in ("endorse", "decline", "hold", "pin"):
            assert html.count(f'data-review-action="{action}"') == 3
        assert "data-review-search" in html

    def test_by_team(
        self, world: World, login: Login, run: MatchRun, pairs: Sequence[Match]
    ) -> None:
        team = world.teams[1]
        path = f"/office/runs/{run.id}/review?by=team&team={team.id}&weak=1"
        page = words(login(world.office).get(path).text)
        assert "Problems it can take on: 1" in page
        assert "Second Sight" in page
        assert "Scratch finder" in page

    def test_one_pair_then_undo(
        self, world: World, login: Login, run: MatchRun, pairs: Sequence[Match], session: Session
    ) -> None:
        client, match = login(world.office), pairs[0]
        answer = decide(client, run, "endorse", match)
        assert answer.location == f"/office/runs/{run.id}/review?pair={match.id}#pair-{match.id}"
        page = words(client.get(answer.location).text)
        assert "Endorsed. Pairs: 1" in page
        assert "1 of 2 endorsed 2 new" in page
        session.rollback()
        assert match.state is MatchState.ENDORSED
        decide(client, run, "reset", match)
        session.rollback()
        assert match.state is MatchState.SUGGESTED

    def test_many_with_one_reason(
        self, world: World, login: Login, run: MatchRun, pairs: Sequence[Match], session: Session
    ) -> None:
        client = login(world.office)
        refused = decide(client, run, "hold", *pairs[:2])
        assert refused.status_code == 422
        assert "Say why: the reason stays with the pair." in refused.text
        assert refused.text.count(" checked><span>Tick") == 2
        answer = decide(client, run, "hold", *pairs[:2], reason="Wait for data.")
        assert answer.status_code == 302
        session.rollback()
        assert [m.state for m in pairs] == [
            MatchState.HELD,
            MatchState.HELD,
            MatchState.SUGGESTED,
        ]
        html = client.get(f"/office/runs/{run.id}/review?tick=all&weak=1").text
        assert html.count(" checked><span>Tick") == 3

    def test_stale_page_keeps_what_was_typed(
        self, world: World, make: Factory, login: Login, run: MatchRun, pairs: Sequence[Match]
    ) -> None:
        match = pairs[0]
        decide(login(make.officer()), run, "endorse", match)
        reason = "The plant knows them & <b>likes</b> them."
        late = decide(login(world.office), run, "decline", match, reason=reason)
        assert late.status_code == 409
        page = words(late.text)
        assert "Somebody else decided on this pair after you opened the page." in page
        assert reason in page
        assert "Endorsed" in page
        assert "<b>likes</b>" not in late.text

    def test_double_submit_counts_once(
        self, world: World, login: Login, run: MatchRun, pairs: Sequence[Match], session: Session
    ) -> None:
        client = login(world.office)
        for _time in range(2):
            assert decide(client, run, "endorse", pairs[0]).status_code == 302
        session.rollback()
        assert session.scalar(sa.select(sa.func.count(MatchReview.id))) == 1

    @pytest.mark.parametrize(
        ("data", "status", "text"),
        [
            ({}, 422, "Not a valid choice"),
            ({"action": "accept"}, 422, "Not a valid choice"),
            ({"action": "endorse"}, 422, "Choose at least one pair."),
            ({"action": "endorse", "pairs": "x"}, 422, "cannot be read"),
            ({"action": "endorse", "pairs": "1:1:1"}, 422, "cannot be read"),
            ({"action": "endorse", "pairs": "٣:١"}, 422, "cannot be read"),
            ({"action": "endorse", "pairs": "999999:1"}, 404, "404"),
            ({"action": "hold", "pairs": "{key}", "reason": "\x00\u202e "}, 422, "Say why"),
            ({"action": "hold", "pairs": "{key}", "reason": "x" * 1_000_000}, 422, "at most 2000"),
        ],
    )
    def test_bad_input(
        self,
        world: World,
        login: Login,
        run: MatchRun,
        pairs: Sequence[Match],
        data: dict[str, str],
        status: int,
        text: str,
    ) -> None:
        data = {name: value.replace("{key}", key(pairs[0])) for name, value in data.items()}
        answer = login(world.office).post(f"/office/runs/{run.id}/review", data=data)
        assert (answer.status_code, text in answer.text) == (status, True)

    @pytest.mark.parametrize("reason", ["🎉 先等 🙏", "<script>alert(1)</script>", "مرحبا بالعالم"])
    def test_reasons_are_kept_and_shown_as_written(
        self,
        world: World,
        login: Login,
        run: MatchRun,
        pairs: Sequence[Match],
        session: Session,
        reason: str,
    ) -> None:
        client = login(world.office)
        answer = decide(client, run, "hold", pairs[0], reason=reason)
        session.rollback()
        assert pairs[0].reason == reason
        html = client.get(answer.location).text
        assert "<script>alert" not in html
        assert reason in unescape(html)

    @pytest.mark.parametrize(
        "query", ["problem=x&pair=y&page=-3&state=zzz", "by=team&team=999", "problem=999", "q=%25"]
    )
    def test_odd_addresses_show_the_page(
        self, world: World, login: Login, run: MatchRun, query: str
    ) -> None:
        assert login(world.office).get(f"/office/runs/{run.id}/review?{query}").status_code == 200

    def test_own_stake_is_marked_and_barred(
        self, world: World, login: Login, run: MatchRun, pairs: Sequence[Match], session: Session
    ) -> None:
        session.add(
            OrganizationMember(
                organization_id=world.problem.organization_id, user_id=world.office.id
            )
        )
        session.commit()
        session.rollback()
        client = login(world.office)
        html = client.get(f"/office/runs/{run.id}/review").text
        assert "You belong to the organization that owns this problem." in html
        assert "data-review-action" not in html
        answer = decide(client, run, "endorse", pairs[0])
        assert answer.status_code == 403
        assert "You belong to the organization that owns this problem." in answer.text

    def test_pin_ban_and_lift(
        self, world: World, login: Login, run: MatchRun, pairs: Sequence[Match], session: Session
    ) -> None:
        client, match = login(world.office), pairs[1]
        rule_path = f"/office/matches/{match.id}/rule"
        assert client.post(rule_path, data={"kind": "pin", "reason": ""}).status_code == 422
        assert client.post(rule_path, data={"kind": "wish", "reason": "x"}).status_code == 422
        client.post(rule_path, data={"kind": "pin", "reason": "Knows the plant."})
        page = words(client.get(f"/office/runs/{run.id}/review?pair={match.id}").text)
        assert "Pinned: Knows the plant." in page
        listed = words(client.get(f"/office/runs/{run.id}").text)
        assert "Pin Scratch finder Second Sight Knows the plant." in listed.replace(
            "Third Party", "Second Sight"
        )
        session.rollback()
        rule = session.scalars(sa.select(PairRule)).one()
        lifted = client.post(
            f"/office/pair-rules/{rule.id}/lift", data={"next": f"/office/runs/{run.id}"}
        )
        assert lifted.location == f"/office/runs/{run.id}"
        client.post(rule_path, data={"kind": "ban", "reason": "They fell out."})
        session.rollback()
        assert match.state is MatchState.DECLINED
        refused = decide(client, run, "endorse", match)
        assert refused.status_code == 409
        assert "This pair is banned." in refused.text


class TestPublishing:
    def test_preview_then_publish(
        self, world: World, login: Login, run: MatchRun, pairs: Sequence[Match], session: Session
    ) -> None:
        client = login(world.office)
        empty = words(client.get(f"/office/runs/{run.id}/publish").text)
        assert "Nobody: no pair is endorsed yet." in empty
        assert "Publish and send the letters" not in empty
        assert client.post(f"/office/runs/{run.id}/publish", data={"version": 1}).status_code == 409
        decide(client, run, "endorse", pairs[0])
        session.rollback()
        page = words(client.get(f"/office/runs/{run.id}/publish").text)
        assert f"Scratch finder {world.problem.organization.name_en} Bright Eyes yes" in page
        late = client.post(f"/office/runs/{run.id}/publish", data={"version": run.version - 1})
        assert late.status_code == 409
        assert "The run has changed since you opened this page." in late.text
        for expected in (302, 409):  # The second click tells that it is published already.
            answer = client.post(f"/office/runs/{run.id}/publish", data={"version": run.version})
            assert answer.status_code in (expected, 409)
        session.rollback()
        assert session.scalar(sa.select(sa.func.count(OutboxMessage.id))) == 2
        page = words(client.get(f"/office/runs/{run.id}/review").text)
        assert "This run is not under review any more" in page
        late = decide(client, run, "hold", pairs[1], reason="Wait.")
        assert late.status_code == 409
        assert "This run is not under review any more." in late.text


@pytest.fixture
def published(
    world: World, login: Login, run: MatchRun, pairs: Sequence[Match], session: Session
) -> Match:
    """The first pair, announced; the second declined, the third only suggested."""
    client = login(world.office)
    decide(client, run, "decline", pairs[1], reason="Secret doubts")
    decide(client, run, "endorse", pairs[0])
    session.rollback()
    client.post(f"/office/runs/{run.id}/publish", data={"version": run.version})
    session.rollback()
    assert pairs[0].state is MatchState.INVITED
    return pairs[0]


class TestOwner:
    def test_sees_endorsed_teams_and_no_more(
        self, world: World, login: Login, published: Match, session: Session
    ) -> None:
        path = f"/problems/{world.problem.id}/candidates"
        html = login(world.owner).get(path).text
        page = words(html)
        assert "Bright Eyes Team told" in page
        assert "Machine vision for factories" in page
        assert "Shows 2 of 2 competencies asked for" in page
        assert "The team shows the level asked for in every competency" in page
        hidden = ["Second Sight", "Third Party", "Secret doubts", "Points", world.lead.name]
        hidden += [str(world.lead.email), f"{published.score:.2f}", "review-action"]
        assert [text for text in hidden if text in html] == []
        chinese = words(login(world.owner, "zh_Hant_TW").get(path).text)
        assert "您的命題媒合的團隊" in chinese
        assert "明眼隊 已通知團隊" in chinese

    def test_a_private_teams_works_stay_private(
        self, world: World, login: Login, published: Match, session: Session
    ) -> None:
        path = f"/problems/{world.problem.id}/candidates"
        assert "The team says" in login(world.owner).get(path).text
        session.rollback()
        world.teams[0].is_public = False
        session.commit()
        html = login(world.owner).get(path).text
        assert "Bright Eyes" in html
        assert "The team says" not in html
        assert "Defect camera" not in html
        assert "Read the profile" not in html

    def test_others_are_kept_out(
        self, world: World, make: Factory, login: Login, published: Match
    ) -> None:
        path = f"/problems/{world.problem.id}/candidates"
        answer = login(world.lead).get(path)
        assert answer.status_code == 403
        assert "Only the owner of the problem sees" in answer.text
        assert login(world.office).get(path).status_code == 200
        assert login(world.owner).get("/problems/999/candidates").status_code == 404

    def test_before_publishing_there_is_nothing(
        self, world: World, login: Login, pairs: Sequence[Match]
    ) -> None:
        page = login(world.owner).get(f"/problems/{world.problem.id}/candidates").text
        assert "No teams yet" in page
        assert "Bright Eyes" not in page


class TestTeam:
    def test_sees_why_and_answers(
        self, world: World, login: Login, published: Match, session: Session
    ) -> None:
        path = f"/teams/{world.teams[0].id}/recommendations"
        page = words(login(world.lead).get(path).text)
        for text in (
            "Scratch finder",
            "Find scratches on metal parts with a camera.",
            "You show the level asked for in every competency: Computer vision, Deep learning.",
            "Your ranking rests on little",
            "Your answer is awaited",
        ):
            assert text in page
        chinese = words(login(world.lead, "zh_Hant_TW").get(path).text)
        assert "所需職能您全部達到要求的程度：電腦視覺、深度學習。" in chinese
        client = login(world.lead)
        data = {"answer": "yes", "version": published.version}
        answer = client.post(f"/matches/{published.id}/answer", data=data)
        assert answer.location == f"{path}#match-{published.id}"
        session.rollback()
        assert published.state is MatchState.ACCEPTED
        owner = words(login(world.owner).get(f"/problems/{world.problem.id}/candidates").text)
        assert "Bright Eyes Team interested" in owner

    def test_not_for_us_needs_a_reason_and_keeps_what_was_typed(
        self, world: World, login: Login, published: Match, session: Session
    ) -> None:
        client, path = login(world.lead), f"/matches/{published.id}/answer"
        data = {"answer": "no", "version": published.version, "reason": "We <3 it, but no."}
        refused = client.post(path, data=data)
        assert refused.status_code == 422
        assert "Choose why: it makes later recommendations better." in refused.text
        assert "We &lt;3 it, but no." in refused.text
        assert client.post(path, data={**data, "reason_code": "time"}).status_code == 302
        session.rollback()
        assert (published.state, published.reason_code) == (MatchState.REFUSED, "time")
        assert "Reason: We have no time for it in this period: We <3 it, but no." in words(
            client.get(f"/teams/{published.team_id}/recommendations").text
        )
        owner = login(world.owner).get(f"/problems/{world.problem.id}/candidates").text
        assert "Team not interested" in owner
        assert "We &lt;3 it" not in owner
        office = words(
            login(world.office)
            .get(f"/office/runs/{published.run_id}/review?pair={published.id}")
            .text
        )
        assert "We have no time for it in this period: We <3 it, but no." in office

    def test_stale_page(
        self, world: World, login: Login, published: Match, session: Session
    ) -> None:
        client, path = login(world.lead), f"/matches/{published.id}/answer"
        seen = published.version
        client.post(path, data={"answer": "yes", "version": seen})
        late = client.post(
            path, data={"answer": "no", "version": seen, "reason_code": "data", "reason": "Typed"}
        )
        assert late.status_code == 409
        assert "Somebody in your team answered" in late.text
        assert "Typed" in late.text
        session.rollback()
        session.execute(sa.update(MatchRun).values(state=MatchRunState.SUPERSEDED))
        session.commit()
        late = client.post(path, data={"answer": "yes", "version": seen + 1})
        assert late.status_code == 409
        assert "The office has published a newer matching." in late.text

    @pytest.mark.parametrize(
        ("data", "status"),
        [
            ({}, 422),
            ({"answer": "maybe", "version": "1"}, 422),
            ({"answer": "yes"}, 409),
            ({"answer": "yes", "version": "x"}, 409),
        ],
    )
    def test_bad_input(
        self, world: World, login: Login, published: Match, data: dict[str, str], status: int
    ) -> None:
        answer = login(world.lead).post(f"/matches/{published.id}/answer", data=data)
        assert answer.status_code == status
        assert "Your answer was not noted" in answer.text

    def test_others_are_kept_out(
        self, world: World, make: Factory, login: Login, published: Match
    ) -> None:
        path = f"/teams/{published.team_id}/recommendations"
        assert login(world.owner).get(path).status_code == 403
        assert login(world.office).get(path).status_code == 200
        stranger = world.teams[1].members[0].user
        data = {"answer": "yes", "version": published.version}
        assert login(stranger).post(f"/matches/{published.id}/answer", data=data).status_code == 404


class TestDoors:
    PATHS = (
        "/office/runs",
        "/office/runs/{run}",
        "/office/runs/{run}/review",
        "/office/runs/{run}/publish",
        "/office/runs/{run}/export.csv",
        "/jobs/{job}/progress",
    )

    def test_visitors_sign_in_first(self, client: FlaskClient, run: MatchRun) -> None:
        for path in self.PATHS:
            answer = client.get(path.format(run=run.id, job=run.job_id))
            assert answer.status_code == 302
            assert "/login" in answer.location

    def test_others_are_refused(self, world: World, login: Login, run: MatchRun) -> None:
        for path in self.PATHS:
            answer = login(world.owner).get(path.format(run=run.id, job=run.job_id))
            assert answer.status_code in (403, 404)
        posts = [
            ("/office/runs", {"call_id": world.problem.call_id}),
            (f"/office/runs/{run.id}/review", {"action": "endorse", "pairs": "1:1"}),
            (f"/office/runs/{run.id}/publish", {"version": run.version}),
            (f"/jobs/{run.job_id}/cancel", {}),
            ("/office/matches/1/rule", {"kind": "pin", "reason": "x"}),
            ("/office/pair-rules/1/lift", {}),
        ]
        for path, data in posts:
            assert login(world.owner).post(path, data=data).status_code in (403, 404)


class TestQueries:
    def test_pages_ask_as_often_for_many_rows_as_for_one(
        self,
        app: Matchmaker,
        world: World,
        make: Factory,
        login: Login,
        session: Session,
        run_jobs: Callable[[], int],
    ) -> None:
        call = world.problem.call
        counts: list[list[int]] = []
        for more in (0, 9):
            session.rollback()
            for number in range(more):
                make.team(make.user(), name_en=f"Team more {number}")
                make.problem(call=call, organization=world.problem.organization)
            client = login(world.office)
            client.post("/office/runs", data={"call_id": call.id})
            run_jobs()
            session.rollback()
            run = session.scalars(sa.select(MatchRun).order_by(MatchRun.id.desc())).first()
            assert run is not None
            rows = session.scalars(
                sa.select(Match).where(
                    Match.run_id == run.id,
                    sa.or_(
                        Match.team_id == world.teams[0].id, Match.problem_id == world.problem.id
                    ),
                )
            ).all()
            decide(client, run, "endorse", *rows)
            pages = [
                (world.office, "/office/runs"),
                (world.office, f"/office/runs/{run.id}"),
                (world.office, f"/office/runs/{run.id}/review?problem={world.problem.id}&weak=1"),
                (world.office, f"/office/runs/{run.id}/review?by=team&team={world.teams[0].id}"),
                (world.office, f"/office/runs/{run.id}/publish"),
                (world.office, f"/office/runs/{run.id}/export.csv"),
            ]
            later = [
                (world.owner, f"/problems/{world.problem.id}/candidates"),
                (world.lead, f"/teams/{world.teams[0].id}/recommendations"),
            ]
            seen = [self._count(app, login, *page) for page in pages]
            session.rollback()
            client.post(f"/office/runs/{run.id}/publish", data={"version": run.version})
            counts.append([*seen, *(self._count(app, login, *page) for page in later)])
        assert counts[1][4] <= counts[0][4] + 1  # The preview also reads what is announced now.
        del counts[0][4], counts[1][4]
        assert counts[1] == counts[0]

    def _count(self, app: Matchmaker, login: Login, user: User, path: str) -> int:
        with counted(app) as statements:
            assert login(user).get(path).status_code == 200
        return len(statements)
