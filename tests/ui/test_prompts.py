"""Prompts that were used and prompts that are kept, for every timeline; and voices that say who they are."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from talkies.core.conditioning.speech.named_voices import named_voices
from talkies.ui.settings.panel import SettingsPanel
from talkies.ui.settings.prompts import PromptMemory
from talkies.ui.work.document import Document


def test_prompts_are_remembered_and_kept(tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "looks.ini"), QSettings.Format.IniFormat)
    memory = PromptMemory(store)
    for number in range(25):
        memory.remember(f"rain {number}")
    memory.remember("  rain\n 7 ")
    memory.remember("   ")
    assert memory.recent[:2] == ("rain 7", "rain 24") and len(memory.recent) == 20
    assert memory.toggle_favourite("gravel, slow") and memory.toggle_favourite("x" * 9999)
    assert not memory.toggle_favourite("x" * 9999)
    store.sync()
    again = PromptMemory(QSettings(str(tmp_path / "looks.ini"), QSettings.Format.IniFormat))
    assert again.favourites == ("gravel, slow",) and again.recent == memory.recent
    again.forget_recent()
    assert again.recent == () and again.favourites == ("gravel, slow",)


def test_a_favourite_is_chosen_from_the_menu_and_undone(document: Document, qtbot: QtBot) -> None:
    panel = SettingsPanel(document)
    qtbot.addWidget(panel)
    document.select(["V1-001", "V1-002"])
    panel.fields["prompt"].setText("footsteps & gravel")
    panel.keep_prompt()
    panel.fields["prompt"].setText("")
    menu = panel.used.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "footsteps && gravel").trigger()
    assert document.settings()["prompt"] == "footsteps & gravel"
    document.undo_stack.undo()
    assert document.settings()["prompt"] == ""


def test_every_setting_says_what_it_does(document: Document, qtbot: QtBot) -> None:
    panel = SettingsPanel(document)
    qtbot.addWidget(panel)
    document.select(["V1-001"])
    for field, caption in zip(panel.fields.values(), panel.captions, strict=True):
        assert len(field.toolTip()) > 30 and len(caption.toolTip()) > 30


def test_a_voice_says_who_speaks_and_is_listened_to(document: Document, qtbot: QtBot) -> None:
    panel = SettingsPanel(document)
    qtbot.addWidget(panel)
    stored = json.loads((resources.files("talkies.resources.weights") / "voices.json").read_text("utf-8"))["voices"]
    labels = [panel.fields["voice"].itemText(index) for index in range(1, panel.fields["voice"].count())]
    assert len(labels) == len(stored)
    for label, (name, entry), voice in zip(labels, stored.items(), named_voices(), strict=True):
        assert label.startswith(name) and entry["about"] in label and voice.language == entry["language"]
    said: list[str] = []
    wanted: list[tuple[str, str, str]] = []
    panel.status_message.connect(said.append)
    panel.voice_wanted.connect(lambda *asked: wanted.append(asked))
    document.select(["V1-001"])
    panel.listen.click()
    assert "Choose one voice" in said[-1] and not wanted
    document.change_settings(["V1-001"], voice="clara")
    panel.listen.click()
    assert wanted == [("clara", "en-US", "dialogue=mini")]
    tip = panel.fields["voice"].toolTip()
    assert all(fact in tip for fact in ("clara", "female", "adult", "en-US"))
    document.change_settings(["V1-001"], voice="klara")  # as a configuration may have it
    assert "did you mean clara" in panel.warning.text()
