"""Sounds of the library for a spot: found by its words, heard as the take will have them, chosen and locked."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from library_sounds import add, save, struck
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from talkies.core.arrays import Samples
from talkies.core.library import PRE_ROLL_SAMPLES, open_library
from talkies.core.media.sound import read_sound
from talkies.ui.spotting.swap import SwapDialog
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue

LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 240_000
SPOT = "V1-001.01"


@pytest.fixture
def sounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of three doors and of something else."""
    monkeypatch.setenv("TALKIES_LIBRARY", str(tmp_path / "data" / "library.sqlite"))
    folder = tmp_path / "Sounds"
    folder.mkdir()
    for number in range(3):
        save(folder / f"wooden door slam {number}.wav", struck([3000 + 500 * number, 40_000], 90_000, [1.0, 0.5]))
    save(folder / "rain on roof.wav", np.random.default_rng(0).normal(0, 0.05, 200_000).astype(np.float32))
    with open_library() as library:
        add(library, folder)
    return folder


def dialog_for(document: Document, qtbot: QtBot, words: str = "door slams") -> tuple[SwapDialog, list[Samples]]:
    """The dialog over a hit at 0.2 s, and what it plays."""
    document.add_spot(Fraction(1, 5), words=words, force=0.6)
    dialog = SwapDialog(document, SPOT)
    qtbot.addWidget(dialog)
    played: list[Samples] = []
    dialog.player.play_samples = played.append  # type: ignore[method-assign, assignment]  # no loudspeaker here
    dialog.show()
    qtbot.waitUntil(lambda: "Searching" not in dialog.message.text(), timeout=PATIENCE_MS)
    return dialog, played


def found(dialog: SwapDialog) -> list[str]:
    items = (dialog.list.topLevelItem(row) for row in range(dialog.list.topLevelItemCount()))
    return sorted(item.text(0) for item in items if item is not None)


def test_a_recording_is_found_heard_and_chosen(document: Document, queue: Queue, qtbot: QtBot, sounds: Path) -> None:
    document.change_settings(["V1-001"], task="foley")
    dialog, played = dialog_for(document, qtbot)
    assert found(dialog) == [f"wooden door slam {number}" for number in range(3)]
    second = dialog.list.findItems("wooden door slam 1", Qt.MatchFlag.MatchExactly)[0]
    dialog.list.setCurrentItem(second)
    qtbot.waitUntil(lambda: len(played) == 1, timeout=PATIENCE_MS)
    steps = document.undo_stack.count()
    with qtbot.waitSignal(dialog.swapped) as told:
        qtbot.mouseClick(dialog.use, LEFT)
    assert told.args == [SPOT]
    spot = document.spot(SPOT)
    assert (spot.source, spot.file, spot.locked) == ("file", str(sounds / "wooden door slam 1.wav"), True)
    assert document.undo_stack.count() == steps + 1
    queue.redo_spots([SPOT])
    qtbot.waitUntil(lambda: not queue.is_busy, timeout=PATIENCE_MS)
    assert [(job.state, job.problem) for job in queue.jobs] == [("done", "")]
    take = document.takes("V1-001")[0]
    heard = read_sound(take.path)[0]
    start = round((take.head_handle + Fraction(1, 5)) * 48_000) - PRE_ROLL_SAMPLES
    one, other = played[0][0], heard[start : start + played[0].shape[1]]
    gain = np.dot(one, other) / np.dot(one, one)  # the take is levelled as a whole
    assert np.abs(other - gain * one).max() <= 2e-6 * max(gain, 1)


def test_other_words_search_again_and_the_library_may_choose(document: Document, qtbot: QtBot, sounds: Path) -> None:
    dialog, _ = dialog_for(document, qtbot, "xylophone")
    assert found(dialog) == [] and "None of 4 recordings" in dialog.message.text()
    dialog.words.setText("door")
    qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 3, timeout=PATIENCE_MS)
    dialog.locked.setChecked(False)
    qtbot.mouseClick(dialog.take_turns, LEFT)
    spot = document.spot(SPOT)
    assert (spot.source, spot.file, spot.locked) == ("library", "", False)


def test_an_empty_library_says_how_to_fill_it(
    document: Document, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALKIES_LIBRARY", str(tmp_path / "empty.sqlite"))
    dialog, _ = dialog_for(document, qtbot)
    assert "talkies library add" in dialog.message.text()


def test_a_spot_that_goes_closes_the_dialog(document: Document, qtbot: QtBot, sounds: Path) -> None:
    dialog, _ = dialog_for(document, qtbot)
    document.remove_spots([SPOT])
    assert not dialog.isVisible()
