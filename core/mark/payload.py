"""What the twelve bits of a mark say: which talkies, and what kind of engine."""

from __future__ import annotations

import re
from dataclasses import dataclass

MARK = "mark"
"""The key of a take's metadata under which the number of its mark stands; without it there is none."""

KINDS = ("mini", "hibari", "vssflow", "guest")
"""Classes of engines, in the order of their numbers; numbers are never given anew."""


@dataclass(frozen=True)
class Payload:
    """``version``: of talkies, major and minor; ``kind``: of engine, "" for a number of a later version."""

    version: tuple[int, int]
    kind: str

    @classmethod
    def of(cls, version: str, engine: str) -> Payload:
        """``version`` as a package has it ("0.1.0", "1.0rc2"); an engine that is none of ours is a guest."""
        major, minor, *_ = (int(part) for part in re.findall(r"\d+", f"{version}.0"))
        return cls((major, minor), engine if engine in KINDS else KINDS[-1])

    @classmethod
    def read(cls, number: int) -> Payload:
        kind = number & 15
        return cls((number >> 9, number >> 4 & 31), KINDS[kind] if kind < len(KINDS) else "")

    @property
    def number(self) -> int:
        """Three bits of the major version, five of the minor one, four of the kind; the last stands for all later."""
        major, minor = min(self.version[0], 7), min(self.version[1], 31)
        return major << 9 | minor << 4 | KINDS.index(self.kind)
