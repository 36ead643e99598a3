"""What a proposal consists of: parts as data, with limits and help in both languages.

A call sets its parts; each is a text, or an amount of money. A part that names a proof stage is
asked for only where the problem's grade leads through that stage.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.i18n import N_, Message

KINDS = ("text", "amount")
KIND_LABELS = {"text": N_("Text"), "amount": N_("Amount in New Taiwan dollars")}
STAGES = ("PoC", "PoS", "PoB")
MAX_PARTS = 20
MAX_LENGTH = 20_000
MAX_LABEL = 120
MAX_HELP = 1_000
MAX_AMOUNT = 999_999_999
ID = re.compile(r"[a-z][a-z0-9_]{0,29}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a proposal.

    Parameters
    ----------
    id : str
        Under which the text is kept; lower-case letters, digits and underscores.
    kind : {"text", "amount"}, default="text"
        Whether it is written or a sum of money.
    zh, en : str
        What it is called.
    help_zh, help_en : str, default=""
        One or two sentences that help to write it.
    required : bool, default=True
        Whether a proposal can be handed in without it.
    least, most : int
        Between how many characters a text has; for an amount the smallest and the largest.
    stage : str, default=""
        The proof stage it plans; empty for a part that is always asked for.
    """

    id: str
    zh: str
    en: str
    kind: str = "text"
    help_zh: str = ""
    help_en: str = ""
    required: bool = True
    least: int = 0
    most: int = 3_000
    stage: str = ""

    def name(self, language: str) -> str:
        """Return what it is called in *language*."""
        return self.zh if language == "zh" else self.en

    def help(self, language: str) -> str:
        """Return the help in *language*."""
        return self.help_zh if language == "zh" else self.help_en


