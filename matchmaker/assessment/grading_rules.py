"""How each difficulty criterion gets its suggested points from an intake.

Every rule takes a `Reader` and the points assumed where nothing is known, and returns a `Point`.
An answer counts exactly; a text alone leaves one point of doubt either way; an answer that its own
text contradicts is moved one point towards the text, and both are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from matchmaker.assessment.points import (
    DIFFERENT,
    FROM_ANSWER,
    FROM_TEXT,
    Point,
    unsaid,
    within,
)
from matchmaker.assessment.reading import Evidence, Reader, Reading
from matchmaker.competency import (
    IMPORTANCE_SHOULD,
    Requirement,
    load_taxonomy,
)
from matchmaker.i18n import N_, Message

BANDS = {"A": 0, "B": 2, "C": 4}
NOVELTY = {"ready": 0, "known": 1, "adapted": 2, "research": 4}
RUN_TIMES = {"offline": 0, "service": 1, "realtime": 3, "edge": 3}
SYSTEMS = {"0": 0, "1": 1, "2+": 2}
DOMAINS = {"briefing": 0, "mentor": 2, "rare": 4}
HARMS = {"cheap": 0, "costly": 2, "severe": 4}
CHANGES = {"nobody": 0, "one_group": 2, "many": 4}

_LABELS_CHECKED = Message(N_("The answers in the data are checked and a team can start at once."))
_LABELS_MISSING = Message(N_("The right answers are not recorded yet: somebody must make them."))
_HARD_TO_REACH = Message(N_("A team cannot simply take the data along."))
_SAMPLE = Message(N_("The data are uncertain, but there is a sample to look at."))
_KNOWN_PATTERN = Message(N_("This kind of problem has been solved before in other places."))
_CONNECTED = Message(N_("It must be connected to systems that are in use."))
_ALL_AT_ONCE = Message(N_("It answers at once, in several systems or where a stop is costly."))
_TRADE = Message(N_("The requirements ask for knowledge of the trade."))
_APPROVAL = Message(N_("Its use needs a formal approval."))
_FROM_REQUIREMENTS = Message(N_("Counted from the requirements."))
_FROM_PATTERN = Message(N_("Counted from what this kind of problem usually takes."))


def chosen(reader: Reader, field: str, table: Mapping[str, int], assumed: int) -> Point:
    """The points of an answer, moved towards what the texts say if they say much more."""
    reading, hint = reader.read(field), reader.hint(field)
    if not reading.known:
        return unsaid(assumed)
    points = table[reading.value]
    if not reading.answered:
        return Point(points, within(points - 1), within(points + 1), FROM_TEXT, reading.evidence)
    if hint.known and table[hint.value] > points + 1:
        evidence = reading.evidence + hint.evidence
        return Point(points + 1, points, table[hint.value], DIFFERENT, evidence)
    return Point(points, points, points, FROM_ANSWER, reading.evidence)


def data_gap(reader: Reader, assumed: int) -> Point:
    """DF1: the data band, half a band better or worse by labels, access and sample."""
    point = chosen(reader, "data_band", BANDS, assumed)
    band, labels = reader.read("data_band"), reader.read("label_status")
    access, sample = reader.read("access"), reader.read("sample_attached")
    match band.value:
        case "A" if labels.value == "none":
            return point.raised(1, _LABELS_MISSING, labels.evidence)
        case "A" if access.value in ("on_site", "unknown"):
            return point.raised(1, _HARD_TO_REACH, access.evidence)
        case "B" if labels.value == "checked" and access.value in ("ready", "two_weeks"):
            return point.raised(-1, _LABELS_CHECKED, labels.evidence + access.evidence)
        case "B" if labels.value == "none":
            return point.raised(1, _LABELS_MISSING, labels.evidence)
        case "C" if sample.value:
            return point.raised(-1, _SAMPLE, sample.evidence)
    return point


def method_novelty(reader: Reader, assumed: int) -> Point:
    """DF2: how new the method is; a known kind of problem is never wholly new."""
    point = chosen(reader, "novelty", NOVELTY, assumed)
    pattern = reader.pattern
    if not pattern.known:
        return point
    if not point.said:
        return Point(1, 0, 2, _KNOWN_PATTERN, pattern.evidence)
    if point.points == NOVELTY["research"]:
        return point.raised(-1, _KNOWN_PATTERN, pattern.evidence)
    return point


def integration(reader: Reader, assumed: int) -> Point:
    """DF3: where the answer is needed, and how many systems it is connected to."""
    point = chosen(reader, "run_time", RUN_TIMES, assumed)
    systems = reader.read("systems")
    if not point.said:
        return _by_systems(systems, point)
    if point.points >= RUN_TIMES["edge"]:
        harm = reader.read("harm")
        if systems.value == "2+" or harm.value == "severe":
            because = systems if systems.value == "2+" else harm
            return point.raised(1, _ALL_AT_ONCE, because.evidence)
        return point
    if systems.known and SYSTEMS[systems.value]:
        return point.raised(SYSTEMS[systems.value], _CONNECTED, systems.evidence)
    return point if systems.known else _wider(point, up=1)


def _by_systems(systems: Reading, otherwise: Point) -> Point:
    """What must be connected to systems is a service at least."""
    if not systems.known or not SYSTEMS[systems.value]:
        return otherwise
    points = RUN_TIMES["service"] + SYSTEMS[systems.value]
    return Point(points, SYSTEMS[systems.value], within(points + 1), _CONNECTED, systems.evidence)


def _wider(point: Point, *, up: int) -> Point:
    return Point(point.points, point.low, within(point.high + up), point.why, point.evidence)


def domain_depth(reader: Reader, assumed: int) -> Point:
    """DF4: how a team learns the trade; one point more if the requirements ask for the trade."""
    point = chosen(reader, "domain", DOMAINS, assumed)
    trade = [need for need in _needs(reader)[0] if need.competency in load_taxonomy().sectors]
    deepest = max((need.level for need in trade), default=0)
    quotes = tuple(Evidence("requirements", need.competency) for need in reader.intake.requirements)
    shown = tuple(e for e in quotes if e.quote in {need.competency for need in trade})
    if not point.said and trade and shown:
        return Point(1, 0, 3, _TRADE, shown)
    wanted = 2 if point.points == 0 else 3
    if point.said and deepest >= wanted and point.points < DOMAINS["rare"]:
        return point.raised(1, _TRADE, shown)
    return point


def assurance(reader: Reader, assumed: int) -> Point:
    """DF5: what a wrong answer costs; more if the use needs a formal approval."""
    point = chosen(reader, "harm", HARMS, assumed)
    approval = reader.read("formal_approval")
    if approval.value and approval.answered:
        return point.raised(1, _APPROVAL, approval.evidence)
    return point


def breadth(reader: Reader, assumed: int) -> Point:
    """DF6: how many competencies at which level, from the requirements or the kind of problem."""
    needs, reading, why = _needs(reader)
    counted = [n for n in needs if n.competency in load_taxonomy().competencies]
    if not counted:
        return unsaid(assumed)
    points = breadth_points(counted)
    if reading.answered:
        return Point(points, points, points, why, reading.evidence)
    return Point(points, within(points - 1), within(points + 1), why, reading.evidence)


def breadth_points(needs: Iterable[Requirement]) -> int:
    """The points of DF6 for a list of requirements.

    Any competency at level 4, or five at level 3: 4. Four at level 3 among six or more: 3. Three
    at level 3: 2. Three or more altogether: 1. Requirements that would just be nice do not count.

    Examples
    --------
    >>> breadth_points([Requirement("PER-CV", 3, 3), Requirement("FND-DL", 2, 2)])
    0
    >>> breadth_points([Requirement("PER-CV", 4, 3)])
    4
    """
    levels = [need.level for need in needs if need.importance >= IMPORTANCE_SHOULD]
    independent = sum(level >= 3 for level in levels)
    if max(levels, default=0) >= 4 or independent >= 5:
        return 4
    if independent == 4 and len(levels) >= 6:
        return 3
    if independent >= 3:
        return 2
    return 1 if len(levels) >= 3 else 0


def change(reader: Reader, assumed: int) -> Point:
    """DF7: whose work changes."""
    return chosen(reader, "people_changed", CHANGES, assumed)


def _needs(reader: Reader) -> tuple[tuple[Requirement, ...], Reading, Message]:
    """The requirements: as confirmed, else what the pattern or the text usually takes."""
    confirmed = reader.read("requirements")
    if confirmed.known:
        return confirmed.value, confirmed, _FROM_REQUIREMENTS
    pattern = reader.pattern
    if pattern.known:
        read = Reading(pattern.value, False, pattern.evidence)
        return load_taxonomy().patterns[pattern.value].requires, read, _FROM_PATTERN
    found = reader.suggested_requirements
    return found.value or (), found, FROM_TEXT


RULES: Mapping[str, Callable[[Reader, int], Point]] = MappingProxyType(
    {
        "DF1": data_gap,
        "DF2": method_novelty,
        "DF3": integration,
        "DF4": domain_depth,
        "DF5": assurance,
        "DF6": breadth,
        "DF7": change,
    }
)
