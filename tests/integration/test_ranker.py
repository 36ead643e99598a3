"""Learned weights: learned from decisions, judged on held-out calls, switched on by officers alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidTransition, NotFound, PermissionDenied, StaleVersion
from matchmaker.matching import FEATURES, MatchConfig
from matchmaker.models import (
    AuditEvent,
    Band,
    Cause,
    CauseSide,
    DeclineCause,
    Match,
    MatchRun,
    Ranker,
    Role,
    User,
)
from matchmaker.queries import ranker as queries
from matchmaker.queries.ranker_history import Fate, fates
from matchmaker.reports.ranker_effect import effects
from matchmaker.services import match_run
from matchmaker.services import ranker as service
from matchmaker.services.context import Context
from matchmaker.services.ranker_learning import LEARNED, collect, learn, weighted_by
from matchmaker.services.ranker_worth import worth
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.milestone import MilestoneState
from tests.backends import on_both
from tests.factories import Factory

Ctx = Callable[[User | None], Context]
Login = Callable[..., FlaskClient]
WEIGHTS = dict(MatchConfig().weights)


def pair(run: MatchRun, problem_id: int, team_id: int, z: Any, state: MatchState) -> Match:
    """A decided pair whose features were *z*."""
    parts = [
        {"feature": name, "label": "", "contribution": float(value) * WEIGHTS[name]}
        for name, value in zip(FEATURES, [*z, 0.0], strict=True)
    ]
    places = {"problem_rank": 1, "team_rank": 1}
    match = Match(
        run=run, problem_id=problem_id, team_id=team_id, score=0.0, band=Band.GOOD, **places
    )
    match.confidence, match.explanation = "fair", {"parts": parts}
    match.state = state
    return match


@pytest.fixture
def history(make: Factory, session: Session) -> Callable[..., None]:
    """Calls in which officers went by some features and not by others."""

    def build(*truth: float, n_calls: int = 4, noise: float = 0.3) -> None:
        rng = np.random.default_rng(0)
        officer = make.officer()
        teams = [make.team(make.user(), works=[], competencies=[]) for _ in range(8)]
        for _ in range(n_calls):
            call = make.call()
            run = MatchRun(call=call, starter=officer, config={"settings": {"weights": WEIGHTS}})
            run.state, run.finished_at = MatchRunState.DONE, utcnow()
            for _ in range(6):
                problem = make.problem(call=call)
                for team in teams:
                    z = rng.normal(size=len(LEARNED))
                    good = z @ np.array(truth) + noise * rng.normal() > 0
                    state = MatchState.ENDORSED if good else MatchState.DECLINED
                    session.add(pair(run, problem.id, team.id, z, state))
        session.commit()

    return build


@pytest.fixture
def officer(make: Factory) -> User:
    return make.officer()


@pytest.fixture
def better(history: Callable[..., None], session: Session) -> Ranker:
    """Weights that did better: officers went by requirements, which the office's weights hold low."""
    history(0.1, 0.1, 0.1, 0.1, 2.0)
    ranker = learn(session)
    session.commit()
    return ranker


def test_decisions_that_follow_other_weights_are_learned(better: Ranker) -> None:
    assert better.is_better
    assert not better.in_use
    assert better.card["reason"] == "better_on_held_out_calls"
    assert better.card["low"] > better.card["margin"] == 0.01
    assert (better.card["n_pairs"], better.card["n_problems"], better.card["n_calls"]) == (
        192,
        24,
        4,
    )
    assert set(better.weights) == set(LEARNED) == set(FEATURES) - {"must_have"}
    assert better.weights["requirements"] > 2 * WEIGHTS["requirements"]
    assert min(better.weights.values()) >= 0
    total = sum(WEIGHTS[name] for name in LEARNED)
    assert sum(better.weights.values()) == pytest.approx(total, abs=1e-5)
    assert json.loads(json.dumps(better.card, allow_nan=False)) == better.card


def test_decisions_that_follow_the_offices_weights_change_nothing(
    history: Callable[..., None], session: Session
) -> None:
    history(*(WEIGHTS[name] for name in LEARNED), noise=0.1)

    ranker = learn(session)

    assert not ranker.is_better
    assert ranker.card["reason"] == "not_better_on_held_out_calls"
    assert ranker.weights == pytest.approx({name: WEIGHTS[name] for name in LEARNED})


