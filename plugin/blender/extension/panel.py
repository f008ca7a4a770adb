"""The sidebar of the Video Sequencer."""

from typing import Any

import bpy

from . import operators, program, settings, state
from .errors import RefusedError
from .versions import scene_of

_COLUMNS = 46
"""Letters that fit on a line of a sidebar of usual width."""


class Sidebar(bpy.types.Panel):
    """Buttons and settings while nothing runs; progress while something does; what happened last below."""

    bl_idname = "TALKIES_PT_sidebar"
    bl_label = "Talkies"
    bl_category = "Talkies"
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"

    def draw(self, context: Any) -> None:
        layout = self.layout
        if state.job is not None:
            _progress(layout)
        else:
            _buttons(layout, context)
        if state.sentences:
            _sentences(layout.box())


def _buttons(layout: Any, context: Any) -> None:
    try:
        program.find(settings.program_preference())
    except RefusedError as problem:
        _text(layout.box(), str(problem), "ERROR")
    column = layout.column(align=True)
    column.scale_y = 1.3
    icons = ("SOUND", "OUTLINER_DATA_SPEAKER", "PLAY_SOUND", "FILE_SOUND", "USER")
    for (task, label, _), icon in zip(operators.TASKS, icons, strict=True):
        column.operator(operators.Generate.bl_idname, text=label, icon=icon).task = task
    column.operator(operators.Again.bl_idname, icon="FILE_REFRESH")
    layout.operator(operators.OpenPanel.bl_idname, icon="WINDOW")
    chosen = settings.of(scene_of(context))
    column = layout.column()
    column.use_property_split = True
    column.use_property_decorate = False
    for name in ("prompt", "negative_prompt", "voice", "engine", "takes", "seed", "steps"):
        column.prop(chosen, name)
    column = layout.column(align=True)
    column.label(text="Existing talkies tracks")  # too long to stand beside its menu
    column.prop(chosen, "conflict", text="")


def _progress(layout: Any) -> None:
    assert state.job is not None
    layout.progress(factor=state.job.fraction, text=f"{state.job.fraction:.0%}")
    _text(layout, state.job.message, "NONE")
    layout.operator(operators.Cancel.bl_idname, icon="CANCEL")


def _sentences(layout: Any) -> None:
    for number, sentence in enumerate(state.sentences):
        first = "ERROR" if state.failed else "CHECKMARK"
        _text(layout, sentence, first if number == 0 else "INFO")


def _text(layout: Any, sentence: str, icon: str) -> None:
    """Blender's labels do not wrap."""
    column = layout.column(align=True)
    column.scale_y = 0.8
    line = ""
    for word in sentence.split():
        if line and len(line) + 1 + len(word) > _COLUMNS:
            column.label(text=line, icon=icon)
            line, icon = word, "BLANK1"
        else:
            line = f"{line} {word}".strip()
    column.label(text=line, icon=icon)


CLASSES = (Sidebar,)
