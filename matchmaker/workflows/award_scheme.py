"""The life of a call's awards: written, judged by a panel, answered by the teams, announced."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class AwardSchemeState(StrEnum):
    NOMINATING = "nominating"
    JUDGING = "judging"
    ASKING = "asking"
    ANNOUNCED = "announced"


class AwardSchemeAction(StrEnum):
    BEGIN_PANEL = "begin_panel"
    ASK_TEAMS = "ask_teams"
    ANNOUNCE = "announce"
    REOPEN_NOMINATIONS = "reopen_nominations"


S, A = AwardSchemeState, AwardSchemeAction

AWARD_SCHEME_WORKFLOW = Workflow[AwardSchemeState, AwardSchemeAction](
    name="award_scheme",
    initial=S.NOMINATING,
    table=MappingProxyType(
        {
            (S.NOMINATING, A.BEGIN_PANEL): S.JUDGING,
            (S.JUDGING, A.REOPEN_NOMINATIONS): S.NOMINATING,
            (S.JUDGING, A.ASK_TEAMS): S.ASKING,
            (S.ASKING, A.ANNOUNCE): S.ANNOUNCED,
            # Work that ends later: another round, in which places given stay given.
            (S.ANNOUNCED, A.REOPEN_NOMINATIONS): S.NOMINATING,
        }
    ),
    labels=MappingProxyType(
        {
            S.NOMINATING: Label(N_("Open for nominations"), N_("Open for nominations"), "waiting"),
            S.JUDGING: Label(N_("The panel judges"), N_("The panel judges"), "primary"),
            S.ASKING: Label(N_("The teams are asked"), N_("Before the announcement"), "waiting"),
            S.ANNOUNCED: Label(N_("Awards announced"), N_("Awards announced"), "good"),
        }
    ),
    actions=MappingProxyType(
        {
            A.BEGIN_PANEL: N_("Begin the panel"),
            A.ASK_TEAMS: N_("Ask the teams"),
            A.ANNOUNCE: N_("Announce all awards"),
            A.REOPEN_NOMINATIONS: N_("Open nominations again"),
        }
    ),
)
