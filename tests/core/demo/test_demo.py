"""The demo film: read back with PyAV and our own timeline reader."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

import av
import cv2
import cv2.data
import numpy as np
import pytest

from talkies.core.demo import FILM_NAME, TIMELINE_NAME, demo_events, render_demo_film
from talkies.core.demo.script import CLIPS, SUBTITLES
from talkies.core.errors import OutputError
from talkies.core.timeline import read_timeline


@pytest.fixture(scope="module")
def timeline_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render_demo_film(tmp_path_factory.mktemp("demo") / "new" / "folder")


@pytest.fixture(scope="module")
def pictures(timeline_path: Path) -> list[np.ndarray]:
    with av.open(str(timeline_path.parent / FILM_NAME)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def test_film_is_silent_and_long_enough(timeline_path: Path, pictures: list[np.ndarray]) -> None:
    with av.open(str(timeline_path.parent / FILM_NAME)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        stream = container.streams.video[0]
        assert stream.average_rate == 25
        assert (stream.width, stream.height) == (640, 360)
    assert len(pictures) == CLIPS[-1].end * 25 >= 15 * 25
    assert sorted(path.name for path in timeline_path.parent.iterdir()) == [TIMELINE_NAME, FILM_NAME]


def test_timeline_reads_back(timeline_path: Path) -> None:
    timeline = read_timeline(timeline_path)
    assert [segment.clip for segment in timeline.segments] == ["Workshop", "Gravel path", "Portrait"]
    assert not timeline.warnings
    assert all(segment.picture and segment.picture.path.is_file() for segment in timeline.segments)
    assert timeline.duration == CLIPS[-1].end
    assert [(cue.kind, cue.range.start, cue.range.end) for cue in timeline.cues] == [
        ("speech" if subtitle.syllables else "sound", subtitle.start, subtitle.end) for subtitle in SUBTITLES
    ]
    assert [cue.text for cue in timeline.cues if cue.kind == "speech"] == [s.text for s in SUBTITLES if s.syllables]


def test_events_lie_in_their_shots(pictures: list[np.ndarray]) -> None:
    events = demo_events()
    assert list(events) == sorted(events)
    workshop, path, portrait = CLIPS
    assert {event.tags[-1] for event in events if event.time < workshop.end} == {"wood", "tool_machine"}
    assert {event.tags for event in events if path.start <= event.time < path.end} == {("footsteps", "gravel")}
    assert not [event for event in events if event.time >= portrait.start]
    assert len(events) > 20


def test_hammer_stops_at_its_events(pictures: list[np.ndarray]) -> None:
    left = [picture[:, :300].astype(int) for picture in pictures[:175]]
    motion = [np.abs(b - a).mean() for a, b in pairwise(left)]
    for event in demo_events():
        if event.material == "metal":
            number = int(event.time * 25)
            near = motion[number - 3 : number + 6]
            assert int(np.argmax(near)) <= 3, "the picture changes most before the blow, up to its frame"
            assert motion[number + 1] < 0.8 * max(near)


def test_mouth_moves_only_in_the_lines(pictures: list[np.ndarray]) -> None:
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_alt2.xml")
    start = int(CLIPS[2].start * 25)
    faces = [cascade.detectMultiScale(picture, 1.1, 3) for picture in pictures[start::20]]
    assert all(len(found) == 1 for found in faces), "a face detector sees the head in every picture"
    x, y, wide, high = faces[0][0]
    mouths = [p[y + int(0.68 * high) : y + int(0.92 * high), x + wide // 4 : x + 3 * wide // 4] for p in pictures]
    dark = np.array([(mouth < 70).mean() for mouth in mouths])
    spoken = np.zeros(len(pictures), bool)
    for subtitle in SUBTITLES:
        if subtitle.syllables:
            spoken[int(subtitle.start * 25) + 2 : int(subtitle.end * 25) - 2] = True
            opened = dark[int(subtitle.start * 25) : int(subtitle.end * 25)] > dark[start] + 0.012
            peaks = np.sum(np.diff(opened.astype(int)) == 1)
            assert peaks >= len(subtitle.syllables) * 0.6, "most syllables open it once"
    resting = ~spoken
    resting[:start] = False
    assert dark[spoken].max() > dark[start] + 0.02
    for second in (Fraction("13.2"), Fraction("16.5"), Fraction("20.5")):
        assert abs(dark[int(second * 25)] - dark[start]) < 0.012


def test_drawn_the_same_again(timeline_path: Path, tmp_path: Path) -> None:
    from talkies.core.demo.film import film_frames
    from talkies.core.demo.script import write_timeline_file

    first, second = (list(islice(film_frames(), 30)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    again = write_timeline_file(tmp_path / TIMELINE_NAME, FILM_NAME)
    assert again.read_bytes() == timeline_path.read_bytes()


def test_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("here before")
    with pytest.raises(OutputError):
        render_demo_film(tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "here before"
