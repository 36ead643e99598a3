"""What was handed in, in one fixed form: the file people keep, and the hash on its receipt.

The hash is the SHA-256 of that file, byte for byte, as with applications.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from matchmaker.models import Milestone, MilestoneVersion

FORMAT = "matchmaker-milestone-1"


def files_of(milestone: Milestone) -> list[dict[str, Any]]:
    """The files that belong to what is being written."""
    return [
        {"id": file.id, "name": file.name, "size": file.size, "sha256": file.sha256}
        for file in milestone.files
        if file.removed_at is None
    ]


def content_bytes(milestone: Milestone, version: MilestoneVersion) -> bytes:
    """The file of one version: what its hash is taken of."""
    content = {
        "format": FORMAT,
        "milestone": milestone.id,
        "engagement": milestone.engagement_id,
        "stage": milestone.stage,
        "version": version.number,
        "due_at": version.due_at.isoformat(),
        "submitted_at": version.submitted_at.isoformat(),
        "text": version.text,
        "links": version.links,
        "files": version.files,
    }
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
    return f"{written}\n".encode()


def content_hash(milestone: Milestone, version: MilestoneVersion) -> str:
    """SHA-256 of `content_bytes`."""
    return hashlib.sha256(content_bytes(milestone, version)).hexdigest()


def says_the_same(milestone: Milestone) -> bool:
    """Whether the version that counts is what the team has written now."""
    version = milestone.standing
    if version is None:
        return False
    now = (milestone.text, milestone.links, files_of(milestone))
    return now == (version.text, version.links, version.files)
