"""Request: what a user asks for, checked once; command line, worker and panel all make one."""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, get_args

from talkies.core.conditioning.speech.named_voices import check_voice
from talkies.core.engines.base import NAMED_VOICES
from talkies.core.engines.choice import choices, engine_for
from talkies.core.engines.pictures import FilmCodec
from talkies.core.errors import ArgumentError
from talkies.core.generation.music_settings import MusicSettings
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.panning import PAN_LAWS, WIDTH, PanLaw, Panning
from talkies.core.preferences import read_preferences
from talkies.core.segment import Source
from talkies.core.times import AUTO_RATE, AskedRate

Task = Literal["both", "foley", "dialogue", "joint", "background", "music", "portrait"]
Clips = Literal["shots", "events"]
TASKS: tuple[Task, ...] = get_args(Task)
SOURCES: tuple[Source, ...] = get_args(Source)
CLIPS: tuple[Clips, ...] = get_args(Clips)
FILMS: tuple[FilmCodec, ...] = get_args(FilmCodec)

MAX_SEED = 2**63 - 1
MAX_TAKES = 100
MAX_STEPS = 1000
MAX_GUIDANCE = 100.0
MAX_HANDLES = 10
MAX_PROMPT = 1000
"""Characters; the model heeds a few words."""
_LONGEST_NAME = 4096

RATES = (1, 120)
"""Frames per second, least and most, that a film may be shown at."""
AUTO_SHOTS, NO_SHOTS, DETECT = "auto", "none", "detect"
"""What a request says of shots where it names no file."""

STEMS_FOLDER = ".stems"
"""The suffix of an output that holds continuous stems."""


