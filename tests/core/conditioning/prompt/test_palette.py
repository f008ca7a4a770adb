"""The palette: which words find what, and where a sketch puts it. Levels are measured on the codec's own bands."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import torch
from torch import Tensor

from talkies.core.conditioning.prompt.palette import STROKE_LEAD, Palette, PaletteNames, spotted_onsets
from talkies.core.model.bands import FLOOR
from talkies.core.model.codec import Codec, CodecConfig
from talkies.core.times import TimeRange

NAMES = PaletteNames(
    strokes=(("footsteps", "gravel"), ("impact", "metal"), ("impact", "wood"), ("break", "impact", "wood")),
    stroke_frames=(10, 12, 8, 8),
    textures=(("rain", "ambience"), ("fire", "ambience")),
)
SILENT = math.log(FLOOR)


@pytest.fixture(scope="module")
def codec() -> Codec:
    """Fitted to noise of many levels, so that levels survive its latents."""
    torch.manual_seed(0)
    codec = Codec(CodecConfig(width=32, blocks=1)).eval().requires_grad_(False)
    noise = torch.randn(40, 48_000) * torch.logspace(-4, 0, 40)[:, None]
    codec.latents.fit(torch.cat([codec.latents.stack(codec.bands(sound[None]))[0] for sound in noise]))
    return codec


@pytest.fixture(scope="module")
def palette(codec: Codec) -> Palette:
    """Every stroke: silence, then at the onset flat noise at -20 dB that is over at the stroke's end. Every texture: a
    level of its own that wanders a little."""
    made = Palette(NAMES, 128)
    place = 0
    for frames in NAMES.stroke_frames:
        levels = torch.full((1, codec.bands.count, 4 * frames), SILENT)
        levels[:, :, STROKE_LEAD:] = math.log(0.1)
        made.strokes[place : place + frames] = codec.latents.encode(levels)[0].T
        place += frames
    for number, level in enumerate((0.02, 0.05)):
        flat = torch.full((1, codec.bands.count, 4), math.log(level))
        made.means[number] = codec.latents.encode(flat)[0, :, 0]
        made.axes[number] = torch.eye(128)[:, :48]
        made.spreads[number] = 0.01
        made.slowness[number] = 0.9
    return made


def events(frames: int, *strikes: tuple[int, float]) -> Tensor:
    """Decided events (frames, 4): half frames and forces."""
    columns = torch.zeros(frames, 4)
    for half, force in strikes:
        columns[half // 2, half % 2] = 0.9
        columns[half // 2, 3] = force
    return columns


def test_strokes_begin_on_their_events_and_are_as_loud_as_these_are_strong(codec: Codec, palette: Palette) -> None:
    sketch = palette.sketch(codec, ("metal",), (), events(100, (40, 1.0), (120, 0.5)), seed=0)
    assert sketch is not None
    assert sketch.latents.shape == (128, 100)
    level = codec.latents.decode(sketch.latents[None])[0].mean(0)  # 100 a second
    for half in (40, 120):
        at = round((half + 0.5) * 2)
        assert level[at - 3] < SILENT + 1.5
        assert level[at + 3] > SILENT + 3
    fainter = float(level[85:95].mean() - level[245:255].mean())
    assert fainter * 20 / math.log(10) == pytest.approx(12, abs=2)
    assert sketch.drawn[20:28].all()
    assert not sketch.drawn[:18].any()


def test_a_texture_goes_on_throughout_and_under_what_strikes(codec: Codec, palette: Palette) -> None:
    alone = palette.sketch(codec, ("fire",), (), events(80), seed=0)
    assert alone is not None
    assert alone.drawn.all()
    level = codec.latents.decode(alone.latents[None])[0].mean(0)
    assert float(level.mean()) == pytest.approx(math.log(0.05), abs=0.3)
    both = palette.sketch(codec, ("fire", "footsteps"), (), events(80, (80, 1.0)), seed=0)
    assert both is not None
    under = codec.latents.decode(both.latents[None])[0].mean(0)
    assert float(level[:60].mean() - under[:60].mean()) * 20 / math.log(10) == pytest.approx(6, abs=1)
    assert under[165:175].mean() > level[165:175].mean()


def test_where_nothing_strikes_a_word_for_a_stroke_may_still_name_what_goes_on(codec: Codec) -> None:
    birds = Palette(PaletteNames((("bird",),), (4,), (("bird", "ambience"),)), 128)
    birds.means[0] = codec.latents.encode(torch.full((1, codec.bands.count, 4), math.log(0.1)))[0, :, 0]
    sketch = birds.sketch(codec, ("bird",), (), events(50), seed=0)
    assert sketch is not None
    assert sketch.drawn.all()


def test_a_hit_in_the_handle_alone_does_not_turn_a_texture_off(codec: Codec) -> None:
    """The sound is two seconds with handles of half a second; what strikes at 0.4 s is not heard in the cut."""
    birds = Palette(PaletteNames((("bird",),), (4,), (("bird", "ambience"),)), 128)
    birds.means[0] = codec.latents.encode(torch.full((1, codec.bands.count, 4), math.log(0.1)))[0, :, 0]
    hit, inside = events(50, (20, 1.0)), TimeRange(Fraction(1, 2), Fraction(3, 2))
    drawn = birds.sketch(codec, ("bird",), (), hit, seed=0, inside=inside)
    assert drawn is not None and drawn.drawn.all()
    struck = birds.sketch(codec, ("bird",), (), hit, seed=0, inside=TimeRange(Fraction(0), Fraction(3, 2)))
    assert struck is not None and not struck.drawn.all()


def test_nothing_is_drawn_of_nothing(codec: Codec, palette: Palette) -> None:
    assert palette.sketch(codec, ("rooster",), (), events(50, (20, 1.0)), seed=0) is None
    assert palette.sketch(codec, ("metal",), (), events(50), seed=0) is None, "words for hits, and nothing strikes"


def test_the_seed_decides_and_long_reels_are_drawn_piece_by_piece(codec: Codec, palette: Palette) -> None:
    strikes = events(3100, *((half, 0.8) for half in range(100, 6100, 100)))
    one, again, other = (palette.sketch(codec, ("rain", "wood"), (), strikes, seed) for seed in (1, 1, 2))
    assert one is not None
    assert again is not None
    assert other is not None
    assert torch.equal(one.latents, again.latents)
    assert not torch.equal(one.latents, other.latents)
    level = codec.latents.decode(one.latents[None])[0].mean(0)
    peaks = torch.stack([level[2 * half : 2 * half + 20].max() for half in range(100, 6100, 100)])
    assert peaks.min() > peaks.max() - 0.5, "a stroke across the border of two pieces (frame 1500) is no fainter"


def test_onsets_are_read_from_the_events_columns() -> None:
    found = spotted_onsets(events(60, (30, 0.7), (101, 0.2)))
    assert [(round(time, 3), round(force, 2)) for time, force in found] == [(0.61, 0.7), (2.03, 0.2)]


def test_names_survive_their_file_and_others_are_refused() -> None:
    assert PaletteNames.from_json(NAMES.to_json()) == NAMES
    for wrong in ('{"strokes": [["a"]], "stroke_frames": [], "textures": []}', '{"strokes": []}', "[]", "no"):
        with pytest.raises((ValueError, KeyError, TypeError)):
            PaletteNames.from_json(wrong)
