"""Every shared timeline through every format: nothing is lost that was not said, and takes are in their place.

Compared is what our reader makes of a file before and after, and what OTIO's own adapter finds in it, if there is one.
A telling choice of files is taken; with TALKIES_ALL_ROUND_TRIPS=1 all of them (three minutes of computing more).
"""

from __future__ import annotations

import os
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
from timeline_facts import Facts, facts, lost, unnamed

from talkies.core.destinations import WRITERS, check_output, losses, write_timeline
from talkies.core.errors import OutputError, TalkiesError
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.segment import StemName, Take, Timeline
from talkies.core.timeline import read_timeline
from talkies.core.timeline.structure.sounds import sound_tracks
from talkies.core.times import TimeRange, to_sample

ALL = bool(os.environ.get("TALKIES_ALL_ROUND_TRIPS"))
SAMPLE_RATE = 48_000
CLICK = Fraction(1, 10)
"""Seconds after a take's record start: its only sample that is not silent."""

TELLING = (
    *("big_int.otio", "enabled.otio", "gaps.otio", "generator_reference_test.otio", "image_sequence_example.otio"),
    *("multitrack.otio", "nested_example.otio", "precheckfail.otio", "transition_test.otio", "hiero_xml_export.xml"),
    *("premiere_example.xml", "premiere_generators.xml", "fcpx_project.fcpxml", "kdenlive_example_v221170.kdenlive"),
    *("no_spaces_test.edl", "speed_effects_small.edl", "one_clip.aaf", "simple.aaf", "xges_example.xges"),
    "sample_just_track.xml",
)
SLOW = {".aaf": ("enabled.otio", "nested_example.otio", "premiere_example.xml", "no_spaces_test.edl", "simple.aaf")}
"""AAF takes half a second a file."""

UNTOLD = {(".edl", "clip_example.otio"): "its sound begins so early that the timecode may be a place inside the file"}
"""What an EDL leaves open: it says the timecode of a sound, and the file could also begin at 0."""

REFUSED = {".edl": "holds no clips that an EDL could list"}
NO_TIMELINES = {".stems": "a folder of stems holds no picture; tests/core/turnover looks into it"}
ADAPTERS = {
    ".otio": "otio_json",
    ".resolve.otio": "otio_json",
    ".kdenlive.otio": "otio_json",
    ".otiod": "otiod",
    ".otioz": "otioz",
    ".xml": "fcp_xml",
    ".kdenlive": "kdenlive",
    ".aaf": "AAF",
}
"""OTIO's own readers, which know nothing of ours."""


@dataclass(frozen=True)
class Known:
    """A file as it was read, and two takes for it."""

    timeline: Timeline
    facts: Facts
    takes: tuple[Take, ...]


@pytest.fixture(scope="module")
def known(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Known]:
    """The files by name, the second of a name by its folder's as well; those with the same content once."""
    found: dict[bytes, Path] = {}
    for path in sorted((shared_dir / "data/timelines").rglob("*.*")):
        if ALL or path.name in TELLING:
            found.setdefault(path.read_bytes(), path)
    folder = tmp_path_factory.mktemp("takes")
    result = {}
    for path in found.values():
        try:
            timeline = read_timeline(path)
        except TalkiesError:  # tests/core/timeline/formats/test_shared_material.py knows which
            continue
        name = path.name if path.name not in result else f"{path.parent.name}-{path.name}"
        result[name] = Known(timeline, facts(timeline), tuple(takes_for(timeline, folder / name)))
    return result


def takes_for(timeline: Timeline, folder: Path) -> list[Take]:
    """Dialogue over the first shot, stereo effects over the last one, with handles where there is room."""
    spans = [segment.record for segment in timeline.segments] or [TimeRange(Fraction(0), Fraction(1))]
    takes = []
    for stem, channels, span in (("DX", 1, min(spans)), ("FX", 2, max(spans))):
        head = min(5 / timeline.rate, span.start) if (span.start * timeline.rate).denominator == 1 else Fraction(0)
        takes.append(take(timeline, stem, channels, span, head, 7 / timeline.rate, folder))  # type: ignore[arg-type]
    return takes


def take(
    timeline: Timeline, stem: StemName, channels: int, span: TimeRange, head: Fraction, tail: Fraction, folder: Path
) -> Take:
    name = f"{stem}_{timeline.path.name.replace('.', '_')}"
    result = Take("V1-001", stem, name, folder / f"{name}.wav", span, SAMPLE_RATE, head, tail, channels=channels)
    first = to_sample(result.file_range.start, SAMPLE_RATE)
    sound = np.zeros((channels, to_sample(result.file_range.end, SAMPLE_RATE) - first), np.float32)
    sound[:, to_sample(click_of(result), SAMPLE_RATE) - first] = 0.5
    reference = to_sample(timeline.start + result.file_range.start, SAMPLE_RATE)
    write_bwf(result.path, [sound], sample_rate=SAMPLE_RATE, channels=channels, time_reference=reference)
    return result


def click_of(take: Take) -> Fraction:
    """Where its click sounds, in seconds from the timeline's first frame."""
    return take.record.start + min(CLICK, take.record.duration / 2)


