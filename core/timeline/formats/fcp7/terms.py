"""The small elements that Final Cut Pro 7 XML is made of: rates, timecodes, transitions, retimes, titles."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from talkies.core.times import round_half_up, timecode

TICKS_PER_SECOND = 254_016_000_000
"""Premiere's clock: a whole number of ticks to every sample and every frame."""


def is_fcp7_rate(rate: Fraction) -> bool:
    """Whether a rate is a whole number of frames per second, or that times 1000/1001."""
    return rate.denominator == 1 or (rate.denominator == 1001 and rate.numerator % 1000 == 0)


def texts(parent: Element, **values: str) -> None:
    """Elements that hold a text each."""
    for tag, text in values.items():
        SubElement(parent, tag).text = text


def truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"


@dataclass(frozen=True)
class Terms:
    """Rates and timecodes of a sequence."""

    rate: Fraction
    drop_frame: bool

    def frame(self, position: Fraction) -> int:
        return round_half_up(position * self.rate)

    def rate_element(self, rate: Fraction | None = None) -> Element:
        rate = rate or self.rate
        element = Element("rate")
        texts(element, timebase=str(round_half_up(rate)), ntsc=truth(rate.denominator == 1001))
        return element

    def timecode(self, seconds: Fraction, rate: Fraction | None = None) -> Element:
        """The timecode of a point that lies ``seconds`` after 00:00:00:00."""
        rate = rate or self.rate
        drop = self.drop_frame and rate == self.rate
        element = Element("timecode")
        element.append(self.rate_element(rate))
        texts(element, string=timecode(seconds, rate, drop), frame=str(round_half_up(seconds * rate)))
        texts(element, displayformat="DF" if drop else "NDF")
        return element


@dataclass(frozen=True)
class Mix:
    """A transition in frames: it begins ``before`` its ``cut`` and ends ``after`` it. ``exact``: as it was."""

    item: Any
    cut: int
    before: int
    after: int
    alignment: str
    exact: bool = True

    @classmethod
    def of(cls, item: Any, cut: int, before: int, after: int, follows: bool, precedes: bool) -> Mix:
        """``follows``: a clip ends at the cut; ``precedes``: one begins there. The cut of a centred transition is its
        middle, so one with unequal sides becomes shorter."""
        if not follows:
            return cls(item, cut, 0, after, "start-black", before == 0)
        if not precedes:
            return cls(item, cut, before, 0, "end-black", after == 0)
        if before == 0 or after == 0:
            return cls(item, cut, before, after, "end" if after == 0 else "start")
        if after in (before, before + 1):
            return cls(item, cut, before, after, "center")
        shorter = min(before, after)
        return cls(item, cut, shorter, shorter, "center", exact=False)

    def element(self, terms: Terms) -> Element:
        element = Element("transitionitem")
        texts(element, start=str(self.cut - self.before), end=str(self.cut + self.after), alignment=self.alignment)
        element.append(terms.rate_element())
        name = str(self.item.name or "Cross Dissolve")
        effect = SubElement(element, "effect")
        texts(effect, name=name, effectid=name, effecttype="transition", mediatype="video")
        return element


def retime_filter(speed: Fraction) -> Element:
    """A constant speed, in percent; backwards where it is negative."""
    element = Element("filter")
    effect = SubElement(element, "effect")
    texts(effect, name="Time Remap", effectid="timeremap", effectcategory="motion", effecttype="motion")
    texts(effect, mediatype="video")
    values = {"variablespeed": "0", "speed": str(float(abs(speed) * 100)), "reverse": truth(speed < 0)}
    for name, value in values.items():
        texts(SubElement(effect, "parameter"), parameterid=name, name=name, value=value)
    return element


def title_effect(text: str) -> Element:
    """The generator that shows words."""
    effect = Element("effect")
    texts(effect, name="Text", effectid="Text", effectcategory="Text", effecttype="generator", mediatype="video")
    texts(SubElement(effect, "parameter"), parameterid="str", name="Text", value=text.replace("\n", "\r"))
    return effect


def audio_format() -> tuple[Element, Element]:
    """What a sequence says of its sound: two channels at 48 kHz."""
    count, element = Element("numOutputChannels"), Element("format")
    count.text = "2"
    texts(SubElement(element, "samplecharacteristics"), depth="24", samplerate="48000")
    return count, element
