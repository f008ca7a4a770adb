"""What the producers of an MLT project play: files at a speed, held pictures, words, and what is generated."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import opentimelineio as otio

from talkies.core.curves import Curve
from talkies.core.errors import TimelineError
from talkies.core.files.guards import safe_xml
from talkies.core.timeline.cut.otio_items import external, make_clip, retimed_clip, text_reference
from talkies.core.timeline.formats.mlt.freezes import Freeze
from talkies.core.timeline.formats.mlt.media import Media
from talkies.core.timeline.formats.mlt.parts import Part
from talkies.core.timeline.formats.mlt.terms import speed_of
from talkies.core.timeline.formats.mlt.time_remaps import remap_of
from talkies.core.times import TimeRange

_ZERO = Fraction(0)
_GENERATORS = ("color", "colour", "noise", "count", "black", "tone", "frei0r", "blank")
_WORDS = ("kdenlivetitle", "pango", "qtext", "dynamictext", "rgbx")


@dataclass(frozen=True)
class Producer:
    """One producer, read once however many clips show it: its ``words``, or what generates it (``generator``), or a
    file (``address``) at a ``speed``, perhaps one picture of it (``held``, seconds) or at changing speeds (``curve``).
    ``length``: seconds of its own; ``is_inside``: the file is inside a chain or a timewarp."""

    name: str
    words: str | None = None
    generator: str = ""
    address: str = ""
    speed: Fraction = Fraction(1)
    length: Fraction = _ZERO
    held: Fraction | None = None
    curve: Curve | None = None
    is_bent: bool = False
    is_inside: bool = False

    @property
    def is_still(self) -> bool:
        """Whether it plays no file, or one picture of it."""
        return self.held is not None or not self.address

    def clip(self, shown: TimeRange, rate: Fraction, freezes: Sequence[Freeze] = ()) -> Any:
        """A clip of what it plays during ``shown``, in its own time."""
        if self.words is not None:
            return make_clip(self.name, text_reference(self.words), shown, rate)
        if self.generator:
            reference = otio.schema.GeneratorReference(generator_kind=self.generator)
            return make_clip(self.name, reference, shown, rate)
        reference = external(self.address)
        if self.held is not None:
            return make_clip(self.name, reference, TimeRange(self.held, self.held + shown.duration), rate, _ZERO)
        curve = self.curve if self.speed == 1 else None
        if (curve is not None or freezes) and shown.duration > 0:
            curve = curve or self._straight(shown)
            for freeze in freezes:
                curve = freeze.on(curve, shown.start, self.speed if self.is_inside else None, 1 / rate)
            return retimed_clip(self.name, reference, shown, (rate,), curve, self.is_bent)
        start = max(min(map(self._media_at, (shown.start, shown.end))), _ZERO)
        return make_clip(self.name, reference, TimeRange(start, start + shown.duration), rate, self.speed)

    def _straight(self, shown: TimeRange) -> Curve:
        ends = (shown.start, max(shown.end, shown.start + 1))
        return Curve(tuple((time, self._media_at(time)) for time in ends))

    def _media_at(self, time: Fraction) -> Fraction:
        """In reverse, in and out count in the reversed clip."""
        return time * self.speed if self.speed >= 0 else (time - self.length) * self.speed


def producer_of(element: Element, part: Part, media: Media, time: Callable[[str], Fraction]) -> Producer:
    """``time``: seconds of what the project writes as a time. Raises ValueError."""
    resource, service = part.text("resource"), part.text("mlt_service")
    name = part.text("kdenlive:clipname") or part.text("shotcut:caption") or re.split(r"[/\\]", resource)[-1]
    if service in _WORDS:
        return Producer(name, words=_text(part))
    if service.startswith(_GENERATORS) or resource.startswith("#") or not resource:
        return Producer(name, generator=service or "generator")
    speed, resource = speed_of(element)
    length = time(part.text("length") or "0")
    held = max(time(part.text("frame")), _ZERO) if service == "hold" else None
    curve, is_bent = (None, False) if held is not None else remap_of(element, time)
    is_inside = element.tag == "chain" or service == "timewarp"
    address = media.address(element, resource)
    return Producer(name, None, "", address, speed, length, held, curve, is_bent, is_inside)


def _text(producer: Part) -> str:
    """Words of a title: Kdenlive keeps a small XML document, other services a property."""
    document = producer.text("xmldata")
    if document:
        try:
            root = safe_xml(Path("title"), document.encode())
        except (TimelineError, ParseError):
            return ""
        return "\n".join("".join(content.itertext()).strip() for content in root.iter("content")).strip()
    return producer.text("markup") or producer.text("text") or producer.text("argument")
