"""Who may apply: rules as data, checked against the facts of one application.

A rule may be limited to grades of problems and kinds of teams. Every rule that applies gives a
verdict in words, met or not, so that a team reads before it writes what it lacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from matchmaker.i18n import N_, Message

MAX_RULES = 30
KIND_LABELS = {
    "team_size": N_("How many people work in it"),
    "student_share": N_("Share of students, in per cent"),
    "country_share": N_("Share of people in certain countries, in per cent"),
    "team_kind": N_("Kind of team"),
    "organization": N_("The team comes from an organization"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a call.

    Parameters
    ----------
    kind : str
        One of ``KIND_LABELS``.
    least, most : int or None
        The bounds of what the kind counts; None for no bound.
    values : tuple of str
        Countries by ISO 3166 code, or kinds of team.
    grades, team_kinds : tuple of str
        To which problems and teams the rule applies; empty for all.
    """

    kind: str
    least: int | None = None
    most: int | None = None
    values: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    team_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules ask about one application.

    Parameters
    ----------
    grade : str or None
        Of the problem.
    team_kind : str
    has_organization : bool
    countries : tuple of str
        Of each person who works in it.
    students : int
        How many of these are students.
    """

    grade: str | None
    team_kind: str
    has_organization: bool
    countries: tuple[str, ...]
    students: int

    @property
    def size(self) -> int:
        """Return how many people work in it."""
        return len(self.countries)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of an application."""

    kind: str
    met: bool
    message: Message


def read_rules(data: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Return the rules that are kept as *data*."""
    return tuple(Rule(**{name: _read(value) for name, value in item.items()}) for item in data)


def _read(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def write_rules(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Return *rules* as they are kept."""
    return [
        {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(rule).items()}
        for rule in rules
    ]


def check(rules: Iterable[Rule], facts: Facts) -> list[Verdict]:
    """Return the verdict of every rule that applies to *facts*, in the rules' order.

    Examples
    --------
    >>> facts = Facts(grade="G1", team_kind="student", has_organization=False,
    ...               countries=("TW", "TW", "JP"), students=3)
    >>> found = check([Rule(kind="team_size", least=2, most=6)], facts)
    >>> found[0].met, str(found[0].message)
    (True, 'From 2 to 6 people work in it; you name 3.')
    """
    return [_CHECKS[rule.kind](rule, facts) for rule in rules if _applies(rule, facts)]


def _applies(rule: Rule, facts: Facts) -> bool:
    if rule.grades and facts.grade not in rule.grades:
        return False
    return not rule.team_kinds or facts.team_kind in rule.team_kinds


def _within(rule: Rule, value: float) -> bool:
    return (rule.least is None or value >= rule.least) and (rule.most is None or value <= rule.most)


def _verdict(rule: Rule, met: bool, text: str, **params: Any) -> Verdict:
    return Verdict(rule.kind, met, Message(text, params))


def _size(rule: Rule, facts: Facts) -> Verdict:
    met, params = _within(rule, facts.size), {"count": facts.size}
    if rule.most is None:
        text = N_("At least %(least)s people work in it; you name %(count)s.")
        return _verdict(rule, met, text, least=rule.least or 0, **params)
    if rule.least is None:
        text = N_("At most %(most)s people work in it; you name %(count)s.")
        return _verdict(rule, met, text, most=rule.most, **params)
    text = N_("From %(least)s to %(most)s people work in it; you name %(count)s.")
    return _verdict(rule, met, text, least=rule.least, most=rule.most, **params)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _students(rule: Rule, facts: Facts) -> Verdict:
    share = _percent(facts.students, facts.size)
    text = N_("Students: from %(least)s%% to %(most)s%% of the people; with you %(share)s%%.")
    return _verdict(rule, _within(rule, share), text, **_bounds(rule), share=f"{share:.0f}")


def _countries(rule: Rule, facts: Facts) -> Verdict:
    counts = Counter(facts.countries)
    share = _percent(sum(counts[country] for country in rule.values), facts.size)
    text = N_(
        "People who work in %(values)s: from %(least)s%% to %(most)s%%; with you %(share)s%%."
    )
    params = {**_bounds(rule), "values": list(rule.values), "share": f"{share:.0f}"}
    return _verdict(rule, _within(rule, share), text, **params)


def _bounds(rule: Rule) -> dict[str, int]:
    return {"least": rule.least or 0, "most": 100 if rule.most is None else rule.most}


def _kind(rule: Rule, facts: Facts) -> Verdict:
    text = N_("Kinds of team that may apply: %(values)s.")
    return _verdict(rule, facts.team_kind in rule.values, text, values=list(rule.values))


def _organization(rule: Rule, facts: Facts) -> Verdict:
    text = N_("The team comes from an organization that is registered here.")
    return _verdict(rule, facts.has_organization, text)


_CHECKS: dict[str, Callable[[Rule, Facts], Verdict]] = {
    "team_size": _size,
    "student_share": _students,
    "country_share": _countries,
    "team_kind": _kind,
    "organization": _organization,
}


def rule_faults(rules: Sequence[Rule], known: Mapping[str, Iterable[str]]) -> list[Message]:
    """Return what is wrong with a call's *rules*, in words.

    Parameters
    ----------
    rules : sequence of Rule
    known : mapping
        The codes there are of ``grades``, ``team_kinds`` and ``countries``.
    """
    faults = []
    if len(rules) > MAX_RULES:
        faults.append(Message(N_("At most %(most)s rules, please."), {"most": MAX_RULES}))
    for number, rule in enumerate(rules, 1):
        faults += [Message(text, {"number": number}) for text in _wrong(rule, known)]
    return faults


def _wrong(rule: Rule, known: Mapping[str, Iterable[str]]) -> list[str]:
    if rule.kind not in _CHECKS:
        return [N_("Rule %(number)s: choose what it is about.")]
    values = {"country_share": known["countries"], "team_kind": known["team_kinds"]}
    limit = 100 if rule.kind in ("student_share", "country_share") else 1_000
    bounds = [bound for bound in (rule.least, rule.most) if bound is not None]
    counts = rule.kind in ("team_size", "student_share", "country_share")
    checks = (
        (
            counts and not bounds,
            N_("Rule %(number)s: give the smallest or the largest number, or both."),
        ),
        (
            bounds != sorted(bounds) or any(not 0 <= bound <= limit for bound in bounds),
            N_("Rule %(number)s: the numbers do not make sense."),
        ),
        (
            rule.kind in values
            and (not rule.values or not set(rule.values) <= set(values[rule.kind])),
            N_("Rule %(number)s: name at least one, and only such as there are."),
        ),
        (
            not set(rule.grades) <= set(known["grades"])
            or not set(rule.team_kinds) <= set(known["team_kinds"]),
            N_("Rule %(number)s: choose from the lists to what it applies."),
        ),
    )
    return [text for wrong, text in checks if wrong]


#: Who may apply unless the office of the call says otherwise.
DEFAULT_RULES = (
    Rule(kind="team_size", least=1, most=10),
    Rule(kind="team_size", least=2, team_kinds=("student",)),
    Rule(kind="student_share", least=50, team_kinds=("student",)),
    Rule(kind="country_share", least=50, values=("TW",)),
)
