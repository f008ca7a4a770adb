"""Performed timing: taps, or a voice, while the picture plays become spots.

taps.csv ──► Tap ─┐                        ┌─► snapped to what was spotted, or to frames
voice.wav ─► Tap ─┴─► on the timeline ─► Spot ─► a list
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from talkies.core.errors import ArgumentError, InputError
from talkies.core.media.onsets import pair_onsets
from talkies.core.media.opening import open_file, sound_stream
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import read_bext
from talkies.core.segment import Segment, Timeline
from talkies.core.spotting.placing import media_time, record_times, shots_at
from talkies.core.spotting.spot import EASY_FORCE, Ids, Spot
from talkies.core.spotting.stamps import position_of
from talkies.core.spotting.taps import Tap, from_table
from talkies.core.spotting.voiced import taps_in
from talkies.core.timeline.words.decoding import decode
from talkies.core.times import to_frame

WINDOW_S = 0.2
"""Within which a tap belongs to a spot: people tap what they see some hundredths of a second off."""


@dataclass(frozen=True)
class Beginning:
    """Where a performance begins (s from the timeline's first frame), and the shot it is for; None: whichever is
    uppermost at each tap."""

    position: Fraction = Fraction(0)
    shot: Segment | None = None


def beginning(timeline: Timeline, shot: str = "", timecode: str = "") -> Beginning | None:
    """What was asked for; None where nothing was. Raises ArgumentError."""
    if shot:
        segment = next((each for each in timeline.segments if each.id == shot), None)
        if segment is None:
            raise ArgumentError("--shot", f"{shot!r} is not in {timeline.path.name}", "talkies inspect lists the shots")
        return Beginning(segment.record.start, segment)
    if not timecode:
        return None
    try:
        return Beginning(position_of(timeline, timecode))
    except ValueError as error:
        cure = f"write it like {timeline.timecode(Fraction(0))}"
        raise ArgumentError("--from", f"{timecode[:40]!r} is not a timecode", cure) from error


def stated_beginning(timeline: Timeline, sound: Path) -> tuple[Beginning, list[str]]:
    """Where a Broadcast WAV says that it begins, the timeline's start for other files; a sentence where it says a place
    that is not in the timeline. Raises MediaError."""
    with open_file(sound) as container:
        stream = sound_stream(container)
        rate = stream.rate if stream is not None else 0
    reference = read_bext(sound).time_reference
    if not reference or not rate:
        return Beginning(), []
    position = Fraction(reference, rate) - timeline.start
    if 0 <= position < timeline.duration:
        return Beginning(position), []
    stated = timeline.timecode(position)
    return Beginning(), [f"{sound.name} says that it begins at {stated}, outside of the timeline; its start is taken"]


def read_taps(path: Path, timeline: Timeline, begins: Beginning) -> list[Tap]:
    """The taps of a table, in seconds from the beginning. Raises InputError."""
    text = decode(path, InputError, "table of taps")[0]
    return from_table(path, text, lambda stamp: position_of(timeline, stamp) - begins.position)


def read_voice(path: Path) -> list[Tap]:
    """The taps of a recording, in seconds from its first sample. Raises MediaError; InputError if it has none."""
    taps = taps_in(read_sound(path)[0])
    if not taps:
        raise InputError(path, "nothing that was performed can be heard in it", "record it louder than the room")
    return taps


def performed_spots(
    timeline: Timeline,
    taps: Iterable[Tap],
    begins: Beginning,
    words: str = "",
    latency: Fraction = Fraction(0),
    taken: Iterable[str] = (),
) -> tuple[list[Spot], list[str]]:
    """Spots of taps that came ``latency`` seconds late, with ids that are not ``taken``; sentences about those that
    fall on no picture."""
    ids, spots, outside = Ids(taken), list[Spot](), 0
    for tap in taps:
        position = begins.position + tap.time - latency
        segment = _shown(timeline, position, begins.shot)
        if segment is None:
            outside += 1
            continue
        spots.append(_spot(ids.new(segment.id), segment, position, tap, words))
    where = begins.shot.id if begins.shot is not None else "any shot"
    return spots, [f"{outside} of the taps are outside of {where} and left out"] if outside else []


def _shown(timeline: Timeline, position: Fraction, shot: Segment | None) -> Segment | None:
    there = shots_at(timeline, position)
    if shot is not None:
        return shot if shot in there else None
    return there[-1] if there else None


def _spot(name: str, segment: Segment, position: Fraction, tap: Tap, words: str) -> Spot:
    length = tap.until - tap.time if tap.until is not None else Fraction(0)
    end = min(position + length, segment.record.end)
    media = sorted((media_time(segment, position), media_time(segment, end)))
    force = EASY_FORCE if tap.force is None else tap.force
    if not length:
        return Spot(name, segment.id, media[0], media[0], force=force, words=words)
    return Spot(name, segment.id, media[0], media[1], "sustained", force, words=words)


def snapped(
    timeline: Timeline, performed: Sequence[Spot], spotted: Sequence[Spot], window: float = WINDOW_S
) -> tuple[list[Spot], int]:
    """Performed spots, each at the spot that was spotted nearest to it, and how many found one.

    Within ``window`` (s, on the timeline), in order, each used once, as many as can be. Such a spot is the spotted one
    with the force and length of the tap, and its words where the tap has some; a locked one stays as it is.
    """
    mine = _in_order(timeline, performed)
    theirs = _in_order(timeline, [spot for spot in spotted if spot.kind != "background"])
    taps, targets = (np.array([float(time) for time, _ in each]) for each in (mine, theirs))
    pairs = sorted(pair_onsets(taps, targets, window))
    wanted = sorted(target for _, target in pairs)
    found = {mine[index][1].id: theirs[target][1] for (index, _), target in zip(pairs, wanted, strict=True)}
    return [_joined(spot, found.get(spot.id)) for spot in performed], len(found)


def _in_order(timeline: Timeline, spots: Iterable[Spot]) -> list[tuple[Fraction, Spot]]:
    segments = {segment.id: segment for segment in timeline.segments}
    timed = [(time, spot) for spot in spots if (time := _time(segments.get(spot.shot), spot)) is not None]
    return sorted(timed, key=lambda each: (each[0], each[1].id))


def _joined(spot: Spot, target: Spot | None) -> Spot:
    if target is None or target.locked:
        return target or spot
    until = target.time + spot.until - spot.time
    return replace(target, until=until, kind=spot.kind, force=spot.force, words=spot.words or target.words)


def on_frames(timeline: Timeline, performed: Iterable[Spot]) -> list[Spot]:
    """Performed spots at the starts of the frames nearest to them, as long as they were."""
    segments = {segment.id: segment for segment in timeline.segments}
    moved = []
    for spot in performed:
        segment = segments[spot.shot]
        time = _time(segment, spot)
        if time is not None:
            media = media_time(segment, to_frame(time, timeline.rate) / timeline.rate)
            spot = replace(spot, time=media, until=media + spot.until - spot.time)
        moved.append(spot)
    return moved


def _time(segment: Segment | None, spot: Spot) -> Fraction | None:
    """Where a spot is first shown on the timeline (s), None where its shot does not show it or is not there."""
    if segment is None:
        return None
    times = record_times(segment, spot.time)
    return next((each for each in times if segment.record.start <= each <= segment.record.end), None)
