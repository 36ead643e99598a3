"""The sample programme as people of every role meet it; whatever a test does to it is undone."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import sessionmaker
from werkzeug.test import TestResponse

from matchmaker.models import Invitation, LexiconTerm, Problem, User
from matchmaker.settings import Settings
from matchmaker.web import create_app
from matchmaker.workflows.problem import ProblemState
from tests import pages, world

ROLES = ("administrator", "officer", "enterprise", "student", "startup", "visitor")
STARTS = ("/", "/desk", "/account")
#: Ids in addresses: of rows, of domains, competencies and sectors, of certificates.
NUMBER = re.compile(r"/(?:\d+|[A-Z]{3}(?:-[A-Z]{2,3})?|[A-Z2-9]{4}(?:-[A-Z2-9]{4}){2})(?=/|$)")
#: Where a reader who follows every link need not go.
ASIDE = re.compile(r"/static/|/language/|/styleguide|.*\.(csv|jsonl?|jwt|pdf|xlsx)$")
GREATEST = 2**31


def kind_of(address: str) -> str:
    """What kind of page an address leads to: numbers in addresses make no new kind."""
    return NUMBER.sub("/N", urlsplit(address).path)


class Site:
    """The site, with a client for each role."""

    def __init__(self, settings: Settings, **config: Any) -> None:
        self.app = create_app(settings, **{"WTF_CSRF_ENABLED": False, **config})
        sa.event.listen(self.app.engine, "before_cursor_execute", _be_strict)
        self._pages: dict[str, list[pages.Page]] = {}

    @cached_property
    def people(self) -> dict[str, User]:
        with self.app.sessions() as session:
            found = session.scalars(sa.select(User).where(User.email.in_(world.PEOPLE.values())))
            by_email = {user.email: user for user in found}
        return {role: by_email[email] for role, email in world.PEOPLE.items()}

    def client(self, role: str, locale: str = "en") -> FlaskClient:
        """A fresh browser of a person."""
        client = self.app.test_client()
        with client.session_transaction() as browser:
            browser["locale"] = locale
            if role != "visitor":
                user = self.people[role]
                browser["_user_id"] = f"{user.id}:{user.session_epoch}"
        return client

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever requests commit here is gone afterwards."""
        kept = self.app.sessions
        with self.app.engine.connect() as connection, connection.begin() as everything:
            self.app.sessions = sessionmaker(
                connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
            )
            try:
                yield
            finally:
                self.app.sessions = kept
                everything.rollback()

    def walk(self, role: str, locale: str = "en") -> Iterator[tuple[pages.Page, TestResponse]]:
        """Every kind of page that a person reaches by links, and the landmarks."""
        client = self.client(role, locale)
        queue, seen = deque([*STARTS, *self.landmarks]), set()
        while queue:
            address = queue.popleft()
            kind = address if address in self.landmarks else kind_of(address)
            if kind in seen or ASIDE.match(address):
                continue
            seen.add(kind)
            answer = client.get(address, follow_redirects=True)
            if answer.mimetype != "text/html":
                continue  # A file to download.
            page = pages.read(answer.request.path, answer.text)
            yield page, answer
            queue.extend(link.split("#")[0] for link in page.links if link.startswith("/"))

    def pages(self, role: str) -> list[pages.Page]:
        """What a walk in English finds, walked once: the site is as it was before."""
        if role not in self._pages:
            self._pages[role] = [page for page, _answer in self.walk(role)]
        return self._pages[role]

    @cached_property
    def landmarks(self) -> list[str]:
        """Pages of things in every state, which links alone would lead to by luck."""
        with self.app.sessions() as session:
            states = sa.select(sa.func.min(Problem.id)).group_by(Problem.state)
            problems = session.scalars(states).all()
            terms = session.scalars(sa.select(LexiconTerm.id)).all()
            invitations = session.scalars(sa.select(Invitation.id)).all()
        return [
            *(f"/office/problems/{n}" for n in problems),
            *(f"/problems/{n}" for n in problems),
            *(f"/problems/{n}/edit" for n in problems),
            *(f"/office/lexicon/{n}" for n in terms),
            *(f"/invitations/{n}" for n in invitations),
            "/office/runs/2/publish",
        ]

    @cached_property
    def forms(self) -> list[tuple[str, pages.Form]]:
        """Every form that changes something, once, with the first role that has it."""
        found: dict[tuple[str, frozenset[str]], tuple[str, pages.Form]] = {}
        for role in ROLES:
            for page in self.pages(role):
                for form in page.forms:
                    if form.method == "post":
                        found.setdefault((kind_of(form.action), form.names), (role, form))
        return list(found.values())


def _be_strict(_conn, _cursor, statement: str, parameters: object, *_: object) -> None:
    """Take no value that PostgreSQL would refuse and SQLite does not."""
    for row in parameters if isinstance(parameters, list) else [parameters]:
        for value in row.values() if isinstance(row, dict) else row:
            if isinstance(value, str):
                assert "\x00" not in value, f"NUL in a value of: {statement}"
            if isinstance(value, int):
                assert abs(value) < GREATEST, f"too great a number in: {statement}"


def furnish(site: Site) -> None:
    """Add what the sample programme lacks: own drafts, an open invitation, a term of the office."""
    unfinished = (ProblemState.DRAFT, ProblemState.RETURNED)
    with site.app.sessions() as session:
        enterprise = session.get_one(User, site.people["enterprise"].id)
        owner = enterprise.organization_memberships[0].organization_id
        for problem in session.scalars(sa.select(Problem).where(Problem.state.in_(unfinished))):
            problem.organization_id = owner
        session.commit()
    invited = {"email": world.PEOPLE["startup"], "role": "member"}
    assert site.client("student").post("/teams/1/invitations", data=invited).status_code == 302
    term = {"chinese": "雷射隱切", "english": "stealth dicing"}
    assert site.client("officer").post("/office/lexicon/new", data=term).status_code == 302
