"""A wheel holds everything the program needs, and works far from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = {".py", ".html", ".txt", ".css", ".js", ".svg", ".png", ".ico", ".woff2", ".json"} | {
    ".jsonl",
    ".tsv",
    ".po",
    ".mo",
    ".ini",
    ".mako",
    ".typed",
    ".webmanifest",
}
PROBLEMS = """\
{"id": "P1", "lang": "en", "title": "Find scratches on screws", "text": "A camera looks for scratches."}
{"id": "P2", "lang": "zh", "title": "客服對話機器人", "text": "回答顧客常問的問題。"}
"""
TEAMS = """\
{"id": "T1", "lang": "en", "title": "Machine vision", "text": "Cameras that find scratches on metal."}
{"id": "T2", "lang": "zh", "title": "對話系統團隊", "text": "我們做客服對話機器人。"}
"""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the checkout's own files."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in ("matchmaker", "migrations"):
        ignored = shutil.ignore_patterns("__pycache__", "*.merged", "parts", ".lock")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder]
    done = subprocess.run(
        [*command, source], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel; the dependencies are borrowed, nothing is fetched."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    (libraries,) = (folder / "lib").glob("python*/site-packages")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    target = ["--no-deps", "--no-index", "--prefix", folder, wheel]
    subprocess.run([*pip, "--ignore-installed", *target], check=True, cwd=folder)
    # Last on the path, so that the wheel's own package comes first; hooks of an editable install stay out.
    (libraries / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {
        "MATCHMAKER_ENCODER": "hashing",
        "HF_HUB_OFFLINE": "1",
        "LANG": "C.UTF-8",
    }


def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "matchmaker").rglob("*")
        if path.is_file()
        and path.suffix in SHIPPED
        and not {"__pycache__", "parts"} & set(path.parts)
    }
    wanted |= {
        f"matchmaker/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "migrations").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix in SHIPPED
    }

    assert wanted - held == set()
    assert not [name for name in held if name.startswith(("tests/", "tools/", "docs/"))]
    for part in ("templates/", "static/", "translations/", "sample/data/", "migrations/versions/"):
        assert any(part in name for name in held), part


def test_installed_command_is_the_wheels_own(
    installed: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    program = "import matchmaker, matchmaker.migrations; print(matchmaker.__file__)"

    done = subprocess.run(
        [installed / "python", "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(done.stdout.strip()).is_relative_to(installed.parent)


def test_demo_runs_in_an_empty_folder(
    installed: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    done = subprocess.run(
        [installed / "matchmaker", "demo", "--no-serve"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert "officer@office.example" in done.stdout
    assert (tmp_path / "instance" / "matchmaker.db").exists()
    checked = subprocess.run(
        [installed / "matchmaker", "db", "check"], cwd=tmp_path, env=environment, check=False
    )
    assert checked.returncode == 0


def test_rank_works_on_files(installed: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "problems.jsonl").write_text(PROBLEMS, "utf-8")
    (tmp_path / "teams.jsonl").write_text(TEAMS, "utf-8")
    arguments = ["--problems", "problems.jsonl", "--teams", "teams.jsonl", "--output", "scores.csv"]

    done = subprocess.run(
        [installed / "matchmaker", "rank", *arguments],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "scores.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "problem_id,team_id,score"
    assert [line.rsplit(",", 1)[0] for line in lines[1:]] == ["P1,T1", "P1,T2", "P2,T2", "P2,T1"]


def test_pages_are_served_from_the_wheel(
    installed: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    program = (
        "from matchmaker.settings import Settings\n"
        "from matchmaker.web import create_app\n"
        "from matchmaker import schema\n"
        "from matchmaker.db import make_engine\n"
        "settings = Settings(environment='test')\n"
        "engine = make_engine(settings.url); schema.upgrade(engine); engine.dispose()\n"
        "client = create_app(settings).test_client()\n"
        "for path in ('/', '/problems', '/teams', '/account/login', '/styleguide'):\n"
        "    for language in ('zh-TW', 'en'):\n"
        "        with client.get(path, headers={'Accept-Language': language}) as answer:\n"
        "            assert answer.status_code == 200, (path, answer.status_code)\n"
        "            wanted = 'zh-Hant-TW' if language == 'zh-TW' else 'en'\n"
        "            assert f'lang=\"{wanted}\"' in answer.text, path\n"
    )

    done = subprocess.run(
        [installed / "python", "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
