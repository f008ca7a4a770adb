"""Events as columns for the network and as a list for people: the same four numbers, there and back."""

from __future__ import annotations

import torch
from torch import Tensor

from talkies.core.conditioning.picture.events import CERTAIN, EVENT_DIM
from talkies.core.conditioning.prompt.palette import spotted_onsets
from talkies.core.engines.base import Spotted, Stroke
from talkies.core.times import LATENT_RATE

_RATE = float(LATENT_RATE)


def listed_events(spotted: Spotted, frames: int) -> Tensor:
    """(T, 4) decided events of a list; what lies outside of the T frames is left out."""
    events = torch.zeros(frames, EVENT_DIM)
    for stroke in spotted.strokes:
        half = int(stroke.time * 2 * _RATE)
        if 0 <= half < 2 * frames:
            events[half // 2, half % 2] = CERTAIN
            events[half // 2, 3] = max(float(events[half // 2, 3]), stroke.force)
    for start, end in spotted.spans:
        events[max(round(start * _RATE), 0) : max(round(end * _RATE), 0), 2] = CERTAIN
    return events


def spotted_in(events: Tensor, likely: Tensor) -> Spotted:
    """A list of decided events (T, 4); ``likely`` (T, 4): how likely each was before."""
    strokes = []
    for time, force in spotted_onsets(events):
        frame = min(int(time * _RATE), len(likely) - 1)
        around = likely[max(frame - 1, 0) : frame + 2, :2]
        strokes.append(Stroke(time, round(force, 4), round(float(around.max()), 4)))
    going = torch.cat([torch.zeros(1), (events[:, 2] > 0).float(), torch.zeros(1)]).diff()
    edges = [frame / _RATE for frame in going.nonzero()[:, 0].tolist()]
    return Spotted(tuple(strokes), tuple(zip(edges[::2], edges[1::2], strict=True)))
