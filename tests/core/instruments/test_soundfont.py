"""SoundFonts: found where they lie, rendered exactly; a font of one sine, written here, is all that is needed."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from music import RATE, off_pitch_cents
from soundfonts import write_soundfont

from talkies.core.errors import InputError
from talkies.core.generation.scores import played
from talkies.core.instruments import INSTRUMENTS, PlayedNote
from talkies.core.instruments.soundfont import DRUM_KEYS, find_soundfont, perform_soundfont, program_of
from talkies.core.score import Hit, compose, read_asked


def test_a_font_is_named_or_the_systems_or_none(tmp_path: Path) -> None:
    folder, gone = tmp_path / "sf2", tmp_path / "gone"
    folder.mkdir()
    (folder / "readme.txt").write_text("none")
    with pytest.raises(InputError, match="install one"):
        find_soundfont("system", [gone, folder])
    for name in ("b.sf2", "a.SF3"):
        (folder / name).write_bytes(b"")
    assert find_soundfont("system", [gone, folder]) == folder / "a.SF3"
    assert find_soundfont(str(folder / "b.sf2"), [folder]) == folder / "b.sf2"
    assert find_soundfont("own", [folder]) is None and find_soundfont("", [folder]) is None
    for wrong in (folder / "c.sf2", folder / "readme.txt", folder, "~nobody-of-this-name/a.sf2", "a" * 300 + ".sf2"):
        with pytest.raises(InputError):
            find_soundfont(str(wrong))


def test_every_instrument_has_a_program_or_a_drum() -> None:
    for name in INSTRUMENTS:
        assert name in DRUM_KEYS or 0 <= program_of(name) < 128


def test_notes_sound_when_and_as_they_are_asked_for(tmp_path: Path) -> None:
    pytest.importorskip("symusic")
    font = write_soundfont(tmp_path / "sine.sf2")
    notes = [PlayedNote(onset, 0.5, 60, 100, "piano") for onset in (0.25, 29.9, 61.0)]
    blocks = list(perform_soundfont(iter(notes), 63 * RATE, font))
    sound = np.concatenate(blocks, axis=1)
    assert sound.shape == (2, 63 * RATE) and sound.dtype == np.float32
    for note in notes:
        begin = round(float(note.onset) * RATE)
        loud = np.abs(sound[:, begin - 4800 : begin + 12_000]).max(axis=0)
        assert np.flatnonzero(loud > 0.1 * loud.max())[0] == pytest.approx(4800, abs=144)
        assert abs(off_pitch_cents(sound[0, begin + 2400 : begin + 21_600], 480)) < 5
    assert np.abs(sound[:, 5 * RATE : 29 * RATE]).max() < 1e-4
    again = np.concatenate(list(perform_soundfont(iter(notes), 63 * RATE, font, block=5000)), axis=1)
    assert np.array_equal(sound, again)


def test_a_note_begins_on_its_sample_wherever_it_lies(tmp_path: Path) -> None:
    """Strokes at odd samples of two minutes, beside the seams of what is rendered at once too. Each has the samples of
    the first: the phase of the recording, as loud."""
    pytest.importorskip("symusic")
    draw = random.Random(2)
    samples = [0, 30 * RATE - 12_001, 30 * RATE, 60 * RATE + 1, 90 * RATE - 4801, 119 * RATE]
    samples += [beat * RATE // 2 + draw.randrange(RATE // 4) for beat in range(2, 236) if beat % 60 not in (58, 59, 0)]
    notes = [PlayedNote(Fraction(at, RATE), Fraction(1, 10), 60, 100, "piano") for at in sorted(samples)]
    font = write_soundfont(tmp_path / "sine.sf2")
    sound = np.concatenate(list(perform_soundfont(notes, 121 * RATE, font)), axis=1)
    strokes = np.stack([sound[:, at : at + 4500] for at in sorted(samples)])
    assert np.array_equal(strokes, np.broadcast_to(strokes[0], strokes.shape))
    assert np.flatnonzero(strokes[0, 0])[0] < 0.0012 * RATE, "a SoundFont's shortest delay is a millisecond"


def test_hits_of_a_score_are_on_their_samples(tmp_path: Path) -> None:
    """Cuts of film at 23.976 frames a second; where one is met, the sample before it has nothing of its chord."""
    pytest.importorskip("symusic")
    rate = Fraction(24_000, 1001)
    cuts = [Hit(Fraction(frame) / rate, 0.8) for frame in (83, 190, 311, 402, 555, 701)]
    hits = [Hit(Fraction(0), 1.0, "first"), *cuts, Hit(Fraction(805) / rate, 1.0, "last")]
    score = compose(hits, Fraction(840) / rate, read_asked("comic, solo piano"), 1)
    assert len(score.hits) > 5
    font, length = write_soundfont(tmp_path / "sine.sf2"), round(35.1 * RATE)
    notes = played(score)
    whole = np.concatenate(list(perform_soundfont(notes, length, font)), axis=1)
    for hit in score.hits:
        before = [note for note in notes if note.onset != hit.time]
        without = np.concatenate(list(perform_soundfont(before, length, font)), axis=1)
        begins = np.flatnonzero(np.abs(whole - without).max(axis=0) > 1e-4)[0]
        assert 0 <= begins - hit.time * RATE - Fraction(1, 2) < 0.0015 * RATE


def test_a_broken_font_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("symusic")
    path = tmp_path / "broken.sf2"
    path.write_bytes(b"RIFF\0\0\0\0sfbk")
    with pytest.raises(InputError):
        list(perform_soundfont([PlayedNote(0, 1, 60, 90, "piano")], RATE, path))
