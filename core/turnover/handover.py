"""Everything for the post house in one folder:

DIR/
  README.txt  SHA256SUMS
  reel.otio  reel.aaf                        the cut with the takes on tracks of their own
  TAKES/     DX_V1-001_..._t01.wav           each take with its handles
  STEMS/     reel_DX_talkies.wav             each track as one continuous file
  PICTURE/   reel_reference.mov              picture with timecode, and the mix
  CUES/      reel_cues.csv  reel_markers.edl  reel.srt  reel.vtt
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from talkies.core.credentials.signing import Signing
from talkies.core.credentials.waves import has_credential
from talkies.core.errors import OutputError
from talkies.core.events import Progress, Warned
from talkies.core.media.bwf_rewrite import rewrite_bwf
from talkies.core.media.loudness import Level, measure
from talkies.core.media.wav.bwf import SAMPLE_RATE, read_bext
from talkies.core.segment import Take, Timeline
from talkies.core.takes.levels import mixed
from talkies.core.takes.saving import time_reference
from talkies.core.timeline.formats.aaf.writer import AafFile
from talkies.core.timeline.formats.base import Writer
from talkies.core.timeline.formats.otio.writer import OtioFile
from talkies.core.timeline.our_tracks import without_our_tracks
from talkies.core.timeline.structure.tracks import lanes_of
from talkies.core.turnover.folder import check_folder, whole_folder
from talkies.core.turnover.from_timeline import SoundFile, takes_in
from talkies.core.turnover.provenance import provenance_facts
from talkies.core.turnover.readme import Contents, Fact
from talkies.core.turnover.reference import write_reference
from talkies.core.turnover.span import Pops, Span, span_of
from talkies.core.turnover.stems import reel_name, write_stems
from talkies.core.turnover.stems_folder import span_notes, stem_facts, write_lists, write_readme

Watch = Callable[[Progress], None]

_WRITERS: dict[str, Writer] = {".otio": OtioFile(), ".aaf": AafFile()}
_CUT = {
    ".otio": "the cut with the takes, for DaVinci Resolve and everything that reads OpenTimelineIO",
    ".aaf": "the cut with the takes, for Pro Tools, Media Composer and Nuendo",
}
_NOTES = ("Media paths in the cut are those of the machine it was made on: relink to TAKES/ by name.",)


@dataclass(frozen=True)
class HandedOver:
    """The folder is there; ``report`` is what ``--json`` prints."""

    report: dict[str, Any]


def hand_over(
    timeline: Timeline,
    out: Path,
    pops: Pops,
    media_dir: Path | None = None,
    watch: Watch = lambda progress: None,
    *,
    credentials: bool = True,
) -> Iterator[Warned | HandedOver]:
    """Writes the folder ``out`` for the takes in ``timeline``; the last event is :class:`HandedOver`.

    ``watch`` is called from inside the work and may raise CancelledError. ``credentials``: WAV and MOV
    files are signed. Raises a TalkiesError, with nothing written.
    """
    check_folder(out)
    found = takes_in(timeline, media_dir)
    _refuse_input(timeline, found, out)
    takes, pictures = (tuple(take for take in found if take.is_picture == seen) for seen in (False, True))
    if not takes:
        raise OutputError(
            out, "the timeline has portraits, but no sound of talkies", "make some with 'talkies generate'"
        )
    notes: list[str] = []
    signing = Signing(credentials, notes.append)
    job = _Job(timeline, takes, out, span_of(timeline, takes, pops), watch, signing, pictures)
    warnings = [*span_notes(job.span), *job.losses()]
    yield from map(Warned, warnings)
    with whole_folder(out) as folder:
        contents = job.fill(folder, tuple(warnings))
    yield from map(Warned, notes)
    yield HandedOver(_report(contents, out))


def _refuse_input(timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
    """Raises OutputError where a folder that is replaced would take with it what is read."""
    read = {timeline.path: "the timeline that is read"}
    read |= {take.path: f"sound that the timeline plays ({take.path.name})" for take in takes}
    inside = next((what for path, what in read.items() if path.resolve().is_relative_to(out.resolve())), None)
    if inside is not None:
        raise OutputError(out, f"holds {inside}", "choose another name: the input is never changed")


@dataclass
class _Job:
    """One folder. ``pictures``: portraits, which go along in the cut;
    ``cut``: the formats in which the timeline goes along, by suffix."""

    timeline: Timeline
    takes: tuple[Take, ...]
    out: Path
    span: Span
    watch: Watch
    signing: Signing
    pictures: tuple[Take, ...] = ()
    cut: list[str] = field(default_factory=lambda: list(_WRITERS))

    def losses(self) -> list[str]:
        """What the formats of the cut cannot hold; a format that cannot hold the cut at all is left out."""
        bare, warnings = without_our_tracks(self.timeline), []
        for suffix in list(self.cut):
            name = self._cut_file(self.out, suffix).name
            try:
                _WRITERS[suffix].check(bare, self._cut_file(self.out, suffix))
                warnings += [f"{name}: {sentence}" for sentence in _WRITERS[suffix].losses(bare)]
            except OutputError as error:
                self.cut.remove(suffix)
                warnings.append(f"{name} is left out: {error.problem}")
        return warnings

    def fill(self, folder: Path, notes: tuple[str, ...]) -> Contents:
        """Everything but the checksums."""
        self._say(0.0, "copying takes")
        copies = copy_takes(self.timeline, self.takes, folder / "TAKES")
        self.signing.takes([take for take in copies if not has_credential(take.path)], self.timeline)
        shown = copy_pictures(self.pictures, folder / "TAKES")
        files: list[Fact] = [
            *self._write_cut([*copies, *shown], folder),
            ("TAKES/", "each take by itself, with its handles"),
        ]
        self._say(0.1, "writing stems")
        stems = write_stems(self.span, lanes_of(copies, mixed=True), folder / "STEMS", self.signing)
        files += stem_facts(stems, folder)
        self._say(0.3, "measuring loudness")
        level = measure(mixed([take for take in copies if take.number == 1]), SAMPLE_RATE)
        files.append(self._write_movie(copies, folder))
        (folder / "CUES").mkdir()
        files += write_lists(self.span, copies, folder / "CUES", folder)
        origin = tuple(provenance_facts(folder, copies))
        contents = Contents(self.span, tuple(copies), stems, level, tuple(files), (*_NOTES, *notes), origin)
        write_readme(contents, folder)
        self._say(1.0, "adding checksums")
        return contents

    def _write_cut(self, copies: Sequence[Take], folder: Path) -> Iterator[Fact]:
        """The timeline in each format; ``.otio`` has relative addresses, all others those of the finished folder."""
        bare = without_our_tracks(self.timeline)
        final = [replace(take, path=self.out.absolute() / "TAKES" / take.path.name) for take in copies]
        for suffix in self.cut:
            path = self._cut_file(folder, suffix)
            _WRITERS[suffix].write(bare, copies if suffix == ".otio" else final, path)
            yield path.name, _CUT[suffix]

    def _cut_file(self, folder: Path, suffix: str) -> Path:
        return folder / f"{reel_name(self.timeline)}{suffix}"

    def _write_movie(self, copies: Sequence[Take], folder: Path) -> Fact:
        name, total = f"PICTURE/{reel_name(self.timeline)}_reference.mov", max(self.span.frames[1], 1)

        def on_frame(number: int) -> None:
            self._say(0.4 + 0.6 * number / total, "writing the reference movie")

        write_reference(self.span, copies, folder / name, on_frame, self.pictures)
        first = [take for take in copies if take.number == 1]
        self.signing.mix(folder / name, "reference movie", first, self.timeline.segments, movie=True)
        return name, "the picture with timecode, and the mix"

    def _say(self, fraction: float, message: str) -> None:
        self.watch(Progress(fraction, message))


def copy_takes(timeline: Timeline, takes: Sequence[Take], folder: Path) -> list[Take]:
    """The takes with their files in ``folder``, each file once under a name of its own. Raises OutputError, MediaError.

    A file is copied as it is if it is Broadcast WAV whose time reference says where it lies now, else written anew.
    """
    folder.mkdir()
    places: dict[Path, Path] = {}
    for take in takes:
        if take.path not in places:
            places[take.path] = _free_place(folder, take.path.stem, set(places.values()))
            _copy(timeline, take, places[take.path])
    return [replace(take, path=places[take.path], sample_rate=SAMPLE_RATE) for take in takes]


def copy_pictures(takes: Sequence[Take], folder: Path) -> list[Take]:
    """Portraits with their files in ``folder``, as they are, each under a name of its own. Raises OutputError."""
    places: dict[Path, Path] = {}
    for take in takes:
        if take.path not in places:
            places[take.path] = _free_place(folder, take.path.stem, set(places.values()), take.path.suffix)
            shutil.copyfile(take.path, places[take.path])
    return [replace(take, path=places[take.path]) for take in takes]


def _free_place(folder: Path, stem: str, taken: set[Path], suffix: str = ".wav") -> Path:
    names = {path.name.lower() for path in taken}
    number = 1
    while (name := f"{stem}{f'-{number}' if number > 1 else ''}{suffix}").lower() in names:
        number += 1
    return folder / name


def _copy(timeline: Timeline, take: Take, place: Path) -> None:
    stated, file = read_bext(take.path).time_reference, SoundFile.of(take.path)
    reference = time_reference(timeline, take.file_range.start)
    if (file.codec, file.sample_rate, stated) == ("pcm_s24le", SAMPLE_RATE, reference):
        shutil.copyfile(take.path, place)
        return
    rewrite_bwf(take.path, place, channels=min(file.channels, 2), time_reference=lambda before: reference)


def _report(contents: Contents, out: Path) -> dict[str, Any]:
    span = contents.span
    return {
        "timeline": str(span.timeline.path),
        "output": str(out),
        "start": span.timecode(span.range.start),
        "samples": span.samples[1],
        "stems": [str(out / "STEMS" / file.path.name) for file in contents.stems],
        "takes": len(contents.takes),
        **_level(contents.level),
        "notes": list(contents.notes),
    }


def _level(level: Level) -> dict[str, float | None]:
    silent = level.integrated == float("-inf")
    return {
        "loudness_lufs": None if silent else round(level.integrated, 2),
        "true_peak_dbtp": None if silent else round(level.true_peak, 2),
    }
