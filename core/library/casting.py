"""Casting from the library: which recording, and which hit in it, sounds for each spot of a list.

words ─► recordings that fit best ─► their hits ─► by force and by the spot's own seed ─► not what its neighbours have
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from talkies.core.arrays import Floats
from talkies.core.library.finding import scored
from talkies.core.library.index import Library
from talkies.core.library.reading import read_recording
from talkies.core.library.recording import Pick, RecordedHit, Recording, Use, Wanted
from talkies.core.media.wav.bwf import SAMPLE_RATE

FORCE_DB = 18.0
"""How much fainter a force of 0 is than one of 1."""


def force_gain(force: float) -> float:
    """What a force of 0 to 1 makes of an amplitude: 1 at the strongest, 18 dB less at the faintest."""
    return float(10 ** (-FORCE_DB * (1 - min(max(force, 0.0), 1.0)) / 20))


_AS_GOOD = 0.85  # of the best score: these take turns
_FEW = 3  # so many recordings take turns, if there are as many that fit at all
_MOST_RECORDINGS, _MOST_HITS = 40, 24
_APART = 2  # neighbours on either side from which a spot differs
_SCORE, _FORCE, _CHANCE, _SHORT = 4.0, 0.8, 1.0, 0.5  # what counts how much
_SHORTEST_S = 0.08

_Key = tuple[str, str, Use, str]


@dataclass(frozen=True)
class _Pool:
    """Picks that fit, with what is compared: ``worth`` without force and chance, ``strength_db`` below the loudest of
    its recording, ``drawn`` a number of its own, ``recordings`` the number of its recording."""

    picks: tuple[Pick, ...]
    worth: Floats
    strength_db: Floats
    drawn: npt.NDArray[np.uint64]
    recordings: tuple[str, ...]
    names: dict[str, int]


def cast(
    library: Library,
    wanted: Sequence[Wanted],
    kept: Mapping[str, str] | None = None,
    left: Mapping[str, str] | None = None,
) -> dict[str, Pick | None]:
    """A pick for each spot of a list in order of time, by its id; None where no recording fits. The same list, library
    and seeds give the same picks.

    Neighbours differ: in the recording if several fit, in the hit if one has several. ``kept``: names of picks that
    spots had; they have them again, as long as they still fit their words. ``left``: names of picks that spots had and
    are to have no more; as a neighbour's they are avoided. Raises MediaError for a ``file`` that cannot be read.
    """
    pools: dict[_Key, _Pool] = {}
    for each in wanted:
        if _key(each) not in pools:
            pools[_key(each)] = _pool(library, each)
    chosen = [_kept(pools[_key(each)], (kept or {}).get(each.id, "")) for each in wanted]
    near = _neighbours([_key(each) for each in wanted])
    for place, each in enumerate(wanted):
        if chosen[place] is None:
            others = [[pick for at in ring if (pick := chosen[at]) is not None] for ring in near[place]]
            if (former := _kept(pools[_key(each)], (left or {}).get(each.id, ""))) is not None:
                others[0].append(former)
            chosen[place] = _choice(pools[_key(each)], each, others)
    return {each.id: pick for each, pick in zip(wanted, chosen, strict=True)}


def _key(wanted: Wanted) -> _Key:
    return wanted.words, wanted.avoid, wanted.use, wanted.file


def _kept(pool: _Pool, name: str) -> Pick | None:
    return pool.picks[pool.names[name]] if name in pool.names else None


def _neighbours(keys: Sequence[_Key]) -> list[list[list[int]]]:
    """For each place the places beside it, nearest first: in the list, and among those that want the same."""
    alike: dict[_Key, list[int]] = {}
    for place, key in enumerate(keys):
        alike.setdefault(key, []).append(place)
    rank = {place: number for places in alike.values() for number, place in enumerate(places)}
    found = []
    for place, key in enumerate(keys):
        same, number = alike[key], rank[place]
        rings = []
        for apart in range(1, _APART + 1):
            beside = [same[at] for at in (number - apart, number + apart) if 0 <= at < len(same)]
            if apart == 1:
                beside += [at for at in (place - 1, place + 1) if 0 <= at < len(keys)]
            rings.append(beside)
        found.append(rings)
    return found


def _choice(pool: _Pool, wanted: Wanted, others: Sequence[Sequence[Pick]]) -> Pick | None:
    """The best of a pool that no neighbour has; where that leaves none, farther neighbours count no longer."""
    if not pool.picks:
        return None
    worth = pool.worth + _CHANCE * _chances(pool.drawn, wanted.seed)
    if wanted.use == "hit":
        worth = worth - _FORCE * np.abs(pool.strength_db + FORCE_DB * (1 - wanted.force)) / FORCE_DB
    order: list[int] = np.argsort(-worth, kind="stable").tolist()
    for reach in range(len(others), 0, -1):
        taken = {str(pick.recording.path) for ring in others[:reach] for pick in ring}
        if (free := next((at for at in order if pool.recordings[at] not in taken), None)) is not None:
            return pool.picks[free]
    for reach in range(len(others), 0, -1):
        names = {pick.name for ring in others[:reach] for pick in ring}
        if (free := next((at for at in order if pool.picks[at].name not in names), None)) is not None:
            return pool.picks[free]
    return pool.picks[order[0]]


def _chances(drawn: npt.NDArray[np.uint64], seed: int) -> Floats:
    """A number of 0 to 1 for each of them, others for another seed (the finalizer of splitmix64)."""
    with np.errstate(over="ignore"):
        mixed = drawn ^ (np.uint64(seed & 0xFFFFFFFFFFFFFFFF) * np.uint64(0x9E3779B97F4A7C15))
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return np.asarray(mixed >> np.uint64(11), np.float64) / (1 << 53)


def _pool(library: Library, wanted: Wanted) -> _Pool:
    fitting = [(_of_file(library, Path(wanted.file)), 1.0)] if wanted.file else _fitting(library, wanted)
    picks: list[Pick] = []
    worth: list[float] = []
    strength: list[float] = []
    for recording, score in fitting:
        for pick in _uses(recording, wanted.use, score):
            picks.append(pick)
            worth.append(_SCORE * score + _suits(pick, wanted))
            strength.append(_strength_db(pick))
    return _Pool(
        tuple(picks), np.array(worth), np.array(strength), np.array([_drawn(pick) for pick in picks], np.uint64),
        tuple(str(pick.recording.path) for pick in picks), {pick.name: at for at, pick in enumerate(picks)},
    )  # fmt: skip


def _fitting(library: Library, wanted: Wanted) -> list[tuple[Recording, float]]:
    """The recordings that take turns: those about as good as the best that can be used so."""
    scores = scored(library, wanted.words, wanted.avoid)
    ordered = sorted(scores, key=lambda key: (-scores[key], key))
    fitting: list[tuple[Recording, float]] = []
    for first in range(0, len(ordered), _MOST_RECORDINGS):
        some = ordered[first : first + _MOST_RECORDINGS]
        recordings = library.recordings(some)
        for key in (key for key in some if key in recordings):
            as_good = not fitting or scores[key] >= _AS_GOOD * fitting[0][1]
            if len(fitting) >= _MOST_RECORDINGS or not (as_good or len(fitting) < _FEW):
                return fitting
            if recordings[key].measures.hits or wanted.use == "sustained":
                fitting.append((recordings[key], scores[key]))
    return fitting


def _uses(recording: Recording, use: Use, score: float) -> list[Pick]:
    if use == "sustained":
        return [Pick(recording, None, score)]
    count = len(recording.measures.hits)
    chosen = np.unique(np.linspace(0, count - 1, min(count, _MOST_HITS)).round().astype(int))
    return [Pick(recording, int(number), score) for number in chosen]


def _suits(pick: Pick, wanted: Wanted) -> float:
    """What measures say for a pick: a hit that is not cut short, a texture that is long and even."""
    measures = pick.recording.measures
    if pick.hit is not None:
        hit = measures.hits[pick.hit]
        return -_SHORT if hit.end - hit.sample < _SHORTEST_S * SAMPLE_RATE else 0.0
    steady_s = (measures.steady[1] - measures.steady[0]) / SAMPLE_RATE
    enough = min(steady_s / max(wanted.length_s, 4.0), 1.0)
    return 2.0 * enough - min(measures.ripple_db / 6.0, 2.0)


def _strength_db(pick: Pick) -> float:
    if pick.hit is None:
        return 0.0
    hits = pick.recording.measures.hits
    loudest = max(hit.rms for hit in hits)
    return float(20 * np.log10(max(hits[pick.hit].rms, 1e-9) / max(loudest, 1e-9)))


def _drawn(pick: Pick) -> int:
    """The same wherever the library lies."""
    path = pick.recording.path
    name = f"{path.parent.name}/{path.name}#{pick.hit}".encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big")


def _of_file(library: Library, path: Path) -> Recording:
    """The recording of a file, with a hit in any case: where nothing is struck, it begins with its sound."""
    recording = library.recording(path) or _read(path, path.stat().st_mtime_ns if path.is_file() else 0)
    measures = recording.measures
    if measures.hits:
        return recording
    first, end = measures.steady
    level = 10 ** (measures.level_db / 20)
    whole = RecordedHit(first, max(end, first + 1), 10 ** (measures.peak_db / 20), level)
    return replace(recording, measures=replace(measures, hits=(whole,)))


@lru_cache(maxsize=64)
def _read(path: Path, changed_ns: int) -> Recording:
    return read_recording(path)
