"""Welcome page: open something, or look at the demo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from talkies.ui.icons import icon
from talkies.ui.plain_text import on_button
from talkies.ui.theme import colours

_WIDTH, _MARGIN = 700, 44
_MOST_PATH = 80  # characters


class Welcome(QWidget):
    """``open_wanted``: ask for a file. ``demo_wanted``: draw the demo and open it. ``recent_wanted``: a path."""

    open_wanted = Signal()
    demo_wanted = Signal()
    recent_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.open = QPushButton(self.tr("Open a timeline or movie …"), self)
        self.demo = QPushButton(self.tr("Open the demo"), self)
        self._recent = QVBoxLayout()
        self._build()

    def _build(self) -> None:
        title = QLabel("talkies")
        title.setProperty("role", "title")
        about = QLabel(
            self.tr(
                "Gives silent pictures their sound: open a timeline, choose shots, generate dialogue and effects, "
                "compare takes, and write them back on new tracks. What was in the timeline stays as it was."
            )
        )
        about.setWordWrap(True)
        font = about.font()
        font.setPixelSize(15)
        about.setFont(font)
        self.open.setProperty("primary", "true")
        self.demo.setToolTip(self.tr("A silent film of 21 seconds that talkies draws itself, with subtitles"))
        for button in (self.open, self.demo):
            button.setIconSize(QSize(18, 18))
            button.setMinimumHeight(40)
            button.setAccessibleName(button.text())
        self._draw_icons()
        self.open.clicked.connect(self.open_wanted)
        self.demo.clicked.connect(self.demo_wanted)
        buttons = QHBoxLayout()
        buttons.addWidget(self.open)
        buttons.addWidget(self.demo)
        buttons.addStretch(1)
        hint = QLabel(self.tr("Or drop a file here: .otio .otioz .xml .fcpxml .edl .aaf .kdenlive .mlt, or any movie."))
        hint.setProperty("role", "faint")
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(_WIDTH)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(_MARGIN, 36, _MARGIN, 36)
        width = _WIDTH - 2 * _MARGIN - 2
        about.setFixedSize(width, about.heightForWidth(width))  # a card of its own size forgets a label's third line
        inside.setSpacing(18)
        for each in (title, about):
            inside.addWidget(each)
        inside.addLayout(buttons)
        inside.addWidget(hint)
        inside.addSpacing(6)
        inside.addLayout(self._recent)
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(3)

    def _draw_icons(self) -> None:
        self.open.setIcon(icon("open", colours().on_accent))
        self.demo.setIcon(icon("film"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another theme: icons in its colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icons()

    def show_recent(self, paths: list[str]) -> None:
        """Files that were open before, the newest first."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        if paths:
            heading = QLabel(self.tr("Recent"))
            heading.setProperty("role", "faint")
            self._recent.addWidget(heading)
        for path in paths[:5]:
            link = QPushButton(on_button(f"{Path(path).name}   —   {Path(path).parent}", _MOST_PATH))
            link.setFlat(True)
            link.setStyleSheet("text-align: left; padding: 4px;")
            link.setAccessibleName(self.tr("Open {path}").format(path=path))
            link.clicked.connect(lambda checked, path=path: self.recent_wanted.emit(path))
            self._recent.addWidget(link)
