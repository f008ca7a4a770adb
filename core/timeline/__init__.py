"""Timelines: read from any editor's file, written back with new tracks.

``write_timeline`` is imported on first use, so that reading alone stays quick.
"""

from typing import TYPE_CHECKING, Any

from talkies.core.timeline.inspecting import inspect_rows
from talkies.core.timeline.reading import read_timeline
from talkies.core.timeline.spoken import in_language
from talkies.core.timeline.words.subtitle_files import read_subtitles

if TYPE_CHECKING:
    from talkies.core.destinations import write_timeline

__all__ = ["in_language", "inspect_rows", "read_subtitles", "read_timeline", "write_timeline"]


def __getattr__(name: str) -> Any:
    if name == "write_timeline":
        from talkies.core.destinations import write_timeline

        return write_timeline
    raise AttributeError(name)
