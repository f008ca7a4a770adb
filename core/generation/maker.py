"""One segment's part of the story: look at the picture once, then make each stem, take by take."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.errors import InputError
from talkies.core.events import Progress
from talkies.core.generation.handles import covering, with_handles
from talkies.core.generation.request import Request
from talkies.core.generation.stopwatch import timed
from talkies.core.segment import Segment, Stem, Take, Timeline
from talkies.core.takes.saving import save_take
from talkies.core.times import TimeRange

if TYPE_CHECKING:
    from talkies.core.conditioning.picture.visual import PictureFeatures
    from talkies.core.engines.base import Block, Brief, Engine, Line, Prepared
    from talkies.core.media.picture import Frame

_LOOK = Fraction(1)  # work per second of picture, and
_MAKE = Fraction(2)  # of sound: only the bar's evenness depends on them
_DENOISING = Fraction(4, 5)


@dataclass
class Work:
    """How much is done, and how long each kind of it took."""

    total: Fraction
    watch: Callable[[Progress], None]
    done: Fraction = Fraction(0)
    seconds: dict[str, float] = field(default_factory=dict)
    message: str = ""

    def at(self, part: Fraction, share: float | Fraction) -> None:
        """Tells the watcher, who may raise CancelledError: ``share`` of the current ``part`` is done."""
        now = float(self.done) + float(part) * min(max(float(share), 0.0), 1.0)
        self.watch(Progress(min(now / float(self.total), 1.0) if self.total else 1.0, self.message))

    def say(self, message: str) -> None:
        """Tells the watcher what is going on before any of it is done."""
        self.message = message
        self.at(Fraction(0), 0)

    def clock(self, stage: str) -> AbstractContextManager[None]:
        """Counts the time spent inside to a stage."""
        return timed(self.seconds, stage)


def effort(stems: Iterable[Stem], takes: int) -> Fraction:
    """The work of one segment's stems."""
    stems = tuple(stems)
    looking = stems[0].segment.record.duration * _LOOK if stems else Fraction(0)
    return looking + sum((stem.record.duration * _MAKE * takes for stem in stems), Fraction(0))


@dataclass
class Looked:
    """What was seen of a segment; ``features`` is None when there is nothing to see, ``problem`` then says why."""

    range: TimeRange
    features: PictureFeatures | None
    problem: InputError | None = None


