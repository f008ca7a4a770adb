"""talkies panel, before a window opens: what is missing is said in one sentence, and Qt is not left to abort."""

from __future__ import annotations

import sys

import pytest

from talkies.core.errors import MissingExtraError
from talkies.plugin.cli import main
from talkies.plugin.commands import panel


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["panel"]) == 2
    assert "there is no display here; start it on a desktop" in capsys.readouterr().err


def test_an_offscreen_platform_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    panel.check_display()


@pytest.mark.parametrize(
    ("error", "problem", "cure"),
    [
        (ModuleNotFoundError("no", name="PySide6"), "PySide6, which is not installed", "pip install"),
        (ImportError("libEGL.so.1: cannot open shared object file"), "needs libEGL.so.1", "apt-get install libegl1"),
        (ImportError("something odd"), "something odd", "apt-get install"),
    ],
    ids=["no PySide6", "no library", "else"],
)  # fmt: skip
def test_what_is_missing_is_named_with_its_cure(error: ImportError, problem: str, cure: str) -> None:
    refused = panel.missing(error)
    assert isinstance(refused, MissingExtraError)
    assert problem in str(refused) and cure in str(refused)
