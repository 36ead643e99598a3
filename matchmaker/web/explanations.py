"""From what the matcher noted about a pair to sentences, for the office, the owner and the team.

The matcher keeps plain data: levels, contributions, ids of concepts. Words are found here, in the
reader's language and from where the reader stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from matchmaker.competency import UnknownConcept, detect_language, load_taxonomy
from matchmaker.i18n import N_, Message
from matchmaker.models import Band, Match, MatchReview, MatchRun, Problem
from matchmaker.services.match import REFUSALS
from matchmaker.web.grades import grades
from matchmaker.web.i18n import current_language, say


class Explained(Protocol):
    """A pair with what the matcher noted about it: a match, or a preview of one."""

    @property
    def explanation(self) -> dict[str, Any]: ...

    @property
    def band(self) -> Band: ...

    @property
    def confidence(self) -> str: ...

    @property
    def score(self) -> float: ...


class Reader(StrEnum):
    """From where one looks at a pair."""

    OFFICE = "office"
    OWNER = "owner"
    TEAM = "team"


FEATURES = {
    "dense": N_("Similar meaning"),
    "lexical": N_("Same words"),
    "concepts": N_("Same subjects"),
    "sector": N_("Same sector"),
    "requirements": N_("Competencies asked for"),
    "must_have": N_("Missing must-haves"),
}
DEGREES = (
    (1.0, N_("far above average")),
    (0.25, N_("above average")),
    (-0.25, N_("average")),
)
LOWEST = N_("below average")
UNKNOWN = N_("not known")

ALL_MET = N_("The team shows the level asked for in every competency: %(names)s.")
SOME_MET = N_("The team shows the level asked for in %(met)s of %(total)s competencies: %(names)s.")
NAMED_ONLY = N_("The team's texts name %(names)s, but no level is shown yet.")
NONE_MET = N_("The team has not yet shown the level of any competency asked for.")
NONE_ASKED = N_("The problem asks for no particular competency, so the texts decide.")
CLOSEST_WORK = N_("Of all its works, “%(title)s” is closest to the problem.")
CLOSEST_PROFILE = N_("How the team describes itself is close to the problem.")
NOTHING_CLOSE = N_("None of the team's texts could be compared with the problem.")
SECTOR_AND_SUBJECT = N_("It works in the problem's sector, and both speak of %(names)s.")
SECTOR_ONLY = N_("It works in the problem's sector.")
SUBJECT_ONLY = N_("Both sides speak of %(names)s.")
SUBJECT_ELSEWHERE = N_("Its sectors are others, but both sides speak of %(names)s.")
NEITHER = N_("Neither a sector nor a subject connects the two.")

YOU = {
    ALL_MET: N_("You show the level asked for in every competency: %(names)s."),
    SOME_MET: N_("You show the level asked for in %(met)s of %(total)s competencies: %(names)s."),
    NAMED_ONLY: N_("Your texts name %(names)s."),
    CLOSEST_WORK: N_("Your work “%(title)s” is close to this problem."),
    CLOSEST_PROFILE: N_("How you describe yourselves is close to this problem."),
    SECTOR_AND_SUBJECT: N_("You know this sector, and both sides speak of %(names)s."),
    SECTOR_ONLY: N_("You know this sector."),
    SUBJECT_ONLY: N_("Your texts and the problem both speak of %(names)s."),
    SUBJECT_ELSEWHERE: N_("The sector is new to you, but both sides speak of %(names)s."),
}
#: What is no reason for a team to look at a problem is left out of "why you".
NO_REASON = {NONE_MET, NONE_ASKED, NOTHING_CLOSE, NEITHER}

BELOW = N_("%(shown)s is shown, %(needed)s is asked for.")
CLOSE = {
    "below": {
        Reader.OFFICE: N_("A mentor, a course or a second team strong in this could close it."),
        Reader.OWNER: N_("A mentor of the programme can help the team to close it."),
        Reader.TEAM: N_("Describe a work that shows more, or take a course that leads there."),
    },
    "unconfirmed": {
        Reader.OFFICE: N_("Its texts name it without a level: ask the team for evidence."),
        Reader.OWNER: N_("Its texts name it without a level: ask about it when you talk."),
        Reader.TEAM: N_("Your texts name it: add the level and a work that shows it."),
    },
    "missing": {
        Reader.OFFICE: N_("Nothing is shown: a second team, a mentor or a course could close it."),
        Reader.OWNER: N_("Nothing is shown: the programme office can find help."),
        Reader.TEAM: N_("Nothing is shown: add evidence if you have it, or team up with others."),
    },
}
NOT_CONFIRMED = N_("Stated by the team, not confirmed")
RISES_TO = N_("With that level stated, the fit would be: %(band)s.")
RISES_INSIDE = N_("With that level stated, the fit would rise inside its band.")
BANDS = {
    "strong": N_("Strong fit"),
    "good": N_("Good fit"),
    "possible": N_("Possible fit"),
    "weak": N_("Weak fit"),
}
RANGE = N_("With more described, the fit could turn out anywhere from “%(low)s” to “%(high)s”.")
THIN = N_("Few descriptions")
THIN_ADVICE = {
    Reader.OFFICE: N_("The ranking rests on little: ask the team for 8 to 12 past works."),
    Reader.OWNER: N_("The team has described little of its work so far: ask for examples."),
    Reader.TEAM: N_(
        "Your ranking rests on little: describe 8 to 12 past works in 100 to 200 words each."
    ),
}

EXCLUSIONS = {
    "conflict": N_("Conflict of interest"),
    "banned": N_("Banned by the office"),
    "problem_closed": N_("The problem no longer takes teams"),
    "team_unavailable": N_("The team has paused or disbanded"),
    "no_capacity": N_("The team has no capacity"),
    "no_text": N_("There is no text in Chinese or English to read"),
    "no_language_bridge": N_(
        "No common language to compare in: neither text has the other's language, and too few of "
        "the Chinese words are known to gloss them"
    ),
}
CONFLICTS = {
    "organization": N_("The team belongs to the organization that owns the problem."),
    "member": N_("A member of the team belongs to the organization that owns the problem."),
    "author": N_("A member of the team wrote the problem."),
}

DECISIONS = {
    "endorse": N_("Endorsed"),
    "decline": N_("Declined"),
    "hold": N_("On hold"),
    "reset": N_("Review taken back"),
    "accept": N_("Team interested"),
    "refuse": N_("Team not interested"),
}
SENTENCE = re.compile(r".+?(?:[。！？!?\n]|\.(?=\s|$)|$)", re.DOTALL)
MAX_SENTENCE = 240

MET = {"met": "yes", "below": "partly", "unconfirmed": "unknown", "missing": "no"}
IMPORTANCE = {3: "must", 2: "important", 1: "nice"}
STATUS_ORDER = ("missing", "unconfirmed", "below", "met")


def concept(concept_id: str) -> str:
    """A competency's, sector's or pattern's name; its id if the framework has it no more."""
    try:
        return load_taxonomy().label(concept_id, current_language())
    except UnknownConcept:
        return concept_id


