"""Effects and music by a pipeline of diffusers in the user's own folder, from words: AudioLDM, Stable Audio, ACE-Step.

What is prompted sounds throughout; what a subtitle describes sounds within its time. See docs/engines.md.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from math import floor, prod
from typing import Any

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.folders import ModelFolder, Words, is_whole, said_of, stay_offline
from talkies.core.engines.adapters.lines import faded, heard
from talkies.core.engines.adapters.serving import Job, Say, serve
from talkies.core.engines.guests.windows import seed_of
from talkies.core.errors import EngineError

PATIENCE_S = 600.0
"""A step, or the text and the sound around them, on a slow machine."""
_SPARE_S = 0.05
"""Asked for beyond what is needed: lengths are rounded down to whole frames."""
_FASTEST_RATE = 192_000
_MOST_CELLS = 1 << 24
"""Of latents at once."""
_MOST_RATIOS = 16
_MOST_RATIO = 1 << 12


@dataclass(frozen=True)
class Pipeline:
    """One of diffusers. ``length``: what it calls its seconds; ``steps`` and ``guidance``: its own; ``longest_s`` and
    ``shortest_s``: what it was trained for; ``voice``: the part that has the sample rate, and ``rate``, Hz, where that
    says none; ``reads_music``: it takes tempo, key and meter, and no negative prompt."""

    length: str
    steps: int
    guidance: float
    longest_s: float
    voice: str
    rate: int
    tasks: tuple[str, ...] = ("foley",)
    needs: tuple[str, ...] = ()
    shortest_s: float = 1.0
    reads_music: bool = False


_BOTH = ("foley", "music")
PIPELINES = {
    "AudioLDM2Pipeline": Pipeline("audio_length_in_s", 50, 3.5, 10.0, "vocoder", 16_000, _BOTH),
    "AudioLDMPipeline": Pipeline("audio_length_in_s", 50, 2.5, 10.0, "vocoder", 16_000),
    "StableAudioPipeline": Pipeline("audio_end_in_s", 100, 7.0, 47.0, "vae", 44_100, _BOTH, ("torchsde",)),
    "AceStepPipeline": Pipeline(
        "audio_duration", 50, 7.0, 240.0, "vae", 48_000, ("music",), shortest_s=10.0, reads_music=True
    ),
}
_TURBO = 8, 1.0
"""Steps and guidance of a model of ACE-Step that has learnt to do with few."""
_INSTRUMENTAL = "[Instrumental]"
"""Lyrics of ACE-Step where nobody sings."""
LIBRARIES = ("diffusers", "transformers", "audioldm", "audioldm2", "stable_audio", "ace_step")
"""Where the parts of these pipelines come from."""
OWN = {"local_files_only": True, "use_safetensors": True}


@dataclass(frozen=True)
class Part:
    """What sounds from sample ``first`` on for ``count`` samples, as ``text`` has it. ``placed``: it begins there."""

    first: int
    count: int
    text: str
    placed: bool = False


class EffectsAdapter:
    """``argv``: a folder and options. ``device``: as the user says it."""

    device = "auto"

    def __init__(self, argv: Sequence[str]) -> None:
        self._argv = argv

    @cached_property
    def said(self) -> Namespace:
        return Words().parse_args(self._argv)

    @cached_property
    def folder(self) -> ModelFolder:
        return ModelFolder(self.said.folder, "model_index.json")

    @cached_property
    def pipeline(self) -> Pipeline:
        """Raises EngineError for a folder with another one."""
        name, known = str(self.folder.facts.get("_class_name"))[:40], ", ".join(PIPELINES)
        if name not in PIPELINES:
            raise EngineError(self.folder.path.name, f"has a {name}", f"this takes {known}")
        return PIPELINES[name]

    @cached_property
    def manifest(self) -> dict[str, Any]:
        pipeline = self.pipeline
        self._check_parts()
        rate = self.folder.number(f"{pipeline.voice}/config.json", "sampling_rate", pipeline.rate, _FASTEST_RATE)
        steps, guidance = _TURBO if self._is_turbo else (pipeline.steps, pipeline.guidance)
        return {
            **self.folder.manifest("diffusers", self.said),
            "tasks": list(pipeline.tasks),
            "window_s": self._window_s(rate),
            "sample_rate": rate,
            "patience_s": PATIENCE_S,
            "steps": steps,
            "guidance": guidance,
        }

    @property
    def _is_turbo(self) -> bool:
        facts = self.folder.read("transformer/config.json")
        return self.pipeline.reads_music and (facts.get("is_turbo") is True or facts.get("model_version") == "turbo")

    def _check_parts(self) -> None:
        """Raises EngineError for a part whose code or weights are not what they should be."""
        parts = {
            name: part for name, part in self.folder.facts.items() if isinstance(part, list) and part != [None] * 2
        }
        for name, part in parts.items():
            if len(part) != 2 or not all(isinstance(word, str) for word in part):
                raise EngineError(
                    f"{self.folder.path.name}/{self.folder.main}", f"{name} is no part of a pipeline", "fetch it again"
                )
            if (library := part[0]) not in LIBRARIES:
                raise EngineError(f"{self.folder.path.name}/{name}", f"is of {library}, which is not loaded")
        if parts.get("text_encoder_2", [""])[-1] == "VitsModel":
            raise EngineError(self.folder.path.name, "speaks, and makes no effects", "use an AudioLDM2 for sounds")
        self.folder.check_weights([name for name in parts if (self.folder.path / name).is_dir()])
        for package in self.pipeline.needs:
            if find_spec(package) is None:
                raise EngineError(self.folder.path.name, f"needs {package}", f"pip install {package}")

    def _window_s(self, rate: int) -> float:
        """What it was trained for, or as much as its own size allows."""
        size = self.folder.number("transformer/config.json", "sample_size", 0, _MOST_CELLS)
        own = size * self._hop() / rate - _SPARE_S if size else self.pipeline.longest_s
        return floor(min(self.pipeline.longest_s, own) * 100) / 100

    def _hop(self) -> int:
        """Samples of a cell of latents. Raises EngineError."""
        ratios = self.folder.read("vae/config.json").get("downsampling_ratios") or []
        whole = isinstance(ratios, list) and all(is_whole(ratio, _MOST_RATIO) for ratio in ratios)
        if not whole or len(ratios) > _MOST_RATIOS:
            name = f"{self.folder.path.name}/vae/config.json"
            raise EngineError(name, "downsampling_ratios are no whole numbers", "fetch it again")
        return prod(ratios)

    def load(self) -> str:
        stay_offline()
        with said_of(self.folder.path.name, "cannot be loaded"):
            import torch

            from talkies.core.engines.devices import choose_device

            torch.backends.cudnn.deterministic = True
            kind = getattr(import_module("diffusers"), self.folder.facts["_class_name"])
            made = kind.from_pretrained(self.folder.path, **OWN, **self._generating())
            self._made = made.to(choose_device(self.device))
            self._made.set_progress_bar_config(disable=True)
        return self.folder.weights_hash()

    def _generating(self) -> dict[str, Any]:
        """AudioLDM2's language model as one that can generate: folders name it by a class that no longer does."""
        if self.folder.facts.get("language_model") != ["transformers", "GPT2Model"]:
            return {}
        kind = import_module("transformers").GPT2LMHeadModel
        return {"language_model": kind.from_pretrained(self.folder.path / "language_model", **OWN)}

    def perform(self, job: Job, say: Say) -> Floats32:
        sound, parts = np.zeros(job["samples"], np.float32), list(parts_of(job, self.manifest["sample_rate"]))
        if not parts:
            raise nothing_said(job["task"])
        if self.pipeline.reads_music and job["negative_prompt"].strip():
            say("note", message="ACE-Step heeds no negative prompt")
        for number, part in enumerate(parts):

            def on_step(share: float, number: int = number) -> None:
                say("progress", fraction=(number + share) / len(parts))

            made = self.made(part, job, seed_of(job["seed"], number), on_step)
            sound[part.first : part.first + len(made)] += made
        return sound / max(float(np.abs(sound).max(initial=0.0)), 1.0)

    def made(self, part: Part, job: Job, seed: int, on_step: Callable[[float], None]) -> Floats32:
        """(N,) at most as long as the part."""
        rate = self.manifest["sample_rate"]
        sound = self.generated(part.text, max(part.count / rate, self.pipeline.shortest_s), job, seed, on_step)
        return faded(heard(sound, rate)[: part.count], rate) if part.placed else sound[: part.count]

    def generated(self, text: str, seconds: float, job: Job, seed: int, on_step: Callable[[float], None]) -> Floats32:
        """(N,) of a little more than ``seconds``."""
        import torch

        steps = job["steps"]
        with said_of(repr(text[:60]), "cannot be made"), torch.inference_mode():
            sound = self._made(
                text,
                num_inference_steps=steps,
                guidance_scale=job["guidance"],
                generator=torch.Generator("cpu").manual_seed(seed),
                callback=lambda step, time, latents: on_step(min((step + 1) / steps, 1.0)),
                output_type="np",
                **{self.pipeline.length: seconds + _SPARE_S},
                **(musical(job) if self.pipeline.reads_music else {"negative_prompt": job["negative_prompt"] or None}),
            ).audios[0]  # (N,) or (C, N)
        mixed: Floats32 = np.asarray(sound, np.float32).reshape(-1, np.shape(sound)[-1]).mean(axis=0)
        return mixed

    def use_device(self, name: str) -> None:
        self.device = name


