"""Talkies in Blender's Video Sequencer: foley and dialogue for the strips, on new channels.

    sidebar ─► operators ─► reading ─► otio ─► the talkies program in a process of its own ─► job ─► placing

Only the standard library and bpy are used here: the model lives outside, where it can neither freeze nor crash Blender.
"""

from __future__ import annotations


def register() -> None:
    import bpy  # late: without Blender the parts of this package that need none can still be imported

    from . import operators, panel, settings, state

    for each in (*settings.CLASSES, *operators.CLASSES, *panel.CLASSES):
        bpy.utils.register_class(each)
    settings.register()
    state.register()


def unregister() -> None:
    import bpy

    from . import operators, panel, settings, state

    state.unregister()
    settings.unregister()
    for each in reversed((*settings.CLASSES, *operators.CLASSES, *panel.CLASSES)):
        bpy.utils.unregister_class(each)
