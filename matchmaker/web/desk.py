"""What the desk says: what waits for the reader, in words, with where to go for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.i18n import N_, Message
from matchmaker.models import AccountKind, Job, Match, Problem, Role, User
from matchmaker.policies.match import may_answer
from matchmaker.policies.waiting import may_list_waiting
from matchmaker.queries.dashboard import Desk, Office
from matchmaker.queries.waiting import Item, count, of_person
from matchmaker.web import (
    application_words,
    engagement_desk,
    evidence_words,
    grading_desk,
    learning_words,
    problem_words,
    question_words,
    quiz_words,
    reviewing_desk,
    waiting_words,
)
from matchmaker.web.i18n import current_language, say, show_day, show_left, show_moment
from matchmaker.web.transaction import db_session
from matchmaker.workflows.problem import ProblemState

SOON = timedelta(days=3)
JOBS = {
    "allocation.run": N_("Allocating teams to problems"),
    "application.compare": N_("Looking for near copies among applications"),
    "application.remind": N_("Reminding teams of what is not handed in"),
    "application_review.sweep": N_("Looking after reviews that wait"),
    "attachment.sweep": N_("Clearing away files nobody needs"),
    "award.follow": N_("Looking after awards that wait for an answer"),
    "decision.follow": N_("Looking after offers that wait for an answer"),
    "engagement.follow": N_("Looking after work under way"),
    "grade_review.remind": N_("Reminding reviewers of what is due"),
    "level_estimate.refresh": N_("Working out levels anew"),
    "match.run": N_("Matching teams and problems"),
    "notification.digest": N_("Sending daily digests"),
    "outcome.follow": N_("Asking what became of work"),
    "point_entry.collect": N_("Counting points"),
    "preview.refresh_all": N_("Ranking anew what would fit teams now"),
    "problem.encode": N_("Reading problems to find similar ones"),
    "problem_comment.digest": N_("Telling owners and office of new comments"),
    "question.remind": N_("Reminding of unanswered questions"),
    "quiz.lapse": N_("Ending checks that were left open"),
    "quiz.recount": N_("Working out levels after a question was struck"),
    "ranker.learn": N_("Learning weights from decisions"),
    "review_round.propose": N_("Proposing readers of applications"),
    "screening.remind": N_("Reminding of screenings"),
    "term_statistics.refit": N_("Counting terms anew"),
    "waiting.remind": N_("Reminding people of what waits"),
}
#: What the office does next with a problem: the task in words, and the way to it.
GRADE_TASK = (N_("Grade: %(title)s"), N_("Grade"))
OFFICE_TASKS = {
    ProblemState.SUBMITTED: (N_("Screen: %(title)s"), N_("Start screening")),
    ProblemState.SCREENING: (N_("Score and decide: %(title)s"), N_("Decide")),
    ProblemState.GRADED: (N_("Publish: %(title)s"), N_("Look and publish")),
}
#: What the registry calls these tasks.
KEYS = {ProblemState.GRADED: "problem.publish"}
#: What the desk says of together, with a number, or of the first few.
SUMMED = (
    "application_twin.judge",
    "delivery.release",
    "engagement.begin",
    "engagement.calendar_owner",
    "engagement.calendar_team",
    "engagement.contact",
    "engagement.data",
    "engagement.silent",
    "engagement.terms",
    "enrolment.assess",
    "evidence.review",
    "evidence.word",
    "job.repair",
    "quiz_item.approve",
    "stage_decision.officer",
    "stage_decision.owner",
    "stop_request.answer",
)
STAGES = {
    "collected": N_("Collected"),
    "screened": N_("Screened"),
    "graded": N_("Graded"),
    "published": N_("Published"),
    "matched": N_("Matched"),
}
ROLE_GUIDES = {
    Role.REVIEWER: N_(
        "You score how hard problems are, each with another reviewer and without seeing the other’s "
        "points. What the office asks of you stands above and under “My reviews”. Say there what you "
        "know, and whom you stand near to."
    ),
    Role.MENTOR: N_(
        "Help owners to say their problem precisely and teams to describe their works: read the "
        "published problems and the teams’ profiles, and join a team when its lead invites you."
    ),
    Role.ASSOCIATION: N_(
        "Tell your members of the call: they register, add their company and describe a problem "
        "in half an hour. The published problems show them what a good one looks like."
    ),
    Role.ADMINISTRATOR: N_(
        "You see what the office sees and decide nothing in its stead. Accounts and roles are "
        "kept with the command “matchmaker user”; the audit trail shows who decided what."
    ),
}


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for somebody."""

    title: str
    url: str
    context: str = ""
    owner: str = ""
    due_text: str = ""
    left_text: str = ""
    tone: str = "neutral"
    action_label: str = ""
    #: Kind and row in the registry of what waits (queries/waiting.py), if it is one of it.
    key: str = ""
    due_at: datetime | None = None


