"""How each screening criterion gets its suggested points from an intake.

Every rule takes a `Reader` and the points assumed where nothing is known, and returns a `Point`.
What nobody said counts nothing, and the range says how much saying it could bring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from matchmaker.assessment.points import (
    FROM_ANSWER,
    FROM_TEXT,
    Point,
    unsaid,
    within,
)
from matchmaker.assessment.reading import Evidence, Reader, Reading
from matchmaker.assessment.rubric import MAX_POINTS
from matchmaker.i18n import N_, Message

UNIQUENESS = {"same": 0, "variant": 2, "none": 4}
VALUES = {"convenience": 0, "saving": 1, "large": 2}
REUSES = {"one_off": 0, "several": 2, "association": 4}
LEGALS = {"unchecked": 0, "listed": 2, "settled": 4}
INVOLVES_PEOPLE = ("deidentified", "personal", "sensitive")

_RECORDED = Message(N_("Records exist; how complete they are follows from what was said of them."))
_UNSURE = Message(N_("Whether there are data at all is still uncertain."))
_MEASURED = Message(N_("The gain, its measure and today's value."))
_SHARED = Message(N_("Others need it too."))
_NAMED = Message(N_("What is named: the user, what happens today, what would be better."))
_MEASURABLE = Message(N_("It is named what is measured, from where and to where."))
_BROUGHT = Message(N_("What the owner brings."))
_NOBODY = Message(N_("There is nobody to talk to."))
_NO_PEOPLE = Message(N_("No people can be recognized in the data."))
_EXPOSED = Message(N_("Personal data would be handed over as they are."))

DATA_TEXTS = ("data_amount", "data_period", "data_unit", "data_fields")
#: What the best score for data needs besides data that are fit for the purpose.
COMPLETE = ("data_fields", "data_period", "sample_attached")
NAMED = ("who", "today", "better")
MEASURED = ("metric", "target")
CLEAR = ("metric", "baseline", "target", "measured_how")
BROUGHT = ("mentor", "data_tools", "site", "calendar")


def _found(reader: Reader, *fields: str) -> tuple[Evidence, ...]:
    return reader.said(*fields)


def _grade_of_reading(points: int, reading: Reading, why: Message | None = None) -> Point:
    """The points of one answer; what a text alone suggests is doubtful by a point."""
    if reading.answered:
        return Point(points, points, points, why or FROM_ANSWER, reading.evidence)
    return Point(points, within(points - 1), within(points + 1), FROM_TEXT, reading.evidence)


def data_completeness(reader: Reader, assumed: int) -> Point:
    """SC1: the data band, with the labels, period, fields and sample that go with it."""
    band, records = reader.read("data_band"), _found(reader, *DATA_TEXTS)
    if band.value == "C":
        sample = _found(reader, "sample_attached")
        return _grade_of_reading(1 if sample else 0, band, _UNSURE).raised(0, _UNSURE, sample)
    if not band.known:
        if not records:
            return unsaid(assumed)
        return Point(1, 0, MAX_POINTS, FROM_TEXT, records)
    labels, complete = reader.read("label_status"), _found(reader, *COMPLETE)
    points = 3 if band.value == "A" else 2
    if labels.value == "checked" and len(complete) == len(COMPLETE):
        points += 1
    if labels.value == "none" and not records:
        points -= 1
    evidence = (*labels.evidence, *complete, *records)
    return _grade_of_reading(points, band).raised(0, _RECORDED, evidence)


def data_uniqueness(reader: Reader, assumed: int) -> Point:
    """SC2: whether equivalent data are public."""
    reading = reader.read("public_equivalent")
    if not reading.known:
        return unsaid(assumed)
    return _grade_of_reading(UNIQUENESS[reading.value], reading)


def industry_value(reader: Reader, assumed: int) -> Point:
    """SC3: the gain; one point more with a measure, another with today's value."""
    reading = reader.read("value")
    if not reading.known:
        return unsaid(assumed)
    points = VALUES[reading.value]
    measured = _found(reader, "metric", "baseline") if points else ()
    return _grade_of_reading(points + len(measured), reading).raised(0, _MEASURED, measured)


