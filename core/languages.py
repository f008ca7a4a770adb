"""Languages: what their BCP 47 tags have in common."""

from __future__ import annotations


def main_language(tag: str) -> str:
    """Of a BCP 47 tag, in small letters: ``en`` of en-US, ``fil`` of FIL_PH, "" of none."""
    return tag.replace("_", "-").partition("-")[0].lower()
