"""One suite that every host passes: what an editor must do for talkies, checked with answers known independently.

How to test a new host: subclass :class:`HostSuite` in a test module and say how your editor is opened.

    class TestMyEditor(HostSuite):
        @contextmanager
        def opened(self, known: Known, folder: Path) -> Iterator[Host]:
            editor = start_my_editor(known.write(folder))   # or build the cuts of known_timelines.py in it yourself
            yield MyHost(editor)
            editor.quit()

``known.write(folder)`` writes ``known.otio`` with its film and its sound; an editor that opens no ``.otio`` builds the
same from ``PICTURE, INSERTS, WORDS, WILD``. What your editor cannot have at all goes into ``lacks`` with the reason.
An editor that can mix its timeline down also subclasses :class:`HeardSuite`: then the takes are heard where they lie;
one that takes portraits ``PictureSuite`` (picture_suite.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import pytest
from known_timelines import CLICK, KNOWN, NTSC, SAMPLE_RATE, Known

from talkies.core.errors import MediaError, OutputError
from talkies.core.hosts.host import AudioTrack, Host
from talkies.core.media.sound import read_sound
from talkies.core.segment import Take, Timeline
from talkies.core.takes.edited import write_edited
from talkies.core.takes.edits import TakeEdit
from talkies.core.times import TimeRange, to_sample
from talkies.ui.work.carried import carried_over

Lacking = Literal["start", "drop_frame", "cues", "files"]
"""A start timecode; timecode that says it drops frames; subtitles; the files of clips, told when tracks are read."""

Places = dict[str, list[TimeRange]] | list[list[TimeRange]]


class Opening:
    """What a subclass says of its host."""

    lacks: ClassVar[Mapping[Lacking, str]] = {}

    def opened(self, known: Known, folder: Path) -> AbstractContextManager[Host]:
        """The host with a known timeline open in it; ``folder`` is empty and the test's own."""
        raise NotImplementedError("say how the editor is opened")

    @pytest.fixture
    def known(self) -> Known:
        return NTSC

    @pytest.fixture
    def takes(self, known: Known, tmp_path: Path) -> list[Take]:
        return self.make_takes(known, tmp_path, 0)

    @pytest.fixture
    def more_takes(self, known: Known, tmp_path: Path) -> list[Take]:
        return self.make_takes(known, tmp_path, 1)

    @pytest.fixture
    def events(self, known: Known, tmp_path: Path) -> list[Take]:
        (tmp_path / "events").mkdir()
        return known.events(tmp_path / "events")

    @staticmethod
    def make_takes(known: Known, folder: Path, seed: int) -> list[Take]:
        (folder / "takes").mkdir(exist_ok=True)
        return known.takes(folder / "takes", seed)

    @pytest.fixture
    def host(self, known: Known, tmp_path: Path) -> Iterator[Host]:
        folder = tmp_path / "editor"
        folder.mkdir()
        with self.opened(known, folder) as host:
            yield host


class ReadingSuite(Opening):
    """What a host says of the timeline that is open."""

    @pytest.mark.parametrize("known", KNOWN, ids=str)
    def test_the_timeline_is_read_exactly(self, host: Host, known: Known) -> None:
        assert isinstance(host, Host) and host.name
        timeline = host.read_timeline()
        assert timeline.rate == known.rate
        assert timeline.duration == known.duration
        assert timeline.start == (0 if "start" in self.lacks else known.start)
        assert timeline.drop_frame == (known.drop_frame and "drop_frame" not in self.lacks)
        assert {each.clip: (each.record, each.source) for each in timeline.segments} == known.pictures
        assert all(each.picture is not None and each.picture.path.is_file() for each in timeline.segments)
        assert len({each.id for each in timeline.segments}) == len(known.pictures)
        if "cues" not in self.lacks:
            assert timeline.cues == known.cues
            assert [cue.text for cue in timeline.segments[0].cues] == ["Hello there."]

    def test_the_audio_tracks_are_listed(self, host: Host, known: Known) -> None:
        (track,) = host.audio_tracks()
        assert track.name
        (clip,) = track.clips
        assert clip.record == known.wild
        assert "wind" in clip.name
        if "files" not in self.lacks:
            assert clip.file is not None and clip.file.name == "wind.wav" and clip.file.is_file()

    def test_the_playhead_moves(self, host: Host, known: Known) -> None:
        for position in (Fraction(0), known.seconds(60), known.duration):
            host.move_playhead(position)


