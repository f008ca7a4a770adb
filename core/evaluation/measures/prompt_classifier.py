"""Names what a sound is: a small network over statistics of the spectrum, trained on recordings in seconds.

Only classes are told apart that it finds again in recordings of other sources; where the material itself is ambiguous
(doors, whooshes, voices of farm animals) a figure would say nothing. Sounds are judged whole, eight seconds at a time,
at whatever level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from talkies.core.arrays import Floats, Sound
from talkies.core.corpus.effects import Recording
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.model.torch_pair import need_torchaudio

_HOP, _WINDOW, _BANDS = 480, 2048, 64
_FLOOR_DB, _ACTIVE_DB, _STRUCK_DB = -80.0, -40.0, -20.0  # against the loudest frame
_STROKES, _APART = 12, 25  # at most so many strokes are looked at, so many frames apart
_AROUND = (-10, -4, -2, -1, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)  # frames from a stroke's peak
_QUARTERS = ((0, 10), (10, 24), (24, 40), (40, 64))  # bands of low to high sounds


@dataclass(frozen=True)
class NamedClass:
    """What an editor would call a sound. ``words`` prompt it; ``tags``: a recording carries all of one of these sets;
    ``without``: and none of these."""

    name: str
    words: tuple[str, ...]
    tags: tuple[frozenset[str], ...]
    without: frozenset[str] = frozenset()
    sustained: bool = False

    def holds(self, recording: Recording) -> bool:
        """Whether a recording is one of these sounds."""
        carried = set(recording.tags)
        fits = any(needed <= carried for needed in self.tags) and not self.without & carried
        return fits and recording.sustained == self.sustained


def named(name: str, words: str, *tags: str, without: str = "", sustained: bool = False) -> NamedClass:
    """A class by its words; see :class:`NamedClass`."""
    needed = tuple(frozenset(each.split()) for each in tags or (words,))
    return NamedClass(name, tuple(words.split()), needed, frozenset(without.split()), sustained)


CLASSES = (
    named("footsteps", "footsteps"),
    named("glass", "glass break", "glass", without="door"),
    named("wood", "wood impact", "impact wood", "break wood", without="door weapon creak glass"),
    named("metal", "metal impact", "impact metal", "break metal", without="door weapon"),
    named("stone", "stone dig", "impact stone", "break stone", "dig", without="door wood"),
    named("body", "body impact", without="wild_animal"),
    named("click", "click_switch", without="door tool_machine"),
    named("gunshot", "gunshot", without="burst"),
    named("explosion", "explosion"),
    named("thunder", "thunder"),
    named("dog", "dog bark"),
    named("rooster", "rooster"),
    named("clock", "clock_tick"),
    named("water", "water splash", "water splash", "water drip"),
    named("rain", "rain", without="thunder insects_night", sustained=True),
    named("sea", "sea waves", sustained=True),
    named("wind", "wind", sustained=True),
    named("fire", "fire", without="tool_machine", sustained=True),
    named("chainsaw", "chainsaw", sustained=True),
)
"""What is told apart; all have recordings of at least four sources to learn from and others held out."""


# What is looked at


def log_mel(sound: Sound) -> Floats:
    """(N,) at 48 kHz → (F, 64) band levels in dB, 100 frames a second."""
    melscale_fbanks = need_torchaudio().functional.melscale_fbanks
    filters = melscale_fbanks(_WINDOW // 2 + 1, 40.0, 20_000.0, _BANDS, SAMPLE_RATE, norm="slaney")
    window = torch.hann_window(_WINDOW)
    samples = torch.from_numpy(np.asarray(sound, np.float32))
    power = torch.stft(samples, _WINDOW, _HOP, window=window, return_complex=True).abs().square()
    return np.asarray(10 * torch.log10(power.T @ filters + 1e-12), np.float64)


def describe(sound: Sound) -> Floats:
    """(D,) statistics: colour and its spread, and how strokes rise, ring and fade; the level does not matter."""
    bands = log_mel(sound)
    level = _summed(bands)
    bands, level = np.maximum(bands - level.max(), _FLOOR_DB), np.maximum(level - level.max(), _FLOOR_DB)
    active = level > _ACTIVE_DB
    heard, colour = bands[active], bands[active] - level[active, None]
    power = 10 ** (heard / 10)
    centre = (power * np.arange(_BANDS)).sum(1) / power.sum(1)
    flux = np.abs(np.diff(bands, axis=0, prepend=bands[:1]))[active].mean(0)
    overall = [active.mean(), centre.mean(), centre.std(), colour.std(1).mean(), colour.std(1).std()]
    overall += [np.abs(np.diff(centre)).mean() if len(centre) > 1 else 0.0]
    colours = [_halved(each) for each in (colour.mean(0), heard.std(0), flux)]
    return np.concatenate([*colours, _of_strokes(bands, level), overall, np.percentile(level, [5, 25, 50, 75, 90, 95])])


def _of_strokes(bands: Floats, level: Floats) -> Floats:
    """Means over the strokes: level around the peak, also of four ranges of pitch, colour at the peak and after it."""
    bands = np.pad(bands, ((40, 80), (0, 0)), constant_values=_FLOOR_DB)
    peaks = [peak + 40 for peak in strokes(level)]
    level = np.pad(level, (40, 80), constant_values=_FLOOR_DB)
    ranges = np.stack([_summed(bands[:, low:high]) for low, high in _QUARTERS], axis=1)
    rows = [
        np.concatenate(
            [
                _halved(bands[peak - 2 : peak + 3].max(0) - level[peak]),
                _halved(bands[peak + 6 : peak + 12].mean(0) - level[peak + 6 : peak + 12].mean()),
                [level[peak + frames] - level[peak] for frames in _AROUND],
                *(ranges[peak + frames] - ranges[peak] for frames in (-2, 2, 4, 8, 16, 32)),
            ]
        )
        for peak in peaks
    ]
    return np.asarray(np.mean(rows, axis=0))


def strokes(level: Floats) -> list[int]:
    """The loudest frames, each a quarter of a second from the others."""
    found: list[int] = []
    for frame in np.argsort(-level):
        if level[frame] < level.max() + _STRUCK_DB or len(found) == _STROKES:
            break
        if all(abs(frame - other) > _APART for other in found):
            found.append(int(frame))
    return found


def _summed(bands: Floats) -> Floats:
    """dB of the bands' summed power."""
    return np.asarray(10 * np.log10((10 ** (bands / 10)).sum(-1) + 1e-12))


