"""HunyuanVideo-Foley (github.com/Tencent-Hunyuan/HunyuanVideo-Foley): effects for a picture, 1 to 15 s at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from .checkout import RefusedError
from .model import Model, mixed, words_of

SHORTEST_S, LONGEST_S = 1.0, 15.0
RATE = 48_000
_FILES = {"xxl": "hunyuanvideo_foley.pth", "xl": "hunyuanvideo_foley_xl.pth"}
_BESIDE = ("vae_128d_48k.pth", "synchformer_state_dict.pth")
_FETCH = "download tencent/HunyuanVideo-Foley from Hugging Face, and name its folder with --weights"


class HunyuanFoley(Model):
    """See the module."""

    title, package = "HunyuanVideo-Foley", "hunyuanvideo_foley"
    address = "https://github.com/Tencent-Hunyuan/HunyuanVideo-Foley"
    models = ("xxl", "xl")
    takes_weights = True

    @property
    def _config(self) -> Path:
        return self.checkout.folder / "configs" / f"hunyuanvideo-foley-{self.variant}.yaml"

    @property
    def _folder(self) -> Path:
        return Path(self.said.weights or self.checkout.folder / "pretrained_models")

    def _paths(self) -> list[Path]:
        return [self._folder / name for name in (_FILES[self.variant], *_BESIDE)]

    def check(self) -> None:
        code = (f"hunyuanvideo_foley/utils/{name}_utils.py" for name in ("model", "feature"))
        self.checkout.need(*code, f"configs/{self._config.name}")
        self.checkout.need_weights(self._paths(), _FETCH)
        self.checkout.need_modules("torch")

    def described(self) -> dict[str, Any]:
        return {
            "licence": "Tencent Hunyuan Community License: neither it nor what it makes may be used in the EU, the UK "
            "and South Korea",
            "sellable": None,
            "window_s": LONGEST_S,
            "sample_rate": RATE,
            "sees": "movie",
            "steps": 50,
            "guidance": 4.5,
        }

    def load(self, device: str) -> Sequence[Path]:
        torch, its = import_module("torch"), import_module("hunyuanvideo_foley.utils.model_utils")
        if not device.startswith("cuda"):
            raise RefusedError("HunyuanVideo-Foley's code runs on an NVIDIA GPU alone, and this is " + device)
        self._models, self._cfg = its.load_model(
            str(self._folder),
            str(self._config),
            torch.device(device),
            enable_offload=False,
            model_size=self.variant,
        )
        self._denoise = its.denoise_process
        self._features = import_module("hunyuanvideo_foley.utils.feature_utils").feature_process
        return self._paths()

    def made(self, job: dict[str, Any], say: Callable[..., None]) -> list[float]:
        if job["movie"] is None or job["duration_s"] < SHORTEST_S:
            raise RefusedError(f"it takes a picture of {SHORTEST_S:g} to {LONGEST_S:g} s; give the shot longer handles")
        torch = import_module("torch")
        torch.manual_seed(job["seed"])
        negative = job["negative_prompt"] or None
        seen, read, seconds = self._features(job["movie"], words_of(job), self._models, self._cfg, neg_prompt=negative)
        say("progress", fraction=0.1)
        sound, rate = self._denoise(
            seen,
            read,
            seconds,
            self._models,
            self._cfg,
            guidance_scale=job["guidance"],
            num_inference_steps=job["steps"],
        )
        if rate != RATE:
            raise RefusedError(f"this HunyuanVideo-Foley makes {rate} Hz, where {RATE} are expected")
        return mixed(sound)


model = HunyuanFoley