def read_parts(data: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """Return the parts that are kept as *data*.

    Examples
    --------
    >>> read_parts([{"id": "risks", "zh": "風險", "en": "Risks"}])[0].most
    3000
    """
    return tuple(Part(**item) for item in data)


def write_parts(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Return *parts* as they are kept."""
    return [asdict(part) for part in parts]


def stages_of(grade: str | None) -> tuple[str, ...]:
    """Return the proof stages that a problem of *grade* goes through; all if it has no grade.

    Examples
    --------
    >>> stages_of("G1")
    ('PoC',)
    """
    step = shipped_rubric("grading").grades.get(grade or "")
    return STAGES if step is None else tuple(s for s in STAGES if s in step.milestones)


def parts_for(parts: Iterable[Part], stages: Collection[str]) -> tuple[Part, ...]:
    """Return those of *parts* that a problem with *stages* asks for, in order."""
    return tuple(part for part in parts if not part.stage or part.stage in stages)


def amount_of(typed: str) -> int | None:
    """Return the sum that *typed* says, None if it says none.

    Examples
    --------
    >>> amount_of("1,200,000"), amount_of("about a million")
    (1200000, None)
    """
    digits = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", typed))
    return int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else None


def faults_of(parts: Sequence[Part], texts: Mapping[str, str]) -> dict[str, list[Message]]:
    """Return what keeps *texts* from being handed in, part by part.

    Examples
    --------
    >>> part = Part(id="risks", zh="風險", en="Risks", least=10)
    >>> [str(message) for message in faults_of([part], {"risks": "None"})["risks"]]
    ['Write at least 10 characters; there are 4.']
    """
    found = {part.id: _fault(part, texts.get(part.id, "").strip()) for part in parts}
    return {name: [message] for name, message in found.items() if message is not None}


def too_long(parts: Sequence[Part], texts: Mapping[str, str]) -> dict[str, list[Message]]:
    """Return what keeps *texts* from being kept at all: far more than the part may have."""
    found = {}
    for part in parts:
        most = max(2 * part.most, 1_000) if part.kind == "text" else 40
        if len(texts.get(part.id, "")) > most:
            text = N_("This is far too long: at most %(most)s characters can be kept here.")
            found[part.id] = [Message(text, {"most": most})]
    return found


def _fault(part: Part, text: str) -> Message | None:
    if not text:
        return Message(N_("This part is asked for.")) if part.required else None
    if part.kind == "amount":
        return _amount_fault(part, amount_of(text))
    if len(text) < part.least:
        params = {"least": part.least, "count": len(text)}
        return Message(N_("Write at least %(least)s characters; there are %(count)s."), params)
    if len(text) > part.most:
        params = {"most": part.most, "count": len(text)}
        return Message(N_("At most %(most)s characters, please; there are %(count)s."), params)
    return None


def _amount_fault(part: Part, amount: int | None) -> Message | None:
    if amount is None:
        return Message(N_("Write the amount in digits, for example 450,000."))
    if not part.least <= amount <= part.most:
        params = {"least": f"{part.least:,}", "most": f"{part.most:,}"}
        return Message(N_("An amount from %(least)s to %(most)s, please."), params)
    return None


def rule_faults(parts: Sequence[Part]) -> list[Message]:
    """Return what is wrong with a call's *parts*, in words."""
    faults = []
    if not 1 <= len(parts) <= MAX_PARTS:
        faults.append(Message(N_("A call has from 1 to %(most)s parts."), {"most": MAX_PARTS}))
    if len({part.id for part in parts}) < len(parts):
        faults.append(Message(N_("Two parts have the same short name.")))
    for number, part in enumerate(parts, 1):
        faults += [Message(text, {"number": number, **params}) for text, params in _wrong(part)]
    return faults


def _wrong(part: Part) -> list[tuple[str, dict[str, Any]]]:
    limit = MAX_AMOUNT if part.kind == "amount" else MAX_LENGTH
    checks = (
        (
            ID.fullmatch(part.id) is None,
            N_("Part %(number)s: the short name is made of small letters, digits and “_”."),
        ),
        (
            not (part.zh.strip() and part.en.strip()),
            N_("Part %(number)s: give it a name in both languages."),
        ),
        (
            part.kind not in KINDS or part.stage not in ("", *STAGES),
            N_("Part %(number)s: choose from the lists."),
        ),
        (
            max(len(part.zh), len(part.en)) > MAX_LABEL
            or max(len(part.help_zh), len(part.help_en)) > MAX_HELP,
            N_("Part %(number)s: the name or the help is too long."),
        ),
        (
            not 0 <= part.least <= part.most <= limit or part.most == 0,
            N_("Part %(number)s: the limits go from 0 to %(limit)s, the smaller one first."),
        ),
    )
    return [(text, {"limit": limit}) for wrong, text in checks if wrong]


#: What a call asks for unless its office says otherwise.
DEFAULT_PARTS = (
    Part(
        id="understanding",
        zh="對命題的理解",
        en="How you understand the problem",
        help_zh="用自己的話說明：誰在什麼情況下遇到這個問題、現在怎麼做、改善後會看到什麼。",
        help_en="In your own words: who meets the problem and when, what they do today, and what "
        "will be different.",
        least=80,
        most=2_000,
    ),
    Part(
        id="approach",
        zh="解決方法",
        en="Your approach",
        help_zh="打算用什麼方法、為什麼合適、做過哪些相近的案子。",
        help_en="Which method, why it fits, and what you have done that is like it.",
        least=120,
        most=4_000,
    ),
    *(
        Part(
            id=f"plan_{stage.lower()}",
            zh=f"{stage} 階段的工作計畫",
            en=f"Plan for the {stage} stage",
            help_zh=text_zh,
            help_en=text_en,
            least=40,
            most=2_000,
            stage=stage,
        )
        for stage, text_zh, text_en in (
            (
                "PoC",
                "概念驗證：交付什麼、用什麼資料、怎樣算成功。",
                "Proof of concept: what you deliver, on which data, and what counts as success.",
            ),
            (
                "PoS",
                "場域驗證：在哪個現場、跑多久、量測什麼。",
                "Proof of service: on which site, for how long, and what is measured.",
            ),
            (
                "PoB",
                "商業驗證：怎麼上線、誰維運、對營運的影響。",
                "Proof of business: how it goes live, who runs it, what it changes in the business.",
            ),
        )
    ),
    Part(
        id="data_needs",
        zh="需要的資料與設備",
        en="Data and equipment you need",
        help_zh="需要出題單位提供哪些資料、設備與窗口，什麼時候要。",
        help_en="Which data, equipment and contacts you need from the owner, and by when.",
        least=20,
        most=1_500,
    ),
    Part(
        id="risks",
        zh="風險與因應",
        en="Risks and what you do about them",
        help_zh="最可能出錯的三件事，以及各自的備案。",
        help_en="The three things most likely to go wrong, and your plan for each.",
        least=20,
        most=1_500,
    ),
    Part(
        id="price",
        zh="報價（新臺幣，未稅）",
        en="Price in New Taiwan dollars, before tax",
        help_zh="沒有另外收費時留白。",
        help_en="Leave it empty if you ask for no payment beyond the award.",
        kind="amount",
        required=False,
        most=20_000_000,
    ),
)
