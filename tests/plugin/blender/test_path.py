"""The whole way in real Blender with the shipped model: buttons, strips, undo, save, reopen, and what is then heard."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from blenders import Blender
from films import write_movie

from talkies.core.media.sound import read_sound
from talkies.core.times import to_sample

pytestmark = pytest.mark.slow  # a real Blender

NTSC = Fraction(24000, 1001)
FIRST = 11
"""The scene's first frame: a mixdown begins there."""

BUFFER = 1024
"""Samples. Blender ends every sound strip with the buffer in which the strip ends; what then sounds is its handle."""


def test_from_the_button_to_the_mixdown(blender: Blender, tmp_path: Path) -> None:
    """A trimmed movie with a line over it, at 23.976, in a scene that does not begin at frame 1."""
    write_movie(tmp_path / "film.mp4", 4, NTSC, flashes=(0.8, 1.2, 2.9))
    blender.call("new", fps=24, base=1.001, first=FIRST, last=FIRST + 80)
    blender.call(
        "add", kind="MOVIE", name="film", channel=2, file=str(tmp_path / "film.mp4"), start=FIRST - 24, skip=54, cut=6
    )
    blender.call("add", kind="TEXT", name="line", channel=3, start=FIRST + 32, length=30, text="ANNA: Hello there.")
    blender.call("settings", steps=2, seed=3)
    blender.call("save", path=str(tmp_path / "film.blend"))

    assert blender.call("press", button="generate", task="both") == ""
    after = blender.call("wait")
    assert not after["failed"] and after["sentences"][0].startswith("2 sounds on DX talkies, FX talkies")
    assert after["in_order"] and after["fractions"][-1] > 0.5 and not after["timer"]

    sounds = blender.call("listed")
    assert [(each["track"], each["start"], each["end"], each["mute"]) for each in sounds] == [
        ("DX talkies", FIRST + 30, FIRST + 66, False),
        ("FX talkies", FIRST + 30, FIRST + 66, False),
    ]
    assert all(each["path"].startswith("//film.talkies/0001/") and Path(each["file"]).is_file() for each in sounds)
    told = [each["talkies"] for each in sounds]
    assert [(each["stem"], each["segment"], each["seed"], each["steps"]) for each in told] == [
        ("DX", "V1-001", 3, 2), ("FX", "V1-001", 3, 2),
    ]  # fmt: skip
    assert told[0]["text"] == "Hello there."

    blender.call("undo")
    assert blender.call("listed") == []
    blender.call("redo")
    assert blender.call("listed") == sounds

    blender.call("save", path=str(tmp_path / "film.blend"))
    blender.call("new")
    blender.call("reopen", path=str(tmp_path / "film.blend"))
    assert blender.call("listed") == sounds
    for each in sounds:
        check_heard(blender, sounds, each, tmp_path)


def check_heard(blender: Blender, sounds: list[dict[str, Any]], sound: dict[str, Any], folder: Path) -> None:
    """The take's own file is the truth: alone in the mixdown, it lies on its sample (Blender rounds down or up)."""
    for each in sounds:
        blender.call("change", name=each["name"], mute=each is not sound)
    blender.call("mixdown", path=str(folder / "mix.wav"))
    mix, take = read_sound(folder / "mix.wav")[0], read_sound(Path(sound["file"]))
    start, end = Fraction(sound["talkies"]["start"]), Fraction(sound["talkies"]["end"])
    head = handle_before(sound, take.shape[1])
    first, count = to_sample(start, 48_000), to_sample(end, 48_000) - to_sample(start, 48_000)
    heard = take[0, head : head + count]
    assert np.abs(heard).max() > 0.01, "a silent take proves nothing"
    lag, likeness = best_lag(mix, heard, first)
    assert abs(lag) <= 1
    assert likeness > 0.999
    outside = np.concatenate([mix[: max(first - 1, 0)], mix[first + count + BUFFER :]])
    assert np.abs(outside).max(initial=0) < 1e-6


def handle_before(sound: dict[str, Any], samples: int) -> int:
    """How many samples of the file come before the clip: Blender's own placement says it."""
    span = Fraction(sound["talkies"]["end"]) - Fraction(sound["talkies"]["start"])
    return samples - to_sample(span, 48_000) - to_sample(Fraction(sound["talkies"]["tail"]), 48_000)


def best_lag(mix: np.ndarray, heard: np.ndarray, first: int, most: int = 40) -> tuple[int, float]:
    """By how many samples ``heard`` lies later than ``first``, and how alike both are there (1: the same)."""
    padded = np.pad(mix, most)
    parts = {lag: padded[first + most + lag :][: len(heard)] for lag in range(-most, most + 1)}
    size = np.linalg.norm(heard)
    return max(((float(part @ heard / (np.linalg.norm(part) * size)), lag) for lag, part in parts.items()))[::-1]
