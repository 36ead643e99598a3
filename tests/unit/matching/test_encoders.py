from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from matchmaker.errors import Unavailable
from matchmaker.matching import (
    CachedEncoder,
    Encoder,
    FileVectorCache,
    HashingEncoder,
    MemoryVectorCache,
    ModelUnusable,
    SentenceEncoder,
    VectorCache,
    check_model_folder,
    make_encoder,
)
from matchmaker.matching.types import Vectors


class Broken(HashingEncoder):
    """Gives whatever vectors it was told to."""

    def __init__(self, vectors: Vectors) -> None:
        super().__init__(dim=4)
        self.vectors = vectors

    def encode(self, texts: Sequence[str], progress: object = None) -> Vectors:
        return self.vectors


def make_cache(kind: str, folder: Path) -> VectorCache:
    return MemoryVectorCache() if kind == "memory" else FileVectorCache(folder)


def test_hashing_gives_unit_vectors_that_depend_on_words_only() -> None:
    encoder = HashingEncoder()

    vectors = encoder.encode(["edge ai", "AI edge", "", "瑕疵檢測"])

    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    assert (vectors[0] == vectors[1]).all()


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_nothing_is_encoded_twice(kind: str, tmp_path: Path) -> None:
    cache = make_cache(kind, tmp_path)
    first = CachedEncoder(HashingEncoder(), cache)
    second = CachedEncoder(HashingEncoder(), cache)

    fresh = first.encode(["a", "b", "a"])
    kept = second.encode(["b", "a", "c"])

    assert (first.n_encoded, first.n_reused) == (2, 0)
    assert (second.n_encoded, second.n_reused) == (1, 2)
    assert (kept[:2] == fresh[[1, 0]]).all()


def test_models_do_not_share_vectors() -> None:
    cache = MemoryVectorCache()
    CachedEncoder(HashingEncoder(64), cache).encode(["a"])
    other = CachedEncoder(HashingEncoder(32), cache)

    assert other.encode(["a"]).shape == (1, 32)
    assert other.n_encoded == 1


def test_no_texts_give_no_vectors() -> None:
    assert CachedEncoder(HashingEncoder(8), MemoryVectorCache()).encode([]).shape == (0, 8)


@pytest.mark.parametrize(
    ("vectors", "reason"),
    [
        (np.ones((1, 3), np.float32), "shape"),
        (np.full((1, 4), np.nan, np.float32), "no numbers"),
        (np.full((1, 4), 9, np.float32), "length 1"),
        (np.zeros((1, 4), np.float32), "length 1"),
    ],
)
def test_impossible_vectors_are_refused(vectors: Vectors, reason: str) -> None:
    cache = MemoryVectorCache()

    with pytest.raises(ModelUnusable, match=reason):
        CachedEncoder(Broken(vectors), cache).encode(["a"])
    assert len(cache) == 0


def test_a_kept_vector_of_another_length_is_refused() -> None:
    encoder = CachedEncoder(HashingEncoder(4), MemoryVectorCache())
    encoder.encode(["a", "b"])
    encoder.cache.put_many({encoder.key("a"): np.ones(3, np.float32)})

    with pytest.raises(ModelUnusable, match="different lengths"):
        encoder.encode(["a", "b"])


def test_a_spoilt_cache_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "vectors.sqlite3").write_bytes(b"not a database at all" * 99)

    with pytest.raises(Unavailable, match="Delete it"):
        FileVectorCache(tmp_path)


def test_many_keys_are_read_in_batches(tmp_path: Path) -> None:
    cache = FileVectorCache(tmp_path)
    vectors = {f"k{number}": np.full(2, number, np.float32) for number in range(1201)}
    cache.put_many(vectors)

    found = cache.get_many([*vectors, "unknown"])

    assert len(found) == 1201
    assert found["k1200"].tolist() == [1200, 1200]


def test_encoders_fit_the_protocol() -> None:
    assert isinstance(HashingEncoder(), Encoder)
    assert isinstance(make_encoder(), SentenceEncoder)
    assert isinstance(make_encoder("hashing", multilingual=True), HashingEncoder)
    assert make_encoder("hashing", multilingual=True).reads_chinese


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """A folder that has every file of a model, with two numbers for weights."""
    (tmp_path / "modules.json").write_text("[]")
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "tokenizer.json").write_text("{}")
    header = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    content = struct.pack("<Q", len(header)) + header + bytes(8)
    (tmp_path / "model.safetensors").write_bytes(content)
    return tmp_path


def test_a_whole_model_folder_passes(model_folder: Path) -> None:
    check_model_folder(model_folder)


@pytest.mark.parametrize("name", ["modules.json", "config.json", "tokenizer.json"])
def test_a_missing_file_is_named(model_folder: Path, name: str) -> None:
    (model_folder / name).unlink()

    with pytest.raises(ModelUnusable, match="tokenizer" if "token" in name else name):
        check_model_folder(model_folder)


def test_missing_weights_are_named(model_folder: Path) -> None:
    (model_folder / "model.safetensors").unlink()

    with pytest.raises(ModelUnusable, match="weights"):
        check_model_folder(model_folder)


@pytest.mark.parametrize("length", [0, 5, 40, -3])
def test_weights_that_were_cut_short_are_refused(model_folder: Path, length: int) -> None:
    path = model_folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:length])

    with pytest.raises(ModelUnusable, match=r"model\.safetensors"):
        check_model_folder(model_folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="no such folder"):
        _ = SentenceEncoder(tmp_path / "none").path


def test_building_an_encoder_reads_nothing(tmp_path: Path) -> None:
    SentenceEncoder(tmp_path / "none")


@pytest.mark.model
def test_the_shipped_model_reads_english_and_needs_glosses_for_chinese() -> None:
    encoder = SentenceEncoder()

    assert not encoder.reads_chinese
    assert encoder.dim == 384
    assert encoder.model_id.startswith("all-MiniLM-L6-v2@")


@pytest.mark.model
def test_the_shipped_model_tells_like_from_unlike() -> None:
    encoder = SentenceEncoder()

    vectors = encoder.encode(["detect cracks in fabric", "find textile defects", "lend money"])
    again = encoder.encode(["lend money", "detect cracks in fabric"])

    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert vectors[0] @ again[1] == pytest.approx(1, abs=1e-3)


@pytest.mark.model
def test_bfloat16_gives_nearly_the_same_vectors() -> None:
    texts = ["predict pump failures from vibration", "chatbot for hotel guests", "crop disease"]

    narrow = SentenceEncoder(dtype="bfloat16").encode(texts)
    wide = SentenceEncoder(dtype="float32").encode(texts)

    assert np.diag(narrow @ wide.T) == pytest.approx(1, abs=0.005)


@pytest.mark.model
def test_a_model_whose_weights_are_cut_short_is_refused(tmp_path: Path) -> None:
    source = SentenceEncoder().path
    assert source is not None
    shutil.copytree(source, tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    with weights.open("r+b") as stream:
        stream.truncate(1_000_000)

    with pytest.raises(ModelUnusable, match="Reinstall it"):
        SentenceEncoder(tmp_path / "model").encode(["a"])
