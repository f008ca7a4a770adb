"""What lies in the elements of an MLT project, gathered once for each: many entries may show one producer, and many
tracks one playlist, with any number of properties and effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element

from talkies.core.timeline.formats.mlt.terms import is_on


@dataclass(frozen=True)
class Part:
    """Of one element: its properties by name, and its children by tag."""

    properties: Mapping[str, str]
    children: Mapping[str, list[Element]]
    story: list[Element]
    """Entries and blanks, in order."""

    def text(self, name: str) -> str:
        """Of a property, "" when there is none."""
        return self.properties.get(name, "")

    def all(self, tag: str) -> list[Element]:
        return self.children.get(tag, [])

    @cached_property
    def is_frozen(self) -> bool:
        """Whether the effect Freeze lies on it."""
        return any(is_on(each, "freeze") for each in self.all("filter"))


class Parts:
    """Those of a document that is not changed and outlives it."""

    def __init__(self) -> None:
        self._known: dict[int, Part] = {}

    def of(self, element: Element) -> Part:
        if id(element) not in self._known:
            self._known[id(element)] = _gathered(element)
        return self._known[id(element)]


def _gathered(element: Element) -> Part:
    properties: dict[str, str] = {}
    children: dict[str, list[Element]] = {}
    for child in element:
        children.setdefault(child.tag, []).append(child)
        if child.tag == "property":
            properties.setdefault(child.get("name", ""), (child.text or "").strip())
    return Part(properties, children, [child for child in element if child.tag in ("entry", "blank")])
