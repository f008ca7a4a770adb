"""Voices: measured, level does not matter, recordings find their speaker."""

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import lfilter

from talkies.core.conditioning.speech.voice import VOICE_DIM, apart, find_voice, measure, voice_book
from talkies.core.errors import ArgumentError
from talkies.core.media.sound import read_sound


def buzz(pitch: float, seconds: float = 2.0) -> np.ndarray:
    """Harmonics of a pitch, falling by 6 dB an octave, with small pauses."""
    time = np.arange(round(48_000 * seconds)) / 48_000
    tone = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 30))
    return (0.1 * tone * (np.sin(2 * np.pi * 3 * time) > -0.5)).astype(np.float32)


@pytest.mark.parametrize("pitch", [110.0, 200.0, 300.0])
def test_the_pitch_is_found(pitch: float) -> None:
    assert 2 ** measure(buzz(pitch))[60] == pytest.approx(pitch, rel=0.03)


def test_a_mans_pitch_in_a_rumbling_room_is_not_the_slope_at_the_shortest_lag() -> None:
    """Half the recordings of the speaking face were heard at 462 Hz: rumble is alike at every short lag."""
    fall = np.exp(-2 * np.pi * 30 / 48_000)
    rumble = lfilter([1 - fall], [1, -fall], np.random.default_rng(0).normal(size=96_000))
    sound = buzz(105) + 2 * buzz(105).std() * rumble / rumble.std()
    assert 2 ** measure(sound)[60] == pytest.approx(105, rel=0.03)


def test_how_far_voices_lie_apart() -> None:
    one, other = np.zeros(VOICE_DIM), np.full(VOICE_DIM, 2.0)
    assert apart(one, one) == 0
    assert apart(one, other) == pytest.approx(2)
    other[-1] = 1e6
    assert apart(one, other) == pytest.approx(2), "the last number says nothing"


def test_level_does_not_matter() -> None:
    np.testing.assert_allclose(measure(buzz(150)), measure(buzz(150) * 0.3), atol=1e-3)


def test_named_voices_are_in_the_models_scale() -> None:
    book = voice_book()
    assert {"kathleen", "grid_s1", "kerstin", "nathalie"} <= set(book.voices)
    for voice in book.voices.values():
        assert voice.vector.shape == (VOICE_DIM,)
        assert np.abs(voice.vector).max() <= 3


def test_language_chooses_the_voice() -> None:
    assert find_voice("", language="de-DE").name == "kerstin"
    assert find_voice("", language="nl").name == "nathalie"
    assert find_voice("", language="ja").language.startswith("en")


def test_nobody_gets_a_child_or_a_reader_of_commands_unasked() -> None:
    chosen = {find_voice("", speaker, "en-GB").name for speaker in ("ANNA", "BEN", "CY", "DAN", "EVE", "FAY", "GUS")}
    assert chosen and not chosen & {"grid_s1", "robin"}
    assert find_voice("grid_s1").name == "grid_s1"


def test_a_held_out_recording_is_nearest_to_its_own_speaker(shared_dir: Path) -> None:
    heard = {"kathleen": "arctic_a0007*.opus", "nathalie": "*.opus", "kerstin": "*.opus"}
    for speaker, pattern in heard.items():
        file = sorted((shared_dir / "data" / "speech" / speaker).glob(pattern))[0]
        book = voice_book()
        assert book.nearest(book.place(measure(read_sound(file, 48_000)[0]))).name == speaker


def test_an_unknown_name_gets_the_list() -> None:
    with pytest.raises(ArgumentError, match="did you mean kathleen"):
        find_voice("kathlen")


def test_a_recording_without_sound_is_refused(tmp_path: Path) -> None:
    from talkies.core.media.wav.bwf import write_bwf

    quiet = tmp_path / "quiet.wav"
    write_bwf(quiet, [np.zeros((1, 96_000), np.float32)])
    with pytest.raises(ArgumentError, match=r"quiet\.wav.*silent"):
        find_voice(str(quiet))


@pytest.mark.parametrize("content", [b"a letter, not a recording", b""])
def test_a_voice_that_is_no_recording_is_a_wrong_argument(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "voice.wav").write_bytes(content)
    with pytest.raises(ArgumentError, match=r"voice\.wav"):
        find_voice(str(tmp_path / "voice.wav"))
    with pytest.raises(ArgumentError, match="neither"):
        find_voice(str(tmp_path))
