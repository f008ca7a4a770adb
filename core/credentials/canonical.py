"""Bits of a credential that no signature covers: names and lengths of its boxes, and the zeros that fill it up.

Libraries read over a change there. What talkies writes has one form, so that in a file of ours such a change is found
too (ISO 19566-5 boxes; a COSE signature with its padding).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

_BOX = 8  # bytes: length and kind
_KIND_BYTES = 16
_TOGGLES = {b"": 0x03, b"c2sh": 0x13}  # requestable and labelled, and of an assertion salted
_PARTS = {"c2pa.assertions": b"c2as", "c2pa.claim.v2": b"c2cl", "c2pa.signature": b"c2cs"}
_UUID_TAIL = bytes.fromhex("00110010800000aa00389b71")
_PADDING = re.compile(rb"cpad(?:\x58(.)|\x59(..)|\x5a(....))", re.DOTALL)
_SIGNATURE_BYTES = 600  # at most, with what stands before it, after the padding


class _OtherError(ValueError):
    """Not as talkies writes it."""


def is_canonical(store: bytes) -> bool:
    """Whether the content of a chunk has the form that talkies gives it; nothing is said of what it states."""
    try:
        (kind, content), *more = _boxes(store)
        if kind != b"jumb" or more:
            return False
        label, manifests = _labelled(content, b"c2pa")
        if label != "c2pa" or len(manifests) != 1:
            return False
        label, parts = _labelled(manifests[0], b"c2ma")
        inside = [_labelled(part, kind) for part, kind in zip(parts, _PARTS.values(), strict=True)]
        whole = label.startswith("urn:c2pa:") and [name for name, _ in inside] == [*_PARTS]
        return whole and all(_are_named(part) for part in inside[0][1]) and _is_padded(inside[-1][1][0])
    except (_OtherError, ValueError, IndexError, struct.error):
        return False


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each box, which together are all of it."""
    place = 0
    while place < len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        if length < _BOX or place + length > len(content):
            raise _OtherError
        yield kind, content[place + _BOX : place + length]
        place += length


def _labelled(superbox: bytes, kind: bytes) -> tuple[str, list[bytes]]:
    """The label of a superbox of this kind and the contents of the boxes in it."""
    (description, about), *inside = _boxes(superbox)
    end = about.find(b"\0", _KIND_BYTES + 1)
    salt = about[end + 1 :][4:8]
    if description != b"jumd" or end < 0 or about[:_KIND_BYTES] != kind + _UUID_TAIL:
        raise _OtherError
    if about[_KIND_BYTES] != _TOGGLES.get(salt):
        raise _OtherError
    return about[_KIND_BYTES + 1 : end].decode("ascii"), [content for _, content in inside]


def _are_named(superbox: bytes) -> bool:
    kind = superbox[_BOX : _BOX + 4]
    label, inside = _labelled(superbox, kind)
    return kind in (b"cbor", b"json") and len(inside) == 1 and label.startswith(("c2pa.", "talkies."))


def _is_padded(signature: bytes) -> bool:
    """Whether what fills a COSE signature up is zeros."""
    found = _PADDING.search(signature)
    if found is None:
        return False
    length = int.from_bytes(next(filter(None, found.groups())))
    padding, rest = signature[found.end() : found.end() + length], signature[found.end() + length :]
    return not any(padding) and len(padding) == length and len(rest) <= _SIGNATURE_BYTES
