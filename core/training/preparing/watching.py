"""What the event spotter learns from: pictures of its own, looked at, never sounded.

scenes of every kind      seeds from 10,000 on: apart from those that the flow model trains on (0 …) and from those
                          kept for evaluation (1,000,000 …)
the same, badly worn      seeds from 15,000 on: one kind of damage, or several at once, in place of the usual wear
film that was edited      seeds from 18,000 on: several shots, dissolves and fades between them
scenes without sound      seeds from 20,000 on: things move, nothing strikes
drawn people who speak    seeds from 25,000 on: blinks and lips look like strokes to a spotter that knows no faces
drawn people who sign     seeds from 30,000 on: hands that stop short look like blows
actors before real film   seeds from 35,000 on: what strikes is drawn, the place behind it is film in which nothing does
people who speak or sign  real film, seen anew several times; to the spotter a talking face looked like rain
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from talkies.core.arrays import Image
from talkies.core.conditioning.picture.events import EVENT_DIM
from talkies.core.conditioning.picture.lips import LIPS_DIM
from talkies.core.conditioning.picture.sync import SYNC_DIM
from talkies.core.conditioning.picture.visual import PICTURE_DIM, PICTURE_RATE, PictureFeatures, picture_features
from talkies.core.conditioning.prompt.vocabulary import PROMPT_TOKENS
from talkies.core.errors import WeightsError
from talkies.core.media.picture import Frame, picture_frames, probe
from talkies.core.model.codec import Codec
from talkies.core.scenes import Scene, render_scene
from talkies.core.scenes.degrade import draw_degradation, draw_wear
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange, latent_count
from talkies.core.training.material import Example
from talkies.core.training.trainers.events import Watched, wanted_columns

FIRST_SEED, FIRST_WORN_SEED, FIRST_EDITED_SEED = 10_000, 15_000, 18_000
FIRST_SILENT_SEED, FIRST_TALKING_SEED = 20_000, 25_000
FIRST_GESTURING_SEED, FIRST_FILMED_SEED = 30_000, 35_000

Behind = Callable[[float], Image]
_SECONDS, _SIZE = Fraction(8), (256, 144)
_SILENT_FILM = "speaking-"
_RATES = (*[Fraction(25)] * 5, Fraction(24), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(16), Fraction(18))


def watched_scene(seed: int, behind: Behind | None = None) -> Scene:
    """The scene of one of these seeds, in one of film's usual rates. ``behind``: what actors before film act before;
    without it their scene has the same events before a painted place."""
    kind = next((kind for first, kind in _KINDS if first <= seed), None)
    rate = _RATES[seed % len(_RATES)]
    worn, edited = FIRST_WORN_SEED <= seed < FIRST_EDITED_SEED, FIRST_EDITED_SEED <= seed < FIRST_SILENT_SEED
    damage = draw_wear(np.random.default_rng([seed, 11]), _SIZE) if worn else None
    return render_scene(seed, _SECONDS, _SIZE, rate, kind=kind, edited=edited, damage=damage, behind=behind)


_KINDS = (
    (FIRST_FILMED_SEED, None),
    (FIRST_GESTURING_SEED, "gesturing"),
    (FIRST_TALKING_SEED, "talking"),
    (FIRST_SILENT_SEED, "silent"),
)


@dataclass(frozen=True)
class SilentFilm:
    """Real film in which nothing is struck, seen the ``number``-th time: nearer or farther, and from the second time on
    sometimes worn."""

    path: Path
    number: int = 0

    @property
    def name(self) -> str:
        return self.path.stem if self.number == 0 else f"{self.path.stem}-{self.number}"

    @property
    def seed(self) -> int:
        name = self.path.name if self.number == 0 else f"{self.path.name} {self.number}"
        return crc32(name.encode())


def prepare_watched(
    folder: Path, counts: Mapping[int, int], films: Sequence[SilentFilm] = ()
) -> Iterator[dict[str, float]]:
    """Writes what is seen of each scene and film into ``NAME.safetensors``; files that exist are kept.

    ``counts``: how many scenes from a first seed on. Actors before film want ``films``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ranges = [range(first, first + count) for first, count in counts.items()]
    sources: list[int | SilentFilm] = [*chain.from_iterable(ranges)]
    sources += films
    for number, source in enumerate(sources, 1):
        name = _SILENT_FILM + source.name if isinstance(source, SilentFilm) else str(source)
        file = folder / f"{name}.safetensors"
        if not file.exists():
            seen = _film(source) if isinstance(source, SilentFilm) else _scene(source, films)
            part = file.with_suffix(".part")
            save_file({"sync": torch.from_numpy(seen.sync), "picture": torch.from_numpy(seen.picture)}, part)
            part.replace(file)
        if number % 25 == 0 or number == len(sources):
            yield {"watched": number, "of": len(sources)}


