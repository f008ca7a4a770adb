"""Lines as the reference's phoneme ids: a table of the user's, and where in time they are said.

The reference spreads a line's phonemes evenly from where it begins to where it ends, a blank before and after, and was
trained on nothing else (dataset/video_mix.py and infer.py of its public code); so only beginning and end come from our
own planning of durations, and from a mouth that moves. Punctuation is a blank too, and 0 is no speech. Its table is
ARPAbet, as g2p_en writes it; here espeak's IPA is respelled, or taken as it is where a table has that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import torch
from torch import Tensor

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.conditioning.speech.arpabet import arpabet
from talkies.core.conditioning.speech.durations import DurationModel
from talkies.core.conditioning.speech.phonemes import written_phrases
from talkies.core.engines.base import Line
from talkies.core.engines.mini_speech import SpeechReader
from talkies.core.errors import WeightsError
from talkies.core.files.regular import read_regular
from talkies.core.languages import main_language
from talkies.core.model.weights import fitted, part_of, shipped_weights

TABLE_NAME = "phonemes.json"
BLANK = "<blank>"
LANGUAGE = "en-US"
"""What the reference speaks."""
_DURATIONS = "mini.safetensors"  # whose part "durations" plans how long lines last
_LARGEST_BYTES = 1 << 20


@dataclass(frozen=True)
class PhoneTable:
    """Ids by phoneme, as the reference's ``token_list.json`` has them: ``{"AA0": 1, ..., "<blank>": 59}``."""

    ids: Mapping[str, int]

    @classmethod
    def read(cls, path: Path, vocabulary: int) -> PhoneTable:
        """A table of a model with so many ids. Raises WeightsError."""
        try:
            ids = json.loads(read_regular(path, _LARGEST_BYTES, WeightsError, "table of phonemes"))
        except (ValueError, RecursionError) as error:
            raise WeightsError(path, f"is not JSON ({error})") from None
        if not isinstance(ids, dict) or BLANK not in ids:
            raise WeightsError(path, f"is no table of phonemes with {BLANK}", "give the reference's token_list.json")
        for name, number in ids.items():
            if type(number) is not int or not 0 < number < vocabulary:
                problem = f"gives {name[:40]!r} the id {str(number)[:40]}, not one of 1 to {vocabulary - 1}"
                raise WeightsError(path, problem, "it belongs to another model")
        return cls(ids)

    def spelled(self, text: str, language: str) -> list[int]:
        """A line's ids, blanks before, between phrases and after; [] where it holds no words. Raises ArgumentError for
        a language that is not known."""
        ids: list[int] = []
        for phrase in written_phrases(text, language):
            ids += [self.ids[BLANK], *(number for word in phrase for unit in word for number in self._of(unit))]
        return [*ids, self.ids[BLANK]] if ids else []

    def _of(self, unit: str) -> list[int]:
        """Ids of one of espeak's units: its own, else of what ARPAbet spells it with; a blank for what has none."""
        for form in (unit, unit.replace("ˌ", ""), unit.strip("ˈˌ")):
            if form in self.ids:
                return [self.ids[form]]
        return [self.ids.get(name, self.ids[BLANK]) for name in arpabet(unit)] or [self.ids[BLANK]]


@dataclass
class LineReader:
    """Lays lines out as ids; the network for durations is read when it is first wanted."""

    table: PhoneTable
    _speech: SpeechReader | None = None

    def ids(
        self, lines: Iterable[Line], count: int, rate: Fraction, features: PictureFeatures | None, voice: str
    ) -> Tensor:
        """(count,) ids at ``rate`` per second, 0 where nobody speaks; where lines overlap, the later one is heard."""
        ids = torch.zeros(count, dtype=torch.long)
        for line in lines:
            spoken = replace(line, language=line.language or LANGUAGE)
            span = self._reader().span(features, spoken, voice)
            if span is None:
                continue
            first = min(max(round(span[0] * rate), 0), count)
            last = min(max(round(span[1] * rate), first + 1), count)
            ids[first:last] = evenly(torch.tensor(self.table.spelled(line.text, spoken.language)), last - first)
        return ids

    def _reader(self) -> SpeechReader:
        if self._speech is None:
            path = shipped_weights(_DURATIONS)
            durations = fitted(DurationModel, part_of(path, "durations"), path).eval().requires_grad_(False)
            self._speech = SpeechReader(durations, None)
        return self._speech


def evenly(ids: Tensor, count: int) -> Tensor:
    """ids (P,) spread over ``count`` places, each as long as the others: (count,)."""
    return ids[torch.arange(count) * len(ids) // max(count, 1)]


def foreign(lines: Iterable[Line]) -> tuple[str, ...]:
    """Says which languages the reference does not speak."""
    asked = {line.language for line in lines if main_language(line.language) not in ("", "en")}
    return tuple(f"the engine vssflow learned English, and says {each} with its sounds" for each in sorted(asked))
