"""Tracks that talkies wrote earlier are known again in every format, and can be taken out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from films import write_movie, write_reel

from talkies.core.destinations import write_timeline
from talkies.core.segment import StemName, Take
from talkies.core.timeline import read_timeline
from talkies.core.timeline.our_tracks import OurTrack, our_tracks, without_our_tracks
from talkies.core.timeline.structure.sounds import sound_tracks
from talkies.core.times import TimeRange


def take(folder: Path, stem: StemName, start: int) -> Take:
    path = folder / f"{stem}_{start}.wav"
    path.write_bytes(b"")
    return Take("V1-001", stem, path.stem, path, TimeRange(Fraction(start), Fraction(start + 1)), 48_000)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Two shots, no words."""
    write_movie(tmp_path / "film.mp4", 3)
    return write_reel(tmp_path / "reel.otio", ["film.mp4", "film.mp4"])


@pytest.mark.parametrize("suffix", [".otio", ".xml"])
def test_ours_are_found_taken_out_and_others_stay(film: Path, suffix: str) -> None:
    first, second = film.with_name(f"first{suffix}"), film.with_name(f"second{suffix}")
    write_timeline(read_timeline(film), [take(film.parent, "DX", 0), take(film.parent, "FX", 1)], first)
    written = read_timeline(first)
    assert our_tracks(written) == (
        OurTrack("DX talkies", "DX", (TimeRange(Fraction(0), Fraction(1)),)),
        OurTrack("FX talkies", "FX", (TimeRange(Fraction(1), Fraction(2)),)),
    )
    bare = without_our_tracks(written)
    assert our_tracks(bare) == ()
    assert len(our_tracks(written)) == 2  # what was read is as it was
    write_timeline(bare, [take(film.parent, "MX", 0)], second)
    assert [track.name for track in sound_tracks(read_timeline(second))] == ["MX talkies"]
    assert [segment.record for segment in read_timeline(second).segments] == [each.record for each in written.segments]


def test_a_timeline_without_ours_stays_itself(film: Path) -> None:
    timeline = read_timeline(film)
    assert without_our_tracks(timeline) is timeline
