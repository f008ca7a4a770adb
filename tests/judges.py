"""Loudness and true peak as FFmpeg measures them: a judge that shares nothing with our meters."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np

SAMPLE_RATE = 48_000


def ffmpeg_judges(sound: np.ndarray) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP) of (2, n) at 48 kHz, by its filter ``ebur128``."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        format="fltp", sample_rate=SAMPLE_RATE, layout="stereo", time_base=Fraction(1, SAMPLE_RATE)
    )
    meter, sink = graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound, np.float32), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, 0, Fraction(1, SAMPLE_RATE)
    graph.push(frame)
    graph.push(None)
    said: dict[str, str] = {}
    while True:
        try:
            said = dict(graph.pull().metadata)
        except av.error.EOFError:
            peaks = [float(said[f"lavfi.r128.true_peaks_ch{channel}"]) for channel in (0, 1)]
            return float(said["lavfi.r128.I"]), float(20 * np.log10(max(peaks)))
