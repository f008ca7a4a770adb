"""Writing back: what is planned is what a reader finds in the written timeline, to the sample."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
from editors import open_editor
from engines import TonesEngine, load_tones
from pytestqt.qtbot import QtBot
from windows import rows_in

from talkies.core.errors import ArgumentError, OutputError
from talkies.core.files.dataclass_json import as_json
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.core.hosts.host import AudioTrack, PlacedClip
from talkies.core.hosts.placement import audio_tracks_of
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import read_bext
from talkies.core.segment import Timeline
from talkies.core.takes.edits import TakeEdit
from talkies.core.takes.levels import mixed
from talkies.core.timeline import read_timeline
from talkies.core.timeline.structure.sounds import SoundClip, sound_tracks
from talkies.core.times import TimeRange
from talkies.core.turnover.from_timeline import takes_in
from talkies.ui.dialogs.write_back_list import WriteBackList
from talkies.ui.player.chunks import SoundChunks
from talkies.ui.player.mix import Mix
from talkies.ui.player.monitor import Monitor
from talkies.ui.work.document import Document
from talkies.ui.work.write_back import plan_write_back, suggested_file, write_file, write_into_host

DAY_SAMPLES = 24 * 3600 * 48_000
"""Timecode begins anew at midnight."""


def tracks_by_name(timeline: Timeline) -> dict[str, tuple[SoundClip, ...]]:
    return {track.name: track.clips for track in sound_tracks(timeline)}


def written_places(out: Path) -> dict[str, tuple[str, TimeRange]]:
    return {clip.name: (track.name, clip.record) for track in sound_tracks(read_timeline(out)) for clip in track.clips}


def test_the_chosen_takes_are_written_where_they_belong(generated: Document, reel: Path) -> None:
    first, second = generated.takes("V1-001")[1:]
    generated.star(first.id)
    plan = plan_write_back(generated)
    out = write_file(plan, suggested_file(plan.timeline))
    assert out == reel.with_name("reel.talkies.otio")
    places = written_places(out)
    assert places == {each.take.id: (track.name, each.place) for track in plan.tracks for each in track.placements}
    assert places[first.id] == ("FX talkies", TimeRange(Fraction(0), Fraction(1)))
    assert second.id not in places
    assert sorted(track.name for track in plan.tracks) == ["DX talkies", "DX talkies 2", "FX talkies"]
    assert suggested_file(plan.timeline) == reel.with_name("reel.talkies-2.otio")


def test_a_take_that_was_kept_is_written_and_not_the_newest(generated: Document) -> None:
    """Kept by a circle, else by having been heard last in a comparison; else it is said that nobody has chosen."""
    older, newer = (take for take in generated.takes("V1-001") if take.stem == "FX")

    def written() -> tuple[str, bool]:
        plan = plan_write_back(generated, ids=["V1-001"])
        (each,) = (each for each in plan.placements if each.take.stem == "FX")
        assert each.rivals == 1
        return each.take.id, any("because it is the newest" in warning for warning in plan.warnings)

    assert written() == (newer.id, True)
    generated.prefer(older.id)
    assert written() == (older.id, False)
    generated.star(newer.id)
    assert written() == (newer.id, False)
    generated.star(newer.id, False)
    assert written() == (older.id, False)
    for _ in range(3):
        generated.undo_stack.undo()
    assert written() == (newer.id, True)


def test_alternatives_sound_as_first_takes_on_the_timeline(generated: Document, reel: Path) -> None:
    """Take 2 is the newest: it is written, and its track is not switched off as that of an alternative."""
    out = write_file(plan_write_back(generated, ids=["V1-002"]), reel.with_name("out.otio"))
    clips = [clip for track in sound_tracks(read_timeline(out)) for clip in track.clips if clip.name.startswith("FX")]
    assert [(clip.name[-3:], clip.enabled) for clip in clips] == [("t02", True)]


def test_gain_and_nudge_are_exact(generated: Document, reel: Path) -> None:
    generated.remove_takes([each.id for each in generated.takes("V1-001")])  # over which it would cross-fade
    take = generated.chosen_takes("V1-002")[-1]
    generated.set_gain([take.id], -20.0)
    generated.change_settings(["V1-002"], level_db=14.0)
    generated.nudge([take.id], -3)
    write_file(plan_write_back(generated), reel.with_name("out.otio"))
    path = reel.with_name("out.takes") / take.path.name
    before, after = read_sound(take.path, mono=False), read_sound(path, mono=False)
    assert after.shape == before.shape
    half_step = 0.5 / (1 << 23)
    assert float(np.abs(before * np.float32(10 ** (-6 / 20)) - after).max()) <= half_step * 1.01
    moved = read_bext(take.path).time_reference - read_bext(path).time_reference
    assert moved % DAY_SAMPLES == 3 * 48_000 // 25
    assert written_places(reel.with_name("out.otio"))[take.id][1] == TimeRange(Fraction(22, 25), Fraction(47, 25))
    assert read_sound(take.path, mono=False).tobytes() == before.tobytes()


def test_a_nudge_between_samples_keeps_the_length_of_the_place(document: Document, tmp_path: Path) -> None:
    """At 24000/1001 a frame is 2002 samples; at 30000/1001 it is 1601.6: the place decides how many there are."""
    from films import write_reel

    write_reel(tmp_path / "ntsc.otio", ["film.mp4"], frames=30, rate=30000 / 1001)
    document.open(tmp_path / "ntsc.otio")
    list(make_takes(TakeRequest.from_mapping({**document.order(), "task": "foley"}), load_engine=load_tones))
    document.find_takes()
    (take,) = document.all_takes
    for frames in (1, 1, 1, 1):
        document.nudge([take.id], frames)
        write_file(plan_write_back(document), tmp_path / "out.otio")
        place = document.take(take.id).place
        covered = TimeRange(place.start - take.head_handle, place.end + take.tail_handle)
        assert read_sound(tmp_path / "out.takes" / take.path.name).shape[1] == covered.samples(48_000)[1]


@pytest.mark.parametrize("suffix", [".otio", ".fcpxml", ".xml", ".mlt", ".kdenlive", ".edl", ".aaf"])
def test_an_edited_take_is_heard_from_every_format_as_in_the_panel(
    generated: Document, reel: Path, suffix: str
) -> None:
    """Trimmed into its handle, cut between frames, faded and moved: to the sample of what the player plays."""
    take = next(take for take in generated.chosen_takes("V1-002") if take.stem == "FX")
    other = next(take for take in generated.chosen_takes("V1-001") if take.stem == "FX")
    frame = Fraction(1, 25)
    generated.edit_takes(
        {
            take.id: TakeEdit(head=-3 * frame, tail=-Fraction(1, 7), fade_in=8 * frame, fade_out=Fraction(1, 9)),
            other.id: TakeEdit(head=2 * frame, tail=5 * frame),
        }
    )
    for segment in ("V1-001", "V1-002"):
        generated.mute_stem(segment, "DX")
    plan = plan_write_back(generated)
    assert [take.id in each and "no handles" in each for each in plan.warnings].count(True) == 1
    assert not any(other.id in each and "no handles" in each for each in plan.warnings)
    out = write_file(plan, reel.with_name(f"out{suffix}"))
    written = takes_in(read_timeline(out))
    frames = {each.name.removesuffix(".wav"): (each.record.start / frame, each.record.end / frame) for each in written}
    assert frames == {other.id: (2, 30), take.id: (22, 47)}

    chunks = SoundChunks()
    monitor = Monitor(generated)
    monitor.set_monitoring(original=False)
    first, count = min(each.record for each in written).samples(48_000)[0], 2 * 48_000
    expected = Mix(chunks, monitor.voices()).block(first, count, wait=True)
    heard = np.concatenate(list(mixed(written)), axis=1)
    np.testing.assert_allclose(heard, expected[:, : heard.shape[1]], atol=2**-21)
    assert not expected[:, heard.shape[1] :].any() and np.abs(expected).max() > 0.01
    chunks.close()


def test_a_nudge_before_the_start_is_cut_there(generated: Document, reel: Path) -> None:
    take = generated.chosen_takes("V1-001")[-1]
    generated.nudge([take.id], -5)
    out = write_file(plan_write_back(generated, ids=["V1-001"]), reel.with_name("out.otio"))
    assert written_places(out)[take.id][1] == TimeRange(Fraction(0), Fraction(20, 25))


def test_muted_takes_are_left_out_and_nothing_is_no_timeline(generated: Document, reel: Path) -> None:
    for segment in ("V1-001", "V1-002"):
        generated.mute_stem(segment, "FX")
    assert {track.stem for track in plan_write_back(generated).tracks} == {"DX"}
    for segment in ("V1-001", "V1-002"):
        generated.mute_stem(segment, "DX")
    with pytest.raises(ArgumentError, match="nothing"):
        write_file(plan_write_back(generated), reel.with_name("out.otio"))
    assert not reel.with_name("out.otio").exists()


def test_too_much_gain_is_told_before(generated: Document) -> None:
    take = generated.chosen_takes("V1-001")[-1]
    generated.set_gain([take.id], 60.0)
    assert any("full scale" in warning for warning in plan_write_back(generated).warnings)


class TestWhereTracksOfOursAre:
    @pytest.fixture
    def again(self, generated: Document, reel: Path) -> Document:
        """The written timeline, open, with the effects of its second shot generated anew."""
        generated.mute_stem("V1-002", "FX")
        out = write_file(plan_write_back(generated), reel.with_name("round.otio"))
        generated.open(out)
        order = TakeRequest.from_mapping({**generated.order(), "task": "foley", "seed": 9})
        list(make_takes(order, load_engine=load_tones))
        generated.find_takes()
        return generated

    def test_new_tracks_come_beside_them(self, again: Document, reel: Path) -> None:
        before = [track.name for track in sound_tracks(again.open_timeline())]
        out = write_file(plan_write_back(again, "new"), reel.with_name("out.otio"))
        assert [track.name for track in sound_tracks(read_timeline(out))] == [*before, "FX talkies 2"]

    def test_they_are_replaced(self, again: Document, reel: Path) -> None:
        plan = plan_write_back(again, "replace")
        assert set(plan.removed) == {"DX talkies", "DX talkies 2", "FX talkies"}
        out = write_file(plan, reel.with_name("out.otio"))
        before, after = tracks_by_name(again.open_timeline()), tracks_by_name(read_timeline(out))
        assert list(after) == ["DX talkies", "DX talkies 2", "FX talkies"]
        for name in ("DX talkies", "DX talkies 2"):  # nothing new was spoken: the words stay
            assert [(clip.name, clip.record) for clip in after[name]] == [
                (clip.name, clip.record) for clip in before[name]
            ]
        assert [clip.record.start for clip in after["FX talkies"]] == [0, 1]
        assert [clip.metadata["seed"] for clip in after["FX talkies"]] == [9, 9]
        document = otio.adapters.read_from_file(str(out))
        assert [track.name for track in document.tracks] == ["V1", "Subtitles", *after]

    @pytest.mark.parametrize("into_editor", [False, True])
    def test_sound_of_shots_that_are_not_chosen_stays(self, again: Document, reel: Path, into_editor: bool) -> None:
        tracks = audio_tracks_of(again.open_timeline()) if into_editor else None
        (kept,) = tracks_by_name(again.open_timeline())["FX talkies"]
        assert kept.metadata["seed"] != 9
        plan = plan_write_back(again, "replace", ["V1-002"], tracks)
        after = tracks_by_name(read_timeline(write_file(plan, reel.with_name("out.otio"))))
        assert [clip.record.start for clip in after["FX talkies"]] == [0, 1]
        assert [clip.metadata["seed"] for clip in after["FX talkies"]] == [kept.metadata["seed"], 9]
        first = after["FX talkies"][0]
        assert first.path is not None and kept.path is not None
        assert first.path != kept.path and first.path.read_bytes() == kept.path.read_bytes()

    def test_a_second_take_that_stays_remains_switched_off(self, again: Document, reel: Path) -> None:
        many = reel.with_name("many.otio")
        request = Request(reel, many, segments=("V1-001",), task="foley", takes=2, background="off")
        list(render(request, load_engine=load_tones))
        again.open(many)
        order = TakeRequest.from_mapping({**again.order(), "task": "foley", "segments": ["V1-002"]})
        list(make_takes(order, load_engine=load_tones))
        again.find_takes()
        plan = plan_write_back(again, "replace", ["V1-002"])
        after = tracks_by_name(read_timeline(write_file(plan, reel.with_name("out.otio"))))
        heard = {(clip.record.start, clip.name, clip.enabled) for clips in after.values() for clip in clips}
        assert sorted((start, enabled) for start, _, enabled in heard) == [(0, False), (0, True), (1, True)]

    def test_what_cannot_be_read_back_is_never_taken_away(self, again: Document) -> None:
        stranger = AudioTrack("FX talkies 7", (PlacedClip("renamed", TimeRange(Fraction(0), Fraction(1))),))
        with pytest.raises(
            ArgumentError, match="would take away renamed, which was not chosen and cannot be read back"
        ):
            plan_write_back(again, "replace", ["V1-002"], [*audio_tracks_of(again.open_timeline()), stranger])

    def test_what_is_there_is_skipped(self, again: Document) -> None:
        plan = plan_write_back(again, "skip")
        assert [take.segment_id for take in plan.skipped] == ["V1-001"]
        assert [each.take.segment_id for each in plan.placements] == ["V1-002"]


def test_a_file_that_cannot_be_written_leaves_nothing(generated: Document, reel: Path) -> None:
    before = sorted(reel.parent.iterdir())
    with pytest.raises(OutputError):
        write_file(plan_write_back(generated), reel.with_name("out.xges"))
    with pytest.raises(OutputError, match="is the input timeline"):
        write_file(plan_write_back(generated), reel)
    assert sorted(reel.parent.iterdir()) == before


def test_takes_go_straight_into_an_editor(generated: Document, reel: Path, tmp_path: Path) -> None:
    assert generated.folder is not None
    with open_editor(reel, tmp_path / "exported") as (host, close):
        plan = plan_write_back(generated, tracks=host.audio_tracks())
        placement = write_into_host(plan, host, generated.folder)
        assert {track.name: [clip.record for clip in track.clips] for track in placement.tracks} == {
            track.name: [each.place for each in track.placements] for track in plan.tracks
        }
        first = {clip.file for track in placement.tracks for clip in track.clips}
        again = plan_write_back(generated, "replace", tracks=host.audio_tracks())
        assert again.removed == tuple(track.name for track in plan.tracks)
        placement = write_into_host(again, host, generated.folder)
        second = {clip.file for track in placement.tracks for clip in track.clips}
        assert first.isdisjoint(second)
        assert all(file is not None and file.is_file() for file in first | second)
        assert host.audio_tracks() == placement.tracks
        skipping = plan_write_back(generated, "skip", tracks=placement.tracks)
        assert len(skipping.skipped) == len(plan.placements)
        before = sorted(generated.folder.rglob("*"))
        close()
        with pytest.raises(OutputError, match="has closed the connection"):
            write_into_host(plan, host, generated.folder)
        assert sorted(generated.folder.rglob("*")) == before


def test_an_order_is_plain_json(generated: Document) -> None:
    assert as_json(generated.order()) == generated.order()


def test_a_take_of_words_that_were_edited_since_is_marked_and_said(generated: Document) -> None:
    (take,) = (take for take in generated.takes("V1-001") if take.stem == "DX")
    others = [each.id for each in generated.all_takes if each.id != take.id]
    assert not any(generated.is_stale(each.id) for each in generated.all_takes)
    generated.edit_cue(0, text="Quite other words.")
    assert generated.is_stale(take.id)
    assert not any(map(generated.is_stale, others))
    assert any(take.id in warning and "edited since" in warning for warning in plan_write_back(generated).warnings)
    generated.undo_stack.undo()
    assert not generated.is_stale(take.id)
    assert not any("edited since" in warning for warning in plan_write_back(generated).warnings)


def test_a_take_in_which_nothing_sounds_is_not_written_and_named(document: Document) -> None:
    order = TakeRequest.from_mapping({**document.order(), "task": "foley"})
    list(make_takes(order, load_engine=lambda *_: Silence()))
    document.find_takes()
    plan = plan_write_back(document)
    assert plan.placements == ()
    assert [warning for warning in plan.warnings if "nothing sounds" in warning]


def test_a_chosen_take_that_is_muted_is_named_before_it_is_left_out(generated: Document) -> None:
    (take,) = (take for take in generated.takes("V1-001") if take.stem == "DX")
    assert not any("muted" in warning for warning in plan_write_back(generated).warnings)
    generated.mute([take.id])
    plan = plan_write_back(generated)
    assert take.id not in {placement.take.id for placement in plan.placements}
    assert [warning for warning in plan.warnings if take.id in warning and "muted" in warning]


class Silence(TonesEngine):
    def sound(self, prepared: Any, **options: Any) -> Iterator[Any]:
        for block in super().sound(prepared, **options):
            yield block * 0


def test_rows_of_the_list_are_equally_high_and_not_cramped(generated: Document, qtbot: QtBot) -> None:
    shown = WriteBackList()
    qtbot.addWidget(shown)
    shown.show_plan(plan_write_back(generated), generated)
    shown.show()
    tracks = rows_in(shown.invisibleRootItem())
    heights = {shown.visualItemRect(row).height() for track in tracks for row in (track, *rows_in(track))}
    assert len(heights) == 1
    assert heights.pop() >= shown.fontMetrics().height() + 6
