"""Edits of takes by their edges: trimmed, moved, faded, and cross-faded where one comes to lie over its neighbour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from talkies.core.takes.edits import TakeEdit
from talkies.core.times import TimeRange
from talkies.ui.work.lookup import sounding
from talkies.ui.work.state import TakeRecord

Grip = Literal["all", "in", "out", "fade in", "fade out"]
"""What of a take is taken hold of: all of it, an edge, or the inner end of a fade."""


def dragged(take: TakeRecord, grip: Grip, position: Fraction, rate: Fraction) -> TakeEdit:
    """The edit of a take whose beginning (``all``, ``in``), end, or inner end of a fade is dragged to a position of the
    timeline (s); as far as its sound reaches, a frame at least."""
    edit, place = take.edit, take.place
    by = position - (place.end if grip == "out" else place.start)
    match grip:
        case "all":
            edit = replace(edit, offset=edit.offset + by)
        case "in":
            edit = replace(edit, head=min(edit.head + by, edit.head + place.duration - 1 / rate))
        case "out":
            edit = replace(edit, tail=edit.tail + by)
        case "fade in":
            edit = replace(edit, fade_in=min(by, place.duration - edit.fade_out))
        case "fade out":
            edit = replace(edit, fade_out=min(place.end - position, place.duration - edit.fade_in))
    return edit.bounded(take.take, 1 / rate)


def neighbours(take: TakeRecord, heard: Iterable[TakeRecord]) -> tuple[TakeRecord, ...]:
    """The take before and the one after it in its department, by the same speaker; none for one that does not sound."""
    own = [each for each in heard if (each.stem, each.speaker) == (take.stem, take.speaker) and not each.lost]
    own.sort(key=lambda each: (each.place, each.id))
    index = next((index for index, each in enumerate(own) if each.id == take.id), None)
    return () if index is None else (*own[max(index - 1, 0) : index], *own[index + 1 : index + 2])


def crossfaded(
    take: TakeRecord, edit: TakeEdit, others: Iterable[TakeRecord], rate: Fraction
) -> Mapping[str, TakeEdit]:
    """The edits of a take and of its neighbours. Where two overlap by their ends they cross-fade over what both cover,
    and a fade at the other end has what is left; where they no longer do, they no longer fade there."""
    was, now, found = take.place, edit.place(take.record), dict[str, TakeEdit]()
    for other in others:
        theirs, there = other.edit, other.place
        if there < was:
            before, length = _crossing(there, was), _crossing(there, now)
            if length or (before and theirs.fade_out == take.edit.fade_in == before):
                edit, theirs = _rising(edit, now, length), _falling(theirs, there, length)
        else:
            before, length = _crossing(was, there), _crossing(now, there)
            if length or (before and theirs.fade_in == take.edit.fade_out == before):
                edit, theirs = _falling(edit, now, length), _rising(theirs, there, length)
        found[other.id] = theirs.bounded(other.take, 1 / rate)
    return {**found, take.id: edit.bounded(take.take, 1 / rate)}


def all_crossfaded(
    edits: Iterable[tuple[TakeRecord, TakeEdit]], takes: Iterable[TakeRecord], rate: Fraction
) -> Mapping[str, TakeEdit]:
    """The same of several takes at once, among all ``takes``; those that are edited together stay as they lie to each
    other."""
    pairs, heard, found = tuple(edits), sounding(takes), dict[str, TakeEdit]()
    together = {take.id for take, _ in pairs}
    for take, edit in pairs:
        beside = [each for each in neighbours(take, heard) if each.id not in together]
        others = [replace(each, choices=replace(each.choices, edit=found.get(each.id, each.edit))) for each in beside]
        found.update(crossfaded(take, edit, others, rate))
    return found


def _rising(edit: TakeEdit, place: TimeRange, length: Fraction) -> TakeEdit:
    """Crosses at its beginning over so many seconds."""
    return replace(edit, fade_in=length, fade_out=min(edit.fade_out, place.duration - length))


def _falling(edit: TakeEdit, place: TimeRange, length: Fraction) -> TakeEdit:
    """Crosses at its end."""
    return replace(edit, fade_out=length, fade_in=min(edit.fade_in, place.duration - length))


def _crossing(first: TimeRange, second: TimeRange) -> Fraction:
    """How long the end of one lies over the beginning of the other (s)."""
    return first.end - second.start if first.start < second.start < first.end < second.end else Fraction(0)
