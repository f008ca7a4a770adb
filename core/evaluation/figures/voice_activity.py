"""Does anybody speak here? Silero's voice activity detector (MIT), offline: its network comes with the package."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import AnySound, Flags
from talkies.core.evaluation.extras import need
from talkies.core.evaluation.figures.codec import read_speech
from talkies.core.evaluation.material import Material
from talkies.core.media.wav.bwf import SAMPLE_RATE

if TYPE_CHECKING:
    from talkies.core.evaluation.figures.foley import Heard

_RATE = 16_000
_FRAME = 512  # 32 ms: what the network hears at a time
_LIKELY = 0.5
_SHORTEST_FRAMES = 8  # 256 ms: Silero's own default for the shortest stretch that is speech
_SURROUND = 8_000  # half a second of silence before and after: a recording has a beginning


class VoiceDetector:
    """Speech by the network's judgement alone: 50 % sure, in stretches of a quarter of a second or more."""

    def __init__(self) -> None:
        import torch

        threads = torch.get_num_threads()
        silero = need("silero_vad")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # torch's, about the format that the package chose
            self._network: Any = silero.load_silero_vad()
        torch.set_num_threads(threads)  # the package has set it to one

    def speech_frames(self, sound: AnySound) -> Flags:
        """Which frames of 32 ms of 48 kHz mono ``sound`` (N,) are speech, half a second of silence around it."""
        import torch
        from scipy.signal import resample_poly

        small = resample_poly(np.asarray(sound, np.float64).ravel(), 1, SAMPLE_RATE // _RATE)
        samples = torch.from_numpy(np.pad(small, _SURROUND).astype(np.float32))
        self._network.reset_states()
        with torch.inference_mode():
            likely = self._network.audio_forward(samples[None], _RATE)[0].numpy() > _LIKELY
        return _long_runs(likely, _SHORTEST_FRAMES)

    def figures(self, sounds: Sequence[AnySound]) -> dict[str, Any]:
        """Over all sounds: how many have speech in them, and the share (0 … 1) of their time that is speech."""
        found = [self.speech_frames(sound) for sound in sounds]
        seconds = sum(len(sound) for sound in sounds) / SAMPLE_RATE
        spoken = sum(int(frames.sum()) for frames in found) * _FRAME / _RATE
        return {
            "sounds": len(sounds),
            "sounds_with_speech": sum(bool(frames.any()) for frames in found),
            "speech_share_of_time": min(spoken / seconds, 1.0) if seconds else None,
        }


def _long_runs(flags: Flags, shortest: int) -> Flags:
    """Only those runs of True that last ``shortest`` or longer."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    kept = np.zeros_like(flags)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        kept[start:end] = end - start >= shortest
    return kept


def detected_in_foley(heard: Sequence[Heard], material: Material, speech: int = 8) -> dict[str, Any]:
    """Speech found in the effects of scenes: ours, and recordings at the same events; and in recorded speech.

    The last row shows that the detector works: it should find speech in all of them.
    """
    detector = VoiceDetector()
    prompted = [row.prompted for row in heard if row.prompted is not None]
    natural = [row.natural for row in heard if row.natural is not None]
    spoken = [read_speech(sentence.path) for sentence in material.sentences[:speech]]
    return {
        "generated": detector.figures([row.generated for row in heard]),
        "generated_prompted": detector.figures(prompted) if prompted else None,
        "natural": detector.figures(natural) if natural else None,
        "recorded_speech": detector.figures(spoken) if spoken else None,
    }
