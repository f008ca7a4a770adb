"""What Resolve is known to do behind one's back, against both of its editions; the answers are known by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import fake_resolve
import numpy as np
import pytest
from free_edition import FreeEdition
from hypothesis import given
from hypothesis import strategies as st
from known_timelines import Known

from talkies.core import times
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import write_bwf
from talkies.plugin.resolve.inside.editor import Editor
from talkies.plugin.resolve.inside.frames import Clock, exact_rate
from talkies.plugin.resolve.inside.session import answer

PAL = Known("25 from one hour", Fraction(25), 90_000)
Ask = Callable[..., dict[str, Any]]


class Opened:
    """A Resolve with a timeline at 25, and a way to ask it. ``ask`` gives the result, ``refused`` the sentence."""

    def __init__(self, resolve: fake_resolve.Resolve, say: Callable[[str], str], folder: Path) -> None:
        self.resolve, self._say, self.folder = resolve, say, folder
        assert resolve.timeline is not None
        self.timeline, self.world = resolve.timeline, resolve.world

    def say(self, method: str, **params: Any) -> dict[str, Any]:
        return dict(json.loads(self._say(json.dumps({"id": 1, "method": method, "params": params}))))

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        answer = self.say(method, **params)
        assert "result" in answer, answer
        return dict(answer["result"])

    def refused(self, method: str, **params: Any) -> str:
        return str(self.say(method, **params)["error"]["message"])

    def takes(self, count: int = 2, enabled: bool = True, name: str = "FX talkies") -> dict[str, Any]:
        """``count`` clips of one second after another from the second second on, each with a second of head."""
        clips = []
        for number in range(count):
            facts = {"start": str(2 + number), "duration": "1", "head_handle": "1", "tail_handle": "0"}
            file = self.file(f"{name[:2]}{number}", Fraction(2))
            clips.append({"name": file.stem, "file": str(file), "metadata": {"prompt": "gravel"}, **facts})
        return {"name": name, "stem": "FX", "channels": 1, "enabled": enabled, "clips": clips}

    def file(self, name: str, seconds: Fraction) -> Path:
        """A sound in which every sample is another one."""
        count = int(seconds * 48_000)
        write_bwf(self.folder / f"{name}.wav", [np.linspace(-0.9, 0.9, count, dtype=np.float32)[None]], count=count)
        return self.folder / f"{name}.wav"

    @property
    def bin(self) -> list[str]:
        return [clip.GetName() for folder in self.resolve.pool.root.folders for clip in folder.clips]

    @property
    def names(self) -> list[str]:
        return [track.name for track in self.timeline.tracks["audio"]]


@pytest.fixture(params=["studio", "free edition"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    free = FreeEdition.opened(PAL, tmp_path)
    if request.param == "studio":
        editor = Editor(free.resolve)
        yield Opened(free.resolve, lambda line: json.dumps(answer(editor, line)), tmp_path)
        return
    menu, transport = free.menu(), free.transport()
    transport.connect()

    def say(line: str) -> str:
        transport.requests.write(line)
        return transport.answers.readline()

    yield Opened(free.resolve, say, tmp_path)
    transport.close()
    assert menu.ended()
    assert free.resolve.world.dialogs == []


def test_ends_are_exclusive_and_records_absolute(opened: Opened) -> None:
    opened.ask("add_takes", tracks=[opened.takes()], remove=[])
    items = opened.timeline.tracks["audio"][1].items
    assert [(item.start, item.frames, item.source) for item in items] == [(90_050, 25, 25), (90_075, 25, 25)]


def test_a_file_counts_at_the_projects_rate_until_it_is_told(opened: Opened) -> None:
    assert opened.world.fps == 24
    assert opened.ask("add_takes", tracks=[opened.takes()], remove=[])["warnings"] == []
    (folder,) = opened.resolve.pool.root.folders
    assert {clip.facts["FPS"] for clip in folder.clips} == {25.0}


def test_a_file_that_keeps_its_rate_is_placed_as_well_as_it_goes(opened: Opened) -> None:
    """24 frames of the file are a second, as 25 of the timeline are: what is whole in both stays exact."""
    opened.world.locked_fps = True
    assert opened.ask("add_takes", tracks=[opened.takes()], remove=[])["warnings"] == []
    items = opened.timeline.tracks["audio"][1].items
    assert [(item.start, item.frames, item.source) for item in items] == [(90_050, 25, 24), (90_075, 25, 24)]


def test_what_a_locked_rate_cannot_hold_is_said(opened: Opened) -> None:
    opened.world.locked_fps = True
    track = opened.takes()
    for clip in track["clips"]:
        clip["head_handle"], clip["duration"] = "13/25", "24/25"  # 12.48 and 23.04 frames of the file
    warnings = opened.ask("add_takes", tracks=[track], remove=[])["warnings"]
    assert ["is 20 ms off its position" in sentence for sentence in warnings] == [True, True]
    assert [(item.start, item.frames) for item in opened.timeline.tracks["audio"][1].items] == [
        (90_050, 23),  # and none reaches into the next one, which would be dropped
        (90_075, 23),
    ]


def test_a_clip_that_is_dropped_without_a_word_is_missed(opened: Opened) -> None:
    opened.world.drops_last = True
    sentence = opened.refused("add_takes", tracks=[opened.takes()], remove=[])
    assert sentence.startswith("FX0: DaVinci Resolve dropped it silently")
    assert (opened.names, opened.bin, opened.timeline.markers) == (["Wild track"], [], {})


def test_nothing_happens_while_a_dialog_is_open(opened: Opened) -> None:
    opened.world.dialog = True
    assert "close open dialogs" in opened.refused("add_takes", tracks=[opened.takes()], remove=[])
    assert "close open dialogs" in opened.refused("read_timeline", folder=str(opened.folder))
    assert opened.names == ["Wild track"]
    opened.world.dialog = False
    opened.ask("add_takes", tracks=[opened.takes()], remove=[])
    assert opened.names == ["Wild track", "FX talkies"]
    opened.world.dialog = True
    assert "close open dialogs" in opened.refused("undo")
    opened.world.dialog = False
    opened.ask("undo")
    assert opened.names == ["Wild track"]


def test_a_file_is_imported_once(opened: Opened) -> None:
    for _ in range(2):
        opened.ask("add_takes", tracks=[opened.takes()], remove=[])
    assert opened.bin == ["FX0", "FX1"]
    opened.ask("undo")
    assert len(opened.bin) == 2, "the first tracks still use them"
    opened.ask("undo")
    assert opened.bin == []


def test_the_users_bin_stays_in_view_and_metadata_is_kept(opened: Opened) -> None:
    opened.ask("add_takes", tracks=[opened.takes()], remove=[])
    assert opened.resolve.pool.shown is opened.resolve.pool.root
    (folder,) = opened.resolve.pool.root.folders
    assert folder.name == "Talkies"
    assert json.loads(folder.clips[0].metadata["talkies"]) == {"prompt": "gravel"}


def test_other_takes_are_there_and_silent(opened: Opened) -> None:
    opened.ask("add_takes", tracks=[opened.takes(enabled=False)], remove=[])
    track = opened.timeline.tracks["audio"][1]
    assert not track.enabled
    assert [item.enabled for item in track.items] == [False, False]


def test_what_the_user_put_on_our_track_survives_undo(opened: Opened) -> None:
    opened.ask("add_takes", tracks=[opened.takes()], remove=[])
    track = opened.timeline.tracks["audio"][1]
    (wind,) = opened.timeline.tracks["audio"][0].items
    mine = fake_resolve.Item(opened.world, wind.medium, 90_110, 10, 0)
    track.items.append(mine)
    opened.ask("undo")
    assert opened.names == ["Wild track", "FX talkies"]
    assert track.items == [mine]


def test_a_marker_for_each_take_and_none_of_the_users_is_touched(opened: Opened) -> None:
    opened.timeline.AddMarker(75, "Red", "mine", "", 1, "")
    opened.ask("add_takes", tracks=[opened.takes(1, name="DX talkies"), opened.takes()], remove=[])
    markers = opened.timeline.markers
    assert set(markers) == {50, 75}
    assert markers[50]["note"] == "DX0, FX0"
    assert markers[75]["name"] == "mine"
    opened.ask("undo")
    assert set(opened.timeline.markers) == {75}


def test_replacing_takes_markers_along_and_undo_brings_them_back(opened: Opened) -> None:
    opened.ask("add_takes", tracks=[opened.takes()], remove=[])
    before = dict(opened.timeline.markers)
    opened.ask("add_takes", tracks=[opened.takes(1)], remove=["FX talkies"])
    assert set(opened.timeline.markers) == {50}
    assert opened.names == ["Wild track", "FX talkies"]
    opened.ask("undo")
    assert opened.timeline.markers == before


def test_markers_that_fail_leave_the_sound_and_its_undo(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no markers today")

    monkeypatch.setattr(fake_resolve.Timeline, "AddMarker", fail)
    opened.ask("add_takes", tracks=[opened.takes()], remove=[])
    assert opened.names == ["Wild track", "FX talkies"]
    opened.ask("undo")
    assert opened.names == ["Wild track"]


def test_before_version_19_a_track_is_asked_for_by_its_kind(opened: Opened) -> None:
    opened.world.is_old = True
    opened.ask("add_takes", tracks=[opened.takes()], remove=[])
    assert [track.kind for track in opened.timeline.tracks["audio"]] == ["stereo", "mono"]


def test_undo_wants_the_timeline_that_was_worked_on(opened: Opened) -> None:
    opened.ask("add_takes", tracks=[opened.takes()], remove=[])
    opened.timeline.identity, before = "another", opened.timeline.identity
    assert "another timeline is shown" in opened.refused("undo")
    opened.timeline.identity = before
    opened.ask("undo")


def test_without_a_timeline_one_sentence_says_so(opened: Opened) -> None:
    opened.resolve.timeline = None
    for method in ("read_timeline", "audio_tracks", "undo", "move_playhead"):
        answer = opened.say(method, folder=str(opened.folder), position="0")["error"]
        if method != "undo":  # nothing was done, which is said first
            assert answer["kind"] == "TimelineError" and "open one on the Edit page" in answer["message"]


def test_a_resolve_without_otio_is_too_old(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake_resolve.Resolve, "EXPORT_OTIO", None)
    assert "needs version 18.5 or later" in opened.refused("read_timeline", folder=str(opened.folder))


def test_each_timeline_has_a_file_of_its_own(opened: Opened) -> None:
    first, again = (opened.ask("read_timeline", folder=str(opened.folder))["timeline"] for _ in range(2))
    opened.timeline.identity = "another of the same name"
    other = opened.ask("read_timeline", folder=str(opened.folder))["timeline"]
    assert first == again != other
    assert Path(first).name.startswith("Silents 192627 - Reel 1 ") and Path(first).parent == opened.folder


@pytest.mark.parametrize("carried", [False, True])
def test_subtitles_are_there_once_whether_the_export_carries_them_or_not(opened: Opened, carried: bool) -> None:
    opened.world.subtitles_exported = carried
    path = opened.ask("read_timeline", folder=str(opened.folder))["timeline"]
    tracks = json.loads(Path(path).read_text(encoding="utf-8"))["tracks"]["children"]
    (track,) = (track for track in tracks if track["kind"] == "Subtitle")
    clips = [child for child in track["children"] if child["OTIO_SCHEMA"].startswith("Clip")]
    assert [clip["name"] for clip in clips] == ["ANNA: Hello there.", "[door slams]"]


def test_a_take_that_begins_between_frames_is_copied_onto_one(opened: Opened) -> None:
    """Half a frame of head is cut off, 960 samples; the file's own timecode moves along."""
    track = opened.takes(1)
    file = opened.file("odd", Fraction(51, 50))
    track["clips"][0].update(name="odd", file=str(file), head_handle="1/50")
    opened.ask("add_takes", tracks=[track], remove=[])
    (item,) = opened.timeline.tracks["audio"][1].items
    assert item.medium is not None and item.medium.path.name == file.name
    assert item.source == 0
    old, new = read_sound(file), read_sound(item.medium.path)
    assert new.shape[1] == old.shape[1] - 960
    assert (new == old[:, 960:]).all()
    assert (time_reference(file), time_reference(item.medium.path)) == (0, 960)


