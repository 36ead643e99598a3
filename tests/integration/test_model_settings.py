"""A model and a dictionary of the operator's own, by setting alone: what a run makes of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.adapters.encoder import make_pipeline
from matchmaker.cli.doctor import check_dictionary, check_model
from matchmaker.competency.dictionary import inspect_cedict
from matchmaker.db import make_sessions
from matchmaker.errors import Unavailable
from matchmaker.matching import ModelUnusable, make_encoder
from matchmaker.matching.model_files import reads_chinese
from matchmaker.models import Match, MatchRun, User
from matchmaker.services import match_run as service
from matchmaker.services.context import Context
from matchmaker.services.vectors import DatabaseVectorCache
from matchmaker.settings import Settings
from matchmaker.worker import Worker
from matchmaker.workflows.match_run import MatchRunState
from tests.factories import Factory
from tests.standin import CHINESE, LATIN, keep_in_hub_cache, make_model

NETTLE = "蕁麻 荨麻 [qian2 ma2] /nettle/\n"


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("multilingual"))


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("english"), LATIN, length=16)


@pytest.fixture
def named(settings: Settings) -> Callable[..., Settings]:
    """The settings that name a model or a dictionary."""

    def name(model: Path | str = "", dictionary: Path | None = None) -> Settings:
        kind = "sentence" if model else "hashing"
        return replace(settings, encoder=kind, model=str(model), dictionary=dictionary)

    return name


@pytest.fixture
def run_with(
    make: Factory,
    session: Session,
    engine: sa.Engine,
    ctx: Callable[[User | None], Context],
) -> Callable[[Settings], MatchRun]:
    """Match one problem with two teams, all in Chinese, as the settings say."""
    call = make.call()
    texts = {"title_en": "", "text_en": "", "techniques": []}
    make.problem(call=call, title_zh="布料瑕疵", text_zh="以相機檢測布料的瑕疵", **texts)
    for body in ("以相機查布料的瑕疵", "預測銷售數量"):
        make.team(make.user(), title_zh="團隊", text_zh=body, works=[], competencies=[], **texts)
    officer = make.officer()

    def match(settings: Settings) -> MatchRun:
        run = service.start_run(ctx(officer), call.id)
        session.commit()
        Worker(settings, make_sessions(engine)).run_all()
        session.expire_all()
        return run

    return match


def fits_of(session: Session, run: MatchRun) -> list[float]:
    """What likeness of meaning counts in each pair of a run."""
    matches = session.scalars(sa.select(Match).where(Match.run_id == run.id))
    return [
        part["contribution"]
        for match in matches
        for part in match.explanation["parts"]
        if part["feature"] == "dense"
    ]


def test_a_multilingual_model_is_given_chinese_as_it_is(
    run_with: Callable[[Settings], MatchRun],
    named: Callable[..., Settings],
    multilingual: Path,
    session: Session,
) -> None:
    run = run_with(named(multilingual))

    assert run.state is MatchRunState.DONE
    assert run.config["reads_chinese"] is True
    assert run.config["model"].startswith("model@")
    assert all(fits_of(session, run))
    told = str(check_model(named(multilingual)))
    assert "vectors of length 32; it reads Chinese itself, so glossing is off" in told


def test_a_model_that_reads_no_chinese_is_given_glosses(
    run_with: Callable[[Settings], MatchRun], named: Callable[..., Settings], english: Path
) -> None:
    run = run_with(named(english))

    assert run.state is MatchRunState.DONE
    assert run.config["reads_chinese"] is False
    told = str(check_model(named(english)))
    assert "it reads no Chinese, so Chinese is glossed in English first" in told


def test_the_setting_wins_over_what_the_tokenizer_shows(english: Path) -> None:
    assert make_encoder("sentence", str(english), multilingual=True).reads_chinese is True


def test_what_the_model_reads_stands_on_the_pages(
    run_with: Callable[[Settings], MatchRun],
    named: Callable[..., Settings],
    multilingual: Path,
    make: Factory,
    login: Callable[..., FlaskClient],
) -> None:
    run, officer = run_with(named(multilingual)), make.officer()

    for locale, words in (
        ("en", "read by the model itself; nothing was glossed"),
        ("zh_Hant_TW", "模型直接讀中文"),
    ):
        assert words in login(officer, locale).get(f"/office/runs/{run.id}").text
    page = login(officer).get("/office/lexicon/coverage").text
    assert "The model in use reads Chinese itself" in page


def test_vectors_of_another_model_are_not_reused(
    named: Callable[..., Settings], multilingual: Path, english: Path, engine: sa.Engine
) -> None:
    sessions: sessionmaker[Session] = make_sessions(engine)
    encoders = [
        make_pipeline(named(model), DatabaseVectorCache(sessions)).encoder
        for model in (multilingual, english, multilingual)
    ]

    lengths = [encoder.encode(["camera", "defect"]).shape for encoder in encoders]

    assert lengths == [(2, 32), (2, 16), (2, 32)]
    assert [encoder.n_encoded for encoder in encoders] == [2, 2, 0]


def test_a_model_by_name_comes_from_what_was_downloaded(
    english: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(english, tmp_path / "copy")
    keep_in_hub_cache(tmp_path / "copy", tmp_path / "hub", "somebody/small-model")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))

    encoder = make_encoder("sentence", "somebody/small-model")

    assert encoder.model_id.startswith("small-model@")
    assert encoder.encode(["camera"]).shape == (1, 16)


def test_a_name_that_nobody_downloaded_says_how_to_fetch_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))

    with pytest.raises(ModelUnusable, match="hf download somebody/none"):
        _ = make_encoder("sentence", "somebody/none").dim


def test_weights_in_several_files_and_a_folder_of_their_own_are_found(
    english: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(english, tmp_path / "model")
    inner = folder / "0_Transformer"
    inner.mkdir()
    for path in folder.glob("*"):
        if path.is_file() and path.name not in ("modules.json", "README.md"):
            path.rename(inner / path.name)
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["path"] = inner.name
    (folder / "modules.json").write_text(json.dumps(modules))
    (inner / "model.safetensors").rename(inner / "model-1-of-2.safetensors")
    weights = {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}
    index = inner / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": weights}))

    with pytest.raises(ModelUnusable, match=r"the weights file model-2-of-2\.safetensors is miss"):
        _ = make_encoder("sentence", str(folder)).dim
    index.write_text(json.dumps({"weight_map": {"a": "model-1-of-2.safetensors"}}))
    assert make_encoder("sentence", str(folder)).dim == 16


def test_a_tokenizer_that_falls_back_on_bytes_does_not_read_chinese(tmp_path: Path) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel

    alphabet = {letter: n for n, letter in enumerate(sorted(ByteLevel.alphabet()))}
    tokenizer = Tokenizer(BPE(alphabet, []))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    (tmp_path / "modules.json").write_text("[]")
    tokenizer.save(str(tmp_path / "tokenizer.json"))

    assert reads_chinese(tmp_path) is False


@pytest.mark.parametrize(("letters", "expected"), [(CHINESE, True), (LATIN, False)])
def test_a_bare_vocabulary_is_enough_to_tell(tmp_path: Path, letters: str, expected: bool) -> None:
    (tmp_path / "modules.json").write_text("[]")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(letters)]
    (tmp_path / "vocab.txt").write_text("\n".join(words), "utf-8")

    assert reads_chinese(tmp_path) is expected


def test_a_dictionary_widens_what_a_run_reads_and_is_named(
    run_with: Callable[[Settings], MatchRun],
    named: Callable[..., Settings],
    make: Factory,
    login: Callable[..., FlaskClient],
    tmp_path: Path,
) -> None:
    file = tmp_path / "cedict.u8"
    file.write_text("# CC-CEDICT\n" + NETTLE, "utf-8")
    without, widened = run_with(named()), run_with(named(dictionary=file))

    assert without.config["dictionary"] is None
    assert widened.config["dictionary"] == {"file": "cedict.u8", "entries": 1, "bad_lines": []}
    assert without.config["lexicon"] != widened.config["lexicon"]
    page = login(make.officer()).get(f"/office/runs/{widened.id}").text
    assert "cedict.u8, entries: 1" in page
    assert str(check_dictionary(named(dictionary=file))) == f"{file}, entries: 1"


def test_lines_of_a_dictionary_that_are_none_are_named(
    run_with: Callable[[Settings], MatchRun],
    named: Callable[..., Settings],
    make: Factory,
    login: Callable[..., FlaskClient],
    tmp_path: Path,
) -> None:
    file = tmp_path / "cedict.u8"
    file.write_text(f"\ufeff# CC-CEDICT\n{NETTLE}\nnettle = 蕁麻\n貓 猫 [mao1] /cat\n", "utf-8")

    run = run_with(named(dictionary=file))

    assert [number for number, _ in inspect_cedict(file).bad_lines] == [4, 5]
    assert run.config["dictionary"]["bad_lines"] == [4, 5]
    page = login(make.officer()).get(f"/office/runs/{run.id}").text
    assert "lines that could not be read: 2 (4, 5)" in page
    with pytest.raises(Unavailable, match=r"none: 2, such as 4 \(nettle = 蕁麻\), 5 \(貓 猫"):
        check_dictionary(named(dictionary=file))


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), (b"# nothing\n", "holds no entry")]
)
def test_a_dictionary_that_is_none_is_refused(
    run_with: Callable[[Settings], MatchRun],
    named: Callable[..., Settings],
    tmp_path: Path,
    content: bytes | None,
    reason: str,
) -> None:
    file = tmp_path / "cedict.u8"
    if content is not None:
        file.write_bytes(content)

    run = run_with(named(dictionary=file))

    assert run.state is MatchRunState.FAILED
    assert "cedict.u8 cannot be read as a word list" in str(service.load_failure(run))
    with pytest.raises(Exception, match=reason):
        check_dictionary(named(dictionary=file))
