"""Clips of events in every format: each event is heard at the sample of its spot, from one of two tracks in turn."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from engines import load_tones
from films import write_movie, write_reel
from melt import available, render_project

from talkies.core.events import Finished
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.segment import Take
from talkies.core.spotting.files import write_spots
from talkies.core.spotting.spot import Spot
from talkies.core.timeline import read_timeline
from talkies.core.timeline.structure.sounds import sound_tracks
from talkies.core.times import to_sample
from talkies.core.turnover.from_timeline import takes_in

RATE = 48_000
SPOTS = (("0.313", 0.2), ("0.701", 0.5), ("1.0", 0.8), ("1.587", None))
"""Seconds of the film, of which none but one is on a frame, and x."""


def written(folder: Path, suffix: str) -> tuple[Path, tuple[Take, ...]]:
    """A reel of two shots of 2 s, whose first has four recorded clicks as clips of events."""
    write_movie(folder / "film.mp4", 3)
    reel = write_reel(folder / "reel.otio", ["film.mp4", "film.mp4"], frames=50)
    click = np.zeros((1, RATE // 2), np.float32)
    click[0, 4800] = 0.9
    click[0, 4801:9600] = 0.02 * np.exp(-np.arange(4799) / 900)
    write_bwf(folder / "click.wav", [click])
    shot = (timeline := read_timeline(reel)).segments[0].id
    spots = [
        Spot(f"{shot}.{n:02}", shot, Fraction(at), Fraction(at), x=x, file="click.wav", source="file")
        for n, (at, x) in enumerate(SPOTS, start=1)
    ]
    write_spots(timeline, spots, folder / "list.csv")
    out = folder / f"out{suffix}"
    request = Request(
        reel, out, task="foley", background="off", spots=folder / "list.csv", clips="events", segments=(shot,)
    )
    *_, last = render(request, load_engine=load_tones)
    assert isinstance(last, Finished)
    return out, last.takes


def peak_times(sound: np.ndarray) -> list[int]:
    """Samples of what is loud, one for each event."""
    loud = np.flatnonzero(np.abs(sound).max(axis=0) > 0.3 * np.abs(sound).max())
    return [int(each[0]) for each in np.split(loud, np.flatnonzero(np.diff(loud) > RATE // 20) + 1)]


@pytest.mark.parametrize("suffix", [".otio", ".fcpxml", ".xml", ".edl", ".mlt", ".kdenlive", ".aaf"])
def test_every_format_has_events_on_their_frames_and_samples(tmp_path: Path, suffix: str) -> None:
    out, takes = written(tmp_path, suffix)
    expected = [to_sample(Fraction(at), RATE) for at, _ in SPOTS]
    lists = [out] if suffix != ".edl" else sorted(tmp_path.glob("out*.edl"))
    found = {(take.path, take.record): take for path in lists for take in takes_in(read_timeline(path))}
    assert sorted(record for _, record in found) == sorted(take.record for take in takes)
    heard = []
    for take in found.values():
        sound = read_sound(take.path, mono=False)
        (peak,) = peak_times(sound)
        heard.append(to_sample(take.record.start - take.head_handle, RATE) + peak)
        assert take.channels == 2
    assert np.abs(np.array(sorted(heard)) - expected).max() <= 1
    assert all((take.record.start * 25).denominator == 1 for take in found.values())


@pytest.mark.parametrize("suffix", [".otio", ".fcpxml", ".kdenlive"])
def test_neighbours_lie_on_different_tracks(tmp_path: Path, suffix: str) -> None:
    out, takes = written(tmp_path, suffix)
    tracks = [track for track in sound_tracks(read_timeline(out)) if track.generated]
    assert [track.name for track in tracks] == ["FX talkies", "FX talkies 2"]
    assert [[clip.record for clip in track.clips] for track in tracks] == [
        [take.record for take in takes[::2]],
        [take.record for take in takes[1::2]],
    ]


def test_stereo_tracks_say_so_to_other_readers(tmp_path: Path) -> None:
    """As OTIO's own reader finds them."""
    out, _ = written(tmp_path, ".otio")
    timeline = otio.adapters.read_from_file(str(out))
    tracks = [track for track in timeline.tracks if track.name.startswith("FX")]
    assert [track.metadata["Resolve_OTIO"]["Audio Type"] for track in tracks] == ["Stereo", "Stereo"]
    assert {clip.metadata["talkies"]["channels"] for track in tracks for clip in track.find_clips()} == {2}


@pytest.mark.melt
@pytest.mark.skipif(not available(), reason="melt is not installed")
@pytest.mark.parametrize("suffix", [".mlt", ".kdenlive"])
def test_melt_hears_events_at_their_samples_and_places(tmp_path: Path, suffix: str) -> None:
    out, _ = written(tmp_path, suffix)
    render_project(out, tmp_path / "mix.wav")
    sound = read_sound(tmp_path / "mix.wav", mono=False)
    peaks = peak_times(sound)
    assert np.abs(np.array(peaks) - [to_sample(Fraction(at), RATE) for at, _ in SPOTS]).max() <= 1
    left, right = np.abs(sound[:, peaks])
    heard = np.arctan2(right, left) * 4 / np.pi - 1
    assert heard == pytest.approx([-0.3, 0.0, 0.3, 0.0], abs=0.01), "half as far out as in the picture"
