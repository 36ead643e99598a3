"""The forms of the writing guide: one a step, made of the questions that the step asks."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import BooleanField, Field, HiddenField, RadioField

from matchmaker.assessment.goals import GOAL_FIELDS, goal_for, suggest_patterns
from matchmaker.assessment.intake import Question, questions
from matchmaker.competency import (
    Requirement,
    load_taxonomy,
    suggest_requirements,
    suggest_sectors,
    suggest_techniques,
)
from matchmaker.models import Organization, Problem, User
from matchmaker.services.problem_intake import fingerprint
from matchmaker.services.problem_values import ANSWERS, MAX_ANSWER, ProblemValues, values_of
from matchmaker.web.forms.base import TEXT_MAX, BaseForm, Pairs, choice, choices_of, line, text
from matchmaker.web.forms.problem import (
    NewProblemForm,
    ProblemForm,
    checkboxes,
    described,
    form_data,
    split_list,
)
from matchmaker.web.guide import BRINGS, LINES, Step, field_names
from matchmaker.web.i18n import current_language


def patterns() -> Pairs:
    """The kinds of problem to choose from."""
    known, language = load_taxonomy().patterns.values(), current_language()
    return [("", _("None of these, or I don’t know")), *((p.id, p.label(language)) for p in known)]


class GuideForm(ProblemForm):
    """Everything the guide asks; `of_step` leaves what one step asks."""

    seen = HiddenField()
    pattern = choice(_l("Kind of problem"), patterns, default="")
    brings = checkboxes(
        _l("What you can give"),
        choices=lambda: choices_of(
            (name, questions()[name].label(current_language())) for name in BRINGS
        ),
    )
    accept_sector = checkboxes(_l("Suggested sector"), validate_choice=False)

    @classmethod
    def of_step(cls, step: Step, problem: Problem, **options: Any) -> GuideForm:
        """The form of one step, with what was answered so far."""
        values = values_of(problem)
        form = cls(data=_shown(problem, values), **options)
        kept = {*step.fields, "seen", "csrf_token"}
        if "requirements" in step.fields:
            kept |= {"accept", "accept_techniques", "accept_sector"}
        if "title_zh" in step.fields:
            kept.add("call_id")
        for name in [field.name for field in form if field.name not in kept]:
            del form[name]
        if not form.seen.data:  # Typing that was kept brings what it was typed over.
            form.seen.data = fingerprint(values, field_names(step))
        return form

    def given(self, step: Step) -> dict[str, Any]:
        """What was answered, as `services.problem_intake.answer` takes it; after validation."""
        found: dict[str, Any] = {}
        for name in step.fields:
            if name == "brings":
                found |= {flag: flag in (self.brings.data or ()) or None for flag in BRINGS}
            else:
                found[name] = self._answer(name)
        return found

    def _answer(self, name: str) -> Any:
        if name == "requirements":
            return tuple(sorted(self._needs(), key=lambda n: (-n.importance, n.competency)))
        data = self[name].data
        if name in ("techniques", "data_formats"):
            return split_list(data)
        if name in ("sector", "region", "deadline_at", *ANSWERS):
            return data or None
        return data or ""

    def use_goal(self, pattern: str) -> None:
        """Put the usual goal of *pattern* where nothing was written yet."""
        goal = goal_for(pattern, current_language())
        for name in GOAL_FIELDS if goal else ():
            if not self[name].data:
                self[name].data = getattr(goal, name)

    def take_suggestions(self) -> None:
        """Take what was ticked among the suggestions, the sector too."""
        for sector in self.accept_sector.data or ():
            if sector in load_taxonomy().sectors:
                self.sector.data = sector
        self.accept_sector.data = []
        super().take_suggestions()

    def ticked(self) -> list[str]:
        """The suggestions that were ticked, as they are kept when nobody wants them."""
        kinds = (
            ("requirement", self.accept.data),
            ("technique", self.accept_techniques.data),
            ("sector", self.accept_sector.data),
        )
        return [f"{kind}:{item.split(':')[0]}"[:200] for kind, data in kinds for item in data or ()]

    def offer_suggestions(self, problem: Problem) -> None:
        """Offer what the problem's texts speak of, except what is there or was not wanted."""
        said = spoken_text(problem)
        unwanted = set(problem.dismissed)
        listed = {row.competency.data for row in self.requirements}
        self.accept.choices = choices_of(
            (_key(need), described(need, item.patterns))
            for item in suggest_requirements(said)
            if (need := item.requirement).competency not in listed
            and f"requirement:{need.competency}" not in unwanted
        )
        named = {item.casefold() for item in split_list(self.techniques.data)}
        self.accept_techniques.choices = choices_of(
            (item, item)
            for item in suggest_techniques(said)
            if item.casefold() not in named and f"technique:{item}" not in unwanted
        )
        self.accept_sector.choices = choices_of(
            (found.id, load_taxonomy().label(found.id, current_language()))
            for found in suggest_sectors(said, limit=2)
            if found.id != self.sector.data and f"sector:{found.id}" not in unwanted
        )

    @property
    def has_suggestions(self) -> bool:
        """Whether anything is offered."""
        fields = (self.accept, self.accept_techniques, self.accept_sector)
        return any(field.choices for field in fields)


