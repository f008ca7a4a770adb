"""Does a reference recording find its voice? Generated speech is measured as the reference was, and the two compared.

Every reference says the same sentence. Its likeness to each reference is the cosine of the two measurements
(core/conditioning/speech/voice.py), and the *rank* is the place of its own reference among all: 1 is right, the middle
is chance. Beside it stands the recording itself, cut in two: one half ranked among the other halves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.arrays import Floats, Sound
from talkies.core.evaluation.engine_under_test import EngineUnderTest, OnProgress
from talkies.core.evaluation.figures.codec import read_speech
from talkies.core.evaluation.figures.dialogue import cue_like, perform_line
from talkies.core.evaluation.material import Material
from talkies.core.evaluation.measures.fidelity import mean
from talkies.core.evaluation.measures.prosody import pitch_hz


def references(material: Material, count: int) -> tuple[Path, ...]:
    """Unseen talkers first, then a held-out recording of each reader."""
    readers = {sentence.speaker: sentence.path for sentence in material.sentences[::-1]}
    return (*material.talkers, *readers.values())[:count]


def voice_figures(
    under_test: EngineUnderTest, material: Material, count: int, progress: OnProgress
) -> dict[str, Any] | None:
    """Cosine to the own reference and to the others, its rank, and how far the pitch is off (semitones).

    None with fewer than two references or no sentence to say.
    """
    voices = references(material, count)
    sentence = next(iter(material.english()), None)
    if sentence is None or len(voices) < 2:
        return None
    cue, duration = cue_like(read_speech(sentence.path))
    recorded = [read_speech(path) for path in voices]
    generated: list[Sound] = []
    for number, path in enumerate(voices):
        progress(number / len(voices), f"voices: {path.name}")
        line = replace(sentence, speaker=path.stem)
        generated.append(perform_line(under_test, line, cue, duration, number, voice=str(path)))
    measured = _measurer()
    whole, (first, second) = [measured(sound) for sound in recorded], _halves(recorded, measured)
    return {
        "references": [path.name for path in voices],
        "sentence": sentence.text,
        "generated": likeness([measured(sound) for sound in generated], whole),
        "natural": likeness(first, second),
        "pitch_off_semitones": mean([_pitch_off(*pair) for pair in zip(generated, recorded, strict=True)]),
    }


def _measurer() -> Callable[[Sound], Floats]:
    """What the engine is told of a recording: its measurement in the scale of the training voices."""
    from talkies.core.conditioning.speech.voice import measure, voice_book

    book = voice_book()
    return lambda sound: np.asarray(book.place(measure(sound)), np.float64)


def _halves(sounds: Sequence[Sound], measured: Callable[[Sound], Floats]) -> tuple[list[Floats], list[Floats]]:
    middles = [len(sound) // 2 for sound in sounds]
    pairs = list(zip(sounds, middles, strict=True))
    return [measured(sound[:middle]) for sound, middle in pairs], [measured(sound[middle:]) for sound, middle in pairs]


def likeness(said: Sequence[Floats], meant: Sequence[Floats]) -> dict[str, Any]:
    """Of vectors (V,) pairwise: mean cosine to the own and to other references; mean rank of the own one, from 1."""
    alike = np.array([[_cosine(one, other) for other in meant] for one in said])
    own = np.diag(alike)
    others = alike[~np.eye(len(alike), dtype=bool)]
    ranks = 1 + (alike > own[:, None]).sum(1)
    return {
        "cosine_own": float(own.mean()),
        "cosine_others": float(others.mean()),
        "mean_rank": float(ranks.mean()),
        "chance_rank": (len(alike) + 1) / 2,
        "named_right": float((ranks == 1).mean()),
    }


def _cosine(one: Floats, other: Floats) -> float:
    return float(one @ other / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9))


def _pitch_off(generated: Sound, recorded: Sound) -> float | None:
    ours, theirs = pitch_hz(generated), pitch_hz(recorded)
    return None if ours is None or theirs is None else abs(12 * float(np.log2(ours / theirs)))
