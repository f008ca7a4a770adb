"""Music that an engine plays: what it is asked for, windows and sections joined, levels and ducking, redo."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from films import write_movie, write_reel
from guests import playing_guest
from soundfonts import write_soundfont

from talkies.core.arrays import Samples
from talkies.core.engines.guests.found import keep
from talkies.core.errors import ArgumentError, InputError, TimelineError
from talkies.core.events import Finished
from talkies.core.generation.made_takes import made_takes
from talkies.core.generation.music_settings import MusicSettings
from talkies.core.generation.redo import redo
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.loudness import measure
from talkies.core.media.sound import read_sound
from talkies.core.segment import Take
from talkies.core.timeline import read_timeline
from talkies.core.turnover.cue_sheet import sheet_rows
from talkies.core.turnover.from_timeline import takes_in

RATE = 48_000
END = 1440  # samples that a mark is laid in by degrees
TEMPO = 96


@pytest.fixture
def reel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four shots of 6 s, a line in the second, and the third begins to hurry; ``player`` plays 5 s at once."""
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "config.toml"))
    keep(playing_guest(window_s=5.0))
    write_movie(tmp_path / "film.mp4", 8)
    said = [(175, 225, "Who is there?"), (300, 325, "[music: hurry]")]
    return write_reel(tmp_path / "reel.otio", ["film.mp4"] * 4, frames=150, start=25, cues=said)


def asked(reel: Path, prompt: str = "lament in D minor, dusty gramophone", **more: object) -> Request:
    given: dict[str, object] = {"engine": "music=player", "seed": 3, **more}
    return Request(reel, reel.with_name("out.otio"), task="music", prompt=prompt, **given)  # type: ignore[arg-type]


def finished(request: Request) -> Finished:
    last = list(render(request))[-1]
    assert isinstance(last, Finished)
    return last


def sound(take: Take) -> Samples:
    return read_sound(take.path, mono=False)


def whole(takes: list[Take]) -> Samples:
    """(2, N) two sections with handles of a second, as they lie on the timeline."""
    return np.concatenate([sound(takes[0])[:, :-RATE], sound(takes[1])[:, RATE:]], axis=1)


def test_an_engine_plays_what_the_score_has_planned(reel: Path) -> None:
    made = finished(asked(reel))
    ducked = [take for take in made.takes if take.number == 1]
    full = [take for take in made.takes if take.number == 2]
    assert [take.metadata["mood"] for take in full] == ["lamento", "hurry"]
    assert [take.record.end for take in full] == [full[1].record.start, 24]
    first, second = (sound(take) for take in full)
    assert first.shape == (2, round(float(full[0].record.end + 1) * RATE)) and second.shape[1] == RATE * 14
    shared = slice(END, 2 * RATE - END)
    assert np.array_equal(first[:, -2 * RATE :][:, shared], second[:, shared]), "one piece, cut in two"
    assert measure(iter([whole(full)]), RATE).integrated == pytest.approx(-23 - 3, abs=0.3)
    under = slice(int(7.5 * RATE), 9 * RATE)
    depth = 10 * np.log10(np.mean(sound(ducked[0])[:, under] ** 2) / np.mean(first[:, under] ** 2))
    assert -24 < depth < -8
    assert np.array_equal(sound(ducked[1])[:, 6 * RATE :], second[:, 6 * RATE :]), "nobody speaks there"


def test_it_is_asked_in_words_for_tempo_key_and_mood(reel: Path) -> None:
    made = finished(asked(reel, takes=2))
    facts = [take.metadata for take in made.takes if take.number == 1]
    assert facts[0]["key"] == "Dm" and "key" in facts[1]
    assert facts[0]["asked"] == f"slow sad lament, D minor, {facts[0]['tempo']:.0f} bpm, lament, dusty gramophone"
    assert facts[1]["asked"].startswith("fast hurried chase music, ") and facts[1]["asked"].endswith(
        f"{facts[1]['tempo']:.0f} bpm, dusty gramophone"
    )
    assert {(row["engine"], row["engine_version"], row["licence"], row["source"]) for row in facts} == {
        ("player", "2", "CC-BY-4.0", "engine")
    }
    assert (facts[0]["sellable"], facts[0]["steps"], facts[0]["cue"]) == (None, 1, "m1")
    assert f"engine player: {facts[0]['asked']}" in made.report["warnings"]
    assert not list(reel.parent.glob("out.takes/*.mid")), "nobody played those notes"
    one, other = (sound(take) for take in made.takes if take.number in (3, 4) and take.metadata["cue"] == "m1")
    assert not np.array_equal(one, other)


