"""Sections laid on the film: a tempo for each, one tempo map for all, and their bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from talkies.core.score.asked import Asked, tempo_limits
from talkies.core.score.composed import Bar, Section
from talkies.core.score.form import Movement, bars_of
from talkies.core.score.hits import Hit
from talkies.core.score.tempo import EIGHTH, FASTEST, SLOWEST, Limits, fit_tempo
from talkies.core.score.tempo_map import TempoMap

_SAME_THEME = 0.05  # how far the tempo of a theme that comes back may be from what it was


@dataclass(frozen=True)
class Laid:
    """``met``: the hits on the grid, ``missed``: the others; ``closing``: the beat of the last chord."""

    tempo_map: TempoMap
    sections: tuple[Section, ...]
    met: tuple[Hit, ...]
    missed: tuple[Hit, ...]
    closing: Fraction


def laid(movements: Sequence[Movement], hits: Sequence[Hit], asked: Asked, end: Fraction) -> Laid:
    """``end``: seconds at which the last chord is over."""
    knots = [(Fraction(0), Fraction(0))]
    met: list[Hit] = []
    sections: list[Section] = []
    tempos: dict[str, float] = {}
    for movement in movements:
        start = knots[-1][1]
        own = _between(hits, movement)
        fit = fit_tempo(own, _limits(movement, asked, tempos.get(movement.mood.name)))
        tempos.setdefault(movement.mood.name, fit.tempo)
        for index, eighths in zip(fit.met[1:], fit.eighths, strict=True):
            knots.append((own[index].time, knots[-1][1] + eighths * EIGHTH))
        met += [own[index] for index in fit.met]
        bars = bars_of(start, knots[-1][1], movement.mood.meter)
        sections.append(_section(movement, start, bars))
    closing = knots[-1][1]
    tempo_map = TempoMap(tuple(knots))
    sections[-1] = _with_last_chord(sections[-1], tempo_map, closing, end)
    real = [hit for hit in dict.fromkeys(met) if hit in hits]
    return Laid(tempo_map, tuple(sections), tuple(real), tuple(hit for hit in hits if hit not in real), closing)


def _between(hits: Sequence[Hit], movement: Movement) -> list[Hit]:
    """The hits of a movement, with its own beginning and end where no hit is there."""
    start, end = movement.span.start, movement.span.end
    inside = [hit for hit in hits if start < hit.time < end]
    return [_at(hits, start), *inside, _at(hits, end)]


def _at(hits: Sequence[Hit], time: Fraction) -> Hit:
    return next((hit for hit in hits if hit.time == time), Hit(time, 1.0, "cut"))


def _limits(movement: Movement, asked: Asked, before: float | None) -> Limits:
    slowest, fastest = tempo_limits(asked, movement.mood)
    if before is not None and asked.tempo is None:
        slowest, fastest = max(before * (1 - _SAME_THEME), SLOWEST), min(before * (1 + _SAME_THEME), FASTEST)
    return Limits(slowest, fastest, asked.tempo, asked.stretch)


def _section(movement: Movement, start: Fraction, bars: tuple[Bar, ...]) -> Section:
    return Section(
        name=movement.name,
        mood=movement.mood.name,
        key=movement.key,
        span=movement.span,
        beats=(start, bars[-1].end),
        bars=bars,
        theme=movement.theme,
        held=movement.held,
    )


def _with_last_chord(section: Section, tempo_map: TempoMap, closing: Fraction, end: Fraction) -> Section:
    """The bars under the last chord, as many as it holds."""
    bars, meter = list(section.bars), section.bars[0].meter
    last = tempo_map.beat_at(end)
    while bars[-1].end < last:
        bars.append(Bar(bars[-1].end, meter))
    span = replace(section.span, end=end)
    return replace(section, bars=tuple(bars), span=span, beats=(section.beats[0], last))
