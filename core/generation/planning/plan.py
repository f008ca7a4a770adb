"""The plan of a run: which sounds it makes for which segments, and what that needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from talkies.core.backgrounds.coverage import bed_ranges
from talkies.core.engines.choice import engines_for, weights_for
from talkies.core.errors import ArgumentError
from talkies.core.generation.planning.disk_space import needed_bytes
from talkies.core.generation.planning.earlier_takes import EarlierTakes, earlier_takes
from talkies.core.generation.planning.listed import listed_spots
from talkies.core.generation.planning.portraits import NO_STILL, left_out
from talkies.core.generation.planning.stems import bed_words, choose_segments, owners, stems_of
from talkies.core.generation.planning.voices import NOBODY, cast_voices, check_voices
from talkies.core.generation.request import Request, Task
from talkies.core.segment import Cue, Segment, Stem, Timeline
from talkies.core.spotting.spot import Spot

if TYPE_CHECKING:
    from pathlib import Path

    from talkies.core.generation.planning.music import Scored

LOOKING = Fraction(1)  # work per second of picture, and
MAKING = Fraction(2)  # of sound: only the bar's evenness depends on them
BY_RULES = ("background", "music")
"""Tasks that rules make, unless an engine was chosen for music, and that look at no shot as effects and dialogue do."""
UNSEEN = (*BY_RULES, "portrait")
"""Tasks for which a shot is not looked at."""


@dataclass(frozen=True)
class Plan:
    """What a run makes of ``timeline``: the stems of each segment by its id, in order.

    ``segment_warnings``: what the reader noticed about the chosen segments; ``warnings``: these, what it noticed about
    the timeline, and words that nobody will speak. ``needed_bytes``: on the disk, for the takes and, in a stems
    folder, for continuous stems. ``takes``: of each stem; more than asked for where music makes way for speech.
    ``earlier``: takes of an earlier run that stay. ``spots``: all of the list, in order,
    but for its ``backgrounds``. ``engines``: by task, none where rules alone make it; ``engine_notes``: on those that
    were chosen and make something else; ``weights``: the user's, by engine.
    """

    timeline: Timeline
    segments: tuple[Segment, ...]
    stems: Mapping[str, tuple[Stem, ...]]
    segment_warnings: tuple[str, ...]
    warnings: tuple[str, ...]
    needed_bytes: int
    work: Fraction
    takes: int
    earlier: EarlierTakes = field(default_factory=EarlierTakes)
    spots: tuple[Spot, ...] = ()
    backgrounds: tuple[Spot, ...] = ()
    music: Scored | None = None
    engines: Mapping[str, str] = field(default_factory=dict)
    engine_notes: tuple[str, ...] = ()
    weights: Mapping[str, Path | None] = field(default_factory=dict)

    @property
    def needs_engine(self) -> bool:
        """Whether rules alone do not make it."""
        return bool(self.engines)


def plan_run(
    timeline: Timeline, request: Request, voices: Mapping[str, str] | None = None, *, keep_earlier: bool = False
) -> Plan:
    """What ``request`` asks for of ``timeline``; ``voices``: by speaker, before the request's own. ``keep_earlier``:
    what its output holds of other segments stays there.

    Raises ArgumentError for a segment or a voice that is not there, when there would be nothing to make, and when sound
    would be lost that nobody asked to replace.
    """
    segments, owner = choose_segments(timeline, request.segments), owners(timeline)
    cast = cast_voices(owner, request, voices or {})
    listed = listed_spots(timeline, request)
    segments = listed.only(segments)
    wanted = bed_words(request) is not None and (not request.only or listed.remakes_beds)
    beds = bed_ranges(timeline.segments) if wanted else {}
    music = _music(timeline, request, segments, listed.spots)
    stems: Mapping[str, tuple[Stem, ...]]
    if music is None:
        stems = {
            segment.id: listed.given(stems_of(timeline, segment, request, owner, cast.voices, beds))
            for segment in segments
        }
    else:
        from talkies.core.generation.planning.music import music_stems

        stems = music_stems(timeline, music, request.prompt.strip())
        segments = tuple(segment for segment in timeline.segments if segment.id in stems)
    if not any(stems.values()):
        problem, cure = NO_STILL if request.task == "portrait" else _NO_SUBTITLE
        raise ArgumentError(request.timeline, problem, cure)
    every = [stem for parts in stems.values() for stem in parts]
    tasks = dict.fromkeys(stem.task for stem in every if stem.task not in ("background", "portrait"))
    engines, engine_notes = engines_for(request.engine, tasks)
    check_voices(every, request)
    noticed = segment_warnings(segments)
    earlier = earlier_takes(request, timeline, stems) if keep_earlier else EarlierTakes()
    takes = request.takes if music is None else music.takes(request.takes)
    unspoken = (*_unspoken(timeline, owner, request.task), *cast.notes)
    return Plan(
        timeline,
        segments,
        stems,
        segment_warnings=noticed,
        warnings=(*timeline.warnings, *noticed, *unspoken, *listed.notes, *earlier.notes, *left_out(segments, request)),
        needed_bytes=needed_bytes(timeline, stems, request, takes),
        work=sum((work_of(parts, takes) for parts in stems.values()), Fraction(0)),
        takes=takes,
        earlier=earlier,
        spots=listed.spots,
        backgrounds=listed.backgrounds,
        music=music,
        engines=engines,
        engine_notes=engine_notes,
        weights={name: weights_for(request.engine, name, request.weights) for name in engines.values()},
    )


_NO_SUBTITLE = "has no subtitle over the chosen segments", "add subtitles, or use --task foley"


def _music(timeline: Timeline, request: Request, segments: Sequence[Segment], spots: Sequence[Spot]) -> Scored | None:
    if request.task != "music":
        return None
    from talkies.core.generation.planning.music import scored

    return scored(timeline, request, segments, spots)


def work_of(stems: Sequence[Stem], takes: int) -> Fraction:
    """The work of one segment's stems."""
    seen = next((stem.segment.record.duration for stem in stems if stem.task not in UNSEEN), Fraction(0))
    return seen * LOOKING + sum((stem.record.duration * MAKING * takes for stem in stems), Fraction(0))


def segment_warnings(segments: Iterable[Segment]) -> tuple[str, ...]:
    """What the reader noticed about segments that have a picture; the others fail, and say why."""
    return tuple(
        f"segment {segment.id} ({segment.clip}): {warning}"
        for segment in segments
        if segment.picture is not None
        for warning in segment.warnings
    )


def _unspoken(timeline: Timeline, owner: Mapping[Cue, Segment], task: Task) -> tuple[str, ...]:
    """Words that nobody will speak."""
    languages = {cue.language for cue in owner} or {cue.language for cue in timeline.cues}
    lost = [cue for cue in timeline.cues if cue.kind == "speech" and cue not in owner and cue.language in languages]
    if not lost or task in NOBODY:
        return ()
    where = timeline.timecode(lost[0].range.start)
    return (f"{len(lost)} subtitles have no picture and are not spoken; the first is at {where}",)
