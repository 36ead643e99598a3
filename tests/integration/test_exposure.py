"""The exposure report of a run: its figures, and that no small group can be worked out."""

from __future__ import annotations

import csv
import io
from itertools import product
from math import log2

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import (
    Band,
    Match,
    MatchExclusion,
    MatchRun,
    Problem,
    Team,
    TeamKind,
)
from matchmaker.reports.exposure import (
    SMALLEST_GROUP,
    Table,
    exposure_csv,
    exposure_tables,
    profile_language,
    taken_together,
)
from matchmaker.workflows.match_run import MatchRunAction
from tests.factories import Factory


def finished_run(make: Factory, problem: Problem, ranking: list[Team]) -> MatchRun:
    """A run that ranked the teams for one problem in the given order."""
    run = MatchRun(call=problem.call, starter=make.officer(), finished_at=utcnow())
    run.apply(MatchRunAction.START)
    run.apply(MatchRunAction.FINISH)
    make.save(run)
    for rank, team in enumerate(ranking, start=1):
        ranked = {"problem_rank": rank, "team_rank": 1, "score": 1.0, "confidence": "fair"}
        match = Match(run=run, problem=problem, team=team, band=Band.GOOD, **ranked)
        make.save(match)
    return run


def teams_of(make: Factory, **counts: int) -> list[Team]:
    return [
        make.team(make.user(), region=None if region == "none" else region)
        for region, count in counts.items()
        for _number in range(count)
    ]


def by_name(tables: list[Table], name: str) -> Table:
    return next(table for table in tables if table.name == name)


def shown(table: Table) -> dict[str, int]:
    return {row.label("en"): row.figures.n_teams for row in table.rows}


def test_figures_are_those_of_the_first_ten_places(make: Factory, session: Session) -> None:
    teams = teams_of(make, capital=5, south=7)
    run = finished_run(make, make.problem(), teams)
    capital, south = by_name(exposure_tables(session, run), "region").rows
    attention = [1 / log2(1 + rank) for rank in range(1, 11)]
    share = sum(attention[:5]) / sum(attention)
    assert capital.labels == ("Capital corridor",)
    assert capital.figures.share_of_pool == pytest.approx(5 / 12)
    assert capital.figures.share_of_exposure == pytest.approx(share)
    assert capital.figures.ratio == pytest.approx(share / (5 / 12))
    assert (capital.figures.n_in_top, south.figures.n_in_top) == (5, 5)


def test_teams_that_were_cut_off_count_as_unseen(make: Factory, session: Session) -> None:
    teams = teams_of(make, capital=3, south=3)
    away = make.team(make.user(), region="south", archived_at=utcnow())
    problem = make.problem()
    run = finished_run(make, problem, teams[:3])
    for team in teams[3:]:
        exclusion = {"problem": problem, "team": team, "reason": "no_language_bridge"}
        make.save(MatchExclusion(run_id=run.id, **exclusion))
    make.save(MatchExclusion(run_id=run.id, team=away, reason="unavailable"))
    make.save(MatchExclusion(run_id=run.id, team=away, problem=problem, reason="conflict"))
    south = by_name(exposure_tables(session, run), "region").rows[1]
    assert (south.labels, south.figures.n_teams) == (("Southern Taiwan",), 3)
    assert (south.figures.share_of_exposure, south.figures.n_in_top) == (0.0, 0)


def test_a_lone_small_group_takes_the_next_smallest_with_it(
    make: Factory, session: Session
) -> None:
    run = finished_run(make, make.problem(), teams_of(make, capital=6, central=4, east=1))
    table = by_name(exposure_tables(session, run), "region")
    assert shown(table) == {"Capital corridor": 6, "Central Taiwan, Eastern Taiwan": 5}
    assert table.rows[1].short_label == "Several groups together"
    assert table.rows[1].label("zh_Hant_TW") == "中部、東部"


def test_groups_without_a_region_are_a_group_too(make: Factory, session: Session) -> None:
    run = finished_run(make, make.problem(), teams_of(make, capital=4, none=3))
    table = by_name(exposure_tables(session, run), "region")
    assert shown(table) == {"Capital corridor": 4, "Not said": 3}


