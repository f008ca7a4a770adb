"""Document: the open timeline and everything chosen for it, and the only way to change it.

    widget ── document.change_settings(ids, prompt="rain") ──► undo stack ──► state ──► signals ──► widgets, store

Segments are addressed by their id, cues by their place in ``timeline.cues``, takes by their id. Methods that are given
what cannot be (an unknown name, a cue that ends before it starts) raise ArgumentError and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

from PySide6.QtCore import QObject

from talkies.core.errors import ArgumentError
from talkies.core.files.dataclass_json import as_json
from talkies.core.generation.music_settings import MusicSettings
from talkies.core.generation.take_orders import CueEdit
from talkies.core.segment import Cue, Segment, StemName
from talkies.core.takes.edits import TakeEdit
from talkies.core.takes.take_folder import SegmentMark
from talkies.ui.work.lookup import sounding
from talkies.ui.work.spots import Spots
from talkies.ui.work.staleness import Listed
from talkies.ui.work.state import (
    SETTING_NAMES,
    KeptJob,
    MixSettings,
    SegmentSettings,
    TakeChoices,
    TakeRecord,
    merged,
)
from talkies.ui.work.take_edits import all_crossfaded

SelectMode = Literal["replace", "add", "toggle", "remove"]


class Document(Spots):
    """See the module. Without a timeline it is empty: no segments, no cues, no takes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listed = Listed()

    @property
    def segments(self) -> tuple[Segment, ...]:
        """In the timeline's order."""
        return self.timeline.segments if self.timeline is not None else ()

    def segment(self, segment_id: str) -> Segment:
        try:
            return self._lookup.segments[segment_id]
        except KeyError:
            raise ArgumentError(f"segment {segment_id!r}", "is not in this timeline") from None

    # Selection: saved, but no step to undo

    @property
    def selected(self) -> tuple[str, ...]:
        """Ids in the timeline's order."""
        return self._state.selected

    def select(self, ids: Iterable[str], mode: SelectMode = "replace") -> None:
        """Selects segments; ids that are not there are left out."""
        given, before = set(ids), set(self._state.selected)
        chosen = {"replace": given, "add": before | given, "toggle": before ^ given, "remove": before - given}[mode]
        self._write(replace(self._state, selected=tuple(key for key in self._lookup.segments if key in chosen)))

    # Settings

    def settings_of(self, segment_id: str) -> SegmentSettings:
        stated = self._state.settings.get(segment_id)
        return SegmentSettings() if stated is None else stated

    def settings(self, ids: Iterable[str] | None = None) -> dict[str, Any]:
        """Each setting of the segments (the selected ones unless given), MIXED where they differ; {} for none."""
        stated, usual = self._state.settings, SegmentSettings()
        return merged(stated.get(key, usual) for key in (self.selected if ids is None else ids))

    def change_settings(self, ids: Iterable[str], *, gesture: str = "", **changes: Any) -> None:
        """Other settings for segments, all in one step. ``gesture``: see :class:`Edit`."""
        old = {self.segment(key).id: self.settings_of(key) for key in ids}
        for name in changes:
            if name not in SETTING_NAMES:
                raise ArgumentError(f"setting {name!r}", "is not known")
        new = {key: replace(settings, **changes) for key, settings in old.items()}
        if new != old:
            marks = {key: SegmentMark.of(self.segment(key)) for key in new}
            self._push(
                self.tr("Change {names}").format(names=", ".join(name.replace("_", " ") for name in changes)),
                lambda state: replace(state.with_settings(new), marks={**state.marks, **marks}),
                lambda state: state.with_settings(old),
                gesture,
            )

    @property
    def mix(self) -> MixSettings:
        """What holds for all segments."""
        return self._state.mix

    @property
    def music(self) -> MusicSettings:
        """How music is made."""
        return self._state.music

    def change_whole(self, part: Literal["mix", "music"], *, gesture: str = "", **changes: Any) -> None:
        """Other settings of the whole timeline, for takes that are to come. ``gesture``: see :class:`Edit`."""
        old: Any = getattr(self._state, part)
        new = replace(old, **changes)
        if new != old:
            self._push(
                self.tr("Change {names}").format(names=", ".join(name.replace("_", " ") for name in changes)),
                lambda state: replace(state, **{part: new}),
                lambda state: replace(state, **{part: old}),
                gesture,
            )

    # Cues

    @property
    def cues(self) -> tuple[Cue, ...]:
        """All cues as they will be spoken, in the places of ``timeline.cues``."""
        return self._lookup.cues

    def voice_of(self, index: int) -> str:
        """The voice chosen for a cue's speaker, "" when the name chooses."""
        return self._state.voices.get(self.cues[index].speaker, "")

    def edit_cue(
        self,
        index: int,
        *,
        text: str | None = None,
        start: Fraction | None = None,
        end: Fraction | None = None,
        speaker: str | None = None,
        voice: str | None = None,
        gesture: str = "",
    ) -> None:
        """Changes what will be spoken; None leaves as it is. ``voice`` is that of the speaker, in all his cues."""
        timeline = self.open_timeline()
        was, edit = timeline.cues[index], self._state.cues.get(index)
        given = {"text": text, "start": start, "end": end, "speaker": speaker}
        changes: Mapping[str, Any] = {name: value for name, value in given.items() if value is not None}
        new = replace(edit or CueEdit(was.text, was.range.start), **changes)
        cue = new.applied(was)
        if not Fraction(0) <= cue.range.start < cue.range.end <= timeline.duration:
            raise ArgumentError("cue", "must start before it ends, within the timeline", "give other times")
        new_edit = None if cue == was else new
        voices = self._state.voices
        old_voice = voices.get(cue.speaker, "")
        new_voice = old_voice if voice is None else voice
        if new_edit != edit or new_voice != old_voice:
            self._push(
                self.tr("Edit subtitle"),
                lambda state: state.with_cue(index, new_edit).with_voice(cue.speaker, new_voice),
                lambda state: state.with_cue(index, edit).with_voice(cue.speaker, old_voice),
                gesture,
            )

    def reset_cue(self, index: int) -> None:
        """The cue as it is in the timeline."""
        edit = self._state.cues.get(index)
        if edit is not None:
            self._push(
                self.tr("Restore subtitle"),
                lambda state: state.with_cue(index, None),
                lambda state: state.with_cue(index, edit),
            )

    # Takes

    def takes(self, segment_id: str) -> tuple[TakeRecord, ...]:
        """The takes of a segment that were not removed: by department, who speaks first, number."""
        return self._lookup.takes.get(segment_id, ())

    @property
    def all_takes(self) -> tuple[TakeRecord, ...]:
        """Every take that was not removed, those of lost segments included."""
        return tuple(take for takes in self._lookup.takes.values() for take in takes)

    def take_ids(self, segment_id: str) -> frozenset[str]:
        """The takes of a segment, those that were removed included."""
        return frozenset(take.id for take in self._takes.values() if take.segment_id == segment_id)

    def take(self, take_id: str) -> TakeRecord:
        try:
            return replace(self._takes[take_id], choices=self._state.choices.get(take_id, TakeChoices()))
        except KeyError:
            raise ArgumentError(f"take {take_id!r}", "is not there") from None

    def chosen_takes(self, segment_id: str) -> tuple[TakeRecord, ...]:
        """What sounds: for each stem, speaker and section of music the starred take, else the one that was preferred
        in a comparison, else the newest. Muted ones are among them."""
        return sounding(self.takes(segment_id))

    def rivals(self, take: TakeRecord) -> list[TakeRecord]:
        """The other takes of its segment, stem and speaker."""
        return [each for each in self._alternatives(take) if each.id != take.id]

    def is_stale(self, take_id: str) -> bool:
        """Whether a take speaks words that were edited since it was made."""
        return take_id in self._lookup.stale

    def has_other_spots(self, take_id: str) -> bool:
        """Whether a take is made of a spotting list that was edited since."""
        take = self._takes[take_id]
        segment = self._lookup.segments.get(take.segment_id)
        if segment is None or take.lost:
            return False
        return self._listed.is_stale(take, segment, self.lists.get(take.segment_id, ()))

    def order(self) -> dict[str, Any]:
        """What every order to the worker says: which timeline, where takes go, edited cues and voices."""
        timeline, store = self.open_timeline(), self.store
        return {
            "timeline": str(timeline.path.absolute()),
            "media_dir": str(self.media_dir.absolute()) if self.media_dir is not None else None,
            "folder": str(store.takes) if store is not None else None,
            "cues": as_json(self._state.cues),
            "voices": dict(self._state.voices),
        }

    def star(self, take_id: str, starred: bool = True) -> None:
        """Chooses a take: the star moves from the other takes of its segment, stem and speaker."""
        take = self.take(take_id)
        same = self._alternatives(take)
        new = {each.id: replace(each.choices, starred=False) for each in same if each.starred}
        self._choose(self.tr("Circle take"), {**new, take_id: replace(take.choices, starred=starred)})

    def prefer(self, take_id: str) -> None:
        """The take that was heard last in a comparison: without a star it sounds, however many newer ones there are."""
        take = self.take(take_id)
        same = self._alternatives(take)
        new = {each.id: replace(each.choices, preferred=each.id == take_id) for each in same}
        self._choose(self.tr("Prefer take"), new, f"prefer {' '.join(sorted(new))}")

    def mute(self, take_ids: Iterable[str], muted: bool = True) -> None:
        self._change_takes(self.tr("Mute take"), take_ids, muted=muted)

    def mute_stem(self, segment_id: str, stem: StemName, muted: bool = True) -> None:
        """All takes of one stem of a segment."""
        self.mute([take.id for take in self.takes(segment_id) if take.stem == stem], muted)

    def set_gain(self, take_ids: Iterable[str], gain_db: float, gesture: str = "") -> None:
        """In dB on top of the segment's level."""
        self._change_takes(self.tr("Change gain"), take_ids, gesture, gain_db=gain_db)

    def nudge(self, take_ids: Iterable[str], frames: int) -> None:
        """Moves takes later by so many frames (earlier if negative), from where they are now, as :meth:`lay` does."""
        by, takes = frames / self.open_timeline().rate, [self.take(key) for key in take_ids]
        self.lay({each.id: replace(each.edit, offset=each.edit.offset + by) for each in takes}, self.tr("Nudge take"))

    def lay(self, edits: Mapping[str, TakeEdit], text: str = "") -> None:
        """Edits takes, and the fades of neighbours over which they come to lie, or no longer do. ``text``: the step."""
        pairs = [(self.take(key), edit) for key, edit in edits.items()]
        self.edit_takes(all_crossfaded(pairs, self.all_takes, self.open_timeline().rate), text=text)

    def edit_takes(self, edits: Mapping[str, TakeEdit], text: str = "") -> None:
        """Trims, moves and fades takes, as far as they have sound for it, all in one step."""
        frame = 1 / self.open_timeline().rate
        taken = {key: (self.take(key), edit) for key, edit in edits.items()}
        new = {key: replace(take.choices, edit=edit.bounded(take.take, frame)) for key, (take, edit) in taken.items()}
        self._choose(text or self.tr("Edit take"), new)

    def remove_takes(self, take_ids: Iterable[str]) -> None:
        """Takes them out of the list; their files go when the timeline is opened the next time."""
        self._change_takes(self.tr("Remove take"), take_ids, removed=True)

    def gain_of(self, take: TakeRecord) -> float:
        """What a take is played and written with, in dB: the segment's level and its own gain."""
        return self.settings_of(take.segment_id).level_db + take.gain_db

    # The queue's jobs

    def keep_queue(self, jobs: tuple[KeptJob, ...]) -> None:
        """Saves at once what waits for its sound, so that it waits again when all stops. No step to undo."""
        if self.timeline is not None and jobs != self._state.queue:
            self._write(replace(self._state, queue=jobs))
            self._save_later()

    # How a change happens

    def _alternatives(self, take: TakeRecord) -> list[TakeRecord]:
        """The takes of the same sound, itself among them."""
        return [each for each in self.takes(take.segment_id) if each.sound == take.sound]

    def _change_takes(self, text: str, take_ids: Iterable[str], gesture: str = "", **changes: Any) -> None:
        self._choose(text, {key: replace(self.take(key).choices, **changes) for key in take_ids}, gesture)

    def _choose(self, text: str, new: Mapping[str, TakeChoices], gesture: str = "") -> None:
        old = {key: self.take(key).choices for key in new}
        if new != old:
            self._push(text, lambda state: state.with_choices(new), lambda state: state.with_choices(old), gesture)