def test_notes_of_an_earlier_score_do_not_lie_beside_what_an_engine_plays(reel: Path) -> None:
    finished(asked(reel, engine="mini", takes=2))
    assert len(list(reel.parent.glob("out.takes/*.mid"))) == 4
    finished(asked(reel))
    assert [path.name for path in sorted(reel.parent.glob("out.takes/*.mid"))] == ["MX_t03.mid", "MX_t04.mid"]
    assert not list(reel.parent.glob("out.takes/MX_t0[12]*.csv"))


def test_a_soundfont_that_an_engine_does_not_use_is_said(reel: Path) -> None:
    pytest.importorskip("symusic")
    font = write_soundfont(reel.with_name("sine.sf2"))
    said = finished(asked(reel, music=MusicSettings(soundfont=str(font)))).report["warnings"]
    assert said.count("the SoundFont sine.sf2 is not used: the engine player plays") == 1
    assert "SoundFont" not in str(finished(asked(reel, music=MusicSettings(soundfont="own"))).report["warnings"])


def test_clicks_are_on_the_tempo_in_every_window(reel: Path) -> None:
    """Windows of a long section begin with bars, so that beats go on through their cross-fades."""
    keep(playing_guest(window_s=8.0))
    settings = MusicSettings(tempo=TEMPO, hits="none", end="00:00:12:00", duck=0)
    (take,) = finished(asked(reel, "neutral, piano", music=settings, handles=Fraction(0))).takes
    assert take.metadata["tempo"] == pytest.approx(TEMPO, rel=0.01)
    heard = np.abs(np.diff(sound(take)[0], prepend=0))
    frames = heard[: len(heard) // 480 * 480].reshape(-1, 480).max(axis=1)  # of 10 ms
    strong = np.flatnonzero((frames > 0.5 * frames.max()) & (np.diff(frames, prepend=0) > 0)) / 100
    beat = 60 / take.metadata["tempo"]
    off = np.abs(strong / beat - np.round(strong / beat)) * beat
    assert len(strong) >= 15 and np.mean(off < 0.03) > 0.9


def test_music_of_an_engine_is_made_again(reel: Path) -> None:
    takes = finished(asked(reel)).takes
    before = {take.name: sound(take).tobytes() for take in takes}
    again = list(redo(made_takes(reel.with_name("out.otio")), reel.parent / "again"))
    assert {(each.problem, each.is_same) for each in again} == {("", True)}
    made = {path.stem: read_sound(path, mono=False).tobytes() for path in (reel.parent / "again").glob("*.wav")}
    assert made == before
    keep(playing_guest(window_s=5.0, version="3"))
    problems = {each.problem for each in redo(made_takes(reel.with_name("out.otio")), reel.parent / "newer")}
    assert all("was made with engine_version 2, and here it is 3" in problem for problem in problems)


def test_the_cue_sheet_has_its_sections(reel: Path) -> None:
    finished(asked(reel))
    timeline = read_timeline(reel.with_name("out.otio"))
    rows = [row for row in sheet_rows(timeline, takes_in(timeline)) if row.stem == "MX"]
    assert [(row.cue, row.line.split(",")[0]) for row in rows] == [("m1", "lamento"), ("m2", "hurry")]


def test_what_it_cannot_play_is_said_once_for_the_piece(reel: Path) -> None:
    with pytest.raises(InputError, match="engine player: refuses: nobody can play that"):
        finished(asked(reel, "unplayable"))
    assert not reel.with_name("out.otio").exists()


def test_a_piece_in_which_nothing_sounds_is_said_and_not_laid(reel: Path) -> None:
    made = finished(asked(reel, "inaudible lament"))
    assert any("nothing sounds in MX of V1-001" in each for each in made.report["warnings"]), made.report["warnings"]
    with pytest.raises(TimelineError, match="holds no sound of talkies"):
        takes_in(read_timeline(reel.with_name("out.otio")))


def test_an_engine_for_everything_plays_too_and_one_that_plays_nothing_leaves_it_to_rules(reel: Path) -> None:
    assert finished(asked(reel, engine="player")).takes[0].metadata["engine"] == "player"
    assert finished(asked(reel, engine="mini")).takes[0].metadata["source"] == "score"
    keep(playing_guest(name="barker", tasks=["foley"]))
    made = finished(asked(reel, engine="barker"))
    assert made.takes[0].metadata["source"] == "score"
    assert "the engine barker makes foley; music is made by rules" in made.report["warnings"]
    for name, makes in (("mini", "foley, dialogue, joint"), ("barker", "foley")):
        with pytest.raises(ArgumentError, match=f"engine {name}: makes no music; it makes {makes}"):
            finished(asked(reel, engine=f"music={name}"))
