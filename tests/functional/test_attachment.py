"""Files over HTTP: what comes in, who gets what out, and how."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from matchmaker.models import Attachment, AttachmentAccess, AuditEvent
from matchmaker.workflows.attachment import AttachmentState
from matchmaker.workflows.problem import ProblemState
from tests import bad_files
from tests.desk import CSV, PEOPLE, around, attach, write_terms


def upload(client, problem, content=CSV, name="sample.csv", **fields):
    data = {"access": "data_room", "note": "", **fields, "file": (io.BytesIO(content), name)}
    return client.post(f"/problems/{problem.id}/files", data=data)


class Body(io.RawIOBase):
    """A body of any length that counts how much of it is read, and tells when it is read first."""

    def __init__(self, start: bytes, size: int, when_read=lambda: None) -> None:
        self.start, self.size, self.when_read = start, size, when_read
        self.place = self.n_read = 0

    def readable(self):
        return True

    def seek(self, offset, whence=0):
        self.place = offset if whence == 0 else self.size + offset
        return self.place

    def tell(self):
        return self.place

    def readinto(self, buffer):
        if self.n_read == 0:
            self.when_read()
        n = min(len(buffer), self.size - self.place)
        buffer[:n] = self.start[self.place : self.place + n].ljust(n, b"x")
        self.place += n
        self.n_read += n
        return n


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_owner_attaches_a_file(make, login, session, locale):
    people = around(make, ProblemState.DRAFT)
    client = login(people.owner, locale)

    answer = upload(client, people.problem, note="兩筆資料", access="public")
    page = client.get(answer.location).text

    assert answer.status_code == 303
    kept = session.scalars(sa.select(Attachment)).one()
    assert (kept.name, kept.size, kept.state) == ("sample.csv", len(CSV), "unscanned")
    assert "sample.csv" in page
    assert "兩筆資料" in page
    assert kept.sha256[:12] in page
    said = "Not scanned: no scanner is configured" if locale == "en" else "未掃毒：尚未設定掃毒程式"
    assert said in page


def test_bad_files_are_refused_and_the_form_stays(make, login, session):
    people = around(make, ProblemState.DRAFT)
    client = login(people.owner)
    for case in ("empty", "program as pdf", "zip bomb", "nested zip", "outside zip"):
        name, content, words = bad_files.REFUSED[case]
        answer = upload(client, people.problem, content, name, note="What I typed")
        assert answer.status_code == 422
        assert words in answer.text
        assert "What I typed" in answer.text

    assert session.scalars(sa.select(Attachment)).all() == []


def test_no_file_chosen(make, login):
    people = around(make, ProblemState.DRAFT)

    answer = login(people.owner).post(
        f"/problems/{people.problem.id}/files", data={"access": "public", "note": "kept"}
    )

    assert answer.status_code == 422
    assert "Choose a file." in answer.text
    assert 'value="kept"' in answer.text


def test_file_over_the_limit_is_dropped_while_it_comes_in(make, app, login, session, tmp_path):
    object.__setattr__(app.settings, "attachment_bytes", 100_000)
    people = around(make, ProblemState.DRAFT)

    answer = upload(login(people.owner), people.problem, bytes(150_000), "big.csv", note="typed")

    assert answer.status_code == 413
    assert "big.csv is larger than 0 MB" in answer.text
    assert 'value="typed"' in answer.text
    assert session.scalars(sa.select(Attachment)).all() == []
    assert list((tmp_path / "files").rglob("*")) == []


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_two_gigabytes_are_refused_unread(make, login, locale):
    people = around(make, ProblemState.DRAFT)
    size = 2 * 1024**3
    start = (
        b'--edge\r\nContent-Disposition: form-data; name="access"\r\n\r\npublic\r\n'
        b'--edge\r\nContent-Disposition: form-data; name="note"\r\n\r\nwhat I typed\r\n'
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="huge.csv"\r\n\r\n'
    )
    body = Body(start, size)

    answer = login(people.owner, locale).post(
        f"/problems/{people.problem.id}/files",
        input_stream=body,
        content_type="multipart/form-data; boundary=edge",
    )

    assert answer.status_code == 413
    assert 'value="what I typed"' in answer.text
    said = "The file is larger than 50 MB" if locale == "en" else "檔案超過 50 MB"
    assert said in answer.text
    assert body.n_read < 1024**2


def test_nobody_waits_for_an_upload(make, app, login, settings):
    """While a body comes in, others write: the route holds no lock until the file is checked."""
    people = around(make, ProblemState.DRAFT)
    client, order = login(people.owner), []

    def meanwhile():
        with app.sessions() as session:
            session.connection(execution_options={"matchmaker_writes": True})
            session.execute(sa.text("UPDATE users SET locale = 'zh_Hant_TW'"))
            session.commit()
        order.append("written")

    boundary = b"--edge\r\nContent-Disposition: form-data; name="
    body = (
        boundary + b'"access"\r\n\r\ndata_room\r\n'
        + boundary + b'"file"; filename="a.csv"\r\n\r\n' + CSV + b"\r\n--edge--\r\n"
    )  # fmt: skip
    answer = client.post(
        f"/problems/{people.problem.id}/files",
        input_stream=Body(body, len(body), meanwhile),
        content_type="multipart/form-data; boundary=edge",
    )

    assert order == ["written"]
    assert answer.status_code == 303


def test_same_file_twice_is_one_file(make, login, session):
    people = around(make, ProblemState.DRAFT)
    client = login(people.owner)

    upload(client, people.problem)
    upload(client, people.problem, name="other-name.csv")

    assert [item.name for item in session.scalars(sa.select(Attachment))] == ["sample.csv"]


def statuses(people, app, login, act):
    """What *act* gets for everybody."""
    found = {}
    for name in PEOPLE:
        person = people.person(name)
        found[name] = act(login(person) if person else app.test_client()).status_code
    return found


DENIED = dict.fromkeys(("stranger", "reviewer", "other", "member", "administrator"), 403)
MANAGERS = dict.fromkeys(("owner", "colleague", "officer"), 303)


def test_who_may_attach_and_who_sees_every_file(make, app, login):
    people = around(make)

    added = statuses(people, app, login, lambda client: upload(client, people.problem))
    seen = statuses(
        people, app, login, lambda client: client.get(f"/problems/{people.problem.id}/files")
    )
    refusal = upload(login(people.member), people.problem).text

    assert added == {"visitor": 401, **DENIED, **MANAGERS}
    readers = dict.fromkeys(("owner", "colleague", "officer", "administrator"), 200)
    assert seen == {"visitor": 302, **DENIED, **readers}
    assert "Only the owner of the problem and the programme office manage its files." in refusal


def test_public_file_is_for_everybody_and_only_ever_a_download(make, app, login, ctx):
    people = around(make)
    found = attach(ctx(), people.problem, access=AttachmentAccess.PUBLIC, name="樣本 <x>.csv")
    address = f"/problems/{people.problem.id}/files/{found.id}"

    answer = app.test_client().get(address)

    assert answer.data == CSV
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "%E6%A8%A3%E6%9C%AC%20_x_.csv" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Length"] == str(len(CSV))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    everybody = statuses(people, app, login, lambda client: client.get(address, buffered=True))
    assert everybody == dict.fromkeys(PEOPLE, 200)


def test_public_file_of_a_draft_is_its_owners(make, app, login, ctx):
    people = around(make, ProblemState.DRAFT, submitted_at=None)
    found = attach(ctx(), people.problem, access=AttachmentAccess.PUBLIC)
    address = f"/problems/{people.problem.id}/files/{found.id}"

    seen = statuses(people, app, login, lambda client: client.get(address, buffered=True))

    assert seen == {**dict.fromkeys(PEOPLE, 404), "owner": 200, "colleague": 200}


def test_no_file_of_the_data_room_opens_at_the_public_address(make, app, login, ctx):
    people = around(make)
    found = attach(ctx(), people.problem)
    address = f"/problems/{people.problem.id}/files/{found.id}"

    assert statuses(people, app, login, lambda client: client.get(address)) == dict.fromkeys(
        PEOPLE, 404
    )


def test_what_has_not_passed_is_not_opened(make, client, ctx, session):
    people, found = around(make), {}
    file = attach(ctx(), people.problem, access=AttachmentAccess.PUBLIC)
    for state in AttachmentState:
        at = "created_at" if state is AttachmentState.REMOVED else "NULL"
        session.execute(sa.text(f"UPDATE attachments SET state = '{state}', removed_at = {at}"))
        session.commit()
        address = f"/problems/{people.problem.id}/files/{file.id}"
        found[state] = client.get(address, buffered=True).status_code

    offered = {AttachmentState.UNSCANNED: 200, AttachmentState.PASSED: 200}
    assert found == {**dict.fromkeys(AttachmentState, 404), **offered}


def test_file_of_another_problem_is_not_found(make, client, ctx):
    people, other = around(make), around(make)
    found = attach(ctx(), people.problem, access=AttachmentAccess.PUBLIC)

    assert client.get(f"/problems/{other.problem.id}/files/{found.id}").status_code == 404


def test_removing_needs_a_reason_once_published(make, login, ctx, session):
    people = around(make)
    found = attach(ctx(), people.problem)
    client = login(people.owner)
    address = f"/problems/{people.problem.id}/files/{found.id}/remove"

    refused = client.post(address, data={"reason": ""})
    done = client.post(address, data={"reason": "Holds a customer’s name"})

    assert refused.status_code == 422
    assert "Say why: the reason is kept on record." in refused.text
    assert done.status_code == 303
    session.expire_all()
    assert session.get(Attachment, found.id).state is AttachmentState.REMOVED
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.action, event.data["reason"]) == ("attachment:remove", "Holds a customer’s name")
    client.get("/")  # Where the message shows that it was removed.
    assert "sample.csv" not in client.get(f"/problems/{people.problem.id}/files").text


def test_who_may_remove(make, app, login, ctx):
    people = around(make)
    number = iter(range(99))

    def remove_another(client):
        content = f"row,{next(number)}\n".encode()
        found = attach(ctx(), people.problem, access=AttachmentAccess.PUBLIC, content=content)
        address = f"/problems/{people.problem.id}/files/{found.id}/remove"
        return client.post(address, data={"reason": "x"})

    found = statuses(people, app, login, remove_another)

    assert found == {"visitor": 401, **DENIED, **MANAGERS}


def test_short_text_with_pictures_only_is_pointed_out(make, login, ctx):
    people = around(make, ProblemState.DRAFT)
    attach(ctx(), people.problem, name="poster.png", content=bad_files.picture("PNG"))
    attach(ctx(), people.problem, name="scan.pdf", content=bad_files.pdf())

    page = login(people.owner).get(f"/problems/{people.problem.id}/files").text
    chinese = login(people.owner, "zh_Hant_TW").get(f"/problems/{people.problem.id}").text

    assert "The matcher and screen readers cannot read these files" in page
    assert "poster.png, scan.pdf" in page
    assert "媒合程式和報讀軟體讀不到這些檔案的內容" not in chinese  # Nothing of it is public.
    assert "媒合程式和報讀軟體讀不到這些檔案的內容" in (
        login(people.owner, "zh_Hant_TW").get(f"/problems/{people.problem.id}/files").text
    )


def test_long_text_needs_no_such_note(make, login, ctx):
    people = around(make, ProblemState.DRAFT, text_en="Scratches on screws. " * 40)
    attach(ctx(), people.problem, name="poster.png", content=bad_files.picture("PNG"))

    page = login(people.owner).get(f"/problems/{people.problem.id}/files").text

    assert "screen readers cannot read" not in page


def test_public_page_lists_public_files_alone(make, client, ctx):
    people = around(make)
    write_terms(ctx(), people.problem)
    attach(ctx(), people.problem, access=AttachmentAccess.PUBLIC, name="open.csv")
    attach(ctx(), people.problem, name="secret.csv", content=CSV + b"3,22\n")

    page = client.get(f"/problems/{people.problem.id}").text

    assert "open.csv" in page
    assert "secret.csv" not in page
    assert "There is a data room" in page or "有資料室" in page