def waiting(user: User, desk: Desk) -> list[Waiting]:
    """What waits for *user*: late things first, then what is due soon, then the rest."""
    found = [
        *_invitations(desk),
        *_referrals(desk),
        *_own_problems(desk),
        *_recommended(user, desk),
        *_coached(desk),
    ]
    found += _readiness(desk)
    found += [Waiting(**task) for task in grading_desk.tasks(user, desk.grading)]
    found += [Waiting(**task) for task in question_words.tasks(user, desk.questions)]
    found += [Waiting(**task) for task in application_words.tasks(user)]
    found += [Waiting(**task) for task in engagement_desk.tasks(user)]
    found += [Waiting(**task) for task in reviewing_desk.tasks(user)]
    found += [Waiting(**task) for task in evidence_words.tasks(desk.asked, desk.evidence_queue)]
    found += [Waiting(**task) for task in learning_words.tasks(desk.course_work)]
    found += [Waiting(**task) for task in quiz_words.tasks(user)]
    if desk.office is not None:
        found += [
            *_failed_letters(desk.office),
            *_failed(desk.office),
            *_problems(desk.office),
            *_runs(desk.office),
        ]
        found += _amendments(desk.office)
        found += _requests(desk.office)
    return sorted(_timed(user, found), key=_urgency)


def _timed(user: User, found: list[Waiting]) -> list[Waiting]:
    """Give each its time from the registry of what waits, and add what the desk has no words for."""
    items = of_person(db_session(), user)
    known = {f"{item.kind.key}:{item.subject_id}": item for item in items}
    first = {item.kind.key: item for item in reversed(items)}
    timed = []
    for task in found:
        item = known.pop(task.key, None) or first.get(task.key)
        timed.append(_with_time(task, item) if item else task)
    return timed + [
        Waiting(**waiting_words.task_of(user, item))
        for item in known.values()
        if item.kind.key not in SUMMED
    ]


def _with_time(task: Waiting, item: Item) -> Waiting:
    """*task* with hour, zone and what is left of its time; late if it is late."""
    tone = "stop" if item.is_overdue else task.tone
    due_text, left_text = waiting_words.due(item), waiting_words.left(item)
    return replace(task, due_text=due_text, left_text=left_text, tone=tone, due_at=item.due_at)


def _urgency(task: Waiting) -> tuple[int, bool, datetime]:
    """Late things first, then what is soon, then the rest; the first due first."""
    place = {"stop": 0, "waiting": 1}.get(task.tone, 2)
    return place, task.due_at is None, task.due_at or utcnow()


def programme_waits(user: User) -> tuple[int, int] | None:
    """How much waits where *user* is the office, and how much of it is overdue."""
    if not may_list_waiting.allows(user):
        return None
    counts = count(db_session(), user).values()
    return sum(total for total, _late in counts), sum(late for _total, late in counts)


def title_of(problem: Problem) -> str:
    """A problem's title, or what stands for it while it has none."""
    return problem.title(current_language()) or _("Untitled problem")


def tone_until(moment: datetime | None) -> str:
    """How pressing something due at *moment* is."""
    if moment is None:
        return "neutral"
    left = moment - utcnow()
    return "stop" if left < timedelta(0) else "waiting" if left < SOON else "neutral"


def _invitations(desk: Desk) -> Iterator[Waiting]:
    for invitation in desk.invitations:
        target = invitation.organization or invitation.team
        name = target.name(current_language()) if target else ""
        yield Waiting(
            _("Invitation to join %(name)s", name=name),
            url_for("invitation.show", invitation_id=invitation.id),
            _("From %(name)s", name=invitation.inviter.name or _("Erased account")),
            _("You"),
            show_moment(invitation.expires_at),
            show_left(invitation.expires_at),
            tone_until(invitation.expires_at),
            _("Answer"),
            f"invitation.answer:{invitation.id}",
        )


