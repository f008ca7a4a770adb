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
        rows: list[Performed] = []
        for number, wanted in enumerate(known):
            given.progress(0.5 + 0.5 * number / len(known), f"judged library: {wanted.name}")
            rows += performances(library, wanted, takes)
    return {"takes": takes, **named_figures(rows, yamnet), "absent": call.absent}


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


def named_figures(rows: Sequence[Performed], yamnet: Yamnet) -> dict[str, Any]:
    """A recording counts on the film that it was cast for, as often as it was; its first 8 s are heard."""
    heard: dict[tuple[Path, str], float] = {}

    def named(pick: Pick, wanted: NamedClass) -> float:
        key = pick.recording.path, wanted.name
        if key not in heard:
            whole = min(round(pick.recording.measures.duration_s * SAMPLE_RATE), _SAMPLES)
            sound = stretch(pick.recording.path, 0, whole)[0]
            heard[key] = float(yamnet.is_named(sound, yamnet.accepted[wanted.name]))
        return heard[key]

    made: list[_Heard] = []
    natural: list[_Heard] = []
    for row in rows:
        group = row.wanted.name, row.film
        made.append((group, float(yamnet.is_named(row.sound, yamnet.accepted[row.wanted.name])), 1.0))
        natural += [(group, named(pick, row.wanted) / len(row.picks), 1 / len(row.picks)) for pick in row.picks]
    names = dict.fromkeys(row.wanted.name for row in rows)
    by_class = {name: {"natural": _share(natural, name), "generated": _share(made, name)} for name in names}
    return {"sounds": len(rows), "named": relative(grouped(made, natural)), "classes": by_class}


def _share(observations: Sequence[_Heard], name: str) -> float | None:
    of_class = [(total, count) for (each, _), total, count in observations if each == name]
    return sum(total for total, _ in of_class) / sum(count for _, count in of_class) if of_class else None
