# ruff: noqa: N802 - these are Resolve's names
"""A DaVinci Resolve that follows its documented calls and their traps, and can mix down what lies on its timeline.

Traps, as people have measured them on 20.x and 21.x: every attribute exists; ``endFrame`` is exclusive, ``recordFrame``
absolute, ``startFrame`` in the file's own frames, which are the project's at its import; overlaps are dropped and yet
returned; a missing file, or one that is in the bin, is not imported; a new bin is shown at once; lists of markers have
floats for frames, which are relative; a track that was switched off says that it is on; with an open dialog nothing is
done; the free edition opens such a dialog when a script touches its windows.
"""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.times import exact_rate, timecode, to_sample

SAMPLE_RATE = 48_000
_numbers = itertools.count(1)


class Thing:
    """hasattr is always true: what is not there is None."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world if world is not None else World()
        self.identity = f"id-{next(_numbers)}"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None

    def GetUniqueId(self) -> str:
        return self.identity


class World:
    """What all objects share. ``dialog``: one is open; ``fps``: the project's; ``locked_fps``: files keep theirs.

    ``drops_last``: whatever is appended is dropped; ``is_old``: AddTrack takes the kind of the track alone,
    and nothing tells it.
    """

    def __init__(self) -> None:
        self.studio, self.dialog, self.locked_fps = True, False, False
        self.fps: Any = 24.0
        self.drops_last = self.is_old = False
        self.subtitles_exported = False
        self.mix_to: Path | None = None
        self.dialogs: list[str] = []


class Resolve(Thing):
    EXPORT_OTIO, EXPORT_NONE = 17.0, 0.0

    def __init__(self, world: World, timeline: Timeline) -> None:
        super().__init__(world)
        self.pool = MediaPool(world, timeline)
        self.timeline: Timeline | None = timeline

    def GetProductName(self) -> str:
        return "DaVinci Resolve Studio" if self.world.studio else "DaVinci Resolve"

    def GetVersionString(self) -> str:
        return "21.1.0.17"

    def GetProjectManager(self) -> Resolve:
        return self

    def GetCurrentProject(self) -> Resolve:
        return self

    def GetCurrentTimeline(self) -> Timeline | None:
        return self.timeline

    def GetName(self) -> str:
        return "Silents: 1926/27"

    def GetMediaPool(self) -> MediaPool:
        return self.pool


class Medium(Thing):
    def __init__(self, world: World, path: Path, fps: float) -> None:
        super().__init__(world)
        self.path = path
        self.metadata: dict[str, str] = {}
        self.facts = {"File Path": str(path), "Clip Name": path.name, "FPS": fps}
        self.seconds = Fraction(read_sound(path).shape[1], SAMPLE_RATE) if path.suffix == ".wav" else Fraction(3600)
        self.used: list[Item] = []

    def GetClipProperty(self, key: str) -> Any:
        return str(len(self.used)) if key == "Usage" else self.facts.get(key, "")

    def SetClipProperty(self, key: str, value: str) -> bool:
        if self.world.dialog or (key == "FPS" and self.world.locked_fps):
            return False
        self.facts[key] = float(value) if key == "FPS" else value
        return True

    def SetThirdPartyMetadata(self, values: dict[str, str]) -> bool:
        self.metadata.update(values)
        return True

    def GetName(self) -> str:
        return str(self.facts["Clip Name"])


class Item(Thing):
    """On a track, from frame ``start`` on, ``frames`` of the timeline; ``source``: first frame of the file."""

    def __init__(
        self, world: World, medium: Medium | None, start: int, frames: int, source: int, name: str = ""
    ) -> None:
        super().__init__(world)
        self.medium, self.start, self.frames, self.source, self.enabled = medium, start, frames, source, True
        self.text = name
        if medium is not None:
            medium.used.append(self)

    def GetName(self) -> str:
        return self.text or (self.medium.GetName() if self.medium else "")

    def GetStart(self) -> int:
        return self.start

    def GetEnd(self) -> int:
        return self.start + self.frames

    def GetDuration(self) -> int:
        return self.frames

    def GetLeftOffset(self) -> int:
        return self.source

    def GetMediaPoolItem(self) -> Medium | None:
        return self.medium

    def GetClipEnabled(self) -> bool:
        return self.enabled

    def SetClipEnabled(self, enabled: bool) -> bool:
        self.enabled = enabled if not self.world.dialog else self.enabled
        return not self.world.dialog


class Track:
    def __init__(self, name: str, kind: str = "") -> None:
        self.name, self.kind, self.enabled = name, kind, True
        self.items: list[Item] = []


class Folder(Thing):
    def __init__(self, world: World, name: str) -> None:
        super().__init__(world)
        self.name = name
        self.folders: list[Folder] = []
        self.clips: list[Medium] = []

    def GetName(self) -> str:
        return self.name

    def GetSubFolderList(self) -> list[Folder]:
        return list(self.folders)

    def GetClipList(self) -> list[Medium]:
        return list(self.clips)


class MediaPool(Thing):
    def __init__(self, world: World, timeline: Timeline) -> None:
        super().__init__(world)
        self.timeline = timeline
        self.root = self.shown = Folder(world, "Master")

    def GetRootFolder(self) -> Folder:
        return self.root

    def GetCurrentFolder(self) -> Folder:
        return self.shown

    def SetCurrentFolder(self, folder: Folder) -> bool:
        self.shown = folder
        return True

    def AddSubFolder(self, parent: Folder, name: str) -> Folder | None:
        if self.world.dialog:
            return None
        parent.folders.append(Folder(self.world, name))
        self.shown = parent.folders[-1]
        return self.shown

    def ImportMedia(self, paths: list[str]) -> list[Medium]:
        new = []
        for path in map(Path, paths):
            if self.world.dialog or not path.is_file() or any(clip.path == path for clip in self.shown.clips):
                continue
            new.append(Medium(self.world, path, self.world.fps))
        self.shown.clips += new
        return new

    def DeleteClips(self, clips: list[Medium]) -> bool:
        for folder in (self.root, *self.root.folders):
            folder.clips = [clip for clip in folder.clips if clip not in clips]
        return True

    def AppendToTimeline(self, wanted: list[dict[str, Any]]) -> list[Item]:
        return [self.timeline.append(info) for info in wanted] if not self.world.dialog else []


class Timeline(Thing):
    """``rate``: exact; ``stated``: as Resolve says it. Frames are absolute: they begin with ``start``."""

    def __init__(self, world: World, rate: Fraction, start: int, drop_frame: bool) -> None:
        super().__init__(world)
        self.rate, self.start, self.drop_frame = rate, start, drop_frame
        self.stated: Any = float(rate) if rate.denominator == 1 else round(float(rate), 3)
        self.tracks: dict[str, list[Track]] = {"video": [], "audio": [], "subtitle": []}
        self.markers: dict[int, dict[str, Any]] = {}
        self.at = start

    def append(self, info: dict[str, Any]) -> Item:
        kind = {1: "video", 2: "audio"}[int(info["mediaType"])]
        medium, track = info["mediaPoolItem"], self.tracks[kind][int(info["trackIndex"]) - 1]
        fps = exact_rate(float(medium.facts["FPS"]))
        last = min(Fraction(info["endFrame"]), medium.seconds * fps)
        frames = int((last - info["startFrame"]) / fps * self.rate)
        item = Item(self.world, medium, int(info["recordFrame"]), frames, int(info["startFrame"]))
        clash = any(other.start < item.GetEnd() and item.start < other.GetEnd() for other in track.items)
        if clash or self.world.drops_last or frames <= 0:
            medium.used.remove(item)
        else:
            track.items.append(item)
        return item

    def GetName(self) -> str:
        return "Reel 1"

    def GetSetting(self, name: str) -> Any:
        return self.stated if name == "timelineFrameRate" else ""

    def GetStartFrame(self) -> int:
        return self.start

    def GetEndFrame(self) -> int:
        return max(item.GetEnd() for tracks in self.tracks.values() for track in tracks for item in track.items)

    def GetStartTimecode(self) -> str:
        return self._timecode(self.start)

    def GetCurrentTimecode(self) -> str:
        return self._timecode(self.at)

    def SetCurrentTimecode(self, wanted: str) -> bool:
        frames = range(self.start, self.GetEndFrame())
        self.at = next((frame for frame in frames if self._timecode(frame) == wanted), self.at)
        if self.world.mix_to is not None:
            self.mix(self.world.mix_to)
        return True

    def _timecode(self, frame: int) -> str:
        return timecode(frame / self.rate, self.rate, self.drop_frame)

    def GetTrackCount(self, kind: str) -> int:
        return len(self.tracks[kind])

    def GetTrackName(self, kind: str, index: int) -> str:
        return self.tracks[kind][index - 1].name

    def SetTrackName(self, kind: str, index: int, name: str) -> bool:
        self.tracks[kind][index - 1].name = name
        return True

    @property
    def GetTrackSubType(self) -> Any:
        return None if self.world.is_old else lambda kind, index: self.tracks[kind][int(index) - 1].kind

    def GetIsTrackEnabled(self, kind: str, index: int) -> bool:
        return True

    def SetTrackEnable(self, kind: str, index: int, enabled: bool) -> bool:
        self.tracks[kind][index - 1].enabled = enabled
        return True

    def GetItemListInTrack(self, kind: str, index: int) -> list[Item] | None:
        tracks = self.tracks[kind]
        return list(tracks[index - 1].items) if 1 <= index <= len(tracks) else None

    def AddTrack(self, kind: str, options: dict[str, Any] | str | None = None) -> bool:
        if self.world.dialog or (options is not None and isinstance(options, str) != self.world.is_old):
            return False
        options = {"audioType": options} if isinstance(options, str) else options or {}
        assert kind == "audio" or "audioType" not in options
        tracks = self.tracks[kind]
        index = options.get("index") or 0
        tracks.insert(int(index) - 1 if 1 <= index <= len(tracks) else len(tracks),
                      Track(f"Audio {len(tracks) + 1}", options.get("audioType", "mono")))  # fmt: skip
        return True

    def DeleteTrack(self, kind: str, index: int) -> bool:
        if not self.world.dialog:
            self._gone(self.tracks[kind].pop(int(index) - 1).items)
        return not self.world.dialog

    def DeleteClips(self, items: list[Item], ripple: bool) -> bool:
        for track in (*self.tracks["audio"], *self.tracks["video"]):
            self._gone([item for item in track.items if item in items])
            track.items = [item for item in track.items if item not in items]
        return True

    def _gone(self, items: list[Item]) -> None:
        for item in items:
            if item.medium is not None:
                item.medium.used.remove(item)

    def AddMarker(self, frame: float, colour: str, name: str, note: str, duration: float, data: str) -> bool:
        if self.world.dialog or int(frame) in self.markers:
            return False
        facts = {"color": colour, "name": name, "note": note, "duration": duration, "customData": data}
        self.markers[int(frame)] = facts
        return True

    def GetMarkers(self) -> dict[float, dict[str, Any]]:
        return {float(frame): dict(facts) for frame, facts in self.markers.items()}

    def DeleteMarkerAtFrame(self, frame: float) -> bool:
        return self.markers.pop(int(frame), None) is not None

    def Export(self, path: str, kind: float, subtype: float) -> bool:
        if not self.world.dialog and kind == Resolve.EXPORT_OTIO and subtype == Resolve.EXPORT_NONE:
            Path(path).write_text(json.dumps(self.exported()), encoding="utf-8")
        return True

    def exported(self) -> dict[str, Any]:
        """In Resolve's flavour: Clip.2, whole paths, no subtitles."""
        kinds = {"video": "Video", "audio": "Audio"}
        if self.world.subtitles_exported:
            kinds["subtitle"] = "Subtitle"
        tracks = [self._track(track, kinds[kind]) for kind in kinds for track in self.tracks[kind]]
        return {
            "OTIO_SCHEMA": "Timeline.1",
            "metadata": {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}},
            "name": "known",
            "global_start_time": self._time(self.start),
            "tracks": {"OTIO_SCHEMA": "Stack.1", "metadata": {}, "name": "", "source_range": None, "effects": [],
                       "markers": [], "enabled": True, "children": tracks},
        }  # fmt: skip

    def _track(self, track: Track, kind: str) -> dict[str, Any]:
        children, position = [], self.start
        for item in sorted(track.items, key=Item.GetStart):
            if item.start > position:
                children.append({"OTIO_SCHEMA": "Gap.1", "metadata": {}, "name": "", "enabled": True,
                                 "source_range": self._span(0, item.start - position)})  # fmt: skip
            children.append(self._clip(item))
            position = item.GetEnd()
        metadata = {"Resolve_OTIO": {"Locked": False, "Audio Type": track.kind.title()}}
        return {"OTIO_SCHEMA": "Track.1", "metadata": metadata, "name": track.name, "kind": kind, "source_range": None,
                "effects": [], "markers": [], "enabled": track.enabled, "children": children}  # fmt: skip

    def _clip(self, item: Item) -> dict[str, Any]:
        reference: dict[str, Any] = {"OTIO_SCHEMA": "MissingReference.1", "metadata": {}, "name": ""}
        if item.medium is not None:
            whole = self._span(0, int(item.medium.seconds * self.rate))
            reference = {"OTIO_SCHEMA": "ExternalReference.1", "metadata": {}, "name": item.medium.GetName(),
                         "available_range": whole, "available_image_bounds": None,
                         "target_url": str(item.medium.path)}  # fmt: skip
        return {"OTIO_SCHEMA": "Clip.2", "metadata": {"Resolve_OTIO": {"Link Group ID": 1}}, "name": item.GetName(),
                "source_range": self._span(item.source, item.frames), "effects": [], "markers": [],
                "enabled": item.enabled, "media_references": {"DEFAULT_MEDIA": reference},
                "active_media_reference_key": "DEFAULT_MEDIA"}  # fmt: skip

    def _time(self, frames: float) -> dict[str, Any]:
        return {"OTIO_SCHEMA": "RationalTime.1", "rate": self.stated, "value": float(frames)}

    def _span(self, first: float, count: float) -> dict[str, Any]:
        return {"OTIO_SCHEMA": "TimeRange.1", "start_time": self._time(first), "duration": self._time(count)}

    def mix(self, path: Path) -> None:
        """What the audio tracks sound like, each clip from its own sample on."""
        mix = np.zeros((2, to_sample((self.GetEndFrame() - self.start) / self.rate, SAMPLE_RATE)), np.float32)
        heard = (item for track in self.tracks["audio"] if track.enabled for item in track.items if item.enabled)
        for item in heard:
            assert item.medium is not None
            sound = read_sound(item.medium.path)
            first = to_sample(item.source / exact_rate(float(str(item.medium.facts["FPS"]))), SAMPLE_RATE)
            start, end = (to_sample((frame - self.start) / self.rate, SAMPLE_RATE)
                          for frame in (item.start, item.GetEnd()))  # fmt: skip
            part = sound[:, first : first + end - start]
            mix[:, start : start + part.shape[1]] += part
        write_bwf(path, [mix], sample_rate=SAMPLE_RATE, channels=2, count=mix.shape[1])


