"""A line of text spoken by a voice, as one take without a timeline: as long as it naturally lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from talkies.core.conditioning.speech.phoneme_text import PHONEMES, phoneme_text
from talkies.core.conditioning.speech.timing import SLOWEST
from talkies.core.engines.base import Brief, Engine, EngineLoader, Line, Prepared, load_engine
from talkies.core.engines.choice import engines_for
from talkies.core.events import Progress
from talkies.core.generation.request import Request
from talkies.core.generation.take_metadata import mark_of, take_metadata
from talkies.core.mark.payload import MARK
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.segment import Cue, Segment, Stem, Take, Timeline
from talkies.core.takes.saving import save_take
from talkies.core.times import TimeRange, round_half_up

_BEFORE, _AFTER = Fraction(1, 4), Fraction(1, 2)  # seconds of quiet around the line
_LETTER_S = Fraction(1, 8)  # more than any letter of a line takes
_BREATH = Fraction(21, 20)  # more than the line's natural length
_RATE = Fraction(25)


@dataclass(frozen=True)
class LineRequest:
    """``text`` in ``language`` (BCP-47, "" the voice's own) by ``voice``, a name or a recording, "" for any."""

    text: str
    voice: str = ""
    language: str = ""
    engine: str = "mini"
    seed: int = 0
    device: str = "auto"
    loudness: str = "ebu-r128"


def line_take(
    asked: LineRequest,
    folder: Path,
    *,
    load_engine: EngineLoader = load_engine,
    watch: Callable[[Progress], None] = lambda progress: None,
) -> tuple[Take, tuple[str, ...]]:
    """The take, its file in ``folder``, and warnings. Raises a TalkiesError."""
    watch(Progress(0.0, "loading the engine"))
    engine = load_engine(engines_for(asked.engine, ["dialogue"])[0]["dialogue"], None, asked.device)
    cue, prepared = _fitted(engine, asked)
    steps, guidance = engine.sampling(None, None)
    blocks = engine.generate(
        prepared,
        seed=asked.seed,
        steps=steps,
        guidance=guidance,
        on_step=lambda share: watch(Progress(share, "the line")),
    )
    timeline, stem = _alone(asked, cue, prepared.duration)
    request = Request(
        timeline.path, folder, engine=asked.engine, seed=asked.seed, handles=Fraction(0), loudness=asked.loudness
    )
    told = take_metadata(stem, request, engine, prepared.source, seed=asked.seed, steps=steps, guidance=guidance)
    take = save_take(
        stem,
        timeline,
        blocks,
        folder,
        sample_rate=engine.sample_rate,
        loudness=PRESETS[asked.loudness],
        mark=mark_of(request, engine),
        metadata=told | {PHONEMES: phoneme_text(prepared.phonemes)},
    )
    assert MARK in take.metadata
    return take, prepared.warnings


def _fitted(engine: Engine, asked: LineRequest) -> tuple[TimeRange, Prepared]:
    """When the line is said, and what the engine makes it of: laid out with room to spare first, then without."""
    roomy = TimeRange(_BEFORE, _BEFORE + 2 + len(asked.text) * _LETTER_S)
    prepared = _prepared(engine, asked, roomy)
    if not prepared.phonemes:
        return roomy, prepared
    natural = (Fraction(prepared.phonemes[-1][2]) - _BEFORE) / Fraction(SLOWEST)
    cue = TimeRange(_BEFORE, _BEFORE + Fraction(round_half_up(natural * _BREATH * _RATE) + 1) / _RATE)
    return cue, _prepared(engine, asked, cue)


def _prepared(engine: Engine, asked: LineRequest, cue: TimeRange) -> Prepared:
    line = Line(cue, asked.text, "", asked.language)
    return engine.prepare(Brief("dialogue", cue.end + _AFTER, lines=(line,), voice=asked.voice))


def _alone(asked: LineRequest, cue: TimeRange, duration: Fraction) -> tuple[Timeline, Stem]:
    """A timeline with nothing but this line."""
    whole = TimeRange(Fraction(0), duration)
    said = Cue(cue, asked.text, language=asked.language)
    segment = Segment("line", "portrait", "V1", whole, whole, _RATE, cues=(said,))
    timeline = Timeline(Path("portrait"), "portrait", _RATE, Fraction(0), duration, (segment,), (said,))
    stem = Stem(segment, "dialogue", "DX", whole, (replace(said),), voice=asked.voice)
    return timeline, stem
