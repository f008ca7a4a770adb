"""Queue panel: progress of each shot and of all, time left, pause, cancel, retry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from talkies.ui.icons import icon
from talkies.ui.plain_text import as_tip, one_line
from talkies.ui.theme import colours
from talkies.ui.work.document import Document
from talkies.ui.work.jobs import Job
from talkies.ui.work.queue import Queue

Index = QModelIndex | QPersistentModelIndex

_REFRESH_MS = 500


class JobModel(QAbstractListModel):
    """The queue's jobs; the job itself is the user data."""

    def __init__(self, queue: Queue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._jobs: tuple[Job, ...] = queue.jobs
        queue.jobs_changed.connect(self._changed)
        queue.progress_changed.connect(self._changed)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self._jobs)

    def data(self, index: Index, role: int = 0) -> Any:
        job = self._jobs[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return job
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return one_line(f"{one_line(job.clip)} ({job.segment_id}): {self.state_of(job)}")
        return as_tip(job.problem) if role == Qt.ItemDataRole.ToolTipRole else None

    def state_of(self, job: Job) -> str:
        """Where a job is, in plain words."""
        kinds = {
            "take": (self.tr("1 take"), self.tr("{count} takes")),
            "spots": (self.tr("1 spot"), self.tr("{count} spots")),
            "music": (self.tr("1 section"), self.tr("{count} sections")),
        }
        one, several = kinds[job.kind]
        made = one if job.made == 1 else several.format(count=job.made)
        match job.state:
            case "waiting":
                return self.tr("waits")
            case "running":
                return f"{job.fraction:.0%} · {job.message}"
            case "done":
                return f"{made} · {job.problem}" if job.problem else made
            case "failed":
                return job.problem
        return self.tr("cancelled, {made} kept").format(made=made) if job.made else self.tr("cancelled")

    def _changed(self) -> None:
        jobs = self._queue.jobs
        same = [job.id for job in jobs] == [job.id for job in self._jobs]
        if not same:
            self.beginResetModel()
        self._jobs = jobs
        if not same:
            self.endResetModel()
        elif jobs:
            self.dataChanged.emit(self.index(0), self.index(len(jobs) - 1))


class JobDelegate(QStyledItemDelegate):
    """Clip and state on two lines, and a bar for what is running."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        return QSize(180, 2 * option.fontMetrics.height() + 16)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        job = index.data(Qt.ItemDataRole.UserRole)
        model = index.model()
        if not isinstance(job, Job) or not isinstance(model, JobModel):
            return
        area: QRect = option.rect.adjusted(10, 5, -10, -5)
        metrics = option.fontMetrics
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colours().raised))
        painter.setPen(QColor(colours().text if job.is_open else colours().faint))
        name = metrics.elidedText(
            f"{one_line(job.clip)} · {one_line(job.segment_id)}", Qt.TextElideMode.ElideMiddle, area.width()
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(QColor(ink_of(job)))
        below = area.adjusted(0, metrics.height() + 1, 0, 0)
        state = metrics.elidedText(one_line(model.state_of(job)), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, state)
        if job.state == "running":
            bar = QRect(area.left(), option.rect.bottom() - 4, area.width(), 3)
            painter.fillRect(bar, QColor(colours().line))
            painter.fillRect(
                QRect(bar.topLeft(), QSize(round(bar.width() * job.fraction), 3)), QColor(colours().accent)
            )
        painter.restore()


def ink_of(job: Job) -> str:
    """The colour of what is said of a job; one that is done but for a part is no success."""
    ink = {"done": colours().good, "failed": colours().error, "running": colours().accent}
    return colours().warning if job.state == "done" and job.problem else ink.get(job.state, colours().faint)


class QueuePanel(QWidget):
    """The list with its buttons."""

    def __init__(self, document: Document, queue: Queue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._queue = document, queue
        self.list, self.bar, self.text = QListView(self), QProgressBar(self), QLabel(self)
        self._icons: dict[QToolButton, str] = {}
        tr = self.tr
        self.pause = self._button("pause", tr("Pause after this shot, or continue"), self.toggle_pause)
        self.cancel = self._button("cancel", tr("Cancel everything; finished takes are kept"), lambda: queue.cancel())
        self.retry = self._button("again", tr("Retry what failed or was cancelled"), self.retry_all)
        self.clear = self._button("delete", tr("Clear finished jobs"), queue.clear)
        self.offer = self._offer()
        self._build()
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        queue.jobs_changed.connect(self.refresh)
        queue.progress_changed.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        self.list.setModel(JobModel(self._queue, self))
        self.list.setItemDelegate(JobDelegate(self.list))
        self.list.setAccessibleName(self.tr("Queue"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.doubleClicked.connect(lambda index: self._document.select([self._job(index).segment_id]))
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("Progress of the whole queue"))
        self.text.setProperty("role", "faint")
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self.text, 1)
        for each in (self.pause, self.cancel, self.retry, self.clear):
            buttons.addWidget(each)
        empty = QLabel(self.tr("The queue is empty.\nSelect shots and press Ctrl+G to generate."))
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setProperty("role", "faint")
        self._stack = QStackedLayout()
        self._stack.addWidget(self.list)
        self._stack.addWidget(empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 8, 6)
        column.setSpacing(4)
        column.addLayout(buttons)
        column.addWidget(self.bar)
        column.addWidget(self.offer)
        column.addLayout(self._stack, 1)

    def _offer(self) -> QFrame:
        """What an earlier panel had not made: it goes on, or it is forgotten."""
        frame = QFrame(self)
        frame.setProperty("role", "card")
        self.offer_text = QLabel(frame)
        self.offer_text.setWordWrap(True)
        self.go_on, self.discard = QPushButton(self.tr("Continue"), frame), QPushButton(self.tr("Discard"), frame)
        self.go_on.setProperty("primary", "true")
        self.go_on.clicked.connect(self._queue.resume)
        self.discard.clicked.connect(self._queue.discard_kept)
        grid = QGridLayout(frame)
        grid.setContentsMargins(10, 8, 10, 8)
        grid.addWidget(self.offer_text, 0, 0, 1, 2)
        grid.addWidget(self.go_on, 1, 0)
        grid.addWidget(self.discard, 1, 1)
        return frame

    def _button(self, name: str, text: str, action: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.clicked.connect(lambda checked: action())
        self._icons[button] = name
        return button

    def toggle_pause(self) -> None:
        if self._queue.is_paused:
            self._queue.resume()
        else:
            self._queue.pause()

    def retry_all(self) -> None:
        self._queue.retry([job.id for job in self._queue.jobs if job.state in ("failed", "cancelled")])

    def refresh(self) -> None:
        """The line and the bar above the list, and which buttons make sense."""
        jobs, queue = self._queue.jobs, self._queue
        ended = [job for job in jobs if not job.is_open]
        self._stack.setCurrentIndex(0 if jobs else 1)
        self.bar.setVisible(bool(jobs))
        self.bar.setValue(round(1000 * queue.fraction))
        parts = [self.tr("{done} of {all}").format(done=len(ended), all=len(jobs))] if jobs else []
        if queue.is_paused:
            parts.append(self.tr("paused"))
        elif queue.seconds_left is not None and len(ended) < len(jobs):
            parts.append(self.tr("{time} left").format(time=_spoken_time(queue.seconds_left)))
        self.text.setText(" · ".join(parts))
        self.offer.setVisible(bool(queue.kept_count))
        words = self.tr("1 shot was") if queue.kept_count == 1 else self.tr("{count} shots were")
        words = words.format(count=queue.kept_count)
        self.offer_text.setText(self.tr("{shots} still waiting when this was closed.").format(shots=words))
        self._icons[self.pause] = "play" if queue.is_paused else "pause"
        for button, name in self._icons.items():
            button.setIcon(icon(name))
        self.pause.setEnabled(len(ended) < len(jobs) or queue.is_paused)
        self.cancel.setEnabled(len(ended) < len(jobs))
        self.retry.setEnabled(any(job.state in ("failed", "cancelled") for job in jobs))
        self.clear.setEnabled(bool(ended))
        if queue.is_busy != self._timer.isActive():
            self._timer.start() if queue.is_busy else self._timer.stop()

    def changeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange and hasattr(self, "_stack"):
            self.refresh()

    def _job(self, index: Index) -> Job:
        job: Job = index.data(Qt.ItemDataRole.UserRole)
        return job

    def _menu(self, point: QPoint) -> None:
        jobs = [self._job(index) for index in self.list.selectedIndexes()]
        if not jobs:
            return
        menu = QMenu(self)
        open_jobs = [job.id for job in jobs if job.is_open]
        ended = [job.id for job in jobs if job.state in ("failed", "cancelled")]
        menu.addAction(self.tr("Cancel"), lambda: self._queue.cancel(open_jobs)).setEnabled(bool(open_jobs))
        menu.addAction(self.tr("Retry"), lambda: self._queue.retry(ended)).setEnabled(bool(ended))
        menu.addAction(self.tr("Select the shots"), lambda: self._document.select(job.segment_id for job in jobs))
        menu.popup(self.list.viewport().mapToGlobal(point))


def _spoken_time(seconds: float) -> str:
    """As people say it: 40 s, 3 min, 2 h 10 min."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
