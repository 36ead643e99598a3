"""Similar problems: only what the reader may know of, with vectors once a job has made them."""

from __future__ import annotations

import numpy as np
import pytest
import sqlalchemy as sa

from matchmaker.models import ProblemVector
from matchmaker.queries.similar_problems import content_of, similar_to
from matchmaker.services import similar_problems as service
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both

S = ProblemState
ZH = {
    "title_zh": "冷藏熟食的隔日產量怎麼抓",
    "text_zh": "中央廚房每天下午決定隔天便當與熟食的產量，抓多就報廢，抓少就缺貨，希望預測各門市隔日銷量。",
    "title_en": "",
    "text_en": "",
}
EN = {
    "title_zh": "",
    "text_zh": "",
    "title_en": "How many chilled meals to cook for tomorrow",
    "text_en": (
        "Every afternoon the central kitchen decides how many lunch boxes to make for the next day. "
        "Too many are thrown away, too few mean empty shelves; we want a forecast of each shop's sales."
    ),
}
FAR = {
    "title_zh": "倉庫門口的車輛排隊",
    "text_zh": "貨車在倉庫外排隊，警衛用對講機叫號。",
    "title_en": "",
    "text_en": "",
}


@pytest.fixture
def owner(make):
    user = make.user()
    make.organization(user)
    return user


def organization_of(user):
    return user.organization_memberships[0].organization


def ids(found):
    return [item.problem.id for item in found.found]


def test_the_same_problem_is_found_in_the_other_language_both_ways(make, session, owner):
    chinese = make.problem(S.CLOSED, **ZH)
    english = make.problem(S.SOLVING, **EN)
    make.problem(**FAR)
    mine = make.problem(S.DRAFT, organization=organization_of(owner), **ZH)
    found = similar_to(session, owner, mine)
    assert ids(found) == [chinese.id, english.id]
    assert [item.likeness.is_alike for item in found.found] == [True, True]
    assert not found.is_encoded
    assert chinese.id in ids(similar_to(session, owner, english))


@pytest.mark.parametrize("state", [S.DRAFT, S.SUBMITTED, S.RETURNED, S.DECLINED, S.WITHDRAWN])
def test_nobody_learns_of_what_is_not_public(make, session, owner, state):
    theirs = make.problem(state, submitted_at=None, **ZH)
    mine = make.problem(S.DRAFT, organization=organization_of(owner), **ZH)
    assert ids(similar_to(session, owner, mine)) == []
    assert ids(similar_to(session, None, mine)) == []
    colleague = make.problem(state, organization=organization_of(owner), **ZH)
    assert ids(similar_to(session, owner, mine)) == [colleague.id]
    assert theirs.id != colleague.id


def test_the_office_sees_what_was_submitted_but_no_draft(make, session):
    officer = make.officer()
    make.problem(S.DRAFT, submitted_at=None, **ZH)
    declined = make.problem(S.DECLINED, **ZH)
    asked = make.problem(S.SCREENING, **ZH)
    assert ids(similar_to(session, officer, asked)) == [declined.id]


def test_a_changed_text_is_found_by_what_it_says_now(make, session, owner):
    other = make.problem(**FAR)
    mine = make.problem(S.DRAFT, organization=organization_of(owner), **ZH)
    assert ids(similar_to(session, owner, mine)) == []
    other.title_zh, other.text_zh = ZH["title_zh"], ZH["text_zh"]
    session.commit()
    assert ids(similar_to(session, owner, mine)) == [other.id]


def test_a_problem_without_words_is_like_nothing(make, session, owner):
    empty = dict.fromkeys(("title_en", "text_zh", "text_en"), "") | {"title_zh": "　"}
    make.problem(**ZH)
    mine = make.problem(S.DRAFT, organization=organization_of(owner), **empty)
    assert similar_to(session, owner, mine).found == []


@on_both
def test_the_job_encodes_what_is_new_and_nothing_twice(make, session, run_jobs, ctx, owner):
    english = make.problem(S.CLOSED, **EN)
    mine = make.problem(S.DRAFT, organization=organization_of(owner), **ZH)
    service.request_encoding(ctx(owner))
    service.request_encoding(ctx(owner))
    session.commit()
    assert run_jobs() == 1
    session.expire_all()
    rows = {row.problem_id: row for row in session.scalars(sa.select(ProblemVector))}
    assert rows.keys() == {english.id, mine.id}
    vector = np.frombuffer(rows[mine.id].vector, dtype="<f4")
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-3)
    texts = (mine.title_zh, mine.text_zh, mine.title_en, mine.text_en)
    assert rows[mine.id].content == content_of(*texts)
    before = {id_: row.encoded_at for id_, row in rows.items()}
    service.request_encoding(ctx(owner))
    session.commit()
    assert run_jobs() == 1
    session.expire_all()
    assert {r.problem_id: r.encoded_at for r in session.scalars(sa.select(ProblemVector))} == before

    found = similar_to(session, owner, mine)
    assert found.is_encoded
    assert [item.likeness.meaning is not None for item in found.found] == [True]


def test_the_vector_of_an_older_text_does_not_count(make, session, run_jobs, ctx, owner):
    make.problem(**ZH)
    mine = make.problem(S.DRAFT, organization=organization_of(owner), **ZH)
    service.request_encoding(ctx(owner))
    session.commit()
    run_jobs()
    session.expire_all()
    assert similar_to(session, owner, mine).is_encoded
    mine.text_zh += "另外，週末需求差很多。"
    session.commit()
    found = similar_to(session, owner, mine)
    assert not found.is_encoded
    assert [item.likeness.meaning for item in found.found] == [None]


def test_queries_do_not_grow_with_the_problems(make, session, owner):
    def count():
        asked = []
        listener = lambda *args: asked.append(args[2])  # noqa: E731
        session.expire_all()
        mine_again = session.merge(mine)
        sa.event.listen(session.get_bind(), "before_cursor_execute", listener)
        similar_to(session, owner, mine_again)
        sa.event.remove(session.get_bind(), "before_cursor_execute", listener)
        return len(asked)

    mine = make.problem(S.DRAFT, organization=organization_of(owner), **ZH)
    make.problem(**ZH)
    similar_to(session, owner, mine)
    few = count()
    for _number in range(6):
        make.problem(**ZH)
    similar_to(session, owner, mine)
    assert count() <= few
