"""The reference's conditions of one brief, from what lies beside the checkpoint.

    features.safetensors   any condition, ahead of all else: of one stretch, or a voice for all
    clip/                  CLIP ViT-B/16: picture features of every shot
    phonemes.json          the reference's table: what is said, where it is said

What is missing is named when a task needs it. Lips may be missing, as in the reference's own script, which gives zeros.
"""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from talkies.core.conditioning.speech.voice import LONGEST_S
from talkies.core.engines.base import Brief, Task
from talkies.core.engines.guests.movies import write_movies
from talkies.core.engines.reference.clip import FOLDER_NAME, ClipEye
from talkies.core.engines.reference.identity import identity
from talkies.core.engines.reference.phones import TABLE_NAME, LineReader, PhoneTable, foreign
from talkies.core.engines.reference.programs import PROGRAMS_NAME, Program, programs_file, read_programs
from talkies.core.engines.reference.shapes import FILE_NAMES, Condition, Shapes
from talkies.core.errors import ArgumentError, MediaError
from talkies.core.media.sound import read_sound, write_bwf
from talkies.core.model.conditions import Conditions
from talkies.core.model.config import VSSFlowConfig
from talkies.core.model.weights import load_state
from talkies.core.times import LATENT_RATE, latent_count

FEATURES_NAME = "features.safetensors"
DECODER_NAMES = ("vae", "vocoder")
_PICTURED: tuple[Condition, ...] = ("picture", "sync")
_SPOKEN: tuple[Condition, ...] = ("phones", "voice", "lips")
_MAY_LACK: Condition = "lips"
_VOICE_RATE = 16_000  # RawNet3 hears nothing else
_KEPT = 8  # stretches of one condition: a shot's stems, and the voices of a scene
_CURES: Mapping[Condition, str] = {
    "picture": f"put CLIP ViT-B/16 into {FOLDER_NAME}/ beside the checkpoint",
    "sync": f"name a program for it in {PROGRAMS_NAME} beside your configuration",
    "voice": f"name a program for it in {PROGRAMS_NAME} beside your configuration",
    "phones": f"put the reference's token_list.json beside the checkpoint as {TABLE_NAME}",
}


