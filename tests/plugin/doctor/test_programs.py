"""Programs that are found on a PATH of ours and asked for their version for real: each is a small script."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from programs import program

from talkies.plugin.doctor import programs
from talkies.plugin.doctor.editors import EDITORS
from talkies.plugin.doctor.finding import Finding

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")


def finding(name: str) -> Finding:
    found = EDITORS[name]()
    assert isinstance(found, Finding)
    return found


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ("echo kdenlive 25.08.3", "25.08.3"),
        ("echo 'melt 7.12.0\nCopyright (C) 2002-2022 Meltytech, LLC' >&2", "7.12.0"),
        ("echo 'Blender 4.5.3 LTS\n\tbuild date: 2025-09-09'; exit 1", "4.5.3"),
        ("echo no number here", ""),
        ("exit 1", ""),
    ],
)
def test_version_is_the_first_number_said(tmp_path: Path, says: str, version: str) -> None:
    assert programs.version_of(program(tmp_path, "editor", says)) == version


def test_a_program_that_hangs_or_does_not_start_has_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "TIMEOUT_S", 0.2)
    assert programs.version_of(program(tmp_path, "slow", "exec sleep 60")) == ""
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF but not really")
    broken.chmod(0o755)
    assert programs.version_of(broken) == ""


def test_versions_have_an_order() -> None:
    ordered = ["", "22.12.3", "24.12", "25.04", "25.04.1", "25.12", "26.8"]
    assert sorted({*ordered}, key=programs.numbers) == ordered


def test_path_goes_before_the_usual_places(bare: Path) -> None:
    found = programs.Program(("editor", "editor-7"), ("~/Applications/editor",))
    assert found.find() is None
    usual = program(bare / "home" / "Applications", "editor", "exit")
    assert found.find() == usual
    second = program(bare / "bin", "editor-7", "exit")
    assert found.find() == second


@pytest.mark.parametrize("name", ["Kdenlive", "Shotcut", "melt"])
def test_an_editor_that_is_not_there_has_a_cure(bare: Path, name: str) -> None:
    found = finding(name)
    assert not found.works and not found.needed
    assert found.detail.startswith("not found;") and "install" in found.cure


@pytest.mark.parametrize(
    ("says", "detail", "cure"),
    [
        ("kdenlive 25.04.0", "25.04.0 at {path} opens .kdenlive and .otio", ""),
        ("kdenlive 24.12.3", "24.12.3 at {path} opens .kdenlive; it reads .otio only from 25.04 on", "-o OUT.kdenlive"),
        ("", "{path} opens .kdenlive; it does not say whether it is 25.04, which opens .otio", ""),
    ],
)
def test_kdenlive_reads_otio_since_25_04(bare: Path, says: str, detail: str, cure: str) -> None:
    path = program(bare / "bin", "kdenlive", f"echo '{says}'")
    found = finding("Kdenlive")
    assert found.works and found.detail == detail.format(path=path)
    assert found.cure.endswith(cure) and bool(found.cure) == bool(cure)


def test_asking_opens_no_window(bare: Path) -> None:
    program(bare / "bin", "shotcut", 'test "$QT_QPA_PLATFORM" = offscreen && echo Shotcut 26.9.27')
    assert finding("Shotcut").detail == f"26.9.27 at {bare / 'bin' / 'shotcut'} opens .mlt"
