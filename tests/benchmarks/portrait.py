"""Portraits, measured by what the rig does not use: landmarks with attention, run by mediapipe itself, and pixels.

    python tests/benchmarks/portrait.py --films FILMS --judge ENV/bin/python --out FOLDER

Ten stills say a line each. FILMS: ../shared/data/video/grid_other_speakers; ENV as in portrait_judge.py. FOLDER keeps
everything; what is there is not made again, but films are with ``--anew``. Contact sheets lie in
FOLDER/sheets: look at them. Needs 'talkies models pull sight'.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from portrait_facts import (
    blinks,
    closed_share,
    face_height,
    follows,
    held,
    likeness,
    loudness,
    openings,
    openness,
    roll_degrees,
    shape_error,
    told_apart,
    width,
)
from portrait_lines import LINES, SIX_WORDS, VOICES
from portraits import Still, contact_sheet, drawn_stills, film_stills, frames_of
from sung_sounds import EIGHT, HELD, Note, spans_of, sung, written

from talkies.core.arrays import Floats, Image
from talkies.core.conditioning.speech.phoneme_text import PHONEMES, phoneme_spans, phoneme_text
from talkies.core.conditioning.speech.timing import Spans, word_starts
from talkies.core.conditioning.speech.visemes import visemes_of
from talkies.core.generation.line_take import LineRequest, line_take
from talkies.core.media.sound import read_sound
from talkies.core.portrait.consent import Consent
from talkies.core.portrait.faces import FaceDetector
from talkies.core.portrait.finding import find_face
from talkies.core.portrait.making import PortraitRequest, make_portrait
from talkies.core.portrait.mesh import MeshReader
from talkies.core.portrait.rig import REST, Expression, Rig
from talkies.core.portrait.still import read_still
from talkies.core.times import TimeRange

RATE = 25
_VOWELS = {12: "a", 10: "i", 14: "u"}
_CLOSING = 1
_SHORTEST_VOWEL_S = 0.1


@dataclass(frozen=True)
class Case:
    """A still, what it says, and where everything lies."""

    still: Path
    sound: Path
    film: Path
    judged: Path
    text: str = ""
    seed: int = 0

    @cached_property
    def spans(self) -> Spans:
        return phoneme_spans(self.sound.with_suffix(".txt").read_text(encoding="utf-8"))

    @cached_property
    def points(self) -> Floats:
        return np.asarray(np.load(self.judged)["points"], float)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=Path, required=True)
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--anew", action="store_true")
    options = parser.parse_args()
    natural = natural_median(options)
    print(f"natural films: median of openness against loudness {natural:.2f}, 0.8 of it {0.8 * natural:.2f}")
    cases = list(cases_of(options, LINES, "long"))
    short = list(cases_of(options, SIX_WORDS, "short"))
    for case in (*cases, *short):
        made(case, anew=options.anew)
    judge(options, [case.film for case in cases], "films")
    judge(options, [case.still for case in cases], "stills")
    say(cases, 0.8 * natural, options.out)
    errors = [error for case in short for error in word_errors_ms(case)]
    print(f"six words: the lip reader is off by {np.median(errors):.0f} ms (median of {len(errors)})")
    singing(options, cases[0])
    for case in cases:
        sheet(case, options.out / "sheets")


def natural_median(options: argparse.Namespace) -> float:
    films = sorted(options.films.glob("*.mp4"))
    judge(options, films, "natural")
    scores = []
    for film in films:
        points = np.load(options.out / "natural" / f"{film.stem}.npz")["points"]
        scores.append(follows(openness(points), loud(film, len(points)), RATE)[0])
    return float(np.median(scores))


def judge(options: argparse.Namespace, films: Sequence[Path], folder: str) -> None:
    """Has the judge look at what has not been judged since it was made."""
    out = options.out / folder
    stale = [film for film in films if not _is_newer(out / f"{film.stem}.npz", film)]
    if stale:
        program = Path(__file__).with_name("portrait_judge.py")
        command = [options.judge, program, *stale, "--out", out]
        subprocess.run([str(word) for word in command], check=True, stderr=subprocess.DEVNULL)


def _is_newer(path: Path, than: Path) -> bool:
    return path.is_file() and path.stat().st_mtime >= than.stat().st_mtime


def loud(sound: Path, frames: int) -> Floats:
    return loudness(read_sound(sound, 16_000)[0].astype(float), 16_000, RATE, frames)


def cases_of(options: argparse.Namespace, lines: Sequence[str], kind: str) -> Iterator[Case]:
    out = options.out
    stills = sorted([*film_stills(options.films, _gap), *drawn_stills()], key=lambda still: still.name)
    for number, (still, text, voice) in enumerate(zip(stills, lines, VOICES, strict=True)):
        sound = spoken(out / "sounds" / f"{kind}_{number}.wav", LineRequest(text, voice, seed=number))
        name = still.name
        film, judged = out / kind / f"{name}.mp4", out / "films" / f"{name}.npz"
        yield Case(kept(out / "pictures", still), sound, film, judged, text, number)


def _gap(image: Image) -> float:
    """Between the lips, pixels: which frame of a film shows them nearest."""
    faces = FaceDetector()(image)
    mesh = MeshReader().read(image, faces[0]) if faces else None
    return 1e9 if mesh is None else float(np.hypot(*(mesh.flat[14] - mesh.flat[13])))


def kept(folder: Path, still: Still) -> Path:
    path = folder / f"{still.name}.png"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), still.image[..., ::-1])
    return path


def spoken(path: Path, asked: LineRequest) -> Path:
    """The line as a take, its phonemes beside it."""
    if not path.is_file():
        take, _ = line_take(asked, path.parent / "takes")
        path.with_suffix(".txt").write_text(take.metadata[PHONEMES], encoding="utf-8")
        take.path.replace(path)
    return path


def made(case: Case, spans: Spans | None = None, *, anew: bool = False) -> None:
    if case.film.is_file() and not anew:
        return
    known = case.spans if spans is None else spans
    consent = Consent("for a measurement", "2026-11-30")
    started = time.process_time()
    asked = PortraitRequest(
        case.still, case.sound, case.film, consent, "", seed=case.seed, spans=tuple(known), signs=False
    )
    frames, _ = make_portrait(asked)
    print(f"  {case.film.name}: {frames / RATE:.1f} s made in {time.process_time() - started:.1f} s of one core")


def say(cases: Sequence[Case], enough: float, out: Path) -> None:
    """A line for each still, and the sums."""
    closed, vowels, starts, seen = np.zeros(2, int), np.zeros(2, int), [], 0
    for case in cases:
        points, frames = case.points, len(case.points)
        opened = openness(points)
        still = np.load(out / "stills" / f"{case.still.stem}.npz")["points"][0]
        score, lag = follows(opened, loud(case.sound, frames), RATE)
        dark = follows(np.load(case.judged)["dark"], loud(case.sound, frames), RATE)[0]
        closed += (lips := closed_share(opened, stretches(case.spans), RATE))
        vowels += (told := told_apart(vowels_of(case)))
        errors = word_errors_ms(case)
        starts += errors
        blinked = blinks(points, RATE)
        seen += len(blinked)
        roll = np.percentile(np.abs(roll_degrees(points) - roll_degrees(still[None])), 95)
        rest, outside = at_rest(case)
        print(
            f"{case.still.stem:14} follows {score:.2f}{' ' if score >= enough else '!'} by {lag:+4.0f} ms, "
            f"dark {dark:.2f};"
            f" closed {lips[0]}/{lips[1]}; a i u {told[0]}/{told[1]}; words {np.median(errors):.0f} ms;"
            f" shape {100 * shape_error(points, still):.2f} %; roll {roll:.1f};"
            f" blinks {[round(1000 * blink.length) for blink in blinked]} ms; rest {rest:.4f}, outside {outside};"
            f" flicker {flicker(case, points):.2f}"
        )
    minutes = sum(len(case.points) for case in cases) / RATE / 60
    print(f"lips closed {closed[0]}/{closed[1]}, vowels {vowels[0]}/{vowels[1]}, words {np.median(starts):.0f} ms,")
    print(f"blinks {seen / minutes:.0f} a minute")


def stretches(spans: Spans) -> list[tuple[float, float]]:
    """When p, b and m are said."""
    kinds = visemes_of([phoneme for phoneme, _, _ in spans])
    return [(start, end) for kind, (_, start, end) in zip(kinds, spans, strict=True) if kind == _CLOSING]


def vowels_of(case: Case) -> list[tuple[str, float]]:
    """Height to width in the middle of each a, i and u that is not short."""
    shape = openness(case.points) / width(case.points)
    kinds = visemes_of([phoneme for phoneme, _, _ in case.spans])
    rows = []
    for kind, (_, start, end) in zip(kinds.tolist(), case.spans, strict=True):
        if kind in _VOWELS and end - start >= _SHORTEST_VOWEL_S:
            frame = min(int((start + end) / 2 * RATE), len(shape) - 1)
            rows.append((_VOWELS[kind], float(shape[frame])))
    return rows


def word_errors_ms(case: Case) -> list[float]:
    """How far from where words are said our own lip reader takes them to be said, in the film without its sound."""
    from talkies.core.conditioning.speech.phonemes import speak
    from talkies.core.engines.base import Line, load_engine
    from talkies.core.evaluation.figures.lips import seen_movie

    engine = load_engine("mini", None, "cpu")
    said = speak(case.text, "en-US")
    truth = word_starts(case.spans, said.ids, said.words)
    features, duration = seen_movie(case.film)
    read = engine.word_starts(features, Line(TimeRange(Fraction(0), duration), case.text, "", "en-US"), "clara")  # type: ignore[attr-defined]
    return [1000 * abs(one - other) for one, other in zip(read, truth, strict=False)]


def at_rest(case: Case) -> tuple[float, int]:
    """Likeness of the rig at rest and the still, without the mouth where the still has it open; and the largest change
    outside of 1.3 times the face's box, whatever the expression."""
    image = read_still(case.still)
    mesh = find_face(image, case.still)
    rig = Rig(image, mesh)
    moved = rig.picture(Expression(1.0, -1.0, 1.0, 1.0, 0.05, 0.05, 0.05, 0.02)).astype(int)
    left, top, wide, high = mesh.box
    x, y = np.arange(image.shape[1]), np.arange(image.shape[0])
    inside = (np.abs(y - top - high / 2) <= 0.65 * high)[:, None] & (np.abs(x - left - wide / 2) <= 0.65 * wide)[None]
    one, other = (each.mean(axis=2) for each in (rig.picture(REST), image))
    return likeness(one, other), int(np.abs(moved - image)[~inside].max())


