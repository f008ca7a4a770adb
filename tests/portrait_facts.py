"""Facts about films of portraits, from landmarks that the rig never sees (478, as mediapipe numbers them) and pixels.

Openness is the distance of the inner lips in distances of the outer corners of the eyes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats

LIP_TOP, LIP_BOTTOM, LIP_LEFT, LIP_RIGHT = 13, 14, 78, 308
EYES = (33, 263)
LIDS = ((159, 145, 33, 133), (386, 374, 362, 263))
STEADY = (33, 133, 362, 263, 168, 6, 197, 195, 8, 9, 127, 356)
CLOSED = 0.15
"""Of the largest opening: less is closed."""
_LAGS = 5  # frames, either way
_QUIETEST_DB = 40.0


def openness(points: Floats) -> Floats:
    """(N, 478, 3) → (N,)."""
    gap: Floats = np.linalg.norm(points[:, LIP_BOTTOM, :2] - points[:, LIP_TOP, :2], axis=1) / eye_distance(points)
    return gap


def width(points: Floats) -> Floats:
    wide: Floats = np.linalg.norm(points[:, LIP_RIGHT, :2] - points[:, LIP_LEFT, :2], axis=1) / eye_distance(points)
    return wide


def eye_distance(points: Floats) -> Floats:
    far: Floats = np.linalg.norm(points[:, EYES[1], :2] - points[:, EYES[0], :2], axis=1)
    return far


def face_height(points: Floats) -> float:
    return float(np.median(np.linalg.norm(points[:, 152, :2] - points[:, 10, :2], axis=1)))


def roll_degrees(points: Floats) -> Floats:
    x, y = (points[:, EYES[1], :2] - points[:, EYES[0], :2]).T
    turned: Floats = np.degrees(np.arctan2(y, x))
    return turned


def loudness(sound: Floats, sample_rate: int, rate: float, frames: int) -> Floats:
    """(frames,) dB in 60 ms around each frame's middle, at most 40 dB below the loudest."""
    half = round(0.03 * sample_rate)
    middles = np.rint((np.arange(frames) + 0.5) / rate * sample_rate).astype(int)
    parts = [sound[max(middle - half, 0) : middle + half] for middle in middles]
    level = 10 * np.log10([float((part**2).mean()) + 1e-10 if len(part) else 1e-10 for part in parts])
    heard: Floats = np.maximum(level, level.max() - _QUIETEST_DB)
    return heard


def follows(opened: Floats, loud: Floats, rate: float) -> tuple[float, float]:
    """How well openness goes with loudness, and by how many ms it is late: the best correlation within five frames."""
    lags = range(-_LAGS, _LAGS + 1)
    scores = [_correlation(*_shifted(opened, loud, lag)) for lag in lags]
    best = int(np.argmax(scores))
    offset = 0.0
    if 0 < best < len(scores) - 1:
        before, here, after = scores[best - 1 : best + 2]
        offset = 0.5 * (before - after) / min(before - 2 * here + after, -1e-9)
    return scores[best], (best + offset - _LAGS) / rate * 1000


def _shifted(opened: Floats, loud: Floats, lag: int) -> tuple[Floats, Floats]:
    count = len(opened) - abs(lag)
    return (opened[lag:], loud[:count]) if lag >= 0 else (opened[:count], loud[-lag:])


def _correlation(a: Floats, b: Floats) -> float:
    seen = np.isfinite(a) & np.isfinite(b)
    if seen.sum() < 3 or a[seen].std() < 1e-9 or b[seen].std() < 1e-9:
        return 0.0
    return float(np.corrcoef(a[seen], b[seen])[0, 1])


def closed_share(opened: Floats, spans: Iterable[tuple[float, float]], rate: float) -> tuple[int, int]:
    """Of stretches (s) in which lips must meet, in how many they do in at least one frame, and how many there are."""
    limit = CLOSED * float(np.nanmax(opened))
    least = [float(np.nanmin(_within(opened, start - 0.03, end + 0.03, rate))) for start, end in spans]
    return sum(each <= limit for each in least), len(least)


def _within(track: Floats, start: float, end: float, rate: float) -> Floats:
    first = max(int(np.floor(start * rate)), 0)
    return track[first : max(int(np.ceil(end * rate)), first + 1)] if first < len(track) else track[-1:]


def told_apart(rows: Sequence[tuple[str, float]]) -> tuple[int, int]:
    """(vowel, height to width) each: how many are nearest to the median of their own vowel, and how many there are."""
    names = sorted({name for name, _ in rows})
    middles = {name: float(np.median([value for each, value in rows if each == name])) for name in names}
    right = sum(min(names, key=lambda each: abs(middles[each] - value)) == name for name, value in rows)
    return right, len(rows)


