"""SoundFonts: found where they lie, rendered exactly; a font of one sine, written here, is all that is needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from music import RATE, off_pitch_cents
from soundfonts import write_soundfont

from talkies.core.errors import InputError
from talkies.core.instruments import INSTRUMENTS, PlayedNote
from talkies.core.instruments.soundfont import DRUM_KEYS, find_soundfont, perform_soundfont, program_of


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


def test_a_broken_font_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("symusic")
    path = tmp_path / "broken.sf2"
    path.write_bytes(b"RIFF\0\0\0\0sfbk")
    with pytest.raises(InputError):
        list(perform_soundfont([PlayedNote(0, 1, 60, 90, "piano")], RATE, path))
