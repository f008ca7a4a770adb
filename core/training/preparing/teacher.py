"""A teacher for voices: Kokoro-82M (hexgrad, Apache-2.0; StyleTTS 2, arXiv 2306.07691) reads what our readers read.

It speaks through onnxruntime from a folder of the user's own (docs/training.md says where its files are):

    model.onnx        the official export, tokens and a style → sound at 24 kHz
    vocab.json        IPA letter → token
    voices/NAME.bin   a style for every number of tokens, (510, 1, 256) float32
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import resample_poly

from talkies.core.arrays import Floats32, Sound
from talkies.core.conditioning.speech.phonemes import ipa
from talkies.core.corpus.recordings import level_speech
from talkies.core.errors import InputError, MissingExtraError
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.training.taught import TaughtVoice

RATE = 24_000
STYLE_DIM = 256
MOST_TOKENS = 509


_SPOKEN_AS = str.maketrans({"r": "ɹ", "x": "k", "ɬ": "l", "ʲ": "j"})
"""What espeak writes in English and the teacher has not learned."""


class Teacher:
    """Raises MissingExtraError without onnxruntime, InputError when the folder does not hold what it should."""

    def __init__(self, folder: Path) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtraError("onnxruntime", "is not installed", "pip install 'talkies[train]'") from error
        self._folder = folder
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            stored = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
            self._vocabulary: dict[str, int] = stored.get("vocab", stored)
            model = str(folder / "model.onnx")
            self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except (OSError, ValueError, onnxruntime.capi.onnxruntime_pybind11_state.NoSuchFile) as error:
            raise InputError(
                folder, f"holds no teacher ({error})", "see 'A teacher for voices' in docs/training.md"
            ) from error

    def read(self, text: str, voice: TaughtVoice, speed: float = 1.0) -> Sound:
        """(N,) at 48 kHz, as loud as recordings for training are; nothing lies above 12 kHz."""
        tokens = self.tokens(text, voice.language)
        request = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": self._styles(voice.style)[len(tokens)],
            "speed": np.array([speed], np.float32),
        }
        sound = self._session.run(None, request)[0]
        return level_speech(resample_poly(sound, SAMPLE_RATE // RATE, 1).astype(np.float32))

    def tokens(self, text: str, language: str) -> list[int]:
        """Punctuation counts: a question is asked."""
        parts = re.split(r"([;:,.!?…—]+)", re.sub(r"[\"“”„]", "", text))
        spoken = "".join(
            part if place % 2 else f" {ipa(part, language).translate(_SPOKEN_AS)}"
            for place, part in enumerate(parts)
            if part.strip()
        ).strip()
        return [self._vocabulary[letter] for letter in spoken if letter in self._vocabulary][:MOST_TOKENS]

    @functools.cache  # noqa: B019 - one teacher lives as long as the stage
    def _styles(self, name: str) -> Floats32:
        path = self._folder / "voices" / f"{name}.bin"
        try:
            return np.fromfile(path, np.float32).reshape(-1, 1, STYLE_DIM)
        except (OSError, ValueError) as error:
            raise InputError(path, f"is no style of the teacher's ({error})", "copy it again") from error
