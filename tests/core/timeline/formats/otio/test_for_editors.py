"""OTIO for Resolve and for Kdenlive: what their imports look at, computed here as they do."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import av
import numpy as np
import opentimelineio as otio
import pytest
from cuts import FRAMES, save, span, takes_of, time_reference_of, write_cut

from talkies.core.destinations import losses, write_timeline
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange


@pytest.fixture
def filmed(make: Any) -> Any:
    """A cut at 25 fps over a movie whose own timecode begins at 10:00:00:00, which the cut counts from 0."""
    movie = make.movie("Schnitt 1 #ä.mov", 60, 25, "10:00:00:00")
    path = write_cut(make.folder / "cut.otio", 25, 90000, url=movie.name)
    document = otio.adapters.read_from_file(str(path))
    for clip in document.find_clips():
        clip.media_reference.available_range = span(0, 60, 25)
    line = otio.schema.Clip("ANNA: Guten Tag", source_range=span(0, 20, 25))
    document.tracks.append(otio.schema.Track("Subtitles", kind="Subtitle", children=[line]))
    sound = otio.schema.Clip("wild", otio.schema.ExternalReference(movie.name), span(10, 20, 25))
    document.tracks.append(otio.schema.Track("A1", kind="Audio", children=[sound]))
    return read_timeline(save(document, path))


def test_resolve_finds_bare_paths_and_ranges_in_each_file_s_own_timecode(filmed: Any, tmp_path: Path) -> None:
    handle = Fraction(2, 25)
    takes = takes_of(filmed, tmp_path / "Töne #1", handles=(handle, Fraction(0)))
    out = tmp_path / "reel.resolve.otio"
    write_timeline(filmed, takes, out)
    assert '"OTIO_SCHEMA": "Clip.2"' in out.read_text() and '"OTIO_SCHEMA": "Clip.1"' not in out.read_text()
    written = otio.adapters.read_from_file(str(out))
    assert (written.name, written.global_start_time.value) == ("reel", 90000)
    assert [(track.name, track.kind) for track in written.tracks] == [
        ("V1", "Video"),
        ("A1", "Audio"),
        ("DX talkies", "Audio"),
    ]
    for clip in written.find_clips():
        path = Path(clip.media_reference.target_url)
        assert path.is_absolute() and path.is_file()
        shown, there = clip.source_range, clip.available_range()
        assert there.start_time <= shown.start_time and shown.end_time_exclusive() <= there.end_time_exclusive()
    ten_hours = 10 * 3600 * 25
    shots = list(written.tracks[0].find_clips())
    assert [clip.source_range.start_time.value for clip in shots] == [ten_hours + 10] * 2
    assert [clip.available_range().start_time.value for clip in shots] == [ten_hours] * 2
    for clip, take, (first, count) in zip(written.tracks[2].find_clips(), takes, FRAMES, strict=True):
        own = Fraction(time_reference_of(take.path), 48000) + handle
        assert clip.source_range == span(90000 + first, count, 25) and own * 25 == 90000 + first
    for track in written.tracks[1:]:
        assert dict(track.metadata["Resolve_OTIO"]) == {"Audio Type": "Mono", "Locked": False, "SoloOn": False}
    assert losses(filmed, out) == ("left out: 1 subtitle track, because Resolve imports subtitles as .srt",)


def test_resolve_imports_nothing_when_a_file_is_missing_and_that_is_said(tmp_path: Path) -> None:
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", 24))
    assert losses(timeline, tmp_path / "x.resolve.otio") == (
        "Resolve imports nothing as long as 1 file cannot be found ('Schnitt 1 #ä.mov')",
    )
    write_timeline(timeline, [], tmp_path / "cut.resolve.otio")  # a timeline's name can be taken only once
    assert otio.adapters.read_from_file(str(tmp_path / "cut.resolve.otio")).name == "cut talkies"


def slipped(clip: Any, timecode: int, rate: float) -> tuple[int, int, int]:
    """Position, length and first frame of a clip as Kdenlive's importer gets them, in frames of its project."""
    place = clip.trimmed_range_in_parent()
    start = clip.trimmed_range().start_time.rescaled_to(rate).round().value
    return (
        int(place.start_time.rescaled_to(rate).round().value),
        int(place.duration.rescaled_to(rate).round().value),
        int(start) - timecode,
    )


def kdenlive_path(url: str) -> Path:
    """As ``QUrl(url).path()``, which decodes what is encoded."""
    return Path(unquote(urlparse(url).path))