def ecosystem(reader: Reader, assumed: int) -> Point:
    """SC4: who else has the need; a chain or association that backs it is the most."""
    reading = reader.read("reuse")
    if not reading.known:
        return unsaid(assumed)
    point = _grade_of_reading(REUSES[reading.value], reading, _SHARED)
    hint = reader.hint("reuse")
    if reading.answered and reading.value == "several" and hint.value == "association":
        return point.raised(1, _SHARED, hint.evidence)
    return point


def clarity(reader: Reader, assumed: int) -> Point:
    """SC5: user, input and output named; then measure and target; then everything in writing."""
    named, measured = _found(reader, *NAMED), _found(reader, *MEASURED)
    limits = _found(reader, "must_not", "by_when")
    clear = _found(reader, *CLEAR)
    if not named and not measured:
        return unsaid(assumed)
    points = min(len(named), 2)
    if points == 2 and len(measured) == len(MEASURED):
        points = 4 if len(clear) == len(CLEAR) and len(named) == len(NAMED) and limits else 3
    typed = sum(bool(getattr(reader.intake, field)) for field in (*NAMED, *CLEAR))
    doubt = 0 if typed >= len(NAMED) else 1
    why = _MEASURABLE if measured else _NAMED
    evidence = tuple(dict.fromkeys((*named, *clear, *limits)))
    return Point(points, within(points - doubt), within(points + doubt), why, evidence)


def commitment(reader: Reader, assumed: int) -> Point:
    """SC6: contact, then a monthly meeting, then mentor, data or tools, site and calendar."""
    contact = reader.read("contact")
    if not contact.known:
        contact = reader.read("data_contact")
    if not contact.known:
        return unsaid(assumed)
    if contact.value is False:
        return Point(0, 0, 0, _NOBODY, (Evidence("contact", "no"),))
    meeting, brought = _found(reader, "monthly_meeting"), _found(reader, *BROUGHT)
    points = 2 if meeting or len(brought) >= 2 else 1
    if len(brought) >= 2 and (meeting or len(brought) >= 3):
        points = 4 if len(brought) == len(BROUGHT) else 3
    return _grade_of_reading(points, contact).raised(0, _BROUGHT, (*meeting, *brought))


def legal_readiness(reader: Reader, assumed: int) -> Point:
    """SC7: what is settled, better where no people are in the data, worse where they are exposed."""
    legal, personal = reader.read("legal"), reader.read("personal")
    if not legal.known:
        if personal.value == "none":
            return _grade_of_reading(1, personal, _NO_PEOPLE)
        return unsaid(assumed)
    point = _grade_of_reading(LEGALS[legal.value], legal)
    if personal.value == "none":
        return point.raised(1, _NO_PEOPLE, personal.evidence)
    if personal.value == "deidentified" and legal.value == "unchecked":
        return point.raised(1, FROM_ANSWER, personal.evidence)
    if personal.value == "personal" and legal.value == "settled":
        return point.raised(-1, _EXPOSED, personal.evidence)
    return point


RULES: Mapping[str, Callable[[Reader, int], Point]] = MappingProxyType(
    {
        "SC1": data_completeness,
        "SC2": data_uniqueness,
        "SC3": industry_value,
        "SC4": ecosystem,
        "SC5": clarity,
        "SC6": commitment,
        "SC7": legal_readiness,
    }
)

#: The fields that could bring points to a criterion, in the order an owner would fill them in.
WANTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "SC1": (
            "data_band",
            "label_status",
            "data_amount",
            "data_period",
            "data_fields",
            "sample_attached",
            "will_collect",
        ),
        "SC2": ("public_equivalent",),
        "SC3": ("value", "metric", "baseline"),
        "SC4": ("reuse",),
        "SC5": (
            "who",
            "today",
            "better",
            "metric",
            "baseline",
            "target",
            "measured_how",
            "must_not",
            "by_when",
        ),
        "SC6": ("contact", "monthly_meeting", "mentor", "data_tools", "site", "calendar"),
        "SC7": ("legal", "personal"),
    }
)
