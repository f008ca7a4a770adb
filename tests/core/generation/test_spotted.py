"""Spotting lists become sound: one spot is one sound, and an edited spot changes its own window and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import load_tones
from films import write_movie
from library_sounds import add, save, struck

from talkies.core.arrays import Sound
from talkies.core.errors import ArgumentError
from talkies.core.events import Finished
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.library import open_library
from talkies.core.media.onsets import detect_onsets
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.segment import Take
from talkies.core.spotting.files import write_spots
from talkies.core.spotting.spot import Spot
from talkies.core.timeline import read_timeline
from talkies.core.timeline.structure.tracks import lanes_of

RATE = 48_000
SHOT = "V1-001"
TIMES = (0.6, 1.7, 2.8, 3.9)
STEP = 1 / (1 << 23)


def spot(number: int, seconds: float, words: str = "hammer wood", **more: Any) -> Spot:
    time = Fraction(str(seconds))
    return Spot(f"{SHOT}.{number:02}", SHOT, time, time, **{"words": words, **more})


LIST = tuple(spot(number, time) for number, time in enumerate(TIMES, start=1))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_movie(tmp_path_factory.mktemp("film") / "film.mp4", 5)


def made(film: Path, out: Path, spots: Iterable[Spot], **more: Any) -> tuple[Take, ...]:
    """The takes of a list, written beside ``out``."""
    listed = out.with_name("list.csv")
    write_spots(read_timeline(film), list(spots), listed)
    request = Request(film, out, task="foley", spots=listed, **{"background": "off", **more})
    *_, last = render(request, load_engine=load_tones)
    assert isinstance(last, Finished)
    return last.takes


def heard(take: Take) -> Sound:
    """The samples of a take's file, (N,)."""
    sound: Sound = read_sound(take.path)[0]
    return sound


