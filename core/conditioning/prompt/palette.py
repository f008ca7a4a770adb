"""Palette: mean strokes and textures of named sounds, and the sketch of them that denoising begins with.

The words of a prompt decide at the very beginning of the way from noise to sound: what has taken shape by t = 0.2 is
not changed by words any more. There a network of this size, which has heard each sound a few dozen times, does not
know glass from wood (measured: decision 0015). So the beginning is drawn instead of guessed:

    words ─► a typical stroke of that name, at every spotted event, as loud as the event is strong   ┐
    words ─► a texture of that name: mean, spread and slowness of each of its components             ├─► sketch
                                                                                                      ┘
    x at t = 0.5  =  half noise, half sketch (as SDEdit, arXiv 2108.01073, does with painted strokes)

From there on the network makes real sound of it. Strokes are means over recordings of one name that resemble each
other; no recording is kept. Letters: C latent channels, T latent frames, M bands, F band frames (four a latent frame).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.conditioning.picture.events import FORCE_RANGE_DB
from talkies.core.conditioning.prompt.naming import Words, left_out, named_sounds
from talkies.core.model.bands import FLOOR
from talkies.core.model.codec import Codec
from talkies.core.model.sketch import Sketch
from talkies.core.times import LATENT_RATE, TimeRange

STROKE_LEAD = 8
"""Band frames of a typical stroke before its onset: two latent frames."""
TEXTURE_AXES = 48
"""Components of a texture that move; the others rest at their mean."""

_NEPERS = math.log(10) / 20  # to a decibel
_TEXTURE_UNDER_DB = 6.0  # sustained sound lies below strokes
_SURE = 0.3  # an onset column at least so high is an event: decided columns are 0 or nearly 0.9
_PIECE_FRAMES = 1500  # latent frames that are drawn at a time
_SILENT_LEVEL = math.log(FLOOR)


@dataclass(frozen=True)
class PaletteNames:
    """``strokes``: words of each typical stroke, ``stroke_frames``: how many latent frames it has; ``textures``: words
    of each texture."""

    strokes: tuple[Words, ...] = ()
    stroke_frames: tuple[int, ...] = ()
    textures: tuple[Words, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError, KeyError, TypeError for anything else."""
        stored = json.loads(text)
        strokes = tuple(tuple(map(str, words)) for words in stored["strokes"])
        textures = tuple(tuple(map(str, words)) for words in stored["textures"])
        frames = tuple(map(int, stored["stroke_frames"]))
        if len(frames) != len(strokes) or min(frames, default=1) < 1:
            raise ValueError("strokes and their lengths do not fit together")
        return cls(strokes, frames, textures)

    def of(self, state: Mapping[str, Tensor]) -> Self:
        """The same, once it is sure that a model's weights hold as much. Raises KeyError, ValueError."""
        held = len(state["palette.strokes"]), len(state["palette.means"])
        if held != (sum(self.stroke_frames), len(self.textures)):
            raise ValueError("the palette's names and its sounds do not fit together")
        return self


