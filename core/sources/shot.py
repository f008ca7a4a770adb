"""The sum of a shot's spots: each at its sample, in blocks of any length, in memory that does not grow with it.

    spots ─► placed through the retime ─► each its sound ─► panned to its place ─► sum

Sounds are added in the order of their times, so that every sample is the same sum whatever happens elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from talkies.core.arrays import Floats, Samples, Sound
from talkies.core.conditioning.picture.look import PictureLook
from talkies.core.conditioning.picture.places import Path
from talkies.core.conditioning.prompt.vocabulary import is_all_around
from talkies.core.engines.base import Engine
from talkies.core.library import Pick
from talkies.core.mark.laying import marked
from talkies.core.media.panning import Panning
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Segment
from talkies.core.sources import network, recordings, rules
from talkies.core.sources.chosen import Chosen, Wishes, choose, without_recording
from talkies.core.sources.remembered import Remembered, SpotSound, digest
from talkies.core.spotting.placing import record_ranges
from talkies.core.spotting.spot import Spot
from talkies.core.times import TimeRange, to_sample

BLOCK = SAMPLE_RATE
_MOST_LEAD = SAMPLE_RATE // 20
_BEYOND = Fraction(1)  # s by which what goes on is made beyond a cut that it runs over: there it does not fade
_FADE = 2400  # samples, of what goes on
_SEEDS = 7919  # so that no two appearances of a spot in one shot are drawn alike


@dataclass(frozen=True)
class Placed:
    """A spot at one of its places on the timeline (s); a hit's range is empty. ``turn``: which of them it is."""

    chosen: Chosen
    span: TimeRange
    turn: int = 0

    @property
    def name(self) -> str:
        """Its own among all places of all spots."""
        return self.chosen.spot.id + (f"-{self.turn + 1}" if self.turn else "")

    @property
    def first(self) -> int:
        """The sample of its onset on the timeline."""
        return to_sample(self.span.start, SAMPLE_RATE)

    @property
    def count(self) -> int:
        """Samples of what goes on."""
        return self.span.samples(SAMPLE_RATE)[1]


def placed_in(segment: Segment, chosen: Sequence[Chosen], whole: TimeRange) -> list[Placed]:
    """Where the spots of a shot sound within ``whole`` (s), in order. Backgrounds are beds, which are not made here."""
    wider = TimeRange(whole.start - _BEYOND, whole.end + _BEYOND)
    found = [
        Placed(each, span, turn)
        for each in chosen
        if each.spot.kind != "background"
        for turn, span in enumerate(record_ranges(segment, each.spot, whole if each.spot.kind == "hit" else wider))
        if each.spot.kind == "hit" or span.overlap(whole)
    ]
    return sorted(found, key=lambda each: (each.span.start, each.chosen.spot.id, each.turn))


