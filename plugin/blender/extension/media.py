"""The media behind a strip in OTIO's terms, and which of its frames the strip plays.

Blender shows one frame of a movie per frame of the scene unless the strip was told otherwise, so that a movie of
another rate plays faster or slower; what counts is how many of its frames the strip spreads over how many of the
scene's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from .clock import Clock
from .otio import time_range
from .versions import media_offsets

_NUMBERED = re.compile(r"(.*?)(\d+)(\D*)", re.DOTALL)


@dataclass(frozen=True)
class Source:
    """``span``: frames of the scene that ``count`` frames of the media, of which ``skipped`` come before, play over;
    ``rate``: of the media; ``speed``: in media seconds per second, 0 for a still; ``problem``: a sentence."""

    reference: dict[str, Any]
    rate: Fraction
    span: int
    count: int
    skipped: int = 0
    speed: Fraction = Fraction(1)
    problem: str = ""

    def head(self, start: int, end: int) -> Fraction:
        """Media seconds before the stretch that plays from ``start`` to ``end`` (scene frames from the strip's own
        start); a reversed strip plays that stretch from its end."""
        if not self.speed:
            return Fraction(self.skipped) / self.rate
        pace = Fraction(self.count, self.span)
        passed = start * pace if self.speed > 0 else self.count - end * pace
        return (self.skipped + passed) / self.rate


def of_movie(strip: Any, clock: Clock) -> Source:
    path = Path(bpy.path.abspath(strip.filepath))
    rate = Fraction(strip.fps).limit_denominator(1001) if strip.fps else clock.rate
    skipped, cut = media_offsets(strip)
    count = int(strip.frame_duration)
    reference = _external(path, skipped + count + cut, rate)
    return _played(strip, Source(reference, rate, _span(strip), count, skipped), clock)


def of_images(strip: Any, clock: Clock) -> Source:
    """One picture is a still; several are a sequence when they are numbered one by one."""
    names = [element.filename for element in strip.elements]
    folder = Path(bpy.path.abspath(strip.directory))
    skipped, _ = media_offsets(strip)
    span, count = _span(strip), int(strip.frame_duration)
    if len(names) == 1:
        return Source(_still(folder, names[0], clock.rate), clock.rate, span, count, speed=Fraction(0))
    reference = _sequence(folder, names, clock.rate)
    if reference is None:
        problem = "its pictures are not numbered one after the other; number them, or make a movie of them"
        return Source(_missing(), clock.rate, span, count, skipped, problem=problem)
    return _played(strip, Source(reference, clock.rate, span, count, skipped), clock)


def of_scene(strip: Any, clock: Clock) -> Source:
    """A scene is seen through what it was rendered to: talkies cannot render, and Blender would freeze meanwhile."""
    scene, span, count = strip.scene, _span(strip), int(strip.frame_duration)
    skipped, _ = media_offsets(strip)
    rendered = Path(scene.render.frame_path(frame=scene.frame_start)) if scene else Path()
    if scene and rendered.is_file():
        total = scene.frame_end - scene.frame_start + 1
        names = [Path(scene.render.frame_path(frame=scene.frame_start + n)).name for n in range(total)]
        movie = scene.render.is_movie_format
        reference = _external(rendered, total, clock.rate) if movie else _sequence(rendered.parent, names, clock.rate)
        if reference is not None:
            return _played(strip, Source(reference, clock.rate, span, count, skipped), clock)
    problem = f"its scene is not rendered to {rendered.name}; render it (Render > Render Animation) and try again"
    return Source(_missing(), clock.rate, span, count, skipped, problem=problem)


def _span(strip: Any) -> int:
    """Over how many frames of the scene the strip's media would play without its handles."""
    span: float = strip.frame_final_duration + strip.frame_offset_start + strip.frame_offset_end
    return max(1, round(span))


def _played(strip: Any, source: Source, clock: Clock) -> Source:
    """With the speed; what differs from normal by less than a frame over the whole strip is normal."""
    speed = Fraction(source.count, source.span) * clock.rate / source.rate
    if abs(speed - 1) * source.span < 1:
        speed = Fraction(1)
    reverse = -1 if getattr(strip, "use_reverse_frames", False) else 1
    return Source(
        source.reference, source.rate, source.span, source.count, source.skipped, reverse * speed, source.problem
    )


def _external(path: Path, count: int, rate: Fraction) -> dict[str, Any]:
    url = path.absolute().as_uri()
    return {"OTIO_SCHEMA": "ExternalReference.1", "target_url": url, "available_range": time_range(0, count, rate)}


def _sequence(folder: Path, names: list[str], rate: Fraction) -> dict[str, Any] | None:
    """Frames numbered one by one; None when they are not."""
    parts = [_NUMBERED.fullmatch(name) for name in names]
    first = parts[0]
    if first is None:
        return None
    numbers = [int(part[2]) for part in parts if part and (part[1], part[3]) == (first[1], first[3])]
    if numbers != list(range(numbers[0], numbers[0] + len(names))):
        return None
    return {
        "OTIO_SCHEMA": "ImageSequenceReference.1",
        "target_url_base": folder.absolute().as_uri() + "/",
        "name_prefix": first[1],
        "name_suffix": first[3],
        "start_frame": numbers[0],
        "frame_step": 1,
        "rate": float(rate),
        "frame_zero_padding": len(first[2]),
        "missing_frame_policy": "hold",
        "available_range": time_range(0, len(names), rate),
    }


def _still(folder: Path, name: str, rate: Fraction) -> dict[str, Any]:
    return _sequence(folder, [name], rate) or _external(folder / name, 1, rate)


def _missing() -> dict[str, Any]:
    return {"OTIO_SCHEMA": "MissingReference.1"}
