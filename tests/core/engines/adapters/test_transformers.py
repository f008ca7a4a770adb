"""Speech by VITS: tiny random models through the library's own loading, as an engine that was added."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import added, tiny_vits

from talkies.core.arrays import Sound
from talkies.core.engines.adapters.spelling import Spelling
from talkies.core.engines.base import Brief, Line
from talkies.core.engines.compliance import checks
from talkies.core.engines.guest import GuestEngine
from talkies.core.errors import EngineError
from talkies.core.times import TimeRange

pytest.importorskip("transformers", reason="the extra [vssflow] is not installed")
pytestmark = pytest.mark.slow  # each engine imports its library anew

WORDS = "De trein vertrekt om negen uur"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_vits(tmp_path_factory.mktemp("models") / "mms-tts-nld")


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[GuestEngine]:
    with added("transformers", folder) as engine:
        yield engine


def spoken(
    engine: GuestEngine, text: str = WORDS, end: Fraction = Fraction(4), seed: int = 1, voice: str = ""
) -> Sound:
    """Four seconds with a line from 1 s on."""
    line = Line(TimeRange(Fraction(1), end), text, language="nl")
    prepared = engine.prepare(Brief("dialogue", Fraction(4), lines=(line,), voice=voice))
    return np.concatenate(list(engine.generate(prepared, seed=seed, steps=1, guidance=1, on_step=lambda share: None)))


def test_a_folder_says_what_it_is(engine: GuestEngine, folder: Path) -> None:
    manifest = engine.manifest
    assert (manifest.licence, manifest.sellable, manifest.languages) == ("cc-by-nc-4.0", False, ("nl",))
    assert (manifest.tasks, manifest.sample_rate, manifest.network) == (("dialogue",), 16_000, False)
    assert engine.weights_hash == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def test_a_line_is_heard_within_its_time_the_same_for_the_same_seed(engine: GuestEngine) -> None:
    sound = spoken(engine)
    heard = np.flatnonzero(sound) / engine.sample_rate
    assert len(sound) == 4 * engine.sample_rate
    assert 1.0 <= heard[0] < 1.05
    assert 1.3 < heard[-1] < 4.0
    assert engine.remarks() == ()
    assert np.array_equal(sound, spoken(engine))
    assert not np.array_equal(sound, spoken(engine, seed=2))


def test_it_passes_what_every_engine_is_tested_for(engine: GuestEngine, tmp_path: Path) -> None:
    failed = [check for check in checks(engine, ["dialogue"], [tmp_path]) if check.passed is False]
    assert failed == []


def test_a_line_with_little_time_is_read_faster_or_refused(engine: GuestEngine) -> None:
    own = np.flatnonzero(spoken(engine))[-1] / engine.sample_rate - 1.0
    sound = spoken(engine, end=Fraction(1) + Fraction(round(own / 1.3 * 100), 100))
    assert np.flatnonzero(sound)[-1] / engine.sample_rate <= 1.0 + own / 1.3 + 0.01
    (remark,) = engine.remarks()
    assert f"'{WORDS}' is read 1." in remark
    with pytest.raises(EngineError, match=r"refuses: 'De trein .* cannot be read in 0\.10 s"):
        spoken(engine, end=Fraction(11, 10))


def test_what_it_cannot_read_is_said(engine: GuestEngine) -> None:
    assert np.array_equal(spoken(engine, "Spoor 14, daar!"), spoken(engine, "Spoor , daar"))
    assert engine.remarks() == ("engine tiny: 'Spoor 14, daar!': this model cannot read 1 4; spell it out",)
    with pytest.raises(EngineError, match="'Привет': has nothing that this model can read"):
        spoken(engine, "Привет")


def test_speakers_are_chosen_by_number(tmp_path: Path) -> None:
    folder = tiny_vits(
        tmp_path / "many", num_speakers=3, speaker_embedding_size=4, use_stochastic_duration_prediction=False
    )
    with added("transformers", folder, "--speaker", "1") as engine:
        first, second = spoken(engine), spoken(engine, voice="2")
        assert np.array_equal(first, spoken(engine, voice="1")) and not np.array_equal(first, second)
        with pytest.raises(EngineError, match="speaker 3: is not in this model; it has 0 to 2"):
            spoken(engine, voice="3")
    with pytest.raises(EngineError, match="speaker 7: is not in this model; it has 0 to 2"):
        open_and_close(folder, "--speaker", "7")


def open_and_close(folder: Path, *options: str) -> None:
    with added("transformers", folder, *options):
        pass


def test_english_is_spelt_in_phonemes_where_the_model_wants_them(tmp_path: Path) -> None:
    folder = tiny_vits(tmp_path / "vits-ljs", language="", phonemize=True)
    with added("transformers", folder) as engine:
        assert engine.manifest.languages == ("en",)
        figures, words = spoken(engine, "Track 9"), spoken(engine, "track nine")
        assert engine.remarks() == () and np.array_equal(figures, words)


@pytest.fixture
def romanised(tmp_path: Path) -> Any:
    """A tokenizer of a language that is written in other letters."""
    library: Any = import_module("transformers")
    folder = tiny_vits(tmp_path / "mms-tts-rus", "rus", uroman=True)
    return library.VitsTokenizer.from_pretrained(folder, local_files_only=True)


def test_letters_that_would_have_to_be_romanised_are_refused(romanised: Any) -> None:
    spelling = Spelling(romanised, romanises=False)
    with pytest.raises(EngineError, match="'Привет': is not in Latin letters, and this model reads no others; pip"):
        spelling.numbers("Привет")
    assert spelling.numbers("Café") == spelling.numbers("cafe") == romanised("cafe").input_ids
    assert list(spelling.unread("Café 7")) == ["7"]


def test_weights_by_their_old_names_are_the_same_and_missing_ones_are_refused(tmp_path: Path) -> None:
    """As MMS' are on their hub: ``weight_g`` and ``weight_v``."""
    folder = tiny_vits(tmp_path / "old")
    with added("transformers", folder) as engine:
        expected = spoken(engine)
    weights = {
        name.replace("parametrizations.weight.original0", "weight_g").replace(
            "parametrizations.weight.original1", "weight_v"
        ): tensor
        for name, tensor in load_file(folder / "model.safetensors").items()
    }
    assert any(name.endswith("weight_g") for name in weights)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with added("transformers", folder) as engine:
        assert np.array_equal(spoken(engine), expected)
    del weights["decoder.conv_pre.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(EngineError, match=r"old: lacks 1 weights, as decoder\.conv_pre\.weight; fetch it again"):
        open_and_close(folder)


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("config.json", None, r"broken: has no config\.json; name a folder that save_pretrained has written"),
        ("config.json", "[", r"broken/config\.json: is not JSON; fetch it again"),
        ("config.json", "[]", r"broken/config\.json: is not a configuration"),
        ("config.json", '{"model_type": "bert"}', "broken: has a model of type bert; this takes vits, musicgen, csm"),
        ("model.safetensors", None, "broken: has no weights"),
        ("model.safetensors", "", r"broken/model\.safetensors: is not whole; fetch it again"),
        ("model.safetensors", "version https://git-lfs", r"broken/model\.safetensors: is not whole; fetch it again"),
        ("model.safetensors", "\x02" + "\0" * 7 + "{}", r"broken/model\.safetensors: has no weights in it"),
        (
            "vocab.json",
            None,
            r"broken: has no vocab\.json with its letters; fetch vocab\.json and tokenizer_config\.json",
        ),
        ("vocab.json", '{"a": 1e400}', r"broken/vocab\.json: has letters without a number; fetch it again"),
        (
            "config.json",
            '{"model_type": "vits", "num_speakers": "x"}',
            r"broken/config\.json: num_speakers is no whole",
        ),
        (
            "config.json",
            '{"model_type": "vits", "sampling_rate": 0}',
            r"broken/config\.json: sampling_rate is no whole number",
        ),
        (
            "config.json",
            '{"model_type": "vits", "sampling_rate": "x"}',
            r"broken/config\.json: sampling_rate is no whole",
        ),
        ("tokenizer_config.json", '{"language": 5}', r"broken/tokenizer_config\.json: language is no text; fetch it"),
        ("README.md", None, r"broken: has no README\.md that names its licence; say it with --licence"),
    ],
)
def test_a_broken_folder_is_one_sentence(file: str, content: str | None, sentence: str, tmp_path: Path) -> None:
    folder = tiny_vits(tmp_path / "broken")
    (folder / file).unlink() if content is None else (folder / file).write_text(content)
    with pytest.raises(EngineError, match=f"engine tiny: refuses: {sentence}"):
        open_and_close(folder)


