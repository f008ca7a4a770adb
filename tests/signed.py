"""Signed files to test with, and what of C2PA tests know by themselves."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talkies.core.credentials.films import Film
from talkies.core.credentials.manifest import Origin
from talkies.core.media.wav.bwf import write_bwf

needs_c2pa = pytest.mark.skipif(
    importlib.util.find_spec("c2pa") is None, reason="the extra credentials is not installed"
)

MIDNIGHT_AND_AN_HOUR = 3600 * 48_000
FILM = Film("film.mov", "sha256:" + "ab" * 32)


def noise(path: Path, seconds: float = 1.0, channels: int = 1, seed: int = 0) -> Path:
    """A Broadcast WAV of noise whose timecode is 01:00:00:00."""
    rng = np.random.default_rng(seed)
    block = rng.normal(0, 0.05, (channels, round(seconds * 48_000))).astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bwf(path, [block], channels=channels, time_reference=MIDNIGHT_AND_AN_HOUR, description="FX shot")
    return path


def sign(path: Path, **recipe: Any) -> Path:
    """Signs a file as a take of the network would be, unless ``recipe`` says of another source."""
    from talkies.core.credentials.authority import signer
    from talkies.core.credentials.embedding import embed
    from talkies.core.credentials.manifest import manifest, take_type
    from talkies.core.credentials.movies import first_box

    facts = {"engine": "mini", "source": "network", "seed": 3, "gains_db": [1.5, -2.0]} | recipe
    with path.open("rb") as file:
        first = first_box(file)
    embed(path, manifest(Origin(take_type(facts), facts, (FILM,)), path, first), signer())
    return path


def chunks(path: Path) -> dict[bytes, bytes]:
    """Names and contents of a RIFF file's chunks, read by the rules of RIFF."""
    data, place, found = path.read_bytes(), 12, dict[bytes, bytes]()
    assert data[:4] == b"RIFF"
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    while place < len(data):
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        found[data[place : place + 4]] = data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
    return found
