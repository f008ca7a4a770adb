"""Export of the open timeline as ``.otio``: Resolve's own, with its subtitle items as tracks of kind "Subtitle".

Whether Resolve's export carries subtitles depends on the version; they are added only where it did not.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from .frames import Clock, exact_rate
from .refusal import BUSY, RefusedError, call

_OUR_PICTURES = re.compile(r"^PX talkies( \d+)?$")


def open_project(resolve: Any) -> Any:
    manager = call(resolve, "GetProjectManager")
    return call(manager, "GetCurrentProject") if manager else None


def open_timeline(resolve: Any) -> Any:
    """The timeline that is shown. Raises RefusedError (TimelineError) when there is none."""
    project = open_project(resolve)
    timeline = call(project, "GetCurrentTimeline") if project else None
    if not timeline:
        raise RefusedError(
            "TimelineError", "DaVinci Resolve shows no timeline; open one on the Edit page and try again"
        )
    return timeline


def clock_of(timeline: Any) -> Clock:
    """Its rate, first frame and way of counting."""
    rate = exact_rate(call(timeline, "GetSetting", "timelineFrameRate"))
    if rate is None:
        raise RefusedError("TimelineError", f"DaVinci Resolve does not say the timeline's frame rate; {BUSY}")
    drop_frame = ";" in str(call(timeline, "GetStartTimecode"))
    return Clock(rate, int(call(timeline, "GetStartFrame")), drop_frame)


def export(resolve: Any, timeline: Any, folder: str) -> str:
    """Writes the timeline into ``folder`` and says where. Export's answer proves nothing: the file does."""
    part = part_in(folder)
    kind = getattr(resolve, "EXPORT_OTIO", None)
    if kind is None:
        raise RefusedError(
            "TimelineError", "this DaVinci Resolve cannot export OTIO; talkies needs version 18.5 or later"
        )
    call(timeline, "Export", part, kind, getattr(resolve, "EXPORT_NONE", None))
    names = [call(open_project(resolve), "GetName"), call(timeline, "GetName")]
    name = file_name(names, str(call(timeline, "GetUniqueId")))
    return finish(part, name, clock_of(timeline), subtitle_tracks(timeline))


def file_name(names: list[Any], identity: str) -> str:
    """Always the same for one timeline and no other: what is made for it is kept beside its file."""
    plain = " - ".join(re.sub(r"[^\w .-]+|^[ .]+|[ .]+$", "", str(name))[:40] for name in names)
    return f"{plain} {hashlib.sha256(identity.encode()).hexdigest()[:6]}.otio"


def part_in(folder: str) -> str:
    """Where Resolve exports to; what an earlier try has left there is removed."""
    part = Path(folder) / "part.otio"
    if part.exists():
        part.unlink()
    return str(part)


def finish(part: str, name: str, clock: Clock, subtitles: list[Any]) -> str:
    """The finished timeline beside ``part``, of what Resolve exported there and of its subtitles."""
    try:
        exported, path = Path(part), Path(part).with_name(name)
        document = with_subtitles(json.loads(exported.read_text(encoding="utf-8")), clock, subtitles)
        exported.write_text(json.dumps(document), encoding="utf-8")
        exported.replace(path)
    except (OSError, ValueError, LookupError, AttributeError) as error:
        problem = "DaVinci Resolve did not export the timeline"
        raise RefusedError("TimelineError", f"{problem}; {BUSY}") from error
    return str(path)


def with_subtitles(document: Any, clock: Clock, subtitles: list[Any]) -> Any:
    """The document with start and subtitles, where the export has left them out."""
    start = document.get("global_start_time") or _time(clock.start, float(clock.rate))
    tracks = document["tracks"]["children"]
    if not any(str(track.get("kind")).lower().startswith("subtitle") for track in tracks):
        tracks = tracks + [_subtitle_track(track, clock, start["rate"]) for track in subtitles]
    return dict(document, global_start_time=start, tracks=dict(document["tracks"], children=tracks))


def subtitle_tracks(timeline: Any) -> list[Any]:
    """Resolve's subtitle tracks; the name of an item there is its text."""
    tracks = []
    for index in range(1, int(call(timeline, "GetTrackCount", "subtitle") or 0) + 1):
        items = [
            {"text": str(item.GetName()), "start": item.GetStart(), "end": item.GetEnd()}
            for item in call(timeline, "GetItemListInTrack", "subtitle", index) or []
        ]
        name = str(call(timeline, "GetTrackName", "subtitle", index) or f"Subtitle {index}")
        enabled = bool(call(timeline, "GetIsTrackEnabled", "subtitle", index))
        tracks.append({"name": name, "enabled": enabled, "items": items})
    return tracks


def _subtitle_track(track: Any, clock: Clock, rate: float) -> Any:
    children, position = [], clock.start
    for item in sorted(track["items"], key=lambda item: item["start"]):
        if item["start"] > position:
            children.append(_child("Gap.1", "", item["start"] - position, rate))
        children.append(_child("Clip.1", item["text"], item["end"] - item["start"], rate))
        position = item["end"]
    shown = {"name": track["name"], "kind": "Subtitle", "enabled": track["enabled"], "children": children}
    return dict(shown, OTIO_SCHEMA="Track.1")


def _child(schema: str, name: str, frames: Any, rate: float) -> Any:
    span = {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(0, rate), "duration": _time(frames, rate)}
    return {"OTIO_SCHEMA": schema, "name": name, "source_range": span}


def _time(frames: Any, rate: float) -> Any:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": float(frames), "rate": rate}


def tracks(timeline: Any, kind: str) -> list[Any]:
    """Every track of a kind with its clips, as the bridge sends it."""
    count = int(call(timeline, "GetTrackCount", kind) or 0)
    return [track(timeline, index, kind) for index in range(1, count + 1)]


def picture_tracks(timeline: Any) -> list[Any]:
    """Those of picture that are ours."""
    return [each for each in tracks(timeline, "video") if _OUR_PICTURES.match(each["name"])]


def track(timeline: Any, index: int, kind: str) -> Any:
    clock = clock_of(timeline)
    clips = [
        {
            "name": str(item.GetName()),
            "start": str(clock.seconds(item.GetStart())),
            "end": str(clock.seconds(item.GetEnd())),
            "file": file_of(item),
        }
        for item in items_of(timeline, index, kind)
    ]
    return {"name": str(call(timeline, "GetTrackName", kind, index)), "clips": clips}


def items_of(timeline: Any, index: int, kind: str) -> list[Any]:
    """What lies on a track, in order."""
    return sorted(call(timeline, "GetItemListInTrack", kind, index) or [], key=lambda item: item.GetStart())


def file_of(item: Any) -> str | None:
    """The file of an item on the timeline; titles and compound clips have none."""
    medium = item.GetMediaPoolItem()
    return str(medium.GetClipProperty("File Path") or "") or None if medium else None
