"""Setting fields that can say "mixed": where the selected segments differ, until one value is given to all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QDoubleSpinBox,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from talkies.core.conditioning.prompt.vocabulary import known_words
from talkies.ui.plain_text import as_tip, one_line
from talkies.ui.settings.engines import engine_choices
from talkies.ui.work.state import MIXED

Changed = Callable[[Any], None]


def mark_mixed(widget: QWidget, mixed: bool) -> None:
    """A dashed border where values differ."""
    if bool(widget.property("mixed")) != mixed:
        widget.setProperty("mixed", mixed)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class _NoWheel(QObject):
    """Scrolling through the settings must not change them: only a field that has the focus listens to the wheel."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def calm(widget: QWidget) -> None:
    """See :class:`_NoWheel`; and it takes the width there is."""
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(_NoWheel(widget))


class NumberField(QSpinBox):
    """Whole numbers. ``unset``: what stands for None, and how it is called; None where a value is a must."""

    def __init__(self, low: int, high: int, changed: Changed, unset: str = "") -> None:
        super().__init__()
        self._low, self._unset = low, unset
        self._names = {low - 2: self.tr("mixed")} | ({low - 1: unset} if unset else {})
        self.setRange(low - 2, high)
        self.setKeyboardTracking(False)
        self.valueChanged.connect(lambda value: changed(self._given(value)) if value >= self._lowest else None)
        calm(self)

    def show_value(self, value: Any) -> None:
        """A number, None or MIXED; no signal is sent."""
        self.blockSignals(True)
        self.setValue(self._low - 2 if value is MIXED else self._low - 1 if value is None else int(value))
        self.blockSignals(False)
        mark_mixed(self, value is MIXED)

    def textFromValue(self, value: int) -> str:  # noqa: N802 - Qt's name
        return self._names.get(value, str(value))

    def valueFromText(self, text: str) -> int:  # noqa: N802 - Qt's name
        named = {name: value for value, name in self._names.items()}
        return named[text] if text in named else int(text)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if text in self._names.values() or (text.isdigit() and self._low <= int(text) <= self.maximum()):
            return QValidator.State.Acceptable, text, position
        partial = not text or text.isdigit() or any(name.startswith(text) for name in self._names.values())
        return (QValidator.State.Intermediate if partial else QValidator.State.Invalid), text, position

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's name
        """Steps never lead to "mixed"."""
        self.setValue(max(self.value() + steps, self._lowest))

    @property
    def _lowest(self) -> int:
        return self._low - 1 if self._unset else self._low

    def _given(self, value: int) -> int | None:
        return None if value < self._low else value


class DecimalField(QDoubleSpinBox):
    """Numbers with a fraction; otherwise as :class:`NumberField`."""

    def __init__(self, low: float, high: float, step: float, changed: Changed, unset: str = "", unit: str = "") -> None:
        super().__init__()
        self._low, self._unset, self._unit = low, unset, unit
        self._names = {low - 2 * step: self.tr("mixed")} | ({low - step: unset} if unset else {})
        self.setDecimals(1)
        self.setSingleStep(step)
        self.setRange(low - 2 * step, high)
        self.setKeyboardTracking(False)
        self.valueChanged.connect(lambda value: changed(self._given(value)) if value >= self._lowest - 1e-6 else None)
        calm(self)

    def show_value(self, value: Any) -> None:
        """A number, None or MIXED; no signal is sent."""
        step = self.singleStep()
        self.blockSignals(True)
        self.setValue(self._low - 2 * step if value is MIXED else self._low - step if value is None else float(value))
        self.blockSignals(False)
        mark_mixed(self, value is MIXED)

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        name = next((name for key, name in self._names.items() if abs(key - value) < 1e-6), "")
        return name or f"{value:.1f}{self._unit}"

    def valueFromText(self, text: str) -> float:  # noqa: N802 - Qt's name
        named = {name: value for value, name in self._names.items()}
        return named[text] if text in named else float(self._plain(text))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if text in self._names.values():
            return QValidator.State.Acceptable, text, position
        try:
            inside = self._low <= float(self._plain(text)) <= self.maximum()
        except ValueError:
            partial = self._plain(text) in ("", "-", ".") or any(name.startswith(text) for name in self._names.values())
            return (QValidator.State.Intermediate if partial else QValidator.State.Invalid), text, position
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, position

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's name
        """Steps never lead to "mixed"."""
        self.setValue(max(self.value() + steps * self.singleStep(), self._lowest))

    def _plain(self, text: str) -> str:
        return text.replace(self._unit.strip() or "\0", "").replace(",", ".").strip()

    @property
    def _lowest(self) -> float:
        return self._low - self.singleStep() if self._unset else self._low

    def _given(self, value: float) -> float | None:
        return None if value < self._low - 1e-6 else round(value, 1)


