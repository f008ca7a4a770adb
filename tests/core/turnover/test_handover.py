"""The whole folder for a post house, made from a written timeline, and read back by other means."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import aaf2
import av
import numpy as np
import opentimelineio as otio
import pyloudnorm
import pytest
from engines import load_tones
from films import write_movie, write_reel

from talkies.core.errors import CancelledError, MediaError, OutputError, TimelineError
from talkies.core.events import Progress, Warned
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import read_bext
from talkies.core.timeline import read_timeline
from talkies.core.turnover.from_timeline import takes_in
from talkies.core.turnover.handover import HandedOver, hand_over
from talkies.core.turnover.span import Pops

CUES = [(2, 20, "ANNA: Hello there."), (22, 28, "[door slams]"), (30, 48, "BORIS: Good morning.")]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A timeline of two shots at 01:00:00:00 with takes on it, two of each; tests make copies of it."""
    folder = tmp_path_factory.mktemp("reel")
    write_movie(folder / "film.mp4", 3)
    reel = write_reel(folder / "reel.otio", ["film.mp4", "film.mp4"], cues=CUES, start=25)
    timeline = otio.adapters.read_from_file(str(reel))
    timeline.global_start_time = otio.opentime.RationalTime(90_000, 25)
    otio.adapters.write_to_file(timeline, str(reel))
    request = Request(reel, folder / "reel.talkies.otio", takes=2, handles=Fraction(1, 5), background="off")
    list(render(request, load_engine=load_tones))
    return request.out


@pytest.fixture(scope="module")
def handed(written: Path) -> Path:
    """The folder, with both pops."""
    out = written.with_name("to the post house")
    events = list(hand_over(read_timeline(written), out, Pops(two_pop=True, tail_pop=True)))
    assert isinstance(events[-1], HandedOver)
    return out


def edited(written: Path, name: str, change: object) -> Path:
    """A copy of the timeline beside it, after somebody's work on its clips of effects."""
    timeline = otio.adapters.read_from_file(str(written))
    track = next(track for track in timeline.tracks if track.name == "FX talkies")
    change(track)  # type: ignore[operator]
    path = written.with_name(name)
    otio.adapters.write_to_file(timeline, str(path))
    return path


def facts(folder: Path) -> dict[str, list[str]]:
    """The README's lines by what they begin with."""
    found: dict[str, list[str]] = {}
    for line in (folder / "README.txt").read_text(encoding="utf-8").splitlines():
        key, _, value = line.strip().partition("  ")
        found.setdefault(key, []).append(value.strip())
    return found


def test_every_file_is_listed_and_its_checksum_holds(handed: Path) -> None:
    lines = (handed / "SHA256SUMS").read_text().splitlines()
    sums = {name: checksum for checksum, name in (line.split("  ", 1) for line in lines)}
    there = {str(path.relative_to(handed)) for path in handed.rglob("*") if path.is_file()}
    assert set(sums) == there - {"SHA256SUMS"}
    for name, expected in sums.items():
        assert hashlib.sha256((handed / name).read_bytes()).hexdigest() == expected
    told = facts(handed)
    listed = {name for name in told if name and (handed / name).exists()} | {"README.txt"}
    assert {name for name in there if not name.startswith("TAKES/")} | {"TAKES/"} == listed


