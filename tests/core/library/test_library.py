"""The library: what is read from names and chunks, what is measured, and what words find."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from library_sounds import RATE, add, add_ixml, burst, names, save, save_floats, struck

from talkies.core.library import Library, Pick, hit_sound
from talkies.core.library.names import category_of, category_words, fold, weighed_terms


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


def test_what_is_no_number_in_a_file_is_silence(library: Library, sounds: Path) -> None:
    sound = struck([4801], RATE)
    whole = sound.copy()
    sound[[3000, 9000, 9001, 20_000]] = np.nan, np.inf, -np.inf, 3e38
    whole[[3000, 9000, 9001, 20_000]] = 0
    path, clean = save_floats(sounds / "float.wav", sound), save_floats(sounds / "clean.wav", whole)
    add(library, sounds)
    one, other = library.recording(path), library.recording(clean)
    assert one is not None
    assert other is not None
    assert one.measures == other.measures
    assert [hit.sample for hit in one.measures.hits] == pytest.approx([4801], abs=1)
    assert np.array_equal(hit_sound(Pick(one, 0), 0.5, 1), hit_sound(Pick(other, 0), 0.5, 1))


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