class PlacingSuite(Opening):
    """What a host does with takes. ``keeps_names``: whether tracks are called in it what we call them."""

    keeps_names = True

    def test_takes_lie_where_they_belong_and_what_was_there_stays(self, host: Host, takes: list[Take]) -> None:
        before, timeline = host.audio_tracks(), host.read_timeline()
        placement = host.add_takes(takes)
        effects, effects_again, other, anna, boris = takes
        wanted = {
            "DX talkies": [anna.record],
            "DX talkies 2": [boris.record],
            "FX talkies": [effects.record, effects_again.record],
            "FX talkies 2": [other.record],
        }
        assert self.places(placement.tracks) == self.named(wanted)
        assert (placement.removed, placement.skipped) == ((), ())
        said = " ".join(placement.warnings)
        assert not any(take.name in said for take in takes)
        after, again = host.audio_tracks(), host.read_timeline()
        assert (facts(after[: len(before)]) == facts(before)) != ("track names" in said)
        assert self.places(after) == self.named({track.name: records(track) for track in before} | wanted)
        assert (again.rate, again.duration) == (timeline.rate, timeline.duration)
        assert (again.start == timeline.start) != ("timecode" in said)
        assert (shots(again) == shots(timeline)) != ("clips are called" in said)
        assert [each.record for each in again.segments] == [each.record for each in timeline.segments]
        assert again.cues == timeline.cues or "subtitle" in said  # words that become markers are read again, too

    def test_sections_of_a_score_join_across_the_cuts_and_other_takes_lie_apart(
        self, host: Host, known: Known, tmp_path: Path
    ) -> None:
        (tmp_path / "score").mkdir()
        first, second, other = known.score(tmp_path / "score")
        placement = host.add_takes([first, second, other])
        wanted = {"MX talkies": [first.record, second.record], "MX talkies 2": [other.record]}
        assert self.places(placement.tracks) == self.named(wanted)
        assert first.record.end == second.record.start

    def test_the_clips_are_the_takes(self, host: Host, takes: list[Take]) -> None:
        for track in host.add_takes(takes).tracks:
            for clip in track.clips:
                (take,) = (take for take in takes if take.name in (clip.name, Path(clip.name).stem))
                if clip.file is not None:
                    assert clip.file.name.startswith(take.path.stem) and clip.file.is_file()

    def test_names_do_not_collide(self, host: Host, takes: list[Take], more_takes: list[Take]) -> None:
        first = host.add_takes(takes)
        second = host.add_takes(more_takes)
        tracks = host.audio_tracks()
        assert len(tracks) == len({track.name for track in tracks}) == 1 + 4 + 4
        assert self.places(tracks[1:]) == self.named(
            {track.name: records(track) for track in (*first.tracks, *second.tracks)}
        )
        if self.keeps_names:
            assert [track.name for track in tracks[5:]] == [
                *("DX talkies 3", "DX talkies 4", "FX talkies 3", "FX talkies 4")
            ]

    def test_ours_are_replaced_and_no_others(self, host: Host, takes: list[Take], more_takes: list[Take]) -> None:
        (wild,) = host.audio_tracks()
        host.add_takes(takes)
        placement = host.add_takes(more_takes[:1], "replace")
        assert len(placement.removed) == 4
        assert all(name.startswith(("DX talkies", "FX talkies")) for name in placement.removed)
        expected = {wild.name: records(wild), "FX talkies": [more_takes[0].record]}
        assert self.places(host.audio_tracks()) == self.named(expected)

    def test_replacing_one_take_leaves_all_others(self, host: Host, takes: list[Take], more_takes: list[Take]) -> None:
        """As the panel does it: what lies in no new take's place is among the takes."""
        host.add_takes(takes)
        new = more_takes[1]
        staying = [take for take in takes if take.stem != new.stem or not take.record.overlap(new.record)]
        assert 0 < len(staying) < len(takes)
        kept = carried_over(host.read_timeline(), host.audio_tracks(), [new])
        assert {(take.stem, take.record) for take in kept} == {(take.stem, take.record) for take in staying}
        host.add_takes([new, *kept], "replace")
        after = sorted(clip.record for track in host.audio_tracks()[1:] for clip in track.clips)
        assert after == sorted(take.record for take in (new, *staying))

    def test_what_is_there_is_skipped(self, host: Host, takes: list[Take], more_takes: list[Take]) -> None:
        host.add_takes(takes[1:2])
        placement = host.add_takes(more_takes, "skip")
        assert set(placement.skipped) == {take.name for take in more_takes[1:3]}
        expected = {
            "DX talkies": [more_takes[3].record],
            "DX talkies 2": [more_takes[4].record],
            "FX talkies 2": [more_takes[0].record],
        }
        assert self.places(placement.tracks) == self.named(expected)
        before = facts(host.audio_tracks())
        assert host.add_takes(takes[1:2], "skip").tracks == ()
        assert facts(host.audio_tracks()) == before

    def test_undo_takes_back_one_step_after_the_other(
        self, host: Host, takes: list[Take], more_takes: list[Take]
    ) -> None:
        states = [facts(host.audio_tracks())]
        host.add_takes(takes)
        states.append(facts(host.audio_tracks()))
        host.add_takes(more_takes[:1], "replace")
        host.undo()
        assert facts(host.audio_tracks()) == states.pop()
        host.undo()
        assert facts(host.audio_tracks()) == states.pop()
        with pytest.raises(OutputError):
            host.undo()

    def test_a_failure_in_the_middle_leaves_nothing(
        self, host: Host, takes: list[Take], more_takes: list[Take]
    ) -> None:
        wild = host.audio_tracks()
        host.add_takes(takes)
        before = host.audio_tracks()
        more_takes[2].path.unlink()
        with pytest.raises((OutputError, MediaError)) as refused:
            host.add_takes(more_takes, "replace")
        assert "\n" not in str(refused.value) and more_takes[2].path.name in str(refused.value)
        assert facts(host.audio_tracks()) == facts(before)
        host.undo()
        assert facts(host.audio_tracks()) == facts(wild)

    def test_a_take_that_starts_before_its_picture_is_placed_exactly(self, host: Host, takes: list[Take]) -> None:
        """One frame early, as a nudge in the panel makes it."""
        frame = 1 / host.read_timeline().rate
        nudged = replace(takes[3], record=takes[3].record.shifted(-frame))
        assert [records(track) for track in host.add_takes([nudged]).tracks] == [[nudged.record]]

    @pytest.mark.parametrize("known", KNOWN, ids=str)
    def test_clips_of_events_alternate_between_two_tracks(self, host: Host, events: list[Take]) -> None:
        """Each has room for its ring-out, and its file lies so that its first frame is that of its record."""
        placement = host.add_takes(events)
        wanted = {"FX talkies": events[::2], "FX talkies 2": events[1::2]}
        placed = {name: [take.record for take in takes] for name, takes in wanted.items()}
        assert self.places(placement.tracks) == self.named(placed)
        assert self.places(host.audio_tracks()[1:]) == self.named(placed)

    @pytest.mark.parametrize("known", KNOWN, ids=str)
    def test_edited_takes_lie_on_frames(self, host: Host, takes: list[Take], tmp_path: Path) -> None:
        """Trimmed into a handle on one side; on the other cut between frames, and faded."""
        edited = as_the_panel_edits(host.read_timeline(), takes[1], tmp_path)
        frame = 1 / host.read_timeline().rate
        assert edited.record == TimeRange(takes[1].record.start - 5 * frame, takes[1].record.end - 8 * frame)
        assert [records(track) for track in host.add_takes([edited]).tracks] == [[edited.record]]

    def places(self, tracks: Iterable[AudioTrack]) -> Places:
        """Where the clips of each track play."""
        return self.named({track.name: records(track) for track in tracks})

    def named(self, places: dict[str, list[TimeRange]]) -> Places:
        """What is compared: with the names, where these are kept."""
        return places if self.keeps_names else sorted(places.values())


