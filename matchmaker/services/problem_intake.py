"""Keep the answers of the writing guide, and write the problem's text from them.

The text stays the owner's. It follows the answers only as long as it is exactly what they make;
once somebody has changed a word of it, later answers leave it alone and both are shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from matchmaker.assessment.intake import Intake, questions
from matchmaker.assessment.writing import build_data, build_text, language_of
from matchmaker.competency import Requirement
from matchmaker.errors import NotFound, PermissionDenied, StaleVersion
from matchmaker.i18n import language_of as language_of_locale
from matchmaker.matching import Text, problem_document
from matchmaker.models import Problem
from matchmaker.policies.problem import may_edit
from matchmaker.queries.problem import get_problem
from matchmaker.services import problem as problems
from matchmaker.services.context import Context
from matchmaker.services.problem_values import (
    ANSWERS,
    ProblemValues,
    check_storable,
    values_of,
)
from matchmaker.services.similar_problems import request_encoding

MAX_DISMISSED = 200
_MAX_VOLUME = 120
_PERSONAL = {"none": False, "deidentified": True, "personal": True, "sensitive": True}


@dataclass(frozen=True)
class Written:
    """What the answers make of one value, beside what the owner has there now."""

    name: str
    built: str
    own: str


def intake_of(problem: Problem) -> Intake:
    """Everything the owner has said about *problem*, in whichever way, as plain data."""
    return intake_from(values_of(problem))


def intake_from(values: ProblemValues) -> Intake:
    """*values* as screening and grading look at them: the language with more text counts."""
    language = max(("zh", "en"), key=lambda lang: len(getattr(values, f"text_{lang}")))
    said = {name: answer for name, answer in values.intake.items() if name in ANSWERS}
    return replace(
        Intake.from_data(said),
        title=getattr(values, f"title_{language}") or values.title_zh or values.title_en,
        text=getattr(values, f"text_{language}"),
        sector=values.sector,
        techniques=values.techniques,
        requirements=values.requirements,
    )


def answer(
    ctx: Context,
    problem_id: int,
    given: Mapping[str, Any],
    *,
    seen: str = "",
    call_id: int | None = None,
) -> Problem:
    """Keep the answers *given*; *seen* is the fingerprint of those they were typed over.

    Two people (or tabs) that answer different questions never get in each other's way.
    """
    problem = find(ctx, problem_id)
    current = values_of(problem)
    wanted = merged(current, given)
    moved = call_id is not None and call_id != problem.call_id
    if wanted == current and not moved:
        return problem  # A second click, or nothing new.
    if seen and seen != fingerprint(current, given):
        raise StaleVersion
    check_storable(wanted)
    return _save(ctx, problem, rebuilt(current, wanted, ctx.locale), call_id)


def adopt(ctx: Context, problem: Problem, answers: Mapping[str, Any]) -> None:
    """Take over answers that were given elsewhere, in any state and without touching the text."""
    if not ctx.trusted:
        raise PermissionDenied
    wanted = merged(values_of(problem), answers)
    check_storable(wanted)
    problem.intake = wanted.intake


def use_built(ctx: Context, problem_id: int, names: Collection[str]) -> Problem:
    """Replace what the owner has under *names* by what the answers make."""
    problem = find(ctx, problem_id)
    values = values_of(problem)
    fresh = built(values, ctx.locale)
    chosen = {name: text for name, text in fresh.items() if name in names}
    if all(getattr(values, name) == text for name, text in chosen.items()):
        return problem  # A second click.
    return _save(ctx, problem, replace(values, **chosen), None)


def dismiss(ctx: Context, problem_id: int, suggestions: Iterable[str]) -> Problem:
    """Do not offer *suggestions* again."""
    problem = find(ctx, problem_id)
    new = [item for item in suggestions if item not in problem.dismissed]
    if new:
        problem.dismissed = [*problem.dismissed, *new][-MAX_DISMISSED:]
        ctx.record("problem:dismiss", problem, suggestions=new)
    return problem


def find(ctx: Context, problem_id: int) -> Problem:
    """The problem, if the actor may write it."""
    problem = ctx.session.get(Problem, problem_id) if ctx.trusted else None
    problem = problem or get_problem(ctx.session, ctx.actor, problem_id)
    if problem is None:
        raise NotFound
    ctx.require(may_edit, problem)
    return problem


def merged(values: ProblemValues, given: Mapping[str, Any]) -> ProblemValues:
    """*values* with those *given* in their place; an empty answer is no answer."""
    own = {name: value for name, value in given.items() if name not in ANSWERS}
    answers = {**values.intake, **{k: v for k, v in given.items() if k in ANSWERS}}
    said = {name: answers[name] for name in questions() if answers.get(name) not in _NOT_SAID}
    return replace(values, **own, intake=said)


def fingerprint(values: ProblemValues, names: Iterable[str]) -> str:
    """A short hash of the values under *names*, by which a later save knows what it replaces."""
    said = {
        name: values.intake.get(name) if name in ANSWERS else _plain(getattr(values, name))
        for name in sorted(names)
    }
    text = json.dumps({k: v for k, v in said.items() if v not in _NOT_SAID}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def written(values: ProblemValues, locale: str) -> list[Written]:
    """The texts that are no longer what the answers make, each beside what they would make."""
    return [
        Written(name, text, own)
        for name, text in built(values, locale).items()
        if isinstance(text, str) and text and text != (own := getattr(values, name))
    ]


def built(values: ProblemValues, locale: str) -> dict[str, Any]:
    """What the answers make of the values that are written from them."""
    if not values.intake:
        return {}
    intake = intake_from(values)
    language = writing_language(values, locale)
    return {
        f"text_{language}": build_text(intake, language),
        f"data_{language}": build_data(intake, language),
        "data_volume": " ".join(intake.data_amount.split())[:_MAX_VOLUME],
        "has_personal_data": _PERSONAL.get(intake.personal or ""),
    }


def writing_language(values: ProblemValues, locale: str) -> str:
    """The language the answers are in; until there are any, that of the title or the reader."""
    titles = {"zh": values.title_zh, "en": values.title_en}
    titled = next((language for language, title in titles.items() if title.strip()), None)
    return language_of(intake_from(values)) or titled or language_of_locale(locale)


def rebuilt(old: ProblemValues, new: ProblemValues, locale: str) -> ProblemValues:
    """*new* with what is written from answers brought up to date, unless the owner changed it."""
    if new.intake == old.intake:
        return new
    before, after = built(old, locale), built(new, locale)
    following = {
        name: text
        for name, text in after.items()
        if getattr(new, name) in (None, "") or getattr(new, name) == before.get(name)
    }
    return replace(new, **_left(before, after, new), **following)


def _left(
    before: Mapping[str, Any], after: Mapping[str, Any], new: ProblemValues
) -> dict[str, Any]:
    """Texts in a language the answers are no longer in go with them."""
    gone = [name for name in before if name not in after]
    return {name: "" for name in gone if getattr(new, name) == before[name]}


def _save(ctx: Context, problem: Problem, values: ProblemValues, call_id: int | None) -> Problem:
    before = values_of(problem)
    saved = problems.update(ctx, problem.id, values, call_id=call_id)
    if any(getattr(before, name) != getattr(values, name) for name in _ENCODED):
        request_encoding(ctx)
    return saved


def _plain(value: Any) -> Any:
    if isinstance(value, Requirement):
        return [value.competency, value.level, value.importance]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def is_foreign(values: ProblemValues) -> bool:
    """Whether something is written, but mostly in a script that nobody here reads."""
    answers = (answer for answer in values.intake.values() if isinstance(answer, str))
    texts = "\n".join([values.title_zh, values.title_en, *answers])
    read = problem_document("", [Text("", texts, None)]).document.forms
    return not read and any(character.isalpha() for character in texts)


_NOT_SAID: tuple[Any, ...] = (None, "", [], (), False)
_ENCODED = ("title_zh", "title_en", "text_zh", "text_en")
