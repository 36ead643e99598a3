"""The life of a request for more time: the office decides."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class ExtensionRequestState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ExtensionRequestAction(StrEnum):
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


S, A = ExtensionRequestState, ExtensionRequestAction

EXTENSION_REQUEST_WORKFLOW = Workflow[ExtensionRequestState, ExtensionRequestAction](
    name="extension_request",
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
            S.ASKED: Label(N_("More time asked for"), N_("The office decides"), "waiting"),
            S.GRANTED: Label(N_("More time given"), N_("More time given"), "good"),
            S.REFUSED: Label(N_("No more time"), N_("No more time"), "stop"),
            S.WITHDRAWN: Label(N_("Request taken back"), N_("Request taken back")),
        }
    ),
    actions=MappingProxyType(
        {
            A.GRANT: N_("Give more time"),
            A.REFUSE: N_("Give no more time"),
            A.WITHDRAW: N_("Take the request back"),
        }
    ),
)
