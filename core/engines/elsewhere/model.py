"""What each of the models here is: checked, loaded once, and asked for one sound after another."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from .checkout import Checkout, RefusedError


class Model:
    """``title`` and ``address``: of the model and its repository; ``models``: variants by name, the default first;
    ``takes_weights``: whether its weights may lie in a folder of the user's choice."""

    title, address, package = "", "", ""
    models: Sequence[str] = ()
    takes_weights = False
    patience_s = 1200.0

    def __init__(self, folder: Path, words: list[str]) -> None:
        self.checkout, self._words = Checkout(folder, self.title, self.address), words

    @property
    def said(self) -> argparse.Namespace:
        """``model``, and ``weights`` where it takes them. Raises RefusedError."""
        parser = _Words(add_help=False, allow_abbrev=False)
        parser.add_argument("--model", choices=self.models, default=self.models[0])
        if self.takes_weights:
            parser.add_argument("--weights", type=Path, default=None)
        return parser.parse_args(self._words)

    @property
    def variant(self) -> str:
        """The variant that was chosen. Raises RefusedError."""
        return str(self.said.model)

    def check(self) -> None:
        """Whether all is there, before anything is loaded. Raises RefusedError."""

    def described(self) -> dict[str, Any]:
        """What its manifest says beside name, version and patience."""
        raise NotImplementedError

    def load(self, device: str) -> Sequence[Path]:
        """Loads it; the files that its weights are read from. Raises RefusedError."""
        raise NotImplementedError

    def made(self, job: dict[str, Any], say: Callable[..., None]) -> Sequence[float]:
        """The sound of a job at the manifest's rate; ``movie`` is a whole path or None. Raises RefusedError."""
        raise NotImplementedError

    def manifest(self) -> dict[str, Any]:
        """Raises RefusedError."""
        self.check()
        version = " ".join(filter(None, (self.variant, self.checkout.commit())))
        return {
            "name": self.package,
            "version": version,
            "tasks": ["foley"],
            "patience_s": self.patience_s,
            **self.described(),
        }

    def loaded(self, device: str) -> str:
        """Loads it in its checkout, which its own files are named from; what stands for its weights."""
        self.check()
        os.chdir(self.checkout.folder)
        return self.checkout.hash_of(self.load(device_named(device)), self.package)


class _Words(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise RefusedError(f"what stands after the checkout: {message}")


def device_named(name: str) -> str:
    """The device that the user means; the best one for ``auto``."""
    torch = import_module("torch")
    torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic = False, True
    if name != "auto":
        return name
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def words_of(job: dict[str, Any]) -> str:
    """The prompt, and what subtitles describe; one text, for the picture says when."""
    told = [job["prompt"].strip(), *map(described_in, job["sounds"])]
    return ", ".join(text for text in told if text)


def described_in(sound: dict[str, Any]) -> str:
    """What a subtitle describes, without what stands around it."""
    return str(sound["text"]).strip(" []()*♪")


def mixed(sound: Any) -> list[float]:
    """A tensor (..., N) as one channel."""
    samples: list[float] = sound.detach().float().cpu().reshape(-1, sound.shape[-1]).mean(0).tolist()
    return samples


def held(frames: Any, count: int) -> Any:
    """The first ``count`` of frames (T, ...), the last one held where there are too few."""
    return frames[[min(number, len(frames) - 1) for number in range(count)]]
