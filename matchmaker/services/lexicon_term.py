"""Keep the office's own terms, and hand them to whoever reads Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.competency import Lexicon, load_lexicon
from matchmaker.competency.dictionary import FUNCTION_WORD, Entry, senses_of
from matchmaker.competency.text import CJK, fold, has_cjk
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import LexiconTerm
from matchmaker.policies.lexicon_term import may_edit_terms
from matchmaker.queries import lexicon_term as queries
from matchmaker.queries.match_run import latest_config
from matchmaker.services.context import Context
from matchmaker.settings import Settings

MAX_CHINESE = 20
MAX_ENGLISH = 80
MAX_NOTE = 500
MAX_REASON = 500
MAX_SENSES = 2
MAX_LINES = 500

_SHOWN_LINE = 40
# What cannot be part of a term: everything but Han, Latin and Greek letters, digits, common signs.
_ALIEN = re.compile(rf"[^{CJK}〇々A-Za-zΑ-Ωα-ω0-9 .+/&'#()·_-]")
_ALIEN_ENGLISH = re.compile(r"[^ -~À-ÖØ-öø-ÿ]")
_TYPOGRAPHIC = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"})

Faults = dict[str, list[Message]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermValues:
    """A term as an officer writes it."""

    chinese: str
    english: str
    note: str = ""

    def tidied(self) -> TermValues:
        """The values as they are kept: compatibility forms resolved, senses set apart alike."""
        senses = senses_of(_tidy(self.english).translate(_TYPOGRAPHIC))
        english = "; ".join(senses) or _tidy(self.english)
        return TermValues(chinese=_tidy(self.chinese), english=english, note=self.note.strip())


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def add(ctx: Context, values: TermValues, *, reason: str = "") -> LexiconTerm:
    """Add a term to the office's lexicon."""
    ctx.require(may_edit_terms)
    values = values.tidied()
    faults = _faults(values, _taken(ctx.session, [values]))
    if faults:
        raise InvalidInput(fields=faults)
    return _insert(ctx, values, reason)


def _insert(ctx: Context, values: TermValues, reason: str) -> LexiconTerm:
    term = LexiconTerm(**asdict(values), folded=fold(values.chinese))
    ctx.session.add(term)
    facts = {"chinese": values.chinese, "english": values.english, "reason": reason}
    ctx.record("lexicon_term:create", term, **facts)
    return term


def edit(
    ctx: Context, term_id: int, version: int, values: TermValues, *, reason: str = ""
) -> LexiconTerm:
    """Change a term, unless somebody else has since *version*."""
    ctx.require(may_edit_terms)
    term = queries.get_term(ctx.session, ctx.actor, term_id, lock=True)
    values = values.tidied()
    changes = {
        name: {"from": getattr(term, name), "to": value}
        for name, value in asdict(values).items()
        if getattr(term, name) != value
    }
    if term.version != version and changes:  # Without changes it is a second click.
        raise StaleVersion
    faults = _faults(values, _taken(ctx.session, [values]), itself=term)
    if faults:
        raise InvalidInput(fields=faults)
    if changes:
        for name, change in changes.items():
            setattr(term, name, change["to"])
        term.folded, term.updated_at = fold(term.chinese), utcnow()
        ctx.record("lexicon_term:edit", term, changes=changes, reason=reason)
    return term


def delete(ctx: Context, term_id: int, version: int, *, reason: str = "") -> str:
    """Take a term out, unless somebody else has changed it since *version*; what it was."""
    ctx.require(may_edit_terms)
    term = queries.get_term(ctx.session, ctx.actor, term_id, lock=True)
    if term.version != version:
        raise StaleVersion
    facts = {"chinese": term.chinese, "english": term.english, "reason": reason}
    ctx.record("lexicon_term:delete", term, **facts)
    ctx.session.delete(term)
    return term.chinese


def paste(ctx: Context, text: str, *, reason: str = "") -> list[LexiconTerm]:
    """Add one term for each line ``中文<TAB>english`` of *text*: all of them, or none."""
    ctx.require(may_edit_terms)
    lines = {n: line for n, line in enumerate(text.splitlines(), 1) if line.strip()}
    if not lines:
        raise InvalidInput(fields={"lines": [Message(N_("Paste at least one line."))]})
    if len(lines) > MAX_LINES:
        limit = Message(N_("Please paste at most %(max)s lines at a time."), {"max": MAX_LINES})
        raise InvalidInput(fields={"lines": [limit]})
    values = {n: _read_line(line) for n, line in lines.items()}
    bad = _bad_lines(ctx.session, lines, values)
    if bad:
        raise InvalidInput(fields={"line": bad})
    return [_insert(ctx, found, reason) for found in values.values() if found is not None]


