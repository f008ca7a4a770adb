"""The rig as a maker of pictures: a still on the timeline says its dialogue takes (core/engines/pictures.py)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Self

from talkies.core.arrays import Image
from talkies.core.conditioning.speech.phoneme_text import PHONEMES, phoneme_spans
from talkies.core.conditioning.speech.timing import Spans
from talkies.core.engines.pictures import PictureBrief, PictureMaker
from talkies.core.errors import MediaError, WeightsError
from talkies.core.media.picture import picture_frames
from talkies.core.media.timeline_movie import add_stream_of
from talkies.core.media.wav.bwf import SAMPLE_RATE, write_bwf
from talkies.core.portrait.consent import consent_for
from talkies.core.portrait.finding import find_face, what_is_missing
from talkies.core.portrait.hearing import Heard, hear
from talkies.core.portrait.learned import learned_hash
from talkies.core.portrait.making import identity_of
from talkies.core.portrait.performance import performance
from talkies.core.portrait.rig import Rig
from talkies.core.portrait.still import MOST_LINES
from talkies.core.segment import Segment
from talkies.core.sight.files import PULL
from talkies.core.takes.mixdown import heard_over


class RigPictures(PictureMaker):
    """Reads phonemes from the takes' metadata; where there are none, the sound alone moves the mouth."""

    name: ClassVar[str] = "rig"
    source, licence = "network", "Apache-2.0"

    def __init__(self) -> None:
        self.weights_hash = learned_hash()

    @classmethod
    def load(cls, device: str) -> Self:
        if missing := what_is_missing():
            raise WeightsError(missing, "is not installed", f"'{PULL}' fetches it")
        return cls()

    def make(self, brief: PictureBrief, path: Path, on_share: Callable[[float], None]) -> Mapping[str, Any]:
        import av

        still = _file_of(brief.segment)
        consent = consent_for(still, identity_of(still), brief.consent)
        image = _image_of(brief.segment, still)
        rig = Rig(image, find_face(image, still))
        acted = performance(_heard(brief), _spans(brief), brief.rate, brief.seed)
        with av.open(str(path), "w", format=brief.container) as container:
            size = (image.shape[1], image.shape[0])
            video = add_stream_of(container, brief.rate, size, prores=brief.film == "prores")
            for number in range(brief.frames):
                picture = rig.picture(acted[min(number, len(acted) - 1)])
                container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
                on_share((number + 1) / brief.frames)
            container.mux(video.encode(None))
        return {"consent": asdict(consent)}


def _file_of(segment: Segment) -> Path:
    if segment.picture is None:
        raise MediaError(segment.clip, "has no picture", "relink it")
    return next((frame for frame in segment.picture.frames if frame is not None), segment.picture.path)


def _image_of(segment: Segment, still: Path) -> Image:
    frame = next(picture_frames(segment, height=MOST_LINES), None)
    if frame is None:
        raise MediaError(still, "shows nothing", "relink it")
    height, width = (side // 2 * 2 for side in frame.image.shape[:2])
    image: Image = frame.image[:height, :width].copy()
    return image


def _heard(brief: PictureBrief) -> Heard:
    """What sounds during the movie, by way of a file, as the ear of the rig wants it."""
    with tempfile.TemporaryDirectory(prefix="talkies-") as folder:
        path = Path(folder) / "said.wav"
        count = brief.record.samples(SAMPLE_RATE)[1]
        write_bwf(path, heard_over(brief.spoken, brief.record), channels=1, time_reference=0, count=count)
        return hear(path, Fraction(brief.frames) / brief.rate)


def _spans(brief: PictureBrief) -> Spans:
    """The phonemes of all takes, in seconds of the movie; a take's own count from the beginning of its file."""
    return sorted(_shifted(brief), key=lambda span: span[1])


def _shifted(brief: PictureBrief) -> Iterator[tuple[int, float, float]]:
    for take in brief.spoken:
        later = float(take.file_range.start - brief.record.start)
        for phoneme, start, end in phoneme_spans(take.metadata.get(PHONEMES)):
            if start + later >= 0:
                yield phoneme, start + later, end + later
