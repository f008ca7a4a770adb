"""How MLT's XML says things, and what Kdenlive adds: shared by reader and writers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from talkies.core.times import round_half_up

KDENLIVE_COLORS = ("PURPLE", "CYAN", "BLUE", "GREEN", "YELLOW", "ORANGE", "RED", "PINK", "MAGENTA")
"""Kdenlive's categories of markers, by their number, as OTIO's colours."""

_SIZES = {(1280, 720): "atsc_720p", (1920, 1080): "atsc_1080p", (2560, 1440): "qhd_1440p", (3840, 2160): "uhd_2160p"}
_RATES = {Fraction(rate): str(rate) for rate in (24, 25, 30, 50, 60)}
_RATES |= {Fraction(rate * 1000, 1001): name for rate, name in ((24, "2398"), (30, "2997"), (60, "5994"))}
"""MLT's own profiles: all of these sizes are there at all of these rates."""

_NUMBER = re.compile(r"^\s*[-+]?\d{1,18}(?:[.,]\d{0,18})?(?:[eE][-+]?\d{1,2})?\s*$")  # 1e999999999 would fill memory

INTERNAL = "237"
"""How Kdenlive marks the transitions that it adds to every track itself."""


def property_of(element: Element, name: str) -> str:
    """The text of a property, "" when there is none."""
    for child in element.iterfind("property"):
        if child.get("name") == name:
            return (child.text or "").strip()
    return ""


def number(text: str) -> Fraction:
    """A number as MLT writes it: with a decimal comma where the editor's language has one. Raises ValueError."""
    if not _NUMBER.match(text):
        raise ValueError(f"{text[:40]!r} is not a number")
    return Fraction(text.strip().replace(",", "."))


def speed_of(producer: Element) -> tuple[Fraction, str]:
    """How fast a producer plays which resource: ``timewarp`` says ``0.5:film.mov``, the ``framebuffer`` of older
    projects ``film.mov?0.5``, unless its file has a question mark of its own. Raises ValueError."""
    service, resource = property_of(producer, "mlt_service"), property_of(producer, "resource")
    stated = ""
    if service == "timewarp":
        stated = property_of(producer, "warp_speed") or resource.partition(":")[0]
        resource = property_of(producer, "warp_resource") or resource.partition(":")[2]
    elif service == "framebuffer" and "?" in resource:
        name, _, more = resource.rpartition("?")
        speed = re.split("[&:]", more)[0]
        if _NUMBER.match(speed):
            stated, resource = speed, name
    return (number(stated).limit_denominator(100_000) if stated else Fraction(1)), resource


def is_on(effect: Element, service: str) -> bool:
    """Whether a filter is this one, and not switched off."""
    return property_of(effect, "mlt_service") == service and property_of(effect, "disable") != "1"


def made(tag: str, attributes: Mapping[str, str], properties: Mapping[str, object]) -> Element:
    """An element with properties; those that are None are left out."""
    element = Element(tag, dict(attributes))
    for name, value in properties.items():
        if value is not None:
            SubElement(element, "property", name=name).text = str(value)
    return element


def main_of(root: Element, by_id: Mapping[str, Element]) -> Element | None:
    """The timeline of a project: its last tractor, unless that merely wraps one sequence; else a playlist."""
    tractors = [element for element in root if element.tag == "tractor"]
    if not tractors:
        playlists = [element for element in root if element.tag == "playlist" and _is_story(element)]
        return playlists[-1] if playlists else None
    main = tractors[-1]
    for _ in tractors:
        tracks = main.findall("track")
        inner = by_id.get(tracks[0].get("producer", "")) if len(tracks) == 1 else None
        if inner is None or inner.tag != "tractor" or inner is main or not inner.findall("track"):
            break
        main = inner
    return main


def rate_of(root: Element) -> Fraction:
    """Frames per second of a project. Raises ValueError."""
    profile = root.find("profile")
    if profile is None:
        return Fraction(25)
    over, under = int(profile.get("frame_rate_num", "25")), int(profile.get("frame_rate_den", "1"))
    if under == 0:
        raise ValueError("its frame rate is not a picture rate")
    return Fraction(over, under)


def profile_name(width: int, height: int, rate: Fraction) -> str | None:
    """What MLT itself calls the progressive profile with square pixels of this size and rate, if it has one.

    ``kdenlive --render`` looks for this name alone, and renders PAL at 25 fps without one [Kdenlive 26.08].
    """
    size, speed = _SIZES.get((width, height)), _RATES.get(rate)
    return f"{size}_{speed}" if size and speed else None


def mix_of_sound(track: int, kdenlive: bool) -> Element:
    """The transition that adds the sound of a tractor's track to what is heard, as Kdenlive or Shotcut writes it.

    ``accepts_blanks`` beside mixes without it would silence the track where others sound [melt 7.12].
    """
    theirs = {"kdenlive_id": "mix", "internal_added": INTERNAL, "accepts_blanks": 1} if kdenlive else {}
    place = {"a_track": 0, "b_track": track, "mlt_service": "mix"}
    return made("transition", {"id": f"talkies_mix{track}"}, {**place, **theirs, "always_active": 1, "sum": 1})


def blend_of_pictures(track: int) -> Element:
    """The transition by which Kdenlive shows a tractor's track above those below it."""
    place = {"a_track": 0, "b_track": track, "mlt_service": "qtblend", "kdenlive_id": "qtblend"}
    always = {"always_active": 1, "internal_added": INTERNAL, "compositing": 0}
    return made("transition", {"id": f"talkies_blend{track}"}, {**place, **always})


def plain_list(text: str) -> list[Any]:
    """Kdenlive's lists are JSON; [] for anything else."""
    try:
        found = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def frame(position: Fraction, rate: Fraction) -> int:
    """The frame that starts nearest to a position."""
    return round_half_up(position * rate)


def _is_story(playlist: Element) -> bool:
    return playlist.find("entry") is not None and playlist.get("id") not in ("main_bin", "main bin")
