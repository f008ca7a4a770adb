"""The voices of whatever engine speaks are offered, in the settings and in the transcript."""

from __future__ import annotations

from pathlib import Path

import pytest
from guests import rude_guest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from talkies.core.conditioning.speech.named_voices import named_voices
from talkies.core.engines.guests.found import keep
from talkies.ui.settings.panel import SettingsPanel
from talkies.ui.transcript.model import VOICE
from talkies.ui.transcript.table import TranscriptTable
from talkies.ui.work.document import Document

KAI = {"name": "kai", "language": "de-AT", "about": "Kai, a man, old"}
LIA = {"name": "lia", "language": "pt", "about": "Lia, a child"}
OURS = ["", *(voice.name for voice in named_voices())]


@pytest.fixture(autouse=True)
def engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One with two voices, and one that names none."""
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "configuration" / "config.toml"))
    keep(rude_guest(tasks=["dialogue"], voices=[KAI, LIA]))
    keep(rude_guest(name="mute", tasks=["dialogue"]))
    keep(rude_guest(name="noises"))


def names(box: QComboBox) -> list[str]:
    return [box.itemData(index) for index in range(box.count())]


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> SettingsPanel:
    panel = SettingsPanel(document)
    qtbot.addWidget(panel)
    document.select(["V1-001"])
    return panel


def test_an_engine_offers_its_own_voices(panel: SettingsPanel, document: Document) -> None:
    field = panel.fields["voice"]
    assert names(field) == OURS
    for engine, offered in (
        ("rude", ["", "kai", "lia"]), ("dialogue=rude,foley=mini", ["", "kai", "lia"]), ("mute", [""]),
        ("noises", OURS), ("mini", OURS),
    ):  # fmt: skip
        document.change_settings(["V1-001"], engine=engine)
        assert names(field) == offered
        assert field.currentText() == "by speaker"
    document.change_settings(["V1-001"], engine="rude")
    assert field.itemText(1) == "kai  –  Kai, a man, old"
    tip = field.itemData(1, Qt.ItemDataRole.ToolTipRole)
    assert all(fact in tip for fact in ("male", "adult", "de-AT"))
    assert "child" in field.itemData(2, Qt.ItemDataRole.ToolTipRole)


def test_a_voice_of_its_own_is_chosen_heard_and_checked(panel: SettingsPanel, document: Document) -> None:
    wanted: list[tuple[str, str, str]] = []
    panel.voice_wanted.connect(lambda *asked: wanted.append(asked))
    document.change_settings(["V1-001"], engine="rude", voice="kai")
    assert "kai" in panel.fields["voice"].currentText() and not panel.warning.text()
    panel.listen.click()
    assert wanted == [("kai", "de-AT", "dialogue=rude")]
    document.change_settings(["V1-001"], voice="clara")
    assert "is none of engine rude" in panel.warning.text()
    document.change_settings(["V1-001"], engine="mute", voice="clara")
    assert not panel.warning.text()


def test_the_engine_that_speaks_in_a_joint_shot_says_the_sentence(panel: SettingsPanel, document: Document) -> None:
    keep(rude_guest(name="both", tasks=["dialogue", "joint"], voices=[KAI]))
    wanted: list[tuple[str, str, str]] = []
    panel.voice_wanted.connect(lambda *asked: wanted.append(asked))
    document.change_settings(["V1-001"], task="joint", engine="joint=both", voice="kai")
    panel.listen.click()
    assert wanted == [("kai", "de-AT", "dialogue=both")]


def test_shots_that_are_spoken_by_two_engines(panel: SettingsPanel, document: Document) -> None:
    document.change_settings(["V1-001"], engine="rude")
    document.select(["V1-001", "V1-002"])
    assert names(panel.fields["voice"]) == OURS
    document.select(["V1-001"])
    assert names(panel.fields["voice"]) == ["", "kai", "lia"]


def test_the_transcript_offers_those_of_the_shot_in_which_a_line_is_spoken(document: Document, qtbot: QtBot) -> None:
    table = TranscriptTable(document)
    qtbot.addWidget(table)
    delegate = table.view.itemDelegateForColumn(VOICE)

    def offered() -> list[str]:
        box = delegate.createEditor(table, QStyleOptionViewItem(), table.model.index(0, VOICE))
        assert isinstance(box, QComboBox)
        return names(box)

    assert offered() == OURS
    document.change_settings([each.id for each in document.segments], engine="rude")
    assert offered() == ["", "kai", "lia"]
