"""One generation at a time: the scene goes to the worker, progress comes back, the takes become strips.

start ─► worker process ─► poll, by a timer in Blender's main thread ─► place ─► one undo step
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from . import handshake, placing, strips
from .child import Child
from .clock import Clock
from .errors import RefusedError
from .otio import Track, clip_of, tracks_of
from .versions import editor_of

INTERVAL_S = 0.1

STEMS = {
    "foley": ("FX", "BG"),
    "dialogue": ("DX",),
    "both": ("DX", "FX", "BG"),
    "joint": ("MIX",),
    "background": ("BG",),
    "music": ("MX",),
    "portrait": ("DX", "PX"),
}
"""The departments that each task makes."""


@dataclass(frozen=True)
class Order:
    """What to make. ``params``: of the worker's ``generate``. ``instead``: the strip that it replaces."""

    scene: str
    task: str
    conflict: str
    params: Mapping[str, Any]
    instead: str = ""


@dataclass
class Job:
    """A running generation; ``sentences`` are what the user should know at its end."""

    order: Order
    child: Child
    fraction: float = 0.0
    message: str = "starting"
    done: bool = False
    failed: bool = False
    sentences: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, program: Path, order: Order) -> Job:
        child = Child([str(program), "worker"])
        child.send({"id": 0, "method": "hello", "params": handshake.hello()})
        child.send({"id": 1, "method": "generate", "params": dict(order.params)})
        return cls(order, child)

    def cancel(self) -> None:
        """Finished takes stay on disk; the worker then says that it has stopped. A second call ends one
        that does not react."""
        if self.message == "cancelling":
            self._fail("The work was cancelled; nothing was changed")
        self.message = "cancelling"
        self.child.send({"id": 2, "method": "cancel", "params": {"id": 1}})

    def poll(self) -> bool:
        """Handles new messages; True while there is more to wait for."""
        for message in self.child.messages():
            if not self.done and message.get("id") in (0, 1):
                try:
                    if message["id"] == 0:
                        self._greeted(message)
                    else:
                        self._on_message(message)
                except (LookupError, TypeError, ValueError):  # Blender would drop a timer that fails, and never be done
                    self._fail(
                        "The talkies program sent a message that this extension does not understand; reinstall both"
                    )
        if self.child.ended and not self.done:
            why = f": {self.child.last_stderr_line}" if self.child.last_stderr_line else ""
            self._fail(f"The talkies program has stopped unexpectedly{why}; nothing was changed, try again")
        return not self.done

    def _greeted(self, message: Mapping[str, Any]) -> None:
        """Whether extension and program fit together; a program that refuses says so itself."""
        if message.get("event") == "error":
            self._fail(str(message["error"]["message"]))
        elif problem := handshake.problem_with(message["result"]):
            self._fail(problem)
        elif warning := message["result"].get("warning"):
            self.sentences.append(str(warning))

    def _on_message(self, message: Mapping[str, Any]) -> None:
        match message.get("event"):
            case "progress":
                self.fraction, self.message = float(message["fraction"]), str(message["message"])
            case "warning" | "failed":
                self.sentences.append(str(message["message"]))
            case "error":
                self._fail(str(message["error"]["message"]))
            case "result":
                self._finish(message["result"])

    def _finish(self, report: Mapping[str, Any]) -> None:
        try:
            self.sentences.insert(0, self._place(report))
        except RefusedError as problem:
            self._fail(str(problem))
        except Exception as error:  # noqa: BLE001 - Blender must not lose its timer, nor the user the reason
            self._fail(f"The sound was made, but could not be placed ({type(error).__name__}: {error})")
        self._end()

    def _place(self, report: Mapping[str, Any]) -> str:
        scene = bpy.data.scenes.get(self.order.scene)
        if scene is None:
            raise RefusedError(
                f"The scene {self.order.scene!r} is gone; the takes are in {Path(report['takes'][0]['path']).parent}"
            )
        tracks, gone = arrange(scene, self.order, report)
        if not tracks:
            return "Everything exists already; nothing was added"
        placed = placing.place(scene, tracks, gone)
        bpy.ops.ed.undo_push(message="Talkies")
        count = sum(len(track.clips) for track in tracks)
        where = ", ".join(dict.fromkeys(track.name for track in tracks))
        replaced = f", {len(placed.removed)} replaced" if placed.removed else ""
        what = "clip" if any(track.is_picture for track in tracks) else "sound"
        return f"{count} {what if count == 1 else what + 's'} on {where}{replaced}"

    def _fail(self, sentence: str) -> None:
        self.failed = True
        self.sentences.insert(0, sentence)
        self._end()

    def _end(self) -> None:
        self.done = True
        self.child.end()


def arrange(scene: Any, order: Order, report: Mapping[str, Any]) -> tuple[list[Track], list[Any]]:
    """The tracks for the takes, and the strips that they replace, as the user has chosen."""
    editor, clock, takes = editor_of(scene), Clock.of(scene), list(report["takes"])
    if order.instead:
        old = next((strip for strip in strips.sounds(editor) if strip.name == order.instead), None)
        if old is not None:
            clips = tuple(clip_of(take) for take in _in_place_of(old, takes, clock))
            return [Track(editor.channels[old.channel].name, clips)], [old]
    if order.conflict == "skip":
        takes = [take for take in takes if not _ours(scene, take["stem"], _span(take, clock))]
    elif order.conflict == "replace":
        gone = {strip.name: strip for take in takes for strip in _ours(scene, take["stem"], _span(take, clock))}
        leaving = {strip.channel for strip in gone.values()}
        names = [editor.channels[number].name for number in leaving]
        kept = [name for name in placing.track_names(scene) if name not in names]
        return tracks_of(report, takes, kept), list(gone.values())
    return tracks_of(report, takes, placing.track_names(scene)), []


def _in_place_of(old: Any, takes: Sequence[Mapping[str, Any]], clock: Clock) -> list[Mapping[str, Any]]:
    """The take that lies where a strip does, of its speaker, and makes way for words if the strip does. Of music it is
    a piece, all its sections there."""
    about = strips.metadata_of(old)
    spoken = [take for take in takes if take["metadata"].get("speaker", "") == about.get("speaker", "")] or takes
    alike = [take for take in spoken if bool(take["metadata"].get("duck")) == bool(about.get("duck"))] or spoken
    frames = [shared(_span(take, clock), old) for take in alike]
    best = alike[frames.index(max(frames))]
    if best["stem"] != "MX":
        return [best]
    piece = [take for take, there in zip(alike, frames, strict=True) if there and take["number"] == best["number"]]
    return piece or [best]


def shared(frames: tuple[Fraction | int, Fraction | int], strip: Any) -> Fraction:
    """How many frames these and a strip have in common."""
    start, end = int(strip.frame_final_start), int(strip.frame_final_end)
    return Fraction(max(0, min(frames[1], end) - max(frames[0], start)))


def covered(scene: Any, stem: str, start: int, end: int) -> bool:
    """Whether sound of ours of a department lies within these frames."""
    return bool(_ours(scene, stem, (start, end)))


def _ours(scene: Any, stem: str, frames: tuple[Fraction | int, Fraction | int]) -> list[Any]:
    return [
        strip
        for strip in strips.ours(editor_of(scene))
        if strips.metadata_of(strip).get("stem") == stem
        and strip.frame_final_start < frames[1]
        and frames[0] < strip.frame_final_end
    ]


def _span(take: Mapping[str, Any], clock: Clock) -> tuple[Fraction, Fraction]:
    first, last = (Fraction(take["exact"][name]) for name in ("record_in", "record_out"))
    return clock.frame(first), clock.frame(last)
