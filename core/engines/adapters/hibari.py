"""hibari-tts as an engine: English lines in one woman's voice, each within its time. A program: see docs/engines.md.

A line that is read in less time than it has begins with its cue and ends where it ends; one that needs more is read
faster, up to as fast as hibari reads at all, and that is said.
"""

from __future__ import annotations

import json
import sys
import wave
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from hibari import Hibari

from talkies.core.arrays import Floats32

MANIFEST = json.loads(Path(__file__).with_name("hibari.engine.json").read_text(encoding="utf-8"))
MANIFEST["version"] = version("hibari-tts")
RATE: int = MANIFEST["sample_rate"]
VOICE = "heart"
"""The one that its package holds; the others would be downloaded."""
UNHEARD = 0.003
"""Of full scale: what is below that before and after a line is not of it."""
NOTICED = 1.15
"""How much faster a line may be without a word about it."""
FASTEST = 2.0
TRIES = 6
FADE_S = 0.01


def serve() -> None:
    """Answers questions on standard input until it is told to go."""
    voice: Hibari | None = None
    for asked in map(json.loads, sys.stdin):
        if asked["method"] == "quit":
            return
        try:
            if asked["method"] in ("load", "job") and voice is None:
                voice = Hibari(voice=VOICE)
            if asked["method"] == "job":
                assert voice is not None
                _perform(voice, asked["id"], asked["params"])
        except ValueError as error:
            _say(asked["id"], "error", error={"message": str(error)})
        else:
            if asked["method"] != "cancel":
                _say(asked["id"], "result", result={"protocol": 1, "manifest": MANIFEST})


def _perform(voice: Hibari, number: int, job: Mapping[str, Any]) -> None:
    sound = np.zeros(job["samples"], np.float32)
    for index, line in enumerate(job["lines"]):
        begin, end = (min(round(line[key] * RATE), len(sound)) for key in ("start_s", "end_s"))
        spoken, pace = fitted(voice, line["text"], end - begin, [job["seed"], index])
        if pace > NOTICED:
            _say(number, "note", message=f"{line['text'][:60]!r} is read {pace:.2f} times as fast as it would be")
        sound[begin : begin + len(spoken)] += spoken
        _say(number, "progress", fraction=(index + 1) / len(job["lines"]))
    with wave.open("sound.wav", "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes())
    _say(number, "block", file="sound.wav")


def fitted(voice: Hibari, text: str, most: int, seed: list[int]) -> tuple[Floats32, float]:
    """A line (N,), N at most ``most`` samples, without silence around it, and how many times as fast as of itself it is
    read.

    Raises ValueError where no pace is fast enough.
    """
    phonemes, pace = voice.phonemize(text), 1.0
    for tried in range(TRIES):
        pace = FASTEST if tried == TRIES - 1 else pace
        spoken = read(voice, phonemes, pace, seed)
        if len(spoken) <= most:
            return spoken, pace
        pace = min(pace * len(spoken) / max(most, 1) * 1.01, FASTEST)
    raise ValueError(f"{text[:60]!r} cannot be read in {most / RATE:.2f} s; give the line more time, or fewer words")


def read(voice: Hibari, phonemes: list[str], pace: float, seed: list[int]) -> Floats32:
    """A line (N,) at one pace, without silence around it."""
    parts = list(_parts(voice, phonemes, pace, np.random.default_rng(seed)))
    return _heard(np.concatenate(parts)) if parts else np.zeros(0, np.float32)


def _parts(voice: Hibari, phonemes: list[str], pace: float, chance: np.random.Generator) -> Iterator[Floats32]:
    for sentence in phonemes:
        yield voice.from_ids(voice.ids(sentence), pace, chance)


def _heard(sound: Floats32) -> Floats32:
    """What is between the first and the last sample that can be heard, with its ends faded."""
    heard = np.flatnonzero(np.abs(sound) > UNHEARD)
    if not len(heard):
        return np.zeros(0, np.float32)
    fade = int(FADE_S * RATE)
    spoken = sound[max(heard[0] - fade, 0) : heard[-1] + fade].copy()
    ramp = np.linspace(0, 1, min(fade, len(spoken)), dtype=np.float32)
    spoken[: len(ramp)] *= ramp
    spoken[len(spoken) - len(ramp) :] *= ramp[::-1]
    return spoken


def _say(number: int, event: str, **content: object) -> None:
    print(json.dumps({"id": number, "event": event, **content}), flush=True)


if __name__ == "__main__":
    serve()
