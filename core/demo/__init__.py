"""The demo: a silent film that the project draws itself, and a timeline with subtitles for it.

Nothing heavy is imported until something is rendered.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from talkies.core.files.atomic import output_errors

if TYPE_CHECKING:
    from talkies.core.scenes.plain import Event

__all__ = ["FILM_NAME", "TIMELINE_NAME", "demo_events", "render_demo_film"]

FILM_NAME = "film.mp4"
TIMELINE_NAME = "demo.otio"


def render_demo_film(folder: Path) -> Path:
    """Draws ``film.mp4`` (no sound) and ``demo.otio`` into a folder, made if needed, and returns the timeline's path.

    The same every time; files that stood there are replaced only when the new ones are complete. Raises OutputError.
    """
    from talkies.core.demo.film import write_film
    from talkies.core.demo.script import write_timeline_file

    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_film(folder / FILM_NAME)
    return write_timeline_file(folder / TIMELINE_NAME, FILM_NAME)


def demo_events() -> tuple[Event, ...]:
    """What would be heard in the film besides speech; ``time`` is record time, seconds from the first frame."""
    from talkies.core.demo.film import film_events

    return film_events()
