"""Saving takes: from generated sound to files on a timeline: exact, gated, levelled, named.

A take covers ``record`` and perhaps handles; its file has ``to_sample(end) - to_sample(start)`` samples, both rounded
on the timeline's own axis, so that neighbours neither gap nor overlap. How loud it becomes: see core/takes/levels.py.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from talkies.core.arrays import Floats32, Samples
from talkies.core.errors import InputError, OutputError
from talkies.core.files.atomic import output_errors
from talkies.core.mark.laying import marked
from talkies.core.media.envelope import Envelope, around
from talkies.core.media.limiter import limited
from talkies.core.media.loudness import Level, Meter
from talkies.core.media.loudness_presets import PRESETS, Loudness
from talkies.core.media.sound import resampled
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.segment import Levels, Segment, Stem, StemName, Take, Timeline
from talkies.core.takes.levels import PEAK_ERROR, SAMPLE_RATE, gain_for, levels_of
from talkies.core.takes.slate import slate_of
from talkies.core.times import TimeRange, round_half_up, to_sample

CUE_FADE_S = Fraction(8, 1000)
END_FADE_S = Fraction(2, 1000)

CHUNK_SAMPLES = 1 << 16
_LOUDEST = 1e6  # times full scale
_PADDING_S = Fraction(1, 20)
_MEDIA_SUFFIX = re.compile(r"\.(mov|mp4|m4v|mxf|avi|mkv|webm|mpg|dpx|tiff?|png|exr|jpe?g|wav)$", re.IGNORECASE)


def save_take(
    stem: Stem,
    timeline: Timeline,
    blocks: Iterable[Floats32],
    folder: Path,
    *,
    number: int = 1,
    handles: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0)),
    sample_rate: int = SAMPLE_RATE,
    loudness: Loudness = PRESETS["ebu-r128"],
    gain_db: float | None = None,
    part: str = "",
    faded: tuple[bool, bool] = (True, True),
    mark: int | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Take:
    """Write one take of a stem and say where it belongs.

    ``blocks``: (n,) or (C, n) float32 at ``sample_rate``, from the head handle's start on; more than needed is cut,
    up to 50 ms too little is filled with silence. ``handles``: seconds before and after what the stem covers.
    Outside of the stem's gate it is silent. ``gain_db``: settled before, peaks that it brings above the ceiling are
    limited; None: it is measured. ``part``: tells parts of one stem apart by name. ``faded``: whether its head and
    its tail are; one that runs on in a neighbour is not. ``mark``: laid into all of it. ``metadata``: provenance.
    Memory does not grow with length: the sound waits in a ``.part`` file in ``folder``, which is gone at the end,
    whatever happens. Raises OutputError; InputError for samples that are not finite.
    """
    segment, record, (head, tail) = stem.segment, stem.record, handles
    covered = TimeRange(record.start - head, record.end + tail)
    path = folder / f"{take_name(stem.name, segment, stem.speaker, number, part)}.wav"
    waiting = path.with_name(path.name + ".raw.part")
    try:
        with output_errors(path):
            folder.mkdir(parents=True, exist_ok=True)
            waiting.unlink(missing_ok=True)
            channels, meter = _gather(waiting, blocks, sample_rate, covered, stem.gate, faded, path, mark)
            level = meter.level()
            gain = gain_for(stem.name, level, loudness) if gain_db is None else gain_db
            sound = _waiting_blocks(waiting, channels, gain)
            above = level.true_peak + gain - loudness.true_peak
            write_bwf(
                path,
                limited(sound, loudness.true_peak, SAMPLE_RATE) if above > PEAK_ERROR else sound,
                sample_rate=SAMPLE_RATE,
                channels=channels,
                time_reference=time_reference(timeline, covered.start),
                count=covered.samples(SAMPLE_RATE)[1],
                description=f"{stem.name} {segment.clip} {stem.speaker}".strip(),
                originator_reference=f"{segment.id} {number}",
                slate=slate_of(stem, timeline, number),
                programme=None if above > PEAK_ERROR else meter.programme().raised(gain),
            )
    finally:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)
    return Take(
        segment_id=segment.id,
        stem=stem.name,
        name=path.stem,
        path=path,
        record=record,
        sample_rate=SAMPLE_RATE,
        head_handle=head,
        tail_handle=tail,
        number=number,
        channels=channels,
        speaker=stem.speaker,
        voice=stem.voice,
        levels=_levels(level, gain, above, loudness),
        metadata=dict(metadata or {}),
    )


def _levels(level: Level, gain: float, above: float, loudness: Loudness) -> Levels:
    levels = levels_of(level, gain)
    if above <= PEAK_ERROR:
        return levels
    return replace(levels, true_peak_dbtp=round(loudness.true_peak, 2), limited_db=round(above, 2))


def take_name(stem: StemName, segment: Segment, speaker: str = "", number: int = 1, part: str = "") -> str:
    """``DX_s003_A001-C002_Anna_t01``: a file name that every system takes and that stays inside its folder.

    Segments' ids are unique in a timeline; where cleaning changed an id or a speaker, a hash keeps them apart.
    """
    clip = _MEDIA_SUFFIX.sub("", PurePosixPath(segment.clip.replace("\\", "/")).name)
    parts = [_told_apart(segment.id), plain_name(clip), _told_apart(speaker), _told_apart(part)]
    return "_".join([stem, *(part for part in parts if part), f"t{number:02}"])


def plain_name(text: str, size: int = 32) -> str:
    """Plain letters, digits and hyphens; accents fall off, everything else becomes a hyphen."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:size].strip("-")


