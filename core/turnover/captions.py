"""Subtitles beside the stems: lines and described sounds, counted from the first sample of every file there."""

from __future__ import annotations

from talkies.core.timeline.words.lines import Line
from talkies.core.timeline.words.subtitle_writing import subrip, webvtt
from talkies.core.turnover.cue_sheet import spoken_cues
from talkies.core.turnover.span import Span


def caption_files(span: Span) -> dict[str, str]:
    """The text by suffix; nothing where the timeline has no words. SubRip has no speakers: they are capital labels."""
    cues = [
        (cue.range.shifted(-span.range.start), f"[{cue.text}]" if cue.kind == "sound" else cue.text, cue.speaker)
        for cue in spoken_cues(span.timeline)
    ]
    if not cues:
        return {}
    named = [Line(when.start, when.end, text, who) for when, text, who in cues]
    labelled = [Line(when.start, when.end, text, who.upper()) for when, text, who in cues]
    return {".srt": subrip(labelled), ".vtt": webvtt(named)}
