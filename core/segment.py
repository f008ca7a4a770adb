"""The plain data that every room hands to the next: Cue, Picture, Segment, Timeline, Stem, Take."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from talkies.core.curves import Curve
from talkies.core.times import TimeRange, timecode

if TYPE_CHECKING:
    from talkies.core.spotting.spot import Spot

CueKind = Literal["speech", "sound"]
StemName = Literal["DX", "FX", "BG", "MX", "MIX", "PX"]
"""Dialogue, effects, backgrounds, music, all in one (``--task joint``), and pictures: portraits that speak."""
PICTURES: StemName = "PX"
"""The department whose takes are movies without sound, on tracks of picture."""
STEMS: tuple[StemName, ...] = get_args(StemName)
"""The departments in the order of their tracks on the timeline."""
Source = Literal["auto", "rules", "network"]
"""What makes effects: rules of physics, the network, or for each word the one that is named better."""
SpotSource = Literal["auto", "rules", "network", "library", "file"]
"""What makes one spot: also a recording of the user's library, or one file."""


@dataclass(frozen=True)
class Cue:
    """One subtitle: ``speech`` is spoken by ``speaker``; ``sound`` ("[door slams]") becomes a foley prompt.

    ``range`` is in seconds from the timeline's first frame. ``language`` is a BCP-47 tag, "" if unknown.
    """

    range: TimeRange
    text: str
    kind: CueKind = "speech"
    speaker: str = ""
    language: str = ""


def joined_text(cues: Iterable[Cue]) -> str:
    """The words of several cues as a take's metadata has them."""
    return " / ".join(cue.text for cue in cues)


@dataclass(frozen=True)
class Picture:
    """Where a clip's picture lies on disk: a movie, or the frames of an image sequence in order.

    ``start`` is the media time (seconds) of the first frame, as in OTIO's ``available_range``; ``rate`` is the
    sequence's rate, or the movie's as the timeline states it (None when it says nothing). A sequence's missing
    frames are None: the last one before them is held.
    """

    path: Path
    frames: tuple[Path | None, ...] = ()
    rate: Fraction | None = None
    start: Fraction = Fraction(0)


@dataclass(frozen=True)
class Mark:
    """A marker that somebody set on a clip: ``words`` at a stretch of its media (s), empty where it is one frame."""

    span: TimeRange
    words: str


@dataclass(frozen=True)
class Segment:
    """One stretch of picture on one video clip.

    ``record``: where it plays, seconds from the timeline's first frame. ``source``: what of the media plays, in
    media time, start <= end also when ``speed`` is negative (reverse) or 0 (freeze). ``rate``: the timeline's.
    ``picture`` is None when there is nothing to look at; ``warnings`` then say why, one sentence each. ``curve``: where
    the speed changes, media time over seconds from the record start; ``speed`` is then its average. ``marks``: the
    markers of its clip that are no words to be said, wherever in its media they lie.
    """

    id: str
    clip: str
    track: str
    record: TimeRange
    source: TimeRange
    rate: Fraction
    speed: Fraction = Fraction(1)
    picture: Picture | None = None
    cues: tuple[Cue, ...] = ()
    warnings: tuple[str, ...] = ()
    curve: Curve | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def is_still(self) -> bool:
        """Whether it shows one picture throughout: an image, or a film that stands still."""
        return self.speed == 0 and self.curve is None

    def source_time(self, position: Fraction) -> Fraction:
        """Media time shown at a timeline position, through the retime."""
        if self.curve is not None:
            return self.curve.at(position - self.record.start)
        first = self.source.end if self.speed < 0 else self.source.start
        return first + (position - self.record.start) * self.speed


@dataclass(frozen=True)
class Timeline:
    """A timeline as talkies sees it; ``document`` is what the reader keeps so that writing loses nothing.

    ``start``: the timecode of the first frame, in seconds. ``cues`` are all of the timeline's, also those over gaps.
    """

    path: Path
    name: str
    rate: Fraction
    start: Fraction
    duration: Fraction
    segments: tuple[Segment, ...]
    cues: tuple[Cue, ...] = ()
    drop_frame: bool = False
    warnings: tuple[str, ...] = ()
    document: Any = field(default=None, compare=False, repr=False)

    def timecode(self, position: Fraction) -> str:
        """Record timecode at a position from the first frame."""
        return timecode(self.start + position, self.rate, self.drop_frame)


