"""Runs inside real Blender (the bpy module): ``python inside.py`` answers calls of its functions on stdin and stdout.

    → {"call": "press", "with": {"button": "generate", "task": "foley"}}
    ← {"result": ""}

Standard library and bpy only. The extension is the installed one; its timers are driven here, for background mode has
no event loop. See tests/blenders.py for the other end.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import bpy

MODULE = "bl_ext.user_default.talkies"


def part(name: str) -> Any:
    return importlib.import_module(f"{MODULE}.{name}")


def enable() -> dict[str, Any]:
    bpy.ops.preferences.addon_enable(module=MODULE)
    return {"enabled": MODULE in bpy.context.preferences.addons, "version": bpy.app.version_string,
            "online": bool(bpy.app.online_access), "panel": hasattr(bpy.types, "TALKIES_PT_sidebar")}  # fmt: skip


def disable() -> dict[str, Any]:
    bpy.ops.preferences.addon_disable(module=MODULE)
    return {"operator": hasattr(bpy.types, "TALKIES_OT_generate"), "settings": hasattr(bpy.types.Scene, "talkies")}


def new(fps: int = 25, base: float = 1.0, first: int = 1, last: int = 250) -> None:
    """An empty scene."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    if MODULE not in bpy.context.preferences.addons:
        bpy.ops.preferences.addon_enable(module=MODULE)
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = fps, base
    scene.frame_start, scene.frame_end = first, last
    scene.render.ffmpeg.audio_mixrate = 48000
    scene.sequence_editor_create()


def editor() -> Any:
    return bpy.context.scene.sequence_editor


def strips(owner: Any = None) -> Any:
    owner = owner or editor()
    return owner.strips if hasattr(owner, "strips") else owner.sequences


def named(name: str) -> Any:
    return next(strip for strip in strips() if strip.name == name)


def add(
    kind: str,
    name: str,
    channel: int,
    start: int,
    file: Any = "",
    text: str = "",
    length: int = 0,
    inside: str = "",
    skip: int = 0,
    cut: int = 0,
    **properties: Any,
) -> None:
    """A strip of any kind. ``skip`` and ``cut``: frames trimmed off its start and end."""
    owner = strips(named(inside) if inside else None)
    if kind == "MOVIE":
        strip = owner.new_movie(name=name, filepath=file, channel=channel, frame_start=start)
    elif kind == "SOUND":
        strip = owner.new_sound(name=name, filepath=file, channel=channel, frame_start=start)
    elif kind == "IMAGE":
        first, *others = file
        strip = owner.new_image(name=name, filepath=first, channel=channel, frame_start=start)
        for other in others:
            strip.elements.append(Path(other).name)
    elif kind == "META":
        strip = owner.new_meta(name=name, channel=channel, frame_start=start)
    elif kind == "SCENE":
        scene = bpy.data.scenes.new(name)
        scene.frame_end, scene.render.filepath = length, file
        strip = owner.new_scene(name=name, scene=scene, channel=channel, frame_start=start)
    else:
        span = {"length": length} if bpy.app.version >= (5, 0) else {"frame_end": start + length}
        strip = owner.new_effect(name=name, type=kind, channel=channel, frame_start=start, **span)
        if kind == "TEXT":
            strip.text = text
    if skip:
        strip.frame_offset_start = skip
    if cut:
        strip.frame_offset_end = cut
    for key, value in properties.items():
        setattr(strip, key, value)
    strip.select = False


def change(name: str, **properties: Any) -> None:
    for key, value in properties.items():
        setattr(named(name), key, value)


def activate(name: str) -> None:
    editor().active_strip = named(name)


def channel(number: int, **properties: Any) -> None:
    for key, value in properties.items():
        setattr(editor().channels[number], key, value)


def scene(name: str) -> None:
    """Gives the scene another name."""
    bpy.context.scene.name = name


def settings(**values: Any) -> None:
    for key, value in values.items():
        setattr(bpy.context.scene.talkies, key, value)


def preference(program: str) -> None:
    bpy.context.preferences.addons[MODULE].preferences.program = program


def variable(name: str, value: str) -> None:
    os.environ[name] = value


def read() -> dict[str, Any]:
    """The timeline as the extension would export it, and what it says of it."""
    found = part("reading").read(bpy.context.scene)
    export = part("otio").export(found, part("clock").Clock.of(bpy.context.scene), "scene")
    wanted = [name for name, shot in export.ids.items() if shot in found.wanted]
    return {"document": export.document, "wanted": wanted, "warnings": found.warnings,
            "ids": {name: shot.name for name, shot in export.ids.items()}}  # fmt: skip


