"""The nouns that files are exchanged of, in the order in which they refer to one another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matchmaker.record_values import Record
from matchmaker.records import ProblemRecord, TeamRecord
from matchmaker.records_programme import CallRecord, OrganizationRecord, PersonRecord
from matchmaker.services.context import Context
from matchmaker.services.importing import Change, take_call, take_organization, take_person
from matchmaker.services.importing_problem import take_problem
from matchmaker.services.importing_team import take_team


@dataclass(frozen=True)
class Noun:
    """What the files of a noun hold, and how a row of one comes in."""

    record: type[Record]
    take: Callable[[Context, Any], Change]


NOUNS = {
    "calls": Noun(CallRecord, take_call),
    "organizations": Noun(OrganizationRecord, take_organization),
    "people": Noun(PersonRecord, take_person),
    "problems": Noun(ProblemRecord, take_problem),
    "teams": Noun(TeamRecord, take_team),
}
