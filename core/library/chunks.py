"""What a sound file says of itself: ``bext`` and ``iXML`` chunks of WAV, RF64 and AIFF; tags of everything else.

Only the headers of chunks are read, and the few that hold text; what is damaged says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from talkies.core.media.wav.riff import text_chunks

_DESCRIPTION_BYTES = 256  # of a bext chunk, EBU Tech 3285
_CATEGORY_TAGS = {"catid", "ucscatid"}
_TEXT_TAGS = {
    "bwf_description", "category", "categoryfull", "description", "fxname", "keywords", "note", "notes", "scene",
    "subcategory", "trackname", "usercategory", "vendorcategory",
}  # fmt: skip
_TAGS = ("title", "description", "comment", "keywords", "genre", "category", "subcategory", "album")


@dataclass(frozen=True)
class Statement:
    """``category``: a CatID of the Universal Category System, "" none. ``description``: every other text, joined."""

    category: str = ""
    description: str = ""


def stated(path: Path, tags: Mapping[str, str]) -> Statement:
    """What the chunks of a file and its ``tags`` (as FFmpeg gives them) say. Raises OSError."""
    with path.open("rb") as file:
        texts = list(_chunk_texts(file))
    texts += [("", tags[name]) for name in tags if name.casefold() in _TAGS]
    texts += [("catid", tags[name]) for name in tags if name.casefold() in _CATEGORY_TAGS]
    category = next((text.strip() for tag, text in texts if tag in _CATEGORY_TAGS), "")
    others = (" ".join(text.split()) for tag, text in texts if tag not in _CATEGORY_TAGS)
    return Statement(category, "; ".join(dict.fromkeys(text for text in others if text)))


def _chunk_texts(file: BinaryIO) -> Iterator[tuple[str, str]]:
    """Tag and text, tag "" for a plain description."""
    for name, data in text_chunks(file):
        if name == b"bext":
            yield "", _text(data[:_DESCRIPTION_BYTES])
        elif name == b"iXML":
            yield from _tagged(data)


def _tagged(data: bytes) -> Iterator[tuple[str, str]]:
    """The texts of an iXML document that say what sounds."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(data.strip(b"\0 \r\n\t"))
    except (ParseError, DefusedXmlException, ValueError, RecursionError):
        return
    for element in root.iter():
        tag = str(element.tag).rpartition("}")[2].casefold().replace("-", "").replace(" ", "")
        if element.text and tag in _TEXT_TAGS | _CATEGORY_TAGS:
            yield tag, element.text


def _text(data: bytes) -> str:
    """Meant to be ASCII; many programs write UTF-8 or the code page of their system."""
    data = data.split(b"\0")[0]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