def engines(typed: str, seconds: float = 60.0) -> list[list[str]]:
    """What the field of engines offers for what is typed, once talkies has answered."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        offered = part("engines").search(typed, part("settings").program_preference())
        if not any(name == "" for name, _ in offered):
            return [list(each) for each in offered]
        time.sleep(0.1)
    return []


def press(button: str, **properties: Any) -> str:
    """Runs an operator as a click does; the sentence with which it refuses, "" when it does not."""
    operator = getattr(bpy.ops.talkies, button)
    if not operator.poll():
        return "the button is grey"
    try:
        operator(**properties)
    except RuntimeError as refused:
        return str(refused).strip()
    bpy.ops.ed.undo_push(message="the click")  # as Blender does after every click
    return ""


def polled() -> dict[str, Any]:
    """One call of the timer; what the sidebar then shows."""
    state = part("state")
    if state.poll_job() is None and bpy.app.timers.is_registered(state.poll_job):
        bpy.app.timers.unregister(state.poll_job)  # as Blender does it
    return shown()


def shown() -> dict[str, Any]:
    state = part("state")
    job = state.job
    return {"working": job is not None, "fraction": job.fraction if job else None,
            "sentences": list(state.sentences), "failed": state.failed,
            "timer": bpy.app.timers.is_registered(state.poll_job)}  # fmt: skip


def wait(seconds: float = 540.0) -> dict[str, Any]:
    """Calls the timer's function as Blender would until the work is done."""
    fractions, end = [], time.monotonic() + seconds
    while polled()["working"]:
        fractions.append(part("state").job.fraction if part("state").job else 1.0)
        if time.monotonic() > end:
            raise TimeoutError("the job is still at work")
        time.sleep(0.05)
    return {**shown(), "fractions": sorted(set(fractions)), "in_order": fractions == sorted(fractions)}


def wait_for_panel(seconds: float = 60.0) -> dict[str, Any]:
    state, end = part("state"), time.monotonic() + seconds
    while state.poll_bridge() is not None:
        if time.monotonic() > end:
            raise TimeoutError("the panel is still open")
        time.sleep(0.05)
    return shown()


class Layout:
    """Stands in for Blender's own, which there is only in a window: keeps what is drawn, and knows Blender's icons."""

    icons = bpy.types.UILayout.bl_rna.functions["label"].parameters["icon"].enum_items.keys()

    def __init__(self, drawn: list[str]) -> None:
        self.drawn = drawn

    def column(self, **how: Any) -> Layout:
        return Layout(self.drawn)

    box = column

    def label(self, text: str, icon: str = "NONE") -> None:
        assert icon in self.icons, icon
        self.drawn.append(text)

    def operator(self, name: str, text: str = "", icon: str = "NONE") -> Any:
        assert icon in self.icons, icon
        self.drawn.append(text or name)
        return type("Properties", (), {})()

    def prop(self, data: Any, name: str, text: str | None = None) -> None:
        assert name in data.bl_rna.properties, name
        self.drawn.append(name)

    def progress(self, factor: float, text: str) -> None:
        self.drawn.append(text)


def drawn() -> list[str]:
    """The texts, buttons and settings of the sidebar; lines that Blender would not wrap are joined again."""
    texts: list[str] = []
    part("panel").Sidebar.draw(type("Drawn", (), {"layout": Layout(texts)})(), bpy.context)
    return [*texts, " ".join(texts)]


def worker_id() -> int:
    return int(part("state").job.child.process_id)


def listed() -> list[dict[str, Any]]:
    """Every sound strip as Blender has it."""
    sounds = sorted((s for s in strips() if s.type == "SOUND"), key=lambda s: (s.channel, s.frame_final_start))
    return [{"name": s.name, "channel": s.channel, "track": editor().channels[s.channel].name, "mute": s.mute,
             "start": s.frame_final_start, "end": s.frame_final_end, "file": bpy.path.abspath(s.sound.filepath),
             "path": s.sound.filepath, "talkies": json.loads(s.get("talkies", "null"))} for s in sounds]  # fmt: skip


def undo() -> None:
    bpy.ops.ed.undo()


def redo() -> None:
    bpy.ops.ed.redo()


def save(path: str) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=path)


def reopen(path: str) -> None:
    bpy.ops.wm.open_mainfile(filepath=path)


def mixdown(path: str) -> None:
    bpy.ops.sound.mixdown(filepath=path, container="WAV", codec="PCM", format="S24", mixrate=48000)


def seen(frame: int, path: str) -> None:
    """Renders what the sequencer shows at a frame as a PNG."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 192, 108, 100
    scene.render.image_settings.file_format = "PNG"
    scene.view_settings.view_transform = "Standard"
    scene.render.filepath = path
    scene.frame_set(frame)
    bpy.ops.render.render(write_still=True)


def open_answers() -> None:
    globals()["answers"] = part("bridge").Answers(bpy.context.scene)


def answer(request: dict[str, Any]) -> Any:
    """What the extension answers the panel."""
    return globals()["answers"].answer(request)


def playhead() -> Any:
    return bpy.context.scene.frame_current


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # Blender talks on stdout
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": globals()[request["call"]](**request["with"])}
        except Exception as error:  # noqa: BLE001 - the test that asked gets it as an answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
