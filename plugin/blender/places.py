"""Finding Blender: the programs of this machine and where each keeps the user's extensions.

    /opt/blender-5.0.1/blender     the program; the folder 5.0 beside it gives the version
    ~/.config/blender/5.0/extensions/user_default/talkies      what we look for, and where it belongs

Linux (archives, packages, snap, flatpak, Steam), macOS and Windows.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from talkies.core.errors import ArgumentError

OLDEST = (4, 2)
"""The first Blender with extensions."""

REPOSITORY = "user_default"
"""Blender's own name for what the user installs from files."""

_VERSION = re.compile(r"(\d+)\.(\d+)")
_TIMEOUT_S = 30
_FLATPAK = "org.blender.Blender"


@dataclass(frozen=True)
class FoundBlender:
    """``version``: major and minor, "5.0". ``folder``: where our extension belongs; ``extension``: the version that is
    there, None when there is none."""

    path: Path
    version: str
    folder: Path
    extension: str | None = None

    @property
    def is_old(self) -> bool:
        """Whether it is older than extensions are."""
        return tuple(int(part) for part in self.version.split(".")) < OLDEST


def find_blenders() -> tuple[FoundBlender, ...]:
    """Every Blender that can be found, the newest first."""
    programs = {path.resolve(): path for path in candidates() if path.is_file() and os.access(path, os.X_OK)}
    found = [blender for path in programs.values() if (blender := _looked_at(path))]
    return tuple(sorted(found, key=lambda each: [int(part) for part in each.version.split(".")], reverse=True))


def blender_at(path: Path) -> FoundBlender:
    """The Blender whose program the user names, also the .app or the folder that holds it. Raises ArgumentError."""
    inside = (path, path / "blender", path / "blender.exe", path / "Contents" / "MacOS" / "Blender")
    program = next((each for each in inside if each.is_file() and os.access(each, os.X_OK)), None)
    if program is None:
        raise ArgumentError(
            path, "is not a Blender that can be started", "name the program itself: /opt/blender/blender"
        )
    found = _looked_at(program)
    if found is None:
        raise ArgumentError(path, "does not say which version of Blender it is", "is it Blender?")
    return found


def installed_version(folder: Path) -> str | None:
    """The version in an extension's manifest; None when there is none that can be read."""
    try:
        with (folder / "blender_manifest.toml").open("rb") as file:
            return str(tomllib.load(file)["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return None


def extensions_folder(program: Path, version: str) -> Path:
    """Where this Blender keeps what the user installs from files."""
    if own := os.environ.get("BLENDER_USER_EXTENSIONS"):
        return Path(own) / REPOSITORY
    return _user_folder(program, version) / "extensions" / REPOSITORY


def _looked_at(program: Path) -> FoundBlender | None:
    version = _version_beside(program.resolve()) or _version_reported(program)
    if version is None:
        return None
    folder = extensions_folder(program, version) / "talkies"
    return FoundBlender(program, version, folder, installed_version(folder))


def _version_beside(program: Path) -> str | None:
    """Archives have a folder with the version's name; asking the program itself takes a second."""
    for folder in (program.parent, program.parent.parent / "Resources"):
        names = [path.name for path in folder.glob("[0-9]*.[0-9]*") if path.is_dir() and _VERSION.fullmatch(path.name)]
        if len(names) == 1:
            return names[0]
    return None


def _version_reported(program: Path) -> str | None:
    try:
        reported = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, errors="replace", timeout=_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"Blender (\d+\.\d+)", reported.stdout)
    return match[1] if match else None


def _user_folder(program: Path, version: str) -> Path:
    """As docs.blender.org's "Blender's Directory Layout" has it."""
    if own := os.environ.get("BLENDER_USER_RESOURCES"):
        return Path(own)
    real = program.resolve().parent
    portable = real.parent / "Resources" / "portable" if sys.platform == "darwin" else real / "portable"
    if portable.is_dir():
        return portable
    home = Path.home()
    if sys.platform == "win32":
        roaming = os.environ.get("APPDATA") or str(home / "AppData" / "Roaming")
        return Path(roaming) / "Blender Foundation" / "Blender" / version
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Blender" / version
    if _FLATPAK in program.name:
        return home / ".var" / "app" / _FLATPAK / "config" / "blender" / version
    return Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "blender" / version


def candidates() -> Iterator[Path]:
    """Where Blender may be; most of these paths do not exist."""
    if on_path := shutil.which("blender"):
        yield Path(on_path)
    home = Path.home()
    if sys.platform == "win32":
        programs = os.environ.get("PROGRAMFILES", "C:/Program Files")
        yield from _matching(Path(programs), ("Blender Foundation/Blender*/blender.exe",))
        yield from _matching(
            Path(os.environ.get("PROGRAMFILES(X86)", programs)), ("Steam/steamapps/common/Blender/blender.exe",)
        )
    elif sys.platform == "darwin":
        for folder in (Path("/Applications"), home / "Applications"):
            yield from _matching(
                folder, ("Blender*.app/Contents/MacOS/Blender", "Blender*/Blender.app/Contents/MacOS/Blender")
            )
    else:
        yield Path("/snap/bin/blender")
        for folder in (Path("/var/lib/flatpak"), home / ".local" / "share" / "flatpak"):
            yield folder / "exports" / "bin" / _FLATPAK
        for folder in (Path("/opt"), Path("/usr/local"), home, home / "Downloads", home / "bin", home / "Applications"):
            yield from _matching(folder, ("blender*/blender", "blender/*/blender"))
        yield home / ".steam" / "steam" / "steamapps" / "common" / "Blender" / "blender"


def _matching(folder: Path, patterns: Iterable[str]) -> Iterator[Path]:
    for pattern in patterns:
        try:
            yield from sorted(folder.glob(pattern))
        except OSError:  # a folder that may not be listed holds nothing for us
            continue
