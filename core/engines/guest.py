"""A guest as an engine: its process is asked for each window, and what it makes is checked, joined and given on.

The process is started when the engine is loaded, and anew after it had to be ended. Lengths, seams, gates and levels
are not its business; see docs/engines.md for what is.
"""

from __future__ import annotations

import stat
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.engines.base import Brief, Engine, Line, Prepared
from talkies.core.engines.guest_jobs import SOUNDING, SPEAKING, job_of, span_of, windows_of
from talkies.core.engines.guests.blocks import beginning
from talkies.core.engines.guests.found import Guest
from talkies.core.engines.guests.manifest import Manifest
from talkies.core.engines.guests.movies import write_movies
from talkies.core.engines.guests.seams import joined
from talkies.core.engines.guests.session import Limits, Session
from talkies.core.engines.guests.talk import Advanced, Block, Noted
from talkies.core.engines.guests.windows import Window, seed_of
from talkies.core.errors import ArgumentError, EngineError, MediaError
from talkies.core.hosts.conversation import Message
from talkies.core.languages import main_language
from talkies.core.times import round_half_up

if TYPE_CHECKING:
    from talkies.core.engines.mouths import Mouth

_MOST_BLOCKS = 10_000
_MOST_NOTES = 20  # of one window
_BYTES_A_SECOND = 192_000 * 8 * 8  # of the largest sound that anybody writes
_LONGER = 2  # times what was asked for is still taken, and cut
_MISSING_S = 0.05
_LOUDEST = 1e3  # times full scale


@dataclass(frozen=True, kw_only=True)
class GuestPrepared(Prepared):
    """What a guest will be asked for. ``mouths``: that are seen to say the lines, None where nobody wants to know."""

    brief: Brief
    windows: tuple[Window, ...]
    mouths: tuple[Mouth | None, ...] | None = None

    @property
    def source(self) -> str:
        return "engine"


class GuestEngine(Engine):
    """One guest; :func:`guest_class` makes its class. ``manifest`` is what it says of itself."""

    name: ClassVar[str] = ""
    guest: ClassVar[Guest]
    manifest: ClassVar[Manifest]
    limits: ClassVar[Limits] = Limits()

    def __init__(self, weights: Path | None, device: str) -> None:
        self.device, self._weights = device, weights
        self.sample_rate, self.licence = self.manifest.sample_rate, self.manifest.licence
        self.weights_hash = ""
        self._open: list[Session] = []
        self._notes: dict[str, None] = {}
        weakref.finalize(self, _close, self._open)
        self.session()

    @classmethod
    def load(cls, weights: Path | None, device: str) -> Self:
        """Starts its process and has it load. Raises EngineError."""
        return cls(weights, device)

    @property
    def provenance(self) -> Mapping[str, Any]:
        return {"engine_version": self.manifest.version, "sellable": self.manifest.sellable}

    def remarks(self) -> tuple[str, ...]:
        told = tuple(f"engine {self.name}: {note}" for note in self._notes)
        self._notes.clear()
        return told

    def session(self, watch: Callable[[], None] = lambda: None) -> Session:
        """The session that is open, or a new one; ``watch`` is called while that starts, and may raise."""
        if self._open and self._open[0].is_open:
            return self._open[0]
        self._open[:] = [session := Session(self.guest, self.limits)]
        try:
            session.hello(watch)
            params = {"weights": None if self._weights is None else str(self._weights.resolve()), "device": self.device}
            said = session.answer("load", params, self.limits.load_s, watch)
        except BaseException:
            session.close()
            raise
        weights = said.get("weights")
        self.weights_hash = weights if isinstance(weights, str) and len(weights) <= 128 and weights.isalnum() else ""
        return session

    def close(self) -> None:
        """Ends its process; the next sound starts it again."""
        _close(self._open)

    def prepare(self, brief: Brief) -> GuestPrepared:
        manifest = self.manifest
        if brief.task not in manifest.tasks:
            cure = f"it makes {', '.join(manifest.tasks)}; choose with --engine {brief.task}=NAME"
            raise ArgumentError(f"engine {self.name}", f"makes no {brief.task}", cure)
        if brief.features is None and brief.task in SOUNDING and manifest.sees != "nothing":
            raise MediaError(brief.task, "needs a picture and there is none", "relink the media or choose dialogue")
        return GuestPrepared(
            task=brief.task,
            duration=brief.duration,
            silent=_nothing_asked(brief),
            warnings=_unspoken(self.name, manifest, brief.lines) if brief.task in SPEAKING else (),
            brief=brief,
            windows=windows_of(brief, self.manifest),
            mouths=_mouths(brief) if manifest.fits == "lips" else None,
        )

    def sound(
        self, prepared: GuestPrepared, *, seed: int, steps: int, guidance: float, on_step: Callable[[float], None]
    ) -> Iterator[Sound]:
        count = round_half_up(prepared.duration * self.sample_rate)
        yield from joined(self._parts(prepared, seed, steps, guidance, on_step), count, self.sample_rate)

    def _parts(
        self, prepared: GuestPrepared, seed: int, steps: int, guidance: float, on_step: Callable[[float], None]
    ) -> Iterator[tuple[int, Sound]]:
        """Each window's first sample and its sound."""
        windows, movies = prepared.windows, self._movies(prepared, partial(on_step, 0.0))
        for index, window in enumerate(windows):
            sampled = {"seed": seed_of(seed, index), "steps": steps, "guidance": guidance}
            job = (
                job_of(prepared.brief, window, self.manifest, prepared.mouths) | sampled | {"movie": movies.get(window)}
            )
            yield window.start, self._made(job, window, partial(_share_of, on_step, index, len(windows)))

    def _movies(self, prepared: GuestPrepared, watch: Callable[[], None]) -> dict[Window, str]:
        """What it sees, as files in its folder, by the window."""
        brief = prepared.brief
        if self.manifest.sees != "movie" or brief.task not in SOUNDING or brief.shot is None or brief.covers is None:
            return {}
        spans = [span_of(window, self.sample_rate).shifted(brief.covers.start) for window in prepared.windows]
        paths = write_movies(brief.shot, brief.covers, spans, self.session(watch).folder)
        return {window: path.name for window, path in zip(prepared.windows, paths, strict=True)}

    def _made(self, job: Message, window: Window, on_share: Callable[[float], None]) -> Sound:
        """One window's sound, checked. Raises EngineError."""
        session = self.session(partial(on_share, 0.0))
        files: list[str] = []
        share, notes = 0.0, 0
        try:
            for said in session.ask("job", job, self.manifest.patience_s):
                match said:
                    case Advanced():
                        share = said.share
                    case Noted() if notes < _MOST_NOTES:
                        notes += 1
                        self._notes[said.sentence] = None
                    case Block() if len(files) < _MOST_BLOCKS:
                        files.append(said.file)
                on_share(share)
        except EngineError:
            raise
        except BaseException:  # whoever waited does so no longer
            session.cancel()
            raise
        blocks: list[Sound] = []
        for file in files:
            blocks.append(self._block(session.folder, file, job, _LONGER * window.count - sum(map(len, blocks))))
        return self._checked(blocks, window.count)

    def _block(self, folder: Path, name: str, job: Message, most: int) -> Sound:
        """(N,) a file of its folder, which is gone then; read until it is longer than ``most`` samples."""
        path = folder / name
        try:
            facts = path.lstat() if Path(name).name == name else None
        except (OSError, ValueError):
            facts = None
        if facts is None or not stat.S_ISREG(facts.st_mode):
            raise self._failed(f"named {name[:80]!r} as its sound, which is not a file of its folder")
        if facts.st_size > _BYTES_A_SECOND * (_LONGER * job["duration_s"] + 1):
            raise self._failed(f"made {facts.st_size / 1e6:.0f} MB for {job['duration_s']:.1f} s")
        try:
            return beginning(path, self.sample_rate, most)
        except MediaError as error:
            raise self._failed(f"made a file that is no sound ({error.problem})") from error
        finally:
            path.unlink(missing_ok=True)

    def _checked(self, blocks: list[Sound], count: int) -> Sound:
        """Exactly ``count`` samples that can be heard. Raises EngineError."""
        sound = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
        rate = self.sample_rate
        if not count - _MISSING_S * rate <= len(sound) <= _LONGER * count:
            made = f"{len(sound) / rate:.2f}" if len(sound) < count else f"more than {_LONGER * count / rate:.2f}"
            raise self._failed(f"made {made} s where {count / rate:.2f} s were asked for")
        if not (np.abs(sound) < _LOUDEST).all():  # not a number is not either
            raise self._failed("made numbers that are no sound")
        padded: Sound = np.pad(sound[:count], (0, max(count - len(sound), 0)))
        return padded

    def _failed(self, problem: str) -> EngineError:
        return EngineError(f"engine {self.name}", problem)