def test_pickled_weights_are_refused_and_nothing_of_them_is_run(tmp_path: Path) -> None:
    folder = tiny_vits(tmp_path / "pickled")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(EngineError, match="pickled: has pickled weights only, which can run code; fetch or save them"):
        open_and_close(folder)


def test_weights_that_are_cut_off_are_one_sentence(tmp_path: Path) -> None:
    folder = tiny_vits(tmp_path / "cut")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(EngineError, match=r"engine tiny: refuses: cut/model\.safetensors: is not whole; fetch it"):
        open_and_close(folder)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--speed", "2"], "what stands after '--': unrecognized arguments: --speed 2"),
        (["--sellable", "perhaps"], "what stands after '--': argument --sellable: invalid choice"),
    ],
)
def test_options_that_are_not_known_are_refused(options: list[str], sentence: str, folder: Path) -> None:
    with pytest.raises(EngineError, match=sentence):
        open_and_close(folder, *options)


def test_what_the_user_says_goes_before_what_the_folder_says(folder: Path) -> None:
    said = ("--licence", "bought of its maker", "--sellable", "yes", "--language", "nl-BE")
    with added("transformers", folder, *said) as engine:
        manifest = engine.manifest
    assert (manifest.licence, manifest.sellable, manifest.languages) == ("bought of its maker", True, ("nl-BE",))
