"""The meter against closed forms: a sine of a known level has a known peak and, at 1 kHz, a known loudness."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from films import write_reel
from pytestqt.qtbot import QtBot

from talkies.core.media.wav.bwf import write_bwf
from talkies.ui.player.chunks import SoundChunks
from talkies.ui.player.meter import SILENT_DB, LevelMeter, load_weighting
from talkies.ui.player.meter_view import MeterView
from talkies.ui.player.mix import Mix, Voice
from talkies.ui.player.player import Player
from talkies.ui.work.document import Document

RATE = 48_000


def sine(level_db: float, seconds: float = 4) -> np.ndarray:
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * 997 * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def feed(meter: LevelMeter, sound: np.ndarray) -> None:
    """In the odd pieces in which a sound device asks for it."""
    for start in range(0, sound.shape[1], 1237):
        meter.add(sound[:, start : start + 1237])


@pytest.mark.parametrize("level_db", [-23.0, -6.0])
def test_a_sine_in_both_channels_is_as_loud_as_its_level(level_db: float, qtbot: QtBot) -> None:
    """BS.1770: a 997 Hz sine in one channel at 0 dBFS is -3.01 LKFS; in two channels 3.01 dB more."""
    meter = LevelMeter()
    meter.use(load_weighting())
    feed(meter, sine(level_db))
    assert meter.short_term == pytest.approx(level_db, abs=0.05)
    assert meter.highest == pytest.approx(level_db, abs=0.05)
    assert meter.peaks == pytest.approx((level_db, level_db), abs=0.3)


def test_three_seconds_of_silence_are_forgotten_and_peaks_fall(qtbot: QtBot) -> None:
    meter = LevelMeter()
    meter.use(load_weighting())
    feed(meter, sine(-6))
    feed(meter, np.zeros((2, RATE), np.float32))
    assert -34 < meter.peaks[0] < -28  # 24 dB a second
    feed(meter, np.zeros((2, 3 * RATE), np.float32))
    assert meter.short_term is not None and meter.short_term < -60
    assert meter.highest == pytest.approx(-6, abs=0.05)
    meter.reset()
    assert (meter.highest, meter.short_term) == (SILENT_DB, None)


def test_the_master_level_is_a_factor_of_all_and_shown_in_numbers(qtbot: QtBot, tmp_path: Path) -> None:
    chunks = SoundChunks()
    write_bwf(tmp_path / "loud.wav", [np.full((1, RATE), 0.5, np.float32)])
    mix = Mix(chunks, [Voice(tmp_path / "loud.wav", 0, RATE)])
    whole = mix.block(100, 10, wait=True)
    mix.master = 0.5
    np.testing.assert_allclose(mix.block(100, 10, wait=True), whole / 2)
    assert whole.max() > 0.3
    chunks.close()
    meter = LevelMeter()
    view = MeterView(meter)
    qtbot.addWidget(view)
    levels: list[float] = []
    view.master.level_changed.connect(levels.append)
    view.master.setValue(-12)
    assert levels == [-6.0]
    meter.use(load_weighting())
    feed(meter, sine(1.0))
    view.refresh()
    assert view.peak.text() == "+1.0 pk" and view.loudness.text().endswith(" S")


def test_another_timeline_is_metered_anew(document: Document, reel: Path, tmp_path: Path) -> None:
    player = Player(document)
    feed(player.meter, sine(-6.0, 1))
    assert player.meter.highest > -7
    document.open(write_reel(tmp_path / "other.otio", ["film.mp4"]))
    assert player.meter.highest == SILENT_DB
    player.close()
