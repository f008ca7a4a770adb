"""Settings panel of the selected segments, edited together; where they differ it says "mixed"."""

from __future__ import annotations

import random
from dataclasses import asdict
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from talkies.core.conditioning.prompt.vocabulary import read_prompt
from talkies.core.errors import TalkiesError
from talkies.core.generation.request import MAX_GUIDANCE, MAX_STEPS, MAX_TAKES
from talkies.ui.actions import TYPED_IN
from talkies.ui.icons import icon
from talkies.ui.plain_text import as_rich
from talkies.ui.settings.fields import (
    ChoiceField,
    DecimalField,
    EngineField,
    NumberField,
    PromptField,
)
from talkies.ui.settings.form import Form
from talkies.ui.settings.mix import MixPanel
from talkies.ui.settings.music import MusicPanel
from talkies.ui.settings.prompts import PromptMemory
from talkies.ui.settings.voice_field import VoiceField
from talkies.ui.settings.words import names, tips
from talkies.ui.voices import voice_problems
from talkies.ui.work.document import Document
from talkies.ui.work.state import MIXED, SegmentSettings

_MAX_SEED = 2**31 - 200  # what the field holds; the takes of one run count on from it
_LEVEL_DB = 24.0
_MOST_TITLE = 60  # characters


class SettingsPanel(QWidget):
    """The form, and above it what it applies to. ``status_message``: one sentence for the status bar.
    ``voice_wanted``: a voice to listen to, its language, and the engine that speaks it."""

    status_message = Signal(str)
    voice_wanted = Signal(str, str, str)

    def __init__(self, document: Document, prompts: PromptMemory | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.prompts = prompts or PromptMemory(parent=self)
        self._signs: dict[QToolButton, str] = {}
        self.title = QLabel(self)
        self.warning = QLabel(self)
        self.fields: dict[str, Any] = self._fields()
        self.mix, self.music = MixPanel(document, self), MusicPanel(document, self)
        self.dice, self.used, self.listen = QToolButton(self), QToolButton(self), QToolButton(self)
        self._build()
        self.setProperty(TYPED_IN, True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        for signal in (document.timeline_changed, document.selection_changed, document.settings_changed):
            signal.connect(self.refresh)
        self.refresh()

    def _fields(self) -> dict[str, Any]:
        tr = self.tr
        tasks = [
            ("both", tr("Dialogue and effects")),
            ("dialogue", tr("Dialogue")),
            ("foley", tr("Effects")),
            ("joint", tr("Both in one pass")),
            ("portrait", tr("Portrait: a still speaks")),
        ]
        devices = [("auto", tr("Automatic")), ("cpu", "CPU"), ("cuda", "CUDA"), ("mps", "Apple GPU")]
        made_for = tr("Default")
        return {
            "task": ChoiceField(tasks, self._changer("task")),
            "prompt": PromptField(tr("footsteps, gravel"), self._changer("prompt")),
            "negative_prompt": PromptField(tr("negative prompt"), self._changer("negative_prompt")),
            "voice": VoiceField(self._changer("voice")),
            "seed": NumberField(0, _MAX_SEED, self._changer("seed")),
            "takes": NumberField(1, MAX_TAKES, self._changer("takes")),
            "level_db": DecimalField(-_LEVEL_DB, _LEVEL_DB, 0.5, self._changer("level_db"), unit=" dB"),
            "steps": NumberField(1, MAX_STEPS, self._changer("steps"), unset=made_for),
            "guidance": DecimalField(0.0, MAX_GUIDANCE, 0.5, self._changer("guidance"), unset=made_for),
            "engine": EngineField(self._changer("engine")),
            "device": ChoiceField(devices, self._changer("device")),
        }

    def _build(self) -> None:
        rows = {"seed": self._seed_row, "prompt": self._prompt_row, "voice": self._voice_row}
        form = Form(self.fields, names(), tips(), ("negative_prompt", self.warning), rows)
        self.captions = form.captions
        self.title.setWordWrap(True)
        inside, shots = QWidget(), QWidget()
        shots.setLayout(form)
        column = QVBoxLayout(inside)
        column.setContentsMargins(10, 8, 10, 8)
        column.addWidget(self.title)
        column.addWidget(shots)
        column.addWidget(self.mix)
        column.addWidget(self.music)
        column.addStretch(1)
        self._form = shots
        scroll = QScrollArea(self)
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setStyleSheet("QScrollArea { background: transparent; border: none; }")
        inside.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self.setMinimumWidth(290)

    def _seed_row(self) -> QWidget:
        self.dice.clicked.connect(self.roll)
        tip = self.tr("Random seed: other sounds from the same settings")
        return self._row(self.fields["seed"], self.dice, "dice", self.tr("Random seed"), tip)

    def _prompt_row(self) -> QWidget:
        menu = QMenu(self.used)
        menu.aboutToShow.connect(lambda: self.prompts.fill(menu, self._use_prompt, self.fields["prompt"].text()))
        self.used.setMenu(menu)
        self.used.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        tip = self.tr("Favourite prompts, and those that were used before")
        return self._row(self.fields["prompt"], self.used, "star", self.tr("Prompts"), tip)

    def _voice_row(self) -> QWidget:
        self.listen.clicked.connect(self.hear_voice)
        tip = self.tr("Listen to this voice: a short sentence, made once")
        return self._row(self.fields["voice"], self.listen, "sound", self.tr("Listen to the voice"), tip)

    def _row(self, field: QWidget, button: QToolButton, sign: str, name: str, tip: str) -> QWidget:
        """A field and the button that belongs to it."""
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(field, 1)
        layout.addWidget(button)
        button.setIcon(icon(sign))
        button.setToolTip(tip)
        button.setAccessibleName(name)
        self._signs[button] = sign
        return row

    # What commands and buttons do

    def write_prompt(self) -> None:
        """Puts the cursor into the prompt."""
        self.fields["prompt"].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.fields["prompt"].selectAll()

    def keep_prompt(self) -> None:
        """The prompt that is there becomes a favourite, or is none any more."""
        prompt = self.fields["prompt"].text()
        if not prompt.strip():
            self.status_message.emit(self.tr("There is no prompt to keep."))
            return
        kept = self.prompts.toggle_favourite(prompt)
        self.status_message.emit(self.tr("Kept as a favourite.") if kept else self.tr("No longer a favourite."))

    def hear_voice(self) -> None:
        """A sentence in the voice that is chosen."""
        values = self._document.settings()
        voice = values.get("voice", "")
        if voice is MIXED or not voice:
            self.status_message.emit(self.tr("Choose one voice to listen to: “by speaker” has many."))
        else:
            field = self.fields["voice"]
            engine = f"dialogue={field.speaking.engine}" if field.speaking.engine else "mini"
            self.voice_wanted.emit(str(voice), field.language_of(str(voice)), engine)

    def _use_prompt(self, prompt: str) -> None:
        self._change("prompt", prompt)

    def roll(self) -> None:
        """A seed by chance for all selected segments."""
        self._change("seed", random.randrange(_MAX_SEED))

    def refresh(self) -> None:
        """Shows the selected segments' settings."""
        document, chosen = self._document, self._document.selected
        self._form.setEnabled(bool(chosen))
        if not chosen:
            self.title.setText(self.tr("Select shots in the timeline to edit their settings."))
        elif len(chosen) == 1:
            segment = document.segment(chosen[0])
            self.title.setText(f"<b>{as_rich(segment.clip, _MOST_TITLE)}</b> · {as_rich(segment.id, _MOST_TITLE)}")
        else:
            self.title.setText(self.tr("<b>{count} shots</b> together").format(count=len(chosen)))
        values = document.settings() if chosen else asdict(SegmentSettings())
        self.fields["voice"].offer(values["engine"], values["task"])
        for name, field in self.fields.items():
            field.show_value(values[name])
        self._warn(values if chosen else {})

    def changeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange:
            for button, sign in getattr(self, "_signs", {}).items():
                button.setIcon(icon(sign))

    def _warn(self, values: dict[str, Any]) -> None:
        texts = [values.get(name, "") for name in ("prompt", "negative_prompt")]
        sentences = [
            warning for text in texts if isinstance(text, str) and text for warning in read_prompt(text).warnings
        ]
        if isinstance(voice := values.get("voice"), str):
            sentences += voice_problems(self.fields["voice"].speaking, voice)
        self.warning.setText("\n".join(sentences))
        self.warning.setVisible(bool(sentences))

    def _changer(self, name: str) -> Any:
        return lambda value: self._change(name, value)

    def _change(self, name: str, value: Any) -> None:
        if value is MIXED or not self._document.selected:
            return
        gesture = f"{name} {' '.join(self._document.selected)}" if name.endswith("prompt") or name == "level_db" else ""
        try:
            self._document.change_settings(self._document.selected, gesture=gesture, **{name: value})
        except TalkiesError as error:
            self.warning.setText(str(error))
            self.warning.show()