@cache
def click_in(path: Path) -> Fraction:
    """Where the click lies in a file, in seconds."""
    return Fraction(int(np.abs(read_sound(path)).argmax()), SAMPLE_RATE)


def clicks_heard(timeline: Timeline) -> list[Fraction]:
    """Where clicks sound; the shared timelines' own sound is not there."""
    clips = (clip for track in sound_tracks(timeline) for clip in track.clips)
    return [
        clip.record.start + click_in(clip.path) - (clip.source.start - clip.start)
        for clip in clips
        if clip.path and clip.path.suffix == ".wav"
    ]


@pytest.mark.parametrize("suffix", WRITERS)
def test_nothing_is_lost_that_was_not_said(known: dict[str, Known], suffix: str, tmp_path: Path) -> None:
    if suffix in NO_TIMELINES:
        pytest.skip(NO_TIMELINES[suffix])
    problems = []
    for name, before in known.items():
        is_telling = before.timeline.path.name in SLOW.get(suffix, TELLING)
        if not (ALL or is_telling) or (suffix, name) in UNTOLD:
            continue
        out = tmp_path / name / f"out{suffix}"
        out.parent.mkdir()
        problems += [f"{name}: {problem}" for problem in round_trip(before, out, suffix)]
    assert not problems, "\n".join(problems)


def round_trip(before: Known, out: Path, suffix: str) -> list[str]:
    """What is wrong with the way there and back, one sentence each."""
    try:
        check_output(before.timeline, out)
    except OutputError as error:
        return [] if re.search(REFUSED.get(suffix, "^$"), str(error)) else [f"refused: {error}"]
    said = losses(before.timeline, out)
    write_timeline(before.timeline, before.takes, out)
    again = read_timeline(out)
    after = facts(again)
    problems = [
        f"{kind} lost without a word: {before.facts[kind]} -> {after[kind]}; said was only {said}"
        for kind in unnamed(lost(before.facts, after), said)
    ]
    return [*problems, *misplaced(before, again, said), *otherwise(before.timeline, again, suffix)]


def misplaced(before: Known, again: Timeline, said: tuple[str, ...]) -> list[str]:
    """Takes that are not heard on their sample; on their frame where a sentence says so."""
    rounded = any(re.search("half a frame|whole frame|nearest", sentence) for sentence in said)
    most = max(Fraction(1, 2 * SAMPLE_RATE), 1 / (2 * again.rate) if rounded else Fraction(0))
    heard = clicks_heard(again)
    for further in sorted(again.path.parent.glob(f"{again.path.stem}.*{again.path.suffix}")):  # an EDL's other lists
        other = read_timeline(further, rate=again.rate)
        heard += [position + other.start - again.start for position in clicks_heard(other)]
    if (again.start != before.timeline.start) and again.path.suffix == ".edl":  # it begins with its first clip
        heard = [position + again.start - before.timeline.start for position in heard]
    wanted = [click_of(take) for take in before.takes]
    missing = [float(place) for place in wanted if not any(abs(place - position) <= most for position in heard)]
    return [f"takes at {missing} are heard at {[float(position) for position in heard]}"] if missing else []


def otherwise(before: Timeline, again: Timeline, suffix: str) -> list[str]:
    """What OTIO's own adapter finds on the tracks of picture that is not there, or the reverse.

    What should be there: what the adapter found in the file that was read, if that was of the same kind, else what our
    reader finds now. Adapters do not find the content of nested sequences.
    """
    nested = any(isinstance(item, otio.schema.Stack) for track in again.document.tracks for item in track)
    if suffix not in ADAPTERS or nested:
        return []
    same_kind = before.path.suffix == again.path.suffix
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found, known = (
            otio.adapters.read_from_file(str(path), adapter_name=ADAPTERS[suffix])
            for path in (again.path, before.path if same_kind else again.path)
        )
    ours, theirs = pictures_in(known if same_kind else again.document), pictures_in(found)
    return [] if ours == theirs else [f"OTIO's adapter finds {theirs - ours} more and {ours - theirs} less"]


def pictures_in(document: Any) -> Counter[str]:
    """The names of the clips with media on tracks of picture."""
    tracks = [track for track in document.tracks if track.kind == otio.schema.TrackKind.Video]
    clips = [clip for track in tracks for clip in track.find_clips()]
    return Counter(
        str(clip.name) for clip in clips if not isinstance(clip.media_reference, otio.schema.GeneratorReference)
    )


def test_a_loss_without_a_word_is_noticed(known: dict[str, Known]) -> None:
    """The check itself can fail: markers taken away, shots moved by a millisecond."""
    before = known["no_spaces_test.edl"].facts
    assert unnamed(lost(before, {**before, "markers": []}), ["2 transitions become cuts"]) == {"markers"}
    assert unnamed(lost(before, {**before, "markers": []}), ["3 markers have no place"]) == set()
    moved = [(start + Fraction(1, 1000), end) for start, end in before["record places"]]
    assert lost(before, {**before, "record places": moved}) == {"record places"}
    assert lost(before, before) == set()
