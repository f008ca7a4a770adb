"""Blender's side of the panel: answers the questions that ``talkies panel --bridge`` asks over a pipe.

    ← {"id": 3, "method": "audio_tracks", "params": {}}
    → {"id": 3, "result": {"tracks": [{"name": "Channel 2", "clips": [{"name": "wind", "start": "0", "end": "5/2"}]}]}}

Times are exact seconds from the scene's first frame. Everything runs in Blender's main thread, called by a timer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from . import otio, placing, reading
from .child import Child
from .clock import Clock
from .errors import RefusedError
from .folders import panel_folder
from .handshake import version
from .placing import Placed
from .versions import places_within_frames, product

PROTOCOL = 1
INTERVAL_S = 0.1

Params = Mapping[str, Any]


class Answers:
    """Answers for one scene, and remembers what it placed, to take it back."""

    def __init__(self, scene: Any) -> None:
        self._name = scene.name
        self._placed: list[Placed] = []
        self._methods: dict[str, Callable[[Params], dict[str, Any]]] = {
            "hello": lambda params: {"protocol": PROTOCOL, "name": product(), "version": version()},
            "read_timeline": self._read_timeline,
            "audio_tracks": lambda params: {"tracks": placing.audio_tracks(self._scene())},
            "picture_tracks": lambda params: {"tracks": placing.picture_tracks(self._scene())},
            "add_takes": self._add_takes,
            "add_pictures": self._add_pictures,
            "undo": self._undo,
            "move_playhead": self._move_playhead,
        }

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one question; what goes wrong is an answer too."""
        number = request.get("id")
        try:
            method = self._methods.get(str(request.get("method")))
            if method is None:
                raise RefusedError(f"this extension does not know {request.get('method')!r}; reinstall it")
            return {"id": number, "result": method(request.get("params") or {})}
        except RefusedError as problem:
            error = {"kind": problem.kind, "message": str(problem)}
        except Exception as unforeseen:  # noqa: BLE001 - the panel must hear of it, and Blender keep its timer
            error = {"kind": "OutputError", "message": f"Blender refused: {type(unforeseen).__name__}: {unforeseen}"}
        return {"id": number, "error": error}

    def _scene(self) -> Any:
        scene = bpy.data.scenes.get(self._name)
        if scene is None:
            raise RefusedError(f"the scene {self._name!r} is no longer there; open the panel again", "TimelineError")
        return scene

    def _read_timeline(self, params: Params) -> dict[str, Any]:
        scene = self._scene()
        found = reading.read(scene)
        if not found.shots:
            raise RefusedError("there is no movie, image or scene strip in the sequencer; add one", "TimelineError")
        path = Path(params["folder"]) / f"{file_name(scene)}.otio"
        otio.export(found, Clock.of(scene), title(scene)).write(path)
        return {"timeline": path.name, "warnings": found.warnings}

    def _add_takes(self, params: Params) -> dict[str, Any]:
        tracks, placed = self._place(params)
        warnings = _warnings(tracks, Clock.of(self._scene()))
        return {"tracks": placing.audio_tracks(self._scene(), placed.channels), "warnings": warnings}

    def _add_pictures(self, params: Params) -> dict[str, Any]:
        _, placed = self._place(params)
        return {"tracks": placing.picture_tracks(self._scene(), placed.channels), "warnings": []}

    def _place(self, params: Params) -> tuple[list[otio.Track], Placed]:
        scene = self._scene()
        tracks = [_track(track) for track in params["tracks"]]
        placed = placing.place(scene, tracks, placing.on_tracks(scene, params["remove"]))
        self._placed.append(placed)
        bpy.ops.ed.undo_push(message="Talkies")
        return tracks, placed

    def _undo(self, params: Params) -> dict[str, Any]:
        """Takes back our own last placement, not whatever the user has done since."""
        if not self._placed:
            raise RefusedError("there is nothing to undo")
        placing.take_back(self._scene(), self._placed[-1])
        self._placed.pop()
        bpy.ops.ed.undo_push(message="Undo Talkies")
        return {}

    def _move_playhead(self, params: Params) -> dict[str, Any]:
        scene = self._scene()
        scene.frame_set(Clock.of(scene).frame_before(Fraction(params["position"])))
        return {}


class Bridge:
    """The panel's process and the answers it gets."""

    def __init__(self, program: Path, scene: Any) -> None:
        self._answers = Answers(scene)
        self._child = Child([str(program), "panel", "--bridge", "--folder", str(panel_folder())])
        self.problem = ""
        """Why the panel has ended, "" when the user has closed it."""

    def poll(self) -> bool:
        """Answers what was asked; False when the panel is closed."""
        for request in self._child.messages():
            if "method" in request:
                self._child.send(self._answers.answer(request))
        if self._child.ended and self._child.exit_code:
            self.problem = self._child.last_stderr_line or "The panel has stopped unexpectedly; open it again"
        return not self._child.ended

    def close(self) -> None:
        """The panel stays open with what was made in it; only this scene is no longer at its other end."""
        self._child.send({"event": "closed"})
        self._child.hang_up()


def title(scene: Any) -> str:
    """What the timeline is called."""
    return Path(bpy.data.filepath).stem if bpy.data.filepath else str(scene.name)


def file_name(scene: Any) -> str:
    """A name that every system takes, and another one for each scene: the panel keeps the work under it."""
    text = "-".join(dict.fromkeys((title(scene), str(scene.name))))
    plain = re.sub(r"[^\w-]+", "-", text).strip("-")[:40]
    return plain if plain == text else f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:6]}".strip("-")


def _track(track: Params) -> otio.Track:
    return otio.Track(track["name"], tuple(_clip(clip) for clip in track["clips"]), bool(track.get("enabled", True)))


def _clip(clip: Params) -> otio.Clip:
    start, duration, head, tail = (Fraction(clip[name]) for name in ("start", "duration", "head_handle", "tail_handle"))
    return otio.Clip(
        clip["name"], Path(clip["file"]), start, start + duration, head, tail, dict(clip.get("metadata") or {})
    )


def _warnings(tracks: list[otio.Track], clock: Clock) -> list[str]:
    """A Blender that places sound on whole frames only says how far off that is."""
    starts = [clock.frame(clip.start - clip.head) for track in tracks for clip in track.clips]
    off = max((abs(start - round(start)) / clock.rate for start in starts), default=Fraction(0))
    if places_within_frames() or not off:
        return []
    return [f"{product()} places sound on whole frames only: up to {float(off * 1000):.1f} ms off; 4.3 is exact"]
