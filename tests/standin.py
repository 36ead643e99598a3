"""A sentence-transformers model of a few kilobytes, written by the library itself, for tests."""

from __future__ import annotations

from pathlib import Path

CHINESE = "檢測機臺與產線設備的瑕疵並預測銷售數量以相機查布料"
LATIN = "abcdefghijklmnopqrstuvwxyz"


def make_model(
    folder: Path, letters: str = CHINESE + LATIN, *, length: int = 32, seed: int = 0
) -> Path:
    """Write a model with random weights that knows *letters*, and return its folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.manual_seed(seed)
    tokenizer = _tokenizer(letters)
    shape = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=length,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=2 * length,
        max_position_embeddings=64,
        initializer_range=1.0,  # Wide enough to tell texts apart without any training.
    )
    BertModel(shape).save_pretrained(folder / "parts")
    tokenizer.save_pretrained(folder / "parts")
    parts = [Transformer(str(folder / "parts"), max_seq_length=64), Pooling(length)]
    SentenceTransformer(modules=parts, device="cpu").save_pretrained(str(folder / "model"))
    return folder / "model"


def _tokenizer(letters: str):  # type: ignore[no-untyped-def]  # The library has no types for it.
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split
    from transformers import PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *dict.fromkeys(letters)]
    model = Tokenizer(WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    model.pre_tokenizer = Split("", "isolated")
    return PreTrainedTokenizerFast(
        tokenizer_object=model,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )


def keep_in_hub_cache(model: Path, cache: Path, name: str) -> None:
    """Lay *model* down as a download from the hub under *name* would lie."""
    kept = cache / f"models--{name.replace('/', '--')}"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text("0" * 40)
    (kept / "snapshots").mkdir()
    model.rename(kept / "snapshots" / ("0" * 40))
