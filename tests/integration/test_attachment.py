"""Keeping, scanning, limiting, sweeping and backing up files."""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.adapters.files import FolderFiles, make_files
from matchmaker.adapters.scanner import Verdict, scan
from matchmaker.backup import restore_backup, write_backup
from matchmaker.clock import utcnow
from matchmaker.db import make_sessions
from matchmaker.errors import InvalidInput, InvalidTransition, PermissionDenied, Unavailable
from matchmaker.models import Attachment, AttachmentAccess, AuditEvent, Job
from matchmaker.policies.data_terms import is_entitled
from matchmaker.services import attachment, data_terms
from matchmaker.services.context import Context
from matchmaker.worker import Worker
from matchmaker.workflows.attachment import ATTACHMENT_WORKFLOW, AttachmentAction, AttachmentState
from matchmaker.workflows.job import JobState
from matchmaker.workflows.problem import ProblemState
from tests.desk import CSV, around, attach, write_terms

S, A = AttachmentState, AttachmentAction


def scanner(tmp_path, body: str) -> str:
    """A scanner that does what *body* says; it gets the path as its last argument."""
    path = tmp_path / "scanner.py"
    path.write_text(f"import sys\npath = sys.argv[1]\n{body}\n")
    return f"{sys.executable} {path}"


def test_store_keeps_content_once_whole_and_private(tmp_path):
    store = FolderFiles(tmp_path / "files")
    first, second = store.put(io.BytesIO(CSV)), store.put(io.BytesIO(CSV))

    assert first == second
    with store.open(first.key) as file:
        assert file.read() == CSV
    path = store.path(first.key)
    assert (
        path.relative_to(store.folder).as_posix() == f"{first.key[:2]}/{first.key[2:4]}/{first.key}"
    )
    assert path.stat().st_mode & 0o077 == 0
    assert [key for key, _at in store.kept()] == [first.key]
    assert list((store.folder / "incoming").iterdir()) == []


def test_broken_upload_leaves_nothing_behind(tmp_path):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("the line went dead")

    store = FolderFiles(tmp_path / "files")
    with pytest.raises(OSError, match="dead"):
        store.put(Broken())

    assert list(store.kept()) == []
    assert list((store.folder / "incoming").iterdir()) == []


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "A" * 64, "a" * 63])
def test_no_key_leads_out_of_the_store(tmp_path, key):
    with pytest.raises(ValueError, match="not a key"):
        FolderFiles(tmp_path).path(key)


@pytest.mark.parametrize(
    ("body", "verdict", "note"),
    [
        ("sys.exit(0)", Verdict.CLEAN, "exit status 0"),
        ("print(path, 'Eicar FOUND'); sys.exit(1)", Verdict.INFECTED, "file Eicar FOUND"),
        ("print('no database', file=sys.stderr); sys.exit(2)", Verdict.FAILED, "no database"),
        ("import os; os.kill(os.getpid(), 9)", Verdict.FAILED, "exit status -9"),
        ("import time; time.sleep(60)", Verdict.FAILED, "no answer within 1 seconds"),
    ],
)
def test_only_a_zero_is_a_pass(tmp_path, body, verdict, note):
    (tmp_path / "data").write_bytes(b"x")
    timeout = 1 if "sleep" in body else 20

    found = scan(scanner(tmp_path, body), tmp_path / "data", timeout=timeout)

    assert (found.verdict, found.note) == (verdict, note)


@pytest.mark.parametrize("command", ["/nowhere/clamscan", "'unclosed"])
def test_scanner_that_cannot_be_run_has_failed(tmp_path, command):
    assert scan(command, tmp_path).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("code", "state", "job_state"),
    [(0, S.PASSED, JobState.DONE), (1, S.INFECTED, JobState.DONE), (2, S.FAILED, JobState.QUEUED)],
)
def test_nothing_is_offered_before_it_has_passed(
    make, session, settings, engine, tmp_path, code, state, job_state
):
    settings = replace(settings, scan_command=scanner(tmp_path, f"sys.exit({code})"))
    people = around(make)
    found = attach(Context(session, settings, people.officer), people.problem)
    assert (found.state, found.is_offered) == (S.RECEIVED, False)

    Worker(settings, make_sessions(engine)).run_all()

    session.rollback()
    session.expire_all()
    assert (found.state, found.is_offered) == (state, state is S.PASSED)
    job = session.scalars(sa.select(Job).where(Job.kind == "attachment.scan")).one()
    assert job.state is job_state  # A scanner that failed is asked again.
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.action, event.data["after"]) == ("attachment:scan", state)


