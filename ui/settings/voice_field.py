"""The voice of the chosen shots: one that the engine that speaks has by name, or a recording that is dropped."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from talkies.core.conditioning.speech.named_voices import VoiceFacts
from talkies.ui.plain_text import as_tip, one_line
from talkies.ui.settings.fields import Changed, ChoiceField
from talkies.ui.settings.words import tips
from talkies.ui.voices import SOUND_SUFFIXES, label_of, speaking_by, tip_of
from talkies.ui.work.state import MIXED

_WIDTH = 380  # pixels of the open list: a voice says more than its name


class VoiceField(ChoiceField):
    """``speaking``: the engine whose voices are offered."""

    def __init__(self, changed: Changed) -> None:
        super().__init__([], changed)
        self._changed = changed
        self._asked: tuple[object, object] = (MIXED, MIXED)
        self.speaking = speaking_by(*self._asked)
        self._fill()
        self.view().setMinimumWidth(_WIDTH)
        self.setAcceptDrops(True)

    def offer(self, engine: object, task: object) -> None:
        """The voices of an engine, or MIXED; :meth:`show_value` comes next."""
        if (engine, task) != self._asked:
            self._asked, before = (engine, task), self.speaking
            self.speaking = speaking_by(engine, task)
            if self.speaking.voices != before.voices:
                self._fill()

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        path = "" if value is MIXED else str(value)
        if "/" in path or "\\" in path:
            self.setItemText(self.currentIndex(), one_line(path.replace("\\", "/").rpartition("/")[2]))
        chosen = self._named(path)
        about = tip_of(chosen) if chosen is not None else path
        self.setToolTip(as_tip(f"{about}\n{tips()['voice']}".strip()))

    def language_of(self, name: str) -> str:
        """The language that a voice speaks, "" for a recording."""
        voice = self._named(name)
        return "" if voice is None else voice.language

    def _named(self, name: str) -> VoiceFacts | None:
        """None for a recording and for "by speaker"."""
        return next((voice for voice in self.speaking.voices if voice.name == name), None)

    def _fill(self) -> None:
        self.clear()
        self.addItem(self.tr("by speaker"), "")
        for index, voice in enumerate(self.speaking.voices, start=1):
            self.addItem(label_of(voice), voice.name)
            self.setItemData(index, as_tip(tip_of(voice)), Qt.ItemDataRole.ToolTipRole)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if _recording(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        if path := _recording(event):
            event.acceptProposedAction()
            self._changed(path)


def _recording(event: QDropEvent) -> str:
    """The sound file or movie that is being dropped, "" if there is none."""
    suffixes = (*SOUND_SUFFIXES, ".mov", ".mp4")
    files = [url.toLocalFile() for url in event.mimeData().urls()]
    return next((file for file in files if file.lower().endswith(suffixes)), "")
