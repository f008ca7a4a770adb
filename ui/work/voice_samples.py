"""Voice samples from the worker: a sentence in a voice, made once and kept with other things that can be made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from talkies.ui.work.worker_client import WorkerClient


class VoiceSamples(QObject):
    """``ready``: the sound file of the voice that was asked for last. ``failed``: why there is none, one sentence."""

    ready = Signal(Path)
    failed = Signal(str)

    def __init__(self, client: WorkerClient, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._folder = client, folder
        self._made: dict[tuple[str, str, str], Path] = {}
        self._asked: dict[int, tuple[str, str, str]] = {}
        client.answered.connect(self._on_message)
        client.died.connect(self._on_death)

    def ask(self, voice: str, language: str, engine: str) -> None:
        """Its sample, at once if it was heard before; a generation that is at work is finished first."""
        wanted = (voice, language, engine)
        made = self._made.get(wanted)
        if made is not None and made.is_file():
            self.ready.emit(made)
        elif wanted not in self._asked.values():
            params = {"voice": voice, "language": language, "engine": engine, "folder": str(self._folder)}
            self._asked[self._client.request("sample", params)] = wanted

    def _on_message(self, number: int, message: dict[str, Any]) -> None:
        if number not in self._asked or message.get("event") not in ("result", "error"):
            return
        wanted = self._asked.pop(number)
        if message["event"] == "error":
            self.failed.emit(str(message["error"]["message"]))
        else:
            self._made[wanted] = Path(message["result"]["path"])
            self.ready.emit(self._made[wanted])

    def _on_death(self, last_stderr_line: str) -> None:
        if self._asked:
            self._asked.clear()
            why = f": {last_stderr_line}" if last_stderr_line else ""
            self.failed.emit(self.tr("The generator stopped{why}").format(why=why))
