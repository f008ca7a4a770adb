"""A file keeps its side for ever: these examples must never change."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from talkies.core.corpus.heldout import (
    HELDOUT_SCENE_SEED,
    is_heldout_effect,
    is_heldout_scene,
    is_heldout_speech,
    split_speech,
)


@pytest.mark.parametrize(
    ("file", "held_out"),
    [
        ("kathleen/arctic_a0007_1592748422.opus", True),
        ("kathleen/arctic_a0027_1592747914.opus", True),
        ("kathleen/arctic_b0107_1.opus", True),
        ("kathleen/arctic_a0002_1592748530.opus", False),
        ("kathleen/arctic_a0008_7.opus", False),  # the take's number says nothing
        ("kerstin/de_rhasspy-0007.opus", True),
        ("kerstin/de_rhasspy-0008.opus", False),
        ("nathalie/nl_rhasspy_1027.opus", True),
        ("nathalie/nl_rhasspy_1000.opus", False),
        ("grid_other_speakers/brbk7n.mp4", True),
        ("video/clips/nasa_13013.mp4", True),
    ],
)
def test_the_sentence_number_decides(file: str, held_out: bool) -> None:
    assert is_heldout_speech(file) is held_out
    assert is_heldout_speech(f"speech/{file}") is held_out
    assert is_heldout_speech(file.replace("/", "\\")) is held_out


def test_pieces_of_one_recording_stay_together() -> None:
    for source in range(200):
        sides = {is_heldout_effect(f"esc10/dog_bark_1-{source}-{piece}.opus") for piece in "ABC"}
        assert len(sides) == 1


def test_scenes_split_by_seed() -> None:
    assert not is_heldout_scene(HELDOUT_SCENE_SEED - 1)
    assert is_heldout_scene(HELDOUT_SCENE_SEED)


def test_a_held_out_text_is_not_trained_on_under_another_number() -> None:
    rows = [
        {"file": "kerstin/de_rhasspy-0007.opus", "text": "Guten Tag!"},
        {"file": "kerstin/de_rhasspy-0009.opus", "text": "guten tag"},
        {"file": "kerstin/de_rhasspy-0010.opus", "text": "Gute Nacht."},
    ]
    training, held_out = split_speech(rows)
    assert [row["file"] for row in training] == ["kerstin/de_rhasspy-0010.opus"]
    assert [row["file"] for row in held_out] == ["kerstin/de_rhasspy-0007.opus"]


def test_about_five_percent_of_the_corpus(shared_dir: Path) -> None:
    with (shared_dir / "data" / "speech" / "transcripts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE))
    training, held_out = split_speech(rows)
    assert 0.04 < len(held_out) / len(rows) < 0.06
    assert len(training) > 0.94 * len(rows)
    assert {row["speaker"] for row in held_out} == {row["speaker"] for row in rows} >= {"kathleen", "nathalie"}
