"""Time maps: retimes whose speed changes, as our readers write them down in OTIO, which has no effect for them.

A ``TimeEffect`` carries knots under ``talkies``, as text: (seconds of the item's own time, of which its source range
says what is shown; media seconds). The source range begins at the media time that is shown first, so that whoever does
not know the map begins at the right picture.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.curves import MOST_KNOTS, Curve, Knot
from talkies.core.times import TimeRange

NAME = "time map"
_AROUND = Fraction(10)  # seconds of the item's own time: so far an editor may move its cuts
_NUMBER = re.compile(r"-?\d{1,30}(?:/0*[1-9]\d{0,29})?")


def shown_by(curve: Curve, shown: TimeRange) -> tuple[TimeRange, Curve]:
    """A source range for what ``curve`` shows during ``shown``, and the curve around it in the time of that range."""
    first = curve.at(shown.start)
    near = curve.around(TimeRange(shown.start - _AROUND, shown.end + _AROUND))
    return TimeRange(first, first + shown.duration), near.moved(first - shown.start)


def time_map(curve: Curve, smooth: bool = False) -> Any:
    """The effect. ``smooth``: an editor changes the speed smoothly where the curve has a corner."""
    knots = [[str(time), str(media)] for time, media in curve.knots]
    return otio.schema.TimeEffect("retime", NAME, {"talkies": {"time_map": knots, "smooth": smooth}})


def knots_of(item: Any) -> int:
    """How many knots the time maps of an item carry."""
    return sum(len(effect.metadata["talkies"]["time_map"]) for effect in item.effects if _is_map(effect))


def _is_map(effect: Any) -> bool:
    return type(effect) is otio.schema.TimeEffect and effect.effect_name == NAME


def is_smooth(effect: Any) -> bool:
    """Whether a time map has corners where the editor has none."""
    known = effect.metadata.get("talkies")
    return isinstance(known, Mapping) and known.get("smooth") is True


def curve_of(effect: Any) -> Curve | None:
    """The curve that an effect carries; None for other effects, and for one that is damaged."""
    known = effect.metadata.get("talkies") if type(effect) is otio.schema.TimeEffect else None
    rows = known.get("time_map") if isinstance(known, Mapping) else None
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not 2 <= len(rows) <= MOST_KNOTS:
        return None
    knots = [_knot(row) for row in rows]
    return Curve.through(knot for knot in knots if knot is not None) if None not in knots else None


def _knot(row: Any) -> Knot | None:
    if not isinstance(row, Sequence) or len(row) != 2:
        return None
    texts = [str(value) for value in row]
    return (Fraction(texts[0]), Fraction(texts[1])) if all(map(_NUMBER.fullmatch, texts)) else None