def test_too_little_says_so(history: Callable[..., None], session: Session) -> None:
    empty = learn(session)
    history(0.0, 0.0, 0.0, 0.0, 2.0, n_calls=1)
    one_call = learn(session)

    assert [r.card["reason"] for r in (empty, one_call)] == ["too_little_data"] * 2
    assert [r.card["n_pairs"] for r in (empty, one_call)] == [0, 48]
    assert "gain" not in one_call.card


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        (MatchState.DECLINED, "", 0.0),
        (MatchState.SUGGESTED, "", 0.3),
        (MatchState.ENDORSED, "", 0.4),
        (MatchState.EXPIRED, "", 0.4),
        (MatchState.ACCEPTED, "", 0.5),
        (MatchState.REFUSED, "field", 0.2),
        (MatchState.REFUSED, "too_hard", 0.2),
        (MatchState.REFUSED, "time", 0.4),
    ],
)
def test_what_a_decision_is_worth(state: MatchState, code: str, expected: float) -> None:
    match = Match(reason_code=code)
    match.state = state

    assert worth(match) == (expected, "review")


PASSED, PARTLY, FAILED = MilestoneState.PASSED, MilestoneState.PARTLY, MilestoneState.FAILED
CONFIRMED = ApplicationState.CONFIRMED


@pytest.mark.parametrize(
    ("fate", "expected"),
    [
        (Fate(), (0.4, "review")),
        (Fate(ApplicationState.SUBMITTED), (0.5, "selection")),
        (Fate(ApplicationState.DECLINED, DeclineCause.GAPS), (0.3, "selection")),
        (Fate(ApplicationState.DECLINED, DeclineCause.PLACES_TAKEN), (0.5, "selection")),
        (Fate(ApplicationState.DECLINED, DeclineCause.PLACE_ELSEWHERE), (0.5, "selection")),
        (Fate(ApplicationState.EXPIRED), (0.7, "selection")),
        (Fate(CONFIRMED, work=EngagementState.POC), (0.7, "selection")),
        (Fate(CONFIRMED, work=EngagementState.COMPLETED), (0.9, "result")),
        (
            Fate(CONFIRMED, work=EngagementState.STOPPED, stop_side=CauseSide.TEAM),
            (0.1, "result"),
        ),
        *(
            (Fate(CONFIRMED, work=EngagementState.STOPPED, stop_side=side), (0.7, "selection"))
            for side in (CauseSide.OWNER, CauseSide.PROGRAMME, CauseSide.OUTSIDE)
        ),
        (Fate(CONFIRMED, results=[(PASSED, None)]), (1.0, "result")),
        (Fate(CONFIRMED, results=[(PASSED, None), (PARTLY, CauseSide.TEAM)]), (0.9, "result")),
        (Fate(CONFIRMED, results=[(FAILED, CauseSide.TEAM)]), (0.1, "result")),
        *(
            (Fate(CONFIRMED, results=[(state, side)]), (0.7, "selection"))
            for state in (PARTLY, FAILED)
            for side in (CauseSide.OWNER, CauseSide.PROGRAMME, CauseSide.OUTSIDE)
        ),
    ],
)
def test_later_words_outrank_earlier_ones_and_the_owners_causes_count_for_nothing(
    fate: Fate, expected: tuple[float, str]
) -> None:
    match = Match(reason_code="")
    match.state = MatchState.ENDORSED

    value, source = worth(match, fate)

    assert (round(value, 9), source) == expected


def test_a_failure_counts_by_its_cause_and_no_more_once_it_is_reopened(
    make: Factory, session: Session
) -> None:
    engagement = make.engagement(EngagementState.POC)
    engagement.application.submitted_at = utcnow()
    milestone = make.milestone(
        engagement=engagement, state=FAILED, cause=Cause.DATA_LATE, side=CauseSide.OWNER
    )
    session.commit()
    key = engagement.problem_id, engagement.team_id
    match = Match(reason_code="")
    match.state = MatchState.ACCEPTED
    assert worth(match, fates(session)[key]) == (0.7, "selection")
    milestone.cause, milestone.side = Cause.QUALITY, CauseSide.TEAM
    session.commit()
    assert worth(match, fates(session)[key]) == (0.1, "result")
    milestone.state = MilestoneState.SUBMITTED
    milestone.cause = milestone.side = milestone.decided_at = None
    session.commit()
    assert worth(match, fates(session)[key]) == (0.7, "selection")


