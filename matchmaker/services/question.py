"""Questions about a problem: teams ask, owner or office answers, the office hides what must not stand."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import Any

from matchmaker.clock import utcnow
from matchmaker.competency import has_cjk
from matchmaker.errors import (
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    RateLimited,
    StaleVersion,
)
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import (
    AnswerSide,
    Problem,
    Question,
    QuestionAnswer,
    QuestionFollow,
    Team,
    User,
)
from matchmaker.policies.attachment import is_keeper
from matchmaker.policies.question import may_answer_questions, may_ask, may_follow, may_moderate
from matchmaker.queries import question as queries
from matchmaker.queries.office_setting import value as office_value
from matchmaker.services.attachment import find_problem
from matchmaker.services.context import Context
from matchmaker.services.owner import write_to_owner
from matchmaker.workflows.problem import PROBLEM_WORKFLOW, ProblemState
from matchmaker.workflows.question import QuestionAction, QuestionState

LEAST = 10
MAX_TEXT = 4_000
MAX_REASON = 500
#: How many questions a team may ask about one problem in a day.
PER_DAY = 5
DAY = timedelta(days=1)
#: How long before an answer is due, and how often after, its owner is reminded.
REMIND_AHEAD = timedelta(days=2)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|(?<!\d)09\d{2}[\s-]?\d{3}[\s-]?\d{3}(?!\d)")


def ask(ctx: Context, problem_id: int, *, team_id: int, text: str, language: str = "") -> Question:
    """A member asks for their team; everybody who may see the problem reads the question, not who asked."""
    problem = find_problem(ctx, problem_id)
    ctx.require(may_ask, problem)
    _check_open(problem)
    team = own_team(ctx, team_id)
    text = _checked(text)
    ctx.lock_actor()
    twin = queries.find_twin(ctx.session, problem.id, team.id, text)
    if twin is not None:
        return twin  # A second click.
    _refuse_names(text, _actor(ctx), team)
    now = utcnow()
    if queries.count_lately(ctx.session, problem.id, team.id, now - DAY) >= PER_DAY:
        raise RateLimited(
            N_(
                "Your team has asked %(count)s questions about this problem today. Ask more tomorrow."
            ),
            count=PER_DAY,
        )
    question = Question(
        problem=problem,
        team=team,
        asker=_actor(ctx),
        text=text,
        language=_language(text, language),
        due_at=now + timedelta(days=office_value(ctx.session, "question_due_days")),
    )
    ctx.session.add(question)
    ctx.record("question:ask", question, problem_id=problem.id, team_id=team.id)
    follow(ctx, problem.id)
    write_to_owner(ctx, problem, "question.asked", path=_path(question), text=text)
    return question


def _actor(ctx: Context) -> User:
    if ctx.actor is None:
        raise InvalidInput
    return ctx.actor


def closes_at(problem: Problem) -> Any:
    """When questions about *problem* end: with the deadline for teams."""
    return problem.deadline_at


def takes_questions(problem: Problem) -> bool:
    """Whether teams can ask about *problem* now."""
    if problem.state is not ProblemState.PUBLISHED:
        return False
    return problem.deadline_at is None or utcnow() < problem.deadline_at


def _check_open(problem: Problem) -> None:
    if problem.state is not ProblemState.PUBLISHED:
        raise InvalidTransition(
            N_("This problem is in the state “%(state)s”: questions are closed."),
            state=Message(PROBLEM_WORKFLOW.labels[problem.state].public),
        )
    if not takes_questions(problem):
        raise DeadlinePassed(
            N_(
                "The deadline for teams has passed, and questions closed with it. Answers still appear."
            )
        )


def own_team(ctx: Context, team_id: int) -> Team:
    """The team, if the actor can ask for it."""
    for team in queries.asking_teams(ctx.session, _actor(ctx)):
        if team.id == team_id:
            return team
    raise PermissionDenied(N_("Choose one of your own teams."))


def _checked(text: str) -> str:
    text = text.strip()
    if len(text) < LEAST:
        message = Message(N_("Write at least %(least)s characters."), {"least": LEAST})
        raise InvalidInput(fields={"text": [message]})
    if len(text) > MAX_TEXT:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_TEXT})
        raise InvalidInput(fields={"text": [message]})
    return text


def _refuse_names(text: str, asker: User, team: Team) -> None:
    """A question is shown without names, so it must not give one away by itself."""
    folded = _folded(text)
    names = (team.name_zh, team.name_en, asker.name)
    named = [name for name in names if len(name.strip()) > 1 and _folded(name) in folded]
    if named or _ADDRESS.search(text):
        told = named[0] if named else _ADDRESS.search(text).group()  # type: ignore[union-attr]
        message = N_(
            "Your question gives away who asks (“%(told)s”). It is shown to everybody without "
            "names: leave that out."
        )
        raise InvalidInput(fields={"text": [Message(message, {"told": told})]})


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _language(text: str, given: str) -> str:
    """The language as chosen, else as written."""
    return given if given in ("zh", "en") else "zh" if has_cjk(text) else "en"


def answer(
    ctx: Context, question_id: int, text: str, *, version: int, language: str = ""
) -> Question:
    """Owner or office answers, or corrects the answer; every version stays on record."""
    question = _find(ctx, question_id)
    ctx.require(may_answer_questions, question.problem)
    text, before = _checked_answer(text), question.answer
    if before is not None and before.text == text:
        return question  # A second click, or nothing changed.
    _check_version(question, version)
    state = question.apply(QuestionAction.ANSWER)
    now, actor = utcnow(), ctx.actor
    is_owner = actor is not None and is_keeper(actor, question.problem)
    side = AnswerSide.OWNER if is_owner else AnswerSide.OFFICE
    question.answers.append(
        QuestionAnswer(
            author_id=actor.id if actor else None,
            side=side,
            text=text,
            language=_language(text, language),
            created_at=now,
        )
    )
    question.answered_at = question.answered_at or now
    facts = {"problem_id": question.problem_id, "number": len(question.answers)}
    ctx.record("question:answer", question, before=state, after=question.state, **facts)
    _tell_followers(ctx, question)
    return question


def _checked_answer(text: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput(fields={"text": [Message(N_("Write the answer."))]})
    if len(text) > MAX_TEXT:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_TEXT})
        raise InvalidInput(fields={"text": [message]})
    return text


def _check_version(question: Question, version: int) -> None:
    if question.version != version:
        raise StaleVersion


def _find(ctx: Context, question_id: int) -> Question:
    return queries.get_question(ctx.session, ctx.actor, question_id, lock=True)


def _path(question: Question) -> str:
    return f"/problems/{question.problem_id}/questions#question-{question.id}"


def _tell_followers(ctx: Context, question: Question) -> None:
    """Whoever asked or follows reads the answer, or that it was corrected."""
    kind = "question.answered" if len(question.answers) == 1 else "question.corrected"
    url, latest = f"{ctx.settings.base_url}{_path(question)}", question.answers[-1]
    for user in queries.followers(ctx.session, question.problem_id):
        if ctx.actor is not None and user.id == ctx.actor.id:
            continue
        title = question.problem.title(language_of(user.locale))
        texts = {"question": question.text, "answer": latest.text}
        ctx.send_mail(kind, user, about=question, title=title, url=url, **texts)


def hide(ctx: Context, question_id: int, *, reason: str, version: int) -> Question:
    """The office takes a question out of sight; the team that asked reads why."""
    question = _find(ctx, question_id)
    ctx.require(may_moderate, question.problem)
    reason = reason.strip()
    if not reason:
        message = Message(N_("Say why: the team that asked reads it, and it is kept on record."))
        raise InvalidInput(fields={"reason": [message]})
    if len(reason) > MAX_REASON:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_REASON})
        raise InvalidInput(fields={"reason": [message]})
    if question.state is QuestionState.HIDDEN and question.hide_reason == reason:
        return question  # A second click.
    _check_version(question, version)
    question.hide_reason = reason
    before = question.apply(QuestionAction.HIDE)
    facts = {"problem_id": question.problem_id, "reason": reason}
    ctx.record("question:hide", question, before=before, after=question.state, **facts)
    title = question.problem.title(language_of(question.asker.locale))
    url = f"{ctx.settings.base_url}{_path(question)}"
    texts = {"title": title, "note": reason, "url": url}
    ctx.send_mail("question.hidden", question.asker, about=question, **texts)
    return question


def show_again(ctx: Context, question_id: int, *, version: int) -> Question:
    """The office shows a hidden question again, with its answer if it has one."""
    question = _find(ctx, question_id)
    ctx.require(may_moderate, question.problem)
    _check_version(question, version)
    action = QuestionAction.RESTORE if question.answers else QuestionAction.REOPEN
    before = question.apply(action)
    question.hide_reason = ""
    facts = {"problem_id": question.problem_id}
    ctx.record("question:show", question, before=before, after=question.state, **facts)
    return question


def follow(ctx: Context, problem_id: int) -> None:
    """The actor gets a letter about every answer."""
    problem, actor = find_problem(ctx, problem_id), _actor(ctx)
    ctx.require(may_follow, problem)
    if queries.find_follow(ctx.session, actor.id, problem.id) is None:
        ctx.session.add(QuestionFollow(problem_id=problem.id, user_id=actor.id))


def unfollow(ctx: Context, problem_id: int) -> None:
    """No more letters for the actor."""
    found = queries.find_follow(ctx.session, _actor(ctx).id, problem_id)
    if found is None:
        raise NotFound
    ctx.session.delete(found)


def remind(ctx: Context) -> int:
    """Write to owners whose answers are due or late; how many questions were meant."""
    now = utcnow()
    due = queries.due_for_reminder(ctx.session, now, REMIND_AHEAD)
    for question in due:
        question.reminded_at = now
        kind = "question.late" if question.due_at < now else "question.due"
        write_to_owner(ctx, question.problem, kind, path=_path(question), text=question.text)
    return len(due)
