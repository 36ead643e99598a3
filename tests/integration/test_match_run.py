"""Match runs: starting, carrying out, cancelling, failing, publishing, with every refusal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.adapters.encoder import make_pipeline
from matchmaker.clock import utcnow
from matchmaker.db import make_sessions
from matchmaker.errors import (
    Conflict,
    InvalidTransition,
    JobCancelled,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.matching import HashingEncoder, ModelUnusable
from matchmaker.models import (
    AuditEvent,
    Embedding,
    Job,
    Match,
    MatchExclusion,
    MatchReview,
    MatchRun,
    OrganizationMember,
    OutboxMessage,
    PairRuleKind,
    Role,
    User,
)
from matchmaker.queries import match_run as queries
from matchmaker.queries.publication import publication
from matchmaker.services import match as matches
from matchmaker.services import match_ranking
from matchmaker.services import match_run as service
from matchmaker.services.context import Context
from matchmaker.services.match import Choice
from matchmaker.services.match_basis import find_basis
from matchmaker.services.match_documents import read_problem, read_team
from matchmaker.services.match_ranking import carry_out
from matchmaker.services.vectors import DatabaseVectorCache
from matchmaker.settings import Settings
from matchmaker.workflows.job import JobState
from matchmaker.workflows.match import MatchAction, MatchState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.problem import ProblemState
from tests.factories import Factory

Ctx = Callable[[User | None], Context]


@pytest.fixture
def office(make: Factory) -> User:
    return make.officer()


@pytest.fixture
def done(
    make: Factory, ctx: Ctx, office: User, session: Session, run_jobs: Callable[[], int]
) -> MatchRun:
    """A finished run over one problem and two teams."""
    problem = make.problem(organization=make.organization(make.user()))
    make.team(make.user())
    make.team(make.user(), text_en="We forecast the sales of shops.", works=[], competencies=[])
    run = service.start_run(ctx(office), problem.call_id)
    session.commit()
    run_jobs()
    session.expire_all()
    assert run.state is MatchRunState.DONE
    return run


def found(session: Session, run: MatchRun) -> Sequence[Match]:
    statement = sa.select(Match).where(Match.run_id == run.id)
    return session.scalars(statement.order_by(Match.problem_id, Match.problem_rank)).all()


def endorse(ctx: Context, *rows: Match) -> None:
    matches.review(ctx, [Choice(m.id, m.version) for m in rows], MatchAction.ENDORSE)
    ctx.session.commit()


class TestStarting:
    def test_writes_run_job_and_audit_line_together(
        self, make: Factory, ctx: Ctx, office: User, session: Session
    ) -> None:
        problem = make.problem()
        make.team(make.user())
        run = service.start_run(ctx(office), problem.call_id)
        session.commit()
        assert run.state is MatchRunState.QUEUED
        assert run.job is not None
        assert (run.job.kind, run.job.payload) == ("match.run", {"run_id": run.id})
        event = session.scalars(sa.select(AuditEvent)).one()
        assert (event.action, event.subject_id) == ("match_run:start", run.id)

    @pytest.mark.parametrize("roles", [(), (Role.REVIEWER,), (Role.ADMINISTRATOR,)])
    def test_is_for_officers(self, make: Factory, ctx: Ctx, roles: tuple[Role, ...]) -> None:
        with pytest.raises(PermissionDenied, match="Only programme officers run"):
            service.start_run(ctx(make.user(*roles)), make.problem().call_id)

    def test_needs_a_published_problem(self, make: Factory, ctx: Ctx, office: User) -> None:
        problem = make.problem(ProblemState.GRADED)
        make.team(make.user())
        with pytest.raises(Conflict, match="no published problem"):
            service.start_run(ctx(office), problem.call_id)

    def test_needs_a_team(self, make: Factory, ctx: Ctx, office: User) -> None:
        problem = make.problem()
        make.team(make.user(), archived_at=utcnow())
        with pytest.raises(Conflict, match="There is no team"):
            service.start_run(ctx(office), problem.call_id)

    def test_unknown_call(self, ctx: Ctx, office: User) -> None:
        with pytest.raises(NotFound):
            service.start_run(ctx(office), 4711)

    def test_refuses_a_second_run_beside_a_live_one(
        self, make: Factory, ctx: Ctx, office: User, session: Session
    ) -> None:
        problem = make.problem()
        make.team(make.user())
        service.start_run(ctx(office), problem.call_id)
        session.commit()
        with pytest.raises(Conflict, match="under way already"):
            service.start_run(ctx(office), problem.call_id)

    def test_closes_a_run_whose_job_died(
        self, make: Factory, ctx: Ctx, office: User, session: Session
    ) -> None:
        problem = make.problem()
        make.team(make.user())
        dead = service.start_run(ctx(office), problem.call_id)
        session.execute(sa.update(Job).values(state=JobState.FAILED))
        session.commit()
        session.expire_all()
        assert str(service.load_failure(dead)).startswith("The run ended through a fault")
        fresh = service.start_run(ctx(office), problem.call_id)
        session.commit()
        assert (dead.state, fresh.state) == (MatchRunState.FAILED, MatchRunState.QUEUED)
        assert str(service.load_failure(dead)).startswith("The run ended through a fault")


class TestResults:
    def test_pairs_are_stored_with_everything_people_need(
        self, session: Session, done: MatchRun
    ) -> None:
        first, second = found(session, done)
        assert (first.problem_rank, second.problem_rank) == (1, 2)
        assert (first.team_rank, second.team_rank) == (1, 1)
        assert first.score > second.score
        assert (first.must_met, first.must_total) == (1, 1)
        assert (second.must_met, second.must_total) == (0, 1)
        assert first.confidence == "thin"
        assert first.state is MatchState.SUGGESTED
        total = sum(part["contribution"] for part in first.explanation["parts"])
        assert total == pytest.approx(first.score)
        assert "text" not in first.explanation["document"]
        assert (done.n_problems, done.n_teams) == (1, 2)
        assert done.config["model"] == "hashing-256"

    def test_same_input_gives_the_same_fingerprint_and_encodes_nothing(
        self,
        ctx: Ctx,
        office: User,
        session: Session,
        done: MatchRun,
        run_jobs: Callable[[], int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        calls: list[int] = []
        encode = HashingEncoder.encode

        def counted(self: HashingEncoder, texts: Sequence[str], *rest: Any) -> Any:
            calls.append(len(texts))
            return encode(self, texts, *rest)

        monkeypatch.setattr(HashingEncoder, "encode", counted)
        n_vectors = session.scalar(sa.select(sa.func.count(Embedding.id)))
        again = service.start_run(ctx(office), done.call_id)
        session.commit()
        run_jobs()
        session.expire_all()
        assert again.fingerprint == done.fingerprint
        assert len(again.fingerprint or "") == 64
        assert calls == []
        assert again.job is not None
        assert again.job.result["encoded"] == 0
        assert session.scalar(sa.select(sa.func.count(Embedding.id))) == n_vectors
        pairs = [
            [(m.team_id, m.score, m.band, json.dumps(m.explanation)) for m in found(session, run)]
            for run in (done, again)
        ]
        assert pairs[0] == pairs[1]

    def test_another_text_gives_another_fingerprint(
        self, ctx: Ctx, office: User, session: Session, done: MatchRun, run_jobs: Any
    ) -> None:
        found(session, done)[0].team.text_en = "We build robots for farms."
        again = service.start_run(ctx(office), done.call_id)
        session.commit()
        run_jobs()
        session.expire_all()
        assert again.fingerprint not in (None, done.fingerprint)

    def test_what_is_left_out_has_a_reason(
        self, make: Factory, ctx: Ctx, office: User, session: Session, run_jobs: Any
    ) -> None:
        owner, spy = make.user(), make.user()
        organization = make.organization(owner, spy)
        problem = make.problem(organization=organization)
        closed = make.problem(call=problem.call, deadline_at=utcnow() - timedelta(days=1))
        fine = make.team(make.user())
        own = make.team(make.user(), organization_id=organization.id)
        mixed = make.team(make.user(), spy)
        gone = make.team(make.user(), archived_at=utcnow())
        full = make.team(make.user(), capacity=0)
        mute = make.team(
            make.user(), title_en="", text_en="", works=[], competencies=[], techniques=[]
        )
        run = service.start_run(ctx(office), problem.call_id)
        session.commit()
        run_jobs()
        rows = session.scalars(sa.select(MatchExclusion).where(MatchExclusion.run_id == run.id))
        reasons = {(row.problem_id, row.team_id): (row.reason, row.params) for row in rows}
        assert reasons == {
            (closed.id, None): ("problem_closed", {}),
            (None, gone.id): ("team_unavailable", {}),
            (None, full.id): ("no_capacity", {}),
            (None, mute.id): ("no_text", {}),
            (problem.id, own.id): ("conflict", {"because": "organization"}),
            (problem.id, mixed.id): ("conflict", {"because": "member"}),
        }
        assert [(m.problem_id, m.team_id) for m in found(session, run)] == [(problem.id, fine.id)]

    def test_bans_keep_pairs_out_and_pins_mark_them(
        self, make: Factory, ctx: Ctx, office: User, session: Session, done: MatchRun, run_jobs: Any
    ) -> None:
        first, second = found(session, done)
        matches.rule_pair(ctx(office), first.id, PairRuleKind.BAN, reason="They fell out.")
        matches.rule_pair(ctx(office), second.id, PairRuleKind.PIN, reason="Worked well before.")
        again = service.start_run(ctx(office), done.call_id)
        session.commit()
        run_jobs()
        session.expire_all()
        assert [(m.team_id, m.pinned) for m in found(session, again)] == [(second.team_id, True)]
        banned = session.scalars(
            sa.select(MatchExclusion).where(MatchExclusion.run_id == again.id)
        ).one()
        assert (banned.team_id, banned.reason) == (first.team_id, "banned")
        assert banned.params == {"note": "They fell out."}

    def test_keeps_both_ends_of_the_lists(
        self,
        make: Factory,
        ctx: Ctx,
        office: User,
        session: Session,
        run_jobs: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(match_ranking, "KEEP_PER_PROBLEM", 1)
        monkeypatch.setattr(match_ranking, "KEEP_PER_TEAM", 1)
        call = make.call()
        for text in ("Find scratches with a camera.", "Forecast the sales of shops."):
            make.problem(call=call, text_en=text, text_zh="", title_zh="", requirements=[])
        for _number in range(3):
            make.team(make.user())
        run = service.start_run(ctx(office), call.id)
        session.commit()
        run_jobs()
        session.expire_all()
        kept = found(session, run)
        assert run.config["n_pairs"] == 6
        assert len(kept) == 4
        assert all(m.problem_rank == 1 or m.team_rank == 1 for m in kept)
        assert {m.team_id for m in kept if m.team_rank == 1} == {m.team_id for m in kept}
        assert all(m.explanation["parts"] for m in kept)


class TestReading:
    def test_documents_hold_no_names_regions_or_contacts(
        self, make: Factory, session: Session
    ) -> None:
        chen = make.user(name="陳小明")
        organization = make.organization(chen, name_zh="鴻海精機", name_en="Redwood Precision")
        problem = make.problem(
            organization=organization,
            text_en="Redwood Precision asks: call Alice Wu, a.wu@redwood.tw, 02-2345-6789.",
            text_zh="鴻海精機要找刮痕，洽陳小明。",
            contact_name="Alice Wu",
            region="taoyuan-hsinchu-miaoli",
            author_id=chen.id,
        )
        team = make.team(
            chen,
            name_en="Blue Whale",
            name_zh="藍鯨",
            organization_id=organization.id,
            region="islands",
            text_en="Blue Whale of Redwood Precision. Mail blue@whale.tw, +886 912 345 678.",
            works=[("藍鯨相機", "陳小明做的檢測系統，使用深度學習。")],
        )
        session.expire_all()
        inputs = [
            repr(read_problem(queries.published_problems(session, problem.call_id)[0], utcnow())),
            repr(read_team(queries.all_teams(session, problem.call_id)[0])),
        ]
        secrets = ("Redwood", "鴻海精機", "Alice", "redwood.tw", "2345", "陳小明", "taoyuan")
        secrets += ("Blue Whale", "藍鯨", "whale.tw", "912", "islands", organization.name_en)
        assert "檢測系統" in inputs[1]
        assert [word for text in inputs for word in secrets if word in text] == []
        assert team.id  # The row stays as it was.

    def test_reads_with_a_fixed_number_of_queries(
        self, make: Factory, session: Session, engine: sa.Engine
    ) -> None:
        call_id = make.call().id

        def count() -> int:
            session.expire_all()
            seen: list[str] = []
            event = lambda *args: seen.append(args[2])  # noqa: E731
            sa.event.listen(engine, "before_cursor_execute", event)
            for team in queries.all_teams(session, call_id):
                read_team(team)
            sa.event.remove(engine, "before_cursor_execute", event)
            return len(seen)

        make.team(make.user())
        one = count()
        for _number in range(5):
            make.team(make.user(), make.user())
        assert count() == one


class TestWorking:
    def _begin(
        self, make: Factory, ctx: Ctx, office: User, session: Session
    ) -> tuple[MatchRun, int]:
        problem = make.problem()
        make.team(make.user())
        run = service.start_run(ctx(office), problem.call_id)
        session.commit()
        return run, run.id

    def _carry_out(
        self, settings: Settings, sessions: sessionmaker[Session], run_id: int, progress: Any
    ) -> dict[str, Any]:
        cache = DatabaseVectorCache(sessions)
        return carry_out(
            sessions,
            run_id,
            find_basis=lambda report: find_basis(
                sessions, make_pipeline(settings, cache), report=report
            ),
            progress=progress,
        )

    def test_a_killed_worker_leaves_nothing_and_the_next_starts_afresh(
        self,
        make: Factory,
        ctx: Ctx,
        office: User,
        session: Session,
        settings: Settings,
        engine: Any,
    ) -> None:
        run, run_id = self._begin(make, ctx, office, session)
        sessions = make_sessions(engine)

        class Killed(BaseException):
            pass

        def die(done: int, total: int) -> None:
            if done >= 75:
                raise Killed

        with pytest.raises(Killed):
            self._carry_out(settings, sessions, run_id, die)
        session.expire_all()
        assert run.state is MatchRunState.RUNNING
        assert found(session, run) == []
        for _time in range(2):  # A second delivery of the same job finds the work done.
            session.rollback()
            self._carry_out(settings, sessions, run_id, lambda done, total: None)
        session.expire_all()
        assert run.state is MatchRunState.DONE
        assert len(found(session, run)) == 1

    def test_progress_goes_from_nothing_to_all(
        self,
        make: Factory,
        ctx: Ctx,
        office: User,
        session: Session,
        settings: Settings,
        engine: Any,
    ) -> None:
        _run, run_id = self._begin(make, ctx, office, session)
        seen: list[tuple[int, int]] = []
        progress = lambda done, total: seen.append((done, total))  # noqa: E731
        self._carry_out(settings, make_sessions(engine), run_id, progress)
        done = [step for step, _total in seen]
        assert done == sorted(done)
        assert (seen[0], seen[-1]) == ((0, 100), (100, 100))
        names = {service.stage_at(step).name for step in done}
        assert names == {stage.name for stage in service.STAGES}

    def test_cancelling_while_it_runs_keeps_nothing(
        self,
        make: Factory,
        ctx: Ctx,
        office: User,
        session: Session,
        settings: Settings,
        engine: Any,
    ) -> None:
        run, run_id = self._begin(make, ctx, office, session)
        sessions = make_sessions(engine)

        def cancel(done: int, total: int) -> None:
            if done == 98:
                with sessions() as other:
                    officer = other.get_one(User, office.id)
                    service.cancel_run(Context(other, settings, officer), run_id)
                    other.commit()

        with pytest.raises(JobCancelled):
            self._carry_out(settings, sessions, run_id, cancel)
        session.expire_all()
        assert run.state is MatchRunState.CANCELLED
        assert found(session, run) == []

    def test_cancelling_before_it_runs_stops_the_job(
        self, make: Factory, ctx: Ctx, office: User, session: Session, run_jobs: Any
    ) -> None:
        run, _run_id = self._begin(make, ctx, office, session)
        service.cancel_run(ctx(office), run.id)
        session.commit()
        assert run_jobs() == 0
        session.expire_all()
        assert run.job is not None
        assert (run.state, run.job.state) == (MatchRunState.CANCELLED, JobState.CANCELLED)
        with pytest.raises(InvalidTransition):
            service.cancel_run(ctx(office), run.id)

    def test_cancelling_is_for_officers(
        self, make: Factory, ctx: Ctx, office: User, session: Session
    ) -> None:
        run, _run_id = self._begin(make, ctx, office, session)
        with pytest.raises(PermissionDenied, match="Only programme officers"):
            service.cancel_run(ctx(make.user(Role.ADMINISTRATOR)), run.id)

    @pytest.mark.parametrize(
        ("model", "reason"), [("nowhere", "there is no such folder"), ("broken", "config.json")]
    )
    def test_a_missing_or_broken_model_is_told_and_can_be_started_again(
        self,
        make: Factory,
        ctx: Ctx,
        office: User,
        session: Session,
        settings: Settings,
        engine: Any,
        tmp_path: Path,
        model: str,
        reason: str,
    ) -> None:
        (tmp_path / "broken").mkdir()
        (tmp_path / "broken" / "modules.json").write_text("[]")
        broken = replace(settings, encoder="sentence", model=str(tmp_path / model))
        run, run_id = self._begin(make, ctx, office, session)
        with pytest.raises(ModelUnusable):
            self._carry_out(broken, make_sessions(engine), run_id, lambda done, total: None)
        session.expire_all()
        assert run.state is MatchRunState.FAILED
        failure = service.load_failure(run)
        assert failure is not None
        assert reason in str(failure)
        assert service.start_run(ctx(office), run.call_id).state is MatchRunState.QUEUED

    def test_the_factory_follows_the_settings(self, settings: Settings, engine: sa.Engine) -> None:
        cache = DatabaseVectorCache(make_sessions(engine))
        pipeline = make_pipeline(settings, cache, (("零次方", ("zero power",)),))
        assert pipeline.encoder.model_id == "hashing-256"
        assert pipeline.encoder.cache is cache
        assert pipeline.lexicon.senses("零次方") == ("zero power",)
        bilingual = make_pipeline(replace(settings, model_multilingual=True), cache)
        assert bilingual.encoder.reads_chinese is True


class TestVectors:
    def test_come_back_as_they_were_kept(self, engine: sa.Engine) -> None:
        import numpy as np

        sessions = make_sessions(engine)
        vectors = {f"model/1/{n}": np.full(4, n, dtype=np.float32) for n in range(1000)}
        DatabaseVectorCache(sessions).put_many(vectors)
        DatabaseVectorCache(sessions).put_many({"model/1/7": vectors["model/1/7"]})
        found = DatabaseVectorCache(sessions).get_many([*vectors, "model/1/other"])
        assert found.keys() == vectors.keys()
        assert all((found[key] == vectors[key]).all() for key in vectors)

    def test_are_read_once(self, engine: sa.Engine, session: Session) -> None:
        import numpy as np

        cache = DatabaseVectorCache(make_sessions(engine))
        cache.put_many({"a": np.ones(2, dtype=np.float32)})
        session.execute(sa.delete(Embedding))
        session.commit()
        assert list(cache.get_many(["a", "b"])) == ["a"]


class TestPublishing:
    def test_tells_both_sides_and_nobody_else(
        self, make: Factory, ctx: Ctx, office: User, session: Session, done: MatchRun
    ) -> None:
        first, second = found(session, done)
        endorse(ctx(office), first)
        plan = service.publish_run(ctx(office), done.id, version=done.version)
        session.commit()
        assert [match.id for match in plan.invited] == [first.id]
        assert (first.state, second.state) == (MatchState.INVITED, MatchState.SUGGESTED)
        assert done.state is MatchRunState.PUBLISHED
        letters = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).all()
        owner = first.problem.organization.members[0].user
        lead = first.team.members[0].user
        assert [(m.kind, m.recipient) for m in letters] == [
            ("match.invited", lead.email),
            ("match.candidates", owner.email),
        ]
        assert f"http://localhost/teams/{first.team_id}/recommendations" in letters[0].body
        assert f"http://localhost/problems/{first.problem_id}/candidates" in letters[1].body

    def test_a_later_run_takes_the_place_and_keeps_answers(
        self, make: Factory, ctx: Ctx, office: User, session: Session, done: MatchRun, run_jobs: Any
    ) -> None:
        first, _second = found(session, done)
        endorse(ctx(office), first)
        service.publish_run(ctx(office), done.id, version=done.version)
        lead = first.team.members[0].user
        matches.answer(ctx(lead), first.id, interested=True, version=first.version)
        session.commit()
        n_letters = session.scalar(sa.select(sa.func.count(OutboxMessage.id)))
        again = service.start_run(ctx(office), done.call_id)
        session.commit()
        run_jobs()
        session.expire_all()
        old, new = found(session, again)
        assert publication(session, again, utcnow()).dropped == [first]
        endorse(ctx(office), old, new)
        plan = service.publish_run(ctx(office), again.id, version=again.version)
        session.commit()
        assert plan.news == [new]
        assert plan.dropped == []
        assert (done.state, again.state) == (MatchRunState.SUPERSEDED, MatchRunState.PUBLISHED)
        assert (old.state, new.state) == (MatchState.ACCEPTED, MatchState.INVITED)
        added = session.scalar(sa.select(sa.func.count(OutboxMessage.id)))
        assert (n_letters, added) == (2, 4)

    def test_leaves_out_what_is_not_possible_any_more(
        self, make: Factory, ctx: Ctx, office: User, session: Session, done: MatchRun
    ) -> None:
        first, second = found(session, done)
        endorse(ctx(office), first, second)
        session.add(
            OrganizationMember(
                organization_id=first.problem.organization_id,
                user_id=first.team.members[0].user_id,
            )
        )
        session.commit()
        plan = service.publish_run(ctx(office), done.id, version=done.version)
        assert [(item.match.id, item.reason[:20]) for item in plan.left_out] == [
            (first.id, "Conflict of interest")
        ]
        assert first.state is MatchState.ENDORSED

    def test_refusals(
        self, make: Factory, ctx: Ctx, office: User, session: Session, done: MatchRun
    ) -> None:
        with pytest.raises(Conflict, match="Endorse at least one"):
            service.publish_run(ctx(office), done.id, version=done.version)
        endorse(ctx(office), found(session, done)[0])
        with pytest.raises(StaleVersion, match="has changed since"):
            service.publish_run(ctx(office), done.id, version=done.version - 1)
        with pytest.raises(PermissionDenied, match="Only programme officers"):
            service.publish_run(ctx(make.user(Role.ADMINISTRATOR)), done.id, version=done.version)
        service.publish_run(ctx(office), done.id, version=done.version)
        session.commit()
        with pytest.raises(InvalidTransition, match="published already"):
            service.publish_run(ctx(office), done.id, version=done.version)

    def test_the_preview_names_what_is_missing(
        self, make: Factory, ctx: Ctx, office: User, session: Session, done: MatchRun
    ) -> None:
        first, second = found(session, done)
        plan = publication(session, done, utcnow())
        assert [problem.id for problem in plan.without] == [first.problem_id]
        matches.review(
            ctx(office), [Choice(second.id, second.version)], MatchAction.HOLD, reason="Ask them."
        )
        plan = publication(session, done, utcnow())
        assert plan.n_held == 1
        assert plan.n_unreviewed == (first.band.value != "weak")


class TestSeeing:
    def test_runs_are_the_offices(self, make: Factory, session: Session, done: MatchRun) -> None:
        for roles in ((Role.OFFICER,), (Role.ADMINISTRATOR,)):
            assert queries.get_run(session, make.user(*roles), done.id) is done
        for actor in (None, make.user(), make.user(Role.REVIEWER)):
            assert queries.list_runs(session, actor).total == 0
            with pytest.raises(NotFound):
                queries.get_run(session, actor, done.id)

    def test_history_of_decisions_survives_a_new_run(
        self, ctx: Ctx, office: User, session: Session, done: MatchRun, run_jobs: Any
    ) -> None:
        from matchmaker.queries.match import history

        endorse(ctx(office), found(session, done)[0])
        again = service.start_run(ctx(office), done.call_id)
        session.commit()
        run_jobs()
        past = history(session, found(session, again)[0])
        assert [(item.action, item.match.run_id) for item in past] == [("endorse", done.id)]
        assert session.scalar(sa.select(sa.func.count(MatchReview.id))) == 1


def test_web_pages_load_no_model_library() -> None:
    code = (
        "import sys, matchmaker.web as w; from matchmaker.settings import Settings; "
        "from pathlib import Path; import tempfile; "
        "w.create_app(Settings(environment='test', data_dir=Path(tempfile.mkdtemp()))); "
        "print([m for m in ('torch', 'sentence_transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
