"""Mutations: a valid file, or two, and a seed → a file that may be anything.

Some know nothing but bytes, some where numbers, names and brackets are. Half of the files are changed by those of
structures.py, which know JSON, XML, MP4, compound files and safetensors.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from fuzz.structures import mutate_structure

Mutation = Callable[[bytes, bytes, random.Random], bytes]
"""The file, another one of its kind to take pieces from, and chance."""

LONGEST = 1 << 21
"""Bytes that a mutated file has at most."""

NUMBERS = (
    *(b"0", b"-1", b"1", b"-0.0", b"1e400", b"-1e400", b"1e-400", b"NaN", b"Infinity", b"0x10", b"1,5", b"1/0", b"0/0"),
    *(b"2147483648", b"9223372036854775808", b"18446744073709551616", b"1e30000000", b"1/99999999999999999999"),
    *(b"0.0001", b"240000000", b"-9999999999/1001", b"9" * 400, b"1" + b"0" * 5000, "٣".encode(), b""),
)
TEXTS = (
    *(b"", b" ", b"\x00", b"\x1b[2J\x1b]0;x\x07", b"\r\n\r\n", b"%s%n", b"{0}", b"<", b"]]>", b"&amp;", b"&#0;", b"\\"),
    *(b"../../../../etc/passwd", b"/dev/zero", b"http:/127.0.0.1:9/x.mp4", b"file:///", b"%00", b"concat:a|b", b"-"),
    *(
        b"a" * 70_000,
        "é\u202e\u2028\ud7ff".encode(),
        b"\xed\xa0\x80",
        b"\xff\xfe",
        b"([a-z]+)+$",
        b"<" * 5000,
        b"{" * 900,
    ),
)
_NUMBER = re.compile(rb"-?\d+(?:[.,:;/]\d+)*")
_WORD = re.compile(rb'"[^"\n]{1,200}"|>[^<>\n]{1,200}<|[A-Za-z_][\w:.-]{2,}')
_ELEMENT = re.compile(rb"<(\w[\w:-]*)\b[^<>]*>[^<>]*</\1>|<\w[^<>]*/>")


def mutate(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """One to four mutations, one after the other; half of the files are changed in what they are made of only."""
    structured = rng.random() < 0.5
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        changed = mutate_structure(data, rng) if structured else None
        data = (rng.choice(MUTATIONS)(data, other, rng) if changed is None else changed)[:LONGEST]
    return data


def flip(data: bytes, _: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _bit in range(rng.choice((1, 2, 8, 64)) if data else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut_out(data: bytes, _: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def cut_short(data: bytes, _: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def repeat(data: bytes, _: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:end] + data[start:end] * rng.choice((1, 2, 50)) + data[end:]


def take_from_other(data: bytes, other: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    first, last = _span(other, rng)
    return data[:start] + other[first:last] + data[end:]


def insert_noise(data: bytes, _: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.randbytes(rng.choice((1, 4, 200))) + data[place:]


def change_number(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """One number, or all that read the same, becomes one that nobody expects."""
    return _replace(data, _NUMBER, rng.choice(NUMBERS), rng)


def shift_number(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """A number becomes one near it: an order, an overlap, a length is broken, and the syntax is not."""
    found = [match for match in _NUMBER.finditer(data) if match[0].isdigit() and len(match[0]) < 19]
    if not found:
        return data
    match = rng.choice(found)
    value = int(match[0]) + rng.choice((-1, 1, -1000, 1000, int(match[0])))
    return data[: match.start()] + str(value).encode() + data[match.end() :]


def change_text(data: bytes, _: bytes, rng: random.Random) -> bytes:
    match = _any(data, _WORD, rng)
    if match is None:
        return data
    quoted = match[0][:1] in b'">'
    first, last = (match[0][:1], match[0][-1:]) if quoted else (b"", b"")
    return data[: match.start()] + first + rng.choice(TEXTS) + last + data[match.end() :]


def swap_words(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Two keys, names or values change places."""
    found = list(_WORD.finditer(data))
    if len(found) < 2:
        return data
    one, two = sorted(rng.sample(found, 2), key=lambda match: match.start())
    return data[: one.start()] + two[0] + data[one.end() : two.start()] + one[0] + data[two.end() :]


def repeat_line(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """A line once more, elsewhere: a key that is there twice, an element out of its place."""
    lines = data.split(b"\n")
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
    return b"\n".join(lines)


def drop_line(data: bytes, _: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    del lines[rng.randrange(len(lines))]
    return b"\n".join(lines)


def nest(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """An element or a bracket within itself, again and again."""
    depth = rng.choice((2, 30, 600))
    match = _any(data, _ELEMENT, rng)
    if match is None or match[1] is None:
        place = max(data.find(b"["), 0)
        return data[:place] + b"[" * depth + data[place:]
    opening = match[0][: match[0].index(b">") + 1]
    return data[: match.start()] + opening * depth + match[0] + b"</" + match[1] + b">" * depth + data[match.end() :]


def move_element(data: bytes, _: bytes, rng: random.Random) -> bytes:
    match, other = _any(data, _ELEMENT, rng), _any(data, _ELEMENT, rng)
    if match is None or other is None:
        return data
    return data[: other.start()] + match[0] + data[other.start() :]


MUTATIONS: Sequence[Mutation] = (
    *(flip, cut_out, cut_short, repeat, take_from_other, insert_noise),
    *(change_number, change_number, shift_number, shift_number, change_text, change_text, swap_words),
    *(repeat_line, drop_line, nest, move_element),
)


def _span(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice((1, 8, 100, 2000)))


def _any(data: bytes, pattern: re.Pattern[bytes], rng: random.Random) -> re.Match[bytes] | None:
    """One of the matches; of large files one of the first ones after a random place."""
    start = rng.randrange(max(len(data) - 20_000, 0) + 1)
    found = [match for _, match in zip(range(500), pattern.finditer(data, start), strict=False)]
    return rng.choice(found) if found else None


def _replace(data: bytes, pattern: re.Pattern[bytes], new: bytes, rng: random.Random) -> bytes:
    match = _any(data, pattern, rng)
    if match is None:
        return data
    if rng.random() < 0.2:
        return data.replace(match[0], new)
    return data[: match.start()] + new + data[match.end() :]
