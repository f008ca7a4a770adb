"""A real, tiny ONNX model with Kokoro's inputs: a tone of 50 ms for every token, as high as the voice's style says.

Written by hand as protobuf (onnx.proto3: a field is its number and kind, then its value), for the package onnx is not
needed by anything else.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from math import tau
from pathlib import Path

import numpy as np

SAMPLES_A_TOKEN = 1200
RATE = 24_000
LETTERS = "abcdefghijklmnopqrstuvwxyzæðŋɐɑɔəɚɛɜɡɪɹɾʃʊʌʒʤʧθᵻ ˈˌː.,?!"

_FLOAT, _INT64 = 1, 7
_OPSET = 17


def write_kokoro(folder: Path, voices: Mapping[str, float]) -> Path:
    """A folder with a model, a vocabulary and voices, each with its tone in Hz."""
    (folder / "voices").mkdir(parents=True)
    (folder / "model.onnx").write_bytes(_model())
    (folder / "vocab.json").write_text(json.dumps({letter: n for n, letter in enumerate(LETTERS, 1)}))
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    for name, tone in voices.items():
        style(tone).tofile(folder / "voices" / f"{name}.bin")
    return folder


def style(tone: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """(510, 1, 256)."""
    return np.full((510, 1, 256), tone, np.float32)


def _model() -> bytes:
    nodes = (
        _node("Size", "tokens", "count"),
        _node("Cast", "count", "count_f", to=_FLOAT),
        _node("Mul", "count_f samples_a_token", "unhurried"),
        _node("Div", "unhurried speed", "length_f"),
        _node("Cast", "length_f", "length_1", to=_INT64),
        _node("Squeeze", "length_1", "length"),
        _node("Range", "zero length one", "number"),
        _node("Cast", "number", "number_f", to=_FLOAT),
        _node("ReduceMean", "style", "tone", keepdims=0),
        _node("Mul", "number_f tone", "turns_a_rate"),
        _node("Mul", "turns_a_rate radians", "angle"),
        _node("Sin", "angle", "wave"),
        _node("Mul", "wave loudness", "audio"),
    )
    floats = {"samples_a_token": SAMPLES_A_TOKEN, "radians": tau / RATE, "loudness": 0.3}
    graph = [_field(1, node) for node in nodes] + [_field(2, b"tiny")]
    graph += [_field(5, _scalar(name, _FLOAT, struct.pack("<f", value))) for name, value in floats.items()]
    graph += [_field(5, _scalar(name, _INT64, struct.pack("<q", n))) for name, n in (("zero", 0), ("one", 1))]
    inputs = (("tokens", _INT64, (1, "L")), ("style", _FLOAT, (1, 256)), ("speed", _FLOAT, (1,)))
    graph += [_field(11, _value(*each)) for each in inputs] + [_field(12, _value("audio", _FLOAT, ("N",)))]
    return _field(1, 8) + _field(8, _field(1, b"") + _field(2, _OPSET)) + _field(7, b"".join(graph))


def _node(kind: str, inputs: str, output: str, **numbers: int) -> bytes:
    attributes = (_field(1, name.encode()) + _field(3, n) + _field(20, 2) for name, n in numbers.items())
    ends = [_field(1, name.encode()) for name in inputs.split()] + [_field(2, output.encode())]
    return b"".join([*ends, _field(4, kind.encode()), *(_field(5, each) for each in attributes)])


def _scalar(name: str, kind: int, raw: bytes) -> bytes:
    return _field(2, kind) + _field(8, name.encode()) + _field(9, raw)


def _value(name: str, kind: int, shape: tuple[int | str, ...]) -> bytes:
    sides = (_field(1, side) if isinstance(side, int) else _field(2, side.encode()) for side in shape)
    tensor = _field(1, kind) + _field(2, b"".join(_field(1, side) for side in sides))
    return _field(1, name.encode()) + _field(2, _field(1, tensor))


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + _varint(rest) if rest else bytes([low])
