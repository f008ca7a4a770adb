"""The table of commands: what each is called, its keys and icon, what it does, and when it can be given.

Menus, toolbar, keys and the list of keys are made from it (ui/actions.py), context menus name commands of it
(ui/context_menus.py); nothing about a command stands elsewhere. Keys that a person types in words (letters, marks,
Space) change no setting, take or word and start no work: whoever types where no field has the focus loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from talkies.ui.command import Command, Main, Menus, Place, tr
from talkies.ui.theme import theme_name

if TYPE_CHECKING:
    from talkies.ui.workspace import Workspace


def commands(window: Main) -> Menus:
    """The whole table, for one window."""
    return {
        tr("&File"): _file(window),
        tr("&Edit"): _edit(window),
        tr("&Play"): _play(window),
        tr("&Sound"): _sound(window),
        tr("Sp&ots"): _spots(window.workspace),
        tr("&Takes"): _takes(window.workspace),
        tr("&View"): _view(window),
        tr("&Help"): (
            Command("keyboard", tr("&Keyboard"), window.show_keyboard, ("F1",)),
            Command("about", tr("&About talkies"), window.messages.show_about),
        ),
    }


def _file(window: Main) -> tuple[Command | Place, ...]:
    opener, folder, picture = window.opener, window.workspace.open_work_folder, window.workspace.reveal_picture
    return (
        Command("open", tr("&Open …"), opener.ask_for_file, ("Ctrl+O",), "open"),
        Command("demo", tr("Open the &demo"), window.open_demo, (), "film"),
        Place.RECENT,
        Command("cut_film", tr("C&ut the film into shots …"), opener.cut_film, (), "film", "film"),
        Command("read_again", tr("&Reload"), opener.read_again, ("F5",), "again", "source"),
        Place.LINE,
        Command("write", tr("&Write back …"), window.write_back, ("Ctrl+E",), "write", "timeline"),
        Command("save", tr("&Save now"), window.save, ("Ctrl+S",), "", "timeline"),
        Command("folder", tr("Open the work &folder"), folder, (), "reveal", "timeline"),
        Command("reveal_picture", tr("Show the &picture's file in its folder"), picture, (), "reveal", "selection"),
        Place.LINE,
        Command("close", tr("&Close the timeline"), window.close_timeline, ("Ctrl+W",), "", "timeline"),
        Command("quit", tr("&Quit"), window.close, ("Ctrl+Q",)),
    )


def _edit(window: Main) -> tuple[Command | Place, ...]:
    document, timeline = window.document, window.workspace.timeline
    stack, silent, none = document.undo_stack, timeline.select_without_sound, partial(document.select, ())
    here, words = window.workspace.select_here, window.workspace.transcript
    return (
        Command("undo", tr("&Undo {what}"), stack.undo, ("Ctrl+Z",), "undo", "undo", what=stack.undoText),
        Command("redo", tr("&Redo {what}"), stack.redo, ("Ctrl+Shift+Z",), "redo", "redo", what=stack.redoText),
        Place.LINE,
        Command("select_all", tr("Select &all shots"), timeline.select_all, ("Ctrl+A",), "", "timeline"),
        Command("select_silent", tr("Select shots &without sound"), silent, ("Ctrl+Shift+A",), "", "timeline"),
        Command("select_here", tr("Select the shot at the &playhead"), here, ("X",), "", "timeline"),
        Command("select_none", tr("Select &nothing"), none, ("Ctrl+D",), "", "timeline"),
        Place.LINE,
        Command("edit_words", tr("Edit the &words"), words.edit_current, ("F2",), "speech", "cue"),
        Command("restore_words", tr("Words as in the &timeline"), words.restore_chosen, (), "undo", "cue"),
    )


def _play(window: Main) -> tuple[Command | Place, ...]:
    space = window.workspace
    timeline, viewer, transport, monitor = space.timeline, space.viewer, space.player.transport, space.player.monitor
    heard, markers = space.auditions, space.markers
    shuttle, step, cut = transport.shuttle, transport.step, timeline.step_edit
    mark_in, mark_out = viewer.in_wanted.emit, viewer.out_wanted.emit
    original, takes = (lambda: monitor.original), (lambda: monitor.takes)
    return (
        Command("play", tr("&Play or stop"), heard.play_or_stop, ("Space",), "play", "timeline"),
        Command("play_shot", tr("Play the selected s&hots"), heard.play_chosen, ("Shift+Space",), "", "selection"),
        Command("play_around", tr("Play &around the nearest cut"), heard.play_around, ("Shift+K",), "", "timeline"),
        Command("backwards", tr("&Backwards, faster each time"), partial(shuttle, -1), ("J",), "", "timeline"),
        Command("stop", tr("&Stop"), transport.stop, ("K",), "", "timeline"),
        Command("onwards", tr("&Forward, faster each time"), partial(shuttle, 1), ("L",), "", "timeline"),
        Place.LINE,
        Command("frame_back", tr("One frame bac&k"), partial(step, -1), ("Left",), "", "timeline"),
        Command("frame_on", tr("One frame for&ward"), partial(step, 1), ("Right",), "", "timeline"),
        Command("shot_back", tr("&Previous edit point"), partial(cut, False), ("Up",), "", "timeline"),
        Command("shot_on", tr("&Next edit point"), partial(cut, True), ("Down",), "", "timeline"),
        Command("show_frame", tr("Show this frame in the &editor"), window.show_frame, ("E",), "", "editor"),
        Place.LINE,
        Command("mark_in", tr("Set the &in point"), mark_in, ("I",), "in", "timeline"),
        Command("mark_out", tr("Set the o&ut point"), mark_out, ("O",), "out", "timeline"),
        Command("clear_range", tr("&Clear in and out"), timeline.clear_range, ("Alt+X",), "", "timeline"),
        Place.LINE,
        Command("marker", tr("Set a &marker here"), markers.set_here, ("Ctrl+M",), "marker", "timeline"),
        Command("name_marker", tr("&Name the marker here …"), markers.ask_for_name, ("Ctrl+Shift+M",), "", "timeline"),
        Command("remove_marker", tr("Remo&ve the marker here"), markers.remove_here, (), "", "timeline"),
        Command("marker_back", tr("Previous mar&ker"), partial(markers.go, False), ("Shift+Up",), "", "timeline"),
        Command("marker_on", tr("Next marke&r"), partial(markers.go, True), ("Shift+Down",), "", "timeline"),
        Place.LINE,
        Command(
            "hear_original", tr("Play the ori&ginal sound"), viewer.original.click, ("Alt+O",), "", "timeline", original
        ),
        Command("hear_takes", tr("Play the &takes"), viewer.takes.click, ("Alt+T",), "", "timeline", takes),
    )


def _sound(window: Main) -> tuple[Command | Place, ...]:
    space, queue, settings = window.workspace, window.queue, window.workspace.settings
    pause = space.queue_panel.toggle_pause
    return (
        Command("generate", tr("&Generate"), space.generate, ("Ctrl+G",), "generate", "selection"),
        Command(
            "again", tr("Generate with &another seed"), space.generate_again, ("Ctrl+Shift+G",), "again", "selection"
        ),
        Command("generate_words", tr("Speak the chosen &lines again"), space.speak_again, (), "speech", "cue"),
        Command("score", tr("Compose m&usic over these shots"), space.score, ("Ctrl+Alt+M",), "", "selection"),
        Place.LINE,
        Command("write_prompt", tr("&Write the prompt"), settings.write_prompt, ("Ctrl+L",), "", "selection"),
        Command("keep_prompt", tr("&Keep the prompt as a favourite"), settings.keep_prompt, (), "", "selection"),
        Command("hear_voice", tr("Listen to the &voice"), settings.hear_voice, (), "speech", "selection"),
        Place.LINE,
        Command("pause", tr("&Pause or continue the queue"), pause, ("Ctrl+P",), "pause", "timeline"),
        Command("cancel", tr("&Cancel everything in the queue"), queue.cancel, ("Ctrl+.",), "cancel", "timeline"),
    )


def _spots(space: Workspace) -> tuple[Command | Place, ...]:
    spots, taps = space.spots, space.taps
    return (
        Command("spot", tr("&Spot the selected shots"), spots.find, ("Ctrl+K",), "effects", "selection"),
        Command("tap", tr("&Tap spots while it plays"), taps.toggle, ("Ctrl+T",), "", "timeline", taps.is_listening),
        Command("new_spot", tr("&New spot at the playhead"), spots.set_here, ("Ctrl+N",), "", "timeline"),
        Place.LINE,
        Command("another_spot", tr("&Another sound for the spot"), spots.another, ("Alt+R",), "dice", "spot"),
        Command("swap_spot", tr("S&wap for a library sound …"), spots.swap, ("Ctrl+B",), "sound", "spot"),
        Command("make_spot", tr("&Generate this spot as it is"), spots.make_again, ("Alt+G",), "generate", "spot"),
        Command("lock_spot", tr("&Lock or unlock the spot"), spots.toggle_lock, ("Alt+L",), "", "spot"),
        Command("remove_spot", tr("Remo&ve the spot"), spots.remove, (), "delete", "spot"),
        Place.LINE,
        Command("open_list", tr("&Open spotting list …"), spots.ask_for_list, (), "open", "timeline"),
        Command("save_list", tr("Save spotting list &as …"), spots.ask_where_to_save, (), "write", "list"),
        Command("forget_list", tr("&Forget the selected shots' lists"), spots.forget, (), "", "list"),
    )


def _takes(space: Workspace) -> tuple[Command | Place, ...]:
    def take(name: str) -> Callable[[], None]:
        return partial(space.take_command, name)

    go, gain = space.takes.go, space.change_gain
    return (
        Command("star", tr("&Circle take"), take("star"), ("Ctrl+Return",), "star", "take"),
        Command("compare", tr("&A/B: switch to the other take"), space.takes.swap, ("C",), "compare", "take"),
        Command("as_a", tr("Compare as &A"), take("A"), ("Alt+A",), "", "take"),
        Command("as_b", tr("Compare as &B"), take("B"), ("Alt+B",), "", "take"),
        Command("play_take", tr("&Play this take"), take("play"), ("Ctrl+Space",), "play", "take"),
        Command("solo", tr("&Solo"), take("solo"), ("S",), "solo", "take"),
        Command("mute", tr("&Mute"), take("mute"), ("Alt+M",), "mute", "take"),
        Command("next_take", tr("&Next take"), partial(go, 1), ("Ctrl+Right",), "", "take"),
        Command("previous_take", tr("&Previous take"), partial(go, -1), ("Ctrl+Left",), "", "take"),
        Place.LINE,
        Command("earlier", tr("One frame &earlier"), take("earlier"), ("Alt+Left",), "", "take"),
        Command("later", tr("One frame &later"), take("later"), ("Alt+Right",), "", "take"),
        Command("whole_take", tr("As it &was made, in its place"), take("whole"), (), "undo", "take"),
        Command("louder", tr("L&ouder"), partial(gain, 1), ("Ctrl+Up",), "", "take"),
        Command("softer", tr("&Quieter"), partial(gain, -1), ("Ctrl+Down",), "", "take"),
        Place.LINE,
        Command("redo_take", tr("&Regenerate with another seed"), take("again"), ("Ctrl+R",), "again", "take"),
        Command("reveal_take", tr("Show the file in its &folder"), take("reveal"), (), "reveal", "take"),
        Command("remove_take", tr("Remo&ve"), take("delete"), ("Delete",), "delete", "take"),
    )


def _view(window: Main) -> tuple[Command | Place, ...]:
    timeline = window.workspace.timeline

    def snaps() -> bool:
        return timeline.snapping

    def is_on(name: str) -> bool:
        return theme_name() == name

    def turn(name: str) -> None:
        window.set_theme("dark" if is_on(name) else name)

    def snap() -> None:
        timeline.set_snapping(not snaps())

    return (
        Command("zoom_in", tr("Zoom &in"), timeline.zoom_in, ("+", "="), "", "timeline"),
        Command("zoom_out", tr("Zoom &out"), timeline.zoom_out, ("-",), "", "timeline"),
        Command("zoom_fit", tr("Show the &whole timeline"), timeline.zoom_to_fit, ("Shift+Z",), "", "timeline"),
        Command("snapping", tr("&Snapping"), snap, ("N",), "", "timeline", snaps),
        Place.LINE,
        Place.DOCKS,
        Place.LINE,
        Command("light", tr("&Light theme"), partial(turn, "light"), checked=partial(is_on, "light")),
        Command("contrast", tr("High &contrast"), partial(turn, "contrast"), checked=partial(is_on, "contrast")),
    )
