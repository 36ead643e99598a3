"""Say of a problem's text that a machine translated it: readers are told, and read it accordingly."""

from __future__ import annotations

from collections.abc import Collection

from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_, Message
from matchmaker.models import Problem
from matchmaker.policies.attachment import may_manage_files
from matchmaker.services.attachment import find_problem
from matchmaker.services.context import Context

LANGUAGES = ("zh", "en")


def mark_machine(ctx: Context, problem_id: int, languages: Collection[str]) -> Problem:
    """Owner or office names the languages whose text a machine made; one must be a person's own."""
    problem = find_problem(ctx, problem_id)
    ctx.require(may_manage_files, problem)
    chosen = [language for language in LANGUAGES if language in languages]
    written = [language for language in LANGUAGES if getattr(problem, f"text_{language}")]
    if chosen and not set(written) - set(chosen):
        text = N_(
            "One language has to be a person’s own words: a machine translates from something."
        )
        raise InvalidInput(fields={"languages": [Message(text)]})
    if chosen == problem.machine_languages:
        return problem  # A second click.
    problem.machine_languages = chosen
    ctx.record("problem:mark_machine", problem, languages=chosen)
    return problem
