"""Editors: which are here, in which version, and whether our side of them is installed and current."""

from __future__ import annotations

from talkies.plugin.doctor.finding import Check, Finding
from talkies.plugin.doctor.programs import Program, numbers, version_of

KDENLIVE = Program(
    ("kdenlive", "org.kde.kdenlive"),
    (
        "/Applications/kdenlive.app/Contents/MacOS/kdenlive",
        "$PROGRAMFILES/kdenlive/bin/kdenlive.exe",
        "/var/lib/flatpak/exports/bin/org.kde.kdenlive",
        "~/.local/share/flatpak/exports/bin/org.kde.kdenlive",
    ),
)
SHOTCUT = Program(
    ("shotcut", "org.shotcut.Shotcut"),
    (
        "/Applications/Shotcut.app/Contents/MacOS/Shotcut",
        "$PROGRAMFILES/Shotcut/shotcut.exe",
        "/var/lib/flatpak/exports/bin/org.shotcut.Shotcut",
        "~/.local/share/flatpak/exports/bin/org.shotcut.Shotcut",
    ),
)
MELT = Program(
    ("melt", "melt-7"),
    (
        "/Applications/kdenlive.app/Contents/MacOS/melt",
        "/Applications/Shotcut.app/Contents/MacOS/melt",
        "$PROGRAMFILES/kdenlive/bin/melt.exe",
    ),
)
_OTIO_SINCE = (25, 4)


def _kdenlive() -> Finding:
    path = KDENLIVE.find()
    if path is None:
        cure = "install Kdenlive 25.04 or newer from kdenlive.org"
        return Finding("Kdenlive", False, "not found; a written .kdenlive opens wherever it is", cure)
    version = version_of(path)
    if not version:
        return Finding(
            "Kdenlive", True, f"{path} opens .kdenlive; it does not say whether it is 25.04, which opens .otio"
        )
    if numbers(version) < _OTIO_SINCE:
        detail = f"{version} at {path} opens .kdenlive; it reads .otio only from 25.04 on"
        return Finding("Kdenlive", True, detail, "update Kdenlive, or generate with -o OUT.kdenlive")
    return Finding("Kdenlive", True, f"{version} at {path} opens .kdenlive and .otio")


def _shotcut() -> Finding:
    return _plain("Shotcut", SHOTCUT, "opens .mlt", "install Shotcut from shotcut.org")


def _melt() -> Finding:
    return _plain("melt", MELT, "plays and mixes .mlt and .kdenlive", "on Debian and Ubuntu: apt-get install melt")


def _plain(name: str, program: Program, use: str, cure: str) -> Finding:
    path = program.find()
    if path is None:
        return Finding(name, False, f"not found; it {use}, talkies does not need it", cure)
    return Finding(name, True, f"{version_of(path)} at {path} {use}".strip())


EDITORS: dict[str, Check] = {"Kdenlive": _kdenlive, "Shotcut": _shotcut, "melt": _melt}
