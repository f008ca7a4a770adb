"""Every timeline file of the shared material loads with the clips it holds, or is refused in one sentence."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from talkies.core.errors import TimelineError
from talkies.core.timeline import inspect_rows, read_timeline

LOADS = {
    "otio/big_int.otio": (1, 24),
    "otio/clip_example.otio": (1, 24),
    "otio/generator_reference_test.otio": (0, 24),
    "otio/multiple_track.otio": (5, 24),
    "otio/multitrack.otio": (5, 24),
    "otio/nested_example.otio": (7, 24),
    "otio/preflattened.otio": (5, 24),
    "otio/simple_cut.otio": (4, 24),
    "otio/transition.otio": (4, 24),
    "otio/transition_test.otio": (3, 24),
    "otio_adapters/25fps.edl": (4, 25),
    "otio_adapters/avid_example.edl": (2, 24),
    "otio_adapters/big_int.otio": (1, 24),
    "otio_adapters/cdl.edl": (2, 24),
    "otio_adapters/clip_example.otio": (1, 24),
    "otio_adapters/dissolve_test.edl": (3, 24),
    "otio_adapters/dissolve_test_2.edl": (3, 24),
    "otio_adapters/dissolve_test_3.edl": (3, 24),
    "otio_adapters/dissolve_test_4.edl": (6, 24),
    "otio_adapters/enabled.otio": (3, 24),
    "otio_adapters/fcpx_event.fcpxml": (11, 30),
    "otio_adapters/fcpx_example.fcpxml": (11, 30),
    "otio_adapters/fcpx_library.fcpxml": (11, 30),
    "otio_adapters/fcpx_project.fcpxml": (11, 30),
    "otio_adapters/gap_test.edl": (3, 24),
    "otio_adapters/gaps.otio": (0, 24),
    "otio_adapters/generator_reference_test.otio": (0, 24),
    "otio_adapters/hiero_xml_export.xml": (2, 24),
    "otio_adapters/image_sequence_example.otio": (1, 24),
    "otio_adapters/kdenlive_example_v221170.kdenlive": (4, 25),
    "otio_adapters/kdenlive_mixes_markers.kdenlive": (16, 25),
    "otio_adapters/multi_audio.edl": (0, 24),
    "otio_adapters/multiple_track.otio": (5, 24),
    "otio_adapters/multitrack.otio": (5, 24),
    "otio_adapters/nested_example.otio": (7, 24),
    "otio_adapters/no_metadata.otio": (1, 24),
    "otio_adapters/no_spaces_test.edl": (9, 24),
    "otio_adapters/not_aaf.otio": (1, 24),
    "otio_adapters/nucoda_example.edl": (2, 24),
    "otio_adapters/one_clip.aaf": (1, 24),
    "otio_adapters/precheckfail.otio": (1, 24),
    "otio_adapters/preflattened.otio": (5, 24),
    "otio_adapters/premiere_example.edl": (2, 24),
    "otio_adapters/premiere_example.xml": (8, 30),
    "otio_adapters/premiere_generators.xml": (0, Fraction(24000, 1001)),
    "otio_adapters/sample_just_track.xml": (0, 30),
    "otio_adapters/screening_example.edl": (9, 24),
    "otio_adapters/simple.aaf": (5, 24),
    "otio_adapters/simple_cut.otio": (4, 24),
    "otio_adapters/speed_effects.edl": (548, 24),
    "otio_adapters/speed_effects_small.edl": (5, 24),
    "otio_adapters/timecode_mismatch.edl": (20, 25),
    "otio_adapters/transition.otio": (4, 24),
    "otio_adapters/transition_duration.edl": (4, 24),
    "otio_adapters/transition_test.otio": (3, 24),
    "otio_adapters/transitions.aaf": (4, 24),
    "otio_adapters/wipe_test.edl": (3, 24),
    "otio_adapters/xges_example.xges": (5, 25),
}
"""Segments and rate, counted in the files: enabled clips with media on video tracks, EDL events that last some time."""

REFUSED = {
    "otio/premiere_example.otio": "newer OpenTimelineIO: Marker.3",
    "otio/screening_example.otio": "newer OpenTimelineIO: Marker.3",
    "otio_adapters/fcpx_clips.fcpxml": "no project",
    "otio_adapters/premiere_example_filter.xml": "holds no sequence",
    "otio_adapters/sample.ale": "without a timeline",
    "otio_adapters/sample2.ale": "without a timeline",
    "otio_adapters/sampleUHD.ale": "without a timeline",
    "otio_adapters/sample_cdl.ale": "without a timeline",
    "otio_adapters/v1_prog_index.m3u8": "playlist for streaming",
}


@pytest.mark.parametrize("name", LOADS)
def test_loads(shared_dir: Path, name: str) -> None:
    timeline = read_timeline(shared_dir / "data/timelines" / name)
    count, rate = LOADS[name]
    assert (len(timeline.segments), timeline.rate) == (count, rate)
    assert len({segment.id for segment in timeline.segments}) == count
    assert count or timeline.warnings
    for segment in timeline.segments:
        assert 0 <= segment.record.start < segment.record.end <= timeline.duration
        assert segment.source.start <= segment.source.end
        assert segment.picture is None
        assert segment.warnings
    assert len(inspect_rows(timeline)) == count


@pytest.mark.parametrize("name", REFUSED)
def test_refused(shared_dir: Path, name: str) -> None:
    with pytest.raises(TimelineError, match=REFUSED[name]) as caught:
        read_timeline(shared_dir / "data/timelines" / name)
    assert "\n" not in str(caught.value)
    assert caught.value.cure


def test_no_shared_file_is_forgotten(shared_dir: Path) -> None:
    folder = shared_dir / "data/timelines"
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert present == {*LOADS, *REFUSED}


def test_real_movies_with_their_subtitles(shared_dir: Path) -> None:
    folder = shared_dir / "data/video/clips"
    nasa = read_timeline(folder / "nasa_13013.mp4")
    assert (len(nasa.segments), nasa.rate, nasa.duration) == (1, 25, 13)
    assert [cue.speaker for cue in nasa.segments[0].cues] == ["NAR"] * 4  # his name stands on the first alone
    assert nasa.segments[0].cues[1].range.start == Fraction(4260, 1000)
    bunny = read_timeline(folder / "big_buck_bunny_0_30.webm")
    assert (len(bunny.segments), bunny.rate, bunny.duration) == (1, 24, 30)
