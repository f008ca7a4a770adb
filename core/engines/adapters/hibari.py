"""hibari-tts as an engine: English lines in one woman's voice, each within its time, and on the lips that say it.
A program: see docs/engines.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from hibari import Hibari
from onnxruntime import InferenceSession, SessionOptions

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.lines import Line, Placing
from talkies.core.engines.adapters.serving import Job, Say, serve

VOICE = "heart"
"""The one that its package holds; the others would be downloaded."""
DURATIONS = "/Clip_output_0"
"""Inside of its network: how many places of 25 ms each phoneme lasts."""
PLACE_S, EARLY = 0.025, 3
"""What is heard comes so many places before, and of a blank half belongs to the word after it, as the makers of Kokoro,
whose pupil this is, count (``KPipeline.join_timestamps``)."""


class HibariAdapter:
    """See the module."""

    @cached_property
    def manifest(self) -> dict[str, Any]:
        given = json.loads(Path(__file__).with_name("hibari.engine.json").read_text(encoding="utf-8"))
        return {**given, "version": version("hibari-tts")}

    def load(self) -> None:
        self._voice = Hibari(voice=VOICE)

    def perform(self, job: Job, say: Say) -> Floats32:
        def read(line: Line, pace: float, number: int) -> Floats32:
            return self.read(line["text"], pace, [job["seed"], number])

        def words(line: Line, pace: float, number: int) -> list[float]:
            return self.words(line["text"], pace)

        return Placing(self.manifest["sample_rate"], read, words).placed(job, say)

    def read(self, text: str, pace: float, seed: list[int]) -> Floats32:
        """A line (N,) at one pace."""
        chance = np.random.default_rng(seed)
        parts = [self._voice.from_ids(self._voice.ids(each), pace, chance) for each in self._voice.phonemize(text)]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def words(self, text: str, pace: float) -> list[float]:
        """When each word begins in what is read (s), words as the network is given them."""
        begun, starts = 0.0, list[float]()
        for phonemes in self._voice.phonemize(text):
            ids = np.array([self._voice.ids(phonemes)], np.int64)
            asked = {"ids": ids, "speed": np.array([pace], np.float32)}
            edges = np.cumsum(self._timed.run([DURATIONS], asked)[0])
            letters = np.array(first_letters(phonemes, self._voice.vocab), int)
            middles = (edges[letters] + edges[np.maximum(letters - 1, 0)]) / 2  # of the blanks before words
            heard = np.where(letters > 0, middles, edges[letters]) - EARLY
            starts += list(begun + PLACE_S * heard)
            begun += PLACE_S * float(edges[-1])
        return starts

    @cached_property
    def _timed(self) -> Any:
        """The network once more, which also gives what it keeps to itself: that is one output more in its graph."""
        model = Path(self._voice.model_path).read_bytes()  # two messages of protobuf in a row are one
        return InferenceSession(model + _part(7, _part(12, _part(1, DURATIONS.encode()))), self._quiet())

    @staticmethod
    def _quiet() -> SessionOptions:
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return options


def first_letters(phonemes: str, vocabulary: Mapping[str, int]) -> list[int]:
    """Which of the ids of ``phonemes`` each word begins with, but for the one that is a rest before all of them."""
    found, before = list[int](), 0
    for word in phonemes.split(" "):
        if any(letter.isalpha() for letter in word):
            found.append(before)
        before += sum(letter in vocabulary for letter in word) + (" " in vocabulary)
    return found


def _part(number: int, content: bytes) -> bytes:
    """A field of less than 128 bytes of a protobuf message."""
    return bytes([number << 3 | 2, len(content)]) + content


if __name__ == "__main__":
    serve(HibariAdapter())