def test_the_readme_says_what_the_files_say(handed: Path) -> None:
    told = facts(handed)
    assert told["frame rate"] == ["25 frames per second"]
    assert told["timeline starts"] == ["01:00:00:00"]
    start, reference = re.fullmatch(r"(\S+) \(time reference (\d+)\), all of them", told["stems start"][0]).groups()  # type: ignore[union-attr]
    count = int(told["stems last"][0].split()[0])
    assert start == "00:59:52:00" and count == 13 * 48_000
    stems = sorted((handed / "STEMS").iterdir())
    assert [told[f"STEMS/{stem.name}"] for stem in stems]
    for stem in stems:
        assert read_bext(stem).time_reference == int(reference) == 3592 * 48_000
        assert read_sound(stem).shape == (1, count)
    pops = [int(re.search(r"sample (\d+)", pop)[1]) for pop in told["pop"]]  # type: ignore[index]
    sound = read_sound(stems[0])[0]
    for pop in pops:
        assert not sound[pop - 100 : pop].any() and np.abs(sound[pop : pop + 1920]).max() == pytest.approx(0.1, 1e-3)
    assert told["DX talkies"] == ["mono, 1 take, ANNA: reel_DX_talkies.wav"]
    assert told["FX talkies 2"] == ["stereo, 2 takes, alternative 2, not in the mix: reel_FX_talkies_2_take02.wav"]
    assert told["tones"] == ["weights 000000000000, licence Apache-2.0, talkies 0.1.0, seeds 0, 1"]
    assert told["handles"] == ["0.2 s beyond each cut in the single takes, none in the stems"]


def test_the_loudness_in_the_readme_is_that_of_the_mix(handed: Path) -> None:
    """Judged by pyloudnorm on the enabled stems without their pops; mono is panned to the middle."""
    names = ("reel_DX_talkies", "reel_DX_talkies_2", "reel_FX_talkies")
    mix = sum(read_sound(handed / "STEMS" / f"{name}.wav")[0] for name in names)[8 * 48_000 : 10 * 48_000] * 0.5**0.5
    judged = pyloudnorm.Meter(48_000).integrated_loudness(np.stack([mix, mix], axis=1))
    told = facts(handed)
    assert float(told["loudness"][0].split()[0]) == pytest.approx(judged, abs=0.1)
    assert told["delivery"] == ["EBU R128: -23.0 LUFS ±0.5, at most -1.0 dBTP: met"]
    assert abs(judged + 23) <= 0.5


def test_takes_are_copies_with_their_handles(handed: Path, written: Path) -> None:
    originals = sorted(written.with_name("reel.talkies.takes").iterdir())
    copies = sorted((handed / "TAKES").iterdir())
    assert [copy.name for copy in copies] == [original.name for original in originals] and len(copies) == 8
    for copy, original in zip(copies, originals, strict=True):
        assert copy.read_bytes() == original.read_bytes()


def test_the_cut_finds_its_takes_wherever_the_folder_goes(handed: Path, tmp_path: Path) -> None:
    moved = handed.rename(tmp_path / "elsewhere")
    try:
        takes = takes_in(read_timeline(moved / "reel.otio"))
        assert {take.path.resolve().parent for take in takes} == {(moved / "TAKES").resolve()}
        assert [(take.stem, take.number) for take in takes] == [
            ("DX", 1), ("DX", 1), ("DX", 2), ("DX", 2), ("FX", 1), ("FX", 1), ("FX", 2), ("FX", 2)
        ]  # fmt: skip
        assert {take.record.start * 25 for take in takes} == {0, 25}
    finally:
        moved.rename(handed)


def test_the_aaf_links_to_the_takes_in_the_folder(handed: Path) -> None:
    """Its locators and its sound clips, as the AAF library reads them."""
    with aaf2.open(str(handed / "reel.aaf")) as file:
        locators = [
            locator["URLString"].value
            for mob in file.content.sourcemobs()
            for locator in mob.descriptor.getvalue("Locator") or ()
        ]
        tracks = {slot.name: slot for mob in file.content.toplevel() for slot in mob.slots}
        played = [(clip.length, type(clip).__name__) for clip in tracks["FX talkies"].segment.components]
    takes = {path.as_uri() for path in (handed / "TAKES").iterdir()}
    assert takes <= set(locators) and len(takes) == 8
    assert played == [(25, "SourceClip"), (25, "SourceClip")]


