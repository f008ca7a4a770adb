"""Recordings for a library whose measures are known, and a library that has them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.events import Progress, Warned
from talkies.core.library import Library, add_folder, find
from talkies.core.media.sound import write_bwf

RATE = 48000


def burst(seed: int = 0, decay_s: float = 0.05, length_s: float = 0.6) -> Sound:
    """Noise that starts at full strength and dies away."""
    time = np.arange(round(length_s * RATE)) / RATE
    rng = np.random.default_rng(seed)
    noise = rng.uniform(0.3, 0.6, len(time)) * rng.choice([-1, 1], len(time))
    return np.asarray(noise * np.exp(-time / decay_s), np.float32)


def struck(places: Sequence[int], length: int, gains: Sequence[float] = ()) -> Sound:
    """Bursts that begin at these samples, in silence."""
    sound = np.zeros(length, np.float32)
    for number, place in enumerate(places):
        gain = gains[number] if gains else 1.0
        one = burst(number)[: length - place] * np.float32(gain)
        sound[place : place + len(one)] += one
    return sound


def save(path: Path, sound: Sound, description: str = "", rate: int = RATE) -> Path:
    write_bwf(
        path, [np.atleast_2d(sound)], description=description, sample_rate=rate, channels=np.atleast_2d(sound).shape[0]
    )
    return path


def save_floats(path: Path, sound: Sound) -> Path:
    """A mono WAV of 32-bit floats."""
    data = sound.astype("<f4").tobytes()
    fmt = struct.pack("<HHIIHH", 3, 1, RATE, 4 * RATE, 4, 32)
    chunks = b"WAVE" + b"fmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunks)) + chunks)
    return path


def add_ixml(path: Path, document: str) -> None:
    """Appends an iXML chunk, as a recorder does."""
    data = document.encode() + b" " * (len(document.encode()) % 2)
    whole = bytearray(path.read_bytes()) + b"iXML" + struct.pack("<I", len(data)) + data
    whole[4:8] = struct.pack("<I", len(whole) - 8)
    path.write_bytes(whole)


def add(library: Library, folder: Path, processes: int = 1) -> tuple[int, list[str]]:
    """How many files were measured, and the warnings."""
    events = list(add_folder(library, folder, processes))
    last = [event.message for event in events if isinstance(event, Progress)][-1]
    return int(last.split()[0]), [event.sentence for event in events if isinstance(event, Warned)]


def names(library: Library, words: str, avoid: str = "") -> list[str]:
    return [found.recording.path.name for found in find(library, words, avoid)]
