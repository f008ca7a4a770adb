"""SoundFonts: where the user has one, a score may be played with its samples in place of our own instruments.

It is rendered by symusic, an optional extra, stretch by stretch: a note is played whole in the stretch in which it
begins, and the stretches are added up, so that memory does not grow with the piece. No SoundFont is ever fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.errors import InputError, MissingExtraError
from talkies.core.instruments.orchestra import INSTRUMENTS
from talkies.core.instruments.performing import CEILING_DBTP, END_FADE_S, blocks_of, to_samples
from talkies.core.instruments.played import PlayedNote, checked
from talkies.core.media.limiter import limited
from talkies.core.media.wav.bwf import SAMPLE_RATE

SYSTEM_FOLDERS = tuple(
    Path(folder)
    for folder in (
        *("/usr/share/sounds/sf3", "/usr/share/sounds/sf2", "/usr/share/soundfonts"),
        *("/usr/local/share/soundfonts", "/Library/Audio/Sounds/Banks"),
    )
)
"""Where distributions put SoundFonts."""
PROGRAMS = {
    "piano": 0, "glockenspiel": 9, "theatre_organ": 16, "harmonium": 20, "violin": 40, "violas": 41, "cello": 42,
    "cellos": 42, "basses": 43, "harp": 46, "timpani": 47, "violins": 48, "trumpet": 56, "horn": 60, "oboe": 68,
    "bassoon": 70, "clarinet": 71, "flute": 73,
}  # fmt: skip
"""General MIDI programs, counted from 0; tremolo and pizzicato are 44 and 45."""
DRUM_KEYS = {"bass_drum": 36, "snare": 38, "cymbal": 49, "triangle": 81}
_STRETCH = 30 * SAMPLE_RATE
_RINGS_ON = 6 * SAMPLE_RATE
_SUFFIXES = (".sf2", ".sf3")
_LEVEL = 0.5
_TICKS, _EARLY = 4, 1
"""Ticks of the renderer's score for each sample, and how many before its sample a note is written: the renderer counts
in seconds, which are not exact, and begins with the next whole sample; written on the sample, it is one late at times.
"""


OWN, SYSTEM = "own", "system"
"""Words in place of a file: our own instruments, and the first SoundFont in the system's folders."""
RENDERER = "0.5"
"""The series of symusic that renders; that of 0.6.0 is broken."""


def find_soundfont(named: str = OWN, folders: Iterable[Path] = SYSTEM_FOLDERS) -> Path | None:
    """The SoundFont that an option or the configuration names, None for our own instruments. Raises InputError for a
    file that is none, and where the system has none."""
    if named in ("", OWN):
        return None
    if named == SYSTEM:
        found = next(iter(system_soundfonts(folders)), None)
        if found is None:
            raise InputError("SoundFont", "there is none in the system's folders", "install one, or name a file")
        return found
    path = Path(named)
    with suppress(OSError, RuntimeError, ValueError):  # a home of nobody's, a name too long, a folder that is closed
        path = path.expanduser()
        if path.is_file() and path.suffix.lower() in _SUFFIXES:
            return path
    raise InputError(path, "is not a SoundFont", "name a file that ends with .sf2 or .sf3")


def system_soundfonts(folders: Iterable[Path] = SYSTEM_FOLDERS) -> list[Path]:
    """Those that lie there, folder by folder, by name."""
    found: list[Path] = []
    for folder in folders:
        with suppress(OSError):
            found += [path for path in sorted(folder.iterdir()) if path.suffix.lower() in _SUFFIXES and path.is_file()]
    return found


def check_renderer() -> None:
    """Raises MissingExtraError where symusic is absent or cannot render."""
    cure = "pip install 'talkies[soundfont]'"
    try:
        installed = version("symusic")
    except PackageNotFoundError as error:
        raise MissingExtraError("symusic", "is not installed; SoundFonts need it", cure) from error
    if not installed.startswith(f"{RENDERER}."):
        raise MissingExtraError("symusic", f"{installed} does not render; {RENDERER}.8 does", cure)


def perform_soundfont(
    notes: Iterable[PlayedNote],
    length_samples: int,
    soundfont: Path,
    block: int = SAMPLE_RATE // 2,
    fade_s: float = END_FADE_S,
) -> Iterator[Samples]:
    """As :func:`talkies.core.instruments.perform`, with the samples of a SoundFont: the same bits each time, pitches
    rounded to keys. Raises MissingExtraError without symusic, InputError for a file that cannot be read."""
    check_renderer()
    import symusic

    try:
        synthesizer = symusic.Synthesizer(str(soundfont), SAMPLE_RATE, 0)
    except Exception as error:  # what the native reader raises is not documented
        raise InputError(soundfont, f"cannot be read as a SoundFont ({error})", "name another") from error
    rendered = _added_up(symusic, synthesizer, checked(notes, INSTRUMENTS), length_samples)
    return blocks_of(limited(rendered, CEILING_DBTP, SAMPLE_RATE), length_samples, block, fade_s)


def _added_up(symusic: Any, synthesizer: Any, notes: Iterator[PlayedNote], length: int) -> Iterator[Samples]:
    held, done = np.zeros((2, 0), np.float32), 0
    for number, some in groupby(notes, lambda note: to_samples(note.onset) // _STRETCH):
        start = number * _STRETCH
        if start >= length:
            break
        for at in range(done, start, _STRETCH):
            given, held = _first(held)
            yield given
            done = at + _STRETCH
        sound = _stretch(symusic, synthesizer, list(some), start)
        held = np.pad(held, ((0, 0), (0, max(sound.shape[1] - held.shape[1], 0))))
        held[:, : sound.shape[1]] += sound
    while done < length:
        given, held = _first(held)
        yield given
        done += _STRETCH


def _first(held: Samples) -> tuple[Samples, Samples]:
    """The first stretch, padded, and what comes after it."""
    given = np.zeros((2, _STRETCH), np.float32)
    given[:, : min(held.shape[1], _STRETCH)] = held[:, :_STRETCH]
    return given, held[:, _STRETCH:]


def _stretch(symusic: Any, synthesizer: Any, notes: list[PlayedNote], start: int) -> Samples:
    """(2, n) the notes of a stretch until they have died away, each from its own sample on."""
    score = symusic.Score(SAMPLE_RATE // 2 * _TICKS)
    score.tempos.append(symusic.Tempo(0, 120))
    tracks: dict[str, Any] = {}
    for note in notes:
        track = tracks.get(note.instrument)
        if track is None:
            drum = note.instrument in DRUM_KEYS
            track = tracks[note.instrument] = symusic.Track("", 0 if drum else program_of(note.instrument), drum)
        length = max(to_samples(note.length_s), 1)
        pitch = DRUM_KEYS.get(note.instrument, round(note.pitch))
        begin = max((to_samples(note.onset) - start) * _TICKS - _EARLY, 0)
        track.notes.append(symusic.Note(begin, length * _TICKS, pitch, note.velocity))
    for track in tracks.values():
        score.tracks.append(track)
    last = max(to_samples(note.onset) + to_samples(note.length_s) for note in notes) - start
    sound = np.asarray(synthesizer.render(score, stereo=True), np.float32) * np.float32(_LEVEL)
    return sound[:, : last + _RINGS_ON]


def program_of(instrument: str) -> int:
    """General MIDI, counted from 0."""
    if instrument.endswith("_tremolo"):
        return 44
    return 45 if instrument.endswith("_pizzicato") else PROGRAMS[instrument]
