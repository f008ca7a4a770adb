"""MMAudio (github.com/hkchengrex/MMAudio): effects for a picture, up to 8 s at once, by its ``mmaudio.eval_utils``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from .model import Model, held, mixed, words_of

CLIP_RATE, SYNC_RATE = 8, 25
"""Pictures a second, as its two eyes see them."""
_SHORTEST_S = 1.0
"""Its sync features want 16 pictures at least."""
_FETCH = "its demo.py fetches them when it is run in the checkout"


class MMAudio(Model):
    """See the module."""

    title, address, package = "MMAudio", "https://github.com/hkchengrex/MMAudio", "mmaudio"
    models = ("large_44k_v2", "large_44k", "medium_44k", "small_44k", "small_16k")

    def check(self) -> None:
        self.checkout.need("mmaudio/eval_utils.py", "mmaudio/model/networks.py", "mmaudio/model/flow_matching.py")
        self.checkout.need_weights([self.checkout.folder / "weights" / f"mmaudio_{self.variant}.pth"], _FETCH)
        self.checkout.need_modules("torch")

    def described(self) -> dict[str, Any]:
        return {
            "licence": "code MIT, weights CC BY-NC 4.0",
            "sellable": False,
            "window_s": 8.0,
            "sample_rate": 16_000 if self.variant.endswith("16k") else 44_100,
            "sees": "movie",
            "steps": 25,
            "guidance": 4.5,
        }

    def load(self, device: str) -> Sequence[Path]:
        torch, self._its = import_module("torch"), import_module("mmaudio.eval_utils")
        config = self._its.all_model_cfg[self.variant]
        names = ("model_path", "vae_path", "bigvgan_16k_path", "synchformer_ckpt")
        paths = {name: self.checkout.folder / path for name in names if (path := getattr(config, name)) is not None}
        self.checkout.need_weights(paths.values(), _FETCH)
        kind = torch.bfloat16 if device.startswith("cuda") else torch.float32
        net = import_module("mmaudio.model.networks").get_my_mmaudio(config.model_name).to(device, kind).eval()
        net.load_weights(torch.load(paths["model_path"], map_location=device, weights_only=True))
        features = import_module("mmaudio.model.utils.features_utils").FeaturesUtils(
            tod_vae_ckpt=paths["vae_path"],
            synchformer_ckpt=paths["synchformer_ckpt"],
            enable_conditions=True,
            mode=config.mode,
            bigvgan_vocoder_ckpt=paths.get("bigvgan_16k_path"),
            need_vae_encoder=False,
        )
        self._net, self._features, self._config, self._device = net, features.to(device, kind).eval(), config, device
        return list(paths.values())

    def made(self, job: dict[str, Any], say: Callable[..., None]) -> list[float]:
        torch, seconds = import_module("torch"), max(float(job["duration_s"]), _SHORTEST_S)
        solver = import_module("mmaudio.model.flow_matching").FlowMatching(
            min_sigma=0, inference_mode="euler", num_steps=job["steps"]
        )
        lengths = replace(self._config.seq_cfg, duration=seconds)
        with torch.inference_mode():
            clip, sync = self._seen(job["movie"], seconds)
            self._net.update_seq_lengths(lengths.latent_seq_len, lengths.clip_seq_len, lengths.sync_seq_len)
            sound = self._its.generate(
                clip,
                sync,
                [words_of(job)],
                negative_text=[job["negative_prompt"]],
                feature_utils=self._features,
                net=self._net,
                fm=Watched(solver, job["steps"], say),
                rng=torch.Generator(device=self._device).manual_seed(job["seed"]),
                cfg_strength=job["guidance"],
            )
        return mixed(sound)

    def _seen(self, movie: Any, seconds: float) -> tuple[Any, Any]:
        """(1, T, 3, H, W) for each of its eyes, the last picture held to the end; None for both without a movie."""
        if movie is None:
            return None, None
        found = self._its.load_video(Path(movie), seconds, load_all_frames=False)
        clip = held(found.clip_frames, int(CLIP_RATE * seconds))
        return clip[None], held(found.sync_frames, int(SYNC_RATE * seconds))[None]


class Watched:
    """Its solver, which says how far it is, and so can be stopped."""

    def __init__(self, solver: Any, steps: int, say: Callable[..., None]) -> None:
        self._solver, self._steps, self._say = solver, steps, say

    def to_data(self, flow: Callable[..., Any], noise: Any) -> Any:
        done = 0

        def told(time: Any, latents: Any) -> Any:
            nonlocal done
            self._say("progress", fraction=min(done / self._steps, 1.0))
            done += 1
            return flow(time, latents)

        return self._solver.to_data(told, noise)


model = MMAudio
