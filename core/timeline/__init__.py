"""Timelines, read from any editor's file; core/destinations.py writes them back with new tracks."""

from talkies.core.timeline.inspecting import inspect_rows
from talkies.core.timeline.reading import read_timeline
from talkies.core.timeline.spoken import in_language
from talkies.core.timeline.words.subtitle_files import read_subtitles

__all__ = ["in_language", "inspect_rows", "read_subtitles", "read_timeline"]
