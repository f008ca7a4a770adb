"""Errors in one sentence: name the thing, what is wrong, what to do."""

from __future__ import annotations


class RefusedError(Exception):
    """``kind`` is the name that talkies has for such an error (see its core/errors.py)."""

    def __init__(self, sentence: str, kind: str = "OutputError") -> None:
        super().__init__(sentence)
        self.kind = kind