def test_office_has_a_file_scanned_again(make, session, settings, engine, tmp_path, ctx):
    people = around(make)
    found = attach(ctx(), people.problem)
    assert found.state is S.UNSCANNED
    with pytest.raises(Unavailable, match="No virus scanner is configured"):
        attachment.rescan(Context(session, settings, people.officer), people.problem.id, found.id)
    settings = replace(settings, scan_command=scanner(tmp_path, "sys.exit(0)"))
    for person in (people.owner, people.administrator):
        with pytest.raises(PermissionDenied, match="Only the programme office has a file scanned"):
            attachment.rescan(Context(session, settings, person), people.problem.id, found.id)

    attachment.rescan(Context(session, settings, people.officer), people.problem.id, found.id)
    session.commit()
    assert found.is_offered is False
    Worker(settings, make_sessions(engine)).run_all()

    session.rollback()
    session.expire_all()
    assert found.state is S.PASSED


def test_removed_while_it_was_scanned_stays_removed(make, session, settings, ctx):
    people = around(make, ProblemState.DRAFT)
    found = attach(ctx(), people.problem)
    attachment.remove(Context(session, settings, people.owner), people.problem.id, found.id)

    state = attachment.take_verdict(ctx(), found.id, scan("true", make_files(settings).folder))

    assert state is S.REMOVED


@pytest.mark.parametrize("action", list(A))
@pytest.mark.parametrize("state", list(S))
def test_states_and_actions(state, action):
    allowed = {
        S.RECEIVED: {A.PASS, A.SKIP, A.REJECT, A.FAIL, A.REMOVE},
        S.PASSED: {A.RESCAN, A.REMOVE},
        S.UNSCANNED: {A.RESCAN, A.REMOVE},
        S.INFECTED: {A.RESCAN, A.REMOVE},
        S.FAILED: {A.PASS, A.REJECT, A.FAIL, A.RESCAN, A.REMOVE},
        S.REMOVED: set(),
    }

    assert ATTACHMENT_WORKFLOW.can(state, action) == (action in allowed[state])


LIMITS = [
    ({"attachment_count": 1}, "This problem has 1 files already"),
    ({"attachment_total_bytes": len(CSV) + 5}, "the files of this problem would take 1 MB"),
    ({"attachment_bytes": 3}, "is larger than 0 MB"),
]


def test_limits_of_a_problem(make, session, settings, ctx):
    people = around(make)
    attach(ctx(), people.problem)
    for limits, words in LIMITS:
        limited = Context(session, replace(settings, **limits), people.owner)
        with pytest.raises(InvalidInput) as refusal:
            attach(limited, people.problem, name="other.csv", content=b"other,content\n")
        assert words in str(refusal.value.fields["file"][0])
        assert attach(limited, people.problem).name == "sample.csv"  # The same is no new file.


def test_in_which_states_files_are_attached(make, session, settings):
    people, found = around(make), {}
    ctx = Context(session, settings, people.owner)
    for state in ProblemState:
        problem, taken = make.problem(state, organization=people.organization), set()
        for access in AttachmentAccess:
            try:
                attach(ctx, problem, access=access)
                taken.add(access)
            except (InvalidInput, InvalidTransition):
                pass
        found[state] = taken

    open_to_teams = (ProblemState.PUBLISHED, ProblemState.SOLVING, ProblemState.EVALUATING)
    room = {key: {AttachmentAccess.DATA_ROOM} for key in open_to_teams}
    ended = {key: set() for key in attachment.ENDED_STATES}
    assert found == {**{key: set(AttachmentAccess) for key in ProblemState}, **room, **ended}


