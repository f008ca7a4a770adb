"""What the flow model speaks, as latents: training sentences in its own English voices, for the decoder to learn from
what it will be given (trainers/adversarial.py)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from safetensors.torch import save_file
from torch import Tensor

from talkies.core.arrays import Sound
from talkies.core.conditioning.speech.named_voices import named_voices
from talkies.core.corpus.recordings import utterances
from talkies.core.engines.base import Brief, Line
from talkies.core.engines.mini import MiniEngine
from talkies.core.times import TimeRange

_LETTERS_A_SECOND = 14
_AROUND = Fraction(1, 2)  # s before and after a line


class _Listening(MiniEngine):
    """Keeps the latents and draws nothing."""

    latents: Tensor

    def decode(self, latents: Tensor, seed: int = 0) -> Iterator[Sound]:
        self.latents = latents.cpu()
        yield np.zeros(0, np.float32)


def prepare_spoken(data: Path, weights: Path, out: Path, count: int, seed: int = 0) -> Iterator[dict[str, float]]:
    """Writes the latents (C, T) of ``count`` sentences into ``out``, unless it is there."""
    if out.exists():
        return
    engine, rng = _Listening.load(weights, "cpu"), np.random.default_rng(seed)
    read = [each for each in utterances(data, "train") if each.language.startswith("en")]
    voices = [voice.name for voice in named_voices() if voice.language.startswith("en")]
    spoken: dict[str, Tensor] = {}
    for number in range(count):
        text = read[rng.integers(len(read))].text
        spoken[f"{number:05}"] = _said(engine, text, voices[number % len(voices)], number)
        if (number + 1) % 50 == 0:
            yield {"spoken": number + 1}
    part = out.with_suffix(".part")
    save_file({name: latents.half().contiguous() for name, latents in spoken.items()}, part)
    part.replace(out)


def _said(engine: _Listening, text: str, voice: str, seed: int) -> Tensor:
    end = Fraction(max(len(text) // _LETTERS_A_SECOND, 2)) + _AROUND
    brief = Brief("dialogue", end + _AROUND, lines=(Line(TimeRange(_AROUND, end), text, "", "en"),), voice=voice)
    prepared, steps, guidance = engine.prepare(brief), engine.default_steps, engine.default_guidance
    for _ in engine.sound(prepared, seed=seed, steps=steps, guidance=guidance, on_step=lambda share: None):
        pass
    return engine.latents
