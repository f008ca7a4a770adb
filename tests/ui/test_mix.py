"""Settings of the whole timeline: backgrounds and panning, undone, saved, and heard by the worker."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from talkies.core.generation.take_orders import TakeRequest
from talkies.ui.settings.panel import SettingsPanel
from talkies.ui.work.document import Document
from talkies.ui.work.orders import order_of
from talkies.ui.work.queue import Queue
from talkies.ui.work.state import MixSettings, SegmentSettings

PATIENCE_MS = 120_000
SHOT = "V1-001"


@pytest.fixture(autouse=True)
def as_nobody_has_configured_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_backgrounds: None) -> None:
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "none.toml"))


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> SettingsPanel:
    panel = SettingsPanel(document)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def request_of(document: Document, **settings: object) -> TakeRequest:
    """What the worker makes of the order."""
    return TakeRequest.from_mapping(order_of(document, SHOT, SegmentSettings(**settings)))  # type: ignore[arg-type]


def test_fields_change_undo_and_show(document: Document, panel: SettingsPanel, qtbot: QtBot) -> None:
    """Also while no shot is chosen: they are of all of them."""
    fields = panel.mix.fields
    assert document.selected == () and fields["width"].isEnabled()
    assert [fields[name].currentText() for name in ("background", "pan_law")] == ["Default", "−3 dB"]
    fields["background"].setEditText("kitchen, rain")
    qtbot.keyClick(fields["background"].lineEdit(), Qt.Key.Key_Return)
    fields["width"].setValue(0.8)
    fields["pan_law"].setCurrentIndex(2)
    fields["pan_law"].activated.emit(2)
    assert document.mix == MixSettings("kitchen, rain", 0.8, "6dB")
    assert document.undo_stack.count() == 3
    for _ in range(3):
        document.undo_stack.undo()
    assert document.mix == MixSettings()
    assert (fields["background"].currentText(), fields["width"].value()) == ("Default", 0.5)
    fields["background"].setCurrentIndex(2)
    fields["background"].activated.emit(2)
    assert document.mix.background == "off"
    fields["background"].setEditText("Automatic")
    qtbot.keyClick(fields["background"].lineEdit(), Qt.Key.Key_Return)
    assert document.mix.background == "auto"


def test_the_mark_is_on_until_somebody_leaves_it_out(document: Document, panel: SettingsPanel, qtbot: QtBot) -> None:
    box = panel.mix.fields["mark"]
    assert box.isChecked() and request_of(document).request.mark
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert document.mix == MixSettings(mark=False)
    for task in ("both", "dialogue", "foley", "joint", "music"):
        assert not request_of(document, task=task).request.mark
    document.undo_stack.undo()
    assert document.mix == MixSettings() and box.isChecked()


def test_what_is_being_typed_stays_when_spots_change(document: Document, panel: SettingsPanel, qtbot: QtBot) -> None:
    background, tempo = panel.mix.fields["background"], panel.music.fields["tempo"]
    background.lineEdit().selectAll()
    qtbot.keyClicks(background.lineEdit(), "kitchen, ra")
    document.add_spot(Fraction(1, 5), words="door")
    qtbot.keyClicks(background.lineEdit(), "in")
    assert background.currentText() == "kitchen, rain"
    qtbot.keyClick(background.lineEdit(), Qt.Key.Key_Return)
    assert document.mix.background == "kitchen, rain"
    tempo.selectAll()
    qtbot.keyClicks(tempo, "9")
    document.add_spot(Fraction(2, 5), words="door")
    qtbot.keyClicks(tempo, "6")
    qtbot.keyClick(tempo, Qt.Key.Key_Return)
    assert document.music.tempo == 96.0


def test_words_that_are_not_known_are_named(document: Document, panel: SettingsPanel) -> None:
    document.change_whole("mix", background="kitchen, xylofone")
    assert "'xylofone'" in panel.mix.warning.text()
    document.change_whole("mix", background="off")
    assert not panel.mix.warning.text()


def test_they_are_saved_and_found_again(document: Document, reel: Path) -> None:
    document.change_whole("mix", background="street", width=0.0, pan_law="4.5dB", mark=False)
    document.close()
    assert document.mix == MixSettings()
    document.open(reel)
    assert document.mix == MixSettings("street", 0.0, "4.5dB", mark=False)


def test_the_worker_is_told(document: Document) -> None:
    assert request_of(document).request.background == ""
    document.change_whole("mix", background="street", width=0.9, pan_law="6dB")
    request = request_of(document, task="foley").request
    assert (request.background, request.width, request.pan_law) == ("street", 0.9, "6dB")
    assert request_of(document, task="dialogue").request.background == "", "dialogue alone brings no beds"


def test_takes_are_made_as_it_says(document: Document, queue: Queue, qtbot: QtBot) -> None:
    document.change_whole("mix", background="off", width=0.0)
    document.change_settings([SHOT], task="foley")

    def made() -> list[tuple[str, int, object]]:
        count = len(document.takes(SHOT))
        queue.generate([SHOT])
        qtbot.waitUntil(lambda: not any(job.is_open for job in queue.jobs), timeout=PATIENCE_MS)
        new = sorted(document.takes(SHOT), key=lambda take: take.number)[-(len(document.takes(SHOT)) - count) :]
        return sorted((take.stem, take.take.channels, take.facts.get("pan_law", take.facts["prompt"])) for take in new)

    assert made() == [("FX", 1, "3dB")]
    document.change_whole("mix", background="rain", width=1.0, pan_law="6dB")
    assert made() == [("BG", 2, "rain"), ("FX", 2, "6dB")]


def test_saved_settings_that_cannot_be_are_brought_back(document: Document, reel: Path) -> None:
    document.change_whole("mix", background="a\0b" + "c" * 2000, width=7.0)
    document.close()
    document.open(reel)
    assert document.mix.width == 1.0
    assert request_of(document).request.background.startswith("abc")