def _read_line(line: str) -> TermValues | None:
    """The term of a line, or None if it does not consist of two parts."""
    parts = [part.strip() for part in line.split("\t")]
    if len(parts) != 2 or not all(parts):
        return None
    return TermValues(chinese=parts[0], english=parts[1]).tidied()


def _bad_lines(
    session: Session, lines: Mapping[int, str], values: Mapping[int, TermValues | None]
) -> list[Message]:
    """What is wrong with each line that cannot be taken."""
    taken = _taken(session, [found for found in values.values() if found is not None])
    first: dict[str, int] = {}
    bad = []
    for number, found in values.items():
        for why in _line_faults(number, found, taken, first):
            shown = " ".join(lines[number].split())[:_SHOWN_LINE]
            text = N_("Line %(number)s (%(line)s): %(why)s")
            bad.append(Message(text, {"number": number, "line": shown, "why": why}))
    return bad


def _line_faults(
    number: int, found: TermValues | None, taken: Mapping[str, LexiconTerm], first: dict[str, int]
) -> list[Message]:
    if found is None:
        return [Message(N_("This is not one Chinese term, one tab and one English gloss."))]
    earlier = first.setdefault(fold(found.chinese), number)
    if earlier != number:
        return [Message(N_("The same term is in line %(number)s."), {"number": earlier})]
    return [why for reasons in _faults(found, taken).values() for why in reasons]


def _taken(session: Session, values: Collection[TermValues]) -> dict[str, LexiconTerm]:
    return queries.terms_written(session, {fold(item.chinese) for item in values})


def _faults(
    values: TermValues, taken: Mapping[str, LexiconTerm], itself: LexiconTerm | None = None
) -> Faults:
    """What is wrong with tidied *values*, by field."""
    found = {
        "chinese": _chinese_faults(values.chinese),
        "english": _english_faults(values.english),
        "note": _too_long(values.note, MAX_NOTE),
    }
    other = taken.get(fold(values.chinese))
    if other is not None and other is not itself:
        params = {"chinese": other.chinese, "english": other.english}
        text = N_("%(chinese)s is a term already, read as “%(english)s”. Change that one.")
        found["chinese"].append(Message(text, params))
    return {name: messages for name, messages in found.items() if messages}


def _chinese_faults(chinese: str) -> list[Message]:
    if alien := _ALIEN.search(chinese):
        text = N_("“%(sign)s” cannot be part of a term: use Chinese characters, letters, digits.")
        return [Message(text, {"sign": alien.group()})]
    if not has_cjk(chinese):
        return [Message(N_("A term needs at least one Chinese character."))]
    return _too_long(chinese, MAX_CHINESE)


def _english_faults(english: str) -> list[Message]:
    if alien := _ALIEN_ENGLISH.search(english):
        text = N_("“%(sign)s” cannot be part of a gloss: use Latin letters, digits, common signs.")
        return [Message(text, {"sign": alien.group()})]
    if english == FUNCTION_WORD:
        return []
    if not all(re.search("[A-Za-z0-9]", sense) for sense in senses_of(english) or [""]):
        return [Message(N_("Write what the term means in English."))]
    if len(senses_of(english)) > MAX_SENSES:
        return [Message(N_("Give at most two senses, separated by a semicolon."))]
    return _too_long(english, MAX_ENGLISH)


def _too_long(text: str, limit: int) -> list[Message]:
    too_long = Message(N_("Please use at most %(max)d characters."), {"max": limit})
    return [too_long] if len(text) > limit else []


def office_terms(session: Session) -> tuple[Entry, ...]:
    """The office's terms as `matchmaker.competency.load_lexicon` takes them."""
    return tuple((term.chinese, senses_of(term.english)) for term in queries.all_terms(session))


def reading_lexicon(session: Session, settings: Settings) -> Lexicon:
    """The lexicon that the next run reads with: the office's terms before all others."""
    return load_lexicon(office_terms(session), settings.dictionary)


def reads_chinese(session: Session, settings: Settings) -> bool:
    """Whether the model reads Chinese itself: as it was set, or as the latest run found."""
    return settings.model_multilingual or bool(latest_config(session).get("reads_chinese"))


def shipped_gloss(settings: Settings, chinese: str) -> str:
    """What *chinese* is read as without the office's terms; nothing if it is not known."""
    lexicon, word = load_lexicon((), settings.dictionary), _tidy(chinese)
    if word not in lexicon:
        return ""
    return "; ".join(lexicon.senses(word)) or FUNCTION_WORD
