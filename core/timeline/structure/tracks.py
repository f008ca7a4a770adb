"""New tracks for takes in OTIO's terms: names, gaps, clips and the paths of their files.

    DX talkies      |..gap..[ DX_s001_..._t01 ]..gap..[ DX_s002_..._t01 ]
    DX talkies 2    |.....[ another speaker ]
    FX talkies      [ FX_s001_..._t01 ][ FX_s002_..._t01 ]
    PX talkies      |..gap..[ PX_s002_t01 ]                            a track of picture, above all others

Every time is in frames at the timeline's own rate. A segment that starts between frames (clips of another rate on the
timeline) keeps its fraction: OTIO's times are doubles, and the picture's own cut is written the same way.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote

import opentimelineio as otio

from talkies.core.segment import PICTURES, STEMS, Take, Timeline
from talkies.core.timeline.cut.walking import to_seconds
from talkies.core.times import TimeRange, exact_rate


@dataclass(frozen=True)
class Lane:
    """One new track: takes of one department, speaker and number that do not overlap, in order."""

    name: str
    stem: str
    speaker: str
    number: int
    takes: tuple[Take, ...]

    @property
    def channels(self) -> int:
        return max(take.channels for take in self.takes)

    @property
    def is_picture(self) -> bool:
        """Whether it is a track of movies, which lies above all others."""
        return self.stem == PICTURES

    @property
    def enabled(self) -> bool:
        """Second and later takes are alternatives: they are there, but do not sound."""
        return self.number == 1


def lanes_of(takes: Iterable[Take], taken_names: Iterable[str] = (), *, mixed: bool = False) -> tuple[Lane, ...]:
    """Sort takes into tracks: by department, number, speaker (as they first speak), and apart where they overlap; clips
    of events alternate between two tracks, or more where they must. Mono and stereo lie apart unless they are to be
    ``mixed`` anyway: on a stereo track some editors play mono from the left alone."""
    groups: dict[tuple[int, int, str], list[list[Take]]] = {}
    ordered = sorted(takes, key=lambda take: (take.record, take.name))
    for take in sorted(ordered, key=lambda take: (STEMS.index(take.stem), take.number)):
        lanes = groups.setdefault((STEMS.index(take.stem), take.number, take.speaker), [])
        alike = [lane for lane in lanes if mixed or lane[-1].channels == take.channels]
        free = [lane for lane in alike if lane[-1].record.end <= take.record.start]
        if "spot" in take.metadata:  # clips of events alternate, so that each has room for its ring-out
            free = sorted(free, key=lambda lane: lane[-1].record) if len(alike) > 1 else []
        if free:
            free[0].append(take)
        else:
            lanes.append([take])
    used = set(taken_names)
    found = []
    for (stem, number, speaker), lanes in groups.items():
        for lane in lanes:
            name = _free_name(f"{STEMS[stem]} talkies", used)
            used.add(name)
            found.append(Lane(name, STEMS[stem], speaker, number, tuple(lane)))
    return tuple(found)


def _free_name(name: str, used: set[str]) -> str:
    count = 1
    while (candidate := name if count == 1 else f"{name} {count}") in used:
        count += 1
    return candidate


@dataclass(frozen=True)
class Clock:
    """The timeline's frames: ``rate`` as its document writes it (23.98, 23.976024), ``exact`` as it is meant."""

    rate: float
    exact: Fraction
    start: Fraction

    @classmethod
    def of(cls, timeline: Timeline) -> Clock:
        stated = (rate for rate in _stated_rates(timeline.document) if exact_rate(rate) == timeline.rate)
        return cls(next(stated, float(timeline.rate)), timeline.rate, timeline.start)

    def time(self, seconds: Fraction) -> Any:
        return otio.opentime.RationalTime(float(seconds * self.exact), self.rate)

    def range(self, span: TimeRange) -> Any:
        return otio.opentime.TimeRange(self.time(span.start), self.time(span.duration))


