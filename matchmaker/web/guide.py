"""The steps of the writing guide: what is asked, why, and what a good and a poor answer look like."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.assessment.intake import questions
from matchmaker.i18n import N_
from matchmaker.services.problem_values import ANSWERS, ProblemValues


@dataclass(frozen=True)
class Step:
    """One page of the guide.

    ``required`` are the values without which a problem cannot be submitted; everything else is
    asked because it makes a better problem.
    """

    name: str
    label: str
    question: str
    why: str
    good: str
    poor: str
    fields: tuple[str, ...]
    required: tuple[str, ...] = ()


STEPS = (
    Step(
        "name",
        N_("Name and place"),
        N_("What do you call the problem?"),
        N_(
            "The title is the first thing teams read: it should say what hurts, not which "
            "technology to use."
        ),
        N_(
            "“One screw in fifty leaves the line with a scratch that nobody saw” (metal "
            "works, Kaohsiung)"
        ),
        N_("“AI smart manufacturing project”: nobody can tell what is wrong."),
        ("title_zh", "title_en", "region"),
        ("title", "region"),
    ),
    Step(
        "who",
        N_("Who suffers"),
        N_("Who suffers from it?"),
        N_(
            "A team solves a problem for people. Whoever knows them finds a solution that "
            "they will use."
        ),
        N_(
            "“The two night nurses of each 40-bed ward; and residents who wait on the floor "
            "for the next round.” (nursing home)"
        ),
        N_("“Everybody in the company.”"),
        ("who", "reuse"),
    ),
    Step(
        "frequency",
        N_("How often"),
        N_("How often does it happen, and what is it worth?"),
        N_(
            "Often and dear is worth solving first. A rough number is better than none, and "
            "“I don’t know” is a good answer."
        ),
        N_(
            "“Every night: about 30 of 400 ready meals are thrown away, NT$1,800 a shop.” "
            "(fresh-food chain)"
        ),
        N_("“Quite often.”"),
        ("frequency", "value"),
    ),
    Step(
        "today",
        N_("Today"),
        N_("What happens today?"),
        N_(
            "Describe the work step by step, as to a new colleague. Teams see what comes in, "
            "who decides and what goes out."
        ),
        N_(
            "“Orders come as PDF. An assistant types 40 lines an hour into the ERP; a second "
            "one checks; errors show up when goods come back.” (textile trade)"
        ),
        N_("“It is done by hand and takes too long.”"),
        ("today",),
    ),
    Step(
        "better",
        N_("Better"),
        N_("What would be better?"),
        N_("Say what should come out, not how to build it: teams may know a simpler way."),
        N_(
            "“At six in the morning the driver sees today’s round, and it already knows which "
            "road is closed.” (cold-chain logistics)"
        ),
        N_("“We want a deep-learning app with a dashboard.”"),
        ("better", "people_changed", "run_time", "systems"),
    ),
    Step(
        "notice",
        N_("How to notice"),
        N_("How would you notice that it is better?"),
        N_(
            "Both sides must be able to say “done”. One measure, its value today and the "
            "value you hope for are enough."
        ),
        N_(
            "“Late arrivals at the first stop: today 14 of 100, we hope for 5, counted from "
            "the bus cards of two weeks.” (island bus company)"
        ),
        N_("“Customers are more satisfied.”"),
        ("notice", "metric", "baseline", "target", "measured_how"),
    ),
    Step(
        "data",
        N_("Data there are"),
        N_("What data do you have?"),
        N_(
            "No perfect data are needed. Paper, pictures and spreadsheets count. Gaps that "
            "are named cost nothing; hidden ones cost a team a month."
        ),
        N_(
            "“Water sensors of six ponds, every 10 minutes since March 2024; two ponds lack "
            "August; deaths are written in a notebook.” (fish farm)"
        ),
        N_("“We have big data.”"),
        (
            "data_period",
            "data_amount",
            "data_band",
            "label_status",
            "public_equivalent",
            "will_collect",
        ),
    ),
    Step(
        "access",
        N_("Who may see them"),
        N_("Who may see the data?"),
        N_(
            "What is clear at the start need not be negotiated later. Personal data are "
            "de-identified before any team sees them; the programme office helps."
        ),
        N_(
            "“Names and telephone numbers are cut out by our IT; teams sign for secrecy and "
            "read the rest on our server.” (hospital)"
        ),
        N_("“We will see about that later.”"),
        ("personal", "access", "legal"),
    ),
    Step(
        "limits",
        N_("What must not happen"),
        N_("What must not happen?"),
        N_(
            "Limits save everybody time: a team that knows them builds the right thing from "
            "the start."
        ),
        N_(
            "“No alarm may stop the press by itself. A missed crack is worse than ten false "
            "alarms.” (casting)"
        ),
        N_("“It must not make mistakes.”"),
        ("must_not", "harm", "formal_approval", "prohibited_uses"),
    ),
    Step(
        "when",
        N_("By when"),
        N_("By when do you need it?"),
        N_(
            "Teams plan three to six months. Say which date matters, such as a season, a fair "
            "or a new machine."
        ),
        N_(
            "“Before the mango harvest in May; the packing house can try it from March.” "
            "(farmers’ association)"
        ),
        N_("“As soon as possible.”"),
        ("by_when", "target_stage", "calendar", "deadline_at"),
        ("deadline_at",),
    ),
    Step(
        "help",
        N_("Who helps"),
        N_("Who helps the team?"),
        N_(
            "Problems are solved where somebody answers questions. Name roles, not people: "
            "this becomes part of the text."
        ),
        N_(
            "“The head of claims, two hours a fortnight; IT gives us a copy of the data; the "
            "Taichung branch tries it.” (insurance)"
        ),
        N_("“Please contact our switchboard.”"),
        ("helpers", "brings", "domain", "teams_wanted", "contact_name", "contact_email"),
        ("contact_name", "contact_email"),
    ),
    Step(
        "needs",
        N_("What a team needs"),
        N_("What must a team be able to do?"),
        N_(
            "We read your text and suggest; you decide. A must-have cannot be made up for by "
            "other strengths: keep them few."
        ),
        N_(
            "“Must have: telling defects apart in pictures. Nice to have: connecting to our "
            "inspection machine.” (fabric mill)"
        ),
        N_("“Ten years of experience with everything.”"),
        ("sector", "pattern", "techniques", "novelty", "requirements"),
        ("sector", "requirements"),
    ),
    Step(
        "sheet",
        N_("Data sheet"),
        N_("What should teams know about the data?"),
        N_(
            "The data sheet tells teams in a minute whether they can work with your data. "
            "Leave open what you do not know."
        ),
        N_(
            "“One row is one visit. Fields: date, department, age group, minutes waited, came "
            "or not. People without a telephone are missing.” (outpatient clinic)"
        ),
        N_("“See the attached file.”"),
        (
            "data_purpose",
            "data_unit",
            "data_fields",
            "data_labels_how",
            "data_gaps",
            "data_license",
            "data_refresh",
            "data_contact",
            "data_formats",
            "sample_attached",
        ),
    ),
)
BY_NAME = {step.name: step for step in STEPS}
#: What the owner brings: ticked together on one page.
BRINGS = ("contact", "mentor", "data_tools", "site", "monthly_meeting")
#: Advice that stands under some of the questions.
HINTS = {
    "deadline_at": N_("Until when teams can apply: Taipei time (UTC+8), with the hour."),
    "helpers": N_("Roles, not names: “our head of quality, two hours a week”."),
    "techniques": N_("Separate them with commas. Leave it empty if you do not know."),
    "data_fields": N_(
        "One field a line, a colon, and what it means. Example: temp: oven temperature in °C"
    ),
    "data_formats": N_("Separate them with commas."),
    "data_contact": N_("Shown to the programme office only."),
    "contact_name": N_(
        "Shown to the programme office and your organization only, never in public."
    ),
    "metric": N_("What is counted or measured."),
    "will_collect": N_(
        "Tick this if you have too little today but will collect more at the start."
    ),
    "prohibited_uses": N_(
        "The programme supports none of these. Leave all boxes empty if none applies."
    ),
    "data_license": N_("For example: for this problem only, no copies after the end."),
}
#: Answers short enough for one line.
LINES = frozenset(
    {
        "metric",
        "baseline",
        "target",
        "data_amount",
        "data_period",
        "data_refresh",
        "data_contact",
        "data_license",
        "data_unit",
        "by_when",
    }
)


def step_after(name: str) -> Step | None:
    """The step that follows; None after the last."""
    place = STEPS.index(BY_NAME[name]) + 1
    return STEPS[place] if place < len(STEPS) else None


def step_before(name: str) -> Step | None:
    """The step before; None before the first."""
    place = STEPS.index(BY_NAME[name])
    return STEPS[place - 1] if place else None


def step_of(field: str) -> Step | None:
    """The step that asks for *field*, whatever the field is called there."""
    wanted = _ALSO.get(field, field)
    return next((step for step in STEPS if wanted in step.fields or wanted in step.required), None)


_ALSO = {
    **dict.fromkeys(BRINGS, "brings"),
    "text": "today",
    "text_zh": "today",
    "text_en": "today",
    "data_zh": "data_period",
    "data_en": "data_period",
    "data_volume": "data_amount",
    "has_personal_data": "personal",
}


def field_names(step: Step) -> tuple[str, ...]:
    """The values a step changes, as `ProblemValues` and the intake call them."""
    return tuple(
        name for field in step.fields for name in (BRINGS if field == "brings" else (field,))
    )


def answered(step: Step, values: ProblemValues) -> str:
    """How far a step is: ``done``, ``begun`` or ``open``. One way of saying a thing is enough."""
    names = [name for name in field_names(step) if name not in _OPTIONAL]
    said = [_is_said(name, values) for name in names]
    missing = [name for name in step.required if name != "title" and not _is_said(name, values)]
    titles = "title" in step.required and not (values.title_zh or values.title_en)
    if not any(said):
        return "open"
    whole = all(_is_said(name, values) for name in names if _is_main(name, step))
    return "done" if whole and not missing and not titles else "begun"


#: Values that are there from the start, or that many have nothing to say about.
_OPTIONAL = frozenset({"teams_wanted", "title_zh", "title_en"})


def _is_main(name: str, step: Step) -> bool:
    """Whether a step is only done when *name* is answered: its first text and its choices."""
    question = questions().get(name)
    return name == step.fields[0] or (question is not None and question.kind == "choice")


def _is_said(name: str, values: ProblemValues) -> bool:
    value = values.intake.get(name) if name in ANSWERS else getattr(values, name)
    return value not in (None, "", (), [], False)
