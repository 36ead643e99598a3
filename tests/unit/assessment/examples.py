"""The five worked examples of the grading model, as the owners would have answered."""

from __future__ import annotations

from matchmaker.assessment.intake import Intake

SIGNS = Intake.from_data(
    {
        "title": "認識交通標誌",
        "text": "學生以公開資料集練習辨識交通標誌，交出筆記本與錯誤分析。",
        "requirements": [["PER-CV", 2, 3], ["FND-DL", 2, 2]],
        "data_band": "A",
        "label_status": "checked",
        "public_equivalent": "same",
        "personal": "none",
        "access": "ready",
        "run_time": "offline",
        "systems": "0",
        "harm": "cheap",
        "domain": "briefing",
        "people_changed": "nobody",
        "novelty": "known",
        "target_stage": "PoC",
    }
)
FRESH_FOOD = Intake.from_data(
    {
        "title": "Next-day orders of fresh food",
        "text": (
            "Every evening each shop manager guesses how much fresh food to order for the next "
            "day. Too much is thrown away and the losses add up; too little leaves shelves empty."
        ),
        "pattern": "PT-FOR",
        "requirements": [
            ["DEC-PRD", 3, 3],
            ["FND-STA", 2, 2],
            ["DAT-PRE", 3, 2],
            ["DEC-OPT", 2, 2],
            ["IND-RET", 2, 2],
        ],
        "data_band": "B",
        "label_status": "checked",
        "access": "two_weeks",
        "personal": "none",
        "run_time": "service",
        "systems": "1",
        "harm": "cheap",
        "domain": "briefing",
        "people_changed": "one_group",
        "novelty": "known",
        "target_stage": "PoC",
    }
)
PDF_ORDERS = Intake.from_data(
    {
        "title": "客戶 PDF 訂單自動登打",
        "text": "業務每天把客戶寄來的 PDF 訂單逐筆登打到 ERP，一張要兩三個小時，打錯就會出錯貨。",
        "pattern": "PT-DOC",
        "requirements": [
            ["LNG-AGT", 3, 3],
            ["LNG-NLP", 3, 2],
            ["SYS-INT", 3, 3],
            ["DEL-CHG", 2, 2],
            ["IND-TEX", 2, 1],
        ],
        "data_band": "B",
        "label_status": "some",
        "access": "two_weeks",
        "personal": "none",
        "run_time": "service",
        "systems": "1",
        "harm": "costly",
        "domain": "briefing",
        "people_changed": "one_group",
        "novelty": "known",
        "target_stage": "PoC",
    }
)
HELMETS = Intake.from_data(
    {
        "title": "工地安全帽偵測",
        "text": (
            "工地門口每天三百人進場，警衛來不及看有沒有戴安全帽，去年因此有兩件受傷。"
            "希望門口的攝影機在現場就提醒，警衛再確認。"
        ),
        "pattern": "PT-SAF",
        "requirements": [
            ["PER-CV", 3, 3],
            ["FND-DL", 3, 2],
            ["SYS-EDG", 3, 2],
            ["TRU-PRV", 3, 2],
            ["SYS-HCI", 2, 2],
            ["DEL-CHG", 2, 2],
            ["IND-CON", 2, 2],
        ],
        "data_band": "B",
        "label_status": "some",
        "access": "two_weeks",
        "personal": "deidentified",
        "run_time": "edge",
        "systems": "1",
        "harm": "costly",
        "domain": "briefing",
        "people_changed": "one_group",
        "novelty": "known",
        "target_stage": "PoS",
    }
)
CHEST_CT = Intake.from_data(
    {
        "title": "Chest CT nodules with reasons",
        "text": (
            "Radiologists read two hundred chest CT scans a day. The goal is to mark lung nodules "
            "and say why each is suspicious, so that a missed diagnosis becomes rarer."
        ),
        "pattern": "PT-MIM",
        "requirements": [
            ["PER-CV", 4, 3],
            ["FND-DL", 3, 3],
            ["FND-EVL", 4, 3],
            ["TRU-XAI", 3, 2],
            ["IND-HLT", 3, 3],
        ],
        "data_band": "B",
        "label_status": "some",
        "access": "on_site",
        "personal": "sensitive",
        "run_time": "service",
        "systems": "1",
        "harm": "severe",
        "domain": "rare",
        "people_changed": "one_group",
        "novelty": "adapted",
        "target_stage": "PoS",
    }
)
#: Each example with its points DF1 to DF7, score and grade.
EXAMPLES = {
    "signs": (SIGNS, (0, 1, 0, 0, 0, 0, 0), 5, "G1"),
    "fresh_food": (FRESH_FOOD, (1, 1, 2, 1, 1, 1, 2), 31, "G2"),
    "pdf_orders": (PDF_ORDERS, (2, 1, 2, 1, 2, 2, 2), 43, "G2"),
    "helmets": (HELMETS, (2, 1, 3, 1, 3, 3, 2), 53, "G3"),
    "chest_ct": (CHEST_CT, (2, 2, 2, 4, 4, 4, 2), 68, "G3"),
}
