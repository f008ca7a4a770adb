"""Longer than an hour: the second hour has the bits that the first would have, whatever the blocks, in flat memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from music import RATE
from soundfonts import write_soundfont

from talkies.core.arrays import Samples
from talkies.core.instruments import THEATRE, PlayedNote, Tones, perform
from talkies.core.instruments.rooms import CHUNK
from talkies.core.instruments.soundfont import perform_soundfont

LATER = 2640 * CHUNK  # an hour and 4.48 s, at a seam of the room's chunks
PLAYERS = ("violins", "horn", "timpani", "theatre_organ", "piano", "cellos_pizzicato")


def phrase(start: int) -> list[PlayedNote]:
    """Two bars for six players from a sample on; the last note is cut off."""
    onsets = [Fraction(start + 9600 + 17_011 * place, RATE) for place in range(10)]
    return [
        PlayedNote(onset, Fraction(place + 1, 3), 48 + 2 * place, 60 + 6 * place, PLAYERS[place % 6], place % 3 == 0)
        for place, onset in enumerate(onsets)
    ]


def after(first: int, blocks: Iterable[Samples]) -> Samples:
    """What comes from a sample on."""
    done, kept = 0, list[Samples]()
    for block in blocks:
        if done + block.shape[1] > first:
            kept.append(block[:, max(first - done, 0) :])
        done += block.shape[1]
    return np.concatenate(kept, axis=1)


@pytest.mark.slow
@pytest.mark.parametrize("block", [997, RATE // 2])
def test_the_second_hour_sounds_as_the_first_would(block: int) -> None:
    tones = Tones(THEATRE)
    first = after(0, perform(phrase(0), 6 * RATE, 3, THEATRE, tones=tones))
    second = after(LATER, perform(phrase(LATER), LATER + 6 * RATE, 3, THEATRE, block, tones))
    assert second.shape == (2, 6 * RATE) and np.array_equal(first, second)


@pytest.mark.slow
def test_a_soundfont_plays_the_second_hour_as_the_first(tmp_path: Path) -> None:
    pytest.importorskip("symusic")
    font, hour = write_soundfont(tmp_path / "sine.sf2"), 3600 * RATE
    notes = [
        [PlayedNote(note.onset + late, note.length_s, 60, 90, "piano") for note in phrase(0)] for late in (0, 3600)
    ]
    first = after(0, perform_soundfont(notes[0], 6 * RATE, font))
    second = after(hour, perform_soundfont(notes[1], hour + 6 * RATE, font, block=997))
    assert second.shape == (2, 6 * RATE) and np.array_equal(first, second)


@pytest.mark.slow
def test_an_hour_takes_no_more_memory_than_its_first_minutes() -> None:
    """After every ten minutes, when every tone has been made."""

    def endless() -> Iterator[PlayedNote]:
        for turn in range(360):
            yield PlayedNote(Fraction(10 * turn), Fraction(9), 60 + turn % 5, 80, "harmonium" if turn % 2 else "piano")

    minute = 60 * RATE
    tracemalloc.start()
    try:
        held = [
            tracemalloc.get_traced_memory()[0]
            for place, _ in enumerate(perform(endless(), 61 * minute, 1, block=minute // 20))
            if place % 200 == 199
        ]
    finally:
        tracemalloc.stop()
    assert len(held) == 6 and max(held) < min(held) + 2_000_000
