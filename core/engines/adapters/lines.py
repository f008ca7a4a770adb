"""Lines placed in their times: each begins with its cue, and is read faster where it needs more time than it has.

A line that a mouth is seen to say (``mouth_start_s``, ``mouth_end_s``, ``word_starts_s`` of the line) begins with the
mouth, at the pace that lets it end with it; then its words are stretched towards the mouth's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.serving import Job, Say
from talkies.core.media.time_stretch import led

UNHEARD = 0.003
"""Of full scale: what is below that before and after a line is not of it."""
NOTICED = 1.15
"""How much faster a line may be without a word about it."""
FASTEST = 2.0
TRIES = 6
FADE_S = 0.01

MOST_STRETCHED = 1.15
"""How many times as long or as short a word becomes at most, so that it comes when the mouth says it."""
DRAWN_OUT = 0.8
"""The slowest pace at which a line is read for a mouth."""
BESIDE_S = 0.045
"""How far from the mouth a word may come without a word about it: of sound ahead of its picture, people notice as much
(ITU-R BT.1359)."""

Line = Mapping[str, Any]
Reader = Callable[[Line, float, int], Floats32]
"""A line of a job, how many times as fast as of itself, its number in the job → (N,)."""
Words = Callable[[Line, float, int], Sequence[float]]
"""The same → when each word of ``line["text"]`` begins in what is read (s); () where that is not known: the line
is then stretched as one."""


@dataclass(frozen=True)
class Placing:
    """How the lines of a job are read. ``rate``: of what ``read`` gives, Hz. ``words``: in that."""

    rate: int
    read: Reader
    words: Words = lambda line, pace, number: ()

    def placed(self, job: Job, say: Say) -> Floats32:
        """(N,) of the whole job. Raises ValueError for a line that no pace is fast enough for."""
        sound = np.zeros(job["samples"], np.float32)
        for number, line in enumerate(job["lines"]):
            begin, end = self.times(line, "start_s", "end_s", most=len(sound))
            seen = self.on_lips(line, end, number) if "mouth_start_s" in line else None
            if seen is not None:
                begin, spoken, pace, beside = seen
            else:
                (spoken, pace), beside = self.fitted(line, end - begin, number), 0.0
            for sentence in remarks(line["text"][:60], pace, beside):
                say("note", message=sentence)
            sound[begin : begin + len(spoken)] += spoken
            say("progress", fraction=(number + 1) / len(job["lines"]))
        return sound

    def times(self, line: Line, *keys: str, most: int) -> list[int]:
        """Seconds of a line as samples."""
        return [min(round(line[key] * self.rate), most) for key in keys]

    def on_lips(self, line: Line, latest: int, number: int) -> tuple[int, Floats32, float, float] | None:
        """A line on its mouth, over by sample ``latest``: where it begins, (N,), its pace, and how far from the mouth
        the furthest word is (s). None where it takes longer than that."""
        begin, end = self.times(line, "mouth_start_s", "mouth_end_s", most=latest)
        spoken = heard(self.read(line, 1.0, number), self.rate)
        if not len(spoken) or end <= begin:
            return None
        pace = min(max(len(spoken) / (end - begin), DRAWN_OUT), FASTEST)
        for tried in range(TRIES):
            pace = FASTEST if tried == TRIES - 1 else pace
            whole = self.read(line, pace, number)
            first, last = bounds(whole, self.rate)
            starts = self.words(line, pace, number)
            taken, wanted = [0.0, float(last - first)], [0.0, float(end - begin)]
            if len(starts) == len(line["word_starts_s"]):
                taken[1:1] = [min(max(start * self.rate - first, 0.0), taken[-1]) for start in starts[1:]]
                wanted[1:1] = [start * self.rate - begin for start in line["word_starts_s"][1:]]
            given = near(taken, wanted)
            if given[-1] <= latest - begin:
                beside = max(abs(one - other) for one, other in zip(given, wanted, strict=True)) / self.rate
                return begin, faded(led(whole[first:last], taken, given, self.rate), self.rate), pace, beside
            pace = min(pace * given[-1] / (latest - begin) * 1.01, FASTEST)
        return None

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
    first, last = bounds(sound, rate)
    return faded(sound[first:last], rate)


def bounds(sound: Floats32, rate: int) -> tuple[int, int]:
    """From which sample to which something is heard, with room for a fade; the same where nothing is."""
    loud = np.flatnonzero(np.abs(sound) > UNHEARD)
    if not len(loud):
        return 0, 0
    fade = int(FADE_S * rate)
    return max(int(loud[0]) - fade, 0), min(int(loud[-1]) + fade, len(sound))


def near(taken: Sequence[float], wanted: Sequence[float]) -> list[float]:
    """Places as near to those ``wanted`` as stretches between those ``taken`` may be brought; both begin with 0."""
    given = [0.0]
    for before, after, at in zip(taken, taken[1:], wanted[1:], strict=False):
        least, most = (max(after - before, 0) * by for by in (1 / MOST_STRETCHED, MOST_STRETCHED))
        given.append(given[-1] + min(max(at - given[-1], least), most))
    return given


def remarks(text: str, pace: float, beside: float) -> Iterator[str]:
    """What the user should know of how a line is read."""
    if pace > NOTICED:
        yield f"{text!r} is read {pace:.2f} times as fast as it would be"
    if pace < 1 / NOTICED:
        yield f"{text!r} is read {1 / pace:.2f} times as slowly as it would be, as the mouth says it"
    if beside > BESIDE_S:
        needs = f"would have to be stretched by more than {MOST_STRETCHED - 1:.0%} to be on the lips"
        yield f"{text!r} {needs}; a word is up to {beside:.2f} s off"


def faded(sound: Floats32, rate: int) -> Floats32:
    """(N,) that begins and ends with nothing."""
    ramp = np.linspace(0, 1, min(int(FADE_S * rate), len(sound)), dtype=np.float32)
    made = sound.copy()
    made[: len(ramp)] *= ramp
    made[len(made) - len(ramp) :] *= ramp[::-1]
    return made
