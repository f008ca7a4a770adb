"""A torchaudio that does not load, as happens when its version was built for another torch, costs no sound."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from talkies.core.media.sound import read_sound

STUB = 'raise OSError("Could not load this library: libtorchaudio.so")\n'


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "torchaudio.py").write_text(STUB)
    return {**os.environ, "PYTHONPATH": str(folder)}


def test_the_stub_is_what_python_finds(environment: dict[str, str]) -> None:
    asked = subprocess.run([sys.executable, "-c", "import torchaudio"], env=environment, capture_output=True, text=True)
    assert "libtorchaudio.so" in asked.stderr


def test_generate_makes_sound_and_the_doctor_says_what_is_wrong(reel: Path, environment: dict[str, str]) -> None:
    out = reel.with_name("new.otio")
    command = [sys.executable, "-m", "talkies.plugin.cli"]
    made = subprocess.run(
        [*command, "generate", str(reel), "-o", str(out), "--task", "dialogue", "--json"],
        env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    takes = json.loads(made.stdout)["takes"]
    assert takes
    for take in takes:
        assert np.abs(read_sound(Path(take["path"]), 48_000)[0]).max() > 0.01

    told = subprocess.run([*command, "doctor", "--json"], env=environment, capture_output=True, text=True, timeout=300)
    findings = {finding["name"]: finding for finding in json.loads(told.stdout)}
    assert findings["torch"]["works"] and not findings["torchaudio"]["works"]
    assert "libtorchaudio.so" in findings["torchaudio"]["detail"]
    assert findings["torchaudio"]["cure"].startswith("pip install --force-reinstall --no-deps torchaudio==")
