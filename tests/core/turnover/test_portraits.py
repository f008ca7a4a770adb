"""Portraits in a turnover: they go along in the cut and in TAKES; what is for the ear knows nothing of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from speaking_stills import FIRST, numbered_portraits, numbers_in, portrayed, write_stills

from talkies.core.provenance.verifying import Asked, verify
from talkies.core.timeline import read_timeline
from talkies.core.timeline.structure.sounds import our_picture_tracks
from talkies.core.turnover.handover import hand_over
from talkies.core.turnover.span import Pops

__all__ = ["numbered_portraits"]

pytestmark = pytest.mark.usefixtures("numbered_portraits")

PORTRAITS = ["PX_V1-001_shot-1_t01", "PX_V1-003_shot-3_t01"]


def test_portraits_go_along_in_the_cut_alone(tmp_path: Path) -> None:
    made, out = tmp_path / "made.otio", tmp_path / "turnover"
    portrayed(write_stills(tmp_path), made)
    list(hand_over(read_timeline(made), out, Pops(), credentials=False))
    assert [path.stem for path in sorted((out / "TAKES").glob("*.mp4"))] == PORTRAITS
    for suffix in (".otio", ".aaf"):
        timeline = read_timeline(out / f"reel{suffix}")
        (track,) = our_picture_tracks(timeline)
        assert [clip.name for clip in track.clips] == PORTRAITS
        assert all(clip.path == out / "TAKES" / f"{clip.name}.mp4" for clip in track.clips)
    assert {path.name for path in (out / "STEMS").iterdir()} == {"reel_DX_talkies.wav", "reel_DX_talkies_2.wav"}
    assert "PX" not in (out / "CUES" / "reel_cues.csv").read_text(encoding="utf-8-sig")


def test_the_reference_movie_shows_them(tmp_path: Path) -> None:
    """They count from 1000 on; the film between them counts on."""
    made, out = tmp_path / "made.otio", tmp_path / "turnover"
    portrayed(write_stills(tmp_path), made)
    list(hand_over(read_timeline(made), out, Pops(), credentials=False))
    shown = numbers_in(out / "PICTURE" / "reel_reference.mov")
    assert shown == [*range(FIRST, FIRST + 75), *range(75), *range(FIRST, FIRST + 50)]


def test_a_portrait_without_a_credential_is_not_unreadable(tmp_path: Path) -> None:
    """It is silent: nobody listens for a mark in it."""
    pytest.importorskip("c2pa")
    done = portrayed(write_stills(tmp_path), tmp_path / "made.otio")
    path = next(take.path for take in done.takes if take.is_picture)
    (verified,) = verify([Asked(path)], "")
    assert (verified.status, verified.mark) == ("absent", None)
