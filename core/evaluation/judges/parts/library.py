"""What the library performs beside the recordings that it is made of: is it named as often?

    folder of recordings ─► index ─► cast for the bounces of a ball ─► hits, or what goes on ─► named?
                                     the recordings that were cast, each by itself ─────────► named?

A library is the user's own, so nothing is held out: nothing has learned from it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.evaluation.judges.bouncing import BALLS, SECONDS
from talkies.core.evaluation.judges.calling import Call
from talkies.core.evaluation.judges.intervals import grouped, relative
from talkies.core.evaluation.judges.parts.sources import ASKED
from talkies.core.library import (
    PRE_ROLL_SAMPLES,
    Library,
    Pick,
    Wanted,
    add_folder,
    cast,
    hit_sound,
    open_library,
    sustained_blocks,
)
from talkies.core.library.reading import stretch
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.scenes import Event

if TYPE_CHECKING:
    from talkies.core.evaluation.judges.yamnet import Yamnet
    from talkies.core.evaluation.measures.prompt_classifier import NamedClass
    from talkies.core.evaluation.part_context import PartContext

_SAMPLES = int(SECONDS * SAMPLE_RATE)

_Heard = tuple[tuple[str, int], float, float]
"""A class on a film, named how often, of how many: an :data:`~talkies.core.evaluation.judges.intervals.Observation`."""


@dataclass(frozen=True)
class Performed:
    """A class at the bounces of one ball: 48 kHz mono (N,) of 8 s, and the picks it is made of, a recording once."""

    wanted: NamedClass
    film: int
    sound: Sound
    picks: tuple[Pick, ...]


def library_part(given: PartContext) -> dict[str, Any] | None:
    """Shares named per class and together, with a 95 % interval; None without recordings."""
    folder, takes = given.material.foley_folder, given.sizes.judged_takes
    if folder is None or not takes:
        return None
    call = Call()
    yamnet = call.yamnet(given.material.folder)
    if yamnet is None:
        return {"absent": call.absent}
    with tempfile.TemporaryDirectory() as place, open_library(Path(place) / "library.sqlite") as library:
        given.progress(0.0, "judged library: measuring the recordings")
        for _ in add_folder(library, folder):
            pass
        known = [each for each in ASKED if yamnet.accepted.get(each.name)]
        judged = Judged(yamnet)
        for number, wanted in enumerate(known):
            given.progress(0.5 + 0.5 * number / len(known), f"judged library: {wanted.name}")
            for each in performances(library, wanted, takes):
                judged.hear(each)
    return {"takes": takes, **judged.figures(), "absent": call.absent}


def performances(library: Library, wanted: NamedClass, takes: int) -> Iterator[Performed]:
    """A class on every ball, ``takes`` times; nothing where no recording fits. Raises MediaError."""
    for film, ball in enumerate(BALLS):
        for take in range(takes):
            cues = _cues(wanted, ball.events(), seed=100 * film + take)
            found = cast(library, cues)
            picks = {each.id: pick for each in cues if (pick := found[each.id]) is not None}
            if picks:
                sound = _performed([each for each in cues if each.id in picks], picks, ball.events())
                yield Performed(wanted, film, sound, tuple({pick.recording: pick for pick in picks.values()}.values()))


def _cues(wanted: NamedClass, events: Sequence[Event], seed: int) -> list[Wanted]:
    words = " ".join(wanted.words)
    if wanted.sustained:
        return [Wanted("0", words, "sustained", 1.0, seed, length_s=float(SECONDS - events[0].time))]
    return [Wanted(str(n), words, "hit", event.force, seed + 1000 * n) for n, event in enumerate(events)]


def _performed(cues: Sequence[Wanted], picks: dict[str, Pick], events: Sequence[Event]) -> Sound:
    out = np.zeros(_SAMPLES, np.float32)
    for each in cues:
        start = int(events[int(each.id)].time * SAMPLE_RATE)
        if each.use == "sustained":
            blocks = sustained_blocks(picks[each.id], _SAMPLES - start, each.force, each.seed)
            out[start:] += np.concatenate(list(blocks), axis=1)[0]
        else:
            hit = hit_sound(picks[each.id], each.force, each.seed)[0][PRE_ROLL_SAMPLES:]
            out[start : start + len(hit)] += hit[: _SAMPLES - start]
    return out


class Judged:
    """What was heard so far. A recording that was cast for a sound counts once beside it; its first 8 s are heard."""

    def __init__(self, yamnet: Yamnet) -> None:
        self._yamnet = yamnet
        self._named: dict[tuple[Path, str], float] = {}
        self._made: list[_Heard] = []
        self._natural: list[_Heard] = []

    def hear(self, row: Performed) -> None:
        """Judges a sound and what it is made of."""
        group, count = (row.wanted.name, row.film), len(row.picks)
        self._made.append((group, self._is_named(row.sound, row.wanted), 1.0))
        self._natural += [(group, self._recording(pick, row.wanted) / count, 1 / count) for pick in row.picks]

    def figures(self) -> dict[str, Any]:
        """Per class, together, and how many sounds."""
        names = dict.fromkeys(name for (name, _), _, _ in self._made)
        by_class = {
            name: {"natural": _share(self._natural, name), "generated": _share(self._made, name)} for name in names
        }
        together = relative(grouped(self._made, self._natural))
        return {"sounds": len(self._made), "named": together, "classes": by_class}

    def _recording(self, pick: Pick, wanted: NamedClass) -> float:
        key = pick.recording.path, wanted.name
        if key not in self._named:
            whole = min(round(pick.recording.measures.duration_s * SAMPLE_RATE), _SAMPLES)
            self._named[key] = self._is_named(stretch(pick.recording.path, 0, whole)[0], wanted)
        return self._named[key]

    def _is_named(self, sound: Sound, wanted: NamedClass) -> float:
        return float(self._yamnet.is_named(sound, self._yamnet.accepted[wanted.name]))


def _share(observations: Sequence[_Heard], name: str) -> float | None:
    of_class = [(total, count) for (each, _), total, count in observations if each == name]
    return sum(total for total, _ in of_class) / sum(count for _, count in of_class) if of_class else None