def joined(names: Iterable[str]) -> str:
    """Names in a row, with the reader's comma."""
    return say(N_(", ")).join(names)


def _level(number: float) -> str:
    step = load_taxonomy().levels[min(5, max(0, round(number)))]
    return f"{step.level} {step.label(current_language())}"


# --- why ----------------------------------------------------------------------------------------


def why(match: Explained, reader: Reader = Reader.OFFICE, *, with_titles: bool = True) -> list[str]:
    """Why the pair is where it is, in at most three sentences.

    *with_titles* False leaves the titles of the team's works out, for readers who may not see them.
    """
    found = match.explanation
    if not found:
        return []
    sentences = [_about_needs(found), _about_closest(found, with_titles), _about_field(found)]
    if reader is Reader.TEAM:
        sentences = [
            Message(YOU.get(m.text, m.text), m.params) for m in sentences if m.text not in NO_REASON
        ]
    return [say(sentence) for sentence in sentences]


def _about_needs(found: Mapping[str, Any]) -> Message:
    needs = found["requirements"]
    if not needs:
        return Message(NONE_ASKED)
    met = [need for need in needs if need["status"] == "met"]
    named = [need for need in needs if need["status"] == "unconfirmed"]
    if met:
        text = ALL_MET if len(met) == len(needs) else SOME_MET
        return Message(text, {"met": len(met), "total": len(needs), "names": _names(met)})
    return Message(NAMED_ONLY, {"names": _names(named)}) if named else Message(NONE_MET)


