"""Lines placed in their times: each begins with its cue, and is read faster where it needs more time than it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.serving import Job, Say

UNHEARD = 0.003
"""Of full scale: what is below that before and after a line is not of it."""
NOTICED = 1.15
"""How much faster a line may be without a word about it."""
FASTEST = 2.0
TRIES = 6
FADE_S = 0.01

Line = Mapping[str, Any]
Reader = Callable[[Line, float, int], Floats32]
"""A line of a job, how many times as fast as of itself, its number in the job → (N,)."""


@dataclass(frozen=True)
class Placing:
    """How the lines of a job are read. ``rate``: of what ``read`` gives, Hz."""

    rate: int
    read: Reader

    def placed(self, job: Job, say: Say) -> Floats32:
        """(N,) of the whole job. Raises ValueError for a line that no pace is fast enough for."""
        sound = np.zeros(job["samples"], np.float32)
        for number, line in enumerate(job["lines"]):
            begin, end = (min(round(line[key] * self.rate), len(sound)) for key in ("start_s", "end_s"))
            spoken, pace = self.fitted(line, end - begin, number)
            if pace > NOTICED:
                say("note", message=f"{line['text'][:60]!r} is read {pace:.2f} times as fast as it would be")
            sound[begin : begin + len(spoken)] += spoken
            say("progress", fraction=(number + 1) / len(job["lines"]))
        return sound

    def fitted(self, line: Line, most: int, number: int) -> tuple[Floats32, float]:
        """A line (N,), N at most ``most`` samples, without silence around it, and its pace. Raises ValueError."""
        pace = 1.0
        for tried in range(TRIES):
            pace = FASTEST if tried == TRIES - 1 else pace
            spoken = heard(self.read(line, pace, number), self.rate)
            if len(spoken) <= most:
                return spoken, pace
            pace = min(pace * len(spoken) / max(most, 1) * 1.01, FASTEST)
        text, time = line["text"][:60], most / self.rate
        raise ValueError(f"{text!r} cannot be read in {time:.2f} s; give the line more time, or fewer words")


def heard(sound: Floats32, rate: int) -> Floats32:
    """What is between the first and the last sample that can be heard, with its ends faded."""
    loud = np.flatnonzero(np.abs(sound) > UNHEARD)
    if not len(loud):
        return np.zeros(0, np.float32)
    fade = int(FADE_S * rate)
    return faded(sound[max(loud[0] - fade, 0) : loud[-1] + fade], rate)


def faded(sound: Floats32, rate: int) -> Floats32:
    """(N,) that begins and ends with nothing."""
    ramp = np.linspace(0, 1, min(int(FADE_S * rate), len(sound)), dtype=np.float32)
    made = sound.copy()
    made[: len(ramp)] *= ramp
    made[len(made) - len(ramp) :] *= ramp[::-1]
    return made
