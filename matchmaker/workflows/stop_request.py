"""The life of a side's request to stop an engagement early: the office decides."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class StopRequestState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class StopRequestAction(StrEnum):
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


S, A = StopRequestState, StopRequestAction

STOP_REQUEST_WORKFLOW = Workflow[StopRequestState, StopRequestAction](
    name="stop_request",
    initial=S.ASKED,
    table=MappingProxyType(
        {
            (S.ASKED, A.GRANT): S.GRANTED,
            (S.ASKED, A.REFUSE): S.REFUSED,
            (S.ASKED, A.WITHDRAW): S.WITHDRAWN,
        }
    ),
    labels=MappingProxyType(
        {
            S.ASKED: Label(N_("Asked to stop"), N_("The office decides"), "waiting"),
            S.GRANTED: Label(N_("Stopped as asked"), N_("Stopped as asked"), "stop"),
            S.REFUSED: Label(N_("Work goes on"), N_("Work goes on"), "good"),
            S.WITHDRAWN: Label(N_("Request taken back"), N_("Request taken back")),
        }
    ),
    actions=MappingProxyType(
        {
            A.GRANT: N_("Stop as asked"),
            A.REFUSE: N_("Let the work go on"),
            A.WITHDRAW: N_("Take the request back"),
        }
    ),
)
