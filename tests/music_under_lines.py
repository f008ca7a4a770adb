"""Recorded lines with music beneath them, written around them and ducked, as a run makes it."""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np

from talkies.core.corpus.tables import read_table
from talkies.core.evaluation.judges.recordings import english_recordings
from talkies.core.evaluation.judges.words import Moonshine
from talkies.core.evaluation.material import Sentence, read_material
from talkies.core.generation.scores import played
from talkies.core.instruments import SALON, THEATRE, Tones, perform
from talkies.core.media.loudness import Meter, measure, metered
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.sound import read_sound
from talkies.core.media.under_speech.ducking import Ducking
from talkies.core.media.under_speech.speech_bands import LineMeter
from talkies.core.score import Hit, Score, compose, read_asked
from talkies.core.score.moods import MOODS
from talkies.core.takes.levels import BELOW_TARGET, gain_for
from talkies.core.times import TimeRange, to_sample

RATE = 48_000
HANDLE = Fraction(1)


@dataclass(frozen=True)
class Spoken:
    """Recordings of one reader one after the other, 1.5 s apart; ``sound`` at the level of a delivery. Those that are
    held out first, then others: nothing that makes music has learned from any."""

    texts: tuple[str, ...]
    spans: tuple[TimeRange, ...]
    sound: np.ndarray

    @classmethod
    def of(cls, folder: Path, sentences: int) -> Spoken:
        chosen, _ = english_recordings(read_material(folder), sentences)
        if len(chosen) < sentences:
            chosen = [*chosen, *others(folder, chosen, sentences - len(chosen))]
        silence = np.zeros(3 * RATE // 2, np.float32)
        pieces, spans, place = [silence], list[TimeRange](), len(silence)
        for sentence in chosen:
            sound = read_sound(sentence.path).ravel()
            spans.append(TimeRange(Fraction(place, RATE), Fraction(place + len(sound), RATE)))
            pieces += [sound, silence]
            place += len(sound) + len(silence)
        whole = np.concatenate(pieces)
        gain = gain_for("DX", measure(iter([both_sides(whole)]), RATE), PRESETS["ebu-r128"])
        return cls(tuple(sentence.text for sentence in chosen), tuple(spans), whole * np.float32(10 ** (gain / 20)))

    @property
    def length(self) -> Fraction:
        return Fraction(len(self.sound), RATE)

    def scored(self, asked: argparse.Namespace) -> Iterator[tuple[str, str, np.ndarray]]:
        """Mood, ensemble and the music as it lies under the lines, (2, N)."""
        draw, time, hits = random.Random(1), Fraction(0), [Hit(Fraction(0), 1.0, "first")]
        while (time := time + Fraction(draw.randint(40, 170), 25)) < self.length - 4:
            hits.append(Hit(time, 0.6))
        hits.append(Hit(Fraction(int((self.length - 2) * 25), 25), 1.0, "last"))
        tones = {large: Tones(THEATRE if large else SALON) for large in (False, True)}
        pairs = asked.pairs or product(MOODS if asked.mood == "each" else [asked.mood], asked.ensembles)
        for mood, ensemble in pairs:
            for seed in range(1, asked.seeds + 1):
                large = ensemble == "orchestra"
                score = compose(hits, self.length, read_asked(f"{mood}, {ensemble}"), seed, self.spans, handle=HANDLE)
                meter = LineMeter(self.spans, RATE)
                sound = np.concatenate(list(metered(sounding(score, large, tones[large]), meter)), axis=1)
                gain = gain_for("MX", meter.level(), PRESETS["ebu-r128"])
                sound = sound[:, : len(self.sound)] * np.float32(10 ** (gain / 20))
                ducking = Ducking.of(asked.duck, meter, -BELOW_TARGET["MX"])
                yield mood, ensemble, next(ducking.applied([sound], 0, RATE))

    def errors(self, judge: Moonshine, music: np.ndarray) -> np.ndarray:
        """(N,) words misheard of each sentence, of both channels together."""
        sound = self.sound * np.float32(np.sqrt(0.5)) + music
        return np.array(
            [
                judge.errors(text, sound[to_sample(span.start, RATE) : to_sample(span.end, RATE)]).errors
                for text, span in zip(self.texts, self.spans, strict=True)
            ]
        )


def sounding(score: Score, orchestra: bool, tones: Tones | None = None) -> Iterator[np.ndarray]:
    length = round((score.length + score.handle) * RATE)
    room = THEATRE if orchestra else SALON
    return perform(played(score), length, score.seed, room, tones=tones or Tones(room))


def others(folder: Path, held_out: Sequence[Sentence], count: int) -> list[Sentence]:
    """Other sentences of the same reader, one recording of each, in an order that says nothing of them."""
    table, reader, known = folder / "speech" / "transcripts.csv", held_out[0].speaker, {s.text for s in held_out}
    rows = read_table(table, ("file", "speaker", "text", "lang"))
    found = {
        row["text"]: Sentence(table.parent / row["file"], reader, row["text"], row["lang"])
        for row in rows
        if row["speaker"] == reader and row["lang"].startswith("en") and not row.get("note")
    }
    fresh = sorted(set(found) - known)
    return [found[text] for text in random.Random(1).sample(fresh, min(count, len(fresh)))]


def both_sides(mono: np.ndarray) -> np.ndarray:
    """As a mono track sounds in a stereo sum."""
    return np.tile(mono * np.float32(np.sqrt(0.5)), (2, 1))


def loudness(sound: np.ndarray, span: TimeRange) -> float:
    """Short-term (3 s) in the middle of a line, or of the whole line where it is shorter."""
    middle, half = (span.start + span.end) / 2, min(span.duration, Fraction(3)) / 2
    part = sound[:, to_sample(middle - half, RATE) : to_sample(middle + half, RATE)]
    meter = Meter(RATE)
    meter.add(part)
    return meter.loudest(0, part.shape[1] / RATE)