class Fusion(Thing):
    """Preferences in memory, and the file that SavePrefs writes."""

    def __init__(self, world: World, file: Path) -> None:
        super().__init__(world)
        self.file = file
        self.values: dict[str, str] = {}

    def SetPrefs(self, key: str, value: str) -> None:
        self.values[key] = value

    def GetPrefs(self, key: str) -> str | None:
        return self.values.get(key)

    def SavePrefs(self) -> None:
        """A new file in the place of the old one; the keys are leaves of nested tables, in no order."""
        leaves = (f"\t\t\t{key.rpartition('.')[2]} = {json.dumps(value)},\n" for key, value in self.values.items())
        part = self.file.with_suffix(".new")
        part.write_text("{\n\tGlobal = {\n\t\tTalkies = {\n" + "".join(leaves) + "\t\t},\n\t},\n}\n", encoding="utf-8")
        part.replace(self.file)

    @property
    def UIManager(self) -> None:
        if not self.world.studio:
            self.world.dialog = True
            self.world.dialogs.append("UIManager is part of DaVinci Resolve Studio")


def opened(path: Path, drop_frame: bool = False, world: World | None = None) -> Resolve:
    """A Resolve in which an ``.otio`` of known_timelines.py is open."""
    world = world if world is not None else World()
    document = json.loads(path.read_text(encoding="utf-8"))
    start = document["global_start_time"]
    timeline = Timeline(world, exact_rate(start["rate"]), int(start["value"]), drop_frame)
    media: dict[Path, Medium] = {}
    for source in document["tracks"]["children"]:
        track = Track(source["name"], "stereo" if source["kind"] == "Audio" else "")
        timeline.tracks[source["kind"].lower()].append(track)
        position = timeline.start
        for child in source["children"]:
            span = child["source_range"]
            frames = round(span["duration"]["value"])
            if child["OTIO_SCHEMA"].startswith("Clip"):
                medium, url = None, next(iter(_references(child))).get("target_url")
                if url:
                    file = path.parent / url
                    medium = media.setdefault(file, Medium(world, file, timeline.stated))
                item = Item(world, medium, position, frames, round(span["start_time"]["value"]), child["name"])
                track.items.append(item)
            position += frames
    resolve = Resolve(world, timeline)
    resolve.pool.root.clips += media.values()
    return resolve


def _references(clip: dict[str, Any]) -> list[dict[str, Any]]:
    return list(clip["media_references"].values()) if "media_references" in clip else [clip["media_reference"]]
