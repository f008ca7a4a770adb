"""Operators (the buttons). Long work happens in another process; a timer in Blender's main thread follows it."""

from typing import Any

import bpy
from bpy.props import EnumProperty

from . import folders, job, otio, program, reading, settings, state, strips
from .bridge import Bridge, title
from .clock import Clock
from .errors import RefusedError
from .shots import Reading, Shot
from .versions import places_within_frames, scene_of

TASKS = (
    ("foley", "Foley", "Effects for the picture, in sync"),
    ("dialogue", "Dialogue", "Speech for the text strips"),
    ("both", "Both", "Dialogue and effects, on separate channels"),
    ("music", "Music", "A score that meets the cuts, as the prompt says: lamento, hurry, salon"),
    ("portrait", "Portraits", "Still pictures speak the text strips, on a channel above"),
)


class _Button(bpy.types.Operator):
    """Whatever is wrong is one sentence in Blender's status bar and in the sidebar."""

    bl_options = {"REGISTER"}  # noqa: RUF012 - Blender's own way

    def execute(self, context: Any) -> set[str]:
        try:
            self.act(context)
            return {"FINISHED"}
        except RefusedError as problem:
            sentence = str(problem)
        except OSError as problem:
            sentence = f"{problem.filename or 'the disk'}: {problem.strerror or problem}; nothing was changed"
        state.say(sentence, is_error=True)
        self.report({"ERROR"}, sentence)
        return {"CANCELLED"}

    def act(self, context: Any) -> None:
        raise NotImplementedError


class Generate(_Button):
    """Make sound for the selected strips, or for all when none is selected"""

    bl_idname = "talkies.generate"
    bl_label = "Generate Sound"

    task: EnumProperty(name="Task", items=TASKS, default="both")

    @classmethod
    def description(cls, context: Any, properties: Any) -> str:
        about = {name: text for name, _, text in TASKS}[properties.task]
        return f"{about}: for the selected strips, or for all when none is selected"

    def act(self, context: Any) -> None:
        scene = scene_of(context)
        found = reading.read(scene)
        chosen = settings.of(scene)
        if self.task in ("dialogue", "portrait") and not found.spoken:
            raise RefusedError("There is no text strip to speak; add one over the picture (Add > Text)")
        start(scene, found, self.task, _params(chosen), _wanted(scene, found, self.task, chosen.conflict))


class Again(_Button):
    """Make another take for the active sound strip in place of it, with the next seed"""

    bl_idname = "talkies.again"
    bl_label = "Generate Again"

    @classmethod
    def poll(cls, context: Any) -> bool:
        return state.job is None and active_take(context) is not None

    def act(self, context: Any) -> None:
        scene, strip = scene_of(context), active_take(context)
        if strip is None:
            raise RefusedError("The active strip is not a talkies sound; select one of its strips")
        stored = strips.metadata_of(strip)
        task = {"DX": "dialogue", "FX": "foley", "BG": "background", "MX": "music", "MIX": "joint"}.get(
            str(stored.get("stem")), "foley"
        )
        found = reading.read(scene)
        most = max(found.shots, key=lambda shot: job.shared((shot.start, shot.end), strip), default=None)
        if most is None or not job.shared((most.start, most.end), strip):
            raise RefusedError(f"There is no picture left under {strip.name!r}; move it or the picture back")
        again = {
            name: stored[name] for name in ("prompt", "negative_prompt", "voice") if isinstance(stored.get(name), str)
        }
        seed = stored.get("seed")
        again["seed"] = (seed if isinstance(seed, int) else 0) + 1
        again["takes"] = 1
        wanted = [most]
        if task == "music":  # what it lies over says which stretch is scored, not the shots there
            wanted, again["music"] = found.shots, _music_again(stored, strip, found, Clock.of(scene))
        start(scene, found, task, {**_params(settings.of(scene)), **again}, wanted, instead=strip.name)


class Cancel(_Button):
    """Stop the work; what is in the sequencer stays as it is"""

    bl_idname = "talkies.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context: Any) -> bool:
        return state.job is not None

    def act(self, context: Any) -> None:
        if state.job is not None:
            state.job.cancel()


class OpenPanel(_Button):
    """Open the talkies panel for this scene: words, takes side by side, and back into the sequencer"""

    bl_idname = "talkies.open_panel"
    bl_label = "Open Panel"

    @classmethod
    def poll(cls, context: Any) -> bool:
        return state.bridge is None

    def act(self, context: Any) -> None:
        state.open_bridge(Bridge(program.find(settings.program_preference()), scene_of(context)))


def start(
    scene: Any,
    found: Reading,
    task: str,
    params: dict[str, Any],
    wanted: list[Shot],
    instead: str = "",
) -> None:
    """Exports the scene and sets the worker to work on the wanted shots. Raises RefusedError."""
    if state.job is not None:
        raise RefusedError("talkies is working; wait until it is done, or cancel it")
    if not found.shots:
        raise RefusedError("There is no picture in the sequencer; add a movie or an image sequence")
    if not wanted:
        raise RefusedError("Everything selected has talkies sound already; choose New channels or Replace")
    runs = program.find(settings.program_preference())
    folder = folders.new_folder()
    export = otio.export(found, Clock.of(scene), title(scene))
    export.write(folder / "timeline.otio")
    params |= {"timeline": str(folder / "timeline.otio"), "out": str(folder / "result.otio"), "task": task}
    if len(wanted) < len(found.shots):
        params["segments"] = [name for name, shot in export.ids.items() if shot in wanted]
    if not places_within_frames():
        params["handles"] = 0  # then every take begins on a frame
    order = job.Order(scene.name, task, settings.of(scene).conflict, params, instead)
    state.follow(job.Job.start(runs, order), found.warnings)


def active_take(context: Any) -> Any:
    """The active strip if talkies made it."""
    editor = scene_of(context).sequence_editor
    strip = editor.active_strip if editor else None
    return strip if strip is not None and strips.is_ours(strip) else None


def _params(chosen: Any) -> dict[str, Any]:
    params = {name: getattr(chosen, name) for name in ("prompt", "negative_prompt", "voice", "takes", "seed")}
    return params | {name: getattr(chosen, name) for name in ("engine", "steps") if getattr(chosen, name)}


def _music_again(stored: dict[str, Any], strip: Any, found: Reading, clock: Clock) -> dict[str, Any]:
    """The stretch of a strip as it lies now, as far as there is picture, and how it was made. Hits from a spotting list
    are those of the cuts: there is no list here."""
    first = max(int(strip.frame_final_start), clock.first)
    last = min(int(strip.frame_final_end), max(shot.end for shot in found.shots))
    music: dict[str, Any] = {"start": clock.timecode(first), "end": clock.timecode(last)}
    music |= {name: stored[name] for name in ("duck", "stretch") if isinstance(stored.get(name), int | float)}
    hits = stored.get("hits")
    return music | ({"hits": hits} if isinstance(hits, str) and hits != "spots" else {})


def _wanted(scene: Any, found: Reading, task: str, conflict: str) -> list[Shot]:
    """With "keep ours", shots of which every department is there are not made again; a background, which the user may
    have switched off, is missed by nobody."""
    if conflict != "skip":
        return found.wanted
    stems = [stem for stem in job.STEMS[task] if stem != "BG" or task == "background"]
    return [shot for shot in found.wanted if not all(job.covered(scene, stem, shot.start, shot.end) for stem in stems)]


CLASSES = (Generate, Again, Cancel, OpenPanel)
