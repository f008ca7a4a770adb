"""Turnover folder: appears whole, replaces only its own kind, and carries checksums of its files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from talkies.core.errors import OutputError
from talkies.core.files.atomic import output_errors, part_folder
from talkies.core.files.hashing import file_hash

CHECKSUMS = "SHA256SUMS"
README = "README.txt"
MADE_BY = "made by talkies"
_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")  # what file managers leave everywhere


def check_folder(out: Path) -> None:
    """Raises OutputError unless nothing is at ``out``, an empty folder, or one that talkies filled and nobody else."""
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError(out, "is a file, and the result is a folder", "choose another name")
    with output_errors(out):
        foreign = sorted(_foreign(out))
    if foreign:
        others = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        problem = f"holds files that talkies did not write ({foreign[0]}{others})"
        raise OutputError(out, problem, "choose another name, or move it out of the way")


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of ``out`` at the end, with checksums of its files in it; after
    any failure it is gone. To be known as ours it needs a README that says so. Raises OutputError."""
    check_folder(out)
    with part_folder(out) as part:
        yield part
        (part / CHECKSUMS).write_text(checksums(part), encoding="utf-8", newline="\n")


def checksums(folder: Path) -> str:
    """A line for each file, as ``sha256sum`` writes it and ``sha256sum --check`` reads it."""
    return "".join(f"{file_hash(folder / name)}  {name}\n" for name in sorted(_files(folder) - {CHECKSUMS}))


def _foreign(folder: Path) -> set[str]:
    """Files that talkies did not write, or that somebody has changed since."""
    listed = folder / CHECKSUMS
    ours = dict(_listed(listed)) if listed.is_file() and _is_made_by_us(folder / README) else {}
    changed = {name for name, digest in ours.items() if _is_changed(folder / name, listed, digest)}
    others = _files(folder) - set(ours) - ({CHECKSUMS} if ours else set())
    return {name for name in others | changed if Path(name).name not in _LITTER}


def _listed(path: Path) -> Iterator[tuple[str, str]]:
    """Names and digests of a list of checksums."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        yield name, digest


def _is_made_by_us(readme: Path) -> bool:
    """Others write checksums under this name too."""
    return readme.is_file() and MADE_BY in readme.read_text(encoding="utf-8", errors="replace")


def _is_changed(path: Path, listed: Path, digest: str) -> bool:
    """Only what is younger than the checksums needs reading again."""
    return path.is_file() and path.stat().st_mtime_ns > listed.stat().st_mtime_ns and file_hash(path) != digest


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
