"""Media as AAF has them: what is cut (master mob), where its file lies (file mob), what its timecode is (tape mob).

    SourceClip on a track ─► MasterMob "DX_s001" ─► SourceMob with descriptor, locator ─► SourceMob tape with timecode

Essence is linked by URL, never embedded. A WAV gets a WAVEDescriptor with its own header, which Pro Tools follows for
mono files (it links to no others). All takes hang on one tape that lasts a day, so that the file mob's start on it is
the time reference of the file, to the sample.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from talkies.core.errors import MediaError
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.structure.tracks import clip_metadata
from talkies.core.times import TimeRange, round_half_up, to_frame, to_sample

FULL_HD = 1920, 1080
_PICTURE, _TIMECODE, _SOUND = 1, 2, 10
_DAY_S = 86400
_WAVES = (".wav", ".bwf")


@dataclass(frozen=True)
class Medium:
    """One file, or one name without a file. ``span``: media time of all that is there; ``start`` its timecode.

    ``size``: of the picture in pixels; ``channels``, ``sample_rate``, ``bits``: of the sound.
    """

    name: str
    url: str
    path: Path | None
    span: TimeRange
    rate: Fraction
    size: tuple[int, int] = FULL_HD
    channels: int = 1
    sample_rate: int = SAMPLE_RATE
    bits: int = 24

    @property
    def key(self) -> tuple[str, TimeRange]:
        return self.url or self.name, self.span

    @property
    def first_frame(self) -> int:
        """Of its timecode, the frame in which it begins."""
        return int(self.span.start * self.rate // 1)

    @property
    def frames(self) -> int:
        return to_frame(self.span.duration, self.rate)

    @property
    def samples(self) -> int:
        return to_sample(self.span.duration, self.sample_rate)

    @property
    def block(self) -> int:
        """Bytes of one sample of all channels."""
        return self.channels * self.bits // 8


@dataclass
class MediaMobs:
    """Makes the mobs of one AAF file, each once. In all of them slot 1 is the picture, slot 11 the first channel."""

    file: Any
    timeline: Timeline
    _made: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def picture(self, medium: Medium, name: str) -> tuple[Any, int]:
        """The master mob called ``name``, and its slot that shows the picture."""
        master = self._master(name, medium)
        self._slot(master, _PICTURE, medium.rate, medium.frames, self._picture_file(medium))
        return master, _PICTURE

    def sound(self, medium: Medium, name: str, channel: int) -> tuple[Any, int]:
        """The master mob called ``name``, and its slot that carries a channel (from 1)."""
        master, slot = self._master(name, medium), _SOUND + channel
        before = to_sample(medium.span.start - medium.first_frame / medium.rate, medium.sample_rate)
        source = self._sound_file(medium, self._tape(medium), before)
        self._slot(master, slot, medium.sample_rate, medium.samples, source)
        return master, slot

    def take(self, take: Take, channel: int, skipped: int) -> tuple[Any, int]:
        """As ``sound``, for a take; ``skipped``: samples of the file before the master mob begins."""
        from talkies.core.takes.saving import time_reference

        count = take.file_range.samples(take.sample_rate)[1]
        medium = Medium(
            take.path.name,
            take.path.resolve().as_uri(),
            take.path,
            TimeRange(Fraction(0), Fraction(count, take.sample_rate)),
            self.timeline.rate,
            channels=take.channels,
            sample_rate=take.sample_rate,
        )
        master, slot = self._master(take.name, medium), _SOUND + channel
        if not len(master.slots):
            master.comments["talkies"] = json.dumps(clip_metadata(take), sort_keys=True)
        start = time_reference(self.timeline, take.file_range.start)
        source = self._sound_file(medium, self._day(take.sample_rate, take.channels), start)
        self._slot(master, slot, take.sample_rate, count - skipped, source, skipped)
        return master, slot

    def portrait(self, take: Take) -> tuple[Any, int]:
        """As ``picture``, for a take, whose movie counts from 0."""
        size = picture_size(take.path) or FULL_HD
        span = TimeRange(Fraction(0), take.file_range.duration)
        medium = Medium(take.path.name, take.path.resolve().as_uri(), take.path, span, self.timeline.rate, size)
        master = self._master(take.name, medium)
        if not len(master.slots):
            master.comments["talkies"] = json.dumps(clip_metadata(take), sort_keys=True)
        return self.picture(medium, take.name)

    def _master(self, name: str, medium: Medium) -> Any:
        return self._once(("master", name, medium.key), lambda: self._mob("MasterMob", name))

    def _picture_file(self, medium: Medium) -> Any:
        def make() -> Any:
            mob = self._mob("SourceMob", medium.name)
            mob.descriptor = descriptor = self._descriptor("CDCIDescriptor", medium)
            width, height = medium.size
            descriptor["SampleRate"].value = rational(medium.rate)
            descriptor["Length"].value = medium.frames
            descriptor["ComponentWidth"].value = 8
            descriptor["HorizontalSubsampling"].value = 2
            descriptor["VideoLineMap"].value = [42, 0]
            descriptor["StoredWidth"].value = width
            descriptor["StoredHeight"].value = height
            descriptor["FrameLayout"].value = "FullFrame"
            descriptor["ImageAspectRatio"].value = rational(Fraction(width, height))
            self._slot(mob, _PICTURE, medium.rate, medium.frames, self._tape(medium))
            return mob

        return self._once(("picture", medium.key), make)

    def _sound_file(self, medium: Medium, tape: Any, start: int = 0) -> Any:
        """``start``: where on the tape the file begins, in samples."""

        def make() -> Any:
            mob = self._mob("SourceMob", medium.name)
            if medium.path is not None and medium.path.suffix.lower() in _WAVES:
                mob.descriptor = descriptor = self._descriptor("WAVEDescriptor", medium)
                descriptor["Summary"].value = _wave_header(medium, medium.path)
            else:
                mob.descriptor = descriptor = self._descriptor("PCMDescriptor", medium)
                descriptor["AudioSamplingRate"].value = medium.sample_rate
                descriptor["Channels"].value = medium.channels
                descriptor["QuantizationBits"].value = medium.bits
                descriptor["BlockAlign"].value = medium.block
                descriptor["AverageBPS"].value = medium.block * medium.sample_rate
            descriptor["SampleRate"].value = medium.sample_rate
            descriptor["Length"].value = medium.samples
            for channel in range(1, medium.channels + 1):
                self._slot(mob, _SOUND + channel, medium.sample_rate, medium.samples, tape, start)
            return mob

        return self._once(("sound", medium.key), make)

    def _descriptor(self, kind: str, medium: Medium) -> Any:
        descriptor = self.file.create.from_name(kind)
        descriptor["ContainerFormat"].value = self.file.dictionary.lookup_containerdef("AAF")
        if medium.url:
            locator = self.file.create.NetworkLocator()
            locator["URLString"].value = medium.url
            descriptor["Locator"].append(locator)
        return descriptor

    def _tape(self, medium: Medium) -> Any:
        """The tape of one medium: its timecode begins where the medium's own time does."""

        def make() -> Any:
            mob = self._tape_mob(medium.name, medium.rate, medium.first_frame, medium.frames)
            self._slot(mob, _PICTURE, medium.rate, medium.frames)
            for channel in range(1, medium.channels + 1):
                self._slot(mob, _SOUND + channel, medium.sample_rate, medium.samples)
            return mob

        return self._once(("tape", medium.key), make)

    def _day(self, sample_rate: int, channels: int) -> Any:
        """The tape of all takes: a day of the timeline's timecode."""
        rate = self.timeline.rate
        length = _DAY_S * round_half_up(rate)
        mob = self._once(("day",), lambda: self._tape_mob("talkies", rate, 0, length))
        for channel in range(1, channels + 1):
            self._slot(mob, _SOUND + channel, sample_rate, to_sample(length / rate, sample_rate))
        return mob

    def _tape_mob(self, name: str, rate: Fraction, start: int, length: int) -> Any:
        mob = self._mob("SourceMob", name)
        mob.descriptor = self.file.create.TapeDescriptor()
        drop = self.timeline.drop_frame and rate == self.timeline.rate
        add_timecode(self.file, mob, rate, start, length, drop, _TIMECODE)
        return mob

    def _mob(self, kind: str, name: str) -> Any:
        mob = self.file.create.from_name(kind)
        mob.name = name
        self.file.content.mobs.append(mob)
        return mob

    def _slot(
        self, mob: Any, number: int, rate: Fraction | int, length: int, source: Any = None, start: int = 0
    ) -> None:
        """A slot that plays ``length`` edit units of that slot of ``source`` from ``start`` on; None: an original."""
        if any(slot.slot_id == number for slot in mob.slots):
            return
        slot = mob.create_timeline_slot(rational(rate), number)
        track = 1 if number == _PICTURE else number - _SOUND
        slot.name = "V1" if number == _PICTURE else f"A{track}"
        slot["PhysicalTrackNumber"].value = track
        kind = "picture" if number == _PICTURE else "sound"
        slot.segment = clip = self.file.create.SourceClip(start=start, length=length, media_kind=kind)
        if source is not None:
            clip.mob_id, clip.slot_id = source.mob_id, number

    def _once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


