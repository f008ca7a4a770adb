"""Adding to the library: what a second add does, what cannot be read, and several processes."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
from library_sounds import RATE, add, burst, names, save, struck

from talkies.core.errors import InputError, OutputError
from talkies.core.events import Progress
from talkies.core.files.lock import held
from talkies.core.library import Library, Recording, Wanted, add_folder, cast, open_library


def test_only_what_has_changed_is_measured_again(library: Library, sounds: Path) -> None:
    for number in range(3):
        save(sounds / f"door {number}.wav", struck([1000 * (number + 1)], RATE))
    assert add(library, sounds)[0] == 3
    assert add(library, sounds)[0] == 0
    save(sounds / "door 1.wav", struck([20_000], RATE))
    os.utime(sounds / "door 1.wav", ns=(1, 1))
    (sounds / "door 2.wav").unlink()
    assert add(library, sounds)[0] == 1
    changed = library.recording(sounds / "door 1.wav")
    assert changed is not None
    assert changed.measures.hits[0].sample == pytest.approx(20_000, abs=1)
    assert library.recording(sounds / "door 2.wav") is None
    assert sorted(names(library, "door")) == ["door 0.wav", "door 1.wav"]


def test_a_moved_file_is_not_read_again_and_has_its_new_words(library: Library, sounds: Path) -> None:
    save(sounds / "door.wav", burst())
    add(library, sounds)
    (sounds / "door.wav").rename(sounds / "gravel.wav")
    assert add(library, sounds)[0] == 0
    assert names(library, "door") == []
    assert names(library, "gravel") == ["gravel.wav"]


def test_another_file_of_the_same_size_and_time_is_read(library: Library, sounds: Path) -> None:
    save(sounds / "door.wav", struck([1000], RATE))
    os.utime(sounds / "door.wav", ns=(10**18, 10**18))
    add(library, sounds)
    (sounds / "door.wav").unlink()
    save(sounds / "bell.wav", struck([30_000], RATE))
    os.utime(sounds / "bell.wav", ns=(10**18, 10**18))
    assert add(library, sounds)[0] == 1
    recording = library.recording(sounds / "bell.wav")
    assert recording is not None
    assert recording.measures.hits[0].sample == pytest.approx(30_000, abs=1)


def test_broken_files_are_named_once_and_skipped(library: Library, sounds: Path) -> None:
    save(sounds / "door.wav", burst())
    (sounds / "broken.wav").write_bytes(b"RIFF\0\0\0\0WAVE")
    (sounds / "noise.flac").write_bytes(os.urandom(5000))
    (sounds / "empty.mp3").touch()
    measured, warnings = add(library, sounds)
    assert measured == 4
    assert warnings == [
        "3 files cannot be read and were skipped: broken.wav, empty.mp3, noise.flac; 'talkies library list' says why"
    ]
    assert add(library, sounds) == (0, [])
    [folder] = library.folders()
    assert folder.recordings == 1
    assert [path.name for path, _ in folder.broken] == ["broken.wav", "empty.mp3", "noise.flac"]


def test_links_are_not_followed(library: Library, sounds: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    save(outside / "door.wav", burst())
    (sounds / "folder").symlink_to(outside)
    (sounds / "file.wav").symlink_to(outside / "door.wav")
    (sounds / "round").symlink_to(sounds)
    assert add(library, sounds)[0] == 0
    assert library.count() == 0


def test_an_interrupted_add_goes_on_where_it_was(library: Library, sounds: Path) -> None:
    for number in range(6):
        save(sounds / f"door {number}.wav", burst(number))
    events = add_folder(library, sounds, 1)
    for event in events:
        if isinstance(event, Progress) and event.message.startswith("2 of"):
            break
    events.close()  # type: ignore[attr-defined]
    assert library.count() == 2
    assert add(library, sounds)[0] == 4
    assert library.count() == 6


def test_two_processes_measure_what_one_does(library: Library, sounds: Path, tmp_path: Path) -> None:
    for number in range(30):
        save(sounds / f"door {number}.wav", struck([500 + 100 * number], RATE // 2))
    (sounds / "broken.wav").write_bytes(b"RIFF")
    assert add(library, sounds, processes=2)[0] == 31
    with open_library(tmp_path / "other.sqlite") as alone:
        add(alone, sounds, processes=1)
        for number in range(30):
            path = sounds / f"door {number}.wav"
            assert library.recording(path) == alone.recording(path) is not None


def test_one_adds_at_a_time(library: Library, sounds: Path) -> None:
    lock = held(library.path.with_name(library.path.name + ".lock"))
    assert lock is not None
    with lock, pytest.raises(OutputError, match="another talkies is changing"):
        add(library, sounds)


def test_folders_are_apart_and_can_be_forgotten(library: Library, sounds: Path, tmp_path: Path) -> None:
    other = tmp_path / "Other"
    other.mkdir()
    (sounds / "inner").mkdir()
    save(sounds / "door.wav", burst())
    save(other / "door other.wav", burst(1))
    add(library, sounds)
    add(library, other)
    assert [folder.path for folder in library.folders()] == [other, sounds]
    with pytest.raises(InputError, match="which is in the library"):
        add(library, sounds / "inner")
    with pytest.raises(InputError, match="which is in the library"):
        add(library, tmp_path)
    assert library.remove_folder(sounds) == 1
    assert names(library, "door") == ["door other.wav"]
    assert (sounds / "door.wav").is_file()
    with pytest.raises(InputError, match="is not a folder of the library"):
        library.remove_folder(sounds)


def test_a_file_that_is_no_index_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    path.write_bytes(b"these are my notes, and no database at all" * 40)
    with pytest.raises(InputError, match="cannot be used as an index"):
        open_library(path)
    assert path.read_bytes().startswith(b"these are my notes")


def test_an_index_of_a_newer_talkies_is_left_alone(tmp_path: Path) -> None:
    """So is that of any other program that counts its versions."""
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE folders (mine TEXT)")
        other.execute("PRAGMA user_version = 75")
    before = path.read_bytes()
    with pytest.raises(InputError, match="a newer talkies"):
        open_library(path)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT COUNT(*) FROM folders").fetchone() == (0,)
        assert other.execute("PRAGMA user_version").fetchone() == (75,)
    assert len(path.read_bytes()) == len(before)


def test_a_folder_in_the_place_of_the_index_is_not_to_be_deleted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be used as an index") as raised:
        open_library(tmp_path)
    assert "delete" not in str(raised.value)


def test_a_file_that_may_be_read_later_is_tried_again(library: Library, sounds: Path) -> None:
    """Its permissions change, and neither its size nor its time does."""
    path = save(sounds / "door.wav", burst())
    with pytest.MonkeyPatch.context() as patch:

        def refused(self: Path, *arguments: Any, **options: Any) -> Any:
            raise PermissionError(errno.EACCES, "Permission denied")

        patch.setattr(Path, "open", refused)
        measured, warnings = add(library, sounds)
    assert (measured, warnings) == (1, ["door.wav cannot be read and was skipped (Permission denied)"])
    assert add(library, sounds) == (1, [])
    assert library.recording(path) is not None


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text elsewhere")
def test_names_that_are_not_utf_8_are_passed_over(library: Library, sounds: Path) -> None:
    save(sounds / "door.wav", burst())
    save(sounds / "old.wav", burst()).rename(sounds / os.fsdecode(b"T\xfcr.wav"))
    (sounds / os.fsdecode(b"Ger\xe4usche")).mkdir()
    measured, warnings = add(library, sounds)
    assert measured == 1
    assert [warning.partition(": ")[2] for warning in warnings] == [
        "passed over, because a name is not UTF-8; rename it"
    ]
    assert warnings[0].encode()


@pytest.mark.slow
def test_a_process_that_dies_costs_one_file(
    library: Library, sounds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever it is: the others are all measured."""
    for number in range(30):
        save(sounds / f"door {number:02}.wav", burst())
    place = tmp_path / "import"
    place.mkdir()
    (place / "sitecustomize.py").write_text(DEADLY)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(place), *sys.path]))
    measured, warnings = add(library, sounds, processes=2)
    assert measured == 30
    assert warnings == ["door 11.wav cannot be read and was skipped (reading it ended the process)"]
    assert library.count() == 29


