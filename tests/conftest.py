"""Fixtures every kind of test shares: a migrated database, an application, people signed in."""

from __future__ import annotations

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
# scikit-learn leaves out one of its estimator checks unless this is set before SciPy is imported.
os.environ.setdefault("SCIPY_ARRAY_API", "1")

import fcntl
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from matchmaker import schema
from matchmaker.db import make_engine, make_sessions
from matchmaker.models import User
from matchmaker.services.context import Context
from matchmaker.settings import Settings
from matchmaker.web import Matchmaker, create_app, security
from matchmaker.worker import Worker
from tests import factories, postgres, world
from tests.site import Site, furnish

TEMPLATE = "matchmaker_template"


class CompiledTemplates(BytecodeCache):
    """Templates that any application of this process has compiled."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self.compiled.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


# A page takes ten times as long to compile as to show, and tests make many applications.
Matchmaker.jinja_options = {"bytecode_cache": CompiledTemplates()}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process runs every test on PostgreSQL, so that one server is started."""
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.xdist_group("postgres"))


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest migration, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "matchmaker.db"
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server; without one tests are skipped, but fail in CI."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgres.server())
        except postgres.CannotStart as error:
            give_up = pytest.fail if os.environ.get("CI") else pytest.skip
            give_up(f"no PostgreSQL server: {error}")
        yield url


@pytest.fixture(scope="session")
def new_postgres_database(postgres_url: str) -> Iterator[Callable[..., str]]:
    """Make databases: ``new_postgres_database()`` gives the address of a migrated, empty one."""
    admin = make_engine(postgres_url, isolation_level="AUTOCOMMIT")
    numbers = itertools.count(1)

    def create(name: str = "", template: str = TEMPLATE) -> str:
        name = name or f"test_{next(numbers)}"
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return make_url(postgres_url).set(database=name).render_as_string(hide_password=False)

    engine = make_engine(create(TEMPLATE, "template0"))
    schema.upgrade(engine)
    engine.dispose()
    yield create
    admin.dispose()


@pytest.fixture(scope="session")
def sample_programme(tmp_path_factory: pytest.TempPathFactory, template_database: Path) -> Path:
    """A folder with the sample programme, made once for all processes; to be copied, not changed."""
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    base = tmp_path_factory.getbasetemp()
    folder = (base if alone else base.parent) / "sample_programme"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Given back when the file is closed, whatever happens.
        if not folder.exists():
            made = Path(str(tmp_path_factory.mktemp("making")))
            world.build(made, template_database)
            made.rename(folder)
    return folder


@pytest.fixture(scope="session")
def copy_sample(
    tmp_path_factory: pytest.TempPathFactory, sample_programme: Path
) -> Callable[[], Settings]:
    """Settings of a sample programme that a test may change: ``copy_sample()``."""

    def copy() -> Settings:
        folder = tmp_path_factory.mktemp("sample")
        shutil.copytree(sample_programme, folder, dirs_exist_ok=True)
        return world.make_settings(folder)

    return copy


@pytest.fixture(scope="session")
def sample_site(copy_sample: Callable[[], Settings]) -> Iterator[Site]:
    """The sample programme for all tests that leave it as they found it."""
    site = Site(copy_sample())
    furnish(site)
    yield site
    site.app.engine.dispose()


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on; `tests.backends.on_both` names two."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def settings(
    request: pytest.FixtureRequest, backend: str, template_database: Path, tmp_path: Path
) -> Settings:
    """Settings for one test: a database of its own, no model, no rate limits."""
    url = ""
    if backend == "postgres":
        url = request.getfixturevalue("new_postgres_database")()
    else:
        (tmp_path / "matchmaker.db").write_bytes(template_database.read_bytes())
    return Settings(
        database_url=url,
        environment="test",
        secret_key="a secret for tests only, long enough",
        data_dir=tmp_path,
        encoder="hashing",
        rate_limits=False,
        base_url="http://localhost",
        log_level="ERROR",
    )


@pytest.fixture
def engine(settings: Settings) -> Iterator[sa.Engine]:
    engine = make_engine(settings.url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    with make_sessions(engine)() as session:
        yield session


@pytest.fixture
def ctx(session: Session, settings: Settings) -> Callable[[User | None], Context]:
    """A context for services: ``ctx(user)``."""

    def make(user: User | None = None) -> Context:
        return Context(session, settings, user, trusted=user is None)

    return make


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Matchmaker:
    """One application for all tests: `app` gives it the database of the test."""
    settings = world.make_settings(tmp_path_factory.mktemp("app"))
    return create_app(settings, WTF_CSRF_ENABLED=False)


@pytest.fixture
def app(shared_app: Matchmaker, settings: Settings) -> Iterator[Matchmaker]:
    app = shared_app
    app.settings, app.engine = settings, make_engine(settings.url)
    app.sessions = make_sessions(app.engine)
    security.limiter.enabled = settings.rate_limits  # It is one for all applications.
    yield app
    app.engine.dispose()  # A server does not stop while somebody is connected.


@pytest.fixture
def client(app: Matchmaker) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def login(app: Matchmaker) -> Callable[..., FlaskClient]:
    """A client signed in as a person: ``login(user)`` or ``login(user, "en")``."""

    def sign_in(user: User, locale: str = "en") -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as browser:
            browser["_user_id"] = f"{user.id}:{user.session_epoch}"
            browser["_fresh"] = True
            browser["locale"] = locale
        return client

    return sign_in


@pytest.fixture
def run_jobs(settings: Settings, engine: sa.Engine) -> Callable[[], int]:
    """Run every job that is due; the number run."""
    return Worker(settings, make_sessions(engine)).run_all


@pytest.fixture
def make(session: Session) -> factories.Factory:
    """Makes rows: ``make.user()``, ``make.problem(state=…)``; committed at once."""
    return factories.Factory(session)
