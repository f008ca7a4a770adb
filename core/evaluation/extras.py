"""Optional packages of evaluation, each imported where it is used."""

from __future__ import annotations

import importlib
from types import ModuleType

from talkies.core.errors import MissingExtraError


def need(package: str) -> ModuleType:
    """The package, or MissingExtraError that says how to get it."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise MissingExtraError(package, "is not installed", "pip install 'talkies[evaluation]'") from error
