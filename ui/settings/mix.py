"""Settings of the whole timeline: what its backgrounds sound like, and how its effects are panned."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from talkies.core.backgrounds.words import read_words
from talkies.core.generation.request import MAX_PROMPT
from talkies.core.media.panning import PAN_LAWS
from talkies.ui.actions import TYPED_IN
from talkies.ui.plain_text import as_tip
from talkies.ui.settings.fields import Changed, ChoiceField, DecimalField, calm
from talkies.ui.settings.words import mix_names, mix_tips
from talkies.ui.work.document import Document


class BackgroundField(QComboBox):
    """Words, or one of the names of what needs none."""

    def __init__(self, changed: Changed) -> None:
        super().__init__()
        for value, name in (("", self.tr("Default")), ("auto", self.tr("Automatic")), ("off", self.tr("Off"))):
            self.addItem(name, value)
        self._changed = changed
        line = QLineEdit(self)
        line.setMaxLength(MAX_PROMPT)
        self.setLineEdit(line)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        line.editingFinished.connect(self._tell)
        self.activated.connect(self._tell)
        calm(self)

    def show_value(self, value: str) -> None:
        """Words that are no name are shown as they are; no signal is sent."""
        index = self.findData(value.strip().casefold())
        self.blockSignals(True)
        self.setCurrentIndex(index)
        self.setEditText(self.itemText(index) if index >= 0 else value)
        self.blockSignals(False)

    def _tell(self, *_: object) -> None:
        text = self.currentText().strip()
        index = self.findText(text)
        self._changed(self.itemData(index) if index >= 0 else text)


class MixPanel(QWidget):
    """The form."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.warning = QLabel(self)
        self.fields: dict[str, Any] = {
            "background": BackgroundField(self._changer("background")),
            "width": DecimalField(0.0, 1.0, 0.1, self._changer("width")),
            "pan_law": ChoiceField(
                [(law, f"−{law.removesuffix('dB')} dB") for law in PAN_LAWS], self._changer("pan_law")
            ),
        }
        self._build()
        self.setProperty(TYPED_IN, True)
        for signal in (document.timeline_changed, document.mix_changed):
            signal.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        form, column, title = QFormLayout(), QVBoxLayout(self), QLabel(self.tr("<b>Whole timeline</b>"), self)
        form.setContentsMargins(0, 4, 0, 0)
        form.setVerticalSpacing(7)
        form.setHorizontalSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for name, words in mix_names().items():
            field = self.fields[name]
            field.setAccessibleName(words)
            field.setToolTip(as_tip(mix_tips()[name]))
            caption = QLabel(words, self)
            caption.setToolTip(field.toolTip())
            form.addRow(caption, field)
            if name == "background":
                form.addRow(self.warning)
        self.warning.setProperty("role", "warning")
        self.warning.setWordWrap(True)
        column.setContentsMargins(0, 12, 0, 0)
        column.addWidget(title)
        column.addLayout(form)

    def refresh(self) -> None:
        """Shows what is chosen."""
        mix = self._document.mix
        self.setEnabled(self._document.timeline is not None)
        for name, field in self.fields.items():
            field.show_value(getattr(mix, name))
        named = mix.background.casefold() in ("", "auto", "off")
        sentences = () if named else read_words(mix.background).warnings
        self.warning.setText("\n".join(sentences))
        self.warning.setVisible(bool(sentences))

    def _changer(self, name: str) -> Any:
        return lambda value: self._change(name, value)

    def _change(self, name: str, value: Any) -> None:
        if self._document.timeline is not None:
            self._document.change_mix(gesture=name if name == "width" else "", **{name: value})
