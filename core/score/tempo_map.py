"""Tempo map: seconds of the film to beats of the score and back, exactly, straight between knots.

A beat is a quarter note, whatever the meter.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise


@dataclass(frozen=True)
class Span:
    """A stretch of constant tempo: ``beats`` quarters in ``seconds``."""

    seconds: Fraction
    beats: Fraction

    @property
    def tempo(self) -> Fraction:
        """Quarters per minute."""
        return 60 * self.beats / self.seconds


@dataclass(frozen=True)
class TempoMap:
    """``knots``: (time in s, beat), both rising, the first at (0, 0). Beyond the last knot its span's tempo goes on."""

    knots: tuple[tuple[Fraction, Fraction], ...]
    _times: tuple[Fraction, ...] = field(init=False, repr=False, compare=False)
    _beats: tuple[Fraction, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_times", tuple(time for time, _ in self.knots))
        object.__setattr__(self, "_beats", tuple(beat for _, beat in self.knots))
        for values in (self._times, self._beats):
            assert len(values) > 1 and values[0] == 0, "a tempo map begins at 0 and has a span"
            assert all(before < after for before, after in pairwise(values)), "knots rise"

    @property
    def spans(self) -> tuple[Span, ...]:
        return tuple(Span(end - start, last - first) for (start, first), (end, last) in pairwise(self.knots))

    @property
    def median_tempo(self) -> Fraction:
        """Quarters per minute: half of the time is slower, half is faster."""
        spans = sorted(self.spans, key=lambda span: span.tempo)
        half, passed = self._times[-1] / 2, Fraction(0)
        for span in spans:
            passed += span.seconds
            if passed >= half:
                return span.tempo
        raise AssertionError("spans make up the whole time")

    def beat_at(self, time: Fraction) -> Fraction:
        """The beat at a time (s)."""
        return _across(self._times, self._beats, time)

    def time_at(self, beat: Fraction) -> Fraction:
        """The time (s) of a beat."""
        return _across(self._beats, self._times, beat)

    def tempo_at(self, beat: Fraction) -> Fraction:
        """Quarters per minute from a beat on."""
        index = _place(self._beats, beat)
        (start, first), (end, last) = self.knots[index : index + 2]
        return Span(end - start, last - first).tempo


def _place(values: tuple[Fraction, ...], value: Fraction) -> int:
    return min(max(bisect_right(values, value) - 1, 0), len(values) - 2)


def _across(here: tuple[Fraction, ...], there: tuple[Fraction, ...], value: Fraction) -> Fraction:
    index = _place(here, value)
    share = (value - here[index]) / (here[index + 1] - here[index])
    return there[index] + share * (there[index + 1] - there[index])