def _referrals(desk: Desk) -> Iterator[Waiting]:
    for referral in desk.referrals:
        name = referral.association.name(current_language())
        yield Waiting(
            _("Referral by %(name)s", name=name),
            url_for("referral.show", referral_id=referral.id),
            _("You decide whether to accept, and what the association sees."),
            _("You"),
            show_moment(referral.expires_at),
            show_left(referral.expires_at),
            tone_until(referral.expires_at),
            _("Answer"),
            f"referral.answer:{referral.id}",
        )


def _own_problems(desk: Desk) -> Iterator[Waiting]:
    for problem in desk.problems:
        if problem.state not in (ProblemState.RETURNED, ProblemState.DRAFT):
            continue
        returned = problem.state is ProblemState.RETURNED
        closes = problem.call.closes_at
        yield Waiting(
            _("Change and submit again: %(title)s", title=title_of(problem))
            if returned
            else _("Complete and submit: %(title)s", title=title_of(problem)),
            problem_words.writing_url(problem),
            problem.call.name(current_language()),
            _("You"),
            show_moment(closes),
            show_left(closes),
            "waiting" if returned else tone_until(closes),
            _("Continue writing"),
            f"problem.{problem.state}:{problem.id}",
        )


def _readiness(desk: Desk) -> Iterator[Waiting]:
    for check in desk.half_checked:
        yield Waiting(
            _("Go on with the readiness check"),
            url_for(
                "readiness.resume",
                organization_id=check.organization_id,
                assessment_id=check.id,
            ),
            check.organization.name(current_language()),
            _("You"),
            _("last saved %(when)s", when=show_day(check.updated_at)),
            show_left(check.updated_at),
            action_label=_("Go on"),
        )
    for organization in desk.never_checked:
        yield Waiting(
            _("See how ready you are for AI"),
            url_for("readiness.index", organization_id=organization.id),
            organization.name(current_language()),
            _("You or a colleague"),
            left_text=_("about ten minutes"),
            action_label=_("Take the check"),
        )


def _recommended(user: User, desk: Desk) -> Iterator[Waiting]:
    for match in desk.recommended:
        due = match.problem.deadline_at
        yield Waiting(
            title_of(match.problem),
            url_for("match.recommendations", team_id=match.team_id),
            _("Recommended to %(team)s", team=match.team.name(current_language())),
            _answerer(user, match),
            show_moment(due) if due else "",
            show_left(due) if due else _("No deadline"),
            "waiting" if tone_until(due) == "neutral" else tone_until(due),
            _("See why and answer"),
            f"match.answer:{match.id}",
        )


def _answerer(user: User, match: Match) -> str:
    return str(_("You") if may_answer.allows(user, match.team) else _("Your team’s lead"))


def _problems(office: Office) -> Iterator[Waiting]:
    for problem in office.waiting:
        is_listed = problem.id in office.listed and problem.state is ProblemState.SCREENING
        task, action = GRADE_TASK if is_listed else OFFICE_TASKS[problem.state]
        due = None if is_listed else _screening_due(problem, office.due_days)
        yield Waiting(
            say(Message(task, {"title": title_of(problem)})),
            url_for("problem.review", problem_id=problem.id),
            problem.organization.name(current_language()),
            _("Programme office"),
            show_moment(due)
            if due
            else _("received %(when)s", when=show_day(problem.submitted_at)),
            show_left(due or problem.submitted_at),
            "stop" if tone_until(due) == "stop" else "waiting",
            say(action),
            f"{KEYS.get(problem.state, 'problem.screen')}:{problem.id}",
        )


def _screening_due(problem: Problem, days: int) -> datetime | None:
    """When the screening of *problem* is due; None once it is over."""
    if problem.submitted_at is None or problem.state is ProblemState.GRADED:
        return None
    return problem.submitted_at + timedelta(days=days)