def _told_apart(text: str) -> str:
    clean = plain_name(text)
    if clean == text.replace(" ", "-"):
        return clean
    return "-".join(filter(None, [clean, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:6]]))


def time_reference(timeline: Timeline, position: Fraction) -> int:
    """The record timecode of a timeline position in samples since midnight; timecode days wrap."""
    return to_sample((timeline.start + position) % timecode_day(timeline), SAMPLE_RATE)


def timecode_day(timeline: Timeline) -> Fraction:
    """Seconds until the timeline's timecode is 00:00:00:00 again."""
    nominal = round_half_up(timeline.rate)
    dropped = 24 * (6 * 9 * (nominal // 15)) if timeline.drop_frame else 0
    return (nominal * 86400 - dropped) / timeline.rate


def _gather(
    waiting: Path,
    blocks: Iterable[Floats32],
    sample_rate: int,
    covered: TimeRange,
    gate: Sequence[TimeRange] | None,
    faded: tuple[bool, bool],
    path: Path,
    mark: int | None,
) -> tuple[int, Meter]:
    """Put the take, exact in length and gated, into ``waiting`` as raw float32, frames of C; measure it on the way."""
    first, total = covered.samples(SAMPLE_RATE)
    end = to_sample(END_FADE_S, SAMPLE_RATE)
    ends = Envelope(((0 if faded[0] else -end, total if faded[1] else total + end),), end)
    fade = to_sample(CUE_FADE_S, SAMPLE_RATE)
    cues = None if gate is None else around(gate, first, total, SAMPLE_RATE, fade)
    meter = Meter(SAMPLE_RATE)
    sound = resampled((np.atleast_2d(block) for block in blocks), sample_rate, SAMPLE_RATE)
    channels, position = 1, 0
    with waiting.open("wb") as file:
        whole = _checked(exactly(sound, total, path), path)
        for block in whole if mark is None else _marked(whole, mark, first):
            channels, count = block.shape
            gains = ends.gains(position, count)
            if cues is not None:
                gains *= cues.gains(position, count)
            heard = block * gains
            meter.add(heard)
            file.write(np.ascontiguousarray(heard.T, np.float32).tobytes())
            position += count
    return channels, meter


def _checked(blocks: Iterable[Samples], path: Path) -> Iterator[Samples]:
    for block in blocks:
        if not (np.abs(block) < _LOUDEST).all():  # not a number is not either
            raise InputError(
                path.stem, "the engine made numbers that are no sound", "use less guidance, or another seed"
            )
        yield block


def _marked(blocks: Iterator[Samples], mark: int, first: int) -> Iterator[Samples]:
    """The same (C, n) with the mark, ``first`` being their place on the timeline."""
    return (block.T for block in marked((block.T for block in blocks), mark, first))


def exactly(blocks: Iterable[Samples], count: int, path: Path) -> Iterator[Samples]:
    """Exactly ``count`` samples: what is too much is cut, up to 50 ms too little is silence. Raises OutputError."""
    position, channels = 0, 1
    for block in blocks:
        channels = block.shape[0]
        wanted = block[:, : count - position]
        for start in range(0, wanted.shape[1], CHUNK_SAMPLES):
            yield wanted[:, start : start + CHUNK_SAMPLES]
        position += wanted.shape[1]
        if position == count:
            return
    missing = count - position
    if missing > to_sample(_PADDING_S, SAMPLE_RATE):
        raise OutputError(path, f"only {position} of {count} samples were made", "please report this as a bug")
    if missing:
        yield np.zeros((channels, missing), np.float32)


def _waiting_blocks(waiting: Path, channels: int, gain: float) -> Iterator[Samples]:
    factor = np.float32(10 ** (gain / 20))
    with waiting.open("rb") as file:
        while data := file.read(CHUNK_SAMPLES * channels * 4):
            yield np.frombuffer(data, np.float32).reshape(-1, channels).T * factor
