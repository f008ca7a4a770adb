"""Forms of settings: rows of fields with their names and what each does; and those of the whole timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from talkies.ui.actions import TYPED_IN
from talkies.ui.plain_text import as_tip
from talkies.ui.work.document import Document


class Caption(QLabel):
    """The name of a field: it explains it, and a click goes there."""

    def __init__(self, title: str, field: QWidget) -> None:
        super().__init__(title)
        self._field = field
        self.setToolTip(field.toolTip())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._field.setFocus(Qt.FocusReason.MouseFocusReason)


class Form(QFormLayout):
    """``fields`` by the names of their settings, each with a caption; ``rows`` make what stands in the place of a field
    and has it inside. ``warning`` comes after the field of that name."""

    def __init__(
        self,
        fields: Mapping[str, QWidget],
        names: Mapping[str, str],
        tips: Mapping[str, str],
        warning: tuple[str, QLabel],
        rows: Mapping[str, Callable[[], QWidget]] | None = None,
    ) -> None:
        super().__init__()
        self.captions: list[Caption] = []
        self.setContentsMargins(0, 4, 0, 0)
        self.setVerticalSpacing(7)
        self.setHorizontalSpacing(12)
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for name, title in names.items():
            field = fields[name]
            field.setAccessibleName(title)
            field.setToolTip(as_tip(tips[name]))
            self.captions.append(Caption(title, field))
            self.addRow(self.captions[-1], rows[name]() if rows and name in rows else field)
            if name == warning[0]:
                self.addRow(warning[1])
        warning[1].setProperty("role", "warning")
        warning[1].setWordWrap(True)
        warning[1].setTextFormat(Qt.TextFormat.PlainText)


class WholeForm(QWidget):
    """Settings of the whole timeline under a title; ``part``: which of them."""

    part: Literal["mix", "music"]
    gestures: tuple[str, ...] = ()
    """Settings whose changes one after another are one step to undo."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.warning = QLabel(self)
        self.fields: dict[str, Any] = self._fields()
        self._build()
        self.setProperty(TYPED_IN, True)
        for signal in (document.timeline_changed, document.mix_changed):
            signal.connect(self.refresh)
        self.refresh()

    def _fields(self) -> dict[str, Any]:
        raise NotImplementedError

    def _form(self) -> tuple[str, Form]:
        """Its title, and the fields in it."""
        raise NotImplementedError

    def _warnings(self) -> tuple[str, ...]:
        """What is wrong with what is chosen."""
        return ()

    def _build(self) -> None:
        title, form = self._form()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.addWidget(QLabel(f"<b>{title}</b>", self))
        column.addLayout(form)

    def refresh(self) -> None:
        """Shows what is chosen."""
        chosen = getattr(self._document, self.part)
        self.setEnabled(self._document.timeline is not None)
        for name, field in self.fields.items():
            field.show_value(getattr(chosen, name))
        self.warn()

    def warn(self) -> None:
        """Says what is wrong, and leaves what is being typed in the fields."""
        sentences = self._warnings()
        self.warning.setText("\n".join(sentences))
        self.warning.setVisible(bool(sentences))

    def _changer(self, name: str) -> Callable[[Any], None]:
        return lambda value: self._change(name, value)

    def _change(self, name: str, value: Any) -> None:
        if self._document.timeline is not None:
            self._document.change_whole(self.part, gesture=name if name in self.gestures else "", **{name: value})
