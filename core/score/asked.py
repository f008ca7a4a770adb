"""What is asked of a score, and free words read for it: "misterioso in D minor, solo piano, slow"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from talkies.core.errors import ArgumentError
from talkies.core.score.composed import Key, ModeName
from talkies.core.score.ensemble import ENSEMBLES, SOLOISTS, EnsembleName
from talkies.core.score.moods import MOODS, TEMPO_WORDS, Mood
from talkies.core.score.tempo import FASTEST, SLOWEST

MOST_STRETCH = 0.2

_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
KEY = re.compile(
    r"\b(?:in\s+)?([A-Ga-g])(?:[\s-]?(sharp|flat|#|b|♯|♭))?[\s-]+(major|minor)\b|\bin\s+([A-G])(?:[\s-]?(sharp|flat|#|b|♯|♭))?(?!\w)",
)
BPM = re.compile(r"\b(\d{2,3})\s*(?:bpm|beats)\b(?:\s+(?:per|a)\s+minute\b)?", re.IGNORECASE)
_ALSO = {"viola": "violas", "bass": "basses", "double bass": "basses", "theatre organ": "theatre_organ"}


@dataclass(frozen=True)
class Asked:
    """``tempo``: quarters per minute, met within 2 % by the median; ``tempo_range``: where to look for one that is not
    asked (None: the mood's). ``stretch``: most deviation of a span between hits. ``key``: of the first section.
    ``mode``: of all. ``solo``: one instrument in place of the ensemble."""

    mood: str = "neutral"
    tempo: float | None = None
    tempo_range: tuple[float, float] | None = None
    ensemble: EnsembleName = "piano"
    solo: str = ""
    key: Key | None = None
    mode: ModeName | None = None
    stretch: float = 0.08

    def __post_init__(self) -> None:
        if self.mood not in MOODS:
            raise ArgumentError(f"mood {self.mood!r}", "is not known", f"take one of {', '.join(MOODS)}")
        if self.ensemble not in ENSEMBLES:
            raise ArgumentError(f"ensemble {self.ensemble!r}", "is not known", f"take one of {', '.join(ENSEMBLES)}")
        if self.solo and self.solo not in SOLOISTS:
            raise ArgumentError(f"instrument {self.solo!r}", "plays no solo here", f"take one of {', '.join(SOLOISTS)}")
        if self.tempo is not None and not SLOWEST <= self.tempo <= FASTEST:
            raise ArgumentError(
                f"tempo {self.tempo:g}", "is out of bounds", f"give {SLOWEST:g} to {FASTEST:g} quarters a minute"
            )
        if not 0 < self.stretch <= MOST_STRETCH:
            raise ArgumentError(f"stretch {self.stretch:g}", "is out of bounds", f"give up to {MOST_STRETCH:g}")

    @property
    def players(self) -> tuple[str, ...]:
        """The instruments that may play."""
        return (self.solo,) if self.solo else ENSEMBLES[self.ensemble]


def read_asked(prompt: str, asked: Asked | None = None) -> Asked:
    """``asked`` with what the words of a prompt say besides: mood, tempo, key, ensemble or a solo instrument."""
    asked = asked or Asked()
    words = " ".join(prompt.casefold().split())
    asked = replace(asked, mood=mood_in(words) or asked.mood, tempo_range=_tempo_in(words) or asked.tempo_range)
    if bpm := BPM.search(words):
        asked = replace(asked, tempo=float(bpm[1]))
    asked = _with_players(asked, words)
    if key := KEY.search(prompt):
        return replace(asked, key=_key(key, asked), mode=_mode_in(words) or asked.mode)
    return replace(asked, mode=_mode_in(words) or asked.mode)


def mood_in(text: str) -> str:
    """The mood that words name first, "" for none."""
    words = text.casefold()
    found = [
        (place.start(), -len(word), mood.name)
        for mood in MOODS.values()
        for word in (mood.name, *mood.words)
        if (place := re.search(rf"\b{re.escape(word)}\b", words))
    ]
    return min(found)[2] if found else ""


def tempo_limits(asked: Asked, mood: Mood) -> tuple[float, float]:
    """Quarters per minute from, to."""
    return asked.tempo_range or mood.tempo


def _tempo_in(words: str) -> tuple[float, float] | None:
    found = [(place.start(), word) for word in TEMPO_WORDS if (place := re.search(rf"\b{word}\b", words))]
    return TEMPO_WORDS[min(found)[1]] if found else None


def _with_players(asked: Asked, words: str) -> Asked:
    names = {**{name: name for name in SOLOISTS}, **_ALSO, "organ": "theatre_organ"}
    solo = next((names[name] for name in names if re.search(rf"\bsolo {name}\b|\b{name} solo\b", words)), "")
    ensemble = next((name for name in ENSEMBLES if re.search(rf"\b{name}\b", words)), None)
    if solo:
        return replace(asked, solo=solo)
    if re.search(r"\bharmonium\b", words):
        return replace(asked, solo="harmonium")
    return replace(asked, solo="", ensemble=ensemble) if ensemble else asked


def _mode_in(words: str) -> ModeName | None:
    found = re.search(r"\b(major|minor)\b", words)
    return None if found is None else "major" if found[1] == "major" else "minor"


def _key(found: re.Match[str], asked: Asked) -> Key:
    letter, sign = found[1] or found[4], found[2] or found[5] or ""
    tonic = _LETTERS[letter.casefold()] + {"": 0, "sharp": 1, "#": 1, "♯": 1}.get(sign, -1)
    mode = _mode_in(found[3] or "") or asked.mode or MOODS[asked.mood].mode
    return Key(tonic % 12, mode)