def differing(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Seconds at which two sounds differ."""
    return np.flatnonzero(one != other) / RATE


def test_every_spot_sounds_at_its_sample(film: Path, tmp_path: Path) -> None:
    (take,) = made(film, tmp_path / "out.otio", LIST)
    sound = heard(take)
    assert len(sound) == 5 * RATE
    assert np.abs(detect_onsets(sound) - np.array(TIMES)).max() <= 0.005
    assert not sound[: round(TIMES[0] * RATE)].any(), "nothing sounds before the first spot"


def test_a_moved_spot_changes_its_own_windows_alone(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    before = heard(made(film, out, LIST)[0])
    moved = [*LIST[:2], replace(LIST[2], time=Fraction("3.3"), until=Fraction("3.3")), LIST[3]]
    after = heard(made(film, out, moved)[0])
    changed = differing(before, after)
    assert 2.8 <= changed.min() <= 2.81 and changed.max() < 4.6, "from where it was until it has rung out"
    assert np.abs(detect_onsets(after) - np.array([0.6, 1.7, 3.3, 3.9])).max() <= 0.005


def test_deleted_and_added_spots_leave_the_rest_as_it_is(film: Path, tmp_path: Path) -> None:
    """Also its loudness, which without three of four hits would be measured otherwise."""
    out = tmp_path / "out.otio"
    whole = heard(made(film, out, LIST)[0])
    alone = heard(made(film, out, LIST[3:])[0])
    assert not alone[: round(3.9 * RATE)].any()
    last = round(3.9 * RATE) + RATE // 5
    assert np.abs(whole - alone)[last - RATE // 10 : last].max() < 0.05 * np.abs(alone).max()
    again = heard(made(film, out, LIST)[0])
    assert np.array_equal(whole, again)
    added = heard(made(film, out, [*LIST, spot(9, 2.25, "glass break", source="rules")])[0])
    changed = differing(whole, added)
    assert 2.25 <= changed.min() <= 2.26


def test_a_spot_that_is_rolled_again_sounds_another_way_at_the_same_time(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    before = heard(made(film, out, LIST)[0])
    after = heard(made(film, out, [*LIST[:3], replace(LIST[3], roll=1)])[0])
    assert 3.9 <= differing(before, after).min() <= 3.91
    assert np.abs(detect_onsets(after) - np.array(TIMES)).max() <= 0.005


def test_levels_stay_until_they_are_asked_for_anew(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    (first,) = made(film, out, LIST)
    quiet = [replace(each, force=0.1) for each in LIST]
    (kept,) = made(film, out, quiet)
    kept_peak = np.abs(heard(kept)).max()
    (anew,) = made(film, out, quiet, relevel=True)
    assert kept.metadata["gains_db"] == first.metadata["gains_db"]
    assert anew.metadata["gains_db"] != first.metadata["gains_db"]
    assert kept_peak < np.abs(heard(anew)).max()


def test_kinds_of_sound_have_their_own_words(film: Path, tmp_path: Path) -> None:
    """What rings is heard after the one and not after the other."""
    spots = [spot(1, 1.0, "wood knock", source="rules"), spot(2, 3.0, "bell", source="rules")]
    (take,) = made(film, tmp_path / "out.otio", spots)
    sound = heard(take)
    ratio = [
        np.square(sound[round((time + 0.6) * RATE) : round((time + 1.2) * RATE)]).sum()
        / np.square(sound[round(time * RATE) : round((time + 0.2) * RATE)]).sum()
        for time in (1.0, 3.0)
    ]
    assert ratio[1] > 30 * ratio[0]
    assert {row["words"] for row in take.metadata["spots"].values()} == {"wood knock", "bell"}


def test_what_goes_on_does_so_for_its_span(film: Path, tmp_path: Path) -> None:
    rain = Spot(f"{SHOT}.01", SHOT, Fraction(1), Fraction("3.5"), "sustained", words="rain", source="rules")
    sound = heard(made(film, tmp_path / "out.otio", [rain])[0])
    assert not sound[:RATE].any() and not sound[round(3.5 * RATE) :].any()
    inside = sound[round(1.5 * RATE) : 3 * RATE].reshape(-1, RATE // 10)
    assert (np.sqrt(np.square(inside).mean(1)) > 0.01).all()


def test_clips_of_events_add_up_to_the_clip_of_the_shot(film: Path, tmp_path: Path) -> None:
    (shot,) = made(film, tmp_path / "shots" / "out.otio", LIST, loudness="none")
    events = made(film, tmp_path / "events" / "out.otio", LIST, loudness="none", clips="events")
    assert [take.metadata["spot"] for take in events] == [each.id for each in LIST]
    total = np.zeros(6 * RATE)
    for take, time in zip(events, TIMES, strict=True):
        assert take.record.start <= Fraction(str(time)) < take.record.start + Fraction(1, 25)
        first = round(take.file_range.start * RATE)
        sound = heard(take)
        total[first : first + len(sound)] += sound[: len(total) - first]
    assert np.abs(total[: 5 * RATE - 100] - heard(shot)[: 5 * RATE - 100]).max() <= 4 * STEP


def test_clips_of_events_alternate_between_lanes(film: Path, tmp_path: Path) -> None:
    events = made(film, tmp_path / "out.otio", LIST, clips="events")
    lanes = lanes_of(events)
    assert [[take.metadata["spot"][-2:] for take in lane.takes] for lane in lanes] == [["01", "03"], ["02", "04"]]
    read = read_timeline(tmp_path / "out.otio").document
    sounds = [track for track in read.tracks if track.name.startswith("FX talkies")]
    assert [len(list(track.find_clips())) for track in sounds] == [2, 2]


def test_only_one_event_is_made_anew(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    before = {take.metadata["spot"]: heard(take) for take in made(film, out, LIST, clips="events")}
    rolled = [replace(each, roll=int(each.id.endswith("02"))) for each in LIST]
    (take,) = made(film, out, rolled, clips="events", only=(f"{SHOT}.02",))
    assert take.metadata["spot"] == f"{SHOT}.02"
    assert not np.array_equal(heard(take)[: RATE // 2], before[take.metadata["spot"]][: RATE // 2])
    clips = [clip for track in read_timeline(out).document.tracks[1:] for clip in track.find_clips()]
    assert sorted(clip.metadata["talkies"]["spot"] for clip in clips) == [each.id for each in LIST]


def test_a_file_sounds_at_its_spots_and_a_missing_one_is_named(film: Path, tmp_path: Path) -> None:
    ping = np.zeros(RATE, np.float32)
    ping[4800:9600] = 0.5 * np.sin(2 * np.pi * 700 * np.arange(4800) / RATE) * np.exp(-np.arange(4800) / 900)
    write_bwf(tmp_path / "ping.wav", [ping[None]])
    spots = [spot(1, 1.0, "", source="file", file="ping.wav"), spot(2, 3.0, "", file="ping.wav")]
    (take,) = made(film, tmp_path / "out.otio", spots)
    sound = heard(take)
    assert np.abs(detect_onsets(sound) - np.array([1.0, 3.0])).max() <= 0.003
    spectrum = np.abs(np.fft.rfft(sound[RATE : RATE + 4800]))
    assert abs(spectrum.argmax() * 10 - 700) <= 40
    assert all("ping.wav" in row["pick"] for row in take.metadata["spots"].values())
    with pytest.raises(ArgumentError, match=r"gone\.wav is not there"):
        made(film, tmp_path / "out.otio", [spot(1, 1.0, file="gone.wav")])


def test_a_list_that_says_nothing_is_silence(film: Path, tmp_path: Path) -> None:
    (take,) = made(film, tmp_path / "out.otio", [])
    assert take.is_silent


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"only": ("nowhere",)}, "not in list.csv"),
        ({"task": "dialogue"}, "nothing of dialogue"),
        ({"clips": "pieces"}, "unknown clips"),
    ],
)
def test_what_makes_no_sense_is_refused(film: Path, tmp_path: Path, options: Mapping[str, Any], problem: str) -> None:
    listed = tmp_path / "list.csv"
    write_spots(read_timeline(film), LIST, listed)
    with pytest.raises(ArgumentError, match=problem):
        list(render(Request(film, tmp_path / "out.otio", spots=listed, **options), load_engine=load_tones))


def test_words_only_the_network_knows_need_an_engine_that_hears_lists(film: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="cannot sound a spotting list"):
        made(film, tmp_path / "out.otio", [spot(1, 1.0, source="network")])


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of five recordings of steps, three in each."""
    monkeypatch.setenv("TALKIES_LIBRARY", str(tmp_path / "data" / "library.sqlite"))
    folder = tmp_path / "Sounds"
    folder.mkdir()
    for number in range(5):
        save(folder / f"footsteps gravel {number}.wav", struck([3000, 40_000, 80_000], 120_000, [0.1, 0.4, 1.0]))
    with open_library() as library:
        add(library, folder)
    return folder


def test_recordings_of_the_library_take_turns_and_stay_with_their_spots(
    film: Path, tmp_path: Path, recordings: Path
) -> None:
    out = tmp_path / "out.otio"
    steps = [spot(n, time, "footsteps gravel", source="library") for n, time in enumerate(TIMES, start=1)]
    (take,) = made(film, out, steps)
    before, picks = heard(take), [row["pick"] for row in take.metadata["spots"].values()]
    assert all(Path(pick.split("#")[0]).parent == recordings for pick in picks)
    assert all(one.split("#")[0] != other.split("#")[0] for one, other in pairwise(picks))
    assert np.abs(detect_onsets(before) - np.array(TIMES)).max() <= 0.003
    (fewer,) = made(film, out, [steps[0], *steps[2:]])
    assert [row["pick"] for row in fewer.metadata["spots"].values()] == [picks[0], *picks[2:]]
    changed = differing(before, heard(fewer))
    assert changed.min() >= 1.69 and changed.max() < 2.79


def test_a_spot_that_is_rolled_again_has_another_recording(film: Path, tmp_path: Path, recordings: Path) -> None:
    out = tmp_path / "out.otio"
    steps = [spot(n, time, "footsteps gravel", source="library") for n, time in enumerate(TIMES, start=1)]
    (take,) = made(film, out, steps)
    rolled = [replace(each, roll=3) if each is steps[1] else each for each in steps]
    (again,) = made(film, out, rolled)
    before, after = ([row["pick"] for row in each.metadata["spots"].values()] for each in (take, again))
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, True, True]


