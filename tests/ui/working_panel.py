"""A panel without a window, for tests that kill it: ``python working_panel.py TIMELINE WORKER...``.

It generates without end and edits all the while, and says on stdout what a person could have seen: each take that has
come, each edit that is saved, and the worker's process id.
"""

from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QTimer

from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue
from talkies.ui.work.worker_client import WorkerClient


class WorkingPanel:
    def __init__(self, timeline: Path, worker: list[str]) -> None:
        self.document = Document()
        self.document.open(timeline)
        self.queue = Queue(self.document, WorkerClient(worker, self.document), self.document)
        self.seeds, self.edits = count(len(self.document.all_takes)), count(1)
        self.told: set[str] = set()
        self.worker = 0
        self.document.takes_changed.connect(self.tell_takes)
        self.queue.progress_changed.connect(self.tell_worker)
        self.queue.crashed.connect(lambda *_: QTimer.singleShot(0, self.queue.resume))
        self.timer = QTimer(interval=40)
        self.timer.timeout.connect(self.work)
        self.timer.start()

    def work(self) -> None:
        """One edit, saved; and never an empty queue."""
        edit = next(self.edits)
        self.document.change_settings(["V1-001"], prompt=f"edit {edit}")
        if edit % 5 == 0:
            self.document.save()
            say(saved=edit)
        if not any(job.is_open for job in self.queue.jobs):
            self.queue.generate(["V1-001", "V1-002"], seed=next(self.seeds))

    def tell_takes(self, segment_id: str) -> None:
        for take in self.document.takes(segment_id):
            if take.id not in self.told:
                self.told.add(take.id)
                say(take=take.id, samples=take.take.file_range.samples(take.take.sample_rate)[1])

    def tell_worker(self) -> None:
        if self.queue.worker_process_id != self.worker:
            self.worker = self.queue.worker_process_id
            say(worker=self.worker)


def say(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    application = QCoreApplication(sys.argv)
    panel = WorkingPanel(Path(sys.argv[1]), sys.argv[2:])
    raise SystemExit(application.exec())
