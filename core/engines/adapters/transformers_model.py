"""What models of transformers have in common: a folder, options, and weights whose loading runs nothing of theirs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.folders import ModelFolder, said_of, stay_offline
from talkies.core.engines.adapters.serving import Job, Say
from talkies.core.errors import ArgumentError, EngineError

OWN = {"local_files_only": True, "trust_remote_code": False}
FASTEST_RATE = 192_000
RENAMED = ("parametrizations",)
"""Of weights that a folder has by an older name; these are not missed."""


class TransformersModel(ABC):
    """``said``: the options. ``device``: as the user says it. ``unmissed``: parts of names of weights that folders lack
    and that sounds do not need."""

    unmissed: ClassVar[tuple[str, ...]] = ()
    device = "auto"

    def __init__(self, folder: ModelFolder, said: Namespace) -> None:
        self.folder, self.said = folder, said

    @property
    @abstractmethod
    def facts(self) -> Mapping[str, Any]:
        """Tasks, rate and what else a manifest has of this model alone. Raises EngineError, ArgumentError."""

    @abstractmethod
    def ready(self, library: Any) -> None:
        """Loads tokenizer and model from ``library``, which is transformers."""

    @abstractmethod
    def perform(self, job: Job, say: Say) -> Floats32:
        """(N,) as long as the job. Raises EngineError."""

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Raises EngineError, ArgumentError."""
        self.folder.check_weights()
        return {**self.folder.manifest("transformers", self.said), **self.facts}

    def load(self) -> str:
        """Makes ready. The sha256 of its weights."""
        stay_offline()
        with said_of(self.folder.path.name, "cannot be loaded"):
            import torch

            torch.backends.cudnn.deterministic = True
            self.ready(import_module("transformers"))
        return self.folder.weights_hash()

    def loaded(self, kind: Any, part: str = ".") -> Any:
        """A model of a class of transformers, of a ``part`` of the folder, on the device. Raises EngineError where its
        weights would be random."""
        from talkies.core.engines.devices import choose_device

        safe = {"use_safetensors": True, "output_loading_info": True}
        model, found = kind.from_pretrained(self.folder.path / part, **safe, **OWN)
        self._check(found["missing_keys"])
        return model.to(choose_device(self.device)).eval()

    def _check(self, missing: Sequence[str]) -> None:
        lost = [key for key in missing if not any(part in key for part in (*RENAMED, *self.unmissed))]
        if lost:
            raise EngineError(self.folder.path.name, f"lacks {len(lost)} weights, as {min(lost)}", "fetch it again")

    def refuse(self, *options: str) -> None:
        """Raises ArgumentError where one of the options was given."""
        for name in options:
            if getattr(self.said, name) not in ("", None):
                raise ArgumentError(f"--{name}", f"means nothing to {self.folder.path.name}", "leave it out")


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """What is drawn within is drawn from ``seed``, and nothing is learnt."""
    import torch

    torch.manual_seed(seed)
    with torch.inference_mode():
        yield
