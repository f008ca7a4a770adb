"""Takes the pictures of Blender's sidebar in a real Blender with its window, the shipped model and the demo's film:

    talkies demo --out demo && talkies blender install
    blender --enable-event-simulate --app-template Video_Editing --python docs/blender_screenshot.py -- demo docs/images

Builds the demo's cut from strips, presses "Both", waits for the sound, saves, and ends Blender. The pictures are of the
whole X screen, by ImageMagick's ``import``: Blender's own come out black under Xvfb. Without a graphics card set
LIBGL_ALWAYS_SOFTWARE=1. Seen working with Blender 5.2.2.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

FILM, IMAGES = Path(sys.argv[-2]).resolve() / "film.mp4", Path(sys.argv[-1]).resolve()
RATE, SIZE = 25, (640, 360)
SHOTS = (("Workshop", 0, 175), ("Gravel path", 175, 150), ("Portrait", 325, 200))
WORDS = (
    ("[footsteps on gravel]", 185, 130),
    ("The morning train was late again.", 350, 50),
    ("She closed the book and looked out at the rain.", 430, 65),
)
EXTENSION = "bl_ext.user_default.talkies"


def scene() -> Any:
    """The scene that the Video Sequencer shows; since 5.0 the workspace says which."""
    return getattr(bpy.context.workspace, "sequencer_scene", None) or bpy.context.scene


def cut() -> None:
    """Three shots and three text strips."""
    shown = scene()
    shown.render.fps, shown.render.fps_base = RATE, 1.0
    shown.render.resolution_x, shown.render.resolution_y = SIZE
    shown.frame_start, shown.frame_end = 1, 525
    editor = shown.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    for name, first, count in SHOTS:
        shot = strips.new_movie(name=name, filepath=str(FILM), channel=1, frame_start=1)
        shot.frame_offset_start, shot.frame_offset_end = first, 525 - first - count
    length = "length" if bpy.app.version >= (5, 0) else "frame_end"
    for words, first, count in WORDS:
        last = count if length == "length" else first + 1 + count
        text = strips.new_effect(name=words, type="TEXT", channel=2, frame_start=first + 1, **{length: last})
        text.text, text.font_size, text.location = words, 30, (0.5, 0.12)
    shown.frame_set(360)


def sequencer() -> dict[str, Any]:
    """What an operator of the Video Sequencer wants to know."""
    window = bpy.context.window_manager.windows[0]
    areas = [area for area in window.screen.areas if area.type == "SEQUENCE_EDITOR"]
    area = max(areas, key=lambda each: (each.spaces.active.view_type == "SEQUENCER", each.width * each.height))
    return {"window": window, "area": area, "region": region(area, "WINDOW")}


def region(area: Any, kind: str) -> Any:
    return next(each for each in area.regions if each.type == kind)


def open_sidebar() -> Iterator[float]:
    """Turns its pages with Ctrl and the wheel until ours is seen."""
    at = sequencer()
    at["area"].spaces.active.show_region_ui = True
    yield 2
    sidebar = region(at["area"], "UI")
    place = {"x": sidebar.x + sidebar.width // 2, "y": sidebar.y + sidebar.height // 2}
    at["window"].event_simulate(type="MOUSEMOVE", value="NOTHING", **place)
    while sidebar.active_panel_category != "Talkies":
        at["window"].event_simulate(type="WHEELDOWNMOUSE", value="PRESS", ctrl=True, **place)
        yield 0.5


def look_away() -> None:
    """The mouse leaves the sidebar, or a tooltip would be in the picture."""
    at = sequencer()
    top = at["area"].y + at["area"].height - 60
    at["window"].event_simulate(type="MOUSEMOVE", value="NOTHING", x=at["area"].x + 500, y=top)


def photograph(name: str) -> None:
    subprocess.run(["import", "-window", "root", str(IMAGES / name)], check=True)


def story() -> Iterator[float]:
    """One step after the other; each yields the seconds until the next."""
    bpy.context.window_manager.windows[0].event_simulate(type="ESC", value="PRESS")  # the splash
    bpy.ops.preferences.addon_enable(module=EXTENSION)
    cut()
    bpy.ops.wm.save_as_mainfile(filepath=str(FILM.with_suffix(".blend")))
    yield 2
    yield from open_sidebar()
    look_away()
    with bpy.context.temp_override(**sequencer()):
        bpy.ops.sequencer.select_all(action="DESELECT")
        bpy.ops.sequencer.view_all()
        bpy.ops.talkies.generate(task="both")
    state = sys.modules[f"{EXTENSION}.state"]
    while state.job is not None and state.job.fraction < 0.3:
        yield 1
    photograph("blender_generating.png")
    while state.job is not None:
        yield 1
    yield 3
    photograph("blender_sidebar.png")
    print("talkies:", *state.sentences, sep="\n")
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.quit_blender()


STEPS = story()
bpy.app.timers.register(lambda: next(STEPS, None), first_interval=3)
