"""How natural speech sounds, 1 (bad) to 5 (excellent), as listeners would say: DistillMOS, and DNSMOS beside it."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import numpy as np
import torch

from talkies.core.arrays import Floats32, Sound
from talkies.core.evaluation.extras import need
from talkies.core.evaluation.judges.hearing import JUDGES_RATE, at_16k, at_peak

_WINDOW = 144_160  # 9.01 s
_OVERALL = (-0.06766283, 1.11546468, 0.04602535)  # from what the network says to listeners' scale


class DistillMos:
    """DistillMOS 0.9 (weights in the package). Raises MissingExtraError."""

    def __init__(self) -> None:
        package = need("distillmos", "judges")
        with contextlib.redirect_stdout(io.StringIO()):  # it tells where its weights lie
            self._model = package.ConvTransformerSQAModel().eval()

    def score(self, sound: Sound) -> float:
        """Of 48 kHz mono speech (N,)."""
        with torch.inference_mode():
            return float(self._model(torch.from_numpy(at_peak(at_16k(sound)))[None]).item())


class DnsMos:
    """DNSMOS P.835, overall (weights in ``speechmos``, run without its other measures). Raises MissingExtraError."""

    def __init__(self) -> None:
        package, runtime = need("speechmos", "judges"), need("onnxruntime", "judges")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        model = Path(package.__file__ or "").parent / "dnsmos_models" / "sig_bak_ovr.onnx"
        self._session = runtime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def score(self, sound: Sound) -> float:
        """Of 48 kHz mono speech (N,): windows of 9 s, one a second, averaged; what is shorter is repeated."""
        samples = at_peak(at_16k(sound))
        samples = np.tile(samples, max(-(-_WINDOW // max(len(samples), 1)), 1))
        starts = range(0, len(samples) - _WINDOW + 1, JUDGES_RATE)
        return float(np.mean([self._window(samples[start : start + _WINDOW]) for start in starts]))

    def _window(self, samples: Floats32) -> float:
        overall = self._session.run(None, {"input_1": samples[None]})[0][0][2]
        return float(np.polyval(_OVERALL, overall))
