"""When a mouth that is seen says a line, for engines that speak and see nothing: its words, by our lip reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import torch

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.conditioning.speech.durations import DurationModel
from talkies.core.conditioning.speech.lipreading import LipNetwork
from talkies.core.conditioning.speech.phonemes import Spoken, speak
from talkies.core.conditioning.speech.timing import read_line, word_starts
from talkies.core.conditioning.speech.voice import find_voice
from talkies.core.engines.base import Line
from talkies.core.errors import ArgumentError
from talkies.core.model.weights import fitted, part_of, shipped_weights

WEIGHTS = "mini.safetensors"


@dataclass(frozen=True)
class Mouth:
    """From when to when (s of the brief) a line is said, and when each of its words begins, as blanks part them; ()
    where that cannot be told."""

    start: float
    end: float
    words: tuple[float, ...] = ()


def mouths_of(features: PictureFeatures | None, lines: Sequence[Line]) -> tuple[Mouth | None, ...]:
    """Of each line, None where no mouth is seen to say it. The networks are read when a face is first seen."""
    if features is None or features.mouths is None:
        return (None,) * len(lines)
    durations, lips = networks()
    evidence = lips.evidence(features.mouths)
    found: list[Mouth | None] = []
    for line in lines:
        try:
            voice = find_voice("", line.speaker, line.language)
            language = line.language or voice.language
            spoken = speak(line.text, language)
            written = written_words(line.text, language, spoken)
        except ArgumentError:  # a language that espeak does not know; the engine may
            found.append(None)
            continue
        seconds = durations.seconds(spoken.ids, torch.from_numpy(voice.vector))
        cue = float(line.range.start), float(line.range.end)
        spans = read_line(spoken.ids, seconds, *cue, features.lips, evidence, spoken.words)
        words = tuple(word_starts(spans, spoken.ids, written))
        found.append(Mouth(spans[0][1], spans[-1][2], words) if spans else None)
    return tuple(found)


def written_words(text: str, language: str, spoken: Spoken) -> list[int]:
    """Where in the ids of a line each word begins, as blanks part them; [] where that cannot be told. Of those that
    espeak runs together ("at a") by how long each is alone. Raises ArgumentError."""
    words = text.split()
    if len(words) == len(spoken.words):
        return list(spoken.words)
    groups = [words[:1]]
    for before, word in pairwise(words):
        if len(speak(f"{before} {word}", language).words) == 1:
            groups[-1].append(word)
        else:
            groups.append([word])
    if len(groups) != len(spoken.words):
        return []
    places: list[int] = []
    for group, (first, end) in zip(groups, pairwise((*spoken.words, len(spoken.ids))), strict=True):
        lengths = [len(speak(word, language).ids) for word in group]
        ends = [round(sum(lengths[:number]) / max(sum(lengths), 1) * (end - first)) for number in range(len(group))]
        places += [first + min(before, end - first - 1) for before in ends]
    return places


@cache
def networks() -> tuple[DurationModel, LipNetwork]:
    """Of how long phonemes last, and of lips."""
    path = shipped_weights(WEIGHTS)
    durations = fitted(DurationModel, part_of(path, "durations"), path)
    lips = fitted(LipNetwork, part_of(path, "lips"), path)
    return durations.eval().requires_grad_(False), lips.eval().requires_grad_(False)
