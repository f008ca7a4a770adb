"""A small editor at the other end of the bridge: ``python bridged_editor.py KNOWN.otio`` answers on stdin and stdout.

It keeps its audio tracks as an editor does, in frames and samples of its own, and needs nothing but the standard
library, as code inside an editor should. What it knows of the bridge is in ``answer``: one method for each question.
"""

from __future__ import annotations

import copy
import json
import struct
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

Track = dict[str, Any]


class RefusedError(Exception):
    """One sentence for the user."""


class BridgedEditor:
    """One open timeline. ``tracks``: its audio tracks; the rest of the ``.otio`` stays as it was opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document = json.loads(path.read_text(encoding="utf-8"))
        start = self.document.get("global_start_time") or {"rate": 25.0}
        self.rate = exact(start["rate"])
        items = self.document["tracks"]["children"]
        self.tracks = [self.opened(item) for item in items if item["kind"] == "Audio"]
        self.pictures: list[Track] = []
        self.before: list[tuple[list[Track], list[Track]]] = []
        self.playhead = Fraction(0)

    def answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        questions = (
            *(self.hello, self.read_timeline, self.audio_tracks, self.picture_tracks, self.add_takes),
            *(self.add_pictures, self.undo, self.move_playhead),
        )
        known = {question.__name__: question for question in questions}
        if method not in known:
            raise RefusedError(f"the method {method!r} is not known")
        return known[method](**params)

    def hello(self) -> dict[str, Any]:
        return {"protocol": 1, "name": "Editor of the tests 1.0"}

    def read_timeline(self, folder: str) -> dict[str, Any]:
        """An export lies beside nothing: all its addresses are whole. Its name tells where the playhead is."""
        document = copy.deepcopy(self.document)
        document["name"] = f"{document['name']} at {self.playhead}"
        tracks = document["tracks"]["children"]
        tracks[:] = [item for item in tracks if item["kind"] != "Audio"] + [self.exported(each) for each in self.tracks]
        tracks += [{**self.exported(each), "kind": "Video"} for each in self.pictures]
        for reference in references(document):
            reference["target_url"] = str((self.path.parent / reference["target_url"]).absolute())
        target = Path(folder) / self.path.name
        target.write_text(json.dumps(document), encoding="utf-8")
        return {"timeline": target.name, "drop_frame": abs(self.rate - Fraction(30000, 1001)) == 0}

    def audio_tracks(self) -> dict[str, Any]:
        return {"tracks": [as_answer(track) for track in self.tracks]}

    def picture_tracks(self) -> dict[str, Any]:
        return {"tracks": [as_answer(track) for track in self.pictures]}

    def add_pictures(self, tracks: list[dict[str, Any]], remove: list[str]) -> dict[str, Any]:
        kept = [track for track in self.pictures if track["name"] not in remove]
        new = [{"name": track["name"], "clips": [self.shown(clip) for clip in track["clips"]]} for track in tracks]
        self.before.append((self.tracks, self.pictures))
        self.pictures = kept + new
        return {"tracks": [as_answer(track) for track in new], "warnings": []}

    def add_takes(self, tracks: list[dict[str, Any]], remove: list[str]) -> dict[str, Any]:
        kept = [track for track in self.tracks if track["name"] not in remove]
        new = [{"name": track["name"], "clips": [self.placed(clip) for clip in track["clips"]]} for track in tracks]
        self.before.append((self.tracks, self.pictures))
        self.tracks = kept + new
        return {"tracks": [as_answer(track) for track in new], "warnings": []}

    def undo(self) -> dict[str, Any]:
        if not self.before:
            raise RefusedError("there is nothing to undo")
        self.tracks, self.pictures = self.before.pop()
        return {}

    def move_playhead(self, position: str) -> dict[str, Any]:
        self.playhead = Fraction(position)
        return {}

    def placed(self, clip: dict[str, Any]) -> dict[str, Any]:
        """A new clip, if its sound file holds what it should show."""
        try:
            seconds = length_of(Path(clip["file"]))
        except (OSError, ValueError, struct.error) as error:
            raise RefusedError(f"{Path(clip['file']).name} cannot be imported; make the take again") from error
        start, duration, head = (Fraction(clip[key]) for key in ("start", "duration", "head_handle"))
        if seconds < head + duration - Fraction(1, 1000):
            raise RefusedError(f"{Path(clip['file']).name} is shorter than the clip")
        return {"name": clip["name"], "file": clip["file"], "start": start, "end": start + duration}

    def shown(self, clip: dict[str, Any]) -> dict[str, Any]:
        """A new clip of picture, if its movie is there."""
        if not Path(clip["file"]).is_file():
            raise RefusedError(f"{Path(clip['file']).name} cannot be imported; make the take again")
        start, duration = (Fraction(clip[key]) for key in ("start", "duration"))
        return {"name": clip["name"], "file": clip["file"], "start": start, "end": start + duration}

    def opened(self, item: dict[str, Any]) -> Track:
        clips, position = [], Fraction(0)
        for child in item["children"]:
            end = position + Fraction(child["source_range"]["duration"]["value"]) / self.rate
            if child["OTIO_SCHEMA"].startswith("Clip"):
                (reference,) = references(child)
                file = str((self.path.parent / reference["target_url"]).absolute())
                clips.append({"name": child["name"], "file": file, "start": position, "end": end})
            position = end
        return {"name": item["name"], "clips": clips}

    def exported(self, track: Track) -> dict[str, Any]:
        children, position = [], Fraction(0)
        for clip in track["clips"]:
            gap = {"OTIO_SCHEMA": "Gap.1", "source_range": self.span(clip["start"] - position)}
            reference = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": clip["file"]}
            length = self.span(clip["end"] - clip["start"])
            shown = {
                "OTIO_SCHEMA": "Clip.1",
                "name": clip["name"],
                "source_range": length,
                "media_reference": reference,
            }
            children += [gap, shown] if clip["start"] > position else [shown]
            position = clip["end"]
        return {"OTIO_SCHEMA": "Track.1", "name": track["name"], "kind": "Audio", "children": children}

    def span(self, seconds: Fraction) -> dict[str, Any]:
        def time(frames: Fraction) -> dict[str, Any]:
            return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(self.rate), "value": float(frames)}

        return {"OTIO_SCHEMA": "TimeRange.1", "start_time": time(Fraction(0)), "duration": time(seconds * self.rate)}


def exact(rate: float) -> Fraction:
    """23.976023976 is 24000/1001."""
    return Fraction(round(rate)) if rate == round(rate) else Fraction(round(rate) * 1000, 1001)


def length_of(path: Path) -> Fraction:
    """Seconds in a WAV file (Python 3.11's wave module refuses those of 24 bits)."""
    with path.open("rb") as file:
        if file.read(12)[8:] != b"WAVE":
            raise ValueError("not a WAV file")
        facts = (0, 0)
        while len(head := file.read(8)) == 8:
            name, size = struct.unpack("<4sI", head)
            if name == b"data":
                rate, bytes_a_frame = facts
                return Fraction(size, bytes_a_frame * rate)
            body = file.read(size + size % 2)
            if name == b"fmt ":
                rate, _, bytes_a_frame = struct.unpack_from("<IIH", body, 4)
                facts = rate, bytes_a_frame
    raise ValueError("no sound in it")


def as_answer(track: Track) -> dict[str, Any]:
    clips = [{**clip, "start": str(clip["start"]), "end": str(clip["end"])} for clip in track["clips"]]
    return {"name": track["name"], "clips": clips}


def references(item: Any) -> list[dict[str, Any]]:
    """Every address of a medium in a part of a document."""
    if isinstance(item, list):
        return [found for child in item for found in references(child)]
    if not isinstance(item, dict):
        return []
    here = [item] if "target_url" in item else []
    return here + [found for child in item.values() for found in references(child)]


def main() -> None:
    editor = BridgedEditor(Path(sys.argv[1]))
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": editor.answer(request["method"], request["params"])}
        except RefusedError as refused:
            answer = {"error": {"kind": "OutputError", "message": str(refused)}}
        print(json.dumps({"id": request["id"], **answer}), flush=True)


if __name__ == "__main__":
    main()
