"""Installing the menu entries into Resolve's scripts folder, proved by reading them back.

Each carries a stamp: the version of talkies that installed it, and a hash of everything but the stamp. So a copy that
is current, one of an older talkies (or of one that has moved since), and one that was changed by hand are distinct.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from talkies.core.errors import OutputError
from talkies.core.files.atomic import output_errors, part_file
from talkies.plugin.resolve.places import (
    LUA_NAME,
    PYTHON_NAME,
    State,
    fusion_folder,
    requests_place,
    scripts_folder,
)

_HERE = Path(__file__).parent
_STAMP = re.compile(r'^(?:local )?STAMP = "(.*?)"', re.MULTILINE)


@dataclass(frozen=True)
class Installed:
    """One script after :func:`install`. ``before``: how it was there; ``version_before``: "" where nobody knows."""

    path: Path
    before: State
    version_before: str = ""

    def __str__(self) -> str:
        match self.before:
            case "absent":
                return f"{self.path}: installed"
            case "current":
                return f"{self.path}: is installed and current"
            case "old":
                return f"{self.path}: replaced the copy of talkies {self.version_before}"
            case _:
                return f"{self.path}: replaced a copy that was changed by hand, or was not from talkies"


def install(folder: Path | None = None) -> list[Installed]:
    """Both scripts into ``folder``, else into this user's. Raises OutputError; nothing is left half-written."""
    place = folder if folder is not None else scripts_folder()
    if folder is None and not fusion_folder().is_dir():
        problem = "is not there: DaVinci Resolve was never started on this machine, or keeps its files elsewhere"
        raise OutputError(fusion_folder(), problem, "start it once, or name its scripts folder with --folder")
    return [_install(place / name, text) for name, text in scripts().items()]


def _install(path: Path, text: str) -> Installed:
    before, old = state_of(path, text), _text(path)
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if before != "current":
            with part_file(path) as part:
                part.write_text(text, encoding="utf-8", newline="\n")
    if state_of(path, text) != "current":
        raise OutputError(
            path, "does not hold what was just written there", "check whether another program protects it"
        )
    return Installed(path, before, _stamped_version(old))


def scripts() -> dict[str, str]:
    """The scripts as they belong on this machine, by their names in Resolve's menu."""
    variable, rest = requests_place()
    program = [sys.executable, "-m", "talkies.plugin.cli"]
    python = {"PROGRAM": repr(program), "INSIDE": repr(str(_HERE / "inside"))}
    lua = {"VARIABLE, REST": f"{json.dumps(variable)}, {json.dumps(rest)}"}
    return {PYTHON_NAME: _baked("Talkies.py", python), LUA_NAME: _baked("Talkies.lua", lua)}


def _baked(name: str, values: dict[str, str]) -> str:
    text = (_HERE / "scripts" / name).read_text(encoding="utf-8")
    for key, value in values.items():
        line = re.compile(rf"^((?:local )?{key} = ).*?(?=  ?(?:#|--) baked)", re.MULTILINE)
        before, start, after = line.split(text)
        text = before + start + value + after
    return _with_stamp(text, f"talkies {version('talkies')} {_hash(text)}")


def state_of(path: Path, text: str) -> State:
    """How a script is there, whose current text is ``text``."""
    if not path.exists():
        return "absent"
    there = _text(path)
    stamp = _STAMP.search(there)
    if there == text:
        return "current"
    return "old" if stamp and stamp[1].endswith(_hash(there)) else "damaged"


def _hash(text: str) -> str:
    """Of everything but the stamp."""
    return "sha256:" + hashlib.sha256(_with_stamp(text, "").encode()).hexdigest()[:16]


def _with_stamp(text: str, stamp: str) -> str:
    return _STAMP.sub(lambda match: match[0].replace(f'"{match[1]}"', f'"{stamp}"'), text, count=1)


def _stamped_version(text: str) -> str:
    stamp = _STAMP.search(text)
    words = stamp[1].split() if stamp else []
    return words[1] if len(words) == 3 else ""


def _text(path: Path) -> str:
    """Empty where there is no text: a folder, no rights, another program's file."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def script_states(folder: Path | None = None) -> Mapping[str, State]:
    """How each of our scripts is there, by its name in Resolve's menu."""
    place = folder if folder is not None else scripts_folder()
    return {name: state_of(place / name, text) for name, text in scripts().items()}
