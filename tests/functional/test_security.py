"""What an outsider may try: other people's ids, other sites' addresses, no token, an ended session."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from matchmaker.clock import utcnow
from matchmaker.models import Base, OutboxMessage, Problem, Team, User
from matchmaker.web import create_app
from tests import factories, world
from tests.site import ROLES, Site, kind_of

pytestmark = pytest.mark.xdist_group("sample")

WORD = "needle"
ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example",
    "/\\elsewhere.example",
    "/\t/elsewhere.example",
    "https:elsewhere.example",
    "javascript:alert(1)",
]
#: What of a page leads somewhere at once; a language switch comes back to the page it is on.
LINK = '(?:href|action)="(?!/language/)[^"]*"'
#: Large and never changed by a request.
ASIDE = {"embeddings", "matches.explanation"}


def snapshot(site: Site) -> dict[str, str]:
    """A digest of every table."""
    digests = {}
    with site.app.sessions() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in ASIDE:
                columns = [column for column in table.columns if str(column) not in ASIDE]
                rows = session.execute(sa.select(*columns).order_by(*table.primary_key)).all()
                digests[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return digests


@pytest.mark.parametrize("role", ROLES)
def test_nobody_is_sent_to_another_site(sample_site: Site, role: str) -> None:
    client, targets, led = sample_site.client(role), itertools.cycle(ELSEWHERE), 0
    addresses = {kind_of(page.path): page.path for page in sample_site.pages(role)}
    for path in [*addresses.values(), *["/language/en", "/account/login"] * len(ELSEWHERE)]:
        target = next(targets)
        answer = client.get(f"{path}?{urlencode({'next': target, 'resume_path': target})}")
        if answer.location:
            led += 1
            assert is_local(answer.location), f"{path} leads to {answer.location}"
    assert led >= len(ELSEWHERE)


def is_local(location: str) -> bool:
    parts = urlsplit(location)
    return not parts.scheme and not parts.netloc and location.startswith("/")


def test_no_form_leads_to_another_site(sample_site: Site) -> None:
    targets, led = itertools.cycle(ELSEWHERE), 0
    forms = [(role, form.action, form.filled(WORD)) for role, form in sample_site.forms]
    discard = [("student", "/drafts/team:new/discard", [])] * len(ELSEWHERE)
    for role, action, pairs in [*forms, *discard]:
        extra = {"next": next(targets)}
        extra["resume_path"] = extra["next"]
        where = action.partition("#")[0]
        where += ("&" if "?" in where else "?") + urlencode(extra)
        with sample_site.undone():
            data = MultiDict([*pairs, *extra.items()])
            answer = sample_site.client(role).post(where, data=data)
        if answer.location:
            led += 1
            assert is_local(answer.location), f"{where} leads to {answer.location}"
        assert "elsewhere.example" not in "".join(re.findall(LINK, answer.text)), where
    assert led > 20


@pytest.fixture(scope="module")
def guarded(sample_site: Site) -> Iterator[Site]:
    """The same site, checking its tokens."""
    site = Site(sample_site.app.settings, WTF_CSRF_ENABLED=True)
    yield site
    site.app.engine.dispose()


def test_no_form_is_taken_without_its_token_and_none_is_lost(
    sample_site: Site, guarded: Site
) -> None:
    before, kept = snapshot(sample_site), 0
    for role, form in sample_site.forms:
        pairs = [pair for pair in form.filled(WORD) if pair[0] != "csrf_token"]
        for token in ([], [("csrf_token", "wrong")]):
            answer = guarded.client(role).post(form.action, data=MultiDict([*pairs, *token]))
            assert (form.action, answer.status_code) == (form.action, 400)
            if WORD in dict(pairs).values() and form.action != "/account/login":
                assert WORD in answer.text, form.action
                kept += 1
    assert kept > 40
    assert snapshot(sample_site) == before


def test_no_route_is_open_to_other_sites(guarded: Site) -> None:
    """Whatever takes a POST refuses it without a token, for everybody."""
    posts = [rule for rule in guarded.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    for rule in posts:
        statuses = {
            guarded.client(role).post(path_of(rule, {}), data={"text": WORD}).status_code
            for role in ("officer", "student", "reviewer")
        }
        # People who may not do it at all are told that first.
        assert (rule.rule, statuses) in ((rule.rule, {400}), (rule.rule, {400, 403}))
    assert len(posts) > 40


def path_of(rule: Rule, ids: dict[str, int], other: int = 1) -> str:
    """An address of *rule* with *ids*; any other number is *other*."""
    path = re.sub(r"<any\((\w+).*?>", r"\1", rule.rule)
    path = re.sub(r"<int:(\w+)>", lambda m: str(ids.get(m[1], other)), path)
    return re.sub("<.*?>", "screen", path)


# Sessions


def test_the_cookie_of_a_session_is_out_of_reach(sample_site: Site) -> None:
    app = create_app(replace(sample_site.app.settings, secure_cookies=True))
    cookie = app.test_client().get("/language/en").headers["Set-Cookie"]
    app.engine.dispose()
    flags = {part.strip().partition("=")[0] for part in cookie.split(";")[1:]}
    assert {"Secure", "HttpOnly", "SameSite", "Path"} <= flags
    assert "SameSite=Lax" in cookie
    assert "Domain" not in flags


@pytest.mark.parametrize("change", ["disabled_at", "erased_at", "confirmed_at", "session_epoch"])
def test_a_session_ends_with_the_account(sample_site: Site, change: str) -> None:
    values = {"confirmed_at": None, "session_epoch": 99}
    with sample_site.undone():
        client = sample_site.client("officer")
        assert client.get("/office/runs").status_code == 200
        with sample_site.app.sessions() as session:
            user = session.get_one(User, sample_site.people["officer"].id)
            setattr(user, change, values.get(change, utcnow()))
            session.commit()
        assert client.get("/office/runs").location == "/account/login?next=/office/runs"
        late = client.post("/office/lexicon/new", data={"chinese": "詞", "english": WORD})
        assert late.status_code == 401
        assert WORD in late.text  # The text waits behind the sign-in page.


@pytest.mark.parametrize(
    "value", ["", "x", "1", "1:", ":1", "1:1:1", "²:1", "9" * 30 + ":1", "0:0"]
)
def test_a_forged_session_is_nobodys(sample_site: Site, value: str) -> None:
    client = sample_site.app.test_client()
    with client.session_transaction() as browser:
        browser["_user_id"] = value
    assert client.get("/desk").location == "/account/login?next=/desk"


def test_letters_lead_to_the_site_whatever_the_request_says(sample_site: Site) -> None:
    with sample_site.undone():
        for role, path, data in (
            ("visitor", "/account/forgot", {"email": world.PEOPLE["student"]}),
            ("student", "/teams/1/invitations", {"email": "a@b.example", "role": "member"}),
        ):
            sample_site.client(role).post(
                path, data=data, headers={"Host": "elsewhere.example", "X-Forwarded-Host": "evil"}
            )
        with sample_site.app.sessions() as session:
            bodies = session.scalars(
                sa.select(OutboxMessage.body).order_by(OutboxMessage.id.desc()).limit(2)
            ).all()
    for body in bodies:
        assert re.findall("https?://[^/]*", body) == ["http://localhost"]


# Other people's things


@pytest.fixture
def strangers(sample_site: Site) -> Iterator[dict[str, FlaskClient]]:
    """People with an organization or a team of their own, who are nobody to all others."""
    with sample_site.undone():
        with sample_site.app.sessions() as session:
            make = factories.Factory(session)
            people = {"enterprise": make.user(name="Lead"), "student": make.user(name="Solver")}
            make.organization(people["enterprise"])
            make.team(people["student"])
        clients = {}
        for name, user in people.items():
            clients[name] = sample_site.app.test_client()
            with clients[name].session_transaction() as browser:
                browser["_user_id"] = f"{user.id}:{user.session_epoch}"
        yield clients


#: What visitors may read, if it is public itself.
PUBLIC = {
    "/case-studies/<int>",
    "/learning/<int>",
    "/organizations/<int>",
    "/problems/<int>",
    "/problems/<int>.json",
    "/problems/<int>/data-sheet",
    "/problems/<int>/data-sheet.json",
    "/problems/<int>/questions",
    "/teams/<int>",
}
#: What is open to any team or person, and changes or shows only what is their own.
OWN = {
    "application.start",
    "enrolment.create",
    "member_wish.offer",
    "member_wish.take_back_offer",
    "question.follow",
}


def rules_with_ids(site: Site, method: str) -> list[Rule]:
    found = site.app.url_map.iter_rules()
    return [rule for rule in found if "<int:" in rule.rule and method in (rule.methods or ())]


def foreign_ids(site: Site) -> list[int]:
    """Ids of all sorts: the first, of drafts, of pairs under review, of jobs."""
    with site.app.sessions() as session:
        drafts = sa.select(Problem.id).where(Problem.published_at.is_(None)).limit(3)
        hidden = sa.select(Team.id).where(Team.is_public.is_(False)).limit(2)
        return [1, 2, 53, 1524, *session.scalars(drafts), *session.scalars(hidden)]


@pytest.mark.parametrize("name", ["enterprise", "student"])
def test_strangers_read_nothing_of_others(
    sample_site: Site, strangers: dict[str, FlaskClient], name: str
) -> None:
    visitor, tried, shown = sample_site.client("visitor"), 0, 0
    for rule in rules_with_ids(sample_site, "GET"):
        if rule.endpoint in OWN:
            continue
        kind = re.sub("<int:.*?>", "<int>", rule.rule)
        for number in foreign_ids(sample_site):
            path = path_of(rule, {}, number)
            answer = strangers[name].get(path)
            tried += 1
            if answer.status_code == 200:
                assert kind in PUBLIC, path
                assert visitor.get(path).status_code == 200, path
                shown += 1
            else:
                assert answer.status_code in (403, 404), (path, answer.status_code)
    assert (tried > 100, shown > 10) == (True, True)


@pytest.mark.parametrize("name", ["enterprise", "student"])
def test_strangers_change_nothing_of_others(
    sample_site: Site, strangers: dict[str, FlaskClient], name: str
) -> None:
    valid: dict[str, Any] = {
        kind_of(form.action): MultiDict([*form.filled(WORD), *form.ways()[-1][1]])
        for _role, form in sample_site.forms
    }
    before, tried, well_formed = snapshot(sample_site), 0, 0
    taken: list[tuple[str, int]] = []
    for rule in rules_with_ids(sample_site, "POST"):
        if rule.endpoint in OWN:
            continue
        for number in foreign_ids(sample_site):
            for other in ({}, {"user_id": sample_site.people["student"].id}):
                path = path_of(rule, {**other}, number)
                kind = kind_of(path)
                data = valid.get(kind) or valid.get(kind.replace("/organizations/", "/teams/"), {})
                answer = strangers[name].post(path, data=data)
                if answer.status_code not in (403, 404):
                    taken.append((path, answer.status_code))
                tried += 1
                well_formed += bool(data)
    assert taken == []
    assert (tried > 200, well_formed > 100) == (True, True)
    assert snapshot(sample_site) == before


def test_nothing_is_made_in_the_name_of_others(
    sample_site: Site, strangers: dict[str, FlaskClient]
) -> None:
    """Ids that a form only offers its own of: of organizations, in the body instead of the address."""
    forms = {kind_of(form.action): form for _role, form in sample_site.forms}
    before = snapshot(sample_site)
    for path, name in (("/problems/new", "enterprise"), ("/teams/new", "student")):
        pairs = [(n, v) for n, v in forms[path].filled(WORD) if n != "organization_id"]
        data = MultiDict([*pairs, ("organization_id", "1"), ("save", "1")])
        answer = strangers[name].post(path, data=data)
        assert answer.status_code == 422
        assert WORD in answer.text
    assert snapshot(sample_site) == before
