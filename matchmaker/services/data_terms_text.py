"""The terms an owner starts from: plain words, in both languages, to be changed as needed."""

# ruff: noqa: E501 -- a point of the terms is one line.

from __future__ import annotations

TEMPLATE_ZH = """\
您即將取得「{title}」的資料。資料由{owner}提供，只供解題使用。請先讀完以下各點，再決定是否同意。

1. 用途：只能用來解這一題。不得用於其他計畫、訓練對外提供的產品，或轉售。
2. 不外流：不得把檔案或其中任何一部分，交給未同意本條款的人，也不得上傳到公開的網站或雲端服務。
3. 保管：請存放在有密碼保護的設備上；設備遺失、資料外洩或疑似外洩時，請在一個工作天內通知計畫辦公室。
4. 個人資料：即使資料已去識別化，也不得試圖找出資料中的個人或公司。若發現可辨識的個人資料，請停止使用並立刻通知計畫辦公室。
5. 成果：用這些資料做出的模型與報告可以在本計畫內展示；要在計畫以外發表，須先取得{owner}書面同意。
6. 結束：解題結束、同意失效或被撤回時，請在 14 天內刪除所有檔案與複本。
7. 紀錄：您何時開啟了哪個檔案會留下紀錄，{owner}與計畫辦公室都看得到。您的姓名、同意時間與條款版本會作為證明保存，帳號刪除後亦同。

同意只對您本人有效。您可以隨時撤回，撤回後即不能再開啟檔案。
"""

TEMPLATE_EN = """\
You are about to receive data for “{title}”. {owner} provides them for solving this problem only. Read the points below before you decide.

1. Purpose: use the data for this problem alone. Do not use them for other projects, to train products you offer to others, or to sell them.
2. Keep them here: give no file, and no part of one, to anybody who has not accepted these terms, and upload none to a public site or cloud service.
3. Safekeeping: store them on devices protected by a password. If a device is lost or data get out, or you suspect it, tell the programme office within one working day.
4. Personal data: even where data are de-identified, do not try to find out which person or company they are about. If you come upon somebody who can be recognised, stop and tell the programme office at once.
5. Results: models and reports made with these data may be shown within the programme. Publishing them elsewhere needs the written consent of {owner}.
6. The end: when the work ends, or your acceptance lapses or is ended, delete all files and copies within 14 days.
7. Records: when you opened which file is recorded; {owner} and the programme office see it. Your name, the time and the version you accepted are kept as proof, also after your account is closed.

Your acceptance is for you alone. You can end it at any time; from then on the files no longer open.
"""


def template(title_zh: str, title_en: str, owner_zh: str, owner_en: str) -> tuple[str, str]:
    """The terms to begin with, in Chinese and in English."""
    zh = TEMPLATE_ZH.format(title=title_zh or title_en, owner=owner_zh or owner_en)
    en = TEMPLATE_EN.format(title=title_en or title_zh, owner=owner_en or owner_zh)
    return zh, en
