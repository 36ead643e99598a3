"""The questions of the check: write, have a second officer approve, try out, retire."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.competency import load_taxonomy
from matchmaker.competency.quiz import TRIAL_ANSWERS, quiz_bank
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import QuizItem
from matchmaker.policies.quiz_item import may_approve_item, may_edit_items
from matchmaker.queries import quiz_item as queries
from matchmaker.services.context import Context
from matchmaker.workflows.quiz_item import QuizItemAction, QuizItemState

MAX_STEM, MAX_OPTION, MAX_RATIONALE, MAX_REASON = 1000, 300, 600, 600
LEAST_OPTIONS, MOST_OPTIONS = 3, 5
SLOPE, CEILING = 1.5, 0.97
#: A question for a level is answered half of the time a little below it.
BELOW = 0.25


@dataclass(frozen=True, kw_only=True)
class ItemValues:
    """A question as an officer writes it."""

    competency: str
    level: int
    stem_en: str
    stem_zh: str
    #: Pairs of the answer in English and in Chinese.
    options: tuple[tuple[str, str], ...]
    #: Position of the best answer, from 0.
    key: int
    rationale_en: str = ""
    rationale_zh: str = ""
    slope: float = SLOPE

    def columns(self) -> dict[str, Any]:
        """As the table has it, with the response curve that follows."""
        plain: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        plain["options"] = [{"en": en, "zh": zh} for en, zh in self.options]
        curve = {"difficulty": self.level - BELOW, "ceiling": CEILING}
        return plain | curve | {"floor": 1 / len(self.options)}


def values_of(row: QuizItem) -> ItemValues:
    """What a stored question says."""
    found = {field.name: getattr(row, field.name) for field in fields(ItemValues)}
    found["options"] = tuple((option["en"], option["zh"]) for option in row.options)
    return ItemValues(**found)


# Those that ship


def ensure_bank(session: Session) -> list[QuizItem]:
    """Take over the questions that ship and are not there yet; what is there stays as it is.

    Nobody has to ask for it: the first check that is begun does.
    """
    return [_shipped(session, code) for code in queries.untaken(session)]


def _shipped(session: Session, code: str) -> QuizItem:
    item = quiz_bank()[code]
    row = QuizItem(
        code=code,
        competency=item.competency,
        level=item.level,
        slope=item.curve.slope,
        difficulty=item.curve.difficulty,
        floor=item.curve.floor,
        ceiling=item.curve.ceiling,
        stem_en=item.stem.en,
        stem_zh=item.stem.zh,
        options=[{"en": option.en, "zh": option.zh} for option in item.options],
        key=item.key,
        rationale_en=item.rationale.en,
        rationale_zh=item.rationale.zh,
        approved_at=utcnow(),
    )
    for action in (QuizItemAction.PROPOSE, QuizItemAction.APPROVE, QuizItemAction.PROMOTE):
        row.apply(action)
    row.refresh_search_text()
    session.add(row)
    return row


def take_shipped(ctx: Context) -> list[QuizItem]:
    """The same at an officer's word."""
    ctx.require(may_edit_items)
    taken = ensure_bank(ctx.session)
    if taken:
        ctx.record("quiz_item:take_shipped", count=len(taken))
    return taken


# Writing


def create(ctx: Context, values: ItemValues, *, code: str = "") -> QuizItem:
    """Write a question: a draft until it is handed to a second officer."""
    ctx.require(may_edit_items)
    check(values)
    row = QuizItem(code=code or _next_code(ctx.session, values), **values.columns())
    _written(ctx, row)
    ctx.session.add(row)
    ctx.record("quiz_item:create", row, code=row.code)
    return row


def _written(ctx: Context, row: QuizItem) -> None:
    row.author_id = ctx.actor.id if ctx.actor else None
    row.updated_at = utcnow()
    row.refresh_search_text()


def _next_code(session: Session, values: ItemValues) -> str:
    """The first number that is free: also among the questions that ship and are not taken yet."""
    taken = queries.codes(session) | quiz_bank().keys()
    stem = f"QZ-{values.competency}-{values.level}"
    return next(code for n in range(1, 10_000) if (code := f"{stem}-{n:02}") not in taken)


def edit(ctx: Context, item_id: int, values: ItemValues, *, version: int) -> QuizItem:
    """Rewrite a draft. Its last writer cannot approve it."""
    row = _locked(ctx, item_id, version)
    if row.state is not QuizItemState.DRAFT:
        raise InvalidTransition(
            N_("Only a draft can be rewritten. Of a question that is asked, make a new wording.")
        )
    check(values)
    fill(ctx, row, values)
    return row


def fill(ctx: Context, row: QuizItem, values: ItemValues) -> bool:
    """Put *values*, which were checked, into *row*; whether anything was different."""
    changed = [name for name, value in values.columns().items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values.columns()[name])
    if changed:
        _written(ctx, row)
        ctx.record("quiz_item:edit", row, fields=sorted(changed))
    return bool(changed)


def revise(ctx: Context, item_id: int) -> QuizItem:
    """Begin a better wording of a question that is asked; it takes its place once it counts."""
    ctx.require(may_edit_items)
    row = queries.get_item(ctx.session, ctx.actor, item_id, lock=True)
    if row.state not in (QuizItemState.TRIAL, QuizItemState.LIVE, QuizItemState.RETIRED):
        raise InvalidTransition(N_("This question has not been asked yet: rewrite it itself."))
    begun = queries.successor_of(ctx.session, row)
    if begun is not None:
        return begun
    made = create(ctx, values_of(row))
    made.replaces_id = row.id
    return made


# Deciding


def propose(ctx: Context, item_id: int, *, version: int) -> QuizItem:
    """Hand a draft to a second officer."""
    return _act(ctx, _locked(ctx, item_id, version), QuizItemAction.PROPOSE)


