"""What docs/provenance.md says of the mark in the sound, measured: each word a measure, without one found and speed.

    .venv/bin/python tests/benchmarks/mark.py found speed false varied loss [--takes FOLDER] [--hours 10]

found  in which share of ten-second takes the mark is found after each delivery, and how surely
speed  seconds of sound laid and looked at per second of processor
false  recordings in which a mark is found that nobody laid
varied the same of recordings at other rates and speeds (--hours)
loss   what DistillMOS, PESQ and YAMNet say of recordings with the mark and without ("make judges")

Takes are cut from the sound files of a folder, which a model made with --no-mark; without one, recordings stand in.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from scipy.signal import resample_poly

from talkies.core.arrays import AnySound, Floats32
from talkies.core.corpus.tables import read_table
from talkies.core.errors import MediaError
from talkies.core.mark.finding import WINDOW_S, found
from talkies.core.mark.laying import SAMPLE_RATE, marked
from talkies.core.media.sound import Converter, read_sound

if TYPE_CHECKING:
    from talkies.core.evaluation.judges.yamnet import Yamnet

SHARED = Path(__file__).resolve().parents[3] / "shared/data"
TAKE = round(WINDOW_S * SAMPLE_RATE)
PAYLOAD = 0b101001100110
SPEECH, EFFECTS = ("speech", "voices", "video"), ("foley",)
_BEST_PESQ, _TOLD_EACH = 4.644, 500
SOUND_FILES = {".wav", ".flac", ".opus", ".ogg", ".mp3", ".m4a", ".mp4", ".mkv", ".webm", ".mov"}
LEAST_DB, LEAST_SHARE = -60.0, 0.2
"""A take has sound where a fifth of it or more is louder than that, full scale."""

Delivery = Callable[[Floats32], tuple[AnySound, int]]


def laid(sound: Floats32, first: int = 0) -> Floats32:
    blocks = np.split(sound, range(SAMPLE_RATE, len(sound), SAMPLE_RATE))
    made: Floats32 = np.concatenate(list(marked(blocks, PAYLOAD, first)))
    return made


def encoded(codec: str, container: str, kilobits: int, rate: int = SAMPLE_RATE) -> Delivery:
    """There and back through a codec."""

    def deliver(sound: Floats32) -> tuple[AnySound, int]:
        file = io.BytesIO()
        with av.open(file, "w", format=container) as out:
            stream: Any = out.add_stream(codec, rate=rate, layout="mono")
            stream.bit_rate = kilobits * 1000
            samples = (np.clip(sound, -1, 1) * 32767).astype(np.int16)[None]
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = SAMPLE_RATE
            for each in (frame, None):
                out.mux(stream.encode(each))
        return decoded(file)

    return deliver


def decoded(file: io.BytesIO) -> tuple[AnySound, int]:
    file.seek(0)
    with av.open(file, "r") as source:
        converter = Converter("mono", SAMPLE_RATE)
        frames: list[Any] = [*source.decode(audio=0), None]
        return np.concatenate([block[0] for frame in frames for block in converter(frame)]), SAMPLE_RATE


def at_rate(rate: int) -> Delivery:
    return lambda sound: (resample_poly(sound, rate // 100, SAMPLE_RATE // 100), rate)


def faster(up: int, down: int) -> Delivery:
    return lambda sound: (resample_poly(sound, up, down), SAMPLE_RATE)


def louder(decibels: float) -> Delivery:
    return lambda sound: (sound * 10 ** (decibels / 20), SAMPLE_RATE)


def under(other: Floats32) -> Delivery:
    """Another sound, 6 dB louder, over it."""

    def deliver(sound: Floats32) -> tuple[AnySound, int]:
        level = np.sqrt(np.square(sound).mean() / np.square(other).mean())
        return sound + other[: len(sound)] * np.float32(level * 10 ** (6 / 20)), SAMPLE_RATE

    return deliver


def deliveries(others: Floats32) -> dict[str, Delivery]:
    return {
        "as it is": lambda sound: (sound, SAMPLE_RATE),
        "MP3 128": encoded("libmp3lame", "mp3", 128),
        "MP3 64": encoded("libmp3lame", "mp3", 64),
        "AAC 96": encoded("aac", "adts", 96),
        "Opus 64": encoded("libopus", "ogg", 64),
        "44.1 kHz": at_rate(44_100),
        "16 kHz": at_rate(16_000),
        "+6 dB": louder(6),
        "-6 dB": louder(-6),
        "cut": lambda sound: (sound[12_345:], SAMPLE_RATE),
        "1 % slower": faster(101, 100),
        "1 % faster": faster(99, 100),
        "6 dB under": under(others),
    }


def recordings(folder: Path, rooms: tuple[str, ...]) -> Iterator[Path]:
    for room in rooms:
        yield from sorted(path for path in (folder / room).rglob("*") if path.suffix.lower() in SOUND_FILES)


def read(path: Path) -> Floats32:
    sound: Floats32 = read_sides(path, mono=True)[:, 0]
    return sound


def read_sides(path: Path, *, mono: bool = False) -> Floats32:
    """(N, C) at 48 kHz; nothing where it cannot be read."""
    try:
        sides: Floats32 = read_sound(path, mono=mono).T
    except MediaError:
        sides = np.zeros((0, 1), np.float32)
    return sides


def sounds(piece: Floats32) -> bool:
    level = np.sqrt(np.square(piece[: len(piece) // 480 * 480]).reshape(-1, 480).mean(axis=1))
    return len(piece) == TAKE and bool((level > 10 ** (LEAST_DB / 20)).mean() >= LEAST_SHARE)


def cut_up(paths: Iterator[Path]) -> Iterator[Floats32]:
    """Pieces of ten seconds with sound, of files one after the other."""
    left = np.zeros(0, np.float32)
    for path in paths:
        left = np.concatenate([left, read(path)])
        while len(left) >= TAKE:
            if sounds(left[:TAKE]):
                yield left[:TAKE]
            left = left[TAKE:]


def takes(asked: argparse.Namespace) -> list[Floats32]:
    if asked.takes:
        return list(islice(cut_up(iter(sorted(asked.takes.rglob("*.wav")))), asked.most))
    rooms = (SPEECH[:1], EFFECTS)
    return [take for room in rooms for take in islice(cut_up(spread(asked.recordings, room)), asked.most // 2)]


def spread(folder: Path, rooms: tuple[str, ...]) -> Iterator[Path]:
    """Every seventh recording: all folders have their part."""
    return islice(recordings(folder, rooms), 3, None, 7)


def bench_found(asked: argparse.Namespace) -> None:
    whole = takes(asked)
    others = next(islice(cut_up(spread(asked.recordings, SPEECH[:1])), 5, None))
    print(f"{len(whole)} takes of {WINDOW_S:.0f} s", flush=True)
    each = [laid(take, first=12_345 * number) for number, take in enumerate(whole)]
    for name, deliver in deliveries(others).items():
        scores = [right(*deliver(take)) for take in each]
        hits = [score for score in scores if score is not None]
        least = f"score {min(hits):.1f} at least, median {np.median(hits):.1f}" if hits else ""
        missed = [number for number, score in enumerate(scores) if score is None]
        print(f"{name:10} found in {len(hits) / len(scores):6.1%}  {least}  missed {missed[:20]}", flush=True)


def right(sound: AnySound, rate: int) -> float | None:
    """How surely the mark is found that was laid; None where it is not."""
    return max((mark.score for mark in found(sound, rate) if mark.payload == PAYLOAD), default=None)


def bench_speed(asked: argparse.Namespace) -> None:
    rng = np.random.default_rng(0)
    sound = rng.normal(0, 0.1, asked.minutes * 60 * SAMPLE_RATE).astype(np.float32)
    for name, work in (("laid", lambda: laid(sound)), ("looked at", lambda: found(sound, SAMPLE_RATE))):
        begun = time.process_time()
        work()
        print(f"{name:9} {asked.minutes * 60 / (time.process_time() - begun):.0f} x real time", flush=True)


def bench_false(asked: argparse.Namespace) -> None:
    """Every recording as it is, in all its channels."""
    paths = list(recordings(asked.recordings, SPEECH + EFFECTS))
    tell(f"{len(paths)} files", (looked_at(path, read_sides(path), SAMPLE_RATE) for path in paths))


def bench_varied(asked: argparse.Namespace) -> None:
    """Recordings drawn at random, 0.9 to 1.1 times as long, of 48, 44.1 or 16 kHz, for so many hours."""
    paths = list(recordings(asked.recordings, SPEECH + EFFECTS))
    tell("resampled", varied(paths, asked.hours * 3600))


Looked = tuple[Path, float, list[Any]]


def looked_at(path: Path, sound: AnySound, rate: int) -> Looked:
    return path, len(sound) / rate, found(sound, rate)


def varied(paths: list[Path], seconds: float) -> Iterator[Looked]:
    rng, done = np.random.default_rng(0), 0.0
    while done < seconds:
        path = paths[rng.integers(len(paths))]
        rate = int(rng.choice([48_000, 44_100, 16_000]))
        up = max(int(rate / 480 * rng.uniform(0.9, 1.1)), 1)
        sound = resample_poly(read(path), up, 100)
        done += len(sound) / rate
        yield looked_at(path, sound, rate)


def tell(what: str, looked: Iterator[Looked]) -> None:
    seconds, alarms, begun = 0.0, 0, time.process_time()
    for number, (path, length, marks) in enumerate(looked, start=1):
        seconds += length
        if number % _TOLD_EACH == 0:
            print(f"   {number} looked at, {seconds / 3600:.2f} hours, {alarms} false alarms", flush=True)
        alarms += bool(marks)
        for mark in marks:
            print(f"   {path.name} at {mark.start:.0f} s: score {mark.score:.1f}, chance {mark.chance:.0e}", flush=True)
    spent = time.process_time() - begun
    print(f"{what}: {seconds / 3600:.2f} hours, {alarms} false alarms, {spent:.0f} s of processor", flush=True)


def bench_loss(asked: argparse.Namespace) -> None:
    """Of so many ten seconds of speech, recorded and made, and of effects."""
    from talkies.core.evaluation.judges.naturalness import DistillMos
    from talkies.core.evaluation.measures.fidelity import pesq

    judge = DistillMos()
    speech = {"recorded": spread(asked.recordings, SPEECH[:1])}
    if asked.takes:
        speech["made"] = iter(sorted(asked.takes.rglob("DX*.wav")))
    for name, paths in speech.items():
        pairs = [(sound, laid(sound)) for sound in islice(cut_up(paths), asked.sentences)]
        lost = [judge.score(sound) - judge.score(with_it) for sound, with_it in pairs]
        left = [_BEST_PESQ - (pesq(sound, with_it) or 0) for sound, with_it in pairs]
        print(f"{name:9} {len(pairs)}: DistillMOS lost {np.mean(lost):.3f}, PESQ {np.mean(left):.3f}", flush=True)
    named(asked)


def accepted(judge: Yamnet, row: Mapping[str, str]) -> set[str]:
    return {name for tag in row["tags"].split() for name in judge.accepted.get(tag, ())}


def named(asked: argparse.Namespace) -> None:
    """How many recorded effects YAMNet calls by a name that counts as right for them, without and with the mark."""
    from talkies.core.evaluation.judges.yamnet import Yamnet

    judge, counts = Yamnet(asked.recordings / "judges"), np.zeros(4, int)
    rows = [row for row in read_table(asked.recordings / "foley" / "tags.csv") if accepted(judge, row)]
    for row in rows[:: max(len(rows) // asked.effects, 1)]:
        sound = read(asked.recordings / "foley" / row["file"])
        before, after = (judge.is_named(each, accepted(judge, row)) for each in (sound, laid(sound)))
        counts += (1, before, after, before and after)
    print("YAMNet: of {} effects it names {} without the mark, {} with it, {} both".format(*counts), flush=True)


MEASURES: dict[str, Callable[[argparse.Namespace], None]] = {
    "found": bench_found,
    "speed": bench_speed,
    "false": bench_false,
    "varied": bench_varied,
    "loss": bench_loss,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measures", nargs="*", choices=[*MEASURES, []], default=["found", "speed"])
    parser.add_argument("--recordings", type=Path, default=SHARED, help="a folder as 'talkies evaluate' takes it")
    parser.add_argument("--takes", type=Path, help="a folder with takes that were made with --no-mark")
    parser.add_argument("--most", type=int, default=100, help="takes to lay the mark in")
    parser.add_argument("--hours", type=float, default=10, help="varied: of sound")
    parser.add_argument("--minutes", type=int, default=2, help="speed: of sound")
    parser.add_argument("--sentences", type=int, default=20)
    parser.add_argument("--effects", type=int, default=100)
    asked = parser.parse_args()
    for name in asked.measures:
        MEASURES[name](asked)


if __name__ == "__main__":
    main()
