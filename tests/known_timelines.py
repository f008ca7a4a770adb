"""Timelines whose every fact is known without asking talkies, and takes for them; what tests/host_suite.py opens.

    frames      0        24   40   48    60                    132
    Inserts              [ C  ]
    Picture     [ A                ]     [ B                    ]
    Subtitles      [ 6-30 ]                [ 66-120 ]
    Wild track         [ wind, 12-84                ]

All are cut alike in frames; rate and start differ. Everything is said in frames here and in exact seconds to the tests.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
from films import write_movie
from numbered_movies import h264

from talkies.core.media.wav.bwf import write_bwf
from talkies.core.segment import Cue, StemName, Take
from talkies.core.times import TimeRange, to_sample

SAMPLE_RATE = 48_000
CLICK = Fraction(1, 10)
"""Each take has one click, so many seconds after its record start."""


@dataclass(frozen=True)
class Cut:
    """A clip: ``name``, its first frame on the timeline and the one after its last, its first frame in the medium."""

    name: str
    first: int
    end: int
    source: int = 0


PICTURE = (Cut("A", 0, 48), Cut("B", 60, 132, 24))
INSERTS = (Cut("C", 24, 40, 100),)
WORDS = (Cut("ANNA: Hello there.", 6, 30), Cut("[door slams]", 66, 120))
WILD = (Cut("wind", 12, 84, 6),)
FRAMES = 132
MEDIUM_FRAMES = 130


@dataclass(frozen=True)
class Known:
    """One of the timelines. ``start_frame``: of its first frame's timecode."""

    name: str
    rate: Fraction
    start_frame: int
    drop_frame: bool = False

    def __str__(self) -> str:
        return self.name

    def seconds(self, frame: int) -> Fraction:
        return frame / self.rate

    def range(self, cut: Cut) -> TimeRange:
        return TimeRange(self.seconds(cut.first), self.seconds(cut.end))

    @property
    def start(self) -> Fraction:
        return self.seconds(self.start_frame)

    @property
    def duration(self) -> Fraction:
        return self.seconds(FRAMES)

    @property
    def pictures(self) -> dict[str, tuple[TimeRange, TimeRange]]:
        """Record and source range of every clip of picture, by its name."""
        sources = {cut.name: TimeRange(self.seconds(cut.source), self.seconds(cut.source + cut.end - cut.first))
                   for cut in (*PICTURE, *INSERTS)}  # fmt: skip
        return {cut.name: (self.range(cut), sources[cut.name]) for cut in (*PICTURE, *INSERTS)}

    @property
    def cues(self) -> tuple[Cue, ...]:
        spoken, heard = WORDS
        return (
            Cue(self.range(spoken), "Hello there.", "speech", "ANNA"),
            Cue(self.range(heard), "door slams", "sound"),
        )

    @property
    def wild(self) -> TimeRange:
        """Where the user's own sound plays."""
        return self.range(WILD[0])

    def write(self, folder: Path, words: bool = True) -> Path:
        """``known.otio`` with its ``film.mp4`` and ``wind.wav`` in a folder, with or without its subtitles."""
        for name, content in media(self.rate).items():
            (folder / name).write_bytes(content)
        timeline = otio.schema.Timeline("known", global_start_time=self._time(self.start_frame))
        for name, kind, cuts, medium in (
            ("Picture", "Video", PICTURE, "film.mp4"),
            ("Inserts", "Video", INSERTS, "film.mp4"),
            ("Subtitles", "Subtitle", WORDS, ""),
            ("Wild track", "Audio", WILD, "wind.wav"),
        ):
            if words or kind != "Subtitle":
                track = otio.schema.Track(name, kind=kind)
                track.extend(self._items(cuts, medium))
                timeline.tracks.append(track)
        otio.adapters.write_to_file(timeline, str(folder / "known.otio"))
        return folder / "known.otio"

    def takes(self, folder: Path, seed: int = 0) -> list[Take]:
        """Five takes: stereo effects for A and B, another take of those for B, and two lines that overlap."""
        return [
            self._take(folder, "FX", "A", 0, 48, seed, tail=6, channels=2),
            self._take(folder, "FX", "B", 60, 132, seed, head=12, tail=6, channels=2),
            self._take(folder, "FX", "B", 60, 132, seed, number=2, channels=2),
            self._take(folder, "DX", "ANNA", 6, 30, seed, head=3, speaker="ANNA"),
            self._take(folder, "DX", "BORIS", 20, 44, seed, speaker="BORIS"),
        ]

    def events(self, folder: Path, seed: int = 0) -> list[Take]:
        """Clips of four events in A, each still ringing when the next begins, with a frame of handle before it."""
        return [
            self._take(
                folder, "FX", f"A-{number}", first, end, seed, head=1, tail=2, channels=2, spot=f"V1-A.0{number}"
            )
            for number, (first, end) in enumerate(((2, 13), (10, 22), (20, 34), (30, 46)), start=1)
        ]

    def portraits(self, folder: Path, seed: int = 0) -> list[Take]:
        """Movies for A and B, and another one of B; each picture is numbered."""
        return [
            self._portrait(folder, "A", 0, 48, seed),
            self._portrait(folder, "B", 60, 132, seed),
            self._portrait(folder, "B", 60, 132, seed, number=2),
        ]

    def _portrait(self, folder: Path, name: str, first: int, end: int, seed: int, number: int = 1) -> Take:
        record = TimeRange(self.seconds(first), self.seconds(end))
        title = f"PX_{name}_s{seed}_t{number:02}"
        path = h264(folder / f"{title}.mp4", end - first, self.rate)
        facts = {"seed": seed, "film": "h264"}
        return Take(
            f"V1-{name}", "PX", title, path, record, SAMPLE_RATE, number=number, channels=0, metadata=facts
        )  # fmt: skip

    def score(self, folder: Path, seed: int = 0) -> list[Take]:
        """Two sections of one score, which join within B, and the second as another take."""
        return [
            self._take(folder, "MX", "m1", 0, 90, seed, tail=12, channels=2),
            self._take(folder, "MX", "m2", 90, 132, seed, head=12, tail=12, channels=2),
            self._take(folder, "MX", "m2", 90, 132, seed, head=12, tail=12, number=2, channels=2),
        ]

    def _take(
        self,
        folder: Path,
        stem: StemName,
        name: str,
        first: int,
        end: int,
        seed: int,
        *,
        head: int = 0,
        tail: int = 0,
        number: int = 1,
        channels: int = 1,
        speaker: str = "",
        spot: str = "",
    ) -> Take:
        """A real sound file with its click, and handles of ``head`` and ``tail`` frames; ``seed`` tells those of one
        call of :meth:`takes` from the next. ``spot``: the event that it is the clip of."""
        record = TimeRange(self.seconds(first), self.seconds(end))
        title = f"{stem}_{name}_s{seed}_t{number:02}"
        facts = {"seed": seed, "prompt": "steps, gravel"} | ({"spot": spot} if spot else {})
        path = folder / f"{title}.wav"
        handles = self.seconds(head), self.seconds(tail)
        take = Take(
            f"V1-{name}", stem, title, path, record, SAMPLE_RATE, *handles, number, channels, speaker, metadata=facts
        )
        first_sample, count = take.file_range.samples(SAMPLE_RATE)
        sound = np.zeros((channels, count), np.float32)
        sound[:, to_sample(record.start + CLICK, SAMPLE_RATE) - first_sample] = 0.5
        midnight = to_sample(self.start, SAMPLE_RATE) + first_sample
        write_bwf(path, [sound], channels=channels, time_reference=midnight, count=count)
        return take

    def _items(self, cuts: Iterable[Cut], medium: str) -> list[Any]:
        items: list[Any] = []
        position = 0
        for cut in cuts:
            if cut.first > position:
                items.append(otio.schema.Gap(source_range=self._span(0, cut.first - position)))
            whole = self._span(0, MEDIUM_FRAMES)
            reference = otio.schema.ExternalReference(medium, whole) if medium else otio.schema.MissingReference()
            items.append(otio.schema.Clip(cut.name, reference, self._span(cut.source, cut.end - cut.first)))
            position = cut.end
        return items

    def _time(self, frame: int) -> Any:
        return otio.opentime.RationalTime(frame, float(self.rate))

    def _span(self, first: int, count: int) -> Any:
        return otio.opentime.TimeRange(self._time(first), self._time(count))


@cache
def media(rate: Fraction) -> dict[str, bytes]:
    """The film and the sound of the timelines at a rate, by file name; made once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_movie(folder / "film.mp4", float(MEDIUM_FRAMES / rate), rate)
        write_bwf(folder / "wind.wav", [np.full((1, 8 * SAMPLE_RATE), 0.01, np.float32)], sample_rate=SAMPLE_RATE)
        return {path.name: path.read_bytes() for path in folder.iterdir()}


KNOWN = (
    Known("24 from one hour", Fraction(24), 86_400),
    Known("25 from zero", Fraction(25), 0),
    Known("23.976 from one hour", Fraction(24000, 1001), 86_400),
    Known("29.97 drop frame from one hour", Fraction(30000, 1001), 107_892, True),
)
NTSC = KNOWN[2]
"""Where most goes wrong: no whole number of samples a frame."""
