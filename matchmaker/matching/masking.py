"""Take out of texts what must not move a score: who people are, their gender, school and region.

What is found is dropped, or replaced by a word that fits everybody, so that two texts which differ
in nothing else read the same afterwards. Where a word could also be part of a technical one, the
technical one is kept: 平台中的模組 names no city, 先生成報表 no gentleman.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from matchmaker.competency import has_cjk

_CONTACT = re.compile(
    r"""
    (?:https?://|www\.)\S+                              # addresses of pages
    | [\w.+-]+@[\w-]+\.[\w.-]+                          # of mailboxes
    | (?<![\w.])(?:\+?886[\s-]?|0)\d{1,3}[\s-]?\d{3,4}[\s-]?\d{3,4}(?!\w|\.\d)   # Taiwan telephones
    | (?<![\w.])\+\d{1,3}(?:[\s-]?\d{2,4}){2,5}(?!\w|\.\d)                       # other telephones
    | (?<![A-Za-z0-9])[A-Z][12]\d{8}(?![A-Za-z0-9])     # national identity numbers
    | (?:line\s*id|line|facebook|fb|ig|instagram|wechat|微信)\s*[:：]\s*\S+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MIN_NAME = 2

_SURNAMES = (
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余趙盧梁顏"
    "柯翁魏孫戴范方宋鄧杜傅侯曹薛丁卓馬溫藍連"
)
# 先 … 生成, 生產, 生效 and 首先, 事先, 優先 are other words.
_TITLES = (
    rf"[{_SURNAMES}]?(?:(?<![首事優原預])先生(?![成產效長])|女士|小姐)"
    r"|\b(?:Mr|Mrs|Ms|Mx)\b\.?(?:\s+[A-Z][a-z]+(?:-[A-Z][a-z]+)*){0,2}(?!\w)"
)
_ADJECTIVES = r"女性|男性|男女|[女男](?=工程師|學生|同學|老師|教授|主管|創業|隊員|成員|博士|力)"
# Each pattern with the word that takes its place.
_GENDER = tuple(
    (re.compile(pattern, flags), word)
    for pattern, word, flags in (
        (_TITLES, " ", 0),
        (_ADJECTIVES, "", 0),
        (r"[女男]生|[女男]子(?!漢)|男士", "學員", 0),
        ("婦女", "民眾", 0),
        (r"媽媽|爸爸|(?:母親|父親)(?!節)|阿嬤|阿公|奶奶|爺爺", "家長", 0),
        (r"太太|老婆|老公|丈夫|妻子", "配偶", 0),
        ("[她妳]", "他", 0),
        (r"\b(?:she|he)\b(?!/)", "they", re.IGNORECASE),
        (r"\b(?:his|hers|her|him)\b", "their", re.IGNORECASE),
        (r"\b(?:himself|herself)\b", "themselves", re.IGNORECASE),
        (r"\b(?:wom[ae]n|female|male|m[ae]n)(?:'s|’s)?\b(?!-)", "", re.IGNORECASE),
        (
            r"\b(?:mothers?|fathers?|moms?|mums?|dads?)\b(?!['’]s day|\s+tongue)",
            "parents",
            re.IGNORECASE,
        ),
        (r"\b(?:wife|husband)\b", "spouse", re.IGNORECASE),
        (r"\b(?:girls?|boys?)\b", "children", re.IGNORECASE),
    )
)

_SCHOOL_KINDS = "科技大學|大學|科大|高級中學|高中|高工|高商|高職|國中|國小"
_STEMS = (
    "[臺台](?:灣科技|北科技|灣師範|灣海洋|灣藝術|灣體育|北市立|中科技|中教育|北教育|南藝術|灣|北|中|南|東)"
    "|陽明交通|清華|交通|成功|政治|中央|中山|中興|中正|暨南(?:國際)?|東華|嘉義|宜蘭|屏東科技|屏東|聯合|"
    "雲林科技|虎尾科技|高雄科技|高雄師範|高雄|勤益科技|澎湖科技|彰化師範|體育|東吳|東海|輔仁|逢甲|淡江|"
    "中原|元智|銘傳|世新|實踐|靜宜|大同|義守|長庚|亞洲|華梵|真理|中華|玄奘|大葉|南華|慈濟|開南|文化|"
    "中國文化|中國醫藥|臺北醫學|台北醫學|高雄醫學|朝陽科技|南[臺台]科技|龍華科技|崑山科技|正修科技|明志科技|健行科技"
)
_SHORT_SCHOOLS = "北科|[臺台]科|雲科|屏科|虎科|高科|勤益|朝陽|南[臺台]|龍華|崑山|正修|明志"
_SCHOOL = re.compile(
    rf"(?:國立|私立|市立|縣立)[\u4e00-\u9fff]{{2,6}}?(?:{_SCHOOL_KINDS})"
    rf"|(?:{_STEMS})(?:大學|學院)"
    rf"|(?:{_SHORT_SCHOOLS})大(?![廠型樓獎量])"
    # Any other name only where it clearly begins: after punctuation or a word like 於.
    r"|(?:(?<![\u4e00-\u9fff])|(?<=[在自於由從是]))"
    rf"[^\W\d_a-zA-Z的與和及在所部區由]{{2,4}}?(?:{_SCHOOL_KINDS})(?![生部專])"
    r"|\b(?:[A-Z][\w'’-]+\s+){1,5}(?:University|Polytechnic|High School|College)\b"
    r"(?:\s+of(?:\s+(?:and\s+)?[A-Z][\w'’-]+){1,4})?"
    r"|\bUniversity\s+of(?:\s+[A-Z][\w'’-]+){1,3}"
    r"|\b(?:[A-Z][\w'’-]+\s+){1,3}Institute\s+of\s+Technology\b"
    r"|\b(?:NTU|NTHU|NCTU|NYCU|NCKU|NTUST|NTUT|NCCU|NCU|NSYSU|NCHU|NTNU|NCNU|NDHU|NPUST|NKUST)\b"
)

# Before 台中, 台北 and the like: words that end in 台, and numerals that count machines.
_NO_CITY = "平機後前舞電櫃站月陽講看擂灶一二兩三四五六七八九十百千萬每這那該各多數幾單雙同整"
_REGION = re.compile(
    # Digits count machines, too: 20台中型機.
    rf"(?<![{_NO_CITY}\d])(?<!\d\s)[臺台](?:北|中(?![型央小心])|南(?!向)|東)(?:[縣市])?"
    r"|(?<![創更革刷])新[北竹](?:[縣市])?(?!極)"
    r"|(?<![越海湖河雲東西])南投(?![資入放票產遞影射])縣?"
    r"|(?<!螢)屏東[縣市]?"
    r"|(?:桃園|高雄|基隆|苗栗|彰化|雲林|嘉義|宜蘭|花蓮|澎湖|金門|連江|馬祖)[縣市]?"
    r"|(?<![其集當手腹])[北中南東](?:部(?![分署位件門長隊屬落]))(?:地區)?"
    r"|離島(?:地區)?"
    r"|\b(?:New\s+Taipei|Taipei|Taoyuan|Taichung|Tainan|Kaohsiung|Keelung|Hsinchu|Chiayi|Miaoli"
    r"|Changhua|Nantou|Yunlin|Pingtung|Yilan|Hualien|Taitung|Penghu|Kinmen|Matsu|Lienchiang)"
    r"(?:\s+(?:City|County))?\b"
    r"|\b(?:North(?:ern)?|Central|South(?:ern)?|East(?:ern)?|West(?:ern)?)\s+Taiwan\b"
    r"|\bOutlying\s+islands\b|\bCapital\s+corridor\b",
    re.IGNORECASE,
)


def mask(text: str, names: Iterable[str] = ()) -> str:
    """Take contact data, *names*, gender, schools and regions out of *text*.

    Parameters
    ----------
    text : str
        As written.
    names : iterable of str
        Names of people, teams, organizations and schools that the caller knows of.

    Returns
    -------
    str
        Without them, and without control characters and surplus blanks.

    Examples
    --------
    >>> mask("零次方科技擅長瑕疵檢測，洽 ai@example.com 或 02-2345-6789", ["零次方科技"])
    '擅長瑕疵檢測，洽 或'
    >>> mask("Ms Lin studies at National Taiwan University in Taipei; she inspects fabric")
    'studies at in ; they inspects fabric'
    >>> mask("王先生在台中的工廠，平台中的模組先生成報表")
    '在 的工廠，平台中的模組先生成報表'
    """
    clean = _CONTROL.sub(" ", unicodedata.normalize("NFC", text))
    clean = _CONTACT.sub(" ", clean)
    for name in sorted({n.strip() for n in names if n}, key=lambda n: (-len(n), n)):
        if len(name) >= _MIN_NAME:
            clean = _name_pattern(name).sub(" ", clean)
    clean = _REGION.sub(" ", _SCHOOL.sub(" ", clean))
    for pattern, word in _GENDER:
        clean = pattern.sub(word, clean)
    return "\n".join(" ".join(line.split()) for line in clean.split("\n")).strip()


def _name_pattern(name: str) -> re.Pattern[str]:
    """Match *name* anywhere if it is Chinese, as whole words otherwise, in any case."""
    pattern = re.escape(name)
    if not has_cjk(name):
        pattern = rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
    return re.compile(pattern, re.IGNORECASE)
