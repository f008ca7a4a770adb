"""What independent judges say of speech: words (moonshine), naturalness (DistillMOS, DNSMOS), beside recordings.

sound, text ─► Ears.verdict ─► Verdict ─► speech_figures: ours beside the recordings of the same sentences
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from talkies.core.arrays import Sound
from talkies.core.evaluation.figures.codec import read_speech
from talkies.core.evaluation.judges.calling import Call
from talkies.core.evaluation.judges.intervals import Observation, difference, grouped, relative
from talkies.core.evaluation.judges.naturalness import DistillMos, DnsMos
from talkies.core.evaluation.judges.words import Moonshine
from talkies.core.evaluation.measures.speech import WordErrors


@dataclass(frozen=True)
class Verdict:
    """Of one sound; ``sentence`` is the text, which ours and recordings share. None: the judge is absent."""

    sentence: Hashable
    words: WordErrors | None
    distillmos: float | None
    dnsmos: float | None


@dataclass
class Ears:
    """The judges of English speech that are there; recordings are judged once a process."""

    words: Moonshine | None
    natural: DistillMos | None
    second: DnsMos | None
    absent: tuple[str, ...]
    _recorded: dict[Path, Verdict] = field(default_factory=dict)

    @classmethod
    def called(cls) -> Ears:
        call = Call()
        words, natural, second = call.moonshine(), call.distillmos(), call.dnsmos()
        return cls(words, natural, second, tuple(call.absent))

    def verdict(self, text: str, sound: Sound) -> Verdict:
        """Of 48 kHz mono speech (N,) that should say ``text``."""
        return Verdict(
            text,
            self.words.errors(text, sound) if self.words else None,
            self.natural.score(sound) if self.natural else None,
            self.second.score(sound) if self.second else None,
        )

    def of_recording(self, text: str, path: Path) -> Verdict:
        """The same of a file."""
        if path not in self._recorded:
            self._recorded[path] = self.verdict(text, read_speech(path))
        return self._recorded[path]


@functools.cache
def ears() -> Ears:
    """The judges of this process, loaded once."""
    return Ears.called()


def speech_figures(ours: Sequence[Verdict], natural: Sequence[Verdict]) -> dict[str, Any]:
    """Word error relative to the recordings, naturalness less theirs, each with its paired 95 % interval."""
    return {
        "sentences": len({verdict.sentence for verdict in ours}),
        "takes": len(ours),
        "recordings": len(natural),
        "word_error": relative(grouped(_errors(ours), _errors(natural))),
        "distillmos": difference(grouped(_scores(ours, _distillmos), _scores(natural, _distillmos))),
        "dnsmos": difference(grouped(_scores(ours, _dnsmos), _scores(natural, _dnsmos))),
    }


def _errors(verdicts: Iterable[Verdict]) -> list[Observation]:
    return [(each.sentence, each.words.errors, each.words.words) for each in verdicts if each.words is not None]


def _scores(verdicts: Iterable[Verdict], look: Callable[[Verdict], float | None]) -> list[Observation]:
    looked = ((each.sentence, look(each)) for each in verdicts)
    return [(sentence, score, 1) for sentence, score in looked if score is not None]


def _distillmos(verdict: Verdict) -> float | None:
    return verdict.distillmos


def _dnsmos(verdict: Verdict) -> float | None:
    return verdict.dnsmos
