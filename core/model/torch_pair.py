"""torch and torchaudio as a pair: torchaudio's library is built for one torch, and no package metadata says which.

Sound is made without torchaudio; forced alignment in training and one figure of evaluation need it. Nothing here
imports either library until it is asked to.
"""

from __future__ import annotations

import importlib
from importlib import metadata
from types import ModuleType

from talkies.core.errors import MissingExtraError

SEEN_PAIRS: dict[str, str] = {"2.11.0": "2.11.0", "2.14.1": "2.11.1"}
"""torch → the torchaudio that was run with it; docs/installing.md has the table."""
TORCH_CURE = "pip install --force-reinstall torch==2.11.0 torchaudio==2.11.0"


def need_torch() -> ModuleType:
    """torch. Raises MissingExtraError when it is missing or one of its libraries does not load."""
    try:
        return importlib.import_module("torch")
    except (ImportError, OSError) as error:
        raise MissingExtraError(_named("torch"), _problem("torch", error), TORCH_CURE) from error


def need_torchaudio() -> ModuleType:
    """torchaudio. Raises MissingExtraError when it is missing or was built for another torch."""
    try:
        return importlib.import_module("torchaudio")
    except (ImportError, OSError) as error:
        problem = f"{_problem('torchaudio', error)} beside torch {installed('torch') or 'that is missing'}"
        raise MissingExtraError(_named("torchaudio"), problem, torchaudio_cure(installed("torch"))) from error


def torchaudio_cure(torch_version: str) -> str:
    """The command that installs the torchaudio that fits this torch, or a known pair."""
    base, _, build = torch_version.partition("+")
    fitting = SEEN_PAIRS.get(base)
    if fitting is None:
        return TORCH_CURE
    return f"pip install --force-reinstall --no-deps torchaudio=={fitting}{'+' + build if build else ''}"


def installed(package: str) -> str:
    """The version of an installed package, "" when it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _named(package: str) -> str:
    return f"{package} {installed(package)}".strip()


def _problem(package: str, error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name == package:
        return "is not installed"
    return f"does not load ({' '.join(str(error).split())})"
