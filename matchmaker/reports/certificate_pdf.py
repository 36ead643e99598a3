"""A certificate as a PDF: one A4 sheet in both languages, with the code and a QR code to check it.

The same certificate with the same font gives the same bytes: the file is dated by the day of issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from matchmaker.adapters.certificate_font import Font, font_for
from matchmaker.i18n import N_, translate
from matchmaker.models import Certificate
from matchmaker.reports.certificate import ISSUER, LOCALES, Wording, wording
from matchmaker.services import certificate_code
from matchmaker.settings import Settings

MARGIN = 12.0
PADDING = 14.0
QR_SIZE = 30.0
#: Deep teal of the house, and a quiet grey; both print well.
ACCENT = (13, 92, 99)
QUIET = (85, 85, 85)
_FAMILY = "certificate"

#: A Chinese character or mark, a run of anything else, or a space.
_HAN = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
_UNIT = re.compile(f"[{_HAN}]|[^{_HAN} ]+| ")
#: Marks that no line begins or ends with.
_NEVER_FIRST, _NEVER_LAST = tuple("，。、；：！？」』）》〉】"), tuple("「『（《〈【")

CHECK_HERE = N_("Check this certificate here")


@dataclass(frozen=True)
class Style:
    """How one line is set: its size in points, the room after it in millimetres, its colour."""

    size: float
    after: float
    colour: tuple[int, int, int] = (0, 0, 0)
    #: It may shrink to this size so that a long name stays in few lines.
    least: float = 0.0
    most_lines: int = 3


TITLE = Style(26, 5, ACCENT, least=18, most_lines=1)
INTRO = Style(11, 3, QUIET)
HOLDER = Style(21, 2, least=11, most_lines=2)
PART = Style(11, 4, QUIET, least=8, most_lines=3)
SENTENCE = Style(12.5, 5, least=8, most_lines=6)
GIVEN = Style(11, 1)
ISSUED_BY = Style(11, 0)


def certificate_pdf(certificate: Certificate, settings: Settings) -> bytes:
    """The file; raises `Unavailable` if no font has all its characters."""
    sides = [wording(certificate, locale) for locale in LOCALES]
    address = verify_address(certificate, settings)
    needed = "".join(side.text + side.issuer for side in sides) + address
    sheet = Sheet(certificate, font_for(settings, needed))
    sheet.frame()
    for number, side in enumerate(sides):
        sheet.column(side, number)
    sheet.foot(address, certificate_code.shown(certificate.code))
    return bytes(sheet.pdf.output())


def verify_address(certificate: Certificate, settings: Settings) -> str:
    """Where anybody can check the certificate."""
    return f"{settings.base_url}/certificates/{certificate_code.shown(certificate.code)}"


class Sheet:
    """One A4 sheet across, a column for each language."""

    def __init__(self, certificate: Certificate, font: Font) -> None:
        self.pdf = FPDF(orientation="landscape", format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.add_font(_FAMILY, "", font.path, collection_font_number=font.number)
        self._describe(certificate)
        self.pdf.add_page()
        inner = self.pdf.w - 2 * (MARGIN + PADDING)
        self.gap = PADDING
        self.width = (inner - self.gap) / 2

    def _describe(self, certificate: Certificate) -> None:
        """What programs that list files read of it."""
        said = [wording(certificate, locale) for locale in LOCALES]
        self.pdf.set_title(" / ".join(f"{one.title}: {one.holder}" for one in said))
        self.pdf.set_author(" / ".join(translate(ISSUER, locale) for locale in LOCALES))
        self.pdf.set_subject(" / ".join(one.sentence for one in said))
        self.pdf.set_keywords(certificate_code.shown(certificate.code))
        self.pdf.set_lang("zh-Hant-TW")
        self.pdf.set_creation_date(certificate.issued_at)
        self.pdf.set_producer("matchmaker")

    def frame(self) -> None:
        """A double line around the sheet, and one between the languages."""
        pdf = self.pdf
        pdf.set_draw_color(*ACCENT)
        for inset, width in ((MARGIN, 0.9), (MARGIN + 2, 0.25)):
            pdf.set_line_width(width)
            pdf.rect(inset, inset, pdf.w - 2 * inset, pdf.h - 2 * inset)
        pdf.line(pdf.w / 2, MARGIN + PADDING, pdf.w / 2, pdf.h - MARGIN - PADDING - QR_SIZE - 6)

    def column(self, side: Wording, number: int) -> None:
        """Everything of one language, from the top."""
        self._left = MARGIN + PADDING + number * (self.width + self.gap)
        self.pdf.set_y(MARGIN + PADDING)
        for text, style in (
            (side.title, TITLE),
            (side.intro, INTRO),
            (side.holder, HOLDER),
            (side.part, PART),
            (side.sentence, SENTENCE),
            (side.given, GIVEN),
            (side.issuer, ISSUED_BY),
        ):
            if text:
                self._line(text, style)

    def _line(self, text: str, style: Style) -> None:
        pdf = self.pdf
        pdf.set_text_color(*style.colour)
        size = self._fitting(text, style)
        for line in self._broken(text, size):
            pdf.set_x(self._left)
            pdf.cell(self.width, _height(size), line, new_x=XPos.LEFT, new_y=YPos.NEXT)
        pdf.set_y(pdf.get_y() + style.after)

    def _fitting(self, text: str, style: Style) -> float:
        """The largest size, down to the least of the style, at which *text* has few enough lines."""
        size = style.size
        while style.least and size > style.least:
            if len(self._broken(text, size)) <= style.most_lines:
                break
            size -= 0.5
        return size

    def _broken(self, text: str, size: float) -> list[str]:
        """*text* in lines: between words, and between any two Chinese characters where that is proper."""
        self.pdf.set_font(_FAMILY, size=size)
        lines = [""]
        for unit in self._units(text):
            if unit in _NEVER_FIRST or self._fits(lines[-1] + unit):
                lines[-1] += unit
                continue
            opening = lines[-1][-1:] if lines[-1][-1:] in _NEVER_LAST else ""
            lines[-1] = lines[-1].removesuffix(opening)
            lines.append((opening + unit).lstrip())
        return [line.rstrip() for line in lines if line.strip()]

    def _units(self, text: str) -> Iterator[str]:
        """What stays together: words, and single Chinese characters; a word too wide goes in pieces."""
        for unit in _UNIT.findall(" ".join(text.split())):
            yield from [unit] if self._fits(unit) else unit

    def _fits(self, text: str) -> bool:
        return bool(self.pdf.get_string_width(text.rstrip()) <= self.width)

    def foot(self, address: str, code: str) -> None:
        """The QR code, and the same in letters."""
        pdf, left = self.pdf, MARGIN + PADDING
        top = pdf.h - MARGIN - PADDING - QR_SIZE + 6
        self._qr(address, left, top)
        pdf.set_text_color(*QUIET)
        self._left, self.width = left + QR_SIZE + 6, pdf.w - 2 * left - QR_SIZE - 6
        pdf.set_y(top + 4)
        check = " / ".join(translate(CHECK_HERE, locale) for locale in LOCALES)
        self._line(check, Style(9, 1, QUIET))
        self._line(code, Style(14, 1))
        self._line(address, Style(9, 0, QUIET))

    def _qr(self, address: str, left: float, top: float) -> None:
        rows = list(segno.make(address, error="m", micro=False).matrix)
        unit = QR_SIZE / len(rows)
        self.pdf.set_fill_color(0)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    self.pdf.rect(left + x * unit, top + y * unit, unit, unit, style="F")


def _height(size: float) -> float:
    """The height of a line in millimetres, for letters of *size* points."""
    return size * 0.352778 * 1.45
