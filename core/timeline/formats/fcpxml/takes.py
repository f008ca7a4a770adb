"""Takes as clips of FCPXML, and what they refer to: sounds count in the record timecode, movies from 0.

<asset id="talkies1" hasAudio="1" ...>                               <asset-clip ref="talkies1" lane="-1" ...>
<format id="talkies2" ...>  <asset id="talkies3" hasVideo="1" ...>   <asset-clip ref="talkies3" lane="2" ...>
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree.ElementTree import Element

from talkies.core.errors import MediaError
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.fcpxml.terms import role_of_track, time_text
from talkies.core.timeline.structure.tracks import Lane, clip_metadata

_MEDIA_REP = (1, 9)
"""The first version in which an asset has its address in ``media-rep``."""
_FULL_HD = 1920, 1080


@dataclass
class TakeClips:
    """Makes the clips of takes for a file of a ``version``, and gathers the ``resources`` that they need. ``names``:
    ids that are taken."""

    timeline: Timeline
    version: tuple[int, int]
    names: set[str]
    resources: list[Element] = field(default_factory=list)
    _formats: dict[tuple[int, int], str] = field(default_factory=dict)

    def clip(self, take: Take, lane: Lane, number: int, offset: Fraction) -> Element:
        """A clip on the lane ``number``, ``offset`` seconds into what it is connected to."""
        start = take.shown.start if take.is_picture else self.timeline.start + take.record.start
        clip = Element(
            "asset-clip",
            {
                "ref": self._asset(take),
                "lane": str(number),
                "offset": time_text(offset),
                "name": take.name,
                "start": time_text(start),
                "duration": time_text(take.record.duration),
                **({} if lane.enabled else {"enabled": "0"}),
                ("videoRole" if lane.is_picture else "audioRole"): role_of_track(lane.name),
            },
        )
        note = Element("note")
        note.text = "talkies " + json.dumps(clip_metadata(take), ensure_ascii=False, sort_keys=True)
        clip.append(note)
        return clip

    def _asset(self, take: Take) -> str:
        """A new resource for a take's file; returns its id."""
        known = self._picture(take) if take.is_picture else self._sound(take)
        url = take.path.resolve().as_uri()
        asset = Element("asset", {"id": self._free_name(), "name": take.name, **known})
        if self.version < _MEDIA_REP:
            asset.set("src", url)
        else:
            asset.append(Element("media-rep", kind="original-media", src=url))
        self.resources.append(asset)
        return asset.get("id", "")

    def _sound(self, take: Take) -> dict[str, str]:
        _, count = take.file_range.samples(take.sample_rate)
        return {
            "start": time_text(self.timeline.start + take.file_range.start),
            "duration": time_text(Fraction(count, take.sample_rate)),
            "hasAudio": "1",
            "audioSources": "1",
            "audioChannels": str(take.channels),
            "audioRate": str(take.sample_rate),
        }

    def _picture(self, take: Take) -> dict[str, str]:
        length = time_text(take.file_range.duration)
        return {"start": "0s", "duration": length, "hasVideo": "1", "format": self._format(take), "videoSources": "1"}

    def _format(self, take: Take) -> str:
        """The resource that says how large a movie's pictures are, and how many there are in a second."""
        from talkies.core.media.probing import probe

        try:
            info = probe(take.path)
            size = (info.width, info.height) if info.width and info.height else _FULL_HD
        except MediaError:
            size = _FULL_HD
        if size not in self._formats:
            self._formats[size] = self._free_name()
            known = {"id": self._formats[size], "frameDuration": time_text(1 / self.timeline.rate)}
            shape = {"width": str(size[0]), "height": str(size[1]), "colorSpace": "1-1-1 (Rec. 709)"}
            self.resources.append(Element("format", known | shape))
        return self._formats[size]

    def _free_name(self) -> str:
        number = len(self.resources) + 1
        while (name := f"talkies{number}") in self.names:
            number += 1
        self.names.add(name)
        return name
