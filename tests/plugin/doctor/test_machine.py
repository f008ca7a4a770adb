"""What the doctor says of torch, and that it asks torch itself only where that can tell more."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest

from talkies.plugin.doctor import machine
from talkies.plugin.doctor.machine import MACHINE, Finding

ASK = """
import sys
from talkies.plugin.doctor import machine
machine._DRIVERS = ()
print(machine.MACHINE["torch"]().detail, "torch" in sys.modules)
"""


def torch_finding() -> Finding:
    found = MACHINE["torch"]()
    assert isinstance(found, Finding)
    return found


@pytest.mark.skipif(sys.platform == "darwin", reason="every Mac may have a GPU that torch can use")
def test_without_a_gpus_driver_nobody_waits_for_torch() -> None:
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, timeout=120, check=True).stdout
    assert told.startswith(f"{metadata.version('torch')} for the CPU, ") and told.endswith(" False\n")


def test_with_one_torch_itself_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(machine, "_gpu_is_possible", lambda version: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "a GPU")
    assert torch_finding().detail == f"{metadata.version('torch')} on a GPU"


def test_a_build_for_the_cpu_alone_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda package: "2.9.1+cpu")
    monkeypatch.setattr(machine, "_loads", lambda library: True)
    assert torch_finding().detail.startswith("2.9.1+cpu for the CPU")


def test_without_torch_there_is_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(package: str) -> str:
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(metadata, "version", missing)
    found = torch_finding()
    assert not found.works and found.needed and found.cure