def test_a_tiny_pool_shows_nothing(make: Factory, session: Session) -> None:
    run = finished_run(make, make.problem(), teams_of(make, capital=1, south=1))
    assert [table.rows for table in exposure_tables(session, run)] == [[], [], []]


def test_kind_and_language_are_grouped_too(make: Factory, session: Session) -> None:
    chinese = {"title_en": "", "text_en": "", "text_zh": "我們檢查工廠裡的零件。"}
    teams = [make.team(make.user(), kind=TeamKind.STUDENT, **chinese) for _ in range(3)]
    teams += [make.team(make.user(), kind=TeamKind.RESEARCH) for _ in range(4)]
    run = finished_run(make, make.problem(), teams)
    tables = exposure_tables(session, run)
    assert shown(by_name(tables, "kind")) == {"Student team": 3, "Research group": 4}
    assert shown(by_name(tables, "language")) == {"Chinese only": 3, "English only": 4}


@pytest.mark.parametrize(
    ("texts", "works", "language"),
    [
        ({"text_zh": "我們檢查零件。", "text_en": "We inspect parts."}, [], "en zh"),
        ({"text_zh": "We inspect parts."}, [], "en"),
        ({}, [("零件檢查", "用相機檢查。")], "zh"),
        ({"text_en": "We inspect parts."}, [("零件檢查", "用相機檢查。")], "en"),
        ({}, [], ""),
    ],
)
def test_language_is_read_off_what_is_written(
    make: Factory, texts: dict[str, str], works: list[tuple[str, str]], language: str
) -> None:
    empty = {"title_zh": "", "title_en": "", "text_zh": "", "text_en": ""}
    assert profile_language(make.team(make.user(), works=works, **{**empty, **texts})) == language


def test_what_is_hidden_can_never_be_worked_out() -> None:
    """Whatever the sizes, the hidden ones are several groups with at least three teams."""
    for sizes in product(range(1, 6), repeat=4):
        groups = dict(zip("abcd", sizes, strict=True))
        hidden = taken_together(groups)
        small = {name for name, size in groups.items() if size < SMALLEST_GROUP}
        assert small <= hidden
        assert (len(hidden) == 0) == (not small)
        if hidden:
            assert len(hidden) >= 2
            assert sum(groups[name] for name in hidden) >= SMALLEST_GROUP
    assert taken_together({}) == taken_together({"a": 3}) == frozenset()


def test_the_table_for_spreadsheets_has_the_same_rows(make: Factory, session: Session) -> None:
    run = finished_run(make, make.problem(), teams_of(make, capital=6, central=4, east=1))
    text = exposure_csv(session, run, "zh_Hant_TW")
    assert text.startswith("\ufeff")
    heading, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert heading == [
        "分組方式",
        "組別",
        "解題團隊",
        "團隊占比",
        "曝光占比",
        "曝光比（曝光占比÷團隊占比）",
        "前十名席次",
    ]
    assert [row[:3] for row in rows] == [
        ["依地區", "首都圈", "6"],
        ["依地區", "中部、東部", "5"],
        ["依團隊類型", "新創團隊", "11"],
        ["依團隊檔案的語言", "僅英文", "11"],
    ]
    assert sum(float(row[4]) for row in rows[:2]) == pytest.approx(1, abs=1e-3)


def test_queries_do_not_grow_with_teams(make: Factory, session: Session, engine: sa.Engine) -> None:
    counts = []
    for n_teams in (3, 9):
        run = finished_run(make, make.problem(), teams_of(make, capital=n_teams))
        statements: list[str] = []
        session.expire_all()
        run = session.get_one(MatchRun, run.id)

        def count(*args: object, into: list[str] = statements) -> None:
            into.append(str(args[2]))

        sa.event.listen(engine, "before_cursor_execute", count)
        exposure_tables(session, run)
        sa.event.remove(engine, "before_cursor_execute", count)
        counts.append(len(statements))
    assert counts[0] == counts[1]
