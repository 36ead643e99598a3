"""What must not move a score is out of the texts before anything reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from matchmaker.matching import HashingEncoder, MatchPipeline, mask
from matchmaker.records import ProblemRecord, TeamRecord
from matchmaker.sample import read

KEPT = [
    "平台中的模組",
    "20台中型機台",
    "每台南向的感測器",
    "越南投資案的其中部分資料",
    "集中部署在邊緣裝置",
    "首先生成報表，事先生產樣品",
    "高科大廠的標案",
    "創新北極星計畫",
    "其他人的資料",
    "內部門市與全部分析",
    "母親節蛋糕的銷量",
    "與大學合作的專題",
    "human-machine and man-machine teaming",
    "Miss rate of the detector at 20 ms",
    "the motherboard of the camera",
]
#: One person, place and school, said in the same words as another.
ONE = {
    "name": ("王小明", "Wang Siao-Ming"),
    "zh": "他是{name}先生，國立清華大學畢業，住臺中市，也在中部教男生寫程式。",
    "en": "Mr {name} of National Tsing Hua University lives in Taichung City; he and his father code.",
}
OTHER = {
    "name": ("陳美玲", "Chen Mei-Ling"),
    "zh": "她是{name}女士，北科大畢業，住花蓮縣，也在東部教女生寫程式。",
    "en": "Ms {name} of Nanbin University lives in Hualien County; she and her mother code.",
}


@pytest.mark.parametrize("technical", KEPT)
def test_technical_words_are_kept(technical: str) -> None:
    assert mask(technical) == technical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("王先生說明", "林女士說明"),
        ("女性創業者的團隊", "男性創業者的團隊"),
        ("三位女工程師", "三位男工程師"),
        ("媽媽們常問的事", "爸爸們常問的事"),
        ("她設計的流程", "他設計的流程"),
        ("we asked her about his code", "we asked him about her code"),
        ("Mr. Wang inspects", "Ms Chen inspects"),
        ("founded by women", "founded by men"),
        ("在臺中市的工廠", "在台東縣的工廠"),
        ("北部的門市", "離島的門市"),
        ("stores in Northern Taiwan", "stores in Penghu County"),
        ("國立臺灣大學的團隊", "虎科大的團隊"),
        ("我們來自勤實科技大學", "我們來自建國高中"),
        ("students of the University of Taipei", "students of the Nanbin University"),
    ],
)
def test_what_must_not_count_reads_the_same(one: str, other: str) -> None:
    assert mask(one).replace("the ", "") == mask(other).replace("the ", "")


def test_a_text_of_nothing_else_is_empty() -> None:
    assert mask("王小明先生，國立清華大學，臺中市 ai@example.com", ["王小明"]).strip("， ") == ""


def _about(person: dict[str, Any], team: TeamRecord) -> TeamRecord:
    """The team with *person* in all its texts and in the list of its members' names."""
    zh, en = person["name"]
    said = f"{person['zh'].format(name=zh)}\n{person['en'].format(name=en)}"
    works = [
        work.model_copy(update={"text": f"{work.text or ''}\n{said}"}) for work in team.documents
    ]
    return team.model_copy(
        update={"text": f"{team.text or ''}\n{said}", "documents": works, "name": zh}
    )


def test_who_somebody_is_changes_no_score() -> None:
    problems = [r.to_document() for _, r in read("problems") if isinstance(r, ProblemRecord)]
    teams = [r for _, r in read("teams") if isinstance(r, TeamRecord)]
    pipeline = MatchPipeline(encoder=HashingEncoder())
    asked = [replace(problem, is_open=True) for problem in problems]

    runs = [
        pipeline.run(asked, [_about(person, team).to_document() for team in teams])
        for person in (ONE, OTHER)
    ]

    one, other = ({(p.problem_id, p.team_id): p.score for p in run} for run in runs)
    assert len(one) > 2000
    assert one.keys() == other.keys()
    assert max(abs(one[pair] - other[pair]) for pair in one) < 1e-9
