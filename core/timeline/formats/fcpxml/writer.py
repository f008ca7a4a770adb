"""Final Cut Pro (``.fcpxml``, and the bundle ``.fcpxmld``): takes as clips connected to the primary storyline.

    spine    [ A          ][ gap ][ B               ]
    lane 1      [ PX_s001 ]                              role portrait.talkies, above all others
    lane -1     [ DX_s001 ]       [ DX_s002 ]            role dialogue.talkies
    lane -2  [ FX_s001    ]       [ FX_s002         ]    role effects.talkies

They are put into the text that was read, the rest byte for byte; a timeline of another kind is first written as FCPXML
by ``document.py``. Rules: Apple's DTD 1.10 and its reference pages.
"""

from __future__ import annotations

import bisect
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

from talkies.core.errors import OutputError, TalkiesError
from talkies.core.files.atomic import part_file, part_folder
from talkies.core.files.guards import read_text, safe_xml
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.base import Writer, moved
from talkies.core.timeline.formats.fcpxml.document import lost_in_fcpxml, new_fcpxml
from talkies.core.timeline.formats.fcpxml.takes import TakeClips
from talkies.core.timeline.formats.fcpxml.terms import (
    AFTER_ANCHORS,
    STORY,
    Resources,
    lane_of,
    projects,
    seconds,
    time_text,
    track_of_role,
    zero_of,
)
from talkies.core.timeline.formats.xml_splicing import (
    Edit,
    Element,
    Place,
    edited,
    inserted,
    removed,
    root_of,
    with_attribute,
)
from talkies.core.timeline.structure.sounds import track_name
from talkies.core.timeline.structure.tracks import Lane, lanes_of
from talkies.core.times import TimeRange

_SUFFIXES = (".fcpxml", ".fcpxmld")
_INFO = "Info.fcpxml"
_OLDEST = (1, 6)
"""The first version that knows ``asset-clip``."""


class FcpXml(Writer):
    """``.fcpxml``."""

    title: ClassVar[str] = "Final Cut Pro"

    def check(self, timeline: Timeline, out: Path) -> None:
        data = _base(timeline, out)
        version = _version(root_of(data))
        if version < _OLDEST:
            problem = (
                f"the timeline is FCPXML {version[0]}.{version[1]}, which knows no clips of sound as we write them"
            )
            raise OutputError(out, problem, "export it again from a Final Cut Pro of this decade")

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        return () if _is_fcpxml(timeline) else lost_in_fcpxml(timeline)

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        with part_file(out) as part:
            part.write_bytes(with_takes(timeline, takes, out, out.absolute().parent))


class FcpXmlBundle(FcpXml):
    """``.fcpxmld``: the same as ``Info.fcpxml`` in a folder, with what else Final Cut Pro laid beside it."""

    is_folder: ClassVar[bool] = True
    content: ClassVar[str] = _INFO

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        data = with_takes(timeline, takes, out, out.absolute())
        with part_folder(out) as part:
            if timeline.path.suffix.lower() == ".fcpxmld" and timeline.path.is_dir():
                shutil.copytree(timeline.path, part, symlinks=True, dirs_exist_ok=True)
            (part / _INFO).unlink(missing_ok=True)  # it may be a link to a file that is not ours to change
            (part / _INFO).write_bytes(data)


def with_takes(timeline: Timeline, takes: Sequence[Take], out: Path, folder: Path) -> bytes:
    """The timeline's FCPXML with the takes; ``folder``: that of the written file. Raises OutputError."""
    data = _base(timeline, out)
    data = edited(data, _gone(data, timeline))
    lanes = lanes_of(takes, (track_name(track) for track in timeline.document.tracks))
    edits = [*_moved_addresses(data, timeline, folder), *_Splice(timeline, data, lanes).edits()]
    return edited(data, edits)


def _is_fcpxml(timeline: Timeline) -> bool:
    return timeline.path.suffix.lower() in _SUFFIXES


def _base(timeline: Timeline, out: Path) -> bytes:
    """The FCPXML without new tracks: the text that was read, or a new one."""
    if not _is_fcpxml(timeline):
        return new_fcpxml(timeline)
    file = timeline.path / _INFO if timeline.path.is_dir() else timeline.path
    try:
        data = read_text(file)
        safe_xml(file, data)
    except TalkiesError as error:
        raise OutputError(out, f"the source timeline is missing ({error.problem})", "read it again") from error
    return data


def _version(root: Place) -> tuple[int, int]:
    match = re.match(r"(\d{1,4})\.(\d{1,4})", root.get("version"))
    return (int(match[1]), int(match[2])) if match else (1, 0)


def _gone(data: bytes, timeline: Timeline) -> Iterator[Edit]:
    """The clips of ours on tracks that were taken out of the timeline since it was read, and their assets."""
    kept = {track_name(track) for track in timeline.document.tracks}
    root = root_of(data)
    ours = [place for place in root.all() if _our_track(place)]
    gone = [place for place in ours if _our_track(place) not in kept]
    yield from map(removed, gone)
    unused = {place.get("ref") for place in gone} - {place.get("ref") for place in root.all() if place not in gone}
    holder = root.find("resources")
    resources = holder.children if holder else []
    assets = [each for each in resources if each.get("id") in unused]
    used = {place.get("format") for place in root.all() if place not in assets}
    forms = {each.get("format") for each in assets} - used
    yield from map(removed, (*assets, *(each for each in resources if each.get("id") in forms & _our_names(resources))))


