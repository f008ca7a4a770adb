"""Facts of physics that the rules must hold to, known without them."""

import numpy as np
import pytest

from talkies.core.synthesis.blasts import friedlander
from talkies.core.synthesis.liquids import bubble, minnaert_hz
from talkies.core.synthesis.modal import BAR, MATERIALS, Body, pulse_spectrum, ringing, struck
from talkies.core.synthesis.rotating import CAR, Motor, firing_hz, running
from talkies.core.synthesis.signals import Hit
from talkies.core.synthesis.voices import Call, still, voiced

RATE = 48_000


def peaks_hz(sound: np.ndarray, number: int) -> list[float]:
    """The strongest frequencies, each 30 Hz from the others."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 18))
    hertz = np.fft.rfftfreq(1 << 18, 1 / RATE)
    found: list[float] = []
    for place in np.argsort(-spectrum):
        if all(abs(hertz[place] - other) > 30 for other in found):
            found.append(float(hertz[place]))
        if len(found) == number:
            break
    return sorted(found)


def test_a_free_bar_rings_in_its_modes() -> None:
    """Roots of cos x cosh x = 1, squared: the textbook's 1, 2.757, 5.404, 8.933."""
    roots = np.array([4.73004, 7.85320, 10.99561, 14.13717])
    assert np.allclose(BAR[:4], (roots / roots[0]) ** 2, rtol=1e-3)
    hertz = 400 * np.array(BAR[:4])
    sound = ringing(hertz, np.full(4, 8.0), np.ones(4))
    assert peaks_hz(sound, 4) == pytest.approx(list(hertz), abs=2)


def test_a_mode_dies_as_its_loss_says() -> None:
    sound = ringing(np.array([1000.0]), np.array([6.9078]), np.ones(1))
    first, later = (np.abs(sound[start : start + 480]).max() for start in (0, RATE // 2))
    assert 20 * np.log10(later / first) == pytest.approx(-30, abs=0.5), "60 dB in a second"


def test_steel_rings_longer_than_wood_and_high_modes_die_first() -> None:
    def loss(name: str, hertz: float) -> float:
        return np.pi * MATERIALS[name].friction * hertz + MATERIALS[name].support

    assert loss("wood", 500) > 5 * loss("metal", 500)
    assert loss("wood", 4000) > 3 * loss("wood", 500)


def test_harder_blows_are_brighter() -> None:
    body = Body(np.array([300.0, 3000.0]), np.array([20.0, 20.0]), np.ones(2), 0.0006)

    def brightness(force: float) -> float:
        rng = np.random.default_rng(4)
        spectra = [np.abs(np.fft.rfft(struck(body, Hit(force, rng))[:9600])) for _ in range(12)]
        return float(np.mean([spectrum[600] / spectrum[60] for spectrum in spectra]))

    assert brightness(1.0) > 1.2 * brightness(0.1)
    assert np.all(np.diff(pulse_spectrum(np.linspace(10, 1500, 50), 0.001)) < 0)


def test_bubbles_ring_at_minnaerts_frequency() -> None:
    """The textbook's rule: frequency times radius is 3.26 m/s."""
    assert minnaert_hz(0.001) == pytest.approx(3260, rel=0.01)
    assert peaks_hz(bubble(0.003), 1)[0] == pytest.approx(3.26 / 0.003, rel=0.02)


def test_engines_fire_once_for_each_cylinder_in_two_turns() -> None:
    assert firing_hz(3000, 4) == pytest.approx(100)
    assert firing_hz(6000, 1, 2) == pytest.approx(100)
    steady = Motor((1500, 1500), 4, every_s=1.0, pipe_hz=CAR.pipe_hz, hiss=0.0)
    motor = running(steady)(np.random.default_rng(1))
    sound = np.concatenate([next(motor) for _ in range(6)])
    spectrum = np.abs(np.fft.rfft(sound))
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    strongest = hertz[spectrum[hertz < 400].argmax()]
    assert any(strongest == pytest.approx(harmonic * 50, rel=0.15) for harmonic in (1, 2, 3, 4, 5))


def test_a_blast_wave_has_no_net_impulse() -> None:
    wave = friedlander(0.002)
    assert wave.max() > 0.9 and wave.min() < -0.1
    assert abs(wave.sum()) < 0.05 * np.abs(wave).sum()


def test_a_voice_has_its_pitch_and_its_formant() -> None:
    call = Call(0.5, ((0, 200), (1, 200)), ((0, 1), (1, 1)), still((1000, 100, 1.0)), breath=0.0, jitter=0.0)
    sound = voiced(call, np.random.default_rng(1))
    strongest = peaks_hz(sound, 1)[0]
    assert strongest == pytest.approx(1000, abs=5)
    spectrum = np.abs(np.fft.rfft(sound))
    harmonics = spectrum[np.arange(1, 10) * 100]
    between = spectrum[np.arange(1, 10) * 100 + 50]
    assert harmonics.mean() > 20 * between.mean()
