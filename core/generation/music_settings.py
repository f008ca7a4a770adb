"""Settings of ``--task music``: which stretch is scored, by which hits, how fast, by whom, and how it makes way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from talkies.core.errors import ArgumentError

MAX_DUCK_DB = 40.0
_TEXTS = ("ensemble", "hits", "start", "end", "soundfont")
_LONGEST, _LONGEST_PATH = 100, 4096  # characters of a setting


@dataclass(frozen=True)
class MusicSettings:
    """``tempo``: quarters per minute, None for what the mood and the hits want. ``ensemble``: "" for what the prompt
    says, else the piano. ``hits``: what the music meets: cuts, spots of a list, markers or none. ``stretch``: most
    deviation of the tempo between hits. ``duck``: dB by which it makes way for speech, and more where it is loud; 0:
    not at all. ``start``, ``end``: record timecodes, "" for those of the chosen shots or of the timeline.
    ``soundfont``: what plays it: "own" instruments, a SoundFont of the "system", or a file; "" for what is configured,
    else our own."""

    tempo: float | None = None
    ensemble: str = ""
    hits: str = "cuts"
    stretch: float = 0.08
    duck: float = 12.0
    start: str = ""
    end: str = ""
    soundfont: str = ""

    def checked(self, has_spots: bool) -> None:
        """Raises ArgumentError for what cannot be asked for; ``has_spots``: whether there is a spotting list."""
        from talkies.core.score.asked import Asked
        from talkies.core.score.ensemble import ENSEMBLES
        from talkies.core.score.hits import HIT_CHOICES

        if self.ensemble and self.ensemble not in ENSEMBLES:
            problem, cure = f"there is no {self.ensemble[:40]!r}", f"use one of {', '.join(ENSEMBLES)}"
            raise ArgumentError("--ensemble", problem, cure)
        if self.hits not in HIT_CHOICES:
            raise ArgumentError("--hits", f"unknown hits {self.hits[:40]!r}", f"use one of {', '.join(HIT_CHOICES)}")
        if self.hits == "spots" and not has_spots:
            raise ArgumentError(
                "--hits spots", "needs a spotting list", "give one with --spots; talkies spot writes it"
            )
        if not 0 <= self.duck <= MAX_DUCK_DB:
            raise ArgumentError("--duck", f"{self.duck} dB is out of bounds", f"give 0 to {MAX_DUCK_DB:g}")
        Asked(tempo=self.tempo, stretch=self.stretch)

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> MusicSettings:
        """From JSON, by the same names. Raises ArgumentError."""
        known = {field.name for field in fields(cls)}
        for name, value in given.items():
            if name not in known:
                raise ArgumentError(f"music: {name}", "is not a setting", f"use one of {', '.join(sorted(known))}")
            if not _fits(name, value):
                raise ArgumentError(f"music: {name}", f"cannot be {str(value)[:40]!r}", "see 'talkies generate --help'")
        values: dict[str, Any] = {
            name: value if name in _TEXTS or value is None else float(value) for name, value in given.items()
        }
        return cls(**values)


def _fits(name: str, value: Any) -> bool:
    if name in _TEXTS:
        return isinstance(value, str) and len(value) <= (_LONGEST_PATH if name == "soundfont" else _LONGEST)
    if value is None:
        return name == "tempo"
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6
