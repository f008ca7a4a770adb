"""Mutations that know what a file is made of: JSON, XML, the boxes of MP4, the blocks of a compound file (AAF), the
header of safetensors. They break what a file says and leave how it says it intact, so that readers get far into it.
"""

from __future__ import annotations

import contextlib
import json
import random
import struct
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 10**30, 0.1, -0.0, 1e308, float("nan"), float("inf")),
    *("", "0", "-1", "1/0", "NaN", "é\u202e", "a" * 5000, "\u0000", "../..", "/dev/zero", [], {}, [[]], [None]),
)
INTEGERS = (0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"udta", b"mvex", b"moof", b"traf")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR = 512


def mutate_structure(data: bytes, rng: random.Random) -> bytes | None:
    """The file with one thing changed, by what it begins with; None where that tells nothing."""
    beginning = data[:200].lstrip()
    mutation: Callable[[bytes, random.Random], bytes] | None = None
    if beginning[:1] in (b"{", b"["):
        mutation = change_json
    elif beginning[:1] == b"<":
        mutation = change_xml
    elif data[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        mutation = change_box
    elif data[:8] == _COMPOUND:
        mutation = change_compound
    elif data[8:9] == b"{":
        mutation = change_tensors
    elif b"\0" in data[:4096]:
        mutation = change_integer
    if mutation is None:
        return None
    broken = (ValueError, LookupError, struct.error, RecursionError, ElementTree.ParseError)
    with contextlib.suppress(*broken):  # by an earlier mutation
        return mutation(data, rng)
    return None


def change_json(data: bytes, rng: random.Random) -> bytes:
    """A value, a key or a place in a list is changed, dropped, doubled or taken from elsewhere in the document."""
    lines = data.split(b"\n")
    if len(lines) > 1 and lines[1].lstrip()[:1] == b"{" and lines[0].rstrip()[-1:] == b"}":  # a document on each line
        index = rng.randrange(len(lines))
        lines[index] = change_json(lines[index], rng) if lines[index].strip() else lines[index]
        return b"\n".join(lines)
    document = json.loads(data)
    places = list(_places(document))
    if not places:
        return data
    holder, key = rng.choice(places)
    kind = rng.randrange(6)
    if kind == 0:
        del holder[key]
    elif kind == 1:
        other, there = rng.choice(places)
        holder[key] = json.loads(json.dumps(other[there])) if there in _keys(other) else None
    elif kind == 2 and isinstance(holder, list):
        holder[key:key] = [json.loads(json.dumps(holder[key]))] * rng.choice((1, 2, 40))
    elif kind == 3 and isinstance(holder, dict):
        holder[rng.choice((f"{key}2", "", "OTIO_SCHEMA", "x" * 300))] = holder.pop(key)
    elif kind == 4 and isinstance(holder[key], int | float):
        holder[key] = rng.choice((-holder[key], holder[key] * 1000, holder[key] + 0.5, holder[key] - 1, 1e-3))
    else:
        holder[key] = rng.choice(VALUES)
    return json.dumps(document, indent=1).encode("utf-8", "surrogatepass")


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    stack = [document]
    while stack:
        node = stack.pop()
        for key in _keys(node):
            yield node, key
            stack.append(node[key])


def _keys(node: Any) -> list[Any]:
    return list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []


def change_xml(data: bytes, rng: random.Random) -> bytes:
    """An element is dropped, doubled, renamed or moved into another, or one of its values is changed."""
    root = ElementTree.fromstring(data)
    parents = [element for element in root.iter() if len(element)]
    if not parents:
        return data
    parent = rng.choice(parents)
    child = rng.choice(list(parent))
    kind = rng.randrange(7)
    if kind == 0:
        parent.remove(child)
    elif kind == 1:
        parent.extend([child] * rng.choice((1, 2, 60)))
    elif kind == 2:
        child.tag = rng.choice([element.tag for element in root.iter()])
    elif kind == 3:
        rng.choice(list(child.iter())).append(ElementTree.fromstring(ElementTree.tostring(rng.choice(parents))))
    elif kind == 4 and child.attrib:
        name = rng.choice(list(child.attrib))
        others = [each.attrib[name] for each in root.iter() if name in each.attrib]
        child.attrib[name] = rng.choice((*others, *_texts()))
    elif kind == 5 and child.attrib:
        child.attrib.pop(rng.choice(list(child.attrib)))
    else:
        leaves = [element for element in root.iter() if not len(element)] or [child]
        rng.choice(leaves).text = rng.choice((*(str(leaf.text) for leaf in leaves[:50]), *_texts()))
    return bytes(ElementTree.tostring(root))


def _texts() -> list[str]:
    return [str(value).replace("\0", "?") for value in VALUES if not isinstance(value, list | dict)]


def change_box(data: bytes, rng: random.Random) -> bytes:
    """A box of MP4 is dropped, doubled, renamed, said to be longer, or a number in it is changed."""
    boxes = list(_boxes(data, 0, len(data)))
    if not boxes:
        return data
    start, end = rng.choice([box for box in boxes if box[1] - box[0] < 100_000] or boxes)
    kind = rng.randrange(6)
    if kind == 0:
        return data[:start] + data[end:]
    if kind == 1:
        return data[:end] + data[start:end] * rng.choice((1, 30)) + data[end:]
    if kind == 2:
        return data[: start + 4] + data[rng.choice(boxes)[0] + 4 :][:4] + data[start + 8 :]
    if kind == 3:
        return data[:start] + struct.pack(">I", rng.choice(INTEGERS)) + data[start + 4 :]
    place = rng.randrange(start + 8, max(end - 3, start + 9))
    return data[:place] + struct.pack(">I", rng.choice(INTEGERS)) + data[place + 4 :]


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start + 8 <= end:
        size = struct.unpack_from(">I", data, start)[0]
        if size < 8 or start + size > end:
            return
        yield start, start + size
        if data[start + 4 : start + 8] in _CONTAINERS:
            yield from _boxes(data, start + 8, start + size)
        start += size


def change_compound(data: bytes, rng: random.Random) -> bytes:
    """A number of a compound file's head, of a sector (its tables of sectors, its directory), or a sector moved."""
    kind = rng.randrange(4)
    if kind == 0:  # the head: sizes of sectors, first sectors of its tables
        place = rng.choice((24, 26, 28, 30, 32, *range(40, 76, 4), *range(76, _SECTOR - 4, 4)))
        return data[:place] + struct.pack("<I", rng.choice(INTEGERS)) + data[place + 4 :]
    sectors = len(data) // _SECTOR
    one, other = (rng.randrange(sectors) * _SECTOR for _ in range(2))
    if kind == 1:
        return data[:one] + data[other : other + _SECTOR] + data[one + _SECTOR :]
    place = one + 4 * rng.randrange(_SECTOR // 4)
    value = rng.choice((*INTEGERS, rng.randrange(sectors)))
    return data[:place] + struct.pack("<I", value) + data[place + 4 :]


def change_tensors(data: bytes, rng: random.Random) -> bytes:
    """The header of safetensors with another value, its length as it should be."""
    length = struct.unpack("<Q", data[:8])[0]
    header = change_json(data[8 : 8 + length], rng)
    return struct.pack("<Q", len(header)) + header + data[8 + length :]


def change_integer(data: bytes, rng: random.Random) -> bytes:
    """A number somewhere in the first part of a file, where heads are, in either order of bytes."""
    size, order = rng.choice((1, 2, 4, 4, 8)), rng.choice("<>")
    place = rng.randrange(max(min(len(data), rng.choice((64, 1024, 1 << 16))) - size, 1))
    code = {1: "B", 2: "H", 4: "I", 8: "Q"}[size]
    value = rng.choice(INTEGERS) & ((1 << 8 * size) - 1)
    return data[:place] + struct.pack(order + code, value) + data[place + size :]
