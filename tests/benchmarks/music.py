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
import resource
import sys
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from masking_facts import masked
from music_under_lines import HANDLE, RATE, Spoken, both_sides, loudness, sounding
from onset_facts import offsets, strength
from score_facts import film, returns

from talkies.core.evaluation.judges.words import Moonshine
from talkies.core.generation.music_settings import MusicSettings
from talkies.core.instruments import SALON, THEATRE, Tones
from talkies.core.score import Hit, Score, compose, hits_of, read_asked
from talkies.core.score.moods import MOODS
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange, to_sample

LISTS = (
    "speed_effects.edl", "timecode_mismatch.edl", "fcpx_project.fcpxml", "premiere_example.xml",
    "kdenlive_mixes_markers.kdenlive",
)  # fmt: skip
ENSEMBLES = ("piano", "organ", "salon", "orchestra")
SHARED = Path(__file__).resolve().parents[3] / "shared/data"


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