def _halved(values: Floats) -> Floats:
    return np.asarray(values.reshape(-1, 2).mean(1))


# Naming


class Namer:
    """Learns names from described sounds; the same material gives the same names."""

    def __init__(self, described: Sequence[Floats], names: Sequence[str], steps: int = 250) -> None:
        self.names = sorted(set(names))
        rows = np.stack(described)
        self.mean, self.spread = rows.mean(0), rows.std(0) + 1e-6
        wanted = torch.tensor([self.names.index(name) for name in names])
        self.networks = [_trained(self._rows(rows), wanted, len(self.names), seed, steps) for seed in range(2)]

    def name(self, sounds: Sequence[Sound]) -> list[str]:
        """What each sound is; silence is not a sound and gets the name ""."""
        return [self._name(sound) if np.any(sound) else "" for sound in sounds]

    @torch.no_grad()
    def _name(self, sound: Sound) -> str:
        row = self._rows(describe(sound)[None])
        chances = torch.stack([network(row).softmax(1) for network in self.networks]).sum(0)
        return self.names[int(chances.argmax())]

    def _rows(self, described: Floats) -> torch.Tensor:
        rows = np.clip((described - self.mean) / self.spread, -4, 4)
        return torch.from_numpy(rows.astype(np.float32))


def _trained(rows: torch.Tensor, wanted: torch.Tensor, classes: int, seed: int, steps: int) -> nn.Sequential:
    """One hidden layer; noise on what it sees keeps it from learning single recordings by heart."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = nn.Sequential(nn.Linear(rows.shape[1], 96), nn.GELU(), nn.Dropout(0.3), nn.Linear(96, classes))
        optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.02)
        weight = len(wanted) / classes / torch.bincount(wanted, minlength=classes)
        for _ in range(steps):
            chosen = torch.randint(len(rows), (256,), generator=generator)
            seen = rows[chosen] + 0.4 * torch.randn(256, rows.shape[1], generator=generator)
            loss = nn.functional.cross_entropy(network(seen), wanted[chosen], weight, label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return network.eval()
