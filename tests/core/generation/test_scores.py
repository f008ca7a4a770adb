"""Music of a run: clips that join to one piece, met cuts, MIDI that says the same, and room for speech."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import mido
import numpy as np
import pytest
from engines import load_tones
from films import write_movie, write_reel
from soundfonts import write_soundfont

from talkies.core.arrays import Samples
from talkies.core.errors import ArgumentError, InputError
from talkies.core.events import Finished
from talkies.core.generation.music_settings import MusicSettings
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.loudness import measure
from talkies.core.media.onsets import detect_onsets
from talkies.core.media.sound import read_sound
from talkies.core.segment import Take
from talkies.core.timeline import read_timeline
from talkies.core.turnover.cue_sheet import sheet_rows
from talkies.core.turnover.from_timeline import takes_in

RATE = 48_000


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four shots of 6 s; a line is said in the second, and from the third on the music is asked to hurry."""
    folder = tmp_path_factory.mktemp("reel")
    write_movie(folder / "film.mp4", 8)
    said = [(175, 225, "Who is there?"), (300, 325, "[music: hurry]")]
    return write_reel(folder / "reel.otio", ["film.mp4"] * 4, frames=150, start=25, cues=said)


@pytest.fixture(scope="module")
def scored(reel: Path) -> tuple[Path, list[Take]]:
    request = Request(reel, reel.with_name("out.otio"), task="music", prompt="lamento, solo piano", handles=Fraction(1))
    finished = list(render(request, load_engine=load_tones))[-1]
    assert isinstance(finished, Finished)
    return request.out, list(finished.takes)


def sound(take: Take) -> Samples:
    return read_sound(take.path, mono=False)


def test_sections_are_clips_that_join_to_the_sample(scored: tuple[Path, list[Take]]) -> None:
    out, takes = scored
    first, second = (take for take in takes if take.number == 1)
    assert (first.record.start, first.record.end, second.record.end) == (0, second.record.start, 24)
    assert abs(second.record.start - 12) <= Fraction(1, 25)
    assert first.metadata["mood"] == "lamento" and second.metadata["mood"] == "hurry"
    tail, head = sound(first)[:, -2 * RATE :], sound(second)[:, : 2 * RATE]  # a second on both sides of the cut
    assert tail.any() and np.array_equal(tail[:, 100:-100], head[:, 100:-100])
    read = [take for take in takes_in(read_timeline(out)) if take.stem == "MX" and take.number == 1]
    assert [take.record for take in read] == [first.record, second.record] and {t.channels for t in read} == {2}


def test_a_handle_reaches_no_farther_than_the_piece(tmp_path: Path) -> None:
    """Of the second section, which begins after 6 s: its head is as long as there is music before it."""
    write_movie(tmp_path / "film.mp4", 8)
    said = [(150, 170, "[music: hurry]"), (200, 240, "Who is there?")]
    reel = write_reel(tmp_path / "reel.otio", ["film.mp4"] * 2, frames=150, start=25, cues=said)
    asked = Request(reel, tmp_path / "out.otio", task="music", prompt="lamento, solo piano", handles=Fraction(8))
    finished = list(render(asked, load_engine=load_tones))[-1]
    assert isinstance(finished, Finished)
    first, second = (take for take in finished.takes if take.number == 1)
    assert second.record.start > 0
    assert sound(first).shape[1] == RATE * (first.record.end + 8)
    assert sound(second).shape[1] == RATE * (second.record.end + 8)