def test_a_run_that_knew_the_result_is_not_learned_from(
    make: Factory, session: Session, officer: User
) -> None:
    """What is to be foreseen must not stand among what it is foreseen from."""
    engagement = make.engagement(EngagementState.POC)
    key = engagement.problem_id, engagement.team_id
    config = {"settings": {"weights": WEIGHTS}}
    call, now = engagement.call, utcnow()
    before, after = (MatchRun(call=call, starter=officer, config=config) for _ in range(2))
    before.finished_at, after.finished_at = now - timedelta(days=90), now
    session.add(pair(before, *key, [1.0] * 5, MatchState.ACCEPTED))
    session.flush()
    session.add(pair(after, *key, [9.0] * 5, MatchState.ACCEPTED))
    session.commit()
    assert collect(queries.decided(session)).X.tolist() == [pytest.approx([9.0] * 5)]
    milestone = make.milestone(PASSED, engagement=engagement)
    milestone.decided_at = now - timedelta(days=1)
    session.commit()

    found = collect(queries.decided(session), fates(session))

    assert found.X.tolist() == [pytest.approx([1.0] * 5)]
    assert found.y.tolist() == [1.0]


def test_the_card_says_what_changes_and_for_whom(better: Ranker, session: Session) -> None:
    found = effects(session, better)

    assert (found["problems"], found["places"]) == (24, 192)
    assert found["changed"] == 0  # Eight teams all stand among the first ten.
    assert found["kept"] == 192
    assert [row["before"] for row in found["groups"]["kind"]] == [1.0]
    assert [row["after"] for row in found["gender"]] == [1.0]


