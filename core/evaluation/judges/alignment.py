"""When each word begins in a sound, by pocketsphinx's forced alignment: an aligner that planned nothing of ours.

Our own aligner (CTC) made the alignments that the model learned from; this one has an acoustic model of others' making
and a dictionary of American English. How well it does on recordings with known word times stands beside every figure.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.evaluation.extras import need
from talkies.core.evaluation.judges.hearing import JUDGES_RATE, at_16k
from talkies.core.evaluation.measures.speech import normalised, sound_power

_FRAMES_PER_S = 100
_RMS = 0.06
_AROUND_S = 0.2


class WordAligner:
    """pocketsphinx with the American English models that it brings along. Raises MissingExtraError."""

    def __init__(self) -> None:
        pocketsphinx = need("pocketsphinx")
        model = Path(pocketsphinx.get_model_path()) / "en-us"
        self._decoder = pocketsphinx.Decoder(
            hmm=str(model / "en-us"),
            dict=str(model / "cmudict-en-us.dict"),
            lm=None,
            samprate=JUDGES_RATE,
            loglevel="FATAL",
        )

    def starts(self, text: str, sound: Sound) -> list[float] | None:
        """When each word of ``text`` begins (s) in 48 kHz mono ``sound`` (N,); None where it cannot be aligned."""
        words, power = normalised(text), sound_power(sound)
        if power < 1e-10 or any(self._decoder.lookup_word(word) is None for word in words):
            return None
        self._decoder.set_align_text(" ".join(words))
        self._decoder.start_utt()
        self._decoder.process_raw(_samples(sound, power), full_utt=True)
        self._decoder.end_utt()
        found = [(each.word.partition("(")[0], each.start_frame) for each in self._decoder.seg() or ()]
        said = [(word, frame / _FRAMES_PER_S - _AROUND_S) for word, frame in found if word and word[0].isalpha()]
        return [start for _, start in said] if [word for word, _ in said] == words else None


def _samples(sound: Sound, power: float) -> bytes:
    """16-bit samples at one level, silence with a trace of noise around."""
    padded = np.pad(at_16k(sound) * (_RMS / np.sqrt(power)), round(_AROUND_S * JUDGES_RATE))
    dither = np.random.default_rng(0).normal(0, 1, len(padded))
    return np.asarray(np.clip(padded * 32767 + dither, -32768, 32767), "<i2").tobytes()
