"""What mini is told about speech: phonemes in their time, the mouth, the voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from talkies.core.arrays import Floats32
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.conditioning.speech.durations import DurationModel
from talkies.core.conditioning.speech.lipreading import LipNetwork
from talkies.core.conditioning.speech.phonemes import PAUSE, Spoken, speak
from talkies.core.conditioning.speech.timing import Spans, fit_line, phone_ids, word_starts
from talkies.core.conditioning.speech.voice import NamedVoice, find_voice
from talkies.core.engines.base import Brief, Line
from talkies.core.flow.windows import Window, around_spans
from talkies.core.languages import main_language
from talkies.core.model.conditions import Conditions
from talkies.core.times import LATENT_RATE, latent_count

_BESIDE_SPEECH = 5  # latent frames: pauses between words belong to the speech
_BESIDE_LINES, _SHORTEST = 25, 100  # latent frames made before and after a line, and of a short one altogether


@dataclass(frozen=True)
class SpeechReader:
    """Reads lines as speech, by the networks for durations and for lips (None: the mouth's movement must do)."""

    durations: DurationModel
    lips: LipNetwork | None

    def conditions(self, brief: Brief) -> tuple[Conditions, tuple[str, ...], Spans]:
        """Conditions for one speaker's lines, warnings about what will not sound as written, and the phonemes in their
        time."""
        lines, frames = brief.lines, latent_count(brief.duration)
        chosen = find_voice(brief.voice, *((lines[0].speaker, lines[0].language) if lines else ("", "")))
        lips, evidence = self._read_lips(brief.features)
        spans: Spans = []
        warnings: list[str] = []
        for line in lines:
            spoken, laid = self._laid(line, chosen, lips, evidence)
            warnings += _language_warning(line, line.language or chosen.language, chosen, spoken.replaced)
            spans += laid
        conditions = Conditions(
            frames,
            phones=torch.from_numpy(phone_ids(spans, frames)),
            lips=torch.from_numpy(lips) if lips is not None and bool(lips.any()) else None,
            voice=torch.from_numpy(chosen.vector),
        )
        return conditions, tuple(dict.fromkeys(warnings)), spans

    def word_starts(self, features: PictureFeatures | None, line: Line, voice: str) -> list[float]:
        """When each word of a line will be said (s), words as espeak parts them."""
        chosen = find_voice(voice, line.speaker, line.language)
        spoken, spans = self._laid(line, chosen, *self._read_lips(features))
        return word_starts(spans, spoken.ids, spoken.words)

    def span(self, features: PictureFeatures | None, line: Line, voice: str) -> tuple[float, float] | None:
        """From when to when (s) a line will be said; None where it holds no words."""
        chosen = find_voice(voice, line.speaker, line.language)
        _, spans = self._laid(line, chosen, *self._read_lips(features))
        return (spans[0][1], spans[-1][2]) if spans else None

    def _laid(
        self, line: Line, voice: NamedVoice, lips: Floats32 | None, evidence: Floats32 | None
    ) -> tuple[Spoken, Spans]:
        """A line's phonemes, and when they are said."""
        spoken = speak(line.text, line.language or voice.language)
        seconds = self.durations.seconds(spoken.ids, torch.from_numpy(voice.vector))
        cue = float(line.range.start), float(line.range.end)
        return spoken, fit_line(spoken.ids, seconds, *cue, lips, evidence, spoken.words)

    def _read_lips(self, features: PictureFeatures | None) -> tuple[Floats32 | None, Floats32 | None]:
        """What the mouth does (L, 4), and what it seems to say (2 L, 20)."""
        if features is None or features.mouths is None or self.lips is None:
            return (None if features is None else features.lips), None
        return features.lips, self.lips.evidence(features.mouths)


def spoken_stretches(lines: Sequence[Line], frames: int) -> tuple[Window, ...]:
    """What of ``frames`` latent frames is worth making: somebody has a line there."""
    spans = ((int(line.range.start * LATENT_RATE // 1), latent_count(line.range.end)) for line in lines)
    return around_spans(spans, frames, _BESIDE_LINES, _SHORTEST)


def says_nothing(speech: Conditions) -> bool:
    return speech.phones is None or not bool(speech.phones.any())


def spoken_frames(phones: Tensor | None) -> Tensor | None:
    """Where somebody speaks, or is about to or just has: phonemes (2 T,) → (T,)."""
    if phones is None:
        return None
    said = ((phones != 0) & (phones != PAUSE)).reshape(-1, 2).any(1).float()
    return nn.functional.max_pool1d(said[None, None], 2 * _BESIDE_SPEECH + 1, 1, _BESIDE_SPEECH)[0, 0] > 0


def begun(noise: Tensor, phones: Tensor | None) -> Tensor:
    """The noise (C, T) that the network begins with, quieter where phonemes (2 T,) are spoken: effects vary by it, and
    speech is hoarse by it (decision 0032)."""
    spoken = spoken_frames(phones)
    return noise if spoken is None else torch.where(spoken, SPEECH_NOISE * noise, noise)


SPEECH_NOISE = 2 / 3
"""Deviation of the noise that speech begins with, where training had 1."""


def _language_warning(line: Line, language: str, voice: NamedVoice, replaced: tuple[str, ...]) -> list[str]:
    if main_language(language) == main_language(voice.language):
        return []
    sounds = f"; sounds replaced by near ones: {' '.join(replaced)}" if replaced else ""
    return [f"{language} is spoken by the voice {voice.name}, which learned {voice.language}{sounds}"]
