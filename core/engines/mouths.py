"""When a mouth that is seen says a line, for engines that speak and see nothing: its words, by our lip reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.conditioning.speech.durations import DurationModel
from talkies.core.conditioning.speech.lipreading import LipNetwork
from talkies.core.conditioning.speech.timing import word_starts
from talkies.core.conditioning.speech.voice import find_voice
from talkies.core.engines.base import Line
from talkies.core.engines.mini_speech import SpeechReader
from talkies.core.errors import ArgumentError
from talkies.core.model.weights import fitted, part_of, shipped_weights

WEIGHTS = "mini.safetensors"


@dataclass(frozen=True)
class Mouth:
    """From when to when (s of the brief) a line is said, and when each of its words begins; () where espeak does not
    part the words as they are written."""

    start: float
    end: float
    words: tuple[float, ...]


def mouths_of(features: PictureFeatures | None, lines: Sequence[Line]) -> tuple[Mouth | None, ...]:
    """Of each line, None where no mouth is seen to say it. The networks are read when a face is first seen."""
    if features is None or features.mouths is None:
        return (None,) * len(lines)
    reader = _reader()
    assert reader.lips is not None
    evidence = reader.lips.evidence(features.mouths)
    found: list[Mouth | None] = []
    for line in lines:
        try:
            voice = find_voice("", line.speaker, line.language)
            spoken, spans = reader.read(features.lips, evidence, line, voice)
        except ArgumentError:  # a language that espeak does not know; the engine may
            found.append(None)
            continue
        starts = word_starts(spans, spoken.ids, spoken.words)
        words = tuple(starts) if len(starts) == len(line.text.split()) else ()
        found.append(Mouth(spans[0][1], spans[-1][2], words) if spans else None)
    return tuple(found)


@cache
def _reader() -> SpeechReader:
    path = shipped_weights(WEIGHTS)
    durations = fitted(DurationModel, part_of(path, "durations"), path).eval().requires_grad_(False)
    return SpeechReader(durations, fitted(LipNetwork, part_of(path, "lips"), path).eval().requires_grad_(False))
