"""Picture features as the reference has them: CLIP ViT-B/16 looks at ten pictures a second.

As the reference's public code has it (feature/extract_clip.py, model/clip/clip_module.py; read in November 2026): the
class token after the last layer, 768 numbers, before the final normalisation and before the projection to 512; pictures
are squeezed into a square (bicubic), nothing is cropped. transformers' ``pooler_output`` and ``image_embeds`` are other
numbers, and the image processor beside the model, which crops, is not asked. Where the reference takes the media's
nearest frame, we take the one that shows. Not verified: its features of a film beside ours, with OpenAI's own weights.

Letters: F pictures, N lines and columns of the square, D numbers of a class token.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from talkies.core.engines.guests.movies import widened
from talkies.core.engines.reference.pretrained import extra, loaded
from talkies.core.errors import WeightsError
from talkies.core.media.timeline_movie import list_of_frames
from talkies.core.segment import Segment
from talkies.core.times import TimeRange

FOLDER_NAME = "clip"
PICTURE_RATE = Fraction(10)
_AT_ONCE = 32
_MEAN = (0.48145466, 0.4578275, 0.40821073)  # of CLIP's pictures, red, green, blue
_DEVIATION = (0.26862954, 0.26130258, 0.27577711)


class ClipEye:
    """The vision tower in a folder that ``save_pretrained`` of a CLIPModel, CLIPVisionModel or
    CLIPVisionModelWithProjection has written; loaded at the first look."""

    def __init__(self, folder: Path, width: int, device: str) -> None:
        self.folder, self.width, self.device = folder, width, device

    @torch.no_grad()
    def look(self, shot: Segment, covers: TimeRange) -> Tensor:
        """(F, D) features of what shows at every tenth of a second from ``covers.start`` on (s of the timeline), black
        where there is no picture. Raises WeightsError, MissingExtraError, MediaError."""
        size = self._tower.config.image_size
        pictures = (_squared(image, size) for image in pictures_at(shot, covers))
        seen = [
            self._tower(pixel_values=torch.stack(some).to(self.device)).last_hidden_state[:, 0].float().cpu()
            for some in _portions(pictures)
        ]
        return torch.cat(seen)

    @cached_property
    def _tower(self) -> Any:
        kind = extra("transformers").CLIPVisionModel
        tower = loaded(kind, self.folder, "put CLIP ViT-B/16 there, as transformers saves it")
        width = tower.config.hidden_size
        if width != self.width:
            problem = f"gives {width} numbers a picture where the checkpoint wants {self.width}"
            raise WeightsError(self.folder, problem, "it is another model than CLIP ViT-B/16")
        return tower.to(self.device)


def pictures_at(shot: Segment, covers: TimeRange) -> Iterator[Any]:
    """uint8 (H, W, 3) or None at 0, 0.1, 0.2 ... s of ``covers``, one at least."""
    wide = widened(shot, covers)
    from_zero = replace(wide, record=wide.record.shifted(1 / (2 * PICTURE_RATE) - covers.start))  # middles of frames
    yield from list_of_frames(from_zero, range(max(ceil(covers.duration * PICTURE_RATE), 1)), PICTURE_RATE)


def _portions(pictures: Iterable[Tensor]) -> Iterator[list[Tensor]]:
    """As many as are looked at together."""
    coming = iter(pictures)
    while some := list(islice(coming, _AT_ONCE)):
        yield some


def _squared(image: Any, size: int) -> Tensor:
    """A picture, None for black, as the tower takes it: (3, N, N)."""
    if image is None:
        square = torch.zeros(3, size, size)
    else:
        planes = torch.from_numpy(image).permute(2, 0, 1)[None].float()
        square = torch.nn.functional.interpolate(planes, (size, size), mode="bicubic", antialias=True)[0]
    mean, deviation = torch.tensor(_MEAN)[:, None, None], torch.tensor(_DEVIATION)[:, None, None]
    return (square.round().clamp(0, 255) / 255 - mean) / deviation
