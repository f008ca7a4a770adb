"""The front end against closed forms; the judge itself where its package and its file are."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from talkies.core.errors import InputError
from talkies.core.evaluation.judges.yamnet import Yamnet, log_mel, mel_weights, patches

RATE = 16_000


def sine(hertz: float, seconds: float = 1.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


@pytest.mark.parametrize("hertz", [300.0, 1000.0, 2500.0, 6000.0])
def test_a_sine_is_loudest_in_the_band_whose_centre_is_nearest(hertz: float) -> None:
    low, high = (2595 * math.log10(1 + edge / 700) for edge in (125, 7500))  # mel as O'Shaughnessy writes it
    centres = 700 * (10 ** ((low + (high - low) * np.arange(1, 65) / 65) / 2595) - 1)
    mels = 2595 * np.log10(1 + np.array([*centres, hertz]) / 700)
    nearest = int(np.abs(mels[:-1] - mels[-1]).argmin())
    assert abs(int(log_mel(sine(hertz))[50].argmax()) - nearest) <= (1 if hertz < 500 else 0)  # bins of 31 Hz


def test_silence_lies_at_the_floor() -> None:
    np.testing.assert_allclose(log_mel(np.zeros(RATE)), math.log(0.001), rtol=1e-6)


def test_a_sine_at_a_bin_has_the_magnitude_of_a_hann_window() -> None:
    # 1 kHz is bin 32 of 512 exactly; a Hann window of 400 adds up to 200, half of it belongs to either sign
    weights = mel_weights()
    peak = 0.5 * 200 / 2
    loudest = int(weights[32].argmax())
    heard = math.exp(log_mel(sine(1000.0))[50][loudest]) - 0.001
    bins = np.arange(257)
    spectrum = np.abs(np.fft.fft(np.hanning(401)[:400], 512)) / 200  # the window's own shape around the bin
    expected = peak * sum(weights[bin_, loudest] * spectrum[abs(bin_ - 32)] for bin_ in bins)
    assert heard == pytest.approx(expected, rel=0.01)


def test_triangles_of_neighbours_add_up_to_one() -> None:
    inside = mel_weights()[5:226].sum(1)  # between the first centre and the last
    np.testing.assert_allclose(inside, 1.0)


@pytest.mark.parametrize(("seconds", "count"), [(0.2, 1), (0.975, 1), (1.455, 2), (8.0, 15)])
def test_patches_overlap_by_half_and_short_sounds_are_filled(seconds: float, count: int) -> None:
    assert patches(np.zeros(round(seconds * RATE))).shape == (count, 96, 64)


def test_a_folder_without_the_files_says_which(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"yamnet_spectra_in\.tflite"):
        Yamnet(tmp_path)


def test_another_model_is_refused(tmp_path: Path) -> None:
    for name in ("yamnet_spectra_in.tflite", "yamnet_class_map.csv", "accepted_names.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match="not the YAMNet"):
        Yamnet(tmp_path)
