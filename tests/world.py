"""The sample programme as a site that people use: loaded, matched, reviewed, published, run again."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from matchmaker import sample
from matchmaker.db import make_engine, make_sessions, unit_of_work
from matchmaker.passwords import hash_password
from matchmaker.sample import (
    staged_attachment,
    staged_grading,
    staged_private_call,
    staged_problem_intake,
    staged_ranker,
    staged_readiness,
    staged_referral,
    staged_rubric,
    staged_screening,
    stages,
    staging,
)
from matchmaker.services.context import Context
from matchmaker.settings import Settings
from matchmaker.worker import Worker

PASSWORD = "a password for tests"
PEOPLE = {
    "officer": "officer@office.example",
    "enterprise": "enterprise@precision.example",
    "student": "student@team.example",
    "startup": "startup@team.example",
    "reviewer": "reviewer@office.example",
    "mentor": "mentor@office.example",
    "association": "federation@assoc.example",
    "administrator": "admin@office.example",
}


def make_settings(folder: Path, database_url: str = "") -> Settings:
    """Settings for a site in *folder*, without a model; its database may be elsewhere."""
    return Settings(
        database_url=database_url,
        environment="test",
        secret_key="a secret for tests only, long enough",
        data_dir=folder,
        encoder="hashing",
        rate_limits=False,
        base_url="http://localhost",
        log_level="ERROR",
    )


def build(folder: Path, template: Path) -> Settings:
    """Make the site's database in *folder* from the empty one at *template*."""
    shutil.copy(template, folder / "matchmaker.db")
    settings = make_settings(folder)
    fill(settings)
    engine = make_engine(settings.url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return settings


def fill(settings: Settings) -> None:
    """Let people do all there is to do, in an empty database."""
    engine = make_engine(settings.url)
    try:
        _act_all(settings, make_sessions(engine))
    finally:
        engine.dispose()


def _act_all(settings: Settings, sessions: sessionmaker[Session]) -> None:
    worker = Worker(settings, sessions)

    def act(step, *facts):
        with unit_of_work(sessions) as session:
            return step(Context(session, settings, trusted=True), *facts)

    act(sample.load)
    act(staged_private_call.stage)
    act(staged_referral.stage)
    act(lambda ctx: staging.share_password(ctx.session, hash_password(PASSWORD)))
    act(staged_problem_intake.answer_guides)
    act(staged_problem_intake.leave_half_filled)
    act(staged_readiness.answer_checks)
    act(staged_readiness.set_targets)
    first = act(staging.start_run)
    worker.run_all()
    act(staging.review_and_publish, first.id)
    act(staging.answer, first.id)
    act(staged_ranker.learn)
    act(staged_attachment.stage)
    act(staged_screening.stage)
    act(staged_grading.stage)
    for step in stages.STAGES:
        act(step)
    act(staging.start_run)
    act(staged_private_call.start_run)
    act(staged_rubric.raise_awards)
    worker.run_all()
