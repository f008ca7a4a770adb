"""SoundFonts: found where they lie, rendered exactly; a font of one sine, written here, is all that is needed."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from music import RATE, off_pitch_cents

from talkies.core.errors import InputError
from talkies.core.instruments import INSTRUMENTS, PlayedNote
from talkies.core.instruments.soundfont import DRUM_KEYS, find_soundfont, perform_soundfont, program_of


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def generator(number: int, amount: int) -> bytes:
    return struct.pack("<HH", number, amount)


def write_soundfont(path: Path) -> Path:
    """SoundFont 2.01: one looped sine of 480 Hz (100 samples), key 60 as recorded, in program 0."""
    wave = (20_000 * np.sin(2 * np.pi * np.arange(4800) / 100)).astype("<i2").tobytes() + bytes(92)
    sample = struct.pack("<20sIIIIIBbHH", b"sine", 0, 4800, 1000, 3000, RATE, 60, 0, 0, 1)
    last = struct.pack("<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0)
    bag, modulator = struct.Struct("<HH"), bytes(10)
    lists = [
        (
            b"phdr",
            struct.pack("<20sHHHIII", b"sine", 0, 0, 0, 0, 0, 0) + struct.pack("<20sHHHIII", b"EOP", 0, 0, 1, 0, 0, 0),
        ),
        (b"pbag", bag.pack(0, 0) + bag.pack(1, 0)),
        (b"pmod", modulator),
        (b"pgen", generator(41, 0) + generator(0, 0)),
        (b"inst", struct.pack("<20sH", b"sine", 0) + struct.pack("<20sH", b"EOI", 1)),
        (b"ibag", bag.pack(0, 0) + bag.pack(2, 0)),
        (b"imod", modulator),
        (b"igen", generator(54, 1) + generator(53, 0) + generator(0, 0)),
        (b"shdr", sample + last),
    ]
    info = chunk(b"ifil", struct.pack("<HH", 2, 1)) + chunk(b"isng", b"EMU8000\0") + chunk(b"INAM", b"sine\0\0")
    parts = [b"INFO" + info, b"sdta" + chunk(b"smpl", wave), b"pdta" + b"".join(chunk(*each) for each in lists)]
    path.write_bytes(chunk(b"RIFF", b"sfbk" + b"".join(chunk(b"LIST", part) for part in parts)))
    return path


def test_the_named_font_goes_first_and_folders_are_looked_through(tmp_path: Path) -> None:
    folder = tmp_path / "sf2"
    folder.mkdir()
    (folder / "readme.txt").write_text("none")
    assert find_soundfont(folders=[tmp_path / "gone", folder]) is None
    for name in ("b.sf2", "a.SF3"):
        (folder / name).write_bytes(b"")
    assert find_soundfont(folders=[tmp_path / "gone", folder]) == folder / "a.SF3"
    assert find_soundfont(folder / "b.sf2", [folder]) == folder / "b.sf2"
    for wrong in (folder / "c.sf2", folder / "readme.txt", folder):
        with pytest.raises(InputError):
            find_soundfont(wrong)


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
