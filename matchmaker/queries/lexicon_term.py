"""Reading the office's terms, and the texts of a call that they help to read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.competency.text import fold, has_cjk
from matchmaker.errors import NotFound
from matchmaker.matching.documents import mask
from matchmaker.models import Call, LexiconTerm, Problem, Team, User
from matchmaker.policies.call import visible_calls
from matchmaker.policies.lexicon_term import visible_lexicon_terms
from matchmaker.queries.match_run import all_teams, published_problems
from matchmaker.queries.page import Page, paginate


def list_terms(
    session: Session, actor: User | None, *, query: str = "", number: int = 1
) -> Page[LexiconTerm]:
    """The terms that have *query* in them, in either language, the latest changed first."""
    statement = (
        sa.select(LexiconTerm)
        .where(visible_lexicon_terms(actor), _having(query))
        .order_by(LexiconTerm.updated_at.desc(), LexiconTerm.id.desc())
    )
    return paginate(session, statement, number=number)


def _having(query: str) -> sa.ColumnElement[bool]:
    word = query.strip()
    if not word:
        return sa.true()
    return sa.or_(
        LexiconTerm.folded.contains(fold(word), autoescape=True),
        sa.func.lower(LexiconTerm.english).contains(word.lower(), autoescape=True),
    )


def count_terms(session: Session, actor: User | None) -> int:
    """How many terms there are."""
    statement = sa.select(sa.func.count(LexiconTerm.id)).where(visible_lexicon_terms(actor))
    return session.scalar(statement) or 0


def get_term(
    session: Session, actor: User | None, term_id: int, *, lock: bool = False
) -> LexiconTerm:
    """The term, or `NotFound`; locked for a change if asked."""
    statement = sa.select(LexiconTerm).where(
        LexiconTerm.id == term_id, visible_lexicon_terms(actor)
    )
    if lock:
        # The second of two people who save at once must see the version the first one left.
        statement = statement.with_for_update().execution_options(populate_existing=True)
    term = session.scalar(statement)
    if term is None:
        raise NotFound
    return term


def all_terms(session: Session) -> Sequence[LexiconTerm]:
    """Every term in a fixed order: what the matcher reads with."""
    return session.scalars(sa.select(LexiconTerm).order_by(LexiconTerm.folded)).all()


def terms_written(session: Session, folded: Collection[str]) -> dict[str, LexiconTerm]:
    """The terms that are written so (folded), by how they are."""
    statement = sa.select(LexiconTerm).where(LexiconTerm.folded.in_(folded))
    return {term.folded: term for term in session.scalars(statement)}


def get_call(session: Session, actor: User | None, call_id: int) -> Call:
    """The call, or `NotFound`."""
    call = session.scalar(sa.select(Call).where(Call.id == call_id, visible_calls(actor)))
    if call is None:
        raise NotFound
    return call


def call_texts(session: Session, call_id: int) -> Iterator[str]:
    """The Chinese texts that a run over the call would read, without names and contact data."""
    for problem in published_problems(session, call_id):
        yield from _masked(_problem_texts(problem), _problem_names(problem))
    for team in all_teams(session, call_id):
        if team.archived_at is None:
            yield from _masked(_team_texts(team), _team_names(team))


def _masked(texts: Iterable[tuple[str, ...]], names: Collection[str]) -> Iterator[str]:
    for parts in texts:
        text = "\n".join(part for part in parts if part)
        if has_cjk(text):
            yield mask(text, names)


def _problem_texts(problem: Problem) -> Iterator[tuple[str, ...]]:
    yield problem.title_zh, problem.text_zh, problem.data_zh, *problem.techniques
    yield problem.title_en, problem.text_en, problem.data_en


def _problem_names(problem: Problem) -> list[str]:
    organization, author = problem.organization, problem.author
    names = [organization.name_zh, organization.name_en, problem.contact_name]
    return [*names, author.name] if author else names


def _team_texts(team: Team) -> Iterator[tuple[str, ...]]:
    yield team.title_zh, team.text_zh, *team.techniques
    yield team.title_en, team.text_en
    for work in team.works:
        yield work.title, work.text


def _team_names(team: Team) -> list[str]:
    names = [team.name_zh, team.name_en, *(member.user.name for member in team.members)]
    if team.organization is not None:
        names += [team.organization.name_zh, team.organization.name_en]
    return names
