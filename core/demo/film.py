"""The demo film, drawn: a workshop, a gravel path, a portrait that speaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from talkies.core.arrays import Image
from talkies.core.demo.portrait import Portrait
from talkies.core.demo.script import CLIPS, RATE, SIZE, SUBTITLES, Clip
from talkies.core.files.atomic import part_file
from talkies.core.media.opening import media_address
from talkies.core.scenes.acting import Actor, burst
from talkies.core.scenes.bouncing import Ball, Bouncing
from talkies.core.scenes.canvas import View
from talkies.core.scenes.hammering import Blow, Hammering
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import build_stage
from talkies.core.scenes.staging import Shot
from talkies.core.scenes.walking import Walking

_FINE = 2  # drawn at twice the size and averaged: smooth edges
_BLOWS = (1.32, 2.03, 3.22, 4.26, 4.98, 6.34)
_THROWS = ((0.1, 1.3, 0.06), (3.05, 1.16, -0.02))  # seconds, x, drift in picture heights per second
_STEPS = (0.58, 1.14, 1.71, 2.26, 2.83, 3.38, 3.93, 4.9, 5.42)


def write_film(path: Path) -> None:
    """Encodes the film without sound, as H.264 where the encoder is there, else MPEG-4. Raises OutputError."""
    import av

    options = {"fflags": "+bitexact"}
    with part_file(path) as part, av.open(media_address(part), "w", format="mp4", options=options) as container:
        codec, quality = _encoder()
        stream: Any = container.add_stream(codec, rate=RATE, options=quality)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for image in film_frames():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))


def _encoder() -> tuple[str, dict[str, str]]:
    import av

    if "libx264" in av.codecs_available:
        return "libx264", {"crf": "17", "preset": "fast", "threads": "1", "flags": "+bitexact"}
    return "mpeg4", {"qscale": "3", "flags": "+bitexact"}


def film_frames() -> Iterator[Image]:
    """Every frame of the film, (360, 640, 3) RGB."""
    fine = (SIZE[0] * _FINE, SIZE[1] * _FINE)
    for clip in CLIPS:
        shot = _SHOTS[clip.name](clip, fine)
        for number in range(int((clip.end - clip.start) * RATE)):
            image = shot.image(float(number / RATE), fine)
            yield np.asarray(cv2.resize(image, SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def film_events() -> tuple[Event, ...]:
    """Events of all shots in record time."""
    events: list[Event] = []
    for clip in CLIPS:
        for actor in _SHOTS[clip.name](clip, SIZE).actors:
            events += [
                Event(exact_time(float(clip.start)) + e.time, e.kind, e.material, e.force, e.sustain, e.tags)
                for e in actor.events
            ]
    return tuple(sorted(events))


def _workshop(clip: Clip, size: tuple[int, int]) -> Shot:
    rng = np.random.default_rng(5)
    stage = build_stage(rng, size, "wood", indoor=True)
    blows = []
    for number, time in enumerate(_BLOWS):
        free = time - (_BLOWS[number - 1] if number else 0.0) - 0.23
        lift = min(0.42, free)
        blows.append(Blow(time, lift, min(0.18, free - lift), (1.0, 0.8, 0.7, 1.0, 0.75, 0.95)[number]))
    tags = ("impact", "metal", "tool_machine")
    events = tuple(Event(exact_time(blow.time), "impact", "metal", blow.reach, 0.0, tags) for blow in blows)
    x, tall = 0.62, 0.2
    sparks = tuple(
        burst(
            rng, blow.time, x, stage.ground - tall, count=12, speed=1.0, size=0.006, colour=(255, 206, 110), life=0.35
        )
        for blow in blows
    )
    hammer = Hammering(stage, "hammer", "metal", x, tall, 1.0, (104, 108, 116), tuple(blows), events, sparks)
    radius = 0.062
    balls = tuple(Ball(at, x, drift, stage.ground + radius, 3.4, 0.6, radius) for at, x, drift in _THROWS)
    fastest = max(ball.first_speed for ball in balls)
    bounces = tuple(
        Event(exact_time(time), "impact", "wood", float((speed / fastest) ** 0.8), 0.0, ("impact", "wood"))
        for ball in balls
        for time, speed in ball.contacts()
    )
    ball = Bouncing(stage, balls, "wood", (186, 108, 58), bounces, 1)
    return Shot(0.0, stage, (hammer, ball), lambda t: View(zoom=1.0 + 0.008 * t))


def _path(clip: Clip, size: tuple[int, int]) -> Shot:
    rng = np.random.default_rng(20)
    stage = build_stage(rng, size, "gravel", indoor=False)
    leg, stride = 0.36, 0.145
    places = tuple(0.14 + stride * n for n in range(len(_STEPS) + 2))
    tags = ("footsteps", "gravel")
    forces = [0.82, 0.74, 0.8, 0.72, 0.84, 0.76, 0.8, 0.9, 0.78]
    events = tuple(
        Event(exact_time(time), "footstep", "gravel", force, 0.0, tags)
        for time, force in zip(_STEPS, forces, strict=True)
    )
    dust = tuple(
        burst(rng, time, x, stage.ground, count=7, speed=0.3, size=0.006, colour=(176, 166, 150), life=0.4)
        for time, x in zip(_STEPS, places[2:], strict=True)
    )
    colours = ((58, 66, 92), (156, 62, 52), (222, 176, 146))
    walker = Walking(stage, _STEPS, places, 0.43, leg, leg * 0.16, colours, events, dust)
    actors: tuple[Actor, ...] = (walker,)
    return Shot(0.0, stage, actors, lambda t: View(pan_x=-0.06 + 0.02 * t, zoom=1.06))


def _portrait(clip: Clip, size: tuple[int, int]) -> Shot:
    rng = np.random.default_rng(8)
    stage = build_stage(rng, size, "wood", indoor=True)
    stage.backdrop[:] = cv2.GaussianBlur(stage.backdrop, (0, 0), size[1] * 0.03)
    spoken = tuple(
        (float(s.start - clip.start), float(s.end - clip.start), s.syllables) for s in SUBTITLES if s.syllables
    )
    actors: tuple[Actor, ...] = (Portrait(stage.aspect / 2, 0.47, 0.3, spoken),)
    return Shot(0.0, stage, actors, lambda t: View(zoom=1.02 + 0.004 * t))


_SHOTS = {"Workshop": _workshop, "Gravel path": _path, "Portrait": _portrait}
