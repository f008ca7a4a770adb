"""Doctor for editors: which are installed, in which version, and whether our side of them is current."""

from __future__ import annotations

from talkies.plugin.blender import packaging
from talkies.plugin.blender.places import OLDEST, FoundBlender, find_blenders
from talkies.plugin.doctor.finding import Check, Finding
from talkies.plugin.doctor.programs import Program, numbers, version_of
from talkies.plugin.resolve.installing import script_states
from talkies.plugin.resolve.places import LUA_NAME, find_resolve, fusion_folder, scripts_folder

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


def _blender() -> tuple[Finding, ...]:
    """A finding for each Blender: every version keeps extensions of its own."""
    blenders = find_blenders()
    oldest = ".".join(map(str, OLDEST))
    if not blenders:
        cure = f"install Blender {oldest} or newer from blender.org, then: talkies blender install"
        return (Finding("Blender", False, "not found", cure),)
    found = tuple(_one_blender(blender, oldest) for blender in blenders)
    if len(blenders) == 1:
        return found
    versions = ", ".join(blender.version for blender in blenders)
    detail = f"{len(blenders)} are installed ({versions}); those of one version share their extensions, others do not"
    return (Finding("Blenders", True, detail), *found)


def _one_blender(blender: FoundBlender, oldest: str) -> Finding:
    where, install = f"{blender.version} at {blender.path}", f'talkies blender install --blender "{blender.path}"'
    if blender.is_old:
        return Finding("Blender", False, f"{where} is too old for extensions", f"install Blender {oldest} or newer")
    if blender.extension is None:
        return Finding("Blender", False, f"{where} has no extension of talkies", install)
    if blender.extension != packaging.version():
        detail = f"{where} has the extension of talkies {blender.extension}; this is {packaging.version()}"
        return Finding("Blender", False, detail, install)
    if not packaging.is_current(blender.folder):
        return Finding("Blender", False, f"{where} has an extension of talkies that is damaged", install)
    return Finding("Blender", True, f"{where} has the extension of talkies {blender.extension}")


_INSTALL_SCRIPTS = "talkies resolve install"
_EDITIONS = f"Studio uses Talkies, the free edition (no Python since 21.1) {LUA_NAME.removesuffix('.lua')!r}"


def _resolve() -> Finding:
    resolve, states = find_resolve(), script_states()
    if resolve is None and not fusion_folder().is_dir():
        cure = f"install it from blackmagicdesign.com, start it once, then: {_INSTALL_SCRIPTS}"
        return Finding("DaVinci Resolve", False, "not found", cure)
    where = "its folder exists, but the program is not in its usual place"
    if resolve is not None:
        where = f"{resolve.version} at {resolve.program}".strip()
    wrong = {name: state for name, state in states.items() if state != "current"}
    if not wrong:
        return Finding("DaVinci Resolve", True, f"{where}; its scripts are current: {_EDITIONS}")
    if set(states.values()) == {"absent"}:
        return Finding("DaVinci Resolve", False, f"{where}; it has no script of talkies", _INSTALL_SCRIPTS)
    detail = ", ".join(f"{name!r} {_STATES[state]}" for name, state in wrong.items())
    return Finding("DaVinci Resolve", False, f"{where}; in {scripts_folder()} {detail}", _INSTALL_SCRIPTS)


_STATES = {
    "absent": "is missing",
    "old": "is of an older talkies, or of one that has moved",
    "damaged": "was changed by hand, or is not from talkies",
}


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


EDITORS: dict[str, Check] = {
    "Blender": _blender,
    "DaVinci Resolve": _resolve,
    "Kdenlive": _kdenlive,
    "Shotcut": _shotcut,
    "melt": _melt,
}