def test_the_reference_movie_has_timecode_flashes_and_the_mix(handed: Path) -> None:
    with av.open(str(handed / "PICTURE" / "reel_reference.mov")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.metadata["timecode"] == "00:59:52:00"
        assert (video.average_rate, video.frames, audio.codec_context.name) == (25, 325, "pcm_s24le")
        means = [frame.to_ndarray(format="gray")[:300].mean() for frame in container.decode(video)]
    assert [number for number, mean in enumerate(means) if mean > 200] == [150, 300]
    assert max(means[:150]) < 20 and min(means[200:250]) > 50
    sound = read_sound(handed / "PICTURE" / "reel_reference.mov", mono=False)
    gains = {"reel_DX_talkies": 0.5**0.5, "reel_DX_talkies_2": 0.5**0.5, "reel_FX_talkies": 1}  # mono in the middle
    mix = sum(gain * read_sound(handed / "STEMS" / f"{name}.wav", mono=False) for name, gain in gains.items())
    inside = slice(8 * 48_000, 10 * 48_000)
    assert np.allclose(sound[:, inside], np.asarray(mix)[:, inside], atol=1e-6)
    assert np.abs(sound[:, 288_000:289_920]).max() == pytest.approx(0.1, 1e-3)


def test_clips_that_were_moved_trimmed_and_muted_are_handed_over_as_they_are(written: Path, tmp_path: Path) -> None:
    """The first clip begins 9 frames later and has lost its first 4 and last 5 frames; the second does not sound."""

    def change(track: otio.schema.Track) -> None:
        clip = track[0]
        span = clip.source_range
        rate = span.start_time.rate
        later = otio.opentime.RationalTime(4, rate)
        clip.source_range = otio.opentime.TimeRange(span.start_time + later, otio.opentime.RationalTime(16, rate))
        gap = otio.schema.Gap(duration=otio.opentime.RationalTime(9, rate))
        track.insert(0, gap)
        track[2].enabled = False

    path = edited(written, "moved.otio", change)
    out = tmp_path / "out"
    list(hand_over(read_timeline(path), out, Pops()))
    take = next(take for take in takes_in(read_timeline(path)) if take.stem == "FX" and take.number == 1)
    assert (take.record.start * 25, take.record.end * 25) == (9, 25)
    assert (take.head_handle, take.tail_handle) == (Fraction(1, 5) + Fraction(4, 25), Fraction(1, 5) + Fraction(5, 25))
    original = read_sound(take.path)[0]
    stem = read_sound(out / "STEMS" / "reel_FX_talkies.wav")[0]
    head = 9 * 1920
    assert not stem[: 9 * 1920].any() and not stem[25 * 1920 :].any()
    assert np.array_equal(stem[9 * 1920 : 25 * 1920], original[9600 + 4 * 1920 : 9600 + 20 * 1920])
    copy = out / "TAKES" / take.path.name
    assert read_bext(copy).time_reference == 3600 * 48_000 + head - 4 * 1920 - 9600
    assert np.array_equal(read_sound(copy)[0], original)


def test_an_edl_counts_in_the_timecode_of_its_sounds(tmp_path: Path) -> None:
    """At 00:00:00:00, where a take with a head handle begins on the day before."""
    write_movie(tmp_path / "film.mp4", 3)
    reel = write_reel(tmp_path / "reel.otio", ["film.mp4", "film.mp4"], start=25)
    found = []
    for suffix in (".otio", ".edl"):
        request = Request(reel, tmp_path / f"out{suffix}", task="foley", handles=Fraction(1, 5))
        list(render(request, load_engine=load_tones))
        takes = sorted(takes_in(read_timeline(request.out)), key=lambda take: take.name)  # an EDL's tracks by channels
        found.append([(take.record, take.head_handle, take.tail_handle, take.path.name) for take in takes])
    assert found[0] == found[1]
    heads = sorted((take.stem, take.head_handle) for take in takes)
    fifth = Fraction(1, 5)
    assert heads == [("BG", 0), ("BG", fifth), ("FX", fifth), ("FX", fifth)]
    assert all(take.tail_handle == fifth for take in takes)


def test_what_cannot_be_handed_over_is_said_in_a_sentence(written: Path, tmp_path: Path) -> None:
    def faster(track: otio.schema.Track) -> None:
        track[0].effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))

    def lost(track: otio.schema.Track) -> None:
        track[0].media_reference.target_url = "nowhere/gone.wav"

    def late(track: otio.schema.Track) -> None:
        track[0].source_range = otio.opentime.TimeRange(
            otio.opentime.RationalTime(95_000, 25), track[0].source_range.duration
        )

    cases = [
        (edited(written, "fast.otio", faster), TimelineError, "plays at another speed"),
        (edited(written, "lost.otio", lost), MediaError, "gone.wav' was not found"),
        (edited(written, "late.otio", late), TimelineError, "shows what its file .*wav does not have"),
        (written.with_name("reel.otio"), TimelineError, "holds no sound of talkies; make some"),
    ]
    for path, kind, words in cases:
        with pytest.raises(kind, match=words):
            list(hand_over(read_timeline(path), tmp_path / "out", Pops()))
    with pytest.raises(OutputError, match=r"holds files that talkies did not write \(.*and \d+ more\)"):
        list(hand_over(read_timeline(written), written.parent, Pops()))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_whose_sound_is_read_is_not_replaced(written: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    list(hand_over(read_timeline(written), out, Pops()))
    with pytest.raises(OutputError, match="holds the timeline that is read"):
        list(hand_over(read_timeline(out / "reel.otio"), out, Pops()))
    timeline = otio.adapters.read_from_file(str(out / "reel.otio"))
    for clip in timeline.find_clips():
        if "talkies" in clip.metadata:
            clip.media_reference.target_url = (out / clip.media_reference.target_url).as_uri()
    otio.adapters.write_to_file(timeline, str(tmp_path / "linked.otio"))
    with pytest.raises(OutputError, match=r"holds sound that the timeline plays \(DX_.*wav\)"):
        list(hand_over(read_timeline(tmp_path / "linked.otio"), out, Pops()))


def test_what_a_timeline_says_of_its_sound_is_not_trusted(written: Path, tmp_path: Path) -> None:
    def change(track: otio.schema.Track) -> None:
        said = {
            "limited_db": "much",
            "loudness": ["loud"],
            "seed": "x",
            "licence": "free\n\nof charge",
            "engine_version": "1.2",
            "sellable": False,
            "prompts": [1, 2],
        }
        track[0].metadata["talkies"].update(said)
        track[1].metadata["talkies"].update({"stem": ["FX"], "take": "two", "speaker": {"a": 1}, "channels": "many"})

    list(hand_over(read_timeline(edited(written, "odd.otio", change)), tmp_path / "out", Pops()))
    [line] = facts(tmp_path / "out")["tones 1.2"]
    assert "licence free of charge, what it makes may not be sold" in line
    clips = otio.adapters.read_from_file(str(tmp_path / "out" / "reel.otio")).find_clips()
    assert [1, 2] in [list(clip.metadata.get("talkies", {}).get("prompts", ())) for clip in clips]


def test_nothing_is_left_when_the_work_is_stopped(written: Path, tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.fraction > 0.4:
            raise CancelledError("turnover", "was cancelled")

    with pytest.raises(CancelledError):
        list(hand_over(read_timeline(written), tmp_path / "out", Pops(), watch=stop))
    assert list(tmp_path.iterdir()) == []


def test_a_leader_before_midnight_is_said_before_anything_is_written(tmp_path: Path) -> None:
    def events() -> Iterator[object]:
        write_movie(tmp_path / "film.mp4", 2)
        reel = write_reel(tmp_path / "reel.otio", ["film.mp4"])
        request = Request(reel, tmp_path / "reel.talkies.otio", task="foley")
        list(render(request, load_engine=load_tones))
        yield from hand_over(read_timeline(request.out), tmp_path / "out", Pops(two_pop=True))

    first = next(event for event in events())
    assert isinstance(first, Warned) and "before midnight, at 23:59:52:00" in first.sentence
    assert not (tmp_path / "out").exists()