class PercentField(DecimalField):
    """A share, shown in percent; ``low``, ``high`` and ``step`` are percents too."""

    def __init__(self, low: float, high: float, step: float, changed: Changed) -> None:
        super().__init__(low, high, step, lambda share: changed(round(share / 100, 4)), unit=" %")

    def show_value(self, value: Any) -> None:
        super().show_value(value if value is MIXED else 100 * value)


class ChoiceField(QComboBox):
    """One of a few values, each with its name."""

    def __init__(self, choices: Sequence[tuple[str, str]], changed: Changed) -> None:
        super().__init__()
        for value, name in choices:
            self.addItem(name, value)
        self.setPlaceholderText(self.tr("mixed"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(lambda index: changed(self.itemData(index)))
        calm(self)

    def show_value(self, value: Any) -> None:
        """One of the values, or MIXED; a value that is not listed is added."""
        if value is not MIXED and self.findData(value) < 0:
            self.addItem(one_line(str(value)), value)
        self.setCurrentIndex(-1 if value is MIXED else self.findData(value))
        mark_mixed(self, value is MIXED)


class SwitchField(QCheckBox):
    """On or off."""

    def __init__(self, text: str, changed: Changed) -> None:
        super().__init__(text)
        self.clicked.connect(changed)
        calm(self)

    def show_value(self, value: bool) -> None:
        """No signal is sent."""
        self.setChecked(value)


class EngineField(ChoiceField):
    """One of the engines that are here, other people's too."""

    def __init__(self, changed: Changed) -> None:
        engines = engine_choices()
        super().__init__([(name, title) for name, title, _ in engines], changed)
        for index, (_, _, tip) in enumerate(engines):
            self.setItemData(index, as_tip(tip), Qt.ItemDataRole.ToolTipRole)


class NamedWordsField(QComboBox):
    """Words, or one of a few values that need none, each with its name."""

    def __init__(self, choices: Sequence[tuple[str, str]], longest: int, changed: Changed) -> None:
        super().__init__()
        for value, name in choices:
            self.addItem(name, value)
        self._changed = changed
        line = QLineEdit(self)
        line.setMaxLength(longest)
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


class WordCompleter(QCompleter):
    """Completes the word that is being typed, not the whole prompt."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__([word.replace("_", " ") for word in known_words()], parent)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchStartsWith)

    def splitPath(self, path: str) -> list[str]:  # noqa: N802 - Qt's name
        return [path.rpartition(",")[2].lstrip().rpartition(" ")[2]]

    def pathFromIndex(self, index: Any) -> str:  # noqa: N802 - Qt's name
        word = str(super().pathFromIndex(index))
        widget = self.widget()
        before = widget.text() if isinstance(widget, QLineEdit) else ""
        return before[: len(before) - len(self.splitPath(before)[0])] + word


class PromptField(QLineEdit):
    """Words for the effects, completed from the vocabulary."""

    def __init__(self, placeholder: str, changed: Changed) -> None:
        super().__init__()
        self._placeholder = placeholder
        self.setCompleter(WordCompleter(self))
        self.setClearButtonEnabled(True)
        self.textChanged.connect(changed)

    def show_value(self, value: Any) -> None:
        """A text, or MIXED; left alone while it is the same, so that the cursor stays where it is."""
        text = "" if value is MIXED else str(value)
        if text != self.text():
            self.blockSignals(True)
            self.setText(text)
            self.blockSignals(False)
        self.setPlaceholderText(self.tr("mixed") if value is MIXED else self._placeholder)
        mark_mixed(self, value is MIXED)
