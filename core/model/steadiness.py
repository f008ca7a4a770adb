"""Steady partials: the first partials of a voice, whose levels and pitch glide from frame to frame.

What a flow model says of the low bands, bin by bin, wavers: in generated speech the level of the first partial bends
by 3 to 4 dB from one frame to the next where recordings bend by 1.5, and below 600 Hz harmonics stand 4 dB less above
noise: voices were rough there (decision 0034). So where a frame is voice, its partials up to 650 Hz are drawn again, as
sines of one pitch seen through the window: pitch and levels are those that were drawn, averaged over a few frames of
the same voice. What has no pitch stays what it was.

Letters: B batch, K fine bins, F frames (100/s), P pitches, H partials, L low bins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from talkies.core.model.bands import FFT_SAMPLES, LOW_BANDS, SAMPLE_RATE
from talkies.core.model.comb import lobe, pitch_hertz
from talkies.core.model.decoder import Fine
from talkies.core.model.phases import spectral_peaks

NEAR_FRAMES = 2
"""Frames on either side that a partial's pitch and level are averaged with."""
STEADY_REACH = 2 * NEAR_FRAMES + 1
"""Frames on either side that what is drawn depends on."""
HIGHEST_HZ = 650.0
"""Up to where partials are drawn again: where every bin is a band."""
STEADIED = 0.75
"""How far: at 1 voices are cleaner than recordings, by 3 dB of harmonics over noise."""
UNVOICED, VOICED = 0.25, 0.45
"""Likeness to a comb up to which a frame is no voice, and from which on it is nothing else."""

BLURRED_HZ, APART_HZ = 80.0, 100.0
"""Pitches up to which partials are not told apart by the window, and from which on they are."""


@dataclass(frozen=True)
class Voice:
    """``share`` (F,): how much of each frame is voice, 0 to 1; ``hertz`` (F,): its pitch."""

    share: Tensor
    hertz: Tensor


def find_voice(fine: Fine, combs: Tensor) -> Voice:
    """The voice in what a network drew (B = 1): the pitch that it names, as exactly as the first partials say, where
    the spectrum is like that pitch's comb; ``combs`` (P, K)."""
    assert fine.pitch is not None
    pitch = fine.pitch[0].argmax(1)
    levels = 0.5 * torch.logaddexp(2 * fine.tone[0], 2 * fine.noise[0])
    rise = (likeness(levels.T, combs[pitch]) - UNVOICED) / (VOICED - UNVOICED)
    share = nn.functional.avg_pool1d(rise.clamp(0, 1)[None, None], 3, 1, 1, count_include_pad=False)[0, 0]
    hertz = exact_pitch(fine.tone[0], pitch_hertz().to(share)[pitch])
    return Voice(share * ((hertz - BLURRED_HZ) / (APART_HZ - BLURRED_HZ)).clamp(0, 1), hertz)


def likeness(levels: Tensor, comb: Tensor) -> Tensor:
    """(F,): the correlation, -1 to 1, of log spectra (F, K) with combs (F, K) up to 4 kHz, what is flat left out."""
    low, margin = levels[:, :_LAST_BIN], _FLAT_BINS // 2
    flat = nn.functional.avg_pool1d(low[None], _FLAT_BINS, 1, margin, count_include_pad=False)[0]
    rough, teeth = (low - flat)[:, _FIRST_BIN:], comb[:, _FIRST_BIN:_LAST_BIN]
    rough, teeth = (part - part.mean(1, keepdim=True) for part in (rough, teeth))
    alike: Tensor = (rough * teeth).sum(1) / (rough.norm(dim=1) * teeth.norm(dim=1)).clamp_min(1e-3)
    return alike


def exact_pitch(tone: Tensor, hertz: Tensor) -> Tensor:
    """Pitches ``hertz`` (F,) moved to where the first partials lie in log amplitudes (K, F), loud ones counting most;
    as they were where these lie elsewhere."""
    low = tone[: LOW_BANDS + 2].exp().T
    places = torch.from_numpy(spectral_peaks(low.numpy(force=True))[1]).to(hertz) * _BIN_HZ
    counted = torch.arange(1, _PARTIALS + 1).to(hertz)
    wanted = hertz[:, None] * counted  # (F, H)
    bins = (wanted / _BIN_HZ).round().long()
    found = places.gather(1, bins.clamp_max(LOW_BANDS))
    near = (bins <= LOW_BANDS) & ((found - wanted).abs() < _BIN_HZ)
    weight = near * low.gather(1, bins.clamp_max(LOW_BANDS)).square()
    exact = (weight * counted * found).sum(1) / (weight * counted.square()).sum(1).clamp_min(1e-20)
    return torch.where((exact / hertz - 1).abs() < _OFF_AT_MOST, exact, hertz)


