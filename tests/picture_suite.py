"""What every host passes that takes portraits: see host_suite.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from host_suite import Opening, facts, records
from known_timelines import KNOWN, Known

from talkies.core.errors import MediaError, OutputError
from talkies.core.hosts.host import Host
from talkies.core.segment import Take


class PictureSuite(Opening):
    """What a host does with takes that are pictures."""

    @pytest.fixture
    def portraits(self, known: Known, tmp_path: Path) -> list[Take]:
        (tmp_path / "portraits").mkdir()
        return known.portraits(tmp_path / "portraits")

    @pytest.mark.parametrize("known", KNOWN, ids=str)
    def test_portraits_lie_on_their_frames_and_what_was_there_stays(self, host: Host, portraits: list[Take]) -> None:
        sounds, timeline = [clips for _, clips in facts(host.audio_tracks())], host.read_timeline()
        assert host.picture_tracks() == ()
        placement = host.add_pictures(portraits)
        first, second, other = portraits
        wanted = {"PX talkies": [first.record, second.record], "PX talkies 2": [other.record]}
        assert {track.name: records(track) for track in placement.tracks} == wanted
        assert not any(take.name in sentence for take in portraits for sentence in placement.warnings)
        assert {track.name: records(track) for track in host.picture_tracks()} == wanted
        again = host.read_timeline()
        assert [clips for _, clips in facts(host.audio_tracks())] == sounds  # some formats know no names
        assert [each.record for each in again.segments] == [each.record for each in timeline.segments]
        assert (again.rate, again.duration) == (timeline.rate, timeline.duration)

    def test_portraits_are_replaced_and_sounds_stay(
        self, host: Host, portraits: list[Take], takes: list[Take], known: Known, tmp_path: Path
    ) -> None:
        host.add_takes(takes)
        host.add_pictures(portraits)
        before = facts(host.audio_tracks())
        (tmp_path / "other").mkdir()
        placement = host.add_pictures(known.portraits(tmp_path / "other", 1)[:1], "replace")
        assert set(placement.removed) == {"PX talkies", "PX talkies 2"}
        assert [records(track) for track in host.picture_tracks()] == [[portraits[0].record]]
        assert facts(host.audio_tracks()) == before
        host.add_takes(takes[3:], "replace")
        assert [records(track) for track in host.picture_tracks()] == [[portraits[0].record]]

    def test_portraits_that_are_there_are_skipped(self, host: Host, portraits: list[Take]) -> None:
        host.add_pictures(portraits[:1])
        assert host.add_pictures(portraits[:1], "skip").skipped == (portraits[0].name,)
        assert len(host.picture_tracks()) == 1

    def test_undo_takes_back_pictures_and_sounds_in_turn(
        self, host: Host, portraits: list[Take], takes: list[Take]
    ) -> None:
        states = [(facts(host.audio_tracks()), facts(host.picture_tracks()))]
        host.add_takes(takes)
        states.append((facts(host.audio_tracks()), facts(host.picture_tracks())))
        host.add_pictures(portraits)
        for state in reversed(states):
            host.undo()
            assert (facts(host.audio_tracks()), facts(host.picture_tracks())) == state

    def test_a_movie_that_is_gone_leaves_nothing(self, host: Host, portraits: list[Take]) -> None:
        portraits[1].path.unlink()
        with pytest.raises((OutputError, MediaError)) as refused:
            host.add_pictures(portraits)
        assert portraits[1].path.name in str(refused.value)
        assert host.picture_tracks() == ()
