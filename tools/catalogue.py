"""Keep the message catalogue: collect messages from the code, add translations, compile.

    python tools/catalogue.py            # collect, add translations/parts/*.json, compile
    python tools/catalogue.py --check    # fail if anything is missing or out of step

A part is a JSON object from English message to Chinese; parts are merged and removed. Plural
messages are entered in the .po file by hand.
"""

from __future__ import annotations

import fcntl
import json
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "matchmaker"
PARTS = PACKAGE / "translations" / "parts"
PO = PACKAGE / "translations" / "zh_Hant_TW" / "LC_MESSAGES" / "messages.po"
METHODS = [
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**.py", "python"),
]
KEYWORDS = {"_": None, "N_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}


def collect() -> Catalog:
    """Every message in the code and templates."""
    catalogue = Catalog(locale="zh_Hant_TW", project="matchmaker", charset="utf-8")
    found = extract_from_dir(
        str(PACKAGE),
        method_map=METHODS,
        keywords=KEYWORDS,
        options_map={"**/templates/**.html": {"trimmed": "true"}},
    )
    for filename, _line, message, comments, context in found:
        catalogue.add(
            message,
            locations=[(f"matchmaker/{filename}", 0)],
            auto_comments=comments,
            context=context,
        )
    return catalogue


def load() -> Catalog:
    """The catalogue as committed."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hant_TW")


def merged() -> Catalog:
    """The committed translations for the messages that the code has now."""
    fresh = collect()
    known = load() if PO.exists() else Catalog(locale="zh_Hant_TW")
    extra: dict[str, str] = {}
    for part in [*sorted(PARTS.glob("*.merged")), *sorted(PARTS.glob("*.json"))]:
        extra.update(json.loads(part.read_text(encoding="utf-8")))
    result = Catalog(
        locale="zh_Hant_TW",
        project="matchmaker",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Messages of matchmaker in Traditional Chinese as used in Taiwan.",
    )
    for message in sorted((m for m in fresh if m.id), key=lambda m: str(m.id)):
        old = known.get(message.id, message.context)
        string = extra.get(message.id) if isinstance(message.id, str) else None
        if string is None and isinstance(message.id, tuple) and message.id[0] in extra:
            string = (extra[message.id[0]],)
        if string is None and old is not None:
            string = old.string
        result.add(
            message.id,
            string or message.string,
            locations=sorted(set(message.locations)),
            context=message.context,
        )
    result.creation_date = known.creation_date
    result.revision_date = known.creation_date
    return result


def missing(catalogue: Catalog) -> list[str]:
    """Messages without a translation."""
    return [
        str(message.id)
        for message in catalogue
        if message.id
        and not all(
            message.string if isinstance(message.string, (tuple, list)) else [message.string]
        )
    ]


def bad_placeholders(catalogue: Catalog) -> list[str]:
    """Translations whose placeholders differ from the message's."""
    return [
        f"{message.id}: {error}"
        for message in catalogue
        if message.id and message.string
        for error in message.check()
    ]


def as_po(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=110, omit_header=False, sort_output=False)
    return buffer.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def problems() -> list[str]:
    """Everything that is wrong with the committed catalogue, in words."""
    now, committed = merged(), load()
    wrong = [f"not translated: {text}" for text in missing(now)]
    wrong += [f"placeholders: {text}" for text in bad_placeholders(now)]
    if {m.id for m in now} != {m.id for m in committed}:
        wrong.append("the .po file is out of step with the code: run make translations")
    if PO.with_suffix(".mo").read_bytes() != as_mo(committed):
        wrong.append("the .mo file is out of step with the .po file: run make translations")
    return wrong


def update() -> list[str]:
    """Write the catalogue anew; what is still missing."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    with (PACKAGE / "translations" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        catalogue = merged()
        PO.write_bytes(as_po(catalogue))
        catalogue = load()
        PO.with_suffix(".mo").write_bytes(as_mo(catalogue))
        for part in PARTS.glob("*.json"):
            part.rename(part.with_suffix(".merged"))
    return missing(catalogue) + bad_placeholders(catalogue)


if __name__ == "__main__":
    left = problems() if "--check" in sys.argv else update()
    for line in left:
        print(line)
    sys.exit(1 if left else 0)