class Palette(nn.Module):
    """See the module; all buffers are fitted in closed form (core/training/palette_fitting.py), none is trained.

    ``strokes`` (all frames, C) one after the other. Per texture: ``means`` (N, C), ``axes`` (N, C, K), ``spreads``
    (N, K) along them, and ``slowness`` (N, K): the correlation of one frame with the next. K is TEXTURE_AXES, or C if
    less.
    """

    strokes: Tensor
    means: Tensor
    axes: Tensor
    spreads: Tensor
    slowness: Tensor

    def __init__(self, names: PaletteNames, channels: int) -> None:
        super().__init__()
        self.names = names
        count, axes = len(names.textures), min(TEXTURE_AXES, channels)
        self.register_buffer("strokes", torch.zeros(sum(names.stroke_frames), channels))
        self.register_buffer("means", torch.zeros(count, channels))
        self.register_buffer("axes", torch.zeros(count, channels, axes))
        self.register_buffer("spreads", torch.zeros(count, axes))
        self.register_buffer("slowness", torch.zeros(count, axes))

    def sketch(
        self,
        codec: Codec,
        words: Words,
        unwanted: Words,
        events: Tensor,
        seed: int,
        inside: TimeRange | None = None,
    ) -> Sketch | None:
        """The sound of these words at decided events (T, 4); None where the words name nothing that is known here, or
        nothing happens. The same seed draws the same strokes. ``inside``: without the handles (s); what is spotted in
        these alone is no reason for strokes instead of a texture."""
        rng = np.random.default_rng([seed, 15])
        stroke, texture = self._named(words, unwanted, rng)
        onsets = [] if stroke is None else spotted_onsets(events)
        if inside is not None and not any(inside.start <= time < inside.end for time, _ in onsets):
            onsets = []
        if texture is None and not onsets:  # no onsets: what else do the words name?
            stroke, texture = named_sounds((), self.names.textures, words, unwanted, rng)
        if texture is None and not onsets:
            return None
        frames, group = len(events), codec.config.frames_per_latent
        bands = self._stroke_bands(codec, stroke)
        going = None if texture is None else self._texture(texture, frames, rng)
        quieter = _NEPERS * _TEXTURE_UNDER_DB if onsets else 0.0
        pieces: list[Tensor] = []
        drawn: list[Tensor] = []
        for start in range(0, frames, _PIECE_FRAMES):
            stop = min(start + _PIECE_FRAMES, frames)
            levels = self.strokes.new_full((codec.bands.count, (stop - start) * group), _SILENT_LEVEL)
            if going is not None:
                levels = (codec.latents.decode(going[None, :, start:stop])[0] - quieter).clamp_min(_SILENT_LEVEL)
            for time, force in onsets:
                first = round(time * float(LATENT_RATE) * group) - STROKE_LEAD - start * group
                _lay(levels, bands, (force - 1) * FORCE_RANGE_DB * _NEPERS, first)
            pieces.append(codec.latents.encode(levels[None])[0])
            drawn.append((levels > _SILENT_LEVEL).reshape(len(levels), -1, group).any(2).any(0))
        return Sketch(torch.cat(pieces, 1), torch.cat(drawn))

    def goes_on(self, words: Words, unwanted: Words) -> bool:
        """Whether these words name a texture."""
        return self._named(words, unwanted, np.random.default_rng(0))[1] is not None

    def left_out(self, words: Words, unwanted: Words) -> tuple[Words, Words]:
        """The name of the stroke that is placed on every onset, and words of the prompt that name other strokes."""
        stroke, texture = self._named(words, unwanted, np.random.default_rng(0))
        if stroke is None:
            return (), ()
        laid, going = self.names.strokes[stroke], () if texture is None else self.names.textures[texture]
        return laid, left_out(self.names.strokes, words, (laid, going))

    def _named(self, words: Words, unwanted: Words, rng: np.random.Generator) -> tuple[int | None, int | None]:
        return named_sounds(self.names.strokes, self.names.textures, words, unwanted, rng)

    def _stroke_bands(self, codec: Codec, number: int | None) -> Tensor:
        """(M, F) levels of a typical stroke; no frames for None."""
        if number is None:
            return self.strokes.new_zeros(codec.bands.count, 0)
        first = sum(self.names.stroke_frames[:number])
        latents = self.strokes[first : first + self.names.stroke_frames[number]].float().T
        return codec.latents.decode(latents[None])[0]

    def _texture(self, number: int, frames: int, rng: np.random.Generator) -> Tensor:
        """(C, frames): each component wanders about its mean as fast and as far as in the recordings."""
        from scipy.signal import lfilter

        slow = self.slowness[number].double().clamp(0, 1).cpu().numpy()
        steps = rng.standard_normal((frames, len(slow))) * np.sqrt(1 - slow**2)
        steps[:1] = rng.standard_normal((1, len(slow)))
        wander = np.stack([lfilter([1.0], [1.0, -a], steps[:, n]) for n, a in enumerate(slow)])
        moved = self.axes[number].float() * self.spreads[number].float()
        return self.means[number].float()[:, None] + moved @ torch.from_numpy(wander).to(moved)


def spotted_onsets(events: Tensor) -> list[tuple[float, float]]:
    """Decided events (T, 4) → onsets (s) and their strength (0 … 1)."""
    from scipy.signal import find_peaks

    halves = events[:, :2].reshape(-1).cpu().numpy()
    peaks, _ = find_peaks(np.concatenate([[0.0], halves, [0.0]]), height=_SURE, distance=3)
    forces = events[:, 3].clamp(0.05, 1).tolist()
    return [((float(peak) - 0.5) / (2 * float(LATENT_RATE)), forces[(int(peak) - 1) // 2]) for peak in peaks]


def _lay(levels: Tensor, stroke: Tensor, gain: float, first: int) -> None:
    """Adds a stroke's power (M, n), ``gain`` nepers louder, to ``levels`` (M, F) from band frame ``first`` on, as far
    as it lies inside."""
    start, stop = max(first, 0), min(first + stroke.shape[1], levels.shape[1])
    if start < stop:
        there, coming = levels[:, start:stop], stroke[:, start - first : stop - first] + gain
        added = torch.logaddexp(2 * there, 2 * coming) / 2
        levels[:, start:stop] = torch.where(coming > _SILENT_LEVEL, added, there)
