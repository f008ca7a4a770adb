"""The corpus reader over a folder made up here: what is held out never comes out to be trained on; levels."""

from __future__ import annotations

import csv
import wave
from pathlib import Path

import numpy as np
import pytest

from talkies.core.corpus.recordings import SPEECH_RMS, SoundCache, effect_files, speech_level, utterances, word_times
from talkies.core.errors import InputError

RATE = 48_000


def write_table(path: Path, header: str, rows: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Sentences 0007 and 0027 are held out (number % 20 == 7), whoever says them, in whatever take."""
    write_table(
        tmp_path / "speech" / "transcripts.csv",
        "file|speaker|text|lang|note",
        [
            "kathleen/arctic_a0007_1.opus|kathleen|Held out.|en-US|",
            "kathleen/arctic_a0007_2.opus|kathleen|Held out.|en-US|",
            "kathleen/arctic_b0027_1.opus|kathleen|Held out, too.|en-US|",
            "kathleen/arctic_a0008_7.opus|kathleen|For training.|en-US|",
            'kathleen/arctic_a0009_1.opus|kathleen|He said "go" and went.|en-US|',
            "kathleen/arctic_a0010_1.opus|kathleen|Says something else.|en-US|wrong words",
            "kerstin/de_rhasspy-0011.opus|kerstin|HELD OUT|de-DE|",
        ],
    )
    write_table(
        tmp_path / "video" / "grid_s1_transcripts.csv",
        "file|speaker|text|frames|decode_warning",
        [f"grid_s1/face{n}.mp4|grid_s1|set white by b {n}|75|{int(n == 3)}" for n in range(60)],
    )
    write_table(
        tmp_path / "video" / "grid_s1_words.csv",
        "file|word|start_s|end_s",
        ["grid_s1/face1.mp4|sil|0.000|0.950", "grid_s1/face1.mp4|set|0.950|1.180"],
    )
    write_table(tmp_path / "foley" / "tags.csv", "file|tags", [f"knocks/knock_{n}.opus|impact" for n in range(200)])
    return tmp_path


def test_a_held_out_sentence_is_never_trained_on(data: Path) -> None:
    train = {u.file: u.text for u in utterances(data, "train") if u.file.startswith("speech/")}
    assert set(train) == {"speech/kathleen/arctic_a0008_7.opus", "speech/kathleen/arctic_a0009_1.opus"}
    test = {u.file for u in utterances(data, "test") if u.file.startswith("speech/")}
    assert test == {f"speech/kathleen/arctic_{name}.opus" for name in ("a0007_1", "a0007_2", "b0027_1")}


def test_the_face_is_split_without_what_could_not_be_decoded(data: Path) -> None:
    sides = [{u.file for u in utterances(data, split) if u.speaker == "grid_s1"} for split in ("train", "test")]
    assert not sides[0] & sides[1] and sides[1]
    assert sides[0] | sides[1] == {f"video/grid_s1/face{n}.mp4" for n in range(60) if n != 3}
    assert {u.language for u in utterances(data, "train") if u.speaker == "grid_s1"} == {"en-GB"}


def test_effects_are_split_without_loss(data: Path) -> None:
    train, test = (set(effect_files(data, split)) for split in ("train", "test"))
    assert not train & test and test
    assert train | test == {f"foley/knocks/knock_{n}.opus" for n in range(200)}


def test_words_of_the_face_have_their_times(data: Path) -> None:
    assert word_times(data) == {"video/grid_s1/face1.mp4": [("sil", 0.0, 0.95), ("set", 0.95, 1.18)]}


def test_the_real_corpus_keeps_its_sentences_apart(shared_dir: Path) -> None:
    data = shared_dir / "data"
    letters = ["".join(c for c in u.text.casefold() if c.isalnum()) for u in utterances(data, "train")]
    heldout = {"".join(c for c in u.text.casefold() if c.isalnum()) for u in utterances(data, "test")}
    assert heldout and not heldout & set(letters)
    assert not any("grid_other_speakers" in u.file or "clips/" in u.file for u in utterances(data, "train"))
    with (data / "speech" / "transcripts.csv").open(encoding="utf-8", newline="") as file:
        rows = sum(not row["note"] for row in csv.DictReader(file, delimiter="|"))
    speech = [u for u in (*utterances(data, "train"), *utterances(data, "test")) if u.file.startswith("speech/")]
    assert 0.97 * rows <= len(speech) <= rows


def test_a_folder_of_another_kind_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"transcripts\.csv: .*; give a folder laid out like shared/data"):
        utterances(tmp_path, "train")


def write_sound(path: Path, sound: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())


def test_level_is_that_of_the_louder_half() -> None:
    tone = 0.2 * np.sin(2 * np.pi * 500 * np.arange(RATE) / RATE)
    assert speech_level(tone) == pytest.approx(0.2 / np.sqrt(2), rel=1e-3)
    assert speech_level(np.concatenate([tone, np.zeros(RATE)])) == pytest.approx(0.2 / np.sqrt(2), rel=1e-3)
    assert speech_level(np.zeros(100)) == 0.0


@pytest.mark.parametrize("amplitude", [0.01, 0.3, 0.9])
def test_speech_comes_at_one_loudness_without_clipping(tmp_path: Path, amplitude: float) -> None:
    times = np.arange(RATE) / RATE
    write_sound(tmp_path / "line.wav", amplitude * np.sin(2 * np.pi * 500 * times) * (times < 0.6))
    sound = SoundCache(tmp_path, tmp_path / "pcm").load_speech("line.wav")
    assert sound.dtype == np.float32
    assert speech_level(sound) == pytest.approx(SPEECH_RMS, rel=0.01)
    write_sound(tmp_path / "click.wav", np.where(np.arange(RATE) == 5000, 0.9, 0.001 * np.sin(times * 3000)))
    assert np.abs(SoundCache(tmp_path, tmp_path / "pcm").load_speech("click.wav")).max() <= 0.981


def test_a_recording_is_decoded_once(tmp_path: Path) -> None:
    sound = 0.5 * np.sin(np.arange(RATE) / 10)
    write_sound(tmp_path / "one.wav", sound)
    cache = SoundCache(tmp_path, tmp_path / "pcm")
    assert list(cache.warm(["one.wav"])) == [1]
    (tmp_path / "one.wav").unlink()
    np.testing.assert_allclose(cache.load("one.wav"), sound, atol=1e-3)
    assert not list((tmp_path / "pcm").glob("*.part"))
