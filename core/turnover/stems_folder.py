"""The stems folder: continuous stems, cue sheet, markers, subtitles, README and checksums.

reel.stems/
  README.txt  SHA256SUMS
  reel_DX_talkies.wav  reel_FX_talkies.wav
  reel_cues.csv  reel_markers.edl  reel.srt  reel.vtt
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from talkies.core.credentials.signing import follows
from talkies.core.media.loudness import measure
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Take, Timeline
from talkies.core.takes.levels import mixed
from talkies.core.timeline.structure.tracks import lanes_of
from talkies.core.turnover.captions import caption_files
from talkies.core.turnover.cue_sheet import sheet_csv, sheet_rows
from talkies.core.turnover.folder import README, whole_folder
from talkies.core.turnover.marker_edl import marker_edls
from talkies.core.turnover.provenance import provenance_facts
from talkies.core.turnover.readme import Contents, Fact, readme_text
from talkies.core.turnover.span import Pops, Span, span_of
from talkies.core.turnover.stems import StemFile, reel_name, write_stems


def write_stems_folder(timeline: Timeline, takes: Sequence[Take], out: Path, pops: Pops) -> None:
    """The folder ``out``, whole or not at all; one that talkies wrote is replaced. Raises OutputError, MediaError."""
    takes = [take for take in takes if not take.is_picture]
    span = span_of(timeline, takes, pops)
    with whole_folder(out) as folder:
        stems = write_stems(span, lanes_of(takes, mixed=True), folder, follows(takes))
        files = (*stem_facts(stems, folder), *write_lists(span, takes, folder, folder))
        level = measure(mixed([take for take in takes if take.number == 1]), SAMPLE_RATE)
        beside = sorted({take.path.parent.name for take in takes})
        notes = (f"The single takes, with handles, are beside this folder in {', '.join(beside)}.", *span_notes(span))
        origin = tuple(provenance_facts(folder, takes))
        write_readme(Contents(span, tuple(takes), stems, level, files, notes, origin), folder)


def stem_facts(stems: Sequence[StemFile], folder: Path) -> list[Fact]:
    """What the README says of each stem."""
    return [(_inside(file.path, folder), f"the whole track {file.lane.name!r}") for file in stems]


def write_lists(span: Span, takes: Sequence[Take], lists: Path, folder: Path) -> list[Fact]:
    """Cue sheet, markers and subtitles into ``lists``; each with what it is, as seen from ``folder``."""
    timeline, name = span.timeline, reel_name(span.timeline)
    rows = sheet_rows(timeline, takes)
    texts = {
        f"{name}_cues.csv": (sheet_csv(timeline, rows), "cue sheet: spoken lines and sounds, with times", "utf-8-sig"),
    }
    for number, text in enumerate(marker_edls(timeline, name, rows), start=1):
        part = "" if number == 1 else f"_{number}"
        texts[f"{name}_markers{part}.edl"] = (text, "the same as markers for DaVinci Resolve", "utf-8")
    for suffix, text in caption_files(span).items():
        texts[f"{name}{suffix}"] = (text, "the words as subtitles, counted from the start of the stems", "utf-8")
    for file_name, (text, _, encoding) in texts.items():
        (lists / file_name).write_bytes(text.encode(encoding, "replace"))  # spreadsheets want the mark of UTF-8
    return [(_inside(lists / file_name, folder), what) for file_name, (_, what, _) in texts.items()]


def write_readme(contents: Contents, folder: Path) -> None:
    """README.txt."""
    (folder / README).write_text(readme_text(contents), encoding="utf-8", newline="\r\n")  # Windows' Notepad


def span_notes(span: Span) -> tuple[str, ...]:
    """What of the start must not surprise anybody."""
    if not span.starts_before_midnight:
        return ()
    start = span.timecode(span.range.start)
    return (f"The leader starts before midnight, at {start}: place the stems by hand where a workstation cannot.",)


def _inside(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