DEADLY = """
import os, sys
def hear(event, arguments):
    if event == "open" and str(arguments[0]).endswith("door 11.wav"):
        os._exit(3)
sys.addaudithook(hear)
"""

ADDING = """
import sys, time
from pathlib import Path
from talkies.core.library import add_folder, open_library
if __name__ == "__main__":
    for event in add_folder(open_library(Path(sys.argv[1])), Path(sys.argv[2]), 2):
        if event.message.startswith("1 of"):
            print("begun", flush=True)
            time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as kill -9 does")
def test_processes_end_with_the_one_that_began_them(sounds: Path, tmp_path: Path) -> None:
    for number in range(30):
        save(sounds / f"door {number:02}.wav", burst())
    script = tmp_path / "adding.py"
    script.write_text(ADDING)
    adding = subprocess.Popen([sys.executable, script, tmp_path / "index.sqlite", sounds], stdout=subprocess.PIPE)
    assert adding.stdout is not None
    assert adding.stdout.readline() == b"begun\n"
    helpers = psutil.Process(adding.pid).children()
    adding.kill()
    adding.communicate()
    _, alive = psutil.wait_procs(helpers, timeout=30)
    for process in alive:
        process.kill()
    assert len(helpers) >= 2
    assert not alive


def test_a_folder_is_not_forgotten_while_one_adds(library: Library, sounds: Path) -> None:
    save(sounds / "door.wav", burst())
    add(library, sounds)
    with library.alone(), pytest.raises(OutputError, match="another talkies is changing"):
        library.remove_folder(sounds)
    assert library.remove_folder(sounds) == 1


def test_an_index_that_is_busy_is_not_to_be_deleted(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talkies.core.library.index._WAIT_S", 0)
    with (
        open_library(library.path) as other,
        library.change(),
        pytest.raises(InputError, match="locked") as raised,
        other.change(),
    ):
        raise AssertionError("two write at once")
    assert "delete" not in str(raised.value)
    assert "wait" in str(raised.value)


def test_what_was_forgotten_while_words_were_sought_is_not_found(
    library: Library, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        save(sounds / f"door {number}.wav", burst(number))
    add(library, sounds)
    asked = library.recordings

    def late(keys: Sequence[int]) -> dict[int, Recording]:
        with open_library(library.path) as other, other.change():
            other.forget([sounds / "door 1.wav"])
        return asked(keys)

    monkeypatch.setattr(library, "recordings", late)
    assert sorted(names(library, "door")) == ["door 0.wav", "door 2.wav"]
    assert cast(library, [Wanted("a", "door")])["a"] is not None