def steadied(fine: Fine, bands: Tensor, combs: Tensor, spoken: Tensor) -> tuple[Fine, Tensor]:
    """What was drawn (B = 1) and the bands' log levels (B, M, F), with steady partials where there is a voice in the
    frames that are ``spoken`` (F,)."""
    voice = find_voice(fine, combs)
    voice = replace(voice, share=voice.share * spoken)
    if not bool(voice.share.any()):
        return fine, bands
    tone = fine.tone + (steady_partials(fine.tone[0], voice) - fine.tone) * STEADIED
    fine = replace(fine, tone=tone)
    single = slice(1, LOW_BANDS + 1)
    drawn = 0.5 * torch.logaddexp(2 * tone[0, single], 2 * fine.noise[0, single] + math.log(math.pi / 4))
    low = torch.lerp(bands[0, :LOW_BANDS], drawn, voice.share)
    return fine, torch.cat((low[None], bands[:, LOW_BANDS:]), dim=1)


def steady_partials(tone: Tensor, voice: Voice) -> Tensor:
    """Log amplitudes (K, F) with the partials of a voice drawn again as far as it is one: levels averaged, each as the
    window sees a sine; between partials what is left of it."""
    hertz, counted = steady_pitch(voice), torch.arange(1, _PARTIALS + 1).to(tone)
    bins = torch.arange(_LOW_BINS).to(tone)
    places = hertz[:, None] * counted / _BIN_HZ  # (F, H)
    drawn = places <= HIGHEST_HZ / _BIN_HZ
    seen = lobe(bins - places[:, :, None]).square() * drawn[:, :, None]  # (F, H, L)
    low = (2 * tone[:_LOW_BINS]).exp().T
    power = ((low[:, None] * (seen > 0)).sum(2) / seen.sum(2).clamp_min(1e-3)).clamp_min(1e-14)
    power = steady_levels(power.log(), hertz, voice.share).exp()  # (F, H)
    between = _LEFT_BETWEEN * torch.minimum(low, _BETWEEN_AT_MOST * power.amax(1, keepdim=True))
    again = (power[:, :, None] * seen).sum(1) + between
    covered = bins <= (hertz / _BIN_HZ * (drawn.sum(1) + 0.5))[:, None]
    moved = 0.5 * (again / low.clamp_min(1e-14)).clamp_min(1e-14).log() * covered * voice.share[:, None]
    return torch.cat((tone[:_LOW_BINS] + moved.T, tone[_LOW_BINS:]))


def steady_levels(levels: Tensor, hertz: Tensor, share: Tensor) -> Tensor:
    """Log powers of partials (F, H) averaged with those of the same voice around, as far as these are about as loud: an
    onset stays an onset."""
    around = _around(levels)  # (F, frames beside, H)
    like = (-0.5 * ((around - levels[:, None]) / _AS_LOUD).square()).exp()
    weight = _same_voice(hertz, share, _SAME_LEVEL)[:, :, None] * like
    return (weight * around).sum(1) / weight.sum(1)


def steady_pitch(voice: Voice) -> Tensor:
    """(F,): each frame's pitch averaged with those around it that are near."""
    octaves = voice.hertz.log()
    return (_same_voice(voice.hertz, voice.share, _SAME_PITCH) * _around(octaves)).sum(1).exp()


def _around(values: Tensor) -> Tensor:
    """(F, ...) → (F, 2 · NEAR_FRAMES + 1, ...): those of the frames beside; at the ends the last ones."""
    frames = torch.arange(len(values), device=values.device)
    beside = torch.arange(-NEAR_FRAMES, NEAR_FRAMES + 1, device=values.device)
    return values[(frames[:, None] + beside).clamp(0, len(values) - 1)]


def _same_voice(hertz: Tensor, share: Tensor, nepers: float) -> Tensor:
    """(F, 2 · NEAR_FRAMES + 1), sum 1: how much each frame beside counts; those whose pitch is another do not."""
    window = torch.hann_window(2 * NEAR_FRAMES + 3, periodic=False)[1:-1].to(hertz)
    same = (_around(hertz.log()) - hertz.log()[:, None]).abs() < nepers
    weight = window * same * (_around(share) + 1e-3)
    return weight / weight.sum(1, keepdim=True)


_BIN_HZ = SAMPLE_RATE / FFT_SAMPLES
_LOW_BINS = int(HIGHEST_HZ / _BIN_HZ) + 3
_PARTIALS = 6
_FIRST_BIN, _LAST_BIN, _FLAT_BINS = 3, 160, 21  # 75 Hz to 4 kHz, as core/training/pitches.py compares recordings
_OFF_AT_MOST = 0.03  # of a pitch
_SAME_PITCH, _SAME_LEVEL = 0.06, 0.1  # nepers, from one frame to those beside
_AS_LOUD = 1.0  # nepers of power, 4.3 dB: deviation
_LEFT_BETWEEN, _BETWEEN_AT_MOST = 0.25, 0.01  # of the power between partials; beside that of the loudest
