"""README.txt of a turnover: what is what, for somebody who has never heard of talkies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from talkies.core.media.loudness import Level
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Take
from talkies.core.takes.saving import time_reference
from talkies.core.turnover.folder import CHECKSUMS, MADE_BY
from talkies.core.turnover.span import POP_DBFS, POP_HZ, Span
from talkies.core.turnover.stems import StemFile

Fact = tuple[str, str]


@dataclass(frozen=True)
class Contents:
    """What a folder holds. ``level``: of the sum of what sounds. ``files``: each with what it is; ``provenance``:
    what is said of their origin; ``notes``: what else the reader must know, a sentence each."""

    span: Span
    takes: tuple[Take, ...]
    stems: tuple[StemFile, ...]
    level: Level
    files: tuple[Fact, ...]
    notes: tuple[str, ...] = ()
    provenance: tuple[Fact, ...] = ()


def readme_text(contents: Contents) -> str:
    """Plain text, at most a screen wide where names allow."""
    timeline = contents.span.timeline
    made = f"{MADE_BY} {version('talkies')} on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    title = " ".join(f"{timeline.name or timeline.path.stem}: generated sound".split())
    parts = [
        ("Picture", _facts(_picture(contents))),
        ("Sound", _facts(_sound(contents))),
        ("Tracks", _facts(_tracks(contents.stems))),
        ("Files", _facts([*contents.files, (CHECKSUMS, "of every file; check with: sha256sum --check SHA256SUMS")])),
        ("Made with", _facts(_origins(contents.takes))),
        ("Provenance", _facts(contents.provenance)),
        ("Notes", [f"  {sentence}" for sentence in contents.notes]),
    ]
    body = ["\n".join([name, *lines, ""]) for name, lines in parts if lines]
    return "\n".join([title, "=" * len(title), made, "", *body])


def verdict(level: Level, preset: str) -> str:
    """Whether a delivery is met, or by how much it is missed."""
    wanted = PRESETS[preset]
    if wanted.target is None:
        return f"{wanted.title}, at most {wanted.true_peak:.1f} dBTP"
    asked = f"{wanted.title}: {wanted.target:.1f} LUFS ±{wanted.tolerance:g}, at most {wanted.true_peak:.1f} dBTP"
    if not math.isfinite(level.integrated):
        return f"{asked}: cannot be met (only silence)"
    off, over = level.integrated - wanted.target, level.true_peak - wanted.true_peak
    missed = [f"{off:+.1f} LU off"] if abs(off) > wanted.tolerance else []
    missed += [f"{over:.1f} dB too high a peak"] if over > _PEAK_ERROR else []
    return f"{asked}: {'missed, ' + ', '.join(missed) if missed else 'met'}"


_PEAK_ERROR = 0.05  # dB; how far two true-peak meters may differ


def _facts(facts: Iterable[Fact]) -> list[str]:
    facts = list(facts)
    width = max((len(name) for name, _ in facts), default=0)
    return [f"  {name:<{width}}  {' '.join(value.split())}" for name, value in facts]


def _picture(contents: Contents) -> Iterator[Fact]:
    span, timeline = contents.span, contents.span.timeline
    rate = timeline.rate
    exact = "" if rate.denominator == 1 else f" ({rate.numerator}/{rate.denominator})"
    yield "frame rate", f"{float(rate):.5g} frames per second{exact}"
    yield "timecode", "drop-frame" if timeline.drop_frame else "non-drop-frame"
    yield "timeline starts", span.timecode(timeline.duration * 0)
    yield "timeline ends", f"{span.timecode(timeline.duration)} (the first frame after it)"


def _sound(contents: Contents) -> Iterator[Fact]:
    span = contents.span
    first, count = span.samples
    yield "format", f"Broadcast WAV, {SAMPLE_RATE} Hz, 24 bit"
    reference = time_reference(span.timeline, span.range.start)
    yield "stems start", f"{span.timecode(span.range.start)} (time reference {reference}), all of them"
    yield "stems last", f"{count} samples ({float(span.range.duration):.3f} s, {span.frames[1]} frames), all of them"
    for pop in span.pops:
        at = pop.samples(SAMPLE_RATE)[0] - first
        when = f"{span.timecode(pop.start)} (sample {at} of each stem)"
        yield "pop", f"{POP_HZ} Hz, {POP_DBFS:.0f} dBFS, one frame at {when}"
    yield "loudness", _level(contents.level)
    for preset in sorted({str(take.metadata.get("loudness")) for take in contents.takes} & set(PRESETS)):
        yield "delivery", verdict(contents.level, preset)
    held = [take.levels.limited_db for take in contents.takes if take.levels and take.levels.limited_db]
    if held:
        yield "limited", f"single peaks of {len(held)} takes, by at most {max(held):.1f} dB"
    yield "handles", _handles(contents.takes)


def _level(level: Level) -> str:
    if not math.isfinite(level.integrated):
        return "silence"
    return f"{level.integrated:.1f} LUFS, true peak {level.true_peak:.1f} dBTP (all enabled tracks together, no pops)"


def _handles(takes: Sequence[Take]) -> str:
    every = [handle for take in takes for handle in (take.head_handle, take.tail_handle)]
    low, high = (float(edge(every, default=0)) for edge in (min, max))
    size = f"{low:.3g} to {high:.3g} s" if low != high else f"{low:.3g} s"
    return f"{size} beyond each cut in the single takes, none in the stems"


def _tracks(stems: Sequence[StemFile]) -> Iterator[Fact]:
    for file in stems:
        lane = file.lane
        facts = [
            "stereo" if lane.channels == 2 else "mono",
            f"{len(lane.takes)} take{'s' if len(lane.takes) > 1 else ''}",
        ]
        facts += [lane.speaker] if lane.speaker else []
        facts += [] if lane.enabled else [f"alternative {lane.number}, not in the mix"]
        yield lane.name, f"{', '.join(facts)}: {file.path.name}"


_SOLD = {False: "what it makes may not be sold", None: "whether what it makes may be sold is unknown"}


def _origins(takes: Sequence[Take]) -> Iterator[Fact]:
    """Each model once, with the seeds it was given."""
    seeds: dict[tuple[str, str], set[int]] = {}
    for take in takes:
        facts = take.metadata
        engine = " ".join(str(facts[name]) for name in ("engine", "engine_version") if facts.get(name)) or "unknown"
        weights = f"weights {str(facts['weights'])[:12]}" if facts.get("weights") else ""
        licence = f"licence {facts['licence']}" if facts.get("licence") else ""
        sold = _SOLD[facts["sellable"]] if facts.get("sellable", True) in (False, None) else ""
        made = f"talkies {facts['version']}" if facts.get("version") else ""
        found = seeds.setdefault((engine, ", ".join(filter(None, (weights, licence, sold, made)))), set())
        if isinstance(facts.get("seed"), int):
            found.add(facts["seed"])
    for (engine, described), numbers in seeds.items():
        listed = f"seeds {', '.join(map(str, sorted(numbers)))}" if numbers else "seeds unknown"
        yield engine, ", ".join(filter(None, (described, listed)))
