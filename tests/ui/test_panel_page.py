"""The panel's page lists every key, in the words of the menus."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot
from windows import make_window


def test_the_page_has_every_key(qtbot: QtBot, tmp_path: Path, worker_command: list[str], project_dir: Path) -> None:
    window = make_window(qtbot, tmp_path, worker_command)
    told = [f"| {menu} | `{key}` | {words} |" for menu, keys in window.commands.keys_by_menu() for key, words in keys]
    page = (project_dir / "docs" / "panel.md").read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if line.startswith("| ") and "`" in line] == told
    window.close()
