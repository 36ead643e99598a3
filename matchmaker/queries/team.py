"""Reading teams: the directory, one profile, what a person belongs to, how much a profile shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.errors import NotFound
from matchmaker.matching import Confidence, MatchConfig
from matchmaker.models import Team, TeamCompetency, TeamKind, TeamMember, TeamWork, User
from matchmaker.policies.membership import may_read_members
from matchmaker.policies.team import public_teams, visible_teams
from matchmaker.queries import search
from matchmaker.queries.page import Page, paginate

PROFILE = (
    selectinload(Team.works),
    selectinload(Team.competencies),
    joinedload(Team.organization),
)
#: How many descriptions a team is asked for, and how long each should be, in words.
WANTED_WORKS = (8, 12)
WANTED_WORDS = (100, 200)
#: A description shorter than this says too little for a ranking to rest on it.
SUBSTANTIAL_WORDS = 20


@dataclass(frozen=True)
class TeamFilter:
    """What the directory is narrowed to; empty means everything."""

    text: str = ""
    sector: str = ""
    competency: str = ""
    kind: TeamKind | None = None
    region: str = ""
    language: str = ""

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """One condition for each filter that is set."""
        found: list[sa.ColumnElement[bool]] = []
        if self.text.strip():
            found.append(search.matches(Team.search_text, self.text))
        if self.sector:
            # Sector codes are plain ASCII, so their JSON list can be searched as text.
            found.append(
                sa.cast(Team.sectors, sa.Text).contains(f'"{self.sector}"', autoescape=True)
            )
        if self.competency:
            claimed = sa.select(TeamCompetency.team_id).where(
                TeamCompetency.competency == self.competency
            )
            found.append(Team.id.in_(claimed))
        if self.kind:
            found.append(Team.kind == self.kind)
        if self.region:
            found.append(Team.region == self.region)
        if self.language in ("zh", "en"):
            columns = (Team.title_zh, Team.text_zh), (Team.title_en, Team.text_en)
            written = columns[0] if self.language == "zh" else columns[1]
            found.append(sa.or_(*(column != "" for column in written)))
        return found


def directory(session: Session, wanted: TeamFilter, *, number: int = 1) -> Page[Team]:
    """The public teams that *wanted* leaves, those who showed the most recent life first."""
    statement = (
        sa.select(Team)
        .where(public_teams(), *wanted.conditions())
        .options(*PROFILE)
        .order_by(sa.func.coalesce(Team.updated_at, Team.created_at).desc(), Team.id.desc())
    )
    return paginate(session, statement, number=number)


def count_public(session: Session) -> int:
    """How many teams the directory has."""
    return session.scalar(sa.select(sa.func.count(Team.id)).where(public_teams())) or 0


def get_team(
    session: Session, actor: User | None, team_id: int, *, lock: bool = False, trusted: bool = False
) -> Team:
    """The team with its profile, or `NotFound`; locked for a change if asked."""
    visible = sa.true() if trusted else visible_teams(actor)
    statement: sa.Select[Any] = sa.select(Team).where(Team.id == team_id, visible)
    statement = statement.options(*PROFILE)
    if lock:
        # The second of two people who save at once must see the version the first one left.
        statement = statement.with_for_update(of=Team).execution_options(populate_existing=True)
    team: Team | None = session.scalar(statement)
    if team is None:
        raise NotFound
    return team


def members_of(session: Session, actor: User | None, team: Team) -> Sequence[TeamMember]:
    """The team's members, leads first, for those who may know them; else nobody."""
    if not may_read_members.allows(actor, team):
        return []
    statement = (
        sa.select(TeamMember)
        .where(TeamMember.team_id == team.id)
        .options(joinedload(TeamMember.user))
        .order_by(TeamMember.role, TeamMember.id)
    )
    return session.scalars(statement).all()


def teams_of(session: Session, actor: User) -> Sequence[Team]:
    """The teams *actor* belongs to, active ones first."""
    statement = (
        sa.select(Team)
        .where(Team.id.in_(actor.team_ids), visible_teams(actor))
        .options(*PROFILE)
        .order_by(Team.archived_at.is_not(None), Team.id)
    )
    return session.scalars(statement).all()


@dataclass(frozen=True)
class Strength:
    """How much a profile gives the matcher to rest on, and what would add to it."""

    confidence: Confidence
    #: Descriptions long enough to count: past works, and what the team says of itself.
    n_substantial: int
    n_works: int
    #: Titles of works that are too short to count.
    short_works: tuple[str, ...]
    n_competencies: int
    has_sectors: bool

    @property
    def missing_works(self) -> int:
        """How many more works the team should describe."""
        return max(0, WANTED_WORKS[0] - (self.n_works - len(self.short_works)))


def strength(team: Team) -> Strength:
    """How much *team* has shown, by the rule the matcher goes by."""
    short = tuple(work.title for work in team.works if not is_substantial(work))
    n_substantial = len(team.works) - len(short) + _describes_itself(team)
    limits = MatchConfig()
    confidence = (
        Confidence.RICH
        if n_substantial >= limits.rich
        else Confidence.FAIR
        if n_substantial >= limits.fair
        else Confidence.THIN
    )
    return Strength(
        confidence,
        n_substantial,
        len(team.works),
        short,
        len(team.competencies),
        bool(team.sectors),
    )


def is_substantial(work: TeamWork) -> bool:
    """Whether a work is described at enough length to count."""
    return count_words(f"{work.title}\n{work.text}") >= SUBSTANTIAL_WORDS


def _describes_itself(team: Team) -> bool:
    tail = " ".join(team.techniques)
    texts = (f"{team.title_zh} {team.text_zh} {tail}", f"{team.title_en} {team.text_en} {tail}")
    return max(map(count_words, texts)) >= SUBSTANTIAL_WORDS


def count_words(text: str) -> int:
    """The length of *text* in words; two Chinese characters count as one.

    >>> count_words("以深度學習 classify images")
    4
    """
    n_han = sum("\u3400" <= character <= "\u9fff" for character in text)
    return n_han // 2 + len([word for word in text.split() if word.isascii()])