class HostSuite(ReadingSuite, PlacingSuite):
    """What every host passes."""


class HeardSuite(Opening):
    """For editors that can mix their timeline down: the takes are heard where they lie."""

    def mixed(self, host: Host, folder: Path) -> Path:
        """A WAV of 48 kHz with what the editor's timeline sounds like."""
        raise NotImplementedError("say how the editor mixes down")

    @pytest.mark.parametrize("known", KNOWN, ids=str)
    def test_takes_are_heard_on_their_sample(self, host: Host, known: Known, takes: list[Take], tmp_path: Path) -> None:
        host.add_takes(takes)
        expected = sorted(to_sample(take.record.start + CLICK, SAMPLE_RATE) for take in takes if take.number == 1)
        assert np.allclose(clicks(self.mixed(host, tmp_path)), expected, atol=1, rtol=0)

    @pytest.mark.parametrize("known", KNOWN, ids=str)
    def test_edited_takes_are_heard_on_their_sample(
        self, host: Host, known: Known, takes: list[Take], tmp_path: Path
    ) -> None:
        host.add_takes([as_the_panel_edits(host.read_timeline(), takes[1], tmp_path)])
        expected = [to_sample(takes[1].record.start + CLICK, SAMPLE_RATE)]
        assert np.allclose(clicks(self.mixed(host, tmp_path)), expected, atol=1, rtol=0)

    @pytest.mark.parametrize("known", KNOWN, ids=str)
    def test_events_are_heard_on_their_sample(self, host: Host, events: list[Take], tmp_path: Path) -> None:
        host.add_takes(events)
        expected = [to_sample(take.record.start + CLICK, SAMPLE_RATE) for take in events]
        assert np.allclose(clicks(self.mixed(host, tmp_path)), expected, atol=1, rtol=0)


