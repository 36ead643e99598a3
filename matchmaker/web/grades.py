"""The grades as pages show them: of the rubric in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import g

from matchmaker.assessment.grading import Grade, grades_of
from matchmaker.services import rubric
from matchmaker.web.transaction import db_session


def grades() -> Mapping[str, Grade]:
    """All grades by id, from easiest to hardest; read once a request."""
    if "grades" not in g:
        g.grades = grades_of(rubric.current(db_session(), "grading"))
    return cast("Mapping[str, Grade]", g.grades)
