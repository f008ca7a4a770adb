"""The MIDI file, read back by mido: hits to a millisecond, key, meters, markers, timecode, one track a player."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from pathlib import Path

import mido
import pytest
from score_facts import film

from talkies.core.errors import OutputError
from talkies.core.score import Asked, Hit, Key, Score, compose, read_asked, write_midi
from talkies.core.score.papers.midi import midi_bytes, smpte_offset

LENGTH = Fraction(300)


@pytest.fixture(scope="module")
def score() -> Score:
    return compose(film(300, seed=2), LENGTH, read_asked("love theme in Db major, salon"), seed=3)


@pytest.fixture(scope="module")
def file(score: Score, tmp_path_factory: pytest.TempPathFactory) -> mido.MidiFile:
    path = tmp_path_factory.mktemp("midi") / "score.mid"
    write_midi(score, path, Fraction(24), Fraction(3600))
    return mido.MidiFile(path, clip=False)


def in_seconds(file: mido.MidiFile) -> list[tuple[float, mido.Message | mido.MetaMessage]]:
    """Every message of all tracks with its time (s), by mido's own tempo arithmetic."""
    at, found = 0.0, []
    for message in file:
        at += message.time
        found.append((at, message))
    return found


def test_it_is_of_type_one_with_a_track_for_each_player(file: mido.MidiFile, score: Score) -> None:
    assert file.type == 1
    assert [track.name for track in file.tracks] == ["Conductor", *score.instruments]
    programs = {message.program for track in file.tracks for message in track if message.type == "program_change"}
    assert {0, 40} <= programs, "General MIDI: piano and violin"
    assert len({message.channel for track in file.tracks for message in track if message.type == "note_on"}) == len(
        score.instruments
    )


def test_hits_are_attacked_within_a_millisecond(file: mido.MidiFile, score: Score) -> None:
    """After five minutes of tempos that MIDI rounds."""
    events = in_seconds(file)
    attacks = [time for time, message in events if message.type == "note_on" and message.velocity]
    marks = [time for time, message in events if message.type == "marker" and message.text.startswith("hit ")]
    assert len(marks) == len(score.hits) > 50
    for hit, mark in zip(score.hits, marks, strict=True):
        assert mark == pytest.approx(float(hit.time), abs=0.001)
        assert min(abs(attack - mark) for attack in attacks) < 1e-9


def test_every_note_that_begins_ends(file: mido.MidiFile, score: Score) -> None:
    sounding: set[tuple[int, int]] = set()
    begun = 0
    for _, message in in_seconds(file):
        if message.type in ("note_on", "note_off"):
            key = (message.channel, message.note)
            if message.type == "note_on":
                assert key not in sounding
                sounding.add(key)
                begun += 1
            else:
                sounding.remove(key)
    assert not sounding
    assert begun == len(score.notes)
    assert file.length == pytest.approx(300, abs=0.01)


def test_key_meter_and_sections_are_said(file: mido.MidiFile, score: Score) -> None:
    conductor = file.tracks[0]
    keys = [message.key for message in conductor if message.type == "key_signature"]
    assert keys[0] == "Db"
    assert len(keys) == len(score.sections)
    names = [message.text for message in conductor if message.type == "marker"]
    assert sum(name == "love theme" for name in names) == len(score.sections)
    signatures = [message for message in conductor if message.type == "time_signature"]
    assert (signatures[0].numerator, signatures[0].denominator) == (4, 4)


@pytest.mark.parametrize(
    ("tonic", "mode", "said"), [(9, "minor", "Am"), (6, "major", "F#"), (3, "minor", "Ebm"), (8, "minor", "G#m")]
)
def test_keys_have_their_names(tonic: int, mode: str, said: str) -> None:
    key = Key(tonic, "minor" if mode == "minor" else "major")
    data = midi_bytes(compose((), Fraction(4), Asked(key=key), seed=1), Fraction(25))
    file = mido.MidiFile(file=BytesIO(data))
    assert next(message.key for message in file.tracks[0] if message.type == "key_signature") == said


@pytest.mark.parametrize(
    ("timecode_s", "rate", "said"),
    [
        (Fraction(3600), Fraction(24), (24, 1, 0, 0, 0, 0)),
        (Fraction(36000) + Fraction(12, 25), Fraction(25), (25, 10, 0, 0, 12, 0)),
        (Fraction(3603600, 1000), Fraction(24000, 1001), (24, 1, 0, 0, 0, 0)),
        (Fraction(61) + Fraction(31, 60), Fraction(60), (30, 0, 1, 1, 15, 50)),
        (Fraction(3600) * Fraction(1001, 1000), Fraction(30000, 1001), (29.97, 1, 0, 0, 0, 0)),
        (Fraction(60) + Fraction(1, 2), Fraction(16), (25, 0, 1, 0, 12, 50)),
    ],
)
def test_the_offset_is_the_films_timecode(timecode_s: Fraction, rate: Fraction, said: tuple[float, ...]) -> None:
    offset = smpte_offset(timecode_s, rate)
    assert (
        offset.frame_rate, offset.hours, offset.minutes, offset.seconds, offset.frames, offset.sub_frames,
    ) == said  # fmt: skip


def test_names_in_any_writing_are_kept(tmp_path: Path) -> None:
    hits = (Hit(Fraction(0), 1.0, "first"), Hit(Fraction(4), 0.5, "marker", "Türe: 戸"), Hit(Fraction(8), 1.0, "last"))
    write_midi(compose(hits, Fraction(10), Asked(), seed=1), tmp_path / "a.mid", Fraction(25))
    file = mido.MidiFile(tmp_path / "a.mid", charset="utf-8")
    assert any("Türe: 戸" in message.text for message in file.tracks[0] if message.type == "marker")


def test_a_folder_that_is_not_there_is_said(score: Score, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_midi(score, tmp_path / "nowhere" / "a.mid", Fraction(24))
