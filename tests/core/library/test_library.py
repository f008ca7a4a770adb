"""The library: what is read from names and chunks, what a second add does, how spots are cast."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from talkies.core.arrays import Sound
from talkies.core.errors import InputError, MediaError, OutputError
from talkies.core.events import Progress, Warned
from talkies.core.files.lock import held
from talkies.core.library import Library, Pick, Wanted, add_folder, cast, find, open_library
from talkies.core.library.names import category_of, category_words, fold, weighed_terms
from talkies.core.media.sound import write_bwf

RATE = 48000


def burst(seed: int = 0, decay_s: float = 0.05, length_s: float = 0.6) -> Sound:
    """Noise that starts at full strength and dies away."""
    time = np.arange(round(length_s * RATE)) / RATE
    rng = np.random.default_rng(seed)
    noise = rng.uniform(0.3, 0.6, len(time)) * rng.choice([-1, 1], len(time))
    return np.asarray(noise * np.exp(-time / decay_s), np.float32)


def struck(places: Sequence[int], length: int, gains: Sequence[float] = ()) -> Sound:
    """Bursts that begin at these samples, in silence."""
    sound = np.zeros(length, np.float32)
    for number, place in enumerate(places):
        gain = gains[number] if gains else 1.0
        one = burst(number)[: length - place] * np.float32(gain)
        sound[place : place + len(one)] += one
    return sound


def save(path: Path, sound: Sound, description: str = "", rate: int = RATE) -> Path:
    write_bwf(
        path, [np.atleast_2d(sound)], description=description, sample_rate=rate, channels=np.atleast_2d(sound).shape[0]
    )
    return path


def add_ixml(path: Path, document: str) -> None:
    """Appends an iXML chunk, as a recorder does."""
    data = document.encode() + b" " * (len(document.encode()) % 2)
    whole = bytearray(path.read_bytes()) + b"iXML" + struct.pack("<I", len(data)) + data
    whole[4:8] = struct.pack("<I", len(whole) - 8)
    path.write_bytes(whole)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path / "data" / "library.sqlite") as opened:
        yield opened


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    folder = tmp_path / "Sounds"
    folder.mkdir()
    return folder


def add(library: Library, folder: Path, processes: int = 1) -> tuple[int, list[str]]:
    """How many files were measured, and the warnings."""
    events = list(add_folder(library, folder, processes))
    last = [event.message for event in events if isinstance(event, Progress)][-1]
    return int(last.split()[0]), [event.sentence for event in events if isinstance(event, Warned)]


def names(library: Library, words: str, avoid: str = "") -> list[str]:
    return [found.recording.path.name for found in find(library, words, avoid)]


@pytest.mark.parametrize(
    ("name", "category", "words"),
    [
        ("DOORWood_Slam Heavy_JSMITH_LIB", "DOORWood", {"door", "wood"}),
        ("FOOTStep_Gravel", "FOOTStep", {"footsteps"}),
        ("GLASBrk_Bottle_AB", "GLASBrk", {"glass", "break"}),
        ("GLASMisc_Bottle_AB", "GLASMisc", {"glass"}),
        ("NASA_Launch", "", set()),
        ("DOORWood", "", set()),
        ("door_slam", "", set()),
    ],
)
def test_a_name_of_the_universal_category_system_says_its_category(name: str, category: str, words: set[str]) -> None:
    assert category_of(name) == category
    assert words <= set(category_words(category))


def test_the_maker_in_such_a_name_is_hardly_a_word() -> None:
    terms = weighed_terms(Path("DOORWood_Slam Heavy_Splash_Glass.wav"), [])
    assert terms["#door"] == terms["#wood"] == 1.0
    assert terms["slam"] > 5 * terms["splash"]


def test_words_are_folded_alike_however_they_are_spelt() -> None:
    assert fold("Tür") == fold("TUER") == fold("tu\u0308r")
    assert fold("Straße") == fold("STRASSE")


def test_found_by_name_folder_bext_and_ixml(library: Library, sounds: Path) -> None:
    (sounds / "Kitchen").mkdir()
    save(sounds / "DOORWood_Slam_AB_LIB.wav", burst())
    save(sounds / "Kitchen" / "take_01.wav", burst())
    save(sounds / "T002.wav", burst(), description="seagull over the harbour")
    tagged = save(sounds / "T003.wav", burst())
    add_ixml(tagged, "<BWFXML><NOTE>zither plucked</NOTE><ASWG><catId>GLASBrk</catId></ASWG></BWFXML>")
    save(sounds / "Schritte_Holztür_03.wav", burst())
    assert add(library, sounds) == (5, [])
    assert names(library, "wooden door")[0] == "DOORWood_Slam_AB_LIB.wav"
    assert names(library, "kitchen") == ["take_01.wav"]
    assert names(library, "harbour") == ["T002.wav"]
    assert names(library, "zither") == ["T003.wav"]
    assert names(library, "glass breaks")[0] == "T003.wav"
    assert names(library, "Tuer") == ["Schritte_Holztür_03.wav"]
    assert names(library, "schritte") == ["Schritte_Holztür_03.wav"]
    assert names(library, "helicopter") == []
    recording = library.recording(tagged)
    assert recording is not None
    assert (recording.category, recording.description) == ("GLASBrk", "zither plucked")


def test_what_is_to_be_avoided_is_not_found(library: Library, sounds: Path) -> None:
    save(sounds / "door wood.wav", burst())
    save(sounds / "door metal.wav", burst())
    add(library, sounds)
    assert names(library, "door", avoid="metal") == ["door wood.wav"]


def test_measures_of_known_sounds(library: Library, sounds: Path) -> None:
    places = [4801, 40_000, 70_001]
    time = np.arange(2 * RATE) / RATE
    save(sounds / "hits.wav", struck(places, 110_000))
    save(sounds / "tone.wav", (0.25 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32))
    save(sounds / "noise.wav", np.random.default_rng(3).normal(0, 0.1, 2 * RATE).astype(np.float32))
    add(library, sounds)
    hits, tone, noise = (library.recording(sounds / f"{name}.wav") for name in ("hits", "tone", "noise"))
    assert hits is not None
    assert tone is not None
    assert noise is not None
    assert [hit.sample for hit in hits.measures.hits] == pytest.approx(places, abs=1)
    ends = [hit.end for hit in hits.measures.hits]
    assert all(place + 0.2 * RATE < end for place, end in zip(places, ends, strict=True))
    assert all(end <= following for end, following in zip(ends, [*places[1:], 110_000], strict=True))
    assert tone.measures.duration_s == pytest.approx(2.0, abs=1e-3)
    assert tone.measures.level_db == pytest.approx(20 * np.log10(0.25 / np.sqrt(2)), abs=0.1)
    assert tone.measures.peak_db == pytest.approx(20 * np.log10(0.25), abs=0.1)
    assert tone.measures.centroid_hz == pytest.approx(1000, rel=0.03)
    assert noise.measures.centroid_hz == pytest.approx(12_000, rel=0.05)
    assert tone.measures.noisiness < 0.1 < 0.4 < noise.measures.noisiness
    assert noise.measures.hits == ()
    assert noise.measures.ripple_db < 0.5


def test_a_recording_that_starts_with_its_hit(library: Library, sounds: Path) -> None:
    save(sounds / "cut.wav", burst())
    add(library, sounds)
    recording = library.recording(sounds / "cut.wav")
    assert recording is not None
    assert [hit.sample for hit in recording.measures.hits] == [0]


def test_hits_of_a_long_recording_lie_where_they_are_in_every_window(library: Library, sounds: Path) -> None:
    places = [30_000, 31 * RATE + 13, 33 * RATE + 1, 64 * RATE + 7, 95 * RATE]
    save(sounds / "long.wav", struck(places, 97 * RATE))
    add(library, sounds)
    recording = library.recording(sounds / "long.wav")
    assert recording is not None
    assert [hit.sample for hit in recording.measures.hits] == pytest.approx(places, abs=1)


def test_only_what_has_changed_is_measured_again(library: Library, sounds: Path) -> None:
    for number in range(3):
        save(sounds / f"door {number}.wav", struck([1000 * (number + 1)], RATE))
    assert add(library, sounds)[0] == 3
    assert add(library, sounds)[0] == 0
    save(sounds / "door 1.wav", struck([20_000], RATE))
    os.utime(sounds / "door 1.wav", ns=(1, 1))
    (sounds / "door 2.wav").unlink()
    assert add(library, sounds)[0] == 1
    changed = library.recording(sounds / "door 1.wav")
    assert changed is not None
    assert changed.measures.hits[0].sample == pytest.approx(20_000, abs=1)
    assert library.recording(sounds / "door 2.wav") is None
    assert sorted(names(library, "door")) == ["door 0.wav", "door 1.wav"]


def test_a_moved_file_is_not_read_again_and_has_its_new_words(library: Library, sounds: Path) -> None:
    save(sounds / "door.wav", burst())
    add(library, sounds)
    (sounds / "door.wav").rename(sounds / "gravel.wav")
    assert add(library, sounds)[0] == 0
    assert names(library, "door") == []
    assert names(library, "gravel") == ["gravel.wav"]


def test_another_file_of_the_same_size_and_time_is_read(library: Library, sounds: Path) -> None:
    save(sounds / "door.wav", struck([1000], RATE))
    os.utime(sounds / "door.wav", ns=(10**18, 10**18))
    add(library, sounds)
    (sounds / "door.wav").unlink()
    save(sounds / "bell.wav", struck([30_000], RATE))
    os.utime(sounds / "bell.wav", ns=(10**18, 10**18))
    assert add(library, sounds)[0] == 1
    recording = library.recording(sounds / "bell.wav")
    assert recording is not None
    assert recording.measures.hits[0].sample == pytest.approx(30_000, abs=1)


def test_broken_files_are_named_once_and_skipped(library: Library, sounds: Path) -> None:
    save(sounds / "door.wav", burst())
    (sounds / "broken.wav").write_bytes(b"RIFF\0\0\0\0WAVE")
    (sounds / "noise.flac").write_bytes(os.urandom(5000))
    (sounds / "empty.mp3").touch()
    measured, warnings = add(library, sounds)
    assert measured == 4
    assert warnings == [
        "3 files cannot be read and were skipped: broken.wav, empty.mp3, noise.flac; 'talkies library list' says why"
    ]
    assert add(library, sounds) == (0, [])
    [folder] = library.folders()
    assert folder.recordings == 1
    assert [path.name for path, _ in folder.broken] == ["broken.wav", "empty.mp3", "noise.flac"]


def test_links_are_not_followed(library: Library, sounds: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    save(outside / "door.wav", burst())
    (sounds / "folder").symlink_to(outside)
    (sounds / "file.wav").symlink_to(outside / "door.wav")
    (sounds / "round").symlink_to(sounds)
    assert add(library, sounds)[0] == 0
    assert library.count() == 0


def test_an_interrupted_add_goes_on_where_it_was(library: Library, sounds: Path) -> None:
    for number in range(6):
        save(sounds / f"door {number}.wav", burst(number))
    events = add_folder(library, sounds, 1)
    for event in events:
        if isinstance(event, Progress) and event.message.startswith("2 of"):
            break
    events.close()  # type: ignore[attr-defined]
    assert library.count() == 2
    assert add(library, sounds)[0] == 4
    assert library.count() == 6


def test_two_processes_measure_what_one_does(library: Library, sounds: Path, tmp_path: Path) -> None:
    for number in range(30):
        save(sounds / f"door {number}.wav", struck([500 + 100 * number], RATE // 2))
    (sounds / "broken.wav").write_bytes(b"RIFF")
    assert add(library, sounds, processes=2)[0] == 31
    with open_library(tmp_path / "other.sqlite") as alone:
        add(alone, sounds, processes=1)
        for number in range(30):
            path = sounds / f"door {number}.wav"
            assert library.recording(path) == alone.recording(path) is not None


def test_one_adds_at_a_time(library: Library, sounds: Path) -> None:
    lock = held(library.path.with_name(library.path.name + ".lock"))
    assert lock is not None
    with lock, pytest.raises(OutputError, match="another talkies is adding"):
        add(library, sounds)


def test_folders_are_apart_and_can_be_forgotten(library: Library, sounds: Path, tmp_path: Path) -> None:
    other = tmp_path / "Other"
    other.mkdir()
    (sounds / "inner").mkdir()
    save(sounds / "door.wav", burst())
    save(other / "door other.wav", burst(1))
    add(library, sounds)
    add(library, other)
    assert [folder.path for folder in library.folders()] == [other, sounds]
    with pytest.raises(InputError, match="which is in the library"):
        add(library, sounds / "inner")
    with pytest.raises(InputError, match="which is in the library"):
        add(library, tmp_path)
    assert library.remove_folder(sounds) == 1
    assert names(library, "door") == ["door other.wav"]
    assert (sounds / "door.wav").is_file()
    with pytest.raises(InputError, match="is not a folder of the library"):
        library.remove_folder(sounds)


def test_a_file_that_is_no_index_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    path.write_bytes(b"these are my notes, and no database at all" * 40)
    with pytest.raises(InputError, match="cannot be used as an index"):
        open_library(path)
    assert path.read_bytes().startswith(b"these are my notes")


def spots(count: int, words: str = "footsteps gravel", force: float = 0.7) -> list[Wanted]:
    return [Wanted(f"V1-001.{number:02}", words, "hit", force, seed=7919 * number) for number in range(count)]


@pytest.fixture
def five(library: Library, sounds: Path) -> Library:
    """Five recordings of steps on gravel, three steps each, soft, middle and loud; and one of something else."""
    for number in range(5):
        save(sounds / f"footsteps gravel {number}.wav", struck([3000, 40_000, 80_000], 120_000, [0.1, 0.4, 1.0]))
    save(sounds / "bell.wav", burst())
    add(library, sounds)
    return library


def test_fifty_spots_from_five_recordings_never_repeat_a_neighbour(five: Library) -> None:
    picks = list(cast(five, spots(50)).values())
    paths = [pick.recording.path for pick in picks if pick is not None]
    assert len(paths) == 50
    assert all(one != other for one, other in pairwise(paths))
    assert {path.name for path in paths} == {f"footsteps gravel {number}.wav" for number in range(5)}


def test_the_same_list_is_cast_the_same_and_another_seed_is_not(five: Library) -> None:
    first = cast(five, spots(20))
    assert cast(five, spots(20)) == first
    others = [Wanted(each.id, each.words, "hit", 0.7, each.seed + 1) for each in spots(20)]
    assert cast(five, others) != first


def test_what_is_kept_stays_when_a_spot_is_added_or_deleted(five: Library) -> None:
    before = {spot: pick for spot, pick in cast(five, spots(30)).items() if pick is not None}
    kept = {spot: pick.name for spot, pick in before.items()}
    wanted = spots(30)
    fewer = wanted[:10] + wanted[11:]
    after = cast(five, fewer, kept)
    assert all(after[each.id] == before[each.id] for each in fewer)
    paths = [pick.recording.path for pick in after.values() if pick is not None]
    assert all(one != other for one, other in pairwise(paths))
    added = Wanted("new", "footsteps gravel", "hit", 0.7, 5)
    more = cast(five, [*wanted[:10], added, *wanted[10:]], kept)
    assert all(more[each.id] == before[each.id] for each in wanted)
    assert more["new"] is not None
    assert more["new"].recording.path not in {before[each.id].recording.path for each in (wanted[9], wanted[10])}


def test_one_recording_gives_another_hit_each_time(library: Library, sounds: Path) -> None:
    save(sounds / "footsteps.wav", struck([3000, 40_000, 80_000], 120_000))
    add(library, sounds)
    hits = [pick.hit for pick in cast(library, spots(30, "footsteps")).values() if pick is not None]
    assert len(hits) == 30
    assert all(one != other for one, other in pairwise(hits))


def test_force_finds_hits_that_were_struck_so(five: Library) -> None:
    def mean_hit(force: float) -> float:
        return float(
            np.mean([pick.hit for pick in cast(five, spots(50, force=force)).values() if pick and pick.hit is not None])
        )

    assert mean_hit(0.0) < mean_hit(0.6) < mean_hit(1.0)  # the hits are in order of strength


def test_what_goes_on_is_cast_from_what_goes_on(library: Library, sounds: Path) -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, 6 * RATE).astype(np.float32)
    save(sounds / "rain steady.wav", noise)
    save(sounds / "rain burst.wav", burst())
    add(library, sounds)
    pick = cast(library, [Wanted("a", "rain", "sustained", length_s=30)])["a"]
    assert pick == Pick(library.recording(sounds / "rain steady.wav"), None)  # type: ignore[arg-type]
    assert cast(library, [Wanted("a", "trumpet")]) == {"a": None}


def test_a_file_is_taken_whether_the_library_knows_it_or_not(library: Library, sounds: Path) -> None:
    path = save(sounds / "anything.wav", struck([9000], RATE))
    pick = cast(library, [Wanted("a", file=str(path))])["a"]
    assert pick is not None
    assert pick.hit is not None
    assert pick.recording.measures.hits[pick.hit].sample == pytest.approx(9000, abs=1)
    with pytest.raises(MediaError, match="missing"):
        cast(library, [Wanted("a", file=str(sounds / "gone.wav"))])
