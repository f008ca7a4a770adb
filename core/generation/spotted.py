"""Takes of a spotting list: the sum of a shot's spots as one clip, or a clip for each event with its ring-out.

What the list says is all that sounds. Levels are those of the sum, measured when a list is first performed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from talkies.core.arrays import Samples
from talkies.core.conditioning.picture.look import PictureLook, look_at, unseen
from talkies.core.engines.base import Spotted, Stroke
from talkies.core.errors import ArgumentError
from talkies.core.generation.planning.plan import LOOKING, MAKING
from talkies.core.generation.planning.settled import SettledTakes
from talkies.core.generation.request import Request
from talkies.core.generation.take_metadata import mark_of, take_metadata
from talkies.core.media.loudness import measure
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Segment, Stem, Take
from talkies.core.sources.chosen import Chosen, Wishes
from talkies.core.sources.network import Settings
from talkies.core.sources.recordings import cast_list
from talkies.core.sources.remembered import Remembered
from talkies.core.sources.shot import Placed, ShotSound, chosen_spots, moves, needs_picture, placed_in
from talkies.core.spotting.made_of import SPOTS, described
from talkies.core.takes.levels import GAINS, gain_for
from talkies.core.takes.saving import save_take
from talkies.core.times import TimeRange, frame_ceil, frame_floor

if TYPE_CHECKING:
    from talkies.core.generation.maker import Maker
    from talkies.core.generation.planning.plan import Plan
    from talkies.core.library import Pick


def look_for_spots(maker: Maker, segment: Segment, stems: Sequence[Stem]) -> PictureLook:
    """A look at a segment of which nothing but lists is made: only where the network makes a spot, or a sound follows
    what moves; and remembered."""
    request, work = maker.request, maker.work
    chosen = [chosen_spots(stem.spots or (), _wishes(request, stem), maker.picks)[0] for stem in stems]
    followed = request.panning.channels > 1 and any(moves(spot) for each in chosen for spot in each)
    if not followed and not any(needs_picture(each) for each in chosen):
        return unseen(segment, request.handles)
    work.message = f"analysing {segment.clip}"
    part = segment.record.duration * LOOKING

    def look() -> PictureLook:
        return look_at(
            segment,
            request.handles,
            mouth=False,
            on_share=lambda share: work.at(part, share),
            on_warning=maker.warnings.append,
        )

    with work.clock("look"):
        found = look() if maker.remembered is None else maker.remembered.look(_look_key(segment, request), look)
    work.done += part
    return found


def _look_key(segment: Segment, request: Request) -> Hashable:
    """What tells one look from another."""
    picture = segment.picture
    changed = picture.path.stat().st_mtime_ns if picture is not None and picture.path.exists() else 0
    return replace(segment, cues=()), changed, request.handles


def cast_recordings(request: Request, plan: Plan, kept: SettledTakes) -> dict[str, Pick | None]:
    """A recording for each spot of the whole list that wants one, whatever segments are made. Raises MediaError."""
    wishes = Wishes(request.prompt.strip(), request.negative_prompt, request.source)
    chosen, _ = chosen_spots(plan.spots, wishes)
    return cast_list(chosen, request.seed, kept.picks(plan.spots), kept.left(plan.spots))


def listed_in(stem: Stem, whole: TimeRange) -> Spotted:
    """The spots of a stem as an engine is told of them, in seconds of the sound."""
    chosen = [Chosen(spot, spot.words, spot.avoid, "network") for spot in stem.spots or ()]
    strokes: list[Stroke] = []
    spans: list[tuple[float, float]] = []
    for placed in placed_in(stem.segment, chosen, whole):
        span, spot = placed.span.shifted(-whole.start), placed.chosen.spot
        if spot.kind == "hit":
            strokes.append(Stroke(float(span.start), spot.force, spot.confidence))
        else:
            spans.append((float(span.start), float(span.end)))
    return Spotted(tuple(strokes), tuple(spans))


def spotted_takes(maker: Maker, stem: Stem, look: PictureLook, first: int, skip: int) -> Iterator[Take]:
    """The takes of one stem but the first ``skip``, numbered from ``first`` on. Raises InputError where the network is
    to look at a picture that cannot be read, ArgumentError for an engine that takes no lists."""
    chosen, told = chosen_spots(stem.spots or (), _wishes(maker.request, stem), maker.picks)
    maker.warnings.extend(told)
    if needs_picture(chosen):
        if look.problem is not None:
            raise look.problem
        if not maker.engines[stem.task].hears_spots:
            cure = "use the engine mini, or give spots words that rules know (--source rules)"
            raise ArgumentError(f"engine {maker.engines[stem.task].name}", "cannot sound a spotting list", cure)
    whole, _ = look.around(stem.record)
    placed = placed_in(stem.segment, chosen, whole)
    for number, index in enumerate(range(skip, maker.takes), start=first):
        performance = _Performance.of(maker, stem, look, whole, placed, index, number)
        yield from performance.takes()
        maker.work.done += stem.record.duration * MAKING


def _wishes(request: Request, stem: Stem) -> Wishes:
    return Wishes(stem.prompt, request.negative_prompt, request.source)


@dataclass(frozen=True)
class _Performance:
    """One take of a list in one shot."""

    maker: Maker
    stem: Stem
    whole: TimeRange
    placed: Sequence[Placed]
    sound: ShotSound
    number: int

    @classmethod
    def of(
        cls, maker: Maker, stem: Stem, look: PictureLook, whole: TimeRange, placed: Sequence[Placed], index: int,
        number: int,
    ) -> _Performance:  # fmt: skip
        request, engine = maker.request, maker.engines[stem.task]
        steps, guidance = engine.sampling(request.steps, request.guidance)
        maker.work.message = f"effects of {len(placed)} spots for {stem.segment.clip}"
        maker.work.at(Fraction(0), 0)
        settings = Settings(steps, guidance, lambda share: maker.work.at(Fraction(0), 0))
        remembered = maker.remembered or Remembered()
        sound = ShotSound(
            engine, look, request.seed + index, settings, remembered, maker.picks, request.panning,
            mark_of(request, engine),
        )  # fmt: skip
        return cls(maker, stem, whole, placed, sound, number)

    def takes(self) -> Iterator[Take]:
        """One take, or one for each event."""
        request, kept = self.maker.request, self.maker.kept
        gains = () if request.relevel else kept.gains(self.stem, self.sound.seed, request.loudness)
        if request.clips == "shots":
            yield self._saved(self.stem, self.placed, self.whole, gains)
            return
        if not gains:
            level = measure(self._heard(self.placed, self.whole), SAMPLE_RATE)
            gains = (gain_for(self.stem.name, level, PRESETS[request.loudness]),)
        only = request.only if kept.are_events(self.stem) else ()
        for placed in self.placed:
            if not only or placed.chosen.spot.id in only:
                yield from self._event(placed, gains)

    def _event(self, placed: Placed, gains: tuple[float, ...]) -> Iterator[Take]:
        """The clip of one event; none where it is heard in handles alone."""
        rate, shot = self.stem.segment.rate, self.stem.record
        first, end = self.sound.reach(placed)
        begins, ends = Fraction(first, SAMPLE_RATE), Fraction(end, SAMPLE_RATE)
        if placed.chosen.spot.kind != "hit":
            ends = min(ends, self.whole.end)
        record = TimeRange(frame_floor(begins, rate), frame_ceil(ends, rate)).overlap(shot)
        if record is None:
            return
        head = record.start - self.whole.start if record.start == shot.start else 1 / rate
        tail = frame_ceil(max(ends - record.end, Fraction(0)), rate)
        covered = TimeRange(record.start - head, record.end + tail)
        yield self._saved(replace(self.stem, record=record), (placed,), covered, gains, placed.name)

    def _saved(
        self, stem: Stem, placed: Sequence[Placed], covered: TimeRange, gains: tuple[float, ...], part: str = ""
    ) -> Take:
        work, loudness = self.maker.work, PRESETS[self.maker.request.loudness]
        with work.saving():
            take = save_take(
                stem,
                self.maker.timeline,
                self._heard(placed, covered),
                self.maker.folder,
                number=self.number,
                handles=(stem.record.start - covered.start, covered.end - stem.record.end),
                loudness=loudness,
                gain_db=gains[0] if gains else None,
                part=part,
                metadata=self._metadata(placed, part),
            )
        settled = [take.levels.gain_db] if take.levels is not None else []
        return replace(take, metadata=take.metadata | {GAINS: settled})

    def _heard(self, placed: Sequence[Placed], covered: TimeRange) -> Iterator[Samples]:
        part = self.stem.record.duration * MAKING
        return self.maker.heard(self.sound.blocks(placed, covered), covered, part, Fraction(0), SAMPLE_RATE)

    def _metadata(self, placed: Sequence[Placed], part: str) -> dict[str, Any]:
        made = ", ".join(sorted({each.chosen.by for each in placed})) or "rules"
        sound, request = self.sound, self.maker.request
        facts = take_metadata(
            self.stem, request, sound.engine, made,
            seed=sound.seed, steps=sound.settings.steps, guidance=sound.settings.guidance,
        )  # fmt: skip
        facts["clips"] = request.clips
        facts[SPOTS] = {each.chosen.spot.id: _row(each.chosen, sound.picks) for each in placed}
        return facts | ({"spot": placed[0].chosen.spot.id} if part else {})


def _row(chosen: Chosen, picks: Mapping[str, Pick | None]) -> dict[str, Any]:
    """What a spot was, as far as it says something, who made it, and of which recording."""
    pick = picks.get(chosen.spot.id)
    return described(chosen.spot) | {"by": chosen.by} | ({} if pick is None else {"pick": pick.name})
