"""Fits the palette: typical strokes and textures of every name in the library of effects.

No stroke is one recording's: recordings of one name are put together with those most like them, at least two, and
their levels averaged. What has a single recording is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.arrays import AnyFloats, Sound
from talkies.core.conditioning.prompt.naming import Words
from talkies.core.conditioning.prompt.palette import STROKE_LEAD, TEXTURE_AXES, Palette, PaletteNames
from talkies.core.corpus.effects import EffectLibrary
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.model.bands import FLOOR, HOP_SAMPLES
from talkies.core.model.codec import Codec
from talkies.core.training.preparing.effect_windows import SoundClass, sound_classes

_LONGEST_S = 3.0
_COMPARED_FRAMES = 120  # band frames by which strokes are found alike
_TOGETHER = 2.2  # recordings to a typical stroke
_HEARD = 1.0  # nepers above the floor (9 dB) at which a stroke is not yet over
_SILENT_LEVEL = float(np.log(FLOOR))


@torch.no_grad()
def fit_palette(codec: Codec, library: EffectLibrary) -> Palette:
    """The palette of a library's recordings, in a fitted codec's latents."""
    strokes: list[tuple[Words, Tensor]] = []
    textures: list[tuple[Words, tuple[Tensor, ...]]] = []
    for sounds in sound_classes(library):
        if len(sounds.recordings) < 2:
            continue
        if sounds.sustained:
            heard = [codec.encode(torch.from_numpy(library.sound(r))[None])[0] for r in sounds.recordings]
            textures.append((sounds.tags, texture(torch.cat(heard, dim=1))))
        else:
            strokes += [(sounds.tags, stroke) for stroke in typical_strokes(codec, library, sounds)]
    names = PaletteNames(
        tuple(words for words, _ in strokes),
        tuple(latents.shape[1] for _, latents in strokes),
        tuple(words for words, _ in textures),
    )
    palette = Palette(names, codec.config.latent_channels)
    if strokes:
        palette.strokes.copy_(torch.cat([latents.T for _, latents in strokes]))
    for number, (_, parts) in enumerate(textures):
        for buffer, part in zip((palette.means, palette.axes, palette.spreads, palette.slowness), parts, strict=True):
            buffer[number] = part
    return palette


def typical_strokes(codec: Codec, library: EffectLibrary, sounds: SoundClass) -> Iterator[Tensor]:
    """Latents (C, T) of the typical strokes of one name."""
    levels = [_levels(codec, library.sound(recording), library.lead) for recording in sounds.recordings]
    longest = max(each.shape[1] for each in levels)
    rows = torch.stack([nn.functional.pad(a, (0, longest - a.shape[1]), value=_SILENT_LEVEL) for a in levels])
    for members in alike(rows[:, :, :_COMPARED_FRAMES].flatten(1).numpy()):
        mean = rows[members].mean(0)
        heard = torch.nonzero((mean > _SILENT_LEVEL + _HEARD).any(0)).flatten()
        group = codec.config.frames_per_latent
        end = -(-(int(heard[-1]) + 1 if len(heard) else STROKE_LEAD + 1) // group) * group
        yield codec.latents.encode(mean[None, :, :end])[0]


def _levels(codec: Codec, sound: Sound, lead: int) -> Tensor:
    """(M, F) bands of a stroke whose onset lies STROKE_LEAD frames after the beginning; whole latents."""
    before = np.zeros(STROKE_LEAD * HOP_SAMPLES - lead, np.float32)
    cut = np.concatenate([before, sound])[: round(_LONGEST_S * SAMPLE_RATE)]
    samples = torch.from_numpy(np.pad(cut, (0, -len(cut) % codec.config.latent_samples)))
    levels: Tensor = codec.bands(samples[None])[0]
    return levels


def alike(rows: AnyFloats) -> Sequence[list[int]]:
    """Groups of at least two of the ``rows`` (n, D) that are near each other (Ward's linkage); who is alone joins the
    nearest group."""
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(rows) < 4:
        return [list(range(len(rows)))]
    labels = fcluster(linkage(rows, "ward"), max(1, int(len(rows) / _TOGETHER)), "maxclust")
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    several = [group for group in groups if len(group) > 1]
    middles = [rows[group].mean(0) for group in several]
    members = [group.tolist() for group in several]
    for group in groups:
        if len(group) == 1:
            apart = [float(np.linalg.norm(rows[group[0]] - middle)) for middle in middles]
            members[int(np.argmin(apart))] += group.tolist()
    return members


def texture(latents: Tensor) -> tuple[Tensor, ...]:
    """Latents (C, T) → mean (C,), axes (C, K), spreads (K,), slowness (K,)."""
    mean = latents.mean(1)
    centred = (latents - mean[:, None]).double()
    axes = torch.linalg.eigh(centred @ centred.T / centred.shape[1]).eigenvectors[:, -TEXTURE_AXES:].flip(1)
    along = axes.T @ centred
    power = along.square().mean(1).clamp_min(1e-12)
    slowness = (along[:, 1:] * along[:, :-1]).mean(1) / power
    return mean, axes.float(), power.sqrt().float(), slowness.clamp(0, 0.99).float()
