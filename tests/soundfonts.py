"""A SoundFont for tests, written byte by byte: a looped sine in the program of the piano, and nothing else."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

RATE = 48_000


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
