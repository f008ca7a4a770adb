"""The open timeline and its work: state, takes, undo stack, saving; the base class of the document.

A change of the state happens in one place (``_write``), which sends the signals and sees to it that it is saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from talkies.core.errors import ArgumentError
from talkies.core.segment import Timeline
from talkies.core.takes.take_folder import Sidecar, read_sidecar, read_takes
from talkies.ui.work.edits import Change, Edit
from talkies.ui.work.lookup import Lookup
from talkies.ui.work.opening import Finder, Opened, load
from talkies.ui.work.state import TakeRecord, WorkState
from talkies.ui.work.store import Store

_EDITED_MS: Final = 300  # until an edit is saved
_MOVED_MS: Final = 5000  # until the playhead's place is, which moves all the time
_ORPHAN_MS: Final = 2000  # between looks at what such a worker makes


class OpenDocument(QObject):
    """An open timeline with its state, takes, undo stack and place on the disk; or nothing."""

    timeline_changed = Signal()
    """Another timeline, or none; everything else has changed with it."""
    selection_changed = Signal()
    settings_changed = Signal()
    mix_changed = Signal()
    """The settings of the whole timeline."""
    cues_changed = Signal()
    takes_changed = Signal(str)
    """A take of this segment came, went, or was starred, muted, edited or made louder."""
    playhead_changed = Signal(object)
    """Where it is now: a Fraction, seconds from the first frame."""
    in_out_changed = Signal()
    markers_changed = Signal()
    spots_changed = Signal()
    state_changed = Signal()
    """Anything of ``state``, after the signals above; it will be saved in a moment."""
    orphan_left = Signal()
    """A worker that nobody hears any more, which was still making a take, has ended."""
    save_failed = Signal(str)
    """The work could not be saved: one sentence. It is tried again with the next change."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._opened: Opened | None = None
        self._state = WorkState()
        self._takes: dict[str, TakeRecord] = {}
        self._lookup = Lookup.of(None, self._state, {})
        self._saving = QTimer(self, singleShot=True)
        self._saving.timeout.connect(self._save_later)
        self._orphan = QTimer(self, interval=_ORPHAN_MS)
        self._orphan.timeout.connect(self._look_after_orphan)

    # Opening, saving, closing

    def open(self, path: Path, media_dir: Path | None = None) -> None:
        """Opens a timeline with the work that was done on it. Raises a TalkiesError and stays as it is.

        ``load`` and :meth:`adopt` do the same in two steps, the first of which may run in any thread; :meth:`save`
        before.
        """
        self.save()
        self.adopt(load(path, media_dir, self.store))

    def adopt(self, opened: Opened) -> None:
        """Puts what ``load`` has read in the place of what was open."""
        if self.store is not None and self.store is not opened.store:
            self.save()
            self.store.close()
        self._show(opened)

    def close(self) -> None:
        """Saves and forgets the timeline; another panel may open it now."""
        self.save()
        if self.store is not None:
            self.store.close()
        self._show(None)

    def save(self) -> None:
        """Saves now, and waits until it is on the disk."""
        self._save_later()
        if self.store is not None:
            self.store.flush()

    def _save_later(self) -> None:
        self._saving.stop()
        if self.store is not None:
            self.store.save(self._state, self.save_failed.emit)

    def _show(self, opened: Opened | None) -> None:
        self.undo_stack.clear()
        self._saving.stop()
        self._opened = opened
        self._state = opened.state if opened is not None else WorkState()
        self._takes = {take.id: take for take in opened.takes} if opened is not None else {}
        self._lookup = Lookup.of(self.timeline, self._state, self._takes)
        self._orphan.stop()
        if self.store is not None and not self.store.sweep():
            self._orphan.start()
        self.timeline_changed.emit()

    # What is open

    @property
    def timeline(self) -> Timeline | None:
        """As read from the file: edited cues are in ``cues``."""
        return self._opened.timeline if self._opened is not None else None

    @property
    def media_dir(self) -> Path | None:
        """Where media are looked for by name."""
        return self._opened.media_dir if self._opened is not None else None

    @property
    def store(self) -> Store | None:
        return self._opened.store if self._opened is not None else None

    @property
    def folder(self) -> Path | None:
        """``NAME.talkies`` beside the timeline, where work.json and the takes lie."""
        return self.store.folder if self.store is not None else None

    @property
    def state(self) -> WorkState:
        return self._state

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader noticed about the timeline and what became of the saved work, one sentence each."""
        return self._opened.notes if self._opened is not None else ()

    # Finished takes

    @property
    def has_orphan(self) -> bool:
        """Whether a worker that nobody hears any more is still making a take here: an earlier panel's, or the engine of
        one whose launcher died."""
        return self._orphan.isActive()

    def add_finished(self, sound: Path) -> None:
        """A take is finished: its sound file. No step to undo, for the work that made it cannot be undone either."""
        if self.store is not None and sound.parent == self.store.takes and sound.stem not in self._takes:
            self._add([read_sidecar(sound.with_suffix(".json"))])

    def find_takes(self) -> None:
        """Adds finished takes that were never reported, because their worker or an earlier panel died."""
        if self.store is not None:
            if not self.store.sweep():  # a take may lack only its move to the others; or one is still being made
                self._orphan.start()
            found, _ = read_takes(self.store.takes)
            self._add([sidecar for sidecar in found if sidecar.take.name not in self._takes])

    def _add(self, sidecars: Sequence[Sidecar]) -> None:
        if self.timeline is None or not sidecars:
            return
        finder = Finder(self.timeline)
        new = [finder.take(sidecar) for sidecar in sidecars]
        self._takes.update((take.id, take) for take in new)
        self._lookup = Lookup.of(self.timeline, self._state, self._takes)
        for segment_id in dict.fromkeys(take.segment_id for take in new):
            self.takes_changed.emit(segment_id)

    def _look_after_orphan(self) -> None:
        self._orphan.stop()
        self.find_takes()
        if not self.has_orphan:
            self.orphan_left.emit()

    # How a change happens

    def _push(self, text: str, apply: Change, revert: Change, gesture: str = "") -> None:
        self.undo_stack.push(Edit(text, apply, revert, lambda: self._state, self._write, gesture))

    def _write(self, state: WorkState) -> None:
        """Puts a new state in place and sends its signals."""
        old, self._state = self._state, state
        self._lookup = self._lookup.after(old, state, self._takes)
        if state.selected != old.selected:
            self.selection_changed.emit()
        if state.settings is not old.settings:
            self.settings_changed.emit()
        if (state.mix, state.music) != (old.mix, old.music):
            self.mix_changed.emit()
        if state.cues is not old.cues or state.voices is not old.voices:
            self.cues_changed.emit()
        for segment_id in self._segments_with_changed_takes(old, state):
            self.takes_changed.emit(segment_id)
        if state.playhead != old.playhead:
            self.playhead_changed.emit(state.playhead)
        if (state.in_point, state.out_point) != (old.in_point, old.out_point):
            self.in_out_changed.emit()
        if state.markers is not old.markers:
            self.markers_changed.emit()
        if state.spots is not old.spots:
            self.spots_changed.emit()
        self.state_changed.emit()
        self._save_within(_MOVED_MS if replace(state, playhead=old.playhead) == old else _EDITED_MS)

    def _save_within(self, milliseconds: int) -> None:
        if not self._saving.isActive() or self._saving.remainingTime() > milliseconds:
            self._saving.start(milliseconds)

    def _segments_with_changed_takes(self, old: WorkState, new: WorkState) -> Sequence[str]:
        if new.choices is old.choices:
            return ()
        keys = {key for key in (*old.choices, *new.choices) if old.choices.get(key) != new.choices.get(key)}
        return tuple(dict.fromkeys(take.segment_id for key, take in self._takes.items() if key in keys))

    def open_timeline(self) -> Timeline:
        if self.timeline is None:
            raise ArgumentError("the panel", "has no timeline open", "open one first")
        return self.timeline
