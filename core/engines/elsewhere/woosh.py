"""Woosh (github.com/SonyResearch/Woosh): effects for a picture, 8 s at once, or from words alone, 5 s at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from .checkout import RefusedError
from .model import Model, described_in, mixed, words_of

RATE, PICTURE_RATE = 48_000, 24
CHANNELS, LATENT_RATE = 128, 100
_TOLERANCE = 1e-3
_FADE_S = 0.02
_RENOISE = {4: [0, 0.5, 0.5, 0.3]}
"""By steps, as its own scripts have it; as much everywhere for other numbers."""
_FETCH = "its README.md says how they are fetched"


class Woosh(Model):
    """See the module."""

    title, address, package = "Woosh", "https://github.com/SonyResearch/Woosh", "woosh"
    models = ("Woosh-VFlow-8s", "Woosh-DVFlow-8s", "Woosh-Flow", "Woosh-DFlow")

    @property
    def _sees(self) -> bool:
        return "VFlow" in self.variant

    @property
    def _is_distilled(self) -> bool:
        return "-D" in self.variant

    @property
    def _window_s(self) -> float:
        return 8.0 if self._sees else 5.0

    def _weights(self) -> list[Path]:
        """Of the model, and of what it is made of."""
        folder = self.checkout.folder / "checkpoints"
        names = (self.variant, "Woosh-AE", "TextConditionerV" if self._sees else "TextConditionerA")
        found = (path for name in names for path in sorted((folder / name).glob("*")))
        return [path for path in found if path.suffix in (".safetensors", ".pt")]

    def check(self) -> None:
        folder = f"checkpoints/{self.variant}"
        self.checkout.need("woosh/components/base.py", "woosh/inference/flowmap_sampler.py", f"{folder}/config.yaml")
        if not any(path.parent.name == self.variant for path in self._weights()):
            raise RefusedError(
                f"{self.variant} has no weights; {_FETCH} ({self.checkout.folder / folder} was looked at)"
            )
        self.checkout.need_modules("torch")

    def described(self) -> dict[str, Any]:
        return {
            "licence": "code MIT and Apache-2.0, weights CC BY-NC 4.0",
            "sellable": False,
            "window_s": self._window_s,
            "sample_rate": RATE,
            "sees": "movie" if self._sees else "nothing",
            "steps": 4 if self._is_distilled else 1,
            "guidance": 3.0 if self.variant == "Woosh-DVFlow-8s" else 4.5,
        }

    def load(self, device: str) -> Sequence[Path]:
        config = import_module("woosh.components.base").LoadConfig(path=f"checkpoints/{self.variant}")
        if self._is_distilled:
            kind = import_module("woosh.model.flowmap_from_pretrained").FlowMapFromPretrained
        elif self._sees:
            kind = import_module("woosh.model.video_kontext").VideoKontext
        else:
            kind = import_module("woosh.model.ldm").LatentDiffusionModel
        self._model, self._device = kind(config).eval().to(device), device
        if self._sees:
            eye = import_module("woosh.utils.video").SynchformerProcessor(frame_rate=PICTURE_RATE)
            self._eye = eye.eval().to(device)
        return self._weights()

    def made(self, job: dict[str, Any], say: Callable[..., None]) -> list[float]:
        torch = import_module("torch")
        torch.manual_seed(job["seed"])
        with torch.inference_mode():
            if not self._sees:
                return self._placed(job, say)
            if job["movie"] is None:
                raise RefusedError("it takes a picture; choose --model Woosh-Flow to make sounds from words alone")
            return self._sounding(words_of(job), {"synch_out": self._seen(job["movie"])}, job, say)

    def _placed(self, job: dict[str, Any], say: Callable[..., None]) -> list[float]:
        """The prompt throughout, and what subtitles describe in its time: one sound after another."""
        whole, parts = [0.0] * int(job["samples"]), list(parts_of(job, RATE))
        if not parts:
            say("note", message="nothing says what the effects are; give a prompt, or subtitles of what is heard")
        for number, (first, count, words) in enumerate(parts):
            say("progress", fraction=number / len(parts))
            for place, value in enumerate(faded(self._sounding(words, {}, job, say)[:count], RATE), first):
                whole[place] += value
        return whole

    def _sounding(self, words: str, seen: dict[str, Any], job: dict[str, Any], say: Callable[..., None]) -> list[float]:
        """All that it makes at once."""
        noise = import_module("torch").randn(1, CHANNELS, int(self._window_s * LATENT_RATE) + 1).to(self._device)
        say("progress", fraction=0.1)
        sampled = self._distilled if self._is_distilled else self._integrated
        return mixed(self._model.autoencoder.inverse(sampled(noise, words, seen, job, say)))

    def _told(self, words: str, seen: dict[str, Any]) -> Any:
        """Its conditions of one sound."""
        return self._model.get_cond(
            {"audio": None, "description": [words], **seen}, no_dropout=True, device=self._device
        )

    def _seen(self, movie: str) -> Any:
        """What it sees in 8 s, of whatever rate the movie is; the last picture is held to the end."""
        frames, _, times = import_module("woosh.utils.videoio").extract_video_frames(movie, 0, self._window_s)
        shown, begins, last = [], [float(time) for time in times], 0
        for number in range(int(self._window_s * PICTURE_RATE)):
            while last + 1 < len(begins) and begins[last + 1] <= number / PICTURE_RATE:
                last += 1
            shown.append(last)
        return self._eye(frames[shown].to(self._device), PICTURE_RATE)["synch_out"]

    def _distilled(self, noise: Any, words: str, seen: dict[str, Any], job: dict[str, Any], say: Any) -> Any:
        return import_module("woosh.inference.flowmap_sampler").sample_euler(
            model=self._model,
            noise=noise,
            cond=self._told(words, seen),
            num_steps=job["steps"],
            renoise=_RENOISE.get(job["steps"], 0.5),
            cfg=job["guidance"],
        )

    def _integrated(self, noise: Any, words: str, seen: dict[str, Any], job: dict[str, Any], say: Any) -> Any:
        torch = import_module("torch")
        if job["steps"] != 1:
            say("note", message=f"{self.variant} chooses its steps itself")
        avoided = job["negative_prompt"].strip()
        return import_module("woosh.inference.flowmatching_sampler").flowmatching_integrate(
            self._model,
            noise=noise,
            cond=self._told(words, seen),
            cond_neg=self._told(avoided, seen) if avoided else None,
            cfg=job["guidance"],
            atol=_TOLERANCE,
            rtol=_TOLERANCE,
            device=self._device,
            dtype=torch.float32 if self._device == "mps" else torch.float64,
        )


def parts_of(job: dict[str, Any], rate: int) -> Iterator[tuple[int, int, str]]:
    """First sample, number of samples and words of all that is to be heard."""
    whole = int(job["samples"])
    if job["prompt"].strip():
        yield 0, whole, job["prompt"].strip()
    for sound in job["sounds"]:
        first, last = (min(round(sound[key] * rate), whole) for key in ("start_s", "end_s"))
        if words := described_in(sound):
            yield first, last - first, words


def faded(sound: list[float], rate: int) -> list[float]:
    """Ending with nothing."""
    count = _FADE_S * rate
    return [value * min((len(sound) - place) / count, 1.0) for place, value in enumerate(sound)]


model = Woosh
