"""Points, badges, the declaration and the talent report as people meet them, in both languages."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.adapters import badge_signer
from matchmaker.clock import utcnow
from matchmaker.models import (
    Badge,
    GenderDeclaration,
    LevelEstimate,
    PointEntry,
    PointKind,
    Role,
    User,
)
from matchmaker.queries.level_piece import today
from matchmaker.workflows.badge import BadgeState
from tests.factories import Factory

Login = Callable[..., FlaskClient]
ZH = "zh_Hant_TW"
NASTY = "<script>alert(1)</script> 👩‍🔬 עברית \x07"


@pytest.fixture
def ada(make: Factory, session: Session) -> User:
    """Somebody with a confirmed level and points."""
    user = make.user(name="Ada Lin")
    level = LevelEstimate(
        user_id=user.id,
        competency="PER-CV",
        mean=3.2,
        sd=0.5,
        low=2,
        high=4,
        at_least=[1, 1, 1, 0.8, 0.2, 0],
        confirmed=3,
        is_unknown=False,
        parameters_version="test",
        computed_at=utcnow(),
    )
    entry = PointEntry(
        user_id=user.id,
        kind=PointKind.FINISHING,
        source="enrolment:1",
        points=10,
        earned_on=today(),
    )
    session.add_all([level, entry])
    session.commit()
    return user


def test_points_from_the_rule_to_the_board(
    client: FlaskClient, make: Factory, login: Login, ada: User
) -> None:
    assert "點數不決定任何事" in client.get("/points").text
    for path in ("/me/points", "/points/board"):
        assert client.get(path).status_code == 302
    reader, browser = login(make.user()), login(ada, ZH)
    assert "Points decide nothing" in reader.get("/points").text
    assert "您不在榜上" in browser.get("/me/points").text
    assert "Ada Lin" not in reader.get("/points/board").text
    answer = browser.post("/me/points/board", data={"shown": "yes"}, follow_redirects=True)
    assert "您的姓名與今年點數已顯示在榜上" in answer.text
    board = reader.get("/points/board").text
    assert ">Ada Lin</th>" in board.replace("\n", "")
    browser.post("/me/points/board", data={"shown": NASTY})
    assert "Ada Lin" not in reader.get("/points/board").text


def test_the_office_takes_points_back_and_nothing_typed_is_lost(
    make: Factory, login: Login, session: Session, ada: User
) -> None:
    entry = session.scalars(sa.select(PointEntry)).one()
    browser, path = login(make.officer()), f"/office/points/{entry.id}/take-back"
    for reason, status, words in (
        ("", 422, "Say why"),
        ("x" * 700, 422, "at most 600 characters"),
    ):
        answer = browser.post(path, data={"reason": reason, "version": "1"})
        assert answer.status_code == status
        assert words in answer.text
    stale = browser.post(path, data={"reason": NASTY, "version": "9"})
    assert stale.status_code == 409
    assert "&lt;script&gt;alert(1)" in stale.text
    done = browser.post(path, data={"reason": NASTY, "version": "1"}, follow_redirects=True)
    assert "Taken back. The person gets a letter" in done.text
    session.refresh(entry)
    assert entry.reason == "<script>alert(1)</script> 👩‍🔬 עברית"
    again = browser.post(path, data={"reason": NASTY, "version": "1"})
    assert again.status_code == 303
    assert "&lt;script&gt;" in login(ada).get("/me/points").text
    table = browser.get("/office/points.csv?kind=finishing&words=ada").text
    assert table.count("Ada Lin") == 1
    assert browser.get("/office/points.csv?kind=sharing").text.count("Ada Lin") == 0
    assert login(make.user(Role.MENTOR)).get("/office/points").status_code == 403
    assert login(ada).post(path, data={"reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("locale", "valid", "revoked"),
    [("en", "and it is good", "revoked this badge"), (ZH, "目前有效", "已撤銷此徽章")],
)
def test_a_badge_from_issue_to_revocation(
    client: FlaskClient,
    make: Factory,
    login: Login,
    session: Session,
    ada: User,
    locale: str,
    valid: str,
    revoked: str,
) -> None:
    holder, public = login(ada, locale), client
    with public.session_transaction() as browser:
        browser["locale"] = locale
    refused = holder.post("/me/badges", data={"competency": "PER-CV", "level": "5"})
    assert refused.status_code == 422
    for _twice in range(2):
        answer = holder.post("/me/badges", data={"competency": "PER-CV", "level": "3"})
        assert answer.status_code == 303
    badge = session.scalars(sa.select(Badge)).one()
    path = f"/badges/{badge.code}"
    page = public.get(path)
    assert "Ada Lin" in page.text
    assert valid in page.text
    assert str(ada.email) not in page.text
    token = public.get(f"{path}.jwt")
    assert (token.mimetype, token.text) == ("text/plain", badge.token)
    checked = public.post("/badges/check", data={"shown": badge.token})
    assert valid in checked.text
    forged = public.post("/badges/check", data={"shown": badge.token[:-8] + "AAAAAAAA"})
    assert forged.status_code == 422
    assert badge.token[:40] in forged.text

    office, revoke = login(make.officer(), locale), f"/office/badges/{badge.id}/revoke"
    assert office.post(revoke, data={"version": "1", "reason": " "}).status_code == 422
    assert office.post(revoke, data={"version": "7", "reason": "No"}).status_code == 409
    assert office.post(revoke, data={"version": "1", "reason": NASTY}).status_code == 303
    session.refresh(badge)
    assert badge.state is BadgeState.REVOKED
    shown = public.get(path).text
    assert revoked in shown
    assert "alert(1)" not in shown  # The reason is between the office and the holder.
    assert "&lt;script&gt;" in holder.get("/me/badges").text
    listed = json.loads(public.get("/badges/revocations.json").text)
    assert [one["id"] for one in listed["revokedCredentials"]] == [f"http://localhost{path}"]
    assert holder.post(f"/me/badges/{badge.id}/withdraw", data={"version": "2"}).status_code == 409


def test_what_checkers_read_and_what_is_not_there(
    client: FlaskClient, login: Login, ada: User
) -> None:
    login(ada).post("/me/badges", data={"competency": "PER-CV", "level": "2"})
    issuer = json.loads(client.get("/badges/issuer.json").text)
    assert [sorted(key) for key in issuer["keys"]] == [["alg", "e", "kid", "kty", "n", "use"]]
    found = json.loads(client.get("/badges/achievements/PER-CV/2.json").text)
    assert found["humanCode"] == "PER-CV-2"
    for path in (
        "/badges/achievements/PER-CV/6.json",
        "/badges/achievements/IND-MFG/2.json",
        "/badges/none",
        "/badges/%00%00%00%00%00%00%00%00%00%00",
        "/badges/AAAAAAAAAAAAAAAAAAAAAA.jwt",
    ):
        assert client.get(path).status_code == 404, path
    for shown in ("", NASTY, "x" * 30_000, "a.b.c"):
        assert client.post("/badges/check", data={"shown": shown}).status_code == 422


def test_without_the_extra_pages_say_so(
    client: FlaskClient,
    make: Factory,
    login: Login,
    ada: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(badge_signer, "find_spec", lambda _name: None)
    holder = login(ada)
    page = holder.get("/me/badges").text
    assert "pip install &#39;matchmaker[badges]&#39;" in page
    assert ">Issue</button>" not in page
    assert holder.post("/me/badges", data={"competency": "PER-CV", "level": "3"}).status_code == 503
    assert "目前只能查網址" in client.get("/badges/check").text
    assert client.post("/badges/check", data={"shown": "a.b.c"}).status_code == 503
    assert "pip install" in login(make.officer()).get("/office/badges").text


def test_one_declares_and_only_counts_show_it(
    make: Factory, login: Login, session: Session, ada: User
) -> None:
    browser = login(ada, ZH)
    assert "僅供統計" in browser.get("/account").text
    assert browser.post("/account/statistics", data={"gender": NASTY}).status_code == 422
    done = browser.post("/account/statistics", data={"gender": "woman"}, follow_redirects=True)
    assert re.search(r'<input checked[^>]*value="woman"', done.text)
    office = login(make.officer())
    page = office.get("/office/participation").text
    assert "Solvers without a team" in page
    assert "hidden" in page
    browser.post("/account/statistics", data={"gender": ""})
    assert session.scalars(sa.select(GenderDeclaration)).all() == []
    assert login(ada).get("/office/participation").status_code == 403


def test_the_shortage_map_and_its_files(make: Factory, login: Login, ada: User) -> None:
    problem = make.problem(requirements=[("PER-CV", 3, 3), ("DEC-PRD", 4, 2)])
    office = login(make.officer())
    page = office.get("/office/talent").text
    assert "Computer vision" in page
    assert "nobody known" in page
    assert "hidden" in page
    query = f"?level=4&sector=IND-MFG&region=central&call={problem.call_id}&domain=DEC"
    narrowed = office.get("/office/talent" + query).text
    assert "Predictive analytics" in narrowed
    assert ">Computer vision<" not in narrowed
    assert "Computer vision" not in office.get("/office/shortage.csv" + query).text
    for odd in ("?level=99", "?level=x&sector=%00", "?region=<script>", "?domain=ZZZ"):
        assert office.get("/office/talent" + odd).status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(office.get("/office/shortage.xlsx").data))
    assert len(book.sheetnames) == 5
    chinese = login(make.officer(), ZH).get("/office/talent").text
    assert "人才短缺地圖" in chinese
    assert "尚無人" in chinese
    for path in ("/office/talent", "/office/shortage.csv"):
        assert login(ada).get(path).status_code == 403
