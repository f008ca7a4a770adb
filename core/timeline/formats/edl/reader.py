"""Edit decision lists (CMX 3600): events, retimes (M2), dissolves, clip names and files, channels 3 and 4 (AUD),
locators, and the names of tracks that talkies wrote (a note ``* TRACK: DX talkies``; the format has no names).

An EDL states no frame rate: a comment may ("* FRAME RATE: 25"), ``FCM: DROP FRAME`` means 29.97, else the highest
frame number suggests, with a warning, unless the media that are here say it (media_rates.py). The record timecode of
the first event becomes the timeline's start.

``FCM:`` (modes.py) says how labels count from there on: the first one of the programme and of its sources, any other of
the sources alone, for the programme is one tape. An event with a semicolon says it label by label; a comma says it only
in a list without ``FCM:``, and no rate, for some write it at every rate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.errors import TimelineError
from talkies.core.files.guards import read_text
from talkies.core.timeline.cut.loaded import Loaded
from talkies.core.timeline.cut.otio_items import external, make_clip, otio_range, rational_time, tracks_from_row
from talkies.core.timeline.formats.edl.labels import Labels, can_drop, is_marked
from talkies.core.timeline.formats.edl.modes import Modes, drop_modes, mode_of
from talkies.core.timeline.formats.losses import counted
from talkies.core.timeline.structure.sounds import OUR_NAME
from talkies.core.times import TimeRange, exact_rate, round_half_up

_FASTEST = 100  # times normal speed, where nobody states one
_M2_ROUNDS = Fraction(1, 10)  # frames per second: M2 has one decimal, rounded or cut
_TC = r"(\d{1,2}[:;.,]\d\d[:;.,]\d\d[:;.,]\d\d)"
_FOUR = rf"{_TC}\s+{_TC}\s+{_TC}\s+{_TC}(?!\S)"
_FOUR_FRAMES = r"(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*$"  # counted from the beginning
_EDIT = r"^\s*(\d{1,9})\s+(\S.{0,80}?)\s+([VAB][A-Z\d/]*|NONE)\s+(C|D|W\w*|K\s?\w*)(?:\s*(\d{1,9}))?\s+"
EVENT = re.compile(rf"{_EDIT}(?:{_FOUR}|{_FOUR_FRAMES})", re.IGNORECASE)
_TIMED = re.compile(rf"^\s*\w.{{0,120}}?\s{_FOUR}")
_SPEED = re.compile(rf"^M2\s+(\S.{{0,80}}?)\s+([-+]?\d{{1,9}}(?:[.,]\d{{1,9}})?)(?:\s+{_TC})?\s*$", re.IGNORECASE)
_ANY_SPEED = re.compile(r"^M2\s", re.IGNORECASE)
_NOTE = re.compile(
    r"^\*?\s*(FROM CLIP NAME|TO CLIP NAME|KEY CLIP NAME|FROM CLIP|FROM FILE|SOURCE FILE|CLIP NAME)\s*:\s*(.*\S)\s*$",
    re.IGNORECASE,
)
TRACK_NOTE = re.compile(r"^\*\s*TRACK:\s*(.*\S)\s*$")
_CHANNELS_NOTE = re.compile(r"^AUD\s+(\d{1,3})(?:\s+(\d{1,3}))?\s*$", re.IGNORECASE)
_LOCATOR = re.compile(rf"^\*\s*LOC:\s*{_TC}\s+(\S+)(?:\s+(.*\S))?\s*$", re.IGNORECASE)
_RESOLVE_MARKER = re.compile(r"^\s*\|C:(\S+)\s*\|M:(.{0,500}?)\s*\|D:(\d{1,9})(?!\d)")
_STATED_RATE = re.compile(
    r"^\*?[ \t]*(?:FRAME ?RATE|FPS)[ \t]*(?:[:=][ \t]*)?(\d{1,9}(?:\.\d{1,9})?)", re.IGNORECASE | re.MULTILINE
)


@dataclass
class Event:
    """One line of edits with what follows it; times are labels until the rate is known. ``drop``: by the mode (FCM)
    that it follows; ``is_doubtful``: nobody can be sure of that."""

    number: int
    reel: str
    channels: str
    kind: str
    transition: int
    times: tuple[str, ...]
    drop: bool = False
    is_doubtful: bool = False
    speed: Fraction | None = None
    damaged_speed: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    marker: tuple[str, int] | None = None
    more_channels: str = ""
    track: str = ""

    @property
    def source_drops(self) -> bool:
        """Whether the source counts with drop-frame timecode; labels know better than the mode where one is marked."""
        return is_marked(self.times[0]) if any(map(is_marked, self.times)) else self.drop


def read_edl(path: Path, rate: Fraction | None = None) -> Loaded:
    """An EDL as a timeline; ``rate`` overrides what the list lets guess. Raises TimelineError."""
    text = _text(path)
    events = list(_events(text))
    if not events:
        raise TimelineError(path, "holds no edits (CMX 3600 events)", "export the timeline again as EDL or .otio")
    modes = drop_modes(text)
    times = [time for event in events for time in event.times]
    marked = any(map(is_marked, times))
    used, notes = _rate(path, text, events, any(modes) or any(";" in time for time in times), rate)
    drops = any(is_marked(event.times[2]) for event in events) if marked else any(modes[:1])
    labels = Labels(used, drops and can_drop(used))
    records = tuple(labels.records((event.times[2], event.times[3]) for event in events))
    start = min(record.start for record in records)
    title = re.search(r"^TITLE:[ \t]*(\S.*)$", text, re.MULTILINE | re.IGNORECASE)
    timeline = otio.schema.Timeline(
        title[1].rstrip() if title else path.stem, global_start_time=rational_time(start, used)
    )
    places = [(event, record.shifted(-start)) for event, record in zip(events, records, strict=True)]
    fitted = [*_fill(timeline, places, labels), *_unread(text), *_doubted(events, labels, marked)]
    for time, color, words in _locators(text):
        at = (labels.record_seconds(time) - start) % labels.day
        timeline.tracks.markers.append(otio.schema.Marker(words, otio_range(TimeRange(at, at), used), color))
    return Loaded(timeline, used, start, labels.drop, (*notes, *fitted), rate_is_guess=bool(notes))


def _text(path: Path) -> str:
    data = read_text(path)
    if b"\0" in data[:4096]:
        raise TimelineError(path, "is not an EDL: it is not text", "export the timeline again")
    try:
        return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _locators(text: str) -> Iterator[tuple[str, str, str]]:
    for line in text.split("\n"):
        if match := _LOCATOR.match(line.rstrip()):
            yield match[1], match[2], match[3] or ""


def _events(text: str) -> Iterator[Event]:
    """Events in order, each with the comments and the speed that follow it."""
    modes = Modes()
    current: Event | None = None
    before: Event | None = None
    is_said = bool(drop_modes(text))
    for line in text.split("\n"):
        if (drop := mode_of(line)) is not None:
            modes.say(drop)
        elif match := EVENT.match(line):
            number, reel, channels, kind, transition = match.groups()[:5]
            times = tuple(time.replace(",", ":") if is_said else time for time in match.groups()[5:] if time)
            if current is not None:
                if current.number == int(number) and kind[0] not in "Cc" and (first := modes.of_pair()) is not None:
                    current.drop, current.is_doubtful = first, modes.is_doubtful
                yield current
            before = current
            drop = modes.of_event()
            current = Event(int(number), reel, channels.upper(), kind.upper(), int(transition or 0), times, drop)
        else:
            modes.other_line()
            if current is not None:
                _note(line.rstrip(), current, before)
    if current is not None:
        yield current


def _doubted(events: Iterable[Event], labels: Labels, marked: bool) -> Iterator[str]:
    """A sentence where it makes a difference that nobody can be sure of the first two modes; ``marked``: some label
    says how the programme counts."""
    programme = "" if marked else "of the programme and "
    for event in events:
        if event.is_doubtful and can_drop(labels.rate) and not any(map(is_marked, event.times)):
            yield (
                f"the EDL's first two modes (FCM) differ: the first is taken for that {programme}of the source that "
                f"event {event.number:03} comes from, the second for that of the one it goes to"
            )


def _unread(text: str) -> Iterator[str]:
    """A sentence for lines that have the times of an event and are none that is known."""
    lines = [line for line in text.split("\n") if _TIMED.match(line) and not EVENT.match(line)]
    if lines:
        first = " ".join(lines[0].split())[:60]
        yield f"{counted(len(lines), 'line')} with the times of an event that cannot be read, as in '{first}': left out"


def _note(line: str, event: Event, before: Event | None) -> None:
    if match := _SPEED.match(line):
        goes_out = before is not None and before.number == event.number and before.reel == match[1] != event.reel
        (before if goes_out and before else event).speed = Fraction(match[2].replace(",", "."))
    elif _ANY_SPEED.match(line):
        event.damaged_speed = " ".join(line.split())[:80]
    elif match := _RESOLVE_MARKER.match(line):
        event.marker = (match[2], int(match[3]))
    elif match := _CHANNELS_NOTE.match(line):
        event.more_channels = "".join(f"A{number}" for number in match.groups() if number)
    elif match := TRACK_NOTE.match(line):
        event.track = match[1] if OUR_NAME.match(match[1]) else ""
    elif match := _NOTE.match(line):
        key = match[1].upper()
        if key == "FROM CLIP NAME" and before is not None and before.number == event.number:
            before.notes.setdefault(key, match[2])
        event.notes.setdefault(key, match[2])
    elif line.startswith("*"):
        event.comments.append(line[1:].strip())


def _rate(
    path: Path, text: str, events: list[Event], drop: bool, given: Fraction | None
) -> tuple[Fraction, tuple[str, ...]]:
    highest = max((int(time[-2:]) for event in events for time in event.times if not time.isdecimal()), default=-1)
    stated = _STATED_RATE.search(text)
    rate = given or (exact_rate(float(stated[1])) if stated else None)
    if rate is not None and highest < round_half_up(rate):
        return rate, ()
    if highest > 59:
        raise TimelineError(path, f"has a timecode with frame {highest}, beyond any rate", "export it again")
    guesses = ((23, Fraction(24)), (24, Fraction(25)), (29, Fraction(30000, 1001)), (59, Fraction(60000, 1001)))
    guess = next(value for limit, value in guesses if highest <= limit)
    if drop:
        return max(guess, Fraction(30000, 1001)), ()
    shown = "29.97" if guess == guesses[2][1] else "59.94" if guess == guesses[3][1] else str(guess)
    why = f", from its highest frame number {highest}" if highest >= 0 else ""
    return guess, (f"the EDL states no frame rate: {shown} is assumed{why}",)


def _fill(timeline: Any, places: Iterable[tuple[Event, TimeRange]], labels: Labels) -> list[str]:
    """The tracks, and a sentence for each event that says its speed by its times alone."""
    rows: dict[str, list[tuple[Fraction, Any]]] = {}
    notes = []
    for event, record in places:
        if event.marker is not None:
            words, frames = event.marker
            span = TimeRange(record.start, record.start + Fraction(frames) / labels.rate)
            timeline.tracks.markers.append(otio.schema.Marker(words, otio_range(span, labels.rate)))
        elif record.duration > 0 and event.reel.upper() not in ("BL", "BLACK"):
            source = labels.source(event.times[0], event.times[1], event.source_drops)
            speed, note = _speed(event, source, record, labels.rate)
            notes += [note] if note else []
            for name in [event.track] if event.track else _track_names(event.channels + event.more_channels):
                shown = TimeRange(source.start, source.start + record.duration)
                rows.setdefault(name, []).append((record.start, _clip(event, shown, labels.rate, speed)))
    for name in sorted(rows, key=lambda name: (name[0] != "V", name)):
        kind = otio.schema.TrackKind.Video if name[0] == "V" else otio.schema.TrackKind.Audio
        for track in tracks_from_row(name, kind, rows[name], labels.rate):
            timeline.tracks.append(track)
    return notes


def _speed(event: Event, source: TimeRange, record: TimeRange, rate: Fraction) -> tuple[Fraction, str]:
    """Times normal, and a sentence where it is not stated but follows from the times (fit to fill)."""
    if event.speed is not None:
        speed, by_times = event.speed / rate, source.duration / record.duration
        if abs(abs(speed) - by_times) <= _M2_ROUNDS / rate:
            return by_times if speed > 0 else -by_times, ""
        return (Fraction(1) if abs(speed - 1) < Fraction(1, 200) else speed), ""  # M2 at the list's own rate, rounded
    if abs(source.duration - record.duration) <= 1 / rate:
        told = (
            f"event {event.number:03} has a speed that cannot be read ({event.damaged_speed}): played at normal speed"
        )
        return Fraction(1), told if event.damaged_speed else ""
    lengths = f"event {event.number:03} has {float(source.duration):.2f} s of source for {float(record.duration):.2f} s"
    speed = source.duration / record.duration
    if not 0 < speed <= _FASTEST:
        return Fraction(1), f"{lengths} and no speed (M2): played at normal speed"
    return speed, f"{lengths} and no speed (M2): fitted, at {float(speed * 100):.1f} %"


def _clip(event: Event, source: TimeRange, rate: Fraction, speed: Fraction) -> Any:
    notes = event.notes
    transition = event.kind[0] in "DW"
    is_key = event.kind[0] == "K" and "B" not in event.kind
    own = notes.get("TO CLIP NAME") if transition else notes.get("KEY CLIP NAME") if is_key else None
    name = own or notes.get("FROM CLIP NAME") or notes.get("CLIP NAME")
    file = notes.get("FROM CLIP") or notes.get("FROM FILE") or notes.get("SOURCE FILE") or ""
    is_file = bool(re.search(r"[/\\]|\.[A-Za-z]\w{1,4}$", file))
    reference = external(file) if is_file else otio.schema.MissingReference()
    clip = make_clip(name or event.reel, reference, source, rate, speed)
    clip.metadata["cmx_3600"] = {"reel": event.reel, "comments": list(event.comments)}
    if transition:
        clip.metadata["cmx_3600"]["transition"] = {"kind": event.kind, "frames": event.transition}
    return clip


def channels_of(lines: Iterable[str]) -> set[int]:
    """The channels of sound that one event with its notes is on."""
    names: list[str] = []
    for line in lines:
        if match := EVENT.match(line):
            names += _track_names(match[3].upper())
        elif match := _CHANNELS_NOTE.match(line):
            names += [f"A{number}" for number in match.groups() if number]
    return {int(name[1:]) for name in names if name[0] == "A"}


def _track_names(channels: str) -> list[str]:
    """``V`` → V; ``B`` → V, A1; ``AA/V`` → V, A1, A2; ``A2`` → A2; ``NONE`` → nothing; ``NONEA3`` → A3."""
    channels = channels.removeprefix("NONE")
    names = ["V" + match for match in re.findall(r"V(\d*)", channels)] or (["V"] if "B" in channels else [])
    audio = re.findall(r"A(\d{0,3})", channels.replace("B", "A"))
    return names + [f"A{number or index}" for index, number in enumerate(audio, start=1)]