def test_public_file_past_the_screening_takes_the_office(make, session, settings):
    people = around(make)
    with pytest.raises(InvalidInput) as refusal:
        attach(
            Context(session, settings, people.owner),
            people.problem,
            access=AttachmentAccess.PUBLIC,
        )
    by_office = attach(
        Context(session, settings, people.officer), people.problem, access=AttachmentAccess.PUBLIC
    )

    assert "would go past the screening" in str(refusal.value.fields["access"][0])
    assert by_office.uploader_id == people.officer.id


def test_sweep_takes_what_nobody_needs_and_only_when_it_is_old(make, session, settings, ctx):
    people, store = around(make), make_files(settings)
    needed = attach(ctx(), people.problem)
    gone = attach(ctx(), people.problem, name="gone.csv", content=b"gone,1\n")
    shared = attach(
        ctx(), people.problem, access=AttachmentAccess.PUBLIC, name="twice.csv", content=CSV
    )
    orphan = store.put(io.BytesIO(b"an upload that was rolled back")).key
    owner = Context(session, settings, people.owner)
    attachment.remove(owner, people.problem.id, gone.id, reason="Old")
    attachment.remove(owner, people.problem.id, shared.id, reason="Twice")
    part = store.folder / "incoming" / "half.part"
    part.write_bytes(b"half")
    old = time.time() - 2 * 86400
    os.utime(part, (old, old))

    assert attachment.sweep(session, store, utcnow()) == 0
    assert attachment.sweep(session, store, utcnow() + timedelta(days=2)) == 2

    assert {key for key, _at in store.kept()} == {needed.sha256}
    assert orphan != needed.sha256 == shared.sha256
    assert not part.exists()


def test_missing_content_is_said(make, settings, ctx):
    people = around(make)
    found = attach(ctx(), people.problem)
    make_files(settings).remove(found.sha256)

    with pytest.raises(Unavailable, match="cannot be found"):
        attachment.open_content(settings, found)


def test_backup_brings_the_files_back(make, session, settings, tmp_path, ctx, engine):
    people = around(make)
    found = attach(ctx(), people.problem)
    (tmp_path / "files" / "incoming" / "half.part").write_bytes(b"half")
    session.close()
    target = tmp_path.parent / f"{tmp_path.name}-backup.zip"
    manifest = write_backup(settings, target)
    elsewhere = replace(settings, data_dir=tmp_path.parent / f"{tmp_path.name}-restored")
    restore_backup(elsewhere, target)

    with attachment.open_content(elsewhere, found) as file:
        assert file.read() == CSV
    assert not any("half.part" in name for name in manifest["sha256"])


def test_accepting_and_changing_terms_at_once_leaves_one_truth(
    make, session, settings, engine, ctx
):
    """Whoever comes second sees what the first one did: nobody enters under terms they did not read."""
    people = around(make)
    attach(ctx(), people.problem)
    write_terms(ctx(), people.problem)
    sessions, gate, outcome = make_sessions(engine), threading.Barrier(2), {}
    session.close()

    def run(name, person_id, act):
        with sessions() as own:
            own.connection(execution_options={"matchmaker_writes": False})
            own.rollback()
            gate.wait()
            own.connection(execution_options={"matchmaker_writes": True})
            person = own.get_one(type(people.owner), person_id)
            try:
                act(Context(own, settings, person))
                own.commit()
                outcome[name] = "done"
            except Exception as error:
                own.rollback()
                outcome[name] = type(error).__name__

    def accept(c):
        data_terms.accept(c, people.problem.id, number=1, locale="en")

    def change(c):
        write = {"text_zh": "新" * 60, "text_en": "new " * 20, "note": "New"}
        data_terms.put_in_force(c, people.problem.id, number=1, **write)

    ids = (people.member.id, people.owner.id)
    threads = [
        threading.Thread(target=run, args=("accept", ids[0], accept)),
        threading.Thread(target=run, args=("change", ids[1], change)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcome["change"] == "done"
    assert outcome["accept"] in ("done", "StaleVersion")
    with sessions() as own:
        member = own.get_one(type(people.owner), ids[0])
        problem = own.get_one(type(people.problem), people.problem.id)
        assert is_entitled(member, problem)
        file_id = own.scalars(sa.select(Attachment.id)).one()
        with pytest.raises(data_terms.TermsNotAccepted):
            data_terms.open_file(Context(own, settings, member), problem.id, file_id)
