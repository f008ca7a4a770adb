"""A score as a Standard MIDI File of type 1: tempo map, keys, meters, markers at hits and sections, SMPTE offset.

One track of the conductor, then one for each instrument. Written by mido; the sum of tempos, which MIDI rounds to
microseconds a quarter, is corrected from span to span, so that no hit is off by more than half a microsecond a beat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import mido

from talkies.core.files.atomic import output_errors, write_atomically
from talkies.core.score.composed import Note, Score
from talkies.core.score.ensemble import INSTRUMENTS
from talkies.core.times import round_half_up, to_frame

TICKS = 960  # a quarter
_DRUMS = 9
_RATES = {24: 24, 25: 25, 30: 30}

_Event = tuple[int, int, mido.Message | mido.MetaMessage]
"""Tick, rank among those of one tick, message."""


def write_midi(score: Score, path: Path, rate: Fraction, start_timecode: Fraction = Fraction(0)) -> None:
    """``start_timecode``: seconds of the first picture's timecode. Raises OutputError; no file is half written."""
    with output_errors(path):
        write_atomically(path, midi_bytes(score, rate, start_timecode))


def midi_bytes(score: Score, rate: Fraction, start_timecode: Fraction = Fraction(0)) -> bytes:
    """The file's content."""
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS, charset="utf-8")
    file.tracks.append(_track("Conductor", _conducted(score, rate, start_timecode)))
    channels = _channels(score.instruments)
    for name, channel in channels.items():
        own = [note for note in score.notes if note.instrument == name]
        file.tracks.append(_track(name, _played(own, name, channel)))
    buffer = BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _channels(names: Iterable[str]) -> dict[str, int]:
    free = iter(channel for channel in range(16) if channel != _DRUMS)
    return {name: _DRUMS if INSTRUMENTS[name].program is None else next(free) for name in names}


def _track(name: str, events: Iterable[_Event]) -> mido.MidiTrack:
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name, time=0)])
    at = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - at))
        at = tick
    track.append(mido.MetaMessage("end_of_track", time=0))
    return track


def _tick(beat: Fraction) -> int:
    return round_half_up(beat * TICKS)


def _conducted(score: Score, rate: Fraction, start: Fraction) -> Iterator[_Event]:
    yield 0, 0, smpte_offset(start, rate)
    for beat, tempo in _tempos(score):
        yield _tick(beat), 1, mido.MetaMessage("set_tempo", tempo=tempo)
    yield from _signatures(score)
    for section in score.sections:
        yield _tick(section.beats[0]), 4, mido.MetaMessage("marker", text=section.name)
    for number, hit in enumerate(score.hits, 1):
        text = f"hit {number}: {hit.kind}" + (f" {hit.name}" if hit.name else "")
        yield _tick(score.tempo_map.beat_at(hit.time)), 5, mido.MetaMessage("marker", text=text)


def _tempos(score: Score) -> Iterator[tuple[Fraction, int]]:
    """Beat and microseconds a quarter; what was rounded in a span is made up for in the next."""
    passed = Fraction(0)  # microseconds, as the file has them
    knots = score.tempo_map.knots
    for (_, beat), (time, after) in pairwise(knots):
        tempo = max(round_half_up((time * 1_000_000 - passed) / (after - beat)), 1)
        passed += tempo * (after - beat)
        yield beat, tempo


def _signatures(score: Score) -> Iterator[_Event]:
    meter = None
    for section in score.sections:
        yield _tick(section.beats[0]), 3, mido.MetaMessage("key_signature", key=section.key.name)
        for bar in section.bars:
            if bar.meter != meter:
                meter = bar.meter
                signature = mido.MetaMessage("time_signature", numerator=meter.count, denominator=meter.unit)
                yield _tick(bar.start), 2, signature


def _played(notes: Iterable[Note], name: str, channel: int) -> Iterator[_Event]:
    instrument = INSTRUMENTS[name]
    if instrument.program is not None:
        yield 0, 0, mido.Message("program_change", program=instrument.program, channel=channel)
    for note in notes:
        pitch = instrument.drum or note.pitch
        start, end = _tick(note.start), max(_tick(note.end), _tick(note.start) + 1)
        yield start, 2, mido.Message("note_on", note=pitch, velocity=note.velocity, channel=channel)
        yield end, 1, mido.Message("note_off", note=pitch, velocity=0, channel=channel)


def smpte_offset(start: Fraction, rate: Fraction) -> mido.MetaMessage:
    """Where the file begins, in the rate of MIDI that counts as the film does, or 25 for one that none does.

    Rates of 48, 50 and 60 count two frames for each of MIDI's; hours wrap at 24.
    """
    nominal = round_half_up(rate)
    counted = next((base for base in _RATES if nominal % base == 0), 25)
    shown: float = 29.97 if counted == 30 and rate.denominator != 1 else counted
    alike = nominal % counted == 0
    frames = Fraction(to_frame(start, rate) * counted, nominal) if alike else start * counted
    whole = int(frames)
    seconds, frame = divmod(whole, counted)
    return mido.MetaMessage(
        "smpte_offset",
        frame_rate=shown,
        hours=seconds // 3600 % 24,
        minutes=seconds // 60 % 60,
        seconds=seconds % 60,
        frames=frame,
        sub_frames=min(round_half_up((frames - whole) * 100), 99),
        time=0,
    )
