"""The words of the sample's proposals, put together from what team and problem say of themselves."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from matchmaker.models import Problem, Team

LIKE_ANOTHER = (
    "最可能出錯的三件事：現場光線變化讓誤判變多、標註的人標準不一、旺季時產線不能停。"
    "我們的備案依序是加裝遮光罩並每週重校、由兩人各標一次再由老師傅裁決、把安裝排在週末夜班。"
)

SETTINGS = (
    "真正的困難是夜班人手少，問題常常到隔天早上才被發現，這時已經做了一整批，只能重工或報廢",
    "我們訪談了三家同業，共同的說法是旺季訂單一多，老師傅沒有空一件一件看，品質全靠運氣",
    "新進人員要三個月才看得懂，這段時間每個人的判斷差異很大，客戶收到的東西也就忽好忽壞",
    "資料散在三個系統裡，格式與時間都對不起來，要查一件事得先花半天人工整理，久了就沒有人查",
    "出錯的原因往往要等客訴回來才知道，中間隔了好幾週，現場早就忘了當時調過什麼",
)
CHANGES = (
    "改善之後，第一線的人十分鐘內就知道該先處理哪一件，主管每週看得到趨勢",
    "我們希望做到的樣子是：判斷有依據、紀錄查得到、換了人做也不會差太多",
    "做得好的話，每月可以少開兩次檢討會，把時間還給真正需要經驗的工作",
    "目標不是取代老師傅，而是讓他的經驗留下來，讓年輕人也能照著做",
)
METHODS = (
    "先用兩週的歷史資料做基準，再以小模型搭配規則，讓現場看得懂每一次判斷的理由",
    "以預訓練模型微調，樣本不足的類別用合成資料補足，並保留人工覆核的管道",
    "把時間序列切成班次來看，依異常程度排序，讓人員只需要看最可疑的一成",
    "先和現場一起定義什麼叫做錯，寫成一頁的標準，再動手訓練，避免做出來沒有人要用",
    "在邊緣裝置上推論，網路斷線也能照常運作，每晚再把資料傳回來更新",
)
PROOFS = (
    "每一個結果都附上依據，不同意的人按一下就能回報，回報的樣本每週納入訓練",
    "上線前先和現有做法並行，比較兩邊漏掉與誤報的數量，結果好才切換",
    "我們每兩週交一頁進度，寫清楚做了什麼、哪裡卡住、需要誰幫忙",
    "測試用的資料在開始前就封存起來，誰都不能看，最後只用一次，數字才可信",
    "所有程式與設定都有版本，半年後換人接手也能重做出一樣的結果",
)
FIRST_STEPS = (
    "前六週取得歷史資料、整理欄位、完成第一版；漏判率比現況少三成就算成功",
    "第一個月駐點兩週，把流程走過一遍，第二個月交出可以在筆電上展示的雛形",
    "分三次交付：資料檢查報告、基準模型、改良模型，每次都有可以打分數的指標",
    "先挑一種最常見的情況做到好，達到約定的準確率之後，再擴到其他情況",
)
NEXT_STEPS = (
    "接著八週在一個現場並行測試，記錄每班的處理時間與採用率，雙方每兩週檢討",
    "選願意嘗試的那條線先裝，白天由我們顧，晚上看紀錄，一個月後交給現場自己用",
    "請五位實際使用的人試用一個月，訪談兩次，把抱怨最多的三件事改掉",
    "在不停機的前提下分批安裝，每批之間隔一週，出問題可以立刻退回原來的做法",
)
LAST_STEPS = (
    "最後十週正式上線，訓練兩位種子人員，交付維運手冊，並以一季的數字計算省下的工時",
    "和資訊部門一起把系統接進日常報表，權限與備份照公司規定辦理，再驗收一次",
    "算出投入與回收，若是划算就談後續合約；不划算也把原因寫清楚，供下次參考",
)
RISKS = (
    "資料量比預期少：先以公開資料練習，再用主動學習挑出最值得標的樣本",
    "模型換了產品就變差：每個產品留一組測試樣本，低於門檻就退回人工",
    "現場不願意用：先挑願意的一條線，用數字說服其他線，主管也要一起看",
    "窗口異動：進度文件放在雙方都看得到的地方，新窗口一天就能接上",
    "設備到貨慢：先用手機拍攝驗證流程，到貨後再換成正式的機器",
    "資安審查拖延：一開始就走離線方案，不需要開放外部連線，也不帶走原始資料",
)
DATA = (
    "三個月以上的歷史紀錄、每週兩小時的現場窗口、一組可以離線使用的測試樣本；第一週就需要",
    "能代表旺季與淡季的資料各一份，欄位說明一頁，現場照片二十張，開工前一週提供即可",
    "一位懂流程的人每週陪我們一個下午、一臺可以安裝軟體的電腦、過去一年的異常紀錄",
)


def proposal(problem: Problem, team: Team) -> dict[str, str]:
    """What *team* would write for *problem*, part by part."""
    pick = _Picker(f"{problem.external_id}/{team.external_id}")
    title, about = problem.title("zh"), team.title("zh") or team.name("zh")
    works = "、".join(work.title for work in team.works[:2]) or about
    return {
        "understanding": f"關於「{title}」，{pick.of(SETTINGS)}。{pick.of(CHANGES)}。"
        f"這和我們的專長相近：{about}。",
        "approach": f"{pick.of(METHODS)}。{pick.of(PROOFS)}。我們做過的相近案子有：{works}；"
        f"其中已經在現場跑過的部分可以直接沿用。{pick.of(PROOFS)}。"
        f"其餘依「{title}」的資料重新調整。",
        "plan_poc": f"{pick.of(FIRST_STEPS)}。交付：{title}的第一版與評估報告。",
        "plan_pos": f"{pick.of(NEXT_STEPS)}。{pick.of(PROOFS)}。",
        "plan_pob": f"{pick.of(LAST_STEPS)}。{pick.of(CHANGES)}。",
        "data_needs": f"{pick.of(DATA)}。",
        "risks": f"{pick.of(RISKS)}；{pick.of(RISKS)}。",
        "price": f"{300_000 + pick.number(8) * 50_000:,}",
    }


class _Picker:
    """Chooses among sentences, always the same ones for the same name."""

    def __init__(self, name: str) -> None:
        self.name, self.turn = name, 0

    def number(self, below: int) -> int:
        self.turn += 1
        return zlib.crc32(f"{self.name}/{self.turn}".encode()) % below

    def of(self, sentences: Sequence[str]) -> str:
        return sentences[self.number(len(sentences))]
