"""Speech by Dia: a line is tokens of the Descript codec, which lies in the folder ``dac`` beside the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.transformers_model import FASTEST_RATE, OWN
from talkies.core.engines.adapters.watched import Watched
from talkies.core.engines.adapters.whole_lines import WholeLines, steps_in
from talkies.core.errors import EngineError

CODEC = "dac"
_GUIDANCE = 3.0


class Dia(WholeLines):
    """English. It knows two speakers apart, the first and the second; their voices are drawn."""

    rate, speakers = 44_100, 2

    @property
    def facts(self) -> Mapping[str, Any]:
        if not (self.folder.path / CODEC / "config.json").is_file():
            cure = f"save the codec that its processor names (descript/dac_44khz) as its folder {CODEC}"
            raise EngineError(self.folder.path.name, f"has no {CODEC}/config.json", cure)
        self.folder.check_weights([CODEC])
        return super().facts

    @property
    def sample_rate(self) -> int:
        """Hz. Raises EngineError."""
        return self.folder.number(f"{CODEC}/config.json", "sampling_rate", self.rate, FASTEST_RATE)

    def ready(self, library: Any) -> None:
        words = library.DiaTokenizer.from_pretrained(self.folder.path, **OWN)
        self._codec = self.loaded(library.DacModel, CODEC)
        hop = self._codec.config.hop_length
        self._steps_a_second = self.sample_rate / hop
        extractor = library.DiaFeatureExtractor(sampling_rate=self.sample_rate, hop_length=hop)
        self._processor = library.DiaProcessor(extractor, words, audio_tokenizer=self._codec)
        self._model = self.loaded(library.DiaForConditionalGeneration)

    def spoken(self, text: str, longest_s: float, speaker: int | None, watched: Watched) -> Floats32:
        """A line (N,), read until it ends or for ``longest_s``."""
        config = self._model.config
        tokens = {name: getattr(config, name) for name in ("delay_pattern", "bos_token_id", "pad_token_id")}
        words = f"[S{(speaker or 0) + 1}] {text}"
        asked = self._processor(text=[words], return_tensors="pt", padding=False, **tokens).to(self._model.device)
        steps = steps_in(longest_s, self._steps_a_second) + max(config.delay_pattern)
        made = self._model.generate(
            **asked,
            max_new_tokens=steps,
            do_sample=True,
            guidance_scale=_GUIDANCE,
            stopping_criteria=[watched.over(steps)],
        )  # (1, T, channels)
        (sound,) = self._processor.batch_decode(made, **tokens)  # (N,)
        found: Floats32 = sound.reshape(-1).float().cpu().numpy()
        return found
