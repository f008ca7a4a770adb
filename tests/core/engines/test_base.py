"""What every engine shares: a brief is prepared once, and what is silent costs nothing."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from engines import TonesEngine

from talkies.core.engines.base import Brief, Line, Prepared
from talkies.core.times import TimeRange


class NeverAsked(TonesEngine):
    """Has nothing to say, and says so."""

    def prepare(self, brief: Brief) -> Prepared:  # type: ignore[override]
        return Prepared(task=brief.task, duration=brief.duration, silent=True)

    def sound(self, prepared, **options):  # type: ignore[no-untyped-def]
        raise AssertionError("silence was asked of the model")


def test_silence_is_made_by_no_model_and_is_long_enough() -> None:
    engine = NeverAsked()
    shares: list[float] = []
    duration = Fraction(1001, 24000) * 601  # 25.07 s: more than two blocks
    prepared = engine.prepare(Brief("foley", duration))
    blocks = list(engine.generate(prepared, seed=0, steps=4, guidance=1.0, on_step=shares.append))
    assert sum(len(block) for block in blocks) == 1_203_202  # 25.0667083... · 48,000
    assert not np.concatenate(blocks).any()
    assert shares == [1.0]


def test_what_is_prepared_once_sounds_as_often_as_it_is_asked() -> None:
    engine = TonesEngine()
    line = Line(TimeRange(Fraction(0), Fraction(1)), "Hello")
    prepared = engine.prepare(Brief("dialogue", Fraction(1), lines=(line,)))

    def sound(seed: int) -> np.ndarray:
        return np.concatenate(
            list(engine.generate(prepared, seed=seed, steps=1, guidance=1.0, on_step=lambda share: None))
        )

    assert np.array_equal(sound(1), sound(1))
    assert not np.array_equal(sound(1), sound(2))
