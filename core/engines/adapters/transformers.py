"""Speech by a model of transformers in a folder of the user's own: VITS, which MMS-TTS is too. See docs/engines.md."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.folders import ModelFolder, Words, is_whole, said_of, stay_offline
from talkies.core.engines.adapters.iso_639 import bcp_47
from talkies.core.engines.adapters.lines import Line, Placing
from talkies.core.engines.adapters.serving import Job, Say, serve
from talkies.core.engines.adapters.spelling import Spelling
from talkies.core.engines.guests.windows import seed_of
from talkies.core.errors import ArgumentError, EngineError

KINDS = ("vits",)
PATIENCE_S = 300.0
"""A line on a slow machine."""
_MOST_SPEAKERS = 100_000
_FASTEST_RATE = 192_000
_MOST_LETTERS = 1_000_000


class SpeechAdapter:
    """``argv``: a folder and options. ``device``: as the user says it."""

    device = "auto"

    def __init__(self, argv: Sequence[str]) -> None:
        self._argv = argv

    @cached_property
    def said(self) -> Namespace:
        words = Words()
        words.add_argument("--language", default="")
        words.add_argument("--speaker", type=int, default=0)
        return words.parse_args(self._argv)

    @cached_property
    def folder(self) -> ModelFolder:
        return ModelFolder(self.said.folder, "config.json")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        facts = self.folder.facts
        if facts.get("model_type") not in KINDS:
            kind = str(facts.get("model_type"))[:40]
            raise EngineError(self.folder.path.name, f"has a model of type {kind}", f"this takes {', '.join(KINDS)}")
        self.folder.check_weights()
        self._check_vocabulary()
        self.speaker("")
        return {
            **self.folder.manifest("transformers", self.said),
            "tasks": ["dialogue"],
            "languages": self._languages(),
            "sample_rate": self.folder.number("config.json", "sampling_rate", 16_000, _FASTEST_RATE),
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
        number = int(voice) if voice.isdecimal() else self.said.speaker
        count = self.folder.number("config.json", "num_speakers", 1, _MOST_SPEAKERS)
        if not 0 <= number < count:
            raise ArgumentError(f"speaker {number}", "is not in this model", f"it has 0 to {count - 1}")
        return number

    def load(self) -> str:
        stay_offline()
        with said_of(self.folder.path.name, "cannot be loaded"):
            import torch

            from talkies.core.conditioning.speech.phonemes import prepare_espeak
            from talkies.core.engines.devices import choose_device

            library: Any = import_module("transformers")
            torch.backends.cudnn.deterministic = True
            path, own = self.folder.path, {"local_files_only": True, "trust_remote_code": False}
            tokens = library.VitsTokenizer.from_pretrained(path, **own)
            if tokens.phonemize:
                prepare_espeak()
            self._spelling = Spelling(tokens, find_spec("uroman") is not None)
            safe = {"use_safetensors": True, "output_loading_info": True}
            model, found = library.VitsModel.from_pretrained(path, **safe, **own)
            self._model = model.to(choose_device(self.device)).eval()
        self._check(found["missing_keys"])
        return self.folder.weights_hash()

    def _check(self, missing: Sequence[str]) -> None:
        """Raises EngineError where weights would be random; those of training and those renamed are not missed."""
        lost = [key for key in missing if "posterior_encoder" not in key and "parametrizations" not in key]
        if lost:
            raise EngineError(self.folder.path.name, f"lacks {len(lost)} weights, as {min(lost)}", "fetch it again")

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

        torch.manual_seed(seed)
        asked = torch.tensor([numbers], device=self._model.device)
        with torch.inference_mode():
            rate = self._model.config.speaking_rate * pace
            waveform = self._model(input_ids=asked, speaker_id=speaker, speaking_rate=rate).waveform  # (1, N)
        sound: Floats32 = waveform[0].float().cpu().numpy()
        return sound

    def use_device(self, name: str) -> None:
        self.device = name


if __name__ == "__main__":
    adapter = SpeechAdapter(sys.argv[1:])
    serve(adapter, adapter.use_device)
