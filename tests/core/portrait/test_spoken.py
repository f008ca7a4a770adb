"""What is known of a sound: by its sidecar, by its credential, or nothing."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from signed import needs_c2pa, noise, sign

from talkies.core.conditioning.speech.phonemes import vocabulary
from talkies.core.files.dataclass_json import as_json
from talkies.core.portrait.spoken import spoken_in
from talkies.core.segment import Take
from talkies.core.takes.take_folder import VERSION, SegmentMark, Sidecar
from talkies.core.times import TimeRange

SECOND = TimeRange(Fraction(0), Fraction(1))
LINE = "0.100 h 0.200 ə 0.300"
SPANS = [(vocabulary()["h"], 0.1, 0.2), (vocabulary()["ə"], 0.2, 0.3)]


def test_a_recording_says_nothing(tmp_path: Path) -> None:
    spoken = spoken_in(noise(tmp_path / "recording.wav"))
    assert (spoken.spans, dict(spoken.facts)) == ([], {})


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b'{"version": 2, "take": {}}'])
def test_a_damaged_sidecar_says_nothing(tmp_path: Path, content: bytes) -> None:
    sound = noise(tmp_path / "take.wav")
    sound.with_suffix(".json").write_bytes(content)
    assert spoken_in(sound).spans == []


def test_a_take_beside_its_sidecar(tmp_path: Path) -> None:
    sound = noise(tmp_path / "take.wav")
    take = Take("V1-001", "DX", "take", Path("take.wav"), SECOND, 48_000)
    take.metadata.update(phonemes=LINE, engine="mini", mark=18)
    sidecar = Sidecar(VERSION, take, SegmentMark("aunt", SECOND, SECOND))
    sound.with_suffix(".json").write_text(json.dumps(as_json(sidecar)))
    spoken = spoken_in(sound)
    assert spoken.spans == SPANS
    assert (spoken.facts["engine"], spoken.facts["mark"]) == ("mini", 18)


@needs_c2pa
def test_a_signed_take_alone(tmp_path: Path) -> None:
    sound = sign(noise(tmp_path / "take.wav"), phonemes=LINE)
    assert spoken_in(sound).spans == SPANS


@needs_c2pa
def test_a_take_that_was_changed_after_it_was_signed_says_nothing(tmp_path: Path) -> None:
    sound = sign(noise(tmp_path / "take.wav"), phonemes=LINE)
    data = bytearray(sound.read_bytes())
    data[40_000] ^= 1
    sound.write_bytes(data)
    assert spoken_in(sound).spans == []
