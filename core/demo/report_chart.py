"""Report chart of a result: film strip, dialogue and effects, spectrum, events against onsets."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Image, Sound
from talkies.core.files.atomic import part_file
from talkies.core.media.timeline_movie import pictures
from talkies.core.segment import Take, Timeline
from talkies.core.takes.levels import SAMPLE_RATE, mixed
from talkies.core.times import to_sample

if TYPE_CHECKING:
    from matplotlib.axes import Axes


INK, PAPER, FAINT = "#e8e6df", "#14161a", "#5b616b"
DX_COLOUR, FX_COLOUR, EVENT_COLOUR = "#7fc4ff", "#ffb454", "#9be08a"
_MATCH_S = 0.1
_STRIP = 7


@dataclass(frozen=True)
class RenderedTakes:
    """What is drawn: mono sums (N,) of the dialogue, of the effects and of the music, if there is any, from the
    timeline's first frame, 48 kHz."""

    dialogue: Sound
    effects: Sound
    music: Sound | None = None

    @property
    def sum(self) -> Sound:
        whole = self.dialogue + self.effects
        return whole if self.music is None else whole + self.music


def render_takes(timeline: Timeline, takes: Sequence[Take]) -> RenderedTakes:
    """The first takes, summed by department; a joint mix counts as effects."""
    first = [take for take in takes if take.number == 1]
    length = to_sample(timeline.duration, SAMPLE_RATE)
    return RenderedTakes(
        _summed([take for take in first if take.stem == "DX"], length),
        _summed([take for take in first if take.stem not in ("DX", "MX")], length),
        _summed([take for take in first if take.stem == "MX"], length),
    )


def _summed(takes: Sequence[Take], length: int) -> Sound:
    whole = np.zeros(length, np.float32)
    position = min((to_sample(take.record.start, SAMPLE_RATE) for take in takes), default=0)
    for block in mixed(takes):
        count = max(0, min(block.shape[1], length - position))
        whole[position : position + count] += block[:, :count].sum(axis=0) / np.float32(np.sqrt(2))
        position += block.shape[1]
    return whole


def sync_figures(events: Sequence[float], rendered: RenderedTakes) -> dict[str, Any]:
    """How well the effects' onsets meet the picture's events (s): F1, precision, recall, offsets."""
    from talkies.core.media.onsets import OnsetCounts, detect_onsets

    return OnsetCounts.of(detect_onsets(rendered.effects), list(events)).figures()


