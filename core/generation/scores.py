"""The music of a run: each take a composed and performed score, cut into a clip for each section.

Scored ─► compose ─► perform, once per take, into a file of floats ─► loudness of the whole ─► sections, ducked, saved
       └► what is composed, in words ─► an engine, where one was chosen ─┘

Every section gets the gain of the whole piece, so that a soft one stays soft. Takes after those that were asked for are
the same pieces without ducking, where something is spoken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.engines.base import Engine
from talkies.core.errors import EngineError
from talkies.core.files.atomic import output_errors
from talkies.core.generation.music_player import MusicPlayer
from talkies.core.generation.planning.music import Scored
from talkies.core.generation.request import Request
from talkies.core.generation.take_metadata import music_metadata
from talkies.core.instruments import SALON, THEATRE, PlayedNote, Tones, perform
from talkies.core.instruments.performing import END_FADE_S, blocks_of
from talkies.core.instruments.soundfont import perform_soundfont
from talkies.core.mark.payload import MARK
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.under_speech.ducking import SETTLED_S, Ducking
from talkies.core.media.under_speech.speech_bands import LineMeter
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.score.composed import Score
from talkies.core.score.papers.hit_list import hits_csv
from talkies.core.score.papers.midi import midi_bytes
from talkies.core.score.papers.tempo_list import tempo_csv
from talkies.core.segment import Stem, Take, Timeline
from talkies.core.takes.levels import BELOW_TARGET, gain_for
from talkies.core.takes.saving import CHUNK_SAMPLES, exactly, save_take, take_name
from talkies.core.times import TimeRange, to_sample

_FRAME_BYTES = 8  # two floats
_LARGE = ("orchestra",)
_PAPERS = (".mid", ".csv", "_hits.csv")


@dataclass
class _Piece:
    """A performed score: where its floats lie, the gain (dB) that its loudness asks for, how it makes way."""

    sound: Path
    gain_db: float
    ducking: Ducking


@dataclass
class Scores:
    """Makes the takes of music in ``folder``. ``papers``: MIDI and tempo list of each piece that is played here, by
    file name; None: there is none of it, and one of an earlier run goes. ``engine``: what plays instead; ``warnings``
    gathers what the user should know of that."""

    request: Request
    timeline: Timeline
    folder: Path
    music: Scored
    papers: dict[str, bytes | None] = field(default_factory=dict)
    engine: Engine | None = None
    warnings: list[str] = field(default_factory=list)
    _scores: dict[int, Score] = field(default_factory=dict)
    _pieces: dict[int, _Piece] = field(default_factory=dict)
    _failed: dict[int, EngineError] = field(default_factory=dict)

    @cached_property
    def _tones(self) -> Tones:
        """What the instruments have played before: pieces of one run share it."""
        return Tones(THEATRE if self.music.asked.ensemble in _LARGE else SALON)

    def take(self, stem: Stem, index: int, number: int, on_share: Callable[[float], None] = lambda share: None) -> Take:
        """The take ``number`` of a section, the ``index``-th of those that are planned. ``on_share`` hears how much is
        made and may raise CancelledError. Raises OutputError, InputError, EngineError."""
        seed = self._seed(index)
        ducked = self.music.is_ducked and index < self.request.takes
        piece, metadata = self._performed(stem, seed, on_share), self._metadata(stem, seed, ducked)
        head = min(self.music.handle, stem.record.start - self.music.span.start)
        tail = self.music.handle
        self.keep_papers(index, number)
        return save_take(
            stem,
            self.timeline,
            self._cut(piece, TimeRange(stem.record.start - head, stem.record.end + tail), ducked),
            self.folder,
            number=number,
            handles=(head, tail),
            loudness=PRESETS[self.request.loudness],
            gain_db=piece.gain_db,
            part=stem.part,
            mark=metadata.get(MARK),
            metadata=metadata,
        )

    def _metadata(self, stem: Stem, seed: int, ducked: bool) -> dict[str, Any]:
        if self.player is None:
            return music_metadata(stem, self.request, self._composed(seed), self.music, seed=seed, ducked=ducked)
        return self.player.metadata(stem, seed=seed, ducked=ducked)

    def keep_papers(self, index: int, number: int) -> None:
        """MIDI, tempo list and hits of a take, for whoever plays or edits the music further; an engine has none."""
        names = [f"MX_t{number:02}{ending}" for ending in _PAPERS]
        if names[0] not in self.papers:
            self.papers.update(zip(names, self._papers(index), strict=True))

    def _papers(self, index: int) -> tuple[bytes | None, ...]:
        """MIDI, tempo list and hits."""
        if self.engine is not None:
            return (None,) * len(_PAPERS)
        score, start = self._composed(self._seed(index)), self.timeline.start + self.music.span.start
        lists = (tempo_csv(score, self.timecode), hits_csv(score, self.timecode))
        return (midi_bytes(score, self.timeline.rate, start), *(each.encode() for each in lists))

    def _seed(self, index: int) -> int:
        return self.request.seed + index % self.request.takes

    def _composed(self, seed: int) -> Score:
        if seed not in self._scores:
            self._scores[seed] = self.music.composed(seed)
        return self._scores[seed]

    def _performed(self, stem: Stem, seed: int, on_share: Callable[[float], None]) -> _Piece:
        """The piece of a seed, which is performed for its first section and kept for the others; where an engine could
        not, it is not asked again."""
        if seed in self._failed:
            raise self._failed[seed]
        if seed not in self._pieces:
            try:
                self._pieces[seed] = self._piece(stem, seed, on_share)
            except EngineError as error:
                self._failed[seed] = error
                raise
        return self._pieces[seed]

    def _piece(self, stem: Stem, seed: int, on_share: Callable[[float], None]) -> _Piece:
        path = self.folder / f"{take_name('MX', stem.segment, part='score', number=len(self._pieces))}.wav.raw.part"
        with output_errors(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            meter = self._play(seed, path, on_share)
        gain = gain_for("MX", meter.level(), PRESETS[self.request.loudness])
        return _Piece(path, gain, Ducking.of(self.music.duck, meter, -BELOW_TARGET["MX"]))

    @cached_property
    def player(self) -> MusicPlayer | None:
        """Plays in place of our own instruments, where an engine was chosen."""
        return None if self.engine is None else MusicPlayer(self.engine, self.request, self.music, self.warnings)

    def _play(self, seed: int, path: Path, on_share: Callable[[float], None]) -> LineMeter:
        """Performs a piece into a file of floats, frames of two, and measures it."""
        meter = LineMeter(self.music.speech, SAMPLE_RATE)
        with path.open("wb") as file:
            for block in self._sounding(seed, on_share):
                meter.add(block)
                file.write(np.ascontiguousarray(block.T, np.float32).tobytes())
        return meter

    def _sounding(self, seed: int, on_share: Callable[[float], None]) -> Iterator[Samples]:
        """Blocks (2, n) of the whole piece."""
        if self.player is not None:
            played = exactly(self.player.play(seed, on_share), self._samples, self.folder)
            yield from blocks_of(played, self._samples, SAMPLE_RATE // 2, self._fade_s)
            self.warnings.extend(self.player.engine.remarks())
            return
        count = 0
        for block in self._performing(self._composed(seed), seed):
            yield block
            count += block.shape[1]
            on_share(count / self._samples)

    def _performing(self, score: Score, seed: int) -> Iterator[Samples]:
        if self.music.soundfont is not None:
            return perform_soundfont(played(score), self._samples, self.music.soundfont, fade_s=self._fade_s)
        room, fade_s = self._tones.room, self._fade_s
        return perform(played(score), self._samples, seed, room, tones=self._tones, fade_s=fade_s)

    @property
    def _fade_s(self) -> float:
        """What rings beyond the handle is let go within its second half."""
        return max(float(self.music.handle) / 2, END_FADE_S)

    @property
    def _first(self) -> int:
        """The sample of the timeline on which a piece begins."""
        return to_sample(self.music.span.start, SAMPLE_RATE)

    @property
    def _samples(self) -> int:
        return to_sample(self.music.span.end + self.music.handle, SAMPLE_RATE) - self._first

    def _cut(self, piece: _Piece, covered: TimeRange, ducked: bool) -> Iterator[Samples]:
        """Blocks (2, n) of what a clip covers."""
        first, count = covered.samples(SAMPLE_RATE)
        place, end = first - self._first, first - self._first + count
        early = min(to_sample(SETTLED_S, SAMPLE_RATE), place) if ducked else 0
        blocks = self._read(piece, place - early, end)
        if not ducked:
            yield from blocks
            return
        for block in piece.ducking.applied(blocks, place - early, SAMPLE_RATE):
            yield block[:, early:]
            early = max(early - block.shape[1], 0)

    def _read(self, piece: _Piece, place: int, end: int) -> Iterator[Samples]:
        """Blocks of a piece between two of its samples."""
        with piece.sound.open("rb") as file:
            file.seek(place * _FRAME_BYTES)
            while place < end:
                data = file.read(min(CHUNK_SAMPLES, end - place) * _FRAME_BYTES)
                block = np.frombuffer(data, np.float32).reshape(-1, 2).T
                yield block
                place += block.shape[1]

    def timecode(self, time: Fraction) -> str:
        """The record timecode of a time of the score."""
        return self.timeline.timecode(self.music.span.start + time)


def played(score: Score) -> list[PlayedNote]:
    """The notes as their instruments play them, in order; those on hits are marked."""
    notes, hits = [], {score.tempo_map.beat_at(hit.time) for hit in score.hits}
    for note in score.notes:
        span, marked = score.seconds(note), note.start in hits
        notes.append(PlayedNote(span.start, span.duration, note.pitch, note.velocity, note.instrument, marked))
    return sorted(notes, key=lambda note: note.onset)
