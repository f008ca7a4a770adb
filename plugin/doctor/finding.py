"""Finding of the doctor: one check, whether it works, its cure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

REINSTALL = "install talkies again: pip install --force-reinstall talkies"


@dataclass(frozen=True)
class Finding:
    """``needed``: talkies generate does not work without it. ``cure`` is "" when nothing is to be done."""

    name: str
    works: bool
    detail: str
    cure: str = ""
    needed: bool = False


Check = Callable[[], Finding | tuple[Finding, ...]]
"""Looks at one thing, or at several of a kind."""


def sentence(error: BaseException) -> str:
    """An error of anybody's on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())
