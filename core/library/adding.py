"""Adding a folder to the library: what is new or has changed is measured, on every core that we may use, politely.

Files are known by size, time and inode. What was measured is kept every few files, so that an add that was interrupted
goes on where it was. Links are not followed.
"""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from talkies.core.errors import InputError, TalkiesError
from talkies.core.events import Progress, Warned
from talkies.core.library.index import FileMark, Library
from talkies.core.library.reading import SUFFIXES, read_recording
from talkies.core.library.recording import Recording

_BATCH_S = 1.0  # between two savings
_WORTH_A_POOL = 24  # files: fewer are measured sooner than processes are started
_NAMED = 3  # broken files in the sentence
_EDGE, _INNER, _SAMPLES = 1 << 14, 1 << 12, 14  # bytes of a digest
_NICE = 10
_CHANGED = -1  # ns: a time that no file has, so that it is looked at again


@dataclass(frozen=True)
class _Measured:
    mark: FileMark
    recording: Recording | None
    problem: str = ""


def add_folder(library: Library, folder: Path, processes: int | None = None) -> Iterator[Progress | Warned]:
    """Adds a folder, or brings it up to date; files that are gone are forgotten. ``processes``: as many as there are
    cores for us. Raises InputError, and OutputError while another process adds."""
    root = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve would follow links
    if not root.is_dir():
        raise InputError(folder, "is not a folder", "name a folder of sound files")
    if not _is_text(str(root)):
        raise InputError(folder, "has a name that is not UTF-8", "rename it")
    with library.alone():
        _check_apart(library, root)
        yield Progress(0.0, f"looking through {root.name}")
        found, unread, unnamed = _found(root)
        with library.change():
            key = library.folder_key(root)
            fresh = _sorted_out(library, key, root, found, unread)
        broken: list[_Measured] = []
        yield from _measured(library, key, root, fresh, processes, broken)
    if broken:
        yield Warned(_skipped(broken))
    if unread:
        others = f" and {len(unread) - 1} more folders" if len(unread) > 1 else ""
        yield Warned(f"{unread[0]}{others}: cannot be read; what was known of them is kept")
    if unnamed:
        others = f" and {len(unnamed) - 1} more" if len(unnamed) > 1 else ""
        yield Warned(f"{unnamed[0]!r}{others}: passed over, because a name is not UTF-8; rename it")


def _check_apart(library: Library, root: Path) -> None:
    """A file belongs to one folder."""
    for other in (known.path for known in library.folders() if known.path != root):
        if root.is_relative_to(other):
            raise InputError(root, f"lies in {other}, which is in the library", "add that one again")
        if other.is_relative_to(root):
            raise InputError(root, f"holds {other}, which is in the library", f"remove {other} first")


def _found(root: Path) -> tuple[list[FileMark], list[Path], list[str]]:
    """Sound files below a folder, by path; folders that could not be read; names that are not UTF-8."""
    marks: list[FileMark] = []
    unread: list[Path] = []
    unnamed: list[str] = []
    waiting = [root]
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if not _is_text(entry.name):
                        unnamed.append(entry.name)
                    elif entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif Path(entry.name).suffix.casefold() in SUFFIXES and entry.is_file(follow_symlinks=False):
                        marks.append(_mark(Path(entry.path)))
        except OSError:
            unread.append(place)
    return sorted(marks, key=lambda mark: mark.path), unread, unnamed