@dataclass(frozen=True)
class Blink:
    """Seconds: when it begins and how long lids are more than half closed, and a little."""

    start: float
    length: float


def eye_opening(points: Floats) -> Floats:
    """(N,) height to width of the eyes."""
    rows = []
    for top, bottom, left, right in LIDS:
        high = np.linalg.norm(points[:, top, :2] - points[:, bottom, :2], axis=1)
        rows.append(high / np.linalg.norm(points[:, right, :2] - points[:, left, :2], axis=1))
    mean: Floats = np.mean(rows, axis=0)
    return mean


def blinks(points: Floats, rate: float) -> list[Blink]:
    """Lids less than three quarters open, that were less than half open in between."""
    opened = eye_opening(points)
    usual = float(np.nanmedian(opened))
    low = np.concatenate(([False], opened < 0.8 * usual, [False]))
    edges = np.flatnonzero(np.diff(low.astype(int)))
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [Blink(a / rate, (b - a) / rate) for a, b in pairs if np.nanmin(opened[a:b]) < 0.6 * usual]


def aligned(points: Floats, still: Floats) -> Floats:
    """(N, 478, 2), each frame laid on the still (478, 3) by size, turn and place of points that no word moves."""
    steady = list(STEADY)
    target = still[steady, :2] - still[steady, :2].mean(axis=0)
    out = []
    for frame in points[..., :2]:
        own = frame[steady] - frame[steady].mean(axis=0)
        cosine, sine = (own * target).sum(), (own[:, 0] * target[:, 1] - own[:, 1] * target[:, 0]).sum()
        turn = np.array([[cosine, sine], [-sine, cosine]]) / (own**2).sum()
        out.append((frame - frame[steady].mean(axis=0)) @ turn + still[steady, :2].mean(axis=0))
    return np.array(out)


def shape_error(points: Floats, still: Floats) -> float:
    """How far the face's points are from the still's, in shares of its height, after what goes with the openness and
    the width of the mouth and the eyes' openness has been taken out; root of the mean square."""
    seen = np.isfinite(points[:, 0, 0])
    off = aligned(points[seen], still)[:, :468] - still[:468, :2]
    causes = np.stack((openness(points[seen]), width(points[seen]), eye_opening(points[seen])), axis=1)
    at_still = np.array([[openness(still[None])[0], width(still[None])[0], eye_opening(still[None])[0]]])
    causes = causes - at_still
    flat = off.reshape(len(off), -1)
    fit, *_ = np.linalg.lstsq(causes, flat, rcond=None)
    rest = (flat - causes @ fit).reshape(off.shape)
    return float(np.sqrt((rest**2).sum(axis=2).mean()) / face_height(still[None]))


def held(opened: Floats, start: float, end: float, rate: float) -> tuple[float, float]:
    """Of a note (s): the least openness well within it, in shares of the largest; and how long after its end (ms) the
    mouth is closed."""
    largest = float(np.nanmax(opened))
    within = opened[int(np.ceil((start + 0.15) * rate)) : int((end - 0.05) * rate)]
    after = np.flatnonzero(opened[int(end * rate) :] <= CLOSED * largest)
    closes = (int(end * rate) + int(after[0]) + 0.5) / rate - end if len(after) else np.inf
    return float(within.min()) / largest, 1000 * max(closes, 0.0)


def openings(opened: Floats) -> int:
    """How often the mouth opens: peaks that stand out by a quarter of the largest."""
    from scipy.signal import find_peaks

    return len(find_peaks(np.concatenate(([0.0], opened, [0.0])), prominence=0.25 * float(np.nanmax(opened)))[0])


def likeness(one: Floats, other: Floats) -> float:
    """Structural similarity (SSIM, Gaussian windows of 1.5) of two grey pictures, levels."""
    import cv2

    def blurred(picture: Floats) -> Floats:
        return np.asarray(cv2.GaussianBlur(picture, (11, 11), 1.5), np.float64)

    a, b = one.astype(np.float64), other.astype(np.float64)
    mean_a, mean_b = blurred(a), blurred(b)
    spread_a, spread_b = blurred(a * a) - mean_a**2, blurred(b * b) - mean_b**2
    both = blurred(a * b) - mean_a * mean_b
    top = (2 * mean_a * mean_b + 6.5025) * (2 * both + 58.5225)
    return float((top / ((mean_a**2 + mean_b**2 + 6.5025) * (spread_a + spread_b + 58.5225))).mean())
