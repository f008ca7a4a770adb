"""A timeline file as a host: the suite, for every format that can be written and read back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import melt
import pytest
from files_host import HOST_FORMATS, FilesHost
from host_suite import HeardSuite, PlacingSuite, ReadingSuite
from known_timelines import NTSC, Known
from picture_suite import PictureSuite

from talkies.core.destinations import losses
from talkies.core.errors import ArgumentError, OutputError
from talkies.core.hosts.host import CONFLICTS, Host
from talkies.core.timeline import read_timeline

NO_DROP_FRAME = "OpenTimelineIO has no place for it"


class TestReading(ReadingSuite):
    lacks: ClassVar = {"drop_frame": NO_DROP_FRAME}

    @contextmanager
    def opened(self, known: Known, folder: Path) -> Iterator[Host]:
        yield FilesHost(known.write(folder))


@pytest.mark.melt
class TestHeard(HeardSuite):
    @contextmanager
    def opened(self, known: Known, folder: Path) -> Iterator[Host]:
        yield FilesHost(known.write(folder))

    def mixed(self, host: Host, folder: Path) -> Path:
        assert isinstance(host, FilesHost)
        melt.render_with_melt(host.path, folder / "mix.wav")
        return folder / "mix.wav"


@pytest.mark.parametrize("suffix", HOST_FORMATS)
class TestPlacing(PlacingSuite, PictureSuite):
    @pytest.fixture
    def host(self, known: Known, tmp_path: Path, suffix: str) -> FilesHost:
        folder = tmp_path / "editor"
        folder.mkdir()
        path = known.write(folder)
        said = losses(read_timeline(path), folder / f"out{suffix}")
        self.keeps_names = not any("track names" in sentence for sentence in said)
        return FilesHost(path, suffix)


@pytest.fixture
def host(tmp_path: Path) -> FilesHost:
    return FilesHost(NTSC.write(tmp_path))


@pytest.mark.parametrize("suffix", [".otio", ".otiod", ".kdenlive"])
def test_undo_leaves_the_folder_as_it_was(tmp_path: Path, suffix: str) -> None:
    """Also what a format needs beside its file goes; the file that was given is never touched."""
    host = FilesHost(NTSC.write(tmp_path), suffix)
    given = host.path.read_bytes()
    takes = NTSC.takes(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    for name, conflict in (("known.talkies", CONFLICTS[0]), ("known.talkies-2", CONFLICTS[1])):
        host.add_takes(takes, conflict)
        assert host.path == tmp_path / f"{name}{suffix}"
    host.undo()
    host.undo()
    assert host.path.read_bytes() == given
    assert sorted(tmp_path.rglob("*")) == before


def test_undo_leaves_what_has_the_same_name_in_another_format(tmp_path: Path) -> None:
    """As 'talkies generate -o known.talkies.otio' leaves it."""
    host = FilesHost(NTSC.write(tmp_path), ".kdenlive")
    takes = NTSC.takes(tmp_path)
    (tmp_path / "known.talkies.takes").mkdir()
    for name in ("known.talkies.otio", "known.talkies.takes/FX.wav", "known.talkies.txt"):
        (tmp_path / name).write_text("the user's own", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    host.add_takes(takes)
    assert host.path == tmp_path / "known.talkies.kdenlive"
    host.undo()
    assert sorted(tmp_path.rglob("*")) == before


def test_what_somebody_changed_is_not_deleted(host: FilesHost, tmp_path: Path) -> None:
    host.add_takes(NTSC.takes(tmp_path))
    text = host.path.read_text()
    host.path.write_text(text.replace("DX talkies", "Dialogue"))
    with pytest.raises(OutputError, match="was changed after it was written"):
        host.undo()
    assert "Dialogue" in host.path.read_text()


@pytest.mark.parametrize(
    ("suffix", "why"),
    [(".stems", "not the cut"), (".kdenlive.otio", "alternative takes"), (".ale", "cannot be written")],
)
def test_a_format_to_take_over_is_no_host(tmp_path: Path, suffix: str, why: str) -> None:
    with pytest.raises(ArgumentError, match=rf"{why}; use one of .*\.otio"):
        FilesHost(tmp_path / "known.otio", suffix)