def _names(needs: Iterable[Mapping[str, Any]]) -> str:
    ordered = sorted(needs, key=lambda need: -need["importance"])
    return joined(concept(need["competency"]) for need in ordered)


def _about_closest(found: Mapping[str, Any], with_titles: bool) -> Message:
    document = found["document"]
    if document is None:
        return Message(NOTHING_CLOSE)
    if document["kind"] == "work" and document["title"] and with_titles:
        return Message(CLOSEST_WORK, {"title": document["title"]})
    return Message(CLOSEST_PROFILE)


def _about_field(found: Mapping[str, Any]) -> Message:
    sector = next((p["contribution"] for p in found["parts"] if p["feature"] == "sector"), 0.0)
    names = joined(concept(shared["id"]) for shared in found["concepts"][:3])
    if names:
        text = (
            SECTOR_AND_SUBJECT if sector > 0 else SUBJECT_ELSEWHERE if sector < 0 else SUBJECT_ONLY
        )
        return Message(text, {"names": names})
    return Message(SECTOR_ONLY if sector > 0 else NEITHER)


def range_words(match: Explained) -> str:
    """How far the fit may turn out otherwise once the team has described more; empty if hardly."""
    low, high = match.explanation.get("range") or ("", "")
    if low == high:
        return ""
    return say(Message(RANGE, {"low": say(BANDS[low]), "high": say(BANDS[high])}))


def tied(matches: Sequence[Explained]) -> set[int]:
    """The places in *matches*, from 0, of pairs with exactly the score of the one before.

    Their order says nothing: it goes by number.
    """
    marks = [(match.band, match.score) for match in matches]
    return {n for n in range(1, len(marks)) if marks[n] == marks[n - 1]}


# --- parts of the score -------------------------------------------------------------------------


def fit_parts(match: Match, run: MatchRun) -> list[dict[str, Any]]:
    """The parts of the fit, counted from no likeness at all, so that none is negative.

    Their shares add up to the share of the bar that is filled; a full bar is the run's best pair.
    """
    fullest = run.config.get("fullest") or 1.0
    rows = []
    for part in match.explanation.get("parts", []):
        name, value = part["feature"], part["contribution"]
        if name == "must_have":
            continue
        ground = _ground(run, name)
        rows.append(
            {
                "label": say(FEATURES[name]),
                "value": say(_degree(run, name, value)),
                "share": max(0.0, min(1.0, (value + ground) / fullest)),
            }
        )
    return rows


def _ground(run: MatchRun, name: str) -> float:
    """How far below average "nothing at all" lies for a feature, in points of the score."""
    settings = run.config["settings"]
    scale = settings["scales"][name]
    return float(settings["weights"][name] * scale["mean"] / scale["deviation"])


def _degree(run: MatchRun, name: str, value: float) -> str:
    weight = run.config["settings"]["weights"][name]
    if not value or not weight:
        return UNKNOWN
    return next((words for floor, words in DEGREES if value / weight >= floor), LOWEST)


def figures(match: Explained) -> list[tuple[str, str]]:
    """The score and its parts in figures, for those who ask: the parts add up to the score."""
    parts = match.explanation.get("parts", [])
    return [(say(FEATURES[p["feature"]]), f"{p['contribution']:+.3f}") for p in parts]


# --- requirements, evidence, gaps ---------------------------------------------------------------


def requirement_rows(match: Explained, reader: Reader = Reader.OFFICE) -> list[dict[str, Any]]:
    """What is asked for and what is shown, must-haves first."""
    needs = sorted(match.explanation.get("requirements", []), key=lambda need: -need["importance"])
    return [
        {
            "competency": concept(need["competency"]),
            "needed": need["needed"],
            "needed_label": _level(need["needed"]),
            "shown": _shown(need, reader),
            "shown_label": _shown_label(need, reader),
            "importance": IMPORTANCE.get(need["importance"], "nice"),
            "met": MET[need["status"]],
        }
        for need in needs
    ]


def _shown(need: Mapping[str, Any], reader: Reader) -> float | None:
    """The level, unless it is only the team's own word and not for *reader*."""
    if reader is Reader.OWNER and not need.get("is_confirmed"):
        return None
    level: float | None = need["shown"]
    return level