def test_its_cuts_are_struck_and_its_end_rings_out(scored: tuple[Path, list[Take]]) -> None:
    _, takes = scored
    full = [take for take in takes if take.number == 2]  # without ducking
    whole = np.concatenate([sound(full[0])[:, :-RATE], sound(full[1])[:, RATE:]], axis=1).mean(axis=0)
    onsets = detect_onsets(whole)
    for cut in (6, 12, 18):
        assert np.abs(onsets - cut).min() <= 0.04, cut
    assert np.abs(whole[-RATE // 100 :]).max() < 0.1 * np.abs(whole[:-RATE]).max()


def test_midi_says_where_the_cuts_are(scored: tuple[Path, list[Take]]) -> None:
    out, _ = scored
    folder = out.with_name("out.takes")
    file = mido.MidiFile(folder / "MX_t01.mid")
    time, hits = 0.0, []
    for message in file:
        time += message.time
        if message.type == "marker" and message.text.startswith("hit"):
            hits.append(time)
    assert file.type == 1
    assert all(min(abs(hit - cut) for hit in hits) <= 1e-3 for cut in (0, 6, 12, 18))
    rows = list(csv.DictReader((folder / "MX_t01.csv").read_text().splitlines()))
    cuts = {row["timecode"] for row in rows if row["what"].startswith("hit: cut")}
    assert cuts == {"00:00:06:00", "00:00:12:00", "00:00:18:00"}


def test_it_makes_way_for_speech_and_the_other_take_does_not(scored: tuple[Path, list[Take]]) -> None:
    _, takes = scored
    ducked, full = (sound(next(t for t in takes if t.number == number)) for number in (1, 2))

    def lower(start: float, end: float) -> float:
        spans = [each[:, int(start * RATE) : int(end * RATE)] for each in (ducked, full)]
        levels = [np.sqrt(np.square(span, dtype=np.float64).mean()) for span in spans]
        return float(20 * np.log10(levels[0] / levels[1]))

    depth = lower(7.01, 8.99)
    assert -24 <= depth <= -7.99 and lower(7.01, 7.5) == pytest.approx(depth, abs=3)
    beneath = ducked[:, 7 * RATE : 9 * RATE]
    assert measure(iter([beneath]), RATE).integrated <= -23 - 3 - 12 + 0.5, "however loud the passage is"
    assert lower(2, 6.6) == pytest.approx(0, abs=0.01) and lower(9.8, 11) == pytest.approx(0, abs=0.01)
    assert depth < lower(6.75, 6.95) < 0 > lower(9.1, 9.6) > depth
    assert {t.metadata["duck"] for t in takes if t.number == 1} == {12.0}


def test_a_soft_section_stays_softer_than_a_loud_one(scored: tuple[Path, list[Take]]) -> None:
    _, takes = scored
    gains = {take.levels.gain_db for take in takes if take.levels is not None and take.number == 2}
    loudness = [measure(iter([sound(take)]), RATE).integrated for take in takes if take.number == 2]
    assert len(gains) == 1 and loudness[0] < loudness[1] - 1


def test_alone_it_has_the_level_that_lies_under_dialogue(scored: tuple[Path, list[Take]]) -> None:
    _, takes = scored
    full = [sound(take) for take in takes if take.number == 2]
    whole = np.concatenate([full[0][:, :-RATE], full[1][:, RATE:]], axis=1)
    assert measure(iter([whole]), RATE).integrated == pytest.approx(-23 - 3, abs=0.3)


def test_the_cue_sheet_calls_its_sections_m1_and_m2(scored: tuple[Path, list[Take]]) -> None:
    out, _ = scored
    timeline = read_timeline(out)
    rows = [row for row in sheet_rows(timeline, takes_in(timeline)) if row.stem == "MX"]
    assert [(row.cue, row.reason) for row in rows] == [("m1", "score"), ("m2", "score")]
    assert rows[0].line.startswith("lamento, ") and rows[1].line.startswith("hurry, ")
    assert [row.range.end for row in rows] == [rows[1].range.start, 24]


def test_from_and_to_are_record_timecodes(reel: Path, tmp_path: Path) -> None:
    settings = MusicSettings(start="00:00:13:00", end="00:00:23:12", hits="none", tempo=96)
    request = Request(reel, tmp_path / "out.otio", task="music", music=settings, handles=Fraction(0), seed=3)
    takes = list(render(request, load_engine=load_tones))[-1].takes  # type: ignore[union-attr]
    assert [(take.record.start, take.record.end) for take in takes if take.number == 1] == [(13, Fraction(587, 25))]
    assert sound(takes[0]).shape == (2, 587 * RATE // 25 - 13 * RATE)
    assert takes[0].metadata["tempo"] == pytest.approx(96, rel=0.02)


def test_spots_of_a_list_are_what_it_meets(reel: Path, tmp_path: Path) -> None:
    """Of a list as people write one; its last row is beyond the film."""
    rows = ["in,kind,force,words", "00:00:03:10,hit,0.9,door", "00:00:14:15,hit,0.5,step", "00:01:40:00,hit,1,gone"]
    listed = tmp_path / "spots.csv"
    listed.write_text("\n".join(rows) + "\n")
    settings = MusicSettings(hits="spots")
    request = Request(reel, tmp_path / "out.otio", task="music", prompt="comic", music=settings, spots=listed)
    finished = list(render(request, load_engine=load_tones))[-1]
    assert isinstance(finished, Finished)
    met = list(csv.DictReader((tmp_path / "out.takes/MX_t01_hits.csv").read_text().splitlines()))
    assert [(row["kind"], row["name"], row["met"]) for row in met] == [
        ("first", "", "yes"), ("spot", "door", "yes"), ("spot", "step", "yes"), ("last", "", "yes"),
    ]  # fmt: skip
    seconds = [float(row["seconds"]) for row in met]
    assert seconds[1:3] == [3.4, 14.6]
    first = next(take for take in finished.takes if take.number == 2)
    assert np.abs(detect_onsets(sound(first).mean(axis=0)) - 3.4).min() <= 0.04


@pytest.mark.parametrize(
    "rate", ["16", "18", "24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60"]
)
def test_a_clip_has_the_samples_of_its_frames(tmp_path: Path, rate: str) -> None:
    """The picture need not be here: 61 frames and a handle, counted by hand."""
    exact = Fraction(rate)
    reel = write_reel(tmp_path / "reel.otio", ["gone.mp4"], frames=61, rate=float(exact))
    request = Request(reel, tmp_path / "out.otio", task="music", handles=Fraction(1, 2))
    finished = list(render(request, load_engine=load_tones))[-1]
    assert isinstance(finished, Finished)
    (take,) = finished.takes
    handle = int(exact / 2)
    assert sound(take).shape == (2, int((61 + handle) * RATE / exact + Fraction(1, 2)))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (MusicSettings(ensemble="kazoos"), "--ensemble"),
        (MusicSettings(tempo=400), "tempo 400"),
        (MusicSettings(stretch=3), "stretch 3"),
        (MusicSettings(hits="all"), "--hits"),
        (MusicSettings(hits="spots"), "--spots"),
        (MusicSettings(duck=-1), "--duck"),
        (MusicSettings(duck=float("nan")), "--duck"),
        (MusicSettings(start="9"), "--from"),
        (MusicSettings(start="00:00:10:00", end="00:00:05:00"), "does not lie in it"),
        (MusicSettings(end="10:00:00:00"), "does not lie in it"),
    ],
)
def test_what_cannot_be_scored_is_said_before_anything_is_made(
    reel: Path, tmp_path: Path, settings: MusicSettings, words: str
) -> None:
    with pytest.raises(ArgumentError, match=words):
        list(render(Request(reel, tmp_path / "out.otio", task="music", music=settings), load_engine=load_tones))
    assert not list(tmp_path.iterdir())


def test_a_worker_is_told_of_music_by_name() -> None:
    given = {"timeline": "a.otio", "out": "b.otio", "task": "music", "music": {"tempo": 84, "ensemble": "salon"}}
    assert Request.from_mapping(given).music == MusicSettings(tempo=84.0, ensemble="salon")
    for music in ({"tempo": "fast"}, {"speed": 1}, {"hits": 3}, {"tempo": True}, 3):
        with pytest.raises(ArgumentError):
            Request.from_mapping({**given, "music": music})


def test_settings_of_music_are_refused_elsewhere() -> None:
    with pytest.raises(ArgumentError, match="--task music"):
        Request(Path("a.otio"), Path("b.otio"), task="foley", music=MusicSettings(tempo=84))


def test_a_soundfont_plays_it_where_one_is_named(reel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("symusic")
    font = write_soundfont(tmp_path / "sine.sf2")
    (tmp_path / "config.toml").write_text(f"soundfont = {str(font)!r}\n")
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "config.toml"))
    settings = {"named": MusicSettings(soundfont=str(font)), "own": MusicSettings(soundfont="own"), "configured": None}
    sounds = {}
    for name, music in settings.items():
        request = Request(
            reel, tmp_path / f"{name}.otio", task="music", prompt="solo piano", music=music or MusicSettings()
        )
        finished = list(render(request, load_engine=load_tones))[-1]
        assert isinstance(finished, Finished)
        sounds[name] = sound(finished.takes[0])
        assert finished.takes[0].metadata["soundfont"] == ("" if name == "own" else "sine.sf2")
    assert np.array_equal(sounds["named"], sounds["configured"])
    assert not np.array_equal(sounds["named"], sounds["own"])


def test_a_soundfont_that_is_not_there_is_said_before_anything_is_made(reel: Path, tmp_path: Path) -> None:
    settings = MusicSettings(soundfont=str(tmp_path / "gone.sf2"))
    with pytest.raises(InputError, match="is not a SoundFont"):
        list(render(Request(reel, tmp_path / "out.otio", task="music", music=settings), load_engine=load_tones))
    assert not list(tmp_path.iterdir())
