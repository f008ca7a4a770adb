"""Backgrounds of a list: their words for the bed of their time, joined to what lies around them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
from engines import load_tones
from films import write_movie, write_reel

from talkies.core.arrays import Floats, Samples
from talkies.core.events import Finished
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.sound import read_sound
from talkies.core.segment import Take
from talkies.core.spotting.files import write_spots
from talkies.core.spotting.made_of import sounds_otherwise
from talkies.core.spotting.spot import Spot
from talkies.core.timeline import read_timeline

RATE = 48_000
SECONDS = 12


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_movie(tmp_path / "film.mp4", SECONDS)


def row(
    number: int,
    start: float | Fraction,
    end: float | Fraction,
    words: str,
    kind: Any = "background",
    shot: str = "V1-001",
) -> Spot:
    times = Fraction(str(start)), Fraction(str(end))
    return Spot(f"{shot}.{number:02}", shot, *times, kind, words=words, source="rules" if kind == "hit" else "auto")


def made(film: Path, out: str, spots: Iterable[Spot], **more: Any) -> tuple[list[Take], list[str]]:
    path = film.with_name("list.csv")
    write_spots(read_timeline(film), list(spots), path)
    *_, last = render(Request(film, film.with_name(out), task="foley", spots=path, **more), load_engine=load_tones)
    assert isinstance(last, Finished)
    return list(last.takes), last.report["warnings"]


def bed(takes: list[Take]) -> Samples:
    """What is played of the bed, (2, N)."""
    (take,) = [each for each in takes if each.stem == "BG"]
    first = round(take.head_handle * RATE)
    return read_sound(take.path, mono=False)[:, first : first + take.record.samples(RATE)[1]]


def high(sound: Samples) -> Floats:
    """Share of the power above 2 kHz in each second, dB."""
    seconds = sound[0][: sound.shape[1] // RATE * RATE].reshape(-1, RATE) * np.hanning(RATE)
    power = np.square(np.abs(np.fft.rfft(seconds, axis=1)))
    return np.asarray(10 * np.log10((power[:, 2000:].sum(1) + 1e-20) / (power.sum(1) + 1e-20)))


def test_rain_is_heard_in_its_row_and_the_room_goes_on_around_it(film: Path) -> None:
    plain = bed(made(film, "plain.otio", [])[0])
    rainy = bed(made(film, "rain.otio", [row(1, 4, 8, "rain")])[0])
    assert np.array_equal(rainy[:, : round(3.5 * RATE)], plain[:, : round(3.5 * RATE)])
    assert np.array_equal(rainy[:, round(8.5 * RATE) :], plain[:, round(8.5 * RATE) :])
    brighter = high(rainy) - high(plain)
    assert brighter[4:8].min() > 6 and np.abs(np.delete(brighter, range(3, 9))).max() < 0.01


def test_the_same_words_as_the_runs_are_no_change_at_all(film: Path) -> None:
    plain = bed(made(film, "plain.otio", [], background="rain")[0])
    assert np.array_equal(plain, bed(made(film, "same.otio", [row(1, 4, 8, "rain")], background="rain")[0]))


def test_off_is_silence_and_auto_the_picture(film: Path) -> None:
    sound = bed(made(film, "off.otio", [row(1, 3, 6, "off"), row(2, 8, 10, "auto")], background="rain")[0])
    assert not sound[:, round(3.5 * RATE) : round(5.5 * RATE)].any()
    assert sound[:, : round(2.5 * RATE)].any() and sound[:, round(6.5 * RATE) :].any()
    assert high(sound)[9] < high(sound)[7] - 6


def test_rows_that_overlap_are_both_heard(film: Path) -> None:
    together = bed(made(film, "a.otio", [row(1, 2, 8, "rain"), row(2, 4, 10, "wind")])[0])
    one = bed(made(film, "b.otio", [row(1, 4, 8, "rain, wind")])[0])
    np.testing.assert_allclose(together[:, 5 * RATE : 7 * RATE], one[:, 5 * RATE : 7 * RATE], atol=2**-22)


def test_a_row_ends_with_its_shot_and_handles_hold_what_the_neighbour_plays(tmp_path: Path) -> None:
    write_movie(tmp_path / "grey.mp4", 6)
    reel = write_reel(tmp_path / "reel.otio", ["grey.mp4", "grey.mp4"], start=10)
    timeline = read_timeline(reel)
    first, second = timeline.segments
    rows = [row(1, first.source.start, first.source.end + 3, "rain", shot=first.id)]
    takes, _ = made(reel, "out.otio", rows)
    one, other = (take for take in takes if take.stem == "BG")
    tail = read_sound(one.path, mono=False)[:, -RATE:]
    start = round(other.head_handle * RATE)
    played = read_sound(other.path, mono=False)[:, start : start + RATE]
    assert np.array_equal(tail[:, :-100], played[:, :-100])
    assert one.metadata["rows"] == {f"{first.id}.01": "rain"}
    assert second.id != first.id


def test_hits_fade_into_the_bed(film: Path) -> None:
    """Nowhere is the sum black, and a second after a hit it is as loud as the bed alone."""
    spots = [row(1, 2, 2, "wood knock", "hit"), row(2, 6, 6, "wood knock", "hit"), row(3, 4, 9, "kitchen")]
    takes, _ = made(film, "out.otio", spots)
    (effects,) = [take for take in takes if take.stem == "FX"]
    under, over = bed(takes), read_sound(effects.path, mono=False)
    first = round(effects.head_handle * RATE)
    over = over[:, first : first + under.shape[1]]
    assert longest_black(over) > RATE and longest_black(over + under) <= 3
    for hit in (2, 6):
        after = slice((hit + 2) * RATE, (hit + 2) * RATE + RATE // 2)
        assert level(over + under, after) == pytest.approx(level(under, after), abs=0.5)


def level(sound: Samples, part: slice) -> float:
    return float(10 * np.log10(np.mean(np.square(sound[:, part].astype(np.float64)))))


def longest_black(sound: Samples) -> int:
    runs = ((value, len(list(run))) for value, run in groupby((sound == 0).all(axis=0).tolist()))
    return max((length for value, length in runs if value), default=0)


def test_one_background_anew_is_the_bed_of_its_shot_alone(film: Path) -> None:
    spots = [row(1, 2, 2, "wood knock", "hit"), row(2, 4, 9, "rain")]
    assert {take.stem for take in made(film, "out.otio", spots)[0]} == {"FX", "BG"}
    takes, _ = made(film, "out.otio", spots, only=(spots[1].id,))
    assert {take.stem for take in takes} == {"BG"}
    takes, _ = made(film, "out.otio", spots, only=(spots[0].id,))
    assert {take.stem for take in takes} == {"FX"}


def test_what_is_not_made_is_said(film: Path) -> None:
    _, told = made(film, "a.otio", [row(1, 4, 8, "rain")], background="off")
    assert any("1 background of the list, but no beds are made" in sentence for sentence in told)
    _, told = made(film, "b.otio", [row(1, 4, 8, "xyzzyx")])
    assert any("xyzzyx" in sentence for sentence in told)


def test_a_row_that_a_shot_above_covers_is_known_to_the_bed(tmp_path: Path) -> None:
    """Nothing was edited, so the take is still of its list."""
    write_movie(tmp_path / "film.mp4", SECONDS)
    path = write_reel(tmp_path / "reel.otio", ["film.mp4"], frames=10 * 25)
    document = otio.adapters.read_from_file(str(path))
    (clip,) = document.tracks[0]
    gap = otio.schema.Gap(source_range=otio.opentime.range_from_start_end_time(at(0), at(4)))
    above = clip.deepcopy()
    above.source_range = otio.opentime.TimeRange(at(0), at(2))
    document.tracks.append(otio.schema.Track("V2", kind="Video", children=[gap, above]))
    otio.adapters.write_to_file(document, str(path))
    rain = row(1, 4, 6, "rain")
    takes, _ = made(path, "out.otio", [rain], background="auto")
    lower = read_timeline(path).segments[0]
    (take,) = [each for each in takes if each.stem == "BG" and each.segment_id == lower.id]
    assert not sounds_otherwise(take.metadata["spots"], [rain], lower, take.record)
    assert sounds_otherwise(take.metadata["spots"], [], lower, take.record)


def at(seconds: int) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(seconds * 25, 25)
