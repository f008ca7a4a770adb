"""Store of the work on a timeline: a folder beside it, written so that nothing is lost whenever it stops.

NAME.otio
NAME.talkies/work.json        what was chosen, replaced at once with each save
             work.before.json the same as it was when the timeline was last opened
             takes/           finished takes (core/takes/take_folder.py)
             .lock            held by the panel that has the timeline open
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import IO

from talkies.core.errors import InputError, OutputError, TalkiesError
from talkies.core.files.atomic import output_errors, part_of, write_atomically
from talkies.core.files.dataclass_json import as_json, from_json
from talkies.core.files.lock import held, removed
from talkies.core.takes.our_files import refuse_link, remove_files, take_files_in
from talkies.core.takes.take_folder import Sidecar, read_takes, recover, remove_empty, remove_take
from talkies.ui.work.state import VERSION, WorkState

_LOCK = ".lock"
_MOST_BYTES = 100_000_000  # of work.json


class Store:
    """The work folder of one timeline, open in this panel and in no other. Raises OutputError."""

    def __init__(self, timeline: Path) -> None:
        self.timeline = timeline
        self.folder = work_folder(timeline)
        self.takes = self.folder / "takes"
        self._file = self.folder / "work.json"
        self._before = self.folder / "work.before.json"
        self._writing = ThreadPoolExecutor(1, "save")
        self._last: Future[None] | None = None
        self._saved: WorkState | None = None
        self._lock = self._locked()

    def sweep(self) -> bool:
        """Sweeps away what a dead worker has left half; False when a worker is making takes here just now."""
        return recover(self.takes)

    def load(self) -> tuple[WorkState, list[Sidecar], list[str]]:
        """What was chosen, all finished takes, and what happened to them on the way, one sentence each.

        Raises InputError when a newer talkies has written them."""
        notes: list[str] = []
        if not self.sweep():
            notes.append("a worker of an earlier panel is still making takes; they appear when it has finished")
        remove_files(self._parts())  # of a save that was killed; what it should have replaced is whole
        self._saved = state = self._read(notes)
        takes, more = read_takes(self.takes)
        for sidecar in takes:
            choices = state.choices.get(sidecar.take.name)
            if choices is not None and choices.removed:
                remove_take(sidecar.take.path)
        takes = [sidecar for sidecar in takes if sidecar.take.path.exists()]
        return state.only_takes({sidecar.take.name for sidecar in takes}), takes, [*notes, *more]

    def save(self, state: WorkState, failed: Callable[[str], object]) -> None:
        """Writes in a thread of its own; ``failed`` is called in that thread with the reason."""
        if state != self._saved:
            self._saved = state
            self._last = self._writing.submit(self._write, state, failed)

    def flush(self) -> None:
        """Waits until everything is on the disk."""
        if self._last is not None:
            self._last.result()

    def close(self) -> None:
        """Gives the timeline free. A folder in which nothing was kept goes."""
        self.flush()
        self._writing.shutdown()
        if self._file.exists() or take_files_in(self.takes):
            self._lock.close()
            return
        remove_empty(self.takes)
        remove_files((*self._parts(), self._before))
        removed(self._lock, self.folder / _LOCK)

    def _parts(self) -> list[Path]:
        return [part_of(path) for path in (self._file, self._before)]

    def _locked(self) -> IO[bytes]:
        refuse_link(self.folder, self.takes)
        with output_errors(self.folder):
            lock = held(self.folder / _LOCK)
            if lock is None:
                raise OutputError(self.timeline, "is open in another panel", "close it there, or open a copy")
            self.takes.mkdir(exist_ok=True)
        return lock

    def _read(self, notes: list[str]) -> WorkState:
        """work.json, else the one from before, else nothing; what cannot be read is set aside."""
        for path in (self._file, self._before):
            if not path.exists():
                continue
            try:
                data = _content(path)
                state = parse(data, path)
            except (OSError, ValueError, RecursionError):
                aside = _set_aside(path)
                notes.append(f"{path}: cannot be read as saved work; it was set aside as {aside.name}")
                continue
            if path == self._file:
                with contextlib.suppress(OSError):
                    write_atomically(self._before, data)
            else:
                notes.append(f"{self._file}: was not there; the work is as it was when it was last opened")
            return state
        return WorkState()

    def _write(self, state: WorkState, failed: Callable[[str], object]) -> None:
        try:
            with output_errors(self._file):
                write_atomically(self._file, render(state, self.timeline))
        except TalkiesError as error:
            self._saved = None
            failed(str(error))


def work_folder(timeline: Path) -> Path:
    """``NAME.talkies`` beside the timeline; where that is another timeline's (reel.xml beside reel.otio), with the
    suffix in its name."""
    timeline = timeline.absolute()
    folder = timeline.with_name(f"{timeline.stem}.talkies")
    try:
        owner = json.loads(_content(folder / "work.json")).get("timeline", timeline.name)
        is_theirs = isinstance(owner, str) and owner != timeline.name and timeline.with_name(owner).exists()
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):  # nobody's, or of no name that can be
        is_theirs = False
    return timeline.with_name(f"{timeline.name}.talkies") if is_theirs else folder


def render(state: WorkState, timeline: Path) -> bytes:
    """The content of work.json."""
    return json.dumps({"version": VERSION, "timeline": timeline.name, "work": as_json(state)}, indent=1).encode()


def parse(data: bytes, path: Path) -> WorkState:
    """The state from work.json. Raises ValueError for what it cannot be, InputError when it is from a newer talkies."""
    document = json.loads(data)
    if not isinstance(document, dict) or not isinstance(document.get("version"), int):
        raise ValueError("it has no version")
    if document["version"] > VERSION:
        raise InputError(path, "was saved by a newer talkies", "update talkies, or move the folder away to start anew")
    return from_json(WorkState, document.get("work"))


def _content(path: Path) -> bytes:
    """Raises OSError; ValueError for what is no file, or larger than any saved work."""
    if not path.is_file():
        raise ValueError("it is not a file")
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError("it is too large")
    return path.read_bytes()


def _set_aside(path: Path) -> Path:
    places = (path.with_name(f"{path.stem}.unreadable-{number}.json") for number in count(1))
    aside = next(place for place in places if not place.exists())
    with contextlib.suppress(OSError):
        path.replace(aside)
    return aside