@dataclass(frozen=True)
class Stem:
    """One sound to make, or one picture: ``record`` is what it covers, ``cues`` what is said in it, ``sounds`` what
    subtitles describe there, all in timeline seconds. ``spots``: what a list says of its effects; None without a list,
    and then an engine sees for itself. ``part``: tells apart by name the stems of one department that a shot
    carries."""

    segment: Segment
    task: Literal["foley", "dialogue", "joint", "background", "music", "portrait"]
    name: StemName
    record: TimeRange
    cues: tuple[Cue, ...] = ()
    speaker: str = ""
    prompt: str = ""
    voice: str = ""
    sounds: tuple[Cue, ...] = ()
    spots: tuple[Spot, ...] | None = None
    part: str = ""

    @property
    def gate(self) -> tuple[TimeRange, ...] | None:
        """Outside of these ranges it is silent: dialogue speaks in its cues. None: nothing is gated."""
        return tuple(cue.range for cue in self.cues) if self.task == "dialogue" else None


@dataclass(frozen=True)
class Levels:
    """How loud a take is, and what was done for it: ``gain_db`` in all, ``limited_db`` off single peaks.

    ``loudness_lufs`` (integrated) and ``true_peak_dbtp`` are None where there is silence.
    """

    gain_db: float = 0.0
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    limited_db: float = 0.0

    def raised(self, gain_db: float) -> Levels:
        """The same after ``gain_db`` more."""
        loudness, peak = (
            None if value is None else round(value + gain_db, 4) for value in (self.loudness_lufs, self.true_peak_dbtp)
        )
        return Levels(round(self.gain_db + gain_db, 4), loudness, peak, self.limited_db)

    @property
    def facts(self) -> dict[str, float | None]:
        """As reports and timelines say it; limiting only where there was some."""
        facts = {name: getattr(self, name) for name in _LEVELS}
        return facts if self.limited_db else {name: facts[name] for name in _LEVELS if name != "limited_db"}


@dataclass(frozen=True)
class Take:
    """One sound file that belongs at one place of the timeline, or a movie without sound (``PX``).

    ``record`` is the stretch it covers; the file has ``channels`` and may hold ``handle`` seconds more before and after
    it. ``speaker`` and ``voice`` are "" where nobody speaks; ``levels`` is None where nobody measured. ``metadata`` is
    provenance: what makes the take again (engine, weights, prompt, seed, ...). Nothing else depends on it. A movie has
    one picture for each frame of the timeline that it covers, the first one at 0, and no handles as it is made.
    """

    segment_id: str
    stem: StemName
    name: str
    path: Path
    record: TimeRange
    sample_rate: int
    head_handle: Fraction = Fraction(0)
    tail_handle: Fraction = Fraction(0)
    number: int = 1
    channels: int = 1
    speaker: str = ""
    voice: str = ""
    levels: Levels | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def is_picture(self) -> bool:
        """Whether it is a movie, which is seen and not heard."""
        return self.stem == PICTURES

    @property
    def is_silent(self) -> bool:
        """Whether it was measured and nothing in it can be heard."""
        peak = self.levels.true_peak_dbtp if self.levels is not None else 0.0
        return peak is None or peak < _INAUDIBLE

    @property
    def shown(self) -> TimeRange:
        """What of a movie is seen, in its own time, which begins at 0."""
        return TimeRange(self.head_handle, self.head_handle + self.record.duration)

    @property
    def file_range(self) -> TimeRange:
        """What the file covers on the timeline, handles included."""
        return TimeRange(self.record.start - self.head_handle, self.record.end + self.tail_handle)

    @property
    def facts(self) -> dict[str, Any]:
        """All that a timeline says of it under ``talkies``, and a report as ``metadata``: flat, by these names."""
        known = {"voice": self.voice, "speaker": self.speaker, "channels": self.channels}
        return {**self.metadata, **known, **(self.levels.facts if self.levels else {})}

    def with_facts(self, facts: Mapping[str, Any]) -> Take:
        """The take as :attr:`facts` describe it, where they make sense: they may come from a file from anywhere."""
        said: dict[str, Any] = {name: facts[name] for name in _TEXTS if isinstance(facts.get(name), str)}
        channels = facts.get("channels")
        if isinstance(channels, int) and channels > 0:
            said["channels"] = channels
        levels = {name: float(facts[name]) for name in _LEVELS if _is_number(facts.get(name))}
        rest = {name: value for name, value in facts.items() if name not in (*_TEXTS, *_LEVELS, "channels")}
        measured = Levels(**levels) if any(name in facts for name in _LEVELS) else self.levels
        return replace(self, **said, levels=measured, metadata=rest)


_INAUDIBLE = -80.0  # dBTP
_TEXTS = ("speaker", "voice")
_LEVELS = tuple(each.name for each in fields(Levels))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
