"""What comes out: new tracks at the right frames, everything else as it was, and refusals before any work."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import opentimelineio as otio
import pytest
from stems import stem_of

from talkies.core.destinations import WRITERS, check_output, losses, write_timeline
from talkies.core.errors import OutputError, TalkiesError
from talkies.core.segment import StemName, Take, Timeline
from talkies.core.takes.saving import save_take
from talkies.core.timeline import read_timeline
from talkies.core.timeline.formats.otio.splicing import with_tracks, with_urls
from talkies.core.timeline.formats.otio.writer import OtioFile
from talkies.core.timeline.structure.tracks import lanes_of, media_url, plain
from talkies.core.times import TimeRange

time = otio.opentime.RationalTime
INFINITIES = {"Infinity", "-Infinity", "NaN"}


def span(first: float, count: float, rate: float = 25) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(time(first, rate), time(count, rate))


def cut(path: Path, rate: float = 25, start: int | None = None, url: str = "") -> Path:
    """A gap of 5 frames, a shot of 50, a shot of 30."""
    media = otio.schema.ExternalReference(url, span(0, 500, rate)) if url else None
    children = [otio.schema.Gap(source_range=span(0, 5, rate))]
    children += [otio.schema.Clip(f"shot {n}", media, span(10, count, rate)) for n, count in enumerate((50, 30))]
    track = otio.schema.Track("V1", kind="Video", children=children)
    timeline = otio.schema.Timeline("cut", tracks=[track])
    if start is not None:
        timeline.global_start_time = time(start, rate)
    path.parent.mkdir(parents=True, exist_ok=True)
    otio.adapters.write_to_file(timeline, str(path))
    return path


def take(timeline: Timeline, index: int, folder: Path, **options: Any) -> Take:
    sound = np.full(48000 * 60, 0.01, np.float32)
    return save_take(stem_of(timeline.segments[index]), timeline, [sound], folder, **options)


def loads(text: str) -> Any:
    return json.loads(re.sub(r"\bInf\b", "Infinity", text))


def without_ours(document: Any) -> Any:
    document["tracks"]["children"] = [
        track for track in document["tracks"]["children"] if "talkies" not in (track.get("metadata") or {})
    ]
    return document


def test_every_shared_timeline_comes_back_as_it_was(shared_dir: Path, tmp_path: Path) -> None:
    """Compared as JSON, not through OTIO: big integers, infinities, unknown schemas, old versions, key by key."""
    compared = 0
    for path in sorted((shared_dir / "data/timelines").rglob("*.otio")):
        try:
            timeline = read_timeline(path)
        except TalkiesError:
            continue
        takes = [take(timeline, index, tmp_path / "takes") for index in range(min(3, len(timeline.segments)))]
        out = tmp_path / path.name
        write_timeline(timeline, takes, out)
        written = loads(out.read_text())
        assert str(without_ours(written)) == str(loads(path.read_text())), path.name
        again = read_timeline(out)
        assert [segment.record for segment in again.segments] == [segment.record for segment in timeline.segments]
        assert sum(len(track) > 0 for track in again.document.tracks) >= 1
        compared += 1
    assert compared > 15


def test_takes_start_on_their_record_frames(tmp_path: Path) -> None:
    timeline = read_timeline(cut(tmp_path / "cut.otio", 24000 / 1001, 86400))
    handle = 24 / timeline.rate
    takes = [
        take(timeline, 1, tmp_path / "t", handles=(handle, handle)),
        take(timeline, 0, tmp_path / "t"),
    ]
    write_timeline(timeline, takes, tmp_path / "out.otio")
    written = otio.adapters.read_from_file(str(tmp_path / "out.otio"))
    track = written.tracks[-1]
    assert (track.name, track.kind) == ("FX talkies", "Audio")
    ranges = [track.range_of_child(clip) for clip in track.find_clips()]
    assert [(r.start_time.value, r.duration.value) for r in ranges] == [(5, 50), (55, 30)]
    assert {r.start_time.rate for r in ranges} == {24000 / 1001}
    second = list(track.find_clips())[1]
    assert second.available_range() == span(86400 + 55 - 24, 30 + 48, 24000 / 1001)
    assert second.source_range.start_time.value == 86400 + 55
    assert written.duration() == timeline.document.duration()
    assert second.metadata["talkies"]["segment"] == timeline.segments[1].id


def test_the_rate_is_written_as_the_document_writes_it(tmp_path: Path) -> None:
    timeline = read_timeline(cut(tmp_path / "cut.otio", 23.98))
    write_timeline(timeline, [take(timeline, 1, tmp_path)], tmp_path / "out.otio")
    clip = otio.adapters.read_from_file(str(tmp_path / "out.otio")).tracks[-1][-1]
    assert clip.source_range.duration == time(30, 23.98) and clip.source_range.duration.rate == 23.98


def test_a_stack_that_shows_its_tracks_from_later_on(tmp_path: Path) -> None:
    path = cut(tmp_path / "cut.otio")
    document = otio.adapters.read_from_file(str(path))
    document.tracks.source_range = span(20, 60)
    otio.adapters.write_to_file(document, str(path))
    timeline = read_timeline(path)
    assert timeline.segments[0].record == TimeRange(Fraction(0), Fraction(35, 25))
    write_timeline(timeline, [take(timeline, 0, tmp_path)], tmp_path / "out.otio")
    track = otio.adapters.read_from_file(str(tmp_path / "out.otio")).tracks[-1]
    assert track[0].source_range.duration.value == 20


def test_lanes_by_department_number_speaker_and_overlap() -> None:
    def made(stem: StemName, first: int, last: int, number: int = 1, speaker: str = "") -> Take:
        record = TimeRange(Fraction(first), Fraction(last))
        return Take("s", stem, f"{stem}{first}", Path("x.wav"), record, 48000, number=number, speaker=speaker)

    takes = [made("FX", 0, 4), made("FX", 4, 8), made("FX", 3, 5), made("DX", 0, 4, speaker="Bo"), made("FX", 0, 4, 2)]
    takes += [made("DX", 0, 4, speaker="Ann"), made("DX", 6, 8, speaker="Bo"), made("MX", 0, 9)]
    lanes = lanes_of(takes, ["DX talkies", "A1"])
    assert [(lane.name, lane.speaker, lane.number, len(lane.takes)) for lane in lanes] == [
        ("DX talkies 2", "Bo", 1, 2),
        ("DX talkies 3", "Ann", 1, 1),
        ("FX talkies", "", 1, 2),
        ("FX talkies 2", "", 1, 1),
        ("FX talkies 3", "", 2, 1),
        ("MX talkies", "", 1, 1),
    ]
    assert [lane.enabled for lane in lanes] == [True, True, True, True, False, True]


def test_mono_and_stereo_lie_apart_but_in_a_stem() -> None:
    """As of runs before and after effects were stereo: on a stereo track some editors play mono from the left alone."""
    spans = (TimeRange(Fraction(first), Fraction(first + 1)) for first in range(4))
    takes = [
        Take("s", "FX", f"FX{n}", Path("x.wav"), span, 48000, channels=channels)
        for n, (span, channels) in enumerate(zip(spans, (1, 2, 2, 1), strict=True))
    ]
    assert [(lane.channels, [take.name for take in lane.takes]) for lane in lanes_of(takes)] == [
        (1, ["FX0", "FX3"]),
        (2, ["FX1", "FX2"]),
    ]
    (lane,) = lanes_of(takes, mixed=True)
    assert (lane.channels, len(lane.takes)) == (2, 4)


def test_further_takes_are_there_but_do_not_sound(tmp_path: Path) -> None:
    timeline = read_timeline(cut(tmp_path / "cut.otio"))
    write_timeline(timeline, [take(timeline, 0, tmp_path, number=n) for n in (1, 2)], tmp_path / "out.otio")
    tracks = otio.adapters.read_from_file(str(tmp_path / "out.otio")).tracks
    assert [(track.name, track.enabled) for track in tracks][1:] == [("FX talkies", True), ("FX talkies 2", False)]


def test_media_addresses(tmp_path: Path) -> None:
    below = tmp_path / "täke #1" / "a b%.wav"
    assert unquote(media_url(below, tmp_path)) == "täke #1/a b%.wav"
    assert media_url(below, tmp_path) == "t%C3%A4ke%20%231/a%20b%25.wav"
    assert media_url(below, tmp_path / "elsewhere").startswith("file:///")
    assert Path(unquote(media_url(below, None).removeprefix("file://"))) == below


def test_media_are_still_found_from_another_folder(tmp_path: Path) -> None:
    source = cut(tmp_path / "in" / "cut.otio", url="media/shot%201.mov")
    film = tmp_path / "in" / "media" / "shot 1.mov"
    film.parent.mkdir()
    film.write_bytes(b"")
    timeline = read_timeline(source)
    write_timeline(timeline, [], tmp_path / "out" / "cut.otio")
    write_timeline(timeline, [], tmp_path / "in" / "other.otio")
    moved = otio.adapters.read_from_file(str(tmp_path / "out" / "cut.otio")).tracks[0][1].media_reference.target_url
    assert moved == film.as_uri()
    assert (tmp_path / "in" / "other.otio").read_text() == source.read_text()


@pytest.mark.parametrize("suffix", [".otioz", ".otiod"])
def test_bundles_carry_their_media(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "in").mkdir()
    film = tmp_path / "in" / "film.mov"
    film.write_bytes(b"film")
    (tmp_path / "in" / "secret.txt").write_text("secret")
    timeline = read_timeline(cut(tmp_path / "in" / "cut.otio", url="film.mov"))
    made = [take(timeline, 0, tmp_path / "takes"), take(timeline, 1, tmp_path / "takes")]
    first = tmp_path / f"one{suffix}"
    write_timeline(timeline, made, first)
    again = read_timeline(first)
    assert len(again.segments) == 2
    second = tmp_path / f"two{suffix}"
    write_timeline(again, [take(again, 0, tmp_path / "takes")], second)
    if suffix == ".otioz":
        names = set(zipfile.ZipFile(second).namelist())
        assert zipfile.ZipFile(second).testzip() is None
    else:
        names = {path.relative_to(second).as_posix() for path in second.rglob("*") if path.is_file()}
    wavs = {f"media/{one.path.name}" for one in made} | {f"media/{made[0].path.stem}-2.wav"}
    assert names == {"content.otio", "version.txt", "media/film.mov", *wavs}
    last = read_timeline(second)
    urls = [unquote(clip.media_reference.target_url) for clip in last.document.find_clips()]
    assert len(urls) == 5 and set(urls) <= names
    assert not list(tmp_path.glob("*.part"))


def test_a_stranger_s_timeline_takes_no_other_files_along(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("secret")
    timeline = read_timeline(cut(tmp_path / "cut.otio", url="secret.key"))
    write_timeline(timeline, [], tmp_path / "out.otioz")
    assert set(zipfile.ZipFile(tmp_path / "out.otioz").namelist()) == {"content.otio", "version.txt"}


def test_a_timeline_within_a_collection(tmp_path: Path) -> None:
    path = cut(tmp_path / "cut.otio")
    inner = otio.adapters.read_from_file(str(path))
    bin_ = otio.schema.SerializableCollection("bin", [otio.schema.Clip("loose"), inner])
    otio.adapters.write_to_file(bin_, str(path))
    timeline = read_timeline(path)
    write_timeline(timeline, [take(timeline, 0, tmp_path)], tmp_path / "out.otio")
    assert len(read_timeline(tmp_path / "out.otio").segments) == 2


def test_a_bare_track_becomes_a_timeline(tmp_path: Path) -> None:
    path = cut(tmp_path / "cut.otio")
    otio.adapters.write_to_file(otio.adapters.read_from_file(str(path)).tracks[0], str(path))
    timeline = read_timeline(path)
    write_timeline(timeline, [take(timeline, 0, tmp_path)], tmp_path / "out.otio")
    again = read_timeline(tmp_path / "out.otio")
    assert [track.name for track in again.document.tracks] == ["V1", "FX talkies"]


def test_a_document_that_changed_since_it_was_read(tmp_path: Path) -> None:
    path = cut(tmp_path / "cut.otio")
    timeline = read_timeline(path)
    path.write_text("gone")
    write_timeline(timeline, [take(timeline, 0, tmp_path)], tmp_path / "out.otio")
    assert len(read_timeline(tmp_path / "out.otio").segments) == 2


def test_splicing_leaves_every_other_byte() -> None:
    stack = '{"x": [1.50, 1e9, Inf, -Inf, "a: Inf]"], "children":[ ] ,"é": "\\ud83d"}'
    text = f'{{ "tracks" : {stack}, "OTIO_SCHEMA":"Timeline.1" }}'
    spliced = with_tracks(text, [{"a": 1}])
    assert spliced is not None
    at = text.index("[ ]") + 1
    assert spliced.startswith(text[:at]) and spliced.endswith(text[at + 1 :])
    assert with_tracks('{"OTIO_SCHEMA": "Clip.1"}', [{}]) is None
    assert with_tracks("no JSON", [{}]) is None
    assert (
        with_urls('{"target_url" : "a\\/b", "other": "a/b"}', lambda url, base: url)
        == '{"target_url" : "a\\/b", "other": "a/b"}'
    )
    assert with_urls('{"target_url" : "a\\/b"}', lambda url, base: url.upper()) == '{"target_url" : "A/B"}'


def test_metadata_is_made_plain() -> None:
    given = {"seed": 2**63, "path": Path("a"), "t": Fraction(1, 3), "x": float("nan"), "n": [1, (True, None)]}
    assert plain(given) == {"seed": str(2**63), "path": "a", "t": "1/3", "x": None, "n": [1, [True, None]]}


REFUSALS = [
    ("cut.otio", "is the input timeline"),
    ("sub/../cut.otio", "is the input timeline"),
    ("out.xges", "read, but not written"),
    ("out.mp4", "is not a timeline format"),
    ("out", "is not a timeline format"),
    ("folder.otio", "is a folder"),
    ("folder.otiod", "is a folder"),
    ("file/out.otio", "is not a folder"),
    ("/proc/out.otio", "is not writable"),
]


@pytest.mark.parametrize(("name", "sentence"), REFUSALS)
def test_refused_before_anything_is_made(tmp_path: Path, name: str, sentence: str) -> None:
    timeline = read_timeline(cut(tmp_path / "cut.otio"))
    for folder in ("folder.otio", "folder.otiod", "sub"):
        (tmp_path / folder).mkdir()
    (tmp_path / "file").write_text("")
    before = sorted(tmp_path.rglob("*"))
    acts: tuple[Callable[[], object], ...] = (
        lambda: check_output(timeline, tmp_path / name),
        lambda: write_timeline(timeline, [], tmp_path / name),
    )
    for act in acts:
        with pytest.raises(OutputError, match=sentence) as caught:
            act()
        assert "\n" not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_half_written_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = read_timeline(cut(tmp_path / "cut.otio"))
    (tmp_path / "out.otio").write_text("before")

    def full(self: Path, data: bytes) -> int:
        self.open("wb").close()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="no space left on device"):
        write_timeline(timeline, [], tmp_path / "out.otio")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut.otio", "out.otio"]
    assert (tmp_path / "out.otio").read_text() == "before"


def test_the_longest_known_ending_picks_the_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Forgetful(OtioFile):
        def losses(self, timeline: Timeline) -> tuple[str, ...]:
            return ("forgets everything",)

    monkeypatch.setitem(WRITERS, ".editor.otio", Forgetful())
    timeline = read_timeline(cut(tmp_path / "cut.otio"))
    assert losses(timeline, tmp_path / "cut.v2.Editor.OTIO") == ("forgets everything",)
    assert losses(timeline, tmp_path / "cut.v2.otio") == ()
    with pytest.raises(OutputError, match="is not a timeline format"):
        losses(timeline, tmp_path / "cut.editor.txt")
