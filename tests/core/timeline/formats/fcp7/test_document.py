"""Timelines of other kinds in Final Cut 7's terms: frames counted by hand, and the same shots when read again."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import opentimelineio as otio
import pytest
from stems import stem_of

from talkies.core.destinations import check_output, losses, write_timeline
from talkies.core.errors import OutputError
from talkies.core.segment import Take, Timeline
from talkies.core.takes.saving import save_take
from talkies.core.timeline import read_timeline
from talkies.core.timeline.structure.sounds import sound_tracks

Element = ElementTree.Element
PLACES = ("start", "end", "in", "out")


def media(make: Any, url: str = "a.mov", start: float = 1000, count: float = 500, rate: float = 24) -> Any:
    return otio.schema.ExternalReference(url, make.span(start, count, rate))


def written(make: Any, *tracks: Any, **options: Any) -> tuple[Timeline, ElementTree.Element, Timeline]:
    """The timeline, its XML's root, and what the XML is read as."""
    timeline = read_timeline(make.save(*tracks, **options))
    write_timeline(timeline, [], make.folder / "out.xml")
    again = read_timeline(make.folder / "out.xml")
    return timeline, ElementTree.parse(make.folder / "out.xml").getroot(), again


def places(clips: list[Element]) -> list[tuple[int, ...]]:
    return [tuple(int(clip.findtext(name) or "") for name in PLACES) for clip in clips]


def shots(timeline: Timeline) -> list[Any]:
    return [(shot.clip, shot.record, shot.source, shot.speed) for shot in timeline.segments]


def test_speeds_count_in_the_retimed_clip_and_backwards_from_its_end(make: Any) -> None:
    """Media are frames 1000 to 1500. Twice as fast from 1100 on: in = 100 / 2. Backwards over 1100 to 1180 at twice the
    speed: the end of the media is (1500 - 1180) / 2 = 160 away. Frozen at 1300: 300 frames into the media."""
    warp, still = otio.schema.LinearTimeWarp, otio.schema.FreezeFrame
    timeline, root, again = written(
        make,
        make.track(
            make.clip("fast", 1100, 40, media=media(make), effects=[warp(time_scalar=2)]),
            make.clip("back", 1100, 40, media=media(make), effects=[warp(time_scalar=-2)]),
            make.clip("still", 1300, 40, media=media(make), effects=[still()]),
            make.clip("plain", 1010, 40, media=media(make)),
        ),
    )
    clips = list(root.iter("clipitem"))
    assert places(clips) == [(0, 40, 50, 90), (40, 80, 160, 200), (80, 120, 0, 40), (120, 160, 10, 50)]
    assert [clip.findtext("filter/effect/parameter[2]/value") for clip in clips] == ["200.0", "200.0", None, None]
    assert [clip.findtext("filter/effect/parameter[3]/value") for clip in clips] == ["FALSE", "TRUE", None, None]
    assert (clips[2].findtext("stillframe"), clips[2].findtext("stillframeoffset")) == ("TRUE", "300")
    assert [file.findtext("pathurl") for file in root.iter("file")] == ["a.mov", None, None, None]
    assert root.findtext(".//file/timecode/string") == "00:00:41:16"
    assert shots(again) == shots(timeline)
    assert losses(timeline, Path("out.xml")) == ()


def test_a_nested_sequence_is_one_clip_with_a_sequence_in_it(make: Any) -> None:
    inside = make.track(make.gap(10), make.clip("deep", 1000, 60, media=media(make)))
    nested = otio.schema.Stack("inner", children=[inside], source_range=make.span(20, 30))
    sound = make.track(make.clip("wind", 0, 70, media=media(make, "w.wav", 0)), name="Wild", kind="Audio")
    timeline, root, again = written(
        make, sound, make.track(make.gap(5), nested), start=otio.opentime.RationalTime(48, 24)
    )
    main = root.find("sequence")
    assert main is not None and main.findtext("timecode/string") == "00:00:02:00"
    assert main.findtext("duration") == "70"
    (clip,) = main.findall("media/video/track/clipitem")
    assert places([clip]) == [(5, 35, 20, 50)]
    assert places(clip.findall("sequence/media/video/track/clipitem")) == [(10, 70, 0, 60)]
    assert [track.get("MZ.TrackName") for track in main.findall("media/audio/track")] == ["Wild"]
    assert shots(again) == shots(timeline)
    assert [(track.name, track.clips[0].record.end) for track in sound_tracks(again)] == [("Wild", Fraction(70, 24))]


@pytest.mark.parametrize(
    ("before", "after", "alignment", "frames", "exact"),
    [(6, 6, "center", (34, 46), True), (5, 6, "center", (35, 46), True), (0, 8, "start", (40, 48), True),
     (8, 0, "end", (32, 40), True), (9, 3, "center", (37, 43), False)],
)  # fmt: skip
def test_transitions(make: Any, before: int, after: int, alignment: str, frames: tuple[int, int], exact: bool) -> None:
    """Clips that a transition joins state no edge there, and as much more of their media as it takes."""
    offsets = [otio.opentime.RationalTime(value, 24) for value in (before, after)]
    mix = otio.schema.Transition("Mix", "SMPTE_Dissolve", *offsets)
    ends = [make.clip(name, 1100, 40, media=media(make)) for name in ("a", "b")]
    timeline, root, again = written(make, make.track(ends[0], mix, ends[1]))
    (item,) = root.iter("transitionitem")
    assert (item.findtext("alignment"), int(item.findtext("start") or ""), int(item.findtext("end") or "")) == (
        alignment, *frames,
    )  # fmt: skip
    head, tail = 40 - frames[0], frames[1] - 40
    assert places(list(root.iter("clipitem"))) == [(0, -1, 100, 140 + tail), (-1, 80, 100 - head, 140)]
    assert shots(again) == shots(timeline)
    assert bool(losses(timeline, Path("out.xml"))) != exact


