"""Licences of models in a folder: what its model card says, or what the user says, and whether sound may be sold."""

from __future__ import annotations

import re
from pathlib import Path

from talkies.core.errors import EngineError
from talkies.core.files.regular import read_regular

_LARGEST_BYTES = 1 << 22
_FREE = re.compile(r"(apache|mit|bsd|isc|cc0|unlicense)\b.*|cc-by-\d.*")
"""Names, in small letters, of licences that let anybody sell what comes of the work."""
_KEPT = re.compile(r"\bnc\b|non-?commercial")


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
    if not card.is_file():
        return ""
    text = read_regular(card, _LARGEST_BYTES, EngineError, "model card").decode("utf-8", "replace")
    front = re.match(r"\s*---\s*\n(.*?)\n---", text.replace("\r\n", "\n"), re.DOTALL)
    facts: dict[str, str] = dict(re.findall(r"^(license\w*):[ \t]*(\S.*)$", front[1] if front else "", re.MULTILINE))
    named = {key: value.partition(" #")[0].strip(" '\"") for key, value in facts.items()}
    licence = named.get("license", "")
    return named.get("license_name", "") if licence == "other" else licence
