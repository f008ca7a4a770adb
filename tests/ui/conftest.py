"""What tests of the panel may use: a screen that is not there, a document, and a worker with a small real engine."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import load_tones
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sound_devices import Device

from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.ui.player import transport
from talkies.ui.theme import apply_theme, theme_name
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue
from talkies.ui.work.worker_client import WorkerClient

TONES_WORKER = Path(__file__).resolve().parents[1] / "tones_worker.py"


@pytest.fixture(scope="package", autouse=True)
def no_automatic_gc() -> Iterator[None]:
    """As in the running panel (ui/gc_timer.py): no background thread destroys widgets, also if it outlives its test."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Device:
    """What transports play on."""
    device = Device()
    monkeypatch.setattr(transport, "open_speaker", lambda parent: device)
    return device


@pytest.fixture(autouse=True)
def gc_in_this_thread() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def without_backgrounds(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes of dialogue and effects alone, as somebody has them who wants no beds; tests/ui/test_backgrounds.py has
    them."""
    config = tmp_path_factory.getbasetemp() / "without-backgrounds.toml"
    config.write_text('background = "off"\n')
    monkeypatch.setenv("TALKIES_CONFIG", str(config))


@pytest.fixture(autouse=True)
def in_the_theme(qapp: QApplication) -> None:
    """As the program starts: without its style sheet everything is smaller, and a test would see another window alone
    than after others. Turned on once: a style sheet that is set again reaches what earlier tests have left to Qt."""
    if not qapp.styleSheet() or theme_name() != "dark":
        apply_theme(qapp, "dark")


@pytest.fixture
def worker_command() -> list[str]:
    """Starts a real worker process whose engine needs no model."""
    return [sys.executable, str(TONES_WORKER)]


@pytest.fixture
def document(qtbot: QtBot, reel: Path) -> Iterator[Document]:
    """The two-shot timeline, open."""
    document = Document()
    document.open(reel)
    yield document
    document.close()


@pytest.fixture
def generated(document: Document) -> Document:
    """Two takes of effects for each shot and one of dialogue for each line."""
    for task, takes in (("foley", 2), ("dialogue", 1)):
        order = TakeRequest.from_mapping({**document.order(), "task": task, "takes": takes})
        list(make_takes(order, load_engine=load_tones))
    document.find_takes()
    return document


@pytest.fixture
def queue(document: Document, worker_command: list[str]) -> Iterator[Queue]:
    """An empty queue; its worker starts with the first job."""
    queue = Queue(document, WorkerClient(worker_command, document), document)
    yield queue
    queue.close()