def _key(need: Requirement) -> str:
    return f"{need.competency}:{need.level}:{need.importance}"


def spoken_text(problem: Problem) -> str:
    """Everything written about a problem so far: what suggestions are read from."""
    values = values_of(problem)
    answers = [answer for answer in values.intake.values() if isinstance(answer, str)]
    texts = (values.title_zh, values.title_en, values.text_zh, values.text_en, *answers)
    return "\n".join(texts)[:TEXT_MAX]


def offered_patterns(problem: Problem) -> list[str]:
    """The kinds of problem whose usual goal may be of use, unless they were not wanted."""
    own = values_of(problem).intake.get("pattern")
    found = [own] if own else suggest_patterns(spoken_text(problem))
    return [name for name in found if f"goal:{name}" not in problem.dismissed]


def _shown(problem: Problem, values: ProblemValues) -> dict[str, Any]:
    answers = {name: values.intake.get(name) for name in ANSWERS}
    chosen = {
        name: "" if value is None and questions()[name].kind == "choice" else value
        for name, value in answers.items()
    }
    brings = [name for name in BRINGS if values.intake.get(name)]
    pattern = values.intake.get("pattern") or ""
    return {**form_data(problem), **chosen, "brings": brings, "pattern": pattern}


def _label(question: Question) -> Any:
    return LazyString(lambda: question.label(current_language()))


def _choices(question: Question, *, unknown: bool) -> Any:
    def offered() -> Any:
        pairs = [(item.value, item.label(current_language())) for item in question.answers]
        return choices_of([*pairs, ("", _("I don’t know yet"))] if unknown else pairs)

    return offered


def _field(question: Question) -> Field:
    match question.kind:
        case "flag":
            return BooleanField(_label(question))
        case "choice":
            unknown = question.answer("unknown") is None
            choices = _choices(question, unknown=unknown)
            return RadioField(
                _label(question), choices=choices, default="", validate_choice=unknown
            )
        case "choices":
            return checkboxes(_label(question), choices=_choices(question, unknown=False))
    make = line if question.field in LINES else text
    return make(_label(question), maximum=MAX_ANSWER)


for _question in questions().values():
    if _question.field in ANSWERS - {"pattern", *BRINGS}:
        setattr(GuideForm, _question.field, _field(_question))


class GuideStartForm(NewProblemForm):
    """The first page: for whom, in which call, under which name. The rest comes step by step."""

    KEPT = ("csrf_token", "token", "organization_id", "call_id", "title_zh", "title_en", "region")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name in [field.name for field in self if field.name not in self.KEPT]:
            del self[name]

    def assume(self, author: User, organization: Organization) -> None:
        """Fill in where the work probably takes place."""
        self.region.data = self.region.data or organization.region or ""

    def first_values(self, author: User, organization: Organization) -> ProblemValues:
        """What the draft begins with: what was typed, who to ask, the owner's own sector."""
        return ProblemValues(
            title_zh=self.title_zh.data or "",
            title_en=self.title_en.data or "",
            region=self.region.data or None,
            sector=organization.sector,
            contact_name=author.name,
            contact_email=author.email or "",
        )


class WrittenForm(BaseForm):
    """The text that the answers make, for the owner to change."""

    seen = HiddenField()
    title_zh = ProblemForm.title_zh
    title_en = ProblemForm.title_en
    text_zh = ProblemForm.text_zh
    text_en = ProblemForm.text_en
    data_zh = ProblemForm.data_zh
    data_en = ProblemForm.data_en

    NAMES = ("title_zh", "title_en", "text_zh", "text_en", "data_zh", "data_en")

    @classmethod
    def of(cls, problem: Problem, **options: Any) -> WrittenForm:
        """The form with the texts as they are."""
        form = cls(obj=problem, **options)
        if not form.seen.data:  # Typing that was kept brings what it was typed over.
            form.seen.data = fingerprint(values_of(problem), cls.NAMES)
        return form

    def given(self) -> dict[str, Any]:
        """The texts, as `services.problem_intake.answer` takes them."""
        return {name: self[name].data or "" for name in self.NAMES}
