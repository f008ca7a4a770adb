"""The whole way on real recordings: three clips in timelines of three rates, through the command line and back.

Steps are few, since quality is not judged here: lengths, places, cues and what was there before are.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from melt import available, render_with_melt
from scipy.io import wavfile

from talkies.core.timeline import read_timeline
from talkies.plugin.cli import main

pytestmark = pytest.mark.slow  # the shipped network


@dataclass(frozen=True)
class RealClip:
    """A clip in a timeline of its own: rate as OTIO has it and exactly, its source in frames, its cues in frames.
    ``sounding``: the departments that have something to do."""

    media: str
    rate: float
    exact: Fraction
    source: tuple[int, int]
    cues: tuple[tuple[int, int, str], ...]
    sounding: tuple[str, ...] = ("DX", "FX", "BG")


CLIPS = (
    RealClip(
        "clips/nasa_13013.mp4",
        25.0,
        Fraction(25),
        (5, 151),
        ((5, 101, "NAR: This is the optical and science segment of the Webb"), (110, 140, "[crowd murmurs]")),
    ),
    RealClip(
        "clips/big_buck_bunny_0_30.webm",
        23.976,
        Fraction(24000, 1001),
        (240, 173),
        ((31, 90, "ANNA: What a lovely morning in the forest."), (100, 149, "BORIS: Nobody will ever find me here.")),
    ),
    RealClip(  # a face that speaks, and nothing else
        "grid_other_speakers/brbk7n.mp4",
        29.97,
        Fraction(30000, 1001),
        (3, 77),
        ((4, 71, "bin red by k seven now"),),
        ("DX", "BG"),
    ),
)


def write_clip_timeline(path: Path, clip: RealClip, movie: Path) -> Path:
    """A gap of eleven frames, the clip, and a subtitle track."""

    def span(first: int, count: int) -> otio.opentime.TimeRange:
        at = otio.opentime.RationalTime
        return otio.opentime.TimeRange(at(first, clip.rate), at(count, clip.rate))

    shot = otio.schema.Clip("shot", otio.schema.ExternalReference(str(movie)), span(*clip.source))
    shot.metadata["studio"] = {"note": "keep me"}
    timeline = otio.schema.Timeline(
        "real", global_start_time=otio.opentime.RationalTime(round(clip.rate) * 3600, clip.rate)
    )
    timeline.tracks.append(otio.schema.Track("V1", [otio.schema.Gap(source_range=span(0, 11)), shot], kind="Video"))
    words, place = otio.schema.Track("Subtitles", kind="Subtitle"), 0
    for first, last, text in clip.cues:
        words.append(otio.schema.Gap(source_range=span(0, 11 + first - place)))
        words.append(otio.schema.Clip(text, otio.schema.MissingReference(), span(0, last - first)))
        place = 11 + last
    timeline.tracks.append(words)
    otio.adapters.write_to_file(timeline, str(path))
    return path


def samples_of(path: Path) -> np.ndarray:
    """24-bit PCM at 48 kHz as float (N, C), read by SciPy."""
    rate, sound = wavfile.read(path)
    assert rate == 48_000 and sound.dtype == np.int32
    return np.asarray(sound.reshape(len(sound), -1) / 2**31)


@pytest.mark.filterwarnings("ignore:Chunk")  # SciPy does not know the bext chunk
@pytest.mark.skipif(not available(), reason="melt is not installed (apt-get install melt)")
@pytest.mark.parametrize("clip", CLIPS, ids=["25", "23.976", "29.97"])
def test_a_real_clip_gets_its_sound(clip: RealClip, shared_dir: Path, tmp_path: Path) -> None:
    source = write_clip_timeline(tmp_path / "cut.otio", clip, shared_dir / "data" / "video" / clip.media)
    out = tmp_path / "cut.talkies.otio"
    assert main(["generate", str(source), "-o", str(out), "--steps", "2", "--seed", "1"]) == 0

    written = otio.adapters.read_from_file(str(out))
    kinds = [(track.name, track.kind) for track in written.tracks]
    assert kinds[:2] == [("V1", "Video"), ("Subtitles", "Subtitle")]
    assert {name.split()[0] for name, kind in kinds[2:] if kind == "Audio"} == set(clip.sounding)
    assert written.tracks[0][1].metadata["studio"]["note"] == "keep me"
    assert len(read_timeline(out).segments) == 1

    def sample(frame: float) -> int:
        return round(Fraction(frame) * 48_000 / clip.exact)

    for track in list(written.tracks)[2:]:
        for take in track.find_clips():
            file = take.media_reference.available_range
            first = file.start_time.value - round(clip.rate) * 3600  # frames from the timeline's first, handle included
            sound = samples_of(tmp_path / take.media_reference.target_url)
            assert len(sound) == sample(first + file.duration.value) - sample(first)
            assert take.range_in_parent().start_time.value == 11
            assert take.source_range.duration.value == clip.source[1]
    render_with_melt(out, tmp_path / "mix.wav")
    mix = samples_of(tmp_path / "mix.wav")
    assert abs(len(mix) - sample(11 + clip.source[1])) <= 1
    assert not mix[: sample(11) - 2].any(), "something sounds in the gap before the clip"

    dialogue = tmp_path / "dx.otio"
    for track in list(written.tracks):
        if track.kind == "Audio" and not track.name.startswith("DX"):
            track.enabled = False
    otio.adapters.write_to_file(written, str(dialogue))
    render_with_melt(dialogue, tmp_path / "dx.wav")
    heard = np.abs(samples_of(tmp_path / "dx.wav")).max(axis=1)
    inside = np.zeros(len(heard), bool)
    for start, end in ((sample(11 + cue[0]), sample(11 + cue[1])) for cue in clip.cues if cue[2][0] != "["):
        inside[start - 2 : end + 2] = True
        assert heard[start:end].max() > 0.005, "the cue is silent"
    assert not heard[~inside].any(), "dialogue is heard outside its cues"
