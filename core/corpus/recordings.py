"""The training material as recordings with words or tags, decoded once into a folder of plain arrays.

The folder is laid out like ``shared/data`` (its README says what may train). Held-out files never come out of the
``train`` split: :mod:`talkies.core.corpus.heldout` decides by file name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from talkies.core.arrays import AnySound, Sound
from talkies.core.corpus.heldout import HELDOUT_SIGNERS, is_heldout_effect, split_speech
from talkies.core.corpus.tables import read_table
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import SAMPLE_RATE

Split = Literal["train", "test"]
SPEECH_RMS = 0.08
"""Speech is brought to this loudness (RMS of its louder half): -22 dBFS, about -23 LUFS."""


@dataclass(frozen=True)
class Utterance:
    """One recorded sentence: its file below the data folder, who speaks, the words, the language (BCP-47)."""

    file: str
    speaker: str
    text: str
    language: str


def utterances(data: Path, split: Split) -> list[Utterance]:
    """Every sentence with a trustworthy transcript: three readers and the speaking face."""
    side = 0 if split == "train" else 1
    read = split_speech(row for row in read_table(data / "speech" / "transcripts.csv") if not row["note"])[side]
    seen = split_speech(
        row for row in read_table(data / "video" / "grid_s1_transcripts.csv") if row["decode_warning"] == "0"
    )
    return [Utterance(f"speech/{row['file']}", row["speaker"], row["text"], row["lang"]) for row in read] + [
        Utterance(f"video/{row['file']}", "grid_s1", row["text"], "en-GB") for row in seen[side]
    ]


def effect_files(data: Path, split: Split) -> list[str]:
    """Every recorded effect of the split, also those with voices in them (the codec learns from all)."""
    rows = read_table(data / "foley" / "tags.csv")
    return [f"foley/{row['file']}" for row in rows if is_heldout_effect(row["file"]) == (split == "test")]


def signing_films(data: Path, split: Split) -> list[Path]:
    """Real film of people who sign, in which nothing strikes."""
    films = sorted((data / "video" / "real").glob("asl_*.mkv"))
    return [film for film in films if (film.stem in HELDOUT_SIGNERS) == (split == "test")]


def word_times(data: Path) -> dict[str, list[tuple[str, float, float]]]:
    """Per file of the speaking face: (word, start s, end s), silences as ``sil``."""
    times: dict[str, list[tuple[str, float, float]]] = {}
    for row in read_table(data / "video" / "grid_s1_words.csv"):
        times.setdefault(f"video/{row['file']}", []).append((row["word"], float(row["start_s"]), float(row["end_s"])))
    return times


class SoundCache:
    """Decoded recordings, mono 48 kHz, one 16-bit array a file; what is missing is decoded on first use."""

    def __init__(self, data: Path, folder: Path) -> None:
        self.data, self.folder = data, folder
        folder.mkdir(parents=True, exist_ok=True)

    def load(self, file: str) -> Sound:
        """The recording as float32 (N,) in [-1, 1]."""
        cached = self.folder / (hashlib.sha1(file.encode()).hexdigest()[:20] + ".npy")
        if not cached.exists():
            sound = read_sound(self.data / file, SAMPLE_RATE)[0]
            part = cached.with_suffix(".part")
            with part.open("wb") as handle:
                np.save(handle, np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16), allow_pickle=False)
            part.replace(cached)
        stored = np.load(cached, allow_pickle=False)
        return np.asarray(np.asarray(stored, np.float32) / 32767, np.float32)

    def load_speech(self, file: str) -> Sound:
        """The recording at the loudness of :data:`SPEECH_RMS`."""
        return level_speech(self.load(file))

    def warm(self, files: list[str]) -> Iterator[int]:
        """Decodes all; yields how many are there."""
        for number, file in enumerate(files, 1):
            self.load(file)
            yield number


def level_speech(sound: Sound) -> Sound:
    """The sound at the loudness of :data:`SPEECH_RMS`, or as near as its peaks allow."""
    return sound * min(SPEECH_RMS / max(speech_level(sound), 1e-4), 0.98 / max(float(np.abs(sound).max()), 1e-4))


def speech_level(sound: AnySound, frame: int = 960) -> float:
    """RMS of the louder half of the 20 ms frames, so that pauses do not count."""
    frames = sound[: len(sound) // frame * frame].reshape(-1, frame)
    if not len(frames):
        return 0.0
    power = np.sort(np.square(frames).mean(1))
    return float(np.sqrt(power[len(power) // 2 :].mean()))
