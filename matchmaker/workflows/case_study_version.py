"""The life of one version of a case study: shown to both sides, published, taken down."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class CaseStudyVersionState(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    TAKEN_DOWN = "taken_down"
    DROPPED = "dropped"


class CaseStudyVersionAction(StrEnum):
    PUBLISH = "publish"
    SUPERSEDE = "supersede"
    TAKE_DOWN = "take_down"
    DROP = "drop"


S, A = CaseStudyVersionState, CaseStudyVersionAction

CASE_STUDY_VERSION_WORKFLOW = Workflow[CaseStudyVersionState, CaseStudyVersionAction](
    name="case_study_version",
    initial=S.PROPOSED,
    table=MappingProxyType(
        {
            (S.PROPOSED, A.PUBLISH): S.PUBLISHED,
            (S.PROPOSED, A.DROP): S.DROPPED,
            (S.PUBLISHED, A.SUPERSEDE): S.SUPERSEDED,
            (S.PUBLISHED, A.TAKE_DOWN): S.TAKEN_DOWN,
        }
    ),
    labels=MappingProxyType(
        {
            S.PROPOSED: Label(N_("Shown to both sides"), N_("Shown to both sides"), "waiting"),
            S.PUBLISHED: Label(N_("On the public page"), N_("On the public page"), "good"),
            S.SUPERSEDED: Label(
                N_("Replaced by a newer version"), N_("Replaced by a newer version")
            ),
            S.TAKEN_DOWN: Label(N_("Taken down"), N_("Taken down"), "stop"),
            S.DROPPED: Label(N_("Given up before publication"), N_("Not published")),
        }
    ),
    actions=MappingProxyType(
        {
            A.PUBLISH: N_("Publish the case study"),
            A.SUPERSEDE: N_("Replace by a newer version"),
            A.TAKE_DOWN: N_("Take the case study down"),
            A.DROP: N_("Give the version up"),
        }
    ),
)