def as_the_panel_edits(timeline: Timeline, take: Take, folder: Path) -> Take:
    """The take with five frames of its head handle, its end 8.4 frames earlier and a fade before it."""
    frame = 1 / timeline.rate
    edit = TakeEdit(head=-5 * frame, tail=-frame * 42 / 5, fade_out=12 * frame)
    return write_edited(take, take.record, edit, timeline, folder / "edited" / take.path.name)


def records(track: AudioTrack) -> list[TimeRange]:
    return [clip.record for clip in track.clips]


def shots(timeline: Timeline) -> dict[str, TimeRange]:
    return {each.clip: each.record for each in timeline.segments}


def facts(tracks: Iterable[AudioTrack]) -> list[tuple[str, list[tuple[str, TimeRange, str]]]]:
    """All that is said of tracks; of files only the names, for a bundle moves them, and in some formats they are the
    names of clips."""
    return [
        (track.name, [(Path(clip.name).stem, clip.record, clip.file.name if clip.file else "") for clip in track.clips])
        for track in tracks
    ]


def clicks(path: Path) -> list[int]:
    """The samples at which something loud begins."""
    loud = np.abs(read_sound(path)).max(axis=0) > 0.2
    return [int(each) for each in np.flatnonzero(loud & ~np.concatenate(([False], loud[:-1])))]
