"""IPTC's words for what made a sound, and the hashes of the films that it was made for."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from talkies.core.credentials.films import Films
from talkies.core.credentials.manifest import mix_type, take_type
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"engine": "mini", "source": "network"}, "trainedAlgorithmicMedia"),
        ({"engine": "hibari", "source": "engine"}, "trainedAlgorithmicMedia"),
        ({"engine": "mini", "source": "rules"}, "algorithmicMedia"),
        ({"engine": "", "source": "score", "soundfont": ""}, "algorithmicMedia"),
        ({"engine": "", "source": "score", "soundfont": "piano.sf2"}, "composite"),
        ({"engine": "mini", "source": "library, rules"}, "composite"),
        ({"engine": "mini", "source": "network, rules"}, "compositeWithTrainedAlgorithmicMedia"),
    ],
)
def test_what_made_a_take_has_its_word(facts: dict[str, Any], word: str) -> None:
    assert take_type(facts) == word


def test_a_mix_with_anything_of_a_model_says_so() -> None:
    assert mix_type({"algorithmicMedia", "trainedAlgorithmicMedia"}) == "compositeWithTrainedAlgorithmicMedia"
    assert mix_type({"trainedAlgorithmicMedia"}) == "compositeWithTrainedAlgorithmicMedia"
    assert mix_type({"algorithmicMedia"}) == "algorithmicMedia"
    assert mix_type({"algorithmicMedia", "composite"}) == "composite"


def segment(number: int, picture: Picture | None) -> Segment:
    span = TimeRange(Fraction(0), Fraction(1))
    return Segment(f"V1-{number:03}", "shot", "V1", span, span, Fraction(25), picture=picture)


def test_a_film_is_told_by_the_hash_of_its_file(tmp_path: Path) -> None:
    """As any program computes it; a film that is not there, or no picture, is left out."""
    film = tmp_path / "film.mov"
    film.write_bytes(b"picture" * 1000)
    missing = Picture(tmp_path / "gone.mov")
    found = Films().of([segment(1, Picture(film)), segment(2, Picture(film)), segment(3, missing), segment(4, None)])
    (only,) = found
    assert (only.name, only.identity) == ("film.mov", f"sha256:{hashlib.sha256(b'picture' * 1000).hexdigest()}")


def test_another_frame_is_another_film(tmp_path: Path) -> None:
    frames = tuple(tmp_path / f"scan.{number:04}.dpx" for number in range(5))
    for number, frame in enumerate(frames):
        frame.write_bytes(bytes([number]) * 100)
    picture = Picture(frames[0], frames=(frames[0], None, *frames[1:]))
    (before,) = Films().of([segment(1, picture)])
    frames[3].write_bytes(b"other" * 20)
    (after,) = Films().of([segment(1, picture)])
    assert before.identity.startswith("sha256-frames:")
    assert before.identity != after.identity