def _scene(seed: int, films: Sequence[SilentFilm]) -> PictureFeatures:
    behind = _played(films[seed % len(films)], seed) if seed >= FIRST_FILMED_SEED and films else None
    scene = watched_scene(seed, behind)
    return picture_features((Frame(n / scene.rate, image) for n, image in enumerate(scene.frames())), _SECONDS)


def _film(film: SilentFilm) -> PictureFeatures:
    frames = _reframed(_frames(film.path), film.seed)
    return picture_features(frames if film.number == 0 else _worn(frames, film.seed), probe(film.path).duration)


def _frames(path: Path) -> Iterator[Frame]:
    whole = TimeRange(Fraction(0), probe(path).duration)
    return picture_frames(Segment("film", path.name, "V1", whole, whole, Fraction(25), picture=Picture(path)))


def _played(film: SilentFilm, seed: int) -> Behind:
    """The film in a scene's size, there and back again without end."""
    images = [cv2.resize(frame.image, _SIZE) for frame in _reframed(_frames(film.path), seed)]
    turn = np.concatenate((np.arange(len(images)), np.arange(len(images))[-2:0:-1]))
    return lambda t: np.asarray(images[turn[int(t * 25) % len(turn)]], np.uint8)


def _worn(frames: Iterable[Frame], seed: int) -> Iterator[Frame]:
    """The film as a reel that may have suffered, in a scene's size."""
    damage = draw_degradation(np.random.default_rng([seed, 17]), _SIZE)
    for number, frame in enumerate(frames):
        yield Frame(frame.time, damage.apply(cv2.resize(frame.image, _SIZE), number))


def _reframed(frames: Iterable[Frame], seed: int) -> Iterator[Frame]:
    """The film as another camera might have shot it: nearer or farther, to the side, brighter or darker.

    There are few people to train on, always in the same place; a spotter that knows only them takes others for rain.
    """
    rng = np.random.default_rng([seed, 13])
    scale, gain = float(np.exp(rng.uniform(-0.5, 0.6))), float(rng.uniform(0.6, 1.3))
    aside = rng.uniform(-0.2, 0.2, 2)
    for frame in frames:
        height, width = frame.image.shape[:2]
        middle = np.array([width, height]) / 2
        shift = middle * (1 - scale) + aside * (width, height)
        warp = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
        image = cv2.warpAffine(frame.image, warp, (width, height), borderMode=cv2.BORDER_REFLECT)
        yield Frame(frame.time, np.asarray(cv2.convertScaleAbs(image, alpha=gain), np.uint8))


def load_watched(folder: Path) -> list[Watched]:
    """Every scene in the folder with what is wanted of it, films joined to scenes. Raises WeightsError for nothing."""
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise WeightsError(folder, "holds no watched scenes", "run the training stage 'events' first")
    films = [load_file(file) for file in files if file.stem.startswith(_SILENT_FILM)]
    seeds = [int(file.stem) for file in files if not file.stem.startswith(_SILENT_FILM)]
    return [_watched(folder, seed) for seed in seeds] + list(_joined(films))


def silent_examples(folder: Path, codec: Codec, most: int = 100) -> list[Example]:
    """What moves and should not sound, for the flow model: pictures in which nothing strikes, their sound silence."""
    silent = [(sync, picture) for sync, picture, wanted in load_watched(folder) if not wanted.any()][-most:]
    return [_silent(codec, sync, picture) for sync, picture in silent]


def _silent(codec: Codec, sync: Tensor, picture: Tensor) -> Example:
    frames = len(sync)
    return Example(
        "scene",
        "silent",
        latents=codec.silence(frames).T[None].half(),
        phones=torch.zeros(2 * frames, dtype=torch.long),
        lips=torch.zeros(frames, LIPS_DIM),
        sync=sync,
        picture=picture,
        prompt=torch.zeros(PROMPT_TOKENS, dtype=torch.long),
    )


def _watched(folder: Path, seed: int) -> Watched:
    seen = load_file(folder / f"{seed}.safetensors")
    return seen["sync"], seen["picture"], wanted_columns(watched_scene(seed).events, latent_count(_SECONDS))


def _joined(films: Iterable[dict[str, Tensor]]) -> Iterator[Watched]:
    """Short silent films one after the other, in pieces as long as a scene; what is left over is left out."""
    frames, cells = latent_count(_SECONDS), int(_SECONDS * PICTURE_RATE)
    sync, picture = torch.zeros(0, SYNC_DIM), torch.zeros(0, PICTURE_DIM)
    for film in films:
        sync, picture = torch.cat((sync, film["sync"])), torch.cat((picture, film["picture"]))
        if len(sync) >= frames and len(picture) >= cells:
            yield sync[:frames], picture[:cells], torch.zeros(frames, EVENT_DIM)
            sync, picture = sync[:0], picture[:0]
