"""Cut a film into its shots: at which rate it runs, where the timeline goes, how far it is, and a way to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from threading import Event

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from talkies.core.errors import CancelledError
from talkies.core.times import AUTO_RATE, AskedRate
from talkies.ui.background import beside
from talkies.ui.plain_text import one_line

RATES = (16, 18, 20, 22, 24, 25, 30)
"""Pictures a second that films were shot at."""
_STEPS = 1000


class CutFilmDialog(QDialog):
    """``made`` has the timeline that was written."""

    made = Signal(Path)
    _looked = Signal(float)

    def __init__(self, film: Path, stated: Fraction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._film, self._stop, self._begun_at = film, Event(), 0.0
        self._may_replace = ""
        self.setWindowTitle(self.tr("Cut {name} into shots").format(name=one_line(film.name)))
        self.rate = QComboBox()
        self.rate.addItem(self.tr("what the file states ({rate})").format(rate=f"{float(stated):.6g}"), None)
        self.rate.addItem(self.tr("what its name and pictures say"), AUTO_RATE)
        for rate in RATES:
            self.rate.addItem(self.tr("{rate} pictures a second").format(rate=rate), Fraction(rate))
        self.rate.setToolTip(self.tr("How many pictures a second the film was shot at, whatever its file says"))
        self.out = QLineEdit(str(film.with_name(f"{film.stem}.cut.otio")))
        self.out.setMinimumWidth(380)
        self._browse = QPushButton(self.tr("Choose …"))
        self._browse.clicked.connect(self._choose)
        place = QHBoxLayout()
        place.addWidget(self.out)
        place.addWidget(self._browse)
        form = QFormLayout()
        form.addRow(self.tr("Runs at:"), self.rate)
        form.addRow(self.tr("Timeline:"), place)
        self.bar, self.told = QProgressBar(), QLabel()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setVisible(False)
        self.told.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.cut = self.buttons.addButton(self.tr("C&ut"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self._begin)
        self.buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addLayout(form)
        for part in (self.bar, self.told, self.buttons):
            whole.addWidget(part)
        self._looked.connect(self._show)

    def reject(self) -> None:
        """Stops what is going on; nothing was written."""
        self._stop.set()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        self._stop.set()
        super().closeEvent(event)

    def _choose(self) -> None:
        title, kind = self.tr("The timeline of the shots"), self.tr("Timelines (*.otio)")
        path, _ = QFileDialog.getSaveFileName(self, title, self.out.text(), kind)
        if path:
            self._may_replace = path  # the dialog has asked
            self.out.setText(path if path.endswith(".otio") else f"{path}.otio")

    def _begin(self) -> None:
        out, rate = Path(self.out.text().strip()), self.rate.currentData()
        if out.exists() and str(out) != self._may_replace:
            self.told.setText(self.tr("{name} is there already: choose another name").format(name=one_line(out.name)))
            return
        self._set_busy(True)
        self._begun_at = time.monotonic()
        beside(self, _cutting(self._film, out, rate, self._watch), lambda count: self._done(out), self._failed)

    def _watch(self, share: Fraction) -> None:
        """In the other thread."""
        if self._stop.is_set():
            raise CancelledError(self._film, "was not cut", "nothing was written")
        with suppress(RuntimeError):  # the dialog goes
            self._looked.emit(float(share))

    def _show(self, share: float) -> None:
        self.bar.setValue(round(share * _STEPS))
        spent = time.monotonic() - self._begun_at
        if share > 0 and spent > 1:
            left = round(spent * (1 - share) / share)
            self.told.setText(self.tr("looking at the film, {left} s left").format(left=left))

    def _done(self, out: Path) -> None:
        self.made.emit(out)
        self.accept()

    def _failed(self, why: str) -> None:
        self._set_busy(False)
        self.told.setText(why)

    def _set_busy(self, is_busy: bool) -> None:
        for part in (self.rate, self.out, self._browse, self.cut):
            part.setEnabled(not is_busy)
        self.bar.setVisible(is_busy)
        self.bar.setValue(0)
        self.told.setText(self.tr("looking at the film") if is_busy else "")


def _cutting(film: Path, out: Path, rate: AskedRate | None, watch: Callable[[Fraction], None]) -> Callable[[], int]:
    """What is done in the other thread."""

    def cut() -> int:
        from talkies.core.shots.film import cut_film  # late: the window opens without a decoder

        return cut_film(film, out, rate, watch)

    return cut
