"""A score played by an engine: what is composed goes to it in plain words and figures, and stereo comes back.

An engine is not told the notes. Tempo, key, mood, who plays and the hits are the plan's, which every take has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from talkies.core.arrays import Samples, Sound
from talkies.core.engines.base import Brief, Engine, MusicPart, Prepared
from talkies.core.generation.planning.music import Scored
from talkies.core.generation.request import Request
from talkies.core.generation.take_metadata import played_metadata, section_of
from talkies.core.media.sound import resampled
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.score.composed import Section
from talkies.core.score.in_words import in_words, key_in_words, pace_of, players_in
from talkies.core.score.moods import MOODS
from talkies.core.segment import Stem

_PLAYING = 0.95
"""The share of a piece's work that the engine has, before it is joined and written."""


@dataclass(frozen=True)
class MusicPlayer:
    """``engine`` plays what is asked for in ``music``; ``warnings`` gathers what it says before."""

    engine: Engine
    request: Request
    music: Scored
    warnings: list[str]

    def play(self, seed: int, on_share: Callable[[float], None]) -> Iterator[Samples]:
        """Blocks (2, n) at 48 kHz of the whole piece and its handle, perhaps a few samples more or less. ``on_share``
        may raise CancelledError. Raises what the engine does."""
        prepared, (steps, guidance) = self._prepared, self.sampling
        blocks = self.engine.generate(
            prepared, seed=seed, steps=steps, guidance=guidance, on_step=lambda share: on_share(_PLAYING * share)
        )
        return resampled(map(_stereo, blocks), self.engine.sample_rate, SAMPLE_RATE)

    @property
    def sampling(self) -> tuple[int, float]:
        """Steps and guidance."""
        return self.engine.sampling(self.request.steps, self.request.guidance)

    @cached_property
    def _prepared(self) -> Prepared:
        prepared = self.engine.prepare(self.brief)
        self.warnings.extend((*prepared.warnings, *self._unused()))
        return prepared

    def _unused(self) -> Iterator[str]:
        """What was asked of our own playing."""
        if self.request.music.soundfont and self.music.soundfont is not None:
            yield f"the SoundFont {self.music.soundfont.name} is not used: the engine {self.engine.name} plays"

    @cached_property
    def brief(self) -> Brief:
        """The whole piece, with its handle, in a part for each section."""
        duration = self.music.span.duration + self.music.handle
        return Brief(
            "music",
            duration,
            prompt=self.request.prompt.strip(),
            negative_prompt=self.request.negative_prompt,
            music=tuple(map(self.part, self.music.sections)),
        )

    def part(self, section: Section) -> MusicPart:
        """What is composed of one section."""
        meter, prompt, asked = MOODS[section.mood].meter, self.request.prompt, self.music.asked
        players = asked.players if self.request.music.ensemble else players_in(prompt)
        met = [hit for hit in self.music.hits if section.span.start <= hit.time < section.span.end]
        return MusicPart(
            section.span,
            in_words(section, prompt, asked, players),
            pace_of(section),
            key_in_words(section.key),
            (meter.count, meter.unit),
            section.mood,
            players,
            tuple((float(hit.time), hit.weight) for hit in met),
        )

    def metadata(self, stem: Stem, *, seed: int, ducked: bool) -> dict[str, Any]:
        """Provenance of one section."""
        part, sampled = self.part(section_of(stem, self.music)), (seed, *self.sampling)
        return played_metadata(stem, self.request, self.engine, self.music, part, sampled, ducked=ducked)


def _stereo(block: Sound) -> Samples:
    """(N,) → (2, N), in the middle."""
    return np.repeat(block[None], 2, axis=0)
