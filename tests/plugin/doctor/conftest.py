"""A machine without editors, whatever is installed on this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from talkies.plugin.doctor import editors, programs


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any editor: an empty PATH, an empty home, and no folder where installers put things."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for variable in ("XDG_CONFIG_HOME", "BLENDER_USER_RESOURCES", "BLENDER_USER_EXTENSIONS"):
        monkeypatch.delenv(variable, raising=False)
    for name in ("KDENLIVE", "SHOTCUT", "MELT"):
        monkeypatch.setattr(editors, name, programs.Program(getattr(editors, name).commands))
    return tmp_path