@dataclass
class Maker:
    """Makes the takes of segments with one engine; ``warnings`` gathers what the user should know."""

    request: Request
    timeline: Timeline
    engine: Engine
    folder: Path
    work: Work
    warnings: list[str] = field(default_factory=list)

    def look(self, segment: Segment, stems: Sequence[Stem]) -> Looked:
        """One pass over the picture, for what these stems need of it. A picture that cannot be read is a problem only
        for stems that cannot do without."""
        if segment.picture is None:
            return Looked(segment.record, None, no_picture(segment))
        from talkies.core.conditioning.picture.visual import picture_features

        self.work.message = f"looking at {segment.clip}"
        part = segment.record.duration * _LOOK
        try:
            with self.work.clock("look"):
                wide = with_handles(segment, self.request.handles)
                duration = wide.record.duration
                tasks = {stem.task for stem in stems}
                motion, mouth = bool(tasks - {"dialogue"}), bool(tasks - {"foley"})
                with closing(self._frames(wide, part)) as frames:
                    return Looked(wide.record, picture_features(frames, duration, motion=motion, mouth=mouth))
        except InputError as error:
            return Looked(segment.record, None, error)
        finally:
            self.work.done += part

    def _frames(self, wide: Segment, part: Fraction) -> Generator[Frame]:
        """The frames of a segment, decoded ahead on another thread; what they tell is told on this one."""
        from talkies.core.media.ahead import ahead
        from talkies.core.media.picture import picture_frames

        warnings: list[str] = []
        try:
            with closing(ahead(picture_frames(wide, on_warning=warnings.append))) as frames:
                for frame in frames:
                    yield frame
                    self.work.at(part, frame.time / wide.record.duration)
        finally:
            self.warnings.extend(warnings)

    def make(self, stem: Stem, looked: Looked, first: int = 1, skip: int = 0) -> Iterator[Take]:
        """The takes of one stem but the first ``skip``, numbered from ``first`` on. Raises InputError when it needs a
        picture and there is none."""
        if looked.problem is not None and stem.task != "dialogue":
            raise looked.problem
        whole = _with_room(stem.record, looked.range, stem.segment)
        features = covering(looked.features, looked.range, whole) if looked.features is not None else None
        with self.work.clock("prepare"):
            prepared = self.engine.prepare(self._brief(stem, whole, features))
        self.warnings.extend(prepared.warnings)
        for number, index in enumerate(range(skip, self.request.takes), start=first):
            yield self._take(stem, whole, prepared, index, number)

    def _brief(self, stem: Stem, whole: TimeRange, features: PictureFeatures | None) -> Brief:
        from talkies.core.engines.base import Brief

        unwanted = self.request.negative_prompt
        return Brief(stem.task, whole.duration, features, _lines(stem, whole), stem.voice, stem.prompt, unwanted)

    def _take(self, stem: Stem, whole: TimeRange, prepared: Prepared, index: int, number: int) -> Take:
        from talkies.core.media.loudness_presets import PRESETS

        request, engine, work = self.request, self.engine, self.work
        seed = request.seed + index
        steps = request.steps if request.steps is not None else engine.default_steps
        guidance = request.guidance if request.guidance is not None else engine.default_guidance
        part = stem.record.duration * _MAKE
        many = f", take {index + 1} of {request.takes}" if request.takes > 1 else ""
        work.message = f"{_WHAT[stem.task]} for {stem.segment.clip}{many}"
        work.at(part, 0)
        sound = engine.generate(
            prepared, seed=seed, steps=steps, guidance=guidance, on_step=lambda share: work.at(part, _DENOISING * share)
        )
        with work.clock("save"):
            made_before = work.seconds.get("make", 0.0)
            take = save_take(
                stem,
                self.timeline,
                self._heard(sound, whole, part),
                self.folder,
                number=number,
                handles=(stem.record.start - whole.start, whole.end - stem.record.end),
                sample_rate=engine.sample_rate,
                loudness=PRESETS[request.loudness],
                metadata=self._metadata(stem, seed, steps, guidance),
            )
        work.seconds["save"] -= work.seconds.get("make", 0.0) - made_before  # the model works while the file is filled
        work.done += part
        return take

    def _heard(self, sound: Iterator[Block], whole: TimeRange, part: Fraction) -> Iterator[Block]:
        """The engine's blocks, with the time it takes and how far it is."""
        samples = float(whole.duration) * self.engine.sample_rate
        count = 0
        while True:
            with self.work.clock("make"):
                block = next(sound, None)
            if block is None:
                return
            count += block.shape[-1]
            self.work.at(part, _DENOISING + (1 - _DENOISING) * Fraction(count / samples if samples else 1.0))
            yield block

    def _metadata(self, stem: Stem, seed: int, steps: int, guidance: float) -> dict[str, Any]:
        """All that makes the take again, bit for bit on the same machine."""
        request, engine = self.request, self.engine
        return {
            "version": version("talkies"),
            "engine": engine.name,
            "weights": engine.weights_hash,
            "licence": engine.licence,
            "task": stem.task,
            "segment": stem.segment.id,
            "prompt": stem.prompt,
            "negative_prompt": request.negative_prompt,
            "text": " / ".join(cue.text for cue in stem.cues),
            "seed": seed,
            "steps": steps,
            "guidance": guidance,
            "loudness": request.loudness,
        }


_WHAT = {"foley": "effects", "dialogue": "dialogue", "joint": "dialogue and effects"}


def no_picture(segment: Segment) -> InputError:
    """Why a segment without picture has no effects."""
    why = "; ".join(segment.warnings) or "there is no picture to look at"
    return InputError(f"segment {segment.id} ({segment.clip})", why)


def _with_room(record: TimeRange, looked: TimeRange, segment: Segment) -> TimeRange:
    """A stem's range with the handles that the segment has, wherever the stem's own cuts lie."""
    head, tail = segment.record.start - looked.start, looked.end - segment.record.end
    return TimeRange(record.start - head, record.end + tail)


def _lines(stem: Stem, whole: TimeRange) -> tuple[Line, ...]:
    """The cues as lines, in seconds from the start of the sound; what lies outside the stem is cut off."""
    from talkies.core.engines.base import Line

    inside = ((cue, cue.range.overlap(stem.record)) for cue in stem.cues)
    return tuple(
        Line(span.shifted(-whole.start), cue.text, cue.speaker, cue.language)
        for cue, span in inside
        if span is not None
    )
