"""What was handed in, in one fixed form: the file a team keeps, and the hash on its receipt.

The hash of a receipt is the SHA-256 of that file, byte for byte, so that anybody can check one
against the other with any tool, years later and without this program.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from matchmaker.models import Application, ApplicationRevision

FORMAT = "matchmaker-application-1"


def people_of(application: Application) -> list[dict[str, Any]]:
    """Who works in it, by user id: names stay with the accounts, so that they can be erased."""
    return [
        {
            "user_id": person.user_id,
            "role": person.role,
            "share": person.share,
            "country": person.country,
            "is_student": person.is_student,
        }
        for person in application.people
    ]


def files_of(application: Application) -> list[dict[str, Any]]:
    """The files that belong to what is being written."""
    return [
        {"id": file.id, "name": file.name, "size": file.size, "sha256": file.sha256}
        for file in application.files
        if file.removed_at is None
    ]


def content_bytes(application: Application, revision: ApplicationRevision) -> bytes:
    """The file of one version: what its hash is taken of."""
    content = {
        "format": FORMAT,
        "application": application.number,
        "call": application.call_id,
        "problem": application.problem_id,
        "team": application.team_id,
        "version": revision.number,
        "submitted_at": revision.submitted_at.isoformat(),
        "parts": revision.parts,
        "people": revision.people,
        "files": revision.files,
    }
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
    return f"{written}\n".encode()


def content_hash(application: Application, revision: ApplicationRevision) -> str:
    """SHA-256 of `content_bytes`."""
    return hashlib.sha256(content_bytes(application, revision)).hexdigest()


def says_the_same(application: Application, revision: ApplicationRevision | None) -> bool:
    """Whether *revision* is what the team has written now."""
    if revision is None:
        return False
    now = (application.parts, people_of(application), files_of(application))
    return now == (revision.parts, revision.people, revision.files)