@dataclass(frozen=True)
class Request:
    """One ``talkies generate``. None for ``steps`` and ``guidance`` means what the engine was made for.

    ``segments``: ids, empty for all of them. ``engine``: its name, or one by task (core/engines/choice.py).
    ``voice``: a name or a recording, "" to let the speakers choose.
    ``source``: what makes the effects that a prompt names: auto, rules or network.
    ``background``: the bed under each shot: "auto" for what its picture says, "off", or words; "" is auto for effects
    and both, off for all else. ``language``: of the subtitles to speak, "" for the first there is.
    ``loudness``: one of ``PRESETS`` (core/media/loudness_presets.py). ``weights``: another checkpoint of the engine,
    None for its own.
    ``shots``: a film in one piece is cut into them: ``detect``, or a timeline that has its cuts; ``none``. ``rate``:
    frames per second of a bare film, None for what it states (core/timeline/media/bare_media.py).
    ``anew``: nothing that a run has left which ended early is used.
    ``handles``: seconds of sound beyond each cut, where the picture has them. ``two_pop``, ``tail_pop``: a pop two
    seconds before and after the picture, for which only a stems folder has room. ``replace``: what an output that
    exists holds of other segments does not stay.

    ``spots``: a spotting list, of which the effects are made; ``clips``: one for each shot, or for each event of the
    list. ``only``: ids of spots; nothing but these and what sounds with them is made. ``relevel``: levels are measured
    anew, not kept as they were when the list was first performed. ``mark``: what a model makes carries a mark in its
    sound (core/mark). ``pan_law``, ``width``: of effects, which sound where in the picture they happen: 0 is one
    channel, in the middle, 1 from edge to edge. ``music``: of the task music.
    ``credentials``: files say, signed, what made them, where the extra is installed (core/credentials). ``film``: what
    portraits are encoded as; ``consent``: who allowed that they speak, "" where that is known already.
    """

    timeline: Path
    out: Path
    segments: tuple[str, ...] = ()
    task: Task = "both"
    engine: str = "mini"
    weights: Path | None = None
    prompt: str = ""
    negative_prompt: str = ""
    source: Source = "auto"
    background: str = ""
    voice: str = ""
    language: str = ""
    seed: int = 0
    takes: int = 1
    steps: int | None = None
    guidance: float | None = None
    device: str = "auto"
    media_dir: Path | None = None
    loudness: str = "ebu-r128"
    handles: Fraction = Fraction(1)
    two_pop: bool = False
    tail_pop: bool = False
    replace: bool = False
    anew: bool = False
    spots: Path | None = None
    clips: Clips = "shots"
    only: tuple[str, ...] = ()
    relevel: bool = False
    pan_law: PanLaw = "3dB"
    width: float = WIDTH
    music: MusicSettings = MusicSettings()  # noqa: RUF009 - frozen
    shots: str = NO_SHOTS
    rate: AskedRate | None = None
    mark: bool = True
    credentials: bool = True
    film: FilmCodec = "h264"
    consent: str = ""

    def __post_init__(self) -> None:
        for name, known in zip(_CHOSEN, (TASKS, SOURCES, FILMS, CLIPS), strict=True):
            if (word := getattr(self, name)) not in known:
                raise ArgumentError(f"--{name}", f"unknown {name} {word[:40]!r}", f"use one of {', '.join(known)}")
        for name in _TEXTS:
            option = f"--{name.replace('_', '-')}"
            _short(option, getattr(self, name), MAX_PROMPT if name in _WORDS else _LONGEST_NAME)
            _legible(option, getattr(self, name))
        for path in (self.timeline, self.out, self.weights, self.spots, self.media_dir):
            _nameable(path, _LONGEST_OUTPUT if path is self.out else _LONGEST_PART)
        if not self.out.name:
            raise ArgumentError("--output", "is not a file name", "give the new timeline a name, such as out.otio")
        _in_range("--seed", self.seed, 0, MAX_SEED - MAX_TAKES)
        _in_range("--takes", self.takes, 1, MAX_TAKES)
        if self.steps is not None:
            _in_range("--steps", self.steps, 1, MAX_STEPS)
        if isinstance(self.rate, Fraction):
            _in_range("--rate", self.rate, *RATES)
        if self.guidance is not None:
            _in_range("--guidance", self.guidance, 0.0, MAX_GUIDANCE)
        _in_range("--handles", self.handles, 0, MAX_HANDLES)
        _in_range("--width", self.width, 0.0, 1.0)
        if self.pan_law not in PAN_LAWS:
            problem, cure = f"unknown law {self.pan_law[:40]!r}", f"use one of {', '.join(PAN_LAWS)}"
            raise ArgumentError("--pan-law", problem, cure)
        chosen = choices(self.engine)
        if engine_for(self.engine, "joint" if self.task == "joint" else "dialogue") in NAMED_VOICES:
            check_voice(self.voice)
        if self.weights is not None and len(set(chosen.values())) > 1:
            raise ArgumentError("--weights", "is of one engine, and there are several", "make a task at a time")
        self._check_delivery()
        self._check_list()
        if self.shots not in (AUTO_SHOTS, NO_SHOTS, DETECT):
            _nameable(Path(self.shots), _LONGEST_PART)
        if self.shots not in (AUTO_SHOTS, NO_SHOTS, DETECT) and not Path(self.shots).exists():
            problem = f"there is no file {self.shots[:80]!r}"
            raise ArgumentError("--shots", problem, "use auto, detect, none, or a timeline that has the cuts")
        if self.media_dir is not None and not self.media_dir.is_dir():
            raise ArgumentError(self.media_dir, "is not a folder", "--media-dir names the folder that holds the media")

    def _check_delivery(self) -> None:
        """A loudness that there is, and room for pops."""
        if self.loudness not in PRESETS:
            problem, cure = f"there is no preset {self.loudness!r}", did_you_mean(self.loudness, PRESETS)
            raise ArgumentError("--loudness", problem, cure)
        if (self.two_pop or self.tail_pop) and self.out.suffix.lower() != STEMS_FOLDER:
            option = "--two-pop" if self.two_pop else "--tail-pop"
            cure = f"write a stems folder (NAME{STEMS_FOLDER}), or use 'talkies turnover'"
            raise ArgumentError(option, "a timeline has no room for it before its start and after its end", cure)

    def _check_list(self) -> None:
        """A list where something is asked of it."""
        if self.spots is None and (self.only or self.clips == "events"):
            option = "--only" if self.only else "--clips events"
            raise ArgumentError(option, "needs a spotting list", "give one with --spots; talkies spot writes it")
        if self.spots is not None and self.task in ("dialogue", "portrait"):
            raise ArgumentError("--spots", "says nothing of dialogue", "use --task both or foley")
        if self.task == "music":
            self.music.checked(has_spots=self.spots is not None)
        elif self.music != MusicSettings():
            raise ArgumentError(f"--task {self.task}", "takes no settings of music", "use --task music")
        if self.clips == "events" and self.task == "joint":
            raise ArgumentError("--clips events", "is not for one mixed track", "use --task both or foley")

    @property
    def panning(self) -> Panning:
        """Of effects."""
        return Panning(self.pan_law, self.width)

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> Request:
        """A request from JSON: the same names as above, paths as text; what is not given is as the user has it
        configured."""
        known = {field.name for field in fields(cls)}
        for name in given:
            if name not in known:
                raise ArgumentError(name, "is not a parameter of generate", did_you_mean(name, known))
        for name in ("timeline", "out"):
            if given.get(name) is None:
                raise ArgumentError(name, "is missing", "generate needs a timeline and a place for the result")
        stated = {name: value for name, value in given.items() if value is not None}
        values = {name: _typed(name, value) for name, value in (read_preferences().for_request() | stated).items()}
        return cls(**values)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A cure for a name that is not known: the nearest one, else all of them if they are few."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    if not names:
        return "there are none"
    shown = ", ".join(names[:8])
    return f"there are {shown}" + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _short(subject: str, text: str, most: int) -> None:
    if len(text) > most:
        problem = f"is {len(text)} characters long, and {most} are the most"
        raise ArgumentError(subject, problem, "a few words say it" if most == MAX_PROMPT else "give a name")


