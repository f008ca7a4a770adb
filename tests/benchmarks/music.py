"""What docs/music.md says of music, measured: each word a measure, all of them without one.

    .venv/bin/python tests/benchmarks/music.py hits [--timelines ../shared/data/timelines/otio_adapters]
    .venv/bin/python tests/benchmarks/music.py speech masked words returns hour

hits     onsets at the hits of five cut lists and of drawn films, by ensemble
speech   short-term loudness of spoken lines over the music beneath them
masked   how much of the lines is not well above the music, weighted by what it is worth for understanding
words    what a recogniser (moonshine) mishears with ducked music and without
returns  how often eight bars come back note for note
hour     an hour of film: times real time, memory, the same bits
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from masking_facts import masked
from onset_facts import offsets, strength
from score_facts import film, returns

from talkies.core.corpus.tables import read_table
from talkies.core.evaluation.judges.recordings import english_recordings
from talkies.core.evaluation.judges.words import Moonshine
from talkies.core.evaluation.material import Sentence, read_material
from talkies.core.generation.music_settings import MusicSettings
from talkies.core.generation.scores import played
from talkies.core.instruments import SALON, THEATRE, Tones, perform
from talkies.core.media.ducking import Ducking
from talkies.core.media.loudness import Meter, measure, metered
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.sound import read_sound
from talkies.core.media.speech_bands import LineMeter
from talkies.core.score import Hit, Score, compose, hits_of, read_asked
from talkies.core.score.moods import MOODS
from talkies.core.takes.levels import BELOW_TARGET, gain_for
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange, to_sample

RATE = 48_000
LISTS = (
    "speed_effects.edl", "timecode_mismatch.edl", "fcpx_project.fcpxml", "premiere_example.xml",
    "kdenlive_mixes_markers.kdenlive",
)  # fmt: skip
ENSEMBLES = ("piano", "organ", "salon", "orchestra")
SHARED = Path(__file__).resolve().parents[3] / "shared/data"
HANDLE = Fraction(1)


def sounding(score: Score, orchestra: bool, tones: Tones | None = None) -> Iterator[np.ndarray]:
    length = round((score.length + score.handle) * RATE)
    room = THEATRE if orchestra else SALON
    return perform(played(score), length, score.seed, room, tones=tones or Tones(room))


def heard(score: Score, orchestra: bool, tones: Tones | None = None) -> np.ndarray:
    """(N,) both sides together."""
    return np.concatenate([block.mean(axis=0) for block in sounding(score, orchestra, tones)])


def bench_hits(asked: argparse.Namespace) -> None:
    """Share of the hits whose strongest onset lies within 25 ms, and what the end is like."""
    films = [(name, *cut_list(asked.timelines / name, asked.most)) for name in LISTS]
    films += [(f"drawn {seed}", film(90, seed), Fraction(90), Fraction(1, 24)) for seed in range(asked.reels)]
    for ensemble in asked.ensembles:
        tones = Tones(THEATRE if ensemble == "orchestra" else SALON)
        whole: list[float] = []
        for place, (name, hits, length, frame) in enumerate(films):
            mood = list(MOODS)[place % len(MOODS)] if asked.mood == "each" else asked.mood
            score = compose(hits, length, read_asked(f"{mood}, {ensemble}"), 1, handle=HANDLE)
            sound = heard(score, ensemble == "orchestra", tones)
            times = [float(hit.time) for hit in score.hits]
            found = offsets(strength(sound), times)
            last = max(score.seconds(note).start for note in score.notes)
            end = 20 * np.log10(np.abs(sound[-RATE // 20 :]).max() / np.abs(sound).max() + 1e-9)
            print(
                f"{ensemble:9} {name:32} {mood:10} {len(times):4} hits {near(found):6.1%}  "
                f"last attack {float((last - score.hits[-1].time) / frame):+.2f} frames, {end:.0f} dB at the end",
                flush=True,
            )
            if asked.list:
                wrong = [
                    f"{at:.2f} {off * 1000:+.0f}" for at, off in zip(times, found, strict=True) if abs(off) > 0.025
                ]
                print("   ", ", ".join(wrong[:40]))
            whole += found
        median = float(np.median(np.abs(whole))) * 1000
        print(f"{ensemble:9} all: {near(whole):.1%} of {len(whole)} within 25 ms, median {median:.0f} ms\n", flush=True)


def near(found: Sequence[float]) -> float:
    return sum(abs(each) <= 0.0251 for each in found) / len(found)


def cut_list(path: Path, most_s: int) -> tuple[tuple[Hit, ...], Fraction, Fraction]:
    """The cuts of its first seconds, how long that is, and a frame."""
    timeline = read_timeline(path)
    span = TimeRange(Fraction(0), min(timeline.duration, Fraction(most_s)))
    return hits_of(timeline, "cuts", span), span.end, 1 / timeline.rate


def bench_returns(asked: argparse.Namespace) -> None:
    """Eight bars that come back note for note in ten minutes, by mood."""
    for mood in MOODS:
        for seed in (1, 2, 3):
            score = compose(film(600, seed), Fraction(600), read_asked(f"{mood}, {asked.ensembles[0]}"), seed)
            counts = returns(score)
            print(f"{mood:11} seed {seed}: most often {max(counts)} times, {sum(c > 3 for c in counts)} above three")


def bench_hour(asked: argparse.Namespace) -> None:
    hits = film(3600, 1)
    for ensemble in asked.ensembles:
        digests: list[str] = []
        for _ in range(2 if asked.twice else 1):
            begun, peak, digest = time.process_time(), 0.0, hashlib.sha256()
            score = compose(hits, Fraction(3600), read_asked(f"{asked.mood}, {ensemble}"), 1, handle=HANDLE)
            composed = time.process_time() - begun
            marks = []
            for number, block in enumerate(sounding(score, ensemble == "orchestra")):
                digest.update(block.tobytes())
                if number % 1200 == 1199:  # ten minutes
                    marks.append(resident_mb())
                peak = max(peak, float(np.abs(block).max()))
            spent = time.process_time() - begun
            digests.append(digest.hexdigest()[:16])
            print(
                f"{ensemble:9} {len(hits)} hits, {len(score.notes)} notes: {spent:.0f} s of processor, of which "
                f"{composed:.0f} to compose: {3600 / spent:.0f} x real time; every ten minutes "
                f"{', '.join(f'{mark:.0f}' for mark in marks)} MB; {digests[-1]}",
                flush=True,
            )
        assert len(set(digests)) == 1, "the same seed gave other bits"


def resident_mb() -> float:
    """What the process holds now; its peak where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bench_speech(asked: argparse.Namespace) -> None:
    """Recorded lines over music that was written around them and ducked: LU between them in each line."""
    spoken = Spoken.of(asked.recordings, asked.sentences)
    for mood, ensemble, music in spoken.scored(asked):
        apart = [loudness(both_sides(spoken.sound), span) - loudness(music, span) for span in spoken.spans]
        below, worst = sum(each < 12 for each in apart), spoken.spans[int(np.argmin(apart))]
        print(
            f"{mood:11} {ensemble:9} over the music by {min(apart):.1f} LU at least, median {np.median(apart):.1f}; "
            f"{below} of {len(apart)} lines by less than 12; the least at {loudness(music, worst):.1f} LUFS of music",
            flush=True,
        )


