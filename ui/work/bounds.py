"""Bounds of saved work: what a hand could not have chosen comes from a damaged or foreign file, and is brought back."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from talkies.core.errors import TalkiesError
from talkies.core.generation.music_settings import MusicSettings
from talkies.core.generation.request import MAX_PROMPT
from talkies.core.segment import Take, Timeline
from talkies.core.takes.edits import TakeEdit
from talkies.ui.work.state import Lists, Marker, TakeChoices, TakeRecord, WorkState

_GAIN_DB = 100.0  # either way; beyond it nothing is heard, or everything clips
_OFFSET_S = 1_000_000  # either way: more than any timeline is long


def bounded(state: WorkState, timeline: Timeline, takes: Iterable[TakeRecord] = ()) -> tuple[WorkState, list[str]]:
    """The state with places inside ``timeline``, edits inside of what the ``takes`` hold, and gains that can be
    computed; a sentence where edits were dropped."""
    last, made = timeline.duration, {take.id: take.take for take in takes}
    settings = {key: replace(each, level_db=_gain(each.level_db)) for key, each in state.settings.items()}
    choices = {
        key: replace(
            each,
            gain_db=_gain(each.gain_db),
            nudge_frames=0,
            edit=_edit(each, made.get(key), timeline),
        )
        for key, each in state.choices.items()
    }
    applied = {key: edit.applied(timeline.cues[key]).range for key, edit in state.cues.items()}
    cues = {key: edit for key, edit in state.cues.items() if 0 <= applied[key].start < applied[key].end <= last}
    dropped = len(state.cues) - len(cues)
    notes = [f"{dropped} edits of subtitles lie outside the timeline and are left out"] if dropped else []
    markers = _ordered(each for each in state.markers if 0 <= each.position <= last)
    if outside := len(state.markers) - len(markers):
        notes.append(f"{outside} markers lie outside the timeline and are left out")
    spots, impossible = _lists(state.spots)
    if impossible:
        notes.append(f"{impossible} spots make no sense and are left out")
    return replace(
        state,
        settings=settings,
        choices=choices,
        cues=cues,
        markers=markers,
        spots=spots,
        mix=replace(state.mix, width=_share(state.mix.width), background=_legible(state.mix.background)),
        music=_music(state.music),
        playhead=min(max(state.playhead, Fraction(0)), last),
        in_point=_inside(state.in_point, last),
        out_point=_inside(state.out_point, last),
    ), notes


def _lists(lists: Lists) -> tuple[Lists, int]:
    """Lists in which ids are used once, times have their order and shares are shares; how many spots were left out."""
    used: set[str] = set()
    kept = {}
    for shot, spots in lists.items():
        good = [spot for spot in spots if (spot.time == spot.until if spot.kind == "hit" else spot.time < spot.until)]
        good = list({spot.id: spot for spot in good if spot.id not in used}.values())
        used |= {spot.id for spot in good}
        kept[shot] = tuple(
            replace(spot, shot=shot, force=_share(spot.force), confidence=_share(spot.confidence), roll=abs(spot.roll))
            for spot in good
        )
    return kept, sum(map(len, lists.values())) - len(used)


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0


def _legible(words: str) -> str:
    """Words that a request takes."""
    return "".join(each for each in words if each.isprintable())[:MAX_PROMPT]


def _music(music: MusicSettings) -> MusicSettings:
    """As far as it can be asked for, of what the panel has fields for."""
    asked = MusicSettings(music.tempo, music.ensemble, music.hits, music.stretch, music.duck)
    try:
        asked.checked(has_spots=True)
    except TalkiesError:
        return MusicSettings()
    return asked


def _ordered(markers: Iterable[Marker]) -> tuple[Marker, ...]:
    """At most one at a place, in the order of time."""
    return tuple(marker for _, marker in sorted({each.position: each for each in markers}.items()))


def _edit(choices: TakeChoices, take: Take | None, timeline: Timeline) -> TakeEdit:
    """How a take is edited; nudged frames were all that there was once."""
    edit = replace(choices.edit, offset=choices.edit.offset + choices.nudge_frames / timeline.rate)
    edit = replace(edit, offset=min(max(edit.offset, -Fraction(_OFFSET_S)), Fraction(_OFFSET_S)))
    return TakeEdit() if take is None else edit.bounded(take, 1 / timeline.rate)


def _gain(value: float) -> float:
    return min(max(value, -_GAIN_DB), _GAIN_DB) if math.isfinite(value) else 0.0


def _inside(position: Fraction | None, last: Fraction) -> Fraction | None:
    return None if position is None or not 0 <= position <= last else position
