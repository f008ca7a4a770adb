"""Records of a batch: what is known of each reel and of each of its jobs. A job is one take of one stem."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

State = Literal["waiting", "begun", "done", "failed"]


@dataclass(frozen=True)
class FileMark:
    """A file that was written: its size and time, by which it is known at once, and the hash of its content. Of a
    folder: ``inside`` has the marks of all files below it, and the hash is of their names and hashes."""

    size: int
    mtime_ns: int
    digest: str
    inside: Mapping[str, FileMark] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One take of one stem of a segment. ``key``: of all that it is made of (core/generation/job_list.py); ``seconds``
    of sound; ``file``, where it is made, and ``still`` from the batch's folder, "" where there is none; ``problem``:
    why there is none, and the cure."""

    segment: str
    clip: str
    stem: str
    take: int
    name: str
    key: str = ""
    seconds: float = 0.0
    still: str = ""
    state: State = "waiting"
    file: str = ""
    mark: FileMark | None = None
    problem: str = ""


@dataclass(frozen=True)
class Begun:
    """A reel that a worker was asked to make: its ``key``, and what lay at its output ``before``."""

    key: str
    before: FileMark | None = None


@dataclass(frozen=True)
class ReelRecord:
    """One reel. ``reel``: its name in the tree; ``source``: where it lies; ``output``: the timeline, from the batch's
    folder; ``asked``: of the request and the versions; ``key``: of all its jobs; ``inputs``: size and time of each file
    that decides them; ``at``: when it was written, seconds since 1970; ``notes``: what the user was told. ``foreign``:
    folders of interrupted takes beside its output that no batch has left, None as long as nobody has looked.
    ``written``: every output that a batch has had written for it, from the batch's folder, with its mark; None while a
    worker may have changed it. ``begun``: what a worker was asked for, as long as
    it is not known what came of it."""

    reel: str
    source: str
    output: str
    state: State
    asked: str = ""
    key: str = ""
    inputs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    mark: FileMark | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()
    at: float = 0.0
    foreign: tuple[str, ...] | None = None
    written: Mapping[str, FileMark | None] = field(default_factory=dict)
    begun: Begun | None = None

    @property
    def is_safe(self) -> bool:
        """Whether all files that it names lie in the batch's folder: a ledger may come from anybody."""
        named = (self.reel, self.output, *self.written, *(name for job in self.jobs for name in (job.file, job.still)))
        return all(is_inside(name) for name in named if name)

    def files(self) -> Iterator[tuple[str, FileMark | None]]:
        """Every file that was made, from the batch's folder."""
        yield self.output, self.mark
        for job in self.jobs:
            if job.file:
                yield job.file, job.mark


def is_inside(name: str) -> bool:
    """Whether a name leads nowhere but into the folder that it is taken from."""
    path = PurePosixPath(name)
    parted_otherwise = os.sep != "/" and any(mark in name for mark in (os.sep, ":"))
    return not (path.is_absolute() or ".." in path.parts or "\0" in name or parted_otherwise)
