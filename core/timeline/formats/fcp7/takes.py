"""Takes as tracks of Final Cut Pro 7 XML, which counts frames and knows no stereo clips, only pairs; portraits as
tracks of picture.

A take that begins between frames is cut on the nearest frame; where its file begins to play is written in whole frames
and, as Premiere does, in ticks, which is exact to the sample.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.fcp7.terms import TICKS_PER_SECOND, Terms, texts, truth
from talkies.core.timeline.structure.tracks import Lane, clip_metadata
from talkies.core.times import exact_rate, round_half_up


def new_tracks(timeline: Timeline, lanes: Sequence[Lane], taken: int = 0) -> tuple[list[Element], list[Element]]:
    """Tracks of sound, one for each channel of each lane, and tracks of picture. ``taken``: ids up to this number are
    in the text already."""
    terms = Terms(exact_rate(timeline.rate), timeline.drop_frame)
    builder = _Builder(terms, timeline.start, taken)
    sounds = [lane for lane in lanes if not lane.is_picture]
    heard = [builder.track(lane, channel) for lane in sounds for channel in range(1, lane.channels + 1)]
    return heard, [builder.picture_track(lane) for lane in lanes if lane.is_picture]


@dataclass
class _Builder:
    terms: Terms
    start: Fraction
    taken: int
    files: dict[Path, str] = field(default_factory=dict)
    clips: int = 0

    def track(self, lane: Lane, channel: int) -> Element:
        kind = "Stereo" if lane.channels == 2 else "Mono"
        exploded = {"currentExplodedTrackIndex": str(channel - 1), "totalExplodedTrackCount": str(lane.channels)}
        track = Element("track", {"MZ.TrackName": lane.name, "premiereTrackType": kind, **exploded})
        texts(track, enabled=truth(lane.enabled), locked="FALSE")
        for take in lane.takes:
            if channel <= take.channels:
                track.append(self.clip(take, lane, channel))
        texts(track, outputchannelindex=str(channel))
        return track

    def picture_track(self, lane: Lane) -> Element:
        track = Element("track", {"MZ.TrackName": lane.name})
        track.extend(self._picture(take, lane) for take in lane.takes)
        texts(track, enabled=truth(lane.enabled), locked="FALSE")
        return track

    def _picture(self, take: Take, lane: Lane) -> Element:
        self.clips += 1
        frames = [self.terms.frame(edge) for edge in (take.record.start, take.record.end)]
        first, total = self.terms.frame(take.shown.start), self.terms.frame(take.file_range.duration)
        clip = Element("clipitem", id=f"talkies-clip-{self.taken + self.clips}")
        texts(clip, name=take.name, enabled=truth(lane.enabled), duration=str(total))
        clip.append(self.terms.rate_element())
        texts(clip, start=str(frames[0]), end=str(frames[1]))
        texts(clip, **{"in": str(first), "out": str(first + frames[1] - frames[0])})
        clip.append(self._file(take, total))
        clip.append(_comments(take))
        return clip

    def clip(self, take: Take, lane: Lane, channel: int) -> Element:
        self.clips += 1
        rate, record = self.terms.rate, take.record
        start, end = self.terms.frame(record.start), self.terms.frame(record.end)
        if start / rate < record.start - take.head_handle:  # the file has nothing before it
            start += 1
        head = start / rate - record.start + take.head_handle
        first, total = round_half_up(head * rate), self.terms.frame(take.file_range.duration)
        clip = Element("clipitem", id=f"talkies-clip-{self.taken + self.clips}")
        texts(clip, name=take.name, enabled=truth(lane.enabled), duration=str(max(total, first + end - start)))
        clip.append(self.terms.rate_element())
        texts(clip, start=str(start), end=str(end), **{"in": str(first), "out": str(first + end - start)})
        ticks = round_half_up(head * TICKS_PER_SECOND)
        length = round_half_up((end - start) / rate * TICKS_PER_SECOND)
        texts(clip, pproTicksIn=str(ticks), pproTicksOut=str(ticks + length))
        clip.append(self._file(take, total))
        source = SubElement(clip, "sourcetrack")
        texts(source, mediatype="audio", trackindex=str(channel))
        clip.append(_comments(take))
        return clip

    def _file(self, take: Take, total: int) -> Element:
        """The whole description once; later clips of the same file only name it."""
        if take.path in self.files:
            return Element("file", id=self.files[take.path])
        identifier = self.files[take.path] = f"talkies-file-{self.taken + len(self.files) + 1}"
        file = Element("file", id=identifier)
        url = take.path.resolve().as_uri().replace("file://", "file://localhost", 1)
        texts(file, name=take.path.name, pathurl=url)
        file.append(self.terms.rate_element())
        texts(file, duration=str(total))
        file.append(self.terms.timecode(Fraction(0) if take.is_picture else self.start + take.file_range.start))
        if take.is_picture:
            SubElement(SubElement(file, "media"), "video")
            return file
        audio = SubElement(SubElement(file, "media"), "audio")
        texts(SubElement(audio, "samplecharacteristics"), depth="24", samplerate=str(take.sample_rate))
        texts(audio, channelcount=str(take.channels))
        return file


def _comments(take: Take) -> Element:
    comments = Element("comments")
    texts(comments, mastercomment1="talkies " + json.dumps(clip_metadata(take), sort_keys=True))
    return comments
