"""The office's pages by what they are for; the page /office shows each person those they may open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from matchmaker.i18n import N_
from matchmaker.models import User
from matchmaker.policies.base import Permission


@dataclass(frozen=True)
class Tool:
    """One page of the office: its endpoint, its name, and what it is for."""

    endpoint: str
    label: str
    purpose: str


@dataclass(frozen=True)
class Group:
    """Pages that serve one part of the programme."""

    key: str
    title: str
    tools: tuple[Tool, ...]


GROUPS = (
    Group(
        "problems",
        N_("Problems"),
        (
            Tool("problem.queue", N_("Screening"), N_("Problems that wait for the office.")),
            Tool("grading_panel.overview", N_("Grading"), N_("Panels, reviewers and grades.")),
            Tool("referral.figures", N_("Referrals"), N_("What associations brought about.")),
        ),
    ),
    Group(
        "matching",
        N_("Matching"),
        (
            Tool("match_run.runs", N_("Matching"), N_("Start, review and publish match runs.")),
            Tool("report.exposures", N_("Exposure"), N_("How evenly teams appear in the lists.")),
            Tool("ranker.index", N_("Learned weights"), N_("What was learned of past decisions.")),
            Tool(
                "term_statistics.index",
                N_("What scores rest on"),
                N_("How rare words are counted."),
            ),
            Tool("lexicon_term.index", N_("Lexicon"), N_("Terms in both languages.")),
        ),
    ),
    Group(
        "teams",
        N_("Teams and competency"),
        (
            Tool(
                "learning_resource.index",
                N_("Learning catalogue"),
                N_("What people can learn from, by competency and level."),
            ),
            Tool(
                "evidence_review.queue",
                N_("Evidence of levels"),
                N_("Works and certificates that wait for a look."),
            ),
            Tool("enrolment.queue", N_("Course work"), N_("What people handed in for a course.")),
            Tool(
                "quiz_item.index",
                N_("Questions of the check"),
                N_("Write, approve and retire questions; see how they behave."),
            ),
            Tool("badge.index", N_("Badges"), N_("Confirmed levels that were issued; revoke.")),
            Tool("point_entry.index", N_("Community points"), N_("What people earned; take back.")),
        ),
    ),
    Group(
        "selection",
        N_("Applications and selection"),
        (
            Tool(
                "application_queue.index",
                N_("Applications"),
                N_("What teams handed in; near copies; the review begins."),
            ),
            Tool(
                "review_round.index", N_("Reviewing"), N_("Who judges applications, and how far.")
            ),
            Tool(
                "allocation.index",
                N_("Allocation"),
                N_("Which team works on which problem: propose, compare, decide."),
            ),
            Tool(
                "decision.index",
                N_("Decisions"),
                N_("Prepare, preview with the letters, announce together."),
            ),
        ),
    ),
    Group(
        "solving",
        N_("Solving, outcomes and awards"),
        (
            Tool(
                "outcome.overview",
                N_("Outcomes"),
                N_("What became of the work, as both sides say."),
            ),
            Tool(
                "engagement_board.index",
                N_("Work under way"),
                N_("Kick-offs and stages: what is late, blocked or waits for you."),
            ),
            Tool(
                "milestone_queue.index",
                N_("Milestones"),
                N_("What was handed in, what is overdue, who asks for more time."),
            ),
            Tool(
                "mentoring.overview",
                N_("Hours of mentoring"),
                N_("By mentor, call and piece of work, as a page and as a file."),
            ),
            Tool(
                "award.index",
                N_("Awards and budget"),
                N_("Nominations, panel, announcement; what is promised, due and paid."),
            ),
            Tool("certificate.index", N_("Certificates"), N_("What was issued; revoke.")),
            Tool("case_study.index", N_("Case studies"), N_("How far each is; publish.")),
            Tool("alumni.figures", N_("Alumni"), N_("How many there are, and who offers help.")),
        ),
    ),
    Group(
        "reports",
        N_("Reports"),
        (
            Tool("figures.overview", N_("Figures"), N_("Funnel, ageing, load and readiness.")),
            Tool(
                "talent.shortage",
                N_("Shortage map"),
                N_("What problems ask for, and how many people can."),
            ),
            Tool("talent.participation", N_("Who takes part"), N_("By declared gender.")),
            Tool(
                "figures.reach",
                N_("Who was reached"),
                N_("Who gets from a recommendation to an award, and whether some get on less."),
            ),
            Tool("grading_report.agreement", N_("Agreement"), N_("How far reviewers agree.")),
            Tool("audit.trail", N_("Audit trail"), N_("Who decided what, and when.")),
        ),
    ),
    Group(
        "settings",
        N_("Settings"),
        (
            Tool(
                "waiting.index",
                N_("What waits"),
                N_("Everything that waits for somebody; who is reminded when."),
            ),
            Tool("delivery.index", N_("Outbox"), N_("Letters on their way, held back and failed.")),
            Tool("call.index", N_("Calls"), N_("The programme's rounds and their targets.")),
            Tool("rubric.index", N_("Rubrics"), N_("Criteria and their versions.")),
            Tool("office_setting.edit", N_("Office settings"), N_("Switches and limits.")),
        ),
    ),
)


def tools_for(user: User | None) -> list[tuple[Group, list[Tool]]]:
    """The groups with those of their pages that *user* may open; groups without any left out."""
    found = [(group, [tool for tool in group.tools if _may_open(tool, user)]) for group in GROUPS]
    return [(group, tools) for group, tools in found if tools]


def _may_open(tool: Tool, user: User | None) -> bool:
    permission: Permission = getattr(current_app.view_functions[tool.endpoint], "permission")  # noqa: B009
    return permission.allows(user)
