"""Real film: do clean and lightly worn copies sound alike, and is it silent where people only sign and talk?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from talkies.core.arrays import Image, Sound
from talkies.core.engines.base import Brief
from talkies.core.evaluation.engine_under_test import EngineUnderTest
from talkies.core.evaluation.figures.film import first_segment
from talkies.core.evaluation.measures.leak import level_db
from talkies.core.media.onsets import OnsetCounts, detect_onsets, pooled

if TYPE_CHECKING:
    from talkies.core.evaluation.part_context import PartContext
    from talkies.core.media.picture import Frame
    from talkies.core.segment import Segment

_NOTHING_STRIKES = "asl_"  # people who sign
_SUFFIXES = (".mp4", ".mkv", ".webm", ".mov", ".m4v")
_TOLERANCE_MS = 100
_SILENT_DB = -60.0


@dataclass(frozen=True)
class LightWear:
    """A copy that has been shown a few times: grain, one scratch, a little weave and flicker, from a seed.

    A recipe of the evaluation's own: training's damage (core/scenes) is made otherwise.
    """

    seed: int
    grain: float = 5.0  # standard deviation, of 255
    weave: float = 0.0015  # of the picture's width, standard deviation
    flicker: float = 0.02  # of the brightness, standard deviation

    def worn(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        rng = np.random.default_rng([self.seed, 77])
        place, drift = rng.uniform(0.15, 0.85), 0.0
        for frame in frames:
            drift = 0.9 * drift + rng.normal(0, 0.001)
            yield replace(frame, image=self._worn(frame.image, place + drift, rng))

    def _worn(self, image: Image, scratch: float, rng: np.random.Generator) -> Image:
        height, width = image.shape[:2]
        shift = np.eye(2, 3, dtype=np.float32)
        shift[:, 2] = rng.normal(0, self.weave, 2) * width
        moved = cv2.warpAffine(image, shift, (width, height), borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
        moved *= 1 + rng.normal(0, self.flicker)
        column = int(np.clip(scratch, 0, 0.999) * width)
        moved[:, column] = 0.6 * moved[:, column] + 0.4 * 235
        moved += rng.normal(0, self.grain, (height, width, 1)).astype(np.float32)
        return np.asarray(np.clip(moved, 0, 255), np.uint8)


def film_part(given: PartContext) -> dict[str, Any] | None:
    """``common``: onsets that clean and worn copies share; ``people``: levels where nothing strikes."""
    films = real_films(given.material.folder)[: given.sizes.judged_films]
    still = [*(path for path in films if path.name.startswith(_NOTHING_STRIKES)), *given.material.talkers]
    seeds = range(given.sizes.judged_wears)
    segments = [(path, segment) for path in films if (segment := first_segment(path)) is not None]
    if not segments or not seeds:
        return None
    rows, levels = [], {}
    for number, (path, segment) in enumerate(segments):
        given.progress(number / len(segments), f"judged film: {path.name}")
        clean = foley_of(given.under_test, segment, None)
        onsets = detect_onsets(clean)
        worn = [detect_onsets(foley_of(given.under_test, segment, LightWear(seed))) for seed in seeds]
        counts = [OnsetCounts.of(each, onsets) for each in worn]
        rows.append((path.name, len(onsets), counts))
        levels[path.name] = level_db(clean)
    talkers = [(path, segment) for path in given.material.talkers if (segment := first_segment(path)) is not None]
    levels |= {path.name: level_db(foley_of(given.under_test, segment, None)) for path, segment in talkers}
    loudest = [levels[path.name] for path in still if path.name in levels]
    return {
        "common": {
            "films": {
                name: {"onsets": onsets, "in_common": shared(counts), "worn": [each.detected for each in counts]}
                for name, onsets, counts in rows
            },
            "in_common": shared([each for _, _, counts in rows for each in counts]),
        },
        "people": {
            "clips": len(loudest),
            "silent_clips": sum(level <= _SILENT_DB for level in loudest),
            "loudest_db": max(loudest, default=None),
        },
    }


def shared(counts: Iterable[OnsetCounts]) -> float | None:
    """2 × pairs within 100 ms over all onsets of both copies; None where neither sounds."""
    together = pooled(counts)
    return together.f1(_TOLERANCE_MS) if together.detected + together.reference else None


def real_films(data_folder: Path) -> list[Path]:
    """``video/real`` and ``video/clips``."""
    folders = (data_folder / "video" / name for name in ("real", "clips"))
    return sorted(path for folder in folders for path in folder.glob("*") if path.suffix.lower() in _SUFFIXES)


def foley_of(under_test: EngineUnderTest, segment: Segment, wear: LightWear | None) -> Sound:
    """The picture's effects, clean or worn, with the same seed."""
    from talkies.core.conditioning.picture.visual import picture_features
    from talkies.core.media.picture import picture_frames

    frames: Iterable[Frame] = picture_frames(segment)
    with under_test.clock("look"):
        features = picture_features(wear.worn(frames) if wear else frames, segment.record.duration)
    with under_test.clock("prepare"):
        prepared = under_test.engine.prepare(Brief("foley", segment.record.duration, features))
    return under_test.perform(prepared)
