"""Kokoro-82M (hexgrad, Apache-2.0; StyleTTS 2, arXiv 2306.07691) from a folder of the user's own, by onnxruntime.

    model.onnx        an export (or the only other .onnx): tokens and a style → sound at 24 kHz
    vocab.json        IPA letter → token (or the model's config.json, which has it too)
    voices/NAME.bin   a style for every number of tokens, (510, 1, 256) float32; or all of them in one .bin, an npz

A voice's name begins with its language and sex: ``bf_emma`` is British, a woman.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.conditioning.speech.kokoro_folder import CURE, NAME, model_file, read_styles, read_vocabulary
from talkies.core.conditioning.speech.named_voices import VoiceFacts
from talkies.core.conditioning.speech.phonemes import ipa
from talkies.core.errors import InputError, MissingExtraError, in_one_line
from talkies.core.languages import main_language

RATE = 24_000
MOST_TOKENS = 509
LANGUAGES = {"a": "en-US", "b": "en-GB", "e": "es", "f": "fr", "h": "hi", "i": "it", "p": "pt-BR"}
"""BCP 47, by the first letter of a voice. Japanese (j) and Chinese (z) need a reading of their own script."""

_SEXES = {"f": "woman", "m": "man"}
_ENGLISH = str.maketrans({"r": "ɹ", "x": "k", "ɬ": "l", "ʲ": "j"})
"""What espeak writes in English and the model has not learned."""
_ELSEWHERE = (("tʃ", "ʧ"), ("dʒ", "ʤ"), ("g", "ɡ"))
"""What it has learned in other languages, where espeak writes two letters."""


class Kokoro:
    """Raises MissingExtraError without onnxruntime, InputError when the folder does not hold what it should."""

    def __init__(self, folder: Path) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtraError("onnxruntime", "is not installed", "pip install 'talkies[voices]'") from error
        self.folder = folder
        self._vocabulary = read_vocabulary(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        model = model_file(folder)
        try:
            self._session: Any = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # it has a dozen of its own, without a common root
            raise InputError(model, f"is not an ONNX model ({in_one_line(error)})", "copy it again") from error
        inputs = {each.name for each in self._session.get_inputs()}
        self._asks_for = "input_ids" if "input_ids" in inputs else "tokens"
        if inputs != {self._asks_for, "style", "speed"}:
            raise InputError(model, f"asks for {', '.join(sorted(inputs))}, so it is not Kokoro", CURE)

    def spoken(self, text: str, language: str, voice: str, speed: float = 1.0, style: int = 0) -> Floats32:
        """(N,) at 24 kHz, N = 0 where nothing is to be read. ``style``: how many tokens away from the text's own number
        its style is taken from. Raises InputError for a voice that is not there."""
        styles, parts = self.styles(voice), self._parts(text, language)
        near = (min(max(len(tokens) + style, 0), len(styles) - 1) for tokens in parts)
        sounds = [self._run(tokens, styles[row], speed) for tokens, row in zip(parts, near, strict=True)]
        return np.concatenate(sounds) if sounds else np.zeros(0, np.float32)

    def _parts(self, text: str, language: str) -> list[list[int]]:
        """Tokens of as much as the model can hold at once; parted at the word in the middle."""
        tokens, words = self.tokens(text, language), text.split()
        if len(tokens) <= MOST_TOKENS or len(words) < 2:
            return [tokens[:MOST_TOKENS]] if tokens else []
        half = len(words) // 2
        return [part for side in (words[:half], words[half:]) for part in self._parts(" ".join(side), language)]

    def _run(self, tokens: list[int], style: Floats32, speed: float) -> Floats32:
        request = {
            self._asks_for: np.array([[0, *tokens, 0]], np.int64),
            "style": style,
            "speed": np.array([speed], np.float32),
        }
        try:
            return np.asarray(self._session.run(None, request)[0], np.float32).reshape(-1)
        except Exception as error:  # as above
            raise InputError(self.folder, f"holds a model that does not speak ({in_one_line(error)})", CURE) from error

    def tokens(self, text: str, language: str) -> list[int]:
        """Punctuation counts: a question is asked. Raises ArgumentError for a language that espeak does not know."""
        parts = re.split(r"([;:,.!?…—]+)", re.sub(r"[\"“”„«»¿¡]", "", text))
        letters = "".join(
            part if place % 2 else f" {_letters(part, language)}" for place, part in enumerate(parts) if part.strip()
        ).strip()
        return [self._vocabulary[letter] for letter in letters if letter in self._vocabulary]

    @functools.cache  # noqa: B019 - one lives as long as the program
    def styles(self, name: str) -> Floats32:
        """(L, 1, 256): a style for each number of tokens. Raises InputError."""
        return read_styles(self.folder, name)


def facts_of(voice: str) -> VoiceFacts:
    """What a voice's name says of it. Raises InputError for a language that cannot be read here."""
    if not NAME.fullmatch(voice) or voice[0] not in LANGUAGES:
        which = {"j": "Japanese", "z": "Chinese"}.get(voice[:1], "a language that is not known")
        raise InputError(f"voice {voice}", f"speaks {which}, which cannot be read here", "choose another voice")
    return VoiceFacts(voice, LANGUAGES[voice[0]], f"{voice[3:]}, a {_SEXES[voice[1]]}")


def _letters(part: str, language: str) -> str:
    written = ipa(part, language)
    if main_language(language) == "en":
        return written.translate(_ENGLISH)
    return functools.reduce(lambda text, pair: text.replace(*pair), _ELSEWHERE, written)
