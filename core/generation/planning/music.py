"""Music in a plan: which stretch of the timeline is scored, by which hits, and which shot carries each section.

The plan of a score (tempo, sections, keys) does not depend on its seed, so every take has the same clips.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from talkies.core.errors import ArgumentError
from talkies.core.generation.request import Request
from talkies.core.instruments.soundfont import check_renderer, find_soundfont
from talkies.core.preferences import read_preferences
from talkies.core.score.asked import Asked, mood_in, read_asked
from talkies.core.score.composed import Score, Section
from talkies.core.score.composer import compose, sections_of
from talkies.core.score.form import Scene
from talkies.core.score.hits import Hit, HitChoice, hits_of
from talkies.core.segment import Cue, Segment, Stem, Timeline
from talkies.core.spotting.placing import record_ranges
from talkies.core.spotting.spot import Spot
from talkies.core.spotting.stamps import position_of
from talkies.core.times import TimeRange, frame_floor

_MUSIC = "music"


@dataclass(frozen=True)
class Scored:
    """What is to be composed. ``span``: of the timeline, in seconds; everything else counts from its start. ``duck``:
    dB by which it makes way for ``speech``. ``soundfont``: None for our own instruments."""

    span: TimeRange
    asked: Asked
    hits: tuple[Hit, ...]
    scenes: tuple[Scene, ...]
    speech: tuple[TimeRange, ...]
    handle: Fraction
    duck: float = 0.0
    soundfont: Path | None = None

    @property
    def is_ducked(self) -> bool:
        """Whether it makes way for anybody."""
        return self.duck > 0 and bool(self.speech)

    def takes(self, asked: int) -> int:
        """How many there are of each section: what makes way for speech is there without that, too."""
        return asked * 2 if self.is_ducked else asked

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return sections_of(self.hits, self.span.duration, self.asked, self.scenes, self.handle)

    def composed(self, seed: int) -> Score:
        """The piece of one seed."""
        return compose(self.hits, self.span.duration, self.asked, seed, self.speech, self.scenes, self.handle)


def scored(timeline: Timeline, request: Request, segments: Sequence[Segment], spots: Sequence[Spot] = ()) -> Scored:
    """What the request's music is. Raises ArgumentError for a stretch that is none, InputError and MissingExtraError
    for a SoundFont that cannot be played."""
    span = _span(timeline, request, segments)
    settings = request.music
    choice: HitChoice = settings.hits  # type: ignore[assignment]  # checked by the request
    asked = read_asked(request.prompt)
    if settings.ensemble:
        asked = replace(asked, ensemble=settings.ensemble, solo="")  # type: ignore[arg-type]  # checked likewise
    asked = replace(asked, tempo=settings.tempo or asked.tempo, stretch=settings.stretch)
    inside = [cue for cue in timeline.cues if cue.range.overlap(span)]
    speech = tuple(cue.range.shifted(-span.start) for cue in inside if cue.kind == "speech")
    hits = hits_of(timeline, choice, span, _placed(timeline, spots))
    if choice == "none" and asked.tempo is not None:
        hits = (*hits[:-1], _on_a_beat(hits[-1], asked.tempo))
    handle = frame_floor(request.handles, timeline.rate)
    font = _soundfont(settings.soundfont)
    return Scored(span, asked, hits, _scenes(inside, span), speech, handle, settings.duck, font)


def _soundfont(named: str) -> Path | None:
    found = find_soundfont(named or read_preferences().soundfont)
    if found is not None:
        check_renderer()
    return found


def _on_a_beat(last: Hit, tempo: float) -> Hit:
    """The last chord, which nothing in the picture asks for, where the asked tempo has a beat."""
    beat = 60 / Fraction(tempo).limit_denominator(1000)
    return replace(last, time=max(last.time // beat, 1) * beat)


def _span(timeline: Timeline, request: Request, segments: Sequence[Segment]) -> TimeRange:
    """From and to as asked for; else the chosen shots, else everything."""
    whole = TimeRange(Fraction(0), timeline.duration)
    if request.segments:
        whole = TimeRange(min(each.record.start for each in segments), max(each.record.end for each in segments))
    start = _position(timeline, "--from", request.music.start, whole.start)
    end = _position(timeline, "--to", request.music.end, whole.end)
    if not 0 <= start < end <= timeline.duration:
        problem = f"music from {timeline.timecode(start)} to {timeline.timecode(end)} does not lie in it"
        cure = f"it goes from {timeline.timecode(Fraction(0))} to {timeline.timecode(timeline.duration)}"
        raise ArgumentError(timeline.path, problem, cure)
    return TimeRange(start, end)


def _position(timeline: Timeline, option: str, text: str, usual: Fraction) -> Fraction:
    if not text:
        return usual
    try:
        return position_of(timeline, text)
    except ValueError as error:
        raise ArgumentError(option, str(error), "give a record timecode, such as 01:00:10:00") from error


def _scenes(cues: Sequence[Cue], span: TimeRange) -> tuple[Scene, ...]:
    """``[music: hurry]`` and what stands between ♪ say the mood from there to the next such cue."""
    said = [(cue, _mood_of(cue)) for cue in cues if cue.kind == "sound"]
    found = {max(cue.range.start - span.start, Fraction(0)): mood for cue, mood in said if mood}
    marks = sorted(found.items())
    ends = [*(start for start, _ in marks), span.duration][1:]
    return tuple(Scene(TimeRange(start, end), mood) for (start, mood), end in zip(marks, ends, strict=True))


def _mood_of(cue: Cue) -> str:
    text = cue.text.casefold()
    return mood_in(text) if _MUSIC in text or "♪" in text or "♫" in text else ""


def _placed(timeline: Timeline, spots: Sequence[Spot]) -> list[tuple[Fraction, float, str]]:
    """Where the spots of a list sound first: position (s), force, words."""
    shots = {segment.id: segment for segment in timeline.segments}
    return [
        (ranges[0].start, spot.force, spot.words)
        for spot in spots
        if spot.shot in shots and (ranges := record_ranges(shots[spot.shot], spot, shots[spot.shot].record))
    ]


def music_stems(timeline: Timeline, music: Scored, prompt: str) -> Mapping[str, tuple[Stem, ...]]:
    """A stem for each section, cut on whole frames, by the id of the shot that is seen when it begins."""
    starts = [frame_floor(music.span.start + section.span.start, timeline.rate) for section in music.sections]
    starts[0] = music.span.start
    found: defaultdict[str, list[Stem]] = defaultdict(list)
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], music.span.end], strict=True), 1):
        if start < end:
            shot = _carrier(timeline, start)
            found[shot.id].append(Stem(shot, "music", "MX", TimeRange(start, end), prompt=prompt, part=f"m{number}"))
    return {shot: tuple(stems) for shot, stems in found.items()}


def _carrier(timeline: Timeline, position: Fraction) -> Segment:
    """The uppermost shot there; in a gap the last one before it, or the first of all."""
    there = [each for each in timeline.segments if each.record.start <= position < each.record.end]
    before = sorted(
        (each for each in timeline.segments if each.record.end <= position), key=lambda each: each.record.end
    )
    return (there or before or [min(timeline.segments, key=lambda each: each.record.start)])[-1]
