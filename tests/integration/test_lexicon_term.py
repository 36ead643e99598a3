"""The office's terms: rules, every refusal with its reason, what runs and reports make of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.competency import load_lexicon
from matchmaker.competency.text import fold
from matchmaker.errors import InvalidInput, NotFound, PermissionDenied, StaleVersion
from matchmaker.models import AuditEvent, LexiconTerm, Match, MatchRun, Role, User
from matchmaker.policies.lexicon_term import may_edit_terms, may_read_terms
from matchmaker.queries import lexicon_term as queries
from matchmaker.reports.lexicon_term import call_coverage, text_coverage
from matchmaker.services import lexicon_term as service
from matchmaker.services import match_run
from matchmaker.services.context import Context
from matchmaker.services.lexicon_term import TermValues
from matchmaker.settings import Settings
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both
from tests.factories import Factory

MakeContext = Callable[..., Context]
# A word that no word list has, of characters that none knows by themselves.
MADE_UP = "嘓咘噗"


def values(chinese: str = MADE_UP, english: str = "drone swarm", note: str = "") -> TermValues:
    return TermValues(chinese=chinese, english=english, note=note)


@pytest.fixture
def officer(make: Factory) -> User:
    return make.officer()


@pytest.fixture
def office(ctx: MakeContext, officer: User) -> Context:
    return ctx(officer)


def said(error: InvalidInput) -> dict[str, list[str]]:
    return {name: [str(message) for message in found] for name, found in error.fields.items()}


def last_event(session: Session) -> AuditEvent:
    return session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


@pytest.mark.parametrize(
    ("roles", "reads", "edits"),
    [
        ((Role.OFFICER,), True, True),
        ((Role.ADMINISTRATOR,), True, False),
        ((Role.OFFICER, Role.ADMINISTRATOR), True, True),
        ((), False, False),
    ],
)
def test_only_the_office_reads_and_only_officers_edit(
    make: Factory, ctx: MakeContext, roles: tuple[Role, ...], reads: bool, edits: bool
) -> None:
    user = make.user(*roles)
    service.add(ctx(make.officer()), values())
    assert may_read_terms.allows(user) is reads
    assert may_edit_terms.allows(user) is edits
    assert queries.list_terms(ctx(user).session, user).total == (1 if reads else 0)
    assert queries.count_terms(ctx(user).session, user) == (1 if reads else 0)


def test_nobody_else_may_change_anything(make: Factory, ctx: MakeContext, office: Context) -> None:
    term = service.add(office, values())
    for user in (make.user(), make.user(Role.ADMINISTRATOR)):
        other = ctx(user)
        for attempt in (
            lambda other=other: service.add(other, values("別的詞")),
            lambda other=other: service.edit(other, term.id, term.version, values("別的詞")),
            lambda other=other: service.delete(other, term.id, term.version),
            lambda other=other: service.paste(other, "別的詞\tx"),
        ):
            with pytest.raises(PermissionDenied, match="Only programme officers change the lex"):
                attempt()


def test_a_term_is_kept_tidy_and_audited(office: Context, session: Session) -> None:
    term = service.add(
        office,
        values(" ＡＩ　質檢 ", " quality check ;; inspection； ", " why "),
        reason="Asked for",
    )
    assert (term.chinese, term.english, term.note) == (
        "AI 質檢",
        "quality check; inspection",
        "why",
    )
    event = last_event(session)
    assert (event.action, event.subject_type, event.subject_id) == (
        "lexicon_term:create",
        "LexiconTerm",
        term.id,
    )
    assert event.data == {
        "chinese": "AI 質檢",
        "english": "quality check; inspection",
        "reason": "Asked for",
    }


@pytest.mark.parametrize(
    ("chinese", "english", "field", "message"),
    [
        ("robot", "robot", "chinese", "A term needs at least one Chinese character."),
        ("", "x", "chinese", "A term needs at least one Chinese character."),
        ("詞" * 21, "x", "chinese", "Please use at most 20 characters."),
        ("詞😀", "x", "chinese", "“😀” cannot be part of a term: "),
        ("詞\u05d0", "x", "chinese", "“\u05d0” cannot be part of a term: "),
        ("詞\x07", "x", "chinese", "“\x07” cannot be part of a term: "),
        ("<script>詞", "x", "chinese", "“<” cannot be part of a term: "),
        ("詞", "", "english", "Write what the term means in English."),
        ("詞", ";", "english", "Write what the term means in English."),
        ("詞", "!; x", "english", "Write what the term means in English."),
        ("詞", "x" * 81, "english", "Please use at most 80 characters."),
        ("詞", "瑕疵", "english", "“瑕” cannot be part of a gloss: "),
        ("詞", "x\u202e", "english", "“\u202e” cannot be part of a gloss: "),
        ("詞", "a; b; c", "english", "Give at most two senses, separated by a semicolon."),
    ],
)
def test_bad_values_are_refused_beside_their_field(
    office: Context, session: Session, chinese: str, english: str, field: str, message: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.add(office, values(chinese, english))
    found = said(refused.value)
    assert list(found) == [field]
    assert found[field][0].startswith(message)
    assert session.scalar(sa.select(sa.func.count(LexiconTerm.id))) == 0


def test_limits_themselves_are_accepted(office: Context) -> None:
    term = service.add(office, values("詞" * 20, "x" * 80, "n" * 500))
    assert (len(term.chinese), len(term.english), len(term.note)) == (20, 80, 500)
    with pytest.raises(InvalidInput) as refused:
        service.add(office, values("另一個詞", note="n" * 501))
    assert said(refused.value) == {"note": ["Please use at most 500 characters."]}


def test_a_hyphen_leaves_the_word_out(office: Context, settings: Settings) -> None:
    service.add(office, values(english="-"))
    lexicon = service.reading_lexicon(office.session, settings)
    assert lexicon.gloss(f"影像{MADE_UP}") == "image"
    assert lexicon.coverage(MADE_UP).share == 1.0


@pytest.mark.parametrize("again", ["質檢機臺", "質檢機台", "质检机台", "質檢 機臺"])
def test_one_word_has_one_gloss_in_any_script(office: Context, again: str) -> None:
    service.add(office, values("質檢機臺", "inspection machine"))
    if " " in again:
        assert service.add(office, values(again)).chinese == again
        return
    with pytest.raises(InvalidInput) as refused:
        service.add(office, values(again, "other"))
    message = "質檢機臺 is a term already, read as “inspection machine”. Change that one."
    assert said(refused.value) == {"chinese": [message]}


def test_an_edit_names_what_it_changed(office: Context, session: Session) -> None:
    term = service.add(office, values(note="old"))
    before, opened = term.updated_at, term.version
    service.edit(office, term.id, opened, values("嘓咘", "two drones", "old"), reason="Shorter")
    session.flush()
    assert (term.chinese, term.folded, term.english) == ("嘓咘", fold("嘓咘"), "two drones")
    assert term.version == opened + 1
    assert term.updated_at > before
    assert last_event(session).data == {
        "changes": {
            "chinese": {"from": MADE_UP, "to": "嘓咘"},
            "english": {"from": "drone swarm", "to": "two drones"},
        },
        "reason": "Shorter",
    }


def test_saving_nothing_new_leaves_no_trace(office: Context, session: Session) -> None:
    term = service.add(office, values())
    event, opened = last_event(session).id, term.version
    service.edit(office, term.id, opened, values())
    session.flush()
    assert (last_event(session).id, term.version) == (event, opened)


def test_an_edit_may_not_take_another_terms_word(office: Context) -> None:
    service.add(office, values("甲詞", "first"))
    second = service.add(office, values("乙詞", "second"))
    with pytest.raises(InvalidInput) as refused:
        service.edit(office, second.id, second.version, values("甲詞", "second"))
    assert list(said(refused.value)) == ["chinese"]
    assert second.chinese == "乙詞"


def test_stale_versions_are_refused(office: Context, session: Session) -> None:
    term = service.add(office, values())
    with pytest.raises(StaleVersion):
        service.edit(office, term.id, term.version + 1, values(english="other"))
    with pytest.raises(StaleVersion):
        service.delete(office, term.id, term.version - 1)
    assert session.scalars(sa.select(LexiconTerm.english)).all() == ["drone swarm"]


def test_deleting_is_audited_and_final(office: Context, session: Session) -> None:
    term = service.add(office, values())
    assert service.delete(office, term.id, term.version, reason="Wrong") == MADE_UP
    session.flush()
    event = last_event(session)
    assert (event.action, event.subject_id) == ("lexicon_term:delete", term.id)
    assert event.data == {"chinese": MADE_UP, "english": "drone swarm", "reason": "Wrong"}
    with pytest.raises(NotFound):
        service.delete(office, term.id, 1)


def test_pasting_adds_every_line(office: Context, session: Session) -> None:
    terms = service.paste(office, "甲詞\tfirst\r\n\n 乙詞 \t second; two \n", reason="List")
    assert [(term.chinese, term.english) for term in terms] == [
        ("甲詞", "first"),
        ("乙詞", "second; two"),
    ]
    events = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(event.action, event.data["reason"]) for event in events] == [
        ("lexicon_term:create", "List"),
        ("lexicon_term:create", "List"),
    ]


def test_pasting_names_every_bad_line_and_keeps_none(office: Context, session: Session) -> None:
    service.add(office, values("甲詞", "first"))
    pasted = (
        "乙詞\tsecond\n丙詞 third\nrobot\trobot\n\n乙词\tagain\n甲詞\tone\n丁詞\ta;b;c\n戊\tx\ty"
    )
    with pytest.raises(InvalidInput) as refused:
        service.paste(office, pasted)
    form = "This is not one Chinese term, one tab and one English gloss."
    assert said(refused.value) == {
        "line": [
            f"Line 2 (丙詞 third): {form}",
            "Line 3 (robot robot): A term needs at least one Chinese character.",
            "Line 5 (乙词 again): The same term is in line 1.",
            "Line 6 (甲詞 one): 甲詞 is a term already, read as “first”. Change that one.",
            "Line 7 (丁詞 a;b;c): Give at most two senses, separated by a semicolon.",
            f"Line 8 (戊 x y): {form}",
        ]
    }
    assert session.scalars(sa.select(LexiconTerm.chinese)).all() == ["甲詞"]


@pytest.mark.parametrize(
    ("pasted", "message"),
    [
        ("", "Paste at least one line."),
        (" \n\t\n", "Paste at least one line."),
        ("詞\tx\n" * 501, "Please paste at most 500 lines at a time."),
    ],
)
def test_pasting_nothing_or_too_much_is_refused(office: Context, pasted: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.paste(office, pasted)
    assert said(refused.value) == {"lines": [message]}


@on_both
def test_search_finds_either_language_in_any_script(office: Context, officer: User) -> None:
    service.paste(office, "質檢機臺\tinspection machine\n蚵田\toyster field\n百分_比\tshare")
    session = office.session

    def found(query: str) -> list[str]:
        return sorted(
            term.chinese for term in queries.list_terms(session, officer, query=query).items
        )

    assert found("机台") == found("INSPECTION") == ["質檢機臺"]
    assert found("oyster") == ["蚵田"]
    assert found("_") == ["百分_比"]
    assert found("nothing") == []
    assert len(found(" ")) == 3


@on_both
def test_a_list_is_paged(office: Context, officer: User) -> None:
    service.paste(office, "\n".join(f"詞{chr(0x4E00 + n)}\tword {n}" for n in range(30)))
    first = queries.list_terms(office.session, officer)
    second = queries.list_terms(office.session, officer, number=2)
    assert (first.total, first.pages, len(first.items), len(second.items)) == (30, 2, 24, 6)
    assert not {term.id for term in first.items} & {term.id for term in second.items}


def test_terms_win_over_what_ships(office: Context, settings: Settings) -> None:
    assert service.shipped_gloss(settings, "影像") == "; ".join(load_lexicon().senses("影像"))
    assert service.shipped_gloss(settings, MADE_UP) == ""
    assert service.shipped_gloss(settings, "的") == "-"
    service.add(office, values("影像", "picture; image"))
    assert service.office_terms(office.session) == (("影像", ("picture", "image")),)
    lexicon = service.reading_lexicon(office.session, settings)
    assert lexicon.gloss("影像") == lexicon.gloss("影像 ") == "picture"
    assert service.shipped_gloss(settings, "影像").startswith("image")


def test_coverage_keeps_the_script_and_agrees_with_the_lexicon() -> None:
    lexicon = load_lexicon()
    text = f"臺灣的ＡＩ影像檢測，{MADE_UP}零件；用{MADE_UP}與ß測。\n\nHello PyTorch!"
    found = text_coverage(lexicon, text)
    assert found.unknown == [(MADE_UP, 2)]
    assert found.share == pytest.approx(lexicon.coverage(text).share)
    assert [sentence.gloss for sentence in found.sentences][-1] == "hello pytorch"
    first = found.sentences[0]
    assert "".join(piece.text for piece in first.pieces) == f"臺灣的ＡＩ影像檢測，{MADE_UP}零件；"
    assert first.unknown == [MADE_UP]


@pytest.mark.parametrize("text", ["", "   ", "Only English.", "。；！", "😀\u202e"])
def test_texts_without_chinese_are_fully_known(text: str) -> None:
    found = text_coverage(load_lexicon(), text)
    assert (found.share, found.n_characters, found.unknown) == (1.0, 0, [])


def test_a_call_is_covered_text_by_text(make: Factory, office: Context) -> None:
    call = make.call()
    person = make.user(name="嚩噯嚘")
    make.problem(call=call, text_zh=f"{MADE_UP}和{MADE_UP}", title_zh=MADE_UP)
    make.problem(call=call, state=ProblemState.SUBMITTED, text_zh="噞噟")
    make.problem(text_zh="噞噟")
    make.team(
        person, text_zh=f"團隊用{MADE_UP}，找嚩噯嚘", works=[("噥嚀", f"{MADE_UP}"), ("x", "y")]
    )
    texts = list(queries.call_texts(office.session, call.id))
    assert len(texts) == 3
    found = call_coverage(load_lexicon(), texts)
    assert [(gap.stretch, gap.n_texts) for gap in found.unknown] == [(MADE_UP, 3), ("噥嚀", 1)]
    gap = found.unknown[0]
    assert f"{gap.before}{gap.stretch}{gap.after}" in " ".join(texts[0].split())
    assert (found.n_texts, found.n_unknown) == (3, 2)
    unknown = sum(text.count(MADE_UP) * 3 + text.count("噥嚀") * 2 for text in texts)
    assert found.n_characters - found.n_known == unknown


def test_only_the_fifty_most_frequent_are_named() -> None:
    rare = [chr(0x20000 + n) for n in range(60)]
    found = call_coverage(load_lexicon(), [*rare, *rare[40:]])
    assert len(found.unknown) == 50
    assert found.n_unknown == 60
    assert {gap.stretch for gap in found.unknown if gap.n_texts == 2} == set(rare[40:])


def test_a_term_changes_the_score_and_the_fingerprint_of_a_run(
    make: Factory, office: Context, session: Session, run_jobs: Any
) -> None:
    call = make.call()
    make.problem(
        call=call,
        title_en="",
        text_en="",
        title_zh="工廠巡檢",
        text_zh=f"我們要以{MADE_UP}檢查工廠設備。",
        techniques=[],
        requirements=[],
    )
    make.team(
        make.user(),
        title_en="Drone swarm makers",
        text_en="We fly a drone swarm over plants and inspect equipment.",
        works=[],
        competencies=[],
        techniques=[],
    )

    def run() -> tuple[float, MatchRun]:
        started = match_run.start_run(office, call.id)
        session.commit()
        assert run_jobs() >= 1
        session.expire_all()
        score = session.scalars(sa.select(Match.score).where(Match.run_id == started.id)).one()
        return score, started

    before, first = run()
    again, repeated = run()
    assert (before, first.fingerprint) == (again, repeated.fingerprint)
    service.add(office, values())
    session.commit()
    after, second = run()
    assert after > before
    assert first.config["lexicon"] != second.config["lexicon"]
    assert first.fingerprint != second.fingerprint
