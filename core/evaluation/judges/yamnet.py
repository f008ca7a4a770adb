"""Which of AudioSet's 521 classes a sound is, by YAMNet (int8 weights) on log-mel patches of our own.

    sound ─► 16 kHz, peak 0.5 ─► log_mel (F, 64) ─► patches (P, 96, 64), half overlapped ─► mean scores (521,)

Model, class names and the names that count as right for a class of ours are no part of talkies: they lie in
``judges/`` of the data folder. The model is checked by its SHA-256.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection
from pathlib import Path

import numpy as np

from talkies.core.arrays import AnyFloats, Floats, Floats32, Sound
from talkies.core.errors import InputError
from talkies.core.evaluation.extras import need
from talkies.core.evaluation.judges.hearing import JUDGES_RATE, at_16k, at_peak
from talkies.core.files.hashing import file_hash

MODEL, CLASS_NAMES, ACCEPTED = "yamnet_spectra_in.tflite", "yamnet_class_map.csv", "accepted_names.json"
SHA256 = "0a266465c46718f3fcc4137366be82882a8c93bfcc4f0278581a11d11dddcdf9"

BANDS, LOWEST_HZ, HIGHEST_HZ = 64, 125.0, 7500.0
_WINDOW, _HOP, _FFT = 400, 160, 512
_PATCH, _STEP = 96, 48
_SILENCE = "Silence"
FIRST = 5
"""A sound is named when an accepted name is among so many that YAMNet finds likeliest."""


def mel(hertz: float | Floats) -> Floats:
    """The mel scale of YAMNet: 1127 ln(1 + f / 700 Hz)."""
    return np.asarray(1127.0 * np.log1p(np.asarray(hertz, np.float64) / 700.0))


def mel_weights() -> Floats:
    """(257, 64) triangles, equally wide in mel, half overlapped, over the FFT's bins; the first bin counts not."""
    edges = np.linspace(mel(LOWEST_HZ), mel(HIGHEST_HZ), BANDS + 2)
    bins = mel(np.arange(_FFT // 2 + 1) * JUDGES_RATE / _FFT)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    weights = np.maximum(np.minimum(rising, falling), 0.0)
    weights[0] = 0.0
    return np.asarray(weights)


def log_mel(samples: AnyFloats) -> Floats32:
    """(N,) at 16 kHz, N ≥ 400 → (1 + (N - 400) // 160, 64): log(mel magnitude + 0.001)."""
    frames = np.lib.stride_tricks.sliding_window_view(np.asarray(samples, np.float64), _WINDOW)[::_HOP]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
    magnitude = np.abs(np.fft.rfft(frames * hann, _FFT))
    return np.asarray(np.log(magnitude @ mel_weights() + 0.001), np.float32)


def patches(samples: AnyFloats) -> Floats32:
    """(N,) at 16 kHz → (P, 96, 64), P ≥ 1: what is shorter than a patch is filled with silence."""
    least = _WINDOW + (_PATCH - 1) * _HOP
    spectra = log_mel(np.pad(samples, (0, max(least - len(samples), 0))))
    return np.stack([spectra[start : start + _PATCH] for start in range(0, len(spectra) - _PATCH + 1, _STEP)])


class Yamnet:
    """The judge with the files of a folder. Raises InputError (a file is missing or another), MissingExtraError."""

    def __init__(self, folder: Path) -> None:
        _check(folder)
        interpreter = need("ai_edge_litert.interpreter", "judges")
        self._model = interpreter.Interpreter(str(folder / MODEL), num_threads=1)
        self._model.allocate_tensors()
        self._input, self._output = self._model.get_input_details()[0], self._model.get_output_details()[0]
        with (folder / CLASS_NAMES).open(encoding="utf-8", newline="") as file:
            self.names = [row["display_name"] for row in csv.DictReader(file)]
        self.accepted: dict[str, list[str]] = json.loads((folder / ACCEPTED).read_text(encoding="utf-8"))

    def scores(self, sound: Sound) -> Floats:
        """(521,) means over the patches of 48 kHz mono ``sound`` (N,)."""
        said = [self._patch(patch) for patch in patches(at_peak(at_16k(sound)))]
        return np.asarray(np.mean(said, axis=0))

    def order(self, sound: Sound) -> list[str]:
        """The names of all classes, the likeliest first; "Silence" left out. [] for digital silence."""
        if not np.any(sound):
            return []
        best = np.argsort(-self.scores(sound), kind="stable")
        return [self.names[place] for place in best if self.names[place] != _SILENCE]

    def is_named(self, sound: Sound, accepted: Collection[str]) -> bool:
        """Whether one of the names is among the first five."""
        return bool(set(self.order(sound)[:FIRST]) & set(accepted))

    def rank(self, sound: Sound, name: str) -> int:
        """The place of a class among all, from 1; the last one for silence."""
        order = self.order(sound)
        return 1 + order.index(name) if order else len(self.names)

    def _patch(self, patch: Floats32) -> Floats:
        """(96, 64) → (521,), quantized as the file's input and output say."""
        given = patch.reshape(self._input["shape"])
        scale, zero = self._input["quantization"]
        if self._input["dtype"] != np.float32:
            given = np.clip(np.round(given / scale + zero), -128, 127).astype(self._input["dtype"])
        self._model.set_tensor(self._input["index"], given)
        self._model.invoke()
        said = np.asarray(self._model.get_tensor(self._output["index"])[0], np.float64)
        scale, zero = self._output["quantization"]
        return said if self._output["dtype"] == np.float32 else (said - zero) * scale


def _check(folder: Path) -> None:
    for name in (MODEL, CLASS_NAMES, ACCEPTED):
        if not (folder / name).is_file():
            raise InputError(folder / name, "is not there", "effects are named by YAMNet, whose files lie in judges/")
    if file_hash(folder / MODEL) != SHA256:
        raise InputError(folder / MODEL, "is not the YAMNet that figures are made with", "put the right file there")