def _legible(subject: str, text: str) -> None:
    """What goes into timelines must be text: no bytes that are not UTF-8, no character that ends a string."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        shown = text.encode(errors="backslashreplace").decode().replace("\0", "\\0")
        raise ArgumentError(subject, f"'{shown}' is not UTF-8 text", "write it in UTF-8")


def _nameable(path: Path | None, longest: int) -> None:
    """``longest``: bytes of its name; of the folders around it as many as file systems hold."""
    if path is None:
        return
    _legible("a file name", str(path))
    for part in path.parts:
        most = longest if part == path.name else _LONGEST_PART
        if len(os.fsencode(part)) > most:
            raise ArgumentError(f"{part[:40]}...", f"is a name of more than {most} bytes", "give a shorter one")


def seconds(given: str | float) -> Fraction:
    """Exact seconds of what somebody wrote: "1.5", "3/2", 2. Raises ValueError."""
    if not _SECONDS.fullmatch(str(given)):
        raise ValueError(f"{given!r} is not a number of seconds")
    return Fraction(str(given))


_LONGEST_PART = 255  # bytes of a name on every file system
_LONGEST_OUTPUT = 220  # the names of what is made beside it are longer
_SECONDS = re.compile(r"-?\d{1,9}(\.\d{1,9}|/0*[1-9]\d{0,8})?")


def _in_range(option: str, value: float | Fraction, lowest: float, highest: float) -> None:
    if not lowest <= value <= highest:
        raise ArgumentError(option, f"{_plain(value)} is out of range", f"use a number from {lowest:g} to {highest:g}")


def _plain(value: float | Fraction) -> float | Fraction:
    return float(value) if isinstance(value, Fraction) and abs(value) < sys.float_info.max else value


_WORDS = ("prompt", "negative_prompt", "background", "consent")
_CHOSEN = ("task", "source", "film", "clips")
_TEXTS = (*_WORDS, *_CHOSEN, "engine", "voice", "language", "device", "loudness", "pan_law", "shots")
_PATHS = ("timeline", "out", "weights", "media_dir", "spots")
_INTEGERS = ("seed", "takes", "steps")
_FLOATS = ("guidance", "width")
_SWITCHES = ("two_pop", "tail_pop", "replace", "anew", "relevel", "mark", "credentials")
_NAMES = ("segments", "only")


def _typed(name: str, value: Any) -> Any:
    """A JSON value as the type of its field; bool is not a number here."""
    if name in _PATHS and isinstance(value, str) and value:
        return Path(value)
    if name in _TEXTS and isinstance(value, str):
        return value
    if name in _INTEGERS and isinstance(value, int) and not isinstance(value, bool):
        return value
    if name in _FLOATS and isinstance(value, int | float) and not isinstance(value, bool):
        with contextlib.suppress(OverflowError):  # JSON's integers have no end
            return float(value)
    if name in _SWITCHES and isinstance(value, bool):
        return value
    if name == "rate" and value == AUTO_RATE:
        return AUTO_RATE
    if name in ("handles", "rate") and isinstance(value, int | float | str) and not isinstance(value, bool):
        with contextlib.suppress(ValueError):
            return seconds(value)
    if name == "music" and isinstance(value, dict):
        return MusicSettings.from_mapping(value)
    if name in _NAMES and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ArgumentError(name, f"{str(value)[:80]!r} is of the wrong kind")
