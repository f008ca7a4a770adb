"""Music by MusicGen, from words: tokens of a codec, as many as the length needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.folders import is_whole, said_of
from talkies.core.engines.adapters.serving import Job, Say
from talkies.core.engines.adapters.transformers_model import FASTEST_RATE, OWN, TransformersModel, seeded
from talkies.core.engines.adapters.watched import Watched
from talkies.core.errors import EngineError

LONGEST_S = 30.0
"""What it was trained for."""
GUIDANCE = 3.0
PATIENCE_S = 900.0
"""Between two words about how far it is, on a slow machine: decoding a window says nothing."""
_MOST = 1 << 12  # of a stride of the codec


class MusicGen(TransformersModel):
    """Text → T5 → tokens of EnCodec, frame by frame → sound. It takes no negative prompt, and no picture."""

    unmissed = ("embed_positions",)  # sines

    @property
    def facts(self) -> Mapping[str, Any]:
        self.refuse("language", "speaker")
        rate = self._codec.get("sampling_rate", 32_000)
        if not is_whole(rate, FASTEST_RATE):
            raise self._broken("sampling_rate is no whole number")
        assert self.hop_samples
        return {
            "tasks": ["music"],
            "window_s": LONGEST_S,
            "sample_rate": rate,
            "patience_s": PATIENCE_S,
            "guidance": GUIDANCE,
        }

    @cached_property
    def _codec(self) -> Mapping[str, Any]:
        found = self.folder.facts.get("audio_encoder")
        if not isinstance(found, dict):
            raise self._broken("says nothing of its audio_encoder")
        return found

    @cached_property
    def hop_samples(self) -> int:
        """Samples of a frame of the codec. Raises EngineError."""
        strides = self._codec.get("upsampling_ratios", [8, 5, 4, 4])
        if not isinstance(strides, list) or not strides or not all(is_whole(each, _MOST) for each in strides):
            raise self._broken("upsampling_ratios are no whole numbers")
        return math.prod(strides)

    def _broken(self, problem: str) -> EngineError:
        return EngineError(f"{self.folder.path.name}/{self.folder.main}", problem, "fetch it again")

    def ready(self, library: Any) -> None:
        self._words = library.T5Tokenizer.from_pretrained(self.folder.path, **OWN)
        self._model = self.loaded(library.MusicgenForConditionalGeneration)

    def perform(self, job: Job, say: Say) -> Floats32:
        if not job["prompt"].strip():
            raise EngineError("the music", "nothing says what it is", "give a prompt")
        if job["negative_prompt"].strip():
            say("note", message="MusicGen heeds no negative prompt")
        with said_of(repr(job["prompt"][:60]), "cannot be played"):
            sound = self.played(job, lambda share: say("progress", fraction=share))
        return sound[: job["samples"]]

    def played(self, job: Job, on_share: Callable[[float], None]) -> Floats32:
        """(N,) at least as long as the job; channels are mixed."""
        tokens = self.tokens(job["samples"])
        asked = self._words([job["prompt"]], return_tensors="pt").to(self._model.device)
        with seeded(job["seed"]):
            made = self._model.generate(
                input_ids=asked.input_ids,
                attention_mask=asked.attention_mask,
                max_new_tokens=tokens,
                do_sample=True,
                guidance_scale=job["guidance"],
                stopping_criteria=[Watched(on_share, tokens)],
            )  # (1, C, N)
        sound: Floats32 = made[0].float().cpu().numpy().mean(axis=0).astype(np.float32)
        return sound

    def tokens(self, samples: int) -> int:
        """How many are made, one a step: a frame of the codec each, and those by which its books lag behind the first;
        of two channels both go together."""
        decoder = self._model.config.decoder
        lag = int(decoder.num_codebooks) // int(decoder.audio_channels) - 1
        return math.ceil(samples / self.hop_samples) + lag
