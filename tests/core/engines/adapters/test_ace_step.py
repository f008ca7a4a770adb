"""Music by ACE-Step: a tiny random pipeline through diffusers' own loading, as an engine that was added."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tiny_models import added, tiny_ace_step, tiny_stable_audio

from talkies.core.arrays import Sound
from talkies.core.engines.adapters.diffusers import EffectsAdapter, musical
from talkies.core.engines.base import Brief, MusicPart
from talkies.core.engines.compliance import checks
from talkies.core.engines.guest import GuestEngine
from talkies.core.errors import ArgumentError, EngineError
from talkies.core.times import TimeRange

pytest.importorskip("diffusers", reason="the extra [vssflow] is not installed")
pytestmark = pytest.mark.slow  # each engine imports its library anew

SECONDS = Fraction(5, 2)
PART = MusicPart(
    TimeRange(Fraction(0), SECONDS), "slow sad lament, F sharp minor, 66 bpm", 66.2, "F sharp minor", (3, 4)
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuestEngine]:
    with added("diffusers", tiny_ace_step(tmp_path_factory.mktemp("models") / "ace")) as engine:
        yield engine


def played(engine: GuestEngine, part: MusicPart = PART, seed: int = 1, **more: str) -> Sound:
    prepared = engine.prepare(Brief("music", SECONDS, music=(part,), **more))  # type: ignore[arg-type]
    blocks = engine.generate(prepared, seed=seed, steps=2, guidance=3.0, on_step=lambda share: None)
    return np.concatenate(list(blocks))


def test_a_folder_says_what_it_is(engine: GuestEngine, tmp_path: Path) -> None:
    manifest = engine.manifest
    assert (manifest.tasks, manifest.window_s, manifest.sample_rate) == (("music",), 240.0, 8000)
    assert (manifest.licence, manifest.sellable, engine.sampling(None, None)) == ("mit", True, (50, 7.0))
    turbo = EffectsAdapter([str(tiny_ace_step(tmp_path / "turbo", is_turbo=True))]).manifest
    assert (turbo["steps"], turbo["guidance"]) == (8, 1.0)


def test_it_is_told_of_tempo_key_and_meter(engine: GuestEngine) -> None:
    sound = played(engine)
    assert len(sound) == SECONDS * engine.sample_rate and np.abs(sound).max() > 0.003
    assert np.array_equal(sound, played(engine))
    faster = MusicPart(PART.range, PART.words, 120.0, PART.key, PART.meter)
    in_c = MusicPart(PART.range, PART.words, PART.tempo, "C major", PART.meter)
    for other in (played(engine, faster), played(engine, in_c), played(engine, seed=2)):
        assert not np.array_equal(sound, other)


def test_tempo_key_and_meter_as_it_reads_them() -> None:
    said = {"lyrics": "[Instrumental]", "bpm": 66, "keyscale": "F# minor", "timesignature": "3"}
    assert musical({"tempo": 66.2, "key": "F sharp minor", "meter": "3/4"}) == said
    assert musical({"tempo": None, "key": "", "meter": ""}) == {"lyrics": "[Instrumental]"}


def test_it_passes_what_every_engine_is_tested_for(engine: GuestEngine, tmp_path: Path) -> None:
    assert [check for check in checks(engine, ["music"], [tmp_path]) if check.passed is False] == []


def test_what_it_cannot_do_is_said(engine: GuestEngine) -> None:
    played(engine, negative_prompt="drums")
    assert engine.remarks() == ("engine tiny: ACE-Step heeds no negative prompt",)
    with pytest.raises(EngineError, match="refuses: the music: nothing says what it is; give a prompt"):
        played(engine, MusicPart(PART.range, " ", 66.0, "C major"))
    with pytest.raises(ArgumentError, match="makes no foley; it makes music"):
        engine.prepare(Brief("foley", SECONDS, prompt="rain"))


def test_stable_audio_plays_in_windows_of_its_own(tmp_path: Path) -> None:
    """Of three seconds: a section of eight is three of them, a quarter of each shared."""
    pytest.importorskip("torchsde", reason="Stable Audio's sampler needs torchsde")
    part = MusicPart(TimeRange(Fraction(0), Fraction(8)), "slow waltz, 84 bpm", 84.0, "D minor", (3, 4))
    with added("diffusers", tiny_stable_audio(tmp_path / "stable")) as engine:
        prepared = engine.prepare(Brief("music", Fraction(8), music=(part,)))
        starts = [window.start / engine.sample_rate * 84 / 60 for window in prepared.windows]
        blocks = engine.generate(prepared, seed=1, steps=2, guidance=3.0, on_step=lambda share: None)
        sound = np.concatenate(list(blocks))
    assert len(sound) == 8 * engine.sample_rate
    assert len(starts) > 2 and starts == pytest.approx(np.round(starts), abs=0.01), "they begin on beats"
    assert min(np.abs(each).max() for each in np.split(sound, 16)) > 0.003
