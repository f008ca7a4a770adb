"""Portraits in the panel: made, shown in the viewer and on their cards, and written back with their sound."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from editors import open_editor
from engines import load_tones
from numbered_movies import number_of
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from speaking_stills import FIRST, NumberedPictures, numbered_portraits, numbers_in, write_stills

from talkies.core.errors import OutputError
from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.core.hosts.host import AudioTrack
from talkies.core.takes.edits import TakeEdit
from talkies.core.timeline import read_timeline
from talkies.core.timeline.structure.sounds import our_picture_tracks, sound_tracks
from talkies.core.times import TimeRange
from talkies.ui.dialogs.write_back import WriteBackDialog
from talkies.ui.player.player import Player
from talkies.ui.takes.still import TakeStill
from talkies.ui.takes.strip import TakeStrip
from talkies.ui.timeline.rows import take_rows
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue
from talkies.ui.work.worker_client import WorkerClient
from talkies.ui.work.write_back import plan_write_back, write_file, write_into_host

__all__ = ["numbered_portraits"]

pytestmark = pytest.mark.usefixtures("numbered_portraits")

STILL, HELD = "PX_V1-001_shot-1_t01", "PX_V1-003_shot-3_t01"


@pytest.fixture
def stills(qtbot: QtBot, tmp_path: Path) -> Iterator[Document]:
    """The reel of stills, open."""
    document = Document()
    document.open(write_stills(tmp_path))
    yield document
    document.close()


@pytest.fixture
def speaking(stills: Document) -> Document:
    """And a portrait of each still."""
    order = TakeRequest.from_mapping({**stills.order(), "task": "portrait"})
    list(make_takes(order, load_engine=load_tones))
    stills.find_takes()
    return stills


def test_a_take_is_a_movie_with_its_sidecar(speaking: Document) -> None:
    assert [take.id for take in speaking.all_takes if take.stem == "PX"] == [STILL, HELD]
    take = speaking.take(STILL)
    assert (take.path.suffix, take.record) == (".mp4", TimeRange(Fraction(0), Fraction(3)))
    assert take.path.with_suffix(".json").is_file()
    assert numbers_in(take.path)[:3] == [FIRST, FIRST + 1, FIRST + 2]


def test_another_take_gets_the_next_number(speaking: Document) -> None:
    order = TakeRequest.from_mapping({**speaking.order(), "task": "portrait", "segments": ["V1-001"], "seed": 4})
    list(make_takes(order, load_engine=load_tones))
    speaking.find_takes()
    takes = [take for take in speaking.takes("V1-001") if take.stem == "PX"]
    assert [(take.number, take.seed) for take in takes] == [(1, 0), (2, 4)]


def test_what_a_worker_that_died_has_made_is_gone_on_from(
    stills: Document, numbered_portraits: type[NumberedPictures]
) -> None:
    """Its dialogue is there: the portrait says that."""
    asked = {**stills.order(), "task": "portrait", "segments": ["V1-001"]}
    list(make_takes(TakeRequest.from_mapping({**asked, "task": "dialogue"}), load_engine=load_tones))
    list(make_takes(TakeRequest.from_mapping({**asked, "made": 1}), load_engine=load_tones))
    stills.find_takes()
    assert [take.id for take in stills.all_takes] == ["DX_V1-001_shot-1_ANNA_t01", STILL]
    assert [take.name for take in numbered_portraits.asked[0].spoken] == ["DX_V1-001_shot-1_ANNA_t01"]


def test_the_queue_makes_them(stills: Document, worker_command: list[str], qtbot: QtBot) -> None:
    stills.change_settings(["V1-001"], task="portrait")
    queue = Queue(stills, WorkerClient(worker_command, stills), stills)
    queue.generate(["V1-001"])
    qtbot.waitUntil(lambda: queue.jobs[0].state in ("done", "failed"), timeout=60_000)
    assert queue.jobs[0].problem == ""
    assert STILL in {take.id for take in stills.all_takes}
    queue.close()


def shown_at(player: Player, document: Document, position: Fraction, qtbot: QtBot) -> int:
    images: list[QImage | None] = []
    player.picture.connect(images.append)
    document.set_playhead(Fraction(0) if position else Fraction(1))
    qtbot.waitUntil(lambda: bool(images), timeout=20_000)
    images.clear()
    document.set_playhead(position)
    qtbot.waitUntil(lambda: bool(images), timeout=20_000)
    player.picture.disconnect(images.append)
    image = images[-1]
    assert image is not None
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return number_of(rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3))


@pytest.mark.usefixtures("device")
def test_the_viewer_shows_the_portrait_and_not_the_still(speaking: Document, qtbot: QtBot) -> None:
    player = Player(speaking)
    assert shown_at(player, speaking, Fraction(1, 2), qtbot) == FIRST + 12
    assert shown_at(player, speaking, Fraction(7), qtbot) == FIRST + 25
    assert shown_at(player, speaking, Fraction(4), qtbot) == 25  # the film between them
    player.monitor.set_monitoring(takes=False)
    assert shown_at(player, speaking, Fraction(1, 2), qtbot) == 7  # the photograph
    player.monitor.set_monitoring(takes=True)
    speaking.mute([STILL])
    assert shown_at(player, speaking, Fraction(1, 2), qtbot) == 7
    player.close()


@pytest.mark.usefixtures("device")
def test_portraits_that_were_written_are_shown_when_the_timeline_is_opened(speaking: Document, qtbot: QtBot) -> None:
    out = write_file(plan_write_back(speaking), speaking.open_timeline().path.with_name("written.otio"))
    document = Document()
    document.open(out)
    player = Player(document)
    assert shown_at(player, document, Fraction(1, 2), qtbot) == FIRST + 12
    assert shown_at(player, document, Fraction(4), qtbot) == 25
    player.close()
    document.close()


@pytest.mark.usefixtures("device")
def test_a_movie_is_not_among_the_voices(speaking: Document) -> None:
    player = Player(speaking)
    assert {voice.path.suffix for voice in player.mix.voices} == {".wav"}
    assert [take.id for take in player.monitor.pictures()] == [STILL, HELD]
    player.close()


@pytest.mark.usefixtures("device")
def test_its_card_shows_it_and_has_no_gain(speaking: Document, qtbot: QtBot) -> None:
    player = Player(speaking)
    strip = TakeStrip(speaking, player.monitor)
    qtbot.addWidget(strip)
    strip.show()
    speaking.select(["V1-001"])
    card = strip.cards[STILL]
    (still,) = card.findChildren(TakeStill)
    qtbot.waitUntil(lambda: still.image is not None, timeout=20_000)
    assert not card.gain.isVisible()
    assert card.buttons["star"].isVisible()
    assert strip.jumps["PX"].text() == "PX 1"
    player.close()


def test_it_has_a_lane_of_its_own_and_stays_where_it_is(speaking: Document) -> None:
    (row,) = (row for row in take_rows(speaking.all_takes) if row.stem == "PX")
    assert (row.label, row.has_waves, len(row.items)) == ("Portraits", False, 2)
    before = speaking.take(STILL).place
    speaking.nudge([STILL], 5)
    speaking.edit_takes({STILL: TakeEdit(head=Fraction(1, 5), fade_in=Fraction(1))})
    assert speaking.take(STILL).place == before


def test_it_is_stale_when_its_words_were_edited(speaking: Document) -> None:
    assert not speaking.is_stale(STILL)
    speaking.edit_cue(0, text="Good morning.")
    assert speaking.is_stale(STILL)
    assert not speaking.is_stale(HELD)


def test_it_is_written_to_a_file_with_its_dialogue(speaking: Document, tmp_path: Path) -> None:
    speaking.change_settings(["V1-001"], level_db=6.0)
    out = write_file(plan_write_back(speaking), tmp_path / "out.otio")
    after = read_timeline(out)
    (track,) = our_picture_tracks(after)
    assert [(clip.name, clip.record) for clip in track.clips] == [
        (name, speaking.take(name).record) for name in (STILL, HELD)
    ]
    assert track.clips[0].path == out.with_name("out.takes") / f"{STILL}.mp4"
    assert track.clips[0].path.read_bytes() == speaking.take(STILL).path.read_bytes()
    assert {track.name for track in sound_tracks(after)} == {"DX talkies", "DX talkies 2"}


def test_it_is_written_into_an_editor_and_undone(speaking: Document, tmp_path: Path) -> None:
    with open_editor(speaking.open_timeline().path, tmp_path / "exported") as (host, _):
        plan = plan_write_back(speaking, tracks=(*host.audio_tracks(), *host.picture_tracks()))
        placement = write_into_host(plan, host, tmp_path)
        assert [track.name for track in placement.tracks] == ["DX talkies", "DX talkies 2", "PX talkies"]
        assert placement.steps == 2
        assert [clip.name for track in host.picture_tracks() for clip in track.clips] == [STILL, HELD]
        for _ in range(placement.steps):
            host.undo()
        assert host.picture_tracks() == host.audio_tracks() == ()


def test_without_its_picture_the_sound_goes_again(
    speaking: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_editor(speaking.open_timeline().path, tmp_path / "exported") as (host, _):

        def refuse(takes: object, conflict: object = "new") -> AudioTrack:
            raise OutputError("the editor", "takes no movies")

        monkeypatch.setattr(host, "add_pictures", refuse)
        with pytest.raises(OutputError, match="takes no movies"):
            write_into_host(plan_write_back(speaking, tracks=()), host, tmp_path)
        assert host.audio_tracks() == ()
        assert not list((tmp_path / "written").iterdir())


def test_replacing_one_leaves_the_others(speaking: Document, tmp_path: Path) -> None:
    """A portrait is written again; what was not chosen stays, with its sound."""
    first = write_file(plan_write_back(speaking), tmp_path / "first.otio")
    (tmp_path / "first.srt").write_text((tmp_path / "reel.srt").read_text())
    again = Document()
    again.open(first)
    order = TakeRequest.from_mapping({**again.order(), "task": "portrait", "segments": ["V1-001"], "seed": 8})
    list(make_takes(order, load_engine=load_tones))
    again.find_takes()
    out = write_file(plan_write_back(again, "replace"), tmp_path / "second.otio")
    (track,) = our_picture_tracks(read_timeline(out))
    assert [clip.name for clip in track.clips] == [STILL, HELD]
    assert [clip.metadata["seed"] for clip in track.clips] == [8, 0]
    assert sorted(clip.name[:9] for each in sound_tracks(read_timeline(out)) for clip in each.clips) == [
        "DX_V1-001",
        "DX_V1-003",
    ]
    again.close()


def test_the_dialog_says_what_becomes_of_them_in_an_edl(speaking: Document, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = WriteBackDialog(speaking)
    qtbot.addWidget(dialog)
    dialog.form.path.setText(str(tmp_path / "out.edl"))
    dialog.refresh()
    assert "PX-talkies.edl" in dialog.message.text() + dialog.message.toolTip()
