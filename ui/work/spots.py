"""Spotting lists on the open timeline: what sounds when in each shot that has one; a base class of the document.

A shot with a list sounds of its rows and of nothing else, be there none; one without is made in one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from talkies.core.errors import ArgumentError
from talkies.core.spotting.files import write_spots
from talkies.core.spotting.kept import with_kept
from talkies.core.spotting.placing import media_time, shots_at
from talkies.core.spotting.spot import MOST_SPOTS, Ids, Spot, SpotKind
from talkies.core.takes.take_folder import SegmentMark
from talkies.core.times import TimeRange
from talkies.ui.work.positions import Positions
from talkies.ui.work.spot_places import SpotIndex, SpotPlace, in_order
from talkies.ui.work.state import Lists

_FOR_WORKER = "spots.json"

NEW_S = Fraction(1)
"""How long a spot is that begins to go on, where its shot is."""


class Spots(Positions):
    """Spots are addressed by their id; what is given and cannot be raises ArgumentError and changes nothing."""

    chosen_spots_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._index = SpotIndex({}, None)
        self._chosen_spots: tuple[str, ...] = ()
        self._written: Lists | None = None
        for signal in (self.timeline_changed, self.selection_changed, self.spots_changed):
            signal.connect(self._drop_chosen)

    # What there is

    @property
    def lists(self) -> Lists:
        """The spots of every shot that has a list, by its id."""
        return self._state.spots

    @property
    def all_spots(self) -> tuple[Spot, ...]:
        """Those of shots that are in the timeline, shot by shot."""
        return tuple(spot for key in self._lookup.segments for spot in self.lists.get(key, ()))

    def has_list(self, segment_id: str) -> bool:
        return segment_id in self.lists

    def spot(self, spot_id: str) -> Spot:
        try:
            return self._spot_index.by_id[spot_id]
        except KeyError:
            raise ArgumentError(f"spot {spot_id!r}", "is not in the list") from None

    def spot_places(self, segment_id: str) -> tuple[SpotPlace, ...]:
        """Where a shot shows its spots, in the order of the timeline."""
        return self._spot_index.places(segment_id)

    @property
    def all_spot_places(self) -> tuple[SpotPlace, ...]:
        """Where all shots show their spots, in the order of the timeline."""
        return self._spot_index.ordered

    def place_of_spot(self, spot_id: str) -> TimeRange | None:
        """Where a spot is first shown; None where its shot is cut so that it is not."""
        places = self.spot_places(self.spot(spot_id).shot)
        return next((place.span for place in places if place.id == spot_id), None)

    def own_words(self, spot: Spot) -> str:
        """What a spot sounds like: its own words, else the prompt of its shot."""
        stated = self._state.settings.get(spot.shot)
        return spot.words or (stated.prompt if stated is not None else "")

    @property
    def _spot_index(self) -> SpotIndex:
        if self._index.timeline is not self.timeline:
            self._index = SpotIndex(self.lists, self.timeline)
        elif self._index.lists is not self.lists:
            self._index = self._index.after(self.lists)
        return self._index

    # Choosing: neither saved nor a step to undo

    @property
    def chosen_spots(self) -> tuple[str, ...]:
        """Ids, in the order of the lists; all of them in selected shots."""
        return self._chosen_spots

    def choose_spots(self, ids: Iterable[str]) -> None:
        """Chooses spots, and selects their shots and no others; ids that are not there are left out."""
        known = self._spot_index.by_id
        chosen = {key for key in ids if key in known}
        shots = tuple(dict.fromkeys(spot.shot for spot in known.values() if spot.id in chosen))
        self._set_chosen(tuple(spot.id for shot in shots for spot in self.lists[shot] if spot.id in chosen))
        if shots:
            order = self._lookup.segments
            self._write(replace(self._state, selected=tuple(key for key in order if key in shots)))

    def _drop_chosen(self) -> None:
        """Spots that are gone, or whose shots are no longer selected, are chosen no longer."""
        if self._chosen_spots:
            known, selected = self._spot_index.by_id, set(self._state.selected)
            self._set_chosen(tuple(key for key in self._chosen_spots if key in known and known[key].shot in selected))

    def _set_chosen(self, ids: tuple[str, ...]) -> None:
        if ids != self._chosen_spots:
            self._chosen_spots = ids
            self.chosen_spots_changed.emit()

    # Editing

    def change_spots(self, ids: Iterable[str], *, gesture: str = "", **changes: Any) -> None:
        """Other words, force, source ... of spots, all in one step. ``gesture``: see :class:`Edit`."""
        text = self.tr("Change {names}").format(names=", ".join(name.replace("_", " ") for name in changes))
        self._edit_spots(text, ids, lambda spot: replace(spot, **changes), gesture)

    def move_spots(self, times: Mapping[str, tuple[Fraction, Fraction]]) -> None:
        """Spots to other media times (time and until, s)."""
        for spot_id, (time, until) in times.items():
            if until < time or (self.spot(spot_id).kind == "hit") != (until == time):
                raise ArgumentError(f"spot {spot_id}", "must end after it begins", "give other times")
        self._edit_spots(
            self.tr("Move spot"),
            times,
            lambda spot: replace(spot, time=times[spot.id][0], until=times[spot.id][1]),
        )

    def roll_spots(self, ids: Iterable[str]) -> None:
        """Each gets another sound."""
        self._edit_spots(self.tr("Another sound"), ids, lambda spot: replace(spot, roll=spot.roll + 1))

    def set_kind(self, spot_id: str, kind: SpotKind) -> None:
        """A hit, something that goes on from there, or a background."""
        spot = self.spot(spot_id)
        until = spot.until
        if kind == "hit":
            until = spot.time
        elif spot.kind == "hit":
            segment = self._lookup.segments[spot.shot]
            until = max(min(spot.time + NEW_S, segment.source.end), spot.time + 1 / segment.rate)
        self._edit_spots(self.tr("Change kind"), [spot_id], lambda spot: replace(spot, kind=kind, until=until))

    def remove_spots(self, ids: Iterable[str]) -> None:
        gone = set(ids)
        shots = dict.fromkeys(self.spot(spot_id).shot for spot_id in gone)
        self._list(
            self.tr("Remove spot"),
            {shot: tuple(spot for spot in self.lists[shot] if spot.id not in gone) for shot in shots},
        )

    def add_spot(self, position: Fraction, until: Fraction | None = None, gesture: str = "", **facts: Any) -> str:
        """A new spot in the uppermost shot at a timeline position (s), a hit unless it has an end; its id. A shot
        without a list gets one. ArgumentError where nothing is shown."""
        shots = shots_at(self.open_timeline(), position)
        if not shots:
            raise ArgumentError("a spot", "needs a picture to belong to", "put it on a shot")
        shot, ids = shots[-1], Ids(self._spot_index.by_id)
        first = media_time(shot, position)
        last = first if until is None else media_time(shot, min(until, shot.record.end))
        given: dict[str, Any] = {"kind": "hit" if first == last else "sustained", **facts}
        spot = Spot(ids.new(shot.id), shot.id, min(first, last), max(first, last), **given)
        self._list(self.tr("New spot"), {shot.id: (*self.lists.get(shot.id, ()), spot)}, gesture)
        return spot.id

    def hold_spot(self, spot_id: str, end: Fraction, gesture: str = "") -> None:
        """A hit goes on from where it is, until a timeline position (s)."""
        spot, segment = self.spot(spot_id), self._lookup.segments[self.spot(spot_id).shot]
        media = media_time(segment, min(end, segment.record.end))
        first, last = min(spot.time, media), max(spot.time, media)
        if first < last:
            held = replace(spot, time=first, until=last, kind="sustained")
            self._edit_spots(self.tr("New spot"), [spot_id], lambda _: held, gesture)

    # Whole lists

    def take_spotted(self, segment_id: str, found: Iterable[Spot]) -> int:
        """What was found in a shot becomes its list, in which locked spots stay; how many there are now. Words that are
        those of the shot's prompt are left to it."""
        segment = self._lookup.segments[segment_id]
        stated = self._state.settings.get(segment_id)
        prompt = stated.prompt.strip() if stated is not None else ""
        earlier = self.lists.get(segment_id, ())
        mine = {spot.id for spot in earlier}
        ids = Ids(key for key in self._spot_index.by_id if key not in mine or self.spot(key).locked)
        kept = with_kept([spot for spot in found if spot.shot == segment_id], earlier, [segment])
        locked = {spot.id for spot in earlier if spot.locked}
        named = [
            spot
            if spot.id in locked
            else replace(spot, id=ids.new(segment_id), words="" if spot.words == prompt else spot.words)
            for spot in kept
        ]
        self._list(self.tr("Spot"), {segment_id: tuple(named)})
        return len(named)

    def set_lists(self, spots: Iterable[Spot]) -> None:
        """The lists of all shots, in place of those there were."""
        found: dict[str, list[Spot]] = {}
        for spot in spots:
            found.setdefault(spot.shot, []).append(spot)
        new: dict[str, tuple[Spot, ...] | None] = dict.fromkeys(self.lists)
        new.update((shot, tuple(each)) for shot, each in found.items())
        self._list(self.tr("Open spotting list"), new)

    def forget_lists(self, segment_ids: Iterable[str]) -> None:
        """Shots without a list again, which are made in one pass."""
        self._list(self.tr("Forget spotting list"), dict.fromkeys(key for key in segment_ids if key in self.lists))

    def list_file(self) -> Path | None:
        """All lists as one file, for the worker; None where nothing is kept. Raises OutputError."""
        if self.store is None:
            return None
        path = self.store.folder / _FOR_WORKER
        if self._written is not self.lists or not path.is_file():
            write_spots(self.open_timeline(), self.all_spots, path)
            self._written = self.lists
        return path

    # How a change happens

    def _edit_spots(self, text: str, ids: Iterable[str], edit: Callable[[Spot], Spot], gesture: str = "") -> None:
        wanted = set(ids)
        shots = dict.fromkeys(self.spot(spot_id).shot for spot_id in wanted)
        new = {shot: tuple(edit(spot) if spot.id in wanted else spot for spot in self.lists[shot]) for shot in shots}
        self._list(text, new, gesture)

    def _list(self, text: str, new: Mapping[str, tuple[Spot, ...] | None], gesture: str = "") -> None:
        """Other lists for some shots; None: no list."""
        if sum(map(len, self.lists.values())) + sum(len(each or ()) for each in new.values()) > 2 * MOST_SPOTS:
            raise ArgumentError("the spotting list", f"has more than {MOST_SPOTS} spots", "part the timeline")
        ordered = {
            shot: None if spots is None else in_order(spots, self.lists.get(shot, ()), _order_of)
            for shot, spots in new.items()
        }
        old = {shot: self.lists.get(shot) for shot in ordered}
        if old != ordered:
            gesture = " ".join((gesture, *ordered)) if gesture else ""
            marks = {key: SegmentMark.of(self._lookup.segments[key]) for key in ordered if key in self._lookup.segments}
            self._push(
                text,
                lambda state: replace(state.with_spots(ordered), marks={**state.marks, **marks}),
                lambda state: state.with_spots(old),
                gesture,
            )


def _order_of(spot: Spot) -> tuple[Fraction, str]:
    return spot.time, spot.id