@dataclass
class Beside:
    """What lies beside a checkpoint of ``config``; see the module. ``identity``: a sha256 of each, by name."""

    config: VSSFlowConfig
    given: Mapping[str, Tensor] = field(default_factory=dict)
    eye: ClipEye | None = None
    programs: Mapping[Condition, Program] = field(default_factory=dict)
    lines: LineReader | None = None
    identity: Mapping[str, str] = field(default_factory=dict)
    _kept: OrderedDict[Hashable, Tensor] = field(default_factory=OrderedDict)

    @classmethod
    def of(cls, checkpoint: Path, config: VSSFlowConfig, device: str) -> Beside:
        """Reads the small files; models and programs wait until they are wanted. Raises WeightsError."""
        folder = checkpoint.parent
        features, table, listed = folder / FEATURES_NAME, folder / TABLE_NAME, programs_file()
        programs = read_programs(listed) if listed.is_file() else {}
        sizes = checkpoint.with_suffix(".json").name
        return cls(
            config,
            load_state(features) if features.is_file() else {},
            ClipEye(folder / FOLDER_NAME, config.cond_dim, device) if (folder / FOLDER_NAME).is_dir() else None,
            programs,
            LineReader(PhoneTable.read(table, config.phone_vocabulary)) if table.is_file() else None,
            identity(folder, (sizes, FEATURES_NAME, TABLE_NAME), (FOLDER_NAME, *DECODER_NAMES), programs),
        )

    def conditions(self, brief: Brief) -> tuple[Conditions, tuple[str, ...]]:
        """All that the task takes, and sentences for the user.

        Raises ArgumentError for what is missing or of another stretch, MediaError without a picture, EngineError for an
        extractor that fails, WeightsError and MissingExtraError for CLIP.
        """
        frames, speaks = latent_count(brief.duration), brief.task != "foley" and bool(brief.lines)
        wanted = (*(_PICTURED if brief.task != "dialogue" else ()), *(_SPOKEN if speaks else ()))
        found = {name: value for name in wanted if (value := self._found(name, brief)) is not None}
        nobody = torch.zeros(frames * self.config.phones_per_frame, dtype=torch.long)
        warnings = (*foreign(brief.lines), *self._unseen(brief, found)) if speaks else ()
        return Conditions(frames, **{"phones": nobody, **found}), warnings

    def _found(self, name: Condition, brief: Brief) -> Tensor | None:
        """One condition, checked; None for lips that nobody can see."""
        shapes, file_name = Shapes(self.config, brief.duration), FILE_NAMES[name]
        if file_name in self.given:
            return shapes.checked(name, self.given[file_name], f"{FEATURES_NAME}: {file_name}", ArgumentError)
        if name == "phones":
            return self._said(brief)
        if name == "voice" and name in self.programs:
            return self._voice(brief, shapes)
        if name != "voice" and (name in self.programs or (name == "picture" and self.eye is not None)):
            return self._seen(name, brief, shapes)
        if name == _MAY_LACK:
            return None
        raise _missing(brief.task, name)

    def _said(self, brief: Brief) -> Tensor:
        if self.lines is None:
            raise _missing(brief.task, "phones")
        frames, many = latent_count(brief.duration), self.config.phones_per_frame
        return self.lines.ids(brief.lines, frames * many, LATENT_RATE * many, brief.features, brief.voice)

    def _voice(self, brief: Brief, shapes: Shapes) -> Tensor:
        """(D,) of the recording that is the brief's voice."""
        recording, program = Path(brief.voice), self.programs["voice"]
        if not brief.voice or not recording.is_file():
            what = f"needs a recording of the voice for {FILE_NAMES['voice']}"
            raise ArgumentError(f"{brief.task} with the engine vssflow", what, "give one with --voice FILE")

        def heard(folder: Path) -> Path:
            sound = read_sound(recording, _VOICE_RATE)[:, : LONGEST_S * _VOICE_RATE]
            write_bwf(folder / "voice.wav", [sound], sample_rate=_VOICE_RATE)
            return folder / "voice.wav"

        return self._once(("voice", *_as_it_is(recording)), lambda: self._run(program, heard, shapes))

    def _seen(self, name: Condition, brief: Brief, shapes: Shapes) -> Tensor | None:
        """Of the shot's picture; None for lips where there is none."""
        shot, covers = brief.shot, brief.covers
        if shot is None or covers is None or shot.picture is None:
            if name == _MAY_LACK:
                return None
            raise MediaError(brief.task, "needs a picture and there is none", "relink the media or choose dialogue")
        program, eye = self.programs.get(name), self.eye

        def shown(folder: Path) -> Path:
            return write_movies(shot, covers, [covers], folder)[0]

        def made() -> Tensor:
            if program is not None:
                return self._run(program, shown, shapes)
            assert eye is not None
            return shapes.checked(name, eye.look(shot, covers), str(eye.folder))

        return self._once((name, shot, covers, *_as_it_is(shot.picture.path)), made)

    @staticmethod
    def _run(program: Program, source: Callable[[Path], Path], shapes: Shapes) -> Tensor:
        """What a program makes of the file that ``source`` writes, checked; nothing of both stays."""
        with tempfile.TemporaryDirectory(prefix="talkies-", ignore_cleanup_errors=True) as made:
            own = Path(made).resolve() / "extractor"
            own.mkdir()
            tensor = program.run(source(own.parent), own, shapes.most_numbers(program.condition))
        return shapes.checked(program.condition, tensor, program.subject)

    def _once(self, key: Hashable, make: Callable[[], Tensor]) -> Tensor:
        """What was made for the same key, of the last few."""
        if key not in self._kept:
            self._kept[key] = make()
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _unseen(self, brief: Brief, found: Mapping[Condition, Tensor]) -> tuple[str, ...]:
        if "lips" in found or brief.shot is None or brief.shot.picture is None:
            return ()
        return (f"the engine vssflow speaks without seeing lips: {PROGRAMS_NAME} names no program for lips_25fps",)


def _as_it_is(path: Path) -> tuple[Hashable, ...]:
    """A file and when it was changed, so that another of its name is another."""
    try:
        facts = path.stat()
    except OSError:
        return (path.absolute(),)
    return path.absolute(), facts.st_mtime_ns, facts.st_size


def _missing(task: Task, name: Condition) -> ArgumentError:
    cure = f"{_CURES[name]} (or {FILE_NAMES[name]} into {FEATURES_NAME}), or use the engine mini"
    return ArgumentError(f"{task} with the engine vssflow", f"needs {FILE_NAMES[name]}", cure)
