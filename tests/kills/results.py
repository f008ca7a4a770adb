"""What a run has left, judged from the outside: each timeline is read, and each sound that it names is looked at."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from talkies.core.credentials.settings import is_installed
from talkies.core.credentials.waves import has_credential
from talkies.core.errors import TalkiesError
from talkies.core.timeline import read_timeline
from talkies.core.turnover.from_timeline import takes_in


@dataclass(frozen=True)
class Result:
    """``sounds``: the hash of the samples of each sound that a result names, by its name and place."""

    sounds: dict[str, str]
    problems: tuple[str, ...] = ()


def result_at(out: Path) -> Result | None:
    """What is at ``out``; None where nothing is."""
    if not out.exists():
        return None
    return _stems(out) if out.suffix == ".stems" else _timeline(out)


def _timeline(out: Path) -> Result:
    try:
        takes = takes_in(read_timeline(out))
    except TalkiesError as error:
        return Result({}, (f"{out.name} cannot be read: {error}",))
    sounds, problems = {}, []
    for take in takes:
        try:
            count, digest = sound(take.path)
        except ValueError as error:
            problems.append(str(error))
            continue
        wanted = take.file_range.samples(take.sample_rate)[1]
        shown = take.record.samples(take.sample_rate)[1]
        problems += unsigned(take.path)
        if count < wanted or count < shown:
            problems.append(f"{take.path.name} has {count} samples of {wanted}, {shown} are shown")
        sounds[f"{take.stem} {take.segment_id} {take.record.start} {take.number}"] = digest
    return Result(sounds, tuple(problems))


def _stems(out: Path) -> Result:
    """The folder holds what its checksums list, each with that sum, and nothing else."""
    listed = out / "SHA256SUMS"
    if not listed.is_file():
        return Result({}, (f"{out.name} has no checksums",))
    sums = dict(line.split("  ", 1)[::-1] for line in listed.read_text(encoding="utf-8").splitlines())
    there = {path.name for path in out.iterdir()} - {"SHA256SUMS"}
    problems = [f"{out.name}: {name} is missing or too much" for name in there ^ set(sums)]
    sounds = {}
    for name in there & set(sums):
        if hashlib.sha256((out / name).read_bytes()).hexdigest() != sums[name]:
            problems.append(f"{out.name}: {name} is not what the checksums say")
        if name.endswith(".wav"):
            try:
                sounds[name] = sound(out / name)[1]
                problems += unsigned(out / name)
            except ValueError as error:
                problems.append(str(error))
    return Result(sounds, tuple(problems))


def unsigned(path: Path) -> list[str]:
    """What is wrong with a finished sound that says not who made it, where such a thing is said."""
    return [f"{path.name} is not signed"] if is_installed() and not has_credential(path) else []


def sound(path: Path) -> tuple[int, str]:
    """How many samples a WAV has and the hash of them. Raises ValueError for one that is not there, or not whole."""
    if not path.is_file():
        raise ValueError(f"{path.name} is not there")
    facts = path.stat()
    return _sound(path, facts.st_ino, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=4096)
def _sound(path: Path, *facts: int) -> tuple[int, str]:
    """``facts``: by which a file is known that was looked at before."""
    data = path.read_bytes()
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE" or struct.unpack("<I", data[4:8])[0] + 8 != len(data):
        raise ValueError(f"{path.name} is not a whole WAV")
    place, frame = 12, 0
    while place + 8 <= len(data):
        name, size = data[place : place + 4], struct.unpack("<I", data[place + 4 : place + 8])[0]
        body = data[place + 8 : place + 8 + size]
        if name == b"fmt ":
            frame = struct.unpack("<H", body[12:14])[0]
        if name == b"data":
            if len(body) != size or not frame or not size:
                raise ValueError(f"{path.name} is cut off")
            return size // frame, hashlib.sha256(body).hexdigest()
        place += 8 + size + size % 2
    raise ValueError(f"{path.name} holds no sound")


_TAKE = re.compile(r"(DX|FX|MX|MIX)_.*_t\d+\.wav")


def leftovers(ours: Iterable[str]) -> list[str]:
    """Names of ours that a finished run must not leave."""
    return [name for name in ours if ".part" in name or name.endswith((".old", ".made.json")) or "/replaced/" in name]


def broken_takes(place: Path, ours: Iterable[str]) -> list[str]:
    """Takes of ours that are not whole, wherever they lie outside of a run's own folder."""
    problems = []
    for name in ours:
        if _TAKE.fullmatch(Path(name).name) and ".takes.part" not in name and "/making/" not in name:
            try:
                sound(place / name)
            except ValueError as error:
                problems.append(f"{name}: {error}")
    return problems
