"""An application as readers who decide on it get it: in a blind call without anything that names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.assessment.application_parts import read_parts
from matchmaker.assessment.independence import house_of
from matchmaker.i18n import N_, Message
from matchmaker.matching.redaction import redact
from matchmaker.models import Application, ApplicationRevision, CallRules, User
from matchmaker.policies.application_review import is_blind
from matchmaker.queries.review_round import rules_of

#: A word of a domain is taken for a name from this many letters on.
BRAND = 5


@dataclass(frozen=True)
class ReadPart:
    """One part of a proposal, called as the call calls it."""

    zh: str
    en: str
    text: str
    kind: str = "text"

    def name(self, language: str) -> str:
        """What the part is called in *language*."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class ReadPerson:
    """Somebody who works in it; without a name if readers must not learn it."""

    name: Message | str
    role: str
    share: int


@dataclass(frozen=True)
class ReadFile:
    """A file that goes with it. Blind readers learn its kind alone, and cannot open it."""

    id: int | None
    name: Message | str
    kind: str
    size: int | None


@dataclass(frozen=True)
class ApplicationText:
    """What a reader reads."""

    is_blind: bool
    #: Empty for a blind reader.
    team: str
    organization: str
    parts: list[ReadPart]
    people: list[ReadPerson]
    files: list[ReadFile]


def read_application(
    session: Session, application: Application, language: str, *, blind: bool | None = None
) -> ApplicationText:
    """*application* as handed in last; *blind* as its call says unless given."""
    rules = rules_of(session, application.call_id)
    hides = is_blind(rules) if blind is None else blind
    revision = application.standing
    if revision is None:
        return ApplicationText(hides, "", "", [], [], [])
    names, people = names_around(session, application)

    def shown(text: str) -> str:
        return redact(text, names, people) if hides else text

    team, organization = application.team, application.team.organization
    return ApplicationText(
        is_blind=hides,
        team="" if hides else team.name(language),
        organization="" if hides or organization is None else organization.name(language),
        parts=[
            ReadPart(part.zh, part.en, shown(part.text), part.kind)
            for part in _parts(rules, revision)
        ],
        people=_people(session, revision, shown, hides),
        files=_files(revision, hides, application),
    )


def _parts(rules: CallRules | None, revision: ApplicationRevision) -> list[ReadPart]:
    """The parts that say something, in the order of the call; then what the call no longer asks."""
    known = {part.id: part for part in read_parts(rules.parts if rules else [])}
    order = [*known, *(name for name in revision.parts if name not in known)]
    found = []
    for name in order:
        text = str(revision.parts.get(name) or "")
        part = known.get(name)
        if text:
            found.append(
                ReadPart(part.zh, part.en, text, part.kind) if part else ReadPart(name, name, text)
            )
    return found


def names_around(session: Session, application: Application) -> tuple[list[str], list[str]]:
    """The names of the team and of its organizations, and of everybody in or around it."""
    team, revision = application.team, application.standing
    listed = [row["user_id"] for row in revision.people] if revision else []
    users = {member.user for member in team.members} | {
        person.user for person in application.people
    }
    users |= {user for user_id in listed if (user := session.get(User, user_id))}
    users |= {user for user in (application.lead,) if user is not None}
    houses = {place.organization for user in users for place in user.organization_memberships}
    if team.organization is not None:
        houses.add(team.organization)
    names = [team.name_zh, team.name_en, team.external_id or ""]
    names += [name for house in houses for name in (house.name_zh, house.name_en)]
    names += [house.registration_number or "" for house in houses]
    addresses = [*(user.email for user in users), *(house.website for house in houses)]
    names += [name for address in addresses for name in _domain_names(address)]
    # The owner's name may stand in every proposal for its problem, and says nothing of the team.
    owner = application.problem.organization
    names = [name for name in names if name not in (owner.name_zh, owner.name_en)]
    return sorted(names), sorted(user.name for user in users)


def _domain_names(address: str | None) -> list[str]:
    """The domain of an address that belongs to a house, and its longest word: mostly a brand."""
    domain = house_of(address)
    if domain is None:
        return []
    word = max(domain.split("."), key=len)
    return [domain, word] if len(word) >= BRAND else [domain]


def _people(
    session: Session,
    revision: ApplicationRevision,
    shown: Callable[[str], str],
    hides: bool,
) -> list[ReadPerson]:
    found = []
    for number, row in enumerate(revision.people, start=1):
        user = None if hides else session.get(User, row["user_id"])
        name = user.name if user is not None else Message(N_("Person %(n)s"), {"n": number})
        found.append(ReadPerson(name, shown(row.get("role", "")), row.get("share", 0)))
    return found


def _files(revision: ApplicationRevision, hides: bool, application: Application) -> list[ReadFile]:
    kinds = {file.id: file.kind for file in application.files}
    return [
        ReadFile(None, Message(N_("File %(n)s"), {"n": number}), kinds.get(row["id"], ""), None)
        if hides
        else ReadFile(row["id"], row["name"], kinds.get(row["id"], ""), row["size"])
        for number, row in enumerate(revision.files, start=1)
    ]
