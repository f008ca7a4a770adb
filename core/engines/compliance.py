"""What ``talkies engines test`` asks of an engine: length, placement, seed, silence, cancelling, its own folder.

Each check is made through the same door as takes are (core/engines/base.py), so that an engine that passes is used as
it was tested. Times are those of this machine.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.conditioning.picture.sync import SYNC_DIM
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines.base import Brief, Engine, Line, MusicPart, Task
from talkies.core.engines.guest import GuestEngine
from talkies.core.engines.guests.confine import confinement
from talkies.core.errors import CancelledError, TalkiesError
from talkies.core.media.timeline_movie import add_picture, movie_file
from talkies.core.segment import Picture, Segment
from talkies.core.times import LATENT_RATE, TimeRange, round_half_up

DURATION = Fraction(1001, 480)
"""Seconds of a test sound: no whole number of frames, cells or milliseconds."""
_STRIKE_S, _NEAR_S = 1.0, 0.1
_SPOKEN = TimeRange(Fraction(1, 2), Fraction(3, 2))
_PROMPT = "a knock on wood"
_WALTZ = "slow waltz for solo piano, D minor, 84 bpm"
_MOST_SPILT = 0.05  # of the power of speech, outside of its line
_CANCEL_S = 2.0
_LONGEST_WINDOW_S = 30.0  # of which several are tried
_MOST_FILES = 20_000

Found = tuple[bool | None, str]
"""Whether a check was passed, None where it could not be made, and what was found."""


@dataclass(frozen=True)
class Check:
    """``passed`` is None where it could not be looked at; ``detail`` says what was found."""

    name: str
    passed: bool | None
    detail: str


def checks(engine: Engine, tasks: Sequence[Task], watched: Sequence[Path] = ()) -> Iterator[Check]:
    """Tries an engine in each of its ``tasks``; ``watched``: folders in which it may change nothing."""
    before = [_files(folder) for folder in watched]
    with tempfile.TemporaryDirectory(prefix="talkies-") as folder:
        for task in tasks:
            trial = Trial(engine, task, Path(folder))
            for name in ("length", "placement", "seed", "silence", "cancel"):
                try:
                    yield Check(f"{task}: {name}", *getattr(trial, name)())
                except TalkiesError as error:
                    yield Check(f"{task}: {name}", False, str(error))
    yield _elsewhere(engine, watched, before)


@dataclass(frozen=True)
class Trial:
    """One task of an engine; ``folder``: for films."""

    engine: Engine
    task: Task
    folder: Path

    def length(self) -> Found:
        """As much as was asked for, in one window and in several."""
        longest = self.engine.manifest.window_s if isinstance(self.engine, GuestEngine) else None
        several = [Fraction(longest) * Fraction(3, 2)] if longest is not None and longest <= _LONGEST_WINDOW_S else []
        found = []
        for duration in (DURATION, *several):
            made, wanted = len(self._sound(self._brief(duration))), round_half_up(duration * self.engine.sample_rate)
            found.append((made >= wanted, f"{made} of {wanted} samples"))
        return all(fine for fine, _ in found), ", ".join(text for _, text in found)

    def placement(self) -> Found:
        """Words within their line; what strikes, when it is seen to."""
        power = self._sound(self._brief()).astype(np.float64) ** 2
        if not power.any():
            return False, "nothing is heard"
        rate = self.engine.sample_rate
        if self.task == "music":
            heard = np.flatnonzero(power) / rate
            return None, f"music is heard from {heard[0]:.2f} to {heard[-1]:.2f} s; its tempo is not looked at"
        if self.task == "dialogue":
            first, last = (round_half_up(edge * rate) for edge in (_SPOKEN.start, _SPOKEN.end))
            spilt = 1 - float(power[first:last].sum() / power.sum())
            return spilt <= _MOST_SPILT, f"{spilt:.1%} of the sound is outside of its line"
        hop = rate // 100
        levels = power[: len(power) // hop * hop].reshape(-1, hop).sum(axis=1)
        onset = int(np.argmax(np.diff(levels, prepend=0.0))) / 100
        shown = not isinstance(self.engine, GuestEngine) or self.engine.manifest.sees == "motion"
        placed = abs(onset - _STRIKE_S) <= _NEAR_S
        return placed if shown else None, f"it strikes at {_STRIKE_S:.2f} s, the sharpest onset is at {onset:.2f} s"

    def seed(self) -> Found:
        """The same one gives the same bits."""
        one, again, other = (self._sound(self._brief(), seed) for seed in (7, 7, 8))
        if not np.array_equal(one, again):
            return False, "the same seed gave other samples"
        return True, "the same bits" + ("; another seed changes nothing" if np.array_equal(one, other) else "")

    def silence(self) -> Found:
        """Nothing where nothing happens."""
        if isinstance(self.engine, GuestEngine):
            return None, "it is not asked where nothing happens"
        sound = self._sound(Brief(self.task, DURATION, PictureFeatures.nothing(DURATION)))
        peak = float(np.abs(sound).max(initial=0.0))
        return peak == 0, "silent where nothing happens" if peak == 0 else f"a peak of {peak:.4f} where nothing happens"

    def cancel(self) -> Found:
        """It ends at once, and can be asked again."""
        asked: list[float] = []

        def stop(share: float) -> None:
            asked.append(time.monotonic())
            raise CancelledError("the test", "was cancelled")

        try:
            self._sound(self._brief(DURATION * 4), on_step=stop)
        except CancelledError:
            took = time.monotonic() - asked[0]
            self._sound(self._brief())
            return took < _CANCEL_S, f"ended {took:.2f} s later, and made the next sound"
        return False, "was not heard: it made its sound to the end"

    def _brief(self, duration: Fraction = DURATION) -> Brief:
        """One word is said, and one thing strikes; or a waltz is played."""
        if self.task == "music":
            waltz = MusicPart(TimeRange(Fraction(0), duration), _WALTZ, 84.0, "D minor", (3, 4), "waltz", ("piano",))
            return Brief("music", duration, prompt=_WALTZ, music=(waltz,))
        nothing = PictureFeatures.nothing(duration)
        sync = np.zeros((len(nothing.sync), SYNC_DIM), np.float32)
        sync[int(_STRIKE_S * LATENT_RATE)] = 1.0
        features = PictureFeatures(sync, nothing.picture, nothing.lips)
        lines = (Line(_SPOKEN, "Hello there", language="en"),) if self.task != "foley" else ()
        shot = _film(self.folder, duration) if _sees_movies(self.engine) else None
        prompt = "" if self.task == "dialogue" else _PROMPT
        covers = None if shot is None else shot.record
        return Brief(self.task, duration, features, lines, prompt=prompt, shot=shot, covers=covers)

    def _sound(self, brief: Brief, seed: int = 7, on_step: Callable[[float], None] = lambda share: None) -> Sound:
        steps, guidance = self.engine.sampling(None, None)
        prepared = self.engine.prepare(brief)
        blocks = self.engine.generate(prepared, seed=seed, steps=steps, guidance=guidance, on_step=on_step)
        return np.concatenate(list(blocks))


def _sees_movies(engine: Engine) -> bool:
    return isinstance(engine, GuestEngine) and engine.manifest.sees == "movie"


def _film(folder: Path, duration: Fraction) -> Segment:
    """A dark picture that is white from the strike on, as a shot."""
    import av

    path, rate = folder / f"{float(duration):.3f}.mp4", Fraction(25)
    if not path.exists():
        with movie_file(path, "mp4", {}) as movie:
            stream = add_picture(movie, rate)
            for number in range(-int(-duration * rate // 1)):
                image = np.full((360, 640, 3), 16 if number < _STRIKE_S * rate else 235, np.uint8)
                movie.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
            movie.mux(stream.encode(None))
    whole = TimeRange(Fraction(0), duration)
    return Segment("V1-001", "test", "V1", whole, whole, rate, picture=Picture(path, rate=rate))


def _elsewhere(engine: Engine, watched: Sequence[Path], before: Sequence[dict[Path, tuple[int, int]]]) -> Check:
    """Whether anything has changed in other folders than its own."""
    name = "nothing written elsewhere"
    for folder, old in zip(watched, before, strict=True):
        new = _files(folder)
        changed = [path for path in old | new if old.get(path) != new.get(path)]
        if changed:
            return Check(name, False, f"{len(changed)} files changed, the first {changed[0]}")
    if isinstance(engine, GuestEngine) and confinement():
        return Check(name, True, "the system allows its own folder only")
    return Check(name, True if watched else None, f"looked at {', '.join(map(str, watched)) or 'nothing'}")


def _files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of what is in a folder, as far as that is not too much."""
    found: dict[Path, tuple[int, int]] = {}
    for path, _ in zip(folder.rglob("*"), range(_MOST_FILES), strict=False):
        try:
            facts = path.lstat()
        except OSError:
            continue
        found[path] = facts.st_size, facts.st_mtime_ns
    return found
