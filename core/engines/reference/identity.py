"""Identity of what shapes a take of ``vssflow`` beside the checkpoint: a sha256 for each file, folder and extractor.

Of a folder count the files that transformers and diffusers read (.json, .safetensors). Of an extractor counts its list
of arguments, and of each that is the whole path of a file, also after ``=``, the content; what a program opens by
itself is not seen.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from talkies.core.engines.reference.programs import PROGRAMS_NAME, Program
from talkies.core.engines.reference.shapes import FILE_NAMES, Condition
from talkies.core.errors import WeightsError
from talkies.core.files.hashing import checked_hash, hash_of_lines

_READ = (".json", ".safetensors")


def identity(
    folder: Path, files: tuple[str, ...], folders: tuple[str, ...], programs: Mapping[Condition, Program]
) -> dict[str, str]:
    """By name, of those that are there. Raises WeightsError for what cannot be read."""
    alone = {name: checked_hash(folder / name, WeightsError) for name in files if (folder / name).is_file()}
    whole = {f"{name}/": _of_folder(folder / name) for name in folders if (folder / name).is_dir()}
    run = {
        f"{PROGRAMS_NAME}: {FILE_NAMES[condition]}": hash_of_lines(_of_program(program))
        for condition, program in programs.items()
    }
    return alone | whole | run


def _of_folder(folder: Path) -> str:
    read = sorted(path for path in folder.rglob("*") if path.suffix in _READ and path.is_file())
    return hash_of_lines(f"{path.relative_to(folder).as_posix()} {checked_hash(path, WeightsError)}" for path in read)


def _of_program(program: Program) -> Iterator[str]:
    first, *words = program.argv
    for word in (shutil.which(first) or first, *words):
        path = Path(word.partition("=")[2] or word)
        yield f"file {checked_hash(path, WeightsError)}" if _is_file(path) else f"word {word}"


def _is_file(path: Path) -> bool:
    try:
        return path.is_absolute() and path.is_file()  # others are names from where the program runs
    except (OSError, ValueError):  # words that no file can be called by
        return False
