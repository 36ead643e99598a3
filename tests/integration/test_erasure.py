"""Whoever asks to be forgotten is: their name and address stand nowhere, and the record is whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.db import make_engine, make_sessions
from matchmaker.errors import Conflict, PermissionDenied
from matchmaker.models import Base, MemberRole, Role, TeamMember, User
from matchmaker.services import account_administration, audit
from matchmaker.services.context import Context
from matchmaker.services.erasure import without
from matchmaker.settings import Settings
from tests import world
from tests.factories import Factory

#: Where a name stays all the same, and why.
KEPT = {
    "data_acceptances.name": "a word given to the owner of the data is worth its name alone",
}
#: Kinds of columns that hold no words.
WORDLESS = (sa.Integer, sa.Float, sa.Boolean, sa.Enum, sa.DateTime, sa.Date)


def columns() -> Iterator[tuple[sa.Table, sa.Column[Any]]]:
    """Every column that could hold a name."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, WORDLESS):
                yield table, column


def found_in(session: Session, word: str) -> dict[str, int]:
    """The columns in which *word* stands, as text or as JSON writes it, and in how many rows."""
    found = {}
    for forms in [{word, json.dumps(word)[1:-1]}]:
        for table, column in columns():
            text = sa.type_coerce(sa.cast(sa.type_coerce(column, sa.Text), sa.Text), sa.Text)
            says = sa.or_(*(text.contains(form, autoescape=True) for form in forms))
            count = session.scalar(sa.select(sa.func.count()).select_from(table).where(says))
            if count:
                found[str(column)] = count
    return found


def found_in_files(folder: Path, word: str) -> list[str]:
    """Kept files whose name or bytes have *word* in them; letters that have left are out of reach."""
    files = [
        path
        for path in folder.rglob("*")
        if path.is_file() and ".db" not in path.name and path.parent.name != "mail"
    ]
    return [path.name for path in files if word in path.name or word.encode() in path.read_bytes()]


def total(session: Session) -> dict[str, int]:
    """How many rows the tables have that decisions and figures are made of."""
    names = (
        "applications",
        "application_reviews",
        "decisions",
        "engagements",
        "awards",
        "problems",
    )
    return {
        name: session.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables[name]))
        or 0
        for name in names
    }


@pytest.fixture(scope="module")
def programme(copy_sample: Callable[[], Settings]) -> Iterator[tuple[Session, Settings]]:
    """A copy of the sample programme, in which people have done all there is to do."""
    settings = copy_sample()
    engine = make_engine(settings.url)
    with make_sessions(engine)() as session:
        yield session, settings
    engine.dispose()


def replace_lead(session: Session, user: User) -> None:
    """Let somebody else lead what *user* alone leads, so that nothing stands in the way."""
    make = Factory(session)
    for member in [*user.organization_memberships, *user.team_memberships]:
        group = getattr(member, "team", None) or member.organization
        others = [one for one in group.members if one.user_id != user.id]
        if others:
            others[0].role = MemberRole.LEAD
        else:
            heir = make.user(email=f"heir{user.id}-{group.id}@else.example")
            group.members.append(type(member)(user=heir, role=MemberRole.LEAD))
    session.commit()


def test_a_person_who_did_everything_is_named_nowhere(programme: tuple[Session, Settings]) -> None:
    session, settings = programme
    people = session.scalars(sa.select(User).where(User.email.in_(world.PEOPLE.values()))).all()
    named = {user.id: (user.name, user.email or "") for user in people}
    before, events = total(session), audit.verify(session).n_events
    traces = {user.email: found_in(session, user.email or "") for user in people}
    assert {column for found in traces.values() for column in found} >= {
        "users.email", "outbox_messages.recipient", "problems.contact_email",
        "problem_revisions.content", "data_admissions.email",
    }  # fmt: skip
    assert any("outbox_messages.body" in found_in(session, name) for name, _email in named.values())

    for user in people:
        replace_lead(session, user)
        operator = Context(session, settings, trusted=True)
        account_administration.erase(operator, user.email or "")
        session.commit()

    left = {
        word: set(found) - set(KEPT)
        for words in named.values()
        for word in words
        if (found := found_in(session, word))
    }
    assert {word: found for word, found in left.items() if found} == {}
    words = [word for both in named.values() for word in both]
    assert [word for word in words if found_in_files(settings.data_dir, word)] == []
    assert total(session) == before
    report = audit.verify(session)
    assert report.broken_id is None
    assert report.n_events > events
    assert session.scalars(sa.select(User.name).where(User.id.in_(named))).all() == [""] * len(
        named
    )


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        ("Ann asks Joanna and Ann.", "Ann", "? asks Joanna and ?."),
        ("劉宇恩邀請您；劉宇恩的團隊", "劉宇恩", "?邀請您；?的團隊"),
        ("a@b.example, aa@b.example", "a@b.example", "?, aa@b.example"),
    ],
)
def test_a_name_within_another_word_stays(text: str, name: str, left: str) -> None:
    assert without(text, name, "?") == left


Ctx = Callable[..., Context]


def test_only_administrators_erase_others(make: Factory, ctx: Ctx) -> None:
    person, officer = make.user(), make.officer()
    with pytest.raises(PermissionDenied, match="Only administrators manage other people"):
        account_administration.erase(ctx(officer), person.email)
    assert person.erased_at is None


def test_whoever_carries_work_hands_it_over_first(
    make: Factory, ctx: Ctx, session: Session
) -> None:
    engagement = make.engagement()
    lead = engagement.team.members[0].user
    with pytest.raises(Conflict) as refused:
        account_administration.erase(ctx(None), lead.email)
    assert "which has work under way" in str(refused.value.message)

    engagement.team.members.append(TeamMember(user=make.user(), role=MemberRole.LEAD))
    session.commit()
    account_administration.erase(ctx(None), lead.email)
    assert lead.erased_at is not None
    assert engagement.is_live


def test_a_contact_and_a_mentor_who_leave_are_asked_for_anew(
    make: Factory, ctx: Ctx, session: Session
) -> None:
    contact, mentor = make.user(), make.user(Role.MENTOR)
    engagement = make.engagement(contact_id=contact.id, mentor_id=mentor.id)
    for person in (contact, mentor):
        account_administration.erase(ctx(None), person.email)
    session.commit()
    session.refresh(engagement)
    assert (engagement.contact_id, engagement.mentor_id) == (None, None)
    assert engagement.is_live
