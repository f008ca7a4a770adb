"""Models of transformers that read a line at a pace of their own, which nobody can set: what is too long is hurried."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.folders import is_whole, said_of
from talkies.core.engines.adapters.lines import FASTEST, Line, Placing
from talkies.core.engines.adapters.serving import Job, Say
from talkies.core.engines.adapters.transformers_model import FASTEST_RATE, TransformersModel, seeded
from talkies.core.engines.adapters.watched import Watched
from talkies.core.errors import ArgumentError, EngineError
from talkies.core.media.time_stretch import hurried

PATIENCE_S = 600.0
_ENDING_S = 1.0
"""Read on beyond the longest that a line can be hurried from, so that it is heard to be too long."""


class WholeLines(TransformersModel):
    """``codec``: where config.json has the rate; ``rate``: Hz, where that is left out; ``speakers``: how many it has by
    number; ``names_language``: whether it reads more than English, and the user says what."""

    codec: ClassVar[str] = ""
    rate: ClassVar[int]
    speakers: ClassVar[int]
    names_language: ClassVar[bool] = False

    @abstractmethod
    def spoken(self, text: str, longest_s: float, speaker: int | None, watched: Watched) -> Floats32:
        """A line (N,), read until it ends or for ``longest_s``."""

    @property
    def facts(self) -> Mapping[str, Any]:
        if not self.names_language:
            self.refuse("language")
        self.speaker("")
        return {
            "tasks": ["dialogue"],
            "languages": [self.said.language or "en"],
            "sample_rate": self.sample_rate,
            "patience_s": PATIENCE_S,
        }

    @property
    def sample_rate(self) -> int:
        """Hz. Raises EngineError."""
        codec = self.folder.facts.get(self.codec)
        rate = codec.get("sampling_rate", self.rate) if isinstance(codec, dict) else self.rate
        if not is_whole(rate, FASTEST_RATE):
            name = f"{self.folder.path.name}/{self.folder.main}"
            raise EngineError(name, "sampling_rate is no whole number", "fetch it again")
        return rate

    def speaker(self, voice: str) -> int | None:
        """The number of a job's voice, else of the option. Raises ArgumentError for one that it has not."""
        number: int | None = int(voice) if voice.isdecimal() else self.said.speaker
        if number is not None and not 0 <= number < self.speakers:
            raise ArgumentError(f"speaker {number}", "is not in this model", f"it has 0 to {self.speakers - 1}")
        return number

    def perform(self, job: Job, say: Say) -> Floats32:
        own: dict[int, Floats32] = {}
        speaker, rate = self.speaker(job["voice"]), self.sample_rate

        def read(line: Line, pace: float, number: int) -> Floats32:
            if number not in own:
                longest_s = FASTEST * (line["end_s"] - line["start_s"]) + _ENDING_S
                watched = Watched(lambda share: say("progress", fraction=(number + share) / len(job["lines"])))
                with said_of(repr(line["text"][:60]), "cannot be read"), seeded(job["seed"]):
                    own[number] = self.spoken(line["text"], longest_s, speaker, watched)
            return hurried(own[number], pace, rate)

        return Placing(rate, read).placed(job, say)


def steps_in(seconds: float, rate: float) -> int:
    """How many steps of a model are so long; ``rate``: of steps a second."""
    return math.ceil(seconds * rate)