def test_kdenlive_counts_frames_from_the_start_of_each_file(filmed: Any, tmp_path: Path) -> None:
    takes = takes_of(filmed, tmp_path / "Töne #1", handles=(Fraction(2, 25), Fraction(0)))
    out = tmp_path / "reel.kdenlive.otio"
    write_timeline(filmed, takes, out)
    written = otio.adapters.read_from_file(str(out))
    assert written.duration().rate == 25
    assert [(track.name, track.kind) for track in written.tracks] == [
        ("V1", "Video"),
        ("A1", "Audio"),
        ("DX talkies", "Audio"),
    ]
    assert all(kdenlive_path(clip.media_reference.target_url).is_file() for clip in written.find_clips())
    ten_hours = 10 * 3600 * 25  # what mediainfo tells Kdenlive of the movie
    shots = [slipped(clip, ten_hours, 25) for clip in written.tracks[0].find_clips()]
    assert shots == [(5, 50, 10), (55, 30, 10)]
    sounds = [slipped(clip, 0, 25) for clip in written.tracks[2].find_clips()]
    assert sounds == [(5, 50, 0), (55, 30, 0)]
    said = losses(filmed, out)
    assert "Kdenlive counts from 0, not from 01:00:00:00" in said
    assert any("by Kdenlive 26.08" in sentence and "the last clip of" in sentence for sentence in said)
    assert "left out: 1 subtitle track, because Kdenlive imports subtitles as .srt" in said


@pytest.mark.parametrize("rate", [23.976, 23.98, 29.97])
def test_kdenlive_gets_the_exact_rate_and_takes_on_their_sample(tmp_path: Path, rate: float) -> None:
    exact = Fraction(30000 if rate > 25 else 24000, 1001)
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", rate))
    start = Fraction(12345, 48000)  # between frames 6 and 7 (7 and 8)
    record = TimeRange(start, start + Fraction(1, 2))
    takes = takes_of(timeline, tmp_path, record=record)[:1]
    write_timeline(timeline, takes, tmp_path / "out.kdenlive.otio")
    written = otio.adapters.read_from_file(str(tmp_path / "out.kdenlive.otio"))
    assert written.duration().rate == exact.numerator / exact.denominator  # compared with == to Kdenlive's profiles
    (clip,) = written.tracks[1].find_clips()
    position, _, first = slipped(clip, 0, written.duration().rate)
    with av.open(str(kdenlive_path(clip.media_reference.target_url))) as container:
        sound = np.concatenate([frame.to_ndarray().ravel() for frame in container.decode(audio=0)])
    heard = int(np.flatnonzero(sound)[0])
    begins = position / exact * 48000  # the sample at which Kdenlive begins the file
    assert first == 0 and position == int(start * exact)
    assert abs(begins + heard - 12345) <= 2  # the take itself fades in from its first sample on


def test_kdenlive_shows_nothing_that_is_switched_off(tmp_path: Path) -> None:
    path = write_cut(tmp_path / "cut.otio", 25)
    document = otio.adapters.read_from_file(str(path))
    document.tracks[0][2].enabled = False
    nested = otio.schema.Stack(children=[otio.schema.Track(children=[otio.schema.Clip("deep", None, span(3, 9, 25))])])
    document.tracks[0].append(nested)
    document.tracks.markers.append(otio.schema.Marker("door", span(60, 1, 25)))
    timeline = read_timeline(save(document, path))
    takes = takes_of(timeline, tmp_path) + takes_of(timeline, tmp_path, number=2)
    write_timeline(timeline, takes, tmp_path / "out.kdenlive.otio")
    written = otio.adapters.read_from_file(str(tmp_path / "out.kdenlive.otio"))
    video = written.tracks[0]
    assert [(clip.name, slipped(clip, 0, 25)[:2]) for clip in video.find_clips()] == [
        ("shot 1", (5, 50)),
        ("deep", (85, 9)),
    ]
    assert [track.name for track in written.tracks] == ["V1", "DX talkies"]
    assert [marker.comment for marker in written.tracks.markers] == ["door"]
    said = " | ".join(losses(timeline, tmp_path / "out.kdenlive.otio"))
    assert (
        "left out, because Kdenlive would show disabled clips: 1 clip" in said
        and "alternative takes are left out" in said
    )
    assert json.loads((tmp_path / "out.kdenlive.otio").read_text())["OTIO_SCHEMA"] == "Timeline.1"
