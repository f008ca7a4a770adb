"""How much room on the disk a run needs, known before it begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from talkies.core.generation.request import STEMS_FOLDER, Request
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.panning import Panning
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import PICTURES, Stem, StemName, Timeline
from talkies.core.takes.levels import AS_IT_IS

_FILE_BYTES = 3 * SAMPLE_RATE  # per second of a mono file
_WAITING_BYTES = 4 * SAMPLE_RATE  # while it is levelled
_FILM_BYTES = {"h264": 2 << 20, "prores": 24 << 20}  # per second of a portrait
_PIECE_BYTES = 8 * SAMPLE_RATE  # of a performed score, two floats


def needed_bytes(timeline: Timeline, stems: Mapping[str, Sequence[Stem]], request: Request, takes: int) -> int:
    """For ``takes`` of each stem, and for stems each as long as the timeline where a stems folder is asked for."""
    every = [stem for parts in stems.values() for stem in parts if stem.name != PICTURES]
    films = [stem.record.duration for parts in stems.values() for stem in parts if stem.name == PICTURES]
    seconds = [(stem.record.duration + 2 * request.handles) * _channels(stem.name, request) for stem in every]
    needed = sum(seconds) * takes * _FILE_BYTES + max(seconds, default=0) * _WAITING_BYTES
    if PRESETS[request.loudness].target is not None:  # the takes as they were made stay until all is written
        levelled = (length for length, stem in zip(seconds, every, strict=True) if stem.name not in AS_IT_IS)
        needed += sum(levelled) * takes * _FILE_BYTES
    needed += sum(stem.record.duration for stem in every if stem.name == "MX") * request.takes * _PIECE_BYTES
    if request.out.suffix.lower() == STEMS_FOLDER:
        tracks = {(stem.name, stem.speaker) for stem in every}
        needed += timeline.duration * sum(_channels(name, request) for name, _ in tracks) * takes * _FILE_BYTES
    needed += sum(films) * takes * _FILM_BYTES[request.film]
    return int(needed)


def _channels(stem: StemName, request: Request) -> int:
    """Backgrounds and music are stereo, and effects where they are panned."""
    return {"BG": 2, "MX": 2, "FX": Panning(width=request.width).channels}.get(stem, 1)