def guest_class(guest: Guest, limits: Limits = Limits()) -> type[GuestEngine]:  # noqa: B008 - frozen
    """The class of the engine that a guest is. Raises EngineError where it cannot be used."""
    described = guest.checked()
    names = {
        "name": guest.name, "guest": guest, "manifest": described, "limits": limits,
        "default_steps": described.steps, "default_guidance": described.guidance,
    }  # fmt: skip
    return cast(type[GuestEngine], type("Guest", (GuestEngine,), names))


def _close(sessions: list[Session]) -> None:
    for session in sessions:
        session.close()


def _share_of(on_step: Callable[[float], None], done: int, windows: int, share: float) -> None:
    on_step((done + share) / windows)


def _nothing_asked(brief: Brief) -> bool:
    """Whether silence is the answer: nobody speaks, and nothing moves, is listed or described."""
    if brief.task == "music":
        return False
    speaks = brief.task in SPEAKING and bool(brief.lines)
    if brief.task == "dialogue" or speaks or brief.sounds:
        return not (speaks or (brief.sounds and brief.task != "dialogue"))
    if brief.spotted is not None:
        return not (brief.spotted.strokes or brief.spotted.spans)
    return brief.features is not None and not np.any(brief.features.sync)


def _mouths(brief: Brief) -> tuple[Mouth | None, ...] | None:
    """That are seen to say the lines of a brief; None, and nothing is loaded, where no face is seen."""
    if brief.task not in SPEAKING or not brief.lines or brief.features is None or brief.features.mouths is None:
        return None
    from talkies.core.engines.mouths import mouths_of

    return mouths_of(brief.features, brief.lines)


def _unspoken(name: str, manifest: Manifest, lines: tuple[Line, ...]) -> tuple[str, ...]:
    """Says which languages it does not speak."""
    known = set(map(main_language, manifest.languages))
    asked = {main_language(line.language) for line in lines if line.language}
    return tuple(f"the engine {name} does not speak {each}" for each in sorted(asked - known) if known)
