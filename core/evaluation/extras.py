"""Optional packages of evaluation, each imported where it is used."""

from __future__ import annotations

import importlib
from types import ModuleType

from talkies.core.errors import MissingExtraError


def need(package: str, extra: str = "evaluation") -> ModuleType:
    """The package, or MissingExtraError that says how to get it."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise MissingExtraError(
            package.partition(".")[0], "is not installed", f"pip install 'talkies[{extra}]'"
        ) from error
