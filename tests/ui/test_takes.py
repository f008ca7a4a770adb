"""The strip of takes: how they look, and what its buttons and keys do."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import TonesEngine, load_tones
from films import write_movie, write_reel
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from signed import needs_c2pa, sign

from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.takes.edits import TakeEdit
from talkies.ui.player.monitor import Comparison, Monitor
from talkies.ui.takes.pictures import BANDS, COLUMNS, spectrogram
from talkies.ui.takes.strip import TakeStrip
from talkies.ui.timeline.rows import take_rows
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
    assert (take.starred, take.muted, take.edit.offset) == (True, True, Fraction(1, 25))
    assert monitor.solo == {take_id}
    assert [card.buttons[name].isChecked() for name in ("star", "solo", "mute")] == [True, True, True]
    strip.do("delete")
    assert take_id not in strip.cards
    assert not monitor.solo
    generated.undo_stack.undo()
    assert take_id in strip.cards


@pytest.mark.parametrize(
    ("frames", "shown"),
    [(0, "0 fr"), (1234, "+1234 fr"), (-20, "-20 fr"), (Fraction(5, 2), "+2.5 fr"), (Fraction(1, 3), "+0.33 fr")],
)
def test_a_card_says_by_how_many_frames_it_was_moved(
    generated: Document, strip: TakeStrip, frames: Fraction, shown: str
) -> None:
    take_id = next(iter(strip.cards))
    generated.edit_takes({take_id: TakeEdit(offset=frames / Fraction(25))})
    strip.cards[take_id].refresh()
    assert strip.cards[take_id].offset.text() == shown


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


def test_what_is_compared_is_heard_whatever_was_solo(generated: Document, strip: TakeStrip, monitor: Monitor) -> None:
    spoken = next(take for take in generated.takes("V1-001") if take.stem == "DX")
    monitor.toggle_solo(spoken.id)
    first, second = [take for take in generated.takes("V1-001") if take.stem == "FX"]
    strip.focus_on(first.id)
    strip.swap()
    strip.swap()
    assert second.path in {voice.path for voice in monitor.voices()}


def test_a_comparison_ends_when_other_shots_are_chosen(generated: Document, strip: TakeStrip, monitor: Monitor) -> None:
    """The take that was heard last stays, with its own gain and no longer as loud as the other."""
    first, second = [take for take in generated.takes("V1-001") if take.stem == "FX"]
    generated.set_gain([first.id], 7.5)
    strip.focus_on(first.id)
    strip.swap()
    assert monitor.comparison == Comparison(first.id, second.id, "A")
    generated.select(["V1-001", "V1-002"])
    assert monitor.comparison is not None
    generated.select(["V1-002"])
    assert monitor.comparison is None
    assert strip.compare.text() == "A/B"
    gains = {voice.path: voice.gain for voice in monitor.voices()}
    assert gains[first.path] == pytest.approx(10 ** (7.5 / 20))
    assert second.path not in gains


def test_a_card_says_at_once_that_its_words_were_edited(generated: Document, strip: TakeStrip) -> None:
    spoken = next(take for take in generated.takes("V1-001") if take.stem == "DX")
    card = strip.cards[spoken.id]
    assert "other words" not in card.details.text()
    generated.edit_cue(0, text="Quite other words.")
    assert "other words" in card.details.text()
    assert "edited since" in card.toolTip()
    assert "edited since" in card.accessibleDescription()
    generated.undo_stack.undo()
    assert "other words" not in card.details.text()


def test_a_card_says_at_once_that_its_list_was_edited(document: Document, qtbot: QtBot) -> None:
    """Of takes that are made of one, and no others."""
    spot = document.add_spot(Fraction(1, 5), words="hammer wood")
    order = {**document.order(), "task": "foley", "segments": ["V1-001"], "background": "off"}
    list(make_takes(TakeRequest.from_mapping({**order, "spots": str(document.list_file())}), load_engine=load_tones))
    list(make_takes(TakeRequest.from_mapping(order), load_engine=load_tones))
    document.find_takes()
    listed, plain = document.takes("V1-001")
    document.select(["V1-001"])
    strip = TakeStrip(document, Monitor(document))
    qtbot.addWidget(strip)
    assert "other spots" not in strip.cards[listed.id].details.text()
    document.roll_spots([spot])
    assert "other spots" in strip.cards[listed.id].details.text()
    assert "list that was edited since" in strip.cards[listed.id].toolTip()
    assert "other spots" not in strip.cards[plain.id].details.text()


def test_a_card_says_that_its_take_is_silent(document: Document, qtbot: QtBot) -> None:
    order = TakeRequest.from_mapping({**document.order(), "task": "foley", "segments": ["V1-001"]})
    list(make_takes(order, load_engine=lambda *_: SilentEngine()))
    document.find_takes()
    document.select(["V1-001"])
    strip = TakeStrip(document, Monitor(document, document))
    qtbot.addWidget(strip)
    (card,) = strip.cards.values()
    assert "silent" in card.details.text()
    assert "Nothing sounds here" in card.toolTip()


def test_a_screen_reader_hears_what_a_take_is(generated: Document, strip: TakeStrip) -> None:
    spoken = next(take for take in generated.takes("V1-001") if take.stem == "DX")
    first, second = [take for take in generated.takes("V1-001") if take.stem == "FX"]
    generated.star(first.id)
    generated.mute([spoken.id])
    names = {key: card.accessibleName() for key, card in strip.cards.items()}
    assert names == {
        spoken.id: "DX take 1, ANNA, seed 0, muted",
        first.id: "FX take 1, seed 0, circled, played and written back",
        second.id: "FX take 2, seed 1",
    }


def test_what_does_not_fit_on_a_card_ends_in_an_ellipsis(generated: Document, strip: TakeStrip, qtbot: QtBot) -> None:
    generated.select(["V1-001", "V1-002"])
    strip.resize(500, 240)
    qtbot.waitUntil(lambda: all(card.details.shown.endswith("…") for card in strip.cards.values()), timeout=20_000)
    strip.resize(3000, 240)
    generated.select(["V1-002"])
    qtbot.waitUntil(
        lambda: all(card.details.shown == card.details.text() for card in strip.cards.values()), timeout=20_000
    )


def test_who_speaks_first_comes_first(tmp_path: Path, qtbot: QtBot) -> None:
    """On cards and on the timeline, whatever the names are; also when the lines change places."""
    write_movie(tmp_path / "film.mp4", 2)
    cues = [(2, 10, "ZOE: Hello there."), (12, 20, "ADAM: Good morning.")]
    document = Document()
    document.open(write_reel(tmp_path / "reel.otio", ["film.mp4"], cues=cues))
    list(make_takes(TakeRequest.from_mapping({**document.order(), "task": "dialogue"}), load_engine=load_tones))
    document.find_takes()
    assert [take.speaker for take in document.takes("V1-001")] == ["ZOE", "ADAM"]
    rows = take_rows(document.all_takes)
    assert [row.items[0].speaker for row in rows] == ["ZOE", "ADAM"]
    document.edit_cue(1, start=Fraction(1, 25), end=Fraction(2, 25))
    assert [take.speaker for take in document.takes("V1-001")] == ["ADAM", "ZOE"]
    document.close()


class SilentEngine(TonesEngine):
    def sound(self, prepared: Any, **options: Any) -> Iterator[Any]:
        for block in super().sound(prepared, **options):
            yield block * 0


@needs_c2pa
def test_the_tip_of_a_card_says_where_its_take_comes_from(generated: Document, strip: TakeStrip) -> None:
    """As its file has it by then, whatever it was before."""
    take = next(take for take in generated.takes("V1-001") if take.stem == "DX")
    card = strip.cards[take.id]

    def tip() -> str:
        QApplication.sendEvent(card, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), card.mapToGlobal(QPoint(5, 5))))
        return card.toolTip()

    sign(take.path)
    assert "Credential valid, ours, signed by talkies on one computer" in tip()
    assert "made by a model" in tip()
    data = bytearray(take.path.read_bytes())
    data[-8000] ^= 1
    take.path.write_bytes(data)
    assert "Credential ALTERED" in tip()
    write_bwf(take.path, [np.zeros((1, 480), np.float32)])
    assert "No credential" in tip()
