"""The timeline's own audio tracks, and which segments nothing is heard under."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import opentimelineio as otio
from films import write_sound_only

from talkies.core.segment import Segment
from talkies.core.timeline import read_timeline
from talkies.core.timeline.media.bundle_folder import bundle_folder
from talkies.core.timeline.structure.sounds import segments_without_sound, sound_tracks
from talkies.core.times import TimeRange


def external(name: str, available: Any = None) -> Any:
    return otio.schema.ExternalReference(name, available)


def test_clips_of_every_audio_track_in_place(make: Any) -> None:
    """A1: a gap of 24 frames, a retimed clip, a disabled one. A2: a stack that holds an audio and a video track."""
    write_sound_only(make.folder / "wild.wav")
    twice = make.clip(
        "twice", 12, 24, media=external("wild.wav"), effects=[otio.schema.LinearTimeWarp(time_scalar=2.0)]
    )
    off = make.clip("off", 0, 12, media=external("gone.wav"))
    off.enabled = False
    inside = make.track(
        make.gap(12), make.clip("inner", 100, 36, media=external("wild.wav", make.span(96, 48))), kind="Audio"
    )
    stack = otio.schema.Stack(children=[inside, make.track(make.clip("seen", 0, 48))])
    path = make.save(
        make.track(make.clip("shot", 0, 96)),
        make.track(make.gap(24), twice, off, name="wild", kind="Audio"),
        make.track(stack, name="nested", kind="Audio"),
    )
    first, second = sound_tracks(read_timeline(path))
    assert [(clip.name, clip.record, clip.enabled) for clip in first.clips] == [
        ("twice", TimeRange(Fraction(1), Fraction(2)), True),
        ("off", TimeRange(Fraction(2), Fraction(5, 2)), False),
    ]
    assert first.clips[0].source == TimeRange(Fraction(1, 2), Fraction(5, 2)) and first.clips[0].speed == 2
    assert first.clips[0].path == make.folder / "wild.wav"
    assert first.clips[1].path is None and "gone.wav" in first.clips[1].problem
    (inner,) = second.clips
    assert inner.record == TimeRange(Fraction(1, 2), Fraction(2))
    assert (inner.source.start, inner.start) == (Fraction(100, 24), Fraction(4))


def test_a_bare_movie_sounds_by_itself(make: Any) -> None:
    silent = make.movie("silent.mp4")
    assert sound_tracks(read_timeline(silent)) == ()


def test_sound_inside_a_bundle_is_found(make: Any) -> None:
    sound = write_sound_only(make.folder / "wild.wav")
    path = make.save(make.track(make.clip("wild", 0, 24, media=external(sound.as_uri())), kind="Audio"))
    timeline = otio.adapters.read_from_file(str(path))
    for suffix in ("otioz", "otiod"):
        bundle = make.folder / f"bundle.{suffix}"
        otio.adapters.write_to_file(timeline, str(bundle), media_policy="MissingIfNotFile")
        assert bundle_folder(bundle) is None or suffix == "otiod"
        (track,) = sound_tracks(read_timeline(bundle))
        path_inside, folder = track.clips[0].path, bundle_folder(bundle)
        assert path_inside is not None and folder is not None and path_inside.is_relative_to(folder)
    assert bundle_folder(path) is None


def test_segments_without_sound() -> None:
    def segment(number: int) -> Segment:
        record = TimeRange(Fraction(number), Fraction(number + 1))
        return Segment(str(number), "", "V1", record, record, Fraction(25))

    heard = [
        TimeRange(Fraction(3, 2), Fraction(2)),  # half of 1
        TimeRange(Fraction(0), Fraction(1, 50)),  # half a frame of 0 ...
        TimeRange(Fraction(299, 100), Fraction(4)),  # a quarter of a frame of 2, and 3
        TimeRange(Fraction(1, 2), Fraction(1, 2) + Fraction(1, 100)),  # ... and a quarter of a frame
    ]
    assert segments_without_sound([segment(number) for number in range(6)], heard) == ("0", "2", "4", "5")
    assert segments_without_sound([segment(0)], []) == ("0",)