def time_reference(path: Path) -> int:
    """Samples since midnight: eight bytes after 338 of text in the bext chunk (EBU Tech 3285)."""
    content = path.read_bytes()
    first = content.index(b"bext") + 8 + 338
    return int.from_bytes(content[first : first + 8], "little")


def test_a_take_that_does_not_fill_its_last_frame_is_copied_with_silence(opened: Opened) -> None:
    """At 29.97 a frame has 1601.6 samples: 24 of them are 38438.4."""
    opened.timeline.rate, opened.timeline.stated = Fraction(30000, 1001), 29.97
    track = opened.takes(1)
    file = opened.file("short", Fraction(38_438, 48_000))
    track["clips"][0].update(name="short", file=str(file), start="0", head_handle="0", duration="1001/1250")
    opened.ask("add_takes", tracks=[track], remove=[])
    (item,) = opened.timeline.tracks["audio"][1].items
    assert item.frames == 24 and item.medium is not None
    old, new = read_sound(file), read_sound(item.medium.path)
    assert (new[:, :38_438] == old).all() and new[:, 38_438:].tolist() == [[0.0]]


def test_the_playhead_crosses_a_minute_of_drop_frame(opened: Opened) -> None:
    """After 00:00:59;29 comes 00:01:00;02."""
    opened.timeline.rate, opened.timeline.stated = Fraction(30000, 1001), 29.97
    shift = 1790 - opened.timeline.start
    opened.timeline.drop_frame, opened.timeline.start, opened.timeline.at = True, 1790, 1790
    for tracks in opened.timeline.tracks.values():
        for item in (item for track in tracks for item in track.items):
            item.start += shift
    for frame, timecode in ((9, "00:00:59;29"), (10, "00:01:00;02")):
        opened.ask("move_playhead", position=str(frame * Fraction(1001, 30000)))
        assert opened.timeline.GetCurrentTimecode() == timecode


