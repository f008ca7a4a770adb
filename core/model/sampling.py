"""Sampling: from conditions and noise to latents; guidance, windows and solver around one VSSFlow.

Letters: C latent channels, T latent frames, N windows in a batch, W latent frames of a window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor

from talkies.core.flow.guidance import guided_halves
from talkies.core.flow.solver import SOLVERS, even_times
from talkies.core.flow.windows import OVERLAP_FRAMES, WINDOW_FRAMES, Window, cover_stretches, joined_velocity
from talkies.core.model.conditions import Conditions
from talkies.core.model.sketch import SKETCHED, Sketch
from talkies.core.model.transformer import Prepared
from talkies.core.model.vssflow import Encoded, VSSFlow

CACHE_BYTES = 48 << 20
"""Constant work is kept for as many batches of windows as fit; an hour's reel computes the rest anew each step."""


@dataclass(frozen=True)
class Settings:
    """How to integrate.

    ``times`` overrides ``steps`` equal steps (with a sketch they must pass SKETCHED); ``window`` and ``overlap`` in
    latent frames; ``batch`` windows are computed at a time. ``half``: matrix products in bfloat16, the state in
    float32; None: where that is faster.
    """

    steps: int = 16
    guidance: float = 2.0
    solver: str = "euler"
    times: tuple[float, ...] = ()
    window: int = WINDOW_FRAMES
    overlap: int = OVERLAP_FRAMES
    batch: int = 2
    cache_bytes: int = CACHE_BYTES
    half: bool | None = None


@dataclass
class _GuidedWindows:
    """The guided velocity of batches of windows, with a bounded cache of what is constant."""

    model: VSSFlow
    conditions: Conditions
    negative: Conditions | None
    guidance: float
    cache_bytes: int
    cache: dict[Window, Prepared] = field(default_factory=dict)
    cached_bytes: int = 0

    def __call__(self, t: float, x: Tensor, windows: Sequence[Window]) -> Tensor:
        """x (N, C, W) at time t → v (N, C, W)"""
        prepared = self._prepared(windows)
        if self.guidance != 1:
            x = torch.cat((x, x))
        v = self.model.prepared_velocity(x, torch.full((len(x),), t, device=x.device), prepared).to(x.dtype)
        return v if self.guidance == 1 else guided_halves(v, self.guidance)

    def _prepared(self, windows: Sequence[Window]) -> Prepared:
        known = self.cache.get(windows[0])
        if known is not None:
            return known
        encoded = self._encode(self.conditions, windows)
        if self.guidance == 1:
            prepared = self.model.prepare(encoded)
        else:
            negative = None if self.negative is None else self._encode(self.negative, windows)
            prepared = self.model.prepare_guided(encoded, negative)
        if self.cached_bytes + prepared.bytes <= self.cache_bytes:
            self.cache[windows[0]] = prepared
            self.cached_bytes += prepared.bytes
        return prepared

    def _encode(self, conditions: Conditions, windows: Sequence[Window]) -> Encoded:
        spans = [(window.start, window.stop) for window in windows]
        encode = partial(self.model.encode, **conditions.batched())  # type: ignore[arg-type]
        return Encoded.stack([encode(frames=conditions.frames, span=span) for span in spans])


def _same_prompt_length(one: Conditions, other: Conditions | None) -> tuple[Conditions, Conditions | None]:
    """Both with as many prompt tokens, 0 (none) added to the shorter, so that they fit into one batch."""
    if other is None:
        return one, None
    prompts = [each.prompt for each in (one, other) if each.prompt is not None]
    if not prompts:
        return one, other
    length = max(map(len, prompts))

    def padded(conditions: Conditions) -> Conditions:
        prompt = prompts[0][:0] if conditions.prompt is None else conditions.prompt
        return replace(conditions, prompt=torch.cat((prompt, prompt.new_zeros(length - len(prompt)))))

    return padded(one), padded(other)


def half_precision_pays(device: torch.device) -> bool:
    """Whether this device multiplies bfloat16 natively; elsewhere it is emulated and slower than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    able: Mapping[str, object] = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    return any(able.get(name) is True for name in ("avx512_bf16", "amx_bf16"))


def _parted(times: Sequence[float], sketch: Sketch | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The times up to SKETCHED and those from there on; all of them are later ones where nothing is sketched, and the
    first are left out where everything is."""
    if sketch is None:
        return (0.0,), tuple(times)
    before = (*(t for t in times if t < SKETCHED), SKETCHED)
    after = (SKETCHED, *(t for t in times if t > SKETCHED))
    return (before if not bool(sketch.drawn.all()) else before[-1:]), after


@torch.no_grad()
def sample(
    model: VSSFlow,
    conditions: Conditions,
    noise: Tensor,
    settings: Settings,
    *,
    negative: Conditions | None = None,
    sketch: Sketch | None = None,
    stretches: Sequence[Window] | None = None,
    on_step: Callable[[float], None] | None = None,
) -> Tensor:
    """Latents (C, T) for ``conditions`` of T frames from x_0 = ``noise`` (C, T), both on the model's device.

    ``negative``: the negative branch of guidance (same frames); None = unconditional. Where there is a ``sketch``, the
    state at t = SKETCHED is drawn from it; a sketch of everything saves the steps before. Only ``stretches`` are made,
    apart from each other, and elsewhere the noise stays; None: the whole.
    ``on_step`` is called with the share of the work done and may raise to stop. Memory for the work does not grow with
    T, apart from a few copies of the state.
    """
    conditions, negative = _same_prompt_length(conditions, negative)
    whole = (Window(0, conditions.frames),)
    windows = cover_stretches(whole if stretches is None else stretches, settings.window, settings.overlap)
    before, after = _parted(settings.times or even_times(settings.steps), sketch)
    guided = _GuidedWindows(model, conditions, negative, settings.guidance, settings.cache_bytes)
    evaluations = (len(before) + len(after) - 2) * (1 if settings.solver == "euler" else 2)
    done = 0

    def velocity(t: float, x: Tensor) -> Tensor:
        nonlocal done

        def on_batch(share: float) -> None:
            if on_step:
                on_step((done + share) / evaluations)

        def of_windows(part: Tensor, some: Sequence[Window]) -> Tensor:
            return guided(t, part, some)

        v = joined_velocity(of_windows, x, windows, batch=settings.batch, overlap=settings.overlap, on_batch=on_batch)
        done += 1
        return v

    half = half_precision_pays(noise.device) if settings.half is None else settings.half
    with torch.autocast(noise.device.type, torch.bfloat16, enabled=half):
        solve, x = SOLVERS[settings.solver], noise
        if len(before) > 1:
            x = solve(velocity, x, before, None)
        if sketch is not None:
            x = torch.where(sketch.drawn, torch.lerp(noise, sketch.latents.to(noise), SKETCHED), x)
        x_1 = solve(velocity, x, after, None)
    if on_step:
        on_step(1.0)
    return x_1
