"""MLT or Kdenlive document of any timeline, without takes.

    mlt ─► profile ─► producers (media) ─► playlists (tracks) ─► the tractor: black, tracks, mixes

For Kdenlive each track is a tractor of two playlists and media are listed in ``main_bin``; the project says version
1.04, that of Kdenlive 21 and 22, which later ones bring up to date as they open it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from pathlib import Path
from xml.etree.ElementTree import SubElement

from talkies.core.segment import Timeline
from talkies.core.timeline.formats.losses import counted, ends_early, lost_everywhere, media_kinds
from talkies.core.timeline.formats.mlt.terms import (
    INTERNAL,
    KDENLIVE_COLORS,
    blend_of_pictures,
    frame,
    made,
    mix_of_sound,
    profile_name,
    property_of,
)
from talkies.core.timeline.formats.xml_splicing import Element, as_bytes
from talkies.core.timeline.structure.flattening import (
    PICTURE,
    SOUND,
    FlatClip,
    FlatTrack,
    flat_tracks,
    media_finder,
    notes_of,
)
from talkies.core.timeline.structure.media_list import Medium, audible_tracks, media_of
from talkies.core.times import exact_rate

_HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n'
_BLACK = "black_track"


def new_mlt(timeline: Timeline, subtitles: Path | None = None, *, kdenlive: bool) -> bytes:
    """The timeline as the bytes of an ``.mlt`` or ``.kdenlive``; ``subtitles``: the file that Kdenlive shows."""
    return _HEAD + as_bytes(_Builder(timeline, kdenlive, subtitles).document())


def lost_in_mlt(timeline: Timeline, kdenlive: bool) -> tuple[str, ...]:
    """What MLT has no place for, one sentence each."""
    name = "Kdenlive" if kdenlive else "MLT"
    tracks = [track for track in flat_tracks(timeline) if track.kind in (PICTURE, SOUND)]
    clips = [clip for track in tracks for clip in track.clips]
    generated, _, still = media_kinds(tracks)
    off = sum(any((edge * timeline.rate).denominator != 1 for edge in (c.record.start, c.record.end)) for c in clips)
    silent = sum(not clip.enabled for track in tracks if not _is_off(track) for clip in track.clips)
    notes, words = len(notes_of(timeline)), len(timeline.cues)
    media = media_of(tracks, media_finder(timeline), timeline)
    names = _names(tracks, media)
    known = [(clip.name, media[id(clip.item)]) for clip in clips if id(clip.item) in media]
    renamed = sum(bool(given) and names[medium.url] != given for given, medium in known)
    sentences = (
        (timeline.start, f"{name} counts from 0: the start timecode {timeline.timecode(Fraction(0))} is not kept"),
        (ends_early(timeline, tracks), f"{name} projects end with their last clip: the gap at the end is left out"),
        (off, f"{name} cuts on whole frames: {counted(off, 'clip', 'moves', 'move')} to the nearest one"),
        (
            generated,
            f"{counted(generated, 'generated clip', 'becomes a gap', 'become gaps')} in {name}",
        ),
        (still, f"{name} holds no frozen pictures: {counted(still, 'clip', 'plays', 'play')} on"),
        (
            kdenlive and renamed,
            f"Kdenlive names media, not clips: {counted(renamed, 'clip', 'is', 'are')} called as the file",
        ),
        (silent, f"{name} has no disabled clips: {counted(silent, 'clip', 'becomes a gap', 'become gaps')}"),
        (notes and not kdenlive, f"MLT has no markers: {counted(notes, 'marker', 'is', 'are')} left out"),
        (
            notes and kdenlive,
            f"in Kdenlive {counted(notes, 'marker', 'becomes a guide', 'become guides')}, without a length",
        ),
        (
            timeline.cues,
            f"{counted(words, 'subtitle', 'is', 'are')} written to an .srt file beside the {name} file",
        ),
    )
    return (*(text for is_lost, text in sentences if is_lost), *lost_everywhere(timeline, tracks, name))


def _is_off(track: FlatTrack) -> bool:
    return not any(clip.enabled for clip in track.clips)


@dataclass
class _Builder:
    timeline: Timeline
    kdenlive: bool
    subtitles: Path | None = None
    producers: dict[tuple[str, str, Fraction], Element] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rate = exact_rate(self.timeline.rate)
        tracks = audible_tracks(self.timeline)
        pictures = [track for track in tracks if track.kind == PICTURE]
        self.tracks = (*pictures, *(track for track in tracks if track.kind == SOUND))
        self.media = media_of(self.tracks, media_finder(self.timeline), self.timeline)
        self.names = _names(self.tracks, self.media) if self.kdenlive else {}
        self.length = max(frame(self.timeline.duration, self.rate), 1)
        self.size = next(((m.width, m.height) for m in self.media.values() if m.width), (1920, 1080))

    def document(self) -> Element:
        root = Element("mlt", LC_NUMERIC="C", title=self.timeline.name)
        root.append(self._profile())
        playlists = [self._playlist(track, number) for number, track in enumerate(self.tracks)]
        root.extend(self.producers.values())
        if self.kdenlive:
            root.set("producer", "main_bin")
            root.append(self._bin())
        span = {"id": _BLACK, "in": "0", "out": str(self.length - 1)}
        black = {"length": self.length, "eof": "continue", "resource": "black", "mlt_service": "color"}
        root.append(made("producer", span, {**black, "set.test_audio": 0}))
        for number, (track, playlist) in enumerate(zip(self.tracks, playlists, strict=True)):
            root.append(playlist)
            if self.kdenlive:
                hidden = _hidden(track)
                root.extend(kdenlive_track(f"track{number}", playlist, track.name, hidden))
        root.append(self._tractor())
        return root

    def _profile(self) -> Element:
        width, height = self.size
        divisor = gcd(width, height)
        numbers = {
            "width": width,
            "height": height,
            "progressive": 1,
            "frame_rate_num": self.rate.numerator,
            "frame_rate_den": self.rate.denominator,
            "sample_aspect_num": 1,
            "sample_aspect_den": 1,
            "display_aspect_num": width // divisor,
            "display_aspect_den": height // divisor,
            "colorspace": 709,
        }
        texts = {name: str(number) for name, number in numbers.items()}
        return Element("profile", {"description": f"{width}x{height} {self.rate} fps", **texts})

    def _playlist(self, track: FlatTrack, number: int) -> Element:
        is_sound = {"kdenlive:audio_track": 1} if track.kind == SOUND and self.kdenlive else {}
        named = {} if self.kdenlive else {"shotcut:name": track.name, "shotcut:video": None if is_sound else 1}
        if track.kind == SOUND and not self.kdenlive:
            named = {"shotcut:name": track.name, "shotcut:audio": 1}
        playlist = made("playlist", {"id": f"playlist{number}"}, {**is_sound, **named})
        position = 0
        for clip in track.clips:
            medium = self.media.get(id(clip.item))
            first, end = frame(clip.record.start, self.rate), frame(clip.record.end, self.rate)
            if medium is None or end <= max(first, position) or not (clip.enabled or _is_off(track)):
                continue
            first = max(first, position)
            if first > position:
                SubElement(playlist, "blank", length=str(first - position))
            playlist.append(self._entry(clip, medium, end - first))
            position = end
        return playlist

    def _entry(self, clip: FlatClip, medium: Medium, count: int) -> Element:
        name = self.names[medium.url] if self.kdenlive else clip.name or medium.name
        producer = self._producer(medium, name, clip.speed or Fraction(1))
        pace = abs(clip.speed) or Fraction(1)
        if clip.speed < 0:  # counted in the reversed clip
            first = self._length(medium, pace) - frame((clip.source.end - medium.start) / pace, self.rate)
        else:
            first = frame((clip.source.start - medium.start) / pace, self.rate)
        first = max(first, 0)
        span = {"producer": producer.get("id", ""), "in": str(first), "out": str(first + count - 1)}
        number = producer.findtext("property[@name='kdenlive:id']")
        return made("entry", span, {"kdenlive:id": number} if self.kdenlive else {})

    def _length(self, medium: Medium, pace: Fraction) -> int:
        return max(frame((medium.available.end - medium.start) / pace, self.rate), 1)

    def _producer(self, medium: Medium, name: str, speed: Fraction) -> Element:
        """A medium under a name, at a speed; that at normal speed is always there, for Kdenlive's list of media."""
        if (medium.url, name, speed) in self.producers:
            return self.producers[medium.url, name, speed]
        base = self._producer(medium, name, Fraction(1)) if speed != 1 else None
        resource, service = _resource(medium), "qimage" if medium.frames else "avformat"
        length = self._length(medium, abs(speed))
        properties: dict[str, object] = {"length": length, "eof": "pause", "resource": resource, "mlt_service": service}
        if base is not None:
            factor = f"{float(speed):g}" if Fraction(f"{float(speed):g}") == speed else repr(float(speed))
            properties |= {"resource": f"{factor}:{resource}", "mlt_service": "timewarp"}
            properties |= {"warp_speed": factor, "warp_resource": resource, "warp_pitch": 0}
        if medium.frames:
            properties["ttl"] = 1
        if self.kdenlive:
            number = base.findtext("property[@name='kdenlive:id']") if base is not None else len(self.producers) + 2
            kind = {"kdenlive:clip_type": 1} if not medium.has_video else {}
            properties |= {"kdenlive:id": number, "kdenlive:clipname": name, "kdenlive:folderid": -1, **kind}
        else:
            properties["shotcut:caption"] = name
        span = {"id": f"producer{len(self.producers)}", "in": "0", "out": str(length - 1)}
        self.producers[medium.url, name, speed] = made("producer", span, properties)
        return self.producers[medium.url, name, speed]

    def _bin(self) -> Element:
        guides = [
            {"comment": note.text, "pos": frame(note.record.start, self.rate), "type": _category(note.color)}
            for note in notes_of(self.timeline)
        ]
        properties = {
            "kdenlive:docproperties.version": "1.04",
            "kdenlive:docproperties.kdenliveversion": "22.12.3",
            "kdenlive:docproperties.audioChannels": 2,
            "kdenlive:docproperties.decimalPoint": ".",
            "kdenlive:docproperties.profile": profile_name(*self.size, self.rate),
            "kdenlive:docproperties.guides": json.dumps(guides),
            "xml_retain": 1,
        }
        playlist = made("playlist", {"id": "main_bin"}, properties)
        for (_, _, speed), producer in self.producers.items():
            if speed == 1:
                span = {name: producer.get(name, "") for name in ("in", "out")}
                SubElement(playlist, "entry", {"producer": producer.get("id", ""), **span})
        return playlist

    def _tractor(self) -> Element:
        span = {"id": "timeline", "in": "0", "out": str(self.length - 1)}
        ours = {"shotcut": None if self.kdenlive else 1}  # without it Shotcut takes the project for one clip
        tractor = made("tractor", span, ours)
        SubElement(tractor, "track", producer=_BLACK)
        for number, track in enumerate(self.tracks):
            name = f"track{number}" if self.kdenlive else f"playlist{number}"
            SubElement(tractor, "track", {"producer": name, **({} if self.kdenlive else {"hide": _hidden(track)})})
        tractor.extend(self._mixes())
        if self.kdenlive and self.subtitles is not None:
            shown = {"mlt_service": "avfilter.subtitles", "av.filename": self.subtitles, "internal_added": INTERNAL}
            tractor.append(made("filter", {"id": "subtitles"}, shown))
        return tractor

    def _mixes(self) -> Iterator[Element]:
        for number, track in enumerate(self.tracks, start=1):
            if track.kind == SOUND:
                yield mix_of_sound(number, self.kdenlive)
            elif self.kdenlive:
                yield blend_of_pictures(number)


