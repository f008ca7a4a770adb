"""Another program mixes what we wrote and finds every click at its sample: every rate, handles, two tracks."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from melt import render_with_melt
from stems import stem_of

from talkies.core.destinations import write_timeline
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.sound import read_sound
from talkies.core.segment import StemName, Take, Timeline
from talkies.core.takes.saving import save_take
from talkies.core.timeline import read_timeline

pytestmark = pytest.mark.melt

SR = 48000
NTSC = {"23.976": (24000, 1001), "29.97": (30000, 1001), "59.94": (60000, 1001)}
RATES = ["23.976", "24", "25", "29.97", "30", "50", "59.94", "60", "16", "18", "20"]
SHOTS = (17, 40, 23, 61)  # frames


def exact(rate: str) -> Fraction:
    return Fraction(*NTSC[rate]) if rate in NTSC else Fraction(rate)


def cut(path: Path, rate: str, start: int) -> Path:
    """Four shots in a row after a gap, without media; ``start`` is the frame number of the first frame."""
    time = otio.opentime.RationalTime
    stated = float(exact(rate))

    def span(first: int, count: int) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(time(first, stated), time(count, stated))

    track = otio.schema.Track("V1", kind="Video", children=[otio.schema.Gap(source_range=span(0, 9))])
    for index, count in enumerate(SHOTS):
        track.append(otio.schema.Clip(f"shot {index}", source_range=span(100 * index, count)))
    timeline = otio.schema.Timeline("cut", tracks=[track], global_start_time=time(start, stated))
    otio.adapters.write_to_file(timeline, str(path))
    return path


def click_take(timeline: Timeline, index: int, folder: Path, stem: StemName, handle: Fraction) -> tuple[Take, int]:
    """A take with one click some way into its segment, and the sample of the timeline at which it must be heard."""
    segment = timeline.segments[index]
    first = round((segment.record.start - handle) * SR)
    at = round(segment.record.start * SR) + 1000 + 777 * index
    sound = np.zeros(round((segment.record.end + handle) * SR) - first, np.float32)
    sound[at - first] = 0.5
    wanted = stem_of(segment, stem)
    take = save_take(wanted, timeline, [sound], folder, loudness=PRESETS["none"], handles=(handle, handle))
    return take, at


@pytest.mark.parametrize("start", ["0", "1 h"])
@pytest.mark.parametrize("rate", RATES)
def test_clicks_are_heard_at_their_samples(tmp_path: Path, rate: str, start: str) -> None:
    first = 0 if start == "0" else 3600 * round(exact(rate))
    timeline = read_timeline(cut(tmp_path / "cut.otio", rate, first))
    assert timeline.rate == exact(rate)
    handle = 3 / exact(rate)
    stems: tuple[StemName, ...] = ("FX", "FX", "DX", "FX")
    made = [click_take(timeline, index, tmp_path / "takes", stem, handle) for index, stem in enumerate(stems)]
    write_timeline(timeline, [take for take, _ in made], tmp_path / "out.otio")
    render_with_melt(tmp_path / "out.otio", tmp_path / "mix.wav")
    heard = np.abs(read_sound(tmp_path / "mix.wav")[0])
    assert abs(len(heard) - round(sum((9, *SHOTS)) / exact(rate) * SR)) <= SR / exact(rate)
    whole_samples = (SR / exact(rate)).denominator == 1  # else melt's own frames are rounded, to 1601 or 1602 samples
    found = np.flatnonzero(heard > 0.1)
    expected = [at for _, at in made]
    assert len(found) == len(expected)
    assert np.abs(found - expected).max() <= (0 if whole_samples else 1)
