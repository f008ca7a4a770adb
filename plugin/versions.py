"""Versions of what made a sound: talkies, its model, torch; nothing heavy is loaded to read them."""

from __future__ import annotations

import json
import platform
from importlib import resources

from talkies.core.model.torch_pair import installed


def versions() -> dict[str, str]:
    """Version by name, "not installed" for a library that is missing."""
    libraries = ("torch", "torchaudio", "PySide6")
    return {
        "talkies": installed("talkies") or "not installed",
        **{f"model {name}": version for name, version in model_versions().items()},
        **{name: installed(name) or "not installed" for name in libraries},
        "Python": platform.python_version(),
    }


def model_versions() -> dict[str, str]:
    """Versions of the weights that ship, by engine."""
    text = (resources.files("talkies.resources") / "weights" / "versions.json").read_text(encoding="utf-8")
    shipped: dict[str, str] = json.loads(text)
    return shipped