def rational(value: Fraction | int) -> str:
    """As the AAF library takes it."""
    return f"{value.numerator}/{value.denominator}" if value.denominator != 1 else str(value.numerator)


def picture_size(path: Path) -> tuple[int, int] | None:
    """Of a movie in pixels; None where it cannot be read."""
    from talkies.core.media.probing import probe

    try:
        info = probe(path)
    except MediaError:
        return None
    return (info.width, info.height) if info.width and info.height else None


def add_timecode(
    file: Any, mob: Any, rate: Fraction, start: int, length: int, drop: bool, number: int | None = None
) -> None:
    """The primary timecode of a mob: without one Resolve refuses an AAF and says nothing (OTIO issue 766)."""
    slot = mob.create_timeline_slot(rational(rate), number)
    slot.name = "TC1"
    slot["PhysicalTrackNumber"].value = 1
    slot.segment = file.create.Timecode(round_half_up(rate), drop=drop, length=max(length, 1))
    slot.segment.start = start


def _wave_header(medium: Medium, path: Path) -> bytearray:
    """The file's own header up to its format; what it would be where the file is gone or RF64."""
    from aaf2.ama import get_wave_fmt

    try:
        found: bytearray | None = get_wave_fmt(str(path))
    except OSError:
        found = None
    if found is not None:
        return found
    rate, block = medium.sample_rate, medium.block
    form = struct.pack("<HHIIHH", 1, medium.channels, rate, rate * block, block, medium.bits)
    size = min(36 + medium.samples * block, 0xFFFFFFFF)
    return bytearray(struct.pack("<4sI4s4sI", b"RIFF", size, b"WAVE", b"fmt ", len(form)) + form)
