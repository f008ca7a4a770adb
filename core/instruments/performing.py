"""Performing: notes become sound, block by block; memory holds what sounds now, however long the piece.

notes ─► voices (tone, level, end) ─► direct and sent to the room ─► room ─► limiter ─► blocks
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from talkies.core.arrays import Floats32, Samples
from talkies.core.instruments.orchestra import INSTRUMENTS, Instrument
from talkies.core.instruments.played import PlayedNote, checked
from talkies.core.instruments.rooms import CHUNK, SALON, Room, heard_in
from talkies.core.instruments.tone import Touch
from talkies.core.instruments.tones import Key, Tones
from talkies.core.media.limiter import limited
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.times import to_sample

CEILING_DBTP = -1.0
"""True peak that no chord exceeds."""
END_FADE_S = 0.01
_MASTER_DB = -21.0  # of one note at velocity 127: an ensemble in full stays under the ceiling without the limiter
_EARLIEST_S = 0.1  # no tone begins to sound longer before its note
_RELEASE_DB = 78.0
_STRUCK_AGAIN_S = 0.12
_OPENING = 6.0
_BITS = (1 << 64) - 1
_CHANCE_DB, _CHANCE_BRIGHT = 0.35, 0.15


def perform(
    notes: Iterable[PlayedNote],
    length_samples: int,
    seed: int,
    room: Room = SALON,
    block: int = SAMPLE_RATE // 2,
    tones: Tones | None = None,
    fade_s: float = END_FADE_S,
) -> Iterator[Samples]:
    """Stereo blocks (2, ``block``) at 48 kHz, the last one shorter, ``length_samples`` in all.

    ``notes`` are ordered by onset and may be read late. A seed gives the same bits whatever ``block`` is; ``tones``
    (of the same room) may be kept for the next take. What still sounds at the end is faded within ``fade_s``. Raises
    ArgumentError for a note that cannot be played.
    """
    store = tones or Tones(room)
    assert store.room == room, "tones belong to another room"
    chunks = heard_in(room, _mixed(checked(notes, INSTRUMENTS), length_samples, seed, store))
    return blocks_of(limited(chunks, CEILING_DBTP, SAMPLE_RATE), length_samples, block, fade_s)


def blocks_of(chunks: Iterable[Samples], length: int, block: int, fade_s: float) -> Iterator[Samples]:
    """``length`` samples of what comes in chunks of any size, the last ``fade_s`` seconds of them faded."""
    held, left = np.zeros((2, 0), np.float32), length
    for chunk in chunks:
        held = np.concatenate([held, chunk], axis=1)[:, :left]
        while held.shape[1] >= block or (left and held.shape[1] == left):
            given, held = held[:, :block].copy(), held[:, block:]
            left -= given.shape[1]
            _fade_end(given, left, max(round(fade_s * SAMPLE_RATE), 1))
            yield given


def _fade_end(block: Samples, left: int, fade: int) -> None:
    """Fades the last ``fade`` samples of the whole; ``left`` samples come after this block."""
    count = min(max(fade - left, 0), block.shape[1])
    if count:
        share = np.arange(left + count, left, -1) / (fade + 1)
        block[:, block.shape[1] - count :] *= np.square(share).astype(np.float32)


@dataclass
class _Voice:
    """``start`` of the tone and ``end`` of the note in samples; ``skip``: samples of the tone that lie before 0."""

    key: Key
    instrument: Instrument
    start: int
    skip: int
    end: int
    release: Floats32
    mixture: tuple[float, float]

    @property
    def silent(self) -> int:
        return self.end + len(self.release)

    def damp(self, at: int) -> None:
        if at < self.end:
            self.end, self.release = at, _release(_STRUCK_AGAIN_S)


class _Players:
    """Hands out voices: which variant, how much louder or darker by chance."""

    def __init__(self, seed: int, tones: Tones) -> None:
        self._seed, self._tones, self._count = seed & 0xFFFFFFFF, tones, 0
        self._latest: dict[tuple[str, float], int] = {}

    def voice(self, note: PlayedNote) -> _Voice:
        instrument = INSTRUMENTS[note.instrument]
        which, louder, brighter = _shares(self._seed, self._count, 3)
        self._count += 1
        pitch = round(float(note.pitch), 3) if instrument.pitched else float(instrument.compass[0])
        variant = self._variant((note.instrument, pitch), instrument.variants, which)
        key = note.instrument, pitch, variant, _touch(note, instrument)
        tone = self._tones.tone(key)
        onset = to_samples(note.onset)
        end = onset + to_samples(note.length_s)
        start = onset - tone.lead
        rings = instrument.release is None
        release = _release(0.05 if instrument.release is None else instrument.release(pitch))
        end = start + tone.head if rings else max(end, onset + 1200)
        mixture = _mixture(instrument, note.velocity, 2 * louder - 1, 2 * brighter - 1)
        return _Voice(key, instrument, max(start, 0), max(-start, 0), end, release, mixture)

    def _variant(self, what: tuple[str, float], variants: int, which: float) -> int:
        """Never the one before."""
        before = self._latest.get(what, 0)
        self._latest[what] = (before + 1 + int(which * (variants - 1))) % variants
        if len(self._latest) > 4096:
            self._latest.clear()
        return self._latest.get(what, 0)


def _touch(note: PlayedNote, instrument: Instrument) -> Touch:
    """Only what speaks slowly is played in more than one way."""
    if not instrument.short_s:
        return "long"
    return "marked" if note.marked else "short" if float(note.length_s) < instrument.short_s else "long"


def level_db(instrument: Instrument, velocity: float) -> float:
    """dB over full scale's headroom: even steps of velocity are nearly even steps of level, finer at the top."""
    share = float(((velocity - 1) / 126) ** 0.75)
    return float(_MASTER_DB + instrument.level_db - instrument.range_db * (1 - share))