@dataclass
class ShotSound:
    """One take of a shot's spots. ``seed``: the take's; ``picks``: recordings by the id of a spot; ``panning``: to
    where in the picture a spot is, one channel where nobody asks for it. ``mark``: laid into what the engine makes, and
    into nothing else."""

    engine: Engine
    look: PictureLook
    seed: int
    settings: network.Settings
    remembered: Remembered
    picks: Mapping[str, Pick | None] = field(default_factory=dict)
    panning: Panning = field(default_factory=lambda: Panning(width=0.0))
    mark: int | None = None

    def blocks(self, placed: Sequence[Placed], whole: TimeRange) -> Iterator[Samples]:
        """The sum of what is ``placed``, in order, within ``whole`` (s): blocks (C, n) at 48 kHz."""
        first, total = whole.samples(SAMPLE_RATE)
        coming, sounding = list(placed)[::-1], list[_Sounding]()
        for start in range(0, total, BLOCK):
            mixed = np.zeros((self.panning.channels, min(BLOCK, total - start)), np.float32)
            begin, end = first + start, first + start + mixed.shape[1]
            while coming and coming[-1].first - _MOST_LEAD < end:
                sounding.append(self._begun(coming.pop()))
            for each in sounding:
                each.add(mixed, begin)
            sounding = [each for each in sounding if each.end > end]
            yield mixed

    def reach(self, placed: Placed) -> tuple[int, int]:
        """First sample on the timeline, and the one after the last."""
        if placed.chosen.spot.kind != "hit":
            return placed.first, placed.first + placed.count
        sound = self.hit(placed)
        return placed.first - sound.lead, placed.first - sound.lead + len(sound.samples)

    def hit(self, placed: Placed) -> SpotSound:
        """The sound of one hit until it has rung out."""
        chosen, seed = placed.chosen, self._blow_seed(placed)
        pick, key = self.picks.get(chosen.spot.id), tuple[object, ...]()
        if pick is not None:
            key = (pick.name, _changed(pick), chosen.spot.force, seed)
            return self.remembered.sound(key, lambda: SpotSound(recordings.LEAD, recordings.hit(pick, chosen, seed)))
        if chosen.by == "rules":
            named = chosen.recipe and (chosen.recipe.laid, chosen.recipe.words)
            key = (named, chosen.spot.force, chosen.object_seed(self.seed), seed)
            return self.remembered.sound(key, lambda: SpotSound(0, rules.hit(chosen, self.seed, seed)))
        seen = network.around(self.look, placed.span.start)
        key = (*self._network_key(chosen, seed), digest(seen))
        return self.remembered.sound(
            key, lambda: SpotSound(*network.hit(self.engine, chosen, seen, seed, self.settings))
        )

    def going(self, placed: Placed) -> Iterator[Sound]:
        """Blocks of what goes on, faded at its ends."""
        chosen, seed = placed.chosen, self._blow_seed(placed)
        pick = self.picks.get(chosen.spot.id)
        if pick is not None:
            blocks = recordings.going(pick, chosen, placed.count, seed)
        elif chosen.by == "rules":
            blocks = rules.going(chosen, placed.count, seed)
        else:
            seen = network.during(self.look, placed.span)
            blocks = network.going(self.engine, chosen, seen, placed.span, seed, self.settings)
        return _faded(blocks, placed.count)

    def _network_key(self, chosen: Chosen, seed: int) -> tuple[object, ...]:
        sampled = (self.settings.steps, self.settings.guidance)
        return (self.engine.weights_hash, chosen.words, chosen.avoid, chosen.spot.force, seed, *sampled)

    def _blow_seed(self, placed: Placed) -> int:
        return placed.chosen.spot.seed(self.seed) + _SEEDS * placed.turn

    def _begun(self, placed: Placed) -> _Sounding:
        return _Sounding(*self.reach(placed), self._panned(placed), self.panning.channels)

    def _panned(self, placed: Placed) -> Iterator[Samples]:
        """Blocks (C, n): where the list says, else what goes on follows what moves, and a hit is in the middle."""
        spot = placed.chosen.spot
        place = 0.0 if spot.x is None else 2 * spot.x - 1
        if spot.kind == "hit":
            hit = self.hit(placed)
            struck = self._marked(iter((hit.samples,)), placed, placed.first - hit.lead)
            return (self.panning.placed(block, place) for block in struck)
        going = self._marked(self.going(placed), placed, placed.first)
        if not moves(placed.chosen):
            return (self.panning.placed(block, place) for block in going)
        first = placed.first - to_sample(self.look.range.start, SAMPLE_RATE)

        def place_at(start: int, count: int) -> Floats:
            return self._path.x((first + start + np.arange(count)) / SAMPLE_RATE)

        return self.panning.following(going, place_at)

    def _marked(self, blocks: Iterator[Sound], placed: Placed, first: int) -> Iterator[Sound]:
        """``first``: where they begin on the timeline, samples."""
        by_engine = placed.chosen.by == "network"
        return marked(blocks, self.mark, first) if by_engine and self.mark is not None else blocks

    @cached_property
    def _path(self) -> Path:
        return Path(self.look.features)


class _Sounding:
    """A sound on its way: its samples from ``start`` to ``end`` of the timeline come in blocks."""

    def __init__(self, start: int, end: int, blocks: Iterator[Samples], channels: int) -> None:
        self.end = end
        self._position, self._blocks, self._left = start, blocks, np.zeros((channels, 0), np.float32)

    def add(self, mixed: Samples, begin: int) -> None:
        """Adds what falls into ``mixed``, whose first sample is ``begin``; what came before it is left out."""
        stop = min(begin + mixed.shape[1], self.end)
        while self._position < stop:
            if not self._left.shape[1]:
                silence = np.zeros((len(mixed), stop - self._position), np.float32)
                self._left = next(self._blocks, silence)
                continue
            taken = self._left[:, : stop - self._position]
            count = taken.shape[1]
            heard = taken[:, max(begin - self._position, 0) :]
            if heard.shape[1]:
                place = self._position + count - heard.shape[1] - begin
                mixed[:, place : place + heard.shape[1]] += heard
            self._position, self._left = self._position + count, self._left[:, count:]


def _faded(blocks: Iterator[Sound], count: int) -> Iterator[Sound]:
    position = 0
    for block in blocks:
        wanted = block[: count - position]
        place = np.arange(position, position + len(wanted))
        yield wanted * np.clip(np.minimum(place + 1, count - place) / _FADE, 0, 1).astype(np.float32)
        position += len(wanted)
        if position >= count:
            return


def _changed(pick: Pick) -> int:
    path = pick.recording.path
    return path.stat().st_mtime_ns if path.is_file() else 0


def chosen_spots(
    spots: Sequence[Spot], wishes: Wishes, picks: Mapping[str, Pick | None] | None = None
) -> tuple[list[Chosen], list[str]]:
    """Who makes each spot, once recordings are cast, and sentences for the user."""
    found: list[Chosen] = []
    told: list[str] = []
    for spot in spots:
        chosen = choose(spot, wishes)
        if picks is not None and chosen.by in ("library", "file") and picks.get(spot.id) is None:
            told.append(f"no recording of the library fits {chosen.words or 'a spot without words'!r}; see 'auto'")
            chosen = without_recording(chosen, wishes)
        found.append(chosen)
        told += chosen.warnings
    return found, list(dict.fromkeys(told))


def needs_picture(chosen: Sequence[Chosen]) -> bool:
    """Whether any of them is made by the network, which looks."""
    return any(each.by == "network" for each in chosen)


def moves(chosen: Chosen) -> bool:
    """Whether a spot is heard where in the picture something moves: it goes on, comes from one place, and its list does
    not say from where."""
    return chosen.spot.kind == "sustained" and chosen.spot.x is None and not is_all_around(chosen.words)
