"""Time expressions of TTML: clock times with fractions or frames, and amounts with a unit (TTML 2, 12.3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from xml.etree.ElementTree import Element

from talkies.core.timeline.words.stamps import decimals
from talkies.core.times import exact_rate, may_drop_frames, seconds_of_timecode

_PARAMETER = "{http://www.w3.org/ns/ttml#parameter}"
_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,4}):(\d{1,2})(?:[.,](\d{1,9})|[:;](\d{1,4})(?:\.(\d{1,4}))?)?")
_AMOUNT = re.compile(r"(\d{1,15})(?:[.,](\d{1,9}))?\s?(h|ms|m|s|f|t|)")
_NUMBER = re.compile(r"\d{1,12}")
_UNITS = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "": Fraction(1), "ms": Fraction(1, 1000)}


@dataclass(frozen=True)
class Clock:
    """What frames and ticks of a document are: ``frame_rate`` per second, ``ticks`` per second, and into how many parts
    a frame is divided. ``smpte``: clock times are timecodes, whose seconds are as long as their frames; ``drop``: some
    of which are left out."""

    frame_rate: Fraction = Fraction(30)
    ticks: Fraction = Fraction(1)
    sub_frames: int = 1
    smpte: bool = False
    drop: bool = False

    @classmethod
    def of(cls, root: Element) -> Clock:
        """As the document's parameters state it; the defaults are the standard's."""
        stated = _positive(root, "frameRate")
        multiplier = [int(part) for part in _NUMBER.findall(_parameter(root, "frameRateMultiplier"))] or [1, 1]
        factor = Fraction(multiplier[0], multiplier[1]) if len(multiplier) == 2 and all(multiplier) else Fraction(1)
        rate, parts = exact_rate(float((stated or 30) * factor)) or Fraction(30), _positive(root, "subFrameRate") or 1
        ticks = Fraction(_positive(root, "tickRate") or 0) or (rate * parts if stated else Fraction(1))
        smpte = _parameter(root, "timeBase") == "smpte"
        drop = smpte and _parameter(root, "dropMode") == "dropNTSC" and may_drop_frames(rate)
        return cls(rate, ticks, parts, smpte, drop)

    def seconds(self, expression: str) -> Fraction | None:
        """What an expression says, None for one that says nothing."""
        text = expression.strip()
        if match := _CLOCK.fullmatch(text):
            hours, minutes, seconds, digits, frames, parts = match.groups()
            part = decimals(digits) + Fraction(int(parts or 0), self.sub_frames) / self.frame_rate
            if self.smpte:
                label = int(hours or 0), int(minutes), int(seconds), int(frames or 0)
                return seconds_of_timecode(*label, self.frame_rate, self.drop) + part
            whole = Fraction(int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds))
            return whole + int(frames or 0) / self.frame_rate + part
        if match := _AMOUNT.fullmatch(text):
            units = {**_UNITS, "f": 1 / self.frame_rate, "t": 1 / self.ticks}
            return (int(match[1]) + decimals(match[2])) * units[match[3]]
        return None


def _parameter(root: Element, name: str) -> str:
    """In whichever of the standard's namespaces: drafts had others."""
    return root.get(_PARAMETER + name) or next(
        (root.attrib[key] for key in root.attrib if key.endswith("}" + name)), ""
    )


def _positive(root: Element, name: str) -> int:
    match = _NUMBER.fullmatch(_parameter(root, name).strip())
    return int(match[0]) if match else 0
