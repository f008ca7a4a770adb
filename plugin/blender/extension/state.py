"""State of this Blender: the running job, the open panel, and the last messages to the user.

Their timers run in the main thread: nothing here waits, so that Blender never freezes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
from bpy.app.handlers import persistent

from . import bridge as bridges
from . import engines, folders
from . import job as jobs

job: jobs.Job | None = None
bridge: bridges.Bridge | None = None
sentences: list[str] = []
failed = False


def say(*lines: str, is_error: bool = False) -> None:
    """Shows sentences in the sidebar, the most important first."""
    global failed
    sentences[:] = [line for line in dict.fromkeys(lines) if line]
    failed = is_error
    redraw()


def follow(started: jobs.Job, warnings: Iterable[str] = ()) -> None:
    """Watches a job until it is done."""
    global job
    job = started
    job.sentences.extend(warnings)
    say()
    bpy.app.timers.register(poll_job, first_interval=jobs.INTERVAL_S)


def poll_job() -> float | None:
    """The timer's function: seconds until the next call, None when there is nothing more to watch."""
    global job
    if job is None:
        return None
    if job.poll():
        redraw()
        return jobs.INTERVAL_S
    finished, job = job, None
    say(*finished.sentences, is_error=finished.failed)
    return None


def open_bridge(opened: bridges.Bridge) -> None:
    """Answers the panel until it is closed."""
    global bridge
    bridge = opened
    say()
    bpy.app.timers.register(poll_bridge, first_interval=bridges.INTERVAL_S)


def poll_bridge() -> float | None:
    """The timer's function, as :func:`poll_job`."""
    global bridge
    if bridge is None:
        return None
    if bridge.poll():
        return bridges.INTERVAL_S
    if bridge.problem:
        say(bridge.problem, is_error=True)
    bridge = None
    redraw()
    return None


def redraw() -> None:
    """Shows the sidebar as it is now; there is no window in background mode."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas if window.screen else ():
            if area.type == "SEQUENCE_EDITOR":
                area.tag_redraw()


@persistent
def stop(*_: Any) -> None:
    """Ends what is under way: another file is opened, or the extension is switched off."""
    global job, bridge
    if job is not None:
        job.child.end()
    if bridge is not None:
        bridge.close()
    job = bridge = None
    engines.forget()
    folders.another_file()
    for timer in (poll_job, poll_bridge):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)


def register() -> None:
    bpy.app.handlers.load_pre.append(stop)


def unregister() -> None:
    stop()
    bpy.app.handlers.load_pre.remove(stop)
