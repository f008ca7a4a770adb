"""One segment's part of the story: look at the picture once, then make each stem, take by take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Floats, Samples, Sound
from talkies.core.errors import EngineError
from talkies.core.generation.planning.plan import LOOKING, MAKING, UNSEEN
from talkies.core.generation.planning.settled import SettledTakes
from talkies.core.generation.request import Request
from talkies.core.generation.take_metadata import take_metadata
from talkies.core.mark.payload import MARK
from talkies.core.progress import Work
from talkies.core.segment import Segment, Stem, Take, Timeline
from talkies.core.takes.saving import save_take
from talkies.core.times import TimeRange

if TYPE_CHECKING:
    from talkies.core.conditioning.picture.look import PictureLook
    from talkies.core.conditioning.picture.visual import PictureFeatures
    from talkies.core.engines.base import Brief, Engine, Prepared
    from talkies.core.generation.beds import Beds
    from talkies.core.generation.portraits import Portraits
    from talkies.core.generation.scores import Scores
    from talkies.core.library import Pick
    from talkies.core.sources.remembered import Remembered
    from talkies.core.spotting.spot import Spot

_DENOISING = Fraction(4, 5)


@dataclass
class Maker:
    """Makes the takes of segments with the ``engines`` of their tasks; ``warnings`` gathers what the user should know.
    ``takes``: of each stem.

    For spotting lists: ``remembered`` sounds and looks, ``picks`` from the library by the id of a spot, what was
    ``kept`` of earlier takes, and the ``rows`` of backgrounds. ``scores``: of the task music; ``portraits``: of stills.
    """

    request: Request
    timeline: Timeline
    engines: Mapping[str, Engine]
    folder: Path
    work: Work
    warnings: list[str] = field(default_factory=list)
    remembered: Remembered | None = None
    picks: Mapping[str, Pick | None] = field(default_factory=dict)
    kept: SettledTakes = field(default_factory=SettledTakes)
    rows: Sequence[Spot] = ()
    scores: Scores | None = None
    portraits: Portraits | None = None
    takes: int = 1

    def look(self, segment: Segment, stems: Sequence[Stem]) -> PictureLook:
        """One pass over the picture, for what these stems need of it. A picture that cannot be read is a problem only
        for stems that cannot do without."""
        from talkies.core.conditioning.picture.look import PictureLook, look_at

        stems = [stem for stem in stems if stem.task not in UNSEEN]  # a place is looked at by itself
        if not stems:
            return PictureLook(segment, segment.record)
        if all(stem.spots is not None and stem.task == "foley" for stem in stems):
            from talkies.core.generation.spotted import look_for_spots

            return look_for_spots(self, segment, stems)
        self.work.message = f"analysing {segment.clip}"
        part = segment.record.duration * LOOKING
        tasks = {stem.task for stem in stems}
        with self.work.clock("look"):
            look = look_at(
                segment,
                self.request.handles,
                motion=bool(tasks - {"dialogue"}),
                mouth=bool(tasks - {"foley"}),
                on_share=lambda share: self.work.at(part, share),
                on_warning=self.warnings.append,
            )
        self.work.done += part
        return look

    def make(self, stem: Stem, look: PictureLook, first: int = 1, skip: int = 0) -> Iterator[Take]:
        """The takes of one stem but the first ``skip``, numbered from ``first`` on. Raises InputError when it needs a
        picture and there is none."""
        if stem.spots is not None and stem.task == "foley":
            from talkies.core.generation.spotted import spotted_takes

            yield from spotted_takes(self, stem, look, first, skip)
            return
        if stem.task == "background":
            if look.problem is None or self.beds.knows(stem):  # else what fails beside it says so
                yield from self._bed(stem, first, skip)
            return
        if stem.task == "music":
            yield from self._music(stem, first, skip)
            return
        if stem.task == "portrait" and self.portraits is not None:
            numbered = enumerate(range(skip, self.takes), start=first)
            yield from self._by_rules(stem, self.portraits, numbered, "portraits", f"of {stem.segment.clip}")
            return
        if look.problem is not None and stem.task != "dialogue":
            raise look.problem
        whole, features = look.around(stem.record)
        with self.work.clock("prepare"):
            prepared = self.engines[stem.task].prepare(self._brief(stem, whole, features))
        self.warnings.extend(prepared.warnings)
        numbered = enumerate(range(skip, self.takes), start=first)
        yield from self._each(numbered, partial(self._take, stem, whole, features, prepared))

    def _bed(self, stem: Stem, first: int, skip: int) -> Iterator[Take]:
        """The takes of a background, which no engine makes."""
        from talkies.core.backgrounds.words import read_words

        words = (stem.prompt, *(row.words for row in self.rows if row.shot == stem.segment.id))
        self.warnings.extend(sentence for each in words for sentence in read_words(each).warnings)
        numbered = enumerate(range(skip, self.takes), start=first)
        yield from self._by_rules(stem, self.beds, numbered, "beds", f"for {stem.segment.clip}")

    def _music(self, stem: Stem, first: int, skip: int) -> Iterator[Take]:
        """The takes of a section of the score, whoever plays it."""
        assert self.scores is not None
        for index in range(min(skip, first - 1)):  # whoever made those may not have come as far as their papers
            self.scores.keep_papers(index, first - skip + index)
        numbered = enumerate(range(skip, self.takes), start=first)
        yield from self._by_rules(stem, self.scores, numbered, "music", stem.part)

    def _by_rules(
        self, stem: Stem, source: Beds | Scores | Portraits, numbered: Iterable[tuple[int, int]], clock: str, which: str
    ) -> Iterator[Take]:
        """Takes of what is made without a look at a shot; ``numbered``: their numbers and places among the takes."""
        part = stem.record.duration * MAKING

        def made(index: int, number: int) -> Take:
            self.work.message = f"{_WHAT[stem.task]} {which}"
            self.work.at(part, 0)
            with self.work.clock(clock):
                take = source.take(stem, index, number, lambda share: self.work.at(part, share))
            self.work.done += part
            return take

        yield from self._each(numbered, made)

    def _each(self, numbered: Iterable[tuple[int, int]], make: Callable[[int, int], Take]) -> Iterator[Take]:
        """Takes by their places and numbers. What an engine could not make is left out, and its EngineError raised
        after the others; at once where it fails twice running."""
        failed: EngineError | None = None
        failed_before = False
        for number, index in numbered:
            try:
                take = make(index, number)
            except EngineError as error:
                failed = failed or self._of_take(index, error)
                if failed_before:
                    break
                failed_before = True
                continue
            failed_before = False
            yield take
        if failed is not None:
            raise failed

    def _of_take(self, index: int, error: EngineError) -> EngineError:
        return EngineError(f"take {index + 1} of {self.takes}", str(error)) if self.takes > 1 else error

    @cached_property
    def beds(self) -> Beds:
        """The backgrounds of the run."""
        from talkies.core.generation.beds import Beds

        return Beds(self.request, self.timeline, self.folder, self.rows)

    def _brief(self, stem: Stem, whole: TimeRange, features: PictureFeatures | None) -> Brief:
        """What a stem asks of its engine, in seconds from the start of ``whole``: of what is said what lies in it,
        while what sounds may have begun before."""
        from talkies.core.engines.base import Brief, Line

        assert stem.task != "background" and stem.task != "music" and stem.task != "portrait"
        spoken = [(cue, cue.range.overlap(stem.record)) for cue in stem.cues]
        lines, sounds = (
            tuple(
                Line(span.shifted(-whole.start), cue.text, cue.speaker, cue.language)
                for cue, span in cues
                if span is not None
            )
            for cues in (spoken, [(cue, cue.range) for cue in stem.sounds])
        )
        asked = stem.prompt, self.request.negative_prompt, self.request.source
        inside = stem.record.shifted(-whole.start)
        brief = Brief(
            stem.task, whole.duration, features, lines, stem.voice, *asked, sounds, inside,
            shot=stem.segment, covers=whole,
        )  # fmt: skip
        if stem.spots is None:
            return brief
        from talkies.core.generation.spotted import listed_in

        return replace(brief, spotted=listed_in(stem, whole))

    def _take(
        self,
        stem: Stem,
        whole: TimeRange,
        features: PictureFeatures | None,
        prepared: Prepared,
        index: int,
        number: int,
    ) -> Take:
        from talkies.core.media.loudness_presets import PRESETS

        request, engine, work = self.request, self.engines[stem.task], self.work
        seed = request.seed + index
        steps, guidance = engine.sampling(request.steps, request.guidance)
        part = stem.record.duration * MAKING
        many = f", take {index + 1} of {self.takes}" if self.takes > 1 else ""
        work.message = f"{_WHAT[stem.task]} for {stem.segment.clip}{many}"
        work.at(part, 0)
        metadata = take_metadata(stem, request, engine, prepared.source, seed=seed, steps=steps, guidance=guidance)
        sound = engine.generate(
            prepared, seed=seed, steps=steps, guidance=guidance, on_step=lambda share: work.at(part, _DENOISING * share)
        )
        with work.saving():
            take = save_take(
                stem,
                self.timeline,
                self.heard(self._panned(sound, stem, features), whole, part, _DENOISING, engine.sample_rate),
                self.folder,
                number=number,
                handles=(stem.record.start - whole.start, whole.end - stem.record.end),
                sample_rate=engine.sample_rate,
                loudness=PRESETS[request.loudness],
                mark=metadata.get(MARK),
                metadata=metadata | _listed(stem, whole) | _said(prepared),
            )
        work.done += part
        self.warnings.extend(engine.remarks())
        return take

    def _panned(self, sound: Iterator[Sound], stem: Stem, features: PictureFeatures | None) -> Iterator[Samples]:
        """Effects where in the picture something moves, (C, n); whatever is spoken in the middle, (1, n)."""
        panning = self.request.panning
        if stem.name != "FX" or panning.channels == 1:
            return (block[None] for block in sound)
        from talkies.core.conditioning.picture.places import Path as PicturePath
        from talkies.core.conditioning.prompt.vocabulary import is_all_around

        path, rate = PicturePath(None if is_all_around(stem.prompt) else features), self.engines[stem.task].sample_rate

        def place_at(first: int, count: int) -> Floats:
            return path.x((first + np.arange(count)) / rate)

        return panning.following(sound, place_at)

    def heard(
        self, sound: Iterator[Samples], whole: TimeRange, part: Fraction, done: Fraction, sample_rate: int
    ) -> Iterator[Samples]:
        """Blocks that are being made, with the time it takes and how far it is, from the share ``done`` on."""
        samples = float(whole.duration) * sample_rate
        count = 0
        while True:
            with self.work.clock("make"):
                block = next(sound, None)
            if block is None:
                return
            count += block.shape[-1]
            self.work.at(part, done + (1 - done) * Fraction(count / samples if samples else 1.0))
            yield block


def _listed(stem: Stem, whole: TimeRange) -> dict[str, Any]:
    """In a take's metadata: the spots that an engine was told of."""
    if stem.spots is None:
        return {}
    from talkies.core.spotting.made_of import SPOTS, made_of

    return {SPOTS: made_of(stem.spots, stem.segment, whole)}


def _said(prepared: Prepared) -> dict[str, Any]:
    """In a take's metadata: what is said when, in seconds of its file."""
    from talkies.core.conditioning.speech.phoneme_text import PHONEMES, phoneme_text

    return {PHONEMES: phoneme_text(prepared.phonemes)} if prepared.phonemes else {}


_WHAT = {
    "foley": "effects",
    "dialogue": "dialogue",
    "joint": "dialogue and effects",
    "background": "background",
    "music": "music",
    "portrait": "portrait",
}