def _stated_rates(document: Any) -> Iterator[float]:
    """Rates of the timeline's start and of the ranges on its tracks, as far as they may be rates."""
    times = [document.global_start_time] if document.global_start_time else []
    items = (item for track in document.tracks if isinstance(track, otio.core.Composition) for item in track)
    ranges = (getattr(item, "source_range", None) for item in items)
    for time in itertools.chain(times, (span.duration for span in ranges if span is not None)):
        if 1 <= time.rate <= 1000:
            yield time.rate


def new_tracks(timeline: Timeline, takes: Sequence[Take], folder: Path | None, urls: dict[Path, str]) -> list[Any]:
    """OTIO tracks for ``takes``. ``folder``: that of the written file; ``urls``: addresses in a bundle."""
    clock = Clock.of(timeline)
    shown = timeline.document.tracks.source_range  # a stack may show its tracks from later than their start
    hidden = to_seconds(shown.start_time) if shown is not None else Fraction(0)
    lanes = lanes_of(takes, (str(track.name) for track in timeline.document.tracks))
    return [_track(lane, clock, hidden, folder, urls) for lane in lanes]


def _track(lane: Lane, clock: Clock, hidden: Fraction, folder: Path | None, urls: dict[Path, str]) -> Any:
    heard = {"Audio Type": "Stereo" if lane.channels == 2 else "Mono", "SoloOn": False}
    metadata = {
        "talkies": {"stem": lane.stem, "speaker": lane.speaker, "take": lane.number},
        "Resolve_OTIO": {"Locked": False, **({} if lane.is_picture else heard)},
    }
    kinds = otio.schema.TrackKind
    track = otio.schema.Track(lane.name, kind=kinds.Video if lane.is_picture else kinds.Audio, metadata=metadata)
    track.enabled = lane.enabled
    position = -hidden
    for take in lane.takes:
        if take.record.start > position:
            track.append(
                otio.schema.Gap(source_range=clock.range(TimeRange(Fraction(0), take.record.start - position)))
            )
        track.append(_clip(take, lane, clock, urls.get(take.path) or media_url(take.path, folder)))
        position = take.record.end
    return track


def _clip(take: Take, lane: Lane, clock: Clock, url: str) -> Any:
    """Times of a sound are its own timecode, which its ``bext`` chunk states: that of the record position."""
    own = take.shown if take.is_picture else take.record.shifted(clock.start)
    available = clock.range(TimeRange(own.start - take.head_handle, own.end + take.tail_handle))
    reference = otio.schema.ExternalReference(target_url=url, available_range=available)
    reference.name = take.path.name
    clip = otio.schema.Clip(
        name=take.name,
        media_reference=reference,
        source_range=clock.range(own),
        metadata={"talkies": clip_metadata(take)},
    )
    clip.enabled = lane.enabled
    return clip


def clip_metadata(take: Take) -> dict[str, Any]:
    """What a clip says under ``talkies``, in any editor: enough to make the take again. Plain JSON."""
    facts: dict[str, Any] = plain({"segment": take.segment_id, "stem": take.stem, "take": take.number, **take.facts})
    return facts


def plain(value: Any) -> Any:
    """Metadata that every reader of JSON takes: paths, fractions and integers beyond 64 bits as text, no NaN."""
    if isinstance(value, Mapping):  # also what OTIO read, which is not a dict
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, bool)) or (isinstance(value, int) and abs(value) < 1 << 63):
        return value
    return str(value)


def media_url(path: Path, folder: Path | None) -> str:
    """Relative to the written timeline when the file lies beside or below it, else a ``file:`` URL; percent-encoded."""
    absolute = path.resolve()
    if folder is not None and absolute.is_relative_to(folder.resolve()):
        return quote(absolute.relative_to(folder.resolve()).as_posix())
    return absolute.as_uri()