def loud_share(velocity: float) -> float:
    """How much of the loud layer: in dB the upper partials rise evenly with velocity."""
    return float((_OPENING ** ((velocity - 1) / 126) - 1) / (_OPENING - 1))


def to_samples(seconds: Fraction | float) -> int:
    return to_sample(seconds, SAMPLE_RATE) if isinstance(seconds, Fraction) else round(seconds * SAMPLE_RATE)


def _shares(seed: int, number: int, count: int) -> list[float]:
    """Even chances 0 to 1 that depend on these numbers alone (SplitMix64, Steele 2014)."""
    state, drawn = (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03) & _BITS, []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & _BITS
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _BITS
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _BITS
        drawn.append((mixed ^ (mixed >> 31)) / 2**64)
    return drawn


def _mixture(instrument: Instrument, velocity: int, louder: float, brighter: float) -> tuple[float, float]:
    """How much of the soft and of the loud layer; the last two -1 to 1 by chance."""
    gain = 10 ** ((level_db(instrument, velocity) + _CHANCE_DB * louder) / 20)
    loud = loud_share(velocity) * (1 + _CHANCE_BRIGHT * brighter) / (1 + _CHANCE_BRIGHT)
    return gain * (1 - loud), gain * loud


@lru_cache(maxsize=256)
def _release(t60: float) -> Floats32:
    """Gains after the end of a note, down to silence."""
    count = round(t60 * _RELEASE_DB / 60 * SAMPLE_RATE)
    times = np.arange(1, count + 1) / SAMPLE_RATE
    fall = np.exp(-times * (np.log(1000) / t60) * np.minimum(1, 0.5 + times / (0.3 * t60)))
    return np.asarray(fall * np.minimum(1, (times[-1] - times) / (0.2 * times[-1])), np.float32)


def _mixed(notes: Iterator[PlayedNote], length: int, seed: int, tones: Tones) -> Iterator[tuple[Samples, Samples]]:
    """(direct, sent) chunks until the length is covered, with room for the limiter to look ahead."""
    players, voices, waiting = _Players(seed, tones), list[_Voice](), next(notes, None)
    for start in range(0, length, CHUNK):
        while waiting is not None and to_samples(waiting.onset) < start + CHUNK + _EARLIEST_S * SAMPLE_RATE:
            voices = _joined(voices, players.voice(waiting))
            waiting = next(notes, None)
        yield _chunk(voices, start, tones)
        voices = [voice for voice in voices if voice.silent > start + CHUNK]


def _joined(voices: list[_Voice], new: _Voice) -> list[_Voice]:
    if new.instrument.damps:
        for voice in voices:
            if voice.key[:2] == new.key[:2]:
                voice.damp(new.start)
    return [*voices, new]


def _chunk(voices: list[_Voice], start: int, tones: Tones) -> tuple[Samples, Samples]:
    direct, sent = np.zeros((2, CHUNK), np.float32), np.zeros((2, CHUNK), np.float32)
    scratch = np.empty((2, 2, CHUNK), np.float32)
    for depth in sorted({voice.instrument.seat.depth for voice in voices}):
        bus = np.zeros((2, CHUNK), np.float32)
        for voice in voices:
            if voice.instrument.seat.depth == depth:
                _sound(voice, start, bus, tones, scratch)
        direct += bus
        bus *= np.float32(0.35 + 0.65 * depth)
        sent += bus
    return direct, sent


def _sound(voice: _Voice, start: int, bus: Samples, tones: Tones, scratch: Floats32) -> None:
    """Adds what a voice sounds in a chunk."""
    first, last = max(voice.start, start), min(voice.silent, start + CHUNK)
    if first >= last:
        return
    place, count = first - voice.start + voice.skip, last - first
    sound = scratch[0, :, :count]
    tones.read(voice.key, place, voice.mixture, sound, scratch[1, :, :count])
    if last > voice.end:
        ending = max(first, voice.end)
        sound[:, ending - first :] *= voice.release[ending - voice.end : last - voice.end]
    if voice.skip and place - voice.skip < 240:
        ramp = (np.arange(place - voice.skip, min(240, place - voice.skip + count)) / 240).astype(np.float32)
        sound[:, : len(ramp)] *= ramp
    bus[:, first - start : last - start] += sound
