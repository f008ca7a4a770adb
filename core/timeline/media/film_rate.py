"""At which rate a bare film is shown: as its file states, as somebody asks, or as name and pictures say.

reel 3, 18 fps.mkv   24 pictures a second, no two of them alike    shown at 18: it was copied picture for picture
reel 3, 18 fps.mkv   24 a second, every fourth one shown again     shown at 24: it runs as fast as it was shot
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from talkies.core.errors import ArgumentError
from talkies.core.timeline.media.cadence import shown_rate
from talkies.core.timeline.media.image_sequences import named_rate
from talkies.core.timeline.media.movie_facts import MovieFacts
from talkies.core.times import AUTO_RATE, AskedRate

_SAME = Fraction(1, 500)
"""Of a rate: names say 24 of 23.976."""
_ROUNDED = Fraction(1, 10_000)
"""Of a rate: 29.97 is asked for where 30000/1001 is meant."""
_NEAR = 0.1
"""Of a rate: by so much what the pictures show may be off it."""


def film_rate(path: Path, facts: MovieFacts, asked: AskedRate | None) -> tuple[Fraction, tuple[str, ...]]:
    """The rate at which a movie is shown, and what is to be said of it. Raises ArgumentError, MediaError."""
    named = named_rate(path)
    named = None if named is None else _nearest(named, facts.rate, _SAME)
    if asked is None:
        return facts.rate, _contradiction(facts.rate, named)
    wanted, why = (_nearest(asked, facts.rate, _ROUNDED), "") if asked != AUTO_RATE else _guess(path, facts, named)
    if wanted != facts.rate and not facts.constant_rate:
        problem = f"{path.name} has no constant frame rate, so it cannot be shown at another"
        raise ArgumentError("--rate", problem, "leave it out, or convert the film to one rate")
    if wanted == facts.rate:
        return wanted, (why,) if why else ()
    last = facts.duration * facts.rate / wanted
    told = f"states {_fps(facts.rate)} and is shown at {_fps(wanted)}{why}"
    return wanted, (f"{told}: it lasts {_s(last)} in place of {_s(facts.duration)}",)


def _nearest(rate: Fraction, stated: Fraction, near: Fraction) -> Fraction:
    """The rate, or the file's own where that is meant: 29.97 is 30000/1001."""
    return stated if abs(rate / stated - 1) < near else rate


def _guess(path: Path, facts: MovieFacts, named: Fraction | None) -> tuple[Fraction, str]:
    """The rate that the name says, unless the pictures are shown at it already; and why."""
    if named is None:
        return facts.rate, f"its name says no rate: it is shown at the {_fps(facts.rate)} that it states"
    if named == facts.rate:
        return named, ""
    shown = shown_rate(path, facts.rate)
    off, off_file = (abs((shown or 0) / float(rate) - 1) for rate in (named, facts.rate))
    if off < min(off_file, _NEAR):
        return facts.rate, f"shows {_fps(named)}, as its name says, and repeats them: it runs as fast as it was shot"
    return named, ", as its name says"


def _contradiction(rate: Fraction, named: Fraction | None) -> tuple[str, ...]:
    if named is None or named == rate:
        return ()
    told = f"states {_fps(rate)}, its name {_fps(named)}: it is read as it states"
    return (f"{told}; 'talkies generate --rate auto' looks at both",)


def _fps(rate: Fraction) -> str:
    return f"{float(rate):.6g} picture{'' if rate == 1 else 's'} a second"


def _s(seconds: Fraction) -> str:
    return f"{float(seconds):.1f} s"