def nothing_said(task: str) -> EngineError:
    """Of a job without words."""
    if task == "music":
        return EngineError("the music", "nothing says what it is", "give a prompt")
    return EngineError("the effects", "nothing says what they are", "give a prompt, or subtitles of what is heard")


def musical(job: Job) -> dict[str, Any]:
    """Tempo, key and meter as ACE-Step takes them, as far as a job says them: 66, "F# minor", "3"."""
    said: dict[str, Any] = {"lyrics": _INSTRUMENTAL}
    if job["tempo"] is not None:
        key = job["key"].replace(" sharp", "#").replace(" flat", "b")
        said |= {"bpm": round(job["tempo"]), "keyscale": key, "timesignature": job["meter"].partition("/")[0]}
    return said


def parts_of(job: Job, rate: int) -> Iterator[Part]:
    """The prompt throughout, and each sound that is described in its time; ``rate`` in Hz."""
    if job["prompt"].strip():
        yield Part(0, job["samples"], job["prompt"].strip())
    for sound in job["sounds"]:
        first, last = (min(round(sound[key] * rate), job["samples"]) for key in ("start_s", "end_s"))
        if text := sound["text"].strip(" []()*♪"):
            yield Part(first, last - first, text, placed=True)


if __name__ == "__main__":
    adapter = EffectsAdapter(sys.argv[1:])
    serve(adapter, adapter.use_device)
