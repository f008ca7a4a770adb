"""Plain text of what files call things: one short line for the screen, whatever was written there.

A name may be as long as a book, hold control characters, turn the direction of writing, or look like HTML. Widgets
that take rich text get it escaped.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from html import escape
from typing import Final

LONGEST: Final = 160
"""Characters of a name that are shown."""

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"  # part of words in Persian, of families in emoji


def one_line(text: str, most: int = LONGEST) -> str:
    """At most ``most`` characters on one line; what cannot be seen becomes a space, what is cut off an ellipsis."""
    return _one_line(text[: 4 * most + 1], most)


@lru_cache(maxsize=4096)  # names are painted again and again; only their beginnings are held
def _one_line(text: str, most: int) -> str:
    start = "".join(_seen(character) for character in text[: 4 * most])
    line = " ".join(start.split())
    return line if len(line) <= most and len(text) <= 4 * most else f"{line[: most - 1].rstrip()}…"


def as_rich(text: str, most: int = LONGEST) -> str:
    """The same for a label that reads HTML."""
    return escape(one_line(text, most))


def as_tip(text: str, most_lines: int = 12) -> str:
    """A tool tip of these lines, each shortened: never read as HTML that somebody wrote into a name."""
    lines = text.splitlines()
    shown = [as_rich(line, 2 * LONGEST) for line in lines[:most_lines]] + (["…"] if len(lines) > most_lines else [])
    return f"<qt>{'<br>'.join(shown)}</qt>" if text.strip() else ""


def on_button(text: str, most: int = LONGEST) -> str:
    """For buttons and menus, where "&" would underline what follows it."""
    return one_line(text, most).replace("&", "&&")


def _seen(character: str) -> str:
    hidden = unicodedata.category(character) in _UNSEEN and character not in _JOINERS
    return " " if hidden else character
