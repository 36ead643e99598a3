"""Letters that tell owner and office what the other side has written since the last letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from matchmaker.assessment.intake import questions
from matchmaker.clock import utcnow
from matchmaker.i18n import N_, Message, language_of, translate
from matchmaker.models import Problem, ProblemComment, ProblemRevision, User
from matchmaker.queries.office_people import handlers
from matchmaker.queries.owner import reachable_members
from matchmaker.services.context import Context
from matchmaker.services.problem_comment import GENERAL
from matchmaker.services.problem_revision import FIELD_LABELS
from matchmaker.workflows.problem_revision import ProblemRevisionState

MAX_QUOTE = 300
CHANGED = N_("Text changed by the office: %(fields)s (version %(number)s)")

News = ProblemComment | ProblemRevision


def send(ctx: Context) -> int:
    """Write one letter about each problem to each side that has not been told; the number written."""
    news: list[News] = [*_untold_comments(ctx), *_untold_revisions(ctx)]
    count = 0
    for problem_id, by_office in sorted({(item.problem_id, item.by_office) for item in news}):
        own = [n for n in news if (n.problem_id, n.by_office) == (problem_id, by_office)]
        problem = ctx.session.get_one(Problem, problem_id)
        count += _to_owner(ctx, problem, own) if by_office else _to_office(ctx, problem, own)
        for item in own:
            item.told_at = utcnow()
    return count


def _untold_comments(ctx: Context) -> Sequence[ProblemComment]:
    statement = sa.select(ProblemComment).where(ProblemComment.told_at.is_(None))
    return ctx.session.scalars(statement.order_by(ProblemComment.id).with_for_update()).all()


def _untold_revisions(ctx: Context) -> Sequence[ProblemRevision]:
    """What the office changed; of the owner's own changes the office learns as they are submitted."""
    statement = sa.select(ProblemRevision).where(
        ProblemRevision.told_at.is_(None),
        ProblemRevision.by_office,
        ProblemRevision.state == ProblemRevisionState.RECORDED,
    )
    return ctx.session.scalars(statement.order_by(ProblemRevision.id).with_for_update()).all()


def _to_owner(ctx: Context, problem: Problem, news: Sequence[News]) -> int:
    members = reachable_members(ctx.session, problem)
    for person in members:
        _send(ctx, problem, person, person.locale, news)
    if not members:
        _send(ctx, problem, problem.contact_email, ctx.settings.default_locale, news)
    return len(members) or 1


def _to_office(ctx: Context, problem: Problem, news: Sequence[News]) -> int:
    people = handlers(ctx.session, problem)
    for person in people:
        _send(ctx, problem, person, person.locale, news)
    return len(people)


def _send(
    ctx: Context, problem: Problem, recipient: User | str, locale: str, news: Iterable[News]
) -> None:
    ctx.send_mail(
        "problem_comment.digest",
        recipient,
        locale=locale,
        about=problem,
        title=problem.title(language_of(locale)),
        news="\n\n".join(_said(item, locale) for item in news),
        url=f"{ctx.settings.base_url}/problems/{problem.id}/coaching",
    )


def _said(item: News, locale: str) -> str:
    if isinstance(item, ProblemRevision):
        names = ", ".join(field_label(name, locale) for name in item.changed)
        return translate(Message(CHANGED, {"fields": names, "number": item.number}), locale)
    body = item.body if len(item.body) <= MAX_QUOTE else item.body[:MAX_QUOTE].rstrip() + "…"
    return f"{field_label(item.field, locale)}\n{body}"


def field_label(name: str, locale: str) -> str:
    """What a field of a problem or a question of the guide is called."""
    if name == GENERAL:
        return translate(N_("In general"), locale)
    if name in FIELD_LABELS:
        return translate(FIELD_LABELS[name], locale)
    question = questions().get(name)
    return question.label(language_of(locale)) if question else name
