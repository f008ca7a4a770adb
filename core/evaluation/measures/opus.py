"""A yardstick for our codec: the same sound there and back through Opus, in memory."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.media.wav.bwf import SAMPLE_RATE


def through_opus(sound: Sound, kilobits: int = 64) -> Sound:
    """48 kHz mono (N,) → Opus at ``kilobits`` kb/s → 48 kHz mono (N,), sample for sample in its place.

    Ogg says how many samples the encoder put before the first (RFC 7845, section 5.1: pre-skip), and the reader takes
    them away; what is missing at the end, less than one packet, is silence.
    """
    import av

    if not len(sound):
        return sound
    memory = io.BytesIO()
    with av.open(memory, "w", format="ogg") as container:
        stream: Any = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = kilobits * 1000
        samples = np.ascontiguousarray(np.clip(sound, -1, 1), np.float32)[None]
        frame = av.AudioFrame.from_ndarray(samples, format="flt", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    memory.seek(0)
    with av.open(memory, "r") as container:
        decoded = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    back = np.concatenate(decoded)[: len(sound)] if decoded else np.zeros(0, np.float32)
    return np.pad(back, (0, len(sound) - len(back))).astype(np.float32)
