"""Requests are checked once, at the door."""

from __future__ import annotations

import contextlib
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.errors import ArgumentError
from talkies.core.generation.music_settings import MusicSettings
from talkies.core.generation.request import Request, did_you_mean
from talkies.plugin.cli import main


def test_defaults_are_the_contracts() -> None:
    request = Request.from_mapping({"timeline": "a.otio", "out": "b.otio"})
    assert (request.task, request.engine, request.seed, request.takes) == ("both", "mini", 0, 1)
    assert request == Request(Path("a.otio"), Path("b.otio"))


@pytest.mark.parametrize("name", [field.name for field in fields(Request)])
def test_a_worker_can_be_told_every_field(name: str) -> None:
    def taken(value: object) -> bool:
        with contextlib.suppress(ArgumentError):
            Request.from_mapping({"timeline": "a.otio", "out": "b.otio", name: value})
            return True
        return False

    default = next(field.default for field in fields(Request) if field.name == name)
    usual = str(default) if isinstance(default, Fraction | Path) else list(default) if default == () else default
    paths = {
        "timeline": "a.otio",
        "out": "b.otio",
        "media_dir": ".",
        "weights": "mini.safetensors",
        "spots": "a.csv",
        "music": {},
    }
    assert taken(paths.get(name, "a name" if usual is None else usual)) or taken(2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task", "opera"),
        ("source", "sampler"),
        ("source", 3),
        ("seed", -1),
        ("seed", 1.5),
        ("seed", True),
        ("seed", 2**64),
        ("takes", 0),
        ("takes", 10**6),
        ("steps", 0),
        ("guidance", float("nan")),
        ("guidance", float("inf")),
        ("guidance", "3"),
        ("guidance", 10**400),
        ("width", 10**400),
        ("width", 1.5),
        ("width", 1.01),
        ("width", -0.1),
        ("width", float("nan")),
        ("width", "wide"),
        ("pan_law", "2dB"),
        ("pan_law", 3),
        ("segments", "one"),
        ("segments", [1]),
        ("prompt", 3),
        ("prompt", "a\0b"),
        ("prompt", "\udcff"),  # a byte of the command line that is not UTF-8
        ("out", "\udcff.otio"),
        ("out", "."),
        ("out", "/"),
        ("out", "n" * 216 + ".otio"),  # the takes' folder beside it would have too long a name
        ("out", "映" * 80 + ".otio"),  # three bytes each
        ("out", "f" * 256 + "/b.otio"),
        ("timeline", ""),
        ("timeline", "n" * 256),
        ("spots", "n" * 256),
        ("media_dir", "n" * 256),
        ("shots", "n" * 256),
        ("media_dir", "no/such/folder"),
        ("handles", 11),
        ("handles", -1),
        ("handles", True),
        ("handles", "1/0"),
        ("handles", "1e999999999"),
        ("handles", float("nan")),
        ("two_pop", 1),
        ("tail_pop", "yes"),
    ],
)
def test_unusable_values_are_refused(name: str, value: object) -> None:
    with pytest.raises(ArgumentError):
        Request.from_mapping({"timeline": "a.otio", "out": "b.otio", name: value})


def test_the_name_that_is_too_long_is_told() -> None:
    with pytest.raises(ArgumentError, match=r"^f{40}\.\.\.: is a name of more than 255 bytes"):
        Request(Path("x.otio"), Path("f" * 256, "b.otio"))
    with pytest.raises(ArgumentError, match=r"^n{40}\.\.\.: is a name of more than 220 bytes"):
        Request(Path("x.otio"), Path("f" * 255, "n" * 221))


def test_the_longest_name_is_made(tmp_path: Path) -> None:
    out = tmp_path / ("n" * 215 + ".otio")
    (tmp_path / "film").mkdir()
    for number in range(12):
        cv2.imwrite(str(tmp_path / "film" / f"f_{number:03}.png"), np.full((48, 64, 3), 90, np.uint8))
    assert main(["generate", str(tmp_path / "film"), "-o", str(out), "--task", "background"]) == 0
    assert out.is_file() and len(list(out.with_suffix(".takes").glob("*.wav"))) == 1


@pytest.mark.parametrize("number", [10**400, -(10**400), 1e308, 10**15])
@pytest.mark.parametrize("name", [field.name for field in fields(Request)])
def test_a_number_however_large_is_a_value_or_a_sentence(name: str, number: float) -> None:
    with contextlib.suppress(ArgumentError):
        Request.from_mapping({"timeline": "a.otio", "out": "b.otio", name: number})


@pytest.mark.parametrize("name", [field.name for field in fields(MusicSettings)])
def test_a_number_however_large_is_no_setting_of_music(name: str) -> None:
    with pytest.raises(ArgumentError):
        Request.from_mapping({"timeline": "a.otio", "out": "b.otio", "task": "music", "music": {name: 10**400}})


@pytest.mark.parametrize("name", ["prompt", "negative_prompt", "voice", "language", "device", "task", "segments"])
def test_a_megabyte_is_refused_in_one_short_sentence(name: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Request.from_mapping({"timeline": "a.otio", "out": "b.otio", name: "rain " * 200_000})
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("value", "expected"), [(2, Fraction(2)), (0.5, Fraction(1, 2)), ("1/3", Fraction(1, 3)), ("0.04", Fraction(1, 25))]
)
def test_handles_are_exact(value: object, expected: Fraction) -> None:
    assert Request.from_mapping({"timeline": "a.otio", "out": "b.otio", "handles": value}).handles == expected


def test_an_unknown_parameter_names_the_nearest() -> None:
    with pytest.raises(ArgumentError, match="'seed'"):
        Request.from_mapping({"timeline": "a.otio", "out": "b.otio", "seeds": 3})


@pytest.mark.parametrize("missing", ["timeline", "out"])
def test_both_paths_are_needed(missing: str) -> None:
    given_paths = {"timeline": "a.otio", "out": "b.otio"}
    del given_paths[missing]
    with pytest.raises(ArgumentError, match=missing):
        Request.from_mapping(given_paths)


@given(st.text(), st.lists(st.text(min_size=1), max_size=20))
def test_a_cure_is_always_one_short_line(name: str, known: list[str]) -> None:
    cure = did_you_mean(name, known)
    assert cure
    assert known or cure == "there are none"


@pytest.mark.parametrize("task", ["both", "dialogue", "foley", "joint"])
def test_a_voice_that_there_is_not_is_refused_at_once(task: str, tmp_path: Path) -> None:
    """Whether something is spoken or not, and before anything is read."""
    given = {"timeline": str(tmp_path / "missing.otio"), "out": str(tmp_path / "out.otio"), "task": task}
    for voice in ("klara", "x" * 3000, str(tmp_path / "gone.wav")):
        with pytest.raises(ArgumentError, match="neither a voice that ships nor a file") as refused:
            Request.from_mapping({**given, "voice": voice})
        assert len(str(refused.value)) < 600
    with pytest.raises(ArgumentError, match="did you mean clara"):
        Request.from_mapping({**given, "voice": "klara"})
    (tmp_path / "anna.wav").touch()
    for voice in ("clara", "", str(tmp_path / "anna.wav")):
        assert Request.from_mapping({**given, "voice": voice}).voice == voice
