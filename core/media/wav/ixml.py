"""iXML: what location recorders and workstations read in a WAV: scene, take, note, track names, timecode.

    BWFXML ── PROJECT, SCENE, TAKE, NOTE
           ├─ SPEED        rates, timecode flag, samples since midnight
           └─ TRACK_LIST   a name for each channel

Elements are those of the iXML specification, 2.10. What others wrote stays when a file is rewritten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

_VERSION = "2.10"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SIDES = {1: ("",), 2: (" L", " R")}
_FUNCTIONS = ("LEFT", "RIGHT")


@dataclass(frozen=True)
class Slate:
    """What a clapperboard would say of a sound file. ``track``: the name of its channels; ``rate``: frames per second
    of its timecode, None where it has none."""

    project: str = ""
    scene: str = ""
    take: str = ""
    note: str = ""
    track: str = ""
    rate: Fraction | None = None
    drop_frame: bool = False


def ixml_chunk(slate: Slate, sample_rate: int, channels: int, time_reference: int) -> bytes:
    """The chunk's content; ``time_reference`` in samples since midnight."""
    root = Element("BWFXML")
    _set(root, "IXML_VERSION", _VERSION)
    for name in ("project", "scene", "take", "note"):
        _set(root, name.upper(), getattr(slate, name))
    _set(root, "CIRCLED", "FALSE")
    speed = SubElement(root, "SPEED")
    if slate.rate is not None:
        rate = f"{slate.rate.numerator}/{slate.rate.denominator}"
        for name in ("MASTER_SPEED", "CURRENT_SPEED", "TIMECODE_RATE"):
            _set(speed, name, rate)
        _set(speed, "TIMECODE_FLAG", "DF" if slate.drop_frame else "NDF")
    _set_technical(root, sample_rate, channels, time_reference, slate.track)
    return _text(root)


def rewritten_ixml(content: bytes, sample_rate: int, channels: int, time_reference: int) -> bytes:
    """A chunk as it was, with what is true of the new file; a new one where there was none that can be read."""
    root = _read(content)
    if root is None:
        return ixml_chunk(Slate(), sample_rate, channels, time_reference)
    _set_technical(root, sample_rate, channels, time_reference)
    return _text(root)


def _read(content: bytes) -> Element | None:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(content.strip(b"\0 \r\n\t"))
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return None
    return root if root.tag == "BWFXML" else None


def _set_technical(root: Element, sample_rate: int, channels: int, time_reference: int, track: str = "") -> None:
    speed = root.find("SPEED")
    speed = SubElement(root, "SPEED") if speed is None else speed
    for name in ("FILE_SAMPLE_RATE", "DIGITIZER_SAMPLE_RATE", "TIMESTAMP_SAMPLE_RATE"):
        _set(speed, name, str(sample_rate))
    _set(speed, "AUDIO_BIT_DEPTH", "24")
    _set(speed, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", str(time_reference >> 32))
    _set(speed, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", str(time_reference & 0xFFFFFFFF))
    tracks = root.find("TRACK_LIST")
    if tracks is not None and len(tracks.findall("TRACK")) == channels:
        return
    if tracks is not None:
        root.remove(tracks)
    _add_tracks(root, channels, track)


def _add_tracks(root: Element, channels: int, track: str) -> None:
    tracks = SubElement(root, "TRACK_LIST")
    _set(tracks, "TRACK_COUNT", str(channels))
    sides = _SIDES.get(channels, tuple(f" {number}" for number in range(1, channels + 1)))
    for number, side in enumerate(sides, start=1):
        element = SubElement(tracks, "TRACK")
        _set(element, "CHANNEL_INDEX", str(number))
        _set(element, "INTERLEAVE_INDEX", str(number))
        _set(element, "NAME", f"{track}{side}".strip())
        if channels == len(_FUNCTIONS):
            _set(element, "FUNCTION", _FUNCTIONS[number - 1])


def _set(parent: Element, name: str, text: str) -> None:
    found = parent.find(name)
    element = SubElement(parent, name) if found is None else found
    element.text = _NO_XML.sub(" ", text)


def _text(root: Element) -> bytes:
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"
