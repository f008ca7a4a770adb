"""How the elements of one FCPXML file play their media: time maps, conformed rates, and how long what they show is."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

from talkies.core.curves import Curve
from talkies.core.timeline.cut.otio_items import KnotBudget
from talkies.core.timeline.formats.fcpxml.terms import (
    STORY,
    Resources,
    is_smooth,
    moved_to_media,
    played_by,
    unconformed_notes,
)
from talkies.core.timeline.formats.fcpxml.terms import seconds as to_seconds
from talkies.core.times import TimeRange


class Retimes:
    """What an element says is read once, however often it is shown."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, Fraction], tuple[Curve | None, bool]] = {}
        self._unconformed: list[str] = []
        self._budget = KnotBudget()

    def of(
        self,
        element: Element,
        span: TimeRange,
        rate: Fraction,
        own: Fraction | None,
        length: Fraction,
        available: TimeRange | None = None,
    ) -> tuple[Curve | None, bool]:
        """Media time over an element's ``span``, None: as it is; and whether it changes smoothly where the curve has a
        corner. See :func:`played_by`; ``available``: of media whose own time a writer may mean."""
        key = (id(element), rate)
        if key not in self._known:
            curve, is_whole = played_by(element, span, rate, own, length)
            if not is_whole:
                self._unconformed.append(element.get("name", ""))
            if curve is not None and available is not None:
                curve = moved_to_media(curve, span, available)
            self._known[key] = (curve, is_smooth(element))
        return self._known[key]

    def count(self, item: Any) -> None:
        """Raises UnusableItemError where the file's items carry more than anybody sets."""
        self._budget.take(item)

    def notes(self) -> Iterator[str]:
        return unconformed_notes(self._unconformed)


def length_of(content: Element, resources: Resources) -> Fraction:
    """Seconds of all that a sequence has, or the angle of a multicam, which does not state it, or a synchronized clip,
    which states how long it is shown."""
    stated = content.get("duration") if content.tag != "sync-clip" else None
    if stated is not None:
        return to_seconds(stated)
    spine, ends = content.find("spine"), [Fraction(0)]
    first = following = None
    for child in spine if spine is not None else content:
        element = child if child.tag != "audition" else next((each for each in child if each.tag in STORY), None)
        if child.tag not in STORY or element is None or child.get("lane"):
            continue
        offset = child.get("offset") or element.get("offset")
        start = to_seconds(offset) if offset is not None or following is None else following
        first = start if first is None else min(first, start)
        following = start + resources.duration(element)
        ends.append(following - first)
    return max(ends)
