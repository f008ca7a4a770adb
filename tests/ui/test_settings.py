"""Settings of several segments at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from guests import rude_guest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from talkies.core.engines.guests.found import keep
from talkies.ui.settings.fields import PromptField
from talkies.ui.settings.panel import SettingsPanel
from talkies.ui.work.document import Document
from talkies.ui.work.state import MIXED


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> SettingsPanel:
    panel = SettingsPanel(document)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_what_differs_is_mixed_and_an_edit_makes_it_one(document: Document, panel: SettingsPanel) -> None:
    document.change_settings(["V1-001"], task="foley", seed=5, prompt="rain", steps=8, guidance=2.5)
    document.select(["V1-001", "V1-002"])
    fields = panel.fields
    assert fields["task"].currentIndex() == -1
    assert fields["prompt"].placeholderText() == "mixed"
    assert [fields[name].text() for name in ("seed", "steps", "guidance")] == ["mixed"] * 3
    assert fields["takes"].text() == "1"
    fields["seed"].setValue(9)
    fields["steps"].setValue(4)
    fields["guidance"].setValue(1.5)
    assert {name: document.settings()[name] for name in ("seed", "steps", "guidance")} == {
        "seed": 9, "steps": 4, "guidance": 1.5,
    }  # fmt: skip
    document.undo_stack.undo()
    assert document.settings()["guidance"] is MIXED


def test_engines_of_other_people_can_be_chosen(
    document: Document, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "config.toml"))
    keep(rude_guest())
    panel = SettingsPanel(document)
    qtbot.addWidget(panel)
    field = panel.fields["engine"]
    assert [field.itemData(index) for index in range(field.count())] == ["mini", "vssflow", "hibari", "rude"]
    assert "not to be sold" in field.itemText(3)
    assert "CC-BY-NC-4.0" in field.itemData(3, Qt.ItemDataRole.ToolTipRole)
    document.select(["V1-001"])
    field.activated.emit(3)
    assert document.settings()["engine"] == "rude"


def test_a_field_that_may_be_left_to_the_engine(document: Document, panel: SettingsPanel) -> None:
    document.select(["V1-001"])
    field = panel.fields["steps"]
    assert field.text() == "Default"
    field.stepUp()
    assert document.settings()["steps"] == 1
    field.stepDown()
    assert document.settings()["steps"] is None
    field.stepDown()
    assert field.text() == "Default"


def test_words_are_typed_in_one_step_and_unknown_ones_are_named(
    document: Document, panel: SettingsPanel, qtbot: QtBot
) -> None:
    document.select(["V1-001", "V1-002"])
    qtbot.keyClicks(panel.fields["prompt"], "gravel xylofone")
    assert document.settings()["prompt"] == "gravel xylofone"
    assert "'xylofone'" in panel.warning.text()
    document.undo_stack.undo()
    assert document.settings()["prompt"] == ""
    assert not panel.warning.isVisible()


def test_the_last_word_is_completed(qtbot: QtBot) -> None:
    field = PromptField("", lambda text: None)
    qtbot.addWidget(field)
    field.setText("rain, footsteps on gra")
    completer = field.completer()
    completer.setWidget(field)
    completer.setCompletionPrefix(completer.splitPath(field.text())[0])
    completions = [
        completer.completionModel().index(row, 0).data() for row in range(completer.completionModel().rowCount())
    ]
    assert completions == ["grass", "gravel"]
    (gravel,) = completer.model().match(completer.model().index(0, 0), Qt.ItemDataRole.DisplayRole, "gravel")
    assert completer.pathFromIndex(gravel) == "rain, footsteps on gravel"


def test_a_recording_is_dropped_on_the_voice(document: Document, panel: SettingsPanel, tmp_path: Path) -> None:
    document.select(["V1-001", "V1-002"])
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "anna.wav"))])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    panel.fields["voice"].dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, left, none))
    assert document.settings()["voice"] == str(tmp_path / "anna.wav")
    assert panel.fields["voice"].currentText() == "anna.wav"


def test_the_dice_rolls_one_seed_for_all(document: Document, panel: SettingsPanel) -> None:
    document.select(["V1-001", "V1-002"])
    panel.dice.click()
    assert isinstance(document.settings()["seed"], int)


def test_without_a_selection_nothing_can_be_edited(document: Document, panel: SettingsPanel) -> None:
    document.select([])
    assert not panel.fields["prompt"].isEnabled()


def test_without_a_shot_the_usual_settings_are_shown(document: Document, panel: SettingsPanel) -> None:
    document.change_settings(["V1-001"], takes=7, guidance=2.5, prompt="rain")
    document.select(["V1-001"])
    document.select([])
    shown = {name: panel.fields[name].text() for name in ("takes", "guidance", "steps", "prompt")}
    assert shown == {"takes": "1", "guidance": "Default", "steps": "Default", "prompt": ""}
    assert not panel.fields["takes"].isEnabled()


def test_no_tool_tip_begins_with_an_empty_line(document: Document, panel: SettingsPanel) -> None:
    document.select(["V1-001"])
    tips = {name: field.toolTip().removeprefix("<qt>") for name, field in panel.fields.items()}
    assert all(tip and not tip.startswith("<br>") for tip in tips.values()), tips