def _shown_label(need: Mapping[str, Any], reader: Reader) -> str:
    level = _shown(need, reader)
    if level is not None:
        return _level(level)
    return "" if need["shown"] is None else say(NOT_CONFIRMED)


@dataclass(frozen=True)
class Coverage:
    """How much of what is asked for is shown."""

    met: int
    total: int


def coverage(match: Explained) -> Coverage:
    """How many of all competencies asked for are shown at the level."""
    needs = match.explanation.get("requirements", [])
    return Coverage(sum(need["status"] == "met" for need in needs), len(needs))


def quotes(match: Explained) -> list[dict[str, dict[str, str]]]:
    """The sentences of both sides that answer each other best."""
    document = match.explanation.get("document")
    source = document["title"] if document else ""
    return [
        {
            "problem": {"text": pair["problem"], "lang": detect_language(pair["problem"]) or ""},
            "team": {
                "text": pair["team"],
                "lang": detect_language(pair["team"]) or "",
                "source": source,
            },
        }
        for pair in match.explanation.get("sentences", [])
    ]


def gaps(match: Explained, reader: Reader = Reader.OFFICE) -> list[dict[str, str]]:
    """What is missing, the heaviest first, and how it could be closed."""
    unmet = [n for n in match.explanation.get("requirements", []) if n["status"] != "met"]
    unmet.sort(key=lambda need: (-need["importance"], STATUS_ORDER.index(need["status"])))
    found = [
        {
            "title": concept(need["competency"]),
            "body": " ".join(_closing(match, need, reader)),
        }
        for need in unmet
    ]
    if match.confidence == "thin":
        found.append({"title": say(THIN), "body": say(THIN_ADVICE[reader])})
    return found


def _closing(match: Explained, need: Mapping[str, Any], reader: Reader) -> Iterable[str]:
    """What is missing of one need, how to close it, and what that would change."""
    level = _shown(need, reader)
    if need["status"] == "below" and level is not None:
        levels = {"shown": _level(level), "needed": _level(need["needed"])}
        yield say(Message(BELOW, levels))
    yield say(CLOSE[need["status"]][reader])
    if reader is not Reader.OWNER:
        yield from _rise(match, need["competency"])


def _rise(match: Explained, competency: str) -> Iterable[str]:
    """What stating the level would make of the match, as ranking the pair again found."""
    for item in match.explanation.get("advice", []):
        if item["params"].get("competency") == competency and "band" in item:
            if item["band"] == match.band:
                yield say(RISES_INSIDE)
            else:
                yield say(Message(RISES_TO, {"band": say(BANDS[item["band"]])}))


def excluded_because(reason: str, params: Mapping[str, Any]) -> str:
    """Why a run left something out."""
    text = say(EXCLUSIONS.get(reason, reason))
    detail = say(CONFLICTS[params["because"]]) if params.get("because") in CONFLICTS else ""
    return joined_sentences(text, detail or params.get("note", ""))


# --- decisions and problems in a line -----------------------------------------------------------


def decision(review: MatchReview) -> str:
    """What somebody decided, in a word."""
    return say(DECISIONS.get(review.action, review.action))


def reason_of(item: Match | MatchReview) -> str:
    """The reason given: what a team picked from the list, and what was written."""
    picked = say(REFUSALS[item.reason_code]) if item.reason_code in REFUSALS else ""
    return joined_sentences(picked, item.reason) if picked else item.reason


def award(problem: Problem) -> str:
    """What solving a problem of this grade earns."""
    grade = grades().get(problem.grade or "")
    return grade.award.label(current_language()) if grade else ""


def first_sentence(problem: Problem) -> str:
    """The problem in one sentence: the first of its text."""
    zh, en = problem.text_zh, problem.text_en
    text = (zh or en) if current_language() == "zh" else (en or zh)
    found = SENTENCE.match(text.strip())
    sentence = found[0] if found else text.strip()
    return sentence if len(sentence) <= MAX_SENTENCE else f"{sentence[:MAX_SENTENCE].rstrip()}…"


def joined_sentences(first: str, second: str) -> str:
    """Two statements in one line."""
    return (
        say(Message(N_("%(first)s: %(second)s"), {"first": first, "second": second}))
        if second
        else first
    )