def flicker(case: Case, points: Floats) -> float:
    """Deviation of a cheek's mean level from frame to frame, levels, as the head moves."""
    levels = []
    for frame, place in zip(frames_of(case.film), points, strict=True):
        x, y = np.rint(place[50, :2]).astype(int)
        levels.append(float(frame[y - 5 : y + 6, x - 5 : x + 6].mean()))
    return float(np.std(np.diff(levels)))


def singing(options: argparse.Namespace, case: Case) -> None:
    """A note of three seconds and eight syllables, by phonemes and by the sound alone."""
    for name, notes in (("held", HELD), ("eight", EIGHT)):
        for known in (True, False):
            stem = f"{name}_{'phonemes' if known else 'sound'}"
            opened = openness(sung_film(options, case, stem, notes, spans_of(notes) if known else []))
            if name == "held":
                least, closes = held(opened, notes[0].start, notes[0].end, RATE)
                print(f"{stem}: open by {least:.2f} of the largest throughout, closed {closes:.0f} ms after the end")
            else:
                print(f"{stem}: opens {openings(opened)} times, sung 8")


def sung_film(options: argparse.Namespace, case: Case, stem: str, notes: Sequence[Note], spans: Spans) -> Floats:
    folder = options.out / "sung"
    folder.mkdir(parents=True, exist_ok=True)
    sound = written(folder / f"{stem}.wav", sung(notes, notes[-1].end + 0.8))
    sound.with_suffix(".txt").write_text(phoneme_text(spans), encoding="utf-8")
    film = Case(case.still, sound, folder / f"{stem}.mp4", folder / f"{stem}.npz")
    made(film, spans, anew=options.anew)
    judge(options, [film.film], "sung")
    return film.points


def sheet(case: Case, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    middle = np.nanmedian((case.points[:, 10, :2] + case.points[:, 152, :2]) / 2, axis=0)
    whole = contact_sheet(list(frames_of(case.film)), middle, face_height(case.points))
    cv2.imwrite(str(folder / f"{case.still.stem}.png"), whole[..., ::-1])


if __name__ == "__main__":
    main()
