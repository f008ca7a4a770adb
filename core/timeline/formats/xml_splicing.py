"""Splicing new elements into the text of an XML file, everything else left byte for byte.

Comments, document types, the order of attributes, entities and white space survive, which no parser would promise. New
text is ASCII with character references, which every encoding of XML can hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

Element = ElementTree.Element

_START_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ATTRIBUTE = re.compile(rb"""([^\s=<"'/]+)\s*=\s*("[^"]*"|'[^']*')""")


@dataclass(eq=False)
class Place:
    """One element of a file, in bytes: ``start`` of its start tag, ``inner`` after that, ``close`` of its end tag, and
    ``end`` after that. A self-closed element has neither inside nor end tag: ``inner``, ``close`` and ``end`` agree."""

    tag: str
    attributes: dict[str, str]
    start: int
    inner: int = 0
    close: int = 0
    end: int = 0
    text: str = ""
    children: list[Place] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def find(self, *tags: str) -> Place | None:
        """The first element along a path of children."""
        found = next((child for child in self.children if child.tag == tags[0]), None)
        return found.find(*tags[1:]) if found is not None and tags[1:] else found

    def all(self) -> Iterator[Place]:
        """The element and everything in it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.all()


@dataclass(frozen=True)
class Edit:
    """``data[start:end]`` becomes ``new``."""

    start: int
    end: int
    new: bytes


def root_of(data: bytes) -> Place:
    """The places of every element. The file was checked by ``safe_xml`` before."""
    return _Finder(data).root


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """``data`` with edits that do not overlap; of several at one place the first given comes first."""
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [data[at : edit.start], edit.new]
        at = max(at, edit.end)
    return b"".join((*pieces, data[at:]))


def inserted(data: bytes, parent: Place, elements: Iterable[Element], before: Place | None = None) -> Edit:
    """New children of an element, at its end or before one of its children."""
    new = b"".join(as_bytes(element) + b"\n" for element in elements)
    if before is not None:
        return Edit(before.start, before.start, new)
    if parent.inner != parent.close or data[parent.inner - 2 : parent.inner] != b"/>":
        return Edit(parent.close, parent.close, new)
    opened = data[parent.start : parent.inner - 2].rstrip() + b">\n" + new + f"</{parent.tag}>".encode()
    return Edit(parent.start, parent.end, opened)


def removed(place: Place) -> Edit:
    """An element taken out with all that is in it."""
    return Edit(place.start, place.end, b"")


def with_attribute(data: bytes, place: Place, name: str, value: str) -> Edit:
    """An element's attribute set to a value, in its place if it is there, else as the last one."""
    written = ElementTree.tostring(Element("x", {name: value}), encoding="us-ascii", xml_declaration=False)[
        2:-2
    ].strip()
    tag = data[place.start : place.inner]
    for match in _ATTRIBUTE.finditer(tag):
        if match[1] == name.encode():
            return Edit(place.start + match.start(), place.start + match.end(), written)
    end = place.inner - (2 if tag.endswith(b"/>") else 1)
    return Edit(end, end, b" " + written)


def as_bytes(element: Element) -> bytes:
    """An element as ASCII, without the characters that XML cannot hold."""
    for each in element.iter():
        each.text = _NO_XML.sub("", each.text) if each.text else each.text
        each.attrib.update({name: _NO_XML.sub("", value) for name, value in each.attrib.items()})
    written: bytes = ElementTree.tostring(element, encoding="us-ascii", xml_declaration=False)
    return written


class _Finder:
    """Walks a file with expat, for its byte offsets."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._open: list[Place] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.Parse(data, True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        start = self._parser.CurrentByteIndex
        match = _START_TAG.match(self._data, start)
        assert match is not None  # read_text has made UTF-8 of what is in UTF-16
        place = Place(tag, attributes, start, match.end())
        if self._open:
            self._open[-1].children.append(place)
        else:
            self.root = place
        self._open.append(place)

    def _end(self, tag: str) -> None:
        place = self._open.pop()
        at = self._parser.CurrentByteIndex
        is_closed = self._data[place.inner - 2 : place.inner] == b"/>"
        place.close = place.inner if is_closed else at
        place.end = place.inner if is_closed else self._data.index(b">", at) + 1

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text
