"""Foley on film that has suffered: the held-out scenes again, undamaged and with one kind of damage at a time."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Image
from talkies.core.corpus.heldout import HELDOUT_SCENE_SEED
from talkies.core.engines.base import Brief
from talkies.core.evaluation.engine_under_test import EngineUnderTest, OnProgress
from talkies.core.media.onsets import OnsetCounts, detect_onsets, pooled

if TYPE_CHECKING:
    from talkies.core.scenes.degrade import Degradation


_SECONDS = Fraction(8)
_SIZE = (256, 144)
_BIT_RATE = 60_000  # bits per second for 256 × 144: blocks all over


def damages() -> dict[str, Degradation]:
    """A badly worn reel for every kind of damage; compression comes on top of the pictures (:func:`squeezed`)."""
    from talkies.core.scenes.degrade import Degradation, grain_tile

    tile = grain_tile(np.random.default_rng(5), 14.0, _SIZE)
    return {
        "scratches": Degradation(1, scratches=(0.2, 0.45, 0.8)),
        "dust": Degradation(2, dust=0.7),
        "flicker": Degradation(3, flicker=12.0),
        "weave": Degradation(4, weave=0.005),
        "grain": Degradation(5, tile=tile),
        "16 frames per second": Degradation(6, film_rate=Fraction(16)),
        "18 frames per second": Degradation(7, film_rate=Fraction(18)),
        "black and white": Degradation(8, tint=(1.0, 1.0, 1.0), contrast=0.8),
        "interlacing": Degradation(9, interlaced=True),
        "compression": Degradation(10),
        "all at once": Degradation(
            11, tile=tile, flicker=6.0, weave=0.003, scratches=(0.3,), dust=0.4, tint=(1.0, 1.0, 1.0),
            film_rate=Fraction(18),
        ),
    }  # fmt: skip


def degraded_figures(under_test: EngineUnderTest, scenes: int, progress: OnProgress) -> dict[str, Any]:
    """Onset F1 at ±50 ms on held-out scenes, undamaged and damaged; ``loss``: what damage costs on average."""
    kinds = damages()
    names = ["undamaged", *kinds]
    counts: dict[str, list[OnsetCounts]] = {name: [] for name in names}
    for number in range(scenes):
        for place, name in enumerate(names):
            progress((number + place / len(names)) / scenes, f"degraded film: scene {number + 1}, {name}")
            counts[name].append(_judged(under_test, HELDOUT_SCENE_SEED + number, name, kinds.get(name)))
    scores = {name: pooled(some).f1(50) for name, some in counts.items()}
    damaged = pooled(one for name in kinds for one in counts[name])
    return {
        "scenes": scenes,
        "f1_50ms": scores,
        "f1_50ms_damaged": damaged.f1(50),
        "offset_median_absolute_ms_damaged": damaged.figures()["offset_median_absolute_ms"],
        "loss": scores["undamaged"] - damaged.f1(50),
        "worst_loss": scores["undamaged"] - min(scores[name] for name in kinds),
    }


def _judged(under_test: EngineUnderTest, seed: int, name: str, damage: Degradation | None) -> OnsetCounts:
    from talkies.core.conditioning.picture.visual import picture_features
    from talkies.core.evaluation.figures.foley import clip_of
    from talkies.core.media.picture import Frame
    from talkies.core.scenes import render_scene
    from talkies.core.scenes.degrade import Degradation

    scene = render_scene(seed, _SECONDS, _SIZE, damage=damage or Degradation())
    images = squeezed(scene.frames(), scene.rate) if name == "compression" else scene.frames()
    features = picture_features((Frame(n / scene.rate, image) for n, image in enumerate(images)), _SECONDS)
    prepared = under_test.engine.prepare(Brief("foley", scene.duration, features))
    sound = under_test.perform(prepared, seed - HELDOUT_SCENE_SEED)
    return clip_of(scene, features.sync).judge(detect_onsets(sound))


def squeezed(images: Iterable[Image], rate: Fraction, bit_rate: int = _BIT_RATE) -> Iterator[Image]:
    """The pictures (H, W, 3) after an MPEG-4 encoder that was left too few bits."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=rate, options={"b": str(bit_rate), "g": "50", "qmax": "31"})
        for number, image in enumerate(images):
            if number == 0:
                stream.height, stream.width = image.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    file.seek(0)
    with av.open(file, "r") as squeezed_film:
        for frame in squeezed_film.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