def test_fades_from_and_to_black(make: Any) -> None:
    fade = otio.schema.Transition(
        "Fade", "SMPTE_Dissolve", *[otio.opentime.RationalTime(count, 24) for count in (0, 8)]
    )
    out = otio.schema.Transition("Out", "SMPTE_Dissolve", *[otio.opentime.RationalTime(count, 24) for count in (6, 0)])
    clip = make.clip("a", 1100, 40, media=media(make))
    timeline, root, again = written(make, make.track(make.gap(10), fade, clip, out))
    items = [
        (item.findtext("alignment"), item.findtext("start"), item.findtext("end"))
        for item in root.iter("transitionitem")
    ]
    assert items == [("start-black", "10", "18"), ("end-black", "44", "50")]
    assert shots(again) == shots(timeline)


def test_what_is_switched_off_stays_and_stays_off(make: Any) -> None:
    clips = [make.clip(name, 1000, 20, media=media(make)) for name in ("on", "off")]
    clips[1].enabled = False
    hidden = make.track(make.clip("hidden", 1000, 20, media=media(make)), name="V2")
    hidden.enabled = False
    _, root, again = written(make, make.track(*clips), hidden)
    assert [clip.findtext("enabled") for clip in root.iter("clipitem")] == ["TRUE", "FALSE", "TRUE"]
    assert [track.findtext("enabled") for track in root.iter("track")] == ["TRUE", "FALSE"]
    assert [shot.clip for shot in again.segments] == ["on"]
    assert len(again.document.find_clips()) == 3


def test_markers_lie_in_the_file_s_frames(make: Any) -> None:
    clip = make.clip("a", 1100, 40, media=media(make))
    clip.markers.append(otio.schema.Marker("here", make.span(1110, 5)))
    track = make.track(clip)
    track.markers.append(otio.schema.Marker("there", make.span(7, 0)))
    timeline, root, again = written(make, track)
    found = {marker.findtext("name"): (marker.findtext("in"), marker.findtext("out")) for marker in root.iter("marker")}
    assert found == {"here": ("110", "115"), "there": ("7", "-1")}
    assert again.document.find_clips()[0].markers[0].marked_range == make.span(1110, 5)
    assert losses(timeline, Path("out.xml")) == (
        "Final Cut Pro 7 XML: 1 marker of tracks moved to the sequence",
        "Final Cut Pro 7 XML: 2 markers without colour",
    )


def test_a_take_between_frames_sounds_on_its_sample(make: Any) -> None:
    """The first clip counts at 30, so the second begins at 1/30 s: frame 0.8 of 24. The nearest is 1, 1/120 s later."""
    first = make.clip("a", 0, 1, 30, media=media(make, start=0, rate=30))
    track = make.track(first, make.clip("b", 1000, 48, media=media(make)), make.clip("c", 1000, 48, media=media(make)))
    timeline = read_timeline(make.save(track))
    assert timeline.rate == 24 and timeline.segments[1].record.start == Fraction(1, 30)
    assert any("in sync to the sample in Premiere" in sentence for sentence in losses(timeline, Path("out.xml")))
    made = between(timeline, make.folder)
    write_timeline(timeline, [made], make.folder / "out.xml")
    clip = next(
        clip for clip in ElementTree.parse(make.folder / "out.xml").iter("clipitem") if clip.findtext("comments/*")
    )
    assert places([clip]) == [(1, 49, 0, 48)]
    assert clip.findtext("pproTicksIn") == str(254_016_000_000 // 120)
    (track_again,) = sound_tracks(read_timeline(make.folder / "out.xml"))
    (heard,) = track_again.clips
    assert heard.record.start - (heard.source.start - heard.start) == made.record.start


def between(timeline: Timeline, folder: Path) -> Take:
    sound = np.full((1, 48_000 * 3), 0.01, np.float32)
    return save_take(stem_of(timeline.segments[1]), timeline, [sound], folder)


def test_rates_that_fcp7_cannot_count(make: Any) -> None:
    track = make.track(make.clip("a", 0, 25, 12.5, media=media(make, start=0, rate=12.5)))
    timeline = read_timeline(make.save(track))
    with pytest.raises(OutputError, match=r"cannot count 12\.5 frames per second"):
        check_output(timeline, make.folder / "out.xml")


def test_media_inside_a_bundle_cannot_be_linked(make: Any) -> None:
    make.movie("film.mp4")
    clip = make.clip("a", 0, 25, 25, media=otio.schema.ExternalReference("film.mp4", make.span(0, 50, 25)))
    write_timeline(read_timeline(make.save(make.track(clip))), [], make.folder / "reel.otioz")
    with pytest.raises(OutputError, match="bundle"):
        check_output(read_timeline(make.folder / "reel.otioz"), make.folder / "out.xml")
