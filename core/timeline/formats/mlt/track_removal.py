"""Tracks taken out of an MLT project's text, with what only they used; the tracks behind them are counted anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from talkies.core.files.guards import safe_xml
from talkies.core.timeline.formats.mlt.terms import main_of, property_of
from talkies.core.timeline.formats.xml_splicing import Edit, Element, Place, edited, removed, root_of


def without_tracks(data: bytes, is_gone: Callable[[str], bool]) -> bytes:
    """The project without the tracks whose names are ``is_gone``. The file was read before."""
    root = safe_xml(Path("project"), data)
    places = dict(zip(root.iter(), root_of(data).all(), strict=True))
    by_id = {element.get("id", ""): element for element in root if element.get("id")}
    main = main_of(root, by_id)
    if main is None or main.tag != "tractor":
        return data
    tracks = main.findall("track") or main.findall("multitrack/track")
    gone = {number for number, track in enumerate(tracks) if is_gone(_name(by_id.get(track.get("producer", ""))))}
    if not gone:
        return data
    unused = _contents([tracks[number] for number in gone], by_id)
    unused += _unused_producers(root, unused)
    keys = {element.get("id") for element in unused}
    elements = [*unused, *(tracks[number] for number in gone)]
    elements += [entry for entry in root.iterfind("playlist/entry") if entry.get("producer") in keys]
    outside = [element for element in elements if not any(element in other for other in unused)]
    return edited(data, [*(removed(places[each]) for each in outside), *_renumbered(main, gone, places)])


def _name(content: Element | None) -> str:
    if content is None:
        return ""
    return property_of(content, "kdenlive:track_name") or property_of(content, "shotcut:name")


def _contents(tracks: list[Element], by_id: dict[str, Element]) -> list[Element]:
    """The playlists of tracks, and the tractors that hold two of them."""
    found = []
    for track in tracks:
        content = by_id.get(track.get("producer", ""))
        if content is not None:
            inner = (by_id.get(each.get("producer", "")) for each in content.iterfind("track"))
            found += [content, *(playlist for playlist in inner if playlist is not None)]
    return found


def _unused_producers(root: Element, playlists: list[Element]) -> list[Element]:
    """The producers that only these playlists play; Kdenlive's list of media does not count."""
    theirs = {entry.get("producer") for playlist in playlists for entry in playlist.iterfind("entry")}
    others = (each for each in root if each not in playlists and each.get("id") != "main_bin")
    played = {inner.get("producer") for other in others for inner in other.iter() if inner.tag in ("entry", "track")}
    return [each for each in root if each.get("id") in theirs - played and each.tag in ("producer", "chain")]


def _renumbered(main: Element, gone: set[int], places: dict[Element, Place]) -> Iterator[Edit]:
    """Transitions and filters name tracks by their number."""
    for element in main:
        numbers = [each for each in element.iterfind("property") if each.get("name") in ("a_track", "b_track", "track")]
        stated = [int(each.text or 0) for each in numbers if (each.text or "").strip().isdecimal()]
        if element.tag not in ("transition", "filter") or len(stated) != len(numbers):
            continue
        if gone.intersection(stated):
            yield removed(places[element])
            continue
        for each, number in zip(numbers, stated, strict=True):
            if before := sum(other < number for other in gone):
                yield Edit(places[each].inner, places[each].close, str(number - before).encode())
