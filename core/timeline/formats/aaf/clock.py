"""What an AAF composition says of its time, and OTIO's adapter does not, or only as Avid writes it.

The primary timecode is a ``Timecode``, alone in its slot or in a sequence, on physical track 1 or the only one there
is. The picture's slot says how fast the programme runs, which a timecode may count otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from talkies.core.times import exact_rate, round_half_up

_HIGHEST_RATE = 1000  # more are samples


@dataclass(frozen=True)
class Clock:
    """``start``: seconds, None where no timecode is there; ``rate``: of the picture, None where there is none."""

    start: Fraction | None = None
    drop: bool = False
    rate: Fraction | None = None
    notes: tuple[str, ...] = ()


def clock_of(path: Path, name: str) -> Clock:
    """Of the composition with this name; the adapter could read the file, so we can."""
    import aaf2

    with aaf2.open(str(path)) as file:
        mob = next((each for each in file.content.compositionmobs() if each.name == name), None)
        return Clock() if mob is None else _clock(mob)


def _clock(mob: Any) -> Clock:
    rates = [_rate(slot) for slot in mob.slots if slot.media_kind == "Picture"]
    rate = next((each for each in rates if 1 <= each <= _HIGHEST_RATE), None)
    codes = [(slot, code) for slot in mob.slots for code in _timecodes(slot)]
    first = [pair for pair in codes if pair[0].getvalue("PhysicalTrackNumber", None) == 1]
    if not codes:
        return Clock(rate=rate)
    slot, code = (first or codes)[0]
    counted, frames = _rate(slot), Fraction(code.start)
    note = (
        f"the timecode counts {code.fps} frames a second in a track of {float(counted):g}: its start is taken as "
        "counted in the track's"
    )
    is_odd = bool(frames) and counted <= _HIGHEST_RATE and round_half_up(counted) != code.fps
    return Clock(frames / counted, bool(code.getvalue("Drop", False)), rate, (note,) if is_odd else ())


def _timecodes(slot: Any) -> Iterator[Any]:
    import aaf2

    segment = slot.segment
    parts = segment.components if isinstance(segment, aaf2.components.Sequence) else [segment]
    yield from [part for part in parts if isinstance(part, aaf2.components.Timecode)][:1]


def _rate(slot: Any) -> Fraction:
    """Edit units in a second; 0 of a slot that has none."""
    rate = getattr(slot, "edit_rate", 0) or 0
    return exact_rate(float(rate)) if rate > 0 else Fraction(0)
