"""The panel, offscreen, which works and tells what a person could see: ``panel TIMELINE WORKER...``.

It opens the timeline and lets the queue make two shots, or go on where an earlier panel was killed; edits all the
while; and closes when all is made. A line on standard output for each thing seen: a take, how many jobs were left, the
worker's process id, an edit that is saved, ``idle`` at the end.
"""

from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path
from typing import Any

from kills.panels import SEED, SHOTS, TAKES
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from talkies.ui.app import leave_on_signals
from talkies.ui.theme import apply_theme
from talkies.ui.window import Window


class Working:
    def __init__(self, window: Window) -> None:
        self.window, self.document, self.queue = window, window.document, window.queue
        self.edits, self.told, self.worker, self.found = count(1), set[str](), 0, 0
        self.queue.found.connect(self.remember)
        self.document.timeline_changed.connect(lambda: QTimer.singleShot(0, self.begin))
        self.document.takes_changed.connect(lambda _: self.tell_takes())
        self.queue.progress_changed.connect(self.tell_worker)
        self.queue.jobs_changed.connect(self.tell_jobs)
        self.queue.crashed.connect(lambda *_: QTimer.singleShot(0, self.queue.resume))
        self.timer = QTimer(interval=50)
        self.timer.timeout.connect(self.edit)

    def remember(self, jobs: int) -> None:
        self.found = jobs

    def begin(self) -> None:
        if self.document.timeline is None or self.timer.isActive():
            return
        notes = [note for note in self.document.notes if "set aside" in note or "cannot" in note]
        say(opened=self.document.timeline.path.name, found=self.found, notes=notes)
        self.tell_takes()
        if self.found:
            self.queue.resume()
        elif not self.document.all_takes:
            self.document.change_settings(SHOTS, task="foley", takes=TAKES, seed=SEED)
            self.queue.generate(SHOTS)
        self.timer.start()

    def edit(self) -> None:
        """An edit of a marker of ours, saved now and then; and the end, when all is made."""
        number = next(self.edits)
        self.document.change_settings(["V1-001"], prompt=f"edit {number}")
        if number % 5 == 0:
            self.document.save()
            say(saved=number)
        if not any(job.is_open for job in self.queue.jobs) and not self.document.has_orphan:
            self.tell_takes()
            say(idle=[f"{job.segment_id} {job.state} {job.problem}" for job in self.queue.jobs])
            self.timer.stop()
            self.window.leave()

    def tell_takes(self) -> None:
        for take in self.document.all_takes:
            if take.id not in self.told:
                self.told.add(take.id)
                say(take=take.id, seed=take.seed)

    def tell_worker(self) -> None:
        if self.queue.worker_process_id != self.worker:
            self.worker = self.queue.worker_process_id
            say(worker=self.worker)

    def tell_jobs(self) -> None:
        """Once they are saved: the queue has asked for that before."""
        if self.document.store is not None:
            self.document.store.flush()
        problems = [job.problem for job in self.queue.jobs if job.problem]
        say(jobs=[f"{job.segment_id} {job.state}" for job in self.queue.jobs], problems=problems)


def say(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


def main(arguments: list[str]) -> int:
    timeline, *worker = arguments
    application = QApplication(["talkies"])
    store = QSettings(f"{timeline}.looks.ini", QSettings.Format.IniFormat)
    apply_theme(application, "dark")
    window = Window(worker, store, Path(timeline).with_name("demo"))
    panel = Working(window)
    window.show()
    window.open_path(Path(timeline))
    leave_on_signals(window)
    code = int(application.exec())
    del panel
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
