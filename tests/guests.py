"""Engines of other people's for the tests: one that is polite and pip-installed, and one that is rude."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from talkies.core.engines.guest import GuestEngine, guest_class
from talkies.core.engines.guests.found import Guest
from talkies.core.engines.guests.manifest import Manifest
from talkies.core.engines.guests.session import Limits

TONES = Path(__file__).with_name("guest_tones")
RUDE = Path(__file__).with_name("rude_guest.py")
PLAYING = Path(__file__).with_name("playing_guest.py")


def rude_manifest(**more: Any) -> dict[str, Any]:
    """Of the rude one, as JSON; it hangs for a minute and is waited for half a second."""
    return {
        "name": "rude", "version": "3", "licence": "CC-BY-NC-4.0", "sellable": False, "tasks": ["foley"],
        "sample_rate": 8000, "patience_s": 0.5, **more,
    }  # fmt: skip


def rude_guest(**more: Any) -> Guest:
    """The rude one, as the user's list has it."""
    manifest = rude_manifest(**more)
    argv = (sys.executable, str(RUDE), json.dumps(manifest))
    return Guest(manifest["name"], argv, "added", Manifest.from_mapping(manifest, "rude"), added=True)


def rude_engine(**more: Any) -> GuestEngine:
    """The rude one, loaded."""
    return guest_class(rude_guest(**more), Limits(cancel_s=0.3)).load(None, "cpu")


def install_tones(folder: Path) -> Path:
    """A folder with the polite one as pip installs it, without a network; to be put on the path."""
    source, target = folder / "source", folder / "installed"
    shutil.copytree(TONES, source)  # setuptools builds in place
    alone = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--no-compile")
    command = [sys.executable, "-m", "pip", "install", "-q", *alone, "--target", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return target


def playing_guest(**more: Any) -> Guest:
    """One that plays music of any tempo, at 16 kHz."""
    given: dict[str, Any] = {
        "name": "player", "version": "2", "licence": "CC-BY-4.0", "tasks": ["music"], "sample_rate": 16_000, **more,
    }  # fmt: skip
    argv = (sys.executable, str(PLAYING), json.dumps(given))
    return Guest(given["name"], argv, "added", Manifest.from_mapping(given, "player"), added=True)
