"""Speech in many voices that nobody had to record: a teacher reads our transcripts, and what faces say.

    sentences of the readers ─► teacher, each voice in turn ─► aligned by our own model ─► labels "heart", "george", ...
    sentences of a face ─► the same, warped phoneme by phoneme to when the face says it ─► with that face's lips

A mouth that has been heard in every voice says nothing about who speaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.conditioning.speech.phonemes import PAUSE
from talkies.core.conditioning.speech.timing import Spans
from talkies.core.training.material import Example, save_examples
from talkies.core.training.preparing.more_voices import Bench, Sentence, add_voices, examples_in, read_sentences
from talkies.core.training.preparing.speech_and_scenes import Places
from talkies.core.training.preparing.teacher import Teacher
from talkies.core.training.preparing.voice_shifts import Shift, TakenApart, put_together, take_apart
from talkies.core.training.taught import TAUGHT

READER, FACE = "kathleen", "grid_s1"
FRAME_S = 0.005
"""WORLD's frames."""


@dataclass(frozen=True)
class TeachingPlan:
    """``teacher``: its folder. ``rounds``: in each, every voice reads one sentence and says one of the face's."""

    teacher: str = ""
    rounds: int = 25
    seed: int = 0


def prepare_taught(places: Places, plan: TeachingPlan) -> Iterator[dict[str, float]]:
    """Writes a shard for each round into the folder ``taught`` (what exists is kept), and the voices into
    ``voices.json``. Raises InputError, MissingExtraError, WeightsError."""
    folder = places.run("taught")
    folder.mkdir(parents=True, exist_ok=True)
    lesson = None
    for number in range(plan.rounds):
        shard = folder / f"{number:04}.safetensors"
        if not shard.exists():
            lesson = lesson or Lesson(places, Path(plan.teacher))
            save_examples(shard, list(lesson.examples(np.random.default_rng([plan.seed, number]))))
        yield {"rounds": number + 1, "of": plan.rounds}
    heard = (example for example in examples_in(folder) if not example.lips.any())
    add_voices(places, TAUGHT, heard)


class Lesson(Bench):
    """Has sentences read in every voice, and makes examples of them."""

    def __init__(self, places: Places, teacher: Path) -> None:
        self.teacher = Teacher(teacher)  # what is missing is said first
        super().__init__(places)
        every = read_sentences(places)
        self.read, self.seen = ([s for s in every if s.reader == reader] for reader in (READER, FACE))

    def examples(self, rng: np.random.Generator) -> Iterator[Example]:
        """One round: every voice, in the order of the table."""
        for name in TAUGHT:
            for sentences, taught in ((self.read, self._heard), (self.seen, self._seen)):
                if sentences:
                    sentence = sentences[int(rng.integers(len(sentences)))]
                    example = taught(name, sentence, float(rng.uniform(0.9, 1.15)))
                    yield from [example] if example is not None else []

    def _heard(self, name: str, sentence: Sentence, speed: float) -> Example | None:
        sound, spans = self._say(name, sentence, speed)
        return self.example(name, sound, spans) if spans else None

    def _seen(self, name: str, sentence: Sentence, speed: float) -> Example | None:
        """What a face says, said by another when the face says it."""
        sound, spans = self._say(name, sentence, speed)
        if not spans or sentence.said is None:
            return None
        samples = len(self.cache.load_speech(sentence.utterance.file))
        warped = warp(take_apart(sound), spans, sentence.spans, samples)
        example = self.example(name, put_together(warped, Shift()), sentence.spans)
        return replace(example, lips=sentence.said.lips.clone())

    def _say(self, name: str, sentence: Sentence, speed: float) -> tuple[Sound, Spans]:
        """The teacher's reading, and when each phoneme of ours is spoken in it; no spans where they were not found."""
        text, language = sentence.utterance.text, sentence.utterance.language
        sound = self.teacher.read(text, replace(TAUGHT[name], language=language), speed)
        return sound, self.align(sound, text, language)


def warp(parts: TakenApart, spans: Spans, onto: Spans, samples: int) -> TakenApart:
    """Speech with the phonemes ``spans``, with frames repeated or left out so that it has them when ``onto``
    has them, ``samples`` long.

    Both say the same phonemes; pauses may lie elsewhere. Between two phonemes time runs straight.
    """
    said, wanted = ([(a, b) for number, a, b in each if number != PAUSE] for each in (spans, onto))
    pairs = zip(said, wanted, strict=False)  # the aligner's readings of one sentence are as long
    edges = sorted({(here[side], there[side]) for there, here in pairs for side in (0, 1)})
    to, source = (np.maximum.accumulate([edge[side] for edge in edges]) for side in (0, 1))
    count = round(samples / (48_000 * FRAME_S)) + 1
    time = np.arange(count) * FRAME_S
    before, after = time < to[0], time > to[-1]
    place = np.interp(time, to, source)
    place = np.where(before, source[0] + time - to[0], np.where(after, source[-1] + time - to[-1], place))
    rows = np.clip(np.rint(place / FRAME_S).astype(int), 0, len(parts.pitch) - 1)
    return TakenApart(parts.pitch[rows], parts.envelope[rows], parts.noisiness[rows], samples)
