"""What every test may use; any ERROR log fails the test in which it was written.

The panel's tests need Qt, and Qt needs libraries of the system; where these are missing, the other tests still run.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import melt
import pytest
from films import write_movie, write_reel
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # how long an example takes is nobody's business here
settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parents[1]

pytest.register_assert_rewrite("host_suite", "picture_suite")  # their assertions tell as much as those of a test module

try:
    import PySide6.QtWidgets  # noqa: F401 - whether it loads is the question
except ImportError as error:
    collect_ignore = ["ui"]
    NO_PANEL = f"the panel's tests are left out, for Qt does not load here: {error} (see .ci/run for its libraries)"
else:
    pytest_plugins = ["pytestqt.plugin"]
    NO_PANEL = ""


def pytest_report_header() -> list[str]:
    """Says at the top of the run what is left out."""
    return [NO_PANEL] if NO_PANEL else []


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked ``melt`` need another program; they say so where it is missing."""
    if item.get_closest_marker("melt") and not melt.available():
        pytest.skip("melt is not installed (Debian: apt-get install melt)")


@pytest.fixture(scope="session")
def project_dir() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Recordings, timelines and reference tensors beside the checkout; they are not part of the project."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared material is not beside this checkout (../shared)")
    return folder


@pytest.fixture(scope="session", autouse=True)
def no_configuration(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the developer has configured for talkies changes no test."""
    os.environ["TALKIES_CONFIG"] = str(tmp_path_factory.mktemp("configuration") / "config.toml")
    os.environ["TALKIES_CREDENTIALS"] = str(tmp_path_factory.mktemp("credentials"))


@pytest.fixture(autouse=True)
def no_error_logs() -> Iterator[None]:
    """Code that logs an ERROR and goes on has hidden a failure."""
    records: list[logging.LogRecord] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    collector = Collector(level=logging.ERROR)
    logging.getLogger().addHandler(collector)
    yield
    logging.getLogger().removeHandler(collector)
    if records:
        pytest.fail("ERROR was logged: " + "; ".join(f"{record.name}: {record.getMessage()}" for record in records))


@pytest.fixture
def reel(tmp_path: Path) -> Path:
    """A two-shot timeline over one small movie, with three cues, in a folder of its own."""
    write_movie(tmp_path / "film.mp4", 3)
    cues = [(2, 10, "ANNA: Hello there."), (12, 20, "[door slams]"), (30, 40, "BORIS: Good morning.")]
    return write_reel(tmp_path / "reel.otio", ["film.mp4", "film.mp4"], cues=cues, start=25)
