"""How fast our own instruments play: seconds of music per second of processor, and the peak of memory.

    .venv/bin/python tests/benchmarks/instruments.py [--minutes 60] [--ensemble salon|piano|orchestra]

The score is drawn by chance: a piano's accompaniment, melodies of quavers and crotchets, held chords. Run it with
OMP_NUM_THREADS=1 for one core; processor time does not see what else runs.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator

import numpy as np

from talkies.core.instruments import INSTRUMENTS, PlayedNote, perform

RATE = 48_000
BEAT_S = 0.6
ENSEMBLES = {
    "piano": ("piano",),
    "salon": ("violin", "flute", "clarinet", "cello", "piano", "harmonium"),
    "orchestra": (
        *("violins", "violas", "cellos", "basses", "flute", "oboe", "clarinet", "bassoon", "horn", "trumpet"),
        *("timpani", "harp", "cymbal", "snare", "triangle"),
    ),
}


def score(ensemble: str, seconds: float, seed: int) -> Iterator[PlayedNote]:
    """Notes of an ensemble, ordered; each bar has a chord."""
    rng = np.random.default_rng(seed)
    beat, root = 0, 0
    while beat * BEAT_S < seconds:
        root = int(rng.choice([0, 5, 7, 9, 2])) if beat % 4 == 0 else root
        now = [note for name in ENSEMBLES[ensemble] for note in played_by(name, beat, root, rng)]
        yield from sorted(now, key=lambda note: note.onset)
        beat += 1


def played_by(name: str, beat: int, root: int, rng: np.random.Generator) -> Iterator[PlayedNote]:
    onset, force = beat * BEAT_S, int(rng.integers(45, 105))
    if name in ("piano", "harp"):
        for quaver in range(2):
            yield PlayedNote(onset + quaver * BEAT_S / 2, BEAT_S / 2, 36 + root + 12 * quaver, force, name)
            for tone in (0, 4, 7):
                yield PlayedNote(onset + quaver * BEAT_S / 2, BEAT_S / 2, 60 + (root + tone) % 12, force - 10, name)
    elif name in ("harmonium", "violins", "violas", "horn"):
        if beat % 4 == 0:
            for tone in (0, 4, 7):
                yield PlayedNote(onset, 4 * BEAT_S, 60 + (root + tone) % 12, force - 15, name)
    elif name in ("timpani", "cymbal", "triangle", "snare"):
        if rng.random() < 0.15:
            yield PlayedNote(onset, BEAT_S, 43, force, name)
    elif rng.random() < 0.7:
        low, high = INSTRUMENTS[name].compass
        steps = [pitch for pitch in range(low + 6, high - 5) if (pitch - root) % 12 in (0, 2, 4, 7, 9)]
        for part in range(int(rng.integers(1, 3))):
            yield PlayedNote(onset + part * BEAT_S / 2, BEAT_S / 2, int(rng.choice(steps)), force, name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--ensemble", choices=ENSEMBLES, default="salon")
    asked = parser.parse_args()
    seconds, peak = asked.minutes * 60, 0.0
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(1 for _ in score(asked.ensemble, seconds, 1))
    begin = time.process_time()
    for block in perform(score(asked.ensemble, seconds, 1), round(seconds * RATE), seed=1):
        peak = max(peak, float(np.abs(block).max()))
    spent = time.process_time() - begin
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) / 1024
    print(f"{asked.ensemble}: {count} notes in {seconds:.0f} s; {spent:.1f} s of processor, {seconds / spent:.0f} x")
    print(f"peak {20 * np.log10(peak):.1f} dBFS; memory grew by {memory:.0f} MB")


if __name__ == "__main__":
    main()
