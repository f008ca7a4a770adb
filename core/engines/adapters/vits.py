"""Speech by VITS, which MMS-TTS is too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.folders import is_whole, said_of
from talkies.core.engines.adapters.iso_639 import bcp_47
from talkies.core.engines.adapters.lines import Line, Placing
from talkies.core.engines.adapters.serving import Job, Say
from talkies.core.engines.adapters.spelling import Spelling
from talkies.core.engines.adapters.transformers_model import FASTEST_RATE, OWN, TransformersModel, seeded
from talkies.core.engines.guests.windows import seed_of
from talkies.core.errors import ArgumentError, EngineError

PATIENCE_S = 300.0
"""A line on a slow machine."""
_MOST_SPEAKERS = 100_000
_MOST_LETTERS = 1_000_000


class Vits(TransformersModel):
    """A line at a time, at any pace."""

    unmissed = ("posterior_encoder",)  # of training

    @property
    def facts(self) -> Mapping[str, Any]:
        self._check_vocabulary()
        self.speaker("")
        return {
            "tasks": ["dialogue"],
            "languages": self._languages(),
            "sample_rate": self.folder.number("config.json", "sampling_rate", 16_000, FASTEST_RATE),
            "patience_s": PATIENCE_S,
        }

    def _check_vocabulary(self) -> None:
        """Raises EngineError where nothing says what numbers the letters are."""
        letters = self.folder.read("vocab.json").values()
        if not letters:
            cure = "fetch vocab.json and tokenizer_config.json too"
            raise EngineError(self.folder.path.name, "has no vocab.json with its letters", cure)
        if not all(number == 0 or is_whole(number, _MOST_LETTERS) for number in letters):
            raise EngineError(f"{self.folder.path.name}/vocab.json", "has letters without a number", "fetch it again")

    def _languages(self) -> list[str]:
        tokens = self.folder.read("tokenizer_config.json")
        phonemes = "en" if tokens.get("phonemize", True) else ""  # the tokenizer has those of English only
        language = self.said.language or bcp_47(self.folder.text("tokenizer_config.json", "language")) or phonemes
        return [language] if language else []

    def speaker(self, voice: str) -> int:
        """The number of a job's voice, of the option where that is none. Raises ArgumentError for one it has not."""
        number = int(voice) if voice.isdecimal() else self.said.speaker or 0
        count = self.folder.number("config.json", "num_speakers", 1, _MOST_SPEAKERS)
        if not 0 <= number < count:
            raise ArgumentError(f"speaker {number}", "is not in this model", f"it has 0 to {count - 1}")
        return number

    def ready(self, library: Any) -> None:
        tokens = library.VitsTokenizer.from_pretrained(self.folder.path, **OWN)
        if tokens.phonemize:
            from talkies.core.conditioning.speech.phonemes import prepare_espeak

            prepare_espeak()
        self._spelling = Spelling(tokens, find_spec("uroman") is not None)
        self._model = self.loaded(library.VitsModel)

    def perform(self, job: Job, say: Say) -> Floats32:
        speaker = self.speaker(job["voice"])
        numbers = [self._spelling.numbers(line["text"]) for line in job["lines"]]
        for text in (line["text"] for line in job["lines"]):
            if unread := self._spelling.unread(text):
                say("note", message=f"{text[:60]!r}: this model cannot read {' '.join(unread)}; spell it out")

        def read(line: Line, pace: float, number: int) -> Floats32:
            with said_of(repr(line["text"][:60]), "cannot be read"):
                return self.read(numbers[number], pace, speaker, seed_of(job["seed"], number))

        return Placing(self.manifest["sample_rate"], read).placed(job, say)

    def read(self, numbers: Sequence[int], pace: float, speaker: int, seed: int) -> Floats32:
        """A line (N,) at one pace."""
        import torch

        asked = torch.tensor([numbers], device=self._model.device)
        with seeded(seed):
            rate = self._model.config.speaking_rate * pace
            waveform = self._model(input_ids=asked, speaker_id=speaker, speaking_rate=rate).waveform  # (1, N)
        sound: Floats32 = waveform[0].float().cpu().numpy()
        return sound
