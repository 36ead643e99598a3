"""The exposure pages over HTTP, by role and in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from matchmaker.models import MatchRun, Role
from matchmaker.workflows.match_run import MatchRunAction
from tests.factories import Factory
from tests.integration.test_exposure import finished_run, teams_of

Login = Callable[..., FlaskClient]


@pytest.fixture
def run(make: Factory) -> MatchRun:
    return finished_run(make, make.problem(), teams_of(make, capital=6, central=4, east=1))


def test_the_office_alone_sees_exposure(
    make: Factory, login: Login, client: FlaskClient, run: MatchRun
) -> None:
    pages = ["/office/exposure", f"/office/runs/{run.id}/exposure"]
    pages.append(f"/office/runs/{run.id}/exposure.csv")
    for page in pages:
        assert client.get(page).status_code == 302
        assert login(make.user()).get(page).status_code == 403
        for role in (Role.OFFICER, Role.ADMINISTRATOR):
            assert login(make.user(role)).get(page).status_code == 200


def test_an_officer_finds_the_figures_and_their_rule(
    make: Factory, login: Login, run: MatchRun
) -> None:
    browser = login(make.officer(), "en")
    listed = browser.get("/office/exposure").text
    assert f'href="/office/runs/{run.id}/exposure"' in listed
    page = browser.get(f"/office/runs/{run.id}/exposure").text
    assert "1 / log2(1 + place)" in page
    assert "Groups of fewer than 3 teams are counted together" in page
    assert "nothing of this goes into a score" in page
    assert "Central Taiwan, Eastern Taiwan" in page
    assert 'scope="row">Eastern Taiwan' not in page
    assert "gender" not in page.lower()


def test_the_same_in_chinese(make: Factory, login: Login, run: MatchRun) -> None:
    browser = login(make.officer(), "zh_Hant_TW")
    assert '<h1 class="page-title">曝光分布</h1>' in browser.get("/office/exposure").text
    page = browser.get(f"/office/runs/{run.id}/exposure").text
    assert f"媒合作業 {run.id} 的曝光分布" in page
    assert "中部、東部" in page
    assert "不足 3 隊的組別一律合併計算" in page


def test_the_table_downloads_with_a_mark_for_spreadsheets(
    make: Factory, login: Login, run: MatchRun
) -> None:
    answer = login(make.officer(), "en").get(f"/office/runs/{run.id}/exposure.csv")
    assert answer.data.startswith(b"\xef\xbb\xbfGrouped by,Group,Teams,")
    assert answer.mimetype == "text/csv"
    disposition = f'attachment; filename="exposure-run-{run.id}.csv"'
    assert answer.headers["Content-Disposition"] == disposition


def test_runs_without_results_have_no_figures(make: Factory, login: Login) -> None:
    run = MatchRun(call=make.call(), starter=make.officer())
    make.save(run)
    browser = login(make.officer(), "en")
    assert f"/office/runs/{run.id}/exposure" not in browser.get("/office/exposure").text
    for page in ("exposure", "exposure.csv"):
        answer = browser.get(f"/office/runs/{run.id}/{page}")
        assert answer.status_code == 409
        assert "This run has no results yet, so there is nothing to measure." in answer.text
    run.apply(MatchRunAction.CANCEL)
    make.save(run)
    assert browser.get(f"/office/runs/{run.id}/exposure").status_code == 409


@pytest.mark.parametrize("number", ["0", "999", "2147483648", "99999999999999999999", "x", "-1"])
def test_runs_that_do_not_exist_are_not_found(make: Factory, login: Login, number: str) -> None:
    assert login(make.officer()).get(f"/office/runs/{number}/exposure").status_code == 404


def test_without_runs_the_list_says_what_to_do(make: Factory, login: Login) -> None:
    page = login(make.officer(), "en").get("/office/exposure").text
    assert "Exposure is measured on match runs that have finished." in page
