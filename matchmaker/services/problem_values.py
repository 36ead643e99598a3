"""What an owner says about a problem, and the rules it must meet: to be kept, and to be submitted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email

from matchmaker.assessment.intake import FIELDS, TEXT_FIELDS, BadIntake, Intake
from matchmaker.clock import utcnow
from matchmaker.competency import Requirement, load_taxonomy
from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_, Message
from matchmaker.models import Problem
from matchmaker.models import Requirement as RequirementRow
from matchmaker.reference import REGIONS

MAX_TITLE = 200
MAX_TEXT = 20_000
#: The longest answer to one question of the guide.
MAX_ANSWER = 3_000
MAX_ITEMS = 20
MAX_ITEM = 60
MAX_REQUIREMENTS = 30
MAX_TEAMS = 20
#: The shortest text that describes a problem, in characters: Chinese says more with fewer.
MIN_TEXT = {"zh": 80, "en": 200}

Faults = dict[str, list[Message]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemValues:
    """The values an owner gives a problem; a draft may lack any of them."""

    title_zh: str = ""
    title_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    sector: str | None = None
    region: str | None = None
    techniques: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    data_zh: str = ""
    data_en: str = ""
    data_formats: tuple[str, ...] = ()
    data_volume: str = ""
    #: None: not said yet.
    has_personal_data: bool | None = None
    teams_wanted: int = 1
    deadline_at: datetime | None = None
    contact_name: str = ""
    contact_email: str = ""
    #: Answers to the guide's questions, as far as no other value here holds them.
    intake: dict[str, Any] = field(default_factory=dict)


COLUMNS = (
    "title_zh",
    "title_en",
    "text_zh",
    "text_en",
    "sector",
    "region",
    "data_zh",
    "data_en",
    "teams_wanted",
    "deadline_at",
    "contact_name",
    "contact_email",
    "intake",
)
#: What the guide asks beyond the columns a problem has anyway.
ANSWERS = FIELDS - {"title", "text", "sector", "techniques", "requirements"}


def values_of(problem: Problem) -> ProblemValues:
    """The values as saved."""
    details = problem.data_details
    return ProblemValues(
        **{name: getattr(problem, name) for name in COLUMNS},
        techniques=tuple(problem.techniques),
        requirements=tuple(
            Requirement(need.competency, need.level, need.importance)
            for need in problem.requirements
        ),
        data_formats=tuple(details.get("formats", ())),
        data_volume=details.get("volume", ""),
        has_personal_data=details.get("personal"),
    )


def write_values(problem: Problem, values: ProblemValues) -> None:
    """Make *values* what *problem* says."""
    for name in COLUMNS:
        setattr(problem, name, getattr(values, name))
    problem.techniques = list(dict.fromkeys(values.techniques))
    problem.data_details = {
        "formats": list(values.data_formats),
        "volume": values.data_volume,
        "personal": values.has_personal_data,
    }
    _write_requirements(problem, values)
    problem.refresh_search_text()
    problem.updated_at = utcnow()


def _write_requirements(problem: Problem, values: ProblemValues) -> None:
    """Change the rows that are there instead of replacing them: a competency is unique in a problem."""
    rows = {row.competency: row for row in problem.requirements}
    for need in values.requirements:
        row = rows.pop(need.competency, None)
        if row is None:
            row = RequirementRow(competency=need.competency)
            problem.requirements.append(row)
        row.level, row.importance = need.level, need.importance
    for row in rows.values():
        problem.requirements.remove(row)


def check_storable(values: ProblemValues) -> None:
    """Raise `InvalidInput` unless *values* can be kept, complete or not."""
    faults: Faults = defaultdict(list)
    for names, limit in _LENGTHS:
        for name in names:
            if len(getattr(values, name)) > limit:
                faults[name].append(_too_long(limit))
    for name in ("techniques", "data_formats"):
        faults[name] += _check_items(getattr(values, name))
    if values.sector is not None and values.sector not in load_taxonomy().sectors:
        faults["sector"].append(Message(N_("Choose a sector from the list.")))
    if values.region is not None and values.region not in REGIONS:
        faults["region"].append(Message(N_("Choose a region from the list.")))
    if not 1 <= values.teams_wanted <= MAX_TEAMS:
        faults["teams_wanted"].append(
            Message(N_("Choose a number from 1 to %(max)s."), {"max": MAX_TEAMS})
        )
    faults["requirements"] += _check_requirements(values.requirements)
    for name, message in _check_answers(values.intake):
        faults[name].append(message)
    _raise_any(faults)


def _check_answers(answers: dict[str, Any]) -> Iterable[tuple[str, Message]]:
    """What is wrong with the guide's answers, each under the name of its question."""
    for name in sorted(answers):
        value = answers[name]
        if name in TEXT_FIELDS and isinstance(value, str) and len(value) > MAX_ANSWER:
            yield name, _too_long(MAX_ANSWER)
        elif not _is_answer(name, value):
            yield name, Message(N_("Choose one of the answers."))