def _is_text(name: str) -> bool:
    """Whether a name can be kept, in lists too."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mark(path: Path) -> FileMark:
    facts = path.lstat()
    return FileMark(path, facts.st_size, facts.st_mtime_ns, f"{facts.st_dev}:{facts.st_ino}")


def digest_of(path: Path, size: int) -> bytes:
    """Tells files of one size and time apart: their ends, and samples of their middle. Raises OSError."""
    hashed = hashlib.blake2b(str(size).encode(), digest_size=16)
    with path.open("rb") as file:
        hashed.update(file.read(_EDGE))
        for number in range(1, _SAMPLES + 1):
            file.seek(max(size * number // (_SAMPLES + 1), 0))
            hashed.update(file.read(_INNER))
        file.seek(max(size - _EDGE, 0))
        hashed.update(file.read(_EDGE))
    return hashed.digest()


def _sorted_out(
    library: Library, key: int, root: Path, found: Sequence[FileMark], unread: Sequence[Path]
) -> list[FileMark]:
    """Enters what is known already, forgets what is gone; the files that are to be measured."""
    known = library.marks(key)
    fresh: list[FileMark] = []
    for mark in found:
        before = known.pop(mark.path, None)
        if before is not None and replace(before, digest=b"") == mark:
            continue
        with suppress(OSError):
            if _is_known(library, key, root, mark, before):
                continue
        fresh.append(mark)
    library.forget([path for path in known if not any(path.is_relative_to(place) for place in unread)])
    return fresh


def _is_known(library: Library, key: int, root: Path, mark: FileMark, before: FileMark | None) -> bool:
    """Whether a file that seems new was copied or moved from one that is known, or only has another inode."""
    candidates = [each for each in library.same_size(mark) if each.digest]
    if not candidates:
        return False
    digest = digest_of(mark.path, mark.size)
    same = next((each for each in candidates if each.digest == digest), None)
    if same is None:
        return False
    if before is not None and same.path == mark.path:
        library.touch(mark)
    else:
        library.move(key, root, same.path, replace(mark, digest=digest))
    return True


def _measured(
    library: Library, key: int, root: Path, fresh: Sequence[FileMark], processes: int | None, broken: list[_Measured]
) -> Iterator[Progress]:
    """Measures files and enters them, some at a time; ``broken`` gets those that could not be read."""
    total = sum(mark.size for mark in fresh) + len(fresh) or 1
    started = saved = time.monotonic()
    done, waiting = 0, list[_Measured]()
    try:
        for number, measured in enumerate(_all_measured(fresh, processes), start=1):
            done += measured.mark.size + 1
            waiting.append(measured)
            broken += [measured] if measured.recording is None else []
            now = time.monotonic()
            if now - saved >= _BATCH_S:
                _enter(library, key, root, waiting)
                saved = now
            yield Progress(min(done / total, 1.0), _message(number, len(fresh), now - started, done / total))
    finally:
        _enter(library, key, root, waiting)
    yield Progress(1.0, f"{len(fresh)} files measured")


def _enter(library: Library, key: int, root: Path, waiting: list[_Measured]) -> None:
    with library.change():
        for each in waiting:
            library.enter(key, root, each.mark, each.recording, each.problem)
    waiting.clear()


def _message(number: int, total: int, elapsed_s: float, share: float) -> str:
    left = round(elapsed_s * (1 - share) / share) if share and elapsed_s > 2 else None
    clock = f", {left // 60}:{left % 60:02} left" if left is not None else ""
    return f"{number} of {total} files{clock}"


def _skipped(broken: Sequence[_Measured]) -> str:
    names = ", ".join(each.mark.path.name for each in broken[:_NAMED])
    if len(broken) == 1:
        return f"{names} cannot be read and was skipped ({broken[0].problem})"
    more = f" and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
    return f"{len(broken)} files cannot be read and were skipped: {names}{more}; 'talkies library list' says why"


def _all_measured(marks: Sequence[FileMark], processes: int | None) -> Iterator[_Measured]:
    count = min(processes or _cores(), len(marks))
    if count < 2 or len(marks) < _WORTH_A_POOL:
        yield from map(_measure, marks)
        return
    waiting = list(reversed(marks))
    while waiting:
        lost: list[FileMark] = []
        yield from _in_pool(waiting, count, lost)
        while lost:  # one of them ended its process, and the pool with it
            deadly: list[FileMark] = []
            yield from _in_pool(lost, 1, deadly)
            yield from (_Measured(each, None, "reading it ended the process") for each in deadly)


def _in_pool(waiting: list[FileMark], count: int, lost: list[FileMark]) -> Iterator[_Measured]:
    """Takes from the end of ``waiting``, a single process one by one; when the pool breaks, what was under way is
    ``lost``."""
    from multiprocessing import get_context

    most = 3 * count if count > 1 else 1
    under_way: dict[Future[_Measured], FileMark] = {}
    pool = ProcessPoolExecutor(count, get_context("spawn"), _settle)
    try:
        while waiting or under_way:
            while waiting and len(under_way) < most:
                under_way[pool.submit(_measure, waiting[-1])] = waiting[-1]
                waiting.pop()
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                yield future.result()
                del under_way[future]
    except BrokenProcessPool:
        lost += under_way.values()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _settle() -> None:
    """A process that measures: it gives way to others, its parent says when to stop, and it ends with its parent."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(_NICE)


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _measure(mark: FileMark) -> _Measured:
    """In whichever process. What is wrong with a file is said of it; what may be wrong with anything else is tried
    again the next time."""
    try:
        digest = digest_of(mark.path, mark.size)
        return _Measured(replace(mark, digest=digest), read_recording(mark.path))
    except TalkiesError as error:
        return _Measured(mark, None, error.problem)
    except (OSError, MemoryError, RuntimeError) as error:
        again = replace(mark, changed_ns=_CHANGED)
        return _Measured(again, None, getattr(error, "strerror", None) or type(error).__name__)