def test_the_playhead_that_does_not_move_is_noticed(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake_resolve.Timeline, "SetCurrentTimecode", lambda *_: True)
    assert "did not go to 01:00:02:00" in opened.refused("move_playhead", position="2")


@given(st.integers(0, 5_000_000), st.sampled_from([(24, False), (30, True), (60, True), (24, True)]))
def test_timecode_is_that_of_the_standard(frame: int, counting: tuple[int, bool]) -> None:
    nominal, ntsc = counting
    rate = Fraction(nominal * 1000, 1001) if ntsc else Fraction(nominal)
    drop_frame = ntsc and nominal != 24
    assert Clock(rate, 0, drop_frame).timecode(frame) == times.timecode(frame / rate, rate, drop_frame)


@pytest.mark.parametrize(
    ("stated", "rate"),
    [
        (24.0, Fraction(24)),
        ("25", Fraction(25)),
        ("23.976", Fraction(24000, 1001)),
        (29.97, Fraction(30000, 1001)),
        ("29.97 DF", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        (47.952, Fraction(48000, 1001)),
        ("16", Fraction(16)),
        ("", None),
        (None, None),
        ("0", None),
    ],
)
def test_rates_are_what_they_stand_for(stated: Any, rate: Fraction | None) -> None:
    assert exact_rate(stated) == rate
