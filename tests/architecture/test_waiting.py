"""Nothing waits unnoticed: every state toned "waiting" is in the registry, or exempt with a reason."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import HTTPException

from matchmaker.models import SETTINGS
from matchmaker.queries.waiting import KINDS
from matchmaker.queries.waiting_kind import Holder
from matchmaker.workflows import ALL_WORKFLOWS

#: By which kinds of the registry a state is looked after.
REGISTERED = {
    ("problem", "submitted"): ("problem.screen",),
    ("problem", "screening"): ("problem.screen", "problem.grade"),
    ("problem", "returned"): ("problem.returned",),
    ("problem_revision", "submitted"): ("problem_revision.screen",),
    ("problem_revision", "screening"): ("problem_revision.screen",),
    ("problem_revision", "returned"): ("problem_revision.returned",),
    ("match", "invited"): ("match.answer",),
    ("invitation", "pending"): ("invitation.answer",),
    ("private_call", "requested"): ("private_call.decide",),
    ("referral", "sent"): ("referral.answer",),
    ("grading_panel", "discussion"): ("grade_review.discuss",),
    ("grade_review", "assigned"): ("grade_review.score",),
    ("grade_review", "started"): ("grade_review.score",),
    ("grade_appeal", "requested"): ("grade_appeal.answer",),
    ("grade_appeal", "taken"): ("grade_appeal.answer",),
    ("question", "open"): ("question.answer",),
    ("delivery", "held"): ("delivery.release",),
    ("decision_round", "preparing"): ("decision_round.announce",),
    ("evidence", "asked"): ("evidence.word", "evidence.review"),
    ("enrolment", "handed_in"): ("enrolment.assess",),
    ("quiz_item", "proposed"): ("quiz_item.approve",),
    ("application", "draft"): ("application.draft",),
    ("application", "offered"): ("application.offer",),
    ("review_round", "preparing"): ("review_round.begin",),
    ("review_round", "scoring"): ("review_round.end",),
    ("review_round", "discussion"): ("review_round.end",),
    ("review_assignment", "assigned"): ("application_review.judge",),
    ("review_assignment", "accepted"): ("application_review.judge",),
    ("engagement", "kickoff"): ("engagement.begin", "engagement.contact", "engagement.data"),
    ("stage_decision", "proposed"): ("stage_decision.owner", "stage_decision.officer"),
    ("stop_request", "asked"): ("stop_request.answer",),
    ("milestone", "submitted"): ("milestone.review",),
    ("milestone", "changes_requested"): ("milestone.submit",),
    ("milestone_change", "proposed"): ("milestone_change.decide",),
    ("extension_request", "asked"): ("extension_request.decide",),
    ("outcome_survey", "asked"): ("outcome_survey.owner", "outcome_survey.team"),
    ("award", "proposed"): ("award.nominate",),
    ("award", "offered"): ("award.answer",),
    ("award_scheme", "nominating"): ("award_scheme.nominate",),
    ("award_scheme", "asking"): ("award_scheme.announce",),
    ("award_vote", "asked"): ("award_vote.hand_in",),
    ("award_payment", "due"): ("award_payment.prepare",),
    ("award_payment", "prepared"): ("award_payment.approve",),
    ("case_study_version", "proposed"): ("case_study.owner", "case_study.team"),
    ("alumni_contact", "sent"): ("alumni_contact.answer",),
}
MACHINE = "a machine is at work; if it fails, the failed work waits for the office (job.repair)"
#: What waits for nobody in particular, and why.
EXEMPT = {
    ("match_run", "queued"): MACHINE,
    ("match_run", "running"): MACHINE,
    ("job", "queued"): MACHINE,
    ("job", "running"): MACHINE,
    ("allocation", "queued"): MACHINE,
    ("allocation", "running"): MACHINE,
    ("attachment", "received"): MACHINE,
    ("attachment", "failed"): MACHINE,
    ("delivery", "waiting"): MACHINE,
    ("match", "held"): "the whole run waits for the officer's review (match_run.review)",
    ("grading_panel", "scoring"): "each reviewer's part waits by itself (grade_review.score)",
    ("application", "under_review"): "the reviews and the round wait (review_round.end)",
    ("application", "shortlisted"): "the round of decisions waits (decision_round.announce)",
    ("application", "waitlisted"): "for a place to become free; nobody can do anything",
}


def waiting_states() -> set[tuple[str, str]]:
    return {
        (workflow.name, str(state))
        for workflow in ALL_WORKFLOWS
        for state, label in workflow.labels.items()
        if label.tone == "waiting"
    }


def test_every_waiting_state_is_registered_or_exempt():
    assert waiting_states() - REGISTERED.keys() - EXEMPT.keys() == set()


def test_the_lists_name_nothing_that_is_not():
    assert (REGISTERED.keys() | EXEMPT.keys()) - waiting_states() == set()
    assert {key for keys in REGISTERED.values() for key in keys} <= KINDS.keys()


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_every_kind_is_whole(kind, shared_app):
    assert kind.lapse, "what happens when nobody does it has to be said"
    assert kind.setting in {"", *SETTINGS}
    assert not (kind.within and kind.setting), "the days are the office's in one place only"
    assert not (kind.is_private and kind.ladder.office), "the office is not told of private things"
    office = kind.office_path or ("" if kind.holder in (Holder.OFFICE, Holder.STAFF) else None)
    assert kind.is_private or office is not None or kind.key == "match.answer"
    names = {"place": 1, "call": 1, "subject": 1}
    adapter = shared_app.url_map.bind("localhost")
    for path in filter(None, (kind.path, kind.office_path)):
        try:
            adapter.match(path.format(**names), method="GET")
        except HTTPException as error:
            pytest.fail(f"{path} is no page: {error}")
