"""The font that certificates are set in: found by setting, in the package that ships, or on the system.

Chinese needs a font of its own in the file. A font is used only if it has every character of the
certificate; nothing is ever left out or shown as an empty box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from matchmaker.errors import Unavailable
from matchmaker.i18n import N_
from matchmaker.settings import Settings

#: The package that ships Noto Serif TC (SIL Open Font License), installed with the program.
PACKAGE, PACKAGE_FILE = "pylopdf_fonts_zh_tw", "NotoSerifTC-Regular.otf"
#: Where systems keep fonts that have the rare characters too; Debian's package is fonts-noto-cjk.
SYSTEM_PATHS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
)
#: The member of a collection whose shapes are those of Taiwan.
TAIWAN = (" TC", " HK")
#: What any font for certificates must have.
SAMPLE = "證書獎臺灣團隊姓名王○Certificate0123456789"


class FontMissing(Unavailable):
    """No font for Chinese is there."""

    code = "certificate_font_missing"
    default = N_(
        "No font for Chinese certificates is there. The operator installs one with "
        "“apt install fonts-noto-cjk” or names one in MATCHMAKER_CERTIFICATE_FONT. "
        "Until then print the certificate from its page."
    )


class GlyphsMissing(Unavailable):
    """No font has every character of this certificate."""

    code = "certificate_glyphs_missing"
    default = N_(
        "No font here has these characters: %(characters)s. The operator installs one that has, with "
        "“apt install fonts-noto-cjk” or by MATCHMAKER_CERTIFICATE_FONT. "
        "Until then print the certificate from its page."
    )


@dataclass(frozen=True)
class Font:
    """A font file, and which member of it if it is a collection."""

    path: Path
    number: int
    name: str
    characters: frozenset[int]

    def missing(self, text: str) -> list[str]:
        """The characters of *text* that the font has no shape for, each once, in order."""
        wanted = dict.fromkeys(char for char in text if is_drawn(char))
        return [char for char in wanted if ord(char) not in self.characters]


def is_drawn(char: str) -> bool:
    """Whether a character has a shape: not spaces, and not marks that choose a variant of one."""
    is_selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return not is_selector and unicodedata.category(char) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}


def font_for(settings: Settings, text: str) -> Font:
    """The first font that has every character of *text*.

    Raises
    ------
    FontMissing
        If there is no font at all.
    GlyphsMissing
        If none has them all; it names those that the best one lacks.
    """
    least: list[str] | None = None
    for font in fonts(settings):
        missing = font.missing(text)
        if not missing:
            return font
        least = missing if least is None or len(missing) < len(least) else least
    if least is None:
        raise FontMissing
    raise GlyphsMissing(characters=" ".join(least))


def fonts(settings: Settings) -> Iterable[Font]:
    """The fonts that are there, in the order in which they are tried."""
    if settings.certificate_font is not None:
        yield _read(settings.certificate_font)
    for path in filter(Path.is_file, _shipped()):
        yield _read(path)


def _shipped() -> list[Path]:
    found = find_spec(PACKAGE)
    own = (
        [Path(place) / PACKAGE_FILE for place in (found.submodule_search_locations or [])]
        if found
        else []
    )
    return [*own, *map(Path, SYSTEM_PATHS)]


@lru_cache(maxsize=8)
def _read(path: Path) -> Font:
    """The font at *path*; of a collection the member for Taiwan."""
    try:
        if path.suffix.lower() in {".ttc", ".otc"}:
            with TTCollection(path, lazy=True) as collection:
                return _best(path, collection.fonts)
        with TTFont(path, lazy=True) as font:
            return _best(path, [font])
    except (OSError, TTLibError, KeyError) as error:
        raise Unavailable(
            N_("The certificate font cannot be read: %(path)s"), path=str(path)
        ) from error


def _best(path: Path, members: list[TTFont]) -> Font:
    names = [str(font["name"].getDebugName(4) or path.name) for font in members]
    order = [n for part in TAIWAN for n, name in enumerate(names) if name.endswith(part)]
    number = order[0] if order else 0
    return Font(path, number, names[number], frozenset(members[number].getBestCmap()))
