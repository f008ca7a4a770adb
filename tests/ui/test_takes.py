"""The strip of takes: how they look, and what its buttons and keys do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from talkies.core.media.bwf import write_bwf
from talkies.ui.player.monitor import Comparison, Monitor
from talkies.ui.takes.pictures import BANDS, COLUMNS, spectrogram
from talkies.ui.takes.strip import TakeStrip
from talkies.ui.work.document import Document


@pytest.fixture
def monitor(generated: Document) -> Monitor:
    return Monitor(generated, generated)


@pytest.fixture
def strip(generated: Document, monitor: Monitor, qtbot: QtBot) -> TakeStrip:
    generated.select(["V1-001"])
    strip = TakeStrip(generated, monitor)
    qtbot.addWidget(strip)
    strip.show()
    return strip


@pytest.mark.parametrize("frequency", [100, 440, 1000, 4000, 9000])
def test_a_tone_lies_in_its_band_and_silence_is_empty(tmp_path: Path, frequency: float) -> None:
    """Bands are equally wide in octaves from 60 to 11,500 Hz; a tone of full scale is nearly white."""
    rate, seconds = 48_000, 3
    sound = np.sin(2 * np.pi * frequency * np.arange(rate * seconds) / rate).astype(np.float32)
    sound[: rate * seconds // 3] = 0
    write_bwf(tmp_path / "tone.wav", [sound[None]])
    picture = spectrogram(tmp_path / "tone.wav", 24_000 * seconds)
    band = int(np.log(frequency / 60) / np.log(11_500 / 60) * BANDS)
    loudest = BANDS - 1 - picture[:, COLUMNS // 2 : -20].argmax(axis=0)
    assert set(np.abs(loudest - band)) <= {0, 1}
    assert picture[:, COLUMNS // 2 : -20].max() > 225
    assert not picture[:, : COLUMNS // 3 - 10].any()


def test_every_take_of_the_selection_has_its_card(generated: Document, strip: TakeStrip) -> None:
    assert list(strip.cards) == [take.id for take in generated.takes("V1-001")]
    assert [strip.cards[key].name.text() for key in strip.cards] == ["<b>DX 1</b> · ANNA", "<b>FX 1</b>", "<b>FX 2</b>"]
    generated.select(["V1-001", "V1-002"])
    assert len(strip.cards) == 6
    generated.select([])
    assert not strip.cards
    assert strip.hint.isVisible()


def test_commands_mean_the_take_that_has_the_focus(generated: Document, strip: TakeStrip, monitor: Monitor) -> None:
    take_id = next(key for key in strip.cards if key.startswith("FX") and key.endswith("t01"))
    card = strip.cards[take_id]
    strip.focus_on(take_id)
    for name in ("star", "solo", "mute", "later", "later", "earlier"):
        strip.do(name)
    take = generated.take(take_id)
    assert (take.starred, take.muted, take.nudge_frames) == (True, True, 1)
    assert monitor.solo == {take_id}
    assert [card.buttons[name].isChecked() for name in ("star", "solo", "mute")] == [True, True, True]
    strip.do("delete")
    assert take_id not in strip.cards
    assert not monitor.solo
    generated.undo_stack.undo()
    assert take_id in strip.cards


def test_two_takes_are_compared_equally_loud(generated: Document, strip: TakeStrip, monitor: Monitor) -> None:
    first, second = [take for take in generated.takes("V1-001") if take.stem == "FX"]
    generated.set_gain([second.id], 7.5)
    strip.focus_on(first.id)
    strip.swap()
    assert monitor.comparison == Comparison(first.id, second.id, "A")
    assert first.loudness_lufs is not None and second.loudness_lufs is not None
    levels = {}
    for take in (first, second):
        heard = {voice.path: voice.gain for voice in monitor.voices()}
        assert {first.path, second.path} & heard.keys() == {take.path}
        levels[take.id] = take.loudness_lufs + 20 * np.log10(heard[take.path])
        strip.swap()
    assert levels[first.id] == pytest.approx(levels[second.id], abs=0.01)
    assert levels[first.id] <= first.loudness_lufs + 0.01  # neither is raised
    strip.compare_as(first.id, "A")
    assert monitor.comparison is None


def test_what_is_heard_is_what_will_be_written(generated: Document, monitor: Monitor) -> None:
    starred = generated.takes("V1-001")[1]
    generated.star(starred.id)
    generated.nudge([starred.id], 5)
    generated.set_gain([starred.id], -6.0)
    generated.mute([take.id for take in generated.takes("V1-002") if take.stem == "DX"])
    voices = {voice.path: voice for voice in monitor.voices() if voice.path.suffix == ".wav"}
    chosen = [take for key in ("V1-001", "V1-002") for take in generated.chosen_takes(key) if not take.muted]
    assert voices.keys() == {take.path for take in chosen}
    voice = voices[starred.path]
    assert (voice.start, voice.end) == (5 * 1920, 48_000 + 5 * 1920)
    assert voice.gain == pytest.approx(10 ** (-6 / 20))
    assert voice.offset == round(starred.head_handle * 48_000)
    monitor.set_monitoring(takes=False)
    assert not [voice for voice in monitor.voices() if voice.path.suffix == ".wav"]


def test_one_take_alone(generated: Document, monitor: Monitor) -> None:
    take = generated.takes("V1-002")[0]
    monitor.toggle_solo(take.id)
    assert [voice.path for voice in monitor.voices()] == [take.path]


def test_a_stem_is_muted_in_all_selected_shots(generated: Document, strip: TakeStrip) -> None:
    generated.select(["V1-001", "V1-002"])
    strip.stems["FX"].click()
    muted = {take.stem for take in generated.all_takes if take.muted}
    assert muted == {"FX"}
    assert all(take.muted for take in generated.all_takes if take.stem == "FX")


def test_a_picture_comes_from_the_background(generated: Document, strip: TakeStrip, qtbot: QtBot) -> None:
    take = generated.takes("V1-001")[0]
    qtbot.waitUntil(lambda: strip.pictures.get(take) is not None, timeout=60_000)
    picture = strip.pictures.get(take)
    assert picture is not None
    assert picture.spectrogram.shape == (BANDS, COLUMNS)
