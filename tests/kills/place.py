"""The place of a case: a film, its timeline, and what a user has lying beside it under names much like ours."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

from films import write_movie, write_reel

CUES = [(2, 10, "ANNA: Hello there."), (12, 20, "[door slams]"), (30, 40, "BORIS: Good morning.")]


def prepared(folder: Path) -> Path:
    """A two-shot timeline over one small film, to be copied."""
    folder.mkdir(parents=True)
    write_movie(folder / "film.mp4", 3)
    write_reel(folder / "reel.otio", ["film.mp4", "film.mp4"], cues=CUES, start=25)
    return folder


def lay(source: Path, place: Path, out: str) -> Users:
    """A new place for an output of that name."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(source, place)
    return Users(place, Path(out).stem, out)


class Users:
    """What is the user's. Most of it bears names that talkies' own files nearly have, in folders of talkies' names."""

    def __init__(self, place: Path, stem: str, out: str) -> None:
        self.place = place
        outside = place / "precious"
        files = (
            "precious/thesis.docx",
            "precious/FX_V1-001_shot-1_t01.wav",
            "notes.txt",
            f"{out}.part",  # as a browser names what it has not got whole yet
            f"{out}.old.part",
            f".{out}.part",
            f"{out}.bak",
            f"{stem}.takes.txt",
            f"{stem}2.takes/FX_V1-001_shot-1_t01.wav",
            f"{stem}.takes/song.wav",
            f"{stem}.takes/FX_song.wav",
            f"{stem}.takes/FX_V1-001_shot-1_t01.wav.bak",
            f"{stem}.takes/.lock",
            f"{stem}.takes.part/notes.txt",
            f"{stem}.takes.part/FX_song.wav",
            f"{stem}.takes.part/FX_song.json.part",
            f"{stem}.takes.part/replaced/holiday.wav",
            f"{stem}.takes.interrupted/FX_V1-001_shot-1_t01.wav",
            "reel.talkies/diary.txt",
            "reel.talkies/takes/song.wav",
            "reel.talkies/takes/FX_notes.json",
            "reel.talkies/takes/making/FX_song.wav",
        )
        for number, name in enumerate(files):
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"the user's own, {number}\n".encode() * 20)
        for link in (f"{stem}.takes/FX_link.wav", f"{stem}.takes.part/link.wav", "reel.talkies/takes/making/link.json"):
            (place / link).symlink_to(outside / "thesis.docx")
        self._before = contents(place)

    def harmed(self) -> list[str]:
        """What is gone or changed, one sentence each."""
        now = contents(self.place)
        return [
            f"the user's {name} {'was changed' if name in now else 'is gone'}"
            for name, was in self._before.items()
            if now.get(name) != was
        ]

    def ours(self) -> dict[str, str]:
        """All other files, by name."""
        return {name: what for name, what in contents(self.place).items() if name not in self._before}


def contents(place: Path) -> dict[str, str]:
    """Every file below a folder that stays, with the hash of its content, every link with where it leads."""
    found = {}
    for folder, folders, files in os.walk(place):
        for name in (*files, *(each for each in folders if (Path(folder) / each).is_symlink())):
            path = Path(folder) / name
            key = path.relative_to(place).as_posix()
            with suppress(FileNotFoundError):  # a worker that outlives its panel for a moment has given it its name
                is_link = path.is_symlink()
                found[key] = f"→ {path.readlink()}" if is_link else hashlib.sha256(path.read_bytes()).hexdigest()
    return found
