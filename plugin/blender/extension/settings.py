"""Settings of a scene in the sidebar, and the preferences of this Blender.

Blender reads properties from annotations that are values, so this file does without postponed ones.
"""

from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty, PointerProperty, StringProperty

from . import engines

CONFLICTS = (
    ("new", "New channels", "Put the sound on channels of its own; what is there stays"),
    ("replace", "Replace", "The new sound takes the place of what talkies made there before"),
    ("skip", "Skip", "Generate only where talkies has made no sound yet"),
)


def _engines(owner: Any, context: Any, typed: str) -> list[tuple[str, str]]:
    return engines.search(typed, program_preference())


class TalkiesSettings(bpy.types.PropertyGroup):
    """Of one scene, saved with it."""

    prompt: StringProperty(name="Prompt", description="What should be heard, in a few words: footsteps on gravel")
    negative_prompt: StringProperty(name="Exclude", description="Negative prompt: what should not be heard")
    voice: StringProperty(name="Voice", description="One voice for all lines: a name or a recording; empty: by speaker")
    engine: StringProperty(
        name="Engine", description="What makes the sound; empty: as configured, usually mini", search=_engines
    )
    takes: IntProperty(
        name="Takes", description="Several to choose from; only the first one plays", default=1, min=1, max=20
    )
    seed: IntProperty(name="Seed", description="The same seed gives the same sound", min=0)
    steps: IntProperty(name="Steps", description="More is slower; 0: the model's default", min=0, max=1000)
    conflict: EnumProperty(
        name="Existing talkies tracks", description="What happens to sound that talkies made before", items=CONFLICTS
    )


class TalkiesPreferences(bpy.types.AddonPreferences):
    """Of this Blender."""

    bl_idname = __package__ or ""

    program: StringProperty(
        name="Talkies program", description="Empty: look for it on this machine", subtype="FILE_PATH"
    )

    def draw(self, context: Any) -> None:
        self.layout.prop(self, "program")


def of(scene: Any) -> Any:
    """The settings of a scene."""
    return scene.talkies


def program_preference() -> str:
    """The path in the preferences, "" when there is none."""
    addon = bpy.context.preferences.addons.get(__package__)
    path = addon.preferences.program if addon and addon.preferences else ""
    return bpy.path.abspath(path) if path else ""


def register() -> None:
    bpy.types.Scene.talkies = PointerProperty(type=TalkiesSettings)


def unregister() -> None:
    del bpy.types.Scene.talkies


CLASSES = (TalkiesSettings, TalkiesPreferences)
