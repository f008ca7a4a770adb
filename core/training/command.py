"""``talkies train CONFIG``: the stages of a training one after another, each resumed from where it stopped.

    widen, codec ─► alignment ─► lips, speech, voices, taught, scenes, effects ─► events, durations ─► flow ─► pack

A configuration is a TOML file: ``data`` (laid out like shared/data), ``folder`` (everything the training writes),
``stages``, ``threads``, ``device``, ``start`` (a weights file to go on from), and one table per stage whose fields are
those of the stage's plan.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch

from talkies.core.corpus.effects import EffectLibrary
from talkies.core.corpus.recordings import signing_films, utterances
from talkies.core.errors import ArgumentError, InputError
from talkies.core.training.packing import PARTS, pack_mini, repack_mini
from talkies.core.training.preparing import watching
from talkies.core.training.preparing.effect_windows import prepare_effects, prepare_recast
from talkies.core.training.preparing.lips_material import prepare_mouths, speaking_clips
from talkies.core.training.preparing.more_voices import check_voice_tools, prepare_voices, shifted_lines
from talkies.core.training.preparing.speech_and_scenes import (
    Places,
    duration_lines,
    load_material,
    prepare_scenes,
    prepare_speech,
    trained_codec,
)
from talkies.core.training.preparing.taught_voices import TeachingPlan, prepare_taught
from talkies.core.training.preparing.teacher import Teacher
from talkies.core.training.trainers.alignment import AlignmentTraining, align_corpus, train_acoustic_model
from talkies.core.training.trainers.codec import CodecTraining, train_codec
from talkies.core.training.trainers.durations import DurationTraining, train_durations
from talkies.core.training.trainers.events import EventTraining, train_events
from talkies.core.training.trainers.flow import FlowTraining, train_flow
from talkies.core.training.trainers.lips import LipTraining, train_lips
from talkies.core.training.widening import WideningPlan, widen

Figures = Iterator[dict[str, float]]


@dataclass(frozen=True)
class TrainingConfig:
    """A configuration file, checked. ``tables`` holds the settings of each stage."""

    places: Places
    stages: tuple[str, ...]
    threads: int = 2
    device: str = "cpu"
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)

    def plan(self, stage: str, kind: type[Any], **given: Any) -> Any:
        """The stage's plan; its settings were checked when the file was read."""
        return kind(**self.tables.get(stage, {}), **given)


@dataclass(frozen=True)
class ScenePlan:
    """How many scenes are drawn, and how often each is sounded."""

    count: int = 600
    soundings: int = 4


@dataclass(frozen=True)
class EffectPlan:
    """How many windows of sounds by name, without a picture, are drawn."""

    windows: int = 1600


PLANS: dict[str, type[Any]] = {
    "widen": WideningPlan,
    "codec": CodecTraining,
    "alignment": AlignmentTraining,
    "lips": LipTraining,
    "taught": TeachingPlan,
    "scenes": ScenePlan,
    "effects": EffectPlan,
    "events": EventTraining,
    "durations": DurationTraining,
    "flow": FlowTraining,
}
"""The stages that have settings."""