def test_without_a_recording_that_fits_it_is_made_otherwise_and_said(
    film: Path, tmp_path: Path, recordings: Path
) -> None:
    listed = tmp_path / "list.csv"
    write_spots(read_timeline(film), [spot(1, 1.0, "hammer wood", source="library")], listed)
    request = Request(film, tmp_path / "out.otio", task="foley", spots=listed)
    *_, last = render(request, load_engine=load_tones)
    assert isinstance(last, Finished)
    assert [row["by"] for row in last.takes[0].metadata["spots"].values()] == ["rules"]
    assert any("no recording of the library fits 'hammer wood'" in warning for warning in last.report["warnings"])


def test_a_kind_of_sound_is_the_same_beside_another_kind(film: Path, tmp_path: Path) -> None:
    """So whatever names it in a shot of its own names it here."""
    knocks = [spot(1, 0.6, "wood knock", source="rules"), spot(2, 2.0, "wood knock", source="rules")]
    bells = [spot(3, 1.2, "bell", source="rules"), spot(4, 3.0, "bell", source="rules")]
    alone = made(film, tmp_path / "alone" / "out.otio", knocks, loudness="none", clips="events")
    beside = made(film, tmp_path / "beside" / "out.otio", [*knocks, *bells], loudness="none", clips="events")
    found = {take.metadata["spot"]: heard(take) for take in beside}
    assert len(found) == 4
    assert all(np.array_equal(heard(take), found[take.metadata["spot"]]) for take in alone)
