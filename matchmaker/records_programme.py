"""The record files of calls, organizations and people: one a row, as `records` has problems and teams."""

from __future__ import annotations

from pydantic import Field

from matchmaker.i18n import DEFAULT_LOCALE
from matchmaker.models import AccountKind, MemberRole, OrganizationKind, OrganizationSize, Role
from matchmaker.record_values import CleanText, Identifier, Moment, Record, Row, ShortText


class CallRecord(Record):
    """A round of the programme."""

    name_zh: ShortText = Field(min_length=1)
    name_en: ShortText = Field(min_length=1)
    opens_at: Moment
    closes_at: Moment


class OrganizationRecord(Record):
    """A company, public body, university or association."""

    name_zh: ShortText = ""
    name_en: ShortText = ""
    kind: OrganizationKind
    sector: ShortText | None = None
    region: ShortText | None = None
    size: OrganizationSize | None = None
    website: ShortText = ""
    registration_number: ShortText | None = None
    about_zh: CleanText = ""
    about_en: CleanText = ""


class MembershipRecord(Row):
    """A person's place in an organization."""

    organization: ShortText
    role: MemberRole = MemberRole.MEMBER


class PersonRecord(Record):
    """A person with an account, known by e-mail address; passwords are never exchanged."""

    id: Identifier = Field(alias="email")
    name: ShortText = Field(min_length=1)
    locale: ShortText = DEFAULT_LOCALE
    kind: AccountKind | None = None
    roles: list[Role] = Field(default_factory=list)
    organization: ShortText | None = None
    lead: bool = False
    #: Further organizations; most people have one.
    memberships: list[MembershipRecord] = Field(default_factory=list)
    disabled: bool = False

    @property
    def places(self) -> dict[str, MemberRole]:
        """The person's role in each organization, by the organization's id."""
        places = {item.organization: item.role for item in self.memberships}
        if self.organization is not None:
            places[self.organization] = MemberRole.LEAD if self.lead else MemberRole.MEMBER
        return places
