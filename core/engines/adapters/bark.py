"""Speech by Bark: text to semantic tokens, those to tokens of EnCodec, coarse and then fine, in a voice of its list."""

from __future__ import annotations

import io
from functools import cached_property
from typing import Any

import numpy as np

from talkies.core.arrays import Floats32, Ints
from talkies.core.engines.adapters.transformers_model import OWN
from talkies.core.engines.adapters.watched import Watched
from talkies.core.engines.adapters.whole_lines import WholeLines, steps_in
from talkies.core.errors import EngineError
from talkies.core.files.regular import read_regular

VOICES = "speaker_embeddings_path.json"
_PROMPTS = {"semantic_prompt": 1, "coarse_prompt": 2, "fine_prompt": 2}
"""What a voice is made of, each with its number of axes."""
_MOST_VOICE_BYTES = 1 << 20
"""A voice of Bark's own has some 30 kB."""
_RATE_HZ, _MOST_STEPS = 49.9, 768
"""Semantic tokens a second, and how many it makes at most."""


class Bark(WholeLines):
    """``--language`` and a speaker's number name a voice, as ``v2/en_speaker_6``; where the folder has none, it is
    drawn."""

    codec, rate, speakers, names_language = "codec_config", 24_000, 10, True

    def ready(self, library: Any) -> None:
        self._words = library.BertTokenizer.from_pretrained(self.folder.path, **OWN)
        self._model = self.loaded(library.BarkModel)

    def spoken(self, text: str, longest_s: float, speaker: int | None, watched: Watched) -> Floats32:
        """A line (N,), read until it ends or for ``longest_s``. Raises ValueError for one that is longer than it
        reads at once."""
        room = self._model.generation_config.semantic_config.get("max_input_semantic_length", 256)
        asked = self._words(
            text, padding="max_length", max_length=room, truncation=True, add_special_tokens=False,
            return_token_type_ids=False, return_tensors="pt",
        ).to(self._model.device)  # fmt: skip
        steps = min(steps_in(longest_s, _RATE_HZ), _MOST_STEPS)
        made = self._model.generate(
            input_ids=asked.input_ids,
            attention_mask=asked.attention_mask,
            history_prompt=self.voice(speaker),
            semantic_do_sample=True,
            coarse_do_sample=True,
            semantic_max_new_tokens=steps,
            semantic_stopping_criteria=[watched.over(steps)],
        )  # (1, N)
        sound: Floats32 = made[0].float().cpu().numpy()
        if len(sound) / self.sample_rate > (_MOST_STEPS - 1) / _RATE_HZ:
            raise ValueError(f"{text[:60]!r} is longer than Bark reads at once; split the line")
        return sound

    @cached_property
    def _voices(self) -> dict[str, Any]:
        return self.folder.read(VOICES)

    def voice(self, speaker: int | None) -> dict[str, Any] | None:
        """What a voice is made of, as tensors; None where the folder has no voices. Raises EngineError."""
        if not self._voices:
            return None
        import torch

        name = f"v2/{(self.said.language or 'en').partition('-')[0]}_speaker_{speaker or 0}"
        paths = self._voices.get(name)
        if not isinstance(paths, dict):
            raise EngineError(f"{self.folder.path.name}/{VOICES}", f"has no voice {name}", "choose another --speaker")
        return {key: torch.from_numpy(self._prompt(paths.get(key), key)).to(self._model.device) for key in _PROMPTS}

    def _prompt(self, name: object, key: str) -> Ints:
        """(T,) or (books, T) whole numbers of a file in the folder. Raises EngineError."""
        path = (self.folder.path / str(name)).resolve()
        if not path.is_relative_to(self.folder.path.resolve()) or path.suffix != ".npy":
            raise EngineError(f"{self.folder.path.name}/{VOICES}", f"names no file of its own for {key}")
        data = read_regular(path, _MOST_VOICE_BYTES, EngineError, "voice")
        try:
            found: Ints = np.load(io.BytesIO(data), allow_pickle=False)
        except Exception as error:  # numpy has a dozen for a file that lies
            raise EngineError(f"{self.folder.path.name}/{name}", "cannot be read", "fetch it again") from error
        if not isinstance(found, np.ndarray) or found.ndim != _PROMPTS[key] or found.dtype.kind not in "iu":
            raise EngineError(f"{self.folder.path.name}/{name}", f"is no {key}", "fetch it again")
        return found.astype(np.int64)