def send_back(ctx: Context, item_id: int, *, reason: str, version: int) -> QuizItem:
    """Send a question back to whoever wrote it."""
    row = _locked(ctx, item_id, version)
    ctx.require(may_approve_item, row)
    return _act(ctx, row, QuizItemAction.RETURN, _reason(reason))


def approve(ctx: Context, item_id: int, *, version: int) -> QuizItem:
    """Let a question be tried out, as a second officer."""
    row = _locked(ctx, item_id, version)
    ctx.require(may_approve_item, row)
    row.approver_id, row.approved_at = ctx.actor.id if ctx.actor else None, utcnow()
    return _act(ctx, row, QuizItemAction.APPROVE)


def promote(ctx: Context, item_id: int, *, version: int) -> QuizItem:
    """Let the answers to a question count, once it was tried out; the one it replaces retires."""
    row = _locked(ctx, item_id, version)
    found = queries.behaviour(ctx.session, [row])[row.id]
    if found.health.n < TRIAL_ANSWERS:
        raise InvalidInput(
            N_("It has %(n)s answers so far. From %(least)s on it can count."),
            n=found.health.n,
            least=TRIAL_ANSWERS,
        )
    _act(ctx, row, QuizItemAction.PROMOTE, flags=list(found.flags))
    if row.replaces is not None and row.replaces.state is not QuizItemState.RETIRED:
        _act(ctx, row.replaces, QuizItemAction.RETIRE, f"→ {row.code}")
    return row


def retire(
    ctx: Context, item_id: int, *, reason: str, version: int, is_wrong: bool = False
) -> QuizItem:
    """Ask a question no more; if it was wrong, none of its answers counts any longer."""
    row = _locked(ctx, item_id, version)
    row.is_struck = is_wrong
    _act(ctx, row, QuizItemAction.RETIRE, _reason(reason), is_wrong=is_wrong)
    if is_wrong:
        ctx.enqueue("quiz.recount", item_id=row.id)
    return row


def restore(ctx: Context, item_id: int, *, version: int) -> QuizItem:
    """Bring a retired question back: a second officer looks at it again."""
    row = _locked(ctx, item_id, version)
    if row.is_struck:
        raise InvalidTransition(N_("This question was wrong. Make a new wording of it instead."))
    return _act(ctx, row, QuizItemAction.RESTORE)


def _locked(ctx: Context, item_id: int, version: int) -> QuizItem:
    ctx.require(may_edit_items)
    row = queries.get_item(ctx.session, ctx.actor, item_id, lock=True)
    if row.version != version:
        raise StaleVersion
    return row


def _act(
    ctx: Context, row: QuizItem, action: QuizItemAction, reason: str = "", **facts: Any
) -> QuizItem:
    before = row.apply(action)
    row.reason, row.updated_at = reason, utcnow()
    words = {"reason": reason} if reason else {}
    ctx.record(f"quiz_item:{action}", row, before=before, after=row.state, **words, **facts)
    return row


def _reason(typed: str) -> str:
    reason = typed.strip()
    if not reason:
        raise InvalidInput(fields={"reason": [Message(N_("Say why."))]})
    if len(reason) > MAX_REASON:
        text = N_("Please use at most %(max)d characters.")
        raise InvalidInput(fields={"reason": [Message(text, {"max": MAX_REASON})]})
    return reason


# What a question has to be


def check(values: ItemValues) -> None:
    """Raise `InvalidInput` that names everything wrong with a question."""
    problems: dict[str, list[Message]] = {}

    def note(field: str, text: str, **params: Any) -> None:
        problems.setdefault(field, []).append(Message(text, params))

    if values.competency not in load_taxonomy().competencies:
        note("competency", N_("Choose the competency it asks about."))
    if not 1 <= values.level <= 4:
        note("level", N_("Questions are for levels 1 to 4."))
    _check_texts(values, note)
    _check_options(values.options, values.key, note)
    if problems:
        raise InvalidInput(fields=problems)


def _check_texts(values: ItemValues, note: Callable[..., None]) -> None:
    for name, limit in (("stem", MAX_STEM), ("rationale", MAX_RATIONALE)):
        for language in ("en", "zh"):
            text = getattr(values, f"{name}_{language}")
            if not text.strip():
                note(f"{name}_{language}", N_("Please fill this in."))
            elif len(text) > limit:
                note(f"{name}_{language}", N_("Please use at most %(max)d characters."), max=limit)


def _check_options(
    options: Collection[tuple[str, str]], key: int, note: Callable[..., None]
) -> None:
    if not LEAST_OPTIONS <= len(options) <= MOST_OPTIONS:
        note("options", N_("Give three to five answers to choose from."))
    if not 0 <= key < len(options):
        note("key", N_("Say which answer is best."))
    for position in range(2):
        texts = [option[position].strip() for option in options]
        if not all(texts):
            note("options", N_("Each answer is needed in both languages."))
        elif len(set(texts)) < len(texts):
            note("options", N_("Two answers say the same."))
        if any(len(text) > MAX_OPTION for text in texts):
            note("options", N_("Please use at most %(max)d characters."), max=MAX_OPTION)


def tells_by_length(row: QuizItem) -> list[str]:
    """In which languages the best answer stands out by its length."""
    return [language for language in ("zh", "en") if _stands_out(row, language)]


def _stands_out(row: QuizItem, language: str) -> bool:
    """Whether the key is the longest answer by a fifth, or the shortest by as much."""
    lengths = [len(option[language]) for option in row.options]
    key = lengths[row.key]
    others = lengths[: row.key] + lengths[row.key + 1 :]
    return key >= 1.2 * max(others) or key <= 0.8 * min(others)