def bench_masked(asked: argparse.Namespace) -> None:
    spoken = Spoken.of(asked.recordings, asked.sentences)
    for mood, ensemble, music in spoken.scored(asked):
        both = spoken.sound * np.float32(np.sqrt(0.5)), music.mean(axis=0)
        lost = [
            masked(*(each[slice(to_sample(span.start, RATE), to_sample(span.end, RATE))] for each in both))
            for span in spoken.spans
        ]
        print(f"{mood:11} {ensemble:9} {np.mean(lost):.1%} of the lines masked, {max(lost):.1%} of one", flush=True)


def bench_words(asked: argparse.Namespace) -> None:
    """Word errors of the same recordings alone and with the music."""
    judge, found = Moonshine(), dict[str, list[np.ndarray]]()
    spoken = Spoken.of(asked.recordings, asked.sentences)
    alone = spoken.errors(judge, np.zeros(1, np.float32))
    print(f"alone: {alone.sum()} errors in {sum(len(text.split()) for text in spoken.texts)} words", flush=True)
    for mood, ensemble, music in spoken.scored(asked):
        errors = spoken.errors(judge, music.mean(axis=0))
        for name in (f"{mood}, {ensemble}", "all"):
            found.setdefault(name, []).append(errors)
        print(f"{mood:11} {ensemble:9} {errors.sum()} errors, {times(alone, [errors])}", flush=True)
    for name, rows in found.items():
        print(f"{name}: {times(alone, rows)} in {len(rows)} pieces", flush=True)


def times(alone: np.ndarray, rows: Sequence[np.ndarray]) -> str:
    """How many times the errors alone (N,) those of each row (N,) are, and within what by chance: sentences drawn anew,
    95 of 100 times."""
    drawn = np.random.default_rng(0).integers(len(alone), size=(10_000, len(alone)))
    mean = np.mean(rows, axis=0)
    low, high = np.percentile(mean[drawn].sum(axis=1) / np.maximum(alone[drawn].sum(axis=1), 1), (2.5, 97.5))
    return f"{mean.sum() / max(alone.sum(), 1):.2f} times those alone ({low:.2f} to {high:.2f})"


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


MEASURES: dict[str, Callable[[argparse.Namespace], None]] = {
    "hits": bench_hits,
    "speech": bench_speech,
    "masked": bench_masked,
    "words": bench_words,
    "returns": bench_returns,
    "hour": bench_hour,
}


def pair(text: str) -> tuple[str, str]:
    mood, _, ensemble = text.replace("_", " ").partition("/")
    if mood not in MOODS or ensemble not in ENSEMBLES:
        raise argparse.ArgumentTypeError(f"{text!r} is no mood and ensemble, as lamento/salon is")
    return mood, ensemble


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measures", nargs="*", choices=[*MEASURES, []], default=[])
    parser.add_argument("--timelines", type=Path, default=SHARED / "timelines/otio_adapters")
    parser.add_argument("--recordings", type=Path, default=SHARED, help="a folder as 'talkies evaluate' takes it")
    parser.add_argument("--duck", type=float, default=MusicSettings.duck)
    parser.add_argument("--sentences", type=int, default=40)
    parser.add_argument("--ensembles", nargs="*", choices=ENSEMBLES, default=list(ENSEMBLES))
    parser.add_argument("--mood", default="each", help="a mood, or each in turn (hits)")
    parser.add_argument("--pairs", nargs="*", type=pair, help="lamento/salon: in place of each mood and ensemble")
    parser.add_argument("--most", type=int, default=7200, help="seconds of a list")
    parser.add_argument("--seeds", type=int, default=1, help="so many pieces of each mood, for speech and words")
    parser.add_argument("--reels", type=int, default=10, help="drawn films beside the lists")
    parser.add_argument("--list", action="store_true", help="also the hits that are not met")
    parser.add_argument("--twice", action="store_true", help="the hour twice, and compare")
    asked = parser.parse_args()
    for name in asked.measures or MEASURES:
        MEASURES[name](asked)


if __name__ == "__main__":
    main()
