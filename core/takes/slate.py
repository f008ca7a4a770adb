"""Slates: what the iXML of a take's file says, so that sound departments find it by scene, take, speaker and note."""

from __future__ import annotations

from talkies.core.media.wav.ixml import Slate
from talkies.core.segment import Stem, Timeline, joined_text

_LONGEST = 1000


def slate_of(stem: Stem, timeline: Timeline, number: int) -> Slate:
    """The scene is the clip, the take its number, the track department and speaker, the note what it was made of."""
    return Slate(
        project=timeline.name,
        scene=stem.segment.clip,
        take=str(number),
        note=_note(stem)[:_LONGEST],
        track=f"{stem.name} {stem.speaker}".strip(),
        rate=timeline.rate,
        drop_frame=timeline.drop_frame,
    )


def _note(stem: Stem) -> str:
    """What is said, else the words of its spots, else what was asked for, and what subtitles describe."""
    if stem.cues:
        return joined_text(stem.cues)
    listed = dict.fromkeys(spot.words for spot in stem.spots or () if spot.words)
    return ", ".join(listed) or ", ".join(filter(None, (stem.prompt, joined_text(stem.sounds))))
