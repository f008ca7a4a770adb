"""Speech by CSM: a line is frames of Mimi's tokens, one after the other, until it says that it is over."""

from __future__ import annotations

from typing import Any

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.transformers_model import OWN
from talkies.core.engines.adapters.watched import Watched
from talkies.core.engines.adapters.whole_lines import WholeLines, steps_in


class Csm(WholeLines):
    """English. A speaker is a number that stands before the line; the voice itself is drawn."""

    codec, rate, speakers = "codec_config", 24_000, 10

    def ready(self, library: Any) -> None:
        self._words = library.AutoTokenizer.from_pretrained(self.folder.path, **OWN)
        self._model = self.loaded(library.CsmForConditionalGeneration)

    def spoken(self, text: str, longest_s: float, speaker: int | None, watched: Watched) -> Floats32:
        """A line (N,), read until it ends or for ``longest_s``."""
        codec = self._model.codec_model.config
        steps = steps_in(longest_s, codec.frame_rate)
        asked = self._words([f"[{speaker or 0}]{text}"], return_tensors="pt").to(self._model.device)
        (sound,) = self._model.generate(
            input_ids=asked.input_ids,
            attention_mask=asked.attention_mask,
            output_audio=True,
            do_sample=True,
            max_new_tokens=steps,
            stopping_criteria=[watched.over(steps)],
        )  # (N,) or (1, 1, N)
        made: Floats32 = sound.reshape(-1).float().cpu().numpy()
        return made
