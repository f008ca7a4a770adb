"""The event spotter's own scenes: rendered, looked at, never sounded.

Their seeds lie apart from those that the flow model trains on (0 …) and from those kept for evaluation (1,000,000 …):
scenes of every kind from 10,000 on, and from 20,000 on scenes in which things move and nothing sounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from talkies.core.conditioning.visual import picture_features
from talkies.core.errors import WeightsError
from talkies.core.media.picture import Frame
from talkies.core.times import latent_count
from talkies.core.training.events_trainer import Watched, wanted_columns
from talkies.core.training.scenes import Scene, render_scene

FIRST_SEED, FIRST_SILENT_SEED = 10_000, 20_000

_SECONDS = Fraction(8)
_RATES = (*[Fraction(25)] * 5, Fraction(24), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(16), Fraction(18))


def watched_scene(seed: int) -> Scene:
    """The scene of one of these seeds, in one of film's usual rates."""
    kind = "silent" if seed >= FIRST_SILENT_SEED else None
    return render_scene(seed, _SECONDS, rate=_RATES[seed % len(_RATES)], kind=kind)


def prepare_watched(folder: Path, scenes: int, silent: int) -> Iterator[dict[str, float]]:
    """Writes what is seen of each scene into ``SEED.safetensors``; files that exist are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    seeds = [*range(FIRST_SEED, FIRST_SEED + scenes), *range(FIRST_SILENT_SEED, FIRST_SILENT_SEED + silent)]
    for number, seed in enumerate(seeds, 1):
        file = folder / f"{seed}.safetensors"
        if not file.exists():
            scene = watched_scene(seed)
            frames = (Frame(place / scene.rate, image) for place, image in enumerate(scene.frames()))
            seen = picture_features(frames, _SECONDS)
            part = file.with_suffix(".part")
            save_file({"sync": torch.from_numpy(seen.sync), "picture": torch.from_numpy(seen.picture)}, part)
            part.replace(file)
        if number % 25 == 0 or number == len(seeds):
            yield {"watched": number, "of": len(seeds)}


def load_watched(folder: Path) -> list[Watched]:
    """Every scene in the folder with what is wanted of it. Raises WeightsError when there is none."""
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise WeightsError(folder, "holds no watched scenes", "let the stage 'events' render them first")
    return [_watched(file) for file in files]


def _watched(file: Path) -> Watched:
    seen = load_file(file)
    wanted = wanted_columns(watched_scene(int(file.stem)).events, latent_count(_SECONDS))
    return seen["sync"], seen["picture"], wanted