def draw_report(timeline: Timeline, rendered: RenderedTakes, events: Sequence[float], path: Path) -> None:
    """Writes the picture as PNG, 2000 pixels wide. Raises OutputError."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(16, 10.4), dpi=125, facecolor=PAPER)
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(
        5, 1, height_ratios=(1.62, 1.5, 1.5, 2.7, 1.0), left=0.075, right=0.985, top=0.925, bottom=0.062, hspace=0.1
    )
    axes = [figure.add_subplot(grid[row]) for row in range(5)]
    seconds = float(timeline.duration)
    for axis in axes:
        _plain(axis, seconds)
    _strip(axes[0], timeline, seconds)
    _waveform(axes[1], rendered.dialogue, seconds, DX_COLOUR, "Dialogue")
    _cues(axes[1], timeline)
    _waveform(axes[2], rendered.effects, seconds, FX_COLOUR, "Effects")
    _spectrum(axes[3], rendered.sum, seconds)
    _lanes(axes[4], rendered, events)
    axes[4].tick_params(labelbottom=True)
    axes[4].set_xlabel("seconds", color=INK)
    figure.text(0.075, 0.955, timeline.name, color=INK, fontsize=19, fontweight="bold")
    figure.text(0.985, 0.955, _headline(events, rendered), color=INK, fontsize=12, ha="right")
    with part_file(path) as part:
        figure.savefig(part, format="png", facecolor=PAPER)


def _headline(events: Sequence[float], rendered: RenderedTakes) -> str:
    if not events:
        return ""
    figures = sync_figures(events, rendered)
    apart = figures["offset_median_absolute_ms"]
    near = "" if apart is None else f"   median distance {apart:.0f} ms"
    counts = f"{len(events)} events in the picture, {figures['detected']} onsets heard"
    return f"{counts}   F1 {figures['f1_100ms']:.2f} at ±100 ms{near}"


def _plain(axis: Axes, seconds: float) -> None:
    axis.set_facecolor(PAPER)
    axis.set_xlim(0, seconds)
    axis.tick_params(colors=FAINT, labelcolor=INK, labelbottom=False, length=3)
    for spine in axis.spines.values():
        spine.set_visible(False)


def _title(axis: Axes, text: str, height: float = 0.5) -> None:
    axis.set_yticks([])
    axis.text(-0.012, height, text, transform=axis.transAxes, color=INK, ha="right", va="center", fontsize=12)


def _strip(axis: Axes, timeline: Timeline, seconds: float) -> None:
    """Equally spaced frames, each the middle of its stretch, cropped to fit. Cuts are bright lines."""
    _title(axis, "Picture")
    box = axis.get_window_extent()
    frames = int(timeline.duration * timeline.rate)
    wanted = {int((number + 0.5) * frames / _STRIP): number for number in range(_STRIP)}
    for index, image in enumerate(pictures(timeline)):
        if index in wanted:
            left = wanted[index] * seconds / _STRIP
            tile = _cropped(image, box.width / _STRIP / box.height)
            axis.imshow(tile, extent=(left, left + seconds / _STRIP, 0, 1), aspect="auto", interpolation="antialiased")
    for segment in timeline.segments[1:]:
        axis.axvline(float(segment.record.start), color=INK, linewidth=1.5)
    axis.set_xlim(0, seconds)
    axis.set_ylim(0, 1)


def _cropped(image: Image, aspect: float) -> Image:
    """The middle of an image, ``aspect`` times as wide as high."""
    width = min(image.shape[1], round(image.shape[0] * aspect))
    left = (image.shape[1] - width) // 2
    return image[:, left : left + width]


def _waveform(axis: Axes, sound: Sound, seconds: float, colour: str, title: str) -> None:
    """Highest and lowest sample of each pixel column, at one scale for what is drawn here."""
    _title(axis, title)
    columns = 1800
    pieces = np.array_split(sound, columns) if len(sound) >= columns else [np.zeros(1, np.float32)] * columns
    high = np.array([piece.max() for piece in pieces])
    low = np.array([piece.min() for piece in pieces])
    times = np.linspace(0, seconds, columns)
    axis.fill_between(times, low, high, color=colour, linewidth=0.4, edgecolor=colour)
    axis.axhline(0, color=FAINT, linewidth=0.5)
    reach = max(float(np.abs(sound).max(initial=0.0)), 1e-3) * 1.15
    axis.set_ylim(-reach, reach)


def _cues(axis: Axes, timeline: Timeline) -> None:
    """What should be said, above the stretch in which it should be."""
    top = axis.get_ylim()[1]
    axis.set_ylim(-top, top * 2.2)
    for cue in timeline.cues:
        if cue.kind == "speech":
            start, end = float(cue.range.start), float(cue.range.end)
            axis.axvspan(start, end, color=DX_COLOUR, alpha=0.13, linewidth=0)
            letters = max(10, int((end - start) / float(timeline.duration) * 210))
            text = textwrap.fill(cue.text, letters, max_lines=3, placeholder=" …")
            axis.text(start + 0.05, top * 2.08, text, color=INK, fontsize=8.5, va="top", clip_on=True)


def _spectrum(axis: Axes, sound: Sound, seconds: float) -> None:
    """Levels in dB over 90 dB, 40 Hz to 20 kHz on a logarithmic axis."""
    from scipy.signal import stft

    window = 2048
    if len(sound) < window:
        sound = np.pad(sound, (0, window - len(sound)))
    frequencies, times, spectrum = stft(sound, SAMPLE_RATE, nperseg=window, noverlap=window * 3 // 4)
    bands = np.geomspace(40, 20_000, 200)
    power = np.abs(spectrum) ** 2
    rows = np.stack(
        [np.interp(bands, frequencies, column) for column in power.T[:: max(1, len(times) // 1800)]], axis=1
    )
    level = 10 * np.log10(rows + 1e-12)
    highest = float(level.max())
    axis.imshow(
        level, origin="lower", aspect="auto", cmap="magma", vmin=highest - 80, vmax=highest,
        extent=(0, seconds, 0, len(bands)), interpolation="bilinear",
    )  # fmt: skip
    _title(axis, "Spectrum", 0.7)
    marks = [100, 1000, 10_000]
    axis.set_yticks([float(np.interp(mark, bands, np.arange(len(bands)))) for mark in marks], ["100", "1k", "10k"])


def _lanes(axis: Axes, rendered: RenderedTakes, events: Sequence[float]) -> None:
    """Events of the picture above, onsets of the effects below; a line joins those that belong together."""
    from talkies.core.media.onsets import detect_onsets

    axis.set_ylim(-0.4, 1.4)
    onsets = detect_onsets(rendered.effects)
    for event in events:
        near = [onset for onset in onsets if abs(onset - event) <= _MATCH_S]
        if near:
            onset = min(near, key=lambda time: abs(time - event))
            axis.plot([event, onset], [1, 0], color=EVENT_COLOUR, linewidth=1.2, alpha=0.7)
    axis.scatter(events, np.ones(len(events)), color=EVENT_COLOUR, s=46, marker="v", linewidths=0, zorder=3)
    axis.scatter(onsets, np.zeros(len(onsets)), color=FX_COLOUR, s=46, marker="^", linewidths=0, zorder=3)
    axis.set_yticks([0, 1], ["heard", "seen"], fontsize=11)
    axis.grid(axis="x", color=FAINT, alpha=0.3, linewidth=0.6)
