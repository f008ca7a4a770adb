"""Write-back list: what is added where; first as it is planned, afterwards as the editor shows it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from talkies.core.hosts.host import Placement
from talkies.core.segment import STEMS, StemName, Timeline
from talkies.ui.plain_text import one_line
from talkies.ui.theme import colours
from talkies.ui.work.document import Document
from talkies.ui.work.write_back import PlannedTake, WriteBack

_ROOM = 8  # pixels above and below the words of a row, together
_STEMS: dict[str, StemName] = {stem: stem for stem in STEMS}


class WriteBackList(QTreeWidget):
    """Tracks with their clips: name, in, out, gain."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("What is added where"))
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(False)

    def show_plan(self, plan: WriteBack, document: Document) -> None:
        """Before: the tracks that go and those that come."""
        self._begin(self.tr("What is added"), self.tr("Gain"))
        for name in plan.removed:
            self._track(self.tr("{name}: is removed").format(name=name), colours().error, ())
        for track in plan.tracks:
            who = f" · {track.speaker}" if track.speaker else ""
            takes = self.tr("1 take") if len(track.placements) == 1 else self.tr("{count} takes")
            words = self.tr("{name}{who}: new track, {takes}")
            title = words.format(name=track.name, who=who, takes=takes.format(count=len(track.placements)))
            rows = [_row(plan.timeline, document, each) for each in track.placements]
            self._track(title, colours().stem(track.stem).name(), rows)
        self._end()

    def show_placement(self, placement: Placement, timeline: Timeline, editor: str) -> None:
        """After: what lies on the new tracks, read back from the editor."""
        self._begin(self.tr("What {editor} shows now").format(editor=editor), "")
        for track in placement.tracks:
            clips = self.tr("1 clip") if len(track.clips) == 1 else self.tr("{count} clips")
            title = f"✓ {track.name}: {clips.format(count=len(track.clips))}"
            colour = colours().stem(_STEMS.get(track.name.partition(" ")[0], "FX")).name()
            places = ((clip.name, clip.record) for clip in track.clips)
            rows = [
                [one_line(name), timeline.timecode(place.start), timeline.timecode(place.end), ""]
                for name, place in places
            ]
            self._track(title, colour, rows)
        self._end()

    def _begin(self, first: str, last: str) -> None:
        self.clear()
        self.setHeaderLabels([first, self.tr("In"), self.tr("Out"), last])

    def _track(self, title: str, colour: str, rows: Iterable[list[str]]) -> None:
        item = QTreeWidgetItem(self, [one_line(title)])
        item.setForeground(0, QColor(colour))
        item.setFirstColumnSpanned(True)
        below = [QTreeWidgetItem(row) for row in rows]
        item.addChildren(below)
        for each in (item, *below):
            each.setSizeHint(0, QSize(0, self.fontMetrics().height() + _ROOM))  # it may not have its style yet
        item.setExpanded(True)

    def _end(self) -> None:
        for column in (1, 2, 3):
            self.resizeColumnToContents(column)


def _row(timeline: Timeline, document: Document, planned: PlannedTake) -> list[str]:
    take = planned.take
    name = f"{one_line(document.segment(take.segment_id).clip)} · {take.stem} {take.number}{_why(planned)}"
    gain = f"{planned.gain_db:+.1f} dB" if planned.gain_db else ""
    return [name, timeline.timecode(planned.place.start), timeline.timecode(planned.place.end), gain]


def _why(planned: PlannedTake) -> str:
    """Why this take is written and no other of its place."""
    if planned.take.starred:
        return " ★"
    if planned.stays or not planned.rivals:
        return ""
    words = QCoreApplication.translate("WriteBackList", "newest of {count}").format(count=planned.rivals + 1)
    if planned.take.preferred:
        words = QCoreApplication.translate("WriteBackList", "heard last in A/B")
    return f"  ({words})"
