"""The user's configuration: one small TOML file that says what every command starts from.

    engine = "mini"
    voice = "clara"                 # a named voice, or a recording
    loudness = "a85"
    background = "off"              # the beds under shots: auto, off, or words
    soundfont = "system"            # what plays music: own, system, or a file
    credentials = "off"             # files are not signed, though the extra is installed: on, off
    media-dirs = ["/footage", "~/Movies"]

It lies in the platform's folder for configurations (``preferences_file``), or where the environment variable
TALKIES_CONFIG says. What a command, a panel or a plugin states itself goes first.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from talkies.core.errors import InputError

VARIABLE = "TALKIES_CONFIG"
KEYS = ("engine", "voice", "loudness", "background", "soundfont", "credentials", "media-dirs")
_LARGEST_BYTES = 1 << 16


@dataclass(frozen=True)
class Preferences:
    """``media_dirs``: folders in which media is looked for by file name, after everything that was named for the
    timeline at hand; one that is not there now, such as an unplugged disk, is passed over. ``soundfont``: of music that
    does not say what plays it, as core/generation/music_settings.py has it."""

    engine: str = "mini"
    voice: str = ""
    loudness: str = "ebu-r128"
    media_dirs: tuple[Path, ...] = ()
    background: str = ""
    soundfont: str = ""
    credentials: str = "on"

    @property
    def signs(self) -> bool:
        """Whether files are signed where the extra is installed."""
        return self.credentials == "on"

    def for_request(self) -> dict[str, str | bool]:
        """The fields of a Request that are set here."""
        named = {"engine": self.engine, "voice": self.voice, "loudness": self.loudness, "background": self.background}
        return {**named, "credentials": self.signs}


def preferences_file() -> Path:
    """Where the configuration is, whether it exists or not."""
    if given := os.environ.get(VARIABLE):
        return Path(given)
    from platformdirs import user_config_path

    return user_config_path("talkies", appauthor=False) / "config.toml"


def read_preferences() -> Preferences:
    """What the user has set, read again when the file has changed. Raises InputError, one sentence."""
    path = preferences_file()
    try:
        facts = path.stat()
    except OSError:
        return Preferences()
    return _read(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int, size: int) -> Preferences:
    cure = "correct it or delete it"
    if size > _LARGEST_BYTES or not path.is_file():
        raise InputError(path, "is not a configuration of talkies", cure)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return _checked(values, path)
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", cure) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(path, f"is not TOML ({error})", cure) from error


def _checked(values: Mapping[str, Any], path: Path) -> Preferences:
    for name, value in values.items():
        if name not in KEYS:
            raise InputError(path, f"has an unknown key {name!r}", f"use one of {', '.join(KEYS)}")
        if name == "media-dirs":
            fits = isinstance(value, list) and all(isinstance(each, str) and "\0" not in each for each in value)
        else:
            fits = isinstance(value, str)
        if not fits:
            wanted = "a list of folders" if name == "media-dirs" else "text in quotes"
            raise InputError(path, f"{name} is {value!r}", f"it must be {wanted}")
    if values.get("credentials", "on") not in ("on", "off"):
        raise InputError(path, f"credentials is {values['credentials']!r}", 'it must be "on" or "off"')
    given = {name: value for name, value in values.items() if name != "media-dirs"}
    folders = (_at_home(each) for each in values.get("media-dirs", ()))
    for name in ("voice", "soundfont"):
        if given.get(name, "").startswith("~"):
            given[name] = str(_at_home(given[name]))
    return Preferences(**given, media_dirs=tuple(path.parent / folder for folder in folders))


def _at_home(name: str) -> Path:
    """With ``~`` as the user's home; as it stands where there is no such user."""
    with suppress(RuntimeError):
        return Path(name).expanduser()
    return Path(name)
