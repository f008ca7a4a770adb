"""Jobs for guests: the windows in which a brief is made, and what each of them asks for, as plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from talkies.core.engines.base import Brief, Line, MusicPart
from talkies.core.engines.guests.manifest import Manifest
from talkies.core.engines.guests.seams import FADE_S
from talkies.core.engines.guests.windows import Window, between_lines, cells_of, overlapping
from talkies.core.errors import EngineError
from talkies.core.hosts.conversation import Message
from talkies.core.times import LATENT_RATE, TimeRange, round_half_up, to_sample

if TYPE_CHECKING:
    from talkies.core.engines.mouths import Mouth

SPEAKING, SOUNDING = ("dialogue", "joint"), ("foley", "joint")
"""Tasks in which somebody speaks, and those in which something sounds."""
_BARS = 3  # in a window, so that it may begin with any
_MOTION, _IMPACT = 24, 30  # columns of the sync features


def windows_of(brief: Brief, manifest: Manifest) -> tuple[Window, ...]:
    """The windows in which a brief is made, in samples of the engine. Raises EngineError for a line that none holds."""
    rate = manifest.sample_rate
    count = round_half_up(brief.duration * rate)
    longest = None if manifest.window_s is None else int(manifest.window_s * rate)
    if brief.task == "music":
        return _windows_of_music(brief.music, count, longest, rate)
    if brief.task != "dialogue":
        grid = 1 / brief.shot.rate if manifest.sees == "movie" and brief.shot is not None else 1 / LATENT_RATE
        return overlapping(count, longest, rate, grid)
    windows = between_lines([line.range for line in brief.lines], count, longest, rate)
    too_long = max((window.count for window in windows), default=0)
    if longest is not None and too_long > longest:
        problem = f"speaks {manifest.window_s:g} s at once, and here somebody speaks {too_long / rate:.1f} s"
        raise EngineError(f"engine {manifest.name}", problem, "split the line, or use another engine")
    return windows


def _windows_of_music(parts: Sequence[MusicPart], count: int, longest: int | None, rate: int) -> tuple[Window, ...]:
    """Each part by itself, with a cross-fade to the next in the middle of which it ends; where a part is longer than
    ``longest`` the windows in it begin with its bars, or with quarters where few bars have room in them."""
    if not parts:
        return overlapping(count, longest, rate)
    half = int(FADE_S * rate) // 2
    found: list[Window] = []
    for part in parts:
        start = 0 if part is parts[0] else max(to_sample(part.range.start, rate) - half, 0)
        stop = count if part is parts[-1] else min(to_sample(part.range.end, rate) + half, count)
        has_room = longest is None or longest >= _BARS * part.bar * rate
        grid = part.bar if has_room else part.quarter
        inside = overlapping(stop - start, longest, rate, grid) if stop > start else ()
        found += [Window(start + window.start, start + window.stop) for window in inside]
    return tuple(found)


def span_of(window: Window, sample_rate: int) -> TimeRange:
    """Its seconds."""
    return TimeRange(Fraction(window.start, sample_rate), Fraction(window.stop, sample_rate))


def job_of(brief: Brief, window: Window, manifest: Manifest, mouths: Sequence[Mouth | None] | None = None) -> Message:
    """What is asked for in one window, times in seconds of it. ``mouths``: that are seen to say the lines."""
    span = span_of(window, manifest.sample_rate)
    speaks, sounds = brief.task in SPEAKING, brief.task in SOUNDING
    job: Message = {
        "task": brief.task,
        "duration_s": float(span.duration),
        "samples": window.count,
        "sample_rate": manifest.sample_rate,
        "prompt": brief.prompt if brief.task != "dialogue" else "",
        "negative_prompt": brief.negative_prompt if brief.task != "dialogue" else "",
        "voice": brief.voice if speaks else "",
        "lines": _within(brief.lines, span, mouths) if speaks else [],
        "sounds": _within(brief.sounds, span) if sounds else [],
        "strokes": _strokes(brief, span) if sounds else [],
        **_seen(brief, span, manifest),
    }
    return job | _music(brief, span) if brief.task == "music" else job


def _strokes(brief: Brief, span: TimeRange) -> list[Message]:
    first, last = float(span.start), float(span.end)
    return [
        {"time_s": stroke.time - first, "force": stroke.force}
        for stroke in (brief.spotted.strokes if brief.spotted else ())
        if first <= stroke.time < last
    ]


def _seen(brief: Brief, span: TimeRange, manifest: Manifest) -> Message:
    """What of the picture is told in numbers, to an engine that wants them."""
    seen: Message = {"motion": None, "impacts": None}
    if brief.features is not None and brief.task in SOUNDING and manifest.sees != "nothing":
        for name, column in (("motion", _MOTION), ("impacts", _IMPACT)):
            seen[name] = np.round(brief.features.sync[cells_of(span), column].astype(float), 4).tolist()
    return seen


def _music(brief: Brief, span: TimeRange) -> Message:
    """What is composed of the part that a window is of; nothing of it where the prompt alone says what is played."""
    middle = (span.start + span.end) / 2
    part = next((part for part in reversed(brief.music) if part.range.start <= middle), None)
    if part is None:
        return {"tempo": None, "key": "", "meter": "", "mood": "", "instruments": [], "hits": []}
    first, last = float(span.start), float(span.end)
    hits = [{"time_s": time - first, "weight": weight} for time, weight in part.hits if first <= time < last]
    return {
        "prompt": part.words,
        "tempo": round(part.tempo, 3),
        "key": part.key,
        "meter": "{}/{}".format(*part.meter),
        "mood": part.mood,
        "instruments": list(part.instruments),
        "hits": hits,
    }


def _within(lines: tuple[Line, ...], span: TimeRange, mouths: Sequence[Mouth | None] | None = None) -> list[Message]:
    """The lines that are heard in a window, in seconds of it."""
    found = (
        (line, line.range.overlap(span), mouth) for line, mouth in zip(lines, mouths or repeat(None), strict=False)
    )
    return [
        {
            "start_s": float(part.start - span.start), "end_s": float(part.end - span.start),
            "text": line.text, "speaker": line.speaker, "language": line.language,
            **(_said(mouth, float(span.start)) if mouth is not None and part == line.range else {}),
        }
        for line, part, mouth in found if part is not None
    ]  # fmt: skip


def _said(mouth: Mouth, begin: float) -> Message:
    """When a mouth says a line, in seconds of a window that begins at ``begin``."""
    return {
        "mouth_start_s": round(mouth.start - begin, 4),
        "mouth_end_s": round(mouth.end - begin, 4),
        "word_starts_s": [round(start - begin, 4) for start in mouth.words],
    }
