"""The timeline view: tracks, ruler, thumbnails, waveforms; to look at, to move in, to choose segments on."""

from talkies.ui.timeline.media import Media
from talkies.ui.timeline.tooltips import Hit
from talkies.ui.timeline.view import TimelineView

__all__ = ["Hit", "Media", "TimelineView"]
