"""The film of a portrait: frames drawn one by one beside the sound, in the end whole or not there at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

from talkies.core.arrays import Image, Samples
from talkies.core.errors import ArgumentError, MediaError
from talkies.core.media.sound import sound_blocks
from talkies.core.media.timeline_movie import add_stream_of, movie_file, mux
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.portrait.performance import Performance
from talkies.core.portrait.rig import Rig

SUFFIXES = (".mp4", ".mov")
_NOTE = "a still that was made to speak by talkies; no recording of this person speaking"


@dataclass(frozen=True)
class PortraitFilm:
    """``performance`` has an expression for each frame at ``rate``; ``sound`` is heard from the first one on."""

    rig: Rig
    performance: Performance
    sound: Path
    rate: Fraction

    def frames(self, on_frame: Callable[[int], None]) -> Iterator[Image]:
        """Every frame; ``on_frame`` gets how many are done."""
        for number in range(len(self.performance)):
            yield self.rig.picture(self.performance[number])
            on_frame(number + 1)

    def write(self, path: Path, on_frame: Callable[[int], None] = lambda done: None) -> None:
        """As H.264 with AAC (.mp4), or ProRes with uncompressed sound (.mov). Raises OutputError, MediaError; where it
        is interrupted nothing is left."""
        is_mov = check_suffix(path) == ".mov"
        options = {"movflags": "+faststart"}
        with movie_file(path, "mov" if is_mov else "mp4", options) as container:
            container.metadata["comment"] = _NOTE
            frames = self.frames(on_frame)
            first = next(frames)
            video = add_stream_of(container, self.rate, (first.shape[1], first.shape[0]), prores=is_mov)
            audio = container.add_stream("pcm_s24le" if is_mov else "aac", rate=SAMPLE_RATE, layout="stereo")
            mux(container, video, chain((first,), frames), audio, self._blocks())

    def _blocks(self) -> Iterator[Samples]:
        """(2, n) of the sound."""
        return sound_blocks(self.sound, SAMPLE_RATE, mono=False)


def check_suffix(path: Path) -> str:
    """The suffix of a film that can be written. Raises ArgumentError."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ArgumentError("--output", f"{path.name!r} is no kind of film", "name a .mp4 (H.264) or a .mov (ProRes)")
    return suffix


def sound_duration(path: Path) -> Fraction:
    """Seconds of a sound, to the sample. Raises MediaError."""
    samples = sum(block.shape[1] for block in sound_blocks(path, SAMPLE_RATE))
    if not samples:
        raise MediaError(path, "holds no sound", "name a recording or a take")
    return Fraction(samples, SAMPLE_RATE)
