"""What is written is read again as it was."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from talkies.core.timeline.words.lines import Line
from talkies.core.timeline.words.subtitle_files import load_subtitles
from talkies.core.timeline.words.subtitle_writing import subrip, webvtt

SAID = [("ANNA", "Yes."), ("", "Who is there?"), ("", "Nobody."), ("BOB", "No."), ("", "[wind]"), ("", "So.")]


@pytest.mark.parametrize("suffix", [".srt", ".vtt"])
def test_speakers_end_where_they_ended(tmp_path: Path, suffix: str) -> None:
    lines = [Line(Fraction(n), Fraction(n + 1), text, who) for n, (who, text) in enumerate(SAID)]
    path = tmp_path / f"a{suffix}"
    path.write_text(subrip(lines) if suffix == ".srt" else webvtt(lines), encoding="utf-8")
    heard = [(cue.speaker, f"[{cue.text}]" if cue.kind == "sound" else cue.text) for cue in load_subtitles(path).cues]
    assert heard == SAID
