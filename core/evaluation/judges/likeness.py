"""Whose voice it is, by Resemblyzer: same speaker 0.78 to 0.89, others 0.47 to 0.62 on recordings."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Sequence

import numpy as np

from talkies.core.arrays import Floats32, Sound
from talkies.core.errors import MissingExtraError
from talkies.core.evaluation.judges.hearing import JUDGES_RATE, at_16k, at_peak

_CURE = "'make judges', or pip install 'talkies[judges]' and --no-deps Resemblyzer==0.1.4 webrtcvad-wheels"


class Resemblyzer:
    """Resemblyzer 0.1.4 (weights in the package), on the processor. Raises MissingExtraError."""

    def __init__(self) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it asks scipy for a name that is old
                resemblyzer = importlib.import_module("resemblyzer")
        except ImportError as error:
            raise MissingExtraError("resemblyzer", "is not installed", _CURE) from error
        self._prepared = resemblyzer.preprocess_wav
        self._encoder = resemblyzer.VoiceEncoder("cpu", verbose=False)

    def voice(self, sound: Sound) -> Floats32:
        """(256,) of length 1 from 48 kHz mono speech (N,); zeros where no voice is found."""
        samples = self._prepared(at_peak(at_16k(sound)), source_sr=JUDGES_RATE)
        if len(samples) < JUDGES_RATE // 5:
            return np.zeros(256, np.float32)
        return np.asarray(self._encoder.embed_utterance(samples), np.float32)


def rank_of_own(said: Floats32, own: int, offered: Sequence[Floats32]) -> int:
    """The place of ``offered[own]`` among all that are offered by cosine, from 1; who is as near comes first."""
    near = np.array([float(said @ other) for other in offered])
    return 1 + int((np.delete(near, own) >= near[own]).sum())
