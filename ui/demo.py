"""The demo of the first page, and the suffixes of what can be opened."""

from __future__ import annotations

from pathlib import Path

from talkies.core.timeline.media.bare_media import MOVIE_SUFFIXES

_TIMELINES = (".otio", ".otioz", ".otiod", ".xml", ".fcpxml", ".fcpxmld", ".edl", ".aaf", ".kdenlive", ".mlt", ".xges")

OPENED_SUFFIXES = (*_TIMELINES, *MOVIE_SUFFIXES)


def ready_demo(folder: Path) -> Path:
    """The demo's timeline, with its film drawn where it is not there yet: about ten seconds of computing.

    Raises OutputError."""
    from talkies.core.demo import FILM_NAME, TIMELINE_NAME, render_demo_film

    timeline = folder / TIMELINE_NAME
    if timeline.is_file() and (folder / FILM_NAME).is_file():
        return timeline
    return render_demo_film(folder)