def _our_track(clip: Place) -> str:
    """The name of the track of ours that a clip lies on; "" for any other."""
    return track_of_role(clip.get("audioRole")) or track_of_role(clip.get("videoRole"))


def _our_names(resources: Sequence[Place]) -> set[str]:
    return {name for each in resources if (name := each.get("id")).startswith("talkies")}


def _moved_addresses(data: bytes, timeline: Timeline, folder: Path) -> Iterator[Edit]:
    """Relative addresses of media as they are seen from another folder."""
    source = timeline.path if timeline.path.is_dir() else timeline.path.parent
    for place in root_of(data).all():
        url = place.get("src")
        if place.tag in ("asset", "media-rep") and _is_fcpxml(timeline) and moved(url, source, folder) != url:
            yield with_attribute(data, place, "src", moved(url, source, folder))


@dataclass(frozen=True)
class _Holder:
    """An item of the primary storyline: where it plays, where its own time begins, what may be connected to it."""

    record: TimeRange
    start: Fraction
    place: Place


@dataclass
class _Splice:
    """Takes put into one file; ``anchored``: new clips by the place in whose element they go."""

    timeline: Timeline
    data: bytes
    lanes: Sequence[Lane]
    anchored: dict[Place, list[Element]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root = safe_xml(self.timeline.path, self.data)
        self.root = root_of(self.data)
        self.places = dict(zip(root.iter(), self.root.all(), strict=True))
        self.resources = Resources(root)
        self.sequence = projects(root)[0][1]
        spine = self.sequence.find("spine")
        self.story = self.sequence if spine is None else spine
        self.zero = zero_of(self.sequence, list(self.story))
        self.holders = tuple(self._holders())
        self.clips = TakeClips(self.timeline, _version(self.root), {place.get("id") for place in self.root.all()})

    def edits(self) -> Iterator[Edit]:
        if not self.lanes:
            return
        taken = (0, *_lanes_in(self.story, 0))  # also of an empty story
        heard, shown = ([lane for lane in self.lanes if lane.is_picture == seen] for seen in (False, True))
        numbered = [*((min(taken) - number, lane) for number, lane in enumerate(heard, start=1))]
        numbered += [(max(taken) + number, lane) for number, lane in enumerate(shown, start=1)]
        late = [take for lane in self.lanes for take in lane.takes if self._holder(take.record.start) is None]
        gap = self._gap(max(take.record.end for take in late)) if late else None
        for number, lane in numbered:
            for take in lane.takes:
                holder = self._holder(take.record.start)
                clip = self.clips.clip(take, lane, number, self._offset(take, holder))
                if holder is not None:
                    self.anchored.setdefault(holder.place, []).append(clip)
                elif gap is not None:
                    gap.append(clip)
        yield from (inserted(self.data, place, clips, _behind(place)) for place, clips in self.anchored.items())
        if gap is not None:
            yield inserted(self.data, self.places[self.story], [gap])
        resources = self.root.find("resources")
        if resources is not None:
            yield inserted(self.data, resources, self.clips.resources)
        else:
            element = Element("resources")
            element.extend(self.clips.resources)
            following = next((child for child in self.root.children if child.tag != "import-options"), None)
            yield inserted(self.data, self.root, [element], following)

    def _holders(self) -> Iterator[_Holder]:
        """What lies in the primary storyline, one after another."""
        following = Fraction(0)
        for element in self.story:
            if element.tag not in STORY:
                continue
            offset = element.get("offset")
            at = seconds(offset) - self.zero if offset is not None else following
            inner = element
            if element.tag == "audition":
                inner = next((child for child in element if child.tag in STORY), element)
            following = at + self.resources.duration(inner)
            yield _Holder(TimeRange(at, following), self.resources.start(inner), self.places[inner])

    def _holder(self, position: Fraction) -> _Holder | None:
        """The item under a position, or the one before a hole; None after the last one."""
        if not self.holders or position >= self.holders[-1].record.end:
            return None
        after = bisect.bisect_right(self.holders, position, key=lambda holder: holder.record.start)
        return self.holders[max(after - 1, 0)]

    def _gap(self, end: Fraction) -> Element:
        """More storyline, for takes that begin after its end."""
        start = self.holders[-1].record.end if self.holders else Fraction(0)
        return Element("gap", name="Gap", offset=time_text(self.zero + start), duration=time_text(end - start))

    def _offset(self, take: Take, holder: _Holder | None) -> Fraction:
        """Where a take begins in the time of what it is connected to; in the gap behind the story without a holder."""
        if holder is not None:
            return holder.start + take.record.start - holder.record.start
        return take.record.start - (self.holders[-1].record.end if self.holders else Fraction(0))


def _behind(place: Place) -> Place | None:
    """The child before which connected clips go; None: at the end."""
    return next((child for child in place.children if child.tag in AFTER_ANCHORS), None)


def _lanes_in(element: Element, lane: int) -> Iterator[int]:
    """Every lane that something inside an element lies on, seen from the storyline."""
    for child in element:
        own = lane + lane_of(child)
        yield own
        yield from _lanes_in(child, own)