def _amendments(office: Office) -> Iterator[Waiting]:
    for row in office.amendments:
        due = row.submitted_at + timedelta(days=office.due_days) if row.submitted_at else None
        yield Waiting(
            _("Look at a change: %(title)s", title=title_of(row.problem)),
            url_for("amendment.review", revision_id=row.id),
            row.problem.organization.name(current_language()),
            _("Programme office"),
            show_moment(due),
            show_left(due),
            "stop" if tone_until(due) == "stop" else "waiting",
            _("Decide"),
            f"problem_revision.screen:{row.id}",
        )


def _coached(desk: Desk) -> Iterator[Waiting]:
    """What one coaches as a broker; whoever decides has it under the office's work already."""
    shown = {problem.id for problem in desk.office.waiting} if desk.office else set()
    for problem in desk.coached:
        if problem.id not in shown:
            yield Waiting(
                _("Coach: %(title)s", title=title_of(problem)),
                url_for("problem_comment.coach", problem_id=problem.id),
                problem.organization.name(current_language()),
                _("You"),
                _("received %(when)s", when=show_day(problem.submitted_at)),
                show_left(problem.submitted_at),
                "neutral" if problem.state is ProblemState.RETURNED else "waiting",
                _("Read and comment"),
            )


def _runs(office: Office) -> Iterator[Waiting]:
    for run in office.runs:
        yield Waiting(
            _("Review matching %(number)s", number=run.id),
            url_for("match.review", run_id=run.id),
            run.call.name(current_language()),
            _("Programme office"),
            _("ready since %(when)s", when=show_moment(run.finished_at)),
            show_left(run.finished_at),
            "waiting",
            _("Review"),
            f"match_run.review:{run.id}",
        )


def _requests(office: Office) -> Iterator[Waiting]:
    for private in office.requests:
        yield Waiting(
            _("In-house call asked for: %(name)s", name=private.call.name(current_language())),
            url_for("private_call.show", private_call_id=private.id),
            private.organization.name(current_language()),
            _("Programme office"),
            _("received %(when)s", when=show_day(private.created_at)),
            show_left(private.created_at),
            "waiting",
            _("Decide"),
            f"private_call.decide:{private.id}",
        )


def _failed_letters(office: Office) -> Iterator[Waiting]:
    if office.n_failed_letters:
        yield Waiting(
            _("Letters that could not be delivered: %(count)s", count=office.n_failed_letters),
            url_for("delivery.index", state="failed"),
            "",
            _("Programme office"),
            "",
            "",
            "stop",
            _("See what happened"),
        )


def _failed(office: Office) -> Iterator[Waiting]:
    for job in office.failed_jobs:
        yield Waiting(
            _("Failed: %(what)s", what=job_name(job)),
            job_url(job) or "#failed-jobs",
            "",
            _("Programme office"),
            show_moment(job.finished_at),
            show_left(job.finished_at),
            "stop",
            _("See what happened"),
        )


def job_name(job: Job) -> str:
    """A kind of work in words."""
    return say(JOBS.get(job.kind, job.kind))


def job_url(job: Job) -> str:
    """The page of what a job works on, if it has one."""
    run_id = job.payload.get("run_id")
    return url_for("match_run.show", run_id=run_id) if isinstance(run_id, int) else ""


def funnel_bars(office: Office) -> list[dict[str, object]]:
    """The funnel for the chart: each stage with its target and its share of the one before."""
    bars: list[dict[str, object]] = []
    before = 0
    for stage in office.funnel:
        share = f" · {100 * stage.count / before:.0f} %" if before else ""
        target = office.targets.get(stage.name)
        reached = f"{stage.count} / {target}" if target else str(stage.count)
        label = say(STAGES[stage.name])
        bars.append({"label": label, "value": stage.count, "text": f"{reached}{share}"})
        before = stage.count
    return bars


def guides(user: User) -> list[str]:
    """What each role of *user* can do now, in words; the office's own pages speak for themselves."""
    return [say(guide) for role, guide in ROLE_GUIDES.items() if user.has_role(role)]


def is_new_enterprise(user: User, desk: Desk) -> bool:
    """Whether the next step is to register an organization."""
    return user.kind is AccountKind.ENTERPRISE and not desk.organizations


def is_new_solver(user: User, desk: Desk) -> bool:
    """Whether the next step is to create a team."""
    return user.kind is AccountKind.SOLVER and not desk.teams
