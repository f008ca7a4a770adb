"""Licences of models in a folder: what its model card says, or what the user says, and whether sound may be sold."""

from __future__ import annotations

import re
from pathlib import Path

from talkies.core.errors import EngineError

_MOST_BYTES = 1 << 16
"""Of a model card, whose front matter is at its top."""
_FREE = re.compile(
    r"apache(-licen[cs]e)?(,?-(version-)?\d(\.\d)?)?|mit(-0)?(-licen[cs]e)?|isc(-licen[cs]e)?|(the-)?unlicense"
    r"|(0bsd|bsd(-[234]-clause)?(-clear)?)(-licen[cs]e)?|cc0(-1\.0)?|cc-by(-\d(\.\d)?)?"
)
"""Names, in small letters, of licences that let anybody sell what comes of the work; what says more is another."""
_KEPT = re.compile(r"\bnc\b|non-?commercial")
_NAMED = re.compile(r"(license\w*):[ \t]*(\S.*)")


def licence_of(folder: Path, said: str) -> str:
    """``said`` by the user, else of the card in ``folder``. Raises EngineError where neither names one."""
    found = said.strip() or _of_card(folder / "README.md")
    if not found:
        raise EngineError(folder.name, "has no README.md that names its licence", 'say it with --licence "NAME"')
    return found


def sellable_under(licence: str) -> bool | None:
    """Whether one may sell what is made under a licence, None where its name does not tell."""
    name = licence.lower().replace(" ", "-")
    if _KEPT.search(name):
        return False
    return True if _FREE.fullmatch(name) else None


def _of_card(card: Path) -> str:
    """``license`` of the front matter of a model card, ``license_name`` where that is "other"; "" without one."""
    named = {}
    for line in _front_matter(card):
        if found := _NAMED.fullmatch(line):
            named[found[1]] = found[2].partition(" #")[0].strip(" '\"")
    licence = named.get("license", "")
    return named.get("license_name", "") if licence == "other" else licence


def _front_matter(card: Path) -> list[str]:
    """Its lines, none where it has no end. Raises EngineError."""
    if not card.is_file():
        return []
    try:
        with card.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise EngineError(card, f"cannot be read ({error.strerror})", "check its permissions") from error
    first, *lines = [line.rstrip() for line in text.lstrip().split("\n")]
    return lines[: lines.index("---")] if first == "---" and "---" in lines else []
