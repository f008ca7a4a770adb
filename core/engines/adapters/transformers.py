"""A model of transformers in a folder of the user's own: speech or music, by its type. See docs/engines.md."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.bark import Bark
from talkies.core.engines.adapters.csm import Csm
from talkies.core.engines.adapters.dia import Dia
from talkies.core.engines.adapters.folders import ModelFolder, Words
from talkies.core.engines.adapters.musicgen import MusicGen
from talkies.core.engines.adapters.serving import Job, Say, serve
from talkies.core.engines.adapters.transformers_model import TransformersModel
from talkies.core.engines.adapters.vits import Vits
from talkies.core.errors import EngineError

KINDS: dict[str, type[TransformersModel]] = {"vits": Vits, "musicgen": MusicGen, "csm": Csm, "dia": Dia, "bark": Bark}
"""By the ``model_type`` of a folder's config.json."""


def given(argv: Sequence[str]) -> Namespace:
    """``folder``, ``licence``, ``sellable``, ``language`` ("") and ``speaker`` (None). Raises ArgumentError."""
    words = Words()
    words.add_argument("--language", default="")
    words.add_argument("--speaker", type=int, default=None)
    return words.parse_args(argv)


class TransformersAdapter:
    """``argv``: a folder and options. What is wrong with them is said when the manifest is asked for."""

    def __init__(self, argv: Sequence[str]) -> None:
        self._argv, self._device = argv, "auto"
        self._model: TransformersModel | None = None

    @property
    def model(self) -> TransformersModel:
        """Raises ArgumentError, and EngineError for a folder with another model."""
        if self._model is None:
            said = given(self._argv)
            folder = ModelFolder(Path(said.folder), "config.json")
            if (kind := str(folder.facts.get("model_type"))[:40]) not in KINDS:
                known = ", ".join(KINDS)
                raise EngineError(folder.path.name, f"has a model of type {kind}", f"this takes {known}")
            self._model = KINDS[kind](folder, said)
        return self._model

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Raises as :attr:`model` does, and for what is wrong with the folder."""
        return self.model.manifest

    def load(self) -> str:
        """Makes ready. The sha256 of its weights."""
        self.model.device = self._device
        return self.model.load()

    def perform(self, job: Job, say: Say) -> Floats32:
        """(N,) as long as the job. Raises EngineError."""
        return self.model.perform(job, say)

    def use_device(self, name: str) -> None:
        """As the user says it."""
        self._device = name


if __name__ == "__main__":
    adapter = TransformersAdapter(sys.argv[1:])
    serve(adapter, adapter.use_device)
