"""Use cases on teams: a profile is written, shown to everybody or not, archived and brought back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from typing import Any

import sqlalchemy as sa

from matchmaker import competency
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    MemberRole,
    Team,
    TeamCompetency,
    TeamKind,
    TeamMember,
    TeamWork,
    WithdrawalCause,
)
from matchmaker.policies.base import Permission
from matchmaker.policies.team import may_archive, may_create, may_edit, may_publicise
from matchmaker.queries.team import get_team
from matchmaker.reference import REGIONS
from matchmaker.services.application_withdrawal import withdraw_all
from matchmaker.services.context import Context

MAX_WORKS = 30
MAX_TECHNIQUES = 40
MAX_CAPACITY = 20
#: More than a profile says in earnest; reading a hundred times as much would take minutes.
MAX_SUGGESTED_FROM = 100_000
FIRST_YEAR = 1950
TEXT_MAX = 20_000
LINE_MAX = {"name_zh": 120, "name_en": 120, "title_zh": 200, "title_en": 200}


@dataclass(frozen=True)
class WorkValues:
    """One past work."""

    title: str
    text: str = ""
    year: int | None = None


@dataclass(frozen=True)
class CompetencyValues:
    """A level for one competency, and where it is known from."""

    competency: str
    level: int
    source: str = "self"


@dataclass(frozen=True, kw_only=True)
class TeamValues:
    """What a team says of itself. Who sees it is decided apart, by `publicise` and `hide`."""

    kind: TeamKind
    name_zh: str = ""
    name_en: str = ""
    title_zh: str = ""
    title_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    region: str | None = None
    sectors: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    capacity: int = 1
    organization_id: int | None = None
    works: tuple[WorkValues, ...] = ()
    competencies: tuple[CompetencyValues, ...] = ()


#: The fields of `TeamValues` that are columns of the team itself.
COLUMNS = tuple(f.name for f in fields(TeamValues) if f.name not in ("works", "competencies"))


def create(ctx: Context, values: TeamValues, *, external_id: str | None = None) -> Team:
    """Found a team; whoever does so becomes its lead. Only the team sees it at first."""
    ctx.require(may_create)
    _check(ctx, values, None)
    twin = _twin(ctx, values)
    if twin is not None:
        return twin
    team = Team(kind=values.kind, external_id=external_id)
    if ctx.actor is not None:
        team.members.append(TeamMember(user=ctx.actor, role=MemberRole.LEAD))
    _write(team, values)
    ctx.session.add(team)
    ctx.record("team:create", team)
    return team


def _twin(ctx: Context, values: TeamValues) -> Team | None:
    """The team that a first click on the same form has founded."""
    if ctx.actor is None:
        return None
    ctx.lock_actor()
    mine = Team.members.any(TeamMember.user_id == ctx.actor.id)
    own = ctx.session.scalars(sa.select(Team).where(mine, Team.archived_at.is_(None)))
    return next((team for team in own if values_of(team) == _in_order(values)), None)


def values_of(team: Team) -> TeamValues:
    """The values as saved."""
    columns = {name: getattr(team, name) for name in COLUMNS}
    columns |= {"sectors": tuple(team.sectors), "techniques": tuple(team.techniques)}
    return _in_order(
        TeamValues(
            **columns,
            works=tuple(WorkValues(w.title, w.text, w.year) for w in team.works),
            competencies=tuple(
                CompetencyValues(c.competency, c.level, c.source) for c in team.competencies
            ),
        )
    )


def _in_order(values: TeamValues) -> TeamValues:
    ordered = sorted(values.competencies, key=lambda claim: claim.competency)
    return replace(values, competencies=tuple(ordered))


def update(ctx: Context, team_id: int, values: TeamValues, *, version: int | None) -> Team:
    """Change a team's profile. *version* is what the author had before them; None skips the check.

    Raises
    ------
    StaleVersion
        If somebody saved the team since.
    InvalidTransition
        If the team is archived.
    """
    team = _get(ctx, team_id, may_edit)
    require_active(team)
    if version is not None and team.version != version:
        if values_of(team) == _in_order(values):
            return team  # A second click on the same form.
        raise StaleVersion
    _check(ctx, values, team)
    changed = _write(team, values)
    ctx.record("team:update", team, changed=changed)
    return team


def require_active(team: Team) -> None:
    """Raise `InvalidTransition` if *team* is archived."""
    if team.archived_at is not None:
        raise InvalidTransition(N_("This team is archived. Bring it back before you change it."))


def publicise(ctx: Context, team_id: int) -> Team:
    """Show the team in the public directory."""
    return _show(ctx, team_id, public=True)


def hide(ctx: Context, team_id: int) -> Team:
    """Take the team out of the public directory."""
    return _show(ctx, team_id, public=False)


def _show(ctx: Context, team_id: int, *, public: bool) -> Team:
    team = _get(ctx, team_id, may_publicise)
    if team.is_public != public:
        team.is_public = public
        ctx.record("team:publicise" if public else "team:hide", team)
    return team


def archive(ctx: Context, team_id: int) -> Team:
    """Pause the team: it is not shown and not matched, and its applications are withdrawn."""
    team = _get(ctx, team_id, may_archive)
    if team.archived_at is None:
        team.archived_at = utcnow()
        ctx.record("team:archive", team)
        withdraw_all(ctx, team, WithdrawalCause.DISSOLVED)
    return team


def restore(ctx: Context, team_id: int) -> Team:
    """Bring an archived team back; who sees it is as it was before."""
    team = _get(ctx, team_id, may_archive)
    if team.archived_at is not None:
        team.archived_at = None
        ctx.record("team:restore", team)
    return team


def _get(ctx: Context, team_id: int, permission: Permission) -> Team:
    team = get_team(ctx.session, ctx.actor, team_id, lock=True, trusted=ctx.trusted)
    ctx.require(permission, team)
    return team


def _write(team: Team, values: TeamValues) -> list[str]:
    """Put *values* into *team*; the names of what changed."""
    new: dict[str, Any] = {name: getattr(values, name) for name in COLUMNS}
    new |= {"sectors": list(values.sectors), "techniques": list(values.techniques)}
    changed = [name for name, value in new.items() if getattr(team, name) != value]
    for name in changed:
        setattr(team, name, new[name])
    changed += ["works"] if _write_works(team, values.works) else []
    changed += ["competencies"] if _write_competencies(team, values.competencies) else []
    team.refresh_search_text()
    # Works and competencies are rows of their own: this makes the team's version move with them.
    team.updated_at = utcnow()
    return changed


def _write_works(team: Team, works: tuple[WorkValues, ...]) -> bool:
    if tuple(WorkValues(w.title, w.text, w.year) for w in team.works) == works:
        return False
    team.works = [
        TeamWork(position=position, title=work.title, text=work.text, year=work.year)
        for position, work in enumerate(works)
    ]
    return True


def _write_competencies(team: Team, claimed: tuple[CompetencyValues, ...]) -> bool:
    wanted = {claim.competency: claim for claim in claimed}
    known = {row.competency: row for row in team.competencies}
    changed = False
    for row in [row for row in team.competencies if row.competency not in wanted]:
        team.competencies.remove(row)
        changed = True
    for claim in claimed:
        old = known.get(claim.competency)
        if old is None:
            row = TeamCompetency(
                competency=claim.competency, level=claim.level, source=claim.source
            )
            team.competencies.append(row)
        elif old.level != claim.level or claim.source not in ("self", old.source):
            old.level, old.source = claim.level, claim.source
        else:
            continue  # An unchanged level keeps where it is known from.
        changed = True
    return changed


def _check(ctx: Context, values: TeamValues, team: Team | None) -> None:
    problems: dict[str, list[Message]] = {}

    def refuse(field: str, text: str, **params: Any) -> None:
        problems.setdefault(field, []).append(Message(text, params))

    if not (values.name_zh or values.name_en):
        refuse("name_zh", N_("Give the team a name in at least one language."))
    for name in COLUMNS:
        limit = LINE_MAX.get(name, TEXT_MAX)
        if name[-3:] in ("_zh", "_en") and len(getattr(values, name)) > limit:
            refuse(name, N_("Please use at most %(limit)s characters."), limit=limit)
    if not 0 <= values.capacity <= MAX_CAPACITY:
        refuse("capacity", N_("A number from 0 to %(limit)s, please."), limit=MAX_CAPACITY)
    if not _may_belong(ctx, values.organization_id, team):
        refuse("organization_id", N_("Choose an organization you belong to."))
    _check_codes(values, refuse)
    _check_works(values.works, refuse)
    if problems:
        raise InvalidInput(fields=problems)


def _may_belong(ctx: Context, organization_id: int | None, team: Team | None) -> bool:
    """A person brings a team under an organization of their own; one already there may stay."""
    allowed: set[int | None] = {None, team.organization_id if team else None}
    if ctx.actor is not None:
        allowed |= ctx.actor.organization_ids
    return ctx.trusted or organization_id in allowed


def _check_codes(values: TeamValues, refuse: Any) -> None:
    taxonomy = competency.load_taxonomy()
    if values.region is not None and values.region not in REGIONS:
        refuse("region", N_("There is no region called %(name)s."), name=values.region)
    for sector in values.sectors:
        if sector not in taxonomy.sectors:
            refuse("sectors", N_("There is no sector called %(name)s."), name=sector)
    if len(values.techniques) > MAX_TECHNIQUES or any(len(t) > 100 for t in values.techniques):
        refuse(
            "techniques",
            N_("At most %(limit)s techniques of at most 100 characters each, please."),
            limit=MAX_TECHNIQUES,
        )
    names = [claim.competency for claim in values.competencies]
    for name in dict.fromkeys(names):
        if name not in taxonomy.competencies:
            refuse("competencies", N_("There is no competency called %(name)s."), name=name)
    if len(set(names)) < len(names):
        refuse("competencies", N_("Each competency can be claimed once only."))
    if any(not 1 <= claim.level <= competency.MAX_LEVEL for claim in values.competencies):
        refuse("competencies", N_("A level is a number from 1 to 5."))


def _check_works(works: Collection[WorkValues], refuse: Any) -> None:
    if len(works) > MAX_WORKS:
        refuse("works", N_("Please describe at most %(limit)s works."), limit=MAX_WORKS)
    last_year = utcnow().year + 1
    for number, work in enumerate(works, 1):
        if not work.title:
            refuse("works", N_("Give work %(number)s a title."), number=number)
        if len(work.title) > 200 or len(work.text) > TEXT_MAX:
            refuse("works", N_("The description of work %(number)s is too long."), number=number)
        if work.year is not None and not FIRST_YEAR <= work.year <= last_year:
            refuse(
                "works",
                N_("The year of work %(number)s should lie between %(first)s and %(last)s."),
                number=number,
                first=FIRST_YEAR,
                last=last_year,
            )


@dataclass(frozen=True)
class Suggestion:
    """A concept the team's own words speak of, with those words; for the team to accept or not."""

    concept: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Suggestions:
    """What a profile's text suggests beyond what the team has said already."""

    competencies: tuple[Suggestion, ...] = ()
    sectors: tuple[Suggestion, ...] = ()
    techniques: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.competencies or self.sectors or self.techniques)


def suggest(values: TeamValues) -> Suggestions:
    """Concepts that the text of *values* speaks of and that are not in it yet."""
    parts = [values.title_zh, values.title_en, values.text_zh, values.text_en]
    parts += [part for work in values.works for part in (work.title, work.text)]
    text = "\n".join(part for part in parts if part)[:MAX_SUGGESTED_FROM]
    claimed = {claim.competency for claim in values.competencies}
    known = {technique.casefold() for technique in values.techniques}
    return Suggestions(
        _beyond(competency.suggest_competencies(text), claimed),
        _beyond(competency.suggest_sectors(text), values.sectors),
        tuple(t for t in competency.suggest_techniques(text) if t.casefold() not in known),
    )


def _beyond(
    found: Collection[competency.Concept], known: Collection[str]
) -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(concept.id, tuple(dict.fromkeys(m.surface for m in concept.mentions))[:5])
        for concept in found
        if concept.id not in known
    )
