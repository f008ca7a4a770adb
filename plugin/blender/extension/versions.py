"""Everything that differs between Blender 4.2 and 5.x, and nothing else."""

from __future__ import annotations

from typing import Any

import bpy


def strips_of(owner: Any) -> Any:
    """The strips of a sequence editor or of a meta strip: ``sequences`` until 4.3, ``strips`` since 4.4."""
    return owner.strips if hasattr(owner, "strips") else owner.sequences  # an empty collection is falsy


def scene_of(context: Any) -> Any:
    """The scene that the sequencer shows: since 5.0 it may be another than the window's."""
    return getattr(context, "sequencer_scene", None) or context.scene


def editor_of(scene: Any) -> Any:
    """The scene's sequence editor, made if there is none yet."""
    return scene.sequence_editor or scene.sequence_editor_create()


def product() -> str:
    """What the user calls this program."""
    return f"Blender {bpy.app.version_string}"


def media_offsets(strip: Any) -> tuple[int, int]:
    """How many frames of a movie or of an image sequence are cut off its own start and end."""
    return int(getattr(strip, "animation_offset_start", 0)), int(getattr(strip, "animation_offset_end", 0))


def sound_offset_of(strip: Any) -> float:
    """By how many seconds a sound begins later than its strip; always 0 in 4.2."""
    return float(getattr(strip, "sound_offset", 0.0))


def places_within_frames() -> bool:
    """Whether a sound can begin between two frames of the scene."""
    kind = getattr(bpy.types, "SoundStrip", None) or bpy.types.SoundSequence
    return "sound_offset" in kind.bl_rna.properties
