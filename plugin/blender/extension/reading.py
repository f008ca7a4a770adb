"""Reading the sequencer as plain data: shots of picture, lines of text and existing sound, in frames.

Movie, image, scene and meta strips are shots (a meta strip's own ones, as far as it shows them), text strips are lines.
Muted strips and channels are left out, and what lies before the scene's first frame. When strips are selected, only
these count; selected text without selected picture stands for the shots under it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import media
from .clock import Clock
from .shots import Line, Noise, Reading, Shot
from .strips import file_of, file_start, is_portrait
from .versions import strips_of

_LAST_FRAME = 1 << 30


def read(scene: Any) -> Reading:
    """Everything in the scene's sequencer that shows a picture or text."""
    found, clock = Reading(), Clock.of(scene)
    editor = scene.sequence_editor
    for seen in _visible(editor, (clock.first, _LAST_FRAME)) if editor else ():
        if seen.strip.type == "TEXT":
            if seen.strip.text.strip():
                found.lines.append(Line(seen.strip.text, seen.start, seen.end, seen.selected))
        elif is_portrait(seen.strip):
            found.portraits.append(_portrait(seen, editor.channels[seen.strip.channel].name, clock))
        elif seen.strip.type in _SHOTS:
            _add_shot(found, seen, clock)
        elif seen.strip.type == "SOUND" and seen.strip.sound and len(seen.channel) == 1:
            found.noises.append(_noise(seen, editor.channels[seen.strip.channel].name, clock))
        elif seen.strip.type in _NO_SHOTS:
            found.warnings.append(f"strip {seen.strip.name!r} is left out: {_NO_SHOTS[seen.strip.type]}")
    return found


@dataclass(frozen=True)
class _Seen:
    strip: Any
    channel: tuple[int, ...]
    start: int
    end: int
    selected: bool


def _visible(
    owner: Any, window: tuple[int, int], above: tuple[int, ...] = (), selected: bool = False
) -> Iterator[_Seen]:
    """The strips of an editor, in order, with what of them lies in the window; those inside of meta strips as well."""
    channels = owner.channels
    for strip in sorted(strips_of(owner), key=lambda strip: (strip.channel, strip.frame_final_start)):
        start, end = max(strip.frame_final_start, window[0]), min(strip.frame_final_end, window[1])
        if strip.mute or channels[strip.channel].mute or start >= end:
            continue
        channel, chosen = (*above, strip.channel), selected or strip.select
        if strip.type == "META":
            yield from _visible(strip, (start, end), channel, chosen)
        else:
            yield _Seen(strip, channel, start, end, chosen)


def _add_shot(found: Reading, seen: _Seen, clock: Clock) -> None:
    """A shot covers what the strip has of its media: a held first or last frame shows nothing that could sound."""
    strip = seen.strip
    source = _SHOTS[strip.type](strip, clock)
    if source.problem:
        found.warnings.append(f"strip {strip.name!r}: {source.problem}")
    reach = source.span if source.speed else None
    first = round(strip.frame_start)
    start = seen.start if reach is None else max(seen.start, first)
    end = seen.end if reach is None else min(seen.end, first + reach)
    if start >= end:
        return
    shown = (start - first, end - first)
    found.shots.append(
        Shot(strip.name, seen.channel, start, end, source.reference, source.head(*shown), source.speed, seen.selected)
    )


def _noise(seen: _Seen, track: str, clock: Clock) -> Noise:
    head = clock.seconds(seen.start) - file_start(seen.strip, clock)
    return Noise(
        seen.strip.name, track, seen.channel, seen.start, seen.end, file_of(seen.strip) or "", max(head, Fraction(0))
    )


def _portrait(seen: _Seen, track: str, clock: Clock) -> Noise:
    head = clock.seconds(seen.start) - clock.seconds(round(seen.strip.frame_start))
    file = file_of(seen.strip) or ""
    return Noise(seen.strip.name, track, seen.channel, seen.start, seen.end, file, max(head, Fraction(0)))


_SHOTS = {"MOVIE": media.of_movie, "IMAGE": media.of_images, "SCENE": media.of_scene}
_NO_SHOTS = {"MOVIECLIP": "put its movie itself into the sequencer", "MULTICAM": "talkies needs the source itself"}