def read_config(path: Path) -> TrainingConfig:
    """The configuration; relative folders count from its own. Raises InputError and ArgumentError."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(path, error.strerror or "cannot be read", "give a training configuration") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"is not TOML ({error})", "compare it with resources/training/mini.toml") from error
    missing = [name for name in ("data", "folder") if not isinstance(values.get(name), str)]
    if missing:
        raise InputError(path, f"does not say {missing[0]}", "compare it with resources/training/mini.toml")
    tables = {name: table for name, table in values.items() if isinstance(table, dict)}
    _check(str(path), {name: value for name, value in values.items() if name not in tables}, _TOP)
    for stage, table in tables.items():
        if stage not in PLANS:
            raise ArgumentError(path, f"has an unknown table [{stage}]", f"use one of {', '.join(PLANS)}")
        _check(f"[{stage}] in the configuration", table, _settings(PLANS[stage]))
    if taught := tables.get("taught", {}).get("teacher"):
        tables["taught"]["teacher"] = str(path.parent / taught)
    stages = tuple(values.get("stages", STAGES))
    unknown = [stage for stage in stages if stage not in STAGES]
    if unknown:
        raise ArgumentError(f"stage {unknown[0]!r}", "is not known", f"use one of {', '.join(STAGES)}")
    start = path.parent / values["start"] if values.get("start") else None
    places = Places(path.parent / values["data"], path.parent / values["folder"], start)
    return TrainingConfig(places, stages, values.get("threads", 2), values.get("device", "cpu"), tables)


_TOP: dict[str, Any] = {"data": "", "folder": "", "stages": (), "threads": 2, "device": "cpu", "start": ""}


def _settings(kind: type[Any]) -> dict[str, Any]:
    """The settings of a plan that a file may change, with their usual values."""
    return {f.name: f.default for f in fields(kind) if isinstance(f.default, int | float | str | tuple)}


def _check(subject: str, given: dict[str, Any], known: dict[str, Any]) -> None:
    """Raises ArgumentError for a setting that is not known, or of another kind than its usual value."""
    for name, value in given.items():
        if name not in known:
            raise ArgumentError(subject, f"has an unknown setting {name}", f"use one of {', '.join(sorted(known))}")
        if not _fits(value, known[name]) or (name == "threads" and value == 0):
            raise ArgumentError(subject, f"{name} cannot be {value!r}", f"give one like {known[name]!r}")


def _fits(value: Any, usual: Any) -> bool:
    if isinstance(usual, tuple):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if isinstance(usual, str):
        return isinstance(value, str)
    return (
        not isinstance(value, bool) and isinstance(value, int if isinstance(usual, int) else int | float) and value >= 0
    )


def train(path: Path, say: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True)) -> None:
    """Runs or resumes every stage of a configuration; progress goes to ``say``."""
    config = read_config(path)
    torch.set_num_threads(config.threads)
    _check_tools(config)
    config.places.folder.mkdir(parents=True, exist_ok=True)
    for stage in config.stages:
        for figures in STAGES[stage](config):
            say(f"{stage}: " + ", ".join(f"{name} {value:.6g}" for name, value in figures.items()))
        say(f"{stage}: done")


def _check_tools(config: TrainingConfig) -> None:
    """What stages to come need besides torch, before hours of those that come first. Raises MissingExtraError, and
    InputError for a teacher that is not there."""
    to_come = [stage for stage in config.stages if not config.places.run(stage).exists()]
    teacher = config.plan("taught", TeachingPlan).teacher
    if "voices" in to_come:
        check_voice_tools()
    if "taught" in to_come and teacher:
        Teacher(Path(teacher))


def _widen(config: TrainingConfig) -> Figures:
    places = config.places
    if places.shipped is not None and not places.wide.exists():
        plan = config.plan("widen", WideningPlan)
        yield from widen(places.shipped, places.data, places.sounds, places.wide, plan)


def _codec(config: TrainingConfig) -> Figures:
    places = config.places
    yield from train_codec(
        config.plan(
            "codec", CodecTraining, data=places.data, cache=places.sounds, out=places.run("codec"), start=places.start
        )
    )


def _alignment(config: TrainingConfig) -> Figures:
    places = config.places
    plan = config.plan(
        "alignment", AlignmentTraining, data=places.data, cache=places.sounds, out=places.run("alignment")
    )
    yield from train_acoustic_model(plan)
    if not places.alignments.exists():
        for number, _ in enumerate(align_corpus(plan), 1):
            if number % 500 == 0:
                yield {"aligned": number}


def _lips(config: TrainingConfig) -> Figures:
    places = config.places
    if not any(utterance.file.startswith("video/") for utterance in utterances(places.data, "train")):
        return  # without a speaking face nobody learns to read lips
    yield from prepare_mouths(places)
    yield from train_lips(config.plan("lips", LipTraining, out=places.run("lips")), speaking_clips(places))


def _speech(config: TrainingConfig) -> Figures:
    if not config.places.speech.exists():
        yield from prepare_speech(config.places)


def _voices(config: TrainingConfig) -> Figures:
    yield from prepare_voices(config.places)


def _taught(config: TrainingConfig) -> Figures:
    plan = config.plan("taught", TeachingPlan)
    if plan.teacher:
        yield from prepare_taught(config.places, plan)


def _scenes(config: TrainingConfig) -> Figures:
    plan = config.plan("scenes", ScenePlan)
    yield from prepare_scenes(config.places, plan.count, plan.soundings)


def _effects(config: TrainingConfig) -> Figures:
    yield from prepare_effects(config.places, config.plan("effects", EffectPlan).windows)
    yield from prepare_recast(config.places)


def _events(config: TrainingConfig) -> Figures:
    plan = config.plan("events", EventTraining, out=config.places.run("events"), start=config.places.start)
    folder, data = config.places.watched, config.places.data
    speaking = [data / u.file for u in utterances(data, "train") if u.file.startswith("video/")][: plan.speaking_clips]
    signing = signing_films(data, "train")
    films = [watching.SilentFilm(path) for path in speaking]
    films += [watching.SilentFilm(path, n) for n in range(1, plan.signing_views + 1) for path in signing]
    counts = {
        watching.FIRST_SEED: plan.scenes,
        watching.FIRST_WORN_SEED: plan.worn_scenes,
        watching.FIRST_EDITED_SEED: plan.edited_scenes,
        watching.FIRST_SILENT_SEED: plan.silent_scenes,
        watching.FIRST_TALKING_SEED: plan.talking_scenes,
        watching.FIRST_GESTURING_SEED: plan.gesturing_scenes,
        watching.FIRST_FILMED_SEED: plan.filmed_scenes if films else 0,
    }
    yield from watching.prepare_watched(folder, counts, films)
    scenes = watching.load_watched(folder)
    yield from train_events(plan, [scenes[n] for n in np.random.default_rng(plan.seed).permutation(len(scenes))])


def _durations(config: TrainingConfig) -> Figures:
    plan = config.plan("durations", DurationTraining, out=config.places.run("durations"))
    yield from train_durations(plan, duration_lines(config.places) + shifted_lines(config.places))


def _flow(config: TrainingConfig) -> Figures:
    plan = config.plan(
        "flow", FlowTraining, out=config.places.run("flow"), device=config.device, start=config.places.start
    )
    yield from train_flow(plan, load_material(config.places), trained_codec(config.places))


def _pack(config: TrainingConfig) -> Figures:
    places = config.places
    out = places.folder / "mini.safetensors"
    runs = {part: places.run(part) for part in PARTS}
    if places.start is not None:
        steps = repack_mini(places.start, {p: run for p, run in runs.items() if (run / "state.pt").exists()}, out)
    else:
        steps = pack_mini(runs, out, library=EffectLibrary(places.data, "train", places.folder / "effects"))
    yield {f"{name} steps": float(count) for name, count in steps.items()}


STAGES: dict[str, Callable[[TrainingConfig], Figures]] = {
    "widen": _widen,
    "codec": _codec,
    "alignment": _alignment,
    "lips": _lips,
    "speech": _speech,
    "voices": _voices,
    "taught": _taught,
    "scenes": _scenes,
    "effects": _effects,
    "events": _events,
    "durations": _durations,
    "flow": _flow,
    "pack": _pack,
}
"""Every stage by name, in the order in which they need each other."""
