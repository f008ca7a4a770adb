"""What the commands of the window do (actions.py says what they are called and where they stand)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from talkies.ui.window import Window


def deeds(window: Window) -> dict[str, Callable[[], None]]:
    """What is done when a command is given, by the command's name."""
    document, queue, space = window.document, window.queue, window.workspace
    timeline, viewer, transport = space.timeline, space.viewer, space.player.transport
    take: Callable[[str], Callable[[], None]] = lambda name: lambda: space.take_command(name)  # noqa: E731
    return {
        "open": window.opener.ask_for_file,
        "demo": window.open_demo,
        "read_again": window.opener.read_again,
        "write": window.write_back,
        "save": window.save,
        "folder": space.open_work_folder,
        "close": window.close_timeline,
        "quit": lambda: (window.close(), None)[1],
        "undo": document.undo_stack.undo,
        "redo": document.undo_stack.redo,
        "select_all": timeline.select_all,
        "select_silent": timeline.select_without_sound,
        "select_here": space.select_here,
        "select_none": lambda: document.select(()),
        "play": transport.toggle,
        "backwards": lambda: transport.shuttle(-1),
        "stop": transport.stop,
        "onwards": lambda: transport.shuttle(1),
        "frame_back": lambda: transport.step(-1),
        "frame_on": lambda: transport.step(1),
        "show_frame": window.show_frame,
        "shot_back": lambda: timeline.step_edit(False),
        "shot_on": lambda: timeline.step_edit(True),
        "mark_in": viewer.in_wanted.emit,
        "mark_out": viewer.out_wanted.emit,
        "clear_range": timeline.clear_range,
        "hear_original": viewer.original.click,
        "hear_takes": viewer.takes.click,
        "generate": space.generate,
        "again": space.generate_again,
        "pause": space.queue_panel.toggle_pause,
        "cancel": lambda: queue.cancel(),
        "compare": space.takes.swap,
        **{name: take(name) for name in ("star", "solo", "mute", "earlier", "later")},
        "redo_take": take("again"),
        "reveal_take": take("reveal"),
        "remove_take": take("delete"),
        "next_take": lambda: space.takes.go(1),
        "previous_take": lambda: space.takes.go(-1),
        "louder": lambda: space.change_gain(1),
        "softer": lambda: space.change_gain(-1),
        "zoom_in": timeline.zoom_in,
        "zoom_out": timeline.zoom_out,
        "zoom_fit": timeline.zoom_to_fit,
        "snapping": lambda: timeline.set_snapping(window.actions_by_name["snapping"].isChecked()),
        "light": lambda: window.set_theme("light" if window.actions_by_name["light"].isChecked() else "dark"),
        "keyboard": lambda: window.teller.show_keyboard(window.actions_by_name),
        "about": window.teller.show_about,
    }
