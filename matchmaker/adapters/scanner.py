"""The virus scanner an operator names: a command that gets a file and answers by its exit status."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

TIMEOUT_SECONDS = 600
MAX_NOTE = 500


class Verdict(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"


@dataclass(frozen=True)
class Scan:
    """What the scanner said."""

    verdict: Verdict
    note: str = ""


def scan(command: str, path: Path, *, timeout: float = TIMEOUT_SECONDS) -> Scan:
    """Run *command* with *path* at its end: 0 is clean, 1 infected (as ClamAV has it), all else failed.

    A scanner that cannot be run, is killed or takes too long has failed: that is never a pass.
    """
    try:
        words = [*shlex.split(command), str(path)]
        done = subprocess.run(  # noqa: S603 -- the operator's own command, without a shell
            words, capture_output=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return Scan(Verdict.FAILED, f"no answer within {timeout:.0f} seconds")
    except (OSError, ValueError) as error:
        return Scan(Verdict.FAILED, str(error)[:MAX_NOTE])
    verdict = {0: Verdict.CLEAN, 1: Verdict.INFECTED}.get(done.returncode, Verdict.FAILED)
    return Scan(verdict, _said(done, path))


def _said(done: subprocess.CompletedProcess[bytes], path: Path) -> str:
    """The scanner's words on one line, without where the file lies."""
    words = (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace")
    note = " ".join(words.replace(str(path), "file").split())
    return (note or f"exit status {done.returncode}")[:MAX_NOTE]
