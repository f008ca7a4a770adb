"""Sounds of a library beside what they are made of: a tone is cast, performed at the bounces, and named alike."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest
from scipy.io import wavfile

from talkies.core.evaluation.card.judged_tables import library_section
from talkies.core.evaluation.judges.bouncing import BALLS
from talkies.core.evaluation.judges.parts.library import Judged, Performed, performances
from talkies.core.evaluation.judges.parts.sources import ASKED
from talkies.core.library import add_folder, open_library

RATE = 48_000
DOG = next(each for each in ASKED if each.name == "dog")


class ByPitch:
    """Names a low tone "dog"."""

    accepted = {"dog": ["dog"]}  # noqa: RUF012

    def is_named(self, sound: np.ndarray, accepted: Collection[str]) -> bool:
        return bool(np.abs(np.fft.rfft(sound)).argmax() * RATE / len(sound) < 1000 and "dog" in accepted)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Performed]:
    """Two recordings of dogs, one low and one high, performed twice on every ball."""
    folder = tmp_path_factory.mktemp("recordings")
    time = np.arange(RATE) / RATE
    for name, hertz in (("dog bark low", 400), ("dog bark high", 4000)):
        bark = 0.3 * np.exp(-time / 0.05) * np.sin(2 * np.pi * hertz * time)
        wavfile.write(folder / f"{name}.wav", RATE, bark.astype(np.float32))
    with open_library(tmp_path_factory.mktemp("index") / "library.sqlite") as library:
        list(add_folder(library, folder, 1))
        return list(performances(library, DOG, 2))


def test_every_bounce_is_heard_from_recordings_that_take_turns(rows: list[Performed]) -> None:
    assert len(rows) == 2 * len(BALLS)
    for row in rows:
        assert {pick.recording.path.stem for pick in row.picks} == {"dog bark low", "dog bark high"}
        for event in BALLS[row.film].events():
            place = int(event.time * RATE)
            before, after = row.sound[place - 480 : place - 48], row.sound[place : place + 480]
            assert np.abs(after).max() > 3 * np.abs(before).max()


def test_shares_are_of_what_was_performed_and_of_what_it_is_made_of(rows: list[Performed]) -> None:
    judged = Judged(ByPitch())  # type: ignore[arg-type]
    for row in rows:
        judged.hear(row)
    figures = judged.figures()
    assert figures["sounds"] == len(rows)
    assert figures["classes"]["dog"]["natural"] == pytest.approx(0.5), "one of the two is low"
    heard = sum(ByPitch().is_named(row.sound, ["dog"]) for row in rows) / len(rows)
    assert figures["named"]["generated"] == pytest.approx(heard)
    card = library_section({**figures, "takes": 2, "absent": []})
    assert any(line.startswith("| dog | 0.5") for line in card)


def test_without_a_recording_that_fits_the_card_says_so() -> None:
    card = library_section({**Judged(ByPitch()).figures(), "absent": []})  # type: ignore[arg-type]
    assert card == ["**Recordings of a library, by independent judges**, none could be judged:", ""]
