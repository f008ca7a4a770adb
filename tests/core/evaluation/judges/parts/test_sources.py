"""Which source is chosen: by names first, by distance to recordings where names say nothing, else rules."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pytest

from talkies.core.evaluation.card.judged_tables import sources_section
from talkies.core.evaluation.judges.parts.sources import ASKED, Compared, better, class_figures, together

RATE = 48_000
DOG = next(each for each in ASKED if each.name == "dog")


def tone(hertz: float, decay_s: float = 0.1) -> np.ndarray:
    time = np.arange(2 * RATE) / RATE
    return np.asarray(0.3 * np.exp(-(time % 0.5) / decay_s) * np.sin(2 * np.pi * hertz * time), np.float32)


class ByPitch:
    """Names a low tone "dog"."""

    accepted = {"dog": ["dog"]}  # noqa: RUF012

    def is_named(self, sound: np.ndarray, accepted: Collection[str]) -> bool:
        return float(np.abs(np.fft.rfft(sound)).argmax()) * RATE / len(sound) < 1000 and "dog" in accepted


def figures_of(rules: list[float], network: list[float], recordings: list[float], judge: Any) -> dict[str, Any]:
    sounds = {"rules": rules, "network": network, "recordings": recordings}
    made = {by: [tone(hertz) for hertz in each] for by, each in sounds.items()}
    return class_figures(Compared(DOG, made), judge, len(recordings))  # type: ignore[arg-type]


def test_the_one_that_is_named_more_often_is_chosen() -> None:
    row = figures_of([300, 3000], [3000, 3000], [300, 310], ByPitch())
    assert row["named"] == {"rules": 0.5, "network": 0.0, "recordings": 1.0}
    assert row["distance"] == {"rules": None, "network": None}, "two recordings are too few"
    assert better(row) == "rules"
    assert better(figures_of([3000], [300], [300], ByPitch())) == "network"


def test_without_names_the_nearer_to_recordings_is_chosen_and_rules_without_either() -> None:
    recordings = [300.0, 320.0, 340.0, 360.0]
    assert better(figures_of([3000], [310], recordings, None)) == "network"
    assert better(figures_of([310], [3000], recordings, None)) == "rules"
    assert better(figures_of([310], [3000], [], None)) == "rules"


def test_means_are_over_classes_with_recordings_and_the_card_shows_them() -> None:
    rows = {"dog": figures_of([300], [3000], [300], ByPitch()), "cat": figures_of([3000], [3000], [], ByPitch())}
    means = together(rows.values())
    assert means["named"] == {"rules": 1.0, "network": 0.0, "recordings": 1.0}
    assert means["distance"] == {"rules": None, "network": None}
    side = {"classes": rows, "together": means}
    card = sources_section({"takes": 1, "held_out": side, "chosen": {"dog": "rules", "cat": "rules"}, "absent": []})
    assert any(line.startswith("| dog | 1") and "rules" in line for line in card)


def test_classes_without_a_judge_are_not_counted() -> None:
    assert figures_of([300], [300], [300], None)["named"] == {"rules": None, "network": None, "recordings": None}
    assert together([])["named"]["rules"] is None
    assert better({"named": {"rules": 1.0, "network": None}, "distance": {"rules": None, "network": None}}) == "rules"
    assert pytest.approx(1.0) == together([figures_of([300], [300], [300], ByPitch())])["named"]["network"]