def _is_answer(name: str, value: object) -> bool:
    try:
        answer = Intake.from_data({name: value})
    except BadIntake:
        return False
    known = load_taxonomy().patterns
    return name in ANSWERS and (name != "pattern" or answer.pattern in (None, *known))


_LENGTHS = (
    (("title_zh", "title_en"), MAX_TITLE),
    (("text_zh", "text_en", "data_zh", "data_en"), MAX_TEXT),
    (("contact_name", "data_volume"), 120),
    (("contact_email",), 254),
)


def _too_long(limit: int) -> Message:
    return Message(N_("Please use at most %(max)d characters."), {"max": limit})


def _check_items(items: tuple[str, ...]) -> Iterable[Message]:
    if len(items) > MAX_ITEMS:
        yield Message(N_("Name at most %(max)s."), {"max": MAX_ITEMS})
    for item in items:
        if len(item) > MAX_ITEM:
            yield Message(
                N_("“%(item)s…” is too long: at most %(max)s characters each."),
                {"item": item[:20], "max": MAX_ITEM},
            )


def _check_requirements(needs: tuple[Requirement, ...]) -> Iterable[Message]:
    known = load_taxonomy().competencies
    if len(needs) > MAX_REQUIREMENTS:
        yield Message(N_("Name at most %(max)s."), {"max": MAX_REQUIREMENTS})
    for competency, count in Counter(need.competency for need in needs).items():
        if competency not in known:
            yield Message(N_("There is no competency “%(id)s”."), {"id": competency})
        elif count > 1:
            yield Message(
                N_("“%(competency)s” is listed more than once: keep one line."),
                {"competency": f"{known[competency].zh} / {known[competency].en}"},
            )
    if any(not 1 <= need.level <= 5 for need in needs):
        yield Message(N_("A level is a number from 1 to 5."))
    if any(not 1 <= need.importance <= 3 for need in needs):
        yield Message(N_("An importance is a number from 1 to 3."))


def check_complete(values: ProblemValues, *, now: datetime | None) -> None:
    """Raise `InvalidInput` with what is missing, field by field, unless *values* can be submitted.

    Without *now* a deadline may lie in the past, as it does in records of earlier years.
    """
    faults: Faults = defaultdict(list)
    for name, message in _check_languages(values):
        faults[name].append(message)
    for name, is_there, text in _NEEDED:
        if not is_there(values):
            faults[name].append(Message(text))
    if values.deadline_at is not None and now is not None and values.deadline_at <= now:
        faults["deadline_at"].append(
            Message(N_("This moment has passed. Choose a deadline in the future."))
        )
    if values.contact_email and not is_email(values.contact_email):
        faults["contact_email"].append(
            Message(N_("This is not an e-mail address. Example: name@company.com.tw"))
        )
    _raise_any(faults)


_NEEDED: tuple[tuple[str, Callable[[ProblemValues], object], str], ...] = (
    ("sector", lambda v: v.sector, N_("Choose the sector the problem comes from.")),
    ("region", lambda v: v.region, N_("Choose the region where the work takes place.")),
    ("requirements", lambda v: v.requirements, N_("Name at least one competency a team needs.")),
    ("deadline_at", lambda v: v.deadline_at, N_("Say until when teams can apply.")),
    ("contact_name", lambda v: v.contact_name, N_("Name one person teams can turn to.")),
    ("contact_email", lambda v: v.contact_email, N_("Give this person's e-mail address.")),
)


def _check_languages(values: ProblemValues) -> Iterable[tuple[str, Message]]:
    """What keeps every language from being complete; nothing if one is."""
    wrong: dict[str, list[tuple[str, Message]]] = {}
    for language in ("zh", "en"):
        title, text = getattr(values, f"title_{language}"), getattr(values, f"text_{language}")
        wrong[language] = list(_check_language(language, title, text))
        if not wrong[language]:
            return
    begun = [
        language
        for language in wrong
        if getattr(values, f"title_{language}") or getattr(values, f"text_{language}")
    ]
    for language in begun:
        yield from wrong[language]
    if not begun:
        message = N_("Write a title and a description in Chinese or in English, or in both.")
        yield from ((f"title_{language}", Message(message)) for language in wrong)


def _check_language(language: str, title: str, text: str) -> Iterable[tuple[str, Message]]:
    if not title:
        yield f"title_{language}", Message(N_("Give the problem a title."))
    length = len("".join(text.split())) if language == "zh" else len(text)
    if length < MIN_TEXT[language]:
        params = {"min": MIN_TEXT[language], "length": length}
        message = N_("Describe the problem in at least %(min)s characters; there are %(length)s.")
        yield f"text_{language}", Message(message, params)


def is_email(address: str) -> bool:
    """Whether *address* is written like an e-mail address."""
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def _raise_any(faults: Faults) -> None:
    found = {name: messages for name, messages in faults.items() if messages}
    if found:
        raise InvalidInput(fields=found)
