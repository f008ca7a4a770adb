"""What a sound file says of itself: ``bext`` and ``iXML`` chunks of WAV, RF64 and AIFF; tags of everything else.

Only the headers of chunks are read, and the few that hold text; what is damaged says nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_LARGEST_TEXT = 1 << 20  # bytes
_MOST_CHUNKS = 200
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
    for name, data in _chunks(file):
        if name == b"bext":
            yield "", _text(data[:_DESCRIPTION_BYTES])
        elif name == b"iXML":
            yield from _tagged(data)


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The chunks that hold text, of a RIFF, RF64 or FORM file; none of any other."""
    head = file.read(12)
    order = {b"RIFF": "<", b"RF64": "<", b"BW64": "<", b"FORM": ">"}.get(head[:4])
    if order is None:
        return
    long_data = None
    for _ in range(_MOST_CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            return
        name, size = header[:4], struct.unpack(order + "I", header[4:])[0]
        start = file.tell()
        if name == b"ds64" and size >= 16:
            long_data = struct.unpack("<QQ", file.read(16))[1]
        elif name == b"data" and size == 0xFFFFFFFF and long_data is not None:
            size = long_data
        elif name in (b"bext", b"iXML") and size <= _LARGEST_TEXT:
            yield name, file.read(size)
        file.seek(start + size + size % 2)


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
