"""Edited takes: every sample that a timeline plays of one is known beforehand, whatever was trimmed, moved or faded."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest

from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import read_bext, write_bwf
from talkies.core.segment import Levels, StemName, Take, Timeline
from talkies.core.takes.edited import as_edited, is_in_file, write_edited
from talkies.core.takes.edits import TakeEdit
from talkies.core.times import TimeRange, to_sample

RATE = 48_000
NTSC = Fraction(24000, 1001)
FRAME = 1 / NTSC
RECORD = TimeRange(10 * FRAME, 58 * FRAME)
HANDLES = (4 * FRAME, 6 * FRAME)
S = Fraction


def timeline(tmp_path: Path) -> Timeline:
    document = otio.schema.Timeline("reel", tracks=otio.schema.Stack())
    return Timeline(tmp_path / "a.otio", "a", NTSC, S(3600), 200 * FRAME, (), document=document)


def made(tmp_path: Path, stem: StemName = "FX", channels: int = 2) -> Take:
    """A take whose samples tell their places."""
    path = tmp_path / f"{stem}.wav"
    head, tail = HANDLES
    take = Take(
        "V1-001", stem, path.stem, path, RECORD, RATE, head, tail, channels=channels, levels=Levels(0.0, -20.0, -6.0)
    )
    count = take.file_range.samples(RATE)[1]
    sound = (0.25 + np.arange(count) / count / 2).astype(np.float32)
    reference = to_sample(3600 + take.file_range.start, RATE)
    write_bwf(path, [np.stack([sound, -sound][:channels])], channels=channels, count=count, time_reference=reference)
    return take


def played(take: Take) -> tuple[int, np.ndarray]:
    """The first sample on the timeline that a clip of the take plays, and (C, n) what it plays."""
    first, count = take.record.samples(RATE)
    skipped = first - take.file_range.samples(RATE)[0]
    sound = read_sound(take.path, mono=take.channels == 1)
    assert sound.shape[1] == take.file_range.samples(RATE)[1]
    assert skipped >= 0 and skipped + count <= sound.shape[1]
    return first, sound[:, skipped : skipped + count]


def rise(index: int, count: int) -> float:
    return math.sin(math.pi / 2 * min((index + 0.5) / count, 1.0)) if count else 1.0


def rises(indexes: np.ndarray, count: int) -> np.ndarray:
    return np.array([rise(index, count) if index < count else 1.0 for index in indexes.tolist()])


EDITS = [
    TakeEdit(),
    TakeEdit(head=3 * FRAME, tail=-5 * FRAME),
    TakeEdit(head=-2 * FRAME, tail=6 * FRAME, offset=7 * FRAME),
    TakeEdit(head=S(1, 7), tail=-S(2, 9)),
    TakeEdit(offset=S(1, 977)),
    TakeEdit(fade_in=S(1, 2), fade_out=S(1, 3)),
    TakeEdit(head=-S(1, 11), tail=S(1, 13), offset=-S(1, 17), fade_in=S(1, 5), fade_out=S(1)),
    TakeEdit(head=FRAME, fade_out=2 * FRAME),
]


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_sample_is_as_the_edit_says(tmp_path: Path, edit: TakeEdit, channels: int) -> None:
    """Where nothing is heard of the take a clip that counts in frames plays silence."""
    take, reel = made(tmp_path, channels=channels), timeline(tmp_path)
    gain_db = -6.0
    written = write_edited(take, RECORD, edit, reel, tmp_path / "out" / "FX.wav", gain_db)
    first, heard = played(written)
    source = read_sound(take.path, mono=channels == 1)
    start = to_sample(RECORD.start - HANDLES[0] + edit.offset, RATE)
    begin, end = (
        to_sample(edge, RATE) for edge in (RECORD.start + edit.offset + edit.head, RECORD.end + edit.offset + edit.tail)
    )
    up = to_sample(RECORD.start + edit.offset + edit.head + edit.fade_in, RATE) - begin
    down = end - to_sample(RECORD.end + edit.offset + edit.tail - edit.fade_out, RATE)
    expected = np.zeros_like(heard)
    positions = np.arange(max(begin, first), min(end, first + heard.shape[1]))
    gains = rises(positions - begin, up) * rises(end - 1 - positions, down) * 10 ** (gain_db / 20)
    inside = (positions - start >= 0) & (positions - start < source.shape[1])
    expected[:, positions[inside] - first] = source[:, positions[inside] - start] * gains[inside]
    assert first <= begin and end <= first + heard.shape[1]
    np.testing.assert_allclose(heard, expected, atol=2**-22)


@pytest.mark.parametrize("edit", EDITS)
def test_clips_lie_on_frames_and_are_planned_as_they_are_written(tmp_path: Path, edit: TakeEdit) -> None:
    take, reel = made(tmp_path), timeline(tmp_path)
    planned = as_edited(take, RECORD, edit, NTSC)
    written = write_edited(take, RECORD, edit, reel, tmp_path / "out" / "FX.wav")
    assert replace(written, path=take.path, levels=None) == replace(planned, levels=None)
    assert all((edge * NTSC).denominator == 1 for edge in (planned.record.start, planned.record.end))
    place = edit.place(RECORD)
    assert planned.record.start <= place.start < planned.record.start + FRAME
    assert planned.record.end - FRAME < place.end <= planned.record.end
    assert read_bext(written.path).time_reference == to_sample(reel.start + planned.file_range.start, RATE)


def test_an_edge_on_a_frame_keeps_its_handle_and_a_faded_one_has_none(tmp_path: Path) -> None:
    take = made(tmp_path)
    trimmed = as_edited(take, RECORD, TakeEdit(head=3 * FRAME, tail=-5 * FRAME), NTSC)
    assert (trimmed.head_handle, trimmed.tail_handle) == (7 * FRAME, 11 * FRAME)
    assert is_in_file(TakeEdit(head=3 * FRAME, tail=-5 * FRAME), NTSC) == (False, False)
    faded = TakeEdit(head=3 * FRAME, fade_in=FRAME, tail=-FRAME / 2)
    assert is_in_file(faded, NTSC) == (True, True)
    shown = as_edited(take, RECORD, faded, NTSC)
    assert (shown.head_handle, shown.tail_handle) == (0, 0)
    assert shown.metadata["edit"]["fade_in"] == str(FRAME)


def test_what_was_only_moved_is_copied_byte_for_byte_where_it_lies(tmp_path: Path) -> None:
    take, reel = made(tmp_path), timeline(tmp_path)
    written = write_edited(take, RECORD, TakeEdit(), reel, tmp_path / "out" / "FX.wav")
    assert written.path.read_bytes() == take.path.read_bytes()
    assert "edit" not in as_edited(take, RECORD, TakeEdit(offset=FRAME), NTSC).metadata


def test_levels_are_those_of_what_is_left(tmp_path: Path) -> None:
    take, reel = made(tmp_path), timeline(tmp_path)
    edit = TakeEdit(tail=-RECORD.duration * 3 / 4, fade_out=RECORD.duration / 5)
    written = write_edited(take, RECORD, edit, reel, tmp_path / "out" / "FX.wav", -3.0)
    assert written.levels is not None and written.levels.gain_db == -3.0
    peak = 20 * math.log10(float(np.abs(read_sound(written.path, mono=False)).max()))
    assert written.levels.true_peak_dbtp == pytest.approx(peak, abs=0.2)


def test_nothing_is_heard_before_the_timeline_begins(tmp_path: Path) -> None:
    """A fade that began before it goes on as if it had been heard."""
    take, reel = made(tmp_path), timeline(tmp_path)
    edit = TakeEdit(offset=-20 * FRAME, fade_in=15 * FRAME)
    written = write_edited(take, RECORD, edit, reel, tmp_path / "out" / "FX.wav")
    assert written.record == TimeRange(S(0), 38 * FRAME)
    first, heard = played(written)
    assert first == 0
    missed, length = to_sample(10 * FRAME, RATE), to_sample(15 * FRAME, RATE)
    source = read_sound(take.path, mono=False)
    assert heard[0, 0] == pytest.approx(
        source[0, missed + to_sample(HANDLES[0], RATE)] * rise(missed, length), abs=1e-3
    )


@pytest.mark.parametrize(("stem", "power"), [("FX", 2), ("DX", 2), ("BG", 1)])
def test_two_that_cross_add_up(tmp_path: Path, stem: StemName, power: int) -> None:
    """In power, and beds, which are one sound on both sides of a cut, in amplitude."""
    first, second = made(tmp_path, stem), replace(made(tmp_path, stem), record=RECORD.shifted(RECORD.duration))
    length = S(1, 3)
    one = TakeEdit(fade_out=length).fades(first, RECORD)
    other = TakeEdit(head=-length, fade_in=length).fades(second, second.record)
    start = to_sample(RECORD.end - length, RATE)
    total = one.gains(start, 16_000) ** power + other.gains(start, 16_000) ** power
    np.testing.assert_allclose(total, 1, atol=1e-6)
    assert one.gains(start - 1, 1) == 1 and other.gains(start - 1, 1) == 0


def test_gains_of_any_stretch_are_those_of_the_whole() -> None:
    edit = TakeEdit(fade_in=S(1, 100), fade_out=S(1, 50))
    fades = edit.fades(Take("", "FX", "a", Path("a.wav"), TimeRange(S(0), S(1, 10)), RATE), TimeRange(S(0), S(1, 10)))
    whole = fades.gains(-100, 5200)
    parts = [fades.gains(start, 13) for start in range(-100, 5100, 13)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_an_edit_is_kept_within_the_sound_there_is(tmp_path: Path) -> None:
    take = made(tmp_path)
    far = TakeEdit(head=S(-9), tail=S(9), fade_in=S(5), fade_out=S(5)).bounded(take, FRAME)
    assert (far.head, far.tail) == (-HANDLES[0], HANDLES[1])
    assert (far.fade_in, far.fade_out) == (take.file_range.duration, 0)
    short = TakeEdit(head=S(9), tail=S(-9)).bounded(take, FRAME)
    place = short.place(RECORD)
    assert place.duration == FRAME and place.end <= RECORD.end + HANDLES[1]
    assert TakeEdit(fade_in=S(-1)).bounded(take, FRAME) == TakeEdit()