def test_whoever_comes_in_and_goes_out_is_named_with_the_reason(
    history: Callable[..., None], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.reports.ranker_effect.DEPTH", 2)
    history(0.1, 0.1, 0.1, 0.1, 2.0)
    found = effects(session, learn(session))

    assert found["changed"] > 0
    assert found["kept"] < found["places"] == 48
    most = found["most"][0]
    assert most["feature"] == "requirements"
    assert len(most["in"]) == len(most["out"]) > 0
    assert sum(row["kept"] for row in found["grades"]) == found["kept"]


def test_each_pair_counts_once_and_undecided_or_gated_ones_not_at_all(
    make: Factory, session: Session, officer: User
) -> None:
    problem, teams = make.problem(), [make.team(make.user()) for _ in range(3)]
    config = {"settings": {"weights": WEIGHTS}}
    runs = [MatchRun(call=problem.call, starter=officer, config=config) for _ in range(2)]
    z = [1.0, 2.0, 3.0, 4.0, 5.0]
    session.add(pair(runs[0], problem.id, teams[0].id, z, MatchState.DECLINED))
    session.flush()
    session.add(pair(runs[1], problem.id, teams[0].id, z, MatchState.ENDORSED))
    session.add(pair(runs[1], problem.id, teams[1].id, z, MatchState.HELD))
    gated = pair(runs[1], problem.id, teams[2].id, z, MatchState.DECLINED)
    gated.explanation["parts"][-1]["contribution"] = -100.0
    session.add(gated)
    session.commit()

    found = collect(queries.decided(session))

    assert found.y.tolist() == [0.4]
    np.testing.assert_allclose(found.X, [z])


@on_both
def test_an_officer_switches_on_and_back_and_runs_note_it(
    better: Ranker,
    make: Factory,
    ctx: Ctx,
    officer: User,
    session: Session,
    run_jobs: Callable[[], int],
) -> None:
    def match() -> MatchRun:
        made = match_run.start_run(ctx(officer), call_id)
        session.commit()
        run_jobs()
        session.expire_all()
        return made

    call_id = make.problem().call_id
    before = match()
    service.switch_on(ctx(officer), better.id, version=better.version)
    session.commit()
    learned = match()
    service.switch_off(ctx(officer))
    session.commit()
    after = match()

    assert [run.config["ranker"] for run in (before, learned, after)] == [None, better.id, None]
    used = learned.config["settings"]["weights"]
    assert {name: used[name] for name in LEARNED} == better.weights
    assert used["must_have"] == 100.0
    assert before.fingerprint == after.fingerprint != learned.fingerprint
    actions = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [a for a in actions if a.startswith("ranker:")] == [
        "ranker:switch_on",
        "ranker:switch_off",
    ]


def test_only_better_weights_are_switched_on(ctx: Ctx, officer: User, session: Session) -> None:
    ranker = learn(session)
    session.commit()

    with pytest.raises(InvalidTransition, match="did not put held-out calls in better order"):
        service.switch_on(ctx(officer), ranker.id, version=ranker.version)


def test_a_second_click_changes_nothing_and_a_stale_one_is_refused(
    better: Ranker, ctx: Ctx, officer: User, session: Session
) -> None:
    version = better.version
    with pytest.raises(StaleVersion):
        service.switch_on(ctx(officer), better.id, version=version + 7)
    for _ in range(2):
        service.switch_on(ctx(officer), better.id, version=version)
    session.commit()
    service.switch_off(ctx(officer))
    session.commit()

    assert service.switch_off(ctx(officer)) is None
    actions = session.scalars(sa.select(AuditEvent.action)).all()
    assert (actions.count("ranker:switch_on"), actions.count("ranker:switch_off")) == (1, 1)


@on_both
def test_one_at_a_time_is_in_use(better: Ranker, ctx: Ctx, officer: User, session: Session) -> None:
    other = learn(session)
    service.switch_on(ctx(officer), better.id, version=better.version)
    service.switch_on(ctx(officer), other.id, version=other.version)
    session.commit()

    assert queries.in_use(session) is other
    better.in_use = True
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize(
    ("roles", "reads"), [((), False), ((Role.REVIEWER,), False), ((Role.ADMINISTRATOR,), True)]
)
def test_only_officers_learn_and_switch_and_the_office_reads(
    make: Factory, ctx: Ctx, session: Session, roles: tuple[Role, ...], reads: bool
) -> None:
    ranker, person = learn(session), make.user(*roles)
    for act in (
        lambda: service.ask_learn(ctx(person)),
        lambda: service.switch_on(ctx(person), ranker.id, version=1),
        lambda: service.switch_off(ctx(person)),
    ):
        with pytest.raises(PermissionDenied, match="Only programme officers have weights learned"):
            act()
    if reads:
        assert queries.get_ranker(session, person, ranker.id) is ranker
    else:
        with pytest.raises(NotFound):
            queries.get_ranker(session, person, ranker.id)


def test_learning_is_a_job_that_is_asked_for_once(
    ctx: Ctx, officer: User, session: Session, run_jobs: Callable[[], int]
) -> None:
    first, again = (service.ask_learn(ctx(officer)) for _ in range(2))
    session.commit()

    assert first is again
    assert run_jobs() == 1
    (ranker,) = session.scalars(sa.select(Ranker)).all()
    assert ranker.user_id == officer.id


def test_weights_for_other_parts_stop_a_run_and_say_why(
    make: Factory, ctx: Ctx, officer: User, session: Session, run_jobs: Callable[[], int]
) -> None:
    make.team(make.user())
    ranker = learn(session)
    ranker.weights, ranker.in_use = {"dense": 1.0}, True
    run = match_run.start_run(ctx(officer), make.problem().call_id)
    session.commit()
    run_jobs()
    session.expire_all()

    assert run.state is MatchRunState.FAILED
    assert "belong to an earlier version" in str(match_run.load_failure(run))
    assert weighted_by(MatchConfig(), None).weights == WEIGHTS


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_the_card_is_told_in_words(
    better: Ranker, login: Login, officer: User, session: Session, locale: str
) -> None:
    client = login(officer, locale)
    page = client.get("/office/rankers").text
    words = {
        "en": ("may be switched on", "percentage points more cases", "Pairs in the right order"),
        "zh_Hant_TW": ("可以啟用", "個百分點", "排對的配對比例"),
    }[locale]

    assert all(word in page for word in words)
    answer = client.post(f"/office/rankers/{better.id}/use", data={"version": better.version})
    assert answer.status_code == 302
    assert ("In use" if locale == "en" else "使用中") in client.get("/office/rankers").text
    assert client.post("/office/rankers/back").status_code == 302
    session.expire_all()
    assert queries.in_use(session) is None
    stale = client.post(f"/office/rankers/{better.id}/use", data={"version": 1})
    assert stale.status_code == 409
    assert client.post("/office/rankers").status_code == 302


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("would be made up differently", "Where most changes", "Results of the work")),
        ("zh_Hant_TW", ("前十名會不同", "變動最大的題目", "解題成果")),
    ],
)
def test_the_page_says_what_would_change_and_for_whom(
    locale: str,
    words: tuple[str, ...],
    better: Ranker,
    login: Login,
    officer: User,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matchmaker.reports.ranker_effect.DEPTH", 2)
    better.card = {**better.card, "effects": effects(session, better)}
    session.commit()

    page = login(officer, locale).get("/office/rankers").text

    assert all(word in page for word in words)


def test_the_page_refuses_what_is_not_better(login: Login, officer: User, session: Session) -> None:
    ranker = learn(session)
    session.commit()
    client = login(officer)

    assert "too little to learn from yet" in client.get("/office/rankers").text
    answer = client.post(f"/office/rankers/{ranker.id}/use", data={"version": ranker.version})
    assert answer.status_code == 409
    assert "cannot be switched on" in answer.text


def test_strangers_do_not_see_the_page(login: Login, make: Factory) -> None:
    assert login(make.user()).get("/office/rankers").status_code == 403