def kdenlive_track(name: str, playlist: Element, title: str, hidden: str) -> list[Element]:
    """What makes a playlist a track of Kdenlive's: a second playlist for mixes, and the tractor of both.

    ``hidden``: what of it is not shown or heard. Kdenlive mutes at the playlists, anywhere else it does not see it.
    """
    key = playlist.get("id", "")
    sound = {"kdenlive:audio_track": property_of(playlist, "kdenlive:audio_track") or None}
    second = made("playlist", {"id": f"{key}_mixes"}, sound)
    shown = {"kdenlive:trackheight": 69, "kdenlive:timeline_active": 1, "kdenlive:collapsed": 0}
    tractor = made("tractor", {"id": name}, {**sound, **shown, "kdenlive:track_name": title})
    for each in (key, f"{key}_mixes"):
        SubElement(tractor, "track", producer=each, hide=hidden)
    return [second, tractor]


def _hidden(track: FlatTrack) -> str:
    """What of a track is not shown or heard."""
    if _is_off(track) and track.clips:
        return "both"
    return "video" if track.kind == SOUND else "audio"


def _names(tracks: Iterable[FlatTrack], media: Mapping[int, Medium]) -> dict[str, str]:
    """What Kdenlive calls a medium, by its address: as all of its clips are called, else as its file is."""
    names: dict[str, set[str]] = {}
    for clip in (clip for track in tracks for clip in track.clips if id(clip.item) in media):
        names.setdefault(media[id(clip.item)].url, set()).add(clip.name)
    files = {medium.url: medium.name for medium in media.values()}
    return {url: (next(iter(given)) if len(given) == 1 else "") or files[url] for url, given in names.items()}


def _resource(medium: Medium) -> str:
    """A path; of an image sequence its pattern, from its first frame on."""
    if not any(medium.frames):
        return str(medium.path.resolve()) if medium.path is not None else medium.url
    first = next(path for path in medium.frames if path is not None)
    digits = first.stem[len(first.stem.rstrip("0123456789")) :]
    pattern = first.stem.removesuffix(digits) + f"%0{len(digits)}d{first.suffix}"
    return f"{first.resolve().parent / pattern}?begin={int(digits)}" if digits else str(first.resolve())


def _category(color: str) -> int:
    return KDENLIVE_COLORS.index(color) if color in KDENLIVE_COLORS else 0
