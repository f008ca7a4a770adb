"""hibari-tts as an engine: English lines in one woman's voice, each within its time. A program: see docs/engines.md."""

from __future__ import annotations

import json
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from hibari import Hibari

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.lines import Line, Placing
from talkies.core.engines.adapters.serving import Job, Say, serve

VOICE = "heart"
"""The one that its package holds; the others would be downloaded."""


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

        return Placing(self.manifest["sample_rate"], read).placed(job, say)

    def read(self, text: str, pace: float, seed: list[int]) -> Floats32:
        """A line (N,) at one pace."""
        chance = np.random.default_rng(seed)
        parts = [self._voice.from_ids(self._voice.ids(each), pace, chance) for each in self._voice.phonemize(text)]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)


if __name__ == "__main__":
    serve(HibariAdapter())
