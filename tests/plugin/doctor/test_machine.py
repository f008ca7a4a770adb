"""What the doctor says of torch and torchaudio: each is broken for real, in a folder that is found first."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from talkies.plugin.doctor.finding import Finding
from talkies.plugin.doctor.machine import MACHINE

BROKEN = 'raise OSError("Could not load this library: libbroken.so")\n'


def torch_findings() -> tuple[Finding, ...]:
    found = MACHINE["torch"]()
    assert isinstance(found, tuple)
    return found


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose packages are found before the installed ones, by the processes that the doctor starts."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_a_pair_that_works_is_told_with_its_versions_and_where_it_computes() -> None:
    torch, torchaudio = torch_findings()
    assert torch.works and torch.detail.startswith(f"{metadata.version('torch')} on ")
    assert torchaudio == Finding("torchaudio", True, metadata.version("torchaudio"))


def test_a_torchaudio_of_another_torch_is_named_with_the_command_that_mends_it(broken: Path) -> None:
    (broken / "torchaudio.py").write_text(BROKEN)
    torch, torchaudio = torch_findings()
    assert torch.works
    assert not torchaudio.works and not torchaudio.needed
    assert "does not load (Could not load this library: libbroken.so); sound is made without it" in torchaudio.detail
    assert torchaudio.cure == "pip install --force-reinstall --no-deps torchaudio==2.11.0"


def test_a_torchaudio_that_is_missing_is_no_broken_one(monkeypatch: pytest.MonkeyPatch) -> None:
    version = metadata.version

    def without_torchaudio(package: str) -> str:
        if package == "torchaudio":
            raise metadata.PackageNotFoundError(package)
        return version(package)

    monkeypatch.setattr(metadata, "version", without_torchaudio)
    _, torchaudio = torch_findings()
    detail = "is not installed; sound is made without it, training and evaluation are not"
    assert torchaudio == Finding(
        "torchaudio", False, detail, "pip install --force-reinstall --no-deps torchaudio==2.11.0"
    )


def test_a_broken_torch_is_named_with_a_pair_that_works(broken: Path) -> None:
    (broken / "torch.py").write_text(BROKEN)
    (torch,) = torch_findings()
    assert not torch.works and torch.needed
    assert torch.detail == f"{metadata.version('torch')} does not load (Could not load this library: libbroken.so)"
    assert torch.cure == "pip install --force-reinstall torch==2.11.0 torchaudio==2.11.0"


def test_a_torch_that_takes_its_process_along_does_not_take_the_doctor(broken: Path) -> None:
    (broken / "torch.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    (torch,) = torch_findings()
    assert not torch.works and "does not load (exit code" in torch.detail


def test_the_doctors_own_process_never_loads_torch() -> None:
    ask = "import sys; from talkies.plugin.doctor.machine import _torch; _torch(); print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=120, check=True).stdout
    assert told == "False\n"


def test_a_configuration_is_told_with_what_is_not_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config.toml"
    monkeypatch.setenv("TALKIES_CONFIG", str(config))
    assert MACHINE["configuration"]() == Finding("configuration", True, f"none; {config} would be read")
    config.write_text(f'loudness = "a85"\nmedia-dirs = ["{tmp_path}", "{tmp_path}/unplugged"]\n')
    told = f"{config}: engine mini, voice by speaker, loudness a85; currently missing: {tmp_path}/unplugged"
    assert MACHINE["configuration"]() == Finding("configuration", True, told)
    config.write_text('engine = "nothing"\n')
    unknown = f"{config} names 'nothing', which is not known"
    assert MACHINE["configuration"]() == Finding("configuration", False, unknown, "correct it", needed=True)
    config.write_text("engine = 3\n")
    broken = MACHINE["configuration"]()
    assert isinstance(broken, Finding)
    assert (broken.works, broken.needed) == (False, True) and broken.detail.startswith(f"{config} engine is 3")


def test_music_is_told_with_what_plays_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, font = tmp_path / "config.toml", tmp_path / "grand.sf2"
    monkeypatch.setenv("TALKIES_CONFIG", str(config))
    own = MACHINE["music"]()
    assert isinstance(own, Finding) and own.works and own.detail.startswith("played by instruments of its own")
    config.write_text(f'soundfont = "{font}"\n')
    problem = f"what is configured cannot play: {font} is not a SoundFont"
    cure = "name a file that ends with .sf2 or .sf3"
    assert MACHINE["music"]() == Finding("music", False, problem, cure)
    font.write_bytes(b"")
    assert MACHINE["music"]() == Finding("music", True, f"played by {font}, as configured")
    monkeypatch.setattr("talkies.core.instruments.soundfont.version", lambda package: "0.6.0")
    broken = MACHINE["music"]()
    assert isinstance(broken, Finding) and not broken.works and "0.6.0" in broken.detail and "soundfont" in broken.cure


def test_without_torch_there_is_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(package: str) -> str:
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(metadata, "version", missing)
    (found,) = torch_findings()
    assert not found.works and found.needed and found.cure
