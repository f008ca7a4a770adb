"""Speech by models whose pace nobody can set: tiny random ones through the library's own loading."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tiny_models import added
from tiny_token_models import tiny_bark, tiny_csm, tiny_dia

from talkies.core.arrays import Sound
from talkies.core.engines.base import Brief, Line
from talkies.core.engines.compliance import checks
from talkies.core.engines.guest import GuestEngine
from talkies.core.errors import EngineError
from talkies.core.times import TimeRange

pytest.importorskip("transformers", reason="the extra [vssflow] is not installed")
pytestmark = pytest.mark.slow  # each engine imports its library anew

MAKERS = (tiny_csm, tiny_dia, tiny_bark)
WORDS = "Hello there"
SEED = 2  # of lines that last longer than a tenth of a second


@pytest.fixture(scope="module", params=MAKERS, ids=lambda make: make.__name__)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuestEngine]:
    make: Callable[[Path], Path] = request.param
    with added("transformers", make(tmp_path_factory.mktemp("models") / "voice")) as engine:
        yield engine


def spoken(
    engine: GuestEngine, end: Fraction = Fraction(6), seed: int = SEED, voice: str = "", text: str = WORDS
) -> Sound:
    """Six seconds with a line from 1 s on."""
    line = Line(TimeRange(Fraction(1), end), text, language="en")
    prepared = engine.prepare(Brief("dialogue", Fraction(6), lines=(line,), voice=voice))
    return np.concatenate(list(engine.generate(prepared, seed=seed, steps=1, guidance=1, on_step=lambda share: None)))


def lasts(sound: Sound, engine: GuestEngine) -> float:
    """Seconds from 1 s on until nothing is heard."""
    return float(np.flatnonzero(sound)[-1]) / engine.sample_rate - 1.0


def test_a_folder_says_what_it_is(engine: GuestEngine) -> None:
    manifest = engine.manifest
    assert (manifest.tasks, manifest.languages, manifest.sample_rate) == (("dialogue",), ("en",), 8000)
    assert (manifest.licence, manifest.sellable, len(engine.weights_hash)) == ("cc-by-nc-4.0", False, 64)


def test_a_line_is_heard_within_its_time_the_same_for_the_same_seed(engine: GuestEngine) -> None:
    sound = spoken(engine)
    heard = np.flatnonzero(sound) / engine.sample_rate
    assert len(sound) == 6 * engine.sample_rate and 1.0 <= heard[0] < 1.05
    assert engine.remarks() == ()
    assert np.array_equal(sound, spoken(engine))
    assert not np.array_equal(sound, spoken(engine, seed=6))


def test_it_passes_what_every_engine_is_tested_for(engine: GuestEngine, tmp_path: Path) -> None:
    assert [check for check in checks(engine, ["dialogue"], [tmp_path]) if check.passed is False] == []


def test_a_line_with_little_time_is_hurried_and_that_is_said_or_refused(engine: GuestEngine) -> None:
    own = lasts(spoken(engine), engine)
    assert own > 0.15
    sound = spoken(engine, end=1 + Fraction(round(own / 1.3 * 1000), 1000))
    assert 0.8 * own / 1.3 < lasts(sound, engine) <= own / 1.3 + 0.01
    (remark,) = engine.remarks()
    assert f"'{WORDS}' is read 1." in remark
    with pytest.raises(EngineError, match=r"refuses: 'Hello there' cannot be read in 0\.\d\d s"):
        spoken(engine, end=1 + Fraction(round(own / 3 * 1000), 1000))


def test_a_speaker_that_it_has_not_is_refused(engine: GuestEngine) -> None:
    with pytest.raises(EngineError, match="speaker 12: is not in this model; it has 0 to "):
        spoken(engine, voice="12")


def open_and_close(folder: Path, *options: str) -> None:
    with added("transformers", folder, *options):
        pass


def test_the_two_speakers_of_dia_are_read_apart(tmp_path: Path) -> None:
    with added("transformers", tiny_dia(tmp_path / "dia"), "--speaker", "1") as engine:
        assert np.array_equal(spoken(engine), spoken(engine, voice="1"))
        assert not np.array_equal(spoken(engine), spoken(engine, voice="0"))


def test_barks_voices_are_those_of_its_list(tmp_path: Path) -> None:
    folder = tiny_bark(tmp_path / "bark")
    with added("transformers", folder) as engine:
        assert not np.array_equal(spoken(engine), spoken(engine, voice="1"))
        with pytest.raises(
            EngineError, match=r"bark/speaker_embeddings_path\.json: has no voice v2/en_speaker_7; choose"
        ):
            spoken(engine, voice="7")
        (folder / "speaker_1_fine_prompt.npy").write_bytes(b"no numbers")
        with pytest.raises(EngineError, match=r"bark/speaker_1_fine_prompt\.npy: cannot be read; fetch it again"):
            spoken(engine, voice="1")
        (folder / "speaker_1_fine_prompt.npy").write_bytes(b"")
        with pytest.raises(EngineError, match=r"bark/speaker_1_fine_prompt\.npy: cannot be read; fetch it again"):
            spoken(engine, voice="1")
        with (folder / "speaker_1_fine_prompt.npy").open("wb") as file:
            file.truncate(1 << 34)
        with pytest.raises(EngineError, match=r"speaker_1_fine_prompt\.npy: is 17180 MB, far beyond any voice"):
            spoken(engine, voice="1")
    with added("transformers", folder, "--language", "fr") as engine:
        assert engine.manifest.languages == ("fr",)
    (folder / "speaker_embeddings_path.json").unlink()
    with added("transformers", folder) as engine:
        assert spoken(engine).any()


def test_dia_says_that_its_codec_is_missing(tmp_path: Path) -> None:
    folder = tiny_dia(tmp_path / "dia")
    shutil.rmtree(folder / "dac")
    with pytest.raises(EngineError, match=r"refuses: dia: has no dac/config\.json; save the codec that its processor"):
        open_and_close(folder)


def test_a_broken_folder_is_one_sentence(tmp_path: Path) -> None:
    folder = tiny_csm(tmp_path / "broken")
    facts = json.loads((folder / "config.json").read_text())
    facts["codec_config"]["sampling_rate"] = "x"
    (folder / "config.json").write_text(json.dumps(facts))
    with pytest.raises(EngineError, match=r"refuses: broken/config\.json: sampling_rate is no whole number; fetch it"):
        open_and_close(folder)
    with pytest.raises(EngineError, match="--language: means nothing to broken; leave it out"):
        open_and_close(folder, "--language", "fr")
